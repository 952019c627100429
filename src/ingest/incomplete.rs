//! Signs that an export holds less than there was: a round number of records, a page that says more
//! follows, records that stand for several.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::format::logs::object;
use crate::model::{Diagnostic, DiagnosticKind, Fold, SourceEvidence};

/// Numbers of records at which exports and queries usually stop.
const LIMITS: [u64; 7] = [100, 1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000];
/// The smallest of them that means something for lines, which nobody counts when writing.
const LINES: u64 = 1_000;
/// Records (percent of all) that must stand for several before a source is called sampled.
const SAMPLED: u64 = 50;
/// Rows of a file that are held against the shape of an edge's request log, …
const EDGE_ROWS: usize = 20;
/// … and the fewest columns of one: id, time, status and what was asked for.
const EDGE_COLUMNS: usize = 4;
/// Objects inside objects that are looked at for what an export says of itself.
const DEPTH: u8 = 4;

/// Keys with which an export says that it is not whole, when they hold `true`.
const FLAGS: [&str; 9] = [
    "truncated",
    "is_truncated",
    "has_more",
    "more",
    "partial",
    "is_partial",
    "incomplete_results",
    "timed_out",
    "has_next_page",
];
/// Keys with which a page names the one after it, when they hold a text.
const CURSORS: [&str; 7] =
    ["next_token", "next_cursor", "next_page_token", "next_page", "next_forward_token", "after_cursor", "next_link"];

/// What there is to say once a source has been read; `document` when it was read whole.
pub(super) fn notes(source: &SourceEvidence, document: bool) -> Vec<Diagnostic> {
    let records = source.folds.iter().map(|fold| fold.records).sum::<u64>() + source.events.len() as u64;
    let round = LIMITS.contains(&records) && (document || records >= LINES);
    let capped = round.then(|| {
        let message = format!(
            "expected an export of everything, found exactly {records} records, where exports are often cut; figures \
             are lower bounds if it was"
        );
        incomplete(message, "export it again with a higher limit, or in smaller pieces")
    });
    capped.into_iter().chain(sampled(&source.folds)).collect()
}

/// What there is to say of a source of traces: which of them are there is decided by a sampler.
pub(super) fn traces(source: &SourceEvidence) -> Option<Diagnostic> {
    let spans = ["jaeger", "otlp_traces", "spans"];
    let records = source.folds.iter().map(|fold| fold.records).sum::<u64>();
    source.formats.iter().find(|f| spans.contains(&f.name.as_str())).filter(|_| records > 0)?;
    let message = "expected every request, found traces, which samplers thin out, often keeping the failed ones; \
                   ratios of this file are of what was kept"
        .to_string();
    Some(incomplete(message, "take rates from access logs or metrics, order and calls from here"))
}

/// What there is to say of a source whose last line, `last` at `line`, was rejected because it ends early.
pub(super) fn cut(source: &SourceEvidence, last: &str, line: u64) -> Option<Diagnostic> {
    let cut = source.accounting.rejected.contains_key(object::ENDS_EARLY)
        && last.find('{').and_then(|at| last.get(at..)).is_some_and(object::ends_early);
    let message = "expected the end of a record at the end of the file, found half of one: the export was cut there";
    let found = Diagnostic::new(DiagnosticKind::Truncated, "", message).at_line(line);
    cut.then(|| found.hint("what came before was read; export the file again"))
}

/// Formats whose rows have as many cells as the header above them.
const TABLES: [&str; 5] = ["csv_log", "log_table", "csv_long", "csv_wide", "timeline_table"];

/// What there is to say of a table read by `format` whose last row, `last` at `line`, ends without a line end before it
/// has as many cells as the `header`.
pub(super) fn cut_row(format: &str, header: &str, last: &str, line: u64) -> Option<Diagnostic> {
    TABLES.contains(&format).then_some(())?;
    let mark = [',', ';', '\t', '|'].into_iter().max_by_key(|mark| header.matches(*mark).count())?;
    // Marks outside quotes, and whether the last quote was closed.
    let count = |row: &str| {
        row.chars()
            .fold((1, true), |(cells, closed), c| (cells + usize::from(c == mark && closed), closed != (c == '"')))
    };
    let ((all, _), (found, closed)) = (count(header.trim_end()), count(last));
    let message = format!(
        "expected {all} cells in the last row, found {found}{}: the export was cut there",
        if closed { "" } else { ", the last without its closing quote" }
    );
    let note = Diagnostic::new(DiagnosticKind::Truncated, "", message).at_line(line);
    (all > 1 && (found < all || !closed)).then(|| note.hint("what came before was read; export the file again"))
}

