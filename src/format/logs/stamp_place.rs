//! Finding the stamp of a line that follows no known layout, and the place it stands at.
//!
//! The place is what tells the stamp of a record from a date in a message: in one source it is the
//! same for every record. See [`super::stamp_lock`].

use super::elapsed::elapsed;
use crate::format::fields::learned;
use crate::format::timestamp::{self, DateOrder};
use crate::model::{ClockKind, Level, Precision, RawTime};

/// Bytes of a line in which a stamp may begin.
const REACH: usize = 100;
/// Words that may stand before a stamp.
pub(super) const MAX_WORDS: u8 = 6;

/// What kind of stamp stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A date with a year and a time of day.
    Dated,
    /// A date without a year and a time of day.
    YearLess,
    /// A time of day to the second.
    TimeOnly,
    /// A number counting from 1970, or a calendar of fourteen digits.
    Epoch,
    /// Seconds since 1970 in eight hexadecimal digits.
    Hex,
    /// Time since a start that is not written.
    Elapsed,
}

/// Which stamps are looked for, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sought {
    /// Written ones, and epochs at the beginning of a line or bracket.
    Written,
    /// A whole number of the size of an epoch behind words, too.
    Numbers,
    /// Elapsed time only.
    Elapsed,
}

/// Where in its line a stamp stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// What it is.
    pub(super) kind: Kind,
    /// Words before it; brackets, priorities and levels are none. Columns before it, where lines or tabs part them.
    pub(super) words: u8,
    /// The byte right before it, when that is a bracket or a quote, or what parts columns; 0 otherwise.
    pub(super) opening: u8,
    /// Hash of the words before it, digits aside: the same for a fixed text such as `Log started:`.
    pub(super) text: u64,
}

/// A stamp found in a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// What was written.
    pub(super) time: RawTime,
    /// Where in the line it begins and ends, in bytes.
    pub(super) range: (usize, usize),
    /// Its place.
    pub(super) place: Place,
}

/// The first stamp of `line` near its beginning.
///
/// Of the kind that is `sought`.
pub(super) fn find(line: &str, order: Option<DateOrder>, sought: Sought) -> Option<Found> {
    let bytes = line.as_bytes();
    let start = begin(line);
    let mut at = start;
    let mut before = Before::default();
    while at < bytes.len().min(REACH) && before.words <= MAX_WORDS {
        let rest = line.get(at..)?;
        let byte = bytes.get(at.wrapping_sub(1)).copied().filter(|_| at > start);
        let found = match sought {
            Sought::Elapsed => elapsed(rest, byte).map(|(time, len)| (time, len, Kind::Elapsed)),
            _ => stamp(rest, order, byte, (before.words, sought == Sought::Numbers)),
        };
        if let Some((time, len, kind)) = found.filter(|_| !is_of_another(line.get(start..at).unwrap_or(""))) {
            let opening = byte.filter(|b| matches!(b, b'[' | b'(' | b'"')).unwrap_or(0);
            let place = Place { kind, words: before.words, opening, text: before.hash };
            let place = column(line.get(start..at)?)
                .filter(|_| place.words > 0)
                .map_or(place, |(mark, columns)| Place { opening: mark, words: columns, ..place });
            if kind == Kind::Epoch
                && let Some(other) = stated_behind(line, (at, at + len), order, time)
            {
                return Some(other);
            }
            return Some(Found { time, range: (at, at + len), place });
        }
        at += before.step(rest)?;
    }
    None
}

/// Whether the name right before a stamp says that it is not the record's: `expires=2026-06-12 …`.
fn is_of_another(head: &str) -> bool {
    let head = head.trim_end_matches([' ', '"', '\'']);
    let Some(named) = head.strip_suffix(['=', ':']) else { return false };
    let name = named.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).next().unwrap_or("");
    !name.is_empty() && learned::tells_another_time(name)
}

