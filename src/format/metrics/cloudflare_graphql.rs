//! Cloudflare's GraphQL analytics.
//!
//! Sample: `{"data":{"viewer":{"zones":[{"httpRequestsAdaptiveGroups":[{"count":12,"dimensions":{…}}]}]}}}`.
//! Yields: per group its `count`, sums, averages and quantiles; dimensions are labels. Counts of
//! `Adaptive` data sets are estimates that are already scaled.
//! Time: `datetime`, `datetimeMinute` and the like in `dimensions`, the start of the interval.
//! Reference: cloudflare/cloudflare-docs `analytics/graphql-api`.

use super::json_series::{JsonSeries, number, scalar, time};
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp};

/// GraphQL analytics.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "cloudflare_graphql",
    title: "Cloudflare GraphQL analytics",
    samples: &[
        r#"{"data":{"viewer":{"zones":[{"httpRequestsAdaptiveGroups":[{"count":120,"dimensions":{"datetimeMinute":"2025-06-12T17:52:00Z","edgeResponseStatus":503}},{"count":980,"dimensions":{"datetimeMinute":"2025-06-12T17:52:00Z","edgeResponseStatus":200}}]}]}},"errors":null}"#,
    ],
    claim,
    read,
};

/// Dimensions that are the time, the finer first.
const TIMES: &[&str] = &[
    "datetime",
    "datetimeMinute",
    "datetimeFiveMinutes",
    "datetimeFifteenMinutes",
    "datetimeHour",
    "datetimeSixHours",
    "date",
];

/// The lists of groups in a reply, with the name of their data set.
fn groups<'a>(root: Part<'a>) -> impl Iterator<Item = (&'a str, Part<'a>)> {
    let viewer = root.at(&["data", "viewer"]).or_else(|| root.get("viewer"));
    let owners = viewer.into_iter().flat_map(|viewer| ["zones", "accounts"].map(|key| viewer.get(key))).flatten();
    owners.flat_map(Part::items).flat_map(Part::fields).filter(|(_, list)| list.is_array())
}

fn claim(root: Part<'_>) -> Option<Claimed> {
    let (_, list) = groups(root).next()?;
    let dimensions = list.first_object()?.get("dimensions")?;
    dimensions.has_any(TIMES).then_some(())?;
    Claimed::new(97, "`viewer` with groups of `dimensions` and a time among them")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    if root.get("errors").is_some_and(|errors| errors.first_object().is_some()) {
        points.incomplete("expected a reply without errors, found `errors` in it", "query again and compare");
    }
    let mut series = Found::default();
    let mut rows = Vec::new();
    for (set, list) in groups(root) {
        for group in list.items().filter(|group| group.complete) {
            let dimensions = group.get("dimensions");
            let at = dimensions.and_then(|d| TIMES.iter().find_map(|key| time(d.get(key)?)));
            let said = dimensions.into_iter().flat_map(Part::fields).filter(|(key, _)| !TIMES.contains(key));
            let mut labels: Vec<(String, String)> =
                said.filter_map(|(key, value)| Some((key.to_string(), scalar(value)?))).collect();
            labels.push(("dataset".to_string(), set.to_string()));
            let mut values = Vec::new();
            for (name, kind, value) in numbers(group) {
                let one = Series { labels: labels.clone(), kind, ..Series::named(name, PointStamp::Start) };
                values.push((series.at(one), value));
            }
            rows.push(Row { at: group, time: at, values });
        }
    }
    points.rows(series.all(), &rows);
}

/// Name, kind and value of every number of a group.
fn numbers(group: Part<'_>) -> Vec<(String, Option<MetricKind>, Reading)> {
    let mut found = Vec::new();
    for (key, value) in group.fields() {
        match key {
            "count" => found.push((key.to_string(), Some(MetricKind::Delta), number(value))),
            "sum" => found.extend(value.fields().map(|(k, v)| (k.to_string(), Some(MetricKind::Delta), number(v)))),
            "avg" | "max" | "min" | "quantiles" | "ratio" | "uniq" => {
                let inner = value.fields().filter(|(k, _)| *k != "sampleInterval");
                found.extend(inner.map(|(k, v)| (k.to_string(), None, number(v))));
            }
            _ => {}
        }
    }
    found
}
