//! OIDC providers (IAM User Guide: Create an OpenID Connect identity provider in IAM). Nobody is contacted here.

use std::sync::Arc;

use rolecall_names::{AccountId, Arn};

use super::{
    parse_arn,
    resource::{Resource, Tagged, edit},
    tags,
};
use crate::{
    error::Error,
    permit::{Permit, op},
    state::{Provider, Snapshot, Tag, account_of},
    transaction::Transaction,
};

/// `CreateOpenIDConnectProvider`
#[derive(Debug, Clone)]
pub struct NewProvider<'a> {
    /// `Url`
    pub url: &'a str,
    /// `ClientIDList`
    pub client_ids: &'a [String],
    /// `ThumbprintList`
    pub thumbprints: &'a [String],
    /// `Tags`
    pub tags: &'a [Tag],
}

/// The ARN of a provider; `url` with or without `https://`.
pub fn arn(account: AccountId, url: &str) -> Arn {
    let bare = url.strip_prefix("https://").unwrap_or(url);
    Arn::iam(account.as_str(), &format!("oidc-provider/{bare}"))
}

/// The URL without its scheme. It is compared byte for byte with `iss`, so that it is kept as it is (threat 1).
fn bare(url: &str) -> Result<&str, Error> {
    let bare = url.strip_prefix("https://").filter(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        let (name, port) = host.split_once(':').unwrap_or((host, "443"));
        let visible = rest.bytes().all(|b| b.is_ascii_graphic() && !b"?#@\\\"".contains(&b));
        let name_is_good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        visible && name_is_good && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    bare.filter(|_| url.len() <= 255)
        .ok_or_else(|| Error::Validation("Invalid Open ID Connect Provider URL".to_owned()))
}

/// `CreateOpenIDConnectProvider`
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateOpenIDConnectProvider>,
    new: &NewProvider<'_>,
) -> Result<Provider, Error> {
    let account = permit.account();
    let url = bare(new.url)?;
    let arn = arn(account, url);
    permit.covers(&arn)?;
    if tx.snapshot().provider(account, url).is_some() {
        return Err(Error::AlreadyExists(format!(
            "Provider with url {} already exists.",
            new.url
        )));
    }
    let (count, limit) = (tx.snapshot().providers(account).count(), tx.quotas().providers);
    let refusal = || format!("Cannot exceed quota for OpenIdConnectProvidersPerAccount: {limit}");
    tx.counts(account, "providers", count, limit, refusal)?;
    tags::check(Provider::KEYS, new.tags, tx.quotas().tags)?;
    let mut provider = Provider {
        url: url.to_owned(),
        arn: arn.to_string(),
        client_ids: Vec::new(),
        thumbprints: thumbprints(tx, new.thumbprints)?,
        created: tx.seconds(),
        tags: new.tags.to_vec(),
    };
    for id in new.client_ids {
        add(tx, &mut provider, id)?;
    }
    // Whoever registers a cluster with this issuer at this moment loses, or we do.
    tx.mark(ISSUERS);
    tx.put(&provider)?;
    Ok(provider)
}

/// Marked by new providers, guarded by new clusters: an issuer must not be taken by both at once (threat 1).
pub(crate) const ISSUERS: &str = "issuers";

/// `GetOpenIDConnectProvider`
pub fn get(snapshot: &Snapshot, account: AccountId, arn: &str) -> Result<Arc<Provider>, Error> {
    let missing = || Error::NotFound(format!("OpenIDConnect Provider not found for arn {arn}"));
    let parsed = parse_arn(arn)?;
    let url = parsed.resource_of("oidc-provider").ok_or_else(missing)?;
    let found = snapshot.provider(account, url).filter(|provider| provider.arn == arn);
    found.cloned().ok_or_else(missing)
}

/// `ListOpenIDConnectProviders`: all, by URL.
pub fn list(snapshot: &Snapshot, account: AccountId) -> Vec<Arc<Provider>> {
    snapshot.providers(account).cloned().collect()
}

/// `DeleteOpenIDConnectProvider`. The IAM API Reference says that it "does not fail or return an error if you call the
/// operation for a provider that does not exist"; AWS's recorded answer is this one.
pub fn delete(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DeleteOpenIDConnectProvider>,
    arn: &str,
) -> Result<Arc<Provider>, Error> {
    permit.covers(arn)?;
    let gone = || format!("OpenId connect Provider {arn} cannot be found.");
    let provider = get(tx.snapshot(), permit.account(), arn).map_err(|error| error.or_missing(gone))?;
    tx.delete(&*provider);
    Ok(provider)
}

/// `AddClientIDToOpenIDConnectProvider`. Adding again changes nothing.
pub fn add_client_id(
    tx: &mut Transaction<'_>,
    permit: Permit<op::AddClientIDToOpenIDConnectProvider>,
    arn: &str,
    id: &str,
) -> Result<(), Error> {
    edit(tx, &permit, arn, |provider: &mut Provider, tx| add(tx, provider, id))?;
    Ok(())
}

/// `RemoveClientIDFromOpenIDConnectProvider`. Removing one that is not there changes nothing.
pub fn remove_client_id(
    tx: &mut Transaction<'_>,
    permit: Permit<op::RemoveClientIDFromOpenIDConnectProvider>,
    arn: &str,
    id: &str,
) -> Result<(), Error> {
    edit(tx, &permit, arn, |provider: &mut Provider, _| {
        provider.client_ids.retain(|other| other != id);
        Ok(())
    })?;
    Ok(())
}

/// `UpdateOpenIDConnectProviderThumbprint`
pub fn update_thumbprints(
    tx: &mut Transaction<'_>,
    permit: Permit<op::UpdateOpenIDConnectProviderThumbprint>,
    arn: &str,
    new: &[String],
) -> Result<(), Error> {
    edit(tx, &permit, arn, |provider: &mut Provider, tx| {
        provider.thumbprints = thumbprints(tx, new)?;
        Ok(())
    })?;
    Ok(())
}

impl Resource for Provider {
    fn meant(snapshot: &Snapshot, account: AccountId, by: &str) -> Result<Arc<Self>, Error> {
        let found = get(snapshot, account, by)?;
        debug_assert_eq!(account_of(&found.arn), account);
        Ok(found)
    }

    fn arn(&self) -> &str {
        &self.arn
    }
}

impl Tagged for Provider {
    type Tag = op::TagOpenIDConnectProvider;
    type Untag = op::UntagOpenIDConnectProvider;

    fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn tags_mut(&mut self) -> &mut Vec<Tag> {
        &mut self.tags
    }
}

fn add(tx: &Transaction<'_>, provider: &mut Provider, id: &str) -> Result<(), Error> {
    if id.is_empty() || id.chars().count() > 255 {
        return Err(Error::Validation("Invalid client ID".to_owned()));
    }
    if provider.client_ids.iter().any(|other| other == id) {
        return Ok(());
    }
    let limit = tx.quotas().client_ids;
    if provider.client_ids.len() >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {limit}"
        )));
    }
    provider.client_ids.push(id.to_owned());
    Ok(())
}

fn thumbprints(tx: &Transaction<'_>, given: &[String]) -> Result<Vec<String>, Error> {
    let limit = tx.quotas().thumbprints;
    if given.len() > limit {
        return Err(Error::Invalid(format!(
            "Thumbprint list must contain fewer than {limit} entries."
        )));
    }
    if given
        .iter()
        .any(|one| one.len() != 40 || !one.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        return Err(Error::Invalid(
            "Thumbprint must be 40 hexadecimal characters.".to_owned(),
        ));
    }
    Ok(given.iter().map(|one| one.to_ascii_lowercase()).collect())
}
