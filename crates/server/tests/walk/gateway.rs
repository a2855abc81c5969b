//! What a gateway is told, and what it is not.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};
use rolecall_identity::{Permit, account::bucket, op};
use rolecall_policy::{Compiled, Context, Decision, Policies, Policy, Principal, Request, decide};
use rolecall_wire::{
    private::{
        GatewayBucketAnswer, GatewayBucketsAnswer, GatewayCallerAnswer, GatewayCallerRequest, GatewayPolicy,
        GatewayValues,
    },
    sigv4::{Credentials, Path, Presented, RequestParts, SigningKey, presign, sign},
};
use serde_json::{Value, json};

use crate::{
    account::{OTHER, make},
    federation::{credentials, user},
    revocation::ours,
    world::{ACCOUNT, NOW, ROLE, World},
};

const CALLER: &str = "GetGatewayCaller";
const BUCKET: &str = "GetGatewayBucket";
const BUCKETS: &str = "ListGatewayBuckets";
const REVISION: &str = "GetGatewayRevision";
const GATEWAY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rolecall:GetGatewayCaller","rolecall:GetGatewayRevision"],"Resource":"*"}]}"#;
const NOTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rolecall:Explain","Resource":"*"}]}"#;
const READS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/${aws:PrincipalAccount}/*"}]}"#;

fn at(second: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(u64::try_from(second).unwrap())
}

/// What a gateway makes of `GET /reports/k`, which somebody signed.
fn signed(who: &Credentials, service: &str, region: &str, second: i64) -> GatewayCallerRequest {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("s3.example"));
    headers.insert("x-amz-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    sign(
        "GET",
        "/reports/k",
        "",
        &mut headers,
        "UNSIGNED-PAYLOAD",
        who,
        region,
        service,
        at(second),
    );
    brought(&headers, "")
}

fn presigned(who: &Credentials, expires: Duration, second: i64) -> GatewayCallerRequest {
    let query = presign(
        "GET",
        "s3.example",
        "/reports/k",
        "",
        expires,
        who,
        "us-east-2",
        "s3",
        at(second),
    );
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("s3.example"));
    brought(&headers, &query)
}

fn brought(headers: &HeaderMap, query: &str) -> GatewayCallerRequest {
    let parts = RequestParts {
        method: "GET",
        path: "/reports/k",
        query,
        headers,
        payload: "UNSIGNED-PAYLOAD",
        form: Path::AsSent,
    };
    GatewayCallerRequest::new(&Presented::read(headers, query).unwrap(), &parts)
}

async fn ask(world: &World, gateway: &Credentials, about: &GatewayCallerRequest) -> (u16, Value) {
    ours(world, gateway, CALLER, &serde_json::to_value(about).unwrap()).await
}

async fn told(world: &World, gateway: &Credentials, about: &GatewayCallerRequest) -> GatewayCallerAnswer {
    let (status, answer) = ask(world, gateway, about).await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_value(answer).unwrap()
}

/// Such as `UnknownAccessKeyException`.
async fn refusal(world: &World, gateway: &Credentials, about: &GatewayCallerRequest) -> String {
    let path = format!("/rolecall/v1/{CALLER}");
    let body = serde_json::to_string(about).unwrap();
    let headers = world.signed(gateway, "rolecall", "POST", &path, &body);
    let answer = world.send("POST", &path, &headers, &body).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    let head = answer.head.to_ascii_lowercase();
    let (_, code) = head.split_once("x-amzn-errortype: ").unwrap();
    code.lines().next().unwrap().to_owned()
}

async fn revision(world: &World, gateway: &Credentials) -> u64 {
    let (status, answer) = ours(world, gateway, REVISION, &json!({})).await;
    assert_eq!(status, 200, "{answer}");
    answer["revision"].as_u64().unwrap()
}

async fn pod(world: &World) -> Credentials {
    credentials(&world.exchange(&world.token("sts.amazonaws.com", "iam-test"), &[]).await)
}

async fn put_policy(world: &World, document: &str) {
    let form = [
        ("Action", "PutRolePolicy"),
        ("RoleName", "app"),
        ("PolicyName", "reads"),
        ("PolicyDocument", document),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
}

/// The names of all calls that left an event.
fn events(world: &World) -> Vec<String> {
    let named = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["eventName"].as_str().unwrap().to_owned()
    };
    world.log().lines().map(named).collect()
}

/// What a gateway decides with what it was told.
fn decides(told: &GatewayCallerAnswer, key: &str) -> Decision {
    let compiled = |all: &[GatewayPolicy]| -> Vec<Compiled> {
        all.iter()
            .map(|one| Compiled::new(&Policy::parse(&one.document).unwrap()))
            .collect()
    };
    let mut context = Context::new();
    for (name, values) in &told.context {
        match values {
            GatewayValues::One(value) => context.insert(name, value.as_str()),
            GatewayValues::Many(values) => context.insert_list(name, values.clone()),
        }
    }
    let principal = Principal::parse(&told.arn).unwrap();
    let account = principal.account().to_owned();
    let resource = format!("arn:aws:s3:::reports/{key}");
    let request = Request::new(principal, "s3:GetObject", &resource, &account, context);
    let (identity, session) = (compiled(&told.identity), told.session.as_deref().map(compiled));
    let policies = Policies {
        identity: &identity,
        session: session.as_deref(),
        ..Policies::default()
    };
    decide(&request, &policies)
}

#[tokio::test]
async fn a_gateway_is_told_of_the_caller_whose_request_it_brings() {
    let world = World::new().await;
    world.prepare().await;
    put_policy(&world, READS).await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let pod = pod(&world).await;
    let told = told(&world, &gateway, &signed(&pod, "s3", "us-east-2", NOW)).await;

    let day = signed(&pod, "s3", "us-east-2", NOW).date[..8].to_owned();
    let key = SigningKey::derived(pod.secret_access_key.expose(), &day, "us-east-2", "s3");
    assert_eq!(told.key.expose(), hex::encode(*key));
    assert_eq!(told.arn, "arn:aws:sts::123456789012:assumed-role/app/pod");
    assert!(told.unique_id.as_deref().unwrap().starts_with("AROA"));
    assert_eq!(told.context["aws:principalarn"], GatewayValues::One(ROLE.to_owned()));
    assert_eq!(told.expires, Some(NOW + 3600));
    assert_eq!((&told.boundary, &told.session, told.factor_shown), (&None, &None, None));
    assert_eq!(told.identity.len(), 1);
    assert_eq!(told.identity[0].name.as_deref(), Some("reads"));
    assert_eq!(told.identity[0].document, READS);
    assert_eq!(decides(&told, "123456789012/k"), Decision::Allowed);
    assert_eq!(decides(&told, "210987654321/k"), Decision::ImplicitlyDenied);

    // It is written down, without anything that would let a reader make the request.
    let log = world.log();
    assert!(log.contains(CALLER) && log.contains(&pod.access_key_id));
    let brought = signed(&pod, "s3", "us-east-2", NOW);
    for secret in [
        told.key.expose(),
        brought.signature.as_str(),
        pod.session_token.as_deref().unwrap(),
    ] {
        assert!(!log.contains(secret));
    }
    assert!(!format!("{brought:?} {told:?}").contains(&brought.signature));
    assert!(!format!("{told:?}").contains(told.key.expose()));
}

#[tokio::test]
async fn session_policies_and_boundaries_come_along() {
    let world = World::new().await;
    world.prepare().await;
    put_policy(&world, READS).await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let narrow = READS.replace("${aws:PrincipalAccount}/*", "*/public");
    let token = world.token("sts.amazonaws.com", "iam-test");
    let pod = credentials(&world.exchange(&token, &[("Policy", narrow.as_str())]).await);
    let form = [
        ("Action", "PutRolePermissionsBoundary"),
        ("RoleName", "app"),
        ("PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    let told = told(&world, &gateway, &signed(&pod, "s3", "us-east-2", NOW)).await;
    let boundary = &told.boundary.as_ref().unwrap()[0];
    assert!(boundary.document.contains("s3:Get*"), "{}", boundary.document);
    assert_eq!(told.session.as_ref().unwrap()[0].document, narrow);
    assert_eq!(decides(&told, "123456789012/public"), Decision::Allowed);
    assert_eq!(decides(&told, "123456789012/k"), Decision::ImplicitlyDenied);
}

/// Threat 3, by name.
#[tokio::test]
async fn a_gateway_asks_for_an_iam_key() {
    let world = World::new().await;
    world.prepare().await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let pod = pod(&world).await;
    let good = signed(&pod, "s3", "us-east-2", NOW);
    told(&world, &gateway, &good).await;

    // There is no way to say another service.
    let mut with_service = serde_json::to_value(&good).unwrap();
    with_service["service"] = json!("iam");
    let (status, answer) = ours(&world, &gateway, CALLER, &with_service).await;
    assert_eq!(status, 400, "{answer}");

    // Nor to be answered about a request that was not signed for S3, here, lately, by them. All are answered alike.
    let other = Credentials {
        secret_access_key: "guess".into(),
        ..pod.clone()
    };
    let changed = |edit: &dyn Fn(&mut GatewayCallerRequest)| {
        let mut request = good.clone();
        edit(&mut request);
        request
    };
    let elsewhere = signed(&pod, "s3", "eu-west-1", NOW);
    let tomorrow = signed(&pod, "s3", "us-east-2", NOW + 86_400);
    let refused = [
        signed(&pod, "iam", "us-east-2", NOW),
        signed(&pod, "sts", "us-east-2", NOW),
        signed(&pod, "rolecall", "us-east-2", NOW),
        signed(&other, "s3", "us-east-2", NOW),
        signed(&pod, "s3", "us-east-2", NOW - 901),
        signed(&pod, "s3", "us-east-2", NOW - 86_400),
        signed(&pod, "s3", "us-east-2", NOW + 901),
        changed(&|request| request.region = "eu-west-1".to_owned()),
        changed(&|request| request.date = tomorrow.date.clone()),
        changed(&|request| request.date = "20261125".to_owned()),
        changed(&|request| request.date = "é".to_owned()),
        changed(&|request| request.region = "us-east-2/iam/aws4_request".to_owned()),
        changed(&|request| request.access_key_id.push_str("/20261125")),
        changed(&|request| request.canonical_request.clear()),
        changed(&|request| request.canonical_request = "not base64".to_owned()),
        changed(&|request| request.canonical_request = elsewhere.canonical_request.replace('A', "B")),
        changed(&|request| request.signature = elsewhere.signature.clone()),
        changed(&|request| request.signature.make_ascii_uppercase()),
        changed(&|request| request.signature.clear()),
        tomorrow.clone(),
        elsewhere.clone(),
    ];
    let mut answers = Vec::new();
    for request in &refused {
        let (status, answer) = ask(&world, &gateway, request).await;
        assert_eq!(status, 403, "{request:?}: {answer}");
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let derived = |service| {
        let key = SigningKey::derived(pod.secret_access_key.expose(), &good.date[..8], "us-east-2", service);
        hex::encode(*key)
    };
    assert!(!answers[0].to_string().contains(&derived("iam")));
}

#[tokio::test]
async fn a_presigned_url_lives_as_long_as_its_signer_said_and_no_longer_than_is_allowed() {
    let world = World::new().await;
    world.prepare().await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let pod = pod(&world).await;
    let life = Duration::from_mins(30);
    told(&world, &gateway, &presigned(&pod, life, NOW)).await;
    told(&world, &gateway, &presigned(&pod, life, NOW - 1800)).await;
    // A longer life is not the gateway's to claim: that it is 30 minutes was signed.
    for late in [
        presigned(&pod, life, NOW - 1801),
        presigned(&pod, Duration::from_hours(12) + Duration::from_secs(1), NOW),
        presigned(&pod, Duration::from_hours(7 * 24), NOW),
        presigned(&pod, life, NOW + 901),
    ] {
        let code = refusal(&world, &gateway, &late).await;
        assert_eq!(code, "signaturedoesnotmatchexception");
    }
    told(&world, &gateway, &presigned(&pod, Duration::from_hours(12), NOW)).await;
}

#[tokio::test]
async fn only_a_gateway_is_told_and_only_of_its_own_accounts() {
    let world = World::new().await;
    world.prepare().await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let nobody = user(&world, &world.root, "nobody", NOTHING).await;
    let pod = pod(&world).await;
    let ours_request = signed(&pod, "s3", "us-east-2", NOW);
    assert_eq!(refusal(&world, &nobody, &ours_request).await, "accessdeniedexception");
    let (status, _) = ours(&world, &nobody, REVISION, &json!({})).await;
    assert_eq!(status, 403);
    // The pod itself has a signed request, and is no gateway.
    assert_eq!(refusal(&world, &pod, &ours_request).await, "accessdeniedexception");

    // Another account's root is bound by no policy, and was sent a request of ours.
    let other = make(&world, OTHER).await;
    let theirs = signed(&other, "s3", "us-east-2", NOW);
    let unknown = signed(
        &Credentials {
            access_key_id: "AKIANOBODYEXAMPLE000".to_owned(),
            ..other.clone()
        },
        "s3",
        "us-east-2",
        NOW,
    );
    assert_eq!(
        ask(&world, &other, &signed(&world.root, "s3", "us-east-2", NOW)).await,
        ask(&world, &other, &unknown).await
    );
    assert_eq!(refusal(&world, &other, &ours_request).await, "invalidtokenexception");
    assert_eq!(refusal(&world, &other, &unknown).await, "unknownaccesskeyexception");
    // Of its own account it is told; and the operator's gateway of all.
    for gateway in [&other, &gateway] {
        let told = told(&world, gateway, &theirs).await;
        assert_eq!(told.arn, format!("arn:aws:iam::{OTHER}:root"));
        assert_eq!((told.expires, told.identity.len()), (None, 0));
    }
}

#[tokio::test]
async fn nobody_is_behind_a_revoked_session_a_deleted_key_or_another_token() {
    let world = World::new().await;
    world.prepare().await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let alice = user(&world, &world.root, "alice", READS).await;
    let (one, other) = (pod(&world).await, pod(&world).await);
    for who in [&alice, &one, &other] {
        told(&world, &gateway, &signed(who, "s3", "us-east-2", NOW)).await;
    }
    let swapped = Credentials {
        session_token: other.session_token.clone(),
        ..one.clone()
    };
    let code = refusal(&world, &gateway, &signed(&swapped, "s3", "us-east-2", NOW)).await;
    assert_eq!(code, "invalidtokenexception");

    let before = revision(&world, &gateway).await;
    let what = json!({"session": {"accessKeyId": one.access_key_id}});
    assert_eq!(ours(&world, &world.root, "Revoke", &what).await.0, 200);
    assert!(revision(&world, &gateway).await > before);
    let code = refusal(&world, &gateway, &signed(&one, "s3", "us-east-2", NOW)).await;
    assert_eq!(code, "expiredtokenexception");
    told(&world, &gateway, &signed(&other, "s3", "us-east-2", NOW)).await;

    let before = revision(&world, &gateway).await;
    let form = [
        ("Action", "DeleteAccessKey"),
        ("UserName", "alice"),
        ("AccessKeyId", alice.access_key_id.as_str()),
    ];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    assert!(revision(&world, &gateway).await > before);
    let code = refusal(&world, &gateway, &signed(&alice, "s3", "us-east-2", NOW)).await;
    assert_eq!(code, "unknownaccesskeyexception");

    world.clock.set(NOW + 3600);
    let code = refusal(&world, &gateway, &signed(&other, "s3", "us-east-2", NOW + 3600)).await;
    assert_eq!(code, "expiredtokenexception");
}

#[tokio::test]
async fn the_revision_grows_with_every_change_and_asking_leaves_no_event() {
    let world = World::new().await;
    world.prepare().await;
    let gateway = user(&world, &world.root, "gateway", GATEWAY).await;
    let nobody = user(&world, &world.root, "nobody", NOTHING).await;
    let pod = pod(&world).await;
    let first = revision(&world, &gateway).await;
    let caller = signed(&pod, "s3", "us-east-2", NOW);
    assert_eq!(told(&world, &gateway, &caller).await.revision, first);
    assert_eq!(revision(&world, &gateway).await, first, "asking is no change");
    assert!(!events(&world).contains(&REVISION.to_owned()));

    put_policy(&world, READS).await;
    let second = revision(&world, &gateway).await;
    assert!(second > first);
    let now = told(&world, &gateway, &caller).await;
    assert_eq!((now.revision, now.identity.len()), (second, 1));

    // A refusal is an event as any other.
    assert_eq!(ours(&world, &nobody, REVISION, &json!({})).await.0, 403);
    assert!(events(&world).contains(&REVISION.to_owned()));
    assert_eq!(ours(&world, &gateway, REVISION, &json!({"x": 1})).await.0, 400);
}

/// Makes a bucket with a policy that lets the role read.
fn make_bucket(world: &World, account: &str, name: &str) {
    let account = account.parse().unwrap();
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let made = world
        .identity
        .write_blocking(Permit::<op::CreateBucket>::operator(account), now, |tx, permit| {
            let tags = [("team".to_owned(), "a".to_owned())];
            bucket::create(tx, permit, &name.parse().unwrap(), "us-east-2", &tags)
        })
        .unwrap();
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{ROLE}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{name}/*"}}]}}"#
    );
    world
        .identity
        .write_blocking(Permit::<op::PutBucketPolicy>::operator(account), now, |tx, permit| {
            bucket::put_policy(tx, permit, name, &made.incarnation, &text)
        })
        .unwrap();
}

#[tokio::test]
async fn a_gateway_is_told_of_the_buckets_that_it_may_serve() {
    let world = World::new().await;
    world.prepare().await;
    let only_reports = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rolecall:GetGatewayBucket","Resource":["arn:aws:s3:::reports","arn:aws:s3:::none"]},{"Effect":"Allow","Action":["rolecall:ListGatewayBuckets","rolecall:GetGatewayRevision"],"Resource":"*"}]}"#;
    let gateway = user(&world, &world.root, "gateway", only_reports).await;
    let other = make(&world, OTHER).await;
    make_bucket(&world, ACCOUNT, "reports");
    make_bucket(&world, ACCOUNT, "secrets");
    make_bucket(&world, OTHER, "theirs");
    let named = async |who: &Credentials, name: &str| ours(&world, who, BUCKET, &json!({ "name": name })).await;
    let listed = async |who: &Credentials, account: &str| {
        let (status, answer) = ours(&world, who, BUCKETS, &json!({ "account": account })).await;
        assert_eq!(status, 200, "{answer}");
        let answer: GatewayBucketsAnswer = serde_json::from_value(answer).unwrap();
        assert!(answer.buckets.iter().all(|bucket| bucket.policy.is_none()));
        answer.buckets.into_iter().map(|bucket| bucket.name).collect::<Vec<_>>()
    };

    let (status, answer) = named(&gateway, "reports").await;
    assert_eq!(status, 200, "{answer}");
    let answer: GatewayBucketAnswer = serde_json::from_value(answer).unwrap();
    assert_eq!(answer.revision, revision(&world, &gateway).await);
    let found = answer.bucket.unwrap();
    assert_eq!((found.account.as_str(), found.region.as_str()), (ACCOUNT, "us-east-2"));
    assert_eq!((found.incarnation.len(), found.created), (32, NOW));
    assert_eq!(found.tags, [("team".to_owned(), "a".to_owned())]);
    // The role is the one of then: whoever compiles the text puts its unique id in the ARN's place.
    let policy = found.policy.unwrap();
    assert!(policy.document.contains(ROLE) && policy.shown.contains(ROLE));
    let id = policy.principals[ROLE].clone();
    assert!(id.starts_with("AROA"), "{id}");
    let form = [("Action", "DeleteRole"), ("RoleName", "app")];
    assert_eq!(world.query(&world.root, "iam", &form).await.status, 200);
    let (_, now) = named(&gateway, "reports").await;
    let now: GatewayBucketAnswer = serde_json::from_value(now).unwrap();
    let policy = now.bucket.unwrap().policy.unwrap();
    assert!(policy.shown.contains(&id) && !policy.shown.contains(ROLE));
    assert_eq!(policy.principals[ROLE], id);

    // Bound to buckets by its policy, and to accounts by what it is.
    assert_eq!(named(&gateway, "secrets").await.0, 403);
    assert_eq!(named(&gateway, "none").await.1["bucket"], Value::Null);
    assert_eq!(named(&other, "reports").await, named(&other, "none").await);
    assert_eq!(named(&other, "theirs").await.1["bucket"]["account"], OTHER);
    assert_eq!(named(&world.root, "theirs").await.1["bucket"]["account"], OTHER);
    assert_eq!(listed(&gateway, ACCOUNT).await, ["reports", "secrets"]);
    assert_eq!(listed(&gateway, OTHER).await, ["theirs"]);
    assert_eq!(listed(&other, OTHER).await, ["theirs"]);
    assert!(listed(&other, ACCOUNT).await.is_empty());
    assert!(listed(&gateway, "nobody").await.is_empty());
}
