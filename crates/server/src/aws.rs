//! The AWS services.

pub mod evidence;
pub mod fault;
pub mod sts;
pub mod verify;
