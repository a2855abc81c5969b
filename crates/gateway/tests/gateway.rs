//! The gateway between an authority and a store that only write down what they are asked.
#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::format_push_string,
    clippy::type_complexity,
    reason = "helpers of tests may panic"
)]

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use proptest::prelude::*;
use rolecall_gateway::{
    Authority, Body, Bucket, By, Caller, Change, Config, ConnInfo, Decided, Gateway, KeyRequest, NewBucket, NoCaller,
    Pending, Unavailable, Upstream,
};
use rolecall_policy::{Compiled, Context, Decision, Policy, Principal};
use rolecall_wire::sigv4::{self, Credentials, SigningKey};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-2";

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_579_506)
}

fn compiled(policy: &str) -> Compiled {
    Compiled::new(&Policy::parse(policy).unwrap())
}

fn allow(actions: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{actions},"Resource":"{resource}"}}]}}"#
    )
}

#[derive(Default)]
struct Fake {
    buckets: Mutex<BTreeMap<String, Arc<Bucket>>>,
    decisions: Mutex<Vec<Decided>>,
    policies: Mutex<Vec<Compiled>>,
    session: Mutex<Option<Vec<Compiled>>>,
    full: Mutex<bool>,
    root: bool,
}

fn ready<T: Send + 'static>(value: T) -> Pending<'static, T> {
    Box::pin(std::future::ready(value))
}

impl Authority for Fake {
    fn now(&self) -> SystemTime {
        now()
    }

    fn request_id(&self) -> String {
        "4442587FB7D0A2F9".to_owned()
    }

    fn caller<'a>(&'a self, asked: KeyRequest<'a>) -> Pending<'a, Result<Arc<Caller>, NoCaller>> {
        let refused = match asked.access_key_id {
            "AKIAEXPIRED" => Some(NoCaller::Expired),
            "AKIATOKEN" => Some(NoCaller::InvalidToken),
            "AKIATEST" => None,
            _ => Some(NoCaller::UnknownKey),
        };
        if let Some(refused) = refused {
            return ready(Err(refused));
        }
        let arn = if self.root {
            "arn:aws:iam::123456789012:root"
        } else {
            "arn:aws:iam::123456789012:user/alice"
        };
        ready(Ok(Arc::new(Caller {
            principal: Principal::parse(arn).unwrap(),
            access_key_id: asked.access_key_id.to_owned(),
            key: SigningKey::derive("secret", asked.date, asked.region, "s3"),
            context: Context::from_iter([("aws:username", "alice")]),
            identity: self.policies.lock().unwrap().clone(),
            boundary: None,
            session: self.session.lock().unwrap().clone(),
        })))
    }

    fn bucket<'a>(&'a self, name: &'a str) -> Pending<'a, Result<Option<Arc<Bucket>>, Unavailable>> {
        ready(Ok(self.buckets.lock().unwrap().get(name).cloned()))
    }

    fn buckets<'a>(&'a self, account: &'a str) -> Pending<'a, Result<Vec<Arc<Bucket>>, Unavailable>> {
        let all = self.buckets.lock().unwrap();
        ready(Ok(all
            .values()
            .filter(|bucket| bucket.account == account)
            .cloned()
            .collect()))
    }

    fn create_bucket(&self, new: NewBucket) -> Pending<'_, Result<Arc<Bucket>, Change>> {
        let mut all = self.buckets.lock().unwrap();
        if let Some(bucket) = all.get(&new.name) {
            return ready(Err(Change::Taken(Arc::clone(bucket))));
        }
        let bucket = Arc::new(record(&new.name, new.by.principal.account(), None));
        all.insert(new.name, Arc::clone(&bucket));
        ready(Ok(bucket))
    }

    fn delete_bucket<'a>(&'a self, bucket: &'a Bucket, _: &'a By) -> Pending<'a, Result<(), Change>> {
        self.buckets.lock().unwrap().remove(&bucket.name);
        ready(Ok(()))
    }

    fn set_policy<'a>(
        &'a self,
        bucket: &'a Bucket,
        policy: Option<String>,
        _: &'a By,
    ) -> Pending<'a, Result<(), Change>> {
        let mut changed = bucket.clone();
        changed.policy = policy.map(|text| (text.clone(), compiled(&text)));
        self.buckets
            .lock()
            .unwrap()
            .insert(bucket.name.clone(), Arc::new(changed));
        ready(Ok(()))
    }

    fn set_tags<'a>(
        &'a self,
        bucket: &'a Bucket,
        tags: Vec<(String, String)>,
        _: &'a By,
    ) -> Pending<'a, Result<(), Change>> {
        let mut changed = bucket.clone();
        changed.tags = tags;
        self.buckets
            .lock()
            .unwrap()
            .insert(bucket.name.clone(), Arc::new(changed));
        ready(Ok(()))
    }

    fn record<'a>(&'a self, decision: &'a Decided) -> Pending<'a, Result<(), Unavailable>> {
        if *self.full.lock().unwrap() {
            return ready(Err(Unavailable("the disk is full".to_owned())));
        }
        self.decisions.lock().unwrap().push(decision.clone());
        ready(Ok(()))
    }
}

