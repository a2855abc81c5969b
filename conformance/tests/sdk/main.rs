//! The AWS SDK for Rust, as a program uses it, against a running `rolecall dev`.
//!
//! `cargo xtask test` builds the binary and says where it is.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    reason = "a test that cannot go on says so by panicking"
)]

mod dev;
mod iam;
mod s3;
mod sts;
