//! AWS on the wire: shapes, codecs, signatures and faults.
//!
//! The services' interfaces are [`generated`] as data; the codecs interpret it: [`query`] forms and [`xml`] answers for
//! IAM and STS (of STS also [`query_json`]), [`rest_json`] for EKS and EKS Auth, [`check`] for the models' constraints in
//! AWS's words. [`sigv4`] reads, verifies and makes signatures. [`private`] holds the shapes of our own API, [`saml`] reads what identity providers
//! say of themselves and of users. Nothing of these does I/O or asks the time; the `client`, behind a feature, does I/O.

pub mod check;
#[cfg(feature = "client")]
pub mod client;
pub mod fault;
pub mod generated;
pub mod operation;
pub mod private;
pub mod query;
pub mod query_json;
pub mod rest_json;
pub mod saml;
pub mod secret;
pub mod shape;
pub mod sigv4;
pub mod xml;

pub use fault::Fault;

#[cfg(test)]
mod round_trips;
