//! Groups of users (IAM User Guide: IAM user groups). Whatever policies a group has are its users' too.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, GroupName, IdKind, Path};

use super::{
    Holder as _, Page,
    holder::{check_unused, must_first},
    resource::{rename, renamed},
};
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    state::{Entity, Group, Snapshot, User, from},
    transaction::Transaction,
};

/// The ARN of a group.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("group{path}{name}"))
}

/// `CreateGroup`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateGroup>,
    name: &GroupName,
    path: &Path,
) -> Result<Group, Error> {
    let account = permit.account();
    let arn = arn(account, path.as_str(), name.as_str());
    permit.covers(&arn)?;
    if tx.snapshot().group(account, name.as_str()).is_some() {
        return Err(taken(name.as_str()));
    }
    let (count, limit) = (tx.snapshot().group_count(account), tx.quotas().groups);
    tx.counts(account, "groups", count, limit, || {
        format!("Cannot exceed quota for GroupsPerAccount: {limit}")
    })?;
    let group = Group {
        name: name.to_string(),
        path: path.to_string(),
        id: tx.unique_id(IdKind::Group)?,
        arn,
        created: tx.seconds(),
        entity: Entity::default(),
    };
    tx.put(&group)?;
    Ok(group)
}

/// The group of `GetGroup`, and a page of its users, by name.
pub fn get(
    snapshot: &Snapshot,
    account: AccountId,
    name: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<(Arc<Group>, Page<Arc<User>>), Error> {
    let group = Arc::clone(Group::get(snapshot, account, name)?);
    let page = Page::named(snapshot.members(&group), "", after, limit);
    Ok((group, page))
}

/// `ListGroups`, by name.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    path_prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Page<Arc<Group>> {
    Page::named(from(&snapshot.groups, account, after), path_prefix, after, limit)
}

/// `ListGroupsForUser`, by name.
pub fn of_user(
    snapshot: &Snapshot,
    account: AccountId,
    user: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Arc<Group>>, Error> {
    let user = User::get(snapshot, account, user)?;
    let mut groups: Vec<&Arc<Group>> = snapshot.groups_of(user).collect();
    groups.sort_by_cached_key(|group| group.name.to_ascii_lowercase());
    Ok(Page::named(groups.into_iter(), "", after, limit))
}

/// `UpdateGroup`: another name, another path, or both. The unique id stays, and so do the users in it.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateGroup>,
    name: &str,
    new_name: Option<&GroupName>,
    new_path: Option<&Path>,
) -> Result<(), Error> {
    rename::<Group, _>(tx, &permit, name, new_name.map(GroupName::as_str), new_path)?;
    Ok(())
}

/// `DeleteGroup`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteGroup>, name: &str) -> Result<(), Error> {
    let group = Arc::clone(Group::get(tx.snapshot(), permit.account(), name)?);
    permit.covers(&group.arn)?;
    if tx.snapshot().members(&group).next().is_some() {
        return Err(has_members());
    }
    check_unused(&group.entity)?;
    tx.delete(&*group);
    Ok(())
}

/// `AddUserToGroup`. Adding who is in it already changes nothing.
pub fn add_user(
    tx: &mut Transaction<'_>,
    permit: Permit<op::AddUserToGroup>,
    group: &str,
    user: &str,
) -> Result<(), Error> {
    let (group, mut user) = both(tx, &permit, group, user)?;
    if user.groups.contains(&group.id) {
        return Ok(());
    }
    let limit = tx.quotas().groups_per_user;
    if user.groups.len() >= limit {
        return Err(Error::Limit(format!("Cannot exceed quota for GroupsPerUser: {limit}")));
    }
    user.groups.push(group.id.clone());
    // The group is written as it is: whoever deletes it at this moment loses, or we do.
    tx.put(&*group)?;
    tx.put(&user)
}

/// `RemoveUserFromGroup`. Removing who is not in it changes nothing.
pub fn remove_user(
    tx: &mut Transaction<'_>,
    permit: Permit<op::RemoveUserFromGroup>,
    group: &str,
    user: &str,
) -> Result<(), Error> {
    let (group, mut user) = both(tx, &permit, group, user)?;
    if !user.groups.contains(&group.id) {
        return Ok(());
    }
    user.groups.retain(|id| *id != group.id);
    tx.put(&user)
}

/// The group that is permitted, and the user, to be changed. Of two that are not there, AWS tells of the user.
fn both<Op: Operation>(
    tx: &Transaction<'_>,
    permit: &Permit<Op>,
    group: &str,
    user: &str,
) -> Result<(Arc<Group>, User), Error> {
    let user = User::get(tx.snapshot(), permit.account(), user);
    let group = Group::get(tx.snapshot(), permit.account(), group);
    if let Ok(group) = group {
        permit.covers(&group.arn)?;
    }
    let (user, group) = (user?, group?);
    Ok((Arc::clone(group), User::clone(user)))
}

/// AWS says the same of a group that has users and of a user who is in groups.
pub(super) fn has_members() -> Error {
    must_first("remove users from group")
}

renamed!(Group);

fn taken(name: &str) -> Error {
    Error::AlreadyExists(format!("Group with name {name} already exists."))
}
