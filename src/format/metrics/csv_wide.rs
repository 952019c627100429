//! Tables with one time column and one series per further column.
//!
//! Yields: a sample per cell; an empty cell is missing. With several header rows the lowest (or the one
//! headed `metric`) names the series and the others become labels, keyed by what stands above the time
//! column.
//! Time: whatever the column holds; without a zone it stays without.

use std::borrow::Cow;

use super::cell::{Cell, is_unit};
use super::kind::{self, Stats};
use super::rows::{Row, rows};
use super::series_name;
use super::table::{Column, Layout, RowClass};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};
use crate::model::{Diagnostic, DiagnosticKind, MetricKind, PointStamp, Sample};

/// Wide tables.
pub struct CsvWide;

impl Format for CsvWide {
    fn name(&self) -> &str {
        "csv_wide"
    }

    fn title(&self) -> &str {
        "metric table: a time column and one series per column"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "timestamp,requests,errors\n2025-06-12 17:52:00,100,3\n2025-06-12 17:53:00,98,41\n2025-06-12 17:54:00,97,90\n",
            "microservice,web,db\nmetric,latency,latency\nstatistic,p90,Average\nunix_timestamp,,\n1749750720.0,,0.02\n1749751020.0,0.5,0.03\n1749751320.0,0.6,0.03\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for CsvWide {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let layout = Layout::of(head.text)?;
        if layout.of_kind(Column::Number).next().is_none() || layout.of_kind(Column::Text).next().is_some() {
            return None;
        }
        let (score, reason) = layout.score();
        Claimed::new(score, reason)
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let layout = Layout::of(document.text).ok_or_else(no_table)?;
        read_wide(&layout, document, sink);
        Ok(())
    }
}

/// The fault of a text without header and time column.
pub(super) fn no_table() -> Fault {
    Fault::new("expected a header row above a column of times, found neither")
}

/// One column of numbers as a series.
struct Series {
    at: usize,
    name: String,
    labels: Vec<(String, String)>,
    unit: Option<String>,
    kind: MetricKind,
}

/// Cells that gave no point although they were not empty.
#[derive(Default)]
pub(super) struct Missing {
    marked: u64,
    words: u64,
}

impl Missing {
    /// Counts a cell without a number.
    pub(super) fn add(&mut self, cell: Cell<'_>) {
        self.marked += u64::from(cell == Cell::Marked);
        self.words += u64::from(cell == Cell::Text);
    }

    /// Reports what was counted.
    pub(super) fn report(self, sink: &mut dyn Sink) {
        let mut tell = |kind, count: u64, message: &str| {
            if count > 0 {
                sink.diagnostic(Diagnostic { count, ..Diagnostic::new(kind, "", message) });
            }
        };
        tell(DiagnosticKind::Incomplete, self.marked, "expected a number, found a mark for a missing one; left out");
        tell(DiagnosticKind::Rejected, self.words, "expected a number, found text in a column of numbers; left out");
    }
}

/// Reads the table column by column, row after row.
pub(super) fn read_wide(layout: &Layout, document: &Document<'_>, sink: &mut dyn Sink) {
    let series = all_series(layout, document.text);
    let mut missing = Missing::default();
    for_each_row(layout, document, sink, &mut |row, time, frame, sink| {
        let mut found = false;
        for series in &series {
            let cell = layout.number(row.cell(series.at));
            let Cell::Number(value, unit) = cell else {
                missing.add(cell);
                continue;
            };
            let unit = unit.or(series.unit.as_deref());
            sink.sample(
                &Sample {
                    time,
                    name: Cow::Borrowed(&series.name),
                    labels: borrowed(&series.labels),
                    value,
                    kind: series.kind,
                    stamp: PointStamp::Instant,
                    unit: unit.map(Cow::Borrowed),
                },
                frame,
            );
            found = true;
        }
        found
    });
    missing.report(sink);
}

/// Labels as a sample borrows them.
pub(super) fn borrowed(labels: &[(String, String)]) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    labels.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), Cow::Borrowed(v.as_str()))).collect()
}

/// Reads a data row; tells whether it gave a sample.
pub(super) type ReadRow<'r> =
    dyn FnMut(&Row<'_>, crate::model::RawTime, &crate::format::Frame<'_>, &mut dyn Sink) -> bool + 'r;

/// Calls `read` for every data row and accounts every row of the document.
pub(super) fn for_each_row(layout: &Layout, document: &Document<'_>, sink: &mut dyn Sink, read: &mut ReadRow<'_>) {
    if let Some(sep) = document.text.get(..layout.dialect.start).filter(|s| !s.is_empty()) {
        sink.account(FrameClass::Blank, &document.frame(sep.trim_end()));
    }
    let mut headers = layout.headers.len();
    let open_end = !document.text.ends_with('\n');
    let mut rows = rows(document.text, &layout.dialect).peekable();
    while let Some(row) = rows.next() {
        let frame = document.frame(row.raw);
        if headers > 0 && !row.raw.starts_with('#') {
            headers -= 1;
            if let Some(zone) = layout.zone().filter(|_| headers == 0) {
                sink.zone_note(zone, &frame);
            }
            sink.account(FrameClass::Blank, &frame);
            continue;
        }
        match layout.classify(&row, open_end && rows.peek().is_none()) {
            RowClass::Data(time) => {
                let class = if read(&row, time, &frame, sink) { FrameClass::Record } else { FrameClass::Blank };
                sink.account(class, &frame);
            }
            RowClass::Blank => sink.account(FrameClass::Blank, &frame),
            RowClass::Reject(reason) => sink.reject(reason, &frame),
        }
    }
}

