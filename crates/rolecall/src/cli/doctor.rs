//! The grammar of `rolecall doctor`.

use clap::{Args, Subcommand};

use super::{Output, Place, ServiceAccountName};

/// Options of `rolecall doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Whose chain [default: what all pods share]
    #[command(subcommand)]
    pub(crate) subject: Option<Subject>,
    /// The cluster [default: the one whose issuer the API server has, or the only one]
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) cluster: Option<String>,
    /// What the pod is to do, such as s3:GetObject: whether its role may
    #[arg(long, global = true)]
    pub(crate) action: Option<String>,
    /// On what it is to do it, an ARN
    #[arg(long, value_name = "ARN", requires = "action", global = true)]
    pub(crate) resource: Option<String>,
    /// A condition key that the action depends on, and its value; repeat for more
    #[arg(long, value_name = "KEY=VALUE", requires = "action", global = true)]
    pub(crate) context: Vec<String>,
    /// Do not try the exchange of the token for credentials
    #[arg(long, global = true)]
    pub(crate) no_exchange: bool,
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Whose chain is walked.
#[derive(Debug, Subcommand)]
pub(crate) enum Subject {
    /// A pod: what the webhook made of it, and the chain of its service account
    Pod {
        /// The pod
        #[arg(value_name = "NAMESPACE/NAME")]
        name: ServiceAccountName,
    },
    /// A service account: the chain of the next pod that runs as it
    #[command(alias = "sa")]
    Serviceaccount {
        /// The service account
        #[arg(value_name = "NAMESPACE/NAME")]
        name: ServiceAccountName,
    },
}
