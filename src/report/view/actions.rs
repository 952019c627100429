//! What was done while it lasted, who acted, and what is to be done.

use indexmap::IndexMap;
use serde::Serialize;

use super::hints::{self, Found};
use super::people::Hint;
use super::timeline::{EntryView, counted, entry, kind};
use super::{Ctx, Moment, Refs};
use crate::model::{ActionItem, ActorKind, EventKind, MilestoneKind, Tier, TimelineEntry};
use crate::report::text;

/// Most steps and most responders shown; the rest is counted.
const MOST: usize = 30;

/// One thing to do, as people wrote it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionRow {
    /// What.
    pub what: String,
    /// `prevent`, `detect`, `mitigate`, `process`, or a word of theirs; may be empty.
    pub kind: String,
    /// Who; may be empty.
    pub owner: String,
    /// Until when; may be empty.
    pub due: String,
    /// Where it is tracked; may be empty.
    pub ticket: String,
}

/// A fact of the evidence that an action item may answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActionHint {
    /// Type of item it would be.
    pub kind: String,
    /// The fact.
    pub hint: Hint,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ActionsView {
    /// Written by people.
    pub items: Vec<ActionRow>,
    /// What the evidence suggests.
    pub hints: Vec<ActionHint>,
}

/// What was done while it lasted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StepsView {
    /// Changes, rollbacks and other actions, in time order.
    pub entries: Vec<EntryView>,
    /// Further ones that are not shown here.
    pub more: usize,
}

/// Somebody, or something, that acted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResponderRow {
    /// Name or role as the evidence has it.
    pub name: String,
    /// Whether it is a machine.
    pub machine: bool,
    /// First time seen.
    pub first: Moment,
    /// The first thing, in words.
    pub first_act: String,
    /// Last time seen.
    pub last: Moment,
    /// Everything: "chat ×4, acknowledged".
    pub acts: String,
    /// The line of the first.
    pub refs: Refs,
}

/// Everybody who acted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RespondersView {
    /// People first, each group in the order in which they came.
    pub rows: Vec<ResponderRow>,
    /// Further ones that are not shown here.
    pub more: usize,
}

/// The action items.
pub(super) fn actions(ctx: &Ctx, found: &Found) -> ActionsView {
    let row = |a: &ActionItem| ActionRow {
        what: text::line(&a.what),
        kind: text::line(&a.kind),
        owner: text::line(&a.owner),
        due: text::line(&a.due),
        ticket: text::line(&a.ticket),
    };
    let hints = hints::actions(ctx, found).into_iter();
    ActionsView {
        items: ctx.incident.edition.action_items.iter().map(row).collect(),
        hints: hints.map(|(kind, hint)| ActionHint { kind: kind.into(), hint }).collect(),
    }
}

/// What was done from the onset (or the detection) on, until it was called resolved.
pub(super) fn steps(ctx: &Ctx) -> StepsView {
    let at = |kind| ctx.incident.findings.milestone(kind).map(|m| m.at.utc_ns);
    let from = at(MilestoneKind::Onset).or(at(MilestoneKind::Detected));
    let to = at(MilestoneKind::Resolved).or(at(MilestoneKind::Recovered));
    let acts = |e: &&TimelineEntry| {
        let kind = matches!(
            e.kind,
            EventKind::Rollback | EventKind::ConfigChange | EventKind::Deploy | EventKind::HumanAction
        );
        kind && e.tier != Tier::Three && from.is_some_and(|f| e.at.utc_ns >= f) && to.is_none_or(|t| e.at.utc_ns <= t)
    };
    let all: Vec<&TimelineEntry> = ctx.incident.timeline.story().filter(acts).collect();
    StepsView { entries: all.iter().take(MOST).map(|e| entry(ctx, e)).collect(), more: all.len().saturating_sub(MOST) }
}

/// Who acted from the onset (or the detection, when that came first) on: when first and last, and how.
pub(super) fn responders(ctx: &Ctx) -> RespondersView {
    let at = |kind| ctx.incident.findings.milestone(kind).map(|m| m.at.utc_ns);
    let from = [MilestoneKind::Onset, MilestoneKind::Detected].into_iter().filter_map(at).min();
    let acted = |e: &&TimelineEntry| e.kind != EventKind::Prose && from.is_none_or(|f| e.at.utc_ns >= f);
    let mut by_name: IndexMap<(bool, &str), Vec<&TimelineEntry>> = IndexMap::new();
    // A write-up tells of the response afterwards; its author did not act in it.
    for e in ctx.incident.timeline.story().filter(acted) {
        if let Some(actor) = e.actor.as_ref().filter(|a| !a.name.trim().is_empty()) {
            by_name.entry((actor.kind == ActorKind::Machine, actor.name.as_str())).or_default().push(e);
        }
    }
    let mut all: Vec<_> = by_name.into_iter().collect();
    all.sort_by_key(|((machine, _), _)| *machine);
    let row = |((machine, name), entries): &((bool, &str), Vec<&TimelineEntry>)| {
        let (first, last) = (entries.first()?, entries.last()?);
        Some(ResponderRow {
            name: text::short(name, 60),
            machine: *machine,
            first: ctx.times.at(&first.at),
            first_act: format!("{}: {}", kind(first.kind).1, text::short(&first.title, 120)),
            last: ctx.times.at(&last.at),
            acts: counted(entries.iter().map(|e| kind(e.kind).1)),
            refs: ctx.cites.of(first.evidence.get(..1).unwrap_or_default()),
        })
    };
    RespondersView { rows: all.iter().take(MOST).filter_map(row).collect(), more: all.len().saturating_sub(MOST) }
}
