//! What values mean, naively: patterns as tables, numbers as digits side by side, dates counted day by day, addresses as
//! rows of bits.

use std::{cmp::Ordering, fmt::Write};

/// A character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token {
    /// As it stands in the pattern.
    Is(char),
    /// Of a variable's value or an escape: never anything but itself.
    Value(char),
    Any,
    One,
}

impl Token {
    pub(crate) fn wildcard(c: char) -> Self {
        match c {
            '*' => Self::Any,
            '?' => Self::One,
            c => Self::Is(c),
        }
    }
}

/// A table over all prefixes of both: no cleverness that could be wrong.
pub(crate) fn glob(pattern: &[Token], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    let mut next = vec![false; text.len() + 1];
    for token in pattern {
        for at in 0..=text.len() {
            next[at] = match token {
                Token::Any => row[at] || (at > 0 && next[at - 1]),
                Token::One => at > 0 && row[at - 1],
                Token::Is(c) | Token::Value(c) => at > 0 && row[at - 1] && text[at - 1] == *c,
            };
        }
        std::mem::swap(&mut row, &mut next);
    }
    row[text.len()]
}

pub(crate) fn plain_glob(pattern: &str, text: &str) -> bool {
    glob(&pattern.chars().map(Token::wildcard).collect::<Vec<_>>(), text)
}

/// A number as its sign and its digits before and after the point.
pub(crate) struct Number {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Number {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (unsigned, ""),
        };
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        // There is no negative zero.
        let zero = digits.chars().all(|c| c == '0');
        Some(Self {
            negative: negative && !zero,
            whole: whole.into(),
            fraction: fraction.into(),
        })
    }

    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let whole = self.whole.len().max(other.whole.len());
        let fraction = self.fraction.len().max(other.fraction.len());
        // Of one length, digits are in the order of their numbers.
        let digits = |number: &Self| format!("{:0>whole$}.{:0<fraction$}", number.whole, number.fraction);
        match (self.negative, other.negative) {
            (false, false) => digits(self).cmp(&digits(other)),
            (true, true) => digits(other).cmp(&digits(self)),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

fn fixed(text: &str, length: usize) -> Option<i64> {
    if text.len() == length && text.chars().all(|c| c.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

fn leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn length_of_month(year: i64, month: i64) -> i64 {
    [
        31,
        if leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ][usize::try_from(month).unwrap() - 1]
}

/// A time as seconds and nanoseconds since 1970.
pub(crate) fn date(text: &str) -> Option<(i64, i64)> {
    if fixed(text, 4).is_none()
        && let Some(number) = Number::read(text)
    {
        let seconds: i64 = if number.whole.is_empty() {
            0
        } else {
            number.whole.parse().ok()?
        };
        let nanoseconds: i64 = format!("{:0<9}", number.fraction)[..9].parse().ok()?;
        return Some(match (number.negative, nanoseconds) {
            (false, _) => (seconds, nanoseconds),
            (true, 0) => (-seconds, 0),
            (true, _) => (-seconds - 1, 1_000_000_000 - nanoseconds),
        });
    }
    let (day, clock) = match text.find(['T', 't']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let parts: Vec<&str> = day.split('-').collect();
    let (year, month, date) = match parts[..] {
        [year] if clock.is_none() => (fixed(year, 4)?, 1, 1),
        [year, month] if clock.is_none() => (fixed(year, 4)?, fixed(month, 2)?, 1),
        [year, month, date] => (fixed(year, 4)?, fixed(month, 2)?, fixed(date, 2)?),
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=length_of_month(year, month)).contains(&date) {
        return None;
    }
    let mut days = date - 1;
    for month in 1..month {
        days += length_of_month(year, month);
    }
    for year in 1970..year {
        days += if leap(year) { 366 } else { 365 };
    }
    for year in year..1970 {
        days -= if leap(year) { 366 } else { 365 };
    }
    let mut seconds = days * 24 * 60 * 60;
    let mut nanoseconds = 0;
    if let Some(clock) = clock {
        let zone_at = clock.find(['Z', 'z', '+', '-'])?;
        let (time, zone) = clock.split_at(zone_at);
        let (time, fraction) = match time.split_once('.') {
            Some((time, fraction)) => (time, Some(fraction)),
            None => (time, None),
        };
        let parts: Vec<&str> = time.split(':').collect();
        let (hour, minute, second) = match parts[..] {
            [hour, minute] if fraction.is_none() => (fixed(hour, 2)?, fixed(minute, 2)?, 0),
            [hour, minute, second] => (fixed(hour, 2)?, fixed(minute, 2)?, fixed(second, 2)?),
            _ => return None,
        };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        if let Some(fraction) = fraction {
            if fraction.is_empty() || !fraction.chars().all(|c| c.is_ascii_digit()) {
                return None;
            }
            nanoseconds = format!("{fraction:0<9}")[..9].parse().ok()?;
        }
        seconds += hour * 3600 + minute * 60 + second;
        if !zone.eq_ignore_ascii_case("z") {
            let digits = zone[1..].replacen(':', "", 1);
            let colon = zone[1..].find(':').is_none_or(|at| at == 2);
            fixed(&digits, 4).filter(|_| colon && zone.starts_with(['+', '-']))?;
            let (hours, minutes) = (fixed(&digits[..2], 2)?, fixed(&digits[2..], 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let east = hours * 3600 + minutes * 60;
            seconds -= if zone.starts_with('-') { -east } else { east };
        }
    }
    Some((seconds, nanoseconds))
}

/// An address as its bits: 32 or 128 of them.
pub(crate) fn bits(address: &str) -> Option<String> {
    match address.parse().ok()? {
        std::net::IpAddr::V4(address) => Some(format!("{:032b}", u32::from(address))),
        std::net::IpAddr::V6(address) => Some(format!("{:0128b}", u128::from(address))),
    }
}

/// Whether a range holds an address; `None` where one of them is none.
pub(crate) fn in_range(range: &str, address: &str) -> Option<bool> {
    let asked = bits(address)?;
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => {
            let digits = (1..=3).contains(&length.len()) && length.chars().all(|c| c.is_ascii_digit());
            (
                bits(network)?,
                if digits {
                    length.parse::<usize>().ok()?
                } else {
                    return None;
                },
            )
        }
        None => (bits(range)?, bits(range)?.len()),
    };
    if length > network.len() {
        return None;
    }
    Some(network.len() == asked.len() && network[..length] == asked[..length])
}

/// Bytes of base64 by way of their bits.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bits = String::new();
    for digit in digits.chars() {
        let _ = write!(bits, "{:06b}", DIGITS.find(digit)?);
    }
    let whole = bits.len() / 8 * 8;
    (0..whole)
        .step_by(8)
        .map(|at| u8::from_str_radix(&bits[at..at + 8], 2).ok())
        .collect()
}

/// Character by character, so that the case of one does not depend on its neighbours.
pub(crate) fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}
