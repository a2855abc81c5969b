//! What the webhook injects unless a service account or a pod says otherwise. Names and defaults are those of EKS's own
//! webhook (amazon-eks-pod-identity-webhook), which pods rely on.

use rolecall_names::AccountId;

/// The shortest life of a token that Kubernetes issues, in seconds (Kubernetes API Reference: `ServiceAccountTokenProjection`).
pub(super) const SHORTEST: u32 = 600;
/// A day: the default life of a token, in seconds.
pub(super) const DAY: u32 = 86_400;

/// What is injected.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The prefix of annotations and labels, without its slash.
    pub prefix: String,
    /// `AWS_REGION` and `AWS_DEFAULT_REGION` of pods that define neither.
    pub region: Option<String>,
    /// Whether `AWS_STS_REGIONAL_ENDPOINTS=regional` is set where no annotation says so.
    pub regional: bool,
    /// The partition and account of roles that are named without an ARN. Without it such a name is no role.
    pub home: Option<(String, AccountId)>,
    /// Variables that every pod with a role gets, such as `AWS_ENDPOINT_URL_STS`, in this order.
    pub environment: Vec<(String, String)>,
    /// Certificates in PEM that the SDKs are to trust. They travel with the pod, in an annotation that its volume shows as
    /// a file: never by a `ConfigMap` that somebody in the namespace may write (threat 7).
    pub ca_bundle: Option<String>,
    /// Tokens for STS.
    pub web_identity: WebIdentity,
    /// Tokens for the node's agent.
    pub container: Container,
}

/// Tokens that the SDK shows to STS itself.
#[derive(Debug, Clone)]
pub struct WebIdentity {
    /// The audience of tokens.
    pub audience: String,
    /// Where the token's folder is in a container.
    pub mount_path: String,
    /// The life of tokens, in seconds.
    pub expiration: u32,
}

/// Tokens that the SDK shows to the node's agent (EKS Pod Identity).
#[derive(Debug, Clone)]
pub struct Container {
    /// The audience of tokens.
    pub audience: String,
    /// Where the token's folder is in a container.
    pub mount_path: String,
    /// The volume's name.
    pub volume: String,
    /// The token's file in that folder.
    pub file: String,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`
    pub uri: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "eks.amazonaws.com".to_owned(),
            region: None,
            regional: false,
            home: None,
            // Without it an SDK whose exchange fails falls back to the role of the node.
            environment: vec![("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned())],
            ca_bundle: None,
            web_identity: WebIdentity {
                audience: "sts.amazonaws.com".to_owned(),
                mount_path: "/var/run/secrets/eks.amazonaws.com/serviceaccount".to_owned(),
                expiration: DAY,
            },
            container: Container {
                audience: "pods.eks.amazonaws.com".to_owned(),
                mount_path: "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount".to_owned(),
                volume: "eks-pod-identity-token".to_owned(),
                file: "eks-pod-identity-token".to_owned(),
                uri: "http://169.254.170.23/v1/credentials".to_owned(),
            },
        }
    }
}

/// A setting that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` {1}")]
pub struct SettingsError(pub(super) String, pub(super) &'static str);

impl Settings {
    /// Refuses what no pod could be created with.
    pub fn check(&self) -> Result<(), SettingsError> {
        let wrong = |text: &str, why| Err(SettingsError(text.to_owned(), why));
        for path in [&self.web_identity.mount_path, &self.container.mount_path] {
            if !path.starts_with('/') || path.contains(':') {
                return wrong(path, "is no mount path: it has to be absolute and without a colon");
            }
        }
        for audience in [&self.web_identity.audience, &self.container.audience] {
            if audience.is_empty() {
                return wrong(
                    audience,
                    "is no audience: a token for nobody in particular is a token for the API server",
                );
            }
        }
        if self.web_identity.audience == self.container.audience {
            return wrong(
                &self.container.audience,
                "is the audience of both modes: a token for one must be of no use for the other",
            );
        }
        for (name, _) in &self.environment {
            let first = name
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
            if !first || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return wrong(name, "is no name of an environment variable");
            }
        }
        if self.prefix.is_empty() || self.prefix.contains('/') {
            return wrong(
                &self.prefix,
                "is no prefix of annotations: it is a domain, without a slash",
            );
        }
        Ok(())
    }

    /// The ARN of a role that is named by its ARN, or by its path and name alone.
    pub(super) fn role(&self, text: &str) -> Option<String> {
        if text.contains("arn:") {
            return Some(text.to_owned());
        }
        let (partition, account) = self.home.as_ref()?;
        Some(format!("arn:{partition}:iam::{account}:role/{text}"))
    }
}
