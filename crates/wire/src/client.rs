//! A small client of AWS's APIs and of the private one: what our verbs and the demo speak with.
//!
//! Endpoints, trusted certificates and credentials are found as AWS's own tools find them: [`Environment`] reads the
//! endpoint variables, the binary finds credentials. So the verbs work against AWS itself too. The clock is an argument,
//! and so are the environment's variables (invariant 7).

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};

use crate::{
    operation::{Call, Protocol},
    private, query, rest_json,
    sigv4::{self, EMPTY_HASH},
    xml,
};

pub use self::{
    environment::{Endpoint, Environment},
    error::Error,
};
pub use crate::sigv4::Credentials;

mod environment;
mod error;
mod transport;

/// The operations that AWS answers unsigned: what they present is its own proof (STS API Reference).
const UNSIGNED: &[&str] = &["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"];

/// How often a call is tried.
const ATTEMPTS: u32 = 3;

/// A client for one region and one set of credentials. Clones share their connections.
#[derive(Clone)]
pub struct Client {
    environment: Environment,
    region: String,
    credentials: Option<Credentials>,
    now: fn() -> SystemTime,
    transport: transport::Transport,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("region", &self.region)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client; without credentials its calls are unsigned.
    pub fn new(
        environment: Environment,
        region: impl Into<String>,
        credentials: impl Into<Option<Credentials>>,
        now: fn() -> SystemTime,
    ) -> Result<Self, Error> {
        let transport = transport::Transport::new(&environment)?;
        Ok(Self {
            environment,
            region: region.into(),
            credentials: credentials.into(),
            now,
            transport,
        })
    }

    /// The same client as somebody else, or as nobody.
    #[must_use]
    pub fn with_credentials(&self, credentials: impl Into<Option<Credentials>>) -> Self {
        Self {
            credentials: credentials.into(),
            ..self.clone()
        }
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Where a service is called, by the name that signatures are scoped to, such as `sts`.
    pub fn endpoint(&self, service: &str) -> Result<Endpoint, Error> {
        self.environment.endpoint(service, &self.region)
    }

    /// Calls an operation of a generated service.
    pub async fn call<C: Call>(&self, input: C::Input) -> Result<C::Output, Error> {
        let operation = C::OPERATION;
        let request = match operation.service.protocol {
            Protocol::Query => Wanted {
                path: "/".to_owned(),
                headers: content_type("application/x-www-form-urlencoded; charset=utf-8"),
                body: query::encode(operation, &input).into(),
                ..Wanted::post(operation.name, operation.service.id)
            },
            Protocol::RestJson => {
                let (path, query, body) = rest_json::encode_request(operation, &input);
                // An empty label, or one of dots, would ask for something else.
                if path
                    .split('/')
                    .skip(1)
                    .any(|segment| matches!(segment, "" | "." | ".."))
                {
                    return Err(Error::Configuration(format!(
                        "{}: `{path}` has an empty name in it",
                        operation.name
                    )));
                }
                Wanted {
                    method: operation.method.into(),
                    path,
                    query,
                    headers: if body.is_empty() {
                        HeaderMap::new()
                    } else {
                        content_type("application/json")
                    },
                    body: body.into(),
                    ..Wanted::post(operation.name, operation.service.id)
                }
            }
        };
        let answer = self.send(&request).await?;
        let output = match operation.service.protocol {
            Protocol::Query => xml::decode(operation, answer.body()),
            Protocol::RestJson if operation.has_output() => rest_json::decode_answer(answer.body()),
            Protocol::RestJson => rest_json::decode_answer(b"{}"),
        };
        output.map_err(|why| Error::Unreadable {
            operation: operation.name.to_owned(),
            why: why.to_string(),
        })
    }

    /// Calls an operation of the private API.
    pub async fn private<C: private::Call>(&self, input: &C::Input) -> Result<C::Output, Error> {
        let unreadable = |why: serde_json::Error| Error::Unreadable {
            operation: C::NAME.to_owned(),
            why: why.to_string(),
        };
        let request = Wanted {
            path: format!("{}{}", private::PREFIX, C::NAME),
            headers: content_type("application/json"),
            body: serde_json::to_vec(input).map_err(unreadable)?.into(),
            ..Wanted::post(C::NAME, private::SERVICE)
        };
        let answer = self.send(&request).await?;
        serde_json::from_slice(answer.body()).map_err(unreadable)
    }

    /// One signed S3 request, in path style, as the demo needs them: the answer whatever its status, tried once.
    /// An empty bucket asks for the list of buckets, an empty key for the bucket itself.
    pub async fn s3_request(
        &self,
        method: Method,
        bucket: &str,
        key: &str,
        query: &[(&str, &str)],
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let request = Wanted {
            method,
            path: s3_path(bucket, key),
            query: query_string(query),
            headers,
            body: body.into(),
            ..Wanted::post("S3", "s3")
        };
        self.attempt(&self.environment.endpoint("s3", &self.region)?, &request)
            .await
    }

    /// A presigned URL of an object.
    pub fn presign(&self, method: &Method, bucket: &str, key: &str, expires: Duration) -> Result<String, Error> {
        let endpoint = self.environment.endpoint("s3", &self.region)?;
        let credentials = self
            .credentials
            .as_ref()
            .ok_or_else(|| Error::Configuration("a URL cannot be presigned without credentials".to_owned()))?;
        let path = format!("{}{}", endpoint.path(), s3_path(bucket, key));
        let region = endpoint.signing_region();
        let query = sigv4::presign(
            method.as_str(),
            endpoint.authority(),
            &path,
            "",
            expires,
            credentials,
            region,
            "s3",
            (self.now)(),
        );
        Ok(format!(
            "{}://{}{path}?{query}",
            endpoint.scheme(),
            endpoint.authority()
        ))
    }

    /// An unsigned request of any URL: discovery documents, presigned URLs. Tried once; the answer whatever its status.
    pub async fn fetch(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Result<Response<Bytes>, Error> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(url)
            .body(body.into())
            .map_err(|_| Error::Configuration(format!("`{url}` is not a URL")))?;
        *request.headers_mut() = headers;
        self.transport.send(request, url).await
    }

    /// Sends a request, again where that may help, and turns an answer of failure into an error.
    async fn send(&self, request: &Wanted) -> Result<Response<Bytes>, Error> {
        let endpoint = self.environment.endpoint(request.service, &self.region)?;
        let mut attempt = 1;
        loop {
            let answer = match self.attempt(&endpoint, request).await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => Err(error::fault(request.operation, &answer)),
                Err(error) => Err(error),
            };
            match answer {
                Err(error) if attempt < ATTEMPTS && error.may_pass() => {
                    tokio::time::sleep(self.backoff(attempt)).await;
                    attempt += 1;
                }
                other => return other,
            }
        }
    }

