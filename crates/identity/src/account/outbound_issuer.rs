//! Outbound identity federation (IAM User Guide: Federating AWS identities to external services): an account's own issuer.

use std::sync::Arc;

use rolecall_names::AccountId;

use crate::{
    error::Error,
    keys::RootKey,
    permit::{Permit, op},
    state::{OutboundIssuer, OutboundKey, Snapshot},
    token::{
        Algorithm, KeySet,
        issuer::{SigningKey, key_set},
    },
    transaction::Transaction,
};

/// What such calls are decided on.
pub const RESOURCE: &str = "*";

/// What the wrapped signing keys of an issuer are bound to.
fn record(id: &str) -> String {
    format!("outbound-issuer/{id}")
}

/// `EnableOutboundWebIdentityFederation`. An account keeps its issuer and its keys over the time in which it issues
/// nothing; `keys` are for one that never had any. Making them takes long: make them before the transaction.
pub fn enable(
    tx: &mut Transaction<'_>,
    permit: Permit<op::EnableOutboundWebIdentityFederation>,
    base: &str,
    keys: &[SigningKey],
) -> Result<OutboundIssuer, Error> {
    permit.covers(RESOURCE)?;
    let account = permit.account();
    let issuer = match tx.snapshot().outbound_issuer(account) {
        Some(issuer) if issuer.enabled => {
            return Err(Error::FeatureEnabled(
                "Outbound identity federation is already enabled for your account.".to_owned(),
            ));
        }
        Some(issuer) => OutboundIssuer {
            enabled: true,
            ..OutboundIssuer::clone(issuer)
        },
        None => new(tx, account, base, keys)?,
    };
    tx.put(&issuer)?;
    Ok(issuer)
}

fn new(tx: &Transaction<'_>, account: AccountId, base: &str, keys: &[SigningKey]) -> Result<OutboundIssuer, Error> {
    // Random, so that an account's id may come back without the trust in it (threat 6).
    let id = hex::encode(tx.random::<16>()?);
    let wrap = |key: &SigningKey| {
        let secret = key.to_pkcs8().map_err(|error| Error::Internal(error.to_string()))?;
        Ok(OutboundKey {
            algorithm: key.algorithm().to_owned(),
            wrapped: tx.wrap(&record(&id), &secret)?,
        })
    };
    let signing_keys = keys.iter().map(wrap).collect::<Result<_, Error>>()?;
    let jwks = key_set(keys).to_string();
    let keys = KeySet::parse(jwks.as_bytes()).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(OutboundIssuer {
        account,
        url: format!("{}/id/{id}", base.trim_end_matches('/')),
        id,
        enabled: true,
        created: tx.seconds(),
        signing_keys,
        jwks,
        keys: Some(Arc::new(keys)),
    })
}

/// `DisableOutboundWebIdentityFederation`: "does not affect tokens that were issued before the feature was disabled" (IAM
/// API Reference).
pub fn disable(
    tx: &mut Transaction<'_>,
    permit: Permit<op::DisableOutboundWebIdentityFederation>,
) -> Result<(), Error> {
    permit.covers(RESOURCE)?;
    let issuer = get(tx.snapshot(), permit.account())?;
    tx.put(&OutboundIssuer {
        enabled: false,
        ..OutboundIssuer::clone(&issuer)
    })
}

/// `GetOutboundWebIdentityFederationInfo`
pub fn get(snapshot: &Snapshot, account: AccountId) -> Result<Arc<OutboundIssuer>, Error> {
    snapshot
        .outbound_issuer(account)
        .filter(|issuer| issuer.enabled)
        .cloned()
        .ok_or_else(|| {
            Error::FeatureDisabled("Outbound identity federation is not enabled for your account.".to_owned())
        })
}

/// The newest signing key of this algorithm. For whoever holds the root key.
pub fn signing_key(issuer: &OutboundIssuer, algorithm: Algorithm, root: &RootKey) -> Result<SigningKey, Error> {
    let internal = |why: &str| Error::Internal(why.to_owned());
    let keys = issuer.signing_keys.iter().rev();
    let key = keys
        .into_iter()
        .find(|key| Algorithm::named(&key.algorithm) == Some(algorithm))
        .ok_or_else(|| internal("an issuer has no key of this algorithm"))?;
    let wrapped = hex::decode(&key.wrapped).map_err(|_| internal("a signing key is no hexadecimal"))?;
    let secret = root.unwrap(&record(&issuer.id), &wrapped)?;
    SigningKey::from_pkcs8(&secret).map_err(|error| Error::Internal(error.to_string()))
}
