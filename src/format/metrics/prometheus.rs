//! Prometheus query results in JSON: `query_range`, `query`, and what `jq` leaves of them.
//!
//! What writes it: Prometheus, Thanos, Mimir, VictoriaMetrics, Loki metric queries, `promtool`.
//! Yields: one sample per point; `NaN` and infinite points are missing, which is not zero.
//! Time: seconds since 1970. A raw series is sampled at the instant; the result of an expression covers
//! the time up to its stamp.
//! Reference: prometheus/prometheus `docs/querying/api.md`.

use super::json_series::{JsonSeries, labels, number, time};
use super::points::{Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp};

/// Prometheus query results.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "prometheus",
    title: "Prometheus query results: matrix, vector, scalar",
    samples: &[
        r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"service":"kv"},"values":[[1749750720,"0.93"],[1749750780,"NaN"]]}]}}"#,
        r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"kv"},"value":[1749750720.5,"1"]}]}}"#,
        r#"[{"metric":{"__name__":"up","job":"kv"},"values":[[1749750720,"1"]]}]"#,
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    let kind = [root.at(&["data", "resultType"]), root.get("resultType")].into_iter().flatten().find_map(Part::string);
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

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    let Some(array) = result_of(root) else {
        return points.reject(root, "expected a list of series, found none");
    };
    if array.items().next().is_some_and(|p| !p.is_object()) {
        points.series(Series::named(points.stem(), PointStamp::End), &[point(array)]);
    }
    for series in array.items().filter(|p| p.is_object()) {
        read_series(series, points);
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

fn read_series(part: Part<'_>, points: &mut Points<'_, '_>) {
    let list = part.get("values").into_iter().flat_map(Part::items).chain(part.get("value"));
    let rows: Vec<Row<'_>> = list.filter(|p| p.complete).map(point).collect();
    if rows.is_empty() && part.complete {
        return match part.has_any(&["histograms", "histogram"]) {
            true => points.reject(part, "expected points with a value, found native histograms"),
            false => points.blank(part),
        };
    }
    let mut labels = part.get("metric").map(labels).unwrap_or_default();
    let own = labels.iter().position(|(key, _)| key == "__name__").map(|at| labels.remove(at).1);
    // Recording rules have colons in their names: stored, but computed over a range.
    let raw = own.as_ref().is_some_and(|name| !name.contains(':'));
    let series = Series { labels, ..Series::named(own.unwrap_or_else(|| points.stem()), PointStamp::End) };
    // A stored series and a counter are sampled at the instant; an expression covers the time before.
    let instant = raw || points.kind(&series, &rows) == MetricKind::Counter;
    let stamp = if instant { PointStamp::Instant } else { PointStamp::End };
    points.series(Series { stamp, ..series }, &rows);
}

/// `[time, "value"]`.
fn point(part: Part<'_>) -> Row<'_> {
    let mut items = part.items();
    let at = items.next().and_then(time);
    Row::single(part, at, items.next().map_or(Reading::Other, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Format as _, collect};

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&FORMAT);
    }

    #[test]
    fn a_missing_point_is_no_point() {
        let got = collect::read(&FORMAT, FORMAT.samples()[0]);
        assert_eq!(got.values("input"), [0.93]);
        assert_eq!((got.records, got.blank), (1, 1));
        assert_eq!(got.samples[0].stamp, PointStamp::End);
        assert_eq!(got.samples[0].labels, [("service".into(), "kv".into())]);
    }

    #[test]
    fn a_raw_series_is_sampled_at_the_instant() {
        let got = collect::read(&FORMAT, FORMAT.samples()[1]);
        assert_eq!((got.samples[0].name.as_ref(), got.samples[0].stamp), ("up", PointStamp::Instant));
        assert_eq!(got.samples[0].time.key_ns(), 1_749_750_720_500_000_000);
    }

    #[test]
    fn a_restarted_counter_stays_a_counter() {
        let points: Vec<String> =
            (0..8).map(|i| format!("[{},\"{}\"]", 1_749_750_720 + i * 60, if i < 6 { 100 + i } else { i })).collect();
        let text = format!(r#"{{"result":[{{"metric":{{"__name__":"x_total"}},"values":[{}]}}]}}"#, points.join(",\n"));
        let got = collect::read(&FORMAT, &text);
        assert_eq!(got.samples[0].kind, MetricKind::Counter);
        assert_eq!(got.lines, [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_cut_result_gives_the_points_before_the_cut() {
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},"values":[[1749750720,"1"],[1749750780,"1"],[17497"#;
        let got = collect::read(&FORMAT, text);
        assert_eq!((got.samples.len(), got.fault.is_some()), (2, true));
        assert_eq!(collect::claim(&FORMAT, text).unwrap().score, 98);
    }

    #[test]
    fn log_streams_are_left_to_others() {
        let text = r#"{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1749750723410003121","line"]]}]}}"#;
        assert!(collect::claim(&FORMAT, text).is_none());
    }
}
