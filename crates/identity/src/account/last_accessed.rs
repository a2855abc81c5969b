//! What policies allow of AWS's services, and when it was last used: `ListPoliciesGrantingServiceAccess`,
//! `GenerateServiceLastAccessedDetails` (IAM User Guide: Refine permissions in AWS using last accessed information).
//! Permissions policies alone are looked at, and what they allow on any resource under any condition.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rolecall_names::{AccountId, Arn};
use rolecall_policy::{Compiled, catalogue};

use super::{
    policy,
    source::{Owner, Source},
};
use crate::{
    error::Error,
    state::{EntityKind, Snapshot},
    usage::{Usage, Used},
};

/// `ListPoliciesGrantingServiceAccess`: for each service, in the order in which they were named.
pub fn granting(
    snapshot: &Snapshot,
    account: AccountId,
    arn: &str,
    services: &[String],
) -> Result<Vec<(String, Vec<Source>)>, Error> {
    let sources = Owner::find(snapshot, account, arn)?.sources(snapshot);
    let of = |service: &String| {
        let granting = sources.iter().filter(|source| grants(&source.compiled, service));
        (service.clone(), granting.cloned().collect())
    };
    Ok(services.iter().map(of).collect())
}

/// Whether a policy allows some action of a service.
fn grants(policy: &Compiled, service: &str) -> bool {
    match catalogue::service(service) {
        Some(service) => service.allowed_by(policy).next().is_some(),
        // Of a service that nobody knows: an action that none has.
        None => policy.mentions(&format!("{service}:-")),
    }
}

/// A report, as of when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether it tells of actions too.
    pub actions: bool,
    /// When it was made, in seconds.
    pub created: i64,
    /// By service namespace.
    pub services: Vec<Service>,
    /// Who could have used what the report is about: the user or role itself, or who has the policy.
    pub entities: Vec<Entity>,
}

/// A last use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    /// When, in seconds.
    pub at: i64,
    /// By whom: an ARN.
    pub by: String,
    /// In which region.
    pub region: String,
}

/// A service that the resource of a report allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `ServiceNamespace`
    pub namespace: &'static str,
    /// `ServiceName`
    pub name: &'static str,
    /// The last use.
    pub last: Option<Last>,
    /// How many have used it.
    pub entities: usize,
    /// Each action that is allowed, and its last use.
    pub actions: Vec<(&'static str, Option<Last>)>,
}

/// Somebody who could have used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its unique id.
    pub id: String,
    /// Its path.
    pub path: String,
    /// `user` or `role`.
    pub noun: &'static str,
    /// When it has used which service.
    pub used: BTreeMap<String, i64>,
}

/// `GenerateServiceLastAccessedDetails` for a user, a group, a role or a policy.
pub fn report(
    snapshot: &Snapshot,
    usage: &Usage,
    account: AccountId,
    arn: &str,
    actions: bool,
    now: Timestamp,
) -> Result<Report, Error> {
    let is_policy = arn
        .parse::<Arn>()
        .is_ok_and(|arn| arn.service() == "iam" && arn.resource_of("policy").is_some());
    let (policies, owners) = if is_policy {
        policy::get(snapshot, account, arn)?;
        let compiled = snapshot.compiled(arn);
        (compiled.into_iter().collect(), having(snapshot, account, arn))
    } else {
        let owner = Owner::find(snapshot, account, arn)?;
        let sources = owner.sources(snapshot);
        // A group does nothing itself: its members do.
        let bearers = match &owner {
            Owner::Group(group) => snapshot.members(group).cloned().map(Owner::User).collect(),
            Owner::User(_) | Owner::Role(_) => vec![owner],
        };
        (
            sources.into_iter().map(|source| source.compiled).collect::<Vec<_>>(),
            bearers,
        )
    };
    let used: Vec<(&Owner, Used)> = owners.iter().map(|owner| (owner, usage.of(owner.id(), now))).collect();
    let services = catalogue::services().filter_map(|service| {
        let allowed: BTreeSet<&'static str> = policies
            .iter()
            .flat_map(|policy| service.allowed_by(policy))
            .map(|action| action.name)
            .collect();
        (!allowed.is_empty()).then(|| of_service(service, &allowed, &used, actions))
    });
    let entity = |(owner, used): &(&Owner, Used)| Entity {
        arn: owner.arn().to_owned(),
        name: owner.name().to_owned(),
        id: owner.id().to_owned(),
        path: owner.path().to_owned(),
        noun: owner.noun(),
        used: used
            .services
            .iter()
            .map(|(name, service)| (name.clone(), service.at))
            .collect(),
    };
    Ok(Report {
        actions,
        created: now.as_second(),
        services: services.collect(),
        entities: used.iter().map(entity).collect(),
    })
}

fn of_service(
    service: &'static catalogue::Service,
    allowed: &BTreeSet<&'static str>,
    bearers: &[(&Owner, Used)],
    actions: bool,
) -> Service {
    let all = || {
        let of_service =
            |(owner, used): &(&Owner, Used)| Some((owner.arn().to_owned(), used.services.get(service.prefix)?.clone()));
        bearers.iter().filter_map(of_service)
    };
    let made = |by: String, at: i64, region: &str| Last {
        at,
        by,
        region: region.to_owned(),
    };
    let of_action = |name: &&'static str| {
        let by_bearers = all().filter_map(|(by, used)| {
            let (at, region) = used.actions.get(*name)?;
            Some(made(by, *at, region))
        });
        (*name, by_bearers.max_by_key(|last| last.at))
    };
    Service {
        namespace: service.prefix,
        name: service.name,
        last: all()
            .map(|(by, used)| made(by, used.at, &used.region))
            .max_by_key(|last| last.at),
        entities: all().count(),
        actions: if actions {
            allowed.iter().map(of_action).collect()
        } else {
            Vec::new()
        },
    }
}

/// The users and roles that have a managed policy attached, or are in a group that has it.
fn having(snapshot: &Snapshot, account: AccountId, arn: &str) -> Vec<Owner> {
    let mut roles = Vec::new();
    let mut users = BTreeMap::new();
    for (kind, name) in snapshot.attachments.holders(account, arn, None) {
        match kind {
            EntityKind::Role => roles.extend(snapshot.role(account, name).cloned().map(Owner::Role)),
            EntityKind::User => users.extend(snapshot.user(account, name).map(|user| (name.to_owned(), user))),
            EntityKind::Group => {
                let group = snapshot.group(account, name);
                let members = group.into_iter().flat_map(|group| snapshot.members(group));
                users.extend(members.map(|user| (user.name.to_ascii_lowercase(), user)));
            }
        }
    }
    let users = users.into_values().cloned().map(Owner::User);
    users.chain(roles).collect()
}
