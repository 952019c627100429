//! Which place of a stamp begins a record, decided from the sampled lines of one source.
//!
//! A place at the beginning of the line needs few witnesses, since a record may have many lines; a
//! place behind other words must be that of most lines, or be a fixed text with nothing behind the
//! stamp (`Section start 2025/06/12 17:52:03`).

use std::collections::BTreeMap;

use super::stamp_place::{self, Found, Kind, Place, Sought};
use super::{elapsed, words};
use crate::format::bind::{SampleLine, order_by_age};
use crate::format::detect::looks_continued;
use crate::format::timestamp::DateOrder;
use crate::model::{Level, Precision};

/// Words behind a stamp among which a level is looked for.
const LEVEL_FIELDS: usize = 6;
/// The same of stamps in hexadecimal, which look like any other number.
const HEX_SPAN_NS: u64 = 7 * 86_400 * 1_000_000_000;
/// Stamps of one source lie within five years of each other, or they are numbers of another kind.
const MAX_SPAN_NS: u64 = 5 * 366 * 86_400 * 1_000_000_000;

/// What a source has shown of its stamps.
#[derive(Clone, Debug)]
pub(super) struct Lock {
    /// Places that begin a record.
    places: Vec<Place>,
    /// A fixed text before a stamp that ends its line begins a record.
    labelled: bool,
    /// Order of numeric dates.
    order: Option<DateOrder>,
    /// What its stamps are.
    sought: Sought,
    /// Blanks before every record, where no line begins without.
    indent: usize,
    /// Word behind the stamp that is a level in nearly every record.
    level_field: Option<usize>,
    /// The line begins with a capital that is a level, words before the stamp notwithstanding.
    letter_first: bool,
    /// Stamps are many and fine: the reading is more than a last resort.
    pub(super) firm: bool,
}

/// Whether generic text may look at `line` at all: objects, elements and pages are others'.
pub(super) fn is_text(line: &str) -> bool {
    let mut chars = line.trim_start_matches(['\u{feff}', ' ']).chars();
    match (chars.next(), chars.next()) {
        (None, _) => false,
        (Some('{'), next) => next.is_some_and(|next| next.is_ascii_digit()),
        // One capital is a level or a mark: `<W>2025-…`.
        (Some('<'), Some(next)) if next.is_ascii_uppercase() && chars.next() == Some('>') => true,
        (Some('<'), Some(next)) => !(next.is_ascii_alphabetic() || matches!(next, '!' | '?' | '/')),
        (Some('['), Some(next)) => next != '{',
        _ => true,
    }
}

