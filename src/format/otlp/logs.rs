//! OTLP log records.
//!
//! Yields: one record each, by the keys that JSON logs are read by; a raw line in the body is the
//! record, and the collector's stamp a witness.
//! Time: `timeUnixNano`, UTC; 0 or absent means only `observedTimeUnixNano` is known.

use super::{Attributes, Signal, any_text, attributes, detect, field, walk};
use crate::format::fields::{Fields, Value};
use crate::format::json_elements::Part;
use crate::format::logs::{inner, object};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// OTLP logs in JSON.
pub struct OtlpLogs;

static SIGNAL: Signal = Signal {
    resources: &["resourceLogs", "resource_logs"],
    scopes: &["scopeLogs", "scope_logs", "instrumentationLibraryLogs", "instrumentation_library_logs"],
    records: &["logRecords", "log_records", "logs"],
};

impl Format for OtlpLogs {
    fn name(&self) -> &str {
        "otlp_logs"
    }

    fn title(&self) -> &str {
        "OpenTelemetry logs (OTLP JSON, collector file exporter)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"kv"}}]},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"1749750723410003121","severityNumber":17,"body":{"stringValue":"read failed"},"traceId":"6f1c"}]}]}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for OtlpLogs {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        detect(&SIGNAL, head)
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        walk(&SIGNAL, document, sink, &mut |part, about, sink| read_record(part, about, document, sink))
    }
}

fn read_record(part: Part<'_>, about: &Attributes, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let value = part.value().ok_or(Fault::new("expected a log record, found text that is no JSON"))?;
    let mut fields = Fields::default();
    let mut offer = |key: &str, text: String| fields.offer(key, Value::Text(text.into()));
    for (key, text) in about.iter().chain(&attributes(&value)) {
        offer(key, text.clone());
    }
    for (camel, snake) in [
        ("timeUnixNano", "time_unix_nano"),
        ("observedTimeUnixNano", "observed_time_unix_nano"),
        ("severityText", "severity_text"),
        ("severityNumber", "severity_number"),
        ("traceId", "trace_id"),
    ] {
        if let Some(text) = field(&value, camel, snake).and_then(any_text) {
            offer(camel, text);
        }
    }
    if let Some(body) = value.get("body").and_then(any_text) {
        // A body that is an object, or the text of one, holds the fields of the record itself.
        let known = |key: &str| object::known(key);
        let mut offer = |key: &str, inside: Value<'_>| fields.offer(key, inside.into_owned());
        if !body.starts_with('{') || object::read(&body, known, &mut offer).is_err() {
            fields.offer("message", Value::Text(body.into()));
        }
    }
    let weak = fields.level_is_weak();
    inner::hand_on(fields.into_record(), weak, part.text, &document.frame(part.text), sink);
    Ok(())
}
