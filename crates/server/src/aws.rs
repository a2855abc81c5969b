//! The AWS services.

pub mod fault;
pub mod verify;
