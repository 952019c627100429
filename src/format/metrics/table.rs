//! The layout of a table with a time column: its header rows and what each column holds.

use std::collections::BTreeSet;

use super::cell::{self, Cell, Decimal};
use super::rows::{Dialect, Row, rows};
use super::time_column::{is_regular, is_total, time_column};
use crate::format::fields::learned;
use crate::format::timestamp::{DateOrder, Written};
use crate::model::{ClockKind, Precision, RawTime};

/// Rows that are looked at before the layout is decided.
const SAMPLE: usize = 300;
/// Names of columns that number rows or tables and measure nothing.
const NUMBERING: &[&str] = &["result", "table", "index"];

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
    /// Index of the column of days beside a column of times of day.
    day: Option<usize>,
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
    written: Written,
    /// Rows have one cell more than the header has titles, as the event viewer of Windows writes them.
    pub(super) untitled: bool,
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
        // A stamp above the stamps is a record whose day and month the column does not tell apart.
        let orders = [DateOrder::DayFirst, DateOrder::MonthFirst];
        let stamped = |cell: &str| orders.iter().any(|order| Written::Ordered(*order).read(cell).is_some_and(is_full));
        if head.iter().any(|row| stamped(row.cell(found.at))) {
            return None;
        }
        let headers: Vec<Vec<String>> =
            head.iter().map(|row| (0..width).map(|at| row.cell(at).to_string()).collect()).collect();
        let decimal = decimal_of(data);
        let mut layout = Layout {
            dialect,
            headers,
            columns: Vec::new(),
            time: found.at,
            day: None,
            decimal,
            distinct: Vec::new(),
            looked_at: data.len(),
            named: found.named,
            regular: false,
            written: found.written,
            untitled: false,
        };
        layout.day = layout.day_column(data);
        layout.regular = is_regular(data.iter().filter_map(|row| layout.stamp(row)));
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

    /// The column of days beside a column of times of day.
    fn day_column(&self, data: &[Row<'_>]) -> Option<usize> {
        let clocks = || data.iter().filter_map(|row| self.time_of(row.cell(self.time)));
        if !clocks().all(|t| t.kind == ClockKind::TimeOnly) {
            return None;
        }
        let is_day = |at: &usize| {
            let cells = data.iter().map(|row| row.cell(*at)).filter(|cell| !cell.is_empty());
            let mut days =
                cells.map(|cell| self.time_of(cell).is_some_and(|t| t.precision == Precision::Day)).peekable();
            days.peek().is_some() && days.all(|is| is)
        };
        (0..self.headers.first()?.len()).filter(|at| *at != self.time).find(is_day)
    }

    /// The stamp of a row, put together where day and time have a column each.
    pub(super) fn stamp(&self, row: &Row<'_>) -> Option<RawTime> {
        let time = self.time_of(row.cell(self.time))?;
        let day = self.day.and_then(|at| self.time_of(row.cell(at)));
        Some(day.and_then(|day| learned::join(day, time)).unwrap_or(time))
    }

    /// The stamp in a cell.
    pub(super) fn time_of(&self, cell: &str) -> Option<RawTime> {
        self.written.read(cell)
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
        if at == self.time || Some(at) == self.day {
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

/// Whether a stamp has a date and a time of day.
fn is_full(time: RawTime) -> bool {
    matches!(time.kind, ClockKind::Naive | ClockKind::Zoned) && time.precision >= Precision::Minute
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
        if cells.iter().skip(self.columns.len() + usize::from(self.untitled)).any(|c| !c.trim().is_empty()) {
            return RowClass::Reject("expected as many cells as the header has, found more");
        }
        if last && cells.len() < self.columns.len() {
            return RowClass::Reject("expected as many cells as the header has, found a cut row");
        }
        match self.stamp(row) {
            Some(time) => RowClass::Data(time),
            None if is_total(row.cell(self.time)) => RowClass::Blank,
            None => RowClass::Reject("expected a time in the time column, found other text"),
        }
    }
}
