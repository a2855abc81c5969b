//! Users.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, IdKind, Path, UserName};

use super::{
    Holder, Page,
    attachment::demand_boundary,
    group,
    holder::{check_unused, must_first},
    login_profile,
    resource::{Tagged, rename, renamed},
    tags,
};
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    state::{AccessKey, Entity, Snapshot, Tag, User, from},
    transaction::Transaction,
};

/// `CreateUser`
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// `UserName`
    pub name: UserName,
    /// `Path`
    pub path: Path,
    /// `PermissionsBoundary`
    pub boundary: Option<&'a str>,
    /// `Tags`
    pub tags: &'a [Tag],
}

/// The ARN of a user.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("user{path}{name}"))
}

/// `CreateUser`
pub fn create(tx: &mut Transaction<'_>, permit: Permit<op::CreateUser>, new: &NewUser<'_>) -> Result<User, Error> {
    let account = permit.account();
    let name = new.name.as_str();
    let arn = arn(account, new.path.as_str(), name);
    permit.covers(&arn)?;
    if tx.snapshot().user(account, name).is_some() {
        return Err(taken(name));
    }
    let (count, limit) = (tx.snapshot().user_count(account), tx.quotas().users);
    tx.counts(account, "users", count, limit, || {
        format!("Cannot exceed quota for UsersPerAccount: {limit}")
    })?;
    if let Some(boundary) = new.boundary {
        demand_boundary(tx, account, boundary)?;
    }
    tags::check(User::KEYS, new.tags, tx.quotas().tags)?;
    let user = User {
        name: name.to_owned(),
        path: new.path.to_string(),
        id: tx.unique_id(IdKind::User)?,
        arn,
        created: tx.seconds(),
        groups: Vec::new(),
        entity: Entity {
            boundary: new.boundary.map(str::to_owned),
            tags: new.tags.to_vec(),
            ..Entity::default()
        },
    };
    tx.put(&user)?;
    Ok(user)
}

/// `GetUser`
pub fn get(snapshot: &Snapshot, account: AccountId, name: &str) -> Result<Arc<User>, Error> {
    User::get(snapshot, account, name).cloned()
}

/// `ListUsers`, by name.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    path_prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Page<Arc<User>> {
    Page::named(from(&snapshot.users, account, after), path_prefix, after, limit)
}

/// `UpdateUser`: another name, another path, or both. The unique id stays, and so do the access keys, the password and
/// the groups.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateUser>,
    name: &str,
    new_name: Option<&UserName>,
    new_path: Option<&Path>,
) -> Result<(), Error> {
    let account = permit.account();
    let new_name = new_name.map(UserName::as_str);
    let (before, user) = rename::<User, _>(tx, &permit, name, new_name, new_path)?;
    let keys: Vec<Arc<AccessKey>> = tx
        .snapshot()
        .access_keys(account, Some(&before.name))
        .cloned()
        .collect();
    login_profile::rename(tx, account, &before.name, &user.name)?;
    for key in keys {
        let mut key = AccessKey::clone(&key);
        key.user = Some(user.name.clone());
        tx.put(&key)?;
    }
    Ok(())
}

/// `DeleteUser`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteUser>, name: &str) -> Result<(), Error> {
    let user = get(tx.snapshot(), permit.account(), name)?;
    permit.covers(&user.arn)?;
    check_unused(&user.entity)?;
    let (snapshot, account, id) = (tx.snapshot(), permit.account(), &user.id);
    let has_objects = snapshot.ssh_public_keys_of(account, id).next().is_some()
        || snapshot.service_credentials_of(account, id).next().is_some();
    let conflicts = [
        (
            snapshot.access_keys(account, Some(&user.name)).next().is_some(),
            "delete access keys",
        ),
        (
            snapshot.login_profile(account, &user.name).is_some(),
            "delete login profile",
        ),
        (
            snapshot.signing_certificates_of(account, Some(id)).next().is_some(),
            "delete certificates",
        ),
        (
            snapshot.mfa_devices_of(account, id).next().is_some(),
            "delete MFA device",
        ),
        (has_objects, "remove referenced objects"),
    ];
    if let Some((_, first)) = conflicts.into_iter().find(|(stands, _)| *stands) {
        return Err(must_first(first));
    }
    if !user.groups.is_empty() {
        return Err(group::has_members());
    }
    tx.delete(&*user);
    Ok(())
}

/// Checks the permit against the user, and writes the user as it is: one who deletes the user at the same time would
/// otherwise leave behind what is being made for them, and two who make the last of a kind would both see room.
pub(crate) fn hold<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    name: &str,
) -> Result<Arc<User>, Error> {
    let user = Arc::clone(User::get(tx.snapshot(), permit.account(), name)?);
    permit.covers(&user.arn)?;
    tx.put(&*user)?;
    Ok(user)
}

renamed!(User);

fn taken(name: &str) -> Error {
    Error::AlreadyExists(format!("User with name {name} already exists."))
}
