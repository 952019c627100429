//! Keys that no table knows, learned from the records of one source: which hold the time, and under
//! which nested names level and message stand.

use std::collections::BTreeMap;

use super::record::time_of;
use super::{Field, Value, field_of};
use crate::format::timestamp::{self, Count, Written};
use crate::model::{ClockKind, Level, Precision, RawTime};

/// Records that are looked at.
pub const MAX_RECORDS: usize = 100;
/// Keys that are tried for the time of one record.
const MAX_TIME_KEYS: usize = 4;

/// One record of a sample: paths joined with dots, and the values' text.
pub type Flat = Vec<(String, String)>;

/// What the records of a source have shown of their keys.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// Keys that hold the time, the most trusted first.
    time: Vec<String>,
    /// A key with the day and one with the time of that day.
    pair: Option<(String, String)>,
    /// What the numbers of a key count that are no epochs.
    counts: Option<(String, Count)>,
    /// A key with the offset or the zone's label of the time.
    zone: Option<String>,
    /// Nested keys that mean the same as a known one.
    aliases: BTreeMap<String, &'static str>,
}

/// The time of one record, found key by key.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    best: Option<(usize, RawTime)>,
    day: Option<RawTime>,
    clock: Option<RawTime>,
    offset_s: Option<i32>,
}

/// How one key looks over all records of a sample.
#[derive(Default)]
struct Column {
    present: usize,
    stamps: usize,
    days: usize,
    clocks: usize,
    words: usize,
    /// Values that are level words of three letters or more.
    levels: usize,
    /// Values that are numbers.
    numbers: Vec<String>,
}

impl Learned {
    /// What `records` show; `None` when no key of theirs holds the time.
    pub fn of(records: &[Flat]) -> Option<Learned> {
        let mut columns: BTreeMap<&str, Column> = BTreeMap::new();
        for (key, value) in records.iter().take(MAX_RECORDS).flatten() {
            columns.entry(key).or_default().add(key, value);
        }
        let mut time: Vec<(u32, &str)> =
            columns.iter().filter(|(_, c)| c.is_time()).filter_map(|(key, _)| Some((time_rank(key)?, *key))).collect();
        time.sort_unstable();
        let pair = pair(&columns);
        let counts = if time.is_empty() && pair.is_none() { counted(&columns) } else { None };
        time.extend(counts.iter().map(|(key, _)| (0, *key)));
        let known = time.first().is_some_and(|(rank, _)| *rank < UNKNOWN);
        if (time.is_empty() && pair.is_none()) || records.is_empty() {
            return None;
        }
        let covered = records.iter().filter(|r| r.iter().any(|(key, _)| time.iter().any(|(_, t)| t == key))).count();
        if pair.is_none() && !known && covered * 2 < records.len().min(MAX_RECORDS) {
            return None;
        }
        let time = time.into_iter().take(MAX_TIME_KEYS).map(|(_, key)| key.to_string()).collect();
        let zone = columns.keys().find(|key| is_zone(key)).map(|key| key.to_string());
        let counts = counts.map(|(key, count)| (key.to_string(), count));
        Some(Learned { time, pair, counts, zone, aliases: aliases(&columns) })
    }

    /// Whether the table of known keys reads the records as well.
    pub fn adds_nothing(&self) -> bool {
        let first = self.time.first().is_some_and(|key| matches!(field_of(key), Some((Field::Time, _))));
        first && self.pair.is_none() && self.counts.is_none() && self.zone.is_none() && self.aliases.is_empty()
    }

    /// Whether `key`, or an object under it, holds something that was learned.
    pub fn wants(&self, key: &str) -> bool {
        let under = |path: &str| path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.keys().chain(self.zone.as_deref()).any(under) || self.aliases.keys().any(|path| under(path))
    }

