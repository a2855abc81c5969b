//! SAML providers (IAM User Guide: Create a SAML identity provider in IAM). Nobody is contacted here.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rolecall_names::{AccountId, Arn, SamlProviderName, base32};

use super::{
    parse_arn,
    resource::{Resource, Tagged, edit},
    tags,
};
use crate::{
    error::Error,
    keys::RootKey,
    permit::{Permit, op},
    session::Secret,
    state::{SamlKey, SamlProvider, Snapshot, Tag},
    token::opens_assertions,
    transaction::Transaction,
};

/// Metadata that says nothing else counts so long: what AWS shows.
const UNLIMITED: i64 = 100 * 365 * 86_400;
/// "Up to two private keys" (IAM API Reference: `UpdateSAMLProvider`).
const KEYS: usize = 2;

/// A metadata document that was read.
#[derive(Debug, Clone, Copy)]
pub struct NewMetadata<'a> {
    /// As it was given.
    pub text: &'a str,
    /// `entityID`
    pub entity_id: &'a str,
    /// `validUntil`, in seconds.
    pub valid_until: Option<i64>,
    /// The certificates that its assertions are signed with, in DER.
    pub certificates: &'a [Vec<u8>],
}

/// `CreateSAMLProvider`
#[derive(Debug, Clone)]
pub struct NewProvider<'a> {
    /// `Name`
    pub name: SamlProviderName,
    /// `SAMLMetadataDocument`
    pub metadata: NewMetadata<'a>,
    /// Whether `AssertionEncryptionMode` is `Required`.
    pub encryption_required: Option<bool>,
    /// `AddPrivateKey`
    pub private_key: Option<&'a Secret>,
    /// `Tags`
    pub tags: &'a [Tag],
}

/// `UpdateSAMLProvider`: what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Changes<'a> {
    /// `SAMLMetadataDocument`
    pub metadata: Option<NewMetadata<'a>>,
    /// Whether `AssertionEncryptionMode` is `Required`.
    pub encryption_required: Option<bool>,
    /// `AddPrivateKey`
    pub add_key: Option<&'a Secret>,
    /// `RemovePrivateKey`
    pub remove_key: Option<&'a str>,
}

/// The ARN of a provider.
pub fn arn(account: AccountId, name: &str) -> Arn {
    Arn::iam(account.as_str(), &format!("saml-provider/{name}"))
}

/// `CreateSAMLProvider`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateSAMLProvider>,
    new: &NewProvider<'_>,
) -> Result<SamlProvider, Error> {
    let account = permit.account();
    let name = new.name.as_str();
    let arn = arn(account, name);
    permit.covers(&arn)?;
    if tx.snapshot().saml_provider(account, name).is_some() {
        return Err(Error::AlreadyExists(format!("SAMLProvider {name} already exists.")));
    }
    let (count, limit) = (
        tx.snapshot().saml_providers(account).count(),
        tx.quotas().saml_providers,
    );
    tx.counts(account, "saml-providers", count, limit, || {
        format!("Cannot exceed quota for SAMLProvidersPerAccount: {limit}")
    })?;
    tags::check(SamlProvider::KEYS, new.tags, tx.quotas().tags)?;
    let mut provider = SamlProvider {
        name: name.to_owned(),
        account,
        arn: arn.to_string(),
        uuid: new_id(tx)?,
        metadata: String::new(),
        entity_id: String::new(),
        certificates: Vec::new(),
        created: tx.seconds(),
        valid_until: 0,
        encryption_required: new.encryption_required,
        keys: Vec::new(),
        tags: new.tags.to_vec(),
    };
    set(tx, &mut provider, new.metadata)?;
    if let Some(key) = new.private_key {
        add_key(tx, &mut provider, key)?;
    }
    check_keys(&provider)?;
    tx.put(&provider)?;
    Ok(provider)
}

/// `GetSAMLProvider`
pub fn get(snapshot: &Snapshot, account: AccountId, arn: &str) -> Result<Arc<SamlProvider>, Error> {
    let parsed = parse_arn(arn)?;
    let name = parsed.resource_of("saml-provider");
    let found = name.and_then(|name| snapshot.saml_provider(account, name));
    found
        .filter(|provider| provider.arn == arn)
        .cloned()
        .ok_or_else(|| Error::NotFound(format!("Manifest not found for arn {arn}")))
}

/// `ListSAMLProviders`: all, by name.
pub fn list(snapshot: &Snapshot, account: AccountId) -> Vec<Arc<SamlProvider>> {
    snapshot.saml_providers(account).cloned().collect()
}

