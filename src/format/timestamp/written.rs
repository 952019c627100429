//! How one column writes its stamps: as a text that means one instant, as dates in an order that only
//! the column shows, or as a number that counts from another day than 1970.
//!
//! A number that counts from elsewhere looks like any other, so it is decided by a whole column and
//! never by one cell.

use super::{DateOrder, epoch_digits, whole, whole_in_order};
use crate::model::{Precision, RawTime};

const NANOS: i64 = 1_000_000_000;
/// Seconds from 1601-01-01 to 1970-01-01.
const FROM_1601: i64 = 11_644_473_600;
/// Seconds from 0001-01-01 to 1970-01-01.
const FROM_YEAR_ONE: i64 = 62_135_596_800;
/// Seconds from 1970-01-01 to 2001-01-01.
const TO_2001: i64 = 978_307_200;
/// 2005-01-01 to 2070-01-01 in seconds: what a count must fall between to be believed.
const BELIEVED: std::ops::Range<i64> = 1_104_537_600..3_155_760_000;
/// Longest time that the cells of a column of counts may span, seconds: numbers of another kind scatter.
const MAX_SPAN_S: i64 = 400 * 86_400;
/// Fewest cells that can show what a column counts.
const MIN_CELLS: usize = 2;

/// How a column writes its stamps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Written {
    /// In a way that means one instant.
    #[default]
    Plain,
    /// Numeric dates in an order that the column had to show.
    Ordered(DateOrder),
    /// A number that counts from another day than 1970.
    Counted(Count),
}

/// What a number counts, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Days since the end of 1899 with a fraction, as spreadsheets count; of no zone.
    SerialDay,
    /// Windows file times: 100 ns since 1601, UTC.
    FileTime,
    /// .NET ticks: 100 ns since the year 1, of no zone.
    Ticks,
    /// Microseconds since 1601, UTC, as browsers of the WebKit family count.
    WebKit,
    /// Seconds since 2001, UTC, as Apple's systems count.
    Apple,
}

impl Count {
    /// Every count; no number is two of them.
    const ALL: [Count; 5] = [Count::SerialDay, Count::FileTime, Count::Ticks, Count::WebKit, Count::Apple];

    /// The stamp that `cell` is by this count, between 2005 and 2070.
    fn read(self, cell: &str) -> Option<RawTime> {
        match self {
            Count::SerialDay => serial_day(cell),
            Count::FileTime => hundreds(cell, FROM_1601).map(|ns| RawTime::epoch_ns(ns, Precision::Nano)),
            Count::Ticks => hundreds(cell, FROM_YEAR_ONE)
                .map(|ns| RawTime::unzoned(crate::model::ClockKind::Naive, ns, Precision::Nano)),
            Count::WebKit => {
                let us: i64 = digits(cell)?.parse().ok()?;
                let ns = us.checked_sub(FROM_1601 * 1_000_000)?.checked_mul(1_000)?;
                believed(ns).map(|ns| RawTime::epoch_ns(ns, Precision::Micro))
            }
            Count::Apple => {
                let (int, fraction) = cell.split_once('.').unwrap_or((cell, ""));
                let seconds: i64 = digits(int)?.parse().ok().filter(|s| *s < TO_2001)?;
                // As an epoch the digits have the right scale and the wrong beginning.
                let rest = if fraction.is_empty() { 0 } else { nanos(fraction)? };
                let ns = (seconds + TO_2001).checked_mul(NANOS)? + rest;
                believed(ns).map(|ns| RawTime::epoch_ns(ns, Precision::of_fraction_digits(fraction.len())))
            }
        }
    }

    /// What the numbers of a column count, when at least 95 % of them count the same and none is an
    /// epoch; `None` for a column that is none of these.
    pub fn of<'c>(cells: impl Iterator<Item = &'c str> + Clone) -> Option<Count> {
        let cells = cells.map(str::trim).filter(|cell| !cell.is_empty());
        let all = cells.clone().count();
        if all < MIN_CELLS || cells.clone().any(|cell| epoch_digits(cell).is_some()) {
            return None;
        }
        Count::ALL.into_iter().find(|count| {
            let seconds: Vec<i64> = cells.clone().filter_map(|c| count.read(c)).map(RawTime::key_s).collect();
            let span = seconds.iter().max().zip(seconds.iter().min()).map_or(0, |(last, first)| last - first);
            seconds.len() * 20 >= all * 19 && span <= MAX_SPAN_S
        })
    }
}

