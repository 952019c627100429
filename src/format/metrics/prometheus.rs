//! Prometheus query results in JSON: `query_range`, `query`, and what `jq` leaves of them.
//!
//! What writes it: Prometheus, Thanos, Mimir, VictoriaMetrics, Loki metric queries, `promtool`.
//! Yields: one sample per point; `NaN` and infinite points are missing, which is not zero.
//! Time: seconds since 1970. A raw series is sampled at the instant; the result of an expression covers
//! the time up to its stamp.
//! Reference: prometheus/prometheus `docs/querying/api.md`.

use std::borrow::Cow;

use super::kind::{self, Stats};
use crate::format::json_elements::{Part, cut_fault, documents, root};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::{MetricKind, PointStamp, RawTime, Sample};

/// Prometheus query results.
pub struct Prometheus;

impl Format for Prometheus {
    fn name(&self) -> &str {
        "prometheus"
    }

    fn title(&self) -> &str {
        "Prometheus query results: matrix, vector, scalar"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"service":"kv"},"values":[[1749750720,"0.93"],[1749750780,"NaN"]]}]}}"#,
            r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"kv"},"value":[1749750720.5,"1"]}]}}"#,
            r#"[{"metric":{"__name__":"up","job":"kv"},"values":[[1749750720,"1"]]}]"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Prometheus {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let kind =
            [root.at(&["data", "resultType"]), root.get("resultType")].into_iter().flatten().find_map(Part::string);
        if kind.as_deref() == Some("streams") {
            return None;
        }
        let typed = matches!(kind.as_deref(), Some("matrix" | "vector" | "scalar"));
        let array = result_of(root)?;
        let first = array.first_object();
        let series = first.is_some_and(|f| f.get("metric").is_some_and(Part::is_object));
        let points = first.and_then(first_point).is_some_and(is_point);
        match (typed, series && points) {
            (true, true) => Claimed::new(98, "`resultType`, and `metric` with [time, \"value\"] points"),
            (true, false) => Claimed::new(90, "`result` with a `resultType`"),
            (false, true) => Claimed::new(92, "`metric` with [time, \"value\"] points"),
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            let array = result_of(part).ok_or_else(|| Fault::new("expected a list of series, found none"))?;
            if array.items().next().is_some_and(|p| !p.is_object()) {
                read_points(&Series::unnamed(document.path, &[array]), document, sink);
            }
            for series in array.items().filter(|p| p.is_object()) {
                read_series(series, document, sink);
            }
            if !array.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// The list of series, or the one point of a scalar.
fn result_of(root: Part<'_>) -> Option<Part<'_>> {
    let candidates = [Some(root), root.at(&["data", "result"]), root.get("result"), root.get("data")];
    candidates.into_iter().flatten().find(|p| p.is_array())
}

/// The first point of a series, of a range or of an instant.
fn first_point(series: Part<'_>) -> Option<Part<'_>> {
    series.get("values").and_then(|v| v.items().next()).or_else(|| series.get("value"))
}

/// Whether it begins like `[1749750720, "…`.
fn is_point(point: Part<'_>) -> bool {
    let mut parts = point.items();
    let number = parts.next().is_some_and(|p| p.text.starts_with(|c: char| c.is_ascii_digit()));
    number && parts.next().is_some_and(|p| p.text.starts_with('"'))
}

/// One series with the slices of its points.
struct Series<'a> {
    name: String,
    labels: Vec<(String, String)>,
    /// Whether it is stored under its own name, not the result of an expression.
    raw: bool,
    points: Vec<Part<'a>>,
}

impl<'a> Series<'a> {
    /// The result of an expression that gave no name: the file's name is all that tells it from others.
    fn unnamed(path: &str, points: &[Part<'a>]) -> Series<'a> {
        let file = path.rsplit(['/', '!']).next().unwrap_or(path);
        let stem = file.split('.').next().filter(|s| !s.is_empty()).unwrap_or("value");
        Series { name: stem.to_string(), labels: Vec::new(), raw: false, points: points.to_vec() }
    }
}

fn read_series(series: Part<'_>, document: &Document<'_>, sink: &mut dyn Sink) {
    let mut points: Vec<Part<'_>> = series.get("values").into_iter().flat_map(Part::items).collect();
    points.extend(series.get("value"));
    points.retain(|p| p.complete);
    let mut made = Series::unnamed(document.path, &points);
    for (key, value) in series.get("metric").into_iter().flat_map(Part::fields) {
        let Some(value) = value.string() else { continue };
        if key == "__name__" {
            // Recording rules have colons in their names: stored, but computed over a range.
            made.raw = !value.contains(':');
            made.name = value;
        } else {
            made.labels.push((key.to_string(), value));
        }
    }
    if points.is_empty() && series.complete {
        let frame = document.frame(series.text);
        let histograms = series.has_any(&["histograms", "histogram"]);
        if histograms {
            sink.reject("expected points with a value, found native histograms", &frame);
        } else {
            sink.account(FrameClass::Blank, &frame);
        }
        return;
    }
    read_points(&made, document, sink);
}

/// Time and value of a point; the value is `None` when it is missing.
fn point(part: Part<'_>) -> Option<(RawTime, Option<f64>)> {
    let mut items = part.items();
    let time = timestamp::whole(items.next()?.text)?;
    let value = items.next()?;
    let text = value.text.trim_matches('"');
    let number: f64 = match text {
        "+Inf" | "-Inf" | "Inf" | "null" => f64::NAN,
        _ => text.parse().ok()?,
    };
    Some((time, Some(number).filter(|n| n.is_finite())))
}

fn read_points(series: &Series<'_>, document: &Document<'_>, sink: &mut dyn Sink) {
    let mut stats = Stats::default();
    series.points.iter().filter_map(|p| point(*p)?.1).for_each(|value| stats.add(value));
    let kind = kind::of(&series.name, None, &stats);
    let instant = series.raw || kind == MetricKind::Counter;
    for part in &series.points {
        let frame = document.frame(part.text);
        match point(*part) {
            Some((time, Some(value))) => {
                let labels =
                    series.labels.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), Cow::Borrowed(v.as_str()))).collect();
                let stamp = if instant { PointStamp::Instant } else { PointStamp::End };
                let name = Cow::Borrowed(series.name.as_str());
                sink.sample(&Sample { time, name, labels, value, kind, stamp, unit: None }, &frame);
                sink.account(FrameClass::Record, &frame);
            }
            Some((_, None)) => sink.account(FrameClass::Blank, &frame),
            None => sink.reject("expected [time, \"value\"], found another element", &frame),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Prometheus);
    }

    #[test]
    fn a_missing_point_is_no_point() {
        let got = collect::read(&Prometheus, Prometheus.samples()[0]);
        assert_eq!(got.values("input"), [0.93]);
        assert_eq!((got.records, got.blank), (1, 1));
        assert_eq!(got.samples[0].stamp, PointStamp::End);
        assert_eq!(got.samples[0].labels, [("service".into(), "kv".into())]);
    }

    #[test]
    fn a_raw_series_is_sampled_at_the_instant() {
        let got = collect::read(&Prometheus, Prometheus.samples()[1]);
        assert_eq!((got.samples[0].name.as_ref(), got.samples[0].stamp), ("up", PointStamp::Instant));
        assert_eq!(got.samples[0].time.key_ns(), 1_749_750_720_500_000_000);
    }

    #[test]
    fn a_restarted_counter_stays_a_counter() {
        let points: Vec<String> =
            (0..8).map(|i| format!("[{},\"{}\"]", 1_749_750_720 + i * 60, if i < 6 { 100 + i } else { i })).collect();
        let text = format!(r#"{{"result":[{{"metric":{{"__name__":"x_total"}},"values":[{}]}}]}}"#, points.join(",\n"));
        let got = collect::read(&Prometheus, &text);
        assert_eq!(got.samples[0].kind, MetricKind::Counter);
        assert_eq!(got.lines, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_cut_result_gives_the_points_before_the_cut() {
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},"values":[[1749750720,"1"],[1749750780,"1"],[17497"#;
        let got = collect::read(&Prometheus, text);
        assert_eq!((got.samples.len(), got.fault.is_some()), (2, true));
        assert_eq!(collect::claim(&Prometheus, text).unwrap().score, 98);
    }

    #[test]
    fn log_streams_are_left_to_others() {
        let text = r#"{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1749750723410003121","line"]]}]}}"#;
        assert!(collect::claim(&Prometheus, text).is_none());
    }
}