impl Lock {
    /// The lock of a source that begins with `lines` and was last written at `modified_s`; `None` when
    /// too few of its lines carry a stamp at one place.
    pub(super) fn of(lines: &[SampleLine<'_>], wrapped: bool, modified_s: Option<i64>) -> Option<Lock> {
        let ruled = |line: &&SampleLine<'_>| line.text.starts_with(['-', '=', '*', '#']);
        let indent = lines.iter().filter(|line| !ruled(line)).map(|line| blanks(&line.text)).min().unwrap_or(0);
        let judged: Vec<(&str, bool)> = lines
            .iter()
            .filter(|line| !looks_continued(line.text.get(indent..).unwrap_or("")) && is_text(&line.text))
            .map(|line| (&*line.text, line.claimed > 0))
            .collect();
        let order = date_order(&judged, modified_s);
        let mut kinds = [Sought::Written, Sought::Numbers, Sought::Elapsed].into_iter();
        let found = kinds.find_map(|sought| Lock::among(&judged, wrapped, order, sought));
        found.map(|lock| Lock { indent, ..lock })
    }

    fn among(judged: &[(&str, bool)], wrapped: bool, order: Option<DateOrder>, sought: Sought) -> Option<Lock> {
        let found: Vec<(&str, bool, Found)> = judged
            .iter()
            .filter_map(|(line, claimed)| Some((*line, *claimed, stamp_place::find(line, order, sought)?)))
            .collect();
        let total = judged.len();
        let groups = grouped(&found);
        let enough = |place: &Place, of: &[&(&str, bool, Found)]| is_enough(*place, of, total, wrapped);
        let mut places: Vec<Place> = groups.iter().filter(|(p, of)| enough(p, of)).map(|(p, _)| *p).collect();
        let labelled = !wrapped && places.is_empty() && is_labelled(&found);
        let claimed = found.iter().filter(|(_, claimed, _)| *claimed).count();
        if claimed * 2 > found.len() {
            let known = |p: &Place| groups.get(p).is_some_and(|of| of.iter().any(|(_, claimed, _)| *claimed));
            places.retain(|p| known(p) || (p.words == 0 && p.kind == Kind::Dated));
        }
        if places.is_empty() && !labelled {
            return None;
        }
        let own: Vec<(&str, Found)> =
            found.iter().filter(|f| places.contains(&group_of(&f.2.place))).map(|(line, _, f)| (*line, *f)).collect();
        let fine = own.iter().filter(|(_, f)| f.time.precision >= Precision::Second).count();
        let firm = fine >= 3 || (fine > 0 && fine == total);
        let level_field = level_field(&own);
        let letter_first = own.len() >= 2 && own.iter().all(|(line, _)| first_letter(line).is_some());
        Some(Lock { places, labelled, order, sought, indent: 0, level_field, letter_first, firm })
    }

    /// The stamp that makes `line` the first of a record.
    pub(super) fn stamp(&self, line: &str) -> Option<Found> {
        if !is_text(line) || (self.indent > 0 && blanks(line) != self.indent) {
            return None;
        }
        let found = stamp_place::find(line, self.order, self.sought)?;
        let own = self.places.contains(&group_of(&found.place)) || (self.labelled && is_label(line, &found));
        own.then_some(found)
    }

    /// Whether `line` begins a record although blanks stand before it, as before all others.
    pub(super) fn begins_indented(&self, line: &str) -> bool {
        self.indent > 0 && self.stamp(line).is_some()
    }

    /// The level of a record, by the word before its stamp, by the field all records have it in, or by
    /// a level word that stands as one.
    pub(super) fn level(&self, line: &str, found: &Found) -> Option<Level> {
        let (start, end) = found.range;
        let rest = line.get(end..)?;
        let field = || self.level_field.and_then(|at| level_of_field(fields(rest).nth(at)?));
        let letter = || first_letter(line).filter(|_| self.letter_first);
        stamp_place::level_before(line.get(..start)?)
            .or_else(letter)
            .or_else(field)
            .or_else(|| words::stated_level(rest))
    }

    /// What was found out, in words.
    pub(super) fn describe(&self) -> String {
        let place = |p: &Place| {
            let kind = match p.kind {
                Kind::Dated => "a date and time",
                Kind::YearLess => "a date without year and a time",
                Kind::TimeOnly => "a time of day",
                Kind::Epoch => "a number of seconds since 1970",
                Kind::Hex => "seconds since 1970 in hexadecimal",
                Kind::Elapsed => "the time since a start that is not written",
            };
            let at =
                if p.words == 0 { "at the line's beginning".to_string() } else { format!("behind {} words", p.words) };
            format!("{kind} {at}")
        };
        let places: Vec<String> = self.places.iter().map(place).collect();
        let label = if self.labelled { "a stamp behind a fixed text" } else { "" };
        format!("guessed: a record begins with {}{label}", places.join(" or "))
    }
}

/// The level of a capital that is the first word of `line`.
fn first_letter(line: &str) -> Option<Level> {
    line.split_whitespace().next().filter(|word| word.len() == 1).and_then(stamp_place::letter_level)
}

/// Blanks at the beginning of `line`.
fn blanks(line: &str) -> usize {
    line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// The part of a place that records of one source share.
fn group_of(place: &Place) -> Place {
    let opening = if place.words == 0 { 0 } else { place.opening };
    Place { opening, text: 0, ..*place }
}

type Groups<'g, 'a> = BTreeMap<Place, Vec<&'g (&'a str, bool, Found)>>;

fn grouped<'g, 'a>(found: &'g [(&'a str, bool, Found)]) -> Groups<'g, 'a> {
    let mut groups = Groups::new();
    for one in found {
        groups.entry(group_of(&one.2.place)).or_default().push(one);
    }
    groups
}