    /// Between half of and all of 100 ms, doubled each time. What differs between clients is the clock's last digits.
    fn backoff(&self, attempt: u32) -> Duration {
        let whole = Duration::from_millis(100) * 2_u32.saturating_pow(attempt - 1);
        let nanoseconds = (self.now)()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .subsec_nanos();
        whole / 2 + (whole / 2).mul_f64(f64::from(nanoseconds % 1000) / 1000.0)
    }

    async fn attempt(&self, endpoint: &Endpoint, request: &Wanted) -> Result<Response<Bytes>, Error> {
        let path = format!("{}{}", endpoint.path(), request.path);
        let mut headers = request.headers.clone();
        let invalid = |_| Error::Configuration(format!("`{}` is not an endpoint", endpoint.url()));
        headers.insert(
            header::HOST,
            HeaderValue::from_str(endpoint.authority()).map_err(invalid)?,
        );
        if let (Some(credentials), false) = (&self.credentials, UNSIGNED.contains(&request.operation)) {
            let payload = if request.body.is_empty() {
                EMPTY_HASH.to_owned()
            } else {
                sigv4::hash(&request.body)
            };
            sigv4::sign(
                request.method.as_str(),
                &path,
                &request.query,
                &mut headers,
                &payload,
                credentials,
                endpoint.signing_region(),
                request.service,
                (self.now)(),
            );
        }
        let mut url = format!("{}://{}{path}", endpoint.scheme(), endpoint.authority());
        if !request.query.is_empty() {
            url.push('?');
            url.push_str(&request.query);
        }
        let mut built = http::Request::builder()
            .method(request.method.clone())
            .uri(&url)
            .body(request.body.clone())
            .map_err(|_| Error::Configuration(format!("`{url}` is not a URL")))?;
        *built.headers_mut() = headers;
        self.transport.send(built, endpoint.url()).await
    }
}

/// A request before it is signed.
struct Wanted {
    operation: &'static str,
    service: &'static str,
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Wanted {
    fn post(operation: &'static str, service: &'static str) -> Self {
        Self {
            operation,
            service,
            method: Method::POST,
            path: String::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }
}

fn content_type(value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))])
}

/// The path of an object, its key's slashes kept.
fn s3_path(bucket: &str, key: &str) -> String {
    let mut path = format!("/{bucket}");
    if bucket.is_empty() || key.is_empty() {
        return path;
    }
    for segment in key.split('/') {
        path.push('/');
        sigv4::push_uri_encoded(&mut path, segment.bytes());
    }
    path
}

fn query_string(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        sigv4::push_uri_encoded(&mut text, name.bytes());
        text.push('=');
        sigv4::push_uri_encoded(&mut text, value.bytes());
    }
    text
}

/// The id of a request, from its answer's headers.
fn request_id(headers: &HeaderMap) -> Option<String> {
    const NAMES: [HeaderName; 2] = [
        HeaderName::from_static("x-amzn-requestid"),
        HeaderName::from_static("x-amz-request-id"),
    ];
    NAMES
        .iter()
        .find_map(|name| headers.get(name)?.to_str().ok().map(str::to_owned))
}

#[cfg(test)]
mod tests;
