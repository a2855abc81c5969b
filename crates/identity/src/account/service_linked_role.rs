//! Service-linked roles (IAM User Guide: Create a service-linked role). Name, path, trust and policy come from the service,
//! and stay as they are; the table of services is `data/service-linked-roles.tsv`.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, IdKind, RoleName, uuid};

use super::{Holder as _, role, trust};
use crate::{
    error::Error,
    permit::{Permit, op},
    state::{Entity, Role, RoleDeletion, RoleUser, Snapshot},
    transaction::Transaction,
};

/// A service a line: its principal, the name of its role, the policy of AWS's that the role has, and `suffix` where the
/// caller may add one to the name.
const TABLE: &str = include_str!("../../data/service-linked-roles.tsv");
/// The path of all such roles, before the service's name.
const PATH: &str = "/aws-service-role/";
/// The policies that such roles have, and nobody else.
const POLICIES: &str = "arn:aws:iam::aws:policy/aws-service-role/";
/// For how long it is told what became of a deletion.
const DAY: i64 = 86_400;

/// A service that has service-linked roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Service {
    /// Such as `eks.amazonaws.com`.
    principal: &'static str,
    /// Such as `AWSServiceRoleForAmazonEKS`.
    role: &'static str,
    /// Such as `AmazonEKSServiceRolePolicy`.
    policy: &'static str,
    /// Whether there may be several roles, told apart by a suffix.
    suffix: bool,
}

fn services() -> impl Iterator<Item = Service> {
    TABLE.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some(Service {
            principal: fields.next()?,
            role: fields.next()?,
            policy: fields.next()?,
            suffix: fields.next() == Some("suffix"),
        })
    })
}

/// The ARN that the role of a service would have, for the decision whether it may be made. Of a service that is not known,
/// no more is known than the path.
pub fn arn(account: AccountId, service: &str, suffix: Option<&str>) -> Arn {
    let known = services().find(|known| known.principal == service);
    let name = known.map(|known| name_of(known, suffix)).unwrap_or_default();
    role::arn(account, &format!("{PATH}{service}/"), &name)
}

fn name_of(service: Service, suffix: Option<&str>) -> String {
    match suffix {
        Some(suffix) => format!("{}_{suffix}", service.role),
        None => service.role.to_owned(),
    }
}

impl Role {
    /// Whether it belongs to a service. No other role can be made under this path.
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with(PATH)
    }
}

/// Fails for service-linked roles: the service alone changes them.
pub(super) fn demand_modifiable(role: &Role) -> Result<(), Error> {
    if !role.is_service_linked() {
        return Ok(());
    }
    Err(Error::Unmodifiable(format!(
        "Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
        role.name
    )))
}

/// Fails for the path of service-linked roles.
pub(super) fn demand_own_path(path: &str) -> Result<(), Error> {
    if !path.starts_with(PATH) {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "Path prefix '{PATH}' can only be used for AWS Service linked Roles"
    )))
}

/// Fails for policies that service-linked roles alone have.
pub(super) fn demand_attachable(arn: &str) -> Result<(), Error> {
    if !arn.starts_with(POLICIES) {
        return Ok(());
    }
    Err(Error::NotAttachable(
        "Cannot attach a Service Role Policy to a Customer Role.".to_owned(),
    ))
}

/// `CreateServiceLinkedRole`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateServiceLinkedRole>,
    principal: &str,
    suffix: Option<&str>,
    description: Option<&str>,
) -> Result<Role, Error> {
    let account = permit.account();
    let arn = arn(account, principal, suffix);
    permit.covers(&arn)?;
    let service = services().find(|known| known.principal == principal);
    let service = service
        .ok_or_else(|| Error::Invalid(format!("{principal} is not a service that has service-linked roles.")))?;
    if suffix.is_some() && !service.suffix {
        return Err(Error::Invalid(format!("Custom suffix is not allowed for {principal}")));
    }
    let name: RoleName = name_of(service, suffix)
        .parse()
        .map_err(|error: rolecall_names::Invalid| Error::Invalid(error.to_string()))?;
    if tx.snapshot().role(account, name.as_str()).is_some() {
        return Err(Error::Invalid(format!(
            "Service role name {name} has been taken in this account, please try a different suffix."
        )));
    }
    role::count(tx, account)?;
    let (trust, principals) = trust::read(tx, &trust_of(principal))?;
    let role = Role {
        name: name.to_string(),
        path: format!("{PATH}{principal}/"),
        id: tx.unique_id(IdKind::Role)?,
        arn,
        created: tx.seconds(),
        description: description.map(str::to_owned),
        max_session: 3600,
        trust,
        principals,
        entity: Entity {
            attached: vec![format!("{POLICIES}{}", service.policy)],
            ..Entity::default()
        },
    };
    tx.put(&role)?;
    Ok(role)
}

