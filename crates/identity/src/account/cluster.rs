//! Clusters: who issues the tokens of which service accounts.

use std::{slice, sync::Arc};

use rolecall_names::{AccountId, Arn, ClusterName};
use serde_json::json;

use super::{Page, oidc_provider::ISSUERS, signing_key, tags};
use crate::{
    error::Error,
    keys::RootKey,
    permit::{Permit, op},
    state::{Cluster, Network, Snapshot, Tag},
    token::{Algorithm, KeySet, issuer::SigningKey},
    transaction::Transaction,
};

/// Where a new cluster's tokens come from.
#[derive(Debug, Clone, Copy)]
pub enum Issuer<'a> {
    /// From us, in `rolecall dev`: the issuer is `BASE/id/CLUSTER-ID`.
    Hosted {
        /// Such as `https://127.0.0.1:4566`.
        base: &'a str,
        /// The first key. Making one takes long: make it before the transaction.
        key: &'a SigningKey,
    },
    /// From the cluster itself, under an issuer that we host discovery for: `BASE/id/CLUSTER-ID`.
    Published {
        /// Such as `https://127.0.0.1:4566`.
        base: &'a str,
        /// Its keys as a JSON Web Key Set, if they are not to be published later.
        jwks: Option<&'a str>,
    },
    /// From an issuer of its own.
    Registered {
        /// With `https://`.
        url: &'a str,
        /// Its keys as a JSON Web Key Set, if they are not to be published later.
        jwks: Option<&'a str>,
    },
}

/// `CreateCluster`
#[derive(Debug, Clone)]
pub struct NewCluster<'a> {
    /// `name`
    pub name: ClusterName,
    /// The region that was asked.
    pub region: &'a str,
    /// Where its tokens come from.
    pub issuer: Issuer<'a>,
    /// `roleArn`
    pub role_arn: &'a str,
    /// `version`
    pub version: &'a str,
    /// `resourcesVpcConfig`
    pub network: Network,
    /// `tags`
    pub tags: &'a [Tag],
    /// `clientRequestToken`: the same call again makes nothing new.
    pub token: Option<&'a str>,
}

/// The ARN of a cluster.
pub fn arn(account: AccountId, region: &str, name: &str) -> Arn {
    Arn::eks(region, account.as_str(), &format!("cluster/{name}"))
}

/// The longest life of a service account's token that is signed here, in seconds: a day, as on EKS.
pub const LONGEST_TOKEN: i64 = 24 * 60 * 60;

/// What the wrapped signing keys of a cluster are bound to.
pub(super) fn record(id: &str) -> String {
    format!("cluster/{id}")
}

/// `CreateCluster`. Names are unique in the whole installation (threat 8), and no two clusters share an issuer.
pub fn create(
    tx: &mut Transaction<'_>,
    permit: Permit<op::CreateCluster>,
    new: &NewCluster<'_>,
) -> Result<Cluster, Error> {
    let account = permit.account();
    let name = new.name.as_str();
    let arn = arn(account, new.region, name);
    permit.covers(&arn)?;
    // One at a time, and not while a provider comes: what follows is about all accounts.
    tx.guard(ISSUERS);
    if let Some(known) = tx.snapshot().clusters.values().find(|cluster| cluster.name == name) {
        // SDKs send a call again whose answer was lost, with the same token.
        let again = known.account == account
            && new.token.is_some()
            && known.token.as_deref() == new.token
            && known.arn == arn.as_str()
            && known.role_arn == new.role_arn
            && known.version == new.version
            && known.network == new.network
            && known.tags == new.tags;
        if again {
            return Ok(Cluster::clone(known));
        }
        return Err(Error::AlreadyExists(format!(
            "Cluster already exists with name: {name}"
        )));
    }
    let limit = tx.quotas().clusters;
    if tx.snapshot().clusters(account).count() >= limit {
        return Err(Error::Limit(format!(
            "Cannot exceed quota for ClustersPerAccount: {limit}"
        )));
    }
    tags::check(tags::Keys::CaseSensitive, new.tags, tx.quotas().tags)?;
    // Random, as EKS's are, so that a cluster's name may come back without its trust (threat 6).
    let id = hex::encode_upper(tx.random::<16>()?);
    let mut cluster = Cluster {
        name: name.to_owned(),
        account,
        region: new.region.to_owned(),
        arn: arn.to_string(),
        issuer: String::new(),
        created: tx.seconds(),
        role_arn: new.role_arn.to_owned(),
        version: new.version.to_owned(),
        network: new.network.clone(),
        token: new.token.map(str::to_owned),
        signing_keys: Vec::new(),
        jwks: json!({ "keys": [] }).to_string(),
        keys: None,
        tags: new.tags.to_vec(),
        id,
    };
    match new.issuer {
        Issuer::Hosted { base, key } => {
            cluster.issuer = format!("{}/id/{}", base.trim_end_matches('/'), cluster.id);
            cluster.signing_keys = signing_key::wrap(tx, &record(&cluster.id), slice::from_ref(key), tx.seconds())?;
            cluster.jwks = crate::token::issuer::key_set([key]).to_string();
        }
        Issuer::Published { base, jwks } => {
            cluster.issuer = format!("{}/id/{}", base.trim_end_matches('/'), cluster.id);
            cluster.jwks = jwks.map(check_keys).transpose()?.unwrap_or(cluster.jwks);
        }
        Issuer::Registered { url, jwks } => {
            check_issuer(tx.snapshot(), account, url)?;
            url.clone_into(&mut cluster.issuer);
            cluster.jwks = jwks.map(check_keys).transpose()?.unwrap_or(cluster.jwks);
        }
    }
    cluster.keys = KeySet::parse(cluster.jwks.as_bytes()).ok().map(Arc::new);
    tx.put(&cluster)?;
    Ok(cluster)
}

