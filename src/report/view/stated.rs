//! What write-ups state, side by side, and what the audit found about it.

use serde::Serialize;

use super::{Ctx, Refs};
use crate::model::{Audit, AuditKind, Measure, StatedFigure, Verdict};
use crate::report::text;

/// One stated value with the sentence it stands in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatedValue {
    /// The value ("90.22 %", "up to 22 %").
    pub value: String,
    /// The sentence or cell.
    pub quote: String,
    /// The line.
    pub refs: Refs,
}

/// Everything stated of one subject and measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatedRow {
    /// Services; several when a text names a group.
    pub subjects: Vec<String>,
    /// Operation; may be empty.
    pub operation: String,
    /// What is measured, in words.
    pub measure: String,
    /// The values, each with its place.
    pub values: Vec<StatedValue>,
    /// Distinct sources.
    pub sources: usize,
    /// Whether only one source says so.
    pub single_source: bool,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SideView {
    /// What it says, in short.
    pub says: String,
    /// The words, or how the figure was computed.
    pub quote: String,
    /// Lines.
    pub refs: Refs,
}

/// One result of the audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditRow {
    /// `contradiction`, `tension`, `rounding`, `unsupported`, `unclear` or `supported`.
    pub verdict: String,
    /// The verdict in words.
    pub verdict_text: String,
    /// What was compared, in words.
    pub kind: String,
    /// Services concerned.
    pub subjects: Vec<String>,
    /// One sentence with the arithmetic.
    pub text: String,
    /// The sides.
    pub sides: Vec<SideView>,
}

/// Stated figures in the order given.
pub(super) fn figures(ctx: &Ctx, stated: &[StatedFigure]) -> Vec<StatedRow> {
    stated
        .iter()
        .map(|s| StatedRow {
            subjects: subjects(&s.subjects),
            operation: s.operation.as_deref().map(text::line).unwrap_or_default(),
            measure: measure(s.measure).into(),
            values: s
                .values
                .iter()
                .map(|v| StatedValue {
                    value: text::line(&v.says),
                    quote: text::short(&v.quote, 400),
                    refs: ctx.cites.of(std::slice::from_ref(&v.citation)),
                })
                .collect(),
            sources: s.sources,
            single_source: s.sources == 1,
        })
        .collect()
}

/// Results of the audit, gravest first as given.
pub(super) fn audit(ctx: &Ctx, audit: &Audit) -> Vec<AuditRow> {
    audit
        .findings
        .iter()
        .map(|f| {
            let (verdict, verdict_text) = verdict(f.verdict);
            AuditRow {
                verdict: verdict.into(),
                verdict_text: verdict_text.into(),
                kind: kind(f.kind).into(),
                subjects: f.subjects.iter().map(|s| text::line(s)).collect(),
                text: text::line(&f.text),
                sides: f
                    .sides
                    .iter()
                    .map(|s| SideView {
                        says: text::line(&s.says),
                        quote: text::short(&s.quote, 400),
                        refs: ctx.cites.of(&s.evidence),
                    })
                    .collect(),
            }
        })
        .collect()
}

/// Key and words of a verdict.
pub(super) fn verdict(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Contradiction => ("contradiction", "Contradiction"),
        Verdict::Tension => ("tension", "Tension"),
        Verdict::Rounding => ("rounding", "Rounding"),
        Verdict::Unsupported => ("unsupported", "Not supported"),
        Verdict::Unclear => ("unclear", "Cannot be checked"),
        Verdict::Supported => ("supported", "Supported"),
    }
}

/// Words of what was compared.
fn kind(kind: AuditKind) -> &'static str {
    match kind {
        AuditKind::Figure => "figure",
        AuditKind::StatedDuration => "stated duration",
        AuditKind::Polarity => "yes against no",
        AuditKind::Cause => "cause",
        AuditKind::Scope => "scope",
        AuditKind::Time => "time",
        AuditKind::Evidence => "claim against data",
        AuditKind::Date => "date",
        AuditKind::Order => "order",
        AuditKind::Dependency => "dependency",
        AuditKind::Remedy => "remedy: before or since",
        AuditKind::End => "over or not",
        AuditKind::Foreign => "another incident",
        AuditKind::NearName => "near names",
        AuditKind::Quarantine => "kept apart",
    }
}

/// Words of a measure.
pub(super) fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::ErrorRatio => "error ratio",
        Measure::SuccessRatio => "success ratio",
        Measure::TrafficChange => "traffic against normal",
        Measure::Duration => "duration",
        Measure::Unavailable => "total failure",
        Measure::Degraded => "partial failure",
        Measure::Unaffected => "unaffected",
        Measure::DataLoss => "data loss",
        Measure::Cause => "cause",
        Measure::Dependency => "depends on",
        Measure::Severity => "severity",
        Measure::IncidentDate => "date",
        Measure::Remedy => "remedy",
        Measure::Factor => "what made it worse",
        Measure::Order => "order",
        Measure::Spread => "hurt by it too",
        Measure::Count => "how many",
        Measure::Share => "share of counts",
        Measure::State => "when written",
    }
}

/// The services of a figure; a figure of none is the incident's.
pub(super) fn subjects(names: &[String]) -> Vec<String> {
    if names.is_empty() { vec!["the incident".into()] } else { names.iter().map(|n| text::line(n)).collect() }
}
