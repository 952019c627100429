//! sysstat: `sadf -j`.
//!
//! Sample: `{"sysstat":{"hosts":[{"nodename":"…","statistics":[{"timestamp":{…},"cpu-load":[{"cpu":"all","user":1.2}]}]}]}}`.
//! Yields: a sample per number; names are `group.field`, words beside them are labels.
//! Time: date and time of the `timestamp`, UTC when it says so; the end of the interval.
//! Reference: sysstat/sysstat `man/sadf.in`.

use super::json_series::{JsonSeries, number, scalar};
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::json_elements::Part;
use crate::format::{Claimed, timestamp};
use crate::model::{PointStamp, RawTime};

/// sysstat in JSON.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "sadf_json",
    title: "sysstat in JSON (`sadf -j`)",
    samples: &[
        r#"{"sysstat":{"hosts":[{"nodename":"edge7","statistics":[{"timestamp":{"date":"2025-06-12","time":"17:52:00","utc":1,"interval":60},"cpu-load":[{"cpu":"all","user":1.25,"idle":97.5}],"queue":{"runq-sz":2}}]}]}}"#,
    ],
    claim,
    read,
};

/// Groups inside groups at most.
const DEPTH: usize = 4;

fn hosts<'a>(root: Part<'a>) -> impl Iterator<Item = Part<'a>> {
    root.at(&["sysstat", "hosts"]).into_iter().flat_map(Part::items)
}

fn claim(root: Part<'_>) -> Option<Claimed> {
    hosts(root).next()?.get("statistics")?;
    Claimed::new(98, "`sysstat.hosts` with `statistics`")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    for host in hosts(root) {
        let name = host.get("nodename").and_then(Part::string).unwrap_or_default();
        let mut walk = Walk { host: name, series: Found::default() };
        let mut rows = Vec::new();
        for one in host.get("statistics").into_iter().flat_map(Part::items).filter(|one| one.complete) {
            let mut values = Vec::new();
            for (group, part) in one.fields().filter(|(key, _)| *key != "timestamp") {
                walk.group(group, part, &[], &mut values, 0);
            }
            rows.push(Row { at: one, time: one.get("timestamp").and_then(stamp), values });
        }
        points.rows(walk.series.all(), &rows);
    }
}

/// Date, time and whether they are UTC stand apart.
fn stamp(part: Part<'_>) -> Option<RawTime> {
    let (date, time) = (part.get("date")?.string()?, part.get("time")?.string()?);
    let utc = part.get("utc").is_some_and(|utc| matches!(utc.text, "1" | "true"));
    timestamp::whole(&format!("{date}T{time}{}", if utc { "Z" } else { "" }))
}

struct Walk {
    host: String,
    series: Found,
}

impl Walk {
    /// Numbers of a group, of each of its rows, or of the groups inside it.
    fn group(
        &mut self,
        name: &str,
        part: Part<'_>,
        around: &[(String, String)],
        values: &mut Vec<(usize, Reading)>,
        depth: usize,
    ) {
        if depth > DEPTH {
            return;
        }
        for row in part.items() {
            self.group(name, row, around, values, depth + 1);
        }
        let words = part.fields().filter(|(_, value)| value.text.starts_with('"'));
        let mut labels = around.to_vec();
        labels.extend(words.filter_map(|(key, value)| Some((key.to_string(), scalar(value)?))));
        for (key, value) in part.fields().filter(|(_, value)| !value.text.starts_with('"')) {
            let full = format!("{name}.{key}");
            if value.is_object() || value.is_array() {
                self.group(&full, value, &labels, values, depth + 1);
                continue;
            }
            let mut said = labels.clone();
            said.push(("host".to_string(), self.host.clone()));
            let one = Series { labels: said, ..Series::named(full, PointStamp::End) };
            values.push((self.series.at(one), number(value)));
        }
    }
}
