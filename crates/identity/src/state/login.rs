//! What is kept of passwords, and what an account demands of them.

use std::sync::Arc;

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{Snapshot, lower};
use crate::password::Derivation;

/// What an account demands of its users' passwords.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "AWS's policy is a list of switches")]
pub struct PasswordPolicy {
    /// The account.
    pub account: AccountId,
    /// The fewest characters.
    pub minimum_length: i32,
    /// One of AWS's symbols at least.
    pub symbols: bool,
    /// One digit at least.
    pub numbers: bool,
    /// One of `A` to `Z` at least.
    pub uppercase: bool,
    /// One of `a` to `z` at least.
    pub lowercase: bool,
    /// `AllowUsersToChangePassword`
    pub users_may_change: bool,
    /// After how many days a password expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i32>,
    /// How many of a user's last passwords may not come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse_prevention: Option<i32>,
    /// Whether users cannot change a password that has expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_expiry: Option<bool>,
}

/// A user's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// The account.
    pub account: AccountId,
    /// The user's name.
    pub user: String,
    /// When it was made, in seconds.
    pub created: i64,
    /// When the password was set, in seconds.
    pub changed: i64,
    /// Whether the user has to set another.
    pub reset_required: bool,
    /// How the hashes come of passwords.
    pub derivation: Derivation,
    /// The hashes of the password and of those before, newest first.
    pub hashes: Vec<String>,
}

impl Snapshot {
    /// What an account demands of passwords, if it says so itself.
    pub fn password_policy(&self, account: AccountId) -> Option<&Arc<PasswordPolicy>> {
        self.password_policies.get(&account)
    }

    /// A user's password.
    pub fn login_profile(&self, account: AccountId, user: &str) -> Option<&Arc<LoginProfile>> {
        self.login_profiles.get(&(account, lower(user)))
    }
}
