//! The grammar of signing keys.

use clap::{Args, Subcommand};

use super::revoke::Common;

/// `rolecall rotate …`
#[derive(Debug, Subcommand)]
pub(crate) enum Rotate {
    /// The keys that sign an issuer's tokens, as the operator: new ones are published now and sign in an hour
    #[command(
        after_help = "The old keys stay published until their last token is over. docs/federation.md has the times.\n\nExamples:\n  rolecall rotate signingkey --account 123456789012\n  rolecall rotate signingkey --cluster dev --leaked"
    )]
    Signingkey(RotateSigningKey),
}

/// Options of `rolecall rotate signingkey`.
#[derive(Debug, Args)]
pub(crate) struct RotateSigningKey {
    /// The keys of this account's own issuer, whose tokens `aws sts get-web-identity-token` gives
    #[arg(
        long,
        value_name = "ID",
        required_unless_present = "cluster",
        conflicts_with = "cluster"
    )]
    pub(crate) account: Option<String>,
    /// The keys of this cluster, which `rolecall dev` hosts
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Somebody else has the old keys: remove them at once, and refuse all that they have signed
    #[arg(long)]
    pub(crate) leaked: bool,
    /// How to print, and where
    #[command(flatten)]
    pub(crate) common: Common,
}