/// Whether the lines of one place are enough to believe that it begins records.
fn is_enough(place: Place, of: &[&(&str, bool, Found)], total: usize, wrapped: bool) -> bool {
    let n = of.len();
    let most = n * 10 >= total * 6;
    let fine = of.iter().filter(|(_, _, f)| f.time.precision >= Precision::Second).count() * 10 >= n * 9;
    let keys = || of.iter().map(|(_, _, f)| f.time.key_ns());
    let near = || keys().max().zip(keys().min()).is_some_and(|(last, first)| last.abs_diff(first) <= MAX_SPAN_NS);
    match place.kind {
        _ if wrapped && !most => false,
        Kind::TimeOnly => most && n >= 2 && !of.first().is_some_and(|f| counts_from_zero(f)),
        // Other numbers of eight digits do not lie within a day of each other, one behind the other.
        Kind::Hex => {
            let keys: Vec<i64> = keys().collect();
            let day = keys.iter().max().zip(keys.iter().min()).is_some_and(|(a, b)| a.abs_diff(*b) <= HEX_SPAN_NS);
            let letter = |(line, _, f): &&&(&str, bool, Found)| {
                line.get(f.range.0..f.range.1).is_some_and(|text| text.bytes().any(|b| b.is_ascii_lowercase()))
            };
            n >= 3 && n * 10 >= total * 9 && day && keys.is_sorted() && of.iter().any(|f| letter(&f))
        }
        Kind::Elapsed => place.words <= 1 && elapsed::runs(of.iter().map(|f| (f.2.time, behind(f))), total),
        // A stamp alone on its line stands above what it stamps (shell histories).
        Kind::Epoch if place.words == 0 && alone(of) => n * 3 >= total && near(),
        Kind::Epoch => most && near() && (place.words == 0 || (n >= 3 && n * 10 >= total * 9)),
        _ if !fine => n >= 2 && n * 10 >= total * 8,
        _ if place.words == 0 => n * 25 >= total,
        _ => most && (n >= 2 || place.words <= 3),
    }
}

/// Whether what looks like a time of day is the time since a start: `0:00:00.036`, of which no clock leaves out
/// the first digit and writes parts of a second.
fn counts_from_zero((line, _, found): &(&str, bool, Found)) -> bool {
    let one_digit = line.get(found.range.0..found.range.1).is_some_and(|text| text.starts_with("0:00:"));
    one_digit && found.time.precision > Precision::Second
}

/// What stands behind a stamp.
fn behind<'a>((line, _, found): &(&'a str, bool, Found)) -> &'a str {
    line.get(found.range.1..).unwrap_or("")
}

/// Whether nothing stands behind the stamps.
fn alone(of: &[&(&str, bool, Found)]) -> bool {
    of.iter().all(|f| behind(f).trim().is_empty())
}

/// Whether `line` is a few fixed words, a stamp, and nothing else.
fn is_label(line: &str, found: &Found) -> bool {
    let empty = line
        .get(found.range.1..)
        .is_some_and(|rest| rest.trim_matches([' ', '\t', ']', ')', '"', '.', '%', '=', '*', '-', '#']).is_empty());
    empty
        && (1..=3).contains(&found.place.words)
        && found.place.kind == Kind::Dated
        && found.time.precision >= Precision::Second
}

/// Whether the records of a source begin with labelled stamps: with two words, or with one word on
/// several lines.
fn is_labelled(found: &[(&str, bool, Found)]) -> bool {
    let labels: Vec<u8> =
        found.iter().filter(|(line, _, f)| is_label(line, f)).map(|(_, _, f)| f.place.words).collect();
    labels.iter().any(|words| *words >= 2) || labels.len() >= 3
}

