//! Managed policies on roles, users and groups, as attachments and as boundaries: `attachment::attach::<Role>(…)`.

use rolecall_names::AccountId;

use super::{
    Actor, Holder, Page, check_policy_arn, demand_policy, holder::change, service_linked_role::demand_attachable,
};
use crate::{
    error::Error,
    permit::Permit,
    state::{self, Snapshot},
    transaction::Transaction,
};

/// `AttachRolePolicy`, `AttachUserPolicy`, `AttachGroupPolicy`. Attaching again changes nothing.
pub fn attach<H: Holder>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::Attach>,
    name: &str,
    arn: &str,
) -> Result<(), Error> {
    let account = permit.account();
    change::<H, _>(tx, &permit, name, |holder, tx| {
        demand_policy(tx, account, arn, || {
            format!("Policy {arn} does not exist or is not attachable.")
        })?;
        demand_attachable(arn)?;
        let attached = &mut holder.entity_mut().attached;
        if attached.iter().any(|other| other == arn) {
            return Ok(());
        }
        let limit = H::attached(tx.quotas());
        if attached.len() >= limit {
            return Err(Error::Limit(format!(
                "Cannot exceed quota for {}: {limit}",
                H::ATTACHED
            )));
        }
        attached.push(arn.to_owned());
        Ok(())
    })?;
    Ok(())
}

/// `DetachRolePolicy`, `DetachUserPolicy`, `DetachGroupPolicy`
pub fn detach<H: Holder>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::Detach>,
    name: &str,
    arn: &str,
) -> Result<(), Error> {
    change::<H, _>(tx, &permit, name, |holder, _| {
        check_policy_arn(arn)?;
        let attached = &mut holder.entity_mut().attached;
        let before = attached.len();
        attached.retain(|other| other != arn);
        if attached.len() == before {
            return Err(Error::NotFound(format!("Policy {arn} was not found.")));
        }
        Ok(())
    })?;
    Ok(())
}

/// `PutRolePermissionsBoundary`, `PutUserPermissionsBoundary`
pub fn put_boundary<H: Actor>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::PutBoundary>,
    name: &str,
    arn: &str,
) -> Result<(), Error> {
    let account = permit.account();
    change::<H, _>(tx, &permit, name, |holder, tx| {
        demand_boundary(tx, account, arn)?;
        holder.entity_mut().boundary = Some(arn.to_owned());
        Ok(())
    })?;
    Ok(())
}

/// `DeleteRolePermissionsBoundary`, `DeleteUserPermissionsBoundary`
pub fn delete_boundary<H: Actor>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::DeleteBoundary>,
    name: &str,
) -> Result<(), Error> {
    change::<H, _>(tx, &permit, name, |holder, _| {
        match holder.entity_mut().boundary.take() {
            Some(_) => Ok(()),
            None => Err(Error::NotFound(format!(
                "The {} with name {name} has no permissions boundary.",
                H::NOUN
            ))),
        }
    })?;
    Ok(())
}

pub(crate) fn demand_boundary(tx: &mut Transaction<'_>, account: AccountId, arn: &str) -> Result<(), Error> {
    demand_policy(tx, account, arn, || {
        format!("Scope ARN: {arn} does not exist or is not attachable.")
    })
}

/// An attached policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// `PolicyName`
    pub name: String,
    /// `PolicyArn`
    pub arn: String,
}

/// `ListAttachedRolePolicies`, `ListAttachedUserPolicies`, `ListAttachedGroupPolicies`
pub fn list<H: Holder>(
    snapshot: &Snapshot,
    account: AccountId,
    name: &str,
    path_prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Attached>, Error> {
    let holder = H::get(snapshot, account, name)?;
    let mut all: Vec<Attached> = holder
        .entity()
        .attached
        .iter()
        .filter_map(|arn| {
            let path_and_name = arn.split(':').nth(5)?.strip_prefix("policy")?;
            path_and_name.starts_with(path_prefix).then(|| Attached {
                name: path_and_name.rsplit('/').next().unwrap_or_default().to_owned(),
                arn: arn.clone(),
            })
        })
        .collect();
    // By name, and an account's own before AWS's of the same name: an ARN, with its path, would not fit into a marker.
    let key = |attached: &Attached| {
        let aws = attached.arn.contains("::aws:policy/");
        format!("{}/{}", attached.name.to_ascii_lowercase(), u8::from(aws))
    };
    all.sort_by_cached_key(key);
    Ok(Page::of(all.into_iter(), key, after, limit))
}

/// Who has a managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// Its unique id.
    pub id: String,
}

/// What can have a managed policy. They are listed in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    /// A role.
    Role,
    /// A user.
    User,
    /// A group.
    Group,
}

/// Whom `ListEntitiesForPolicy` lists.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntityFilter<'a> {
    /// Only those of this kind.
    pub kind: Option<EntityKind>,
    /// Only those under this path.
    pub path_prefix: &'a str,
    /// Those that the policy bounds, instead of those that have it attached.
    pub as_boundary: bool,
}

/// `ListEntitiesForPolicy`
pub fn entities(
    snapshot: &Snapshot,
    account: AccountId,
    arn: &str,
    filter: EntityFilter<'_>,
    after: Option<&str>,
    limit: usize,
) -> Page<Entity> {
    let has = |entity: &state::Entity, path: &str| {
        let has = if filter.as_boundary {
            entity.boundary.as_deref() == Some(arn)
        } else {
            entity.attached.iter().any(|attached| attached == arn)
        };
        has && path.starts_with(filter.path_prefix)
    };
    let roles = snapshot
        .roles(account)
        .filter(|role| has(&role.entity, &role.path))
        .map(|role| Entity {
            kind: EntityKind::Role,
            name: role.name.clone(),
            id: role.id.to_string(),
        });
    let users = snapshot
        .users(account)
        .filter(|user| has(&user.entity, &user.path))
        .map(|user| Entity {
            kind: EntityKind::User,
            name: user.name.clone(),
            id: user.id.to_string(),
        });
    let groups = snapshot
        .groups(account)
        .filter(|group| has(&group.entity, &group.path))
        .map(|group| Entity {
            kind: EntityKind::Group,
            name: group.name.clone(),
            id: group.id.to_string(),
        });
    let wanted = roles
        .chain(users)
        .chain(groups)
        .filter(|entity| filter.kind.is_none_or(|kind| kind == entity.kind));
    let key = |entity: &Entity| format!("{}{}", entity.kind as u8, entity.name.to_ascii_lowercase());
    Page::of(wanted, key, after, limit)
}
