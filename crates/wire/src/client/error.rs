//! What can go wrong with a call.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::request_id;
use crate::{rest_json, xml};

/// Why a call gave no answer, or which fault it gave.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The environment makes no sense.
    #[error("{0}")]
    Configuration(String),
    /// Nobody answered.
    #[error("no answer from {endpoint}")]
    Unreachable {
        /// Who was asked.
        endpoint: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer is none of the operation's.
    #[error("the answer to {operation} cannot be read: {why}")]
    Unreadable {
        /// Which operation.
        operation: String,
        /// Why.
        why: String,
    },
    /// The service refused or failed.
    #[error("{operation}: {message} ({code}{})", .request_id.as_ref().map(|id| format!(", request id {id}")).unwrap_or_default())]
    Fault {
        /// Which operation.
        operation: String,
        /// The code, such as `NoSuchEntity`.
        code: String,
        /// The sentence.
        message: String,
        /// The HTTP status.
        status: StatusCode,
        /// The request's id.
        request_id: Option<String>,
    },
}

impl Error {
    /// The code of a fault, such as `NoSuchEntity`.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Fault { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The sentence of a fault.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Fault { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The HTTP status of a fault.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Fault { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The id of the request that failed.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Fault { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Whether it may be gone when the call is made again (AWS SDKs and Tools Reference Guide: Retry behavior).
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Fault { code, status, .. } => {
                matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
                    || matches!(
                        code.as_str(),
                        "Throttling"
                            | "ThrottlingException"
                            | "ThrottledException"
                            | "RequestLimitExceeded"
                            | "TooManyRequestsException"
                            | "RequestTimeout"
                            | "IDPCommunicationError"
                    )
            }
            Self::Configuration(_) | Self::Unreadable { .. } => false,
        }
    }
}

/// The fault in an answer of failure: XML of the query services and of S3, or JSON with its code in a header.
pub(super) fn fault(operation: &str, answer: &Response<Bytes>) -> Error {
    let status = answer.status();
    let kind = answer
        .headers()
        .get("x-amzn-errortype")
        .and_then(|value| value.to_str().ok());
    let fault = match kind {
        Some(_) => rest_json::decode_fault(status.as_u16(), kind, answer.body()),
        None => xml::decode_fault(status.as_u16(), answer.body())
            .unwrap_or_else(|_| rest_json::decode_fault(status.as_u16(), None, answer.body())),
    };
    let message = match fault.message {
        message if message.is_empty() => status.canonical_reason().unwrap_or("unknown status").to_owned(),
        message => message,
    };
    Error::Fault {
        operation: operation.to_owned(),
        code: fault.code.into_owned(),
        message,
        status,
        request_id: request_id(answer.headers()),
    }
}
