//! The year of year-less stamps and the day of stamps that are only a time.

use crate::model::{ClockKind, Fold, RawTime, SourceEvidence};

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
}

impl Calendar {
    /// The complete wall clock of a key, ns. 29 February of a common year becomes 1 March.
    pub fn complete(self, wall_ns: i64) -> i64 {
        match self {
            Calendar::Complete => wall_ns,
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
    /// What it is.
    pub says: String,
    /// Whether it is evidence from the records themselves (an envelope, neighbours) and not from the file system.
    pub firm: bool,
}

/// The anchor of a source: its envelope, the bundle's window, a date in its path, its modification time.
pub fn anchor(source: &SourceEvidence, window_ns: Option<(i64, i64)>) -> Option<Anchor> {
    let observed = source.folds.iter().filter_map(|f| f.observed).map(|o| o.1).max();
    let date = crate::model::format_utc;
    if let Some(ns) = observed {
        let says = format!("the envelope's stamps end on {}", date(ns, crate::model::Precision::Day));
        return Some(Anchor { near_ns: ns, upper_bound: false, says, firm: true });
    }
    if let Some((from, to)) = window_ns {
        let near_ns = from + (to - from) / 2;
        let says = format!("other sources speak of {}", date(near_ns, crate::model::Precision::Day));
        return Some(Anchor { near_ns, upper_bound: false, says, firm: true });
    }
    let ns = source.info.modified_s? * NANOS;
    let says = format!("the file was last written on {}", date(ns, crate::model::Precision::Day));
    Some(Anchor { near_ns: ns, upper_bound: true, says, firm: false })
}

/// Calendars of the folds of one source and clock, in file order.
pub fn of_folds(folds: &[&Fold], anchor: &Anchor) -> Vec<Calendar> {
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
        at.is_some_and(|at| (chrono::Datelike::month(&at), chrono::Datelike::day(&at)) == (2, 29))
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

/// Calendar year of a wall clock.
pub fn year_of(wall_ns: i64) -> i32 {
    chrono::DateTime::from_timestamp(wall_ns.div_euclid(NANOS), 0).map_or(1970, |at| chrono::Datelike::year(&at))
}
