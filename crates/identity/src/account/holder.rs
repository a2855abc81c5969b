//! What roles, users and groups have alike, policies; and what roles and users alone: a boundary and tags.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::{
    resource::{Resource, Tagged, edit as edit_record},
    service_linked_role,
    tags::Keys,
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

macro_rules! holder {
    ($($type:ident is a $noun:literal in $field:ident, with at most $attached:ident ($quota:literal) and $inline:ident,
       by $put:ident $delete:ident $attach:ident $detach:ident $(, if $modifiable:path)?;)*) => {$(
        impl Holder for $type {
            const NOUN: &'static str = $noun;
            const ATTACHED: &'static str = $quota;
            type PutPolicy = op::$put;
            type DeletePolicy = op::$delete;
            type Attach = op::$attach;
            type Detach = op::$detach;

            fn find<'a>(snapshot: &'a Snapshot, account: AccountId, name: &str) -> Option<&'a Arc<Self>> {
                snapshot.$field(account, name)
            }

            fn entity(&self) -> &Entity {
                &self.entity
            }

            fn entity_mut(&mut self) -> &mut Entity {
                &mut self.entity
            }

            $(fn demand_modifiable(&self) -> Result<(), Error> {
                $modifiable(self)
            })?

            fn inline_size(quotas: &Quotas) -> usize {
                quotas.$inline
            }

            fn attached(quotas: &Quotas) -> usize {
                quotas.$attached
            }
        }
    )*};
}

holder! {
    Role is a "role" in role, with at most policies_per_role ("PoliciesPerRole") and role_inline_size,
        by PutRolePolicy DeleteRolePolicy AttachRolePolicy DetachRolePolicy, if service_linked_role::demand_modifiable;
    User is a "user" in user, with at most policies_per_user ("PoliciesPerUser") and user_inline_size,
        by PutUserPolicy DeleteUserPolicy AttachUserPolicy DetachUserPolicy;
    Group is a "group" in group, with at most policies_per_group ("PoliciesPerGroup") and group_inline_size,
        by PutGroupPolicy DeleteGroupPolicy AttachGroupPolicy DetachGroupPolicy;
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
    const KEYS: Keys = Keys::CaseInsensitive;

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
    const KEYS: Keys = Keys::CaseInsensitive;

    fn tags(&self) -> &[Tag] {
        &self.entity.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.entity.tags
    }
}
