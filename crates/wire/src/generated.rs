//! The interfaces of the four services, as AWS's models describe them. Everything below is written by
//! `cargo xtask codegen`.

#[rustfmt::skip]
pub mod eks;
#[rustfmt::skip]
pub mod eks_auth;
#[rustfmt::skip]
pub mod iam;
#[rustfmt::skip]
pub mod sts;