/// What there is to say of rows of an edge's request log without the names of their columns: Logpush as CSV,
/// whose columns stand in the order the user chose. Known by a Ray ID and a status in every row.
pub(super) fn unnamed_edge_rows(source: &SourceEvidence, head: &str) -> Option<Diagnostic> {
    source.formats.iter().find(|format| format.name == "stamped_text")?;
    let rows: Vec<Vec<&str>> = head.lines().filter(|line| !line.trim().is_empty()).take(EDGE_ROWS).map(cells).collect();
    let columns = rows.iter().map(Vec::len).min().filter(|columns| *columns >= EDGE_COLUMNS)?;
    let all = |is: fn(&str) -> bool| (0..columns).any(|at| rows.iter().all(|row| is(row[at])));
    let status = |cell: &str| cell.len() == 3 && matches!(cell.parse(), Ok(100..=599));
    let whole = rows.len() > 1 && all(is_ray) && all(status);
    let message = "expected the names of the columns, found rows that look like Cloudflare Logpush CSV without header: \
                   only their times are read, no status, service or duration";
    let found =
        || incomplete(message.to_string(), "export again with output_type ndjson, or with the names as batch_prefix");
    whole.then(found)
}

/// Cells of a row without regard to commas in quotes.
fn cells(line: &str) -> Vec<&str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"')).collect()
}

/// Whether a cell is a Ray ID: 16 hexadecimal digits that are no decimal number.
fn is_ray(cell: &str) -> bool {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    cell.len() == 16 && cell.bytes().all(lower) && cell.bytes().any(|b| b.is_ascii_lowercase())
}

fn sampled(folds: &[Fold]) -> Option<Diagnostic> {
    let mut by_weight: BTreeMap<u32, u64> = BTreeMap::new();
    for fold in folds.iter().filter(|fold| fold.rollup.tracks.keys().any(|key| key.weight_milli != 1000)) {
        for (key, track) in &fold.rollup.tracks {
            let records = track.cells.values().map(|cell| u64::from(cell.records)).sum::<u64>();
            *by_weight.entry(key.weight_milli).or_default() += records;
        }
    }
    let all: u64 = by_weight.values().sum();
    let several: u64 = by_weight.iter().filter(|(weight, _)| **weight > 1000).map(|(_, records)| records).sum();
    if several == 0 || several * 100 < SAMPLED * all {
        return None;
    }
    let (weight, _) = by_weight.iter().max_by_key(|(weight, records)| (**records, **weight))?;
    let message = format!(
        "expected every record, found a sample: {several} of {all} stand for several each, most often {}; they are \
         multiplied, and what is rare may be missing",
        f64::from(*weight) / 1000.0
    );
    Some(incomplete(message, "figures of this file are estimates"))
}

/// What a JSON document says of itself besides its records: more follows, or it was cut.
pub(super) fn says_more(text: &str) -> Option<Diagnostic> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let mut found = Found::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    // A document that ends early was already said to.
    let _ = reader.deserialize_any(Objects { depth: 0, key: "", found: &mut found });
    let limit = found.limit.filter(|limit| *limit >= 2 && found.longest == *limit);
    let told = found.said.or_else(|| limit.map(|limit| format!("\"limit\": {limit} and as many records")))?;
    let message = format!("expected an export of everything, found {told}: there was more; figures are lower bounds");
    Some(incomplete(message, "bring the other pages too, if they are not here already"))
}

fn incomplete(message: String, hint: &str) -> Diagnostic {
    Diagnostic::new(DiagnosticKind::Incomplete, "", message).hint(hint)
}

/// What was found in the objects of a document.
#[derive(Default)]
struct Found {
    said: Option<String>,
    limit: Option<u64>,
    longest: u64,
}

/// Walks the objects at the top of a document; elements of lists are records and not looked at.
struct Objects<'f> {
    depth: u8,
    key: &'f str,
    found: &'f mut Found,
}

impl Objects<'_> {
    /// Whether the key is one of `known`, however it is written (`nextToken`, `NextToken`, `next_token`).
    fn is(&self, known: &[&str]) -> bool {
        let plain = |key: &str| -> String {
            key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        let key = plain(self.key);
        known.iter().any(|one| plain(one) == key)
    }
}

