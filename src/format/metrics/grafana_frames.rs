//! Grafana data frames: the reply of `/api/ds/query`, and the panel's "data frame JSON".
//!
//! Sample: `{"results":{"A":{"frames":[{"schema":{"fields":[…]},"data":{"values":[[ms…],[v…]]}}]}}}`.
//! Yields: a sample per number, columns of words as labels.
//! Time: ms since 1970 in the field of type `time`; a Prometheus result covers the time up to its stamp.
//! Reference: grafana/grafana `packages/grafana-data/src/dataframe/DataFrameJSON.ts`.

use super::json_series::{JsonSeries, labels, number, scalar, time};
use super::points::{Points, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::PointStamp;

/// Grafana data frames.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "grafana_frames",
    title: "Grafana data frames: query replies, panel JSON",
    samples: &[
        r#"{"results":{"A":{"status":200,"frames":[{"schema":{"refId":"A","fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number","labels":{"service":"mail"},"config":{"unit":"percentunit"}}]},"data":{"values":[[1749750720000,1749750780000],[0.93,null]]}}]}}}"#,
        r#"[{"schema":{"name":"requests","fields":[{"name":"time","type":"time"},{"name":"route","type":"string"},{"name":"count","type":"number"}]},"data":{"values":[[1749750720000],["/send"],[12]]}}]"#,
    ],
    claim,
    read,
};

/// Lists of frames in a document.
pub(in crate::format) fn frames<'a>(root: Part<'a>) -> Vec<Part<'a>> {
    if root.is_array() {
        return root.items().collect();
    }
    match root.get("results") {
        Some(results) => {
            results.fields().filter_map(|(_, result)| result.get("frames")).flat_map(Part::items).collect()
        }
        None => vec![root],
    }
}

/// The fields of a frame, when it has a time and a number.
fn fields<'a>(frame: Part<'a>) -> Option<Vec<Part<'a>>> {
    let fields: Vec<Part<'a>> = frame.at(&["schema", "fields"])?.items().collect();
    let of = |kind: &str| fields.iter().any(|field| kind_of(*field) == kind);
    (of("time") && of("number")).then_some(fields)
}

fn kind_of(field: Part<'_>) -> String {
    field.get("type").and_then(Part::string).unwrap_or_default()
}

fn claim(root: Part<'_>) -> Option<Claimed> {
    let frames = frames(root);
    let first = frames.iter().find(|frame| frame.get("schema").is_some())?;
    fields(*first)?;
    Claimed::new(97, "`schema.fields` with a time and a number beside `data.values`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for frame in frames(root) {
        let columns: Vec<Part<'_>> = frame.at(&["data", "values"]).into_iter().flat_map(Part::items).collect();
        match fields(frame) {
            Some(fields) if !columns.is_empty() => read_frame(frame, &fields, &columns, points),
            _ => points.blank(frame),
        }
    }
}

fn read_frame(frame: Part<'_>, fields: &[Part<'_>], columns: &[Part<'_>], points: &mut Points<'_, '_>) {
    let of = |kind: &'static str| {
        let of_kind = fields.iter().zip(columns).filter(move |(field, _)| kind_of(**field) == kind);
        of_kind.map(|(field, column)| (*field, *column))
    };
    let times: Vec<_> = of("time").next().into_iter().flat_map(|(_, column)| column.items()).map(time).collect();
    let words: Vec<(String, Vec<Option<String>>)> =
        of("string").map(|(field, column)| (name_of(field), column.items().map(scalar).collect())).collect();
    let stamp = match frame.at(&["schema", "meta", "custom", "resultType"]) {
        Some(_) => PointStamp::End,
        None => PointStamp::Instant,
    };
    for (field, column) in of("number") {
        let series = named(frame, field, stamp, points);
        let cells = column.items().filter(|cell| cell.complete).enumerate();
        let rows = cells.map(|(i, cell)| Row::single(cell, times.get(i).copied().flatten(), number(cell)));
        if words.is_empty() {
            points.series(series, &rows.collect::<Vec<_>>());
            continue;
        }
        for (i, row) in rows.enumerate() {
            let mut one = series.clone();
            let said = words.iter().filter_map(|(key, values)| Some((key.clone(), values.get(i)?.clone()?)));
            one.labels.extend(said);
            points.series(one, &[row]);
        }
    }
}

fn name_of(field: Part<'_>) -> String {
    field.get("name").and_then(Part::string).unwrap_or_default()
}

/// Name, labels and unit of a column of numbers; `Value` names nothing, so the frame's name or the
/// file's stands in.
fn named(frame: Part<'_>, field: Part<'_>, stamp: PointStamp, points: &Points<'_, '_>) -> Series {
    let mut labels = field.get("labels").map(labels).unwrap_or_default();
    let own = labels.iter().position(|(key, _)| key == "__name__").map(|at| labels.remove(at).1);
    let said = |part: Option<Part<'_>>| part.and_then(Part::string).filter(|s| !s.is_empty());
    let title = Some(name_of(field)).filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("value"));
    let name = own
        .or(title)
        .or_else(|| said(field.at(&["config", "displayNameFromDS"])))
        .or_else(|| said(frame.at(&["schema", "name"])))
        .unwrap_or_else(|| points.stem());
    Series { name, labels, unit: said(field.at(&["config", "unit"])), kind: None, stamp }
}
