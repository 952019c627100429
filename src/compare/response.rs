//! The response side by side: milestones, the stretches between them, what was found.

use std::collections::BTreeSet;

use crate::model::{Finding, FindingKind, FindingPair, Incident, MilestoneKind, MilestonePair, Phase, PhasePair};

use super::Side;

/// Kinds of findings that tell what sort of incident it was; the others list services and log lines.
const TELLING: [FindingKind; 11] = [
    FindingKind::SinglePointOfFailure,
    FindingKind::BlastRadius,
    FindingKind::ControlPlane,
    FindingKind::ResponseTool,
    FindingKind::Degradation,
    FindingKind::LoadShedding,
    FindingKind::RiskWindow,
    FindingKind::SecondDip,
    FindingKind::Residual,
    FindingKind::RecoverySurge,
    FindingKind::LostWrites,
];

/// Milestones of either side, seconds after T+0 of each.
pub(super) fn milestones(a: &Side<'_>, b: &Side<'_>) -> Vec<MilestonePair> {
    let kinds = |side: &Side<'_>| side.incident.findings.milestones.iter().map(|m| m.kind).collect::<Vec<_>>();
    let all: BTreeSet<MilestoneKind> = kinds(a).into_iter().chain(kinds(b)).collect();
    let after = |side: &Side<'_>, kind| at(side.incident, kind).map(|s| s.saturating_sub(side.grid.zero_s));
    all.into_iter().map(|kind| MilestonePair { kind, a_s: after(a, kind), b_s: after(b, kind) }).collect()
}

fn at(incident: &Incident, kind: MilestoneKind) -> Option<i64> {
    incident.findings.milestone(kind).map(|m| m.at.seconds())
}

/// Stretches of the response of either side.
pub(super) fn phases(a: &Incident, b: &Incident) -> Vec<PhasePair> {
    use MilestoneKind::{CauseIdentified, Detected, Onset, PublicNotice, Recovered, RecoveryStarted};
    let between = [
        (Phase::OnsetToDetected, Onset, Detected),
        (Phase::DetectedToCause, Detected, CauseIdentified),
        (Phase::CauseToRecovery, CauseIdentified, RecoveryStarted),
        (Phase::RecoveryToRecovered, RecoveryStarted, Recovered),
        (Phase::OnsetToRecovered, Onset, Recovered),
        (Phase::OnsetToPublicNotice, Onset, PublicNotice),
    ];
    let lead = |incident: &Incident| incident.findings.triggers.first().map(|t| t.lead_s);
    let long = |incident: &Incident, from, to| Some(at(incident, to)?.saturating_sub(at(incident, from)?));
    let first = PhasePair { phase: Phase::TriggerToOnset, a_s: lead(a), b_s: lead(b) };
    let rest = between.map(|(phase, from, to)| PhasePair { phase, a_s: long(a, from, to), b_s: long(b, from, to) });
    std::iter::once(first).chain(rest).filter(|p| p.a_s.is_some() || p.b_s.is_some()).collect()
}

/// Requests that the services of a finding lost beyond what is usual.
fn lost(incident: &Incident, finding: &Finding) -> f64 {
    let of = |name: &String| incident.rates.service(name)?.worst().map(|w| w.excess);
    finding.services.iter().filter_map(of).fold(0.0, f64::max)
}

/// Telling findings of either side, by kind.
pub(super) fn findings(a: &Incident, b: &Incident) -> Vec<FindingPair> {
    let of = |incident: &Incident, kind| -> Vec<String> {
        let mut found: Vec<&Finding> = incident.findings.of_kind(kind).collect();
        // What concerns the hardest hit first; of equals as found.
        found.sort_by(|x, y| lost(incident, y).total_cmp(&lost(incident, x)));
        found.into_iter().map(|f| f.statement.text().to_string()).collect()
    };
    let pair = |kind| FindingPair { kind, a: of(a, kind), b: of(b, kind) };
    TELLING.into_iter().map(pair).filter(|p| !p.a.is_empty() || !p.b.is_empty()).collect()
}
