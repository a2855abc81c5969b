//! A [`Remote`] and a control plane, each with a socket between.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use rolecall_gateway::{Authority as _, Caller, Decided, KeyRequest, NoCaller, Pending, Upstream};
use rolecall_identity::{Identity, Permit, Quotas, account, op};
use rolecall_names::AccountId;
use rolecall_policy::{Context, Decision, Principal};
use rolecall_server::{
    dispatch::Dispatch,
    fetch::FetchConfig,
    listen::{Limits, Tls},
    server::{Config, Deps},
};
use rolecall_wire::{
    client::Environment,
    generated::{iam, sts},
    private::{
        ChangeGatewayBucket, CreateAccount, CreateAccountRequest, GatewayChangeAnswer, GatewayChangeRequest,
        GatewayDecision, GatewayDecisionsRequest, GatewayOutcome, MOST_DECISIONS, RecordGatewayDecisions, Revoke,
        RevokeRequest,
    },
    sigv4::{self, Credentials, Path, Presented, RequestParts, SigningKey},
};
use tokio::{sync::oneshot, task::JoinHandle};

use super::*;
use crate::plane::{Audit, Plane};

const ACCOUNT: &str = "123456789012";
const MAY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["rolecall:*Gateway*"],"Resource":"*"}]}"#;
const READS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const OWNS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

struct World {
    identity: Arc<Identity>,
    /// The operator's root.
    root: Client,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    folder: tempfile::TempDir,
}

struct NoStore;

impl Upstream for NoStore {
    fn call(&self, _: Request<rolecall_gateway::Body>) -> Pending<'_, Response<rolecall_gateway::Body>> {
        let mut answer = Response::new(Full::default().map_err(|never| match never {}).boxed_unsync());
        *answer.status_mut() = StatusCode::NOT_FOUND;
        Box::pin(std::future::ready(answer))
    }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let nothing: crate::plane::Environment<'_> = &|_| None;
        let plane = Plane::open(
            &folder.path().join("data"),
            Quotas::default(),
            &Audit::default(),
            nothing,
        )
        .unwrap();
        let root = plane.first_account(ACCOUNT.parse().unwrap(), nothing).unwrap();
        let fetching = FetchConfig {
            system_roots: false,
            ..FetchConfig::default()
        };
        let gateway = rolecall_gateway::Config::default();
        let api = plane
            .services(&gateway, "https://127.0.0.1:1".to_owned(), None, fetching)
            .unwrap();
        let bound = Server::build(Config::new(SocketAddr::from(([127, 0, 0, 1], 0))))
            .await
            .unwrap();
        let deps = Deps {
            tls: Tls::Off,
            dispatch: Arc::new(Dispatch {
                api,
                extra: Vec::new(),
                fallback: plane.gateway(gateway, Arc::new(NoStore)),
                entropy: plane.entropy.clone(),
                limits: Limits::default(),
            }),
            ready: plane.ready(),
        };
        let credentials = Credentials {
            access_key_id: root.access_key_id,
            secret_access_key: root.secret.expose().into(),
            session_token: None,
        };
        let environment = Environment::at(format!("http://{}", bound.address()));
        let root = Client::new(environment, "us-east-2", credentials, clock::now).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let identity = plane.identity.clone();
        let serving = tokio::spawn(async move {
            plane
                .serve(bound, deps, async {
                    let _stop = stopped.await;
                })
                .await;
        });
        Self {
            identity,
            root,
            stop: Some(stop),
            serving,
            folder,
        }
    }

    /// The control plane ends.
    async fn end(&mut self) {
        let _gone = self.stop.take().unwrap().send(());
        (&mut self.serving).await.unwrap();
    }

    async fn user(&self, name: &str, document: &str) -> Credentials {
        user(&self.root, name, document).await
    }

    /// The root of another account.
    async fn other(&self) -> Client {
        let request = CreateAccountRequest {
            id: Some("210987654321".to_owned()),
        };
        let made = self.root.private::<CreateAccount>(&request).await.unwrap();
        self.root.with_credentials(Credentials {
            access_key_id: made.access_key_id,
            secret_access_key: made.secret_access_key,
            session_token: None,
        })
    }

    fn remote(&self, who: Credentials) -> Arc<Remote> {
        let config = RemoteConfig {
            region: "us-east-2".to_owned(),
            now: clock::now,
            request_id: clock::request_id,
        };
        let remote = Arc::new(Remote::new(config, self.root.with_credentials(who)));
        let following = remote.clone();
        tokio::spawn(async move { following.follow().await });
        remote
    }

    async fn gateway(&self) -> Arc<Remote> {
        let remote = self.remote(self.user("gateway", MAY).await);
        remote.confirmed().await;
        remote
    }

    fn bucket(&self, account: &str, name: &str) {
        let permit = Permit::<op::CreateBucket>::operator(account.parse().unwrap());
        self.identity
            .write_blocking(permit, clock::timestamp(), |tx, permit| {
                account::bucket::create(tx, permit, &name.parse().unwrap(), "us-east-2", &[])
            })
            .unwrap();
    }

    fn log(&self) -> String {
        let files = std::fs::read_dir(self.folder.path().join("data/audit")).unwrap();
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }
}

