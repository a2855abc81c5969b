//! What became of deletions of service-linked roles.

use std::sync::Arc;

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{Snapshot, lower, of_account};

/// The last deletion of a service-linked role that was asked for, for who asks what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDeletion {
    /// The account.
    pub account: AccountId,
    /// The role's name.
    pub role: String,
    /// The id of the task.
    pub task: String,
    /// When it was asked for, in seconds.
    pub asked: i64,
    /// Who still used the role, if it was not deleted for that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<RoleUser>,
}

/// A resource that uses a service-linked role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleUser {
    /// Its region.
    pub region: String,
    /// Its ARN.
    pub arn: String,
}

impl Snapshot {
    /// The last deletion of the service-linked role of this name.
    pub fn role_deletion(&self, account: AccountId, role: &str) -> Option<&Arc<RoleDeletion>> {
        self.role_deletions.get(&(account, lower(role)))
    }

    /// All deletions of service-linked roles that are remembered.
    pub fn role_deletions(&self, account: AccountId) -> impl Iterator<Item = &Arc<RoleDeletion>> {
        of_account(&self.role_deletions, account)
    }
}
