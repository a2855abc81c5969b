//! Instance profiles, by which a role is handed to a machine.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, UniqueId};
use serde::{Deserialize, Serialize};

use super::{Kept, Role, Snapshot, Tag, account_of, lower, of_account};

/// An instance profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// Its name, as it was given.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its unique id.
    pub id: UniqueId,
    /// Its ARN.
    pub arn: Arn,
    /// When it was made, in seconds.
    pub created: i64,
    /// The name of its role, if it has one. The role is not deleted while it is named here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl Snapshot {
    /// An instance profile by its name, ignoring case.
    pub fn instance_profile(&self, account: AccountId, name: &str) -> Option<&Arc<InstanceProfile>> {
        self.instance_profiles.get(&(account, lower(name)))
    }

    /// All instance profiles of an account in the order of their names.
    pub fn instance_profiles(&self, account: AccountId) -> impl Iterator<Item = &Arc<InstanceProfile>> {
        of_account(&self.instance_profiles, account)
    }

    /// How many instance profiles an account has.
    pub fn instance_profile_count(&self, account: AccountId) -> usize {
        let key = (account, InstanceProfile::KIND);
        self.counts.get(&key).copied().unwrap_or(0)
    }

    /// The instance profiles that a role is in, in the order of their names.
    pub fn instance_profiles_of(&self, role: &Role) -> impl Iterator<Item = &Arc<InstanceProfile>> {
        self.instance_profiles(account_of(role.arn.as_str()))
            .filter(|profile| profile.role.as_deref() == Some(role.name.as_str()))
    }
}