/// The order of the numeric dates of a source: shown by a number above twelve, else by the order under
/// which time does not run back, else by the day its file was written.
fn date_order(judged: &[(&str, bool)], modified_s: Option<i64>) -> Option<DateOrder> {
    let dates: Vec<(u32, u32)> = judged.iter().filter_map(|(line, _)| stamp_place::numeric_date(line)).collect();
    // What reads one way without an order (`25/06/12`: the year first) needs none.
    let mut numeric = judged.iter().filter(|(line, _)| stamp_place::numeric_date(line).is_some());
    if dates.is_empty() || numeric.all(|(line, _)| stamp_place::find(line, None, Sought::Written).is_some()) {
        return None;
    }
    let day = dates.iter().any(|(a, b)| *a > 12 && *b <= 12);
    let month = dates.iter().any(|(a, b)| *b > 12 && *a <= 12);
    match (day, month) {
        (true, false) => return Some(DateOrder::DayFirst),
        (false, true) => return Some(DateOrder::MonthFirst),
        (true, true) => return None,
        (false, false) => {}
    }
    let read = |order| -> Vec<i64> {
        let stamp = |line: &str| Some(stamp_place::find(line, Some(order), Sought::Written)?.time.key_ns());
        judged.iter().filter_map(|(line, _)| stamp(line)).collect()
    };
    let steps = |order| {
        let times = read(order);
        let back = times.windows(2).filter(|w| w[1] < w[0]).count();
        let span = times.iter().max().zip(times.iter().min()).map_or(0, |(last, first)| last.abs_diff(*first));
        (back, span)
    };
    let (by_day, by_month) = (steps(DateOrder::DayFirst), steps(DateOrder::MonthFirst));
    match by_day.cmp(&by_month) {
        std::cmp::Ordering::Less => Some(DateOrder::DayFirst),
        std::cmp::Ordering::Greater => Some(DateOrder::MonthFirst),
        std::cmp::Ordering::Equal => {
            let last = |order| Some(read(order).last()? / 1_000_000_000);
            order_by_age(modified_s, last).or_else(|| order_by_age(modified_s.map(without_year), last))
        }
    }
}

/// The same instant in the year that stands for stamps without one.
fn without_year(s: i64) -> i64 {
    const FOUR_YEARS_S: i64 = 1_461 * 86_400;
    let days_s = [0, 366, 731, 1_096].map(|days: i64| days * 86_400);
    // 1972-01-01, and how far into its four years the instant lies.
    let begin = 730 * 86_400;
    let within = (s - begin).rem_euclid(FOUR_YEARS_S);
    let year = days_s.into_iter().rev().find(|start| *start <= within).unwrap_or(0);
    begin + within - year
}

/// Words behind a stamp.
fn fields(rest: &str) -> impl Iterator<Item = &str> {
    rest.split(|c: char| c.is_whitespace() || matches!(c, '|' | '[' | ']' | ',' | ';' | '<' | '>' | '(' | ')'))
        .filter(|word| !word.is_empty() && !word.chars().all(|c| matches!(c, '-' | ':')))
        .take(LEVEL_FIELDS)
}

/// The level a field is, words and single letters (`E`, `E/Tag`) alike.
fn level_of_field(field: &str) -> Option<Level> {
    let word = field.trim_matches([':', '-', '*', '!']);
    let word = word.split(['/', '.']).next_back().filter(|w| words::any_level_word(w).is_some()).unwrap_or(word);
    let head = word.split('/').next().unwrap_or(word);
    words::any_level_word(head).or_else(|| stamp_place::letter_level(head))
}

