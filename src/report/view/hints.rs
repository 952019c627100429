//! What the evidence suggests for the sections that people write: facts found elsewhere in the
//! report, put beside the question that they may answer.

use super::conclusions::{Conclusion, Conclusions};
use super::impact::ImpactView;
use super::people::Hint;
use super::questions::Question;
use super::response::{ResponseView, TriggerRow, Unexplained};
use super::{Ctx, Fact, Refs};
use crate::model::{ActorKind, MilestoneKind};
use crate::report::text;

/// Most hints beside one section, and most of one kind among them.
const MOST: usize = 6;
const OF_A_KIND: usize = 2;

/// Interval by its ends, the seconds up to which it counts as short, and what it is called. Short
/// ones are hints for what went well, long ones for what went badly and for action items. The limits
/// only sort facts for people to judge: five minutes is the usual patience of a pager before it
/// escalates, half an hour the usual promise of a first public word.
const LIMITS: [(MilestoneKind, MilestoneKind, i64); 4] = [
    (MilestoneKind::Onset, MilestoneKind::Detected, 300),
    (MilestoneKind::Detected, MilestoneKind::Acknowledged, 300),
    (MilestoneKind::Onset, MilestoneKind::PublicNotice, 1_800),
    (MilestoneKind::Detected, MilestoneKind::CauseIdentified, 1_800),
];

/// Parts of the report that hints are taken from.
pub(super) struct Found<'a> {
    /// The five answers.
    pub hero: &'a [Fact],
    /// Impact.
    pub impact: &'a ImpactView,
    /// Milestones and intervals.
    pub response: &'a ResponseView,
    /// Candidates.
    pub triggers: &'a [TriggerRow],
    /// That no change explains the onset.
    pub unexplained: Option<&'a Unexplained>,
    /// Conclusions.
    pub conclusions: &'a Conclusions,
    /// Open questions.
    pub questions: &'a [Question],
}

impl Found<'_> {
    /// Conclusions of these kinds, in the order of the kinds.
    fn of_kinds(&self, keys: &[&str]) -> Vec<Hint> {
        let c = self.conclusions;
        let all: Vec<&Conclusion> =
            [&c.reach, &c.suspects, &c.recovery, &c.notice, &c.risk, &c.patterns, &c.contradictions, &c.gaps]
                .into_iter()
                .flatten()
                .collect();
        let of = |key: &&str| {
            let found = all.iter().filter(move |c| c.key == **key);
            found.take(OF_A_KIND).map(|c| from_conclusion(c)).collect::<Vec<_>>()
        };
        keys.iter().flat_map(of).collect()
    }

    /// Milestones of these kinds.
    fn milestones(&self, keys: &[&str]) -> Vec<Hint> {
        let all = &self.response.milestones;
        let of = |key: &&str| all.iter().find(|m| m.key == *key);
        let hint = |m: &super::response::MilestoneView| Hint {
            label: m.label.to_lowercase(),
            text: m.text.clone(),
            refs: m.refs.clone(),
        };
        keys.iter().filter_map(of).map(hint).collect()
    }
}

fn from_conclusion(c: &Conclusion) -> Hint {
    Hint { label: c.label.to_lowercase(), text: said_once(&c.label, &c.text), refs: c.refs.clone() }
}

/// A sentence without the words that its label says already.
fn said_once(label: &str, sentence: &str) -> String {
    match sentence.split_once(": ") {
        Some((head, rest)) if head.eq_ignore_ascii_case(label) || head.eq_ignore_ascii_case("candidate") => rest.into(),
        _ => sentence.into(),
    }
}

