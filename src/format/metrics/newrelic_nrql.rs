//! New Relic: results of NRQL queries with TIMESERIES.
//!
//! Sample: `{"results":[{"beginTimeSeconds":1749750720,"endTimeSeconds":1749750780,"count":12}]}`.
//! Yields: a sample per number of a result; facets are labels, percentiles get the label `quantile`.
//! Time: the begin of the stated interval, seconds since 1970.
//! Reference: New Relic NerdGraph, NRQL results.

use super::json_series::{JsonSeries, number, scalar, time};
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::PointStamp;

/// NRQL results.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "newrelic_nrql",
    title: "New Relic query results over time",
    samples: &[
        r#"{"data":{"actor":{"account":{"nrql":{"results":[{"beginTimeSeconds":1749750720,"endTimeSeconds":1749750780,"facet":"mail","count":12,"percentage":3.5}]}}}}}"#,
    ],
    claim,
    read,
};

fn results<'a>(root: Part<'a>) -> Option<Part<'a>> {
    let wrapped = ["data", "actor", "account", "nrql", "results"];
    [root.at(&wrapped), root.get("results"), Some(root)].into_iter().flatten().find(|p| p.is_array())
}

fn claim(root: Part<'_>) -> Option<Claimed> {
    results(root)?.first_object()?.has(&["beginTimeSeconds", "endTimeSeconds"]).then_some(())?;
    Claimed::new(97, "`results` with `beginTimeSeconds` and `endTimeSeconds`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    let Some(results) = results(root) else { return };
    let names: Vec<String> = root
        .at(&["data", "actor", "account", "nrql", "metadata", "facets"])
        .or_else(|| root.at(&["metadata", "facets"]))
        .into_iter()
        .flat_map(Part::items)
        .filter_map(Part::string)
        .collect();
    let mut series = Found::default();
    let mut rows = Vec::new();
    for result in results.items().filter(|result| result.complete) {
        let facets = facets(result, &names);
        let mut values = Vec::new();
        for (name, quantile, value) in numbers(result, &names) {
            let mut labels = facets.clone();
            labels.extend(quantile.map(|q| ("quantile".to_string(), q)));
            values.push((series.at(Series { labels, ..Series::named(name, PointStamp::Start) }), value));
        }
        rows.push(Row { at: result, time: result.get("beginTimeSeconds").and_then(time), values });
    }
    points.rows(series.all(), &rows);
}

/// The facet of a result, one or several, under the names the query gave them.
fn facets(result: Part<'_>, names: &[String]) -> Vec<(String, String)> {
    let Some(facet) = result.get("facet") else { return Vec::new() };
    let values: Vec<String> = match facet.is_array() {
        true => facet.items().filter_map(scalar).collect(),
        false => scalar(facet).into_iter().collect(),
    };
    let name = |i: usize| names.get(i).cloned().unwrap_or_else(|| "facet".to_string());
    values.into_iter().enumerate().map(|(i, value)| (name(i), value)).collect()
}

/// Name, percentile and value of every number in a result.
fn numbers(result: Part<'_>, facets: &[String]) -> Vec<(String, Option<String>, Reading)> {
    let mut found = Vec::new();
    for (key, value) in result.fields() {
        if matches!(key, "beginTimeSeconds" | "endTimeSeconds" | "inspectedCount" | "facet")
            || facets.iter().any(|facet| facet == key)
        {
            continue;
        }
        let named = |quantile, value| (key.to_string(), quantile, value);
        if value.is_object() {
            found.extend(value.fields().map(|(q, v)| named(Some(q.to_string()), number(v))));
        } else if !value.text.starts_with('"') {
            found.push(named(None, number(value)));
        }
    }
    found
}
