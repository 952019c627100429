//! What prose asserts: weak evidence that may contradict everything else.

use serde::{Deserialize, Serialize};

use super::{Exemplar, SourceId, Timestamp};

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Share of requests that failed, 0 to 1.
    ErrorRatio,
    /// Share of requests that succeeded, 0 to 1.
    SuccessRatio,
    /// Change of traffic against normal, -0.8 for "80 % below".
    TrafficChange,
    /// Length of the outage, seconds.
    Duration,
    /// Words for total failure without a figure ("completely unavailable").
    Unavailable,
    /// Words for partial failure without a figure ("regional errors").
    Degraded,
    /// "continued to operate normally".
    Unaffected,
    /// `affirmed` false: "no data was lost".
    DataLoss,
    /// `object` is what it is said to have been caused by.
    Cause,
    /// Subject depends on `object`; `value` 1 when on nothing else ("sole"), bound at most when only in
    /// part ("part of it").
    Dependency,
    /// An incident severity (`object` is the word); `value` 0 when it is said to have held from the
    /// beginning, 1 when all the time.
    Severity,
    /// The day the incident is said to have happened.
    IncidentDate,
    /// `object` is what is said to have been done or promised; `stage` says which.
    Remedy,
    /// `object` is a condition that is said to have made it possible or worse.
    Factor,
    /// Subject was hurt, or hurt again, before `object`.
    Order,
    /// Subject, which is not the author's own, is said to have been hurt by the incident.
    Spread,
    /// How many had the fate that `operation` names ("cancelled flights"); `object` is the count as written.
    Count,
    /// A share beside the two counts it is of: `value` is what they make, `object` the arithmetic; `affirmed` false
    /// when the share stated is another.
    Share,
    /// How far the incident was when the text was written: `object` is `resolved`, `mitigated` or `ongoing`.
    State,
}

/// How far a remedy is, as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Is to be begun after the incident.
    Planned,
    /// Had begun before the incident or is under way.
    Underway,
    /// Is finished.
    Done,
}

/// How a value bounds the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// As stated.
    #[default]
    Exactly,
    /// "about", "approximately", "~".
    About,
    /// "up to", "at most", "almost", "nearly".
    AtMost,
    /// "over", "more than", "at least".
    AtLeast,
}

/// One assertion of a write-up. `T` is `RawTime` before alignment and [`Timestamp`] after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim<T = Timestamp> {
    /// Which source; 0 before alignment.
    #[serde(default)]
    pub source: SourceId,
    /// What it speaks of; several when the text names a group (the figure is then the group's, never each one's).
    pub subjects: Vec<String>,
    /// The operation of the subject, when named ("builds", "uploads").
    pub operation: Option<String>,
    /// What is measured.
    pub measure: Measure,
    /// Value in the measure's unit, when there is one.
    pub value: Option<f64>,
    /// Digits after the decimal point as written (91 % is 0, 90.22 % is 2), for comparing at the coarser one.
    pub decimals: u8,
    /// How the value bounds the truth.
    pub bound: Bound,
    /// False when the text denies it ("no data was lost").
    pub affirmed: bool,
    /// The other end: cause, dependency, severity word, remedy.
    pub object: Option<String>,
    /// How far a remedy is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// When it is said to have been so.
    pub at: Option<T>,
    /// The sentence or cell, exactly.
    pub quote: String,
    /// Where it stands.
    pub evidence: Exemplar,
}

impl<T> Claim<T> {
    /// A claim with the required parts; the rest is filled by assignment.
    pub fn new(measure: Measure, subjects: Vec<String>, quote: impl Into<String>, evidence: Exemplar) -> Self {
        Claim {
            source: SourceId::default(),
            subjects,
            operation: None,
            measure,
            value: None,
            decimals: 0,
            bound: Bound::Exactly,
            affirmed: true,
            object: None,
            stage: None,
            at: None,
            quote: quote.into(),
            evidence,
        }
    }

    /// The same claim with its stamp converted by `convert`.
    pub fn map_time<U>(self, convert: impl FnOnce(T) -> U) -> Claim<U> {
        Claim {
            at: self.at.map(convert),
            source: self.source,
            subjects: self.subjects,
            operation: self.operation,
            measure: self.measure,
            value: self.value,
            decimals: self.decimals,
            bound: self.bound,
            affirmed: self.affirmed,
            object: self.object,
            stage: self.stage,
            quote: self.quote,
            evidence: self.evidence,
        }
    }
}