/// The hints of one section.
pub(super) fn of(key: &str, ctx: &Ctx, found: &Found) -> Vec<Hint> {
    let mut out = match key {
        "root_cause" => cause(found),
        "contributing_factors" => found.of_kinds(&[
            "single_point_of_failure",
            "control_plane",
            "risk_window",
            "second_dip",
            "recovery_surge",
            "residual",
        ]),
        "what_it_was_not" => not(found),
        "customer_impact" => found.hero.iter().filter(|f| f.known && f.key == "how_bad").map(fact).collect(),
        "detection" => {
            let mut out = found.milestones(&["onset", "detected"]);
            out.extend(found.of_kinds(&["earliest_line"]));
            out
        }
        "obstacles" => found.of_kinds(&["control_plane", "evidence_gap", "second_dip"]),
        "mitigation" => {
            let mut out = found.milestones(&["mitigation_started", "recovery_started", "recovered", "resolved"]);
            out.extend(found.of_kinds(&["load_shedding"]));
            out
        }
        "went_well" => well(ctx, found),
        "went_badly" => badly(ctx, found),
        "luck" => lucky(ctx, found),
        "surprise" => {
            let mut out: Vec<Hint> = found.unexplained.into_iter().map(unexplained).collect();
            out.extend(found.of_kinds(&["contradiction", "second_dip"]));
            out
        }
        "themes" => found.questions.iter().take(3).map(question).collect(),
        "message_internal" | "message_external" => {
            // The answers alone: what stands beside them (suspects, formulas) is not for a message.
            let facts = found.hero.iter().filter(|f| f.known && f.key != "noticed");
            facts.map(|f| Hint { text: f.value.clone(), ..fact(f) }).collect()
        }
        _ => Vec::new(),
    };
    out.truncate(MOST);
    out
}

fn fact(f: &Fact) -> Hint {
    let detail = if f.detail.is_empty() { String::new() } else { format!(" ({})", f.detail) };
    Hint { label: f.label.to_lowercase(), text: format!("{}{detail}", f.value), refs: f.refs.clone() }
}

fn question(q: &Question) -> Hint {
    Hint { label: "open question".into(), text: q.text.clone(), refs: q.refs.clone() }
}

fn unexplained(u: &Unexplained) -> Hint {
    Hint { label: "unexplained".into(), text: u.text.clone(), refs: u.refs.clone() }
}

/// When the cause was named, suspects, and candidates among the changes.
fn cause(found: &Found) -> Vec<Hint> {
    let mut out = found.milestones(&["cause_identified"]);
    out.extend(found.unexplained.into_iter().map(unexplained));
    let suspects = found.conclusions.suspects.iter().take(2).enumerate();
    out.extend(suspects.map(|(i, c)| Hint { label: format!("suspect {}", i + 1), ..from_conclusion(c) }));
    out.extend(found.triggers.iter().take(2).map(|t| Hint {
        label: format!("trigger candidate {}: {}", t.n, t.kind),
        text: said_once("trigger candidate", &t.text),
        refs: t.refs.clone(),
    }));
    out
}

fn not(found: &Found) -> Vec<Hint> {
    let mut out = found.of_kinds(&["lost_writes", "unaffected"]);
    if !out.iter().any(|h| h.label.starts_with("lost")) {
        out.insert(
            0,
            Hint {
                label: "data".into(),
                text: "No line that was read tells of lost or refused writes; that is no proof that none were.".into(),
                refs: Refs::default(),
            },
        );
    }
    out
}

/// Intervals that are short (or long) by [`LIMITS`], each with its formula and the limit.
fn intervals(ctx: &Ctx, found: &Found, short: bool) -> Vec<Hint> {
    let all = &ctx.incident.findings.intervals;
    let of = |(from, to, limit): &(MilestoneKind, MilestoneKind, i64)| {
        let i = all.iter().position(|i| i.from == *from && i.to == *to && (i.seconds <= *limit) == short)?;
        let row = found.response.intervals.get(i)?;
        let than = if short { "at most" } else { "more than" };
        Some(Hint {
            label: row.name.clone(),
            text: format!("{} ({}); {than} {}", row.value, row.formula, text::duration(*limit)),
            refs: row.refs.clone(),
        })
    };
    LIMITS.iter().filter_map(of).collect()
}

/// Who or what noticed first, when that is known.
fn first_noticed(ctx: &Ctx) -> Option<ActorKind> {
    let detected = ctx.incident.findings.milestone(MilestoneKind::Detected)?;
    super::hero::entry_of(ctx, detected)?.actor.as_ref().map(|a| a.kind)
}

