//! Detection and response: milestones, times between them, the spread, trigger candidates.

use serde::Serialize;

use super::severity::ConflictView;
use super::{Ctx, Moment, Refs, hero};
use crate::model::{EdgeBasis, Interval, Milestone, MilestoneKind, Precision, TriggerKind};
use crate::report::text;

/// One milestone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MilestoneView {
    /// `onset`, `detected`, …
    pub key: String,
    /// In words.
    pub label: String,
    /// When; with its uncertainty when it was computed from a curve.
    pub at: Moment,
    /// The sentence.
    pub text: String,
    /// Who; empty when nobody is named.
    pub actor: String,
    /// Lines.
    pub refs: Refs,
    /// Other times that other witnesses give.
    pub conflicts: Vec<ConflictView>,
}

/// Time between two milestones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntervalRow {
    /// Name.
    pub name: String,
    /// First milestone in words.
    pub from: String,
    /// Second milestone in words.
    pub to: String,
    /// Length; with a minus when the order was the other way round.
    pub value: String,
    /// How it was computed.
    pub formula: String,
    /// Lines of both ends.
    pub refs: Refs,
}

/// Detection and response.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ResponseView {
    /// In time order.
    pub milestones: Vec<MilestoneView>,
    /// Times between them.
    pub intervals: Vec<IntervalRow>,
    /// Milestones the evidence does not show, in words.
    pub missing: Vec<String>,
}

/// One service in onset order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CascadeRow {
    /// Steps of the same rank cannot be put in order.
    pub rank: u32,
    /// Name.
    pub service: String,
    /// Began.
    pub onset: Moment,
    /// Ended; `None` while open.
    pub recovery: Option<Moment>,
    /// After the first onset; empty for the first.
    pub after: String,
    /// Peak error ratio; empty when unknown.
    pub peak: String,
    /// Lines.
    pub refs: Refs,
}

/// One dependency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EdgeRow {
    /// The dependent.
    pub from: String,
    /// What it depends on.
    pub to: String,
    /// `declared`, `observed`, `stated` or `inferred`.
    pub basis: String,
    /// The basis in words.
    pub basis_text: String,
    /// Lines; none for declared ones.
    pub refs: Refs,
}

/// The spread.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CascadeView {
    /// In onset order.
    pub steps: Vec<CascadeRow>,
    /// Dependencies.
    pub edges: Vec<EdgeRow>,
}

/// That no change in the evidence explains the onset, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unexplained {
    /// The sentence.
    pub text: String,
    /// Lines.
    pub refs: Refs,
}

/// A change before the onset: a candidate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriggerRow {
    /// Place among the candidates, from 1.
    pub n: usize,
    /// When.
    pub at: Moment,
    /// "4 min before onset".
    pub lead: String,
    /// What sort of thing ("deploy", "configuration change", "traffic surge").
    pub kind: &'static str,
    /// Start of its commit's hash; empty when none is known.
    pub commit: String,
    /// The sentence.
    pub text: String,
    /// Why it ranks where it does.
    pub reasons: Vec<String>,
    /// What would show that it was not this.
    pub refuted_by: String,
    /// Id of the timeline entry.
    pub event: String,
    /// Lines.
    pub refs: Refs,
}

/// Every milestone there can be, in the usual order.
const ALL: [MilestoneKind; 12] = [
    MilestoneKind::Onset,
    MilestoneKind::Detected,
    MilestoneKind::Paged,
    MilestoneKind::Acknowledged,
    MilestoneKind::Declared,
    MilestoneKind::Escalated,
    MilestoneKind::CauseIdentified,
    MilestoneKind::PublicNotice,
    MilestoneKind::MitigationStarted,
    MilestoneKind::RecoveryStarted,
    MilestoneKind::Recovered,
    MilestoneKind::Resolved,
];

/// Name and words of a milestone.
pub(in crate::report) fn milestone_words(kind: MilestoneKind) -> (&'static str, &'static str) {
    match kind {
        MilestoneKind::Onset => ("onset", "Onset"),
        MilestoneKind::Detected => ("detected", "Detected"),
        MilestoneKind::Paged => ("paged", "Paged"),
        MilestoneKind::Acknowledged => ("acknowledged", "Acknowledged"),
        MilestoneKind::Declared => ("declared", "Declared"),
        MilestoneKind::Escalated => ("escalated", "Escalated"),
        MilestoneKind::CauseIdentified => ("cause_identified", "Cause named"),
        MilestoneKind::PublicNotice => ("public_notice", "First public notice"),
        MilestoneKind::MitigationStarted => ("mitigation_started", "Mitigation started"),
        MilestoneKind::RecoveryStarted => ("recovery_started", "Recovery started"),
        MilestoneKind::Recovered => ("recovered", "Recovered"),
        MilestoneKind::Resolved => ("resolved", "Resolved"),
    }
}

/// The detection and response section.
pub(super) fn view(ctx: &Ctx) -> ResponseView {
    let findings = &ctx.incident.findings;
    let interval = |i: &Interval| IntervalRow {
        name: text::line(&i.name),
        from: milestone_words(i.from).1.into(),
        to: milestone_words(i.to).1.into(),
        value: length(ctx, i),
        formula: text::line(&i.formula),
        refs: ctx.cites.of(&i.evidence),
    };
    ResponseView {
        milestones: findings.milestones.iter().map(|m| milestone(ctx, m)).collect(),
        intervals: findings.intervals.iter().map(interval).collect(),
        missing: ALL
            .into_iter()
            .filter(|k| findings.milestone(*k).is_none())
            .map(|k| milestone_words(k).1.to_lowercase())
            .collect(),
    }
}

