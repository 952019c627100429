//! Prometheus remote write as JSON, and single series one a line (VictoriaMetrics `/api/v1/export`).
//!
//! Sample: `{"timeseries":[{"labels":[{"name":"__name__","value":"up"}],"samples":[{"value":1,"timestamp":"…"}]}]}`,
//! `{"metric":{"__name__":"up"},"values":[0,1],"timestamps":[1749750720000,1749750780000]}`.
//! Yields: a sample per point, sampled at the instant.
//! Time: ms since 1970.
//! Reference: prometheus/prometheus `prompb/types.proto`; VictoriaMetrics `docs/victoriametrics/README.md`.

use super::json_series::{JsonSeries, labels, number, time};
use super::points::{Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::PointStamp;

/// Raw samples of Prometheus series.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "remote_write",
    title: "raw Prometheus samples: remote write as JSON, VictoriaMetrics export",
    samples: &[
        r#"{"timeseries":[{"labels":[{"name":"__name__","value":"http_requests_total"},{"name":"service","value":"mail"}],"samples":[{"value":100,"timestamp":"1749750720000"},{"value":130,"timestamp":"1749750780000"}]}]}"#,
        "{\"metric\":{\"__name__\":\"up\",\"job\":\"mail\"},\"values\":[1,0],\"timestamps\":[1749750720000,1749750780000]}\n{\"metric\":{\"__name__\":\"up\",\"job\":\"web\"},\"values\":[1],\"timestamps\":[1749750720000]}\n",
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    if root.has(&["metric", "values", "timestamps"]) {
        return Claimed::new(98, "`metric` with `values` and `timestamps`");
    }
    let first = root.get("timeseries")?.first_object()?;
    first.has(&["labels", "samples"]).then_some(())?;
    Claimed::new(97, "`timeseries` with `labels` and `samples`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    if let Some(metric) = root.get("metric") {
        let times: Vec<_> = root.get("timestamps").into_iter().flat_map(Part::items).map(time).collect();
        let cells = root.get("values").into_iter().flat_map(Part::items).filter(|cell| cell.complete).enumerate();
        let rows: Vec<Row<'_>> =
            cells.map(|(i, cell)| Row::single(cell, times.get(i).copied().flatten(), number(cell))).collect();
        points.series(named(labels(metric), points), &rows);
    }
    for one in root.get("timeseries").into_iter().flat_map(Part::items) {
        let said = |part: Option<Part<'_>>| part.and_then(Part::string);
        let pair = |label: Part<'_>| Some((said(label.get("name"))?, said(label.get("value"))?));
        let labels = one.get("labels").into_iter().flat_map(Part::items).filter_map(pair).collect();
        let samples = one.get("samples").into_iter().flat_map(Part::items).filter(|sample| sample.complete);
        let rows: Vec<Row<'_>> = samples
            .map(|s| Row::single(s, s.get("timestamp").and_then(time), s.get("value").map_or(Reading::Missing, number)))
            .collect();
        points.series(named(labels, points), &rows);
    }
}

fn named(mut labels: Vec<(String, String)>, points: &Points<'_, '_>) -> Series {
    let own = labels.iter().position(|(key, _)| key == "__name__").map(|at| labels.remove(at).1);
    Series { labels, ..Series::named(own.unwrap_or_else(|| points.stem()), PointStamp::Instant) }
}
