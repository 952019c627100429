//! Tables as elements: CSV with a header row, and text aligned in columns.

use serde_json::{Map, Value};

use crate::format::metrics::rows::{Dialect, rows};

/// One row: its text in the document and its cells by name.
pub(super) struct Row<'a> {
    pub(super) raw: &'a str,
    pub(super) value: Value,
}

/// The rows below the header of a table; `None` when the text is no table.
pub(super) fn of_table(text: &str) -> Option<Vec<Row<'_>>> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    if first.trim_start_matches('\u{feff}').starts_with(['{', '[', '<', '#']) {
        return None;
    }
    let found = match Dialect::of(text) {
        Some(dialect) => separated(text, &dialect),
        None => aligned(text),
    };
    Some(found).filter(|rows| !rows.is_empty())
}

/// Column names in one spelling: lower case, `_` for everything that is neither letter nor digit.
fn name(head: &str) -> String {
    let words = head.trim_matches(['\u{feff}', '"', ' ', '\t']).split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join("_").to_ascii_lowercase()
}

/// The column names of a header line, whatever parts them.
pub(super) fn heads(line: &str) -> impl Iterator<Item = String> {
    let cells: Vec<&str> =
        if line.contains(['\t', ',', ';']) { line.split(['\t', ',', ';']).collect() } else { cells(line).collect() };
    cells.into_iter().map(name)
}

fn element<'c>(heads: &[String], cells: impl Iterator<Item = &'c str>) -> Value {
    let cells = cells.map(|cell| Value::String(cell.trim().to_string()));
    Value::Object(heads.iter().cloned().zip(cells).collect::<Map<_, _>>())
}

fn separated<'a>(text: &'a str, dialect: &Dialect) -> Vec<Row<'a>> {
    let mut rows = rows(text, dialect);
    let Some(head) = rows.next() else { return Vec::new() };
    let heads: Vec<String> = head.cells.iter().map(name).collect();
    rows.map(|row| Row { raw: row.raw, value: element(&heads, row.cells.iter()) }).collect()
}

/// Columns that begin where the words of the header begin, two blanks apart at least.
fn aligned(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let Some(head) = lines.next() else { return Vec::new() };
    let heads: Vec<String> = cells(head).map(name).collect();
    if heads.len() < 2 {
        return Vec::new();
    }
    lines.map(|line| Row { raw: line, value: element(&heads, cells(line)) }).collect()
}

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty())
}
