//! Conclusions, grouped by the section of the report they belong to.

use serde::Serialize;

use super::{Ctx, Refs};
use crate::model::{Figure, Finding, FindingKind};
use crate::report::text;

/// One conclusion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conclusion {
    /// `blast_radius`, `load_shedding`, …
    pub key: String,
    /// The kind in words.
    pub label: String,
    /// Services concerned.
    pub services: Vec<String>,
    /// The sentence.
    pub text: String,
    /// The figure with its unit; empty without one.
    pub figure: String,
    /// How the figure was made; empty without one.
    pub formula: String,
    /// What it would take for this to be wrong.
    pub refuted_by: String,
    /// Lines.
    pub refs: Refs,
}

/// Conclusions by section, each in the order of the analysis.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Conclusions {
    /// Reach: blast radius, single points of failure, planes, degraded or total.
    pub reach: Vec<Conclusion>,
    /// Suspects, best first.
    pub suspects: Vec<Conclusion>,
    /// Recovery: shedding, surge, residual errors, second dips.
    pub recovery: Vec<Conclusion>,
    /// Who acted, when nobody did, and tools that failed them.
    pub response: Vec<Conclusion>,
    /// Public notice.
    pub notice: Vec<Conclusion>,
    /// Damage and risk: lost or refused writes, risk windows.
    pub risk: Vec<Conclusion>,
    /// Log patterns: new ones, those that shifted, the earliest new line of each service.
    pub patterns: Vec<Conclusion>,
    /// Contradictions between sources.
    pub contradictions: Vec<Conclusion>,
    /// Gaps in the evidence.
    pub gaps: Vec<Conclusion>,
}

/// Words of a kind of finding: key and label.
pub(super) fn words(kind: FindingKind) -> (&'static str, &'static str) {
    match kind {
        FindingKind::SinglePointOfFailure => ("single_point_of_failure", "Single point of failure"),
        FindingKind::BlastRadius => ("blast_radius", "Blast radius"),
        FindingKind::Unaffected => ("unaffected", "Unaffected"),
        FindingKind::ControlPlane => ("control_plane", "Control plane"),
        FindingKind::PublicNotice => ("public_notice", "Public notice"),
        FindingKind::RecoverySurge => ("recovery_surge", "Recovery surge"),
        FindingKind::Residual => ("residual", "Residual errors"),
        FindingKind::SecondDip => ("second_dip", "Second dip"),
        FindingKind::LoadShedding => ("load_shedding", "Load shedding"),
        FindingKind::RiskWindow => ("risk_window", "Risk window"),
        FindingKind::LostWrites => ("lost_writes", "Lost or refused writes"),
        FindingKind::Degradation => ("degradation", "Total or degraded"),
        FindingKind::Responder => ("responder", "Who acted"),
        FindingKind::ResponseSilence => ("response_silence", "Silence"),
        FindingKind::ResponseTool => ("response_tool", "Tool that failed"),
        FindingKind::NewPattern => ("new_pattern", "New log pattern"),
        FindingKind::PatternShift => ("pattern_shift", "Log pattern that shifted"),
        FindingKind::EarliestLine => ("earliest_line", "Earliest new line"),
        FindingKind::FailingThroughout => ("failing_throughout", "Failing throughout"),
        FindingKind::EvidenceGap => ("evidence_gap", "Gap in the evidence"),
        FindingKind::Contradiction => ("contradiction", "Contradiction"),
        FindingKind::Suspect => ("suspect", "Suspect"),
    }
}

/// All conclusions.
pub(super) fn view(ctx: &Ctx) -> Conclusions {
    let mut out = Conclusions::default();
    for finding in &ctx.incident.findings.findings {
        let list = match finding.kind {
            FindingKind::SinglePointOfFailure
            | FindingKind::BlastRadius
            | FindingKind::Unaffected
            | FindingKind::ControlPlane
            | FindingKind::FailingThroughout
            | FindingKind::Degradation => &mut out.reach,
            FindingKind::Suspect => &mut out.suspects,
            FindingKind::RecoverySurge | FindingKind::Residual | FindingKind::SecondDip | FindingKind::LoadShedding => {
                &mut out.recovery
            }
            FindingKind::Responder | FindingKind::ResponseSilence | FindingKind::ResponseTool => &mut out.response,
            FindingKind::PublicNotice => &mut out.notice,
            FindingKind::RiskWindow | FindingKind::LostWrites => &mut out.risk,
            FindingKind::NewPattern | FindingKind::PatternShift | FindingKind::EarliestLine => &mut out.patterns,
            FindingKind::Contradiction => &mut out.contradictions,
            FindingKind::EvidenceGap => &mut out.gaps,
        };
        list.push(conclusion(ctx, finding));
    }
    out
}

/// One conclusion.
fn conclusion(ctx: &Ctx, finding: &Finding) -> Conclusion {
    let (key, label) = words(finding.kind);
    Conclusion {
        key: key.into(),
        label: label.into(),
        services: finding.services.iter().map(|s| text::line(s)).collect(),
        text: text::line(finding.statement.text()),
        figure: finding.figure.as_ref().map(figure).unwrap_or_default(),
        formula: finding.figure.as_ref().map(|f| text::line(&f.formula)).unwrap_or_default(),
        refuted_by: text::line(&finding.refuted_by),
        refs: ctx.cites.of(finding.statement.evidence()),
    }
}

/// A figure in its unit.
pub(in crate::report) fn figure(figure: &Figure) -> String {
    match figure.unit.as_str() {
        "s" => text::duration(figure.value.round() as i64),
        "ratio" => text::percent(figure.value, 1),
        "ms" => text::millis(figure.value),
        "" => text::count(figure.value),
        unit => format!("{}{}{}", text::count(figure.value), text::NBSP, text::line(unit)),
    }
}
