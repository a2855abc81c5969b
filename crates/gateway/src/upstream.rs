//! The store behind the gateway.

use std::{future::Future, pin::Pin, sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{HeaderValue, StatusCode, Uri, header};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rolecall_wire::sigv4::{Credentials, sign};

/// An answer that may take a while.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a body ended before its end.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that streams.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// The store behind the gateway: embedded, or another S3 endpoint.
pub trait Upstream: Send + Sync + 'static {
    /// Sends a request that the gateway built. Its path is `/BUCKET[/KEY]`, where `BUCKET` is
    /// [`Bucket::upstream`](crate::Bucket::upstream); it carries no credentials.
    fn call(&self, request: http::Request<Body>) -> Pending<'_, http::Response<Body>>;

    /// Whether keys like `..` and `a/../b` arrive as they are. Where they do not, they are refused.
    fn keeps_dot_segments(&self) -> bool {
        false
    }
}

/// Another S3 endpoint, reached with credentials of its own.
pub struct HttpUpstream {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    endpoint: Uri,
    region: String,
    credentials: Credentials,
    now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl std::fmt::Debug for HttpUpstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HttpUpstream({}, {{redacted}})", self.endpoint)
    }
}

impl HttpUpstream {
    /// The store at `endpoint`, such as `https://s3.example.org`; `now` tells the time to sign with.
    pub fn new(
        endpoint: Uri,
        region: impl Into<String>,
        credentials: Credentials,
        now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    ) -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self {
            client,
            endpoint,
            region: region.into(),
            credentials,
            now,
        })
    }

    fn prepare(&self, request: http::Request<Body>) -> Result<http::Request<Body>, http::Error> {
        let (mut parts, body) = request.into_parts();
        let mut uri = self.endpoint.clone().into_parts();
        uri.path_and_query = parts.uri.path_and_query().cloned();
        parts.uri = Uri::from_parts(uri)?;
        let host = parts.uri.authority().map(ToString::to_string).unwrap_or_default();
        parts.headers.insert(header::HOST, HeaderValue::from_str(&host)?);
        // The gateway verified the body itself; it streams, so that its hash is known only at its end.
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let path = parts.uri.path().to_owned();
        sign(
            parts.method.as_str(),
            &path,
            &query,
            &mut parts.headers,
            "UNSIGNED-PAYLOAD",
            &self.credentials,
            &self.region,
            "s3",
            (self.now)(),
        );
        Ok(http::Request::from_parts(parts, body))
    }
}

impl Upstream for HttpUpstream {
    fn call(&self, request: http::Request<Body>) -> Pending<'_, http::Response<Body>> {
        Box::pin(async move {
            let failed = |status| {
                let mut response = http::Response::new(crate::fault::full(""));
                *response.status_mut() = status;
                response
            };
            let request = match self.prepare(request) {
                Ok(request) => request,
                Err(error) => {
                    tracing::error!(%error, "a request for the store cannot be built");
                    return failed(StatusCode::INTERNAL_SERVER_ERROR);
                }
            };
            match self.client.request(request).await {
                Ok(response) => response.map(|body| body.map_err(Into::into).boxed_unsync()),
                Err(error) => {
                    tracing::error!(%error, "the store cannot be reached, or broke off");
                    failed(StatusCode::SERVICE_UNAVAILABLE)
                }
            }
        })
    }
}
