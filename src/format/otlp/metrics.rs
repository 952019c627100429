//! OTLP metric points.
//!
//! Yields: samples by the names and labels that Prometheus would give them, so that both speak of one
//! series. Monotonic sums are counters (cumulative) or counts of their interval (delta); histograms give
//! their count, sum and cumulative buckets; summaries their quantiles.
//! Time: `timeUnixNano`, UTC; of a delta the end of its interval.

use std::borrow::Cow;

use serde_json::Value;

use super::{Attributes, Signal, attributes, detect, field, walk};
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, Head, Shape, Sink, timestamp};
use crate::model::{MetricKind, PointStamp, RawTime, Sample};

/// OTLP metrics in JSON.
pub struct OtlpMetrics;

static SIGNAL: Signal = Signal {
    resources: &["resourceMetrics", "resource_metrics"],
    scopes: &["scopeMetrics", "scope_metrics", "instrumentationLibraryMetrics", "instrumentation_library_metrics"],
    records: &["metrics"],
};

impl Format for OtlpMetrics {
    fn name(&self) -> &str {
        "otlp_metrics"
    }

    fn title(&self) -> &str {
        "OpenTelemetry metrics (OTLP JSON, collector file exporter)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"kv"}}]},"scopeMetrics":[{"scope":{},"metrics":[{"name":"http.server.requests","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"timeUnixNano":"1749750720000000000","asInt":"12"}]}}]}]}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for OtlpMetrics {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        detect(&SIGNAL, head)
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        walk(&SIGNAL, document, sink, &mut |part, about, sink| {
            read_metric(part, about, &document.frame(part.text), sink)
        })
    }
}

/// Kinds of metrics by the key of their data, in both spellings.
const KINDS: &[(&str, &str)] = &[
    ("gauge", "gauge"),
    ("sum", "sum"),
    ("histogram", "histogram"),
    ("exponentialHistogram", "exponential_histogram"),
    ("summary", "summary"),
];

fn read_metric(part: Part<'_>, about: &Attributes, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let metric = part.value().ok_or(Fault::new("expected a metric, found text that is no JSON"))?;
    let data = KINDS.iter().find_map(|(camel, snake)| Some((*camel, field(&metric, camel, snake)?)));
    let (shape, data) = data.ok_or(Fault::new("expected a metric's data, found none"))?;
    let kind = kind_of(shape, data);
    let name = metric.get("name").and_then(Value::as_str).unwrap_or("");
    let unit = metric.get("unit").and_then(Value::as_str).filter(|u| !u.is_empty());
    let series = Series { name: full_name(name, unit), unit, kind, about };
    for point in field(data, "dataPoints", "data_points").and_then(Value::as_array).into_iter().flatten() {
        series.read(point, frame, sink)?;
    }
    Ok(())
}

/// What the numbers of a metric are.
fn kind_of(shape: &str, data: &Value) -> MetricKind {
    let temporality = field(data, "aggregationTemporality", "aggregation_temporality");
    let delta = temporality.is_some_and(|t| t == 1 || t.as_str().is_some_and(|t| t.ends_with("DELTA")));
    let rises = field(data, "isMonotonic", "is_monotonic").and_then(Value::as_bool).unwrap_or(false);
    match shape {
        "gauge" => MetricKind::Gauge,
        "sum" if !rises => MetricKind::Gauge,
        "summary" => MetricKind::Counter,
        _ if delta => MetricKind::Delta,
        _ => MetricKind::Counter,
    }
}

/// The name that Prometheus gives a metric: underscores, and the unit in words.
fn full_name(name: &str, unit: Option<&str>) -> String {
    let plain = plain_name(name);
    let word = match unit.unwrap_or("") {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        _ => return plain,
    };
    if plain.contains(word) { plain } else { format!("{plain}_{word}") }
}

fn plain_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == ':' { c } else { '_' }).collect()
}

/// One metric of one resource.
struct Series<'m> {
    name: String,
    unit: Option<&'m str>,
    kind: MetricKind,
    about: &'m Attributes,
}

impl Series<'_> {
    fn read(&self, point: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let stamp = field(point, "timeUnixNano", "time_unix_nano").and_then(super::plain_text);
        let time = stamp.and_then(|s| timestamp::whole(&s)).ok_or(Fault::new("expected a point's time, found none"))?;
        let number = |camel, snake| field(point, camel, snake).and_then(number_of);
        let labels: Attributes = attributes(point);
        let mut put = |suffix: &str, extra: Option<(&str, String)>, kind: MetricKind, value: Option<f64>| {
            if let Some(value) = value.filter(|v| v.is_finite()) {
                sink.sample(&self.sample(time, suffix, &labels, extra, kind, value), frame);
            }
        };
        put("", None, self.kind, number("asInt", "as_int").or_else(|| number("asDouble", "as_double")));
        put("_count", None, self.kind, number("count", "count"));
        put("_sum", None, self.kind, number("sum", "sum"));
        let list = |camel, snake| field(point, camel, snake).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let bounds = list("explicitBounds", "explicit_bounds");
        let mut below = 0.0;
        for (at, count) in list("bucketCounts", "bucket_counts").iter().enumerate() {
            below += number_of(count).unwrap_or(0.0);
            let le = bounds.get(at).map_or("+Inf".to_string(), Value::to_string);
            put("_bucket", Some(("le", le)), self.kind, Some(below));
        }
        for quantile in list("quantileValues", "quantile_values") {
            let which = quantile.get("quantile").map_or("0".to_string(), Value::to_string);
            put("", Some(("quantile", which)), MetricKind::Gauge, quantile.get("value").and_then(number_of));
        }
        Ok(())
    }

    fn sample<'s>(
        &'s self,
        time: RawTime,
        suffix: &str,
        labels: &'s Attributes,
        extra: Option<(&'s str, String)>,
        kind: MetricKind,
        value: f64,
    ) -> Sample<'s> {
        let about = ["service.name", "service.namespace", "service.instance.id", "host.name", "k8s.pod.name"];
        let about = about.iter().filter_map(|key| self.about.get_key_value(*key));
        let mut all: Vec<(Cow<'s, str>, Cow<'s, str>)> =
            about.chain(labels).map(|(k, v)| (Cow::Owned(plain_name(k)), Cow::Borrowed(v.as_str()))).collect();
        all.extend(extra.map(|(k, v)| (Cow::Borrowed(k), Cow::Owned(v))));
        Sample {
            time,
            name: Cow::Owned(format!("{}{suffix}", self.name)),
            labels: all,
            value,
            kind,
            stamp: if kind == MetricKind::Delta { PointStamp::End } else { PointStamp::Instant },
            unit: self.unit.map(Cow::Borrowed),
        }
    }
}

/// A number, also when written as a string.
fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