/// Replaces the keys that a cluster's tokens are verified with. There is one place for them: a key that is not in the set
/// any more verifies nothing from now on, so during a rotation the set holds both.
pub fn publish_keys(
    tx: &mut Transaction<'_>,
    permit: Permit<op::PublishClusterKeys>,
    name: &str,
    jwks: &str,
) -> Result<Cluster, Error> {
    let cluster = get(tx.snapshot(), permit.account(), name)?;
    permit.covers(&cluster.arn)?;
    if !cluster.signing_keys.is_empty() {
        return Err(Error::Invalid(format!(
            "The tokens of cluster {name} are signed here: its keys cannot be published from elsewhere."
        )));
    }
    let mut cluster = Cluster::clone(&cluster);
    cluster.jwks = check_keys(jwks)?;
    cluster.keys = KeySet::parse(cluster.jwks.as_bytes()).ok().map(Arc::new);
    tx.put(&cluster)?;
    Ok(cluster)
}

/// A key set with at least one key that can verify a token.
fn check_keys(jwks: &str) -> Result<String, Error> {
    let keys = KeySet::parse(jwks.as_bytes()).map_err(|error| Error::Invalid(error.to_string()))?;
    if keys.is_empty() {
        return Err(Error::Invalid(
            "The key set has no key that a token could be verified with.".to_owned(),
        ));
    }
    Ok(jwks.to_owned())
}

/// An issuer that no other cluster has, and no provider of another account names (threat 1).
fn check_issuer(snapshot: &Snapshot, account: AccountId, url: &str) -> Result<(), Error> {
    let bare = url
        .strip_prefix("https://")
        .filter(|bare| !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or_else(|| Error::Invalid("The issuer must be a URL that begins with https://".to_owned()))?;
    let by_cluster = snapshot.clusters.values().any(|cluster| cluster.issuer == url);
    let by_provider = snapshot
        .providers
        .iter()
        .any(|((owner, provider), _)| *owner != account && provider == bare);
    let by_account = snapshot.outbound_issuers.values().any(|issuer| issuer.url == url);
    if by_cluster || by_provider || by_account {
        return Err(Error::AlreadyExists(format!("The issuer is in use: {url}")));
    }
    Ok(())
}

/// `DescribeCluster`
pub fn get(snapshot: &Snapshot, account: AccountId, name: &str) -> Result<Arc<Cluster>, Error> {
    let cluster = snapshot.cluster(account, name).cloned();
    cluster.ok_or_else(|| not_found(name))
}

pub(super) fn not_found(name: &str) -> Error {
    Error::NotFound(format!("No cluster found for name: {name}."))
}

/// `ListClusters`: names.
pub fn list(snapshot: &Snapshot, account: AccountId, after: Option<&str>, limit: usize) -> Page<String> {
    Page::of(
        snapshot.clusters(account).map(|cluster| cluster.name.clone()),
        String::clone,
        after,
        limit,
    )
}

/// `DeleteCluster`
pub fn delete(tx: &mut Transaction<'_>, permit: Permit<op::DeleteCluster>, name: &str) -> Result<Arc<Cluster>, Error> {
    let cluster = get(tx.snapshot(), permit.account(), name)?;
    permit.covers(&cluster.arn)?;
    tx.delete(&*cluster);
    Ok(cluster)
}

/// The key that signs the tokens of a hosted cluster now. For whoever holds the root key.
pub fn signing_key(cluster: &Cluster, root: &RootKey, now: i64) -> Result<SigningKey, Error> {
    let key = signing_key::signer(&cluster.signing_keys, Algorithm::Rs256, now)?;
    signing_key::open(key, &record(&cluster.id), root)
}
