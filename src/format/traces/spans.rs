//! Lists of spans in plain JSON, and Zipkin's lists, which have the same shape.
//!
//! Yields: one log record per span; only spans that enter a service are requests, so that a failure is
//! not counted again at every step inside; calls from the parent's service to the span's.
//! Time: the start of the span, RFC 3339 or epoch. Traces are sampled, often with a bias to errors.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::format::json_elements::{Part, documents, read_each, root};
use crate::format::json_value::{first_scalar, first_text, need_stamp, node, number, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Level, LogRecord, Outcome, StampMeaning};

/// Spans in plain JSON.
pub struct Spans;

const TRACE: &[&str] = &["trace_id", "traceId", "traceID"];
const SPAN: &[&str] = &["span_id", "spanId", "spanID", "id"];
const PARENT: &[&str] = &["parent_id", "parentId", "parent_span_id", "parentSpanId", "parentID"];
const SERVICE: &[&str] =
    &["service", "service_name", "serviceName", "localEndpoint.serviceName", "process.serviceName"];
const START: &[&str] = &["start", "start_time", "startTime", "timestamp", "started_at", "start_time_unix_nano"];
const NAME: &[&str] = &["name", "operation", "operation_name", "operationName", "resource"];
/// Keys of the length with the nanoseconds of their unit.
const DURATION: &[(&str, f64)] =
    &[("duration_ms", 1e6), ("durationMs", 1e6), ("duration_us", 1e3), ("duration_ns", 1.0), ("duration_s", 1e9)];

impl Format for Spans {
    fn name(&self) -> &str {
        "spans"
    }

    fn title(&self) -> &str {
        "trace spans in plain JSON, Zipkin span lists"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"[{"trace_id":"t1","span_id":"a1","parent_id":null,"service":"web","name":"GET /","start":"2025-03-02T10:00:00Z","duration_ms":1503,"status":"ERROR"}]"#,
            r#"[{"traceId":"5af7","id":"352b","kind":"SERVER","name":"get","timestamp":1741000000000000,"duration":1431,"localEndpoint":{"serviceName":"web"},"tags":{"error":"true"}}]"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Spans {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let array = spans_of(root(head.text)?)?;
        let first = lists_of(array).first()?.first_object()?;
        let ids = first.has_any(TRACE) && first.has_any(SPAN);
        let timed = first.has_any(START)
            && (first.get("duration").is_some() || DURATION.iter().any(|(k, _)| first.get(k).is_some()));
        match (ids, timed) {
            (true, true) => Claimed::new(94, "trace and span ids, start and duration"),
            (true, false) if first.has_any(START) && first.has_any(PARENT) => {
                Claimed::new(60, "trace, span and parent ids without a duration")
            }
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            let array = spans_of(part).ok_or_else(|| Fault::new("expected a list of spans, found none"))?;
            let lists = lists_of(array);
            let owners = lists.iter().flat_map(|list| owners(*list)).collect();
            for list in lists {
                read_each(list, document, sink, &mut |value, frame, sink| read_span(value, &owners, frame, sink))?;
            }
        }
        Ok(())
    }
}

