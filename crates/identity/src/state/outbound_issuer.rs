//! What is kept of the issuers of accounts.

use std::sync::Arc;

use rolecall_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{HostedKey, Kept, Snapshot};
use crate::token::KeySet;

/// The issuer of the tokens that say who a principal of an account is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OutboundIssuer {
    /// The account.
    pub account: AccountId,
    /// A random id, never used again.
    pub id: String,
    /// Its URL, with `https://`.
    pub url: String,
    /// Whether it issues tokens. If not, those that it has issued are verified all the same.
    pub enabled: bool,
    /// When it was made, in seconds.
    pub created: i64,
    /// Its signing keys, the newest of each algorithm last.
    pub signing_keys: Vec<HostedKey>,
    /// The public keys, as a JSON Web Key Set.
    pub jwks: String,
    /// The public keys, prepared.
    #[serde(skip)]
    pub keys: Option<Arc<KeySet>>,
}

impl Kept for OutboundIssuer {
    const KIND: &'static str = "outbound-issuer";

    // One key for each account: the store lets no second one come.
    fn place(&self) -> String {
        format!("{}/issuer", self.account)
    }

    fn loaded(&mut self) {
        self.keys = KeySet::parse(self.jwks.as_bytes()).ok().map(Arc::new);
    }

    fn insert(self, snapshot: &mut Snapshot) {
        snapshot.outbound_issuers.insert(self.account, Arc::new(self));
    }

    fn remove(&self, snapshot: &mut Snapshot) {
        snapshot.outbound_issuers.remove(&self.account);
    }

    fn forget(place: &str, snapshot: &mut Snapshot) {
        if let Some((account, _)) = super::split(place) {
            snapshot.outbound_issuers.remove(&account);
        }
    }
}

impl Snapshot {
    /// The issuer of an account, if it ever had one.
    pub fn outbound_issuer(&self, account: AccountId) -> Option<&Arc<OutboundIssuer>> {
        self.outbound_issuers.get(&account)
    }

    /// The issuer of this id.
    pub fn outbound_issuer_by_id(&self, id: &str) -> Option<&Arc<OutboundIssuer>> {
        // There are as many at most as accounts.
        self.outbound_issuers.values().find(|issuer| issuer.id == id)
    }
}
