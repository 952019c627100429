//! Dates and clock times inside a sentence, as written.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::{Captures, Regex};

use super::zones::{self, Zone};
use crate::format::ascii::of_sentences;
use crate::model::{ClockKind, Precision, RawTime};

/// Nanoseconds in a second.
const NANOS: i64 = 1_000_000_000;

/// A calendar day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    /// Year, when written.
    pub year: Option<i32>,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month.
    pub day: u32,
}

impl Day {
    /// The date, with `year` where none was written.
    pub fn date(self, year: Option<i32>) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year.or(year)?, self.month, self.day)
    }
}

/// A date in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DateFound {
    /// Where.
    pub range: Range<usize>,
    /// Which day; of several, the first.
    pub day: Day,
    /// Whether it is the first of several days ("19–20 October").
    pub is_span: bool,
}

/// A clock time in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimeFound {
    /// Where, zone label included.
    pub range: Range<usize>,
    /// Since midnight, ns.
    pub clock_ns: i64,
    /// Digits written.
    pub precision: Precision,
    /// Zone written with it.
    pub zone: Option<Zone>,
    /// The label of that zone.
    pub label: String,
    /// End of a range ("17:05 to 18:40"): this time is the end of the one before it.
    pub ends_previous: bool,
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Number of a month name or abbreviation.
pub(super) fn month(name: &str) -> Option<u32> {
    let lower = name.to_lowercase();
    MONTHS.iter().position(|m| lower.starts_with(m)).map(|i| i as u32 + 1)
}

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)";
    of_sentences(&format!(
        r"(?x)
        \b(?P<iy>(?:19|20)\d\d)[-/.](?P<im>\d\d)[-/.](?P<id>\d\d)
        | \b(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?(?P<span>\s?(?:to|and|until|-|–|/)\s?\d{{1,2}}(?:st|nd|rd|th)?)?[\s-](?:of\s)?(?P<dm>{names})\b\.?(?:[\s,-]+(?P<dy>(?:19|20)\d\d)\b)?
        | \b(?P<mm>{names})\b\.?\s(?P<md>\d{{1,2}})(?:st|nd|rd|th)?\b(?P<to>\s?(?:to|and|until|-|–)\s?\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+(?P<my>(?:19|20)\d\d)\b)?
        | \b(?P<na>\d{{1,2}})[/.](?P<nb>\d{{1,2}})[/.](?P<ny>20\d\d)\b"
    ))
});

/// Dates in `text`, in order. A numeric date counts only when one of its parts is above 12.
pub(super) fn dates(text: &str) -> Vec<DateFound> {
    let Some(regex) = DATE.as_ref() else { return Vec::new() };
    let free = |at: usize| !text.get(..at).unwrap_or("").ends_with(['-', '_', '/', '=', '#']);
    regex
        .captures_iter(text)
        .filter_map(|c| {
            Some(DateFound {
                range: c.get(0)?.range(),
                day: day_of(&c)?,
                is_span: c.name("span").or(c.name("to")).is_some(),
            })
        })
        .filter(|d| free(d.range.start))
        .collect()
}

fn day_of(c: &Captures<'_>) -> Option<Day> {
    let number = |name: &str| c.name(name).and_then(|m| m.as_str().parse::<u32>().ok());
    let year = |name: &str| number(name).map(|y| y as i32);
    let day = if c.name("iy").is_some() {
        Day { year: year("iy"), month: number("im")?, day: number("id")? }
    } else if let Some(name) = c.name("dm") {
        Day { year: year("dy"), month: month(name.as_str())?, day: number("dd")? }
    } else if let Some(name) = c.name("mm") {
        Day { year: year("my"), month: month(name.as_str())?, day: number("md")? }
    } else {
        let (a, b) = (number("na")?, number("nb")?);
        let (month, day) = if a > 12 { (b, a) } else { (a, b) };
        if a <= 12 && b <= 12 && a != b {
            return None;
        }
        Day { year: year("ny"), month, day }
    };
    day.date(Some(2024)).map(|_| day)
}