/// The lists of a list of lists (Zipkin: one per trace), or the list itself.
fn lists_of(array: Part<'_>) -> Vec<Part<'_>> {
    let inner: Vec<_> = array.items().filter(|item| item.is_array()).collect();
    if inner.is_empty() { vec![array] } else { inner }
}

/// The list of spans.
fn spans_of(root: Part<'_>) -> Option<Part<'_>> {
    [Some(root), root.get("spans"), root.get("data")].into_iter().flatten().find(|p| p.is_array())
}

/// (trace, span) → service, for finding the service of a parent.
pub(crate) type Owners = BTreeMap<(String, String), String>;

fn owners(array: Part<'_>) -> Owners {
    array.items().filter_map(Part::value).filter_map(|v| owner(&v)).collect()
}

/// Which service a span belongs to.
pub(crate) fn owner(span: &Value) -> Option<((String, String), String)> {
    Some((key(span, SPAN)?, first_text(span, SERVICE)?.to_string()))
}

fn key(value: &Value, span: &[&str]) -> Option<(String, String)> {
    Some((first_scalar(value, TRACE)?, first_scalar(value, span)?))
}

/// Reads one span by the keys of plain span lists.
///
/// # Errors
/// When it has no start.
pub(crate) fn read_span(
    value: &Value,
    owners: &Owners,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) -> Result<FrameClass, Fault> {
    let at = need_stamp(value, START)?;
    let service = first_text(value, SERVICE);
    let parent = key(value, PARENT).and_then(|k| owners.get(&k)).map(String::as_str);
    let kind = text(value, "kind").unwrap_or("").to_ascii_uppercase();
    let calls_out = kind.ends_with("CLIENT") || kind.ends_with("PRODUCER");
    let inside = parent.is_some() && parent == service || kind.ends_with("INTERNAL");
    let outcome = outcome(value);
    let enters = !calls_out && !inside;
    let peer = first_text(
        value,
        &["peer.service", "attributes.peer.service", "tags.peer.service", "remoteEndpoint.serviceName"],
    );
    let record = LogRecord {
        time: Some(at.time),
        stamp: StampMeaning::Start,
        level: outcome.is_some_and(Outcome::is_failure).then_some(Level::Error),
        service: service.map(Cow::Borrowed),
        operation: first_text(value, NAME).map(Cow::Borrowed),
        outcome: outcome.filter(|_| enters),
        status: http_code(value).filter(|_| enters),
        duration_ns: duration(value, &at.raw),
        body: body(value).into(),
        trace_id: first_text(value, TRACE).map(Cow::Borrowed),
        upstream: peer.filter(|p| Some(*p) != service).map(Cow::Borrowed),
        ..LogRecord::default()
    };
    sink.log(&record, frame);
    if let (Some(parent), Some(service)) = (parent.filter(|p| Some(*p) != service), service) {
        sink.call(parent, service, frame);
    }
    Ok(FrameClass::Record)
}

/// HTTP status when written, else the span's status or error mark.
fn outcome(value: &Value) -> Option<Outcome> {
    if let Some(code) = http_code(value) {
        return Some(Outcome::of_http(code));
    }
    let error = ["error", "tags.error", "attributes.error"].iter().find_map(|path| node(value, path));
    let failed = error.is_some_and(|e| !matches!(e, Value::Null | Value::Bool(false)) && e.as_str() != Some("false"));
    let status = first_scalar(value, &["status.code", "status_code", "status", "otel.status_code"]).unwrap_or_default();
    let status = status.to_ascii_lowercase();
    let failed = failed || status.ends_with("error") || matches!(status.as_str(), "2" | "failed" | "failure");
    let known = error.is_some() || !status.is_empty() || text(value, "localEndpoint.serviceName").is_some();
    if !failed {
        return known.then_some(Outcome::Ok);
    }
    let late = body(value).to_ascii_lowercase();
    let timeout = ["deadline exceeded", "timed out", "timeout"].iter().any(|w| late.contains(w));
    Some(if timeout { Outcome::Timeout } else { Outcome::ServerError })
}

/// The HTTP status of a span.
fn http_code(value: &Value) -> Option<u16> {
    let codes = ["http.status_code", "http.response.status_code"];
    ["", "attributes.", "tags."]
        .iter()
        .flat_map(|prefix| codes.iter().map(move |code| format!("{prefix}{code}")))
        .find_map(|path| number(value, &path))
        .filter(|code| (100.0..600.0).contains(code))
        .map(|code| code as u16)
}

/// Error text of the span, else its name.
fn body(value: &Value) -> &str {
    first_text(value, &["error", "error.message", "status.message", "status_message", "tags.error"])
        .filter(|e| !matches!(*e, "true" | "false"))
        .or_else(|| first_text(value, NAME))
        .unwrap_or("")
}

/// Length in ns. A bare `duration` has the unit of an epoch start (Zipkin: µs), else ms.
fn duration(value: &Value, start: &str) -> Option<u64> {
    let (length, unit) = DURATION
        .iter()
        .find_map(|(key, unit)| Some((number(value, key)?, *unit)))
        .or_else(|| Some((number(value, "duration")?, if start.len() == 16 { 1e3 } else { 1e6 })))?;
    let ns = (length * unit).round();
    (0.0..9e18).contains(&ns).then_some(ns as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Spans);
    }

    #[test]
    fn a_failure_is_counted_once_per_service_and_edges_are_seen() {
        let text = r#"[
 {"trace_id":"t","span_id":"a","parent_id":null,"service":"web","name":"GET /","start":"2025-03-02T10:00:00Z","duration_ms":1503,"status":"ERROR"},
 {"trace_id":"t","span_id":"b","parent_id":"a","service":"web","name":"render","start":"2025-03-02T10:00:00Z","duration_ms":3,"status":"OK"},
 {"trace_id":"t","span_id":"c","parent_id":"b","service":"db","name":"SELECT","start":"2025-03-02T10:00:00Z","duration_ms":1400.5,"status":"ERROR","error":"statement timeout"},
 {"trace_id":"t","span_id":"d","service":"db"}]"#;
        let got = collect::read(&Spans, text);
        let row = |s: &str, o: &str, outcome, ns| (s.to_string(), o.to_string(), outcome, Some(ns));
        assert_eq!(
            got.logs,
            [
                row("web", "GET /", Some(Outcome::ServerError), 1_503_000_000),
                row("web", "render", None, 3_000_000),
                row("db", "SELECT", Some(Outcome::Timeout), 1_400_500_000),
            ]
        );
        assert_eq!(got.calls, [("web".to_string(), "db".to_string())]);
        assert_eq!(got.rejected.len(), 1);
    }

    #[test]
    fn zipkin_lengths_are_microseconds() {
        let got = collect::read(&Spans, Spans.samples()[1]);
        assert_eq!(got.logs[0].3, Some(1_431_000));
        assert_eq!(got.logs[0].2, Some(Outcome::ServerError));
    }
}
