//! What roles, users and groups have alike, policies; and what roles and users alone: a boundary and tags.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::service_linked_role;
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    quotas::Quotas,
    state::{Entity, Group, Kept, Role, Snapshot, User},
    transaction::Transaction,
};

/// A role, a user or a group, with the operations that are about its policies.
#[expect(
    private_bounds,
    reason = "how records are kept is nobody else's business, and nobody else makes a holder"
)]
pub trait Holder: Kept + 'static {
    /// `role`, `user` or `group`.
    const NOUN: &'static str;
    /// The name of the quota of attachments.
    const ATTACHED: &'static str;
    /// `PutRolePolicy` …
    type PutPolicy: Operation;
    /// `DeleteRolePolicy` …
    type DeletePolicy: Operation;
    /// `AttachRolePolicy` …
    type Attach: Operation;
    /// `DetachRolePolicy` …
    type Detach: Operation;

    /// The one of this name.
    fn find<'a>(snapshot: &'a Snapshot, account: AccountId, name: &str) -> Option<&'a Arc<Self>>;
    /// Its ARN.
    fn arn(&self) -> &str;
    /// What it has.
    fn entity(&self) -> &Entity;
    /// What it has, to be changed.
    fn entity_mut(&mut self) -> &mut Entity;
    /// Fails for those that nobody here may change.
    fn demand_modifiable(&self) -> Result<(), Error> {
        Ok(())
    }
    /// The most characters of inline policies.
    fn inline_size(quotas: &Quotas) -> usize;
    /// The most attachments.
    fn attached(quotas: &Quotas) -> usize;

    /// The one of this name, or AWS's sentence.
    fn get<'a>(snapshot: &'a Snapshot, account: AccountId, name: &str) -> Result<&'a Arc<Self>, Error> {
        Self::find(snapshot, account, name)
            .ok_or_else(|| Error::NotFound(format!("The {} with name {name} cannot be found.", Self::NOUN)))
    }
}

/// A role or a user: one who acts, and so may be bounded and described by tags.
pub trait Actor: Holder {
    /// `TagRole` …
    type Tag: Operation;
    /// `UntagRole` …
    type Untag: Operation;
    /// `PutRolePermissionsBoundary` …
    type PutBoundary: Operation;
    /// `DeleteRolePermissionsBoundary` …
    type DeleteBoundary: Operation;
}

/// Changes what matters of the holder of this name, if the permit is for it and it may be changed at all.
pub(crate) fn change<H: Holder, Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    name: &str,
    edit: impl FnOnce(&mut H, &mut Transaction<'_>) -> Result<(), Error>,
) -> Result<H, Error> {
    describe(tx, permit, name, |holder: &mut H, tx| {
        holder.demand_modifiable()?;
        edit(holder, tx)
    })
}

/// Changes what the holder of this name is described by, if the permit is for it: tags and descriptions change for all.
pub(crate) fn describe<H: Holder, Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    name: &str,
    edit: impl FnOnce(&mut H, &mut Transaction<'_>) -> Result<(), Error>,
) -> Result<H, Error> {
    let mut holder = H::clone(H::get(tx.snapshot(), permit.account(), name)?);
    permit.covers(holder.arn())?;
    edit(&mut holder, tx)?;
    tx.put(&holder)?;
    Ok(holder)
}

/// What stands against deleting it.
pub(crate) fn check_unused(entity: &Entity) -> Result<(), Error> {
    let conflict = |what: &str| Err(Error::InUse(format!("Cannot delete entity, must {what} first.")));
    if !entity.attached.is_empty() {
        return conflict("detach all policies");
    }
    if !entity.inline.is_empty() {
        return conflict("delete policies");
    }
    Ok(())
}

impl Holder for Role {
    const NOUN: &'static str = "role";
    const ATTACHED: &'static str = "PoliciesPerRole";
    type PutPolicy = op::PutRolePolicy;
    type DeletePolicy = op::DeleteRolePolicy;
    type Attach = op::AttachRolePolicy;
    type Detach = op::DetachRolePolicy;

    fn find<'a>(snapshot: &'a Snapshot, account: AccountId, name: &str) -> Option<&'a Arc<Self>> {
        snapshot.role(account, name)
    }

    fn arn(&self) -> &str {
        self.arn.as_str()
    }

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }

    fn demand_modifiable(&self) -> Result<(), Error> {
        service_linked_role::demand_modifiable(self)
    }

    fn inline_size(quotas: &Quotas) -> usize {
        quotas.role_inline_size
    }

    fn attached(quotas: &Quotas) -> usize {
        quotas.policies_per_role
    }
}

impl Holder for User {
    const NOUN: &'static str = "user";
    const ATTACHED: &'static str = "PoliciesPerUser";
    type PutPolicy = op::PutUserPolicy;
    type DeletePolicy = op::DeleteUserPolicy;
    type Attach = op::AttachUserPolicy;
    type Detach = op::DetachUserPolicy;

    fn find<'a>(snapshot: &'a Snapshot, account: AccountId, name: &str) -> Option<&'a Arc<Self>> {
        snapshot.user(account, name)
    }

    fn arn(&self) -> &str {
        self.arn.as_str()
    }

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }

    fn inline_size(quotas: &Quotas) -> usize {
        quotas.user_inline_size
    }

    fn attached(quotas: &Quotas) -> usize {
        quotas.policies_per_user
    }
}

impl Holder for Group {
    const NOUN: &'static str = "group";
    const ATTACHED: &'static str = "PoliciesPerGroup";
    type PutPolicy = op::PutGroupPolicy;
    type DeletePolicy = op::DeleteGroupPolicy;
    type Attach = op::AttachGroupPolicy;
    type Detach = op::DetachGroupPolicy;

    fn find<'a>(snapshot: &'a Snapshot, account: AccountId, name: &str) -> Option<&'a Arc<Self>> {
        snapshot.group(account, name)
    }

    fn arn(&self) -> &str {
        self.arn.as_str()
    }

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }

    fn inline_size(quotas: &Quotas) -> usize {
        quotas.group_inline_size
    }

    fn attached(quotas: &Quotas) -> usize {
        quotas.policies_per_group
    }
}

impl Actor for Role {
    type Tag = op::TagRole;
    type Untag = op::UntagRole;
    type PutBoundary = op::PutRolePermissionsBoundary;
    type DeleteBoundary = op::DeleteRolePermissionsBoundary;
}

impl Actor for User {
    type Tag = op::TagUser;
    type Untag = op::UntagUser;
    type PutBoundary = op::PutUserPermissionsBoundary;
    type DeleteBoundary = op::DeleteUserPermissionsBoundary;
}
