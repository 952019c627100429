//! The year of year-less stamps and the day of stamps that are only a time.

use chrono::Datelike;

use crate::model::{ClockKind, Fold, RawTime, SourceEvidence, year_of};

const NANOS: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * NANOS;
const DAY: i64 = 24 * HOUR;
/// A later record may lie this far after a modification time (clock error, zone).
const MTIME_SLACK: i64 = 48 * HOUR;
/// A fall by more than this between neighbours is a new year (shared FORMATS catalogue §12).
const YEAR_FALL: i64 = 25 * HOUR;
/// A fall by more than this between neighbours is a new day.
const DAY_FALL: i64 = HOUR;

/// What is added to the stamps of one stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// Nothing: the stamps are complete.
    Complete,
    /// The year.
    Year(i32),
    /// The day, in days since 1970.
    Day(i64),
    /// When the count of elapsed time began, UTC seconds.
    Start(i64),
}

impl Calendar {
    /// The calendar as far from this one as `to` is from `from`.
    fn moved(self, from: Calendar, to: Calendar) -> Calendar {
        match (self, from, to) {
            (Calendar::Year(year), Calendar::Year(from), Calendar::Year(to)) => Calendar::Year(year + to - from),
            (Calendar::Day(day), Calendar::Day(from), Calendar::Day(to)) => Calendar::Day(day + to - from),
            _ => self,
        }
    }

    /// The complete wall clock of a key, ns. 29 February of a common year becomes 1 March.
    pub fn complete(self, wall_ns: i64) -> i64 {
        match self {
            Calendar::Complete => wall_ns,
            Calendar::Start(start_s) => start_s * 1_000_000_000 + wall_ns,
            Calendar::Day(day) => day * DAY + wall_ns.rem_euclid(DAY),
            Calendar::Year(year) => {
                let raw = RawTime::unzoned(ClockKind::YearLess, wall_ns, crate::model::Precision::Nano);
                raw.wall_in_year(year)
                    .or_else(|| RawTime { wall_ns: wall_ns + DAY, ..raw }.wall_in_year(year))
                    .unwrap_or(wall_ns)
            }
        }
    }
}

/// Where years and days are taken from, and in which words that is said.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// A wall clock near the records, ns.
    pub near_ns: i64,
    /// Records cannot be much later than it (a modification time).
    pub upper_bound: bool,
    /// It is near the first record and not near the last.
    pub at_start: bool,
    /// What it is.
    pub says: String,
    /// Whether it is evidence from the records themselves (an envelope, neighbours) and not from the file system.
    pub firm: bool,
}

/// The anchor of a source: a date in its header, its envelope, its own dated records, a date in its
/// name, the bundle's window, a date in its path, its modification time.
pub fn anchor(source: &SourceEvidence, window_ns: Option<(i64, i64)>) -> Option<Anchor> {
    let day = |ns| crate::model::format_utc(ns, crate::model::Precision::Day);
    let firm = |near_ns, says| Some(Anchor { near_ns, upper_bound: false, at_start: false, says, firm: true });
    if let Some((at, place)) = &source.dated_head {
        let says = format!("line {} dates the file {}", place.span.line, day(at.wall_ns));
        return firm(at.wall_ns, says).map(|anchor| Anchor { at_start: true, ..anchor });
    }
    if let Some(ns) = source.folds.iter().filter_map(|f| f.observed).map(|o| o.1).max() {
        return firm(ns, format!("the envelope's stamps end on {}", day(ns)));
    }
    let dated = source.folds.iter().filter(|f| matches!(f.clock, ClockKind::Zoned | ClockKind::Naive));
    if let Some(ns) = dated.map(|f| f.range.1).max() {
        return firm(ns, format!("other records of the file end on {}", day(ns)));
    }
    let path = source.info.path.as_str();
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let dated = |text: &str, what: &str| {
        let ns = path_date(text)? + DAY / 2;
        firm(ns, format!("the {what} says {}", day(ns))).map(|anchor| Anchor { at_start: true, ..anchor })
    };
    if let Some(anchor) = dated(name, "file's name") {
        return Some(anchor);
    }
    if let Some((from, to)) = window_ns {
        let near_ns = from + (to - from) / 2;
        return firm(near_ns, format!("other sources speak of {}", day(near_ns)));
    }
    if let Some(anchor) = dated(path, "path") {
        return Some(anchor);
    }
    written(source)
}

