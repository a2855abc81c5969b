//! The grammar of revocations and accounts.

use clap::{Args, Subcommand};

use super::{Output, Place, ServiceAccountName};

/// `rolecall revoke …`
#[derive(Debug, Subcommand)]
pub(crate) enum Revoke {
    /// One session, by its access key id
    Session {
        /// The access key id
        #[arg(value_name = "ASIA…")]
        access_key_id: String,
        /// How to print, and where
        #[command(flatten)]
        common: Common,
    },
    /// A token, by its `jti`, and the sessions that came of it
    Token {
        /// The `jti`
        #[arg(value_name = "JTI")]
        id: String,
        /// The URL of its issuer, if it is not a cluster's
        #[arg(long, value_name = "URL", conflicts_with = "cluster")]
        issuer: Option<String>,
        /// The cluster [default: the account's only one]
        #[arg(long, value_name = "NAME")]
        cluster: Option<String>,
        /// How to print, and where
        #[command(flatten)]
        common: Common,
    },
    /// All tokens of a service account that were issued until now, and the sessions
    Serviceaccount {
        /// The service account
        #[arg(value_name = "NAMESPACE/NAME")]
        service_account: ServiceAccountName,
        /// The cluster [default: the account's only one]
        #[arg(long, value_name = "NAME")]
        cluster: Option<String>,
        /// How to print, and where
        #[command(flatten)]
        common: Common,
    },
    /// The tokens that are bound to a pod, and the sessions
    Pod {
        /// The pod's uid
        #[arg(value_name = "UID")]
        uid: String,
        /// The cluster [default: the account's only one]
        #[arg(long, value_name = "NAME")]
        cluster: Option<String>,
        /// How to print, and where
        #[command(flatten)]
        common: Common,
    },
    /// The sessions of a role that were issued until now, or until a time
    Role {
        /// The role's name
        #[arg(value_name = "NAME")]
        name: String,
        /// A time, such as 2026-11-25T03:15:00Z
        #[arg(long, value_name = "TIME")]
        issued_until: Option<jiff::Timestamp>,
        /// How to print, and where
        #[command(flatten)]
        common: Common,
    },
}

/// How to print, and which account and region.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Options of `rolecall delete revocation`.
#[derive(Debug, Args)]
pub(crate) struct DeleteRevocation {
    /// Id of the revocation
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Options of `rolecall create account`.
#[derive(Debug, Args)]
pub(crate) struct CreateAccount {
    /// The account's id, twelve digits [default: chosen at random]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// How to print, and where
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Options of `rolecall delete account`.
#[derive(Debug, Args)]
pub(crate) struct DeleteAccount {
    /// The account's id
    #[arg(long, value_name = "ID")]
    pub(crate) id: String,
    /// Remove it with all that is in it; without this nothing changes. No other account ever gets its id
    #[arg(long)]
    pub(crate) approve: bool,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}
