//! Roles.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, IdKind, Path, RoleName};

use super::{
    Holder, Page,
    attachment::demand_boundary,
    holder::{change, check_unused},
    instance_profile,
    resource::{Tagged, edit},
    service_linked_role, tags, trust,
};
use crate::{
    error::Error,
    permit::{Permit, op},
    state::{Entity, Role, Snapshot, Tag, from},
    transaction::Transaction,
};

/// `CreateRole`
#[derive(Debug, Clone)]
pub struct NewRole<'a> {
    /// `RoleName`
    pub name: RoleName,
    /// `Path`
    pub path: Path,
    /// `AssumeRolePolicyDocument`
    pub trust: &'a str,
    /// `Description`
    pub description: Option<&'a str>,
    /// `MaxSessionDuration`, in seconds.
    pub max_session: Option<i64>,
    /// `PermissionsBoundary`
    pub boundary: Option<&'a str>,
    /// `Tags`
    pub tags: &'a [Tag],
}

/// The ARN of a role.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("role{path}{name}"))
}

/// `CreateRole`
pub fn create(tx: &mut Transaction<'_>, permit: Permit<op::CreateRole>, new: &NewRole<'_>) -> Result<Role, Error> {
    let account = permit.account();
    let name = new.name.as_str();
    let arn = arn(account, new.path.as_str(), name);
    permit.covers(&arn)?;
    service_linked_role::demand_own_path(new.path.as_str())?;
    if tx.snapshot().role(account, name).is_some() {
        return Err(Error::AlreadyExists(format!("Role with name {name} already exists.")));
    }
    count(tx, account)?;
    let (trust, principals) = trust::read(tx, new.trust)?;
    if let Some(boundary) = new.boundary {
        demand_boundary(tx, account, boundary)?;
    }
    tags::check(Role::KEYS, new.tags, tx.quotas().tags)?;
    let role = Role {
        name: name.to_owned(),
        path: new.path.to_string(),
        id: tx.unique_id(IdKind::Role)?,
        arn,
        created: tx.seconds(),
        description: new.description.map(str::to_owned),
        max_session: new.max_session.unwrap_or(3600),
        trust,
        principals,
        entity: Entity {
            boundary: new.boundary.map(str::to_owned),
            tags: new.tags.to_vec(),
            ..Entity::default()
        },
    };
    tx.put(&role)?;
    Ok(role)
}

/// Fails unless one more role fits into the account.
pub(super) fn count(tx: &mut Transaction<'_>, account: AccountId) -> Result<(), Error> {
    let (count, limit) = (tx.snapshot().role_count(account), tx.quotas().roles);
    tx.counts(account, "roles", count, limit, || {
        format!("Cannot exceed quota for RolesPerAccount: {limit}")
    })
}

/// `GetRole`
pub fn get(snapshot: &Snapshot, account: AccountId, name: &str) -> Result<Arc<Role>, Error> {
    Role::get(snapshot, account, name).cloned()
}

/// `ListRoles`, by name.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    path_prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Page<Arc<Role>> {
    Page::named(from(&snapshot.roles, account, after), path_prefix, after, limit)
}

/// `UpdateRole`: what is not given stays.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateRole>,
    name: &str,
    description: Option<&str>,
    max_session: Option<i64>,
) -> Result<Role, Error> {
    edit(tx, &permit, name, |role: &mut Role, _| {
        if let Some(description) = description {
            role.description = Some(description.to_owned());
        }
        if let Some(max_session) = max_session {
            service_linked_role::demand_modifiable(role)?;
            role.max_session = max_session;
        }
        Ok(())
    })
}

/// `UpdateRoleDescription`
pub fn update_description(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateRoleDescription>,
    name: &str,
    description: &str,
) -> Result<Role, Error> {
    edit(tx, &permit, name, |role: &mut Role, _| {
        role.description = Some(description.to_owned());
        Ok(())
    })
}

/// `UpdateAssumeRolePolicy`
pub fn update_trust(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateAssumeRolePolicy>,
    name: &str,
    text: &str,
) -> Result<Role, Error> {
    change(tx, &permit, name, |role: &mut Role, tx| {
        (role.trust, role.principals) = trust::read(tx, text)?;
        Ok(())
    })
}

/// `DeleteRole`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteRole>, name: &str) -> Result<(), Error> {
    let role = get(tx.snapshot(), permit.account(), name)?;
    permit.covers(&role.arn)?;
    service_linked_role::demand_modifiable(&role)?;
    if tx.snapshot().instance_profiles_of(&role).next().is_some() {
        return Err(instance_profile::has_role());
    }
    check_unused(&role.entity)?;
    tx.delete(&*role);
    Ok(())
}