/// The time a file was last written, which its records cannot be later than.
fn written(source: &SourceEvidence) -> Option<Anchor> {
    let ns = source.info.modified_s? * NANOS;
    let says = format!("the file was last written on {}", crate::model::format_utc(ns, crate::model::Precision::Day));
    Some(Anchor { near_ns: ns, upper_bound: true, at_start: false, says, firm: false })
}

/// The second that a file's name holds (`20250612_175203`, `2025-06-12 17_52_03`), as if UTC.
pub fn stamp_in_name(name: &str) -> Option<i64> {
    let day = path_date(name)?.div_euclid(NANOS);
    let digits: Vec<u8> = name.bytes().filter(u8::is_ascii_digit).collect();
    let date = crate::model::format_utc(day * NANOS, crate::model::Precision::Day).replace('-', "");
    let at = digits.windows(8).rposition(|w| w == date.as_bytes())? + 8;
    let part = |from: usize| -> Option<i64> {
        let two = digits.get(from..from + 2)?;
        Some(two.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
    };
    let (hour, minute, second) = (part(at)?, part(at + 2)?, part(at + 4)?);
    let whole = hour < 24 && minute < 60 && second < 60;
    whole.then(|| day + hour * 3600 + minute * 60 + second)
}

/// Midnight of the last date in a path (`2025-06-12`, `20250612`, `2025/06/12`), as if UTC, ns.
fn path_date(path: &str) -> Option<i64> {
    let bytes = path.as_bytes();
    let digits = |from: usize, len: usize| -> Option<u32> {
        let part = bytes.get(from..from + len)?;
        part.iter().all(u8::is_ascii_digit).then(|| part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    };
    (0..bytes.len()).rev().find_map(|at| {
        if at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let separated = bytes.get(at + 4).is_some_and(|b| b"-_./".contains(b));
        let step = usize::from(separated);
        if separated && bytes.get(at + 4) != bytes.get(at + 7) {
            return None;
        }
        let run = bytes.get(at..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        if !separated && !matches!(run, 8 | 10 | 12 | 14) {
            return None;
        }
        let (year, month, day) = (digits(at, 4)?, digits(at + 4 + step, 2)?, digits(at + 6 + 2 * step, 2)?);
        if !(2000..2100).contains(&year) || (separated && bytes.get(at + 10).is_some_and(u8::is_ascii_digit)) {
            return None;
        }
        let date = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_nanos_opt()
    })
}

/// Calendars of the folds of one source and clock, and the anchor that gave them: `anchor`, unless
/// the time of the last writing contradicts it or is met by a record where `anchor` is met by none.
///
/// Files that were put together from pieces, or that stand newest first, end on a record that is not
/// their newest: read from the end, none of them lies at the last writing. Then every fold takes the
/// latest year that is not after it.
pub fn settle(source: &SourceEvidence, folds: &[&Fold], anchor: Anchor) -> (Vec<Calendar>, Anchor) {
    let own = of_folds(folds, &anchor);
    let year_less = folds.iter().all(|fold| fold.clock == ClockKind::YearLess);
    let Some(written) = written(source).filter(|_| year_less && !folds.is_empty()) else { return (own, anchor) };
    let newest = |calendars: &[Calendar]| {
        let ends = folds.iter().zip(calendars).map(|(fold, calendar)| calendar.complete(fold.range.1));
        ends.max().unwrap_or(written.near_ns)
    };
    let meets = |calendars: &[Calendar], near_ns: i64| (newest(calendars) - near_ns).abs() <= MTIME_SLACK;
    let believed = !anchor.firm || written.near_ns >= anchor.near_ns - MTIME_SLACK;
    let later = newest(&own) > written.near_ns + MTIME_SLACK;
    let met = meets(&own, written.near_ns) || (anchor.firm && meets(&own, anchor.near_ns));
    let end = |fold: &&Fold| RawTime::unzoned(fold.clock, fold.range.1, crate::model::Precision::Nano);
    let each: Vec<Calendar> = folds.iter().map(|fold| place(end(fold), &written)).collect();
    let possible = believed && to_leap_years(folds, &each, &written) == 0;
    if possible && (later || (!met && meets(&each, written.near_ns))) {
        return (each, written);
    }
    (own, anchor)
}

/// Calendars of the folds of one source and clock, in file order.
fn of_folds(folds: &[&Fold], anchor: &Anchor) -> Vec<Calendar> {
    let mut calendars = vec![Calendar::Complete; folds.len()];
    let mut after: Option<(&Fold, Calendar)> = None;
    for (at, fold) in folds.iter().enumerate().rev() {
        let calendar = match after {
            None => place(fold.last, anchor),
            Some((next, calendar)) => before(fold, next, calendar),
        };
        calendars[at] = calendar;
        after = Some((fold, calendar));
    }
    let first = folds.first().map(|fold| place(fold.first, anchor)).filter(|_| anchor.at_start);
    if let Some((wanted, found)) = first.zip(calendars.first().copied()) {
        calendars.iter_mut().for_each(|calendar| *calendar = calendar.moved(found, wanted));
    }
    let years = to_leap_years(folds, &calendars, anchor);
    for calendar in &mut calendars {
        if let Calendar::Year(year) = calendar {
            *year += years;
        }
    }
    calendars
}

/// Years by which all folds have to move so that each 29 February stands in a leap year: the fewest,
/// into the past where the anchor bounds them or both ways are as far. 0 where no move does it.
fn to_leap_years(folds: &[&Fold], calendars: &[Calendar], anchor: &Anchor) -> i32 {
    let leap: Vec<i32> = folds
        .iter()
        .zip(calendars)
        .filter_map(|(fold, calendar)| match calendar {
            Calendar::Year(year) if holds_leap_day(fold) => Some(*year),
            _ => None,
        })
        .collect();
    let fits = |years: &i32| leap.iter().all(|year| is_leap(year + years));
    let ways = (0..=8).flat_map(|years| if anchor.upper_bound { [-years, -years] } else { [-years, years] });
    ways.into_iter().find(fits).unwrap_or(0)
}

fn is_leap(year: i32) -> bool {
    chrono::NaiveDate::from_ymd_opt(year, 2, 29).is_some()
}

/// Whether anything in `fold` was stamped on 29 February.
fn holds_leap_day(fold: &Fold) -> bool {
    let seconds = fold.rollup.tracks.values().flat_map(|track| track.cells.keys()).map(|second| second * NANOS);
    let ends = [fold.first.key_ns(), fold.last.key_ns()];
    seconds.chain(ends).any(|wall| {
        let at = chrono::DateTime::from_timestamp(wall.div_euclid(NANOS), 0);
        at.is_some_and(|at| (at.month(), at.day()) == (2, 29))
    })
}

/// The calendar of a single stamp near the anchor.
pub fn place(raw: RawTime, anchor: &Anchor) -> Calendar {
    let mut wall = raw.wall_near(anchor.near_ns);
    match raw.kind {
        ClockKind::YearLess => {
            let mut year = year_of(wall);
            if anchor.upper_bound && wall > anchor.near_ns + MTIME_SLACK {
                year = (year - 8..year).rev().find(|year| raw.wall_in_year(*year).is_some()).unwrap_or(year - 1);
            }
            Calendar::Year(year)
        }
        ClockKind::TimeOnly | ClockKind::TimeOnlyZoned => {
            if anchor.upper_bound && wall > anchor.near_ns + MTIME_SLACK {
                wall -= DAY;
            }
            Calendar::Day(wall.div_euclid(DAY))
        }
        _ => Calendar::Complete,
    }
}

/// The calendar of the fold before one whose calendar is known.
fn before(fold: &Fold, next: &Fold, calendar: Calendar) -> Calendar {
    let fall = fold.last.key_ns() - next.first.key_ns();
    match calendar {
        Calendar::Year(year) if fall > YEAR_FALL => Calendar::Year(year - 1),
        Calendar::Day(day) if fall > DAY_FALL => Calendar::Day(day - 1),
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_the_last_whole_date_in_it() {
        let date = |path| path_date(path).map(|ns| crate::model::format_utc(ns, crate::model::Precision::Day));
        for path in [
            "syslog-20250612",
            "2025-06-12.json",
            "logs/2025/06/12/app.log",
            "a/2024-01-01/x_20250612T1752.csv",
            "x-20250612175203.log",
        ] {
            assert_eq!(date(path).as_deref(), Some("2025-06-12"), "{path}");
        }
        assert_eq!(stamp_in_name("panel-2025-06-12 17_52_03.csv"), Some(1_749_750_723));
        assert_eq!(stamp_in_name("panel-20250612.csv"), None);
        for path in ["app.log", "build-20251399.log", "id-202506121.log", "v2025.06", "1234-56-78"] {
            assert_eq!(date(path), None, "{path}");
        }
    }
}
