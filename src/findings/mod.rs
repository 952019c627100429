//! Findings: what the measured and the told add up to, each with evidence and a way to be wrong.

mod cascade;
mod context;
mod graph;
mod intervals;
mod milestones;
mod patterns;
mod people;
mod quality;
mod reach;
mod recovery;
mod response;
mod shedding;
mod suspects;
#[cfg(test)]
mod tests;
mod text;
mod triggers;
mod turn;
mod words;

use crate::model::{Evidence, Findings, Rates, Timeline};
use context::Context;

/// Concludes from everything aligned and measured. Nothing is claimed of an incident that was
/// neither measured nor told; a sentence without a citation is not made.
pub fn analyze(evidence: &Evidence, rates: &Rates, timeline: &Timeline) -> Findings {
    let context = Context::new(evidence, rates, timeline);
    let milestones = milestones::of(&context);
    let intervals = intervals::of(&milestones);
    let mut findings = Vec::new();
    findings.extend(reach::single_point(&context));
    findings.extend(reach::blast(&context));
    findings.extend(reach::control_plane(&context));
    let suspects = suspects::of(&context);
    findings.extend(suspects::told(&context, &suspects));
    findings.extend(people::public_notice(&context, &milestones));
    findings.extend(recovery::surges(&context));
    findings.extend(recovery::residuals(&context));
    findings.extend(recovery::second_dips(&context));
    findings.extend(shedding::found(&context));
    findings.extend(recovery::degradation(&context));
    findings.extend(people::risk_windows(&context));
    findings.extend(people::lost_writes(&context));
    findings.extend(response::people(&context));
    findings.extend(response::silences(&context));
    findings.extend(response::tools(&context));
    findings.extend(patterns::changed(&context));
    findings.extend(quality::failing_throughout(&context));
    findings.extend(quality::gaps(&context));
    findings.extend(quality::contradictions(&context, &milestones));
    // Stable: within a kind, the order of making stands.
    findings.sort_by_key(|f| f.kind);
    let (triggers, unexplained) = triggers::of(&context, &suspects);
    Findings {
        milestones,
        intervals,
        cascade: cascade::of(&context),
        suspects,
        triggers,
        unexplained,
        unaffected: reach::unaffected(&context).into_iter().map(|(s, _)| s.service.clone()).collect(),
        findings,
    }
}
