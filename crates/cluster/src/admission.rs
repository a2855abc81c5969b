//! Admission: from a pod that is about to be created to the environment, volume and mounts that let its AWS SDKs find a
//! role (Amazon EKS User Guide: IAM roles for service accounts; EKS Pod Identity).
//!
//! Nothing here does I/O: whoever serves the webhook ([`crate::webhook`]) hands in the review's bytes and what is known of the service account,
//! and gets the answer's bytes back.

mod account;
mod choose;
mod grants;
mod patch;
mod pod;
mod review;
mod settings;

pub use account::{Account, Annotations};
pub use choose::{Choice, Known, Mode, Plan, choose};
pub use grants::{Grant, Grants, GrantsError, Identities};
pub use patch::{lacks, mutate, skipped};
pub use pod::Pod;
pub use review::{Asked, Refusal, Review};
pub use settings::{Container, Settings, SettingsError, WebIdentity};

#[cfg(test)]
mod tests;
