//! Which column holds the times, in which order its dates are written, and where the data begins.

use std::collections::BTreeMap;

use super::rows::Row;
use crate::format::fields::learned;
use crate::format::timestamp::{Count, DateOrder, Written};
use crate::model::{ClockKind, RawTime};

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

/// The time column of a table; `None` when no column is one.
pub(super) fn time_column(sample: &[Row<'_>], width: usize) -> Option<TimeColumn> {
    let mut best: Option<(usize, TimeColumn)> = None;
    for at in 0..width {
        let rank = sample.iter().take(MAX_HEADERS).filter_map(|row| time_rank(row.cell(at))).min();
        let speaks = || sample.iter().take(MAX_HEADERS).any(|row| learned::is_time_name(row.cell(at)));
        let Some((headers, written)) =
            stamps_in(sample, at, |count| rank.is_some() || (count != Count::SerialDay && speaks()))
        else {
            continue;
        };
        // Without a name a number further right is no epoch, and a time of day may be a length.
        let dated = |row: &Row<'_>| {
            let cell = row.cell(at);
            written.read(cell).is_some_and(|t| matches!(t.kind, ClockKind::Zoned | ClockKind::Naive))
                && cell.contains(['-', '/', '.', ':'])
        };
        if rank.is_none() && at > 1 && !speaks() && !sample.get(headers).is_some_and(dated) {
            continue;
        }
        // Of columns without a known name a written date is surer than a number, which may be an id.
        let number = if sample.get(headers).is_some_and(dated) { 0 } else { width };
        let rank = rank.unwrap_or(TIME_NAMES.len() + at + number);
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
/// of the cells are stamps. A column of numbers holds only those counts that its name `allows`.
fn stamps_in(sample: &[Row<'_>], at: usize, allows: impl Fn(Count) -> bool) -> Option<(usize, Written)> {
    let fits = |order: Written| {
        let cells = || sample.iter().map(|row| row.cell(at)).filter(|cell| !is_total(cell));
        // Most columns hold no times, and show it in the rows where a header may be.
        let mut stamps = cells().map(|cell| order.read(cell).is_some());
        let headers = stamps.by_ref().take(MAX_HEADERS + 1).position(|is| is).filter(|h| *h > 0)?;
        let (data, failed) = stamps.fold((1, 0), |(data, failed), is| (data + 1, failed + usize::from(!is)));
        (failed <= (data / 20).max(1) && failed < data).then_some((headers, order))
    };
    let orders = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst].map(Written::Ordered);
    let mut fitting: Vec<_> = std::iter::once(Written::Plain).chain(orders).filter_map(fits).collect();
    if fitting.is_empty() {
        let numbers =
            sample.iter().map(|row| row.cell(at)).filter(|cell| cell.starts_with(|c: char| c.is_ascii_digit()));
        let count = Count::of(numbers).filter(|count| allows(*count));
        fitting.extend(count.and_then(|count| fits(Written::Counted(count))));
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
                let times: Vec<i64> = sample.iter().filter_map(|r| Some(order.read(r.cell(at))?.key_ns())).collect();
                times.is_sorted() && is_regular(sample.iter().filter_map(|r| order.read(r.cell(at))))
            };
            let mut rising = many.iter().filter(|(_, order)| rising(*order));
            rising.next().filter(|_| rising.next().is_none()).copied()
        }
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
