//! What checking stories against each other, themselves and the data found.

use serde::{Deserialize, Serialize};

use super::{Bound, Citation, Measure};

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

/// Everything the audit found, gravest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The findings.
    pub findings: Vec<AuditFinding>,
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