async fn user(root: &Client, name: &str, document: &str) -> Credentials {
    root.call::<iam::CreateUser>(iam::CreateUserRequest {
        user_name: name.to_owned(),
        ..Default::default()
    })
    .await
    .unwrap();
    root.call::<iam::PutUserPolicy>(iam::PutUserPolicyRequest {
        user_name: name.to_owned(),
        policy_name: "inline".to_owned(),
        policy_document: document.to_owned(),
    })
    .await
    .unwrap();
    let key = root
        .call::<iam::CreateAccessKey>(iam::CreateAccessKeyRequest {
            user_name: Some(name.to_owned()),
        })
        .await
        .unwrap()
        .access_key;
    Credentials {
        access_key_id: key.access_key_id,
        secret_access_key: key.secret_access_key,
        session_token: None,
    }
}

/// A request that somebody signed, and what of it is changed afterwards.
struct Asked {
    headers: HeaderMap,
    path: String,
    region: &'static str,
}

impl Asked {
    fn by(who: &Credentials) -> Self {
        Self::signed(who, "us-east-2", "s3", clock::now())
    }

    fn signed(who: &Credentials, region: &'static str, service: &str, at: SystemTime) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("s3.example"));
        headers.insert("x-amz-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
        sigv4::sign(
            "GET",
            "/b/k",
            "",
            &mut headers,
            "UNSIGNED-PAYLOAD",
            who,
            region,
            service,
            at,
        );
        Self {
            headers,
            path: "/b/k".to_owned(),
            region,
        }
    }

    async fn of(&self, remote: &Remote) -> Result<Arc<Caller>, NoCaller> {
        let presented = Presented::read(&self.headers, "").unwrap();
        let covered = RequestParts {
            method: "GET",
            path: &self.path,
            query: "",
            headers: &self.headers,
            payload: "UNSIGNED-PAYLOAD",
            form: Path::AsSent,
        };
        let asked = KeyRequest {
            access_key_id: &presented.access_key_id,
            session_token: presented.session_token.as_deref(),
            date: &presented.scope.day,
            region: self.region,
            presented: &presented,
            covered: &covered,
        };
        remote.caller(asked).await
    }

    async fn refused(&self, remote: &Remote) -> NoCaller {
        self.of(remote)
            .await
            .map(|caller| caller.principal.clone())
            .unwrap_err()
    }
}

/// Asks until it is so; each time another task may go on.
async fn until<T>(mut is_so: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = is_so().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking).await.unwrap()
}

