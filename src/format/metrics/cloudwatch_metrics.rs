//! CloudWatch: `get-metric-data` and `get-metric-statistics`.
//!
//! Sample: `{"MetricDataResults":[{"Label":"…","Timestamps":[…],"Values":[…]}]}`,
//! `{"Label":"…","Datapoints":[{"Timestamp":"…","Sum":12.0,"Unit":"Count"}]}`, in any order.
//! Yields: a sample per value; the statistic is a label.
//! Time: RFC 3339 or epoch seconds, the start of the period. The period itself is not in the file.
//! Reference: aws/aws-cli `awscli/examples/cloudwatch`.

use super::json_series::{JsonSeries, number, time};
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp};

/// CloudWatch metrics.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "cloudwatch_metrics",
    title: "CloudWatch get-metric-data, get-metric-statistics",
    samples: &[
        r#"{"MetricDataResults":[{"Id":"m1","Label":"HTTPCode_Target_5XX_Count","Timestamps":["2025-06-12T17:53:00+00:00","2025-06-12T17:52:00+00:00"],"Values":[40.0,12.0],"StatusCode":"Complete"}]}"#,
        r#"{"Label":"RequestCount","Datapoints":[{"Timestamp":"2025-06-12T17:53:00Z","Sum":98.0,"Unit":"Count"},{"Timestamp":"2025-06-12T17:52:00Z","Sum":120.0,"Unit":"Count"}]}"#,
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    let results = root.get("MetricDataResults").and_then(Part::first_object);
    if results.is_some_and(|r| r.has_any(&["Timestamps", "Values"])) {
        return Claimed::new(97, "`MetricDataResults` with `Timestamps` and `Values`");
    }
    let point = root.get("Datapoints").and_then(Part::first_object)?;
    point.get("Timestamp")?;
    Claimed::new(96, "`Datapoints` with `Timestamp`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    if root.get("NextToken").and_then(Part::string).is_some() {
        points.incomplete("expected all results, found a `NextToken`: there is more", "fetch the next pages as well");
    }
    for result in root.get("MetricDataResults").into_iter().flat_map(Part::items) {
        data_result(result, points);
    }
    if let Some(list) = root.get("Datapoints") {
        let label = root.get("Label").and_then(Part::string).unwrap_or_else(|| points.stem());
        statistics(&label, list, points);
    }
}

fn data_result(result: Part<'_>, points: &mut Points<'_, '_>) {
    let said = |key: &str| result.get(key).and_then(Part::string).filter(|s| !s.is_empty());
    if said("StatusCode").as_deref() == Some("PartialData") {
        points.incomplete("expected complete results, found `PartialData`", "fetch the next pages as well");
    }
    let name = said("Label").or_else(|| said("Id")).unwrap_or_else(|| points.stem());
    let times: Vec<_> = result.get("Timestamps").into_iter().flat_map(Part::items).map(time).collect();
    let cells = result.get("Values").into_iter().flat_map(Part::items).filter(|cell| cell.complete).enumerate();
    let rows: Vec<Row<'_>> =
        cells.map(|(i, cell)| Row::single(cell, times.get(i).copied().flatten(), number(cell))).collect();
    if rows.is_empty() && result.complete {
        points.blank(result);
    }
    points.series(Series::named(name, PointStamp::Start), &rows);
}

/// Every statistic of the datapoints is a series; a sum is a count within the period.
fn statistics(label: &str, list: Part<'_>, points: &mut Points<'_, '_>) {
    let mut series = Found::default();
    let mut rows = Vec::new();
    for point in list.items().filter(|point| point.complete) {
        let unit = point.get("Unit").and_then(Part::string).filter(|unit| unit != "None");
        let extended = point.get("ExtendedStatistics").into_iter().flat_map(Part::fields);
        let plain = point.fields().filter(|(key, _)| !matches!(*key, "Timestamp" | "Unit" | "ExtendedStatistics"));
        let mut values = Vec::new();
        for (statistic, value) in plain.chain(extended) {
            let value = number(value);
            if value == Reading::Other {
                continue;
            }
            let one = Series {
                name: label.to_string(),
                labels: vec![("statistic".to_string(), statistic.to_string())],
                // How many values there were has no unit.
                unit: unit.clone().filter(|_| statistic != "SampleCount"),
                kind: matches!(statistic, "Sum" | "SampleCount").then_some(MetricKind::Delta),
                stamp: PointStamp::Start,
            };
            values.push((series.at(one), value));
        }
        rows.push(Row { at: point, time: point.get("Timestamp").and_then(time), values });
    }
    points.rows(series.all(), &rows);
}
