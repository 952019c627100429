//! YAML documents that hold records under keys of their own: a list, alone or under one key, or documents one
//! after the other.
//!
//! Written by the command line tools of clouds (`gcloud logging read`, `aws logs … --output yaml`, `az … -o yaml`).
//! Sample: `events:`, below it one block a list item. Objects of Kubernetes are none of these: the times in them
//! tell of their making.
//! Yields one record an item. Time: the key that holds one in the items, decided for the whole document.

use super::json_bound::flatten;
use super::json_log;
use crate::format::fields::learned::{Flat, Learned, MAX_RECORDS};
use crate::format::yaml::{self, Line};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// YAML documents of records.
pub struct YamlRecords;

/// Score of a list of items with a time; below every document known by its own.
const LIST: u8 = 40;
/// Fewest items of a list.
const LEAST: usize = 2;

impl Format for YamlRecords {
    fn name(&self) -> &str {
        "yaml_records"
    }

    fn title(&self) -> &str {
        "YAML documents of records with keys of their own (lists, documents one after the other)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "events:\n- logStream: kv/1\n  loggedAt: 1749750723410\n  note: lease lost\n- logStream: kv/1\n  loggedAt: 1749750724410\n  note: lease back\n",
            "---\nnote: lease lost\nseenAt: '2025-06-12T17:52:03Z'\n---\nnote: lease back\nseenAt: '2025-06-12T17:52:04Z'\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// What a document is made of: the lines of its items, and the lines around them.
#[derive(Default)]
struct Items<'t> {
    items: Vec<Vec<Line<'t>>>,
    around: Vec<Line<'t>>,
}

/// Whether the first lines could be those of such a document.
fn begins(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = lines.next() else { return false };
    let keyed = |line: &str| yaml::key_of(line.trim_start_matches("- ")).is_some();
    match first.strip_prefix("- ") {
        Some(item) => keyed(item),
        None if first == "---" => lines.next().is_some_and(keyed),
        None => yaml::key_of(first).is_some(),
    }
}

impl<'t> Items<'t> {
    fn of(document: &Document<'t>) -> Items<'t> {
        let frames: Vec<_> = document.lines().collect();
        let lines: Vec<Line<'t>> = frames.iter().filter_map(|frame| yaml::line(*frame)).collect();
        let mut parts = frames.split(|frame| frame.text.trim_end() == "---");
        let several = parts.by_ref().filter(|part| part.iter().any(|frame| yaml::line(*frame).is_some())).count() > 1;
        if several {
            let parts = frames.split(|frame| frame.text.trim_end() == "---");
            let items = parts.map(|part| part.iter().filter_map(|frame| yaml::line(*frame)).collect::<Vec<_>>());
            return Items { items: items.filter(|item| !item.is_empty()).collect(), around: Vec::new() };
        }
        // The list begins at the first dash, alone or below a key at the outermost place.
        let is_item = |line: &Line<'_>| line.text.starts_with("- ");
        let first = lines.iter().position(is_item);
        let dash = first.filter(|at| *at == 0 || lines[*at - 1].indent == 0).map(|at| lines[at].indent);
        let mut found = Items::default();
        for line in lines {
            match found.items.last_mut() {
                _ if is_item(&line) && Some(line.indent) == dash => found.items.push(vec![line]),
                Some(item) if dash.is_some_and(|dash| line.indent > dash) => item.push(line),
                _ => found.around.push(line),
            }
        }
        found
    }

    fn learned(&self) -> Option<Learned> {
        let values: Vec<_> = self.items.iter().take(MAX_RECORDS).map(|item| element(item)).collect();
        let objects =
            values.len() >= LEAST && values.iter().all(|value| value.as_object().is_some_and(|o| o.len() > 1));
        let made = values.iter().any(|value| value.get("apiVersion").is_some());
        let flat: Vec<Flat> = values.iter().map(flatten).collect();
        if objects && !made { Learned::of(&flat) } else { None }
    }
}

/// The object of an item.
fn element(item: &[Line<'_>]) -> serde_json::Value {
    match yaml::value(item) {
        serde_json::Value::Array(mut items) if items.len() == 1 => items.swap_remove(0),
        value => value,
    }
}

impl DocumentFormat for YamlRecords {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        if !begins(head.text) {
            return None;
        }
        let mut items = Items::of(&Document::new(head.path, head.text));
        if !head.complete {
            items.items.pop();
        }
        let learned = items.learned()?;
        Claimed::new(LIST, format!("a list of YAML objects; {}", learned.describe()))
    }

    fn ceiling(&self) -> u8 {
        LIST
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let items = Items::of(document);
        let learned =
            items.learned().ok_or_else(|| Fault::new("expected a list of YAML objects with a time, found none"))?;
        document.lines().filter(|frame| yaml::line(*frame).is_none()).for_each(|f| sink.account(FrameClass::Blank, &f));
        items.around.iter().for_each(|line| sink.account(FrameClass::Blank, &line.frame));
        for item in &items.items {
            let frame = yaml::whole(document, item);
            let text = element(item).to_string();
            match json_log::decode_object(&text, &frame, sink, Some(&learned)) {
                Ok(()) => sink.account(FrameClass::Record, &frame),
                Err(fault) => sink.reject(&fault.reason, &frame),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_settings_and_front_matter_are_not_claimed() {
        for text in [
            "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    creationTimestamp: \"2025-06-12T17:50:00Z\"\n- apiVersion: v1\n  kind: Pod\n",
            "services:\n- name: kv\n  port: 8443\n- name: web\n  port: 443\n",
            "---\ntitle: kv is down\ndate: 2025-06-12 17:52:03\n---\nWe lost the lease.\n",
            "note: a\nseenAt: 2025-06-12T17:52:03Z\n",
        ] {
            let head = Head { path: "x", text, complete: true, modified_s: None };
            assert!(YamlRecords.detect(&head).is_none(), "{text}");
        }
    }

    #[test]
    fn items_of_a_list_are_records() {
        let document = Document::new("x", YamlRecords.samples()[0]);
        let mut sink = crate::format::logs::testing::Collected::default();
        assert!(YamlRecords.read(&document, &mut sink).is_ok());
        assert_eq!(sink.logs.len(), 2);
    }
}
