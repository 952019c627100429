//! Datadog metric queries: `/api/v1/query` and `/api/v2/query/timeseries`.
//!
//! Sample: `{"series":[{"metric":"…","scope":"service:mail","pointlist":[[ms,v],…]}]}`.
//! Yields: a sample per point; `null` is no data.
//! Time: ms since 1970, the start of the interval a point covers.
//! Reference: DataDog/datadog-api-client-go `MetricsQueryResponse`, `TimeseriesResponse`.

use super::json_series::{JsonSeries, number, tag_labels, time};
use super::points::{Points, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp};

/// Datadog metric queries.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "datadog_metrics",
    title: "Datadog metric queries, v1 and v2",
    samples: &[
        r#"{"status":"ok","series":[{"metric":"trace.http.request.errors","scope":"service:mail,env:prod","expression":"sum:trace.http.request.errors{service:mail}.as_count()","interval":60,"pointlist":[[1749750720000.0,12.0],[1749750780000.0,null]],"unit":[null,null]}],"from_date":1749750720000}"#,
        r#"{"data":{"type":"timeseries_response","attributes":{"series":[{"group_tags":["service:mail"],"query_index":0,"unit":[{"name":"percent"},null]}],"times":[1749750720000,1749750780000],"values":[[0.5,91.0]]}}}"#,
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    let v1 = root.get("series").and_then(Part::first_object).is_some_and(|s| s.has(&["metric", "pointlist"]));
    if v1 {
        return Claimed::new(97, "`series` with `metric` and `pointlist`");
    }
    let attributes = root.at(&["data", "attributes"])?;
    let series = attributes.get("series")?.first_object()?;
    (attributes.get("times").is_some() && series.has_any(&["group_tags", "query_index"])).then_some(())?;
    Claimed::new(97, "`attributes` with `series` of `group_tags`, and `times`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for one in root.get("series").into_iter().flat_map(Part::items) {
        let list: Vec<Part<'_>> = one.get("pointlist").into_iter().flat_map(Part::items).collect();
        if list.is_empty() && one.complete {
            points.blank(one);
        }
        points.series(first_version(one, points), &list.into_iter().filter_map(pair).collect::<Vec<_>>());
    }
    let Some(attributes) = root.at(&["data", "attributes"]) else { return };
    let times: Vec<_> = attributes.get("times").into_iter().flat_map(Part::items).map(time).collect();
    let columns: Vec<Part<'_>> = attributes.get("values").into_iter().flat_map(Part::items).collect();
    for (one, column) in attributes.get("series").into_iter().flat_map(Part::items).zip(columns) {
        let cells = column.items().filter(|cell| cell.complete).enumerate();
        let rows = cells.map(|(i, cell)| Row::single(cell, times.get(i).copied().flatten(), number(cell)));
        points.series(second_version(one, points), &rows.collect::<Vec<_>>());
    }
}

/// `[time, value]`; a cut one is none.
fn pair(point: Part<'_>) -> Option<Row<'_>> {
    let mut items = point.items().filter(|_| point.complete);
    let at = time(items.next()?);
    Some(Row::single(point, at, number(items.next()?)))
}

fn first_version(one: Part<'_>, points: &Points<'_, '_>) -> Series {
    let said = |key: &str| one.get(key).and_then(Part::string).filter(|s| !s.is_empty());
    let tags: Vec<String> = match one.get("tag_set").filter(|tags| tags.items().next().is_some()) {
        Some(tags) => tags.items().filter_map(Part::string).collect(),
        None => said("scope").iter().flat_map(|scope| scope.split(',').map(str::to_string)).collect(),
    };
    let asked = said("expression").unwrap_or_default();
    let counted = asked.contains(".as_count()").then_some(MetricKind::Delta);
    let kind = asked.contains(".as_rate()").then_some(MetricKind::Rate).or(counted);
    Series {
        name: said("metric").or_else(|| said("display_name")).unwrap_or_else(|| points.stem()),
        labels: tag_labels(tags.iter().map(String::as_str)),
        unit: unit(one),
        kind,
        stamp: PointStamp::Start,
    }
}

/// The second version does not say which metric was asked for: the file's name stands in.
fn second_version(one: Part<'_>, points: &Points<'_, '_>) -> Series {
    let tags: Vec<String> = one.get("group_tags").into_iter().flat_map(Part::items).filter_map(Part::string).collect();
    let mut labels = tag_labels(tags.iter().map(String::as_str));
    if let Some(index) = one.get("query_index").filter(|i| i.text != "0") {
        labels.push(("query".to_string(), index.text.to_string()));
    }
    Series { name: points.stem(), labels, unit: unit(one), kind: None, stamp: PointStamp::Start }
}

/// `[{"name":"request"},{"name":"second"}]` is `request/s`.
fn unit(one: Part<'_>) -> Option<String> {
    let names: Vec<Option<String>> = one
        .get("unit")?
        .items()
        .map(|unit| ["short_name", "name"].iter().find_map(|key| unit.get(key).and_then(Part::string)))
        .collect();
    let first = names.first().cloned().flatten()?;
    Some(match names.get(1).cloned().flatten() {
        Some(per) => format!("{first}/{}", if per == "second" { "s" } else { &per }),
        None => first,
    })
}
