//! The command line: eksctl's grammar where eksctl has the verb, so that a command from a tutorial works when its first
//! word is changed.

pub(crate) mod cluster;
pub(crate) mod doctor;
pub(crate) mod install;
pub(crate) mod revoke;
pub(crate) mod signing_key;

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Every Kubernetes pod its own IAM role, on any cluster, in front of any S3-compatible store.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, arg_required_else_help = true, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run the whole system in one process, for a laptop or a test
    #[command(after_help = "Example:\n  rolecall dev\n  . ./.rolecall/env\n  aws sts get-caller-identity")]
    Dev(Dev),
    /// Run the control plane, and the gateway before a store, for clusters elsewhere
    #[command(
        after_help = "The configuration (TOML) names at least `endpoint`, `account-id` and `tls`; docs/serve.md has all of it. Secrets come from the environment: ROLECALL_ROOT_KEY, ROLECALL_ROOT_ACCESS_KEY_ID and ROLECALL_ROOT_SECRET_ACCESS_KEY if they are not to be made, ROLECALL_STORE_ACCESS_KEY_ID and ROLECALL_STORE_SECRET_ACCESS_KEY for the store.\n\nExample:\n  rolecall serve --config /etc/rolecall/rolecall.toml"
    )]
    Serve(Serve),
    /// Run the gateway before a store in a process of its own, which asks a control plane elsewhere
    #[command(
        after_help = "The configuration (TOML) names at least `tls` and `store`; docs/gateway.md has all of it. The control plane is where AWS_ENDPOINT_URL says, trusted by AWS_CA_BUNDLE, and credentials there are found as every AWS tool finds them. ROLECALL_STORE_ACCESS_KEY_ID and ROLECALL_STORE_SECRET_ACCESS_KEY are those of the store.\n\nExample:\n  rolecall gateway --config /etc/rolecall/gateway.toml"
    )]
    Gateway(Gateway),
    /// Tell the whole story, from a pod's token to an object in a bucket, on a temporary directory; fails if anything is wrong
    Demo,
    /// Run a program as the pod of a service account would run it
    #[command(after_help = "Example:\n  rolecall run --as default/iam-test -- aws sts get-caller-identity")]
    Run(Run),
    /// Run what belongs inside a Kubernetes cluster
    #[command(subcommand)]
    Cluster(cluster::Cluster),
    /// Print what runs inside a cluster as Kubernetes objects, or apply it
    #[command(
        after_help = "The values are those of the Helm chart (deploy/chart); docs/install.md lists them.\n\nExamples:\n  rolecall install --cluster prod --endpoint https://rolecall.example.org --region us-east-2 --account-id 123456789012\n  rolecall install --cluster prod -f values.yaml --approve\n  rolecall install --cluster prod -f values.yaml | kubectl diff --server-side --field-manager rolecall -f -"
    )]
    Install(Box<install::Install>),
    /// Write the files of deploy/
    #[command(hide = true)]
    Deploy(install::Deploy),
    /// Say why a request was allowed or refused
    #[command(
        after_help = "Examples:\n  rolecall explain --last --as default/iam-test\n  rolecall explain 7f0c1d2e-0b0a-4c3d-9e8f-112233445566\n  rolecall explain --as default/iam-test --action s3:PutObject --resource arn:aws:s3:::reports/hello.txt"
    )]
    Explain(Explain),
    /// Walk the chain from a pod to its role, and say of each link what is wrong and what mends it
    #[command(
        after_help = "Asks Kubernetes' API and AWS's, of Rolecall or of an EKS cluster, and changes nothing. The exchange that it tries is written into the audit log under the session name rolecall-doctor.\n\nExit codes: 0 if every link that was looked at holds, 1 if one does not, 2 if the pod or service account itself cannot be read.\n\nExamples:\n  rolecall doctor\n  rolecall doctor serviceaccount default/iam-test --cluster dev\n  rolecall doctor pod default/web-6f5d8c7b9-abcde --action s3:GetObject --resource arn:aws:s3:::reports/hello.txt\n  rolecall doctor pod default/web-6f5d8c7b9-abcde --no-exchange -o json"
    )]
    Doctor(Box<doctor::Doctor>),
    /// Refuse sessions, and the tokens that they could come from, from now on
    #[command(
        subcommand,
        after_help = "Examples:\n  rolecall revoke serviceaccount default/iam-test\n  rolecall revoke session ASIAEXAMPLE\n  rolecall revoke role app --issued-until 2026-11-25T03:15:00Z\n  rolecall get revocation"
    )]
    Revoke(revoke::Revoke),
    /// Put new keys in the place of old ones
    #[command(subcommand)]
    Rotate(signing_key::Rotate),
    /// Create a resource
    #[command(subcommand)]
    Create(Create),
    /// List resources
    #[command(subcommand)]
    Get(Get),
    /// Delete a resource
    #[command(subcommand)]
    Delete(Delete),
    /// Cluster utilities
    #[command(subcommand)]
    Utils(Utils),
    /// Service-account tokens
    #[command(subcommand)]
    Token(Token),
    /// Work with policy documents
    #[command(subcommand)]
    Policy(Policy),
    /// Print the configuration that is in force
    #[command(after_help = "Example:\n  rolecall config --config rolecall.toml")]
    Config(Dev),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  rolecall completion bash > /etc/bash_completion.d/rolecall")]
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Options of `rolecall dev`; each overrides the configuration file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Dev {
    /// Configuration file (TOML; unknown keys are refused)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Directory that holds everything: store, keys, audit, objects [default: ./.rolecall]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of the endpoint, http and https on one port; port 0 picks a free one [default: 127.0.0.1:4566]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Address of health and metrics; port 0 picks a free one [default: 127.0.0.1:0]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) health: Option<SocketAddr>,
    /// The account, 12 digits [default: 123456789012]
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// Certificates (PEM) to trust, besides the system's, when keys of OIDC providers are fetched
    #[arg(long, value_name = "FILE")]
    pub(crate) issuer_ca: Option<PathBuf>,
}

