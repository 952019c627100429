//! OpenTSDB: replies of `/api/query`.
//!
//! Sample: `[{"metric":"…","tags":{…},"dps":{"1749750720":0.5}}]`, or pairs in `dps`.
//! Yields: a sample per point.
//! Time: seconds or ms since 1970.
//! Reference: OpenTSDB HTTP API, `/api/query`.

use super::json_series::{JsonSeries, labels, number, time};
use super::points::{Points, Reading, Row, Series};
use crate::format::json_elements::Part;
use crate::format::{Claimed, timestamp};
use crate::model::PointStamp;

/// OpenTSDB query replies.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "opentsdb",
    title: "OpenTSDB query replies",
    samples: &[
        r#"[{"metric":"mail.http.errors","tags":{"service":"mail"},"aggregateTags":["host"],"dps":{"1749750720":12,"1749750780":40.5}}]"#,
    ],
    claim,
    read,
};

fn claim(root: Part<'_>) -> Option<Claimed> {
    root.first_object()?.has(&["metric", "dps"]).then_some(())?;
    Claimed::new(97, "`metric` with `dps`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for one in root.items() {
        let name = one.get("metric").and_then(Part::string).unwrap_or_else(|| points.stem());
        let labels = one.get("tags").map(labels).unwrap_or_default();
        let Some(dps) = one.get("dps") else { continue };
        let keyed = dps.fields().filter(|(_, value)| value.complete);
        let mut rows: Vec<Row<'_>> =
            keyed.map(|(key, value)| Row::single(value, timestamp::whole(key), number(value))).collect();
        rows.extend(dps.items().filter(|pair| pair.complete).map(|pair| {
            let mut items = pair.items();
            let at = items.next().and_then(time);
            Row::single(pair, at, items.next().map_or(Reading::Other, number))
        }));
        points.series(Series { labels, ..Series::named(name, PointStamp::Instant) }, &rows);
    }
}
