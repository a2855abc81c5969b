//! What was decided, as evidence: one event a line, in CloudTrail's shape (AWS CloudTrail User Guide: Record contents).
//!
//! Two rules hold for whoever writes them ([`AuditLog`]): a credential is not returned before its event has left the
//! process, and a log that cannot be written stops issuing (threat 12). Each line names the hash of the line before it
//! ([`Chain`]), so that a line that was taken out or changed is missed.
//!
//! What came from a client is data: lines are pure ASCII, every other character is escaped, so that no name can end a
//! line, colour a terminal or turn text around. Secrets are never in an event: see [`Elements::redact`].

mod chain;
mod elements;
mod event;
mod line;

use std::{future::Future, pin::Pin};

pub use self::{
    chain::{Broken, Chain, Unlinked, verify},
    elements::{Elements, redacted},
    event::{
        Decision, Event, Resource, Rolecall, SessionAttributes, SessionContext, SessionIssuer, UserIdentity,
        WebIdFederationData,
    },
    line::NotALine,
};

/// The event could not be written. Nothing that depends on it may happen.
#[derive(Debug, thiserror::Error)]
#[error("the audit log cannot be written")]
pub struct AuditFailed(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The outcome of an append.
pub type Appended<'a> = Pin<Box<dyn Future<Output = Result<(), AuditFailed>> + Send + 'a>>;

/// Where events go.
pub trait AuditLog: Send + Sync {
    /// Writes an event. Done only when the event is out of the process, so that killing it loses nothing; and on the disk
    /// too, where the configuration says so.
    fn append(&self, event: &Event) -> Appended<'_>;

    /// Whether the last event could not be written. Then nothing is changed and nothing is issued.
    fn is_failing(&self) -> bool {
        false
    }
}
