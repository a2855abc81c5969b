//! A snapshot as the flows see it.

use std::{borrow::Cow, sync::LazyLock};

use rolecall_names::{AccountId, Arn, UniqueId};
use rolecall_policy::Compiled;

use super::{Directory, KeySource, KeyView, ProviderView, RoleView, SamlProviderView};
use crate::{
    account::saml_provider,
    keys::RootKey,
    session::{Record, Secret, Source},
    state::{AccessKey, Cluster, Revocation, Snapshot, account_of},
    token::KeySet,
};

/// Of a cluster that has published no key yet.
static NO_KEYS: LazyLock<KeySet> = LazyLock::new(KeySet::default);

/// A snapshot, with the key that opens the secrets in it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    snapshot: &'a Snapshot,
    root: &'a RootKey,
}

impl<'a> View<'a> {
    /// Over a snapshot.
    pub fn new(snapshot: &'a Snapshot, root: &'a RootKey) -> Self {
        Self { snapshot, root }
    }
}

/// What the wrapped secret of an access key is bound to.
pub fn access_key_record(id: &str) -> String {
    format!("access-key/{id}")
}

impl Directory for View<'_> {
    fn account(&self, account: AccountId) -> Option<u64> {
        self.snapshot.account(account).map(|account| account.incarnation)
    }

    fn role(&self, arn: &Arn) -> Option<RoleView<'_>> {
        let account: AccountId = arn.account().parse().ok()?;
        let role = self.snapshot.role(account, arn.name())?;
        // Path and capitals included: a name alone is not the ARN that was asked for.
        (role.arn == *arn).then(|| RoleView {
            id: &role.id,
            trust: role.trust.compiled(),
            tags: Cow::Borrowed(&role.entity.tags),
            max_session: role.max_session,
        })
    }

    fn has_user(&self, arn: &Arn, id: &UniqueId) -> bool {
        let find = || {
            let account: AccountId = arn.account().parse().ok()?;
            self.snapshot.user(account, arn.name())
        };
        find().is_some_and(|user| user.id == *id)
    }

    fn provider(&self, account: AccountId, url: &str) -> Option<ProviderView<'_>> {
        let provider = self.snapshot.provider(account, url)?;
        Some(ProviderView {
            client_ids: Cow::Borrowed(&provider.client_ids),
            keys: key_source(self.snapshot, account, url),
        })
    }

    fn saml_provider(&self, account: AccountId, arn: &str) -> Option<SamlProviderView<'_>> {
        let (_, name) = arn.rsplit_once('/')?;
        let provider = self.snapshot.saml_provider(account, name)?;
        (provider.arn == arn).then(|| SamlProviderView {
            entity_id: &provider.entity_id,
            certificates: &provider.certificates,
            valid_until: provider.valid_until,
            encryption_required: provider.encryption_required == Some(true),
        })
    }

    fn saml_keys(&self, account: AccountId, arn: &str) -> Vec<Secret> {
        let provider = saml_provider::get(self.snapshot, account, arn).ok();
        let keys = provider.iter().flat_map(|provider| &provider.keys);
        keys.filter_map(|key| saml_provider::open_key(key, self.root)).collect()
    }

    fn managed_policy(&self, account: AccountId, arn: &str) -> Option<Compiled> {
        // AWS's own are everybody's; an account's are only its own.
        let usable = arn.starts_with("arn:aws:iam::aws:policy/") || account_of(arn) == account;
        usable.then(|| self.snapshot.compiled(arn)).flatten()
    }

    fn revoked(&self, access_key_id: &str, record: &Record) -> Option<&Revocation> {
        self.snapshot.revoked(access_key_id, record).map(AsRef::as_ref)
    }

    fn revoked_source(&self, account: AccountId, source: &Source, issued: Option<i64>) -> Option<&Revocation> {
        self.snapshot.revoked_source(account, source, issued).map(AsRef::as_ref)
    }

    fn access_key(&self, id: &str) -> Option<KeyView> {
        let key: &AccessKey = self.snapshot.access_key(id)?;
        let wrapped = hex::decode(&key.wrapped).ok()?;
        let secret = self.root.unwrap(&access_key_record(id), &wrapped).ok()?;
        let secret = Secret::new(std::str::from_utf8(&secret).ok()?);
        let user = match &key.user {
            None => None,
            Some(name) => {
                let user = self.snapshot.user(key.account, name)?;
                Some((user.id.clone(), user.arn.clone()))
            }
        };
        Some(KeyView {
            secret,
            account: key.account,
            active: key.active,
            user,
        })
    }
}

