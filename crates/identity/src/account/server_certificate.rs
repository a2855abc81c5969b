//! Server certificates (IAM User Guide: Manage server certificates in IAM). The private key comes in and never leaves.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn, CertificateName, IdKind, Path};

use super::{
    Page,
    resource::{Resource, Tagged, rename, renamed},
    tags,
};
use crate::{
    certificate::Certificate,
    error::{Error, Flaw},
    permit::{Permit, op},
    session::Secret,
    state::{ServerCertificate, Snapshot, Tag},
    transaction::Transaction,
};

/// `UploadServerCertificate`
#[derive(Debug, Clone)]
pub struct NewCertificate<'a> {
    /// `ServerCertificateName`
    pub name: CertificateName,
    /// `Path`
    pub path: Path,
    /// `CertificateBody`
    pub body: &'a str,
    /// `PrivateKey`
    pub private_key: &'a Secret,
    /// `CertificateChain`
    pub chain: Option<&'a str>,
    /// `Tags`
    pub tags: &'a [Tag],
}

/// The ARN of a server certificate.
pub fn arn(account: AccountId, path: &str, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("server-certificate{path}{name}"))
}

/// `UploadServerCertificate`
pub fn upload(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UploadServerCertificate>,
    new: &NewCertificate<'_>,
) -> Result<ServerCertificate, Error> {
    let account = permit.account();
    let name = new.name.as_str();
    let arn = arn(account, new.path.as_str(), name);
    permit.covers(&arn)?;
    if tx.snapshot().server_certificate(account, name).is_some() {
        return Err(taken(name));
    }
    let certificate = check(new, tx.seconds())?;
    let (count, limit) = (
        tx.snapshot().server_certificates(account).count(),
        tx.quotas().server_certificates,
    );
    tx.counts(account, "server-certificates", count, limit, || {
        format!("Cannot exceed quota for ServerCertificatesPerAccount: {limit}")
    })?;
    tags::check(ServerCertificate::KEYS, new.tags, tx.quotas().tags)?;
    let id = tx.unique_id(IdKind::ServerCertificate)?;
    let record = ServerCertificate {
        name: name.to_owned(),
        path: new.path.to_string(),
        account,
        arn: arn.to_string(),
        body: new.body.to_owned(),
        chain: new.chain.map(str::to_owned),
        // Bound to its id, which never comes back: a new name or path changes nothing.
        wrapped: tx.wrap(&format!("server-certificate/{id}"), new.private_key.expose().as_bytes())?,
        id,
        created: tx.seconds(),
        expires: certificate.not_after,
        tags: new.tags.to_vec(),
    };
    tx.put(&record)?;
    Ok(record)
}

/// `GetServerCertificate`
pub fn get(snapshot: &Snapshot, account: AccountId, name: &str) -> Result<Arc<ServerCertificate>, Error> {
    snapshot
        .server_certificate(account, name)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("The Server Certificate with name {name} cannot be found.")))
}

/// `ListServerCertificates`, by name.
pub fn list(
    snapshot: &Snapshot,
    account: AccountId,
    path_prefix: &str,
    after: Option<&str>,
    limit: usize,
) -> Page<Arc<ServerCertificate>> {
    Page::named(snapshot.server_certificates(account), path_prefix, after, limit)
}

/// `UpdateServerCertificate`: another name, another path, or both.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateServerCertificate>,
    name: &str,
    new_name: Option<&CertificateName>,
    new_path: Option<&Path>,
) -> Result<(), Error> {
    rename::<ServerCertificate, _>(tx, &permit, name, new_name.map(CertificateName::as_str), new_path)?;
    Ok(())
}

/// `DeleteServerCertificate`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteServerCertificate>, name: &str) -> Result<(), Error> {
    let certificate = get(tx.snapshot(), permit.account(), name)?;
    permit.covers(&certificate.arn)?;
    tx.delete(&*certificate);
    Ok(())
}

renamed!(ServerCertificate, to_string);

impl Resource for ServerCertificate {
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
        get(snapshot, account, by)
    }

    fn arn(&self) -> &str {
        &self.arn
    }
}

impl Tagged for ServerCertificate {
    type Tag = op::TagServerCertificate;
    type Untag = op::UntagServerCertificate;

    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }
}

/// The certificate, if it is one, is valid now, has this key, and is signed by the first of its chain, which the second
/// has signed, and so on. "The certificate must be valid at the time of upload" (IAM User Guide: Manage server
/// certificates in IAM).
fn check(new: &NewCertificate<'_>, now: i64) -> Result<Certificate, Error> {
    let malformed = |sentence: String| Error::Unusable(Flaw::MalformedCertificate, sentence);
    let not_pem =
        || malformed("Unable to parse certificate. Please ensure the certificate is in PEM format.".to_owned());
    let certificate = Certificate::from_pem(new.body).ok_or_else(not_pem)?;
    if !certificate.is_valid(now) {
        return Err(malformed("The certificate is expired or not valid yet.".to_owned()));
    }
    match certificate.is_of(new.private_key.expose()) {
        Some(true) => {}
        Some(false) => {
            return Err(Error::Unusable(
                Flaw::KeyPairMismatch,
                "The public key certificate and the private key do not match.".to_owned(),
            ));
        }
        None => {
            return Err(malformed(
                "Unable to parse private key. Please ensure the private key is in PEM format.".to_owned(),
            ));
        }
    }
    if let Some(chain) = new.chain {
        let chain = Certificate::chain(chain).ok_or_else(not_pem)?;
        let mut signed = &certificate;
        // The uploaded certificate counts as the one before the first.
        for (index, signer) in (-1..).zip(&chain) {
            if !signer.has_signed(signed) {
                return Err(malformed(format!(
                    "Unable to validate certificate chain. The certificate chain must start with the immediate signing \
                     certificate, followed by any intermediaries in order. The index within the chain of the invalid \
                     certificate is: {index}"
                )));
            }
            signed = signer;
        }
    }
    Ok(certificate)
}

fn taken(name: &str) -> Error {
    Error::AlreadyExists(format!("The Server Certificate with name {name} already exists."))
}
