//! The grammar of what runs inside a cluster. Flags that amazon-eks-pod-identity-webhook has too mean the same here, with
//! the same defaults, so that its manifests need another image and command alone.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};

/// `rolecall cluster …`
#[derive(Debug, Subcommand)]
pub(crate) enum Cluster {
    /// Serve the admission webhook that gives pods their roles
    #[command(
        after_help = "Reads service accounts from the API server (list, watch, get); with --watch-config-map also the ConfigMap and namespaces. Without --tls-cert it makes its own certificates and needs to read and write one Secret, and to read and patch the MutatingWebhookConfiguration.\n\nExamples:\n  rolecall cluster admission --namespace rolecall --service-name rolecall-webhook --webhook-configuration rolecall\n  rolecall cluster admission --tls-cert tls.crt --tls-key tls.key --aws-default-region us-east-2 --env AWS_ENDPOINT_URL_STS=https://sts.example"
    )]
    Admission(Box<Admission>),
    /// Find pods that run without the role that they should have, record an Event on each, and evict them if told to
    #[command(
        after_help = "Reads pods and service accounts from the API server (list, watch, get), and creates Events; with --evict=owned also evictions.\n\nExample:\n  rolecall cluster pods --namespace rolecall --evict=owned"
    )]
    Pods(Box<Pods>),
    /// Publish the API server's own keys to the control plane, whenever they change
    #[command(
        after_help = "Reads /openid/v1/jwks of the API server, which every service account may. Needs rolecall:PublishClusterKeys on the cluster's ARN, by credentials found as every AWS tool finds them: in a pod, its role.\n\nExample:\n  rolecall cluster keys --name prod"
    )]
    Keys(Keys),
}

/// How to reach the API server.
#[derive(Debug, Clone, Args)]
pub(crate) struct ApiServer {
    /// Kubeconfig [default: the pod's own service account, or KUBECONFIG]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// URL of the API server, instead of the configuration's
    #[arg(long, value_name = "URL")]
    pub(crate) kube_api: Option<String>,
}

/// Options of `rolecall cluster admission`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Admission {
    /// Which API server
    #[command(flatten)]
    pub(crate) api_server: ApiServer,
    /// Address of both ports
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0")]
    pub(crate) bind_address: IpAddr,
    /// Port of reviews (TLS): /mutate, /healthz, /readyz; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 443)]
    pub(crate) port: u16,
    /// Port of metrics (plain HTTP): /metrics, /healthz, /readyz; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 9999)]
    pub(crate) metrics_port: u16,
    /// The oldest version of TLS
    #[arg(long, value_enum, default_value_t = TlsVersion::Tls12)]
    pub(crate) tls_min_version: TlsVersion,
    /// Certificate chain (PEM), read again when it changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Private key of --tls-cert (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Certificates (PEM, read at the start): only clients with a certificate that one of them has signed are answered
    #[arg(long, value_name = "FILE")]
    pub(crate) client_ca: Option<PathBuf>,
    /// Own certificates: the Secret that holds their authority, in --namespace
    #[arg(
        long,
        value_name = "NAME",
        default_value = "pod-identity-webhook",
        conflicts_with = "tls_cert"
    )]
    pub(crate) tls_secret: String,
    /// Own certificates: the Service by which the API server calls, in --namespace
    #[arg(long, value_name = "NAME", default_value = "pod-identity-webhook")]
    pub(crate) service_name: String,
    /// Own certificates: further names and addresses by which the API server calls; repeat for more
    #[arg(long, value_name = "NAME", conflicts_with = "tls_cert")]
    pub(crate) tls_name: Vec<String>,
    /// Own certificates: the `MutatingWebhookConfiguration` whose CA bundles are kept in step; empty if somebody else does
    #[arg(
        long,
        value_name = "NAME",
        default_value = "pod-identity-webhook",
        conflicts_with = "tls_cert"
    )]
    pub(crate) webhook_configuration: String,
    /// Where else roles come from
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What is injected
    #[command(flatten)]
    pub(crate) injected: Injected,
}

/// Where roles come from, besides annotations.
#[derive(Debug, Clone, Args)]
pub(crate) struct Sources {
    /// Namespace of what belongs to this component: Secret, Service, `ConfigMap` [default: the pod's own, or the kubeconfig's]
    #[arg(long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// Read grants from the `ConfigMap` `pod-identity-webhook`, key `config`. Grants with `*` for a namespace hold in
    /// namespaces that are labelled rolecall.dev/open-to-grants=true
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) watch_config_map: bool,
    /// File of the service accounts whose pods use the node's agent (EKS Pod Identity), read again when it changes
    #[arg(long, value_name = "FILE")]
    pub(crate) watch_container_credentials_config: Option<PathBuf>,
}

