//! The object store embedded in `rolecall dev`: the S3 protocol over one directory.
//!
//! It trusts its caller. The gateway has verified the signature, decided, and resolved the bucket's name to the name of
//! one incarnation of it; here are no credentials, no policies and no accounts. It is called in-process:
//! [`Objects::handle`] takes a request with a path-style URL and gives a response.
//!
//! # What is promised
//! - An object is visible only when its body came to an end without an error, had the announced length, and matched every
//!   checksum that came with it. A body that ends with an error (the gateway holds the last block back until hash, chunk
//!   signatures and trailer verify, and ends the body with an error otherwise) leaves nothing that a later request sees.
//! - An object that was acknowledged is on disk: file, directory and index are synced first. A process killed at any
//!   moment loses nothing acknowledged; what it left half-done is removed at the next start.
//! - No key and no bucket name ever becomes part of a path: the name of a file is a SHA-256 (threat 5). Keys live in the
//!   index (`index.redb`), in their order.
//!
//! # Names
//! Buckets are called what the caller calls them, typically by an incarnation's id; the name must be legal on S3 (3 to 63
//! of `a-z`, `0-9`, `-`, `.`). Answers that repeat the bucket's name repeat that one, unless the request carries a
//! [`PublicName`] among its extensions.

mod condition;
mod digest;
mod fault;
mod files;
mod index;
mod place;
mod reader;
mod record;
mod service;
mod sink;

use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, RANGE};
use http::{Method, Request, Response, StatusCode, Uri};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{HttpError, S3Error, StdError};

pub use s3s::Body;

/// What the store is given.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The time of day, for `Last-Modified`.
    pub clock: fn() -> SystemTime,
    /// Bytes of the index's page cache.
    pub cache: usize,
}

impl Settings {
    /// The usual sizes.
    pub fn new(clock: fn() -> SystemTime) -> Self {
        Self {
            clock,
            cache: 4 * 1024 * 1024,
        }
    }
}

/// Put among a request's extensions: the name that the client knows the bucket by, for the answers that repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicName(pub String);

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the object store cannot be opened: {why}")]
pub struct OpenError {
    why: String,
    #[source]
    source: Option<StdError>,
}

/// An open object store. Cheap to clone.
#[derive(Clone)]
pub struct Objects {
    service: S3Service,
}

impl Objects {
    /// Opens the store in `directory`, which it has for itself, creating what is missing. Blocks.
    ///
    /// Removes what uploads left behind when the process before was killed: partial files at once, whole but unrecorded
    /// ones from a thread of its own.
    pub fn open(directory: &Path, settings: Settings) -> Result<Self, OpenError> {
        let service = service::Service::open(directory, settings)?;
        Ok(Self {
            service: S3ServiceBuilder::new(service).build(),
        })
    }

    /// Answers one S3 request, errors included. The URL must be path-style: `/BUCKET` or `/BUCKET/KEY`.
    ///
    /// A signature in the request is not looked at. A body must be plain: `aws-chunked` is the gateway's to decode, and
    /// its `Content-Length` the decoded one. Must be called on a tokio runtime.
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        StdError: From<B::Error>,
    {
        let head = request.method() == Method::HEAD;
        let request = unsigned(request).map(Body::http_body_unsync);
        let mut response = self.service.call(request).await.unwrap_or_else(internal);
        if let Some(service::Status(status)) = response.extensions_mut().remove() {
            *response.status_mut() = status;
        }
        if head {
            // An answer to HEAD has no body, not even to tell what is wrong (RFC 9110, section 9.3.2).
            return response.map(|_| Body::empty());
        }
        response
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Objects").finish_non_exhaustive()
    }
}

/// Without what signs a request: s3s would try to verify it, and has no keys to do so.
fn unsigned<B>(mut request: Request<B>) -> Request<B> {
    let headers = request.headers_mut();
    headers.remove(AUTHORIZATION);
    for name in [
        "x-amz-content-sha256",
        "x-amz-security-token",
        "x-amz-date",
        "x-amz-decoded-content-length",
    ] {
        headers.remove(HeaderName::from_static(name));
    }
    // A range that cannot be read is ignored (RFC 9110, section 14.2); s3s would refuse it.
    let readable = |value: &http::HeaderValue| value.to_str().is_ok_and(|range| s3s::dto::Range::parse(range).is_ok());
    if headers.get(RANGE).is_some_and(|range| !readable(range)) {
        headers.remove(RANGE);
    }
    if let Some(query) = request.uri().query() {
        let signs = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            [
                "Algorithm",
                "Credential",
                "Date",
                "Expires",
                "SignedHeaders",
                "Signature",
                "Security-Token",
            ]
            .iter()
            .any(|suffix| name.strip_prefix("X-Amz-") == Some(suffix))
        };
        let kept: Vec<&str> = query.split('&').filter(|pair| !signs(pair)).collect();
        let path = request.uri().path();
        let cleaned = if kept.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", kept.join("&"))
        };
        let mut parts = request.uri().clone().into_parts();
        // What was taken apart fits together again; if ever it should not, the request stays as it came and is refused.
        parts.path_and_query = cleaned.parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

fn internal(error: HttpError) -> Response<Body> {
    tracing::error!(error = %StdError::from(error), "an answer could not be written");
    fault::internal().to_http_response().unwrap_or_else(|_: S3Error| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

impl OpenError {
    fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            source: None,
        }
    }

    fn because(why: impl Into<String>, source: impl Into<StdError>) -> Self {
        Self {
            why: why.into(),
            source: Some(source.into()),
        }
    }
}
