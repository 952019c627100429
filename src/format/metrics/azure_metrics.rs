//! Azure Monitor metrics: `az monitor metrics list`, the REST reply.
//!
//! Sample: `{"value":[{"name":{"value":"Http5xx"},"timeseries":[{"data":[{"timeStamp":"…","total":3}]}]}]}`.
//! Yields: a sample per aggregation of a point; a point with a stamp alone is no data.
//! Time: RFC 3339, the start of the interval.
//! Reference: Azure/azure-rest-api-specs `Microsoft.Insights/metrics`.

use super::json_series::{JsonSeries, number, time};
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp};

/// Azure Monitor metrics.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "azure_metrics",
    title: "Azure Monitor metrics",
    samples: &[
        r#"{"interval":"PT1M","value":[{"name":{"value":"Http5xx"},"unit":"Count","timeseries":[{"metadatavalues":[{"name":{"value":"instance"},"value":"web-1"}],"data":[{"timeStamp":"2025-06-12T17:52:00Z","total":3.0},{"timeStamp":"2025-06-12T17:53:00Z"}]}]}],"namespace":"Microsoft.Web/sites"}"#,
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    let series = root.get("value")?.first_object()?.get("timeseries")?.first_object()?;
    series.get("data")?;
    Claimed::new(97, "`value` of metrics with `timeseries` and `data`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for metric in root.get("value").into_iter().flat_map(Part::items) {
        let said = |part: Option<Part<'_>>| part.and_then(Part::string);
        let name = said(metric.at(&["name", "value"])).unwrap_or_else(|| points.stem());
        let unit = said(metric.get("unit")).filter(|unit| unit != "Unspecified");
        for one in metric.get("timeseries").into_iter().flat_map(Part::items) {
            let pair = |label: Part<'_>| Some((said(label.at(&["name", "value"]))?, said(label.get("value"))?));
            let labels = one.get("metadatavalues").into_iter().flat_map(Part::items).filter_map(pair).collect();
            let series =
                Series { name: name.clone(), labels, unit: unit.clone(), kind: None, stamp: PointStamp::Start };
            read_points(&series, one, points);
        }
    }
}

fn read_points(of: &Series, one: Part<'_>, points: &mut Points<'_, '_>) {
    let mut series = Found::default();
    let mut rows = Vec::new();
    for point in one.get("data").into_iter().flat_map(Part::items).filter(|point| point.complete) {
        let mut values = Vec::new();
        for (key, value) in point.fields().filter(|(key, _)| *key != "timeStamp") {
            let value = number(value);
            if value == Reading::Other {
                continue;
            }
            let mut one = of.clone();
            one.labels.push(("statistic".to_string(), key.to_string()));
            one.kind = matches!(key, "total" | "count").then_some(MetricKind::Delta);
            values.push((series.at(one), value));
        }
        rows.push(Row { at: point, time: point.get("timeStamp").and_then(time), values });
    }
    points.rows(series.all(), &rows);
}
