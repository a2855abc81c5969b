//! How much an account has of everything, and how much it may have (IAM API Reference: `GetAccountSummary`).

use std::collections::BTreeMap;

use rolecall_names::AccountId;

use crate::{quotas::Quotas, state::Snapshot};

/// What such calls are decided on.
pub const RESOURCE: &str = "*";

/// Versions of managed policies in use; not counted against anything here.
const VERSIONS_IN_USE: usize = 10_000;

/// Each of AWS's keys, with its number.
pub fn summary(snapshot: &Snapshot, account: AccountId, quotas: &Quotas) -> BTreeMap<&'static str, usize> {
    BTreeMap::from([
        ("Users", snapshot.user_count(account)),
        ("UsersQuota", quotas.users),
        ("Groups", snapshot.group_count(account)),
        ("GroupsQuota", quotas.groups),
        ("GroupsPerUserQuota", quotas.groups_per_user),
        ("Roles", snapshot.role_count(account)),
        ("RolesQuota", quotas.roles),
        ("InstanceProfiles", snapshot.instance_profile_count(account)),
        ("InstanceProfilesQuota", quotas.instance_profiles),
        ("Policies", snapshot.policy_count(account)),
        ("PoliciesQuota", quotas.policies),
        ("PolicyVersionsInUse", versions_in_use(snapshot, account)),
        ("PolicyVersionsInUseQuota", VERSIONS_IN_USE),
        ("VersionsPerPolicyQuota", quotas.policy_versions),
        (
            "Providers",
            snapshot.providers(account).count() + snapshot.saml_providers(account).count(),
        ),
        ("PolicySizeQuota", quotas.policy_size),
        ("AssumeRolePolicySizeQuota", quotas.trust_policy_size),
        ("RolePolicySizeQuota", quotas.role_inline_size),
        ("UserPolicySizeQuota", quotas.user_inline_size),
        ("GroupPolicySizeQuota", quotas.group_inline_size),
        ("AttachedPoliciesPerRoleQuota", quotas.policies_per_role),
        ("AttachedPoliciesPerUserQuota", quotas.policies_per_user),
        ("AttachedPoliciesPerGroupQuota", quotas.policies_per_group),
        ("AccessKeysPerUserQuota", quotas.access_keys),
        // The root's own.
        (
            "AccountAccessKeysPresent",
            usize::from(snapshot.access_keys(account, None).next().is_some()),
        ),
        ("AccountPasswordPresent", 0),
        (
            "AccountSigningCertificatesPresent",
            usize::from(snapshot.signing_certificates_of(account, None).next().is_some()),
        ),
        ("AccountMFAEnabled", 0),
        ("MFADevices", snapshot.mfa_devices(account).count()),
        (
            "MFADevicesInUse",
            snapshot
                .mfa_devices(account)
                .filter(|device| device.enabled.is_some())
                .count(),
        ),
        ("ServerCertificates", snapshot.server_certificates(account).count()),
        ("ServerCertificatesQuota", quotas.server_certificates),
        ("SigningCertificatesPerUserQuota", quotas.signing_certificates),
        // Session tokens of the global endpoint are good in every region, as are all of ours: that is version 2.
        ("GlobalEndpointTokenVersion", 2),
    ])
}

/// Of each managed policy that somebody has or is bounded by, the default version is in use.
fn versions_in_use(snapshot: &Snapshot, account: AccountId) -> usize {
    let bounding = snapshot.boundaries.policies(account, "");
    let only = bounding.filter(|arn| snapshot.attachment_count(account, arn) == 0);
    snapshot.attachments.policy_count(account) + only.count()
}