/// `UpdateSAMLProvider`, with the refusals of IAM User Guide: Troubleshoot SAML federation with IAM.
pub fn update(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateSAMLProvider>,
    arn: &str,
    changes: &Changes<'_>,
) -> Result<(), Error> {
    let refused = |text: &str| Err(Error::Invalid(text.to_owned()));
    match changes {
        Changes {
            metadata: None,
            encryption_required: None,
            add_key: None,
            remove_key: None,
        } => {
            return refused(
                "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
            );
        }
        Changes {
            add_key: Some(_),
            remove_key: Some(_),
            ..
        } => {
            return refused(
                "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.",
            );
        }
        _ => {}
    }
    edit(tx, &permit, arn, |provider: &mut SamlProvider, tx| {
        if let Some(metadata) = changes.metadata {
            set(tx, provider, metadata)?;
        }
        if let Some(required) = changes.encryption_required {
            provider.encryption_required = Some(required);
        }
        if let Some(id) = changes.remove_key {
            let before = provider.keys.len();
            provider.keys.retain(|key| key.id != id);
            if provider.keys.len() == before {
                return Err(Error::NotFound(
                    "Failed to remove private key because the Key ID does not match a private key.".to_owned(),
                ));
            }
        }
        if let Some(key) = changes.add_key {
            add_key(tx, provider, key)?;
        }
        check_keys(provider)
    })?;
    Ok(())
}

/// `DeleteSAMLProvider`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteSAMLProvider>, arn: &str) -> Result<(), Error> {
    permit.covers(arn)?;
    let provider = get(tx.snapshot(), permit.account(), arn)?;
    tx.delete(&*provider);
    Ok(())
}

impl Resource for SamlProvider {
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
        get(snapshot, account, by)
    }

    fn arn(&self) -> &str {
        &self.arn
    }
}

impl Tagged for SamlProvider {
    type Tag = op::TagSAMLProvider;
    type Untag = op::UntagSAMLProvider;

    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }
}

/// Takes a metadata document for what the provider says of itself. One that does not count any more says nothing.
fn set(tx: &Transaction<'_>, provider: &mut SamlProvider, metadata: NewMetadata<'_>) -> Result<(), Error> {
    let until = metadata
        .valid_until
        .unwrap_or_else(|| tx.seconds().saturating_add(UNLIMITED));
    if until <= tx.seconds() {
        return Err(Error::Invalid("The metadata document has expired.".to_owned()));
    }
    metadata.text.clone_into(&mut provider.metadata);
    metadata.entity_id.clone_into(&mut provider.entity_id);
    provider.certificates = metadata.certificates.iter().map(|der| STANDARD.encode(der)).collect();
    provider.valid_until = until;
    Ok(())
}

fn add_key(tx: &Transaction<'_>, provider: &mut SamlProvider, key: &Secret) -> Result<(), Error> {
    if provider.keys.len() >= KEYS {
        return Err(Error::Limit(format!("Private key limit of {KEYS} is reached.")));
    }
    if !opens_assertions(key) {
        return Err(Error::Invalid("Invalid private key.".to_owned()));
    }
    let id = new_id(tx)?;
    provider.keys.push(SamlKey {
        wrapped: tx.wrap(&key_record(&id), key.expose().as_bytes())?,
        id,
        created: tx.seconds(),
    });
    Ok(())
}

/// What a wrapped key is bound to.
fn key_record(id: &str) -> String {
    format!("saml-key/{id}")
}

/// A key that opens encrypted assertions, in PEM. For whoever holds the root key.
pub(crate) fn open_key(key: &SamlKey, root: &RootKey) -> Option<Secret> {
    let wrapped = hex::decode(&key.wrapped).ok()?;
    let opened = root.unwrap(&key_record(&key.id), &wrapped).ok()?;
    std::str::from_utf8(&opened).ok().map(Secret::new)
}

/// 130 random bits: AWS's ids of providers and of their keys have 22 capitals and digits at least.
fn new_id(tx: &Transaction<'_>) -> Result<String, Error> {
    Ok(base32::<26>(&tx.random::<17>()?))
}

/// Encrypted assertions that must come would open with no key.
fn check_keys(provider: &SamlProvider) -> Result<(), Error> {
    if provider.encryption_required == Some(true) && provider.keys.is_empty() {
        return Err(Error::Invalid(
            "Unable to set assertion encryption mode to Required because no private key is provided.".to_owned(),
        ));
    }
    Ok(())
}
