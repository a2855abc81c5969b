//! What a client sees when a request fails: S3's codes, in S3's XML ("Error responses", Amazon S3 API Reference).

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};

use crate::{Body, xml};

/// An S3 error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Such as `AccessDenied`.
    pub code: Cow<'static, str>,
    /// The HTTP status.
    pub status: StatusCode,
    /// What the client reads.
    pub message: String,
    /// Further elements, in order.
    pub details: Vec<(&'static str, String)>,
}

impl Fault {
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            status,
            message: message.into(),
            details: Vec::new(),
        }
    }

    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::bad("InvalidRequest", message)
    }

    pub(crate) fn invalid_argument(message: impl Into<String>, name: &str, value: &str) -> Self {
        Self::bad("InvalidArgument", message)
            .with("ArgumentName", name)
            .with("ArgumentValue", value)
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    pub(crate) fn malformed_xml() -> Self {
        Self::bad(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    }

    pub(crate) fn not_implemented(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    pub(crate) fn not_implemented_header(name: &str) -> Self {
        Self::not_implemented("A header you provided implies functionality that is not implemented")
            .with("Header", name)
    }

    pub(crate) fn no_such_bucket(bucket: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NoSuchBucket",
            "The specified bucket does not exist",
        )
        .with("BucketName", bucket)
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "Please reduce your request rate.",
        )
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "We encountered an internal error. Please try again.",
        )
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// The response. A `HEAD` request gets no body.
    pub(crate) fn response(&self, request_id: &str, host_id: &str, resource: &str, head: bool) -> Response<Body> {
        let mut text = String::from(xml::DECLARATION);
        text.push_str("<Error>");
        xml::element(&mut text, "Code", &self.code);
        xml::element(&mut text, "Message", &self.message);
        for (name, value) in &self.details {
            xml::element(&mut text, name, value);
        }
        xml::element(&mut text, "Resource", resource);
        xml::element(&mut text, "RequestId", request_id);
        xml::element(&mut text, "HostId", host_id);
        text.push_str("</Error>");
        let mut response = respond(self.status, if head { String::new() } else { text });
        if let Some((_, region)) = self.details.iter().find(|(name, _)| *name == "Region")
            && let Ok(value) = HeaderValue::from_str(region)
        {
            response.headers_mut().insert("x-amz-bucket-region", value);
        }
        response
    }
}

/// A response with an XML body, or without a body.
pub(crate) fn respond(status: StatusCode, text: String) -> Response<Body> {
    let has_body = !text.is_empty();
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    if has_body {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    }
    response
}

/// A body that is all there.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
