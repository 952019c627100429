//! OTLP spans.
//!
//! Yields: one log record a span; only spans that enter a service are requests; calls from the
//! service of the parent span. Time: start, UTC. Traces are mostly sampled.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Attributes, Signal, attributes, detect, field, walk};
use crate::format::logs::inner::Found;
use crate::format::traces::spans::{self, Owners};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// OTLP traces in JSON.
pub struct OtlpTraces;

static SIGNAL: Signal = Signal {
    resources: &["resourceSpans", "resource_spans", "batches"],
    scopes: &["scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans", "ilSpans"],
    records: &["spans"],
};

impl Format for OtlpTraces {
    fn name(&self) -> &str {
        "otlp_traces"
    }

    fn title(&self) -> &str {
        "OpenTelemetry spans (OTLP JSON, collector file exporter, Tempo)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"kv"}}]},"scopeSpans":[{"scope":{},"spans":[{"traceId":"6f1c","spanId":"a1","name":"GET /v1/kv","kind":2,"startTimeUnixNano":"1749750723410003121","endTimeUnixNano":"1749750725410003121","status":{"code":2}}]}]}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for OtlpTraces {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        detect(&SIGNAL, head)
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut owners = Owners::new();
        // Spans of one trace stand in several envelopes: parents are looked up in all of them.
        let _ = walk(&SIGNAL, document, &mut Found::default(), &mut |part, about, _| {
            owners.extend(part.value().and_then(|v| spans::owner(&plain(&v, about))));
            Ok(())
        });
        walk(&SIGNAL, document, sink, &mut |part, about, sink| {
            let value = part.value().ok_or(Fault::new("expected a span, found text that is no JSON"))?;
            spans::read_span(&plain(&value, about), &owners, &document.frame(part.text), sink).map(|_| ())
        })
    }
}

/// A span by the keys of plain span lists.
fn plain(span: &Value, about: &Attributes) -> Value {
    const KINDS: [&str; 6] = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
    let text = |camel, snake| field(span, camel, snake).cloned().unwrap_or(Value::Null);
    let kind = match span.get("kind") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Number(n)) => {
            let at = n.as_u64().and_then(|n| usize::try_from(n).ok());
            at.and_then(|n| KINDS.get(n)).map_or(String::new(), ToString::to_string)
        }
        _ => String::new(),
    };
    let attributes: BTreeMap<String, String> = attributes(span);
    let attributes: Map<String, Value> = attributes.into_iter().map(|(k, v)| (k, Value::String(v))).collect();
    let start = text("startTimeUnixNano", "start_time_unix_nano");
    let nanos = |value: &Value| match value {
        Value::String(text) => text.parse::<u64>().ok(),
        other => other.as_u64(),
    };
    let end = text("endTimeUnixNano", "end_time_unix_nano");
    let duration = nanos(&end).zip(nanos(&start)).and_then(|(end, start)| end.checked_sub(start));
    // No code is written for a span that nothing was said of: it is not known to have failed.
    let mut status = json!({ "code": "unset" });
    if let (Some(all), Some(said)) = (status.as_object_mut(), span.get("status").and_then(Value::as_object)) {
        all.extend(said.clone());
    }
    json!({
        "trace_id": text("traceId", "trace_id"),
        "span_id": text("spanId", "span_id"),
        "parent_id": text("parentSpanId", "parent_span_id"),
        "name": text("name", "name"),
        "service": about.get("service.name"),
        "kind": kind,
        "start_time_unix_nano": start,
        "duration_ns": duration,
        "status": status,
        "attributes": attributes,
    })
}
