//! Stamps as JSON documents and tables write them: RFC 3339 and its relatives, and epochs.

use chrono::{NaiveDate, NaiveDateTime};

use crate::model::{ClockKind, Precision, RawTime};

/// A stamp that fills `text` entirely.
pub fn whole(text: &str) -> Option<RawTime> {
    let text = text.trim();
    epoch(text).or_else(|| calendar(text))
}

/// Seconds, ms, µs or ns since 1970 by magnitude, between 2001 and 2100.
pub fn epoch(text: &str) -> Option<RawTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let (unit_ns, unit_digits) = match whole.len() {
        9..=11 => (1_000_000_000i64, 0usize),
        12..=14 => (1_000_000, 3),
        15..=17 => (1_000, 6),
        18..=19 => (1, 9),
        _ => return None,
    };
    let mut ns = whole.parse::<i64>().ok()?.checked_mul(unit_ns)?;
    if !fraction.is_empty() {
        let scale = 10i64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        ns = ns.checked_add(
            i64::try_from(i128::from(fraction.parse::<i64>().ok()?) * i128::from(unit_ns) / i128::from(scale)).ok()?,
        )?;
    }
    let plausible = 978_307_200_000_000_000..4_102_444_800_000_000_000i64;
    let precision = Precision::of_fraction_digits(unit_digits + fraction.len());
    plausible.contains(&ns).then(|| RawTime::epoch_ns(ns, precision))
}

/// `2025-06-12T17:52:03.410Z`, with blank or `T`, with or without seconds, fraction and zone.
fn calendar(text: &str) -> Option<RawTime> {
    let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        let ns = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_nanos_opt()?;
        return Some(RawTime::unzoned(ClockKind::Naive, ns, Precision::Day));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let clock_len = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(clock_len);
    let (wall, precision) = clock_on(date, clock)?;
    match zone.trim() {
        "" => Some(RawTime::unzoned(ClockKind::Naive, wall, precision)),
        "Z" | "z" | "UTC" | "GMT" => Some(RawTime::zoned(wall, 0, precision)),
        offset => Some(RawTime::zoned(wall, offset_seconds(offset)?, precision)),
    }
}

/// The wall clock `clock` (`17:52[:03[.410]]`) on `date`.
fn clock_on(date: NaiveDate, clock: &str) -> Option<(i64, Precision)> {
    let (main, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
    let mut parts = main.split(':').map(|p| if p.len() == 2 { p.parse::<u32>().ok() } else { None });
    let hour = parts.next()??;
    let minute = parts.next()??;
    let second = match parts.next() {
        Some(second) => Some(second?),
        None => None,
    };
    let at: NaiveDateTime = date.and_hms_opt(hour, minute, second.unwrap_or(0))?;
    let mut ns = at.and_utc().timestamp_nanos_opt()?;
    let digits: String = fraction.chars().take(9).collect();
    if !digits.is_empty() {
        ns += digits.parse::<i64>().ok()? * 10i64.pow(9 - digits.len() as u32);
    }
    let precision = if second.is_none() { Precision::Minute } else { Precision::of_fraction_digits(fraction.len()) };
    Some((ns, precision))
}

/// `+02:00`, `-0700` or `+02` in seconds.
fn offset_seconds(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|m| !m.is_empty()).map_or(Ok(0), str::parse).ok()?;
    Some(sign * (hours * 3600 + minutes * 60))
}
