//! Which column holds the times, in which order its dates are written, and where the data begins.

use std::collections::BTreeMap;

use super::rows::Row;
use crate::format::fields::learned;
use crate::format::timestamp::{self, DateOrder};
use crate::model::RawTime;

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
    /// Order of numeric dates, where it had to be found out.
    pub(super) order: Option<DateOrder>,
}

/// The time column of a table; `None` when no column is one.
pub(super) fn time_column(sample: &[Row<'_>], width: usize) -> Option<TimeColumn> {
    let mut best: Option<(usize, TimeColumn)> = None;
    for at in 0..width {
        let rank = sample.iter().take(MAX_HEADERS).filter_map(|row| time_rank(row.cell(at))).min();
        // Without a name only the first columns are looked at: a number further right is no epoch.
        let speaks = || sample.iter().take(MAX_HEADERS).any(|row| learned::is_time_name(row.cell(at)));
        if rank.is_none() && at > 1 && !speaks() {
            continue;
        }
        let Some((headers, order)) = stamps_in(sample, at) else { continue };
        let rank = rank.unwrap_or(TIME_NAMES.len() + at);
        if best.as_ref().is_none_or(|(least, _)| rank < *least) {
            best = Some((rank, TimeColumn { at, headers, named: rank < TIME_NAMES.len(), order }));
        }
    }
    best.map(|(_, column)| column)
}

/// Position of a title among the names of time columns.
fn time_rank(title: &str) -> Option<usize> {
    let bare = title.split(['[', '(']).next().unwrap_or("").trim().to_ascii_lowercase().replace([' ', '-'], "_");
    TIME_NAMES.iter().position(|name| *name == bare)
}

/// Header rows above the stamps of column `at`, and the order of their dates where it had to be found
/// out; `None` when fewer than 95 % of the cells are stamps.
fn stamps_in(sample: &[Row<'_>], at: usize) -> Option<(usize, Option<DateOrder>)> {
    let fits = |order: Option<DateOrder>| {
        let cells: Vec<&str> = sample.iter().map(|row| row.cell(at)).filter(|cell| !is_total(cell)).collect();
        let stamps: Vec<bool> = cells.iter().map(|cell| time_in(cell, order).is_some()).collect();
        let headers = stamps.iter().position(|is| *is).filter(|h| (1..=MAX_HEADERS).contains(h))?;
        let data = stamps.len() - headers;
        let failed = stamps.iter().skip(headers).filter(|is| !**is).count();
        (failed <= (data / 20).max(1) && failed < data).then_some((headers, order))
    };
    let orders = [None, Some(DateOrder::YearFirst), Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)];
    let mut fitting: Vec<_> = orders.into_iter().filter_map(fits).collect();
    // A date that means two days is read by a known order only, and looks like a header without one.
    let least = fitting.iter().map(|(headers, _)| *headers).min()?;
    fitting.retain(|(headers, _)| *headers == least);
    if let Some(plain) = fitting.iter().find(|(_, order)| order.is_none()) {
        return Some(*plain);
    }
    match fitting.as_slice() {
        [one] => Some(*one),
        // Two orders read it: the one under which time never runs back, if that is only one of them.
        many => {
            let rising = |order: Option<DateOrder>| {
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
pub(super) fn time_in(cell: &str, order: Option<DateOrder>) -> Option<RawTime> {
    match order {
        None => timestamp::whole(cell),
        Some(order) => timestamp::whole_in_order(cell, order),
    }
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
