//! Log records inside JSON documents: exports of clouds, search engines and log services.
//!
//! CloudWatch Logs (`filter-log-events`, subscription data, Insights results), `gcloud logging
//! read`, Azure Monitor's `records`, Elasticsearch hits, Splunk results, Datadog's log list, audit
//! trails, and records that were printed over several lines.
//! Yields one record an element, by the keys that JSON lines are read by; a log line inside an element
//! is the record, and the stamp around it a witness.
//! Time: any key of the alias table; lists may be newest first.

use super::json_log;
use crate::format::json_elements::{Part, cut_fault, documents, root};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Diagnostic, DiagnosticKind};

/// Lists of log records in JSON documents.
pub struct JsonList;

/// Where documents keep their list, outermost key first.
const LISTS: &[&[&str]] = &[
    &["hits", "hits"],
    &["rawResponse", "hits", "hits"],
    &["response", "hits", "hits"],
    &["data", "logs"],
    &["data", "events"],
    &["data", "actor", "account", "nrql", "results"],
    &["Records"],
    &["records"],
    &["logEvents"],
    &["events"],
    &["entries"],
    &["results"],
    &["logs"],
    &["items"],
    &["value"],
    &["rows"],
    &["data"],
];

/// Numbers of records that query tools stop at.
const CAPS: &[usize] = &[30, 100, 500, 1_000, 5_000, 10_000, 30_000, 50_000, 100_000];

/// Keys whose text says that more pages exist.
const MORE: &[&[&str]] = &[
    &["nextToken"],
    &["NextToken"],
    &["nextPageToken"],
    &["@odata.nextLink"],
    &["nextLink"],
    &["meta", "page", "after"],
    &["links", "next"],
];

impl Format for JsonList {
    fn name(&self) -> &str {
        "json_list"
    }

