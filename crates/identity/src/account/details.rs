//! Everything of an account at once: `GetAccountAuthorizationDetails`.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::{Page, policy::Found};
use crate::{
    managed,
    state::{Group, Role, Snapshot, User},
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
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    wanted: Wanted,
    after: Option<&str>,
    limit: usize,
) -> Page<Detail> {
    let users = snapshot
        .users(account)
        .filter(|_| wanted.users)
        .cloned()
        .map(Detail::User);
    let roles = snapshot
        .roles(account)
        .filter(|_| wanted.roles)
        .cloned()
        .map(Detail::Role);
    let groups = snapshot
        .groups(account)
        .filter(|_| wanted.groups)
        .cloned()
        .map(Detail::Group);
    let own = snapshot.policies(account).filter(|_| wanted.local).cloned();
    let own = own.map(|policy| Detail::Policy(Found::Own(policy)));
    let mut aws: Vec<Detail> = Vec::new();
    if wanted.aws {
        let used = managed::all().iter().filter(|policy| {
            snapshot.attachment_count(account, policy.arn) > 0 || snapshot.boundary_count(account, policy.arn) > 0
        });
        aws.extend(used.map(|policy| Detail::Policy(Found::Aws(policy))));
        aws.sort_by_cached_key(Detail::key);
    }
    Page::of(
        users.chain(groups).chain(roles).chain(own).chain(aws),
        Detail::key,
        after,
        limit,
    )
}
