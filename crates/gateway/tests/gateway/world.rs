//! An authority and a store that only write down what they are asked, and requests to the gateway between them.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use rolecall_gateway::{
    Authority, Body, Bucket, By, Caller, Change, Config, ConnInfo, Decided, Gateway, KeyRequest, NewBucket, NoCaller,
    Pending, Unavailable, Upstream,
};
use rolecall_policy::{Compiled, Context, Decision, Policy, Principal};
use rolecall_wire::sigv4::{self, Credentials, SigningKey};

pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) const REGION: &str = "us-east-2";

pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_579_506)
}

pub(crate) fn compiled(policy: &str) -> Compiled {
    Compiled::new(&Policy::parse(policy).unwrap())
}

pub(crate) fn allow(actions: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{actions},"Resource":"{resource}"}}]}}"#
    )
}

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) buckets: Mutex<BTreeMap<String, Arc<Bucket>>>,
    pub(crate) decisions: Mutex<Vec<Decided>>,
    pub(crate) policies: Mutex<Vec<Compiled>>,
    pub(crate) session: Mutex<Option<Vec<Compiled>>>,
    pub(crate) factor_shown: Mutex<Option<i64>>,
    pub(crate) full: Mutex<bool>,
    pub(crate) root: bool,
}

pub(crate) fn ready<T: Send + 'static>(value: T) -> Pending<'static, T> {
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
            factor_shown: *self.factor_shown.lock().unwrap(),
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

    fn create_bucket<'a>(&'a self, new: NewBucket<'a>) -> Pending<'a, Result<Arc<Bucket>, Change>> {
        let mut all = self.buckets.lock().unwrap();
        if let Some(bucket) = all.get(&new.name) {
            return ready(Err(Change::Taken(Arc::clone(bucket))));
        }
        let bucket = Arc::new(record(&new.name, new.by.principal.account(), None));
        all.insert(new.name, Arc::clone(&bucket));
        ready(Ok(bucket))
    }

    fn delete_bucket<'a>(&'a self, bucket: &'a Bucket, _: &'a By<'a>) -> Pending<'a, Result<(), Change>> {
        self.buckets.lock().unwrap().remove(&bucket.name);
        ready(Ok(()))
    }

    fn set_policy<'a>(
        &'a self,
        bucket: &'a Bucket,
        policy: Option<String>,
        _: &'a By<'a>,
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
        _: &'a By<'a>,
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

pub(crate) fn record(name: &str, account: &str, policy: Option<&str>) -> Bucket {
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
pub(crate) struct Arrived {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) headers: HeaderMap,
    /// None where the body broke off.
    pub(crate) body: Option<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
}

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) arrived: Mutex<Vec<Arrived>>,
    pub(crate) answers: Mutex<Vec<(StatusCode, String)>>,
}

impl Upstream for Store {
    fn call(&self, request: Request<Body>) -> Pending<'_, Response<Body>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let collected = body.collect().await.ok();
            let trailers = collected.as_ref().and_then(|collected| collected.trailers().cloned());
            let body = collected.map(http_body_util::Collected::to_bytes);
            let broken = body.is_none();
            self.arrived.lock().unwrap().push(Arrived {
                method: parts.method,
                uri: parts.uri.to_string(),
                headers: parts.headers,
                body,
                trailers,
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

pub(crate) struct World {
    pub(crate) authority: Arc<Fake>,
    pub(crate) store: Arc<Store>,
    pub(crate) gateway: Gateway,
}

pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answered {
    pub(crate) fn code(&self) -> &str {
        let after = self.text.split_once("<Code>").map_or("", |(_, after)| after);
        after.split_once("</Code>").map_or("", |(code, _)| code)
    }
}

impl World {
    pub(crate) fn new(policies: &[&str]) -> Self {
        Self::build(Fake {
            policies: Mutex::new(policies.iter().map(|policy| compiled(policy)).collect()),
            ..Fake::default()
        })
    }

    pub(crate) fn root() -> Self {
        Self::build(Fake {
            root: true,
            ..Fake::default()
        })
    }

    pub(crate) fn build(fake: Fake) -> Self {
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

    pub(crate) fn bucket_policy(&self, name: &str, account: &str, policy: &str) {
        let bucket = Arc::new(record(name, account, Some(policy)));
        self.authority.buckets.lock().unwrap().insert(name.to_owned(), bucket);
    }

    pub(crate) fn store_answers(&self, status: StatusCode, text: &str) {
        self.store.answers.lock().unwrap().push((status, text.to_owned()));
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.store.arrived.lock().unwrap().clone()
    }

    pub(crate) fn decided(&self) -> Vec<(String, String, bool)> {
        let decisions = self.authority.decisions.lock().unwrap();
        decisions
            .iter()
            .map(|d| (d.action.clone(), d.resource.clone(), d.decision == Decision::Allowed))
            .collect()
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answered {
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

    pub(crate) async fn call(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        self.send(signed(method, target, headers, body)).await
    }
}

pub(crate) fn unsigned(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(target);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header("host", "127.0.0.1:4566");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if (!body.is_empty() || method == "PUT") && headers.iter().all(|(name, _)| *name != "content-length") {
        request = request.header("content-length", body.len());
    }
    request.body(Full::new(Bytes::from(body.to_owned()))).unwrap()
}

pub(crate) fn signed(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request<Full<Bytes>> {
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
pub(crate) fn signed_with(
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