    fn title(&self) -> &str {
        "log records in JSON documents (CloudWatch Logs, gcloud, Azure, Elasticsearch, Splunk, Datadog exports)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"events":[{"logStreamName":"kv/1","timestamp":1749750723410,"message":"ERROR read failed","ingestionTime":1749750724000,"eventId":"1"}],"searchedLogStreams":[]}"#,
            r#"{"results":[[{"field":"@timestamp","value":"2025-06-12 17:52:03.410"},{"field":"@message","value":"ERROR read failed"},{"field":"@ptr","value":"Cg"}]],"status":"Complete"}"#,
            r#"[{"insertId":"a1","logName":"projects/p/logs/stderr","resource":{"type":"k8s_container","labels":{"container_name":"kv"}},"severity":"ERROR","textPayload":"read failed","timestamp":"2025-06-12T17:52:03.410003121Z"}]"#,
            r#"{"records":[{"time":"2025-06-12T17:52:03.4100000Z","resourceId":"/SUBSCRIPTIONS/1/X","category":"AppServiceHTTPLogs","operationName":"op","properties":{"ScStatus":503}}]}"#,
            r#"{"took":3,"hits":{"total":{"value":1,"relation":"eq"},"hits":[{"_index":"kv-1","_source":{"@timestamp":"2025-06-12T17:52:03.410Z","message":"read failed","log":{"level":"error"}}}]}}"#,
            r#"{"data":[{"id":"A1","type":"log","attributes":{"timestamp":"2025-06-12T17:52:03.410Z","status":"error","service":"kv","message":"read failed"}}],"meta":{"page":{"after":"x"}}}"#,
            "{\n  \"level\": \"error\",\n  \"time\": \"2025-06-12T17:52:03Z\",\n  \"msg\": \"read failed\"\n}\n{\n  \"level\": \"info\",\n  \"time\": \"2025-06-12T17:52:04Z\",\n  \"msg\": \"read\"\n}\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for JsonList {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        if let Some(list) = list_of(root) {
            let first = list.items().find(|item| item.is_object() || item.is_array())?;
            let score = if root.is_array() { 90 } else { 92 };
            return is_element(first).then(|| Claimed::new(score, "a list of objects with the keys of log records"))?;
        }
        let spread = root.is_object() && root.complete && root.text.contains('\n');
        (spread && json_log::is_record(root.text))
            .then(|| Claimed::new(90, "objects with the keys of log records, over several lines"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut rest = document.text;
        let mut whole = Ok(());
        while let Some(part) = documents(rest).next() {
            let end = part.text.as_ptr() as usize - document.text.as_ptr() as usize + part.text.len();
            rest = document.text.get(end..).unwrap_or("");
            if part.complete || list_of(part).is_some() {
                whole = read_document(part, document, sink);
                continue;
            }
            // A broken object does not end the file: the next one begins at the next line with a brace.
            let frame = document.frame(part.text);
            match part.text.get(1..).and_then(|text| text.find("\n{").map(|at| at + 2)) {
                Some(at) => {
                    sink.reject("expected JSON, found text that is none", &document.frame(&part.text[..at]));
                    rest = &part.text[at..];
                }
                None => {
                    sink.reject("expected a JSON object, found one that ends early", &frame);
                    whole = Err(cut_fault());
                }
            }
        }
        whole
    }
}

/// The list of a document: itself, or what stands under one of the known keys.
fn list_of(root: Part<'_>) -> Option<Part<'_>> {
    if root.is_array() {
        return Some(root);
    }
    // A record that holds a list of its own is still a record.
    let lists = LISTS.iter().filter_map(|path| root.at(path)).filter(|part| part.is_array());
    let mut lists = lists.filter(|list| list.items().next().is_some_and(is_element));
    lists.next().filter(|_| !json_log::is_record(root.text))
}

/// Whether an element is a record: an object with the keys of one, or a row of fields and values.
fn is_element(part: Part<'_>) -> bool {
    if part.is_array() {
        return part.first_object().is_some_and(|cell| cell.has(&["field", "value"]));
    }
    part.is_object() && json_log::is_record(part.text)
}

fn read_document(part: Part<'_>, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some(list) = list_of(part) else {
        read_element(part, document, sink);
        return Ok(());
    };
    let mut count = 0;
    for item in list.items().filter(|item| item.complete) {
        count += 1;
        read_element(item, document, sink);
    }
    warn_of_caps(part, count, document, sink);
    if list.complete { Ok(()) } else { Err(cut_fault()) }
}

fn read_element(part: Part<'_>, document: &Document<'_>, sink: &mut dyn Sink) {
    let frame = document.frame(part.text);
    let result = if part.is_array() {
        read_row(part, &frame, sink)
    } else {
        json_log::decode_object(part.text, &frame, sink, None)
    };
    match result {
        Ok(()) => sink.account(FrameClass::Record, &frame),
        Err(fault) => sink.reject(&fault.reason, &frame),
    }
}

/// A row of a CloudWatch Insights result. Its stamps are UTC although they do not say so.
fn read_row(row: Part<'_>, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let mut object = serde_json::Map::new();
    for cell in row.items().filter_map(Part::value) {
        if let Some(key) = cell["field"].as_str() {
            object.insert(key.to_string(), cell["value"].clone());
        }
    }
    sink.zone_note("UTC", frame);
    json_log::decode_object(&serde_json::Value::Object(object).to_string(), frame, sink, None)
}

/// Says that an export holds less than there was to export.
pub(super) fn warn_of_caps(root: Part<'_>, count: usize, document: &Document<'_>, sink: &mut dyn Sink) {
    let place = document.frame(root.text).span.line;
    let mut say = |message: String, hint: &str| {
        sink.diagnostic(Diagnostic::new(DiagnosticKind::Incomplete, document.path, message).at_line(place).hint(hint));
    };
    if let Some(key) = MORE.iter().find(|path| root.at(path).and_then(Part::string).is_some_and(|s| !s.is_empty())) {
        say(
            format!("expected the last page of an export, found a `{}` that names a next one", key.join(".")),
            "fetch the other pages",
        );
    } else if root.at(&["hits", "total", "relation"]).and_then(Part::string).as_deref() == Some("gte") {
        say(
            "expected all hits, found a total that is only a lower bound".to_string(),
            "export with a scroll or in pieces",
        );
    } else if root.at(&["status"]).and_then(Part::string).as_deref() == Some("Running") {
        say("expected a finished query, found one that was still running".to_string(), "export it again when complete");
    } else if CAPS.contains(&count) {
        say(
            format!("expected a whole export, found exactly {count} records, which is where query tools stop"),
            "export in smaller pieces of time, or raise the limit",
        );
    }
}