/// Options of `rolecall serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Configuration file (TOML; unknown keys are refused)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Print the configuration that is in force, and do nothing
    #[arg(long)]
    pub(crate) check: bool,
}

/// Options of `rolecall gateway`.
#[derive(Debug, Args)]
pub(crate) struct Gateway {
    /// Configuration file (TOML; unknown keys are refused)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Print the configuration that is in force, and do nothing
    #[arg(long)]
    pub(crate) check: bool,
}

/// Options of `rolecall run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The service account whose pod to stand in for
    #[arg(long = "as", value_name = "NAMESPACE/NAME")]
    pub(crate) service_account: ServiceAccountName,
    /// Life of the token, in seconds (at least 600) [default: the annotation's, or 86400]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) token_expiration: Option<u64>,
    /// The program and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// Options of `rolecall explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The request id that the refusal carried
    #[arg(value_name = "REQUEST-ID", conflicts_with = "last", required_unless_present_any = ["last", "action"])]
    pub(crate) request_id: Option<String>,
    /// The newest decision
    #[arg(long)]
    pub(crate) last: bool,
    /// Only decisions about this service account's sessions, or whom a hypothetical request is by
    #[arg(long = "as", value_name = "NAMESPACE/NAME")]
    pub(crate) service_account: Option<ServiceAccountName>,
    /// A hypothetical request: its action, such as s3:PutObject
    #[arg(long, requires_all = ["service_account", "resource"], conflicts_with_all = ["last", "request_id"])]
    pub(crate) action: Option<String>,
    /// A hypothetical request: its resource's ARN
    #[arg(long, value_name = "ARN", requires = "action")]
    pub(crate) resource: Option<String>,
    /// A hypothetical request: a condition key and its value; repeat for more
    #[arg(long, value_name = "KEY=VALUE", requires = "action")]
    pub(crate) context: Vec<String>,
    /// A hypothetical request: the role's ARN [default: what the service account's annotation says]
    #[arg(long, value_name = "ARN", requires = "action")]
    pub(crate) role: Option<String>,
    /// The cluster of the service account [default: the account's only one]
    #[arg(long, value_name = "NAME", requires = "service_account")]
    pub(crate) cluster: Option<String>,
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Options that every listing takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Output {
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Format::Table, global = true)]
    pub(crate) output: Format,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs
    Json,
    /// For programs, and for people who edit
    Yaml,
}