static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let zone = zones::label_pattern();
    of_sentences(&format!(
        r"(?x)
        (?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d|60)(?:[.,](?P<f>\d{{1,9}}))?)?
            (?:\s?(?P<ap>[AaPp])\.?[Mm]\b\.?)?(?:\s?\(?(?P<z>{zone}))?
        | (?P<h2>1[0-2]|0?[1-9])\s?(?P<ap2>[AaPp])\.?[Mm]\b\.?(?:\s?(?P<z2>{zone}))?
        | (?P<h3>[01]\d|2[0-3])(?:h|H|)(?P<m3>[0-5]\d)\s?(?P<z3>UTC|GMT|Z)\b
        | \b(?:[Aa]t|[Bb]y|[Uu]ntil|[Ss]ince|[Aa]round|[Ff]rom|[Bb]efore|[Aa]fter|[Tt]ill)\s(?P<noon>noon|midday|midnight)\b(?:\s\(?(?P<z4>{zone}))?
        | ^(?P<h4>[01]\d|2[0-3])\.(?P<m4>[0-5]\d)\b"
    ))
});

static RANGE_JOIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:-|–|—|−|to|until|till|through|and)\s*(?:about |around |roughly |approximately |~)?$").ok()
});

/// Words before a clock-like figure that make it a length, lower case.
const LENGTH_WORDS: &[&str] = &["lasted", "lasting", "duration", "duration:", "total", "downtime", "length", "elapsed"];

/// Clock times in `text`, in order.
pub(super) fn clocks(text: &str) -> Vec<TimeFound> {
    let Some(regex) = CLOCK.as_ref() else { return Vec::new() };
    let mut out: Vec<TimeFound> = Vec::new();
    let mut at = 0;
    while let Some(c) = regex.captures_at(text, at) {
        let Some(whole) = c.get(0) else { break };
        at = whole.end().max(at + 1);
        let Some(mut found) = time_of(&c, whole.range()) else { continue };
        if is_range(&c) {
            // "07:10-08:15": the dash is a hyphen, not a sign.
            let dash = c.name("z").map_or(whole.end(), |zone| zone.start());
            found = TimeFound { range: whole.start()..dash, zone: None, label: String::new(), ..found };
            at = dash;
        }
        let dotted = c.name("h4").is_some() && !begins_an_entry(text, &found);
        if dotted || !stands_alone(text, &found) || is_length(text, &found) {
            continue;
        }
        if let Some(previous) = out.last_mut() {
            let between = text.get(previous.range.end..found.range.start).unwrap_or("");
            let before = last_word(text.get(..previous.range.start).unwrap_or(""));
            let between = undated(between);
            let joined = RANGE_JOIN.as_ref().is_some_and(|r| r.is_match(&between));
            let and = between.trim().starts_with("and");
            found.ends_previous = joined && !previous.ends_previous && (!and || before.ends_with("between"));
            if found.ends_previous && previous.zone.is_none() {
                previous.zone = found.zone;
                previous.label.clone_from(&found.label);
            }
        }
        out.push(found);
    }
    out
}

/// What stands between two times, without the date of the first: "11:48 PM on October 19 and 2:40 AM".
fn undated(between: &str) -> String {
    let Some(date) = dates(between).into_iter().next() else { return between.to_string() };
    let lead = between.get(..date.range.start).unwrap_or("").trim();
    let rest = between.get(date.range.end..).unwrap_or("");
    if lead.is_empty() || lead == "on" || lead == "," { rest.to_string() } else { between.to_string() }
}

/// Whether what looks like an offset west of UTC is the end of a range: nobody writes an offset behind a time
/// without seconds.
fn is_range(c: &Captures<'_>) -> bool {
    c.name("z").is_some_and(|zone| zone.as_str().starts_with(['-', '−'])) && c.name("s").is_none()
}

