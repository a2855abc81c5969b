//! The domain: accounts, principals, policies, providers, clusters, sessions, tokens, permits and audit events.
//!
//! # How a change is made
//! A [`Caller`] asks; [`authorize`](authorize::authorize) decides and answers with a [`Permit`]; a function of
//! [`account`] takes the permit and does it in a [`Transaction`], which [`Identity::write`] runs, commits together with
//! its audit event, and runs again if somebody else changed the same meanwhile. Reads need no transaction: a
//! [`Snapshot`] is all there is at one moment.

#[expect(clippy::needless_pass_by_value, reason = "a permit is used up by what it permits")]
pub mod account;
pub mod audit;
pub mod authorize;
pub mod caller;
mod certificate;
mod der;
pub mod document;
pub mod error;
pub mod keys;
pub mod managed;
pub mod password;
mod pem;
pub mod permit;
pub mod quotas;
mod service;
pub mod session;
pub mod simulation;
mod ssh_key;
pub mod state;
pub mod sts;
pub mod token;
pub mod totp;
mod transaction;
pub mod usage;
pub mod who_can;

pub use self::{
    authorize::{Denied, Judgement, authorize, judge},
    caller::{Caller, CallerKind},
    error::{Error, Flaw},
    permit::{Operation, Permit, op},
    quotas::Quotas,
    service::{Identity, WaitingEvent},
    state::Snapshot,
    transaction::Transaction,
};
