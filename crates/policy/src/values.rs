//! Numbers, dates and addresses as conditions compare them. Nothing here allocates.

use std::{cmp::Ordering, net::IpAddr};

/// An exact decimal number, compared digit by digit, however many there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Number<'a> {
    /// An optional sign, digits, and optionally a point and digits. No exponent.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        if digits.ends_with('.') {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        Some(Self {
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        })
    }

    pub(crate) fn compare(&self, other: &Number<'_>) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            _ => {}
        }
        let size = (self.whole.len(), self.whole, self.fraction).cmp(&(other.whole.len(), other.whole, other.fraction));
        if self.negative { size.reverse() } else { size }
    }
}

/// A point in time, in nanoseconds since 1970 in UTC. Fractions beyond nanoseconds are cut.
///
/// The W3C profile of ISO 8601 (`YYYY`, `YYYY-MM`, `YYYY-MM-DD`, `YYYY-MM-DDThh:mm[:ss[.s]]TZD`), or seconds since 1970.
pub(crate) fn date(text: &str) -> Option<i128> {
    // Four digits are a year.
    if !(text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
        && let Some(number) = Number::parse(text)
    {
        return epoch(number);
    }
    let (day, time) = match text.find(['T', 't']) {
        Some(at) => (text.get(..at)?, Some(text.get(at + 1..)?)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let date = match parts.next() {
        Some(part) => digits(part, 2)?,
        None if time.is_some() => return None,
        None => 1,
    };
    if parts.next().is_some() || !(1..=12).contains(&month) || date < 1 || date > days_in(year, month) {
        return None;
    }
    let mut nanoseconds = i128::from(days(year, month, date)) * 86_400 * 1_000_000_000;
    if let Some(time) = time {
        nanoseconds += clock(time)?;
    }
    Some(nanoseconds)
}

fn epoch(number: Number<'_>) -> Option<i128> {
    let whole: i128 = if number.whole.is_empty() {
        0
    } else {
        number.whole.parse::<i64>().ok()?.into()
    };
    let nanoseconds = whole * 1_000_000_000 + fraction(number.fraction);
    Some(if number.negative { -nanoseconds } else { nanoseconds })
}

fn fraction(digits: &str) -> i128 {
    let mut value = 0;
    let mut scale: i128 = 100_000_000;
    for digit in digits.bytes().take(9) {
        value += i128::from(digit - b'0') * scale;
        scale /= 10;
    }
    value
}

fn clock(text: &str) -> Option<i128> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = text.split_at_checked(zone_at)?;
    let mut parts = time.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, part) = match parts.next() {
        Some(seconds) => {
            let (whole, part) = seconds
                .split_once('.')
                .map_or((seconds, None), |(whole, part)| (whole, Some(part)));
            if part.is_some_and(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
                return None;
            }
            (digits(whole, 2)?, part.unwrap_or_default())
        }
        None => (0, ""),
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let (sign, zone) = zone.split_at_checked(1)?;
            let (hours, minutes) = zone.split_once(':').or_else(|| zone.split_at_checked(2))?;
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 3600 + minutes * 60;
            match sign {
                "+" => offset,
                "-" => -offset,
                _ => return None,
            }
        }
    };
    let seconds = hour * 3600 + minute * 60 + second - offset;
    Some(i128::from(seconds) * 1_000_000_000 + fraction(part))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap(year)),
        _ => 31,
    }
}

/// Days since 1970-01-01 in the Gregorian calendar, counted from the year that begins in March.
fn days(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let in_era = year.rem_euclid(400);
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719_468
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    V4 { address: u32, mask: u32 },
    V6 { address: u128, mask: u128 },
}

