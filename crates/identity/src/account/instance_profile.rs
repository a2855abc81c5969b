//! Instance profiles (IAM User Guide: Using instance profiles). Nothing here runs machines: they are kept for the tools
//! that make and delete them with their roles.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, IdKind, InstanceProfileName, Path};

use super::{
    Holder as _, Page,
    holder::must_first,
    resource::{Resource, Tagged, edit},
    service_linked_role, tags,
};
use crate::{
    error::Error,
    permit::{Permit, op},
    state::{InstanceProfile, Role, Snapshot, Tag, from},
    transaction::Transaction,
};

/// How many roles an instance profile has at most: AWS does not raise this one.
pub const ROLES: usize = 1;

/// The ARN of an instance profile.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("instance-profile{path}{name}"))
}

/// `CreateInstanceProfile`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateInstanceProfile>,
    name: &InstanceProfileName,
    path: &Path,
    new_tags: &[Tag],
) -> Result<InstanceProfile, Error> {
    let account = permit.account();
    let arn = arn(account, path.as_str(), name.as_str());
    permit.covers(&arn)?;
    if tx.snapshot().instance_profile(account, name.as_str()).is_some() {
        return Err(Error::AlreadyExists(format!("Instance Profile {name} already exists.")));
    }
    let (count, limit) = (
        tx.snapshot().instance_profile_count(account),
        tx.quotas().instance_profiles,
    );
    tx.counts(account, "instance-profiles", count, limit, || {
        format!("Cannot exceed quota for InstanceProfilesPerAccount: {limit}")
    })?;
    tags::check(InstanceProfile::KEYS, new_tags, tx.quotas().tags)?;
    let profile = InstanceProfile {
        name: name.to_string(),
        path: path.to_string(),
        id: tx.unique_id(IdKind::InstanceProfile)?,
        arn,
        created: tx.seconds(),
        role: None,
        tags: new_tags.to_vec(),
    };
    tx.put(&profile)?;
    Ok(profile)
}

/// `GetInstanceProfile`
pub fn get(snapshot: &Snapshot, account: AccountId, name: &str) -> Result<Arc<InstanceProfile>, Error> {
    snapshot
        .instance_profile(account, name)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("Instance Profile {name} cannot be found.")))
}

/// `ListInstanceProfiles`, by name.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    path_prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Page<Arc<InstanceProfile>> {
    Page::named(
        from(&snapshot.instance_profiles, account, after),
        path_prefix,
        after,
        limit,
    )
}

/// `ListInstanceProfilesForRole`, by name.
pub fn of_role(
    snapshot: &Snapshot,
    account: AccountId,
    role: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Arc<InstanceProfile>>, Error> {
    let role = Role::get(snapshot, account, role)?;
    Ok(Page::named(snapshot.instance_profiles_of(role), "", after, limit))
}

/// `DeleteInstanceProfile`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteInstanceProfile>, name: &str) -> Result<(), Error> {
    let profile = get(tx.snapshot(), permit.account(), name)?;
    permit.covers(&profile.arn)?;
    if profile.role.is_some() {
        return Err(has_role());
    }
    tx.delete(&*profile);
    Ok(())
}

/// `AddRoleToInstanceProfile`. `passed` is the role that the caller was found to be allowed to pass.
pub fn add_role(
    tx: &mut Transaction<'_>,
    permit: Permit<op::AddRoleToInstanceProfile>,
    name: &str,
    role: &str,
    passed: &Arn,
) -> Result<(), Error> {
    let account = permit.account();
    let role = Arc::clone(Role::get(tx.snapshot(), account, role)?);
    if role.arn != *passed {
        return Err(Error::Conflict);
    }
    service_linked_role::demand_modifiable(&role)?;
    // The role is written as it is: whoever deletes it at this moment loses, or we do.
    tx.put(&*role)?;
    edit(tx, &permit, name, |profile: &mut InstanceProfile, _| {
        if profile.role.is_some() {
            return Err(Error::Limit(format!(
                "Cannot exceed quota for InstanceSessionsPerInstanceProfile: {ROLES}"
            )));
        }
        profile.role = Some(role.name.clone());
        Ok(())
    })?;
    Ok(())
}

/// `RemoveRoleFromInstanceProfile`
pub fn remove_role(
    tx: &mut Transaction<'_>,
    permit: Permit<op::RemoveRoleFromInstanceProfile>,
    name: &str,
    role: &str,
) -> Result<(), Error> {
    let account = permit.account();
    edit(tx, &permit, name, |profile: &mut InstanceProfile, tx| {
        match &profile.role {
            Some(held) if held.eq_ignore_ascii_case(role) => {
                profile.role = None;
                Ok(())
            }
            _ => Err(Role::get(tx.snapshot(), account, role).err().unwrap_or_else(|| {
                Error::NotFound(format!(
                    "Role {role} in Instance Profile {} cannot be found.",
                    profile.name
                ))
            })),
        }
    })?;
    Ok(())
}

impl Resource for InstanceProfile {
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
        get(snapshot, account, by)
    }

    fn arn(&self) -> &str {
        self.arn.as_str()
    }
}

impl Tagged for InstanceProfile {
    type Tag = op::TagInstanceProfile;
    type Untag = op::UntagInstanceProfile;

    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }
}

/// AWS says the same of a profile that has a role and of a role that is in a profile.
pub(super) fn has_role() -> Error {
    must_first("remove roles from instance profile")
}
