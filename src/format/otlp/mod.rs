//! OpenTelemetry's OTLP as JSON: what collectors' file exporters write, an envelope a line, and what
//! trace and log stores export as one document.
//!
//! Logs, spans and metric points stand in lists by resource and by scope; keys may be in camel or in
//! snake case, 64-bit numbers and stamps are decimal strings.

mod logs;
mod metrics;
mod traces;

use std::collections::BTreeMap;

use serde_json::Value;

use super::json_elements::{Part, cut_fault, documents, root};
use super::{Claimed, Document, Fault, Format, FrameClass, Head, Sink};

/// Formats of this family.
pub static FORMATS: &[&dyn Format] = &[&logs::OtlpLogs, &traces::OtlpTraces, &metrics::OtlpMetrics];

/// Keys of the lists of one signal, in both spellings and in those of old collectors.
struct Signal {
    /// Lists by resource.
    resources: &'static [&'static str],
    /// Lists by scope.
    scopes: &'static [&'static str],
    /// The records themselves.
    records: &'static [&'static str],
}

/// Attributes by key, values as text.
type Attributes = BTreeMap<String, String>;

/// Whether the head is a document or a line of one signal.
fn detect(signal: &Signal, head: &Head<'_>) -> Option<Claimed> {
    let list = resources(root(head.text)?, signal)?;
    let Some(first) = list.first_object() else { return Claimed::new(90, format!("`{}`", signal.resources[0])) };
    let scoped = first.has_any(signal.scopes);
    Claimed::new(if scoped { 98 } else { 90 }, format!("`{}` with their scopes", signal.resources[0]))
}

/// The lists by resource of one envelope.
fn resources<'a>(envelope: Part<'a>, signal: &Signal) -> Option<Part<'a>> {
    let under = |part: Part<'a>| signal.resources.iter().find_map(|key| part.get(key)).filter(|list| list.is_array());
    under(envelope).or_else(|| ["trace", "data"].iter().find_map(|key| under(envelope.get(key)?)))
}

/// Told of each part with the attributes of what it belongs to.
type Each<'a, 'f> = dyn FnMut(Part<'a>, &Attributes, &mut dyn Sink) -> Result<(), Fault> + 'f;

/// Hands every record to `each` with its resource's attributes.
fn walk<'a>(
    signal: &Signal,
    document: &Document<'a>,
    sink: &mut dyn Sink,
    each: &mut Each<'a, '_>,
) -> Result<(), Fault> {
    let mut whole = Ok(());
    for envelope in documents(document.text) {
        let Some(list) = resources(envelope, signal) else {
            sink.reject("expected an OTLP envelope, found another object", &document.frame(envelope.text));
            continue;
        };
        for resource in list.items().filter(|item| item.is_object()) {
            let about = resource.at(&["resource"]).and_then(Part::value).map(|r| attributes(&r)).unwrap_or_default();
            let scopes = signal.scopes.iter().filter_map(|key| resource.get(key)).flat_map(Part::items);
            let lists = scopes.flat_map(|scope| signal.records.iter().filter_map(move |key| scope.get(key)));
            for record in lists.flat_map(Part::items).filter(|part| part.complete) {
                let frame = document.frame(record.text);
                match each(record, &about, sink) {
                    Ok(()) => sink.account(FrameClass::Record, &frame),
                    Err(fault) => sink.reject(&fault.reason, &frame),
                }
            }
        }
        if !envelope.complete {
            whole = Err(cut_fault());
        }
    }
    whole
}

/// The attributes of a record, scope or resource.
fn attributes(value: &Value) -> Attributes {
    let list = value.get("attributes").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|pair| Some((pair.get("key")?.as_str()?.to_string(), any_text(pair.get("value")?)?)))
        .collect()
}

/// The text of an attribute's or a body's value, JSON for a list or a map; `None` when it is empty.
fn any_text(value: &Value) -> Option<String> {
    match plain(value) {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// An OTLP value as the JSON it stands for.
fn plain(value: &Value) -> Value {
    let Value::Object(kinds) = value else { return value.clone() };
    let Some((kind, inside)) = kinds.iter().next() else { return Value::Null };
    let values = || inside.get("values").and_then(Value::as_array).into_iter().flatten();
    match kind.as_str() {
        "kvlistValue" | "kvlist_value" => values()
            .filter_map(|pair| Some((pair.get("key")?.as_str()?.to_string(), plain(pair.get("value")?))))
            .collect(),
        "arrayValue" | "array_value" => values().map(plain).collect(),
        _ => inside.clone(),
    }
}

/// A scalar as text.
fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A record's field in either spelling.
fn field<'v>(value: &'v Value, camel: &str, snake: &str) -> Option<&'v Value> {
    value.get(camel).or_else(|| value.get(snake))
}