fn well(ctx: &Ctx, found: &Found) -> Vec<Hint> {
    let mut out = intervals(ctx, found, true);
    if first_noticed(ctx) == Some(ActorKind::Machine) {
        let mut told = found.milestones(&["detected"]);
        told.iter_mut().for_each(|h| h.label = "noticed by a machine".into());
        out.extend(told);
    }
    out.extend(found.of_kinds(&["load_shedding"]));
    out
}

fn badly(ctx: &Ctx, found: &Found) -> Vec<Hint> {
    let mut out = intervals(ctx, found, false);
    if first_noticed(ctx) == Some(ActorKind::Human) {
        let mut told = found.milestones(&["detected"]);
        told.iter_mut().for_each(|h| h.label = "noticed by a person".into());
        out.extend(told);
    }
    out.extend(found.of_kinds(&["control_plane", "second_dip", "evidence_gap"]));
    if !found.response.missing.is_empty() && !found.response.milestones.is_empty() {
        out.push(Hint {
            label: "not in the evidence".into(),
            text: found.response.missing.join(", "),
            refs: Refs::default(),
        });
    }
    out
}

/// What stayed whole, and what ended before anybody is seen to have done anything.
fn lucky(ctx: &Ctx, found: &Found) -> Vec<Hint> {
    let mut out = Vec::new();
    let of = |kind| ctx.incident.findings.milestone(kind);
    if let Some(started) = of(MilestoneKind::RecoveryStarted) {
        let acted = of(MilestoneKind::MitigationStarted);
        if acted.is_none_or(|m| m.at.utc_ns > started.at.utc_ns) {
            let mut told = found.milestones(&["recovery_started"]);
            told.iter_mut().for_each(|h| h.label = "recovery before any mitigation in the evidence".into());
            out.extend(told);
        }
    }
    for row in found.impact.rows.iter().filter(|r| !r.survived.is_empty()).take(2) {
        let names: Vec<String> = row.survived.iter().map(|o| o.operation.clone()).collect();
        out.push(Hint {
            label: "survived".into(),
            text: format!("{}: {}", row.service, text::names(&names, 4)),
            refs: row.refs.clone(),
        });
    }
    out.extend(found.of_kinds(&["unaffected", "risk_window"]));
    out
}

/// Facts that an action item may answer, each with the type of item: `detect`, `mitigate`,
/// `prevent` or `process`.
pub(super) fn actions(ctx: &Ctx, found: &Found) -> Vec<(&'static str, Hint)> {
    let mut out: Vec<(&'static str, Hint)> = Vec::new();
    let mut add = |kind, hints: Vec<Hint>| out.extend(hints.into_iter().map(|h| (kind, h)));
    let late = intervals(ctx, found, false);
    let (detect, process): (Vec<Hint>, Vec<Hint>) = late.into_iter().partition(|h| h.label.contains("detect"));
    add("detect", detect);
    add("process", process);
    if first_noticed(ctx) == Some(ActorKind::Human) {
        let told = found.milestones(&["detected"]).into_iter();
        add("detect", told.map(|h| Hint { label: "noticed by a person, not by an alert".into(), ..h }).collect());
    }
    add("prevent", found.of_kinds(&["single_point_of_failure", "control_plane"]));
    add("mitigate", found.of_kinds(&["second_dip", "recovery_surge"]));
    add("prevent", found.of_kinds(&["risk_window", "lost_writes"]));
    add("detect", found.of_kinds(&["evidence_gap"]));
    add("process", clocks(ctx));
    out.truncate(12);
    out
}

/// Sources whose clock cost certainty: no zone that anything decides, or a clock that ran wrong.
fn clocks(ctx: &Ctx) -> Vec<Hint> {
    let mut paths: Vec<String> = Vec::new();
    for source in &ctx.incident.sources {
        let unsure = |c: &crate::model::ClockDecision| {
            c.skew_ms != 0 || c.basis == crate::model::TimeBasis::Assumed || c.ambiguity.is_some()
        };
        if source.clocks.iter().any(unsure) {
            paths.push(text::line(&source.info.path));
        }
    }
    if paths.is_empty() {
        return Vec::new();
    }
    let text = format!("no zone that anything decides, or a clock that ran wrong: {}", text::names(&paths, 3));
    vec![Hint { label: "clocks of the evidence".into(), text, refs: Refs::default() }]
}
