//! The interfaces of the four services, as AWS's models describe them. Everything below is written by
//! `cargo xtask codegen`.

pub mod eks;
pub mod eks_auth;
pub mod iam;
pub mod sts;
