//! A metric series, as read and as aligned.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ClockKind, Exemplar, MetricKind, PointStamp};

/// One metric series of one source: points in file order, gaps as gaps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Metric name.
    pub name: String,
    /// Labels by name.
    pub labels: BTreeMap<String, String>,
    /// What the numbers are.
    pub kind: MetricKind,
    /// What a point's stamp means.
    pub stamp: PointStamp,
    /// Unit as written.
    pub unit: Option<String>,
    /// Which clock the points are on before alignment; `Zoned` afterwards.
    pub clock: ClockKind,
    /// Points: ns on that clock, value. Sorted by time once aligned.
    pub points: Vec<(i64, f64)>,
    /// Where the first point was read.
    pub first: Exemplar,
    /// Where the last point was read.
    pub last: Exemplar,
}

impl Series {
    /// What makes two series the same: name, labels and clock.
    pub fn key(&self) -> (&str, &BTreeMap<String, String>, ClockKind) {
        (&self.name, &self.labels, self.clock)
    }

    /// The same series with the points from `from_ns` to `to_ns` only; `None` when there are none.
    /// Points must be sorted, as they are once aligned.
    pub fn between(&self, from_ns: i64, to_ns: i64) -> Option<Series> {
        let (from, to) =
            (self.points.partition_point(|p| p.0 < from_ns), self.points.partition_point(|p| p.0 <= to_ns));
        let points = self.points.get(from..to).filter(|p| !p.is_empty())?.to_vec();
        Some(Series {
            name: self.name.clone(),
            labels: self.labels.clone(),
            unit: self.unit.clone(),
            first: self.first.clone(),
            last: self.last.clone(),
            points,
            ..*self
        })
    }
}