/// What parts the columns before a stamp that begins one, and how many they are.
fn column(head: &str) -> Option<(u8, u8)> {
    let mark = *head.trim_end_matches(' ').as_bytes().last().filter(|b| matches!(b, b'|' | b'\t'))?;
    let columns = memchr::memchr_iter(mark, head.as_bytes()).count();
    Some((mark, u8::try_from(columns).ok()?))
}

/// The written stamp right behind a number that tells another instant in every zone: then the number is an id.
fn stated_behind(line: &str, (start, end): (usize, usize), order: Option<DateOrder>, number: RawTime) -> Option<Found> {
    const QUARTER_NS: u64 = 15 * 60 * 1_000_000_000;
    const ZONES_NS: u64 = 26 * 4 * QUARTER_NS;
    let rest = line.get(end..)?;
    let at = end + rest.find(|c: char| !matches!(c, ' ' | '\t' | '|' | ',' | ';' | '"'))?;
    let (time, len, kind) = stamp(line.get(at..)?, order, line.as_bytes().get(at - 1).copied(), (1, false))?;
    let apart = time.key_ns().abs_diff(number.key_ns());
    let beside = (apart + QUARTER_NS / 2) % QUARTER_NS;
    let other = apart > ZONES_NS || beside.abs_diff(QUARTER_NS / 2) > 2_000_000_000;
    let differs = kind == Kind::Dated && at > end && other;
    let place = Place { kind, words: 1, opening: 0, text: 0 };
    let place =
        column(line.get(start..at)?).map_or(place, |(mark, columns)| Place { opening: mark, words: columns, ..place });
    differs.then_some(Found { time, range: (at, at + len), place })
}

/// Where the line begins behind bytes that are no text and a syslog priority.
fn begin(line: &str) -> usize {
    let text = line.trim_start_matches(|c: char| !c.is_ascii() && !c.is_alphabetic());
    let digits = |n: &usize| *n <= 3 && text.get(1..1 + n).is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    // The priority of syslog, or the one capital that Qt writes for a level.
    let capital = |n: &usize| *n == 1 && text.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase);
    let priority = text.strip_prefix('<').and_then(|rest| rest.find('>').filter(|n| digits(n) || capital(n)));
    // `--2025-06-12 17:52:03--` stands on a rule.
    let rule = text.bytes().take_while(|b| *b == b'-').count();
    let rule = if rule == 1 { 0 } else { rule };
    line.len() - text.len() + priority.map_or(rule, |n| n + 2)
}

/// What was stepped over on the way to a stamp.
#[derive(Default)]
struct Before {
    words: u8,
    hash: u64,
}

impl Before {
    /// Length of the next piece of `rest`: a run of letters and digits, or one other character.
    fn step(&mut self, rest: &str) -> Option<usize> {
        let first = rest.chars().next()?;
        if !first.is_alphanumeric() {
            return Some(first.len_utf8());
        }
        let len = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '[' | '(' | ']' | ')' | '"' | '|' | ',' | ';' | '='))
            .unwrap_or(rest.len());
        let len = labelled(rest.get(..len)?, rest).unwrap_or(len);
        let word = rest.get(..len)?;
        let level =
            word.trim_end_matches(':').split(':').next().is_some_and(|w| super::words::any_level_word(w).is_some());
        if !level || self.words > 0 {
            self.words += 1;
            let letters = word.bytes().filter(u8::is_ascii_alphabetic);
            self.hash = letters.fold(self.hash ^ 0x9e37_79b9, |h, b| h.wrapping_mul(0x0100_0000_01b3) ^ u64::from(b));
        }
        Some(len)
    }
}

/// Where a stamp glued to its label begins in `rest`, which `word` begins: `time:2025-06-12 17:52:03`.
fn labelled(word: &str, rest: &str) -> Option<usize> {
    let dated = |at: &usize| {
        let behind = rest.get(*at..).filter(|behind| behind.starts_with(|c: char| c.is_ascii_digit()));
        let time = behind.and_then(timestamp::prefix).map(|(time, _)| time);
        time.is_some_and(|t| matches!(t.kind, ClockKind::Naive | ClockKind::Zoned) && t.precision >= Precision::Second)
    };
    memchr::memchr_iter(b':', word.as_bytes()).map(|at| at + 1).find(dated)
}

