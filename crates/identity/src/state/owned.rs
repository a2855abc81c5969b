//! Records that belong to a user: by their account and id, and by whose they are.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use rolecall_names::AccountId;

/// Such a record.
pub(crate) trait OfUser: Clone {
    /// Its account.
    fn account(&self) -> AccountId;

    /// What tells it from others of its kind in the account.
    fn id(&self) -> String;

    /// The unique id of the user whose it is, so that a new name changes nothing and a user of the same name inherits
    /// nothing (threat 6). Empty for the account's root; none for what nobody has.
    fn owner(&self) -> Option<String>;
}

/// All records of a kind.
#[derive(Debug, Clone)]
pub(crate) struct Owned<T: OfUser> {
    records: OrdMap<(AccountId, String), Arc<T>>,
    /// Account, owner and id.
    owners: OrdSet<(AccountId, String, String)>,
}

impl<T: OfUser> Default for Owned<T> {
    fn default() -> Self {
        Self {
            records: OrdMap::new(),
            owners: OrdSet::new(),
        }
    }
}

impl<T: OfUser> Owned<T> {
    pub(super) fn insert(&mut self, record: T) {
        let key = (record.account(), record.id());
        // It may have been somebody else's.
        self.remove(&key);
        if let Some(owner) = record.owner() {
            self.owners.insert((key.0, owner, key.1.clone()));
        }
        self.records.insert(key, Arc::new(record));
    }

    pub(super) fn remove(&mut self, key: &(AccountId, String)) {
        if let Some(record) = self.records.remove(key)
            && let Some(owner) = record.owner()
        {
            self.owners.remove(&(key.0, owner, key.1.clone()));
        }
    }

    pub(crate) fn get(&self, account: AccountId, id: &str) -> Option<&Arc<T>> {
        self.records.get(&(account, id.to_owned()))
    }

    /// Those of an account, by id.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Arc<T>> {
        super::of_account(&self.records, account)
    }

    /// Those of a user, by id; `owner` as [`OfUser::owner`] tells it.
    pub(crate) fn of_user(&self, account: AccountId, owner: &str) -> impl Iterator<Item = &Arc<T>> {
        self.owners
            .range((account, owner.to_owned(), String::new())..)
            .take_while(move |(of, whose, _)| *of == account && whose == owner)
            .filter_map(|(of, _, id)| self.records.get(&(*of, id.clone())))
    }
}

/// Implements [`Kept`](super::Kept) for a kind of such records, which are at `KIND/ACCOUNT/ID`.
macro_rules! kept_of_user {
    ($type:ident, $field:ident, $kind:literal) => {
        impl Kept for $type {
            const KIND: &'static str = $kind;

            fn place(&self) -> String {
                format!("{}/{}", OfUser::account(self), OfUser::id(self))
            }

            fn insert(self, snapshot: &mut Snapshot) {
                snapshot.$field.insert(self);
            }

            fn remove(&self, snapshot: &mut Snapshot) {
                snapshot.$field.remove(&(OfUser::account(self), OfUser::id(self)));
            }

            fn forget(place: &str, snapshot: &mut Snapshot) {
                if let Some(key) = split(place) {
                    snapshot.$field.remove(&key);
                }
            }
        }
    };
}
pub(super) use kept_of_user;
