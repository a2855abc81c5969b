//! From what went wrong inside to what a client sees: one exhaustive match for each kind of error, and no other place
//! (invariant 8). What a client is told and what is logged are different values.

use rolecall_identity::{
    Error, Flaw,
    sts::{CredentialError, Refusal},
};
pub use rolecall_wire::Fault;
use rolecall_wire::sigv4::Rejection;

/// How a service writes what all services share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// IAM and STS.
    Query,
    /// EKS and EKS Auth.
    RestJson,
}

impl Style {
    fn pick(self, query: &'static str, rest: &'static str) -> &'static str {
        match self {
            Self::Query => query,
            Self::RestJson => rest,
        }
    }
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
            let code = style.pick("MissingAuthenticationToken", "MissingAuthenticationTokenException");
            return Fault::sender(code, 403, message);
        }
        Rejection::Algorithm(_) | Rejection::Incomplete(_) | Rejection::Credential(_) => {
            ("IncompleteSignature", "IncompleteSignatureException", 400)
        }
        Rejection::Day { .. }
        | Rejection::Region
        | Rejection::Service { .. }
        | Rejection::UnsignedHeader(_)
        | Rejection::Expired { .. }
        | Rejection::NotYetCurrent { .. }
        | Rejection::PresignedExpired { .. }
        | Rejection::TooLong { .. }
        | Rejection::Mismatch { .. } => ("SignatureDoesNotMatch", "InvalidSignatureException", 403),
    };
    Fault::sender(style.pick(query, rest), status, message)
}

/// Credentials that are not accepted.
pub fn of_credential(error: CredentialError, style: Style) -> Fault {
    let code = match error {
        CredentialError::Invalid => style.pick("InvalidClientTokenId", "UnrecognizedClientException"),
        CredentialError::Expired | CredentialError::Revoked => style.pick("ExpiredToken", "ExpiredTokenException"),
    };
    Fault::sender(code, 403, error.to_string())
}

/// What STS refuses.
pub fn of_refusal(refusal: &Refusal) -> Fault {
    let status = match refusal {
        Refusal::NotAuthorized { .. }
        | Refusal::WebIdentityNotAuthorized
        | Refusal::Denied(_)
        | Refusal::IdpRejected(_)
        | Refusal::OutboundDisabled
        | Refusal::DurationEscalation => 403,
        Refusal::InvalidIdentityToken(_)
        | Refusal::ExpiredToken { .. }
        | Refusal::Expired(_)
        | Refusal::IdpCommunication
        | Refusal::TokenTooLarge
        | Refusal::MalformedPolicyDocument(_)
        | Refusal::PackedPolicyTooLarge(_)
        | Refusal::Validation(_)
        | Refusal::InvalidParameterValue(_) => 400,
        Refusal::Internal(why) => {
            tracing::error!(why, "STS failed");
            return Fault::internal();
        }
    };
    Fault::sender(refusal.code(), status, refusal.to_string())
}

/// What the accounts refuse, as IAM says it, or EKS.
pub fn of_error(error: &Error, style: Style) -> Fault {
    let (query, rest, query_status, rest_status) = match error {
        Error::NotFound(_) => ("NoSuchEntity", "ResourceNotFoundException", 404, 404),
        Error::AlreadyExists(_) => ("EntityAlreadyExists", "ResourceInUseException", 409, 409),
        Error::InUse(_) => ("DeleteConflict", "ResourceInUseException", 409, 409),
        Error::Limit(_) => ("LimitExceeded", "ResourceLimitExceededException", 409, 400),
        Error::Validation(_) => ("ValidationError", "InvalidParameterException", 400, 400),
        Error::Invalid(_) => ("InvalidInput", "InvalidParameterException", 400, 400),
        Error::Evaluation(_) => ("PolicyEvaluation", "ServerException", 500, 500),
        Error::Malformed(_) => ("MalformedPolicyDocument", "InvalidParameterException", 400, 400),
        Error::Unmodifiable(_) => ("UnmodifiableEntity", "InvalidRequestException", 400, 400),
        Error::NotAttachable(_) => ("PolicyNotAttachable", "InvalidParameterException", 400, 400),
        Error::Unusable(flaw, _) => {
            let (query, status) = of_flaw(*flaw);
            (query, "InvalidParameterException", status, 400)
        }
        Error::FeatureEnabled(_) => ("FeatureEnabled", "InvalidRequestException", 409, 400),
        Error::FeatureDisabled(_) => ("FeatureDisabled", "ResourceNotFoundException", 404, 404),
        Error::PasswordPolicy(_) => ("PasswordPolicyViolation", "InvalidParameterException", 400, 400),
        Error::Denied(_) | Error::WrongPassword(_) => ("AccessDenied", "AccessDeniedException", 403, 403),
        Error::Conflict => ("ConcurrentModification", "ResourceInUseException", 409, 409),
        Error::Internal(why) => {
            tracing::error!(why, "a call failed");
            return Fault::internal();
        }
    };
    let status = match style {
        Style::Query => query_status,
        Style::RestJson => rest_status,
    };
    Fault::sender(style.pick(query, rest), status, error.to_string())
}

/// IAM's code for what is wrong with a code, a certificate or a key, and its status.
fn of_flaw(flaw: Flaw) -> (&'static str, u16) {
    match flaw {
        Flaw::InvalidAuthenticationCode => ("InvalidAuthenticationCode", 403),
        Flaw::UnrecognizedPublicKeyEncoding => ("UnrecognizedPublicKeyEncoding", 400),
        Flaw::InvalidPublicKey => ("InvalidPublicKey", 400),
        Flaw::DuplicateSshPublicKey => ("DuplicateSSHPublicKey", 400),
        Flaw::MalformedCertificate => ("MalformedCertificate", 400),
        Flaw::InvalidCertificate => ("InvalidCertificate", 400),
        Flaw::DuplicateCertificate => ("DuplicateCertificate", 409),
        Flaw::KeyPairMismatch => ("KeyPairMismatch", 400),
    }
}

/// A call that is not allowed; the sentence is the policies'.
pub fn denied(message: String, style: Style) -> Fault {
    Fault::sender(style.pick("AccessDenied", "AccessDeniedException"), 403, message)
}
