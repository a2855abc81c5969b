//! How much evidence of refusals strangers may make us write (threat 12): a flood of bad tokens must neither fill the disk,
//! which would stop everybody, nor push other evidence out.

use std::sync::{Mutex, PoisonError};

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
}
