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
    let free = |at: usize| {
        let before = text.get(..at).unwrap_or("");
        let word = before.trim_end().rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
        !before.ends_with(['-', '_', '/', '=', '#'])
            && !matches!(word.as_str(), "build" | "version" | "tag" | "snapshot")
    };
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
        // Points are written by those who put the day first.
        let points = c.get(0).is_some_and(|m| m.as_str().contains('.'));
        let (month, day) = if a > 12 || points { (b, a) } else { (a, b) };
        if a <= 12 && b <= 12 && a != b && !points {
            return None;
        }
        Day { year: year("ny"), month, day }
    };
    day.date(Some(2024)).map(|_| day)
}

/// Words before a figure that make it a time of day, where it might be something else.
const PLACED: &str =
    r"\b(?:[Aa]t|[Bb]y|[Uu]ntil|[Ss]ince|[Aa]round|[Ff]rom|[Bb]efore|[Aa]fter|[Tt]ill|[Tt]o|[Bb]etween|[Aa]nd)";

static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let zone = zones::label_pattern();
    of_sentences(&format!(
        r"(?x)
        (?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d|60)(?:[.,](?P<f>\d{{1,9}}))?)?
            (?:\s?(?P<ap>[AaPp])\.?[Mm]\b\.?)?(?:\s?(?:hrs|hours)\b)?(?:\s?\(?(?P<z>{zone}))?
        | (?P<h5>[01]\d|2[0-3])(?P<m5>[0-5]\d)\s?hrs\b(?:\s(?P<z5>{zone}))?
        | (?P<h6>1[0-2]|0?[1-9])\.(?P<m6>[0-5]\d)\s?(?P<ap6>[AaPp])\.?[Mm]\b\.?(?:\s?(?P<z6>{zone}))?
        | {PLACED}\s(?P<h7>[01]?\d|2[0-3])[hH](?P<m7>[0-5]\d)\b(?:\s(?P<z7>{zone}))?
        | (?:{PLACED}\s|^)(?P<h8>0\d)(?P<m8>[0-5]\d)\b(?:\s(?P<z8>{zone}))?
        | {PLACED}\s(?P<h9>1\d|2[0-3])(?P<m9>[0-5]\d)\b(?:\s(?P<z9>{zone}))?
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

/// Words before "14:20 hrs" that make it a length, lower case.
const NOT_PLACED: &[&str] = &["for", "of", "another", "further", "about", "almost", "nearly", "over", "took", "than"];

/// Clock times in `text`, in order. A time that says another in brackets once more gives that one its zone.
pub(super) fn clocks(text: &str) -> Vec<TimeFound> {
    let Some(regex) = CLOCK.as_ref() else { return Vec::new() };
    let mut out: Vec<TimeFound> = Vec::new();
    let mut at = 0;
    let mut bare = false;
    while let Some(c) = regex.captures_at(text, at) {
        let Some(whole) = c.get(0) else { break };
        at = whole.end().max(at + 1);
        // The word that places a figure is no part of the time.
        let placed = ["h7", "h8", "h9"].iter().find_map(|name| c.name(name)).map_or(whole.start(), |m| m.start());
        let Some(mut found) = time_of(&c, placed..whole.end()) else { continue };
        if is_range(&c) {
            // "07:10-08:15": the dash is a hyphen, not a sign.
            let dash = c.name("z").map_or(whole.end(), |zone| zone.start());
            found = TimeFound { range: whole.start()..dash, zone: None, label: String::new(), ..found };
            at = dash;
        }
        // "Until 1107" is a time beside "from 0930" alone.
        bare |= c.name("h8").is_some();
        if let Some(figure) = c.name("h9").filter(|_| !bare) {
            at = figure.start();
            continue;
        }
        let dotted = c.name("h4").is_some() && !begins_an_entry(text, &found);
        if dotted || !stands_alone(text, &found) || is_length(text, &found) {
            continue;
        }
        if let Some(previous) = out.last_mut() {
            if let Some(zone) = restated(text, previous, &found) {
                if previous.zone.is_none() {
                    previous.zone = Some(zone);
                }
                continue;
            }
            if is_afternoon(text, previous) && is_undecided(text, &found) {
                found.clock_ns += 12 * 3600 * NANOS;
            }
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

/// Whether a time is written as one of the afternoon: "9:06 PM".
fn is_afternoon(text: &str, time: &TimeFound) -> bool {
    let written = text.get(time.range.clone()).unwrap_or("").to_lowercase();
    time.clock_ns >= 12 * 3600 * NANOS && written.contains("p") && !written.contains("utc")
}

/// Whether a time beside such a one leaves open which half of the day it means: "as of 9:04".
fn is_undecided(text: &str, time: &TimeFound) -> bool {
    let written = text.get(time.range.clone()).unwrap_or("");
    let plain = written.chars().all(|c| c.is_ascii_digit() || c == ':') && !written.starts_with('0');
    plain && time.zone.is_none() && (3600 * NANOS..12 * 3600 * NANOS).contains(&time.clock_ns)
}

/// Bytes between a time and the brackets that say it again.
const RESTATED: usize = 40;

/// The zone of `time` when `other` says it again in brackets: "10:12 in the morning (hour of the capital, 13:12 UTC)".
fn restated(text: &str, time: &TimeFound, other: &TimeFound) -> Option<Zone> {
    let Some(Zone::Offset(other_s)) = other.zone else { return None };
    let between = text.get(time.range.end..other.range.start)?;
    let inside = between.rfind('(').is_some_and(|at| !between[at..].contains([')', ';', '.']));
    let coarse = time.precision.min(other.precision) < Precision::Minute;
    if !inside || between.len() > RESTATED || coarse || time.ends_previous {
        return None;
    }
    let apart_s = (time.clock_ns - other.clock_ns) / NANOS + i64::from(other_s);
    let offset_s = (apart_s + 12 * 3600).rem_euclid(86_400) - 12 * 3600;
    let offset = i32::try_from(offset_s).ok().filter(|s| s % 900 == 0)?;
    match time.zone {
        Some(Zone::Offset(own)) if own != offset => None,
        _ => Some(Zone::Offset(offset)),
    }
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
    let group = |names: &[&str]| names.iter().find_map(|n| c.name(n));
    let text = |names: &[&str]| group(names).map(|m| m.as_str());
    let minutes = group(&["m", "m3", "m4", "m5", "m6", "m7", "m8", "m9"]);
    let mut hour: i64 = text(&["h", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9"])?.parse().ok()?;
    let minute: i64 = minutes.map_or(Some(0), |m| m.as_str().parse().ok())?;
    let second: i64 = c.name("s").map_or(Some(0), |s| s.as_str().parse().ok())?;
    let fraction = c.name("f").map_or("", |f| f.as_str());
    match text(&["ap", "ap2", "ap6"]) {
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
    let precision = match (minutes, c.name("s")) {
        (None, _) => Precision::Hour,
        (_, None) => Precision::Minute,
        _ => Precision::of_fraction_digits(fraction.len()),
    };
    let label = text(&["z", "z2", "z3", "z5", "z6", "z7", "z8", "z9"]).unwrap_or("").to_string();
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
    let unit = ["minutes", "(hh", "h "].iter().any(|u| after.starts_with(u));
    let written = text.get(found.range.clone()).unwrap_or("");
    let hours = written.contains("hrs") || written.contains("hours");
    // "14:20 hrs" is a time of day; "2:28 hours" is none, nor "for 14:20 hours".
    let before = last_word(text.get(..found.range.start).unwrap_or(""));
    let short = written.find(':').is_some_and(|at| at < 2);
    unit || (hours && (short || NOT_PLACED.contains(&before.as_str())))
        || LENGTH_WORDS.contains(&last_word(text.get(..found.range.start).unwrap_or("")).as_str())
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
        assert_eq!(written("14:20 hrs to 18:10 hrs"), [(860, None, false), (1090, None, true)]);
        assert_eq!(written("lasted 2:28 hours; for 14:20 hours"), []);
        assert_eq!(written("from 10h12 to 15h40"), [(612, None, false), (940, None, true)]);
        assert_eq!(written("0930 alert, closed at 0955 UTC"), [(570, None, false), (595, utc, false)]);
        assert_eq!(written("9.15am and 1530 hrs"), [(555, None, false), (930, None, false)]);
        assert_eq!(written("from 0930 until 1107"), [(570, None, false), (667, None, true)]);
        assert_eq!(written("ticket 0930 of 0955, down to 1107 requests"), []);
        let brazil = Some(Zone::Offset(-10_800));
        assert_eq!(written("At 10:12 in the morning (local hour, 13:12 UTC) it stopped"), [(612, brazil, false)]);
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
