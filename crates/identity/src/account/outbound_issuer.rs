//! Outbound identity federation (IAM User Guide: Federating AWS identities to external services): an account's own issuer.

use std::sync::Arc;

use rolecall_names::AccountId;

use super::signing_key;
use crate::{
    error::Error,
    keys::RootKey,
    permit::{Permit, op},
    state::{OutboundIssuer, Snapshot},
    token::{
        Algorithm, KeySet,
        issuer::{SigningKey, key_set},
    },
    transaction::Transaction,
};

/// What such calls are decided on.
pub const RESOURCE: &str = "*";

/// The longest life of a token, in seconds (STS API Reference: `GetWebIdentityToken`; the model has it too).
pub const LONGEST_TOKEN: i64 = 3600;

/// What the wrapped signing keys of an issuer are bound to.
pub(super) fn record(id: &str) -> String {
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
    let signing_keys = signing_key::wrap(tx, &record(&id), keys, tx.seconds())?;
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

/// The key of this algorithm that signs now. For whoever holds the root key.
pub fn signing_key(
    issuer: &OutboundIssuer,
    algorithm: Algorithm,
    root: &RootKey,
    now: i64,
) -> Result<SigningKey, Error> {
    let key = signing_key::signer(&issuer.signing_keys, algorithm, now)?;
    signing_key::open(key, &record(&issuer.id), root)
}