fn time_of(c: &Captures<'_>, range: Range<usize>) -> Option<TimeFound> {
    if let Some(word) = c.name("noon") {
        let hour = if word.as_str() == "midnight" { 0 } else { 12 };
        return Some(TimeFound {
            range,
            clock_ns: hour * 3600 * NANOS,
            precision: Precision::Minute,
            zone: c.name("z4").and_then(|label| zones::zone(label.as_str())),
            label: c.name("z4").map(|label| label.as_str().to_string()).unwrap_or_default(),
            ends_previous: false,
        });
    }
    let text = |names: [&str; 4]| names.into_iter().find_map(|n| c.name(n)).map(|m| m.as_str());
    let mut hour: i64 = text(["h", "h2", "h3", "h4"])?.parse().ok()?;
    let minute: i64 = text(["m", "m3", "m4", "m4"]).map_or(Some(0), |m| m.parse().ok())?;
    let second: i64 = c.name("s").map_or(Some(0), |s| s.as_str().parse().ok())?;
    let fraction = c.name("f").map_or("", |f| f.as_str());
    match text(["ap", "ap2", "ap2", "ap2"]) {
        Some(half) => {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if half.eq_ignore_ascii_case("p") { 12 } else { 0 };
        }
        None if hour == 24 && minute > 0 => return None,
        None => {}
    }
    let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
    let precision = match (c.name("m").or(c.name("m3")).or(c.name("m4")), c.name("s")) {
        (None, _) => Precision::Hour,
        (_, None) => Precision::Minute,
        _ => Precision::of_fraction_digits(fraction.len()),
    };
    let label = text(["z", "z2", "z3", "z3"]).unwrap_or("").to_string();
    Some(TimeFound {
        range,
        clock_ns: (hour * 3600 + minute * 60 + second.min(59)) * NANOS + nanos,
        precision,
        zone: zones::zone(&label),
        label,
        ends_previous: false,
    })
}

/// Not a part of a longer number, version, address or ratio.
fn stands_alone(text: &str, found: &TimeFound) -> bool {
    let mut before = text.get(..found.range.start).unwrap_or("").chars().rev();
    let free_before = match before.next() {
        None => true,
        Some('T') => before.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !(c.is_alphanumeric() || matches!(c, ':' | '.' | ',' | '_' | '$' | '€' | '£' | '/')),
    };
    let mut after = text.get(found.range.end..).unwrap_or("").chars();
    let free_after = match after.next() {
        Some(c) if c.is_alphanumeric() || c == '%' => false,
        Some('.' | ':' | ',') => !after.next().is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    };
    free_before && free_after
}

/// Units that make "12.50" a quantity, lower case.
const UNITS: &[&str] = &[
    "percent", "per", "million", "billion", "thousand", "seconds", "minutes", "hours", "gb", "mb", "kb", "tb", "ms",
    "s", "times", "x", "points", "to", "and", "or", "of",
];

/// "17.07 AB looks at it": a dotted time counts only where a line begins and a word follows.
fn begins_an_entry(text: &str, found: &TimeFound) -> bool {
    let rest = text.get(found.range.end..).unwrap_or("");
    let word = rest.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
    rest.starts_with(' ') && !word.is_empty() && !UNITS.contains(&word.as_str())
}

/// Whether "2:28" is a length ("lasted 2:28 hours") and no time of day.
fn is_length(text: &str, found: &TimeFound) -> bool {
    if found.zone.is_some() {
        return false;
    }
    let after = text.get(found.range.end..).unwrap_or("").trim_start();
    let after: String = after.chars().take(10).flat_map(char::to_lowercase).collect();
    let unit = ["hours", "hrs", "minutes", "(hh", "h "].iter().any(|u| after.starts_with(u));
    unit || LENGTH_WORDS.contains(&last_word(text.get(..found.range.start).unwrap_or("")).as_str())
}

/// The last word of a text, lower case.
fn last_word(text: &str) -> String {
    text.split_whitespace().next_back().unwrap_or("").to_lowercase()
}

