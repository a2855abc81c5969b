//! The one place of this crate that reads the time (invariant 7).

use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place where the server reads the clock"
        )]
        let now = SystemTime::now();
        Timestamp::try_from(now).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// A clock that stands still until it is set: for tests, and for whoever replays a decision.
#[derive(Debug)]
pub struct FixedClock(std::sync::atomic::AtomicI64);

impl FixedClock {
    /// Stands at this second since 1970.
    pub fn at(second: i64) -> Self {
        Self(std::sync::atomic::AtomicI64::new(second))
    }

    /// Sets it.
    pub fn set(&self, second: i64) {
        self.0.store(second, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(std::sync::atomic::Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// What work cost since it began. What takes longer than any of it can (`dearest`) was made to wait, and is not charged for
/// that; to ask the system how long it had a processor would cost more than most work itself.
pub(crate) fn cost(begun: Instant, dearest: Duration) -> Duration {
    begun.elapsed().min(dearest)
}

/// Longer than refusing the longest token or assertion with the slowest of keys.
pub(crate) const DEAREST: Duration = Duration::from_millis(2);
/// Longer than refusing the longest assertion that is encrypted: a private key is ten times as slow as a public one, and
/// two of them are tried.
pub(crate) const DEAREST_SEALED: Duration = Duration::from_millis(40);

/// The time as the standard library has it.
pub(crate) fn system(time: Timestamp) -> SystemTime {
    u64::try_from(time.as_second())
        .ok()
        .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