/// A stamp at the very start of `rest`, behind the byte `before`.
fn stamp(
    rest: &str,
    order: Option<DateOrder>,
    before: Option<u8>,
    (words, numbers): (u8, bool),
) -> Option<(RawTime, usize, Kind)> {
    let first = *rest.as_bytes().first()?;
    let glued = before
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/' | b'+' | b'\\' | b'%'));
    let small = first.is_ascii_lowercase() || first >= 0x80;
    let named = small && (rest.as_bytes().get(3) == Some(&b'/') || timestamp::may_begin(rest));
    if glued || !(first.is_ascii_digit() || first.is_ascii_uppercase() || named) {
        return None;
    }
    let read = match order {
        Some(order) => timestamp::prefix_in_order(rest, order).or_else(|| timestamp::prefix(rest)),
        None => timestamp::prefix(rest),
    };
    if let Some((time, len)) = read
        && let Some(kind) = kind_of(time, words, rest)
    {
        return Some((time, len, kind));
    }
    if before == Some(b'@')
        && let Some(found) = tai64n(rest)
    {
        return Some(found);
    }
    let opens = words == 0
        || (numbers && before.is_some_and(|b| matches!(b, b' ' | b'\t' | b'|' | b',')))
        || before.is_some_and(|b| matches!(b, b'[' | b'('));
    let number = if first.is_ascii_digit() && opens { epoch(rest) } else { None };
    number.or_else(|| if words == 0 && before.is_none() { hexadecimal(rest) } else { None })
}

/// `684b13c3`, `684b13c3.18701a80`: seconds since 1970, and parts of the next, in hexadecimal.
fn hexadecimal(rest: &str) -> Option<(RawTime, usize, Kind)> {
    let small = |b: &u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
    let run = |text: &str| text.bytes().take_while(|b| small(b)).count();
    let digits = rest.get(..8).filter(|d| run(d) == 8 && d.starts_with(['4', '5', '6', '7']))?;
    let fraction = rest.get(8..)?.strip_prefix('.').map_or(0, run);
    let len = if fraction == 8 { 17 } else { 8 };
    let seconds = i64::from_str_radix(digits, 16).ok()?;
    let nanos = rest.get(9..len).and_then(|f| i64::from_str_radix(f, 16).ok()).filter(|ns| *ns < 1_000_000_000);
    let time = match (len, nanos) {
        (17, Some(ns)) => RawTime::epoch_ns(seconds * 1_000_000_000 + ns, Precision::Nano),
        (8, _) => RawTime::epoch_ns(seconds * 1_000_000_000, Precision::Second),
        _ => return None,
    };
    (rest.as_bytes().get(len) == Some(&b' ')).then_some((time, len, Kind::Hex))
}

/// The kind of a written stamp that is fine enough to begin a record.
fn kind_of(time: RawTime, words: u8, text: &str) -> Option<Kind> {
    // `12-Jun 17:52` is how programs write a minute; people leave the dash away.
    let dashed =
        || matches!(text.as_bytes(), [_, b'-', month, ..] | [_, _, b'-', month, ..] if month.is_ascii_alphabetic());
    match time.kind {
        ClockKind::Naive | ClockKind::Zoned if time.precision >= Precision::Minute => Some(Kind::Dated),
        ClockKind::YearLess if time.precision >= Precision::Second => Some(Kind::YearLess),
        ClockKind::YearLess if words == 0 && dashed() => Some(Kind::YearLess),
        ClockKind::TimeOnly | ClockKind::TimeOnlyZoned if words == 0 && time.precision >= Precision::Second => {
            Some(Kind::TimeOnly)
        }
        _ => None,
    }
}

