//! Users' credentials for single services (IAM User Guide: Service-specific credentials for IAM users). No service of ours
//! takes them; who has one can be told from them.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rolecall_names::{AccountId, IdKind};

use super::{Holder as _, Page, user::hold};
use crate::{
    error::Error,
    permit::{Operation, Permit, op},
    session::Secret,
    state::{ServiceCredential, Snapshot, User},
    transaction::Transaction,
};

const DAY: i64 = 86_400;

/// What a service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A user name and a password.
    Password,
    /// A bearer token.
    ApiKey,
}

/// What a service takes, if it takes such credentials at all (IAM API Reference: `CreateServiceSpecificCredential`).
pub fn form(service: &str) -> Option<Form> {
    match service {
        "codecommit.amazonaws.com" | "cassandra.amazonaws.com" => Some(Form::Password),
        "bedrock.amazonaws.com" | "logs.amazonaws.com" => Some(Form::ApiKey),
        _ => None,
    }
}

/// `CreateServiceSpecificCredential`. The password is seen here and never again.
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateServiceSpecificCredential>,
    user: &str,
    service: &str,
    days: Option<i32>,
) -> Result<(ServiceCredential, Secret), Error> {
    let account = permit.account();
    let user = hold(tx, &permit, user)?;
    let form = check_service(service)?;
    if days.is_some() && form == Form::Password {
        return Err(Error::Validation(format!(
            "CredentialAgeDays is not supported for the service {service}."
        )));
    }
    let names: Vec<String> = tx
        .snapshot()
        .service_credentials_of(account, &user.id)
        .filter(|other| other.service == service)
        .map(|other| other.name.clone())
        .collect();
    let limit = tx.quotas().service_credentials;
    if names.len() >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for ServiceSpecificCredentialsPerUser: {limit}"
        )));
    }
    let (password, hash) = new_password(tx)?;
    let credential = ServiceCredential {
        id: tx.unique_id(IdKind::ServiceSpecificCredential)?,
        account,
        user: user.id.clone(),
        service: service.to_owned(),
        name: free_name(&user.name, account, &names),
        hash,
        active: true,
        created: tx.seconds(),
        expires: days.map(|days| tx.seconds().saturating_add(i64::from(days).saturating_mul(DAY))),
    };
    tx.put(&credential)?;
    Ok((credential, password))
}

/// `UpdateServiceSpecificCredential`
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateServiceSpecificCredential>,
    user: &str,
    id: &str,
    active: bool,
) -> Result<(), Error> {
    let mut credential = held(tx, &permit, user, id)?;
    credential.active = active;
    tx.put(&credential)
}

/// `ResetServiceSpecificCredential`: another password. It is seen here and never again.
pub fn reset(
    tx: &mut Transaction<'_>,
    permit: Permit<op::ResetServiceSpecificCredential>,
    user: &str,
    id: &str,
) -> Result<(ServiceCredential, Secret), Error> {
    let mut credential = held(tx, &permit, user, id)?;
    let (password, hash) = new_password(tx)?;
    credential.hash = hash;
    tx.put(&credential)?;
    Ok((credential, password))
}

/// `DeleteServiceSpecificCredential`
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteServiceSpecificCredential>,
    user: &str,
    id: &str,
) -> Result<(), Error> {
    let credential = held(tx, &permit, user, id)?;
    tx.delete(&credential);
    Ok(())
}

/// `ListServiceSpecificCredentials`, by id, each with its user's name: those of a user, or of the whole account.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    user: Option<&str>,
    service: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<(Arc<ServiceCredential>, String)>, Error> {
    if let Some(service) = service {
        check_service(service)?;
    }
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found: Vec<Arc<ServiceCredential>> = Vec::new();
    if let Some(name) = user {
        let user = User::get(snapshot, account, name)?;
        names.insert(user.id.as_str(), &user.name);
        found.extend(snapshot.service_credentials_of(account, &user.id).cloned());
    } else {
        names.extend(
            snapshot
                .users(account)
                .map(|user| (user.id.as_str(), user.name.as_str())),
        );
        found.extend(snapshot.service_credentials.of_account(account).cloned());
    }
    let wanted = found
        .into_iter()
        .filter(|credential| service.is_none_or(|service| credential.service == service))
        .map(|credential| {
            let name = names
                .get(credential.user.as_str())
                .copied()
                .unwrap_or_default()
                .to_owned();
            (credential, name)
        });
    Ok(Page::of(
        wanted,
        |(credential, _)| credential.id.to_string(),
        after,
        limit,
    ))
}

fn check_service(service: &str) -> Result<Form, Error> {
    form(service).ok_or_else(|| {
        Error::NotFound(format!(
            "No such service {service} is supported for Service Specific Credentials"
        ))
    })
}

/// 256 random bits as AWS writes them, and the sum that is kept of them.
fn new_password(tx: &Transaction<'_>) -> Result<(Secret, String), Error> {
    let password = Secret::new(STANDARD.encode(tx.random::<32>()?));
    let hash = hex::encode(digest(&SHA256, password.expose().as_bytes()));
    Ok((password, hash))
}

/// `alice-at-123456789012`, and `alice+1-at-123456789012` for the second.
fn free_name(user: &str, account: AccountId, taken: &[String]) -> String {
    let name = |number: usize| match number {
        0 => format!("{user}-at-{account}"),
        number => format!("{user}+{number}-at-{account}"),
    };
    // One more than are taken is enough.
    (0..taken.len())
        .map(name)
        .find(|name| !taken.contains(name))
        .unwrap_or_else(|| name(taken.len()))
}

fn held<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    user: &str,
    id: &str,
) -> Result<ServiceCredential, Error> {
    let user = hold(tx, permit, user)?;
    let found = tx.snapshot().service_credentials.get(permit.account(), id);
    found
        .filter(|credential| credential.user == user.id)
        .map(|credential| ServiceCredential::clone(credential))
        .ok_or_else(|| Error::NotFound(format!("No such credential {id} exists")))
}
