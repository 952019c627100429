//! Loki's log streams: the HTTP API's `query_range`, and what is pushed to it.
//!
//! Yields one record an entry; the line inside is the record, the stamp around it a witness, labels give
//! the service. Time: a decimal string of nanoseconds since 1970. The API stops at 100 lines unless
//! asked for more, newest first.

use serde_json::{Value, json};

use super::{json_list, json_log};
use crate::format::json_elements::{Part, cut_fault, documents, root};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// Loki's streams.
pub struct Loki;

impl Format for Loki {
    fn name(&self) -> &str {
        "loki"
    }

    fn title(&self) -> &str {
        "Loki log streams (query_range, push)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"kv"},"values":[["1749750723410003121","level=error msg=\"read failed\""]]}],"stats":{}}}"#,
            r#"{"streams":[{"stream":{"app":"kv"},"values":[["1749750723410003121","read failed"]]}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Loki {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let list = streams_of(root)?;
        let said = root.at(&["data", "resultType"]).and_then(Part::string).as_deref() == Some("streams");
        match list.first_object() {
            Some(first) if first.has(&["stream", "values"]) => Claimed::new(98, "streams with labels and `values`"),
            None if said => Claimed::new(95, "`resultType` streams"),
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            let Some(list) = streams_of(part) else {
                sink.reject("expected log streams, found another object", &document.frame(part.text));
                continue;
            };
            let mut count = 0;
            for stream in list.items() {
                let labels = stream.get("stream").and_then(Part::value).unwrap_or(Value::Null);
                for entry in stream.get("values").into_iter().flat_map(Part::items).filter(|part| part.complete) {
                    count += 1;
                    read_entry(entry, &labels, document, sink);
                }
            }
            json_list::warn_of_caps(part, count, document, sink);
            if !part.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// The list of streams of a reply, a push, or a list by itself.
fn streams_of(root: Part<'_>) -> Option<Part<'_>> {
    let paths: [&[&str]; 4] = [&[], &["data", "result"], &["result"], &["streams"]];
    let list = paths.iter().filter_map(|path| root.at(path)).find(|part| part.is_array())?;
    list.first_object().is_none_or(|first| first.get("stream").is_some()).then_some(list)
}

/// Reads `[stamp, line]`, with its structured metadata behind it in newer versions.
fn read_entry(entry: Part<'_>, labels: &Value, document: &Document<'_>, sink: &mut dyn Sink) {
    let frame = document.frame(entry.text);
    let mut items = entry.items();
    let (Some(stamp), Some(line)) = (items.next().and_then(Part::string), items.next().and_then(Part::string)) else {
        sink.reject("expected a stamp and a line, found another entry", &frame);
        return;
    };
    let record = json!({ "timestamp": stamp, "line": line, "labels": labels }).to_string();
    match json_log::decode_object(&record, &frame, sink, None) {
        Ok(()) => sink.account(FrameClass::Record, &frame),
        Err(fault) => sink.reject(&fault.reason, &frame),
    }
}
