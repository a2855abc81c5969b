//! The IAM policy language: parse, validate, evaluate, explain, analyse.
//!
//! Pure: no I/O, no clock, no threads. A policy is parsed to a faithful tree ([`Policy`]), compiled once ([`Compiled`]),
//! and decided on any number of times ([`decide`]).
//!
//! ```
//! use rolecall_policy::{Compiled, Context, Decision, Policies, Policy, Principal, Request, decide};
//!
//! let policy = r#"{
//!     "Version": "2012-10-17",
//!     "Statement": [{ "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/${aws:username}/*" }]
//! }"#;
//! let compiled = [Compiled::new(&Policy::parse(policy).unwrap())];
//! let alice = Principal::parse("arn:aws:iam::123456789012:user/alice").unwrap();
//! let context = Context::from_iter([("aws:username", "alice")]);
//! let request = Request::new(alice, "s3:GetObject", "arn:aws:s3:::reports/alice/q1.csv", "123456789012", context);
//! let policies = Policies { identity: &compiled, ..Policies::default() };
//! assert_eq!(decide(&request, &policies), Decision::Allowed);
//! ```

mod budget;
pub mod cases;
#[cfg(feature = "catalogue")]
pub mod catalogue;
mod compiled;
mod condition;
mod decision;
mod document;
mod explanation;
mod json;
#[cfg(feature = "catalogue")]
pub mod lint;
mod outlook;
mod pattern;
mod principal;
mod request;
mod validate;
mod values;
mod write;

pub use self::{
    compiled::Compiled,
    decision::{Decision, Layer, Policies, decide},
    document::{Condition, Effect, Element, Malformed, Policy, PrincipalType, Principals, Statement, Text, Version},
    explanation::{Explanation, Failed, PolicyExplanation, StatementExplanation, explain},
    json::DEEPEST,
    outlook::{Clause, Outlook, Possibility, outlook},
    principal::Naming,
    request::{Context, Principal, PrincipalKind, Request, Values},
    validate::{Kind, validate},
};
