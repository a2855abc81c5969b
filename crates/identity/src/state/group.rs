//! Groups of users.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, UniqueId};
use serde::{Deserialize, Serialize};

use super::{Entity, Indexed, Snapshot, User, account_of, lower, of_account};

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
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
    /// Its policies. Groups have neither a boundary nor tags.
    #[serde(flatten)]
    pub entity: Entity,
}

/// Users name their groups by unique id, so that a group's name may change, and one made anew has nobody in it.
impl Indexed for User {
    fn index(&self, snapshot: &mut Snapshot, is_there: bool) {
        for id in &self.groups {
            let member = (id.to_string(), lower(&self.name));
            if is_there {
                snapshot.members.insert(member);
            } else {
                snapshot.members.remove(&member);
            }
        }
    }
}

impl Snapshot {
    /// A group by its name, ignoring case.
    pub fn group(&self, account: AccountId, name: &str) -> Option<&Arc<Group>> {
        self.groups.get(&(account, lower(name)))
    }

    /// All groups of an account in the order of their names.
    pub fn groups(&self, account: AccountId) -> impl Iterator<Item = &Arc<Group>> {
        of_account(&self.groups, account)
    }

    /// How many groups an account has.
    pub fn group_count(&self, account: AccountId) -> usize {
        self.counts.get(&(account, "group")).copied().unwrap_or(0)
    }

    /// The groups that a user is in, in the order in which they were joined.
    pub fn groups_of(&self, user: &User) -> impl Iterator<Item = &Arc<Group>> {
        let account = account_of(user.arn.as_str());
        user.groups.iter().filter_map(move |id| {
            let place = self.places.get(id.as_str())?;
            let group = self.groups.get(place)?;
            (place.0 == account && group.id == *id).then_some(group)
        })
    }

    /// The users in a group, in the order of their names.
    pub fn members(&self, group: &Group) -> impl Iterator<Item = &Arc<User>> {
        let account = account_of(group.arn.as_str());
        let id = group.id.to_string();
        self.members
            .range((id.clone(), String::new())..)
            .take_while(move |(of, _)| *of == id)
            .filter_map(move |(_, name)| self.users.get(&(account, name.clone())))
    }
}
