//! What strangers may cost (threat 12). A flood of bad tokens must neither fill the disk, which would stop everybody, nor
//! push other evidence out, nor take the processor from those who show good ones.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The limits of those who sign nothing, or whose signature is not theirs.
#[derive(Debug, Default)]
pub struct Strangers {
    /// How many of their refusals are written down.
    pub refusals: Quota,
    /// How much work refusing them may be.
    pub work: Budget,
}

/// So many a second; what goes beyond is counted, and the number is told with the next.
#[derive(Debug)]
pub struct Quota {
    each_second: u32,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    second: i64,
    used: u32,
    left_out: u64,
}

impl Quota {
    /// So many a second.
    pub fn new(each_second: u32) -> Self {
        Self {
            each_second,
            state: Mutex::default(),
        }
    }

    /// Takes one of this second's, and says how many were left out since the last. `None` where this one is, too.
    pub fn take(&self, second: i64) -> Option<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back begins anew, too.
        if state.second != second {
            state.second = second;
            state.used = 0;
        }
        if state.used >= self.each_second {
            state.left_out = state.left_out.saturating_add(1);
            return None;
        }
        state.used += 1;
        Some(std::mem::take(&mut state.left_out))
    }
}

/// Twenty a second are some 4 GB of a whole day's flood, and more than a misconfigured cluster makes.
impl Default for Quota {
    fn default() -> Self {
        Self::new(20)
    }
}

/// So much processor time each second for the refused calls of one address. Whoever has used it up is refused without a
/// look until the second is over. Calls that are granted cost nothing of it.
///
/// Those behind one address (of IPv6: one /64) share it, and so do, rarely, two addresses that fall into one cell: the
/// cells are fixed in number, so that many addresses cannot cost memory.
pub struct Budget {
    each_second: Duration,
    /// The second in the upper half, the microseconds used in it in the lower.
    cells: Box<[AtomicU64]>,
    hasher: RandomState,
}

const CELLS: usize = 4096;

impl Budget {
    /// So much a second.
    pub fn new(each_second: Duration) -> Self {
        Self {
            each_second,
            cells: (0..CELLS).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Whether this address has used up what it has in this second.
    pub fn is_spent(&self, address: IpAddr, second: i64) -> bool {
        let (then, used) = unpack(self.cell(address).map_or(0, |cell| cell.load(Ordering::Relaxed)));
        then == low(second) && Duration::from_micros(used.into()) >= self.each_second
    }

    /// Takes what refusing this address has cost.
    pub fn charge(&self, address: IpAddr, second: i64, cost: Duration) {
        let cost = u32::try_from(cost.as_micros()).unwrap_or(u32::MAX);
        let now = low(second);
        let Some(cell) = self.cell(address) else { return };
        // Fails never: the closure always has a value.
        let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |old| {
            let (then, used) = unpack(old);
            let used = if then == now { used } else { 0 };
            Some(u64::from(now) << 32 | u64::from(used.saturating_add(cost)))
        });
    }

    fn cell(&self, address: IpAddr) -> Option<&AtomicU64> {
        let network = match address.to_canonical() {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => u64::try_from(address.to_bits() >> 64).unwrap_or_default(),
        };
        let hash = usize::try_from(self.hasher.hash_one(network) % CELLS as u64).ok()?;
        self.cells.get(hash)
    }
}

/// The second, as far as it tells this second from those around it.
fn low(second: i64) -> u32 {
    u32::try_from(second & i64::from(u32::MAX)).unwrap_or_default()
}

fn unpack(cell: u64) -> (u32, u32) {
    (
        u32::try_from(cell >> 32).unwrap_or_default(),
        u32::try_from(cell & u64::from(u32::MAX)).unwrap_or_default(),
    )
}

/// A quarter of one processor: some thousand forged tokens a second, and far more than a misconfigured cluster sends.
impl Default for Budget {
    fn default() -> Self {
        Self::new(Duration::from_millis(250))
    }
}

impl std::fmt::Debug for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget")
            .field("each_second", &self.each_second)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_is_counted_and_told_with_the_next() {
        let quota = Quota::new(2);
        assert_eq!(
            [quota.take(1), quota.take(1), quota.take(1), quota.take(1)],
            [Some(0), Some(0), None, None]
        );
        assert_eq!([quota.take(2), quota.take(2), quota.take(2)], [Some(2), Some(0), None]);
        assert_eq!(quota.take(1), Some(1));
    }

    #[test]
    fn an_address_has_its_own_budget_and_a_new_one_each_second() {
        let budget = Budget::new(Duration::from_millis(1));
        let flooder = IpAddr::from([192, 0, 2, 1]);
        let cell = |address| std::ptr::from_ref(budget.cell(address).unwrap());
        let other = (2..=255)
            .map(|last| IpAddr::from([192, 0, 2, last]))
            .find(|it| cell(*it) != cell(flooder))
            .unwrap();
        assert!(!budget.is_spent(flooder, 1));
        budget.charge(flooder, 1, Duration::from_micros(999));
        assert!(!budget.is_spent(flooder, 1));
        budget.charge(flooder, 1, Duration::from_micros(1));
        assert!(budget.is_spent(flooder, 1) && !budget.is_spent(other, 1));
        assert!(!budget.is_spent(flooder, 2));
        budget.charge(flooder, 2, Duration::MAX);
        budget.charge(flooder, 2, Duration::MAX);
        assert!(budget.is_spent(flooder, 2));
    }

    #[test]
    fn neighbours_of_one_network_share_a_budget() {
        let budget = Budget::new(Duration::from_micros(1));
        let parse = |text: &str| text.parse::<IpAddr>().unwrap();
        budget.charge(parse("2001:db8::1"), 1, Duration::from_secs(1));
        assert!(budget.is_spent(parse("2001:db8::2"), 1));
        budget.charge(parse("::ffff:192.0.2.1"), 1, Duration::from_secs(1));
        assert!(budget.is_spent(parse("192.0.2.1"), 1));
    }
}
