//! Names of accounts.

use std::sync::Arc;

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{Kept, Snapshot};

/// The alias of an account. No two accounts of an installation have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountAlias {
    /// The alias.
    pub alias: String,
    /// The account.
    pub account: AccountId,
}

impl Kept for AccountAlias {
    const KIND: &'static str = "account-alias";

    // One key for the whole installation: the store lets nobody else have it.
    fn place(&self) -> String {
        self.alias.clone()
    }

    fn insert(self, snapshot: &mut Snapshot) {
        snapshot.aliases.insert(self.alias.clone(), Arc::new(self));
    }

    fn remove(&self, snapshot: &mut Snapshot) {
        snapshot.aliases.remove(&self.alias);
    }

    fn forget(place: &str, snapshot: &mut Snapshot) {
        snapshot.aliases.remove(place);
    }
}

impl Snapshot {
    /// The alias of an account, if it has one.
    pub fn alias_of(&self, account: AccountId) -> Option<&Arc<AccountAlias>> {
        // There are as many at most as accounts.
        self.aliases.values().find(|alias| alias.account == account)
    }

    /// Whoever has this alias.
    pub fn alias(&self, alias: &str) -> Option<&Arc<AccountAlias>> {
        self.aliases.get(alias)
    }
}
