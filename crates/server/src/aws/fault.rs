//! From what went wrong inside to what a client sees: one exhaustive match for each kind of error, and no other place
//! (invariant 8). What a client is told and what is logged are different values.

use rolecall_identity::sts::{CredentialError, Refusal};
use rolecall_wire::sigv4::Rejection;

/// All that a client sees of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// AWS's code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// AWS's sentence.
    pub message: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { code, status, message: message.into() }
    }

    /// Whether the client is to blame.
    pub fn is_senders(&self) -> bool {
        self.status < 500
    }

    /// An operation that the model has and we do not answer.
    pub fn not_implemented(operation: &str) -> Self {
        Self::new("NotImplemented", 501, format!("The operation {operation} is not implemented."))
    }

    /// An operation that is in no model (observed on AWS).
    pub fn unknown_operation(action: &str, version: Option<&str>) -> Self {
        let version = version.unwrap_or("NO_VERSION_SPECIFIED");
        Self::new("InvalidAction", 400, format!("Could not find operation {action} for version {version}"))
    }

    /// Something went wrong on our side. The client has the request's id, and the log has the rest.
    pub fn internal() -> Self {
        Self::new("InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure.")
    }
}

/// How a service writes what all services share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// IAM and STS.
    Query,
    /// EKS and EKS Auth.
    RestJson,
}

/// A signature that is not accepted.
pub fn of_rejection(rejection: &Rejection, style: Style) -> Fault {
    let message = rejection.message();
    let (query, rest, status) = match rejection {
        Rejection::Missing => {
            let message = match style {
                Style::Query => message,
                Style::RestJson => "Missing Authentication Token".to_owned(),
            };
            let code = pick(style, "MissingAuthenticationToken", "MissingAuthenticationTokenException");
            return Fault::new(code, 403, message);
        }
        Rejection::Algorithm(_) | Rejection::Incomplete(_) | Rejection::Credential(_) => {
            ("IncompleteSignature", "IncompleteSignatureException", 400)
        }
        Rejection::Region
        | Rejection::Service { .. }
        | Rejection::UnsignedHeader(_)
        | Rejection::Expired { .. }
        | Rejection::NotYetCurrent { .. }
        | Rejection::PresignedExpired { .. }
        | Rejection::TooLong { .. }
        | Rejection::Mismatch { .. } => ("SignatureDoesNotMatch", "InvalidSignatureException", 403),
    };
    Fault::new(pick(style, query, rest), status, message)
}

/// Credentials that are not accepted.
pub fn of_credential(error: CredentialError, style: Style) -> Fault {
    let code = match error {
        CredentialError::Invalid => pick(style, "InvalidClientTokenId", "UnrecognizedClientException"),
        CredentialError::Expired => pick(style, "ExpiredToken", "ExpiredTokenException"),
    };
    Fault::new(code, 403, error.to_string())
}

/// What STS refuses.
pub fn of_refusal(refusal: &Refusal) -> Fault {
    let status = match refusal {
        Refusal::NotAuthorized { .. } | Refusal::WebIdentityNotAuthorized | Refusal::Denied(_) => 403,
        Refusal::InvalidIdentityToken(_)
        | Refusal::ExpiredToken { .. }
        | Refusal::IdpCommunication
        | Refusal::MalformedPolicyDocument(_)
        | Refusal::PackedPolicyTooLarge(_)
        | Refusal::Validation(_)
        | Refusal::InvalidParameterValue(_) => 400,
        Refusal::Internal(why) => {
            tracing::error!(why, "STS failed");
            return Fault::internal();
        }
    };
    Fault::new(refusal.code(), status, refusal.to_string())
}

fn pick(style: Style, query: &'static str, rest: &'static str) -> &'static str {
    match style {
        Style::Query => query,
        Style::RestJson => rest,
    }
}