#[tokio::test]
async fn a_caller_is_known_with_all_that_binds_them_and_asked_about_once() {
    let world = World::new().await;
    let remote = world.gateway().await;
    let alice = world.user("alice", READS).await;
    let asked = Asked::by(&alice);
    let caller = asked.of(&remote).await.unwrap();
    assert_eq!(caller.principal.arn(), "arn:aws:iam::123456789012:user/alice");
    assert!(caller.principal.unique_id().unwrap().starts_with("AIDA"));
    assert_eq!((caller.identity.len(), caller.identity[0].source()), (1, READS));
    assert!(caller.boundary.is_none() && caller.session.is_none());
    assert_eq!(caller.context.get("aws:username").unwrap().as_slice(), ["alice"]);
    let day = sigv4::format_date(clock::now());
    let (day, _) = day.split_once('T').unwrap();
    let derived = SigningKey::derive(alice.secret_access_key.expose(), day, "us-east-2", "s3");
    assert_eq!(caller.key.sign(b"x"), derived.sign(b"x"));
    // The same value again: nothing was asked and nothing compiled.
    assert!(Arc::ptr_eq(&caller, &asked.of(&remote).await.unwrap()));
    let calls = world.log().matches(r#""eventName":"GetGatewayCaller""#).count();
    assert_eq!(calls, 1);
    // Many at once, after a change: one call.
    let bob = world.user("bob", READS).await;
    let asked = Asked::by(&bob);
    let all = futures_util::future::join_all((0..50).map(|_| asked.of(&remote))).await;
    assert!(
        all.iter()
            .all(|caller| Arc::ptr_eq(caller.as_ref().unwrap(), all[0].as_ref().unwrap()))
    );
    assert_eq!(world.log().matches(r#""eventName":"GetGatewayCaller""#).count(), 2);
}

#[tokio::test]
async fn who_is_nobody_or_did_not_sign_this_is_not_known_and_spoils_it_for_nobody() {
    let world = World::new().await;
    let remote = world.gateway().await;
    let alice = world.user("alice", READS).await;
    let guess = Credentials {
        secret_access_key: "guess".into(),
        ..alice.clone()
    };
    let nobody = Credentials {
        access_key_id: "AKIAIOSFODNN7NOBODY1".to_owned(),
        ..alice.clone()
    };
    let token = Credentials {
        session_token: Some("x".to_owned()),
        ..alice.clone()
    };
    assert_eq!(Asked::by(&nobody).refused(&remote).await, NoCaller::UnknownKey);
    assert_eq!(Asked::by(&token).refused(&remote).await, NoCaller::InvalidToken);
    assert_eq!(Asked::by(&guess).refused(&remote).await, NoCaller::Mismatch);
    let mut tampered = Asked::by(&alice);
    tampered.path = "/b/other".to_owned();
    assert_eq!(tampered.refused(&remote).await, NoCaller::Mismatch);
    let day = Duration::from_hours(24);
    let now = clock::now();
    for replayed in [
        Asked::signed(&alice, "us-east-2", "s3", now - day),
        Asked::signed(&alice, "us-east-2", "s3", now + day),
        Asked::signed(&alice, "us-east-2", "sts", now),
        Asked::signed(&alice, "us-east-2", "iam", now),
    ] {
        assert_eq!(replayed.refused(&remote).await, NoCaller::Mismatch);
    }
    let elsewhere = Asked::signed(&alice, "eu-west-1", "s3", now);
    assert_eq!(
        elsewhere.refused(&remote).await,
        NoCaller::Region("us-east-2".to_owned())
    );
    // A wrong request beside a right one: each has its own answer.
    let (good, bad) = (Asked::by(&alice), Asked::by(&guess));
    let (first, second, third) = tokio::join!(bad.of(&remote), good.of(&remote), bad.of(&remote));
    assert_eq!(first.map(drop).unwrap_err(), NoCaller::Mismatch);
    assert_eq!(third.map(drop).unwrap_err(), NoCaller::Mismatch);
    // Whoever comes after is given the same, and the request's own signature is what they lack.
    assert!(Arc::ptr_eq(&second.unwrap(), &bad.of(&remote).await.unwrap()));
}

#[tokio::test]
async fn what_is_revoked_is_over_and_what_is_changed_is_seen() {
    let world = World::new().await;
    let remote = world.gateway().await;
    let alice = world.user("alice", READS).await;
    let asked = Asked::by(&alice);
    assert!(asked.of(&remote).await.is_ok());
    let (policy, boundary) = ("arn:aws:iam::123456789012:policy/edge", Some("edge".to_owned()));
    world
        .root
        .call::<iam::CreatePolicy>(iam::CreatePolicyRequest {
            policy_name: boundary.unwrap(),
            policy_document: READS.to_owned(),
            ..Default::default()
        })
        .await
        .unwrap();
    world
        .root
        .call::<iam::PutUserPermissionsBoundary>(iam::PutUserPermissionsBoundaryRequest {
            user_name: "alice".to_owned(),
            permissions_boundary: policy.to_owned(),
        })
        .await
        .unwrap();
    let bound = until(async || asked.of(&remote).await.unwrap().boundary.clone()).await;
    assert_eq!(bound.source(), READS);

    world
        .root
        .call::<iam::DeleteAccessKey>(iam::DeleteAccessKeyRequest {
            user_name: Some("alice".to_owned()),
            access_key_id: alice.access_key_id.clone(),
        })
        .await
        .unwrap();
    let since = tokio::time::Instant::now();
    let why = until(async || asked.of(&remote).await.map(drop).err()).await;
    assert_eq!(why, NoCaller::UnknownKey);
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
}

#[tokio::test]
async fn cut_off_it_knows_nobody() {
    let mut world = World::new().await;
    let remote = world.gateway().await;
    let alice = world.user("alice", READS).await;
    world.bucket(ACCOUNT, "known");
    let asked = Asked::by(&alice);
    assert!(asked.of(&remote).await.is_ok() && remote.bucket("known").await.unwrap().is_some());
    assert!(remote.unready().is_empty());
    world.end().await;
    let why = until(async || asked.of(&remote).await.map(drop).err()).await;
    assert!(matches!(why, NoCaller::Unavailable(_)), "{why:?}");
    assert!(remote.bucket("known").await.is_err() && remote.bucket("other").await.is_err());
    assert!(remote.buckets(ACCOUNT).await.is_err());
    assert_eq!(remote.unready(), ["the control plane does not answer"]);
}

#[tokio::test]
async fn another_accounts_gateway_knows_nobody_and_no_bucket_of_ours() {
    let world = World::new().await;
    let other = world.other().await;
    let theirs = user(&other, "gateway", MAY).await;
    let remote = world.remote(theirs);
    remote.confirmed().await;
    let alice = world.user("alice", READS).await;
    world.bucket(ACCOUNT, "ours");
    world.bucket("210987654321", "theirs");
    assert_eq!(Asked::by(&alice).refused(&remote).await, NoCaller::UnknownKey);
    assert!(remote.bucket("ours").await.unwrap().is_none());
    assert_eq!(remote.bucket("theirs").await.unwrap().unwrap().account, "210987654321");
    assert!(remote.buckets(ACCOUNT).await.unwrap().is_empty());
    assert_eq!(remote.buckets("210987654321").await.unwrap().len(), 1);
    let carol = user(&other, "carol", READS).await;
    assert!(Asked::by(&carol).of(&remote).await.is_ok());
}

#[tokio::test]
async fn a_gateway_that_is_bound_to_buckets_has_no_others() {
    let world = World::new().await;
    let bound = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rolecall:GetGatewayBucket","Resource":"arn:aws:s3:::one"},{"Effect":"Allow","Action":"rolecall:GetGatewayRevision","Resource":"*"}]}"#;
    let remote = world.remote(world.user("bound", bound).await);
    remote.confirmed().await;
    world.bucket(ACCOUNT, "one");
    world.bucket(ACCOUNT, "two");
    assert!(remote.bucket("one").await.unwrap().is_some());
    assert!(remote.bucket("two").await.unwrap().is_none());
    // What was not there may be made.
    let open = world.gateway().await;
    assert!(open.bucket("three").await.unwrap().is_none());
    world.bucket(ACCOUNT, "three");
    until(async || open.bucket("three").await.unwrap()).await;
}

fn decided(arn: &str, account: &str) -> Decided {
    let principal = if arn.is_empty() {
        Principal::anonymous()
    } else {
        Principal::parse(arn).unwrap()
    };
    let context = Context::from_iter([("aws:username", "alice")]);
    let question =
        rolecall_policy::Request::new(principal.clone(), "s3:GetObject", "arn:aws:s3:::b/k", account, context);
    Decided {
        request_id: "4442587FB7D0A2F9".to_owned(),
        at: clock::now(),
        principal,
        access_key_id: "AKIAX".to_owned(),
        operation: "GetObject",
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::b/k".to_owned(),
        account: account.to_owned(),
        peer: SocketAddr::from(([192, 0, 2, 7], 4000)),
        user_agent: Some("curl\u{1b}[2J".to_owned()),
        decision: Decision::ImplicitlyDenied,
        explanation: None,
        question,
    }
}

#[tokio::test]
async fn decisions_are_in_the_log_as_if_they_were_made_there() {
    let world = World::new().await;
    let remote = world.gateway().await;
    for n in 0..1200 {
        let mut one = decided("arn:aws:iam::123456789012:user/alice", ACCOUNT);
        one.request_id = format!("{n:016X}");
        remote.record(&one).await.unwrap();
    }
    remote.record(&decided("", "")).await.unwrap();
    remote.finish().await;
    let log = world.log();
    let events: Vec<rolecall_identity::audit::Event> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &rolecall_identity::audit::Event| event.event_name == "GetObject")
        .collect();
    assert_eq!(events.len(), 1201);
    let ids: std::collections::BTreeSet<_> = events.iter().map(|event| &event.event_id).collect();
    assert_eq!(ids.len(), 1201);
    let one = &events[1199];
    assert_eq!(one.request_id, format!("{:016X}", 1199));
    assert_eq!(
        one.user_identity.arn.as_deref(),
        Some("arn:aws:iam::123456789012:user/alice")
    );
    assert_eq!(one.source_ip_address, "192.0.2.7");
    assert_eq!(one.rolecall.context.get("aws:username").unwrap().as_slice(), ["alice"]);
    assert_eq!(
        one.rolecall.decision,
        rolecall_identity::audit::Decision::ImplicitlyDenied
    );
    let by = "told by the gateway arn:aws:iam::123456789012:user/gateway";
    assert_eq!(one.rolecall.detail.as_deref(), Some(by));
    assert!(!log.contains('\u{1b}'));
    assert_eq!(events[1200].user_identity.arn, None);
}

#[tokio::test]
async fn a_gateway_that_may_not_write_down_refuses() {
    let world = World::new().await;
    let silent = MAY.replace("*Gateway*", "GetGateway*");
    let remote = world.remote(world.user("silent", &silent).await);
    remote.confirmed().await;
    let one = decided("arn:aws:iam::123456789012:user/alice", ACCOUNT);
    let why = until(async || remote.record(&one).await.err()).await;
    assert!(why.to_string().contains("cannot be written down"));
    assert_eq!(remote.unready(), ["decisions cannot be written down"]);
}

fn told(arn: Option<&str>, account: &str) -> GatewayDecision {
    GatewayDecision {
        request_id: "R".to_owned(),
        at: 1_795_000_000,
        arn: arn.map(str::to_owned),
        unique_id: None,
        access_key_id: String::new(),
        operation: "GetObject".to_owned(),
        action: "s3:GetObject".to_owned(),
        resource: "*".to_owned(),
        account: account.to_owned(),
        peer: "192.0.2.7".to_owned(),
        user_agent: None,
        decision: GatewayOutcome::Allowed,
        explanation: None,
        context: std::collections::BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_gateway_says_nothing_of_others_accounts_and_not_too_much_at_once() {
    let world = World::new().await;
    let other = world.other().await;
    let record = async |who: &Client, decisions: Vec<GatewayDecision>| {
        let request = GatewayDecisionsRequest { decisions };
        let answer = who.private::<RecordGatewayDecisions>(&request).await;
        answer
            .map(drop)
            .map_err(|error| error.code().unwrap_or_default().to_owned())
    };
    let (ours, theirs) = ("arn:aws:iam::123456789012:root", "arn:aws:iam::210987654321:root");
    for good in [told(Some(theirs), ""), told(Some(ours), "210987654321"), told(None, "")] {
        assert_eq!(record(&other, vec![good]).await, Ok(()));
    }
    let refused = Err("ValidationException".to_owned());
    let fine = told(Some(theirs), "210987654321");
    for bad in [
        told(Some(ours), ACCOUNT),
        told(None, ACCOUNT),
        told(Some(ours), ""),
        told(Some("nobody"), "210987654321"),
        GatewayDecision {
            at: i64::MAX,
            ..fine.clone()
        },
    ] {
        // Nothing of such a call is written.
        let before = world.log();
        assert_eq!(record(&other, vec![fine.clone(), bad]).await, refused);
        assert_eq!(world.log(), before);
    }
    assert_eq!(record(&other, vec![fine.clone(); MOST_DECISIONS + 1]).await, refused);
    assert_eq!(
        record(&world.root, vec![told(None, ACCOUNT), told(None, "210987654321")]).await,
        Ok(())
    );
}

/// A change of a bucket as somebody signed it; the body's hash is signed unless something else is said.
fn change(who: &Credentials, method: &Method, target: &str, body: &str, payload: Option<&str>) -> GatewayChangeRequest {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let hash = sigv4::hash(body.as_bytes());
    let payload = payload.unwrap_or(&hash);
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("s3.example"));
    headers.insert("x-amz-content-sha256", HeaderValue::try_from(payload).unwrap());
    headers.insert("content-length", HeaderValue::from(body.len()));
    let now = clock::now();
    sigv4::sign(
        method.as_str(),
        path,
        query,
        &mut headers,
        payload,
        who,
        "us-east-2",
        "s3",
        now,
    );
    GatewayChangeRequest {
        bucket: path.trim_start_matches('/').to_owned(),
        method: method.to_string(),
        target: target.to_owned(),
        headers: GatewayChangeRequest::written(&headers),
        body: base64::Engine::encode(&base64::engine::general_purpose::STANDARD, body),
        peer: "192.0.2.7:4000".to_owned(),
        secure: true,
    }
}

const HERE: &str =
    r"<CreateBucketConfiguration><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>";
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::mine/*"}]}"#;

async fn make(gateway: &Client, request: &GatewayChangeRequest) -> Result<GatewayChangeAnswer, String> {
    let answer = gateway.private::<ChangeGatewayBucket>(request).await;
    let answer = answer.map_err(|error| error.code().unwrap_or_default().to_owned())?;
    match answer.refusal {
        Some(refusal) => Err(refusal.code),
        None => Ok(answer),
    }
}

#[tokio::test]
async fn a_gateway_changes_what_was_signed_and_nothing_else() {
    let world = World::new().await;
    let gateway = world.root.with_credentials(world.user("gateway", MAY).await);
    let owner = world.user("owner", OWNS).await;
    let reader = world.user("reader", READS).await;
    let refused = |code: &str| Err::<GatewayChangeAnswer, _>(code.to_owned());

    let create = change(&owner, &Method::PUT, "/mine", HERE, None);
    let made = make(&gateway, &create).await.unwrap().bucket.unwrap();
    assert_eq!((made.name.as_str(), made.account.as_str()), ("mine", ACCOUNT));
    assert_eq!(make(&gateway, &create).await, refused("BucketAlreadyOwnedByYou"));
    let put = change(&owner, &Method::PUT, "/mine?policy", OPEN, None);
    let made = make(&gateway, &put).await.unwrap().bucket.unwrap();
    assert_eq!(made.policy.unwrap().document, OPEN);

    // Who may not is refused here, whatever the gateway thinks.
    let theirs = change(&reader, &Method::DELETE, "/mine?policy", "", None);
    assert_eq!(make(&gateway, &theirs).await, refused("AccessDenied"));
    let edited = |edit: &dyn Fn(&mut GatewayChangeRequest)| {
        let mut request = put.clone();
        edit(&mut request);
        request
    };
    let other = change(&owner, &Method::PUT, "/other?policy", OPEN, None);
    for (request, code) in [
        (edited(&|it| it.body = create.body.clone()), "XAmzContentSHA256Mismatch"),
        (
            edited(&|it| it.target = "/mine?tagging".to_owned()),
            "SignatureDoesNotMatch",
        ),
        (edited(&|it| it.method = "DELETE".to_owned()), "SignatureDoesNotMatch"),
        (edited(&|it| it.bucket = "other".to_owned()), "InvalidRequest"),
        (
            edited(&|it| it.headers = other.headers.clone()),
            "SignatureDoesNotMatch",
        ),
        (
            edited(&|it| it.headers.retain(|(name, _)| name != "authorization")),
            "AccessDenied",
        ),
        // It reads, or touches objects: the gateway does so itself.
        (change(&owner, &Method::GET, "/mine?policy", "", None), "InvalidRequest"),
        (change(&owner, &Method::PUT, "/mine/key", "x", None), "InvalidRequest"),
        // Its body could be another's.
        (
            change(&owner, &Method::PUT, "/mine?policy", OPEN, Some("UNSIGNED-PAYLOAD")),
            "InvalidRequest",
        ),
    ] {
        let why = make(&gateway, &request).await;
        assert_eq!(why, refused(code), "{request:?}");
    }
    for (wrong, code) in [
        (
            edited(&|it| it.target = "https://elsewhere/mine?policy".to_owned()),
            "ValidationException",
        ),
        (edited(&|it| it.peer = "nowhere".to_owned()), "ValidationException"),
        (edited(&|it| it.body = "!".to_owned()), "ValidationException"),
    ] {
        assert_eq!(make(&gateway, &wrong).await, refused(code));
    }
    let kept = world.identity.snapshot();
    let kept = kept.bucket("mine").unwrap();
    assert_eq!(kept.policy.as_ref().unwrap().text(), OPEN);

    // Only a gateway brings changes, and what it brings is in no log.
    let reader_client = world.root.with_credentials(reader);
    assert_eq!(make(&reader_client, &put).await, refused("AccessDeniedException"));
    let signature = Presented::read(&put.read().unwrap(), "policy")
        .unwrap()
        .signature()
        .to_owned();
    assert!(!world.log().contains(&signature) && !format!("{put:?}").contains(&put.body));
    let gone = make(&gateway, &change(&owner, &Method::DELETE, "/mine", "", None))
        .await
        .unwrap();
    assert_eq!(gone.bucket, None);
}

#[tokio::test]
async fn another_accounts_gateway_changes_nothing_of_ours() {
    let world = World::new().await;
    let other = world.other().await;
    let owner = world.user("owner", OWNS).await;
    world.bucket(ACCOUNT, "mine");
    let refused = |code: &str| Err::<GatewayChangeAnswer, _>(code.to_owned());
    let put = change(&owner, &Method::PUT, "/mine?policy", OPEN, None);
    assert_eq!(make(&other, &put).await, refused("InvalidAccessKeyId"));
    // Nor does its own caller there, whom the bucket's policy might even allow it.
    let carol = user(&other, "carol", OWNS).await;
    let put = change(&carol, &Method::PUT, "/mine?policy", OPEN, None);
    assert_eq!(make(&other, &put).await, refused("NoSuchBucket"));
    let account: AccountId = ACCOUNT.parse().unwrap();
    assert_eq!(world.identity.snapshot().buckets(account).count(), 1);
    // A name that is taken is taken everywhere, and by whom is not told.
    let create = change(&carol, &Method::PUT, "/mine", HERE, None);
    assert_eq!(make(&other, &create).await, refused("BucketAlreadyExists"));
}

#[tokio::test]
async fn a_session_ends_when_it_is_revoked() {
    let world = World::new().await;
    let remote = world.gateway().await;
    let alice = world.root.with_credentials(world.user("alice", READS).await);
    let session = alice
        .call::<sts::GetSessionToken>(sts::GetSessionTokenRequest::default())
        .await
        .unwrap()
        .credentials
        .unwrap();
    let session = Credentials {
        access_key_id: session.access_key_id,
        secret_access_key: session.secret_access_key,
        session_token: Some(session.session_token.expose().to_owned()),
    };
    let asked = Asked::by(&session);
    assert!(asked.of(&remote).await.is_ok());
    let what: RevokeRequest =
        serde_json::from_value(serde_json::json!({"session": {"accessKeyId": session.access_key_id}})).unwrap();
    world.root.private::<Revoke>(&what).await.unwrap();
    let why = until(async || asked.of(&remote).await.map(drop).err()).await;
    assert_eq!(why, NoCaller::Expired);
}
