//! Tables with a time column: delimiter, rows with their places, header rows, what each column holds.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{self, Cell, Decimal};
use crate::format::timestamp::{self, DateOrder};
use crate::model::RawTime;

/// How a file separates its cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    delimiter: u8,
    /// Byte after a `sep=` line, 0 without one.
    pub(super) start: usize,
}

/// Rows that are looked at before the layout is decided.
const SAMPLE: usize = 300;
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
/// Names of columns that number rows or tables and measure nothing.
const NUMBERING: &[&str] = &["result", "table", "index"];

impl Dialect {
    /// Reads the `sep=` line, else counts the separators of the first line.
    fn of(text: &str) -> Option<Dialect> {
        let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'))?;
        if let Some(mark) =
            first.trim_matches(['\u{feff}', '"']).strip_prefix("sep=").and_then(|rest| rest.bytes().next())
        {
            let start = text.find('\n').map_or(text.len(), |at| at + 1);
            return Some(Dialect { delimiter: mark, start });
        }
        let mut quoted = false;
        let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0)];
        for byte in first.bytes() {
            quoted ^= byte == b'"';
            for (mark, count) in &mut counts {
                *count += u32::from(!quoted && byte == *mark);
            }
        }
        let (delimiter, count) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
        (count > 0).then_some(Dialect { delimiter, start: 0 })
    }
}

/// One row and its text in the document.
pub(super) struct Row<'a> {
    /// The cells, unquoted.
    pub(super) cells: csv::StringRecord,
    /// The raw text without its line end.
    pub(super) raw: &'a str,
}

impl Row<'_> {
    /// The cell in column `at`, trimmed; empty when the row is shorter.
    pub(super) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or("").trim()
    }

    fn is_comment(&self) -> bool {
        self.raw.starts_with('#')
    }
}

/// Iterator over the rows of a table.
pub(super) struct Rows<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
}

/// The rows of `text` after its `sep=` line.
pub(super) fn rows<'a>(text: &'a str, dialect: &Dialect) -> Rows<'a> {
    let text = text.get(dialect.start..).unwrap_or("");
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(dialect.delimiter)
        .from_reader(text.as_bytes());
    Rows { text, reader }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let mut cells = csv::StringRecord::new();
        let from = self.reader.position().byte() as usize;
        // The text is valid UTF-8 and rows may have any length, so this cannot fail.
        if !self.reader.read_record(&mut cells).unwrap_or(false) {
            return None;
        }
        let to = self.reader.position().byte() as usize;
        let raw = self.text.get(from..to).unwrap_or("").trim_matches(['\n', '\r', '\u{feff}']);
        Some(Row { cells, raw })
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The stamps.
    Time,
    /// Numbers, with or without units.
    Number,
    /// Words.
    Text,
    /// Nothing, or row numbers.
    Skipped,
}

/// What was found out about a table from its first rows.
#[derive(Debug)]
pub(super) struct Layout {
    /// How cells are separated.
    pub(super) dialect: Dialect,
    /// Header rows above the data, comments left out.
    pub(super) headers: Vec<Vec<String>>,
    /// What each column holds.
    pub(super) columns: Vec<Column>,
    /// Index of the time column.
    pub(super) time: usize,
    /// How numbers are written.
    pub(super) decimal: Decimal,
    /// Distinct values of each text column in the rows looked at.
    pub(super) distinct: Vec<usize>,
    /// Data rows looked at.
    pub(super) looked_at: usize,
    /// Whether the time column is named like one.
    named: bool,
    /// Whether the stamps follow each other at even steps.
    regular: bool,
    order: Option<DateOrder>,
}

impl Layout {
    /// The layout of the table that `text` begins with; `None` when it is no table with a header and a
    /// time column.
    pub(super) fn of(text: &str) -> Option<Layout> {
        if text.trim_start_matches(['\u{feff}', ' ', '\n', '\r']).starts_with(['{', '[', '<']) {
            return None;
        }
        let dialect = Dialect::of(text)?;
        let sample: Vec<Row<'_>> = rows(text, &dialect).filter(|row| !row.is_comment()).take(SAMPLE).collect();
        let width = sample.first()?.cells.len();
        if width < 2 {
            return None;
        }
        let found = time_column(&sample, width)?;
        let (head, data) = sample.split_at_checked(found.headers)?;
        let headers: Vec<Vec<String>> =
            head.iter().map(|row| (0..width).map(|at| row.cell(at).to_string()).collect()).collect();
        let decimal = decimal_of(data);
        let mut layout = Layout {
            dialect,
            headers,
            columns: Vec::new(),
            time: found.at,
            decimal,
            distinct: Vec::new(),
            looked_at: data.len(),
            named: found.named,
            regular: false,
            order: found.order,
        };
        layout.regular = is_regular(data.iter().filter_map(|row| layout.time_of(row.cell(found.at))));
        for at in 0..width {
            let (column, distinct) = layout.column(at, data);
            layout.columns.push(column);
            layout.distinct.push(distinct);
        }
        Some(layout)
    }

    /// Two witnesses make a metric table sure: a column named like a time, and even steps.
    pub(super) fn score(&self) -> (u8, String) {
        let numbers = self.of_kind(Column::Number).count();
        let name = self.headers.iter().rev().filter_map(|row| row.get(self.time)).find(|n| !n.is_empty());
        let name = name.map_or_else(|| format!("column {}", self.time + 1), |n| format!("`{n}`"));
        match (self.named, self.regular) {
            (true, true) => (90, format!("{name} is the time at even steps, {numbers} columns of numbers")),
            (true, false) => (60, format!("{name} is the time, {numbers} columns of numbers")),
            (false, true) => (60, format!("{name} holds times at even steps, {numbers} columns of numbers")),
            (false, false) => (20, format!("{name} holds times, {numbers} columns of numbers")),
        }
    }

