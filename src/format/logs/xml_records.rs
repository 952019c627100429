//! XML whose elements are records under names of their own: one element a line, or the children of a root.
//!
//! Written by .NET listeners, test runners, appliances and exports of databases.
//! Sample: `<event time="2025-06-12T17:52:03Z" level="error">lease lost</event>`.
//! Yields one record an element. Time: the attribute or child that holds one in the elements, decided for the
//! whole document.

use super::json_bound::flatten;
use super::json_log;
use crate::format::fields::learned::{Flat, Learned, MAX_RECORDS};
use crate::format::xml_elements::{Element, elements};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// XML of records.
pub struct XmlRecords;

/// Score of elements with a time; below every document known by its own.
const LIST: u8 = 40;
/// Fewest elements.
const LEAST: usize = 2;
/// Roots within roots.
const DEPTH: usize = 3;
/// Roots of documents that are no lists of records.
const PAGES: &[&str] = &["html", "svg", "rss", "feed", "project", "plist"];

impl Format for XmlRecords {
    fn name(&self) -> &str {
        "xml_records"
    }

    fn title(&self) -> &str {
        "XML elements that are records with names of their own"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "<event time=\"2025-06-12T17:52:03Z\" level=\"error\">lease lost</event>\n<event time=\"2025-06-12T17:52:04Z\" level=\"info\">lease back</event>\n",
            "<?xml version=\"1.0\"?>\n<log>\n  <entry><when>2025-06-12T17:52:03Z</when><severity>error</severity><msg>lease lost</msg></entry>\n  <entry><when>2025-06-12T17:52:04Z</when><severity>info</severity><msg>lease back</msg></entry>\n</log>\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// The elements of one level that share the commonest name, and what they show.
fn records(text: &str) -> Option<(Vec<Element<'_>>, Learned)> {
    let mut text = text;
    for _ in 0..DEPTH {
        let (whole, open) = elements(text);
        if whole.iter().chain(&open).any(|e| PAGES.contains(&e.name.to_ascii_lowercase().as_str())) {
            return None;
        }
        let count = |name: &str| whole.iter().filter(|e| e.name == name).count();
        let name = whole.iter().map(|e| (count(e.name), e.name)).max_by_key(|(n, _)| *n).map(|(_, name)| name);
        let same: Vec<Element<'_>> = whole.iter().filter(|e| Some(e.name) == name).copied().collect();
        if same.len() >= LEAST
            && let Some(learned) = learned(&same)
        {
            return Some((same, learned));
        }
        // The longest element may hold them.
        text = whole.iter().chain(&open).max_by_key(|e| e.inner.len())?.inner;
    }
    None
}

fn learned(records: &[Element<'_>]) -> Option<Learned> {
    let values: Vec<_> = records.iter().take(MAX_RECORDS).map(Element::value).collect();
    let objects = values.iter().all(|value| value.as_object().is_some_and(|o| o.len() > 1));
    let flat: Vec<Flat> = values.iter().map(flatten).collect();
    if objects { Learned::of(&flat) } else { None }
}

impl DocumentFormat for XmlRecords {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        if !head.text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('<') {
            return None;
        }
        let (found, learned) = records(head.text)?;
        let name = found.first()?.name;
        Claimed::new(LIST, format!("elements `{name}`; {}", learned.describe()))
    }

    fn ceiling(&self) -> u8 {
        LIST
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (found, learned) =
            records(document.text).ok_or_else(|| Fault::new("expected XML elements with a time, found none"))?;
        let around = |from: usize, to: usize, sink: &mut dyn Sink| {
            let text = document.text.get(from..to).unwrap_or("").trim();
            if !text.is_empty() {
                sink.account(FrameClass::Blank, &document.frame(text));
            }
        };
        let mut at = 0;
        for element in &found {
            let start = element.text.as_ptr() as usize - document.text.as_ptr() as usize;
            around(at, start, sink);
            at = start + element.text.len();
            let frame = document.frame(element.text);
            match json_log::decode_object(&element.value().to_string(), &frame, sink, Some(&learned)) {
                Ok(()) => sink.account(FrameClass::Record, &frame),
                Err(fault) => sink.reject(&fault.reason, &frame),
            }
        }
        around(at, document.text.len(), sink);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_a_line_and_children_of_a_root_are_records() {
        for sample in XmlRecords.samples() {
            let mut sink = crate::format::logs::testing::Collected::default();
            assert!(XmlRecords.read(&Document::new("x", sample), &mut sink).is_ok());
            assert_eq!(sink.logs.len(), 2, "{sample}");
        }
    }

    #[test]
    fn pages_settings_and_pictures_are_not_claimed() {
        for text in [
            "<html><body><p>2025-06-12T17:52:03Z</p><p>2025-06-12T17:52:04Z</p></body></html>",
            "<settings><server host=\"kv-1\" port=\"1\"/><server host=\"kv-2\" port=\"2\"/></settings>",
            "<svg><g id=\"2025-06-12\" class=\"a\"/><g id=\"2025-06-13\" class=\"a\"/></svg>",
        ] {
            let head = Head { path: "x", text, complete: true, modified_s: None };
            assert!(XmlRecords.detect(&head).is_none(), "{text}");
        }
    }
}