    /// The known key that `key` means the same as.
    pub fn alias<'k>(&self, key: &'k str) -> &'k str {
        self.aliases.get(key).copied().unwrap_or(key)
    }

    /// Whether the text of a record names one of the keys that hold the time.
    pub fn is_in(&self, text: &str) -> bool {
        self.keys().any(|path| {
            let last = path.rsplit('.').next().unwrap_or(path);
            memchr::memmem::find_iter(text.as_bytes(), last.as_bytes()).any(|at| {
                let before = at.checked_sub(1).and_then(|i| text.as_bytes().get(i));
                let after = text.as_bytes().get(at + last.len());
                before.is_none_or(|b| !b.is_ascii_alphanumeric()) && matches!(after, Some(b'"' | b'=' | b':'))
            })
        })
    }

    /// Looks at one key of a record.
    pub fn see(&self, seen: &mut Seen, key: &str, value: &Value<'_>) {
        if let Some(rank) = self.time.iter().position(|k| k == key)
            && seen.best.is_none_or(|(best, _)| rank < best)
            && let Some(time) = self.time_under(key, value).filter(|t| is_stamp(*t))
        {
            seen.best = Some((rank, time));
        }
        if let Some((day, clock)) = &self.pair {
            if key == day {
                seen.day = time_of(value);
            } else if key == clock {
                seen.clock = time_of(value);
            }
        }
        if self.zone.as_deref() == Some(key) {
            seen.offset_s = offset_of(value.text());
        }
    }

    fn time_under(&self, key: &str, value: &Value<'_>) -> Option<RawTime> {
        match &self.counts {
            Some((counted, count)) if counted == key => Written::Counted(*count).read(value.text()),
            _ => time_of(value),
        }
    }

    /// What was guessed, in words.
    pub fn describe(&self) -> String {
        match (&self.pair, self.time.first()) {
            (Some((day, clock)), _) => format!("guessed: the time is `{day}` and `{clock}`"),
            (None, Some(key)) => format!("guessed: the time is `{key}`"),
            (None, None) => String::new(),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        let pair = self.pair.iter().flat_map(|(day, clock)| [day.as_str(), clock.as_str()]);
        self.time.iter().map(String::as_str).chain(pair)
    }
}

impl Seen {
    /// The record's time, given what the known keys said of it.
    pub fn time(&self, known: Option<RawTime>) -> Option<RawTime> {
        let joined = self.day.zip(self.clock).and_then(|(day, clock)| join(day, clock));
        let time = known.filter(|t| is_stamp(*t)).or(joined).or(self.best.map(|(_, time)| time)).or(known)?;
        match self.offset_s {
            Some(offset) if time.kind == ClockKind::Naive => Some(RawTime::zoned(time.wall_ns, offset, time.precision)),
            _ => Some(time),
        }
    }
}

/// A day and a time of that day as one stamp.
pub fn join(day: RawTime, clock: RawTime) -> Option<RawTime> {
    let dated = matches!(day.kind, ClockKind::Naive) && day.precision == Precision::Day;
    match clock.kind {
        ClockKind::TimeOnly if dated => {
            Some(RawTime::unzoned(ClockKind::Naive, day.wall_ns + clock.wall_ns, clock.precision))
        }
        _ => None,
    }
}

/// Whether a key holds a zone.
fn is_zone(key: &str) -> bool {
    let name = last(key).to_ascii_lowercase().replace('_', "");
    matches!(name.as_str(), "tz" | "timezone" | "tzoffset" | "utcoffset" | "timezoneoffset")
}

/// The offset that `-0500`, `+02:00` or `CEST` fixes.
fn offset_of(zone: &str) -> Option<i32> {
    let time = timestamp::whole(&format!("2000-01-01 00:00:00 {}", zone.trim()))?;
    (time.kind == ClockKind::Zoned).then_some(time.offset_s)
}

/// Whether a stamp tells an instant: a date and a time of day.
fn is_stamp(time: RawTime) -> bool {
    let dated = matches!(time.kind, ClockKind::Naive | ClockKind::Zoned | ClockKind::YearLess);
    dated && time.precision >= Precision::Minute
}