fn record(name: &str, account: &str, policy: Option<&str>) -> Bucket {
    Bucket {
        name: name.to_owned(),
        account: account.to_owned(),
        region: REGION.to_owned(),
        upstream: format!("inc-{name}"),
        created: now(),
        policy: policy.map(|text| (text.to_owned(), compiled(text))),
        tags: Vec::new(),
    }
}

#[derive(Debug, Clone)]
struct Arrived {
    method: Method,
    uri: String,
    headers: HeaderMap,
    /// None where the body broke off.
    body: Option<Bytes>,
}

#[derive(Default)]
struct Store {
    arrived: Mutex<Vec<Arrived>>,
    answers: Mutex<Vec<(StatusCode, String)>>,
}

impl Upstream for Store {
    fn call(&self, request: Request<Body>) -> Pending<'_, Response<Body>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.ok().map(http_body_util::Collected::to_bytes);
            let broken = body.is_none();
            self.arrived.lock().unwrap().push(Arrived {
                method: parts.method,
                uri: parts.uri.to_string(),
                headers: parts.headers,
                body,
            });
            let (status, text) = match self.answers.lock().unwrap().pop() {
                Some(answer) => answer,
                None if broken => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
                None => (StatusCode::OK, String::new()),
            };
            let mut response = Response::new(
                Full::new(Bytes::from(text))
                    .map_err(|never| match never {})
                    .boxed_unsync(),
            );
            *response.status_mut() = status;
            response
        })
    }

    fn keeps_dot_segments(&self) -> bool {
        true
    }
}

struct World {
    authority: Arc<Fake>,
    store: Arc<Store>,
    gateway: Gateway,
}

struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answered {
    fn code(&self) -> &str {
        let after = self.text.split_once("<Code>").map_or("", |(_, after)| after);
        after.split_once("</Code>").map_or("", |(code, _)| code)
    }
}

impl World {
    fn new(policies: &[&str]) -> Self {
        Self::build(Fake {
            policies: Mutex::new(policies.iter().map(|policy| compiled(policy)).collect()),
            ..Fake::default()
        })
    }

    fn root() -> Self {
        Self::build(Fake {
            root: true,
            ..Fake::default()
        })
    }

    fn build(fake: Fake) -> Self {
        fake.buckets
            .lock()
            .unwrap()
            .insert("b".to_owned(), Arc::new(record("b", ACCOUNT, None)));
        let authority = Arc::new(fake);
        let store = Arc::new(Store::default());
        let gateway = Gateway::new(Config::default(), authority.clone(), store.clone());
        Self {
            authority,
            store,
            gateway,
        }
    }

    fn bucket_policy(&self, name: &str, account: &str, policy: &str) {
        let bucket = Arc::new(record(name, account, Some(policy)));
        self.authority.buckets.lock().unwrap().insert(name.to_owned(), bucket);
    }

    fn store_answers(&self, status: StatusCode, text: &str) {
        self.store.answers.lock().unwrap().push((status, text.to_owned()));
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.store.arrived.lock().unwrap().clone()
    }

