//! What roles, users and groups have alike, policies; and what roles and users alone: a boundary and tags.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::{
    resource::{Resource, Tagged, edit as edit_record},
    service_linked_role,
};
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    quotas::Quotas,
    state::{Entity, Group, Role, Snapshot, Tag, User},
    transaction::Transaction,
};

/// A role, a user or a group, with the operations that are about its policies.
pub trait Holder: Resource {
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
pub trait Actor: Holder + Tagged {
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
    edit_record(tx, permit, name, |holder: &mut H, tx| {
        holder.demand_modifiable()?;
        edit(holder, tx)
    })
}

/// What stands against deleting it.
pub(crate) fn check_unused(entity: &Entity) -> Result<(), Error> {
    if !entity.attached.is_empty() {
        return Err(must_first("detach all policies"));
    }
    if !entity.inline.is_empty() {
        return Err(must_first("delete policies"));
    }
    Ok(())
}

/// AWS's sentence for what may not be deleted yet.
pub(crate) fn must_first(what: &str) -> Error {
    Error::InUse(format!("Cannot delete entity, must {what} first."))
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
    type PutBoundary = op::PutRolePermissionsBoundary;
    type DeleteBoundary = op::DeleteRolePermissionsBoundary;
}

impl Actor for User {
    type PutBoundary = op::PutUserPermissionsBoundary;
    type DeleteBoundary = op::DeleteUserPermissionsBoundary;
}

macro_rules! resource {
    ($($type:ty),*) => {
        $(impl Resource for $type {
            fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
                Self::get(snapshot, account, by).cloned()
            }

            fn arn(&self) -> &str {
                self.arn.as_str()
            }
        })*
    };
}
resource!(Role, User, Group);

impl Tagged for Role {
    type Tag = op::TagRole;
    type Untag = op::UntagRole;

    fn tags(&self) -> &[Tag] {
        &self.entity.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.entity.tags
    }
}

impl Tagged for User {
    type Tag = op::TagUser;
    type Untag = op::UntagUser;

    fn tags(&self) -> &[Tag] {
        &self.entity.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.entity.tags
    }
}
