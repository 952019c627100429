//! Graphite's render API in JSON, and what speaks like it.
//!
//! Sample: `[{"target":"…","datapoints":[[value,epoch],…]}]`, the value first.
//! Yields: a sample per point; `null` is no data. `maxDataPoints` may have averaged: the file does not say.
//! Time: seconds since 1970 (ms from Grafana), the start of the step.
//! Reference: graphite-project/graphite-web `docs/render_api.rst`.

use super::json_series::{JsonSeries, labels, number, time};
use super::points::{Points, Row, Series};
use super::series_name;
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::PointStamp;

/// Graphite JSON.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "graphite_json",
    title: "Graphite render API, JSON",
    samples: &[
        r#"[{"target":"mail.requests.errors","datapoints":[[12.0,1749750720],[null,1749750780],[40.0,1749750840]],"tags":{"name":"mail.requests.errors"}}]"#,
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    let first = root.first_object()?;
    first.has(&["target", "datapoints"]).then_some(())?;
    Claimed::new(97, "`target` with `datapoints`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for one in root.items() {
        let target = one.get("target").and_then(crate::format::json_elements::Part::string);
        let (name, mut said) = series_name::split(&target.unwrap_or_else(|| points.stem()));
        // The tag `name` repeats the target.
        said.extend(one.get("tags").map(labels).unwrap_or_default().into_iter().filter(|(key, _)| key != "name"));
        let list = one.get("datapoints").into_iter().flat_map(Part::items).filter(|point| point.complete);
        let rows: Vec<Row<'_>> = list.map(pair).collect();
        if rows.is_empty() && one.complete {
            points.blank(one);
        }
        points.series(Series { labels: said, ..Series::named(name, PointStamp::Start) }, &rows);
    }
}

/// `[value, time]`, in this order whatever the value looks like.
fn pair(point: Part<'_>) -> Row<'_> {
    let mut items = point.items();
    let value = items.next().map_or(super::points::Reading::Other, number);
    Row::single(point, items.next().and_then(time), value)
}
