//! Signs that an export holds less than there was: a round number of records, a page that says more
//! follows, records that stand for several.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::model::{Diagnostic, DiagnosticKind, Fold, SourceEvidence};

/// Numbers of records at which exports and queries usually stop.
const LIMITS: [u64; 7] = [100, 1_000, 5_000, 10_000, 50_000, 100_000, 1_000_000];
/// The smallest of them that means something for lines, which nobody counts when writing.
const LINES: u64 = 1_000;
/// Records (percent of all) that must stand for several before a source is called sampled.
const SAMPLED: u64 = 50;
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
