//! What AWS takes for a date where a policy is written. The engine itself reads fewer forms
//! ([`values::date`](crate::values::date)); what it does not read matches nothing.

use std::ops::RangeInclusive;

/// Seconds since 1970, or day and time with a `T` between; the time, and parts at the end of both, may be left out.
pub(super) fn is_date(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if !text.contains(['t', '-']) {
        return is_within(&text, 0..=i64::MAX);
    }
    let (day, time) = text.split_once('t').unwrap_or((&text, ""));
    is_day(day) && is_time(time)
}

/// `YEAR[-MONTH[-DAY]]`, of years whose milliseconds can be counted in 64 bits.
fn is_day(text: &str) -> bool {
    let at = text
        .get(1..)
        .and_then(|rest| rest.find('-'))
        .map_or(text.len(), |at| at + 1);
    let (year, rest) = text.split_at(at);
    let mut parts = rest.split('-').skip(1);
    let mut next = |range| parts.next().is_none_or(|part| is_within(part, range));
    is_within(year, -292_275_054..=292_278_993) && next(1..=12) && next(1..=31) && parts.next().is_none()
}

/// Nothing, or `HOUR[:MINUTE[:SECOND[.FRACTION]]]` and a zone, which may be left out.
fn is_time(text: &str) -> bool {
    let (time, zone) = text.split_at(text.find(['z', '+', '-']).unwrap_or(text.len()));
    let mut parts = time.split(':');
    let mut next = |longest| {
        parts.next().is_none_or(|part| {
            let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
            is_within(whole, 0..=longest) && is_within(fraction, 0..=999_999_999)
        })
    };
    text.is_empty() || next(23) && next(59) && next(59) && parts.next().is_none() && is_zone(zone)
}

/// Nothing, `Z`, or a distance of two digits for the hours, and for the minutes if they are told.
fn is_zone(text: &str) -> bool {
    match text.split_at_checked(1) {
        None => true,
        Some(("z", rest)) => rest.is_empty(),
        Some((_, rest)) => {
            let (hour, minute) = rest.split_once(':').unwrap_or((rest, "00"));
            [hour, minute].iter().all(|part| part.len() == 2) && is_within(hour, 0..=23) && is_within(minute, 0..=59)
        }
    }
}

fn is_within(text: &str, range: RangeInclusive<i64>) -> bool {
    text.parse().is_ok_and(|number| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_that_aws_takes() {
        for right in [
            "2017-07-01T00:00:00Z",
            "2016-12-13T21:20:37.593194+00:00",
            "2016-12-13t2:00:00.593194+23",
            "2026-11-27T10:00:00-05:00",
            "2026-11",
            "2026-11-27T10:00Z",
            "01T",
            "-292275054",
            "1764201600",
        ] {
            assert!(is_date(right), "{right}");
        }
        for wrong in [
            "",
            "never",
            "sdfdsf",
            "234-13",
            "2026-11-32",
            "2026-11-27-1",
            "2026-11-27T24:00:00Z",
            "2026-11-27T10:60:00Z",
            "2016-12-13t2:00:00.593194+1",
            "2016-12-13t2:00:00.1999999999+10:59",
            "2026-11-27T10:00:00Zulu",
            "9223372036854775808",
            "${aws:CurrentTime}",
        ] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }
}
