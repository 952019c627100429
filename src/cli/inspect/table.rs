//! Many files on one screen: a line each, then what needs attention, told once for all it concerns.

use std::collections::BTreeMap;

use super::super::output::{fit, wrap};
use super::basis_word;
use crate::clock::zone::offset_label;
use crate::model::{ClockDecision, ClockKind, Diagnostic, DiagnosticKind, Evidence, Source};

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of a path and of a format.
const PATH: usize = 28;
const FORMAT: usize = 18;
/// Files from which those of one folder that are read alike share a line.
const MANY: usize = 100;
/// Files named beside a remark.
const NAMED: usize = 3;

/// One line of the table.
struct Row {
    path: String,
    format: String,
    zone: String,
    records: u64,
    rejected: u64,
}

/// One line a file; of very many files, one a folder and way of reading.
pub fn files(evidence: &Evidence, out: &mut String) {
    let copies = evidence.copies();
    let rows = evidence.sources.iter().map(|source| row(source, copies.contains_key(&source.id)));
    let rows: Vec<Row> = if evidence.sources.len() < MANY { rows.collect() } else { by_folder(rows) };
    line("file", "format", "zone", "records", "rejected", out);
    for row in rows {
        let (records, rejected) = (row.records.to_string(), row.rejected.to_string());
        line(&row.path, &row.format, &row.zone, &records, if row.rejected == 0 { "" } else { &rejected }, out);
    }
    out.push('\n');
}

fn line(path: &str, format: &str, zone: &str, records: &str, rejected: &str, out: &mut String) {
    let (path, format) = (tail(path, PATH), fit(format, FORMAT));
    let text = format!("{path:PATH$} {format:FORMAT$} {zone:15} {records:>7} {rejected:>8}");
    // A heading or a number that needs more room takes it from the blanks before it.
    let over = text.chars().count().saturating_sub(WIDTH);
    let text = if over > 0 { text.replacen(&" ".repeat(over + 1), " ", 1) } else { text };
    out.push_str(&fit(text.trim_end(), WIDTH));
    out.push('\n');
}

/// The end of a path, which tells files apart.
fn tail(path: &str, width: usize) -> String {
    let length = path.chars().count();
    if length <= width {
        return fit(path, width);
    }
    let end: String = path.chars().skip(length + 1 - width).collect();
    fit(&format!("…{end}"), width)
}

fn row(source: &Source, copy: bool) -> Row {
    let format = match source.formats.as_slice() {
        _ if copy => "a copy".to_string(),
        [] => "not read".to_string(),
        [one] => one.name.clone(),
        [one, rest @ ..] => format!("{} +{}", fit(&one.name, FORMAT - 3), rest.len()),
    };
    Row {
        path: source.info.path.clone(),
        format,
        zone: zone(source),
        records: source.accounting.records.frames,
        rejected: source.accounting.rejected_frames(),
    }
}

/// The least certain offset of a source and why, in a word, and how many others there are; empty when nothing
/// in it has a time.
fn zone(source: &Source) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut clocks: Vec<&ClockDecision> = source.clocks.iter().collect();
    clocks.sort_by_key(|clock| std::cmp::Reverse(clock.basis));
    for clock in clocks {
        let text = match clock.clock {
            ClockKind::Relative => "elapsed".to_string(),
            _ if clock.offset_s == 0 => format!("UTC {}", basis_word(clock.basis)),
            _ => format!("{} {}", offset_label(clock.offset_s), basis_word(clock.basis)),
        };
        if !told.contains(&text) {
            told.push(text);
        }
    }
    match told.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, rest @ ..] => fit(&format!("{one} +{}", rest.len()), 15),
    }
}

/// Rows of one folder that are read alike become one.
fn by_folder(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut groups: BTreeMap<(String, String, String), Vec<Row>> = BTreeMap::new();
    for row in rows {
        let folder = row.path.rfind(['/', '!']).map_or("", |at| row.path.get(..=at).unwrap_or("")).to_string();
        groups.entry((folder, row.format.clone(), row.zone.clone())).or_default().push(row);
    }
    let join = |((folder, format, zone), rows): ((String, String, String), Vec<Row>)| match rows.len() {
        1 => rows.into_iter().next(),
        files => Some(Row {
            path: format!("{folder}* ({files} files)"),
            format,
            zone,
            records: rows.iter().map(|row| row.records).sum(),
            rejected: rows.iter().map(|row| row.rejected).sum(),
        }),
    };
    groups.into_iter().filter_map(join).collect()
}

/// What there is to say, each once, with the files it concerns; what was left out or lost comes first.
pub fn remarks(evidence: &Evidence, out: &mut String) {
    let mut groups: BTreeMap<(bool, DiagnosticKind, String), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in &evidence.diagnostics {
        let alike: String = diagnostic.message.chars().filter(|c| !c.is_ascii_digit()).collect();
        groups.entry((!diagnostic.kind.fails_strict(), diagnostic.kind, alike)).or_default().push(diagnostic);
    }
    for group in groups.into_values() {
        let Some(first) = group.first() else { continue };
        let hint = if first.hint.is_empty() { String::new() } else { format!("; {}", first.hint) };
        for part in wrap(&format!("{}{hint}", first.message), WIDTH) {
            out.push_str(&format!("{}\n", fit(&part, WIDTH)));
        }
        for part in wrap(&concerned(&group), WIDTH - 2) {
            out.push_str(&format!("  {}\n", fit(&part, WIDTH - 2)));
        }
        out.push('\n');
    }
}

/// The places of a remark, a few of them by name.
fn concerned(group: &[&Diagnostic]) -> String {
    let place = |diagnostic: &&Diagnostic| {
        let line = diagnostic.line.map_or(String::new(), |line| format!(":{line}"));
        let times = if diagnostic.count > 1 { format!(" ({} times)", diagnostic.count) } else { String::new() };
        format!("{}{line}{times}", diagnostic.path)
    };
    let named: Vec<String> = group.iter().take(NAMED).map(place).collect();
    let more = group.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("in {}{rest}", named.join(", "))
}
