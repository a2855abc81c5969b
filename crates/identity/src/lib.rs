//! The domain: accounts, principals, policies, providers, clusters, sessions, tokens, permits and audit events.

pub mod audit;
pub mod keys;
pub mod session;
pub mod sts;
pub mod token;
