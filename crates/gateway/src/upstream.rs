//! The store behind the gateway.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;

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