impl Column {
    fn add(&mut self, key: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() || matches!(value, "-" | "null" | "N/A") {
            return;
        }
        self.present += 1;
        let digits = value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match time_of(&Value::Text(value.into())) {
            // A bare number is a time only under a name that says so.
            Some(_) if digits && !says_time(key) => {}
            Some(time) if is_stamp(time) => self.stamps += 1,
            Some(time) if time.precision == Precision::Day => self.days += 1,
            Some(time) if time.kind == ClockKind::TimeOnly => self.clocks += 1,
            _ => self.words += 1,
        }
        self.levels += usize::from(value.len() >= 3 && Level::of_word(value).is_some());
        if digits {
            self.numbers.push(value.to_string());
        }
    }

    fn is_time(&self) -> bool {
        self.present > 0 && self.stamps * 20 >= self.present * 19
    }
}

/// Ranks below are those of keys whose name is known.
const UNKNOWN: u32 = 100;

/// The last name of a path.
fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// Whether the name of a key speaks of a time.
fn says_time(key: &str) -> bool {
    let name = last(key).to_ascii_lowercase();
    let words =
        ["time", "date", "stamp", "epoch", "created", "published", "occurred", "generated", "received", "logged"];
    words.iter().any(|w| name.contains(w))
        || matches!(name.as_str(), "ts" | "t" | "at" | "when" | "msec" | "ticks" | "start" | "end")
        || name.ends_with("_ts")
        || name.ends_with("_at")
}

/// Whether a column's title speaks of the time of its record.
pub fn is_time_name(title: &str) -> bool {
    !title.contains(|c: char| c.is_ascii_digit())
        && says_time(title)
        && time_rank(title).is_some_and(|rank| rank < UNKNOWN + 300)
}

/// Whether the name of a key says that its time is that of something else than its record.
pub fn tells_another_time(key: &str) -> bool {
    time_rank(key).is_none()
}

/// How far a key is trusted to hold the time of its record, 0 most; `None` for one that tells of
/// something else (when a password expires).
fn time_rank(key: &str) -> Option<u32> {
    let name = last(key).to_ascii_lowercase();
    let depth = key.matches('.').count() as u32;
    let any = |words: &[&str]| words.iter().any(|w| name.contains(w));
    if any(&["expir", "birth", "until", "valid", "not_before", "not_after", "due", "next"]) {
        return None;
    }
    if let Some((Field::Time, rank)) = field_of(key) {
        return Some(u32::from(rank));
    }
    let kind = match () {
        _ if any(&["last_", "first_", "previous"]) => 450,
        _ if any(&["modif", "update", "first", "last", "end", "closed", "resolved", "delete", "stop"]) => 400,
        _ if any(&["start", "begin"]) => 300,
        _ if matches!(field_of(&name), Some((Field::Time, _))) => 0,
        _ if any(&["timestamp", "eventtime", "event_time", "logtime", "log_time", "datetime", "date_time"]) => 20,
        _ if says_time(key) => 50,
        _ => 500,
    };
    Some(UNKNOWN + kind + depth * 40)
}

/// The most trusted key whose numbers count from another day than 1970. Days are none of them: a small
/// number under `time` is a length.
fn counted<'k>(columns: &BTreeMap<&'k str, Column>) -> Option<(&'k str, Count)> {
    let count = |column: &Column| {
        let count = Count::of(column.numbers.iter().map(String::as_str))?;
        (count != Count::SerialDay && column.numbers.len() == column.present).then_some(count)
    };
    let named = columns.iter().filter(|(key, _)| says_time(key));
    let found = named.filter_map(|(key, column)| Some((time_rank(key)?, *key, count(column)?)));
    found.min_by_key(|(rank, key, _)| (*rank, *key)).map(|(_, key, count)| (key, count))
}

/// A key with days beside one with times of day, where both are in most records.
fn pair(columns: &BTreeMap<&str, Column>) -> Option<(String, String)> {
    let most = |n: usize, c: &Column| c.present > 0 && n * 20 >= c.present * 19;
    let parent = |key: &str| key.rsplit_once('.').map_or(String::new(), |(parent, _)| parent.to_string());
    let (day, _) = columns.iter().find(|(key, c)| says_time(key) && most(c.days, c))?;
    let clock = |(key, c): &(&&str, &Column)| says_time(key) && most(c.clocks, c) && parent(key) == parent(day);
    let (clock, _) = columns.iter().find(clock)?;
    Some((day.to_string(), clock.to_string()))
}

