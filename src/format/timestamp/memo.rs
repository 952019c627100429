//! What stamps were read to, remembered: neighbouring lines carry nearly the same one.
//!
//! A stamp is known again when every byte of it but the digits of its minutes, seconds and fraction is the
//! same, and so is what stands behind it as far as reading could have looked. The answer then is the same, but
//! for these. Each thread has a memory of its own; none of it can change an answer.

use std::cell::RefCell;
use std::ops::Range;

use super::{DateOrder, Reading};
use crate::model::Precision;

/// Stamps remembered, a power of two: one for each of the words that usually stand behind it.
const KEPT: usize = 64;
/// Longest stamp with what stands behind it that is remembered, bytes.
const LONGEST: usize = 56;
/// Longest word behind a stamp, and most blanks before it.
const WORD: usize = 12;
const MOST_BLANKS: usize = 7;

#[derive(Clone, Copy)]
struct Known {
    text: [u8; LONGEST],
    /// Bytes of `text`, and whether nothing stands behind them.
    len: usize,
    ends: bool,
    /// Where the digits of the fraction stand in it; empty without one.
    fraction: (usize, usize),
    /// The fraction, ns.
    fraction_ns: i64,
    /// Where minutes and seconds stand in it, and what they are in seconds; `None` where they do not stand as
    /// `:52:03`, right before the fraction if there is one.
    clock: Option<(usize, i64)>,
    order: Option<DateOrder>,
    reading: Reading,
}

#[derive(Default)]
struct Memo {
    /// By what stands behind them.
    known: Vec<Option<Known>>,
    /// Length of the stamp that was read last: the next one probably has it, too.
    len: usize,
}

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::default();
}

/// Where a stamp of `len` bytes that begins `text` is remembered.
fn place(text: &[u8], len: usize) -> usize {
    let behind = text.get(len..).unwrap_or_default().iter().take(8);
    let mixed = behind.fold(0u32, |mixed, byte| mixed.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    (mixed ^ (mixed >> 7)) as usize % KEPT
}

/// What [`super::read_anew`] makes of the stamp that begins `text`.
pub(super) fn read(text: &str, order: Option<DateOrder>) -> Option<Reading> {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 0x80) {
        return None;
    }
    MEMO.with_borrow_mut(|memo| {
        let at = place(bytes, memo.len);
        let known = memo.known.get_mut(at).and_then(Option::as_mut);
        if let Some(reading) = known.and_then(|known| known.again(bytes, order)) {
            return Some(reading);
        }
        let reading = super::read_anew(text, order)?;
        if let Some(known) = Known::of(bytes, order, reading) {
            memo.len = reading.len;
            memo.known.resize(KEPT, None);
            memo.known[place(bytes, reading.len)] = Some(known);
        }
        Some(reading)
    })
}

impl Known {
    /// A stamp to remember; `None` when what stands behind it could change how it is read.
    fn of(text: &[u8], order: Option<DateOrder>, reading: Reading) -> Option<Known> {
        let (behind, ends) = behind(text.get(reading.len..)?)?;
        let len = reading.len + behind;
        // Behind a weekday a year may follow the zone.
        let worded =
            text.get(..3).is_some_and(|lead| lead.iter().all(u8::is_ascii_alphabetic)) && text.get(3) != Some(&b' ');
        let weekday =
            ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().any(|day| text.starts_with(day.as_bytes()));
        if len > LONGEST || worded || weekday {
            return None;
        }
        let mut kept = [0; LONGEST];
        kept[..len].copy_from_slice(text.get(..len)?);
        let stamp = kept.get(..reading.len)?;
        let fraction = fraction(stamp, reading).unwrap_or((0, 0));
        let fraction_ns = nanos(kept.get(fraction.0..fraction.1)?);
        let clock = clock(stamp, fraction, reading);
        Some(Known { text: kept, len, ends, fraction, fraction_ns, clock, order, reading })
    }

    fn again(&mut self, text: &[u8], order: Option<DateOrder>) -> Option<Reading> {
        let here = text.get(..self.len)?;
        if order != self.order || (self.ends && text.len() != self.len) {
            return None;
        }
        let kept = self.text.get(..self.len)?;
        let (from, to) = self.fraction;
        if here.get(..from)? != kept.get(..from)? || here.get(to..)? != kept.get(to..)? {
            self.set_clock(here)?;
        }
        let mut reading = self.reading;
        if to > 0 {
            let digits = here.get(from..to)?;
            if !digits.iter().all(u8::is_ascii_digit) {
                return None;
            }
            reading.time.wall_ns += nanos(digits) - self.fraction_ns;
        }
        Some(reading)
    }

    /// Remembers the stamp with the minutes and seconds of `here` when nothing else but the fraction differs.
    fn set_clock(&mut self, here: &[u8]) -> Option<()> {
        let (at, known_s) = self.clock?;
        let (mark, behind) = (self.fraction.0.max(at + 5), self.fraction.1.max(at + 5));
        let kept = self.text.get(..self.len)?;
        let same = |range: Range<usize>| here.get(range.clone()).is_some_and(|part| kept.get(range) == Some(part));
        let written = here.get(at..at + 5)?;
        let seconds = minutes_and_seconds(written)?;
        if !same(0..at) || !same(at + 5..mark) || !same(behind..self.len) {
            return None;
        }
        self.text.get_mut(at..at + 5)?.copy_from_slice(written);
        self.reading.time.wall_ns += (seconds - known_s) * 1_000_000_000;
        self.clock = Some((at, seconds));
        Some(())
    }
}

