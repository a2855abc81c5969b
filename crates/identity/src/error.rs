//! Why a rule refuses. Each carries AWS's own sentence; the server turns each into its fault, in one exhaustive match.

use std::sync::Arc;

use rolecall_policy::Malformed;

use crate::authorize::Denied;

/// A refusal of the domain.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// `NoSuchEntity`, 404; `ResourceNotFoundException` of EKS.
    #[error("{0}")]
    NotFound(String),
    /// `EntityAlreadyExists`, 409; `ResourceInUseException` of EKS.
    #[error("{0}")]
    AlreadyExists(String),
    /// `DeleteConflict`, 409.
    #[error("{0}")]
    InUse(String),
    /// `LimitExceeded`, 409; `ResourceLimitExceededException` of EKS.
    #[error("{0}")]
    Limit(String),
    /// `ValidationError`, 400.
    #[error("{0}")]
    Validation(String),
    /// `InvalidInput`, 400; `InvalidParameterException` of EKS.
    #[error("{0}")]
    Invalid(String),
    /// `PolicyEvaluation`, 500: a policy that was to be simulated takes too long.
    #[error("{0}")]
    Evaluation(String),
    /// `MalformedPolicyDocument`, 400.
    #[error("{0}")]
    Malformed(Malformed),
    /// `UnmodifiableEntity`, 400: a service's own.
    #[error("{0}")]
    Unmodifiable(String),
    /// `PolicyNotAttachable`, 400.
    #[error("{0}")]
    NotAttachable(String),
    /// `FeatureEnabled`, 409.
    #[error("{0}")]
    FeatureEnabled(String),
    /// `FeatureDisabled`, 404.
    #[error("{0}")]
    FeatureDisabled(String),
    /// `PasswordPolicyViolation`, 400.
    #[error("{0}")]
    PasswordPolicy(String),
    /// 400, 403 or 409 with a code of its own: what was uploaded or shown is not what it should be.
    #[error("{1}")]
    Unusable(Flaw, String),
    /// `AccessDenied`, 403: the policies allow it, but not with this password.
    #[error("{0}")]
    WrongPassword(String),
    /// `AccessDenied`, 403.
    #[error("{0}")]
    Denied(Arc<Denied>),
    /// `ConcurrentModification`, 409: somebody else kept writing the same.
    #[error("the same was changed at the same time; try again")]
    Conflict,
    /// 500 or 503; the text is for the log.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// What is not there, told in this sentence, for AWS has several for the same; any other error as it is.
    pub(crate) fn or_missing(self, sentence: impl FnOnce() -> String) -> Self {
        match self {
            Self::NotFound(_) => Self::NotFound(sentence()),
            other => other,
        }
    }
}

/// What is wrong with a code, a certificate or a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// `InvalidAuthenticationCode`
    InvalidAuthenticationCode,
    /// `UnrecognizedPublicKeyEncoding`
    UnrecognizedPublicKeyEncoding,
    /// `InvalidPublicKey`
    InvalidPublicKey,
    /// `DuplicateSSHPublicKey`
    DuplicateSshPublicKey,
    /// `MalformedCertificate`
    MalformedCertificate,
    /// `InvalidCertificate`
    InvalidCertificate,
    /// `DuplicateCertificate`
    DuplicateCertificate,
    /// `KeyPairMismatch`
    KeyPairMismatch,
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<Box<Denied>> for Error {
    fn from(denied: Box<Denied>) -> Self {
        Self::Denied(Arc::from(denied))
    }
}

impl From<crate::keys::NoEntropy> for Error {
    fn from(_: crate::keys::NoEntropy) -> Self {
        Self::Internal("the system gives no randomness".to_owned())
    }
}

impl From<crate::keys::DoesNotOpen> for Error {
    fn from(_: crate::keys::DoesNotOpen) -> Self {
        Self::Internal("a secret cannot be wrapped or opened".to_owned())
    }
}

impl From<rolecall_store::Error> for Error {
    fn from(error: rolecall_store::Error) -> Self {
        Self::Internal(error.to_string())
    }
}
