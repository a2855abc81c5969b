//! Who has which managed policy: attached, or as a boundary.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use rolecall_names::AccountId;

use super::Entity;

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

/// From managed policies to those who have them. A policy's ARN is in memory once, however many have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attachments {
    /// Account, policy, and who has it: the name in lower case.
    holders: OrdSet<(AccountId, Arc<str>, EntityKind, Arc<str>)>,
    /// How many have a policy.
    counts: OrdMap<(AccountId, Arc<str>), u32>,
    /// How many policies of an account somebody has.
    policies: OrdMap<AccountId, usize>,
}

impl Attachments {
    /// Takes in that somebody has `after` instead of `before`. Costs what differs, not what they have.
    fn change(&mut self, account: AccountId, kind: EntityKind, name: &Arc<str>, before: &[String], after: &[String]) {
        for arn in before.iter().filter(|arn| !after.contains(arn)) {
            let Some(((_, arn), count)) = self.counts.get_key_value(&(account, arn.as_str().into())) else {
                continue;
            };
            let (arn, count) = (Arc::clone(arn), *count);
            if self
                .holders
                .remove(&(account, Arc::clone(&arn), kind, Arc::clone(name)))
                .is_none()
            {
                continue;
            }
            if count > 1 {
                self.counts.insert((account, arn), count - 1);
            } else {
                self.counts.remove(&(account, arn));
                let policies = self.policies.entry(account).or_insert(0);
                *policies = policies.saturating_sub(1);
            }
        }
        for arn in after.iter().filter(|arn| !before.contains(arn)) {
            let key = (account, Arc::from(arn.as_str()));
            let (arn, count) = match self.counts.get_key_value(&key) {
                Some(((_, arn), count)) => (Arc::clone(arn), *count),
                None => (key.1, 0),
            };
            let holder = (account, Arc::clone(&arn), kind, Arc::clone(name));
            if self.holders.insert(holder).is_some() {
                continue;
            }
            self.counts.insert((account, arn), count.saturating_add(1));
            if count == 0 {
                let policies = self.policies.entry(account).or_insert(0);
                *policies = policies.saturating_add(1);
            }
        }
    }

    /// How many have a policy.
    pub(crate) fn count(&self, account: AccountId, arn: &str) -> u32 {
        self.counts.get(&(account, arn.into())).copied().unwrap_or(0)
    }

    /// How many policies of an account somebody has.
    pub(crate) fn policy_count(&self, account: AccountId) -> usize {
        self.policies.get(&account).copied().unwrap_or(0)
    }

    /// The policies of an account that somebody has and whose ARNs begin with `prefix`, in the order of their ARNs.
    pub(crate) fn policies<'a>(&'a self, account: AccountId, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.counts
            .range((account, Arc::from(prefix))..)
            .map(|((of, arn), _)| (*of, &**arn))
            .take_while(move |(of, arn)| *of == account && arn.starts_with(prefix))
            .map(|(_, arn)| arn)
    }

    /// Who has a policy: roles, users and groups, each in the order of their names; from `after` on, which has it no more
    /// or still.
    pub(crate) fn holders<'a>(
        &'a self,
        account: AccountId,
        arn: &'a str,
        after: Option<(EntityKind, &str)>,
    ) -> impl Iterator<Item = (EntityKind, &'a str)> {
        let (kind, name) = after.unwrap_or((EntityKind::Role, ""));
        self.holders
            .range((account, Arc::from(arn), kind, Arc::from(name))..)
            .take_while(move |(of, policy, ..)| *of == account && **policy == *arn)
            .map(|(_, _, kind, name)| (*kind, &**name))
    }
}

fn attached(entity: Option<&Entity>) -> &[String] {
    entity.map(|it| it.attached.as_slice()).unwrap_or_default()
}

fn bound(entity: Option<&Entity>) -> &[String] {
    entity.map(|it| it.boundary.as_slice()).unwrap_or_default()
}

impl super::Snapshot {
    /// Takes in what somebody has instead of what they had.
    pub(super) fn count(
        &mut self,
        account: AccountId,
        kind: EntityKind,
        name: &str,
        before: Option<&Entity>,
        after: Option<&Entity>,
    ) {
        let name = Arc::from(name);
        self.attachments
            .change(account, kind, &name, attached(before), attached(after));
        self.boundaries
            .change(account, kind, &name, bound(before), bound(after));
    }

    /// How many roles, users and groups a managed policy is attached to.
    pub fn attachment_count(&self, account: AccountId, arn: &str) -> u32 {
        self.attachments.count(account, arn)
    }

    /// How many roles and users a managed policy bounds.
    pub fn boundary_count(&self, account: AccountId, arn: &str) -> u32 {
        self.boundaries.count(account, arn)
    }
}