/// Every column of numbers with its name, labels, unit and kind.
fn all_series(layout: &Layout, text: &str) -> Vec<Series> {
    let mut stats = vec![Stats::default(); layout.columns.len()];
    let mut units: Vec<Option<String>> = vec![None; layout.columns.len()];
    let numbers: Vec<usize> = layout.of_kind(Column::Number).collect();
    for row in rows(text, &layout.dialect).skip(layout.headers.len()) {
        if !matches!(layout.classify(&row, false), RowClass::Data(_)) {
            continue;
        }
        for at in &numbers {
            let Cell::Number(value, unit) = layout.number(row.cell(*at)) else { continue };
            if let (Some(stats), Some(seen)) = (stats.get_mut(*at), units.get_mut(*at)) {
                stats.add(value);
                *seen = seen.take().or_else(|| unit.map(str::to_string));
            }
        }
    }
    let of = |at: usize| {
        let (name, labels, own) = named(layout, at);
        let unit = own.or_else(|| units.get(at).cloned().flatten());
        let kind = kind::of(&name, unit.as_deref(), &stats.get(at).copied().unwrap_or_default());
        Series { at, name, labels, unit, kind }
    };
    numbers.iter().map(|at| of(*at)).collect()
}

/// Keys of the header row that names the series when there are several.
const NAME_ROWS: &[&str] = &["metric", "metric_name", "name", "measure", "series", "counter", "field"];

/// Name, labels and unit of a column from all its header rows.
fn named(layout: &Layout, at: usize) -> (String, Vec<(String, String)>, Option<String>) {
    let other = |row: &Vec<String>| row.iter().enumerate().any(|(i, c)| i != layout.time && !c.is_empty());
    let rows: Vec<&Vec<String>> = layout.headers.iter().filter(|row| other(row)).collect();
    let cell = |row: &&Vec<String>| row.get(at).cloned().unwrap_or_default();
    let key = |row: &&Vec<String>| row.get(layout.time).cloned().unwrap_or_default();
    let by_key = rows.iter().position(|row| NAME_ROWS.contains(&key(row).to_ascii_lowercase().as_str()));
    let name_row = by_key.unwrap_or(rows.len().saturating_sub(1));
    let title = rows.get(name_row).map(cell).filter(|c| !c.is_empty()).unwrap_or_else(|| layout.title(at).to_string());
    let (name, mut labels) = series_name::split(&title);
    for (i, row) in rows.iter().enumerate().filter(|(i, row)| *i != name_row && !cell(row).is_empty()) {
        let key = key(row);
        labels.push((if key.is_empty() { format!("header_{}", i + 1) } else { key }, cell(row)));
    }
    let unit = title
        .trim_end_matches([')', ']'])
        .rsplit_once(['(', '['])
        .map(|(_, unit)| unit.trim().to_string())
        .filter(|unit| is_unit(unit));
    (name, labels, unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&CsvWide);
    }

    #[test]
    fn several_header_rows_become_labels() {
        let got = collect::read(&CsvWide, CsvWide.samples()[1]);
        assert_eq!(got.values("latency"), [0.02, 0.5, 0.03, 0.6, 0.03]);
        let labels = [("microservice".into(), "db".into()), ("statistic".into(), "Average".into())];
        assert_eq!(got.samples[0].labels, labels);
        assert_eq!(got.lines[0], 5);
        assert_eq!((got.records, got.blank, got.rejected.len()), (3, 4, 0));
    }

    #[test]
    fn missing_totals_and_broken_rows_are_told_apart() {
        let text = "time,errors (%),note_count\r\n2025-06-12 17:52:00,1.5,3\r\n\r\n2025-06-12 17:53:00,N/A,\r\n2025-06-12 17:54:00,,\r\nwhat,1,2\r\nTotal,3,3\r\n2025-06-12 17:55:00,2.5,4\r\n2025-06-12 17:56:00,2.5,4,9\r\n2025-06-12 17:57:00,2.";
        let rows: Vec<String> = (0..40).map(|i| format!("2025-06-12 18:{i:02}:00,1,5\r\n")).collect();
        let text = text.replace("what,1,2\r\n", &format!("{}what,1,2\r\n", rows.concat()));
        let got = collect::read(&CsvWide, &text);
        assert_eq!(got.values("errors (%)").len(), 42);
        assert_eq!(got.samples[0].kind, MetricKind::Percent);
        assert_eq!(got.rejected.len(), 3, "{:?}", got.rejected);
        assert_eq!(got.diagnostics[0].count, 1);
        assert_eq!(got.records, 42);
    }

    #[test]
    fn day_and_month_are_told_apart_by_the_whole_column() {
        let rows: Vec<String> = (11..=14).map(|d| format!("{d:02}/06/2025 10:00:00;1,5")).collect();
        let got = collect::read(&CsvWide, &format!("date;load\n{}\n", rows.join("\n")));
        assert_eq!(got.values("load"), [1.5; 4]);
    }

    #[test]
    fn a_table_without_header_or_time_is_left_alone() {
        for text in ["2025-06-12 17:52:00,1\n2025-06-12 17:53:00,2\n", "a,b\n1,2\n3,4\n", "one line", "{\"a\":1}", ""] {
            assert!(collect::claim(&CsvWide, text).is_none(), "{text}");
        }
    }
}
