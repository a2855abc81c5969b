#![doc = include_str!("../README.md")]

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
mod simulation;
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
    request::{Context, Key, Principal, PrincipalKind, Request, Values, source_ip},
    simulation::{Matched, Place, Simulation, fits, places, simulate},
    validate::{Kind, validate},
};
