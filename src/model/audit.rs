//! What checking stories against each other, themselves and the data found.

use serde::{Deserialize, Serialize};

use super::{Bound, Citation, Measure, SourceId, Timestamp};

/// Version of the JSON form of [`Audit`] (`audit.json`); raised when a reader of the old form would
/// misread the new.
pub const AUDIT_SCHEMA_VERSION: u32 = 1;

/// How grave a finding of the audit is, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both cannot be right.
    Contradiction,
    /// They can both be right only with an explanation.
    Tension,
    /// The same figure at different precision.
    Rounding,
    /// Nobody else says it, or the data does not show it.
    Unsupported,
    /// It cannot be checked as it is written.
    Unclear,
    /// Data and story agree.
    Supported,
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// Unequal figures for one subject and measure.
    Figure,
    /// Stated length against the span of the same text's rows.
    StatedDuration,
    /// Yes against no.
    Polarity,
    /// Rival causes.
    Cause,
    /// Unaffected against affected.
    Scope,
    /// Times of one event.
    Time,
    /// A claim against the data.
    Evidence,
    /// Dates that are missing, relative or outside the incident.
    Date,
    /// What came first.
    Order,
    /// What depends on what: other edges, the other direction, wholly or in part.
    Dependency,
    /// A remedy that was under way against one that is only planned.
    Remedy,
    /// Over against still going on.
    End,
    /// What fits another incident and nothing said of this one.
    Foreign,
    /// Names so near that they may be one, and were not merged.
    NearName,
    /// A write-up that shares nothing with the others.
    Quarantine,
}

/// One side of a comparison: the words and where they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What it says, in short ("2 h 28 min").
    pub says: String,
    /// The words as written, or how the figure was computed.
    pub quote: String,
    /// Where.
    pub evidence: Vec<Citation>,
}

/// One result of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditFinding {
    /// How grave.
    pub verdict: Verdict,
    /// What was compared.
    pub kind: AuditKind,
    /// Services concerned.
    pub subjects: Vec<String>,
    /// One sentence with the arithmetic.
    pub text: String,
    /// The sides, at least one.
    pub sides: Vec<Side>,
}

/// Part that a source plays in an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A story that is checked.
    WriteUp,
    /// What it is checked against.
    Evidence,
    /// Told of another incident.
    Other,
}

/// One source of an audit; citations name it by `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditSource {
    /// As in [`Citation::source`].
    pub id: SourceId,
    /// Path as given, or inside its bundle.
    pub path: String,
    /// Its part.
    pub role: Role,
}

/// What one write-up comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WriteUp {
    /// Which.
    pub source: SourceId,
    /// Assertions read from it.
    pub claims: usize,
    /// Moments that it dates.
    pub moments: usize,
    /// Assertions that no other write-up makes, agrees with or denies.
    pub single_source: usize,
    /// Assertions that a finding of rank contradiction quotes.
    pub contradicted: usize,
    /// Assertions that the data bears out, when there is data.
    pub supported: usize,
    /// Whether it is kept out of the consensus, since it shares nothing with the others or the data.
    pub quarantined: bool,
}

/// What one write-up says under one heading of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixCell {
    /// Which write-up.
    pub source: SourceId,
    /// In short, each distinct thing once.
    pub says: Vec<String>,
    /// Where.
    pub evidence: Vec<Citation>,
}

/// One subject, operation and measure with what each write-up says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// Services as first written; empty for the incident as a whole; several for a group.
    pub subjects: Vec<String>,
    /// Operation as first written.
    pub operation: Option<String>,
    /// What is asserted.
    pub measure: Measure,
    /// Write-ups that say something, in order of their paths.
    pub cells: Vec<MatrixCell>,
}

/// The value to go by: the most precise one that most write-ups are compatible with, never an average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consensus {
    /// Services as first written.
    pub subjects: Vec<String>,
    /// Operation as first written.
    pub operation: Option<String>,
    /// What is measured (success ratios are listed under the error ratio).
    pub measure: Measure,
    /// The value in the measure's unit.
    pub value: f64,
    /// How it bounds the truth.
    pub bound: Bound,
    /// In short ("90.22 % failing").
    pub says: String,
    /// Write-ups whose value is compatible with it.
    pub agreeing: usize,
    /// Write-ups with another value.
    pub others: usize,
    /// Where the value and those that agree with it stand.
    pub evidence: Vec<Citation>,
}

/// One moment of the story as the write-ups tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldMoment {
    /// When; the most precise witness speaks.
    pub at: Timestamp,
    /// One line.
    pub title: String,
    /// Distinct write-ups that tell of it.
    pub witnesses: usize,
    /// Where.
    pub evidence: Vec<Citation>,
}

/// One dependency as the write-ups tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldEdge {
    /// What depends.
    pub from: String,
    /// On what.
    pub to: String,
    /// False when it is denied.
    pub affirmed: bool,
    /// Distinct write-ups that tell of it.
    pub witnesses: usize,
    /// Where.
    pub evidence: Vec<Citation>,
}

/// One rule for a good post-mortem and how the draft fares with it (shared event catalogue §4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LintItem {
    /// Number in the list, from 1.
    pub number: u8,
    /// The rule.
    pub rule: String,
    /// Whether the draft keeps it; `None` when it holds nothing the rule could be applied to.
    pub kept: Option<bool>,
    /// What was found, or what is missing.
    pub found: String,
    /// The places concerned.
    pub evidence: Vec<Citation>,
}

/// Everything the audit found. `audit.json` is exactly this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// [`AUDIT_SCHEMA_VERSION`] of the writer.
    #[serde(default)]
    pub schema_version: u32,
    /// Every source that is cited, by id.
    #[serde(default)]
    pub sources: Vec<AuditSource>,
    /// The findings, gravest first.
    pub findings: Vec<AuditFinding>,
    /// Per write-up, in order of their paths.
    #[serde(default)]
    pub writeups: Vec<WriteUp>,
    /// Claim against source.
    #[serde(default)]
    pub matrix: Vec<MatrixRow>,
    /// The values to go by.
    #[serde(default)]
    pub consensus: Vec<Consensus>,
    /// The story as told, in order of time.
    #[serde(default)]
    pub told: Vec<ToldMoment>,
    /// Dependencies as told.
    #[serde(default)]
    pub edges: Vec<ToldEdge>,
    /// Rules kept and broken, when asked for.
    #[serde(default)]
    pub lint: Vec<LintItem>,
}

/// One stated value and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedValue {
    /// Value in the measure's unit; success is turned into failure.
    pub value: f64,
    /// Digits after the decimal point as written (of the percentage, or of the length's unit).
    pub decimals: u8,
    /// How it bounds the truth.
    pub bound: Bound,
    /// In short, as written ("90.22 % failing").
    pub says: String,
    /// The sentence or cell.
    pub quote: String,
    /// Where it stands.
    pub citation: Citation,
}

/// All that write-ups state of one subject group, operation and measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedFigure {
    /// Services as first written; empty for the incident as a whole. Several are a group: the
    /// figure is the group's.
    pub subjects: Vec<String>,
    /// Operation as first written.
    pub operation: Option<String>,
    /// What is measured (success ratios are listed under the error ratio).
    pub measure: Measure,
    /// The values, in source and file order.
    pub values: Vec<StatedValue>,
    /// Number of distinct sources.
    pub sources: usize,
}