/// The field behind the stamp that holds a level in nine of ten records; a single letter in fewer than
/// three records only right behind the stamp.
fn level_field(own: &[(&str, Found)]) -> Option<usize> {
    let rests: Vec<&str> = own.iter().filter_map(|(line, f)| line.get(f.range.1..)).collect();
    (0..LEVEL_FIELDS).find(|at| {
        let levels: Vec<&str> = rests.iter().filter_map(|rest| fields(rest).nth(*at)).collect();
        let holds = levels.iter().filter(|field| level_of_field(field).is_some()).count();
        let letter = |field: &&&str| match field.trim_matches([':', '!']).as_bytes() {
            [_] => true,
            [_, rest @ ..] => rest.iter().all(u8::is_ascii_digit),
            [] => false,
        };
        let letters = levels.iter().filter(letter).count();
        holds > 0 && holds * 10 >= rests.len() * 9 && (letters == 0 || *at == 0 || holds >= 3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClockKind, RawTime};

    fn lock(lines: &[&str]) -> Option<Lock> {
        let lines: Vec<SampleLine<'_>> =
            lines.iter().map(|text| SampleLine { text: (*text).into(), claimed: 0 }).collect();
        Lock::of(&lines, false, None)
    }

    fn stamp(lines: &[&str], line: &str) -> Option<RawTime> {
        lock(lines)?.stamp(line).map(|f| f.time)
    }

    /// 2025-06-12T17:52:03Z.
    const T: i64 = 1_749_750_723;

    #[test]
    fn every_shape_of_stamp_begins_a_record() {
        for stamp_text in [
            "2025-06-12T17:52:03.410Z",
            "2025-06-12T19:52:03.410+0200",
            "2025-06-12T19:52:03+02",
            "2025-06-12T17:52:03,410Z",
            "2025-06-12T19:52:03+02:00[Europe/Paris]",
            "20250612T175203Z",
            "20250612_175203",
            "20250612-17:52:03:410",
            "2025-06-12T17:52:03.4100000Z",
            "12/Jun/2025:17:52:03 +0000",
            "Thu, 12 Jun 2025 17:52:03 +0000",
            "Thu Jun 12 17:52:03 2025",
            "Thu Jun 12 17:52:03 UTC 2025",
            "Thu June 12 17:52:03 2025 UTC",
            "2025-06-12 17:52:03,410",
            "2025/06/12 17:52:03",
            "2025.06.12 17:52:03",
            "2025-06-12_17:52:03",
            "12-Jun-2025 17:52:03.410",
            "12-JUN-25 17:52:03",
            "250612 17:52:03",
            "25/06/12 17:52:03",
            "12.06.2025 17:52:03",
            "12Jun2025 17:52:03",
            "2025:06:12-17:52:03",
            "2025.06.12-17.52.03:410",
            "2025-06-12-19.52.03.410211+120",
            "2025-06-12;17:52:03",
            "Jun 12, 2025 - 17:52:03",
            "2025-06-12-17-52-03",
            "2025_06_12 17:52:03",
            "25-06-12 17:52:03",
            "12. Juni 2025 17:52:03",
            "12-JUN-25 05.52.03.410211 PM +00:00",
            "Jun 12, 2025, 7:52:03 PM Central European Summer Time",
            "@40000000684b13cd18701a80",
            "Jun 12, 2025 @ 17:52:03.410",
            "Jun 12, 2025 5:52:03 PM",
            "6/12/2025 5:52:03 PM +00:00",
            "20250612175203",
            "1749750723",
            "1749750723.410",
            "1749750723410",
        ] {
            for line in [
                format!("{stamp_text} worker gone"),
                format!("[{stamp_text}] worker gone"),
                format!("<14>{stamp_text} x"),
            ] {
                let read = stamp(&[&line, &line, &line], &line);
                assert_eq!(read.map(RawTime::key_s), Some(T), "{line}");
            }
        }
        for (text, kind) in [
            ("Jun 12 17:52:03 gone", ClockKind::YearLess),
            ("Jun-12 17:52:03.410 gone", ClockKind::YearLess),
            ("06-12 17:52:03.410 gone", ClockKind::YearLess),
            ("06/12-17:52:03.410211 gone", ClockKind::YearLess),
            ("06-12|17:52:03.410 gone", ClockKind::YearLess),
            ("17:52:03 gone", ClockKind::TimeOnly),
        ] {
            assert_eq!(stamp(&[text, text], text).map(|t| t.kind), Some(kind), "{text}");
        }
    }

    #[test]
    fn the_place_of_the_stamp_is_that_of_the_source() {
        let lines = [
            "kv-1 ops 2025-06-12 17:52:03 lost",
            "kv-2 ops 2025-06-12 17:52:04 back",
            "kv-2 ops 2025-06-12 17:52:05 x",
        ];
        let lock = lock(&lines).unwrap();
        assert!(lock.stamp(lines[1]).is_some());
        assert!(lock.stamp("since 2025-06-12 17:00:00 nothing was read").is_none());
        assert!(lock.stamp("expires: 2026-01-01 00:00:00").is_none());
    }

    #[test]
    fn dates_in_messages_numbers_and_versions_are_no_stamps() {
        for line in [
            "GET /a Mozilla/5.0 (X11; build 2022-01-07 00:50:33) ok",
            "worker v2.3.4 took 10:20:30 at 10.0.0.1:80",
            "release 2025.06.12 is out",
            "id 1749750723 was gone",
            "  2025-06-12 17:52:03 indented",
            "{\"at\":\"2025-06-12 17:52:03\"}",
            "the lease was lost on 2025-06-12 17:52:03",
        ] {
            let sample = [line, "and other text", "and more of it", "until here", "and the end"];
            assert!(stamp(&sample, line).is_none(), "{line}");
        }
        let comma = "04:39:56,192.168.0.2 GET";
        assert_eq!(stamp(&[comma, comma], comma).map(|t| t.wall_ns), Some(16_796_000_000_000));
    }

    #[test]
    fn a_fixed_text_before_a_stamp_begins_a_record() {
        let lines = [
            ">>>  Section start 2025/06/12 17:52:03.410",
            "cmd: run",
            "<<<  Section end 2025/06/12 17:52:04.000",
            "more",
            "and more",
        ];
        assert!(stamp(&lines, lines[0]).is_some() && stamp(&lines, lines[2]).is_some());
        let settings = ["created: 2025-06-12 10:00:00", "name: kv", "port: 8443", "owner: ops", "zone: a"];
        assert!(lock(&settings).is_none());
    }

    #[test]
    fn the_order_of_numeric_dates_is_that_of_the_source() {
        let lines = ["06/12/2025 17:52:03 a", "06/13/2025 17:52:03 b"];
        assert_eq!(stamp(&lines, lines[0]).map(RawTime::key_s), Some(T));
        let lines = ["12/06/2025 17:52:03 a", "13/06/2025 17:52:03 b"];
        assert_eq!(stamp(&lines, lines[0]).map(RawTime::key_s), Some(T));
        // Nothing tells the order of a single day: no stamp is better than a wrong one.
        let line = "06/12/2025 17:52:03 a";
        assert_eq!(stamp(&[line], line), None);
        // The day on which the file was written does.
        let sample = || [SampleLine { text: line.into(), claimed: 0 }];
        let written =
            |s: i64| Lock::of(&sample(), false, Some(s)).and_then(|lock| Some(lock.stamp(line)?.time.key_s()));
        assert_eq!((written(T + 3600), written(T + 86_400 * 200)), (Some(T), None));
    }

    #[test]
    fn blanks_before_every_record_continue_none() {
        let lines = ["    2025/06/12 17:52:03 [INFO] a", "      below", "    2025/06/12 17:52:04 [ERR] b"];
        let indented = lock(&lines).unwrap();
        assert!(indented.begins_indented(lines[2]) && !indented.begins_indented(lines[1]));
    }

    #[test]
    fn levels_stand_before_the_stamp_in_a_field_or_as_a_word() {
        let level = |lines: &[&str]| {
            let lock = lock(lines)?;
            lock.level(lines[0], &lock.stamp(lines[0])?)
        };
        for (lines, expected) in [
            (["[ERROR] 2025-06-12 17:52:03 x", "[INFO] 2025-06-12 17:52:03 x"], Some(Level::Error)),
            (["error\t2025/06/12 17:52:03\tops", "info\t2025/06/12 17:52:03\tops"], Some(Level::Error)),
            (["E [12/Jun/2025:17:52:03 +0000] x", "I [12/Jun/2025:17:52:03 +0000] x"], Some(Level::Error)),
            (["2025-06-12 17:52:03 E t0 x", "2025-06-12 17:52:03 I t0 x"], Some(Level::Error)),
            (["06-12 17:52:03.410 88 E/Pool: x", "06-12 17:52:03.410 88 I/Pool: x"], Some(Level::Error)),
            (["2025-06-12 17:52:03 - level=error x", "2025-06-12 17:52:03 - x"], Some(Level::Error)),
            (["2025-06-12 17:52:03 there was no error", "2025-06-12 17:52:03 x"], None),
            (["2025-06-12 17:52:03 A test of W", "2025-06-12 17:52:03 x"], None),
        ] {
            assert_eq!(level(&lines), expected, "{lines:?}");
        }
    }
}
