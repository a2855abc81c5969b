//! AWS on the wire: shapes, codecs, signatures and faults.
//!
//! The services' interfaces are [`generated`] as data; the codecs interpret it: [`query`] forms and [`xml`] answers for
//! IAM and STS, [`rest_json`] for EKS and EKS Auth, [`check`] for the models' constraints in AWS's words. [`sigv4`] reads,
//! verifies and makes signatures. Nothing here does I/O or asks the time.

pub mod check;
pub mod fault;
pub mod generated;
pub mod operation;
pub mod query;
pub mod rest_json;
pub mod secret;
pub mod shape;
pub mod sigv4;
pub mod xml;

pub use fault::Fault;
