//! Google Cloud Monitoring: `projects.timeSeries.list`.
//!
//! Sample: `{"timeSeries":[{"metric":{…},"metricKind":"DELTA","points":[{"interval":{…},"value":{"int64Value":"12"}}]}]}`.
//! Yields: a sample per point, newest first as written; of a distribution its count and its mean.
//! Time: the end of the interval; a cumulative series restarts with a new start.
//! Reference: googleapis/googleapis `google/monitoring/v3/metric.proto`, `common.proto`.

use super::json_series::{JsonSeries, labels, number, time};
use super::points::{Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp};

/// Google Cloud Monitoring.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "gcp_timeseries",
    title: "Google Cloud Monitoring time series",
    samples: &[
        r#"{"timeSeries":[{"metric":{"type":"loadbalancing.googleapis.com/https/request_count","labels":{"response_code_class":"500"}},"resource":{"type":"https_lb_rule","labels":{"backend_name":"mail"}},"metricKind":"DELTA","valueType":"INT64","points":[{"interval":{"startTime":"2025-06-12T17:52:00Z","endTime":"2025-06-12T17:53:00Z"},"value":{"int64Value":"12"}}]}]}"#,
    ],
    claim,
    read,
};

fn list(root: Part<'_>) -> Part<'_> {
    root.get("timeSeries").unwrap_or(root)
}

fn claim(root: Part<'_>) -> Option<Claimed> {
    let list = list(root);
    let first = list.first_object().unwrap_or(list);
    (first.at(&["metric", "type"]).is_some() && first.get("points").is_some()).then_some(())?;
    Claimed::new(97, "`metric.type` with `points`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    if root.get("nextPageToken").and_then(Part::string).is_some_and(|token| !token.is_empty()) {
        points
            .incomplete("expected all series, found a `nextPageToken`: there is more", "fetch the next pages as well");
    }
    let list = list(root);
    let single = list.is_object().then_some(list);
    for one in list.items().chain(single) {
        read_series(one, points);
    }
}

fn read_series(one: Part<'_>, points: &mut Points<'_, '_>) {
    let said = |part: Option<Part<'_>>| part.and_then(Part::string);
    let mut all = one.at(&["metric", "labels"]).map(labels).unwrap_or_default();
    all.extend(one.at(&["resource", "labels"]).map(labels).unwrap_or_default());
    let kind = match said(one.get("metricKind")).as_deref() {
        Some("DELTA") => Some(MetricKind::Delta),
        Some("CUMULATIVE") => Some(MetricKind::Counter),
        Some("GAUGE") => Some(MetricKind::Gauge),
        _ => None,
    };
    let series = Series {
        name: said(one.at(&["metric", "type"])).unwrap_or_else(|| points.stem()),
        labels: all,
        unit: said(one.get("unit")).filter(|unit| unit != "1"),
        kind,
        stamp: PointStamp::End,
    };
    let with = |suffix: &str, unit: Option<String>, kind| {
        let name = format!("{}{suffix}", series.name);
        Series { name, unit, kind, ..series.clone() }
    };
    let all = [series.clone(), with("_count", None, kind), with("_mean", series.unit.clone(), None)];
    let rows: Vec<Row<'_>> =
        one.get("points").into_iter().flat_map(Part::items).filter(|p| p.complete).map(point).collect();
    points.rows(&all, &rows);
}

fn point(point: Part<'_>) -> Row<'_> {
    let at = ["endTime", "startTime"].iter().find_map(|key| time(point.at(&["interval", key])?));
    let mut values = Vec::new();
    for (key, value) in point.get("value").into_iter().flat_map(Part::fields) {
        match key {
            "int64Value" | "doubleValue" => values.push((0, number(value))),
            "boolValue" => values.push((0, Reading::Number(f64::from(u8::from(value.text == "true"))))),
            "distributionValue" => {
                // A distribution of nothing has no mean.
                values.push((1, value.get("count").map_or(Reading::Number(0.0), number)));
                values.extend(value.get("mean").map(|mean| (2, number(mean))));
            }
            _ => values.push((0, Reading::Other)),
        }
    }
    Row { at: point, time: at, values }
}
