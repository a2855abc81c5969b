//! Users, groups and roles by their ARNs, and where their permissions come from: for simulations and reports.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn};
use rolecall_policy::Compiled;

use super::Holder as _;
use crate::{
    caller::{Bearer, Borne},
    error::Error,
    state::{Entity, Group, Role, Snapshot, User},
};

/// What has policies.
#[derive(Debug, Clone)]
pub enum Owner {
    /// A user.
    User(Arc<User>),
    /// A group.
    Group(Arc<Group>),
    /// A role.
    Role(Arc<Role>),
}

/// A policy, and who has it.
#[derive(Debug, Clone)]
pub struct Source {
    /// `PolicyName`
    pub name: String,
    /// `PolicyArn`, of a managed policy.
    pub arn: Option<String>,
    /// `user`, `group` or `role`.
    pub holder: &'static str,
    /// The name of who has it.
    pub holder_name: String,
    /// The policy.
    pub compiled: Compiled,
}

impl Owner {
    /// The one of this ARN. The whole ARN must be right: it is what the caller was allowed to ask about.
    pub fn find(snapshot: &Snapshot, account: AccountId, text: &str) -> Result<Self, Error> {
        let arn: Option<Arn> = text.parse().ok();
        let (kind, name) = arn
            .as_ref()
            .filter(|arn| arn.service() == "iam")
            .and_then(|arn| arn.resource().split_once('/'))
            .map(|(kind, rest)| (kind, rest.rsplit('/').next().unwrap_or_default()))
            .filter(|(kind, name)| matches!(*kind, "user" | "group" | "role") && !name.is_empty())
            .ok_or_else(|| unclear(text))?;
        let found = match kind {
            "user" => User::get(snapshot, account, name).cloned().map(Self::User)?,
            "group" => Group::get(snapshot, account, name).cloned().map(Self::Group)?,
            _ => Role::get(snapshot, account, name).cloned().map(Self::Role)?,
        };
        if found.arn() == text {
            Ok(found)
        } else {
            Err(Error::NotFound(format!("The {kind} with name {name} cannot be found.")))
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        match self {
            Self::User(user) => user.arn.as_str(),
            Self::Group(group) => group.arn.as_str(),
            Self::Role(role) => role.arn.as_str(),
        }
    }

    /// Its unique id.
    pub fn id(&self) -> &str {
        match self {
            Self::User(user) => user.id.as_str(),
            Self::Group(group) => group.id.as_str(),
            Self::Role(role) => role.id.as_str(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Group(group) => &group.name,
            Self::Role(role) => &role.name,
        }
    }

    /// Its path.
    pub fn path(&self) -> &str {
        match self {
            Self::User(user) => &user.path,
            Self::Group(group) => &group.path,
            Self::Role(role) => &role.path,
        }
    }

    /// `user`, `group` or `role`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::User(_) => User::NOUN,
            Self::Group(_) => Group::NOUN,
            Self::Role(_) => Role::NOUN,
        }
    }

    /// What it has.
    pub fn entity(&self) -> &Entity {
        match self {
            Self::User(user) => &user.entity,
            Self::Group(group) => &group.entity,
            Self::Role(role) => &role.entity,
        }
    }

    /// All its identity-based policies, those of a user's groups included. What is attached several times counts once.
    pub fn sources(&self, snapshot: &Snapshot) -> Vec<Source> {
        let mut all = Vec::new();
        self.bearer().each(snapshot, |policy, group| {
            let (holder, holder_name) = match group {
                Some(group) => (Group::NOUN, group.name.as_str()),
                None => (self.noun(), self.name()),
            };
            let (name, arn, compiled) = match policy {
                Borne::Managed(arn) => {
                    let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
                    (name, Some(arn.clone()), snapshot.compiled(arn))
                }
                Borne::Inline(name, document) => (name.clone(), None, Some(document.compiled().clone())),
            };
            all.extend(compiled.map(|compiled| Source {
                name,
                arn,
                holder,
                holder_name: holder_name.to_owned(),
                compiled,
            }));
        });
        all
    }

    fn bearer(&self) -> Bearer<'_> {
        match self {
            Self::User(user) => Bearer::User(user),
            Self::Group(group) => Bearer::Group(group),
            Self::Role(role) => Bearer::Role(role),
        }
    }
}

impl Source {
    /// As the simulator names it: a managed policy by its name, an inline one with who has it (observed).
    pub fn simulator_id(&self) -> String {
        match self.arn {
            Some(_) => self.name.clone(),
            None => format!("{}_{}_{}", self.holder, self.holder_name, self.name),
        }
    }
}

/// AWS's sentence for an ARN that is of no user, group or role.
pub(crate) fn unclear(arn: &str) -> Error {
    Error::Invalid(format!(
        "Invalid Entity Arn: {arn} does not clearly define entity type and name."
    ))
}
