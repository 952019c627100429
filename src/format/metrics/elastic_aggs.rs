//! Elasticsearch and OpenSearch: date histograms, with whatever is nested in them.
//!
//! Sample: `{"aggregations":{"per_minute":{"buckets":[{"key_as_string":"…","key":ms,"doc_count":12}]}}}`.
//! Yields: per bucket of time its `doc_count` and the numbers of its metric aggregations; buckets of
//! terms, inside or around, are labels.
//! Time: `key` in ms since 1970, the start of the interval. An empty bucket is listed with 0 and is 0.
//! Reference: elastic/elasticsearch, date histogram aggregation.

use super::json_series::{JsonSeries, number, scalar, time};
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::{MetricKind, PointStamp, RawTime};

/// Date histograms.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "elastic_aggs",
    title: "Elasticsearch and OpenSearch date histograms",
    samples: &[
        r#"{"took":5,"timed_out":false,"hits":{"total":{"value":160,"relation":"eq"},"hits":[]},"aggregations":{"per_minute":{"buckets":[{"key_as_string":"2025-06-12T17:52:00.000Z","key":1749750720000,"doc_count":120,"status":{"buckets":[{"key":"503","doc_count":12}]},"latency":{"values":{"95.0":812.5}}},{"key_as_string":"2025-06-12T17:53:00.000Z","key":1749750780000,"doc_count":40}]}}}"#,
    ],
    claim,
    read,
};

/// Aggregations inside aggregations at most.
const DEPTH: usize = 8;

fn claim(root: Part<'_>) -> Option<Claimed> {
    let aggregations = root.get("aggregations").or_else(|| root.get("aggs"))?;
    has_times(aggregations, 0).then_some(())?;
    Claimed::new(97, "`aggregations` with buckets of time")
}

/// Whether buckets of time stand somewhere below.
fn has_times(part: Part<'_>, depth: usize) -> bool {
    depth < DEPTH
        && part.fields().any(|(_, child)| {
            let first = child.get("buckets").and_then(Part::first_object);
            first.is_some_and(|bucket| bucket_time(bucket).is_some() || has_times(bucket, depth + 1))
                || (child.get("buckets").is_none() && child.is_object() && has_times(child, depth + 1))
        })
}

/// The time of a bucket of a date histogram: a key in ms that is also given in words, or by itself.
fn bucket_time(bucket: Part<'_>) -> Option<RawTime> {
    let key = bucket.get("key").filter(|key| key.text.len() >= 12 && !key.text.starts_with('"'))?;
    time(key)
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    if let Some(aggregations) = root.get("aggregations").or_else(|| root.get("aggs")) {
        let mut walk = Walk::default();
        walk.level(aggregations, &[], None, 0);
        points.rows(walk.series.all(), &walk.rows);
    }
}

#[derive(Default)]
struct Walk<'a> {
    series: Found,
    rows: Vec<Row<'a>>,
}

impl<'a> Walk<'a> {
    /// The aggregations of one level; `at` is the row of the bucket of time around them.
    fn level(&mut self, part: Part<'a>, labels: &[(String, String)], at: Option<usize>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        for (name, child) in part.fields().filter(|(_, child)| child.is_object()) {
            match child.get("buckets") {
                Some(buckets) => self.buckets(name, buckets, labels, at, depth),
                None if at.is_some() && child.has_any(&["value", "values", "avg"]) => {
                    self.metric(name, child, labels, at)
                }
                None => self.level(child, labels, at, depth + 1),
            }
        }
    }

    fn buckets(&mut self, name: &str, buckets: Part<'a>, labels: &[(String, String)], at: Option<usize>, depth: usize) {
        let keyed = buckets.fields().map(|(key, bucket)| (Some(key.to_string()), bucket));
        let listed = buckets.items().map(|bucket| (None, bucket));
        for (key, bucket) in listed.chain(keyed).filter(|(_, bucket)| bucket.complete) {
            let mut labels = labels.to_vec();
            let row = match bucket_time(bucket).filter(|_| at.is_none()) {
                Some(time) => {
                    self.rows.push(Row { at: bucket, time: Some(time), values: Vec::new() });
                    Some(self.rows.len() - 1)
                }
                None => {
                    let said = key.or_else(|| scalar(bucket.get("key")?));
                    labels.extend(said.map(|value| (name.to_string(), value)));
                    at
                }
            };
            if let Some(count) = bucket.get("doc_count") {
                self.value("doc_count", &labels, Some(MetricKind::Delta), row, number(count));
            }
            self.level(bucket, &labels, row, depth + 1);
        }
    }

    /// `{"value":…}`, `{"values":{"95.0":…}}`, or the statistics of a `stats` aggregation.
    fn metric(&mut self, name: &str, metric: Part<'a>, labels: &[(String, String)], at: Option<usize>) {
        if let Some(value) = metric.get("value") {
            self.value(name, labels, None, at, number(value));
        }
        let with = |key: &str, value: &str| [labels, &[(key.to_string(), value.to_string())]].concat();
        for (percent, value) in metric.get("values").into_iter().flat_map(Part::fields) {
            if !percent.ends_with("_as_string") {
                self.value(name, &with("percentile", percent), None, at, number(value));
            }
        }
        for statistic in ["avg", "min", "max"] {
            if let Some(value) = metric.get(statistic) {
                self.value(name, &with("statistic", statistic), None, at, number(value));
            }
        }
    }

    fn value(
        &mut self,
        name: &str,
        labels: &[(String, String)],
        kind: Option<MetricKind>,
        row: Option<usize>,
        value: Reading,
    ) {
        let Some(row) = row.and_then(|row| self.rows.get_mut(row)) else { return };
        let one = Series { labels: labels.to_vec(), kind, ..Series::named(name, PointStamp::Start) };
        row.values.push((self.series.at(one), value));
    }
}
