//! From a request to whom it is for: an AWS service, the issuers' documents, the private API, or what the binary adds.
//!
//! One port serves all. A signed request goes where its credential scope says (threat 3), but that a query API is told by
//! its `Version`, with which the scope must then agree. An unsigned request is told by its path or its `Action`.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};
use hyper::body::Incoming;
use rolecall_identity::keys::{Entropy, random};
use rolecall_names::uuid;
use tokio::task::futures::TaskLocalFuture;

use crate::{
    body::{Body, ReadError, read},
    listen::{Answering, Handler, Limits, Peer},
};

/// The first path segments of the EKS APIs. They are reserved: no bucket has such a name.
pub const EKS_SEGMENTS: [&str; 7] = [
    "clusters",
    "tags",
    "addons",
    "access-policies",
    "cluster-registrations",
    "cluster-versions",
    "eks-anywhere-subscriptions",
];

/// What is known of a request before anybody has looked at it.
#[derive(Debug, Clone)]
pub struct About {
    /// The id that the client is told, a UUID.
    pub request_id: String,
    /// Where it came from.
    pub peer: Peer,
}

/// A request that was read whole.
#[derive(Debug)]
pub struct Whole {
    /// Its head.
    pub parts: Parts,
    /// Its body.
    pub body: Bytes,
    /// What is known of it.
    pub about: About,
}

impl Whole {
    /// What follows the path, as it was sent.
    pub fn query_string(&self) -> Bytes {
        Bytes::copy_from_slice(self.parts.uri.query().unwrap_or_default().as_bytes())
    }
}

/// Whom a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// IAM or STS: the `Version` tells which.
    Query,
    /// EKS.
    Eks,
    /// EKS Auth.
    EksAuth,
    /// The documents of hosted issuers, `/id/…`.
    Issuer,
    /// Our own API, `/rolecall/v1/…`.
    Private,
    /// What the binary adds, by its index.
    Extra(usize),
    /// S3.
    Fallback,
}

impl Route {
    fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Eks => "eks",
            Self::EksAuth => "eks-auth",
            Self::Issuer => "issuer",
            Self::Private => "rolecall",
            Self::Extra(_) => "extra",
            Self::Fallback => "s3",
        }
    }
}

/// Answers requests that this crate knows nothing of: S3, and the Kubernetes API of `rolecall dev`. Their bodies are not
/// read for them.
pub trait Fallback: Send + Sync + 'static {
    /// Answers one.
    fn answer(self: Arc<Self>, request: Request<Incoming>, about: About) -> Answering<'static>;
}

/// An answer to come, with the operation's name for the metrics.
pub type Answered = Pin<Box<dyn Future<Output = (Response<Body>, &'static str)> + Send>>;

/// Answers requests that were read whole: the services of this crate.
pub trait Api: Send + Sync + 'static {
    /// Answers one.
    fn answer(self: Arc<Self>, route: Route, request: Whole) -> Answered;
}

/// Whether a request is for something that the binary adds.
pub type Claims = Box<dyn Fn(&Parts) -> bool + Send + Sync>;

/// Dispatches.
pub struct Dispatch {
    /// The services of this crate.
    pub api: Arc<dyn Api>,
    /// What the binary adds, first come first served.
    pub extra: Vec<(Claims, Arc<dyn Fallback>)>,
    /// S3.
    pub fallback: Arc<dyn Fallback>,
    /// For request ids.
    pub entropy: Arc<dyn Entropy>,
    /// What a body may cost.
    pub limits: Limits,
}

impl Dispatch {
    /// Whom this request is for.
    pub fn route(&self, parts: &Parts) -> Route {
        if let Some(index) = self.extra.iter().position(|(claims, _)| claims(parts)) {
            return Route::Extra(index);
        }
        route(parts)
    }

