//! Tables of records: a header, a column of times, and words beside it.
//!
//! Written by exports of consoles and databases that have no format of their own here (CSV, TSV, `;`
//! and `|`).
//! Yields one record per row. Level, status, service and message by the columns' names; a level also
//! by a column that holds nothing but level words. Tables of numbers alone are metrics.
//! Time: the column that holds it, or a column of days joined with one of times of day.

use std::borrow::Cow;

use super::csv_wide::{for_each_row, no_table};
use super::rows::{Row, rows};
use super::table::{Column, Layout};
use crate::format::fields::{Field, Fields, Value, field_of};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, Head, Shape, Sink};
use crate::model::{ClockKind, Level, Precision, RawTime};

/// Tables of records.
pub struct LogTable;

/// Score with a column named like a time and one named like a field of a log.
const NAMED: u8 = 45;
/// Score without.
const PLAIN: u8 = 32;
/// Rows looked at for levels and days.
const SAMPLE: usize = 100;

impl Format for LogTable {
    fn name(&self) -> &str {
        "log_table"
    }

    fn title(&self) -> &str {
        "table of records: a header, a column of times, words beside it (CSV, TSV, ...)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "opened_at,who,note,severity\n2025-06-12 17:52:03,ops,lease lost on kv-1,ERROR\n2025-06-12 17:53:44,ops,lease given to kv-2,INFO\n2025-06-12 18:10:09,ops,all reads served,INFO\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// Which columns of a table mean what to a log.
struct Roles {
    layout: Layout,
    /// The known key of each column, empty where it has none.
    keys: Vec<String>,
}

impl Roles {
    fn of(text: &str) -> Option<Roles> {
        let mut layout = Layout::of(text)?;
        layout.of_kind(Column::Text).next()?;
        let sample: Vec<Row<'_>> = rows(text, &layout.dialect).skip(layout.headers.len()).take(SAMPLE).collect();
        let mut keys: Vec<String> = (0..layout.columns.len()).map(|at| key_of(layout.title(at))).collect();
        if !keys.iter().any(|k| is_field(k, Field::Level))
            && let Some(at) = layout.of_kind(Column::Text).find(|at| holds_levels(&sample, *at))
            && let Some(key) = keys.get_mut(at)
        {
            *key = "level".to_string();
        }
        let width = layout.columns.len();
        layout.untitled = !sample.is_empty() && sample.iter().all(|row| row.cells.len() == width + 1);
        if layout.untitled && !keys.iter().any(|k| is_field(k, Field::Message)) {
            keys.push("message".to_string());
        }
        // Times of day of no known day are no log, and days alone tell no order.
        let known = sample.iter().any(|r| layout.stamp(r).is_some_and(is_fine))
            && !sample.iter().filter_map(|r| layout.stamp(r)).all(|t| t.kind == ClockKind::TimeOnly);
        known.then_some(Roles { layout, keys })
    }

    fn read(&self, row: &Row<'_>, time: RawTime, frame: &Frame<'_>, sink: &mut dyn Sink) -> bool {
        let mut fields = Fields::default();
        for (at, key) in self.keys.iter().enumerate().filter(|(at, key)| *at != self.layout.time && !key.is_empty()) {
            let cell = row.cell(at);
            let number = !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            fields.offer(key, if number { Value::Number(cell) } else { Value::Text(Cow::Borrowed(cell)) });
        }
        let mut record = fields.into_record();
        record.time = Some(time);
        if record.body.is_empty() {
            record.body = row.raw.into();
        }
        sink.log(&record, frame);
        true
    }
}

fn is_fine(time: RawTime) -> bool {
    time.precision >= Precision::Minute
}

/// The key that a title means, in the spelling of the key table; empty when it means none.
fn key_of(title: &str) -> String {
    let lower = title.trim().trim_matches('"').to_ascii_lowercase().replace([' ', '-'], "_");
    let known = |key: &str| matches!(field_of(key), Some((field, _)) if field != Field::Time);
    [title.to_string(), lower, with_underscores(title)].into_iter().find(|key| known(key)).unwrap_or_default()
}

/// `responseCode` as `response_code`.
fn with_underscores(title: &str) -> String {
    let mut out = String::with_capacity(title.len() + 4);
    for c in title.trim().chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn is_field(key: &str, field: Field) -> bool {
    matches!(field_of(key), Some((found, _)) if found == field)
}

/// Whether a column holds level words of three letters or more and nothing else.
fn holds_levels(sample: &[Row<'_>], at: usize) -> bool {
    let mut cells = sample.iter().map(|row| row.cell(at)).filter(|c| !c.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|c| c.len() >= 3 && Level::of_word(c).is_some())
}

impl DocumentFormat for LogTable {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let roles = Roles::of(head.text)?;
        let named = roles.keys.iter().any(|key| !key.is_empty());
        let time = roles.layout.title(roles.layout.time);
        let words = roles.layout.of_kind(Column::Text).count();
        let reason = format!("guessed: `{time}` is the time, {words} columns of words");
        Claimed::new(if named { NAMED } else { PLAIN }, reason)
    }

    fn ceiling(&self) -> u8 {
        NAMED
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let roles = Roles::of(document.text).ok_or_else(no_table)?;
        for_each_row(&roles.layout, document, sink, &mut |row, time, frame, sink| roles.read(row, time, frame, sink));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(text: &str) -> bool {
        LogTable.detect(&Head { path: "x", text, complete: true, modified_s: None }).is_some()
    }

    #[test]
    fn days_and_times_in_two_columns_are_joined() {
        let text = "date|time|message\n2025-06-12|17:52:03|lease lost\n2025-06-12|17:52:04|lease back\n";
        assert!(claimed(text));
        let roles = Roles::of(text).unwrap();
        let row = rows(text, &roles.layout.dialect).nth(1).unwrap();
        assert_eq!(roles.layout.stamp(&row).map(RawTime::key_s), Some(1_749_750_723));
    }

    #[test]
    fn tables_of_numbers_and_tables_without_times_are_not_claimed() {
        assert!(!claimed("time,load\n2025-06-12 17:52:03,1\n2025-06-12 17:53:03,2\n"));
        assert!(!claimed("name,owner,note\nkv,ops,first\nweb,ops,second\n"));
    }
}
