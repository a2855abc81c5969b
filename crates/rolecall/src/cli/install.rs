//! The grammar of `rolecall install`.

use std::path::PathBuf;

use clap::Args;

use crate::install::Component;

/// Options of `rolecall install`.
#[derive(Debug, Args)]
pub(crate) struct Install {
    /// Name of the cluster, as `create cluster` registered it
    #[arg(short, long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// What is installed; repeat or separate by commas
    #[arg(
        long,
        value_enum,
        value_name = "COMPONENT",
        value_delimiter = ',',
        default_values_t = [Component::Admission, Component::Pods]
    )]
    pub(crate) component: Vec<Component>,
    /// Namespace of everything
    #[arg(long, value_name = "NAMESPACE", default_value = "rolecall")]
    pub(crate) namespace: String,
    /// The image [default: rolecall, of this version]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) image: Option<String>,
    /// URL of the control plane
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    /// AWS region of pods, and of the control plane
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The account, 12 digits
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Certificates (PEM) that the endpoint is trusted by
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_bundle: Option<PathBuf>,
    /// Values, as the Helm chart takes them (YAML)
    #[arg(short = 'f', long, value_name = "FILE")]
    pub(crate) values: Vec<PathBuf>,
    /// One value, such as admission.replicas=3 or env.NAME=VALUE; repeat for more
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
    /// Apply; without it the objects are printed and nothing changes
    #[arg(long)]
    pub(crate) approve: bool,
    /// Take over fields that somebody else has set otherwise since
    #[arg(long, requires = "approve")]
    pub(crate) force_conflicts: bool,
}

/// Options of the hidden `rolecall deploy`, by which `cargo xtask deploy` writes the files of the repository.
#[derive(Debug, Args)]
pub(crate) struct Deploy {
    /// The folder
    pub(crate) folder: PathBuf,
    /// Change nothing, and fail if something would
    #[arg(long)]
    pub(crate) check: bool,
}