impl Network {
    /// An address, or an address and the length of its prefix. Bits beyond the prefix are passed over.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => {
                let plain = !length.is_empty() && length.len() <= 3 && length.bytes().all(|b| b.is_ascii_digit());
                (address, Some(plain.then(|| length.parse::<u32>().ok())??))
            }
            None => (text, None),
        };
        match address.parse().ok()? {
            IpAddr::V4(address) => {
                let length = length.unwrap_or(32);
                let mask = if length == 0 {
                    0
                } else {
                    u32::MAX.checked_shl(32_u32.checked_sub(length)?)?
                };
                Some(Self::V4 {
                    address: u32::from(address) & mask,
                    mask,
                })
            }
            IpAddr::V6(address) => {
                let length = length.unwrap_or(128);
                let mask = if length == 0 {
                    0
                } else {
                    u128::MAX.checked_shl(128_u32.checked_sub(length)?)?
                };
                Some(Self::V6 {
                    address: u128::from(address) & mask,
                    mask,
                })
            }
        }
    }

    /// Families never match each other, mapped addresses included.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4 { address, mask }, IpAddr::V4(asked)) => u32::from(asked) & mask == *address,
            (Self::V6 { address, mask }, IpAddr::V6(asked)) => u128::from(asked) & mask == *address,
            _ => false,
        }
    }
}

/// The bytes of a base64 text (RFC 4648, section 4), one by one; `None` where it is none.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_whatever_their_length() {
        let compare = |a, b| Number::parse(a).unwrap().compare(&Number::parse(b).unwrap());
        assert_eq!(compare("1.0", "01"), Ordering::Equal);
        assert_eq!(compare("-0", "0"), Ordering::Equal);
        assert_eq!(compare("10", "9"), Ordering::Greater);
        assert_eq!(compare("-10", "-9"), Ordering::Less);
        assert_eq!(compare("0.10", "0.09"), Ordering::Greater);
        assert_eq!(
            compare("123456789012345678901234567890.1", "123456789012345678901234567890.2"),
            Ordering::Less
        );
        for junk in ["", "-", "1e3", "1.", "0x1", " 1", "1 ", "1,0", "NaN", "."] {
            assert!(Number::parse(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn dates_in_every_form_are_one_time() {
        let new_year = date("2024-01-01T00:00:00Z").unwrap();
        for same in [
            "2024",
            "2024-01",
            "2024-01-01",
            "2024-01-01T00:00Z",
            "2024-01-01T02:00:00+02:00",
            "2024-01-01T00:00:00.000Z",
            "1704067200",
        ] {
            assert_eq!(date(same), Some(new_year), "{same}");
        }
        assert_eq!(date("1970-01-01T00:00:00.5Z"), Some(500_000_000));
        for (seconds, nanoseconds) in [
            ("-100", -100_000_000_000),
            ("10.5", 10_500_000_000),
            ("+100", 100_000_000_000),
        ] {
            assert_eq!(date(seconds), Some(nanoseconds), "{seconds}");
        }
        assert!(date("2024-02-29").is_some());
        for junk in [
            "2023-02-29",
            "2024-13-01",
            "2024-01-01T00:00:00",
            "2024-01-01T24:00Z",
            "2024-01-01T00:00Z0100",
            "yesterday",
            "",
            "2024-1-1",
        ] {
            assert!(date(junk).is_none(), "{junk}");
        }
    }

    #[test]
    fn networks_hold_the_addresses_of_their_family() {
        let holds = |network: &str, address: &str| Network::parse(network).unwrap().contains(address.parse().unwrap());
        assert!(holds("0.0.0.0/0", "1.2.3.4"));
        assert!(holds("10.1.2.3/8", "10.9.9.9"));
        assert!(holds("10.0.0.1", "10.0.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.0"));
        assert!(holds("2001:db8::/32", "2001:db8:0:0::1"));
        assert!(!holds("0.0.0.0/0", "::ffff:1.2.3.4"));
        for junk in ["10.0.0.0/33", "10.0.0", "10.0.0.0/", "10.0.0.0/+8", "::/129", "x"] {
            assert!(Network::parse(junk).is_none(), "{junk}");
        }
    }
}