    fn decided(&self) -> Vec<(String, String, bool)> {
        let decisions = self.authority.decisions.lock().unwrap();
        decisions
            .iter()
            .map(|d| (d.action.clone(), d.resource.clone(), d.decision == Decision::Allowed))
            .collect()
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Answered {
        let connection = ConnInfo {
            peer: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4000),
            tls: None,
        };
        let response = self.gateway.handle(request, connection).await;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        assert!(parts.headers.contains_key("x-amz-request-id"));
        Answered {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    async fn call(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        self.send(signed(method, target, headers, body)).await
    }
}

fn unsigned(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", "127.0.0.1:4566");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if (!body.is_empty() || method == "PUT") && headers.iter().all(|(name, _)| *name != "content-length") {
        request = request.header("content-length", body.len());
    }
    request.body(Full::new(Bytes::from(body.to_owned()))).unwrap()
}

fn signed(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body.as_bytes());
    signed_with(
        method,
        target,
        headers,
        body,
        &hex::encode(hash),
        "AKIATEST",
        "secret",
        "s3",
        now(),
    )
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that a test gets wrong")]
fn signed_with(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
    payload: &str,
    key: &str,
    secret: &str,
    service: &str,
    at: SystemTime,
) -> Request<Full<Bytes>> {
    let mut request = unsigned(method, target, headers, body);
    let credentials = Credentials {
        access_key_id: key.to_owned(),
        secret_access_key: secret.to_owned().into(),
        session_token: None,
    };
    let uri = request.uri().clone();
    if service != "s3" {
        request
            .headers_mut()
            .insert("x-amz-content-sha256", payload.parse().unwrap());
    }
    let query = uri.query().unwrap_or_default();
    sigv4::sign(
        method,
        uri.path(),
        query,
        request.headers_mut(),
        payload,
        &credentials,
        REGION,
        service,
        at,
    );
    request
}

#[tokio::test]
async fn an_allowed_get_reaches_the_incarnation_and_nothing_else_of_the_client_does() {
    let world = World::new(&[&allow(r#""s3:GetObject""#, "arn:aws:s3:::b/*")]);
    world.store_answers(StatusCode::OK, "hello");
    let headers = [
        ("range", "bytes=0-4"),
        ("x-custom", "1"),
        ("connection", "x-custom"),
        ("user-agent", "test"),
    ];
    let answer = world.call("GET", "/b/a%20b?x-id=GetObject", &headers, "").await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "hello"));
    let arrived = world.arrived();
    assert_eq!(arrived[0].uri, "/inc-b/a%20b");
    assert_eq!(
        arrived[0]
            .headers
            .keys()
            .map(http::HeaderName::as_str)
            .collect::<Vec<_>>(),
        ["range"]
    );
    assert_eq!(
        world.decided(),
        [("s3:GetObject".to_owned(), "arn:aws:s3:::b/a b".to_owned(), true)]
    );
}

#[tokio::test]
async fn a_refusal_says_what_aws_says_and_reaches_nothing() {
    let world = World::new(&[&allow(r#""s3:GetObject""#, "*")]);
    let answer = world.call("DELETE", "/b/k", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "AccessDenied"));
    assert!(
        answer.text.contains(
            "User: arn:aws:iam::123456789012:user/alice is not authorized to perform: s3:DeleteObject on resource: \
         &quot;arn:aws:s3:::b/k&quot; because no identity-based policy allows the s3:DeleteObject action"
        ),
        "{}",
        answer.text
    );
    assert!(world.arrived().is_empty());
    assert_eq!(
        world.decided(),
        [("s3:DeleteObject".to_owned(), "arn:aws:s3:::b/k".to_owned(), false)]
    );
}

#[tokio::test]
async fn nothing_is_allowed_that_cannot_be_written_down() {
    let world = World::root();
    *world.authority.full.lock().unwrap() = true;
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable")
    );
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn each_wrong_signature_has_its_code() {
    let world = World::root();
    let hash = sigv4::EMPTY_HASH;
    let cases = [
        ("AKIANOBODY", "secret", "s3", now(), 403, "InvalidAccessKeyId"),
        ("AKIAEXPIRED", "secret", "s3", now(), 400, "ExpiredToken"),
        ("AKIATOKEN", "secret", "s3", now(), 400, "InvalidToken"),
        ("AKIATEST", "wrong", "s3", now(), 403, "SignatureDoesNotMatch"),
        ("AKIATEST", "secret", "sts", now(), 400, "AuthorizationHeaderMalformed"),
        (
            "AKIATEST",
            "secret",
            "s3",
            now() - Duration::from_secs(1000),
            403,
            "RequestTimeTooSkewed",
        ),
        (
            "AKIATEST",
            "secret",
            "s3",
            now() + Duration::from_secs(1000),
            403,
            "RequestTimeTooSkewed",
        ),
    ];
    for (key, secret, service, at, status, code) in cases {
        let answer = world
            .send(signed_with("GET", "/b/k", &[], "", hash, key, secret, service, at))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (status, code),
            "{}",
            answer.text
        );
    }
    let answer = world
        .send(signed_with(
            "GET",
            "/b/k",
            &[],
            "",
            hash,
            "AKIATEST",
            "wrong",
            "s3",
            now(),
        ))
        .await;
    for element in [
        "<CanonicalRequest>GET\n/b/k\n",
        "<StringToSign>AWS4-HMAC-SHA256\n",
        "<SignatureProvided>",
    ] {
        assert!(answer.text.contains(element), "{element} in {}", answer.text);
    }
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn tampered_requests_are_refused() {
    let world = World::root();
    let mut path = signed("GET", "/b/k", &[], "");
    *path.uri_mut() = "/b/other".parse().unwrap();
    let mut query = signed("GET", "/b/k?versionId=1", &[], "");
    *query.uri_mut() = "/b/k?versionId=2".parse().unwrap();
    let mut header = signed("PUT", "/b/k", &[("x-amz-meta-a", "1")], "");
    header.headers_mut().insert("x-amz-meta-a", "2".parse().unwrap());
    for request in [path, query, header] {
        assert_eq!(world.send(request).await.code(), "SignatureDoesNotMatch");
    }
    let mut added = signed("PUT", "/b/k", &[], "");
    added
        .headers_mut()
        .insert("x-amz-copy-source", "b/secret".parse().unwrap());
    let answer = world.send(added).await;
    assert_eq!(answer.code(), "AccessDenied");
    assert!(
        answer
            .text
            .contains("<HeadersNotSigned>x-amz-copy-source</HeadersNotSigned>")
    );
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn requests_that_two_readers_could_read_differently_are_refused() {
    let world = World::root();
    let cases: &[(&str, &str, &[(&str, &str)], &str)] = &[
        ("GET", "/b/%2e%2e/k", &[], "InvalidURI"),
        ("GET", "/b/a/..%2fk", &[], "InvalidURI"),
        ("GET", "/b/%zz", &[], "InvalidURI"),
        ("GET", "/b/%00", &[], "InvalidURI"),
        ("GET", "/b/%ff", &[], "InvalidURI"),
        ("GET", "//k", &[], "InvalidURI"),
        ("GET", "/%62/k", &[], "InvalidBucketName"),
        ("GET", "/b/k?versionId=1&versionId=2", &[], "InvalidArgument"),
        ("GET", "/b/k?versionId=1&VersionId=2", &[], "InvalidArgument"),
        ("GET", "/b/k?unknown=1", &[], "InvalidArgument"),
        ("GET", "/b?list-type=1", &[], "InvalidArgument"),
        ("PUT", "/b/k?partNumber=0&uploadId=u", &[], "InvalidArgument"),
        ("PUT", "/b/k", &[("transfer-encoding", "chunked")], "InvalidRequest"),
        ("PUT", "/b/k", &[("x-amz-unheard-of", "1")], "NotImplemented"),
        ("PUT", "/b/k", &[("x-amz-copy-source", "b")], "InvalidArgument"),
        ("PUT", "/b/k", &[("x-amz-copy-source", "b/%2e%2e/x")], "InvalidArgument"),
        (
            "PUT",
            "/b/k",
            &[("x-amz-copy-source", "b/k?versionId=1?x")],
            "InvalidArgument",
        ),
        ("PUT", "/b/k", &[("x-amz-tagging", "a=1&a=2")], "InvalidArgument"),
        ("POST", "/b/k", &[], "MethodNotAllowed"),
        ("GET", "/b/k?acl&tagging", &[], "MethodNotAllowed"),
        (
            "GET",
            "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1",
            &[],
            "InvalidArgument",
        ),
        (
            "PUT",
            "/b/k",
            &[("x-amz-acl", "public-read")],
            "AccessControlListNotSupported",
        ),
        (
            "PUT",
            "/b/k",
            &[("x-amz-object-lock-mode", "COMPLIANCE")],
            "NotImplemented",
        ),
        ("GET", "/b/k?acl", &[], "NotImplemented"),
        ("GET", "/b?versioning", &[], "NotImplemented"),
        ("GET", "/missing/k", &[], "NoSuchBucket"),
        (
            "GET",
            "/b/k",
            &[("x-amz-expected-bucket-owner", "210987654321")],
            "AccessDenied",
        ),
    ];
    for (method, target, headers, code) in cases {
        let answer = world.call(method, target, headers, "").await;
        assert_eq!(answer.code(), *code, "{method} {target} {headers:?}: {}", answer.text);
        assert!(world.arrived().is_empty(), "{method} {target}");
    }
    let mut twice = signed("PUT", "/b/k", &[], "");
    twice
        .headers_mut()
        .append("x-amz-content-sha256", sigv4::EMPTY_HASH.parse().unwrap());
    assert_eq!(world.send(twice).await.code(), "InvalidRequest");
    let old = unsigned("GET", "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1", &[], "");
    assert_eq!(world.send(old).await.code(), "InvalidRequest");
    let long = world.call("PUT", &format!("/b/{}", "x".repeat(1025)), &[], "").await;
    assert_eq!(long.code(), "KeyTooLongError");
}

#[tokio::test]
async fn strangers_have_only_what_the_bucket_gives_them() {
    let world = World::root();
    world.bucket_policy("public", ACCOUNT, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::public/open/*"}]}"#);
    world.store_answers(StatusCode::OK, "v");
    assert_eq!(world.send(unsigned("GET", "/public/open/k", &[], "")).await.text, "v");
    for (method, target) in [
        ("GET", "/public/k"),
        ("PUT", "/public/open/k"),
        ("GET", "/public"),
        ("GET", "/b/k"),
        ("GET", "/"),
    ] {
        let answer = world.send(unsigned(method, target, &[], "")).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "AccessDenied"),
            "{method} {target}"
        );
        assert!(answer.text.contains("<Message>Access Denied</Message>"));
    }
    let answer = world
        .send(unsigned(
            "GET",
            "/public/open/k?response-content-type=text/html",
            &[],
            "",
        ))
        .await;
    assert_eq!(answer.code(), "InvalidRequest");
    assert_eq!(world.arrived().len(), 1);
}

#[tokio::test]
async fn presigned_urls_work_until_their_time() {
    let world = World::root();
    let presign = |expires: u64, at| {
        let credentials = Credentials {
            access_key_id: "AKIATEST".to_owned(),
            secret_access_key: "secret".to_owned().into(),
            session_token: None,
        };
        let query = sigv4::presign(
            "GET",
            "127.0.0.1:4566",
            "/b/k",
            "",
            Duration::from_secs(expires),
            &credentials,
            REGION,
            "s3",
            at,
        );
        unsigned("GET", &format!("/b/k?{query}"), &[], "")
    };
    assert_eq!(world.send(presign(60, now())).await.status, StatusCode::OK);
    assert_eq!(world.arrived()[0].uri, "/inc-b/k");
    let late = world.send(presign(60, now() - Duration::from_secs(61))).await;
    assert_eq!((late.status, late.code()), (StatusCode::FORBIDDEN, "AccessDenied"));
    assert!(late.text.contains("<Message>Request has expired</Message>"));
    let long = world.send(presign(13 * 3600, now())).await;
    assert_eq!(long.code(), "AuthorizationQueryParametersError");
    let mut other = presign(60, now());
    *other.uri_mut() = other.uri().to_string().replace("/b/k?", "/b/x?").parse().unwrap();
    assert_eq!(world.send(other).await.code(), "SignatureDoesNotMatch");
}

#[tokio::test]
async fn a_body_that_is_not_what_was_signed_never_arrives_whole() {
    let world = World::root();
    let mut request = signed("PUT", "/b/k", &[], "body");
    *request.body_mut() = Full::new(Bytes::from_static(b"bodY"));
    let answer = world.send(request).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::BAD_REQUEST, "XAmzContentSHA256Mismatch")
    );
    assert!(world.arrived().iter().all(|arrived| arrived.body.is_none()));
    let mut request = signed("PUT", "/b/k", &[], "body");
    *request.body_mut() = Full::new(Bytes::from_static(b"bod"));
    assert_eq!(world.send(request).await.status, StatusCode::BAD_REQUEST);
    assert!(world.arrived().iter().all(|arrived| arrived.body.is_none()));
    let answer = world.call("PUT", "/b/k", &[], "body").await;
    assert_eq!(answer.status, StatusCode::OK);
    let last = world.arrived().pop().unwrap();
    assert_eq!(
        (last.body.as_deref(), last.headers["content-length"].as_bytes()),
        (Some(&b"body"[..]), &b"4"[..])
    );
}

#[tokio::test]
async fn a_copy_is_decided_on_both_objects() {
    let world = World::new(&[&allow(r#""s3:PutObject""#, "arn:aws:s3:::b/*")]);
    let headers = [
        ("x-amz-copy-source", "/b/fr%20om?versionId=7"),
        ("x-amz-tagging-directive", "REPLACE"),
    ];
    let answer = world.call("PUT", "/b/to", &headers, "").await;
    assert_eq!(answer.code(), "AccessDenied");
    assert!(
        answer
            .text
            .contains("s3:GetObjectVersion on resource: &quot;arn:aws:s3:::b/fr om&quot;"),
        "{}",
        answer.text
    );
    world
        .authority
        .policies
        .lock()
        .unwrap()
        .push(compiled(&allow(r#""s3:GetObjectVersion""#, "arn:aws:s3:::b/fr om")));
    world.store_answers(StatusCode::OK, "<CopyObjectResult/>");
    assert_eq!(world.call("PUT", "/b/to", &headers, "").await.status, StatusCode::OK);
    assert_eq!(
        world.arrived()[0].headers["x-amz-copy-source"],
        "inc-b/fr%20om?versionId=7"
    );
    let tags = world
        .call("PUT", "/b/to", &[("x-amz-copy-source", "/b/fr%20om?versionId=7")], "")
        .await;
    assert!(tags.text.contains("s3:GetObjectVersionTagging"), "{}", tags.text);
}

#[tokio::test]
async fn tags_and_acls_need_actions_of_their_own() {
    let world = World::new(&[&allow(r#""s3:PutObject""#, "*")]);
    let tagged = world.call("PUT", "/b/k", &[("x-amz-tagging", "a=1")], "").await;
    assert!(tagged.text.contains("s3:PutObjectTagging"));
    let acl = world.call("PUT", "/b/k", &[("x-amz-acl", "private")], "").await;
    assert!(acl.text.contains("s3:PutObjectAcl"));
    assert!(world.arrived().is_empty());
}

#[tokio::test]
async fn deleting_many_is_decided_key_by_key() {
    let world = World::new(&[&allow(r#""s3:DeleteObject""#, "arn:aws:s3:::b/mine/*")]);
    world.store_answers(
        StatusCode::OK,
        "<DeleteResult><Deleted><Key>mine/1</Key></Deleted></DeleteResult>",
    );
    let body = "<Delete><Object><Key>mine/1</Key></Object><Object><Key>yours&amp;</Key></Object><Object><Key>mine/2</Key><VersionId>v</VersionId></Object></Delete>";
    let answer = world.call("POST", "/b?delete", &[], body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("<Deleted><Key>mine/1</Key></Deleted>"));
    assert!(
        answer
            .text
            .contains("<Error><Key>yours&amp;</Key><Code>AccessDenied</Code>"),
        "{}",
        answer.text
    );
    assert!(
        answer
            .text
            .contains("<Error><Key>mine/2</Key><VersionId>v</VersionId><Code>AccessDenied</Code>")
    );
    let body = world.arrived()[0].body.clone().unwrap();
    let body = std::str::from_utf8(&body).unwrap();
    assert!(body.contains("mine/1") && !body.contains("yours") && !body.contains("mine/2"));
    assert_eq!(world.decided().len(), 3);
}

#[tokio::test]
async fn a_missing_key_is_told_only_to_who_may_list() {
    let missing = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>k</Key><BucketName>inc-b</BucketName></Error>";
    let world = World::new(&[&allow(r#""s3:GetObject""#, "*")]);
    world.store_answers(StatusCode::NOT_FOUND, missing);
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "AccessDenied"));
    world
        .authority
        .policies
        .lock()
        .unwrap()
        .push(compiled(&allow(r#""s3:ListBucket""#, "*")));
    world.store_answers(StatusCode::NOT_FOUND, missing);
    let answer = world.call("GET", "/b/k", &[], "").await;
    assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "NoSuchKey"));
    assert!(!answer.text.contains("inc-b"), "{}", answer.text);
}

#[tokio::test]
async fn tags_that_an_object_has_take_part_where_a_policy_asks_for_them() {
    let deny = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}]}"#;
    let world = World::new(&[deny]);
    world.store_answers(
        StatusCode::OK,
        "<Tagging><TagSet><Tag><Key>secret</Key><Value>yes</Value></Tag></TagSet></Tagging>",
    );
    assert_eq!(world.call("GET", "/b/k", &[], "").await.code(), "AccessDenied");
    // Unknown tags are not no tags.
    world.store_answers(StatusCode::INTERNAL_SERVER_ERROR, "");
    assert_eq!(world.call("GET", "/b/k", &[], "").await.code(), "ServiceUnavailable");
}

#[tokio::test]
async fn buckets_are_answered_from_the_map() {
    let world = World::root();
    let location = "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>";
    assert_eq!(
        world.call("PUT", "/new-bucket", &[], location).await.status,
        StatusCode::OK
    );
    assert_eq!(world.arrived()[0].uri, "/inc-new-bucket");
    assert_eq!(
        world.call("PUT", "/new-bucket", &[], location).await.code(),
        "BucketAlreadyOwnedByYou"
    );
    world.bucket_policy("theirs", "210987654321", &allow(r#""s3:*""#, "arn:aws:s3:::theirs"));
    assert_eq!(
        world.call("PUT", "/theirs", &[], location).await.code(),
        "BucketAlreadyExists"
    );
    assert_eq!(
        world.call("PUT", "/another", &[], "").await.code(),
        "IllegalLocationConstraintException"
    );
    assert_eq!(
        world.call("PUT", "/Another", &[], location).await.code(),
        "InvalidBucketName"
    );
    let list = world.call("GET", "/", &[], "").await;
    assert!(list.text.contains("<Name>b</Name>") && list.text.contains("<Name>new-bucket</Name>"));
    assert!(!list.text.contains("theirs") && !list.text.contains("inc-"));
    let page = world.call("GET", "/?max-buckets=1", &[], "").await;
    let token = page
        .text
        .split("<ContinuationToken>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let page = world
        .call("GET", &format!("/?continuation-token={token}"), &[], "")
        .await;
    assert!(page.text.contains("new-bucket") && !page.text.contains("<Name>b</Name>"));
    assert!(
        world
            .call("GET", "/b?location", &[], "")
            .await
            .text
            .contains(">us-east-2</LocationConstraint>")
    );
    assert_eq!(
        world.call("HEAD", "/b", &[], "").await.headers["x-amz-bucket-region"],
        "us-east-2"
    );
    world.store_answers(StatusCode::CONFLICT, "");
    assert_eq!(world.call("DELETE", "/b", &[], "").await.code(), "BucketNotEmpty");
    assert_eq!(world.call("DELETE", "/b", &[], "").await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.call("HEAD", "/b", &[], "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn policies_and_tags_of_buckets_are_kept_and_enforced() {
    let world = World::root();
    assert_eq!(
        world.call("GET", "/b?policy", &[], "").await.code(),
        "NoSuchBucketPolicy"
    );
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/locked/*"}]}"#;
    assert_eq!(
        world.call("PUT", "/b?policy", &[], policy).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.call("GET", "/b?policy", &[], "").await.text, policy);
    assert!(
        world
            .call("GET", "/b?policyStatus", &[], "")
            .await
            .text
            .contains("<IsPublic>false</IsPublic>")
    );
    assert_eq!(world.call("PUT", "/b/locked/k", &[], "v").await.code(), "AccessDenied");
    assert_eq!(world.call("PUT", "/b/open", &[], "v").await.status, StatusCode::OK);
    assert_eq!(
        world.call("DELETE", "/b?policy", &[], "").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.call("PUT", "/b/locked/k", &[], "v").await.status, StatusCode::OK);
    let elsewhere = policy.replace(":::b/", ":::c/");
    for wrong in ["{", "{}", elsewhere.as_str()] {
        assert_eq!(
            world.call("PUT", "/b?policy", &[], wrong).await.code(),
            "MalformedPolicy",
            "{wrong}"
        );
    }
    assert_eq!(world.call("GET", "/b?tagging", &[], "").await.code(), "NoSuchTagSet");
    let tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    assert_eq!(
        world.call("PUT", "/b?tagging", &[], tags).await.status,
        StatusCode::NO_CONTENT
    );
    assert!(
        world
            .call("GET", "/b?tagging", &[], "")
            .await
            .text
            .contains("<Key>a</Key><Value>1</Value>")
    );
}

#[tokio::test]
async fn a_policy_that_locks_its_author_out_needs_a_confirmation() {
    let world = World::new(&[&allow(r#""s3:*""#, "*")]);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b"}]}"#;
    assert_eq!(world.call("PUT", "/b?policy", &[], policy).await.code(), "AccessDenied");
    let confirmed = [("x-amz-confirm-remove-self-bucket-access", "true")];
    assert_eq!(
        world.call("PUT", "/b?policy", &confirmed, policy).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.call("DELETE", "/b?policy", &[], "").await.code(), "AccessDenied");
    let root = World::root();
    root.bucket_policy("b", ACCOUNT, policy);
    assert_eq!(root.call("GET", "/b", &[], "").await.code(), "AccessDenied");
    assert_eq!(
        root.call("DELETE", "/b?policy", &[], "").await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn lists_say_the_buckets_own_name() {
    let world = World::root();
    world.store_answers(
        StatusCode::OK,
        "<ListBucketResult><Name>inc-b</Name><Contents><Key>&lt;Name&gt;inc-b</Key></Contents></ListBucketResult>",
    );
    let list = world.call("GET", "/b?list-type=2&prefix=a%2Bb%26", &[], "").await;
    assert_eq!(
        list.text,
        "<ListBucketResult><Name>b</Name><Contents><Key>&lt;Name&gt;inc-b</Key></Contents></ListBucketResult>"
    );
    assert_eq!(world.arrived()[0].uri, "/inc-b?list-type=2&prefix=a%2Bb%26");
}

#[tokio::test]
async fn conditions_on_the_request_take_part() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"StringLike":{"s3:prefix":["home/${aws:username}/*"]}}},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}},
        {"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"},"StringEquals":{"s3:authType":"REST-HEADER"}}}]}"#;
    let world = World::new(&[policy]);
    assert_eq!(
        world
            .call("GET", "/b?list-type=2&prefix=home%2Falice%2F", &[], "")
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        world
            .call("GET", "/b?list-type=2&prefix=home%2Fbob%2F", &[], "")
            .await
            .code(),
        "AccessDenied"
    );
    assert_eq!(world.call("GET", "/b/k", &[], "").await.code(), "AccessDenied");
    assert_eq!(world.call("PUT", "/b/k", &[], "").await.status, StatusCode::OK);
}

/// A signed request with a chunked body: `blocks` as chunks, and a trailer.
fn chunked(blocks: &[&str], payload: &str, trailer: Option<(&str, &str)>) -> Request<Full<Bytes>> {
    // The length is signed, and does not depend on the signature.
    let length = body_of(&chunked_of(blocks, payload, trailer, 0)).len();
    chunked_of(blocks, payload, trailer, length)
}

fn chunked_of(blocks: &[&str], payload: &str, trailer: Option<(&str, &str)>, wire: usize) -> Request<Full<Bytes>> {
    let wire = wire.to_string();
    let length: usize = blocks.iter().map(|block| block.len()).sum();
    let length = length.to_string();
    let mut headers = vec![
        ("content-length", wire.as_str()),
        ("x-amz-decoded-content-length", length.as_str()),
        ("content-encoding", "aws-chunked,gzip"),
    ];
    headers.extend(trailer.map(|(name, _)| ("x-amz-trailer", name)));
    let mut request = signed_with("PUT", "/b/k", &headers, "", payload, "AKIATEST", "secret", "s3", now());
    let key = SigningKey::derive("secret", "20261125", REGION, "s3");
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let mut previous = authorization.rsplit_once("Signature=").unwrap().1.to_owned();
    let head = format!("{}\n20261125/{REGION}/s3/aws4_request", sigv4::format_date(now()));
    let hash = |text: &str| hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()));
    let mut body = String::new();
    for block in blocks.iter().chain([&""]) {
        let mut line = format!("{:x}", block.len());
        if payload.contains("HMAC") {
            let text = format!(
                "AWS4-HMAC-SHA256-PAYLOAD\n{head}\n{previous}\n{}\n{}",
                sigv4::EMPTY_HASH,
                hash(block)
            );
            previous = key.sign(text.as_bytes());
            line += &format!(";chunk-signature={previous}");
        }
        body += &format!("{line}\r\n");
        if !block.is_empty() {
            body += &format!("{block}\r\n");
        }
    }
    if let Some((name, value)) = trailer {
        body += &format!("{name}:{value}\r\n");
        if payload.contains("HMAC") {
            let text = format!(
                "AWS4-HMAC-SHA256-TRAILER\n{head}\n{previous}\n{}",
                hash(&format!("{name}:{value}\n"))
            );
            body += &format!("x-amz-trailer-signature:{}\r\n", key.sign(text.as_bytes()));
        }
    }
    body += "\r\n";
    *request.body_mut() = Full::new(Bytes::from(body));
    request
}

fn body_of(request: &Request<Full<Bytes>>) -> String {
    use futures_util::FutureExt;
    let bytes = request
        .body()
        .clone()
        .collect()
        .now_or_never()
        .unwrap()
        .unwrap()
        .to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
/// Of `hello world`.
const CRC32: (&str, &str) = ("x-amz-checksum-crc32", "DUoRhQ==");

#[tokio::test]
async fn chunked_bodies_arrive_decoded() {
    for (payload, trailer) in [
        (SIGNED, None),
        (SIGNED_TRAILER, Some(CRC32)),
        (UNSIGNED_TRAILER, Some(CRC32)),
        (UNSIGNED_TRAILER, Some(("x-amz-checksum-crc32c", "yZRlqg=="))),
        (
            UNSIGNED_TRAILER,
            Some(("x-amz-checksum-sha1", "Kq5sNclPz7QV2+lfQIuc6R7oRu0=")),
        ),
        (
            UNSIGNED_TRAILER,
            Some(("x-amz-checksum-sha256", "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=")),
        ),
    ] {
        let world = World::root();
        let answer = world.send(chunked(&["hello ", "world"], payload, trailer)).await;
        assert_eq!(answer.status, StatusCode::OK, "{payload} {trailer:?}: {}", answer.text);
        let arrived = world.arrived().remove(0);
        assert_eq!(arrived.body.as_deref(), Some(&b"hello world"[..]));
        assert_eq!(arrived.headers["content-length"], "11");
        assert_eq!(arrived.headers["content-encoding"], "gzip");
        assert_eq!(arrived.headers.len(), 2);
    }
}

#[tokio::test]
async fn a_chunked_body_that_was_tampered_with_leaves_nothing_upstream() {
    type Tamper = fn(&str) -> String;
    let cases: [(&str, Option<(&str, &str)>, Tamper, &str); 12] = [
        (
            SIGNED,
            None,
            |body| body.replace("world", "World"),
            "SignatureDoesNotMatch",
        ),
        (SIGNED, None, |body| body.replace("6;", "7;"), ""),
        (
            SIGNED,
            None,
            |body| body.split("0;chunk").next().unwrap().to_owned(),
            "IncompleteBody",
        ),
        (
            SIGNED,
            None,
            |body| body[..body.find("5;").unwrap()].to_owned(),
            "IncompleteBody",
        ),
        (SIGNED, None, |body| body.to_owned() + "x", ""),
        (
            SIGNED,
            None,
            |body| body.trim_end().to_owned() + "\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
            "MalformedTrailerError",
        ),
        (
            SIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("DUoRhQ==", "AUoRhQ=="),
            "SignatureDoesNotMatch",
        ),
        (
            SIGNED_TRAILER,
            Some(CRC32),
            |body| body.split("x-amz-trailer").next().unwrap().to_owned() + "\r\n",
            "",
        ),
        (
            SIGNED_TRAILER,
            Some(("x-amz-checksum-crc32", "AAAAAA==")),
            str::to_owned,
            "BadDigest",
        ),
        (
            UNSIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("world", "World"),
            "BadDigest",
        ),
        (
            UNSIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("crc32:", "crc32c:"),
            "MalformedTrailerError",
        ),
        (
            UNSIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("b\r\n", "zz\r\n").replace("5\r\n", "zz\r\n"),
            "InvalidRequest",
        ),
    ];
    for (index, (payload, trailer, tamper, code)) in cases.into_iter().enumerate() {
        let world = World::root();
        let mut request = chunked(&["hello ", "world"], payload, trailer);
        let body = tamper(&body_of(&request));
        *request.body_mut() = Full::new(Bytes::from(body));
        let answer = world.send(request).await;
        assert!(answer.status.is_client_error(), "case {index}");
        assert!(
            code.is_empty() || answer.code() == code,
            "case {index}: {}",
            answer.text
        );
        assert!(
            world.arrived().iter().all(|arrived| arrived.body.is_none()),
            "case {index}"
        );
    }
}

/// What a store that decodes a path once sees.
fn decoded(uri: &str) -> String {
    percent_encoding::percent_decode_str(uri)
        .decode_utf8()
        .unwrap()
        .into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Threat 5: whatever the request looks like, the resource that was decided is the one that arrives.
    #[test]
    fn the_decided_request_is_the_forwarded_request(
        path in "(/b/|/b//|/)?[a-b%/.+ ~?&=\u{e9}]{0,8}(%2e|%2E|%2f|%00|%25|%3f|\\.\\.|/){0,4}[a-z%?&=]{0,6}",
        query in "(versionId=[a-b%2]{0,4}|&|tagging|acl|x-id=1|uploads|partNumber=1){0,3}",
    ) {
        let target = format!("{path}?{query}").replace([' ', '\u{e9}'], "%20");
        let Ok(uri) = target.parse::<http::Uri>() else { return Ok(()) };
        if !target.starts_with('/') { return Ok(()) }
        let world = World::root();
        let request = signed("GET", &uri.to_string(), &[], "");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let _answer = runtime.block_on(world.send(request));
        let decisions = world.authority.decisions.lock().unwrap();
        for arrived in world.arrived() {
            let (path, query) = arrived.uri.split_once('?').unwrap_or((&arrived.uri, ""));
            let resource = format!("arn:aws:s3:::{}", decoded(path).strip_prefix("/inc-").unwrap());
            prop_assert!(decisions.iter().any(|d| d.resource == resource && d.decision == Decision::Allowed), "{} against {:?}", arrived.uri, decisions.len());
            let versioned = query.split('&').any(|pair| pair.starts_with("versionId="));
            prop_assert_eq!(versioned, decisions.iter().any(|d| d.action.contains("Version")));
            prop_assert_eq!(arrived.method, Method::GET);
        }
    }
}