/// `rolecall create …`
#[derive(Debug, Subcommand)]
pub(crate) enum Create {
    /// Create an IAM role for a service account, and the service account with its annotation
    #[command(
        after_help = "Example:\n  rolecall create iamserviceaccount --name iam-test --namespace default --cluster dev \\\n      --attach-policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess --approve"
    )]
    Iamserviceaccount(Box<CreateServiceAccount>),
    /// Register a cluster, so that tokens of its service accounts can be exchanged
    #[command(
        after_help = "Examples:\n  rolecall create cluster --name prod --kubeconfig ~/.kube/config\n  kubectl get --raw /openid/v1/jwks > keys.json\n  rolecall create cluster --name prod --issuer https://kubernetes.default.svc.cluster.local --jwks keys.json\n  rolecall create cluster --name prod --jwks keys.json      # start kube-apiserver with the issuer that this prints"
    )]
    Cluster(CreateCluster),
    /// Make an account, as the operator: the root of the installation's first account
    #[command(after_help = "Example:\n  rolecall create account --id 210987654321")]
    Account(revoke::CreateAccount),
}

/// Options of `rolecall create cluster`.
#[derive(Debug, Args)]
pub(crate) struct CreateCluster {
    /// Name of the cluster
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// The issuer that its tokens name (`--service-account-issuer` of its API server) [default: one that is hosted here]
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// The keys of its tokens, a JSON Web Key Set; for a cluster that exists already, its new keys
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// Ask the API server of this kubeconfig for both
    #[arg(long, value_name = "FILE", conflicts_with_all = ["issuer", "jwks"])]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context in the kubeconfig [default: its current one]
    #[arg(long, value_name = "NAME", requires = "kubeconfig")]
    pub(crate) context: Option<String>,
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Options of `rolecall create iamserviceaccount`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of eksctl's grammar")]
pub(crate) struct CreateServiceAccount {
    /// Name of the cluster
    #[arg(short, long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Name of the service account
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Namespace of the service account [default: default]
    #[arg(long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// ARNs of managed policies to attach; repeat or separate by commas
    #[arg(long, value_name = "ARN", value_delimiter = ',')]
    pub(crate) attach_policy_arn: Vec<String>,
    /// A policy document to put into the role as an inline policy
    #[arg(long, value_name = "FILE")]
    pub(crate) attach_policy: Option<PathBuf>,
    /// An existing role to annotate the service account with, instead of creating one
    #[arg(long, value_name = "ARN")]
    pub(crate) attach_role_arn: Option<String>,
    /// Name of the role [default: made from the cluster, the namespace and the name]
    #[arg(long, value_name = "NAME")]
    pub(crate) role_name: Option<String>,
    /// Create only the role, leave Kubernetes alone
    #[arg(long)]
    pub(crate) role_only: bool,
    /// ARN of the managed policy that bounds the role's permissions
    #[arg(long, value_name = "ARN")]
    pub(crate) permissions_boundary: Option<String>,
    /// Tags of the role; repeat or separate by commas
    #[arg(long, value_name = "KEY=VALUE", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// Annotate service accounts that exist already
    #[arg(long)]
    pub(crate) override_existing_serviceaccounts: bool,
    /// A `ClusterConfig` file to take `iam.serviceAccounts` from
    #[arg(short = 'f', long, value_name = "FILE")]
    pub(crate) config_file: Option<PathBuf>,
    /// Apply the plan; without it the plan is printed and nothing changes
    #[arg(long)]
    pub(crate) approve: bool,
    /// Print the plan and change nothing, whatever else is said
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `rolecall get …`
#[derive(Debug, Subcommand)]
pub(crate) enum Get {
    /// List service accounts that have a role
    #[command(after_help = "Example:\n  rolecall get iamserviceaccount --cluster dev")]
    Iamserviceaccount(GetServiceAccount),
    /// List clusters
    #[command(after_help = "Example:\n  rolecall get cluster -o json")]
    Cluster(GetCluster),
    /// List the revocations in force
    #[command(after_help = "Example:\n  rolecall get revocation -o json")]
    Revocation(revoke::Common),
    /// List the accounts, as the operator
    #[command(after_help = "Example:\n  rolecall get account")]
    Account(revoke::Common),
}

/// Options of `rolecall get iamserviceaccount`.
#[derive(Debug, Args)]
pub(crate) struct GetServiceAccount {
    /// Name of the cluster
    #[arg(short, long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Only this service account
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Only this namespace
    #[arg(long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Options of `rolecall get cluster`.
#[derive(Debug, Args)]
pub(crate) struct GetCluster {
    /// Only this cluster
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Which account and region a verb speaks to.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// AWS region [default: as every AWS tool finds it]
    #[arg(long, value_name = "REGION", global = true)]
    pub(crate) region: Option<String>,
    /// AWS profile [default: as every AWS tool finds it]
    #[arg(long, value_name = "PROFILE", global = true)]
    pub(crate) profile: Option<String>,
}

/// Options of `rolecall delete cluster`.
#[derive(Debug, Args)]
pub(crate) struct DeleteCluster {
    /// Name of the cluster
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `rolecall delete …`
#[derive(Debug, Subcommand)]
pub(crate) enum Delete {
    /// Forget a cluster: no token of its service accounts is accepted any more
    #[command(after_help = "Example:\n  rolecall delete cluster --name prod")]
    Cluster(DeleteCluster),
    /// Delete a service account's role, and the service account if this program made it
    #[command(
        after_help = "Example:\n  rolecall delete iamserviceaccount --name iam-test --namespace default --cluster dev"
    )]
    Iamserviceaccount(DeleteServiceAccount),
    /// Undo a revocation: what is not over is accepted again
    #[command(after_help = "Example:\n  rolecall delete revocation rv-00112233445566778899aabbccddeeff")]
    Revocation(revoke::DeleteRevocation),
    /// Remove an account and all that is in it, as the operator
    #[command(after_help = "Example:\n  rolecall delete account --id 210987654321 --approve")]
    Account(revoke::DeleteAccount),
}

/// Options of `rolecall delete iamserviceaccount`.
#[derive(Debug, Args)]
pub(crate) struct DeleteServiceAccount {
    /// Name of the cluster
    #[arg(short, long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Name of the service account
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Namespace of the service account
    #[arg(long, value_name = "NAMESPACE", default_value = "default")]
    pub(crate) namespace: String,
    /// Say what would be deleted, and delete nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `rolecall utils …`
#[derive(Debug, Subcommand)]
pub(crate) enum Utils {
    /// Register the cluster's issuer as an IAM OIDC provider
    #[command(after_help = "Example:\n  rolecall utils associate-iam-oidc-provider --cluster dev --approve")]
    AssociateIamOidcProvider(AssociateProvider),
}

/// Options of `rolecall utils associate-iam-oidc-provider`.
#[derive(Debug, Args)]
pub(crate) struct AssociateProvider {
    /// Name of the cluster
    #[arg(short, long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Apply the plan; without it the plan is printed and nothing changes
    #[arg(long)]
    pub(crate) approve: bool,
    /// Which account and region
    #[command(flatten)]
    pub(crate) place: Place,
}

/// `rolecall token …`
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Print a token of a service account, as `kubectl create token` does
    #[command(after_help = "Example:\n  rolecall token create default/iam-test --audience sts.amazonaws.com")]
    Create(CreateToken),
}

/// Options of `rolecall token create`.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// The service account
    #[arg(value_name = "NAMESPACE/NAME")]
    pub(crate) service_account: ServiceAccountName,
    /// Audience of the token; repeat for more
    #[arg(long, value_name = "AUDIENCE", required = true)]
    pub(crate) audience: Vec<String>,
    /// Life of the token, such as 600s, 10m or 24h (at least 10 minutes)
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    pub(crate) duration: std::time::Duration,
}

/// `rolecall policy …`
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Decide the requests of a file of cases
    #[command(after_help = "Example:\n  rolecall policy evaluate --cases cases.jsonl --explain")]
    Evaluate {
        /// One case a line (JSON)
        #[arg(long, value_name = "FILE")]
        cases: PathBuf,
        /// Also print each layer's own result and the statements that decided it
        #[arg(long)]
        explain: bool,
    },
    /// Check policies, and the annotations of service accounts in Kubernetes manifests
    #[command(
        after_help = "Exit codes: 0 without errors and security warnings, 1 with one, 2 if a file cannot be read.\n\nExamples:\n  rolecall policy lint policies/*.json serviceaccount.yaml\n  rolecall policy lint --type trust --live --format sarif -"
    )]
    Lint(Lint),
    /// List everybody who could do something, by what path, and on what it depends
    #[command(
        after_help = "What is not known of a request (its source address, MFA, session tags…) stays open; --context says it.\n\nExamples:\n  rolecall policy who-can s3:GetObject arn:aws:s3:::reports/hello.txt\n  rolecall policy who-can iam:ListUsers '*' --context aws:MultiFactorAuthPresent=false -o json"
    )]
    WhoCan(WhoCan),
}

