//! How much there may be of everything (IAM User Guide: IAM and AWS STS quotas). AWS's defaults; an operator may raise them.

use serde::{Deserialize, Serialize};

/// The limits in force. In a configuration file they are the table `[quotas]`, such as `policies-per-role = 20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quotas {
    /// Roles in an account.
    pub roles: usize,
    /// Users in an account.
    pub users: usize,
    /// Groups in an account.
    pub groups: usize,
    /// Groups that one user is in.
    pub groups_per_user: usize,
    /// Instance profiles in an account.
    pub instance_profiles: usize,
    /// Customer managed policies in an account.
    pub policies: usize,
    /// OIDC providers in an account.
    pub providers: usize,
    /// Clusters in an account.
    pub clusters: usize,
    /// Buckets in an account.
    pub buckets: usize,
    /// Managed policies attached to one role.
    pub policies_per_role: usize,
    /// Managed policies attached to one user.
    pub policies_per_user: usize,
    /// Managed policies attached to one group.
    pub policies_per_group: usize,
    /// Versions kept of one managed policy.
    pub policy_versions: usize,
    /// Characters of a managed policy, white space left out.
    pub policy_size: usize,
    /// Characters of a trust policy, white space left out.
    pub trust_policy_size: usize,
    /// Characters of all inline policies of a role.
    pub role_inline_size: usize,
    /// Characters of all inline policies of a user.
    pub user_inline_size: usize,
    /// Characters of all inline policies of a group.
    pub group_inline_size: usize,
    /// Characters of a bucket's policy (Amazon S3 User Guide: Bucket policies).
    pub bucket_policy_size: usize,
    /// Access keys of a user.
    pub access_keys: usize,
    /// Public keys for SSH of a user.
    pub ssh_public_keys: usize,
    /// Signing certificates of a user, or of the root.
    pub signing_certificates: usize,
    /// Credentials of a user for one service.
    pub service_credentials: usize,
    /// Server certificates in an account.
    pub server_certificates: usize,
    /// SAML providers in an account.
    pub saml_providers: usize,
    /// MFA devices of a user.
    pub mfa_devices: usize,
    /// Audiences of a provider.
    pub client_ids: usize,
    /// Thumbprints of a provider.
    pub thumbprints: usize,
    /// Tags of a resource.
    pub tags: usize,
    /// Revocations of an account; when they are more, one of all sessions until then takes their place.
    pub revocations: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            roles: 1000,
            users: 5000,
            groups: 300,
            groups_per_user: 10,
            instance_profiles: 1000,
            policies: 1500,
            providers: 100,
            clusters: 100,
            buckets: 10_000,
            policies_per_role: 10,
            policies_per_user: 10,
            policies_per_group: 10,
            policy_versions: 5,
            policy_size: 6144,
            trust_policy_size: 2048,
            role_inline_size: 10_240,
            user_inline_size: 2048,
            group_inline_size: 5120,
            bucket_policy_size: 20_480,
            access_keys: 2,
            ssh_public_keys: 5,
            signing_certificates: 2,
            service_credentials: 2,
            server_certificates: 20,
            saml_providers: 100,
            mfa_devices: 8,
            client_ids: 100,
            thumbprints: 5,
            tags: 50,
            revocations: 10_000,
        }
    }
}