impl<'de> Visitor<'de> for Objects<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.depth < DEPTH {
                let inside = Objects { depth: self.depth + 1, key: &key, found: &mut *self.found };
                map.next_value_seed(inside)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut elements = 0;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            elements += 1;
        }
        self.found.longest = self.found.longest.max(elements);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        if value && self.is(&FLAGS) {
            self.found.said.get_or_insert_with(|| format!("\"{}\": true", self.key));
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        if !value.is_empty() && self.is(&CURSORS) {
            self.found.said.get_or_insert_with(|| format!("\"{}\"", self.key));
        }
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        if self.is(&["limit"]) {
            self.found.limit = Some(value);
        }
        Ok(())
    }

    fn visit_i64<E>(self, _value: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _value: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Objects<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Exemplar, Span};

    #[test]
    fn an_export_that_says_it_is_not_whole_is_believed() {
        for said in [
            r#"{"events": [{"a": 1}], "nextToken": "b/3"}"#,
            r#"{"ok": true, "messages": [], "has_more": true}"#,
            r#"{"response_metadata": {"next_cursor": "dXNlcjo="}, "messages": []}"#,
            r#"{"log_entries": [{}, {}], "limit": 2, "offset": 0, "more": false}"#,
            r#"{"data": {"search": {"pageInfo": {"hasNextPage": true}}}}"#,
            r#"{"hits": {"total": 9}, "timed_out": true}"#,
        ] {
            assert!(says_more(said).is_some_and(|d| d.message.contains("lower bounds")), "{said}");
        }
    }

    fn read_by(name: &str) -> SourceEvidence {
        let used = crate::model::FormatUse { name: name.to_string(), reason: String::new(), score: 28 };
        SourceEvidence { formats: vec![used], ..SourceEvidence::default() }
    }

    #[test]
    fn rows_of_an_edge_without_header_are_named() {
        let rows = "kv.example,GET,/v1/ns,1749750723410000200,503,0,94e0a1c000000001\n\
                    kv.example,GET,/v1/kv,1749750724410000200,200,200,94e0a1c000000002\n";
        let said = unnamed_edge_rows(&read_by("stamped_text"), rows).unwrap();
        assert!(said.message.contains("Logpush CSV without header") && said.hint.contains("ndjson"));
        assert_eq!(unnamed_edge_rows(&read_by("csv_log"), rows), None);
        let other = rows.replace("94e0a1c0", "12345678");
        assert_eq!(unnamed_edge_rows(&read_by("stamped_text"), &other), None, "numbers are no Ray IDs");
    }

    #[test]
    fn a_last_line_that_was_cut_is_said() {
        let mut source = read_by("json_log");
        let line = r#"{"time":"2025-06-12T17:52:03Z","level":"error","ms"#;
        assert_eq!(cut(&source, line, 7), None, "it was read");
        source.accounting.reject(object::ENDS_EARLY, 48, || Exemplar::new(Span::default(), line));
        assert_eq!(cut(&source, line, 7).map(|d| (d.kind, d.line)), Some((DiagnosticKind::Truncated, Some(7))));
        assert_eq!(cut(&source, r#"{"time":"2025-06-12T17:52:04Z","level":"error"}"#, 8), None);
    }

    #[test]
    fn a_last_row_with_fewer_cells_than_the_header_is_said_to_be_cut() {
        let of = |last| cut_row("csv_log", "time,service,status,message\r", last, 9).map(|d| d.message);
        let whole = "2025-06-12T17:52:04Z,kv,503,\"no, not yet\"";
        assert_eq!(of(whole), None, "a comma in quotes ends no cell");
        let short = of("2025-06-12T17:52:04Z,kv,50").unwrap();
        assert!(short.contains("4 cells in the last row, found 3:"), "{short}");
        let open = of("2025-06-12T17:52:04Z,kv,503,\"no, not").unwrap();
        assert!(open.contains("found 4, the last without its closing quote"), "{open}");
        assert_eq!(cut_row("access_log", "a,b,c", "a", 9), None, "no table");
        assert_eq!(cut_row("csv_log", "time", "2025", 9), None, "one column cannot be told");
    }

    #[test]
    fn what_a_record_says_of_itself_is_no_word_about_the_export() {
        for whole in [
            r#"{"events": [{"truncated": true, "nextToken": "x"}]}"#,
            r#"{"events": [], "nextToken": null, "has_more": false, "next_cursor": ""}"#,
            r#"{"log_entries": [{}], "limit": 25, "more": false}"#,
            r#"[{"has_more": true}]"#,
            "has_more: true",
        ] {
            assert_eq!(says_more(whole), None, "{whole}");
        }
    }
}
