//! The upstream request, built from the typed value and nothing else (threat 5).

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_checksum::Algorithm;

use crate::{Body, fault::Fault, recognise::S3Request};

/// RFC 3986 unreserved characters stay; all else is encoded, as `SigV4` canonicalises.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &STRICT.remove(b'/');

/// Headers of the typed value that the gateway itself answers for, and the store must not see.
const KEPT: &[&str] = &[
    "x-amz-acl",
    "x-amz-bypass-governance-retention",
    "x-amz-expected-bucket-owner",
    "x-amz-request-payer",
    "x-amz-source-expected-bucket-owner",
];

/// What the upstream request carries.
pub(crate) struct Content {
    /// How long the body is, once decoded.
    pub(crate) length: Option<u64>,
    /// The checksum that stands in the body's trailers, where it has proved right.
    pub(crate) trailer: Option<Algorithm>,
    pub(crate) body: Body,
}

impl Content {
    /// A body that is all there.
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            length: Some(bytes.len() as u64),
            trailer: None,
            body: crate::fault::full(bytes),
        }
    }
}

/// The upstream request for a decided one. `upstream` and `source` are the buckets' names in the store.
pub(crate) fn build(
    decided: &S3Request,
    upstream: &str,
    source: Option<&str>,
    content: Content,
) -> Result<Request<Body>, Fault> {
    let method = decided.operation.row().method.clone();
    let mut request = Request::new(content.body);
    *request.uri_mut() = uri(upstream, decided.key.as_deref(), &decided.query)?;
    for (name, value) in &decided.headers {
        if !KEPT.contains(&name.as_str()) && !name.as_str().starts_with("x-amz-grant-") {
            request.headers_mut().insert(name.clone(), value.clone());
        }
    }
    if let Some(copy) = &decided.copy_source {
        let source = source.ok_or_else(Fault::internal)?;
        let mut text = format!("{source}/{}", utf8_percent_encode(&copy.key, PATH));
        if let Some(version) = &copy.version {
            text.push_str("?versionId=");
            text.extend(utf8_percent_encode(version, STRICT));
        }
        let value = HeaderValue::from_str(&text).map_err(|_| Fault::internal())?;
        request.headers_mut().insert("x-amz-copy-source", value);
    }
    if let Some(algorithm) = content.trailer {
        request
            .headers_mut()
            .insert("x-amz-trailer", HeaderValue::from_static(algorithm.header()));
    }
    if let Some(length) = content.length
        && (length > 0 || method == Method::PUT || method == Method::POST)
    {
        request
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    *request.method_mut() = method;
    Ok(request)
}

/// `/BUCKET[/KEY][?QUERY]`, each part encoded once.
pub(crate) fn uri(upstream: &str, key: Option<&str>, query: &[(String, String)]) -> Result<Uri, Fault> {
    let mut text = format!("/{upstream}");
    if let Some(key) = key {
        text.push('/');
        text.extend(utf8_percent_encode(key, PATH));
    }
    let mut separator = '?';
    for (name, value) in query {
        text.push(separator);
        text.extend(utf8_percent_encode(name, STRICT));
        text.push('=');
        text.extend(utf8_percent_encode(value, STRICT));
        separator = '&';
    }
    text.parse()
        .map_err(|_| Fault::bad("InvalidURI", "Couldn't parse the specified URI."))
}

/// Whether a key has segments that a store which tidies paths would take for something else.
pub(crate) fn has_dot_segments(key: &str) -> bool {
    key.split('/').any(|segment| segment == "." || segment == "..")
}