    async fn dispatch(
        self: Arc<Self>,
        request: Request<Incoming>,
        about: About,
    ) -> (Response<Body>, Route, &'static str) {
        let (parts, body) = request.into_parts();
        let route = self.route(&parts);
        let streaming = match route {
            Route::Fallback => Some(&self.fallback),
            Route::Extra(index) => self.extra.get(index).map(|(_, answers)| answers),
            _ => None,
        };
        if let Some(answers) = streaming {
            let answering = Arc::clone(answers).answer(Request::from_parts(parts, body), about);
            return (answering.await, route, "");
        }
        if route == Route::Query && is_nothing(&parts) {
            return (elsewhere(), route, "");
        }
        let body = match read(body, self.limits.body, self.limits.body_time).await {
            Ok(body) => body,
            Err(error) => {
                tracing::debug!(%error, "a body was not read");
                return (unread(&error), route, "");
            }
        };
        let (response, operation) = Arc::clone(&self.api).answer(route, Whole { parts, body, about }).await;
        (response, route, operation)
    }
}

tokio::task_local! {
    /// The id of the request that a task works for. A span of the log would tell it, too, but is formatted for every
    /// request, while hardly any has something to log.
    static IN_HAND: String;
}

/// Work for the request of this id.
pub fn working_for<F: Future>(id: String, work: F) -> TaskLocalFuture<String, F> {
    IN_HAND.scope(id, work)
}

/// The id of the request that this task works for, for the log.
pub fn in_hand() -> Option<String> {
    IN_HAND.try_with(Clone::clone).ok()
}

impl Handler for Dispatch {
    fn answer(self: Arc<Self>, request: Request<Incoming>, peer: Peer) -> Answering<'static> {
        let started = Instant::now();
        let Some(request_id) = request_id(&*self.entropy) else {
            return Box::pin(std::future::ready(status(StatusCode::SERVICE_UNAVAILABLE)));
        };
        let id = request_id.clone();
        let answering = async move {
            let (mut response, route, operation) = self
                .dispatch(
                    request,
                    About {
                        request_id: request_id.clone(),
                        peer,
                    },
                )
                .await;
            if let Ok(id) = HeaderValue::try_from(request_id) {
                response.headers_mut().entry("x-amzn-requestid").or_insert(id);
            }
            count(route, operation, response.status(), started.elapsed());
            response
        };
        Box::pin(working_for(id, answering))
    }
}

/// By service, operation and status. All three come from lists of our own, so that clients cannot make it grow.
type Meters = HashMap<
    (&'static str, &'static str, &'static str),
    (metrics::Counter, metrics::Histogram),
    foldhash::fast::RandomState,
>;

thread_local! {
    /// The meters of this thread: finding one by its labels takes longer than counting.
    static METERS: RefCell<Meters> = RefCell::default();
}

/// Counts an answer.
pub fn count(route: Route, operation: &'static str, status: StatusCode, took: Duration) {
    let class = match status.as_u16() {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    let kind = (route.name(), operation, class);
    METERS.with_borrow_mut(|meters| {
        let (answered, seconds) = meters.entry(kind).or_insert_with(|| {
            let (service, operation, status) = kind;
            (
                metrics::counter!(
                    "rolecall_requests_total", "service" => service, "operation" => operation, "status" => status
                ),
                metrics::histogram!("rolecall_request_seconds", "service" => service),
            )
        });
        answered.increment(1);
        seconds.record(took.as_secs_f64());
    });
    tracing::debug!(
        service = route.name(),
        operation,
        status = status.as_u16(),
        micros = took.as_micros(),
        "answered"
    );
}

/// Whom a request is for, if the binary does not claim it.
pub fn route(parts: &Parts) -> Route {
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    let is_root = path == "/" || path.is_empty();
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let is_query = is_root && (parts.method == Method::POST || has_action(query));
    if path.starts_with("/rolecall/v1/") {
        return Route::Private;
    }
    match scope(&parts.headers, query).as_deref() {
        Some("s3") => Route::Fallback,
        Some("eks") => Route::Eks,
        Some("eks-auth") => Route::EksAuth,
        Some("iam" | "sts") => Route::Query,
        // A wrong scope: told so by the service that the request is otherwise for.
        _ if is_query => Route::Query,
        None if first == "id" && path.starts_with("/id/") => Route::Issuer,
        _ if EKS_SEGMENTS.contains(&first) => Route::Eks,
        _ => Route::Fallback,
    }
}

fn has_action(query: &str) -> bool {
    query
        .split('&')
        .any(|pair| pair.starts_with("Action=") || pair == "Action")
}

/// The service of the credential scope, of a header or a presigned URL. Believed for nothing but the way.
fn scope(headers: &HeaderMap, query: &str) -> Option<String> {
    let service = |credential: &str| credential.split('/').nth(3).map(str::to_owned);
    if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        let (_, rest) = value.split_once("Credential=")?;
        return service(rest.split(',').next().unwrap_or_default().trim());
    }
    let encoded = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
    let credential = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
    service(&credential)
}

/// A query call without an `Action` that could be one, or a POST without a content type (AWS sends both to its page).
fn is_nothing(parts: &Parts) -> bool {
    match parts.method {
        Method::POST => !parts.headers.contains_key(header::CONTENT_TYPE),
        _ => !has_action(parts.uri.query().unwrap_or_default()),
    }
}

/// What AWS answers to who asks for nothing.
pub(crate) fn elsewhere() -> Response<Body> {
    let mut response = status(StatusCode::FOUND);
    response
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static("https://aws.amazon.com/iam"));
    response
}