/// Options of `rolecall cluster pods`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Pods {
    /// Which API server
    #[command(flatten)]
    pub(crate) api_server: ApiServer,
    /// Which pods are evicted
    #[arg(long, value_enum, default_value_t = Evict::Never)]
    pub(crate) evict: Evict,
    /// A namespace that admission is not asked for, besides --namespace; repeat for more
    #[arg(long, value_name = "NAMESPACE", default_value = "kube-system")]
    pub(crate) exempt_namespace: Vec<String>,
    /// Where else roles come from
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What the webhook injects: give it the same
    #[command(flatten)]
    pub(crate) injected: Injected,
}

/// Options of `rolecall cluster keys`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Keys {
    /// Which API server
    #[command(flatten)]
    pub(crate) api_server: ApiServer,
    /// Name of the cluster, as `create cluster` registered it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// How often the API server is asked
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = super::duration)]
    pub(crate) interval: Duration,
    /// How long a key is published on after it was seen last: as long as it takes to restart all API servers
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = super::duration)]
    pub(crate) overlap: Duration,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: super::Place,
}

/// Which pods are evicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Evict {
    /// None: Events alone
    Never,
    /// Those that a controller creates anew, each controller's at most once in ten minutes
    Owned,
}

/// What pods are given.
#[derive(Debug, Clone, Args)]
pub(crate) struct Injected {
    /// Prefix of the annotations of service accounts and pods
    #[arg(long, value_name = "DOMAIN", default_value = "eks.amazonaws.com")]
    pub(crate) annotation_prefix: String,
    /// Audience of tokens for STS where no annotation says otherwise
    #[arg(long, value_name = "AUDIENCE", default_value = "sts.amazonaws.com")]
    pub(crate) token_audience: String,
    /// Where tokens for STS are mounted
    #[arg(
        long,
        value_name = "PATH",
        default_value = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
    )]
    pub(crate) token_mount_path: String,
    /// Life of tokens for STS in seconds where no annotation says otherwise; less than 600 is raised to 600
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    pub(crate) token_expiration: u32,
    /// `AWS_REGION` and `AWS_DEFAULT_REGION` of containers that define neither
    #[arg(long, value_name = "REGION", default_value = "", hide_default_value = true)]
    pub(crate) aws_default_region: String,
    /// Set `AWS_STS_REGIONAL_ENDPOINTS=regional` where no annotation says otherwise
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_value_t = false, default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(crate) sts_regional_endpoint: bool,
    /// Account of roles that are named without an ARN; without it such a name is no role, and is warned of
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Partition of roles that are named without an ARN
    #[arg(long, value_name = "PARTITION", default_value = "aws")]
    pub(crate) partition: String,
    /// A variable of every pod with a role, such as `AWS_ENDPOINT_URL_STS=https://sts.example`; repeat for more.
    /// `AWS_EC2_METADATA_DISABLED=true` is set unless this names it
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) env: Vec<String>,
    /// Certificates (PEM) that SDKs are to trust, as `AWS_CA_BUNDLE`; read at the start
    #[arg(long, value_name = "FILE")]
    pub(crate) aws_ca_bundle: Option<PathBuf>,
    /// Audience of tokens for the node's agent
    #[arg(long, value_name = "AUDIENCE", default_value = "pods.eks.amazonaws.com")]
    pub(crate) container_credentials_audience: String,
    /// Where tokens for the node's agent are mounted
    #[arg(
        long,
        value_name = "PATH",
        default_value = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
    )]
    pub(crate) container_credentials_token_mount_path: String,
    /// The volume of tokens for the node's agent
    #[arg(long, value_name = "NAME", default_value = "eks-pod-identity-token")]
    pub(crate) container_credentials_token_volume_name: String,
    /// The token's file in that volume
    #[arg(long, value_name = "NAME", default_value = "eks-pod-identity-token")]
    pub(crate) container_credentials_token_path: String,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`: where the node's agent answers
    #[arg(long, value_name = "URL", default_value = "http://169.254.170.23/v1/credentials")]
    pub(crate) container_credentials_full_uri: String,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TlsVersion {
    /// TLS 1.2
    #[value(name = "1.2", alias = "VersionTLS12")]
    Tls12,
    /// TLS 1.3
    #[value(name = "1.3", alias = "VersionTLS13")]
    Tls13,
}
