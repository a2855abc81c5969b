//! Faults: all that a client sees when something failed.

use std::{borrow::Cow, fmt};

use crate::{operation::Service, xml};

/// A failed call: a code and a status that AWS's models or its common errors name, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Such as `NoSuchEntity`.
    pub code: Cow<'static, str>,
    /// The HTTP status.
    pub status: u16,
    /// Whether the sender is to blame.
    pub sender: bool,
    /// The sentence.
    pub message: String,
}

impl Fault {
    /// The sender is to blame.
    pub fn sender(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self {
            code: Cow::Borrowed(code),
            status,
            sender: true,
            message: message.into(),
        }
    }

    /// We are to blame. What it was is for the log; the client gets AWS's sentence.
    pub fn internal() -> Self {
        Self {
            code: Cow::Borrowed("InternalFailure"),
            status: 500,
            sender: false,
            message: "The request processing has failed because of an unknown error, exception or failure.".to_owned(),
        }
    }

    /// An operation that is not answered yet.
    pub fn not_implemented(operation: &str) -> Self {
        Self {
            code: Cow::Borrowed("NotImplemented"),
            status: 501,
            sender: false,
            message: format!("The operation {operation} is not implemented."),
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
        format!(
            "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>{kind}</Type>\n    <Code>{}</Code>\n    \
             <Message>{}</Message>\n  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
            xml::escaped(&self.code),
            xml::escaped(&self.message),
            xml::escaped(request_id)
        )
    }

    /// The body of a REST-JSON service's answer; the code goes into the header `x-amzn-ErrorType`.
    pub fn to_json(&self) -> String {
        serde_json::json!({ "message": self.message }).to_string()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}