/// `52:03` in seconds.
fn minutes_and_seconds(text: &[u8]) -> Option<i64> {
    let &[a, b, b':', c, d] = text else { return None };
    let pair = |tens: u8, ones: u8| {
        let number = i64::from(tens.wrapping_sub(b'0')) * 10 + i64::from(ones.wrapping_sub(b'0'));
        (tens.is_ascii_digit() && ones.is_ascii_digit() && number < 60).then_some(number)
    };
    Some(pair(a, b)? * 60 + pair(c, d)?)
}

/// Place of `52:03` behind the hour of a stamp, when that is what made its minutes and seconds.
fn clock(stamp: &[u8], fraction: (usize, usize), reading: Reading) -> Option<(usize, i64)> {
    // Behind them stands no digit, nor a colon as before a fourth number.
    let ends = |at: usize| stamp.get(at).is_none_or(|byte| !byte.is_ascii_digit() && *byte != b':');
    let is_clock = |at: &usize| {
        stamp.get(*at) == Some(&b':') && stamp.get(at + 1..at + 6).is_some_and(|text| text[2] == b':') && ends(at + 6)
    };
    let mut places = (0..stamp.len()).filter(is_clock);
    let place = places.next().filter(|_| places.next().is_none())? + 1;
    let seconds = minutes_and_seconds(stamp.get(place..place + 5)?)?;
    let same = reading.time.wall_ns.rem_euclid(3_600_000_000_000) / 1_000_000_000 == seconds;
    let adjoins = fraction.1 == 0 || fraction.0 == place + 6;
    (same && adjoins && reading.time.precision >= Precision::Second).then_some((place, seconds))
}

/// Bytes behind a stamp that decide where it ends, and whether the text ends there: none, one closing
/// mark, or blanks with a word and what follows it. `None` where that is not certain.
fn behind(rest: &[u8]) -> Option<(usize, bool)> {
    match rest {
        [] => Some((0, true)),
        [b']' | b'"' | b'}' | b'|', ..] => Some((1, false)),
        [b' ', ..] => {
            let blanks = rest.iter().take(MOST_BLANKS + 1).take_while(|b| **b == b' ').count();
            let word = rest.get(blanks..).filter(|_| blanks <= MOST_BLANKS)?;
            let len = word.iter().take(WORD + 1).take_while(|b| b.is_ascii_alphanumeric() || **b == b'[').count();
            let after = word.get(len..len + 2)?;
            (len > 0 && len <= WORD && after.iter().all(u8::is_ascii)).then_some((blanks + len + 2, false))
        }
        _ => None,
    }
}

/// Place of the digits of a fraction of a second, when they are what made the nanoseconds.
fn fraction(stamp: &[u8], reading: Reading) -> Option<(usize, usize)> {
    let mark = stamp.iter().rposition(|b| matches!(b, b'.' | b','))?;
    let digits = stamp.get(mark + 1..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    let seconds = mark.checked_sub(3).and_then(|at| stamp.get(at..mark))?;
    let timed = matches!(seconds, [b':', a, b] if a.is_ascii_digit() && b.is_ascii_digit());
    let range = (mark + 1, mark + 1 + digits);
    let same = nanos(stamp.get(range.0..range.1)?) == reading.time.wall_ns.rem_euclid(1_000_000_000);
    (timed && (1..=9).contains(&digits) && same).then_some(range)
}

/// Nanoseconds of the digits of a fraction, nine at most.
fn nanos(digits: &[u8]) -> i64 {
    let written = digits.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0'));
    written * 10_i64.pow(9_u32.saturating_sub(digits.len() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_remembered_stamp_is_read_as_if_it_were_new(
            stamps in proptest::collection::vec((
                proptest::sample::select(vec![
                    "2025-06-12T17:52:0", "2025-06-12 17:52:0", "12/Jun/2025:17:52:0", "Jun 12 17:52:0", "0612 17:52:0",
                    "17:52:0", "2025-06-12T17:52:1", "2025-06-12T17:53:0", "2025-06-12T17:07:5", "2025-06-12T17:59:6", "2025-06-12T18:52:0", "12/Jun/2025:17:52:5",
                    "12/Jun/2025:17:17:0", "12/Jun/2025:18:52:0", "Jun 12 17:53:1", "Jun 12 17:5:1", "17:17:0", "17:52:17:0", "17:17:17:1", "2025/06/12 5:53:0",
                    "2025-06-12 17:53:1", "2025-06-12 17:53:x", "0612 17:53:5", "2025/06/12 5:52:0", "06/07/2025 17:52:0", "Thu Jun 12 17:52:0", "20250612T17520", "30.06.2025 17:52:0",
                ]),
                "[0-9]([.,][0-9]{1,10})?",
                proptest::sample::select(vec![
                    "", "Z", "]", "\"", " +0000]", " INFO [a] b", " ERROR x", " PM x", " UTC 2025", " CEST x", " EST: a", "+02:00 x",
                    " -0500 rest", " 2025 x", ", 12", ",5 a", "|x", " host app[1]: x", " CET", " [x] y", " x", ":5", "-04", " a.m. b", " Europe/Paris x",
                    "       1 cache.go:12] x", "   PM x", "  2025 x", "  CEST x", "  +0200 x", "      77 p.go:1] y", "   a.m. b",
                ]),
                proptest::option::of(proptest::sample::select(vec![DateOrder::DayFirst, DateOrder::MonthFirst])),
            ), 1..12)
        ) {
            for (lead, fraction, behind, order) in stamps {
                let text = format!("{lead}{fraction}{behind}");
                let (memo, anew) = (read(&text, order), super::super::read_anew(&text, order));
                proptest::prop_assert_eq!(memo.map(|r| (r.time, r.len, r.label)), anew.map(|r| (r.time, r.len, r.label)), "{}", text);
            }
        }
    }
}
