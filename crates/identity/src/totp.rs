//! One-time codes that go by the time (RFC 6238), six digits of HMAC-SHA-1 every thirty seconds: what AWS's virtual MFA
//! devices show.

use aws_lc_rs::{
    constant_time::verify_slices_are_equal,
    hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign},
};
use rolecall_names::base32;
use zeroize::Zeroizing;

/// Bytes of a seed: 64 characters of base 32, as AWS's have.
pub const SEED: usize = 40;
/// How long a code counts (RFC 6238, section 5.2), in seconds.
const STEP: i64 = 30;
/// How many steps a code may be early or late: the time that typing takes, and a clock that is not quite right.
const TOLERANCE: i64 = 1;
/// How many steps the last of two codes may be late because they were typed slowly.
const SLOW: i64 = 3;
/// How many steps a device's clock may be off when it shows two codes at once (RFC 6238, section 6): ten minutes.
const DRIFT: i64 = 20;

/// What a device's codes come of. Prints as `{redacted}` and is wiped when dropped.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; SEED]>);

impl Seed {
    /// A new one.
    pub(crate) fn new(bytes: [u8; SEED]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// From base 32, as a device takes it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; SEED]);
        for (at, c) in text.bytes().enumerate() {
            let value = match c {
                b'A'..=b'Z' => c - b'A',
                b'2'..=b'7' => c - b'2' + 26,
                _ => return None,
            };
            for bit in (0..5).filter(|bit| value >> (4 - bit) & 1 == 1) {
                let place = at * 5 + bit;
                *bytes.get_mut(place / 8)? |= 1 << (7 - place % 8);
            }
        }
        (text.len() * 5 == SEED * 8).then(|| Self(bytes))
    }

    /// One that was kept; none if it has another length.
    pub(crate) fn kept(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }

    /// Its bytes, to be sealed.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// In base 32, as devices take it: for the one answer that shows it.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(base32::<64>(self.bytes()))
    }

    /// The code of a step.
    pub fn code(&self, step: i64) -> String {
        code(self.bytes(), step)
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{redacted}")
    }
}

/// The step that it is.
pub fn step(seconds: i64) -> i64 {
    seconds.div_euclid(STEP)
}

/// The step of which `given` is the code: one close to `now` by a clock that is `drift` steps ahead of ours, and after
/// `used`, since a code counts once (RFC 6238, section 5.2).
pub(crate) fn find(seed: &Seed, given: &str, now: i64, drift: i64, used: i64) -> Option<i64> {
    let shown = now.saturating_add(drift);
    // A clock that is a little behind may be one that is right, of somebody who types slowly.
    let last = if (-SLOW..0).contains(&drift) { now } else { shown };
    (shown.saturating_sub(TOLERANCE)..=last.saturating_add(TOLERANCE))
        .find(|step| *step > used && same(&seed.code(*step), given))
}

/// The step of the second of two codes in a row, both after `used`, by whatever clock the device has.
pub(crate) fn find_pair(seed: &Seed, given: [&str; 2], now: i64, used: i64) -> Option<i64> {
    let [first, second] = given;
    (now.saturating_sub(DRIFT)..=now.saturating_add(DRIFT))
        .filter(|step| step.saturating_sub(1) > used)
        .find(|step| same(&seed.code(step.saturating_sub(1)), first) & same(&seed.code(*step), second))
}

/// How many steps the device's clock is ahead of ours. What the tolerance covers counts for nothing: a code of the step
/// before was typed slowly.
pub(crate) fn drift(shown: i64, now: i64) -> i64 {
    let ahead = shown.saturating_sub(now);
    if ahead.abs() <= TOLERANCE { 0 } else { ahead }
}

fn same(code: &str, given: &str) -> bool {
    verify_slices_are_equal(code.as_bytes(), given.as_bytes()).is_ok()
}

