//! The vocabulary of the product: types only, no behaviour beyond what a value can say of itself.
//!
//! Nothing in here imports another module of the crate. Four kinds of record go in ([`LogRecord`],
//! [`Sample`], [`Event`], [`Claim`]), one mergeable value per source comes out ([`SourceEvidence`]),
//! and everything later is made from the aligned whole ([`Evidence`]).

mod audit;
mod change;
mod claim;
mod comparison;
mod cut;
mod diagnostic;
mod edition;
mod event;
mod evidence;
mod findings;
mod incident;
mod level;
mod metric_rule;
mod outcome;
mod pattern;
mod prints;
mod provenance;
mod rates;
mod record;
mod rollup;
mod series;
mod service;
mod source;
mod time;
mod timeline;
mod wording;

pub use audit::{
    AUDIT_SCHEMA_VERSION, Audit, AuditFinding, AuditKind, AuditSource, Consensus, LintItem, MatrixCell, MatrixRow,
    Role, Side, StatedFigure, StatedValue, ToldEdge, ToldMoment, Verdict, WriteUp,
};
pub use change::{LevelChange, SeriesChanges};
pub use claim::{Bound, Claim, Measure, Stage};
pub use comparison::{
    Comparison, DifferencePoint, FindingPair, IncidentSummary, LibraryComparison, LibraryMatch, LibraryOrder,
    MilestonePair, OperationFigures, OrderStep, OverlayPoint, Phase, PhasePair, ServiceComparison, ServicePresence,
    Similarity, order_in_words,
};
pub use cut::OwnerOf;
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use edition::{ActionItem, Cut, Edition, EventEdit, NameStyle, RedactRules, Redaction};
pub use event::{Actor, ActorKind, Curation, Event, EventKind, SeverityChange};
pub use evidence::{ClockDecision, Evidence, Source, SourceTrack, Witness, WitnessKind};
pub use findings::{
    Cascade, CascadeStep, Edge, EdgeBasis, Figure, Finding, FindingKind, Findings, Interval, Milestone, MilestoneKind,
    Suspect, TriggerCandidate, TriggerKind,
};
pub use incident::{INCIDENT_SCHEMA_VERSION, Incident};
pub use level::{Level, SeverityWord, Vocabulary};
pub use metric_rule::{MetricRole, MetricRule, MetricRules};
pub use outcome::{Outcome, Outcomes};
pub use pattern::{TemplateLine, TemplateRow};
pub use prints::{Print, Prints, Second};
pub use provenance::{Citation, EmptyEvidence, Exemplar, SourceId, Span, Statement};
pub use rates::{
    APART_S, Bucket, Deviation, ErrorPolicy, FoldRow, ImpactWindow, LatencySummary, OperationRates, Peak, Rates, Ratio,
    ServiceRates, SignalKind, Throughout, TimeInterval, Viewpoint,
};
pub use record::{KeptRecord, LogRecord, MetricKind, PlacedRecord, PointStamp, Sample, StampMeaning};
pub use rollup::{CallEnd, Cell, LatencySketch, OpKey, Pattern, Rollup, Seconds, Track};
pub use series::{Rows, Series};
pub use service::{Plane, ServiceCatalog, ServiceInfo, ServiceNames};
pub use source::{
    Accounting, Fold, FormatUse, IdAnchors, OffsetVotes, PROSE_FORMATS, Reject, SourceEvidence, SourceInfo, Tally,
};
pub use time::{ClockKind, Precision, RawTime, TimeBasis, Timestamp, format_utc, year_of};
pub use timeline::{SeverityStep, SeverityTrack, Tier, TimeAtLevel, Timeline, TimelineEntry};
pub use wording::says;
