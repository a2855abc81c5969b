//! Signing certificates of users, and of an account's root (IAM User Guide: Manage signing certificates).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rolecall_names::{AccountId, UniqueId, base32};

use super::{Holder as _, Page, access_key::hold_owner};
use crate::{
    certificate::Certificate,
    error::{Error, Flaw},
    permit::{Operation, Permit, op},
    state::{SigningCertificate, Snapshot, User},
    transaction::Transaction,
};

/// `UploadSigningCertificate` for a user, or without one for the root.
pub fn upload(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UploadSigningCertificate>,
    user: Option<&str>,
    body: &str,
) -> Result<SigningCertificate, Error> {
    let account = permit.account();
    let user = owner(tx, &permit, user)?;
    let certificate = Certificate::from_pem(body)
        .ok_or_else(|| Error::Unusable(Flaw::MalformedCertificate, format!("Certificate {body} is malformed.")))?;
    if !certificate.is_valid(tx.seconds()) {
        return Err(Error::Unusable(
            Flaw::InvalidCertificate,
            "The certificate is expired or not valid yet.".to_owned(),
        ));
    }
    let id = base32::<32>(digest(&SHA1_FOR_LEGACY_USE_ONLY, &certificate.der).as_ref());
    // "The request was rejected because the same certificate is associated with an IAM user in the account" (IAM API
    // Reference: UploadSigningCertificate).
    if tx.snapshot().signing_certificates.get(account, &id).is_some() {
        return Err(Error::Unusable(
            Flaw::DuplicateCertificate,
            "The same certificate is associated with an IAM user in the account.".to_owned(),
        ));
    }
    let (count, limit) = (
        tx.snapshot().signing_certificates_of(account, user.as_ref()).count(),
        tx.quotas().signing_certificates,
    );
    if count >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for CertificatesPerUser: {limit}"
        )));
    }
    let record = SigningCertificate {
        id,
        account,
        user,
        body: body.to_owned(),
        active: true,
        created: tx.seconds(),
    };
    tx.put(&record)?;
    Ok(record)
}

/// `UpdateSigningCertificate`
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateSigningCertificate>,
    user: Option<&str>,
    id: &str,
    active: bool,
) -> Result<(), Error> {
    let mut certificate = SigningCertificate::clone(&*held(tx, &permit, user, id)?);
    certificate.active = active;
    tx.put(&certificate)
}

/// `DeleteSigningCertificate`
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteSigningCertificate>,
    user: Option<&str>,
    id: &str,
) -> Result<(), Error> {
    let certificate = held(tx, &permit, user, id)?;
    tx.delete(&*certificate);
    Ok(())
}

/// `ListSigningCertificates`, by id.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    user: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Arc<SigningCertificate>>, Error> {
    let user = match user {
        Some(name) => Some(&User::get(snapshot, account, name)?.id),
        None => None,
    };
    Ok(Page::of(
        snapshot.signing_certificates_of(account, user).cloned(),
        |certificate| certificate.id.clone(),
        after,
        limit,
    ))
}

fn held<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    user: Option<&str>,
    id: &str,
) -> Result<Arc<SigningCertificate>, Error> {
    let user = owner(tx, permit, user)?;
    tx.snapshot()
        .signing_certificates
        .get(permit.account(), id)
        .filter(|certificate| certificate.user == user)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("The Certificate with id {id} cannot be found.")))
}

/// The unique id of whoever's certificates are meant, whom the permit is for, held still.
fn owner<Op: Operation>(
    tx: &mut Transaction<'_>,
    permit: &Permit<Op>,
    user: Option<&str>,
) -> Result<Option<UniqueId>, Error> {
    match hold_owner(tx, permit, user)? {
        None => Ok(None),
        Some(name) => Ok(Some(User::get(tx.snapshot(), permit.account(), &name)?.id.clone())),
    }
}
