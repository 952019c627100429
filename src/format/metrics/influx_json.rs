//! InfluxDB 1: replies of `/query`.
//!
//! Sample: `{"results":[{"series":[{"name":"http","tags":{…},"columns":["time","errors"],"values":[[…,12]]}]}]}`.
//! Yields: a sample per number of a row.
//! Time: RFC 3339, or an epoch in the unit that was asked for. Rows of an aggregate begin their interval.
//! Reference: influxdata/docs `influxdb/v1/guides/query_data`.

use super::json_series::{JsonSeries, labels, number, scalar, time};
use super::points::{Found, Points, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::PointStamp;

/// InfluxDB 1 query replies.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "influx_json",
    title: "InfluxDB 1 query replies",
    samples: &[
        r#"{"results":[{"statement_id":0,"series":[{"name":"http","tags":{"service":"mail"},"columns":["time","errors","requests"],"values":[["2025-06-12T17:52:00Z",12,120],["2025-06-12T17:53:00Z",null,98]]}]}]}"#,
    ],
    claim,
    read,
};

/// Names that InfluxQL gives the columns of aggregates.
const AGGREGATES: &[&str] =
    &["count", "mean", "sum", "max", "min", "median", "mode", "spread", "stddev", "percentile", "first", "last"];

fn tables<'a>(root: Part<'a>) -> impl Iterator<Item = Part<'a>> {
    root.get("results")
        .into_iter()
        .flat_map(Part::items)
        .filter_map(|result| result.get("series"))
        .flat_map(Part::items)
}

fn claim(root: Part<'_>) -> Option<Claimed> {
    let table = tables(root).next()?;
    table.get("columns")?.items().any(|column| column.text == "\"time\"").then_some(())?;
    Claimed::new(97, "`series` with a column `time`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for table in tables(root) {
        let columns: Vec<String> =
            table.get("columns").into_iter().flat_map(Part::items).filter_map(Part::string).collect();
        let measurement = table.get("name").and_then(Part::string).unwrap_or_else(|| points.stem());
        let tags = table.get("tags").map(labels).unwrap_or_default();
        let values = table.get("values").into_iter().flat_map(Part::items).filter(|row| row.complete);
        read_table(&columns, &measurement, &tags, values, points);
    }
}

fn read_table<'a>(
    columns: &[String],
    measurement: &str,
    tags: &[(String, String)],
    table: impl Iterator<Item = Part<'a>>,
    points: &mut Points<'_, '_>,
) {
    let mut series = Found::default();
    let mut rows = Vec::new();
    for row in table {
        let cells: Vec<(&String, Part<'_>)> = columns.iter().zip(row.items()).collect();
        let at = cells.iter().find(|(column, _)| *column == "time").and_then(|(_, cell)| time(*cell));
        // Words beside the numbers are tags that the query selected like fields.
        let words = cells.iter().filter(|(column, cell)| *column != "time" && cell.text.starts_with('"'));
        let mut said = tags.to_vec();
        said.extend(words.filter_map(|(column, cell)| Some(((*column).clone(), scalar(*cell)?))));
        let mut values = Vec::new();
        for (column, cell) in cells.iter().filter(|(c, cell)| *c != "time" && !cell.text.starts_with('"')) {
            values.push((series.at(named(column, measurement, &said)), number(*cell)));
        }
        rows.push(Row { at: row, time: at, values });
    }
    points.rows(series.all(), &rows);
}

/// The column names the series; an aggregate names only itself, so the measurement does.
fn named(column: &str, measurement: &str, labels: &[(String, String)]) -> Series {
    let bare = column.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    let aggregate = AGGREGATES.iter().any(|a| bare == *a || bare.strip_prefix(a).is_some_and(|r| r.starts_with('_')));
    let mut labels = labels.to_vec();
    let (name, key, value) = match AGGREGATES.contains(&bare) {
        true => (measurement, "statistic", column),
        false => (column, "_measurement", measurement),
    };
    labels.push((key.to_string(), value.to_string()));
    let stamp = if aggregate { PointStamp::Start } else { PointStamp::Instant };
    Series { labels, ..Series::named(name, stamp) }
}