fn unread(error: &ReadError) -> Response<Body> {
    let mut response = status(match error {
        ReadError::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        ReadError::TooSlow => StatusCode::REQUEST_TIMEOUT,
        ReadError::Broken(_) => StatusCode::BAD_REQUEST,
    });
    // The rest of the body is still to come on this connection.
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

pub(crate) fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// A random UUID.
fn request_id(entropy: &dyn Entropy) -> Option<String> {
    random(entropy).ok().map(uuid)
}

#[cfg(test)]
mod tests {
    use rolecall_identity::keys::NoEntropy;

    use super::*;

    fn routed(method: &str, uri: &str, authorization: Option<&str>) -> Route {
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(service) = authorization {
            let value = format!(
                "AWS4-HMAC-SHA256 Credential=AKIA/20261125/us-east-2/{service}/aws4_request, SignedHeaders=host, Signature=0"
            );
            request = request.header(header::AUTHORIZATION, value);
        }
        route(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_signed_request_goes_where_its_scope_says() {
        assert_eq!(routed("POST", "/", Some("sts")), Route::Query);
        assert_eq!(routed("POST", "/", Some("iam")), Route::Query);
        assert_eq!(routed("GET", "/clusters/dev", Some("eks")), Route::Eks);
        assert_eq!(
            routed("POST", "/clusters/dev/assume-role-for-pod-identity", Some("eks-auth")),
            Route::EksAuth
        );
        assert_eq!(routed("GET", "/", Some("s3")), Route::Fallback);
        assert_eq!(routed("GET", "/id/x", Some("s3")), Route::Fallback);
        assert_eq!(routed("GET", "/?Action=x", Some("s3")), Route::Fallback);
        let presigned = "/?Action=GetCallerIdentity&X-Amz-Credential=AKIA%2F20261125%2Fus-east-2%2Fsts%2Faws4_request";
        assert_eq!(routed("GET", presigned, None), Route::Query);
        let presigned = "/b/k?X-Amz-Credential=AKIA%2F20261125%2Fus-east-2%2Fs3%2Faws4_request";
        assert_eq!(routed("GET", presigned, None), Route::Fallback);
    }

    #[test]
    fn an_unsigned_request_goes_by_its_path_or_action() {
        assert_eq!(routed("POST", "/", None), Route::Query);
        assert_eq!(
            routed("GET", "/?Version=2011-06-15&Action=GetCallerIdentity", None),
            Route::Query
        );
        assert_eq!(
            routed("GET", "/id/c1/.well-known/openid-configuration", None),
            Route::Issuer
        );
        assert_eq!(routed("GET", "/clusters", None), Route::Eks);
        assert_eq!(routed("GET", "/reports/hello.txt", None), Route::Fallback);
        assert_eq!(routed("GET", "/identity/x", None), Route::Fallback);
        assert_eq!(routed("POST", "/rolecall/v1/Explain", None), Route::Private);
    }

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&self, out: &mut [u8]) -> Result<(), NoEntropy> {
            out.fill(0xff);
            Ok(())
        }
    }

    #[test]
    fn request_ids_are_uuids_of_version_4() {
        assert_eq!(request_id(&Zeros).unwrap(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
