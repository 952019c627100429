//! Jaeger's traces: the JSON of its page and its query API.
//!
//! Yields: one log record a span, calls from the service of the parent. Time: start, µs since 1970.
//! Traces are sampled, often with a bias to errors: good for order and calls, not for rates.

use serde_json::{Map, Value, json};

use super::spans::{self, Owners};
use crate::format::json_elements::{Part, cut_fault, documents, read_one, root};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// Jaeger traces.
pub struct Jaeger;

impl Format for Jaeger {
    fn name(&self) -> &str {
        "jaeger"
    }

    fn title(&self) -> &str {
        "Jaeger traces in JSON"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"data":[{"traceID":"6f1c","spans":[{"traceID":"6f1c","spanID":"a1","operationName":"GET /v1/kv","references":[],"startTime":1749750723410003,"duration":2000000,"tags":[{"key":"error","type":"bool","value":true}],"processID":"p1"}],"processes":{"p1":{"serviceName":"kv","tags":[]}}}],"total":0}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Jaeger {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let trace = traces_of(root(head.text)?).into_iter().next()?;
        let span = trace.get("spans")?.first_object()?;
        let owned = span.has_any(&["processID", "process"]) && span.get("startTime").is_some();
        owned.then(|| Claimed::new(97, "spans with `processID` and `startTime`"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for envelope in documents(document.text) {
            for trace in traces_of(envelope) {
                let processes = trace.get("processes").and_then(Part::value).unwrap_or(Value::Null);
                let spans = || trace.get("spans").into_iter().flat_map(Part::items).filter(|part| part.complete);
                let owners: Owners =
                    spans().filter_map(Part::value).filter_map(|v| spans::owner(&plain(&v, &processes))).collect();
                for part in spans() {
                    read_one(part, document, sink, &mut |value, frame, sink| {
                        spans::read_span(&plain(value, &processes), &owners, frame, sink)
                    });
                }
            }
            if !envelope.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// The traces of a document: a list, a list under `data`, or a single one.
fn traces_of(root: Part<'_>) -> Vec<Part<'_>> {
    match [Some(root), root.get("data")].into_iter().flatten().find(|part| part.is_array()) {
        Some(list) => list.items().filter(|trace| trace.is_object()).collect(),
        None => vec![root],
    }
}

/// A span by the keys of plain span lists.
fn plain(span: &Value, processes: &Value) -> Value {
    let process = span["processID"].as_str().map_or(&span["process"], |id| &processes[id]);
    let tags: Map<String, Value> = span["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tag| Some((tag["key"].as_str()?.to_string(), tag["value"].clone())))
        .collect();
    let parents = || span["references"].as_array().into_iter().flatten();
    let parent = parents().find(|r| r["refType"] == "CHILD_OF").or_else(|| parents().next());
    json!({
        "trace_id": span["traceID"],
        "span_id": span["spanID"],
        "parent_id": parent.map(|r| r["spanID"].clone()),
        "name": span["operationName"],
        "service": process["serviceName"],
        "kind": tags.get("span.kind"),
        "start_time": span["startTime"],
        "duration_us": span["duration"],
        "status": tags.get("otel.status_code").cloned().unwrap_or_else(|| json!("unset")),
        "tags": tags,
    })
}
