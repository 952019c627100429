//! What was concluded, each with figure, formula, evidence and what would refute it.

use serde::{Deserialize, Serialize};

use super::{Citation, Statement, TimeInterval, Timestamp};

/// A number as a report prints it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The value in `unit`.
    pub value: f64,
    /// Unit (`s`, `ratio`, `requests`, `services`).
    pub unit: String,
    /// How it was made, with the operands ("18:21 − 18:05").
    pub formula: String,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A component that everything affected leads to.
    SinglePointOfFailure,
    /// Share of the known services that were hurt.
    BlastRadius,
    /// Services that were watched and not hurt.
    Unaffected,
    /// Control plane hit together with the data plane.
    ControlPlane,
    /// The first public word came late, or early.
    PublicNotice,
    /// Traffic above normal after recovery began.
    RecoverySurge,
    /// Errors that stayed after recovery.
    Residual,
    /// A later rise after a recovery.
    SecondDip,
    /// Traffic or errors that fell because people shed load.
    LoadShedding,
    /// A stretch in which a protection was off.
    RiskWindow,
    /// Writes that were lost or refused.
    LostWrites,
    /// Some operations survived, or none did.
    Degradation,
    /// Somebody who acted, with first and last deed.
    Responder,
    /// A time without any sign of the response while the impact lasted.
    ResponseSilence,
    /// A tool that failed those who worked on the incident.
    ResponseTool,
    /// A log template that is new in the window.
    NewPattern,
    /// A log template that stopped, or is far more or less frequent, inside the window.
    PatternShift,
    /// A service's first line of a kind that was not seen before.
    EarliestLine,
    /// A service that fails from the first bucket to the last: no onset is in the evidence.
    FailingThroughout,
    /// Evidence that stops, has a hole, or is capped.
    EvidenceGap,
    /// Two sources that cannot both be right.
    Contradiction,
    /// A suspect that explains the rest.
    Suspect,
}

/// One conclusion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What about.
    pub kind: FindingKind,
    /// Services concerned, canonical.
    pub services: Vec<String>,
    /// The sentence with its evidence.
    pub statement: Statement,
    /// The figure, when there is one.
    pub figure: Option<Figure>,
    /// What it would take for this to be wrong.
    pub refuted_by: String,
}

/// The moments every incident has, or lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilestoneKind {
    /// First impact in the data.
    Onset,
    /// First alert, page or person that noticed.
    Detected,
    /// First page of a person.
    Paged,
    /// First acknowledgement.
    Acknowledged,
    /// The incident was declared.
    Declared,
    /// First step to a worse severity.
    Escalated,
    /// The cause was named.
    CauseIdentified,
    /// First public post.
    PublicNotice,
    /// First mitigating action.
    MitigationStarted,
    /// Impact began to fall for good.
    RecoveryStarted,
    /// The last impact window ended.
    Recovered,
    /// People called it resolved.
    Resolved,
}

/// One milestone with its witnesses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Milestone {
    /// Which.
    pub kind: MilestoneKind,
    /// When.
    pub at: Timestamp,
    /// Uncertainty, when the moment was computed from a curve.
    pub interval: Option<TimeInterval>,
    /// The sentence with its evidence.
    pub statement: Statement,
    /// Other times that other witnesses give for the same moment.
    pub conflicts: Vec<(Timestamp, Citation)>,
}

/// Time between two milestones, formula printed beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Name ("time to acknowledge", "impact duration").
    pub name: String,
    /// Starts at.
    pub from: MilestoneKind,
    /// Ends at.
    pub to: MilestoneKind,
    /// Length in seconds; negative when the order was the other way round.
    pub seconds: i64,
    /// "18:21 − 18:05".
    pub formula: String,
    /// Evidence of both ends.
    pub evidence: Vec<Citation>,
}

/// How a dependency is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeBasis {
    /// The configuration says so.
    Declared,
    /// Records show calls.
    Observed,
    /// A write-up says so.
    Stated,
    /// Only the order of onsets suggests it.
    Inferred,
}

