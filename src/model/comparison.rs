//! Two incidents side by side.

use serde::{Deserialize, Serialize};

use super::{FindingKind, MilestoneKind, Ratio, SeverityTrack};

/// One point of the overlay of two curves on T+0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverlayPoint {
    /// Seconds after the alignment moment.
    pub t_s: i64,
    /// Ratio in the first incident.
    pub a: Option<Ratio>,
    /// Ratio in the second.
    pub b: Option<Ratio>,
}

/// One point of the difference curve, where both were seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferencePoint {
    /// Seconds after the alignment moment.
    pub t_s: i64,
    /// a − b.
    pub value: f64,
    /// Lower bound of the difference (Newcombe's method from the two Wilson intervals).
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// One operation of a service that was hurt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationFigures {
    /// Name as written or masked.
    pub operation: String,
    /// Its worst bucket; the share over the whole incident where it shows no impact of its own.
    pub ratio: Ratio,
    /// Width of that bucket, seconds; `None` for the whole incident.
    pub width_s: Option<u32>,
}

/// What one side of a comparison amounts to for one service, or overall.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IncidentSummary {
    /// Whether it was hurt: an impact was measured. `None` when nothing was measured at all.
    pub hurt: Option<bool>,
    /// Peak error ratio.
    pub peak: Option<Ratio>,
    /// Seconds from onset to peak.
    pub time_to_peak_s: Option<i64>,
    /// Seconds from onset to recovery; `None` while open.
    pub duration_s: Option<i64>,
    /// Area under the error curve: ratio × minutes. `None` when no error ratio was measured, 0 when
    /// it was and nothing was hurt.
    pub error_minutes: Option<f64>,
    /// Failed requests; `None` when no requests were counted.
    pub failed: Option<f64>,
    /// Seconds from the peak until half of it was gone.
    pub half_life_s: Option<i64>,
    /// Rises after a recovery; `None` when nothing was measured.
    pub second_dips: Option<u32>,
    /// Operations of a service that was hurt, the worst first; empty where no two were told apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationFigures>,
}

impl IncidentSummary {
    /// Whether one operation failed beyond doubt more than another: their intervals do not overlap.
    pub fn operations_apart(&self) -> bool {
        let least = self.operations.iter().map(|o| o.ratio.high).fold(f64::INFINITY, f64::min);
        self.operations.iter().any(|o| o.ratio.low > least)
    }
}

/// Where a service was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServicePresence {
    /// In both.
    Both,
    /// Only in the first.
    OnlyA,
    /// Only in the second.
    OnlyB,
}

/// One service in both incidents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceComparison {
    /// Name in the first incident (or the second, when only there).
    pub service: String,
    /// Name in the second, when matched by alias or role under another name.
    pub other_name: Option<String>,
    /// How two different names were matched: `alias`, or a role (`single point of failure`, `first to fail`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_by: Option<String>,
    /// Where it was seen.
    pub presence: ServicePresence,
    /// Figures of the first.
    pub a: IncidentSummary,
    /// Figures of the second.
    pub b: IncidentSummary,
    /// "bigger", "smaller", "same" (intervals overlap) or "unknown": peak of a against b.
    pub verdict: String,
    /// The two curves on T+0.
    pub overlay: Vec<OverlayPoint>,
    /// a − b.
    pub difference: Vec<DifferencePoint>,
}

/// Likeness, each number with its own meaning, 0 (nothing alike) to 1 (the same).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Similarity {
    /// Shape of the overall error curve, size taken out; `None` when a side has no curve.
    pub shape: Option<f64>,
    /// Size: smaller area over larger area.
    pub size: Option<f64>,
    /// Which services were hurt and how much, by name.
    pub services: Option<f64>,
    /// Which signals of which services moved which way (cosine of signed logarithms), and some of `fault`.
    #[serde(default)]
    pub fingerprint: Option<f64>,
    /// The fault whatever its service: which signals moved which way where it was worst, and elsewhere; `None`
    /// where a side tells too little.
    #[serde(default)]
    pub fault: Option<f64>,
    /// New log templates in both over those in either.
    #[serde(default)]
    pub patterns: Option<f64>,
    /// What sort of incident: what was hurt, found, and may have set it off; in both over in either.
    #[serde(default)]
    pub kinds: Option<f64>,
    /// What incidents are ranked by: the mean of those that are known, weighted by how much each tells.
    #[serde(default)]
    pub overall: Option<f64>,
}