/// Options of `rolecall policy who-can`.
#[derive(Debug, Args)]
pub(crate) struct WhoCan {
    /// One action, such as s3:GetObject
    pub(crate) action: String,
    /// One ARN, or `*` for an action that has no resource
    pub(crate) resource: String,
    /// A condition key that is known, and its value; repeat for more
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,
    /// How to print
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Options of `rolecall policy lint`.
#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// Policies (JSON) and manifests (YAML or JSON); `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What the policies are for [default: guessed from each document]
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    pub(crate) policy_type: Option<PolicyType>,
    /// How to print
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub(crate) format: LintFormat,
    /// ARN of an OIDC provider that exists; repeat for all of them. Trust in any other is an error
    #[arg(long, value_name = "ARN")]
    pub(crate) provider: Vec<String>,
    /// Ask the control plane which OIDC providers exist
    #[arg(long)]
    pub(crate) live: bool,
}

/// What a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyType {
    /// Attached to a user, group or role
    Identity,
    /// Attached to a resource
    Resource,
    /// A role's trust policy
    Trust,
    /// A service control policy
    Scp,
    /// A resource control policy
    Rcp,
    /// A permissions boundary
    Boundary,
    /// A session policy
    Session,
}

impl From<PolicyType> for rolecall_policy::lint::PolicyType {
    fn from(kind: PolicyType) -> Self {
        match kind {
            PolicyType::Identity => Self::Identity,
            PolicyType::Resource => Self::Resource,
            PolicyType::Trust => Self::Trust,
            PolicyType::Scp => Self::Scp,
            PolicyType::Rcp => Self::Rcp,
            PolicyType::Boundary => Self::Boundary,
            PolicyType::Session => Self::Session,
        }
    }
}

