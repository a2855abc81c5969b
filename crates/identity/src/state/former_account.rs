//! Accounts that were removed.

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

/// What stays of an account: that its id is never given to another, which the policies that name the account would trust
/// (threat 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerAccount {
    /// Its id.
    pub id: AccountId,
    /// When it was removed, in seconds.
    pub removed: i64,
}
