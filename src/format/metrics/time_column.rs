//! Which column holds the times, in which order its dates are written, and where the data begins.

use std::collections::BTreeMap;

use super::rows::Row;
use crate::format::fields::learned;
use crate::format::timestamp::{self, DateOrder};
use crate::model::{ClockKind, Precision, RawTime};

/// Most header rows above the data.
const MAX_HEADERS: usize = 8;

/// Names of time columns, the better ones first.
const TIME_NAMES: &[&str] = &[
    "_time",
    "time",
    "timestamp",
    "datetime",
    "date_time",
    "unix_timestamp",
    "timestamp_ms",
    "epoch",
    "ts",
    "date",
    "time_bucket",
    "bucket",
    "minute",
    "interval_start",
    "window_start",
    "period",
    "timegenerated",
    "start_time",
];
/// A time column and the header rows above its first stamp.
pub(super) struct TimeColumn {
    /// Its index.
    pub(super) at: usize,
    /// Rows above the first stamp.
    pub(super) headers: usize,
    /// Whether it is named like a time.
    pub(super) named: bool,
    /// How its stamps are written.
    pub(super) written: Written,
}

/// How a column writes its stamps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Written {
    /// In a way that means one instant.
    #[default]
    Plain,
    /// Numeric dates in an order that the column had to show.
    Ordered(DateOrder),
    /// Days since the end of 1899 with a fraction, as spreadsheets count.
    SerialDay,
}

/// The time column of a table; `None` when no column is one.
pub(super) fn time_column(sample: &[Row<'_>], width: usize) -> Option<TimeColumn> {
    let mut best: Option<(usize, TimeColumn)> = None;
    for at in 0..width {
        let rank = sample.iter().take(MAX_HEADERS).filter_map(|row| time_rank(row.cell(at))).min();
        let speaks = || sample.iter().take(MAX_HEADERS).any(|row| learned::is_time_name(row.cell(at)));
        let Some((headers, written)) = stamps_in(sample, at, rank.is_some()) else { continue };
        // Without a name a number further right is no epoch, and a time of day may be a length.
        let dated = |row: &Row<'_>| {
            let cell = row.cell(at);
            time_in(cell, written).is_some_and(|t| matches!(t.kind, ClockKind::Zoned | ClockKind::Naive))
                && cell.contains(['-', '/', '.', ':'])
        };
        if rank.is_none() && at > 1 && !speaks() && !sample.get(headers).is_some_and(dated) {
            continue;
        }
        let rank = rank.unwrap_or(TIME_NAMES.len() + at);
        if best.as_ref().is_none_or(|(least, _)| rank < *least) {
            best = Some((rank, TimeColumn { at, headers, named: rank < TIME_NAMES.len(), written }));
        }
    }
    best.map(|(_, column)| column)
}

/// Position of a title among the names of time columns.
fn time_rank(title: &str) -> Option<usize> {
    let bare = title.split(['[', '(']).next().unwrap_or("").trim().to_ascii_lowercase().replace([' ', '-'], "_");
    TIME_NAMES.iter().position(|name| *name == bare)
}

/// Header rows above the stamps of column `at`, and how they are written; `None` when fewer than 95 %
/// of the cells are stamps. Only a column `named` like a time may count days.
fn stamps_in(sample: &[Row<'_>], at: usize, named: bool) -> Option<(usize, Written)> {
    let fits = |order: Written| {
        let cells = || sample.iter().map(|row| row.cell(at)).filter(|cell| !is_total(cell));
        // Most columns hold no times, and show it in the rows where a header may be.
        let mut stamps = cells().map(|cell| time_in(cell, order).is_some());
        let headers = stamps.by_ref().take(MAX_HEADERS + 1).position(|is| is).filter(|h| *h > 0)?;
        let (data, failed) = stamps.fold((1, 0), |(data, failed), is| (data + 1, failed + usize::from(!is)));
        (failed <= (data / 20).max(1) && failed < data).then_some((headers, order))
    };
    let orders = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst].map(Written::Ordered);
    let mut fitting: Vec<_> = std::iter::once(Written::Plain).chain(orders).filter_map(fits).collect();
    if fitting.is_empty() && named {
        fitting.extend(fits(Written::SerialDay));
    }
    // A date that means two days is read by a known order only, and looks like a header without one.
    let least = fitting.iter().map(|(headers, _)| *headers).min()?;
    fitting.retain(|(headers, _)| *headers == least);
    if let Some(plain) = fitting.iter().find(|(_, written)| *written == Written::Plain) {
        return Some(*plain);
    }
    match fitting.as_slice() {
        [one] => Some(*one),
        // Two orders read it: the one under which time never runs back, if that is only one of them.
        many => {
            let rising = |order: Written| {
                let times: Vec<i64> =
                    sample.iter().filter_map(|r| Some(time_in(r.cell(at), order)?.key_ns())).collect();
                times.is_sorted() && is_regular(sample.iter().filter_map(|r| time_in(r.cell(at), order)))
            };
            let mut rising = many.iter().filter(|(_, order)| rising(*order));
            rising.next().filter(|_| rising.next().is_none()).copied()
        }
    }
}

/// The stamp in a cell.
pub(super) fn time_in(cell: &str, written: Written) -> Option<RawTime> {
    match written {
        Written::Plain => timestamp::whole(cell),
        Written::Ordered(order) => timestamp::whole_in_order(cell, order),
        Written::SerialDay => serial_day(cell),
    }
}

/// `45820.74448` is 2025-06-12 17:52:03, as far as its digits tell. Years 2000 to 2100.
fn serial_day(cell: &str) -> Option<RawTime> {
    const BEFORE_1970: f64 = 25_569.0;
    let days: f64 = cell.trim().replace(',', ".").parse().ok().filter(|d| (36_526.0..73_051.0).contains(d))?;
    let precision = match cell.trim().split_once(['.', ',']).map_or(0, |(_, fraction)| fraction.len()) {
        0 => Precision::Day,
        1..=2 => Precision::Hour,
        3..=4 => Precision::Minute,
        _ => Precision::Second,
    };
    let seconds = ((days - BEFORE_1970) * 86_400.0).round() as i64;
    Some(RawTime::unzoned(ClockKind::Naive, seconds * 1_000_000_000, precision))
}

/// Whether at least six in ten steps between unequal stamps are the same.
pub(super) fn is_regular(times: impl Iterator<Item = RawTime>) -> bool {
    let mut steps: BTreeMap<u64, usize> = BTreeMap::new();
    let mut last = None;
    for key in times.map(RawTime::key_ns) {
        if let Some(last) = last.filter(|last| *last != key) {
            *steps.entry(key.abs_diff(last)).or_default() += 1;
        }
        last = Some(key);
    }
    let all: usize = steps.values().sum();
    let most = steps.values().max().copied().unwrap_or(0);
    most >= 2 && most * 10 >= all * 6
}

/// Whether the cell heads a row that sums up the others.
pub(super) fn is_total(cell: &str) -> bool {
    let first = cell.split(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
    matches!(
        first.as_str(),
        "total" | "totals" | "sum" | "average" | "avg" | "mean" | "min" | "max" | "count" | "grand" | "overall"
    )
}
