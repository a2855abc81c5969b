//! The store behind the gateway.

use std::{future::Future, pin::Pin, sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rolecall_checksum::Algorithm;
use rolecall_wire::sigv4::{Credentials, sign};

use crate::encode::{Encoded, encoded_length};

/// An answer that may take a while.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a body ended before its end.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that streams.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// The store behind the gateway: embedded, or another S3 endpoint.
pub trait Upstream: Send + Sync + 'static {
    /// Sends a request that the gateway built. Its path is `/BUCKET[/KEY]`, where `BUCKET` is
    /// [`Bucket::upstream`](crate::Bucket::upstream); it carries no credentials. Where it has the header `x-amz-trailer`,
    /// the body's trailers carry the checksum which that names, and which the gateway has found to be right: it is to be
    /// kept with the object as one that came in a header.
    fn call(&self, request: http::Request<Body>) -> Pending<'_, http::Response<Body>>;

    /// The region that a new bucket must name; none where it must not (`us-east-1`; API Reference: `CreateBucket`).
    fn location(&self) -> Option<&str> {
        None
    }

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
        let (payload, body) = with_trailer(&mut parts.headers, body)?;
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let path = parts.uri.path().to_owned();
        sign(
            parts.method.as_str(),
            &path,
            &query,
            &mut parts.headers,
            payload,
            &self.credentials,
            &self.region,
            "s3",
            (self.now)(),
        );
        Ok(http::Request::from_parts(parts, body))
    }
}

/// Other stores learn of a checksum at the body's end in the only way that S3 has for it. Gives the body and what
/// `x-amz-content-sha256` says of it.
fn with_trailer(headers: &mut HeaderMap, body: Body) -> Result<(&'static str, Body), http::Error> {
    let trailer = headers
        .get("x-amz-trailer")
        .and_then(|value| Algorithm::of_header(value.to_str().ok()?));
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let (Some(algorithm), Some(length)) = (trailer, length) else {
        headers.remove("x-amz-trailer");
        return Ok(("UNSIGNED-PAYLOAD", body));
    };
    headers.insert("x-amz-decoded-content-length", HeaderValue::from(length));
    headers.insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(encoded_length(length, algorithm)),
    );
    let encoding = match headers.get(header::CONTENT_ENCODING) {
        Some(object) => HeaderValue::from_bytes(&[b"aws-chunked,", object.as_bytes()].concat())?,
        None => HeaderValue::from_static("aws-chunked"),
    };
    headers.insert(header::CONTENT_ENCODING, encoding);
    Ok((
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        Encoded::new(body, length, algorithm).boxed_unsync(),
    ))
}

impl Upstream for HttpUpstream {
    fn location(&self) -> Option<&str> {
        Some(self.region.as_str()).filter(|region| *region != "us-east-1")
    }

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
