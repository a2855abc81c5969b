//! Managed policies on roles and users, as attachments and as boundaries: `attachment::attach::<Role>(…)`.

use rolecall_names::AccountId;

use super::{Holder, Page, check_policy_arn, demand_policy, holder::change};
use crate::{
    error::Error,
    permit::Permit,
    state::{Role, Snapshot, User},
    transaction::Transaction,
};

/// `AttachRolePolicy`, `AttachUserPolicy`. Attaching again changes nothing.
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

/// `DetachRolePolicy`, `DetachUserPolicy`
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
pub fn put_boundary<H: Holder>(
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
pub fn delete_boundary<H: Holder>(
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

/// `ListAttachedRolePolicies`, `ListAttachedUserPolicies`
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
    all.sort_by(|one, other| one.arn.cmp(&other.arn));
    Ok(Page::of(all.into_iter(), |attached| attached.arn.clone(), after, limit))
}

/// Who has a managed policy (`ListEntitiesForPolicy`): roles and users, each as name and unique id, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entities {
    /// `PolicyRoles`
    pub roles: Vec<(String, String)>,
    /// `PolicyUsers`
    pub users: Vec<(String, String)>,
}

/// `ListEntitiesForPolicy`; `as_boundary` asks for those that it bounds.
pub fn entities(snapshot: &Snapshot, account: AccountId, arn: &str, as_boundary: bool) -> Entities {
    fn has(holder: &impl Holder, arn: &str, as_boundary: bool) -> bool {
        let entity = holder.entity();
        if as_boundary {
            entity.boundary.as_deref() == Some(arn)
        } else {
            entity.attached.iter().any(|it| it == arn)
        }
    }
    let roles = snapshot
        .roles(account)
        .filter(|role: &&std::sync::Arc<Role>| has(&***role, arn, as_boundary));
    let users = snapshot
        .users(account)
        .filter(|user: &&std::sync::Arc<User>| has(&***user, arn, as_boundary));
    Entities {
        roles: roles.map(|role| (role.name.clone(), role.id.to_string())).collect(),
        users: users.map(|user| (user.name.clone(), user.id.to_string())).collect(),
    }
}
