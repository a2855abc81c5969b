//! How much work one decision may take (threat: policies and requests that are made to be slow). Almost all matching is
//! linear; what is not (a pattern with `?` or a variable after a `*`) is counted, and a decision that uses its budget up is
//! a denial.

use std::cell::Cell;

/// Steps of one decision: some ten milliseconds. The largest policies of AWS, over requests that their quotas allow, take
/// a thousandth of it.
pub(crate) const STEPS: u64 = 4_000_000;

/// Outside a decision nothing is counted.
const UNLIMITED: u64 = u64::MAX;

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(UNLIMITED) };
}

/// While it lives, this thread's matching is counted.
pub(crate) struct Limited(());

impl Limited {
    pub(crate) fn begin() -> Self {
        LEFT.set(STEPS);
        Self(())
    }

    /// How many steps were taken.
    #[expect(clippy::unused_self, reason = "without a budget nothing is counted")]
    pub(crate) fn taken(&self) -> u64 {
        STEPS.saturating_sub(LEFT.get())
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        LEFT.set(UNLIMITED);
    }
}

/// Takes a step. `false` where none is left: then nothing matches any more, and the decision will be a denial.
pub(crate) fn step() -> bool {
    let left = LEFT.get();
    if left != UNLIMITED {
        LEFT.set(left.saturating_sub(1));
    }
    left > 0
}

/// Whether the budget is used up.
pub(crate) fn is_spent() -> bool {
    LEFT.get() == 0
}