/// A number of seconds or finer since 1970, or a digit calendar, that ends at a blank or a closing mark.
fn epoch(rest: &str) -> Option<(RawTime, usize, Kind)> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let mut len = digits;
    let fraction =
        rest.get(digits..)?.strip_prefix('.').map_or(0, |r| r.bytes().take_while(u8::is_ascii_digit).count());
    if matches!(digits, 10 | 13 | 14) && (1..=9).contains(&fraction) {
        len += 1 + fraction;
    }
    let ends =
        rest.as_bytes().get(len).is_none_or(|b| matches!(b, b' ' | b'\t' | b',' | b';' | b'|' | b']' | b')' | b':'));
    let whole = matches!(digits, 10 | 13 | 14 | 16 | 17 | 19);
    let time = (whole && ends).then(|| timestamp::epoch_digits(rest.get(..len)?)).flatten()?;
    Some((time, len, Kind::Epoch))
}

/// The label `4000000068…` behind an `@`, as multilog and svlogd write it: seconds since 1970 plus ten
/// above 2^62, then nanoseconds, in hexadecimal (TAI64N).
fn tai64n(rest: &str) -> Option<(RawTime, usize, Kind)> {
    const LEN: usize = 24;
    let label = rest.get(..LEN).filter(|label| label.starts_with("40000000"))?;
    let ends = rest.as_bytes().get(LEN).is_none_or(|b| !b.is_ascii_alphanumeric());
    let seconds = i64::from_str_radix(label.get(..16)?, 16).ok()?.checked_sub((1 << 62) + 10)?;
    let nanos = i64::from_str_radix(label.get(16..)?, 16).ok().filter(|ns| *ns < 1_000_000_000)?;
    let ns = seconds.checked_mul(1_000_000_000)? + nanos;
    ends.then(|| (RawTime::epoch_ns(ns, Precision::Nano), LEN, Kind::Epoch))
}

/// The first two numbers of a date such as `6/12/2025`, `12.06.25`, `6/12` or `10.30` near the beginning of `line`.
pub(super) fn numeric_date(line: &str) -> Option<(u32, u32)> {
    let near = line.get(..line.floor_char_boundary(REACH)).unwrap_or(line);
    let mut parts = near.split(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '.' | '-')));
    parts.find_map(|word| {
        let mut numbers = word.split(['/', '.', '-']);
        let (a, b, c) = (numbers.next()?, numbers.next()?, numbers.next());
        let short = |n: &str| matches!(n.len(), 1 | 2);
        let third =
            c.map_or(word.contains('/') || (word.len() == 5 && word.contains('.')), |c| matches!(c.len(), 2 | 4));
        let shape = short(a) && short(b) && third && numbers.next().is_none();
        let (a, b): (u32, u32) = (a.parse().ok()?, b.parse().ok()?);
        (shape && a <= 31 && b <= 31).then_some((a, b))
    })
}

/// The level that stands before a stamp, alone or in brackets: `[ERROR] 2025-…`, `info<tab>2025/…`,
/// `E [12/Jun/2025:…`.
pub(super) fn level_before(head: &str) -> Option<Level> {
    let alone = head.trim_matches(|c: char| !c.is_ascii_alphanumeric()).len() == 1;
    head.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(3)
        .find_map(|word| super::words::any_level_word(word).or_else(|| letter_level(word).filter(|_| alone)))
}

/// The level of a single capital, with or without a number of three digits behind it (`I125`).
pub(super) fn letter_level(word: &str) -> Option<Level> {
    let word = match word.as_bytes() {
        [_, a, b, c] if [a, b, c].iter().all(|b| b.is_ascii_digit()) => word.get(..1)?,
        _ => word,
    };
    matches!(word, "D" | "I" | "W" | "E" | "F" | "T" | "V" | "N" | "C" | "X").then(|| Level::of_word(word)).flatten()
}