/// Length of an interval at the coarser precision of its ends.
pub(super) fn length(ctx: &Ctx, i: &Interval) -> String {
    let ends = [i.from, i.to].into_iter().filter_map(|k| ctx.incident.findings.milestone(k));
    let coarse = ends.map(|m| m.at.precision).min().unwrap_or(Precision::Second);
    text::between(i.seconds, coarse)
}

fn milestone(ctx: &Ctx, m: &Milestone) -> MilestoneView {
    let (key, label) = milestone_words(m.kind);
    let mut at = ctx.times.at(&m.at);
    if let Some(interval) = &m.interval {
        at.spread = text::spread(interval.best_s, interval.from_s, interval.to_s);
    }
    // A moment computed from a curve has no author, even when somebody wrote on the same line.
    let computed = matches!(m.kind, MilestoneKind::Onset | MilestoneKind::RecoveryStarted | MilestoneKind::Recovered);
    let told = if computed || m.interval.is_some() { None } else { hero::entry_of(ctx, m) };
    let actor = told.and_then(|e| e.actor.as_ref());
    MilestoneView {
        key: key.into(),
        label: label.into(),
        at,
        text: text::line(m.statement.text()),
        actor: actor.map(|a| text::short(&a.name, 60)).unwrap_or_default(),
        refs: ctx.cites.of(m.statement.evidence()),
        conflicts: m
            .conflicts
            .iter()
            .map(|(at, c)| ConflictView { at: ctx.times.at(at), refs: ctx.cites.of(std::slice::from_ref(c)) })
            .collect(),
    }
}

/// The cascade section.
pub(super) fn cascade(ctx: &Ctx) -> CascadeView {
    let cascade = &ctx.incident.findings.cascade;
    let first = cascade.steps.first().map_or(0, |s| s.onset.best_s);
    let after = |seconds: i64| if seconds > 0 { format!("+{}", text::duration(seconds)) } else { String::new() };
    CascadeView {
        steps: cascade
            .steps
            .iter()
            .map(|s| CascadeRow {
                rank: s.rank,
                service: text::line(&s.service),
                onset: ctx.times.interval(&s.onset),
                recovery: s.recovery.as_ref().map(|r| ctx.times.interval(r)),
                after: after(s.onset.best_s - first),
                peak: peak_of(ctx, &s.service),
                refs: ctx.cites.of(&s.evidence),
            })
            .collect(),
        edges: cascade
            .edges
            .iter()
            .map(|e| EdgeRow {
                from: text::line(&e.from),
                to: text::line(&e.to),
                basis: basis(e.basis, 0).0.into(),
                basis_text: basis(e.basis, e.calls).1,
                refs: ctx.cites.of(&e.evidence),
            })
            .collect(),
    }
}

/// Peak of a service at the digits its interval supports.
fn peak_of(ctx: &Ctx, service: &str) -> String {
    let worst = ctx.incident.rates.service(service).and_then(|s| s.worst());
    worst.and_then(|w| w.peak.as_ref()).map(|p| text::ratio(&p.ratio)).unwrap_or_default()
}

fn basis(basis: EdgeBasis, calls: u64) -> (&'static str, String) {
    match basis {
        EdgeBasis::Declared => ("declared", "declared in the configuration".into()),
        EdgeBasis::Observed => ("observed", format!("observed, {} calls", text::whole(calls))),
        EdgeBasis::Stated => ("stated", "stated by a write-up".into()),
        EdgeBasis::Inferred => ("inferred", "inferred from the order of onsets alone".into()),
    }
}

/// How long before the onset; a change inside its uncertainty is not said to come after it.
fn lead(seconds: i64) -> String {
    match seconds {
        s if s > 0 => format!("{} before onset", text::duration(s)),
        0 => "at onset".to_string(),
        _ => "inside the uncertainty of the onset".to_string(),
    }
}

fn kind_words(kind: TriggerKind) -> &'static str {
    match kind {
        TriggerKind::Deploy => "deploy",
        TriggerKind::Rollback => "rollback",
        TriggerKind::ConfigChange => "configuration change",
        TriggerKind::Commit => "commit",
        TriggerKind::Expiry => "expiry",
        TriggerKind::TrafficSurge => "traffic surge",
        TriggerKind::Provider => "provider",
        TriggerKind::Platform => "platform",
    }
}

/// Why no change explains the onset, when none does.
pub(super) fn unexplained(ctx: &Ctx) -> Option<Unexplained> {
    let said = ctx.incident.findings.unexplained.as_ref()?;
    Some(Unexplained { text: text::line(said.text()), refs: ctx.cites.of(said.evidence()) })
}

/// Changes before the onset, best candidate first.
pub(super) fn triggers(ctx: &Ctx) -> Vec<TriggerRow> {
    let all = &ctx.incident.findings.triggers;
    all.iter()
        .enumerate()
        .map(|(i, t)| TriggerRow {
            n: i + 1,
            at: ctx.times.at(&t.at),
            lead: lead(t.lead_s),
            kind: kind_words(t.kind),
            commit: t.commit.iter().map(|sha| text::line(&sha.chars().take(8).collect::<String>())).collect(),
            text: text::line(t.statement.text()),
            reasons: t.reasons.iter().map(|r| text::line(r)).collect(),
            refuted_by: text::line(&t.refuted_by),
            event: text::line(&t.event),
            refs: ctx.cites.of(t.statement.evidence()),
        })
        .collect()
}
