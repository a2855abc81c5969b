//! Faults: all that a client sees when something failed.

use std::{borrow::Cow, fmt};

use crate::{
    operation::{Error, Operation, Service},
    xml,
};

/// A failed call: a code and a status that AWS's models or its common errors name, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Such as `NoSuchEntity`.
    pub code: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// Whether the sender is to blame.
    pub sender: bool,
    /// The sentence; empty where AWS sends none.
    pub message: String,
    /// The sealed message that `DecodeAuthorizationMessage` opens, of a refusal by policies; for a header, since AWS's
    /// sentence of these services has no place for it.
    pub authorization_message: Option<String>,
}

impl Fault {
    /// The sender is to blame.
    pub fn sender(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            status,
            sender: true,
            message: message.into(),
            authorization_message: None,
        }
    }

    /// We are to blame. What it was is for the log; the client gets AWS's sentence.
    pub fn internal() -> Self {
        Self {
            code: Cow::Borrowed("InternalFailure"),
            status: 500,
            sender: false,
            message: "The request processing has failed because of an unknown error, exception or failure.".to_owned(),
            authorization_message: None,
        }
    }

    /// An operation that is not answered yet.
    pub fn not_implemented(operation: &str) -> Self {
        Self {
            code: Cow::Borrowed("NotImplemented"),
            status: 501,
            sender: false,
            message: format!("The operation {operation} is not implemented."),
            authorization_message: None,
        }
    }

    /// An operation that no model has. Its document has a namespace of its own, which [`to_xml`](Self::to_xml) knows.
    pub fn invalid_action(name: &str, version: &str) -> Self {
        Self::sender(
            "InvalidAction",
            400,
            format!("Could not find operation {name} for version {version}"),
        )
    }

    /// The body of a Query service's answer.
    pub fn to_xml(&self, service: &Service, request_id: &str) -> String {
        let namespace = match &*self.code {
            "InvalidAction" => "http://webservices.amazon.com/AWSFault/2005-15-09",
            _ => service.namespace,
        };
        let kind = if self.sender { "Sender" } else { "Receiver" };
        let message = match self.message.as_str() {
            "" => String::new(),
            message => format!("    <Message>{}</Message>\n", xml::escaped(message)),
        };
        format!(
            "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>{kind}</Type>\n    <Code>{}</Code>\n{message}  \
             </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
            xml::escaped(&self.code),
            xml::escaped(request_id)
        )
    }

    /// The body of a REST-JSON service's answer; the code goes into the header `x-amzn-ErrorType`.
    pub fn to_json(&self) -> String {
        serde_json::json!({ "message": self.message }).to_string()
    }
}

/// The faults that any operation may answer with: IAM API Reference, "Common Error Types" and its older edition; for the
/// signature's and the body's, what AWS is seen to send.
pub const COMMON: &[Error] = &[
    Error {
        code: "AccessDenied",
        status: 403,
    },
    Error {
        code: "AccessDeniedException",
        status: 403,
    },
    Error {
        code: "ExpiredToken",
        status: 403,
    },
    Error {
        code: "ExpiredTokenException",
        status: 403,
    },
    Error {
        code: "IncompleteSignature",
        status: 400,
    },
    Error {
        code: "IncompleteSignatureException",
        status: 400,
    },
    Error {
        code: "InternalFailure",
        status: 500,
    },
    Error {
        code: "InvalidAction",
        status: 400,
    },
    Error {
        code: "InvalidClientTokenId",
        status: 403,
    },
    Error {
        code: "InvalidParameterValue",
        status: 400,
    },
    Error {
        code: "InvalidSignatureException",
        status: 403,
    },
    Error {
        code: "MalformedInput",
        status: 400,
    },
    Error {
        code: "MissingAuthenticationToken",
        status: 403,
    },
    Error {
        code: "MissingAuthenticationTokenException",
        status: 403,
    },
    // EKS checks parameters before it looks anything up, on operations whose model does not say so too.
    Error {
        code: "InvalidParameterException",
        status: 400,
    },
    Error {
        code: "NotImplemented",
        status: 501,
    },
    Error {
        code: "SerializationException",
        status: 400,
    },
    Error {
        code: "ServiceUnavailable",
        status: 503,
    },
    Error {
        code: "SignatureDoesNotMatch",
        status: 403,
    },
    Error {
        code: "Throttling",
        status: 400,
    },
    Error {
        code: "UnknownOperationException",
        status: 404,
    },
    Error {
        code: "UnrecognizedClientException",
        status: 403,
    },
    Error {
        code: "ValidationError",
        status: 400,
    },
];

impl Fault {
    /// Whether a client of the operation expects this: its model names the code, with this status, or it is common to all.
    pub fn is_known_to(&self, operation: &Operation) -> bool {
        let named = operation.errors.iter().copied().chain(COMMON);
        named
            .into_iter()
            .any(|error| error.code == self.code && error.status == self.status)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{eks_auth, iam};

    #[test]
    fn a_fault_is_known_by_the_model_or_to_all() {
        let delete = iam::Operation::DeleteRole.description();
        let get = iam::Operation::GetRole.description();
        let conflict = Fault::sender("DeleteConflict", 409, "");
        assert!(conflict.is_known_to(delete) && !conflict.is_known_to(get));
        assert!(!Fault::sender("DeleteConflict", 400, "").is_known_to(delete));
        // EKS Auth denies with 400, unlike everything else.
        let denied = Fault::sender("AccessDeniedException", 400, "");
        assert!(denied.is_known_to(eks_auth::Operation::AssumeRoleForPodIdentity.description()));
        assert!(!denied.is_known_to(get));
        for own in [
            Fault::internal(),
            Fault::not_implemented("GetRole"),
            Fault::invalid_action("x", "y"),
        ] {
            assert!(own.is_known_to(get), "{own}");
        }
    }
}
