//! Whether what is known still holds.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::{sync::watch, time::Instant};

use super::{STALE, millis};

/// The revision, and until when it is believed. Moments are milliseconds since the start.
pub(super) struct Fresh {
    start: Instant,
    /// The highest that was seen.
    revision: AtomicU64,
    good_until: AtomicU64,
    confirmed: watch::Sender<()>,
}

/// A question that is under way.
pub(super) struct Asking {
    at: u64,
    known: u64,
}

impl Fresh {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            revision: AtomicU64::new(0),
            good_until: AtomicU64::new(0),
            confirmed: watch::Sender::new(()),
        }
    }

    /// Now.
    pub(super) fn moment(&self) -> u64 {
        millis(self.start.elapsed())
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    pub(super) fn is_good(&self) -> bool {
        self.moment() < self.good_until.load(Ordering::Acquire)
    }

    /// A revision that came with an answer: what is known of older ones no longer holds.
    pub(super) fn observe(&self, revision: u64) {
        self.revision.fetch_max(revision, Ordering::AcqRel);
    }

    /// What is known before it is asked whether that still holds.
    pub(super) fn asking(&self) -> Asking {
        Asking {
            at: self.moment(),
            known: self.revision(),
        }
    }

    /// The revision that was answered; whether it is believed, as one that has gone back is not. Other answers may have
    /// come meanwhile, of later ones.
    pub(super) fn confirm(&self, revision: u64, asking: &Asking) -> bool {
        if revision < asking.known {
            return false;
        }
        // INVARIANT: the revision moves before it is good for longer, so that nobody is served by an older one meanwhile.
        self.observe(revision);
        self.good_until.fetch_max(asking.at + millis(STALE), Ordering::AcqRel);
        self.confirmed.send_replace(());
        true
    }

    /// Waits until it is good, for so long; whether it is.
    pub(super) async fn wait(&self, longest: Duration) -> bool {
        let mut confirmed = self.confirmed.subscribe();
        let good = async {
            while !self.is_good() {
                if confirmed.changed().await.is_err() {
                    return;
                }
            }
        };
        let _late = tokio::time::timeout(longest, good).await;
        self.is_good()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_known_holds_for_a_second_after_it_was_asked_and_not_after_it_was_answered() {
        let fresh = Fresh::new();
        assert!(!fresh.is_good());
        let asking = fresh.asking();
        tokio::time::advance(Duration::from_millis(400)).await;
        assert!(fresh.confirm(7, &asking));
        tokio::time::advance(Duration::from_millis(599)).await;
        assert!(fresh.is_good());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!fresh.is_good());
        assert!(!fresh.wait(Duration::from_secs(2)).await);
    }

    #[tokio::test(start_paused = true)]
    async fn it_never_goes_back() {
        let fresh = Fresh::new();
        fresh.observe(9);
        assert!(!fresh.confirm(8, &fresh.asking()));
        assert!(!fresh.is_good());
        // What came while it was asked is no going back.
        let asking = fresh.asking();
        fresh.observe(10);
        assert!(fresh.confirm(9, &asking) && fresh.is_good());
        assert_eq!(fresh.revision(), 10);
        assert!(!fresh.confirm(9, &fresh.asking()));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_told() {
        let fresh = std::sync::Arc::new(Fresh::new());
        let waiting = tokio::spawn({
            let fresh = fresh.clone();
            async move { fresh.wait(Duration::from_secs(2)).await }
        });
        tokio::time::advance(Duration::from_millis(300)).await;
        assert!(fresh.confirm(1, &fresh.asking()));
        assert!(waiting.await.unwrap());
    }
}