/// One step of the spread of a failure, after the moment of alignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderStep {
    /// Service as that incident names it.
    pub service: String,
    /// Those of one rank cannot be put in order.
    pub rank: u32,
    /// Seconds after the alignment moment at which it began to fail.
    pub after_s: i64,
    /// How far that may be off, seconds.
    pub slack_s: i64,
}

/// One incident of a library beside the one it is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryMatch {
    /// Name inside the library.
    pub path: String,
    /// Title.
    pub title: String,
    /// What the library is sorted by, 0 to 1 ([`Similarity::overall`]); 0 where nothing can be compared.
    pub similarity: f64,
    /// What it is made of.
    pub likeness: Similarity,
    /// What both have in common, in words.
    pub why: Vec<String>,
}

/// What the incidents of a library are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LibraryOrder {
    /// The same failure: [`Similarity::overall`], most of which is names.
    #[default]
    Similarity,
    /// The same fault, of whatever service: [`Similarity::fault`].
    Fault,
}

/// One incident held against many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryComparison {
    /// Title of the one.
    pub title: String,
    /// What they are sorted by.
    #[serde(default)]
    pub by: LibraryOrder,
    /// The others, most similar first; of equals by path.
    pub pairs: Vec<LibraryMatch>,
    /// What could not be read, with the reason.
    pub left_out: Vec<(String, String)>,
}

/// One milestone in both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MilestonePair {
    /// Which.
    pub kind: MilestoneKind,
    /// Seconds after the first incident's alignment moment.
    pub a_s: Option<i64>,
    /// Seconds after the second's.
    pub b_s: Option<i64>,
}

/// A stretch of a response, from one moment to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The first trigger candidate to the onset.
    TriggerToOnset,
    /// Onset to detection.
    OnsetToDetected,
    /// Detection to the naming of the cause.
    DetectedToCause,
    /// Naming of the cause to the beginning of recovery.
    CauseToRecovery,
    /// Beginning of recovery to its end.
    RecoveryToRecovered,
    /// Onset to the end of recovery.
    OnsetToRecovered,
    /// Onset to the first public notice.
    OnsetToPublicNotice,
}

/// One stretch in both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhasePair {
    /// Which.
    pub phase: Phase,
    /// Seconds in the first; `None` where an end is unknown, negative where the ends came in the other order.
    pub a_s: Option<i64>,
    /// Seconds in the second.
    pub b_s: Option<i64>,
}

/// What was found of one kind in both: sentences, first the most telling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingPair {
    /// Which kind.
    pub kind: FindingKind,
    /// In the first; empty where nothing was.
    pub a: Vec<String>,
    /// In the second.
    pub b: Vec<String>,
}

/// The result of comparing two incidents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Titles.
    pub titles: [String; 2],
    /// Alignment moments, UTC seconds.
    pub zero_s: [i64; 2],
    /// What the two are aligned on, of each: `onset`, another milestone, `start` of the evidence where nothing
    /// was hurt, or `given`.
    #[serde(default)]
    pub aligned_on: [String; 2],
    /// Common bucket width, seconds.
    pub bucket_s: u32,
    /// Overall figures.
    pub overall: ServiceComparison,
    /// Service by service: in both first, then by name.
    pub services: Vec<ServiceComparison>,
    /// Likeness.
    pub similarity: Similarity,
    /// Milestones side by side.
    pub milestones: Vec<MilestonePair>,
    /// Stretches of the response that are known of a side, independent of the alignment.
    #[serde(default)]
    pub phases: Vec<PhasePair>,
    /// What was found that tells the sort of incident, by kind.
    #[serde(default)]
    pub findings: Vec<FindingPair>,
    /// Severity over time of each.
    pub severity: [SeverityTrack; 2],
    /// Order in which services began to fail in each.
    #[serde(default)]
    pub cascades: [Vec<OrderStep>; 2],
    /// Agreement of the two orders over the services hurt in both whose order is decided in both: pairs in the
    /// same order less pairs in the other, over all of them (M. G. Kendall's tau); `None` without any.
    #[serde(default)]
    pub order_agreement: Option<f64>,
    /// Log templates seen in both, only in the first, only in the second.
    pub patterns: [Vec<String>; 3],
    /// In plain words, with figures.
    pub verdict: Vec<String>,
}

/// What an agreement of two orders says, from −1 (every pair the other way round) to 1 (none).
pub fn order_in_words(agreement: f64) -> &'static str {
    match agreement {
        a if a >= 1.0 => "every pair in the same order",
        a if a > 0.0 => "more pairs in the same order than in the other",
        a if a <= -1.0 => "every pair in the other order",
        a if a < 0.0 => "more pairs in the other order than in the same",
        _ => "as many pairs in the same order as in the other",
    }
}
