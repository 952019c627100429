//! The two high-volume records that formats hand to a sink: log records and metric samples.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CallEnd, Level, Outcome, RawTime, Span, TimeBasis, Timestamp};

/// Which moment of a request a stamp marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StampMeaning {
    /// The moment itself: an application log line.
    #[default]
    Event,
    /// Arrival of the request.
    Start,
    /// Completion of the request.
    End,
    /// When somebody else read or stored it.
    Observed,
}

/// One log record, borrowed from its frame.
///
/// A record with a `status` or an `outcome` is a request and gets into ratios; one without is a
/// line and only ever gets into counts.
#[derive(Clone, Debug, Default)]
pub struct LogRecord<'a> {
    /// The record's own stamp; `None` when it has none (then `observed` stands in).
    pub time: Option<RawTime>,
    /// The stamp of an envelope around it (CRI, docker, syslog relay): a witness.
    pub observed: Option<RawTime>,
    /// What `time` marks.
    pub stamp: StampMeaning,
    /// Normalised severity.
    pub level: Option<Level>,
    /// Service as written; `None` lets the source's path speak.
    pub service: Option<Cow<'a, str>>,
    /// Host, pod or instance as written.
    pub host: Option<Cow<'a, str>>,
    /// Operation (route, method, handler), already of low cardinality or masked by the format.
    pub operation: Option<Cow<'a, str>>,
    /// HTTP status when there is one.
    pub status: Option<u16>,
    /// What became of the request; derived from `status` when `None`.
    pub outcome: Option<Outcome>,
    /// How long the request took, ns.
    pub duration_ns: Option<u64>,
    /// Requests this record stands for, in thousandths (1000 = one; sample rate 0.1 = 10000).
    /// 0 means "not said" and counts as 1000.
    pub weight_milli: u32,
    /// The message.
    pub body: Cow<'a, str>,
    /// Request id shared with other sources.
    pub request_id: Option<Cow<'a, str>>,
    /// Trace id shared with other sources.
    pub trace_id: Option<Cow<'a, str>>,
    /// The service this one called, as written: an observed dependency edge.
    pub upstream: Option<Cow<'a, str>>,
    /// At which end of the call it was written.
    pub side: CallEnd,
}

impl LogRecord<'_> {
    /// Outcome of the request, `None` when this is not a request.
    pub fn request_outcome(&self) -> Option<Outcome> {
        self.outcome.or_else(|| self.status.map(Outcome::of_http))
    }
}

/// What the numbers of a series are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// A level that goes up and down, or not known to be anything else.
    #[default]
    Gauge,
    /// Cumulative; a fall is a reset.
    Counter,
    /// 0 to 1.
    Ratio,
    /// 0 to 100.
    Percent,
    /// Count within the bucket.
    Delta,
    /// Per second.
    Rate,
}

/// What the stamp of a point means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointStamp {
    /// Sampled at that instant.
    #[default]
    Instant,
    /// Start of the interval it covers.
    Start,
    /// End of the interval it covers (Prometheus range functions).
    End,
}

/// One metric point, borrowed from its frame.
#[derive(Clone, Debug)]
pub struct Sample<'a> {
    /// When.
    pub time: RawTime,
    /// Metric name (column title for CSV).
    pub name: Cow<'a, str>,
    /// Labels, in any order; a series is identified by name and sorted labels.
    pub labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The value; a missing one is not handed in at all (missing is not zero).
    pub value: f64,
    /// What the value is, as far as the format says; `Gauge` leaves it to `rates`.
    pub kind: MetricKind,
    /// What the stamp means.
    pub stamp: PointStamp,
    /// Unit as written (`%`, `ms`, `req/s`).
    pub unit: Option<Cow<'a, str>>,
}

/// One record as its source gave it, kept only on request: everything else folds records away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptRecord {
    /// Registered name of the format that read it.
    pub format: String,
    /// Its stamp, or that of the wrapper around it; `None` when it has neither.
    pub time: Option<RawTime>,
    /// The stamp as written; empty when it stands in several pieces.
    pub raw_time: String,
    /// Where it stands.
    pub span: Span,
    /// Normalised severity.
    pub level: Option<Level>,
    /// Service as written, or as the wrapper or the path says.
    pub service: String,
    /// HTTP status when there is one.
    pub status: Option<u16>,
    /// The message, or the title of an event.
    pub message: String,
    /// Metric points of this stamp and place, by name and labels.
    pub values: Vec<(String, f64)>,
}

/// One record on UTC, as `recount records` prints it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlacedRecord {
    /// UTC, RFC 3339 with the digits that were written; `None` for a record that cannot be placed.
    pub timestamp: Option<String>,
    /// The stamp as written; `None` when it stands in several pieces.
    pub raw_time: Option<String>,
    /// Minutes east of UTC that the stamp was read with.
    pub utc_offset_minutes: Option<i32>,
    /// Why that zone.
    pub zone_basis: Option<TimeBasis>,
    /// Normalised severity.
    pub level: Option<Level>,
    /// Service as written.
    pub service: Option<String>,
    /// HTTP status.
    pub status: Option<u16>,
    /// Registered name of the format.
    pub format: String,
    /// Path inside the bundle.
    pub path: String,
    /// First line, from 1.
    pub line: u64,
    /// Lines it takes.
    pub lines: u32,
    /// The message.
    pub message: String,
    /// Metric points, by name and labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, f64>,
}

impl PlacedRecord {
    /// A kept record of `path`, with the moment and the minutes east of UTC that its clock gives.
    pub fn new(path: &str, record: KeptRecord, placed: Option<(Timestamp, i32)>) -> PlacedRecord {
        let said = |text: String| (!text.is_empty()).then_some(text);
        PlacedRecord {
            timestamp: placed.map(|(at, _)| at.to_string()),
            raw_time: said(record.raw_time),
            utc_offset_minutes: placed.map(|(_, minutes)| minutes),
            zone_basis: placed.map(|(at, _)| at.basis),
            level: record.level,
            service: said(record.service),
            status: record.status,
            format: record.format,
            path: path.to_string(),
            line: record.span.line,
            lines: record.span.lines,
            message: record.message,
            values: record.values.into_iter().collect(),
        }
    }
}