fn trust_of(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{principal}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

/// `DeleteServiceLinkedRole`: the id of the task, of which [`deletion`] tells what became. AWS asks the service, which takes
/// a while; here it is done or refused by the time of the answer.
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteServiceLinkedRole>,
    name: &str,
) -> Result<String, Error> {
    let account = permit.account();
    let role = Arc::clone(Role::get(tx.snapshot(), account, name)?);
    permit.covers(&role.arn)?;
    let service = role.path.strip_prefix(PATH).map(|rest| rest.trim_end_matches('/'));
    let service =
        service.ok_or_else(|| Error::NotFound(format!("The service-linked role with name {name} cannot be found.")))?;
    forget_old(tx, account);
    let deletion = RoleDeletion {
        account,
        role: role.name.clone(),
        task: format!("task{PATH}{service}/{}/{}", role.name, uuid(tx.random()?)),
        asked: tx.seconds(),
        users: users(tx.snapshot(), account, service),
    };
    if deletion.users.is_empty() {
        tx.delete(&*role);
    }
    tx.put(&deletion)?;
    Ok(deletion.task)
}

/// What still needs the role of a service: clusters need that of EKS (Amazon EKS User Guide: Using roles for Amazon EKS
/// clusters). Of the other services nothing is here.
fn users(snapshot: &Snapshot, account: AccountId, service: &str) -> Vec<RoleUser> {
    let clusters = snapshot.clusters(account).filter(|_| service == "eks.amazonaws.com");
    let users = clusters.map(|cluster| RoleUser {
        region: cluster.region.clone(),
        arn: cluster.arn.clone(),
    });
    users.collect()
}

fn forget_old(tx: &mut Transaction<'_>, account: AccountId) {
    let until = tx.seconds().saturating_sub(DAY);
    let deletions = tx.snapshot().role_deletions(account);
    let old: Vec<Arc<RoleDeletion>> = deletions.filter(|old| old.asked < until).cloned().collect();
    for deletion in old {
        tx.delete(&*deletion);
    }
}

/// `GetServiceLinkedRoleDeletionStatus`
pub fn deletion(snapshot: &Snapshot, account: AccountId, task: &str) -> Result<Arc<RoleDeletion>, Error> {
    let role = role_of(task)
        .ok_or_else(|| Error::Invalid(format!("{task} is not the id of a deletion task.")))?
        .1;
    let deletion = snapshot
        .role_deletion(account, role)
        .filter(|deletion| deletion.task == task);
    deletion
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("Deletion task {task} cannot be found.")))
}

/// The ARN of the role that a deletion task is about, for the decision whether it may be asked after.
pub fn arn_of_task(account: AccountId, task: &str) -> Arn {
    match role_of(task) {
        Some((service, name)) => role::arn(account, &format!("{PATH}{service}/"), name),
        None => role::arn(account, PATH, ""),
    }
}

/// The service and the role that a task's id names.
fn role_of(task: &str) -> Option<(&str, &str)> {
    let mut parts = task.strip_prefix("task")?.strip_prefix(PATH)?.split('/');
    let (service, name, id) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = ![service, name, id].contains(&"") && parts.next().is_none();
    whole.then_some((service, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_of_the_table_has_a_role_name_and_a_policy_of_awss() {
        assert_eq!(services().count(), TABLE.lines().count());
        for service in services() {
            let arn = format!("{POLICIES}{}", service.policy);
            assert!(crate::managed::find(&arn).is_some(), "{arn}");
            assert!(service.role.parse::<RoleName>().is_ok() && service.role.starts_with("AWSServiceRoleFor"));
            assert!(service.principal.ends_with(".amazonaws.com"));
            assert_eq!(
                services().filter(|other| other.principal == service.principal).count(),
                1
            );
            assert_eq!(services().filter(|other| other.role == service.role).count(), 1);
        }
        let needed = ["eks", "eks-nodegroup", "autoscaling", "elasticloadbalancing", "spot"];
        for name in needed {
            assert!(services().any(|service| service.principal == format!("{name}.amazonaws.com")));
        }
    }

    #[test]
    fn tasks_name_their_role() {
        assert_eq!(
            role_of("task/aws-service-role/eks.amazonaws.com/R/1"),
            Some(("eks.amazonaws.com", "R"))
        );
        for wrong in [
            "",
            "task/aws-service-role/a/b",
            "task/aws-service-role/a/b/c/d",
            "task/x/a/b/c",
            "task/aws-service-role/a//c",
        ] {
            assert_eq!(role_of(wrong), None, "{wrong}");
        }
    }
}
