//! Time since a start that is not written, before the text of a line: `[   0.001s]`, `29:47.191:`, `+3.2s`.
//!
//! Such a number looks like any other: only a source whose lines all begin with one, none smaller than the one
//! above it, is taken for such a log. Order and distances are all it tells ([`ClockKind::Relative`]).

use super::words;
use crate::model::{ClockKind, Precision, RawTime};

/// Fewest lines that show it.
const LEAST: usize = 3;
/// Letters behind the time without which a line is a row of numbers.
const LETTERS: usize = 3;

/// Elapsed time at the very start of `rest`, behind the byte `before`: what it says and its length.
///
/// Seconds with a fraction, hours, minutes and seconds with a fraction, or any number with its unit. A plain
/// decimal is a price or a weight as well, unless it has microseconds, a bracket around it or a level behind it.
pub(super) fn elapsed(rest: &str, before: Option<u8>) -> Option<(RawTime, usize)> {
    if !before.is_none_or(|b| matches!(b, b'[' | b'(' | b' ' | b'\t' | b'+')) {
        return None;
    }
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = number(rest);
    if !(1..=9).contains(&whole) {
        return None;
    }
    let (mut seconds, mut len): (i64, usize) = (rest.get(..whole)?.parse().ok()?, whole);
    while let Some(behind) = rest.get(len..)?.strip_prefix(':').filter(|r| len <= whole + 3 && number(r) == 2) {
        let part: i64 = behind.get(..2)?.parse().ok().filter(|part| *part < 60)?;
        (seconds, len) = (seconds.checked_mul(60)? + part, len + 3);
    }
    let clock = len > whole;
    let digits = rest.get(len..)?.strip_prefix('.').map_or(0, number);
    let mut ns = seconds.checked_mul(1_000_000_000)?;
    if digits > 0 {
        let kept = rest.get(len + 1..len + 1 + digits.min(9))?;
        ns += kept.parse::<i64>().ok()? * 10i64.pow(9 - u32::try_from(kept.len()).ok()?);
        len += 1 + digits;
    }
    let unit = rest.get(len..)?.split(|c: char| !c.is_alphabetic()).next()?;
    let parts = match unit {
        "s" | "sec" => 1,
        "ms" if !clock => 1_000,
        "us" | "µs" if !clock => 1_000_000,
        "" if digits >= 6 || (digits > 0 && (clock || before.is_some_and(|b| matches!(b, b'[' | b'(')))) => 1,
        "" if digits >= 3 && before_level(rest.get(len..)?) => 1,
        _ => return None,
    };
    len += unit.len();
    let ends = rest.as_bytes().get(len).is_some_and(|b| matches!(b, b' ' | b'\t' | b']' | b')' | b':' | b'|'));
    let goes_on =
        rest.as_bytes().get(len) == Some(&b':') && rest.as_bytes().get(len + 1).is_some_and(u8::is_ascii_digit);
    let precision = Precision::of_fraction_digits(if parts == 1 { digits } else { 3 });
    (ends && !goes_on).then(|| (RawTime::unzoned(ClockKind::Relative, ns / parts, precision), len))
}

/// Whether a level or a bracket is the first behind a number.
fn before_level(behind: &str) -> bool {
    let behind = behind.trim_start();
    let word = behind.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
    behind.starts_with('[') || (word.len() >= 3 && words::any_level_word(word).is_some())
}

/// Whether the `times` of the lines at one place, each with what stands behind it, are a clock that runs:
/// never back, not standing still, and with words behind them.
pub(super) fn runs<'a>(times: impl Iterator<Item = (RawTime, &'a str)>, lines: usize) -> bool {
    let times: Vec<(RawTime, &str)> = times.collect();
    let sorted = times.is_sorted_by_key(|(time, _)| time.wall_ns);
    let moves = times.first().zip(times.last()).is_some_and(|(first, last)| first.0.wall_ns < last.0.wall_ns);
    let words = |text: &str| text.chars().filter(|c| c.is_alphabetic()).take(LETTERS).count() == LETTERS;
    let told = times.iter().filter(|(_, rest)| words(rest)).count();
    times.len() >= LEAST && times.len() * 10 >= lines * 9 && told * 10 >= times.len() * 9 && sorted && moves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_a_fraction_or_a_unit_is_elapsed_time() {
        for (text, ns, len) in [
            ("0.001s] INFO x", 1_000_000, 6),
            ("29:47.191: x", 1_787_191_000_000, 9),
            ("0:00:01.036373170  1234", 1_036_373_170, 17),
            ("3.2s x", 3_200_000_000, 4),
            ("12.345678 x", 12_345_678_000, 9),
            ("12.345 INFO x", 12_345_000_000, 6),
            ("1250ms | x", 1_250_000_000, 6),
        ] {
            let found = elapsed(text, None);
            assert_eq!(found.map(|(time, len)| (time.wall_ns, len)), Some((ns, len)), "{text}");
        }
        for text in [
            "12 x",
            "12] x",
            "1.2.3 x",
            "10.0.0.1 x",
            "29:47 x",
            "12.5% x",
            "12.345678",
            "12.34:56 x",
            "4.5MB x",
            "4.50 x",
            "0.125 alpha",
        ] {
            assert!(elapsed(text, None).is_none(), "{text}");
        }
    }
}