impl Written {
    /// The stamp in a cell.
    pub fn read(self, cell: &str) -> Option<RawTime> {
        match self {
            Written::Plain => whole(cell),
            Written::Ordered(order) => whole_in_order(cell, order),
            Written::Counted(count) => count.read(cell.trim()),
        }
    }

    /// Whether some count makes `time` of the digits `cell`.
    pub(super) fn counts(cell: &str, time: RawTime) -> bool {
        Count::ALL.iter().any(|count| count.read(cell) == Some(time))
    }
}

fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// Nanoseconds of the digits behind a point; those beyond the ninth are dropped.
fn nanos(fraction: &str) -> Option<i64> {
    let kept = digits(fraction)?.get(..fraction.len().min(9))?;
    Some(kept.parse::<i64>().ok()? * 10i64.pow(9 - kept.len() as u32))
}

fn believed(ns: i64) -> Option<i64> {
    BELIEVED.contains(&ns.div_euclid(NANOS)).then_some(ns)
}

/// Nanoseconds since 1970 of a count of 100 ns that began `from` seconds before it.
fn hundreds(cell: &str, from: i64) -> Option<i64> {
    let count: i64 = digits(cell)?.parse().ok()?;
    believed(count.checked_sub(from.checked_mul(10_000_000)?)?.checked_mul(100)?)
}

/// `45820.74448` is 2025-06-12 17:52:03, as far as its digits tell. Years 2000 to 2100.
fn serial_day(cell: &str) -> Option<RawTime> {
    const BEFORE_1970: f64 = 25_569.0;
    let days: f64 = cell.replace(',', ".").parse().ok().filter(|d| (36_526.0..73_051.0).contains(d))?;
    let precision = match cell.split_once(['.', ',']).map_or(0, |(_, fraction)| fraction.len()) {
        0 => Precision::Day,
        1..=2 => Precision::Hour,
        3..=4 => Precision::Minute,
        _ => Precision::Second,
    };
    let seconds = ((days - BEFORE_1970) * 86_400.0).round() as i64;
    Some(RawTime::unzoned(crate::model::ClockKind::Naive, seconds * NANOS, precision))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a column of `cells` counts, and the seconds of its first cell.
    fn column(cells: &[&str]) -> Option<(Count, i64)> {
        let count = Count::of(cells.iter().copied())?;
        Some((count, count.read(cells[0])?.key_s()))
    }

    /// 2025-06-12T17:52:03Z.
    const T: i64 = 1_749_750_723;

    #[test]
    fn each_count_is_known_by_a_column_of_it() {
        assert_eq!(column(&["133942243230000000", "133942243240000000"]), Some((Count::FileTime, T)));
        assert_eq!(column(&["638853475230000000", "638853475240000000"]), Some((Count::Ticks, T)));
        assert_eq!(column(&["13394224323410000", "13394224324410000"]), Some((Count::WebKit, T)));
        assert_eq!(column(&["771443523.41", "771443524"]), Some((Count::Apple, T)));
        assert_eq!(column(&["45820.744479", "45820.75"]), Some((Count::SerialDay, T)));
    }

    #[test]
    fn a_fraction_keeps_its_digits() {
        let time = Count::Apple.read("771443523.4100").unwrap();
        assert_eq!((time.wall_ns, time.precision), (T * NANOS + 410_000_000, Precision::Micro));
    }

    #[test]
    fn one_number_or_scattered_ones_or_epochs_show_nothing() {
        assert_eq!(column(&["133942243230000000"]), None);
        assert_eq!(column(&["133942243230000000", "129942243230000000"]), None);
        assert_eq!(column(&["771443523", "1749750723"]), None);
        assert_eq!(column(&["1749750723", "1749750724"]), None);
        assert_eq!(column(&["12", "13"]), None);
    }
}