/// The one place of a provider's keys (threat 1): the cluster or the account that we host under this issuer; else a cluster
/// of the provider's own account that is registered with it; else the issuer itself. A cluster without keys has none: it does
/// not fall through to a fetch, for sources never merge.
fn key_source<'a>(snapshot: &'a Snapshot, account: AccountId, url: &str) -> KeySource<'a> {
    let keys = |cluster: &'a Cluster| KeySource::Cluster(cluster.keys.as_deref().unwrap_or(&NO_KEYS));
    let is_this = |issuer: &str| issuer.strip_prefix("https://") == Some(url);
    if let Some(issuer) = snapshot.outbound_issuers.values().find(|issuer| is_this(&issuer.url)) {
        return KeySource::Account(issuer.keys.as_deref().unwrap_or(&NO_KEYS));
    }
    let mut own = None;
    for cluster in snapshot.clusters.values() {
        if !is_this(&cluster.issuer) {
            continue;
        }
        if !cluster.signing_keys.is_empty() {
            return keys(cluster);
        }
        if cluster.account == account {
            own = Some(cluster);
        }
    }
    own.map_or(KeySource::Fetched, |cluster| keys(cluster))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        keys::SALT,
        state::{HostedKey, Kept as _},
        token::issuer::{SigningKey, key_set},
    };

    const URL: &str = "issuer.example/id/1";

    fn account(text: &str) -> AccountId {
        text.parse().unwrap()
    }

    /// A cluster of this account under the issuer above.
    fn cluster(owner: &str, key: Option<&SigningKey>, hosted: bool) -> Cluster {
        let jwks = key.map(|key| key_set([key]).to_string()).unwrap_or_default();
        let wrapped = HostedKey {
            algorithm: "RS256".to_owned(),
            wrapped: "wrapped".to_owned(),
            signs_from: 0,
        };
        Cluster {
            name: "c".to_owned(),
            account: account(owner),
            region: "us-east-2".to_owned(),
            id: format!("id-of-{owner}"),
            arn: Arn::eks("us-east-2", owner, "cluster/c").as_str().to_owned(),
            issuer: format!("https://{URL}"),
            created: 0,
            role_arn: String::new(),
            version: String::new(),
            network: crate::state::Network::default(),
            token: None,
            signing_keys: if hosted { vec![wrapped] } else { Vec::new() },
            keys: KeySet::parse(jwks.as_bytes()).ok().map(Arc::new),
            jwks,
            tags: Vec::new(),
        }
    }

    /// The key ids that the provider of account 1 would be verified with; `None` if they are fetched.
    fn source(clusters: &[Cluster], candidates: &[&SigningKey]) -> Option<Vec<usize>> {
        let mut snapshot = Snapshot::default();
        for cluster in clusters {
            cluster.clone().insert(&mut snapshot);
        }
        match key_source(&snapshot, account("111111111111"), URL) {
            KeySource::Fetched => None,
            KeySource::Cluster(keys) | KeySource::Account(keys) => Some(
                candidates
                    .iter()
                    .enumerate()
                    .filter(|(_, key)| keys.find(Some(key.key_id()), crate::token::Algorithm::Rs256).is_some())
                    .map(|(index, _)| index)
                    .collect(),
            ),
        }
    }

    #[test]
    fn a_provider_has_exactly_one_source_of_keys() {
        let (ours, theirs) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let both = [&ours, &theirs];
        let own = |hosted| cluster("111111111111", Some(&ours), hosted);
        let foreign = |hosted| cluster("222222222222", Some(&theirs), hosted);
        assert_eq!(source(&[], &both), None);
        assert_eq!(source(&[own(false)], &both), Some(vec![0]));
        // Account 2 registers account 1's issuer with keys of its own: they are nobody's but its own.
        assert_eq!(source(&[foreign(false)], &both), None);
        assert_eq!(source(&[own(false), foreign(false)], &both), Some(vec![0]));
        // The one that we host is the issuer, whosever it is; sources never merge.
        assert_eq!(source(&[own(false), foreign(true)], &both), Some(vec![1]));
        // A cluster without keys verifies nothing; it does not fall through to a fetch.
        assert_eq!(source(&[cluster("111111111111", None, false)], &both), Some(Vec::new()));
    }

    #[test]
    fn a_secret_opens_only_under_its_own_key_id() {
        let root = RootKey::from_bytes(&[7; 32]).unwrap();
        let wrapped = root.wrap(&access_key_record("AKIAONE"), b"secret", [1; SALT]).unwrap();
        let mut snapshot = Snapshot::default();
        for id in ["AKIAONE", "AKIATWO"] {
            let key = AccessKey {
                id: id.to_owned(),
                account: account("111111111111"),
                user: None,
                wrapped: hex::encode(&wrapped),
                active: true,
                created: 0,
            };
            key.insert(&mut snapshot);
        }
        let view = View::new(&snapshot, &root);
        assert_eq!(view.access_key("AKIAONE").unwrap().secret.expose(), "secret");
        assert!(view.access_key("AKIATWO").is_none());
    }
}