/// "`from` depends on `to`".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The dependent.
    pub from: String,
    /// What it depends on.
    pub to: String,
    /// How it is known.
    pub basis: EdgeBasis,
    /// Calls seen, for observed ones.
    pub calls: u64,
    /// Evidence; empty only for declared ones (the configuration is the evidence).
    pub evidence: Vec<Citation>,
}

/// One service in onset order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CascadeStep {
    /// Which.
    pub service: String,
    /// When it began to hurt.
    pub onset: TimeInterval,
    /// When it stopped.
    pub recovery: Option<TimeInterval>,
    /// Steps with the same rank cannot be put in order: their intervals overlap.
    pub rank: u32,
    /// Peak error ratio.
    pub peak: Option<f64>,
    /// Lines that show it.
    pub evidence: Vec<Citation>,
}

/// How the failure spread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cascade {
    /// Hurt services in onset order.
    pub steps: Vec<CascadeStep>,
    /// Known dependencies among all services.
    pub edges: Vec<Edge>,
}

/// What sort of thing may have set an incident off; the first three are words of
/// [`super::EventKind`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    /// Software was deployed.
    #[default]
    Deploy,
    /// A deployment was undone.
    Rollback,
    /// Configuration, a flag, a credential or a schema changed.
    ConfigChange,
    /// A commit of which no deployment is in the evidence.
    Commit,
    /// A certificate, token or licence ran out: nobody changed anything.
    Expiry,
    /// More requests came than before: nobody changed anything.
    TrafficSurge,
    /// Something that is not our own failed.
    Provider,
    /// Machines, disks or networks below the services failed.
    Platform,
}

impl TriggerKind {
    /// Whether it came from outside: no change of ours, nothing to roll back.
    pub fn is_external(self) -> bool {
        matches!(self, TriggerKind::Expiry | TriggerKind::TrafficSurge | TriggerKind::Provider | TriggerKind::Platform)
    }
}

/// A change before the onset, or what came from outside then. A candidate, never a cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerCandidate {
    /// Id of the timeline entry; empty for what no event tells (a curve, a date in a log line).
    pub event: String,
    /// What sort of thing it is.
    #[serde(default)]
    pub kind: TriggerKind,
    /// Hash of the commit it carries, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Canonical services it touches.
    #[serde(default)]
    pub services: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// Seconds before the onset.
    pub lead_s: i64,
    /// Points by which candidates are ordered: time, reach, what it changes, what it says, what
    /// happened when it was undone. They order candidates of one incident and mean nothing else.
    #[serde(default)]
    pub score: i64,
    /// The sentence with its evidence.
    pub statement: Statement,
    /// Why it ranks where it does.
    pub reasons: Vec<String>,
    /// What would show that it was not this.
    #[serde(default)]
    pub refuted_by: String,
}

/// A component that may have failed first, or made the others fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    /// Canonical name.
    pub service: String,
    /// What it is ranked by; only the order means anything.
    pub score: f64,
    /// The share of all excess failures it can explain, where requests were counted.
    pub explains: Option<f64>,
    /// The sentence with its evidence.
    pub statement: Statement,
    /// Why it ranks where it does.
    pub reasons: Vec<String>,
    /// What it would take for this to be wrong.
    pub refuted_by: String,
}

/// Everything concluded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Milestones in time order.
    pub milestones: Vec<Milestone>,
    /// Times between them.
    pub intervals: Vec<Interval>,
    /// The spread.
    pub cascade: Cascade,
    /// Components that may have failed first, best candidate first.
    #[serde(default)]
    pub suspects: Vec<Suspect>,
    /// Changes before the onset, best candidate first.
    pub triggers: Vec<TriggerCandidate>,
    /// Set when no change in the evidence explains the onset, with what does, or why none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unexplained: Option<Statement>,
    /// Services watched and not hurt.
    pub unaffected: Vec<String>,
    /// The rest, in order of kind.
    pub findings: Vec<Finding>,
}

impl Findings {
    /// A milestone by kind.
    pub fn milestone(&self, kind: MilestoneKind) -> Option<&Milestone> {
        self.milestones.iter().find(|m| m.kind == kind)
    }

    /// All findings of one kind.
    pub fn of_kind(&self, kind: FindingKind) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |f| f.kind == kind)
    }
}
