//! Managed policies on roles, users and groups, as attachments and as boundaries: `attachment::attach::<Role>(…)`.

use std::cmp::Ordering;

use rolecall_names::AccountId;

use super::{
    Actor, Holder, Page, check_policy_arn, demand_policy, holder::change, service_linked_role::demand_attachable,
};
use crate::{error::Error, permit::Permit, state::Snapshot, transaction::Transaction};

pub use crate::state::EntityKind;

/// `AttachRolePolicy`, `AttachUserPolicy`, `AttachGroupPolicy`. Attaching again changes nothing.
pub fn attach<H: Holder>(
    tx: &mut Transaction<'_>,
    permit: Permit<H::Attach>,
    name: &str,
    arn: &str,
) -> Result<(), Error> {
    let account = permit.account();
    change::<H, _>(tx, &permit, name, |holder, tx| {
        demand_policy(tx, account, arn, Error::Validation, || {
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
    demand_policy(tx, account, arn, Error::Invalid, || {
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

/// Whom `ListEntitiesForPolicy` lists.
#[derive(Debug, Clone, Copy, Default)]
pub struct EntityFilter<'a> {
    /// Only those of this kind.
    pub kind: Option<EntityKind>,
    /// Only those under this path.
    pub path_prefix: &'a str,
    /// Only those that have it as this; as either, where it is not said.
    pub usage: Option<Usage>,
}

/// As what somebody has a managed policy (`PolicyUsageFilter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// It is attached to them.
    Attached,
    /// It bounds them.
    Boundary,
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
    let start = after.and_then(place).or(filter.kind.map(|kind| (kind, "")));
    let is_wanted = |usage| filter.usage.is_none_or(|wanted| wanted == usage);
    let attached = is_wanted(Usage::Attached).then(|| snapshot.attachments.holders(account, arn, start));
    let bound = is_wanted(Usage::Boundary).then(|| snapshot.boundaries.holders(account, arn, start));
    let wanted = merged(attached.into_iter().flatten(), bound.into_iter().flatten())
        .filter(|(kind, _)| filter.kind.is_none_or(|wanted| wanted == *kind))
        .filter_map(|(kind, name)| entity(snapshot, account, kind, name, filter.path_prefix));
    let key = |entity: &Entity| format!("{}{}", entity.kind as u8, entity.name.to_ascii_lowercase());
    Page::of(wanted, key, after, limit)
}

/// Two lists in their common order; what is on both, once.
fn merged<T: Ord>(one: impl Iterator<Item = T>, other: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) => match first.cmp(second) {
            Ordering::Less => one.next(),
            Ordering::Equal => other.next().and(one.next()),
            Ordering::Greater => other.next(),
        },
        (Some(_), None) => one.next(),
        (None, _) => other.next(),
    })
}

/// Where a list goes on, from the last key of the page before.
fn place(after: &str) -> Option<(EntityKind, &str)> {
    let kinds = [EntityKind::Role, EntityKind::User, EntityKind::Group];
    let (kind, name) = after.split_at_checked(1)?;
    let kind = kinds.into_iter().find(|known| (*known as u8).to_string() == kind)?;
    Some((kind, name))
}

/// The one of this name, if it is under the path.
fn entity(snapshot: &Snapshot, account: AccountId, kind: EntityKind, name: &str, path_prefix: &str) -> Option<Entity> {
    let (path, name, id) = match kind {
        EntityKind::Role => snapshot.role(account, name).map(|it| (&it.path, &it.name, &it.id)),
        EntityKind::User => snapshot.user(account, name).map(|it| (&it.path, &it.name, &it.id)),
        EntityKind::Group => snapshot.group(account, name).map(|it| (&it.path, &it.name, &it.id)),
    }?;
    path.starts_with(path_prefix).then(|| Entity {
        kind,
        name: name.clone(),
        id: id.to_string(),
    })
}
