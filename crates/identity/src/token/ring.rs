//! The keys of issuers that have to be fetched: when to fetch, and what to answer meanwhile. Does no I/O.
//!
//! The server asks [`KeyRing::key`]; on [`Answer::Fetch`] it fetches the provider's discovery document and key set (the
//! rules for that are threat 10's and the server's), hands the outcome to [`KeyRing::fetched`], and asks once more, saying
//! that it has fetched. Keys are filed under the provider's ARN, never under something that a token says: sources never
//! merge, not even those of two accounts that registered the same issuer, of which one may trust a certificate that the
//! other does not. A key set replaces the one before (threat 1).
//!
//! Reading known keys takes no lock. `INVARIANT:` what is filed is bounded by the number of registered providers: only
//! those may be asked for.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use super::{Algorithm, KeySet, PublicKey};

/// How keys are kept.
#[derive(Debug, Clone, Copy)]
pub struct RingConfig {
    /// Keys are fetched anew after about this time; each time is shortened by up to a fifth, so that replicas do not ask
    /// all at once.
    pub refresh: Duration,
    /// While the issuer is down, its last good keys serve for this long.
    pub max_stale: Duration,
    /// So many fetches may follow each other at once for one issuer…
    pub burst: u32,
    /// …and then one each time this has passed.
    pub interval: Duration,
}

impl Default for RingConfig {
    fn default() -> Self {
        Self {
            refresh: Duration::from_hours(1),
            max_stale: Duration::from_hours(24),
            burst: 10,
            interval: Duration::from_secs(30),
        }
    }
}

/// Why a fetch gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchFailed {
    /// The issuer could not be reached, did not answer in time, or answered with a server error: the caller may try again.
    #[error("the issuer could not be reached")]
    Unreachable,
    /// It answered, but not with a usable key.
    #[error("the issuer answered without a usable key")]
    Unusable,
    /// Its certificate is neither trusted nor of a registered thumbprint.
    #[error("the issuer's certificate is not trusted")]
    Certificate,
}

/// What to verify with.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Verify with this key.
    Ready(Arc<PublicKey>),
    /// Fetch the provider's keys, report to [`KeyRing::fetched`], and ask again. `and_use` verifies in the meantime: the
    /// keys are old but good, and the fetch may happen in the background.
    Fetch {
        /// The known key, if the fetch is only a refresh.
        and_use: Option<Arc<PublicKey>>,
    },
    /// There is no such key, for this reason.
    Unavailable(FetchFailed),
}

/// The fetched keys of all issuers.
pub struct KeyRing {
    config: RingConfig,
    // Read on each call, without a lock. Replaced as a whole by each fetch, which is rare.
    keys: ArcSwap<HashMap<String, Arc<Fetched>>>,
    limits: Mutex<HashMap<String, Limit>>,
}

struct Fetched {
    keys: KeySet,
    at: i64,
    refresh_at: i64,
}

/// A token bucket, and how the last fetch ended.
struct Limit {
    tokens: u32,
    filled: i64,
    last: Option<FetchFailed>,
    // A refresh is under way since then; others need not start another.
    refreshing: Option<i64>,
}

impl KeyRing {
    /// An empty ring.
    pub fn new(config: RingConfig) -> Self {
        Self {
            config,
            keys: ArcSwap::default(),
            limits: Mutex::default(),
        }
    }

    /// The key of the provider of this ARN for a token with this header. `fetched` says that the caller has just fetched for
    /// this very token, so that it is not sent again.
    pub fn key(
        &self,
        provider: &str,
        key_id: Option<&str>,
        algorithm: Algorithm,
        now: Timestamp,
        fetched: bool,
    ) -> Answer {
        let now = now.as_second();
        let ring = self.keys.load();
        let known = ring
            .get(provider)
            .filter(|known| now.saturating_sub(known.at) <= seconds(self.config.max_stale));
        let key = known.and_then(|known| known.keys.find(key_id, algorithm));
        match (known, key) {
            (Some(known), Some(key)) => {
                if !fetched && now >= known.refresh_at && self.start_refresh(provider, now) {
                    Answer::Fetch {
                        and_use: Some(Arc::clone(key)),
                    }
                } else {
                    Answer::Ready(Arc::clone(key))
                }
            }
            _ if !fetched && self.may_fetch(provider, now) => Answer::Fetch { and_use: None },
            // The issuer has answered, and the key is not among its own.
            (Some(_), None) if self.last_failure(provider).is_none() => Answer::Unavailable(FetchFailed::Unusable),
            _ => Answer::Unavailable(self.last_failure(provider).unwrap_or(FetchFailed::Unusable)),
        }
    }

