//! Numbers that count from 1970, told apart by their size.

use std::fmt::Write as _;

use super::date;
use crate::model::{ClockKind, Precision, RawTime};

const NANOS: i64 = 1_000_000_000;
/// 2001-01-01 and 2070-01-01 in ns: what an epoch must fall between to be believed. From 2070 on lie the seconds
/// that are counted from 1900 (NTP) and 1904 (Macintosh) today.
const EARLIEST: i64 = 978_307_200 * NANOS;
const LATEST: i64 = 3_155_760_000 * NANOS;

/// Reads a number written in digits, with or without a fraction: seconds, milli-, micro- or
/// nanoseconds since 1970 by its size, or a digit calendar (`20250612175203`, without zone).
/// `None` for a number that is no instant between 2001 and 2070. Nothing goes through a float.
pub fn epoch_digits(text: &str) -> Option<RawTime> {
    let (int, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if int.is_empty() || int.len() > 20 || !digits(int) || !digits(fraction) {
        return None;
    }
    int.parse()
        .ok()
        .and_then(|n| scaled(n, fraction.as_bytes()))
        .or_else(|| calendar(int).filter(|_| fraction.is_empty()))
        .or_else(|| calendar_with(int, fraction))
}

/// `yyyyMMddHHmmss.ffffff`.
fn calendar_with(int: &str, fraction: &str) -> Option<RawTime> {
    let time = calendar(int).filter(|_| int.len() == 14 && (1..=9).contains(&fraction.len()))?;
    let ns = fraction.bytes().chain(std::iter::repeat(b'0')).take(9).fold(0, |ns, b| ns * 10 + i64::from(b - b'0'));
    Some(RawTime::unzoned(time.kind, time.wall_ns + ns, Precision::of_fraction_digits(fraction.len())))
}

/// Reads a whole number like [`epoch_digits`].
pub fn epoch_int(number: u64) -> Option<RawTime> {
    scaled(number, b"").or_else(|| {
        let mut text = Digits { buf: [0; 40], len: 0 };
        write!(text, "{number}").ok()?;
        calendar(text.as_str())
    })
}

/// Reads a float by its shortest decimal spelling: as many digits as the float can vouch for.
pub fn epoch_f64(number: f64) -> Option<RawTime> {
    if !(1e8..1e20).contains(&number) {
        return None;
    }
    let mut text = Digits { buf: [0; 40], len: 0 };
    write!(text, "{number}").ok()?;
    epoch_digits(text.as_str())
}

/// An epoch with its unit told by its size.
fn scaled(int: u64, fraction: &[u8]) -> Option<RawTime> {
    let unit_digits: u32 = match int {
        0..100_000_000 => return None,
        100_000_000..100_000_000_000 => 0,
        100_000_000_000..100_000_000_000_000 => 3,
        100_000_000_000_000..100_000_000_000_000_000 => 6,
        _ => 9,
    };
    let mut scale = 10i64.pow(9 - unit_digits);
    let mut ns = i64::try_from(int).ok()?.checked_mul(scale)?;
    for b in fraction {
        scale /= 10;
        ns = ns.checked_add(i64::from(b - b'0') * scale)?;
    }
    let precision = Precision::of_fraction_digits(unit_digits as usize + fraction.len());
    (EARLIEST..LATEST).contains(&ns).then(|| RawTime::epoch_ns(ns, precision))
}

/// `yyyyMMddHHmm`, with seconds, with milliseconds or microseconds.
fn calendar(text: &str) -> Option<RawTime> {
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|s| s.parse::<u32>().ok());
    let (seconds, fraction) = match text.len() {
        12 => (0, ""),
        14 | 17 | 20 => (part(12..14)?, text.get(14..)?),
        _ => return None,
    };
    let days = date::days(part(0..4)?, part(4..6)?, part(6..8)?)?;
    let (hour, minute) = (part(8..10)?, part(10..12)?);
    if hour > 23 || minute > 59 || seconds > 59 {
        return None;
    }
    let mut ns = (days * 86_400 + i64::from(hour * 3600 + minute * 60 + seconds)) * NANOS;
    let mut scale = NANOS;
    for b in fraction.bytes() {
        scale /= 10;
        ns += i64::from(b - b'0') * scale;
    }
    let precision = if text.len() == 12 { Precision::Minute } else { Precision::of_fraction_digits(fraction.len()) };
    (EARLIEST..LATEST).contains(&ns).then(|| RawTime::unzoned(ClockKind::Naive, ns, precision))
}

/// A number's spelling on the stack.
struct Digits {
    buf: [u8; 40],
    len: usize,
}

impl Digits {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.buf[..self.len]).unwrap_or("")
    }
}

impl std::fmt::Write for Digits {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        let room = self.buf.get_mut(self.len..self.len + s.len()).ok_or(std::fmt::Error)?;
        room.copy_from_slice(s.as_bytes());
        self.len += s.len();
        Ok(())
    }
}