/// The stamp of a clock time on a day in a zone; `carry` days are added for lists that run past midnight.
pub(super) fn stamp(day: Option<Day>, year: Option<i32>, time: &TimeFound, zone: Option<Zone>, carry: i64) -> RawTime {
    let kind_of = |dated: bool| match (dated, zone) {
        (true, Some(Zone::Offset(_))) => ClockKind::Zoned,
        (true, _) => ClockKind::Naive,
        (false, Some(Zone::Offset(_))) => ClockKind::TimeOnlyZoned,
        (false, _) => ClockKind::TimeOnly,
    };
    let offset = match zone {
        Some(Zone::Offset(s)) => s,
        _ => 0,
    };
    let start_of = |date: NaiveDate| date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() + carry * 86_400;
    match day.map(|d| (d, d.date(year))) {
        Some((_, Some(date))) => {
            let wall = start_of(date).saturating_mul(NANOS).saturating_add(time.clock_ns);
            RawTime { kind: kind_of(true), wall_ns: wall, offset_s: offset, precision: time.precision }
        }
        Some((day, None)) => {
            let date = Day { year: Some(1972), ..day }.date(None).unwrap_or_default();
            let wall = start_of(date).saturating_mul(NANOS).saturating_add(time.clock_ns);
            RawTime::unzoned(ClockKind::YearLess, wall, time.precision)
        }
        None => {
            let day_ns = 86_400 * NANOS;
            let wall = (time.clock_ns - i64::from(offset) * NANOS).rem_euclid(day_ns) + carry * day_ns;
            RawTime::unzoned(kind_of(false), wall, time.precision)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<(i64, Option<Zone>, bool)> {
        clocks(text).into_iter().map(|t| (t.clock_ns / NANOS / 60, t.zone, t.ends_previous)).collect()
    }

    #[test]
    fn clock_times_of_many_hands_are_read() {
        let utc = Some(Zone::Offset(0));
        assert_eq!(written("At 17:12 UTC it broke"), [(17 * 60 + 12, utc, false)]);
        assert_eq!(written("by 5:52pm ET"), [(17 * 60 + 52, Some(Zone::Region("America/New_York")), false)]);
        assert_eq!(written("2031-06-02T17:12:03Z"), [(17 * 60 + 12, utc, false)]);
        assert_eq!(written("from 17:12 to 20:18 UTC"), [(1032, utc, false), (1218, utc, true)]);
        assert_eq!(written("about 11 p.m. the night before"), [(23 * 60, None, false)]);
        assert_eq!(written("1752Z"), [(1072, utc, false)]);
        assert_eq!(written("17.52 AB restarts it"), [(1072, None, false)]);
        assert_eq!(written("12.50 percent, and 17.52 too"), []);
    }

    #[test]
    fn addresses_ratios_and_lengths_are_no_times() {
        assert_eq!(written("10.0.0.1:3000, 1:1000 and lasted 2:28 hours, v1.20:15"), []);
    }

    #[test]
    fn dates_of_many_hands_are_read() {
        let june = Day { year: Some(2031), month: 6, day: 2 };
        for text in ["On 2 June 2031,", "June 2nd, 2031", "2031-06-02", "Jun 2, 2031", "2 Jun 2031"] {
            assert_eq!(dates(text).iter().map(|d| d.day).collect::<Vec<_>>(), [june], "{text}");
        }
        assert_eq!(dates("03/04/2031"), []);
        assert_eq!(dates("on 2 June").first().map(|d| d.day.year), Some(None));
    }

    #[test]
    fn a_zoned_time_without_a_date_stays_without_one() {
        let time = clocks("19:52 CEST").remove(0);
        let raw = stamp(None, None, &time, time.zone, 0);
        assert_eq!((raw.kind, raw.wall_ns / NANOS), (ClockKind::TimeOnlyZoned, 17 * 3600 + 52 * 60));
    }
}