    /// Takes in what a fetch gave. `jitter` is a random number, which spreads the next refresh.
    pub fn fetched(&self, provider: &str, outcome: Result<KeySet, FetchFailed>, now: Timestamp, jitter: u16) {
        let now = now.as_second();
        {
            let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
            let limit = self.limit(&mut limits, provider, now);
            limit.refreshing = None;
            limit.last = outcome.as_ref().err().copied();
        }
        let Ok(keys) = outcome else {
            // The last good keys stay. An answer without a usable key does not take them away either: an attacker who
            // can break the answers would otherwise stop everybody.
            return;
        };
        let refresh = seconds(self.config.refresh);
        let early = refresh / 5 * i64::from(jitter) / i64::from(u16::MAX);
        let fetched = Arc::new(Fetched {
            keys,
            at: now,
            refresh_at: now.saturating_add(refresh - early),
        });
        self.keys.rcu(|ring| {
            let mut ring = HashMap::clone(ring);
            ring.insert(provider.to_owned(), Arc::clone(&fetched));
            ring
        });
    }

    /// Forgets a provider that was deleted, so that one that is created later starts from nothing (threat 6).
    pub fn forget(&self, provider: &str) {
        self.keys.rcu(|ring| {
            let mut ring = HashMap::clone(ring);
            ring.remove(provider);
            ring
        });
        self.limits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(provider);
    }

    fn may_fetch(&self, provider: &str, now: i64) -> bool {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = self.limit(&mut limits, provider, now);
        match limit.tokens.checked_sub(1) {
            Some(left) => {
                limit.tokens = left;
                true
            }
            None => false,
        }
    }

    fn start_refresh(&self, provider: &str, now: i64) -> bool {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let interval = seconds(self.config.interval);
        let limit = self.limit(&mut limits, provider, now);
        if limit
            .refreshing
            .is_some_and(|since| now.saturating_sub(since) < interval)
        {
            return false;
        }
        match limit.tokens.checked_sub(1) {
            Some(left) => {
                limit.tokens = left;
                limit.refreshing = Some(now);
                true
            }
            None => false,
        }
    }

    fn last_failure(&self, provider: &str) -> Option<FetchFailed> {
        let limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.get(provider).and_then(|limit| limit.last)
    }