    /// Indices of the columns of one kind.
    pub(super) fn of_kind(&self, kind: Column) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |(_, column)| **column == kind).map(|(at, _)| at)
    }

    /// The lowest header cell of a column that says something.
    pub(super) fn title(&self, at: usize) -> &str {
        self.headers.iter().rev().filter_map(|row| row.get(at)).find(|cell| !cell.is_empty()).map_or("", String::as_str)
    }

    /// The stamp in a cell.
    pub(super) fn time_of(&self, cell: &str) -> Option<RawTime> {
        time_in(cell, self.order)
    }

    /// The number in a cell.
    pub(super) fn number<'c>(&self, cell: &'c str) -> Cell<'c> {
        cell::read(cell, self.decimal)
    }

    /// The zone that the title of the time column states (`Time [UTC]`).
    pub(super) fn zone(&self) -> Option<&str> {
        let title = self.title(self.time);
        let inner = title.split_once(['[', '('])?.1.trim_end_matches([']', ')']).trim();
        let offset = inner.strip_prefix(['+', '-']).is_some_and(|r| r.bytes().all(|b| b.is_ascii_digit() || b == b':'));
        (matches!(inner, "UTC" | "GMT") || offset || inner.starts_with("UTC+") || inner.starts_with("UTC-"))
            .then_some(inner)
    }

    fn column(&self, at: usize, data: &[Row<'_>]) -> (Column, usize) {
        let name = self.title(at);
        if at == self.time {
            return (Column::Time, 0);
        }
        if name.is_empty() || matches!(name, "_start" | "_stop") {
            return (Column::Skipped, 0);
        }
        let (mut numbers, mut words) = (0usize, 0usize);
        let mut distinct = BTreeSet::new();
        for row in data.iter().filter(|row| self.time_of(row.cell(self.time)).is_some()) {
            match self.number(row.cell(at)) {
                Cell::Number(..) => numbers += 1,
                Cell::Text => words += 1,
                Cell::Empty | Cell::Marked => continue,
            }
            distinct.insert(row.cell(at));
        }
        let kind = match (numbers, words) {
            (0, 0) => Column::Skipped,
            (_, 0) if NUMBERING.contains(&name) => Column::Skipped,
            (n, w) if w * 20 <= n => Column::Number,
            _ => Column::Text,
        };
        (kind, distinct.len())
    }
}

/// A time column and the header rows above its first stamp.
struct TimeColumn {
    at: usize,
    headers: usize,
    named: bool,
    order: Option<DateOrder>,
}

fn time_column(sample: &[Row<'_>], width: usize) -> Option<TimeColumn> {
    let mut best: Option<(usize, TimeColumn)> = None;
    for at in 0..width {
        let rank = sample.iter().take(MAX_HEADERS).filter_map(|row| time_rank(row.cell(at))).min();
        // Without a name only the first columns are looked at: a number further right is no epoch.
        if rank.is_none() && at > 1 {
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

fn time_in(cell: &str, order: Option<DateOrder>) -> Option<RawTime> {
    match order {
        None => timestamp::whole(cell),
        Some(order) => timestamp::whole_in_order(cell, order),
    }
}

/// Whether at least six in ten steps between unequal stamps are the same.
fn is_regular(times: impl Iterator<Item = RawTime>) -> bool {
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

/// A decimal comma, when more cells are numbers that way.
fn decimal_of(data: &[Row<'_>]) -> Decimal {
    let count = |decimal| {
        let cells = data.iter().take(50).flat_map(|row| row.cells.iter());
        cells.filter(|c| matches!(cell::read(c, decimal), Cell::Number(..))).count()
    };
    if count(Decimal::Comma) > count(Decimal::Point) { Decimal::Comma } else { Decimal::Point }
}

/// What a row below the headers is.
pub(super) enum RowClass {
    /// A data row at this time.
    Data(RawTime),
    /// A blank line, comment, repeated header, or row of totals.
    Blank,
    /// None of these, with the reason.
    Reject(&'static str),
}

impl Layout {
    /// Tells what `row` is; `last` when the text ends with it.
    pub(super) fn classify(&self, row: &Row<'_>, last: bool) -> RowClass {
        let cells = &row.cells;
        if row.is_comment() || cells.iter().all(|c| c.trim().is_empty()) {
            return RowClass::Blank;
        }
        if self.headers.iter().any(|h| h.len() == cells.len() && h.iter().zip(cells.iter()).all(|(a, b)| a == b.trim()))
        {
            return RowClass::Blank;
        }
        if cells.iter().skip(self.columns.len()).any(|c| !c.trim().is_empty()) {
            return RowClass::Reject("expected as many cells as the header has, found more");
        }
        if last && cells.len() < self.columns.len() {
            return RowClass::Reject("expected as many cells as the header has, found a cut row");
        }
        match self.time_of(row.cell(self.time)) {
            Some(time) => RowClass::Data(time),
            None if is_total(row.cell(self.time)) => RowClass::Blank,
            None => RowClass::Reject("expected a time in the time column, found other text"),
        }
    }
}

/// Whether the cell heads a row that sums up the others.
fn is_total(cell: &str) -> bool {
    let first = cell.split(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
    matches!(
        first.as_str(),
        "total" | "totals" | "sum" | "average" | "avg" | "mean" | "min" | "max" | "count" | "grand" | "overall"
    )
}
