//! What a metric series did: when its level changed, and between which levels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::time::utc_text;
use super::{MetricKind, SourceId};

/// A change of level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelChange {
    /// Stamp of the first point of the new level; RFC 3339 in JSON, as the other two.
    #[serde(rename = "at", with = "utc_text")]
    pub at_ns: i64,
    /// Earliest moment at which it can have happened: no later than the point before.
    #[serde(rename = "from", with = "utc_text")]
    pub from_ns: i64,
    /// Latest moment.
    #[serde(rename = "to", with = "utc_text")]
    pub to_ns: i64,
    /// Median before.
    pub level_before: f64,
    /// Median after.
    pub level_after: f64,
    /// Distance of the two levels in spreads of the normal level (of the noise for a change point);
    /// `None` where that spread is zero.
    pub effect: Option<f64>,
    /// A recovery that led only part of the way back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
}

/// A metric series with its changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesChanges {
    /// Metric name.
    pub name: String,
    /// Labels by name.
    pub labels: BTreeMap<String, String>,
    /// Canonical service, where the series names one.
    pub service: Option<String>,
    /// What the numbers are; a counter's levels are increases per second.
    pub kind: MetricKind,
    /// Unit as written.
    pub unit: Option<String>,
    /// Where it was read.
    pub source: SourceId,
    /// Path of that source.
    pub path: String,
    /// Numbers that were looked at.
    pub points: usize,
    /// Usual distance of the points, seconds.
    pub step_s: f64,
    /// Departures from the normal level.
    pub onsets: Vec<LevelChange>,
    /// Returns to it, or towards it.
    pub recoveries: Vec<LevelChange>,
    /// All changes of level that are more than chance, small or lasting as they may be.
    pub change_points: Vec<LevelChange>,
}