/// How to print findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For code hosts (SARIF 2.1.0)
    Sarif,
}

/// A service account, as `NAMESPACE/NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceAccountName {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl std::str::FromStr for ServiceAccountName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (namespace, name) = text
            .split_once('/')
            .ok_or_else(|| format!("`{text}` is not NAMESPACE/NAME"))?;
        for (what, part, longest) in [("namespace", namespace, 63), ("name", name, 253)] {
            if !is_dns_name(part, longest) {
                return Err(format!(
                    "the {what} `{part}` is no Kubernetes name: lower-case letters, digits, `-` and `.`, at most {longest}"
                ));
            }
        }
        Ok(Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl std::fmt::Display for ServiceAccountName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// Whether `text` is a DNS subdomain as Kubernetes names are (Kubernetes: Object Names and IDs).
pub(crate) fn is_dns_name(text: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.len() <= longest
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
        && text
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let wrong = || format!("`{text}` is not a duration such as 600s, 10m or 24h");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..).unwrap_or_default();
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" | "" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => return Err(wrong()),
    };
    seconds.map(std::time::Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn a_tutorials_command_parses_when_its_first_word_is_changed() {
        let words = "rolecall create iamserviceaccount --name iam-test --namespace default --cluster dev \
             --attach-policy-arn arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess --approve --override-existing-serviceaccounts";
        assert!(Cli::try_parse_from(words.split_whitespace()).is_ok());
    }

    #[test]
    fn service_accounts_are_named_by_namespace_and_name() {
        assert_eq!(
            "a/b".parse(),
            Ok(ServiceAccountName {
                namespace: "a".into(),
                name: "b".into()
            })
        );
        for wrong in ["a", "a/", "/b", "A/b", "a/b/c", "a/-b", "../b"] {
            assert!(wrong.parse::<ServiceAccountName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("24h"), Ok(std::time::Duration::from_hours(24)));
        assert_eq!(duration("600"), Ok(std::time::Duration::from_mins(10)));
        assert!(duration("1d").is_err());
        assert!(duration("18446744073709551615h").is_err());
    }
}