/// Nested keys named like a level, a message or a status, where no known key holds one; and a key under which
/// several records have level words and nothing else.
fn aliases(columns: &BTreeMap<&str, Column>) -> BTreeMap<String, &'static str> {
    let mut out = BTreeMap::new();
    for (field, alias, names) in [
        (Field::Level, "level", ["level", "severity", "loglevel", "lvl"].as_slice()),
        (Field::Message, "message", ["message", "msg"].as_slice()),
        (Field::Status, "status", ["statuscode", "status_code", "httpstatus", "http_status"].as_slice()),
    ] {
        let is = |key: &str| matches!(field_of(key), Some((f, _)) if f == field);
        if columns.iter().any(|(key, c)| is(key) && c.present > 0) {
            continue;
        }
        let plain = |key: &str| last(key).trim_start_matches('@').to_ascii_lowercase();
        let found = columns
            .iter()
            .filter(|(key, c)| names.contains(&plain(key).as_str()) && (c.words > 0 || field == Field::Status))
            .min_by_key(|(key, _)| key.matches('.').count());
        let leveled = || columns.iter().find(|(_, c)| field == Field::Level && c.levels >= 2 && c.levels == c.present);
        if let Some((key, _)) = found.or_else(leveled) {
            out.insert(key.to_string(), alias);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(pairs: &[(&str, &str)]) -> Flat {
        pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
    }

    /// The time learned for a record of `pairs`, in seconds.
    fn time(pairs: &[(&str, &str)]) -> Option<i64> {
        let learned = Learned::of(&[flat(pairs), flat(pairs)])?;
        let mut seen = Seen::default();
        for (key, value) in pairs {
            learned.see(&mut seen, key, &Value::Text((*value).into()));
        }
        seen.time(None).map(RawTime::key_s)
    }

    const T: i64 = 1_749_750_723;
    const STAMP: &str = "2025-06-12T17:52:03Z";
    const LATER: &str = "2025-07-01T00:00:00Z";

    #[test]
    fn the_key_with_the_time_is_found_by_its_values_and_its_name() {
        assert_eq!(time(&[("user", "ops"), ("loggedDateTime", STAMP)]), Some(T));
        assert_eq!(time(&[("expires", LATER), ("seen", STAMP)]), Some(T));
        assert_eq!(time(&[("updatedAt", LATER), ("createdAt", STAMP)]), Some(T));
        assert_eq!(time(&[("detail.sentTime", LATER), ("published", STAMP)]), Some(T));
        assert_eq!(time(&[("unixTime", "1749750723")]), Some(T));
    }

    #[test]
    fn numbers_and_versions_under_other_names_are_no_times() {
        assert_eq!(time(&[("account", "1749750723")]), None);
        assert_eq!(time(&[("version", "2025.06.12"), ("ip", "10.2.0.1")]), None);
        assert_eq!(time(&[("expires", STAMP)]), None);
    }

    #[test]
    fn a_day_and_a_time_in_two_keys_are_one_stamp_in_the_zone_beside_them() {
        assert_eq!(time(&[("date", "2025-06-12"), ("time", "17:52:03")]), Some(T));
        assert_eq!(time(&[("date", "2025-06-12"), ("time", "12:52:03"), ("tz", "-0500")]), Some(T));
    }

    #[test]
    fn nested_levels_and_messages_stand_for_known_ones() {
        let record = flat(&[("at.when", STAMP), ("box.level", "error"), ("box.msg", "lost")]);
        let learned = Learned::of(&[record]).unwrap();
        assert_eq!((learned.alias("box.level"), learned.alias("box.msg")), ("level", "message"));
        assert!(learned.wants("box") && learned.wants("at") && !learned.wants("bo"));
    }
}