/// RFC 4226, section 5.3.
fn code(key: &[u8], step: i64) -> String {
    let tag = sign(&Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = tag.last().map_or(0, |last| usize::from(last & 0xf));
    let mut word = [0; 4];
    for (to, from) in word.iter_mut().zip(tag.iter().skip(offset)) {
        *to = *from;
    }
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> Seed {
        Seed::new([7; SEED])
    }

    /// RFC 4226, appendix D.
    #[test]
    fn codes_are_those_of_the_hotp_vectors() {
        let vectors = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ];
        for (counter, expected) in vectors.into_iter().enumerate() {
            let step = i64::try_from(counter).unwrap();
            assert_eq!(code(b"12345678901234567890", step), expected, "{counter}");
        }
    }

    /// RFC 6238, appendix B, SHA-1, the last six of the eight digits.
    #[test]
    fn codes_go_by_the_time_as_the_totp_vectors() {
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in vectors {
            assert_eq!(code(b"12345678901234567890", step(seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_no_more() {
        let seed = seed();
        for (ahead, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let found = find(&seed, &seed.code(1000 + ahead), 1000, 0, 0);
            assert_eq!(found, accepted.then_some(1000 + ahead), "{ahead}");
        }
        assert_eq!(find(&seed, "", 1000, 0, 0), None);
        assert_eq!(find(&Seed::new([8; SEED]), &seed.code(1000), 1000, 0, 0), None);
    }

    #[test]
    fn a_code_counts_once_and_none_before_it() {
        let seed = seed();
        assert_eq!(find(&seed, &seed.code(1000), 1000, 0, 1000), None);
        assert_eq!(find(&seed, &seed.code(999), 1000, 0, 1000), None);
        assert_eq!(find(&seed, &seed.code(1001), 1000, 0, 1000), Some(1001));
    }

    #[test]
    fn codes_go_by_the_clock_of_the_device() {
        let seed = seed();
        let accepted = |drift| {
            let found = (-30..=30).filter(|ahead| find(&seed, &seed.code(1000 + ahead), 1000, drift, 0).is_some());
            (found.clone().min().unwrap(), found.max().unwrap())
        };
        assert_eq!(accepted(12), (11, 13));
        assert_eq!(accepted(-12), (-13, -11));
        // Behind by little, or typed slowly: nobody can tell.
        assert_eq!(accepted(-3), (-4, 1));
        assert_eq!(accepted(-4), (-5, -3));
    }

    #[test]
    fn two_codes_in_a_row_tell_the_clock_of_the_device() {
        let seed = seed();
        let pair = |first: i64, second: i64| [seed.code(first), seed.code(second)];
        let shown = |codes: &[String; 2], used| {
            let [first, second] = codes;
            find_pair(&seed, [first, second], 1000, used)
        };
        assert_eq!(shown(&pair(999, 1000), 0), Some(1000));
        assert_eq!(shown(&pair(1014, 1015), 0), Some(1015));
        assert_eq!(shown(&pair(1020, 1021), 0), None);
        // The other way round, the same twice, and with one between.
        for (first, second) in [(1000, 999), (1000, 1000), (999, 1001)] {
            assert_eq!(shown(&pair(first, second), 0), None, "{first} {second}");
        }
        assert_eq!(shown(&pair(999, 1000), 999), None);
        assert_eq!((drift(1000, 1000), drift(999, 1000), drift(1015, 1000)), (0, 0, 15));
    }

    #[test]
    fn a_seed_is_shown_in_base_32_and_never_printed() {
        assert_eq!(Seed::new([0xff; SEED]).text().as_str(), "7".repeat(64));
        assert_eq!(format!("{:?}", seed()), "{redacted}");
        assert!(Seed::kept(&[7; SEED - 1]).is_none());
        let text = seed().text();
        assert_eq!(Seed::parse(&text).unwrap().bytes(), seed().bytes());
        for wrong in ["", "A", &text.to_lowercase(), &text.repeat(2)] {
            assert!(Seed::parse(wrong).is_none(), "{wrong}");
        }
    }
}