    /// The issuer's bucket, filled up to now.
    fn limit<'a>(&self, limits: &'a mut HashMap<String, Limit>, provider: &str, now: i64) -> &'a mut Limit {
        let limit = limits.entry(provider.to_owned()).or_insert_with(|| Limit {
            tokens: self.config.burst,
            filled: now,
            last: None,
            refreshing: None,
        });
        let interval = seconds(self.config.interval).max(1);
        let earned = now.saturating_sub(limit.filled).max(0) / interval;
        if earned > 0 {
            let earned_tokens = u32::try_from(earned).unwrap_or(u32::MAX);
            limit.tokens = limit.tokens.saturating_add(earned_tokens).min(self.config.burst);
            limit.filled = limit.filled.saturating_add(earned.saturating_mul(interval));
        }
        limit
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("issuers", &self.keys.load().len())
            .finish_non_exhaustive()
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::issuer::SigningKey;

    const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/issuer.example/id";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn set(key: &SigningKey) -> KeySet {
        KeySet::parse(crate::token::issuer::key_set([key]).to_string().as_bytes()).unwrap()
    }

    fn ask(ring: &KeyRing, kid: &str, now: i64, fetched: bool) -> Answer {
        ring.key(PROVIDER, Some(kid), Algorithm::Rs256, at(now), fetched)
    }

    #[test]
    fn a_first_token_fetches_and_later_ones_do_not() {
        let ring = KeyRing::new(RingConfig::default());
        let key = SigningKey::generate().unwrap();
        assert!(matches!(
            ask(&ring, key.key_id(), 0, false),
            Answer::Fetch { and_use: None }
        ));
        ring.fetched(PROVIDER, Ok(set(&key)), at(0), 0);
        assert!(matches!(ask(&ring, key.key_id(), 0, true), Answer::Ready(_)));
        assert!(matches!(ask(&ring, key.key_id(), 60, false), Answer::Ready(_)));
    }

    #[test]
    fn an_unknown_key_id_refetches_at_once_ten_times_and_then_slowly() {
        let ring = KeyRing::new(RingConfig::default());
        let key = SigningKey::generate().unwrap();
        ring.fetched(PROVIDER, Ok(set(&key)), at(0), 0);
        for _ in 0..10 {
            assert!(matches!(
                ask(&ring, "nobody's", 1, false),
                Answer::Fetch { and_use: None }
            ));
            ring.fetched(PROVIDER, Ok(set(&key)), at(1), 0);
            assert!(matches!(
                ask(&ring, "nobody's", 1, true),
                Answer::Unavailable(FetchFailed::Unusable)
            ));
        }
        assert!(matches!(
            ask(&ring, "nobody's", 1, false),
            Answer::Unavailable(FetchFailed::Unusable)
        ));
        // Known keys are not held up by it, and other issuers have their own budget.
        assert!(matches!(ask(&ring, key.key_id(), 1, false), Answer::Ready(_)));
        assert!(matches!(
            ring.key("other", None, Algorithm::Rs256, at(1), false),
            Answer::Fetch { .. }
        ));
        assert!(matches!(ask(&ring, "nobody's", 31, false), Answer::Fetch { .. }));
        assert!(matches!(ask(&ring, "nobody's", 31, false), Answer::Unavailable(_)));
    }

    #[test]
    fn the_last_good_keys_serve_while_the_issuer_is_down_but_not_for_ever() {
        let ring = KeyRing::new(RingConfig::default());
        let key = SigningKey::generate().unwrap();
        ring.fetched(PROVIDER, Ok(set(&key)), at(0), 0);
        assert!(matches!(
            ask(&ring, key.key_id(), 3600, false),
            Answer::Fetch { and_use: Some(_) }
        ));
        // One refresh is enough.
        assert!(matches!(ask(&ring, key.key_id(), 3601, false), Answer::Ready(_)));
        ring.fetched(PROVIDER, Err(FetchFailed::Unreachable), at(3602), 0);
        assert!(matches!(ask(&ring, key.key_id(), 3602, true), Answer::Ready(_)));
        ring.fetched(PROVIDER, Err(FetchFailed::Unusable), at(3603), 0);
        assert!(matches!(ask(&ring, key.key_id(), 24 * 3600, true), Answer::Ready(_)));
        assert!(matches!(
            ask(&ring, key.key_id(), 24 * 3600 + 1, true),
            Answer::Unavailable(FetchFailed::Unusable)
        ));
    }

    #[test]
    fn an_issuer_that_was_never_reached_is_told_from_one_without_keys() {
        let ring = KeyRing::new(RingConfig::default());
        for failure in [
            FetchFailed::Unreachable,
            FetchFailed::Unusable,
            FetchFailed::Certificate,
        ] {
            ring.fetched(PROVIDER, Err(failure), at(0), 0);
            match ask(&ring, "k", 0, true) {
                Answer::Unavailable(why) => assert_eq!(why, failure),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_withdrawn_key_is_gone_with_the_next_key_set() {
        let ring = KeyRing::new(RingConfig::default());
        let (old, new) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        ring.fetched(PROVIDER, Ok(set(&old)), at(0), 0);
        ring.fetched(PROVIDER, Ok(set(&new)), at(1), 0);
        assert!(matches!(ask(&ring, old.key_id(), 1, true), Answer::Unavailable(_)));
        assert!(matches!(ask(&ring, new.key_id(), 1, true), Answer::Ready(_)));
        ring.forget(PROVIDER);
        assert!(matches!(ask(&ring, new.key_id(), 1, true), Answer::Unavailable(_)));
    }
}
