//! What the services work with, in one value.

use std::{sync::Arc, time::Duration};

use rolecall_identity::{
    Identity, Snapshot, audit::AuditLog, keys::Entropy, session::Sessions, sts::View, token::KeyRing, usage::Usage,
};

use crate::{clock::Clock, fetch::Fetcher, gateways::BucketChanges, quota::Strangers, reports::Reports};

/// Everything that a handler may use.
pub struct Control {
    /// The accounts.
    pub identity: Arc<Identity>,
    /// Sessions.
    pub sessions: Arc<Sessions>,
    /// Keys of issuers that are fetched.
    pub ring: Arc<KeyRing>,
    /// Fetches them.
    pub fetcher: Arc<Fetcher>,
    /// Where decisions are written before their outcome leaves.
    pub audit: Arc<dyn AuditLog>,
    /// When what was last used.
    pub usage: Arc<Usage>,
    /// Reports that were asked for.
    pub reports: Reports,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The region that unsigned calls count as made in.
    pub region: String,
    /// The one port's URL, such as `https://127.0.0.1:4566`: where hosted issuers are.
    pub endpoint: String,
    /// The certificate authority of that URL, in base64, if it is of our own making.
    pub certificate_authority: Option<String>,
    /// How long a presigned URL may live (threat 3).
    pub longest_presigned: Duration,
    /// Changes buckets for gateways elsewhere.
    pub buckets: Option<Arc<dyn BucketChanges>>,
    /// What those may cost whom nobody knows.
    pub strangers: Strangers,
}

impl Control {
    /// The randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        &**self.identity.entropy()
    }

    /// A snapshot as STS sees it.
    pub fn view<'a>(&'a self, snapshot: &'a Snapshot) -> View<'a> {
        View::new(snapshot, self.identity.root())
    }
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
