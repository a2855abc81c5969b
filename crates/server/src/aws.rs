//! The AWS services.

pub mod eks;
pub mod evidence;
pub mod fault;
pub mod iam;
pub mod operation;
pub(crate) mod restricted;
pub(crate) mod stranger;
pub mod sts;
pub mod verify;
