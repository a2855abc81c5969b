//! Everything of an account at once: `GetAccountAuthorizationDetails`.

use std::{collections::BTreeMap, sync::Arc};

use imbl::OrdMap;
use rolecall_names::AccountId;

use super::{
    Page,
    policy::{self, Found},
};
use crate::{
    managed,
    state::{Attachments, Group, Role, Snapshot, User, from},
};

/// What is asked for (`Filter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "AWS's filter is a list of switches")]
pub struct Wanted {
    /// `User`
    pub users: bool,
    /// `Group`
    pub groups: bool,
    /// `Role`
    pub roles: bool,
    /// `LocalManagedPolicy`
    pub local: bool,
    /// `AWSManagedPolicy`: those that somebody has.
    pub aws: bool,
}

impl Wanted {
    /// All of it.
    pub const ALL: Self = Self {
        users: true,
        groups: true,
        roles: true,
        local: true,
        aws: true,
    };
}

/// A part of the answer.
#[derive(Debug, Clone)]
pub enum Detail {
    /// `UserDetailList`
    User(Arc<User>),
    /// `GroupDetailList`
    Group(Arc<Group>),
    /// `RoleDetailList`
    Role(Arc<Role>),
    /// `Policies`
    Policy(Found),
}

impl Detail {
    /// Where it stands in the list of all: users, groups, roles, policies of the account, those of AWS, each by name.
    fn key(&self) -> String {
        match self {
            Self::User(user) => format!("0/{}", user.name.to_ascii_lowercase()),
            Self::Group(group) => format!("1/{}", group.name.to_ascii_lowercase()),
            Self::Role(role) => format!("2/{}", role.name.to_ascii_lowercase()),
            Self::Policy(Found::Own(policy)) => format!("3/{}", policy.name.to_ascii_lowercase()),
            Self::Policy(Found::Aws(policy)) => format!("4/{}", policy.name.to_ascii_lowercase()),
        }
    }
}

/// `GetAccountAuthorizationDetails`
pub fn list<'a>(
    snapshot: &'a Snapshot,
    account: AccountId,
    wanted: Wanted,
    after: Option<&str>,
    limit: usize,
) -> Page<Detail> {
    let users = part(&snapshot.users, account, wanted.users, '0', after).map(Detail::User);
    let groups = part(&snapshot.groups, account, wanted.groups, '1', after).map(Detail::Group);
    let roles = part(&snapshot.roles, account, wanted.roles, '2', after).map(Detail::Role);
    let own = part(&snapshot.policies, account, wanted.local, '3', after);
    let own = own.map(|policy| Detail::Policy(Found::Own(policy)));
    let mut aws: Vec<Detail> = Vec::new();
    if wanted.aws {
        let of = |index: &'a Attachments| index.policies(account, policy::AWS).filter_map(managed::find);
        let used: BTreeMap<_, _> = of(&snapshot.attachments)
            .chain(of(&snapshot.boundaries))
            .map(|policy| (policy.arn, policy))
            .collect();
        aws.extend(used.into_values().map(|policy| Detail::Policy(Found::Aws(policy))));
        aws.sort_by_cached_key(Detail::key);
    }
    Page::of(
        users.chain(groups).chain(roles).chain(own).chain(aws),
        Detail::key,
        after,
        limit,
    )
}

/// A part of the list of all, from where the page before ended: nothing, if that was in a later part.
fn part<'a, T>(
    of: &'a OrdMap<(AccountId, String), Arc<T>>,
    account: AccountId,
    wanted: bool,
    number: char,
    after: Option<&str>,
) -> impl Iterator<Item = Arc<T>> + use<'a, T> {
    let start = match after.and_then(|after| after.split_once('/')) {
        Some((part, name)) if part == number.to_string() => Some(Some(name)),
        Some((part, _)) if part > number.to_string().as_str() => None,
        _ => Some(None),
    };
    let start = start.filter(|_| wanted);
    start
        .map(|start| from(of, account, start))
        .into_iter()
        .flatten()
        .cloned()
}
