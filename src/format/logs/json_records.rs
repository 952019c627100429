//! JSON documents that hold records under keys of their own: arrays, objects with a list of records
//! (`{"records":[…]}`, `{"hits":{"hits":[…]}}`), pretty-printed objects one after the other.
//!
//! Written by exports and APIs that have no format of their own here.
//! Yields one record per element. Time: the key that holds one in the elements, decided for the whole
//! document; what stands before a cut end is read.

use std::borrow::Cow;

use super::json_bound::flatten;
use super::json_log;
use crate::format::fields::learned::{Flat, Learned, MAX_RECORDS};
use crate::format::json_elements::{Part, cut_fault, documents};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// JSON documents of records.
pub struct JsonRecords;

/// Keys under which exports put their records.
const LISTS: &[&str] = &[
    "records", "Records", "events", "Events", "value", "items", "data", "results", "result", "logs", "entries", "hits",
    "messages", "rows",
];
/// Deepest list looked for.
const MAX_DEPTH: usize = 2;
/// Score of a list of elements with a time; below every document known by its own.
const LIST: u8 = 40;
/// Score of a single object with a time.
const SINGLE: u8 = 22;

impl Format for JsonRecords {
    fn name(&self) -> &str {
        "json_records"
    }

    fn title(&self) -> &str {
        "JSON documents of records with keys of their own (arrays, lists in objects, printed objects)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "{\"total\":2,\"records\":[{\"seenAt\":\"2025-06-12T17:52:03Z\",\"user\":\"ops\",\"note\":\"lease lost\"},\n{\"seenAt\":\"2025-06-12T17:52:04Z\",\"user\":\"ops\",\"note\":\"lease back\"}]}",
            "{\n  \"loggedDate\": 1749750723,\n  \"note\": \"lease lost\"\n}\n{\n  \"loggedDate\": 1749750724,\n  \"note\": \"lease back\"\n}\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// What a document has shown of itself.
struct Layout {
    /// Keys that lead to the list of records in each document; empty when the documents are records.
    path: Vec<String>,
    learned: Learned,
    /// Elements looked at.
    elements: usize,
}

impl Layout {
    fn of(text: &str) -> Option<Layout> {
        let first = documents(text).next().filter(|d| begins(*d))?;
        let mut paths = lists(first);
        // A list of a known name comes first, then the document itself, then any list.
        let own = paths.iter().position(|p| !p.last().is_some_and(|k| LISTS.contains(&k.as_str())));
        paths.insert(own.unwrap_or(paths.len()), Vec::new());
        paths.into_iter().find_map(|path| {
            let flat: Vec<Flat> = elements(text, &path)
                .filter(|e| e.is_object())
                .take(MAX_RECORDS)
                .filter_map(|e| e.value())
                .map(|v| flatten(&v))
                .collect();
            Some(Layout { learned: Learned::of(&flat)?, elements: flat.len(), path })
        })
    }
}

/// Whether a document looks like JSON from its first bytes.
fn begins(document: Part<'_>) -> bool {
    let inner = document.text.get(1..).unwrap_or("").trim_start();
    (document.is_object() && inner.starts_with('"')) || (document.is_array() && inner.starts_with('{'))
}

/// Paths of the lists of objects in an object: known names first, then in file order.
fn lists(document: Part<'_>) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut walk: Vec<(Vec<String>, Part<'_>)> = vec![(Vec::new(), document)];
    while let Some((path, part)) = walk.pop() {
        for (key, value) in part.fields() {
            let path = [path.as_slice(), &[key.to_string()]].concat();
            if value.first_object().is_some() {
                found.push(path);
            } else if value.is_object() && path.len() < MAX_DEPTH {
                walk.push((path, value));
            }
        }
    }
    let unknown = |path: &Vec<String>| path.iter().any(|key| !LISTS.contains(&key.as_str()));
    found.sort_by_key(|path| (unknown(path), path.len()));
    found
}

/// The elements of every document of `text`.
fn elements<'a>(text: &'a str, path: &[String]) -> impl Iterator<Item = Part<'a>> {
    let keys: Vec<String> = path.to_vec();
    documents(text).flat_map(move |document| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let list = if document.is_array() { Some(document) } else { document.at(&keys).filter(|l| l.is_array()) };
        match list {
            Some(list) => list.items().collect::<Vec<_>>(),
            None => vec![document],
        }
    })
}

impl DocumentFormat for JsonRecords {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let layout = Layout::of(head.text)?;
        let score = if layout.elements > 1 || !layout.path.is_empty() { LIST } else { SINGLE };
        let list = match layout.path.join(".") {
            path if path.is_empty() => Cow::Borrowed("objects"),
            path => Cow::Owned(format!("a list of objects under `{path}`")),
        };
        Claimed::new(score, format!("{list}; {}", layout.learned.describe()))
    }

    fn ceiling(&self) -> u8 {
        LIST
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let layout =
            Layout::of(document.text).ok_or_else(|| Fault::new("expected JSON objects with a time, found none"))?;
        let mut whole = true;
        for element in elements(document.text, &layout.path) {
            let frame = document.frame(element.text);
            if !element.complete {
                whole = false;
                sink.reject("expected a whole JSON element, found one that is cut", &frame);
            } else if element.is_object() {
                match json_log::decode_object(element.text, &frame, sink, Some(&layout.learned)) {
                    Ok(()) => sink.account(FrameClass::Record, &frame),
                    Err(fault) => sink.reject(&fault.reason, &frame),
                }
            } else {
                sink.reject("expected a JSON object, found another value", &frame);
            }
        }
        if whole { Ok(()) } else { Err(cut_fault()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_list_gives_the_elements_before_the_cut() {
        let whole = JsonRecords.samples()[0];
        let cut = &whole[..whole.len() - 20];
        let head = Head { path: "x", text: cut, complete: true, modified_s: None };
        assert!(JsonRecords.detect(&head).is_some());
        let document = Document::new("x", cut);
        let mut sink = crate::format::logs::testing::Collected::default();
        assert!(JsonRecords.read(&document, &mut sink).is_err());
        assert_eq!(sink.logs.len(), 1);
    }

    #[test]
    fn settings_without_a_time_are_not_claimed() {
        for text in [
            "{\"name\":\"kv\",\"version\":\"2.0.1\",\"port\":8443}",
            "[1,2,3]",
            "{}",
            "[2025-06-12 17:52:03] x",
            "{\"a\":{\"expires\":\"2025-06-12T17:52:03Z\"}}",
        ] {
            assert!(
                JsonRecords.detect(&Head { path: "x", text, complete: true, modified_s: None }).is_none(),
                "{text}"
            );
        }
    }
}
