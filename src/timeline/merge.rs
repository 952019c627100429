//! Which events are one thing told several times.

use std::collections::{BTreeMap, BTreeSet};

use super::severity::Step;
use super::words::{BEGINNINGS, alike};
use crate::model::{Event, EventKind, Precision, Timestamp};

/// Witnesses of one thing, the leading one first.
pub(super) struct Group<'a> {
    pub(super) members: Vec<&'a Event>,
    /// When, where that was decided already (severity steps).
    pub(super) at: Option<Timestamp>,
}

/// How far back the search for a twin goes: bounds the work in bundles of many messages.
const LOOK_BACK: usize = 200;

/// Whether two stamps can be the same moment, given the coarser of their precisions.
pub(super) fn same_time(a: Timestamp, b: Timestamp) -> bool {
    let coarser = a.precision.min(b.precision);
    if coarser >= Precision::Second {
        return (a.utc_ns - b.utc_ns).abs() <= 2 * Precision::Second.width_ns();
    }
    let width = coarser.width_ns();
    a.utc_ns.div_euclid(width) == b.utc_ns.div_euclid(width)
}

/// Kinds in which one shared id and one moment make two records one thing.
fn ids_decide(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Chat | EventKind::HumanAction | EventKind::Prose | EventKind::Annotation | EventKind::PublicUpdate
    )
}

/// Whether prose tells of the beginning, to the minute.
fn begins(event: &Event) -> bool {
    event.kind == EventKind::StatusChange
        && event.at.precision == Precision::Minute
        && event.status.as_deref().is_some_and(|status| BEGINNINGS.contains(&status))
}

/// Whether `b` tells of what `a` tells of.
fn same_thing(a: &Event, b: &Event) -> bool {
    if a.kind != b.kind || !same_time(a.at, b.at) {
        return false;
    }
    // Several write-ups tell of one beginning, each in words of its own.
    if a.source != b.source && begins(a) && begins(b) {
        return true;
    }
    let rank = |e: &Event| e.severity.as_ref().map(|s| (s.to.vocabulary, s.to.rank));
    let agree = |x: Option<String>, y: Option<String>| x.is_none() || y.is_none() || x == y;
    let lower = |s: &Option<String>| s.as_ref().map(|s| s.to_lowercase());
    if !agree(lower(&a.status), lower(&b.status)) || (rank(a).is_some() && rank(b).is_some() && rank(a) != rank(b)) {
        return false;
    }
    if a.source == b.source {
        // One file tells one thing once: only a plain repetition is a duplicate.
        return a.at.utc_ns == b.at.utc_ns
            && a.title == b.title
            && a.text == b.text
            && a.actor == b.actor
            && a.services == b.services;
    }
    let shared = a.ids.iter().any(|id| b.ids.contains(id));
    (shared && ids_decide(a.kind)) || alike(&a.title, &b.title) || (!a.text.is_empty() && alike(&a.text, &b.text))
}

/// Groups sorted events; the witnesses of a severity step are one group whatever they say.
pub(super) fn groups<'a>(events: &[&'a Event], steps: &[Step<'a>]) -> Vec<Group<'a>> {
    let mut out: Vec<Group<'a>> = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for step in steps {
        let members: Vec<usize> = step.members.iter().copied().filter(|i| is_step_record(events, *i)).collect();
        if !members.is_empty() {
            taken.extend(&members);
            let mut members: Vec<&Event> = members.iter().filter_map(|i| events.get(*i).copied()).collect();
            members.sort_by_key(|e| (e.at.utc_ns != step.at.utc_ns, super::place(e)));
            out.push(Group { members, at: Some(step.at) });
        }
    }
    let mut by_kind: BTreeMap<EventKind, Vec<usize>> = BTreeMap::new();
    for (_, event) in events.iter().enumerate().filter(|(i, _)| !taken.contains(i)) {
        let groups = by_kind.entry(event.kind).or_default();
        let twin = groups.iter().rev().take(LOOK_BACK).copied().find(|g| {
            out.get(*g).and_then(|g: &Group<'_>| g.members.first()).is_some_and(|lead| same_thing(lead, event))
        });
        match twin.and_then(|g| out.get_mut(g)) {
            Some(group) => group.members.push(event),
            None => {
                groups.push(out.len());
                out.push(Group { members: vec![event], at: None });
            }
        }
    }
    out
}

/// Whether the event is a record of the step itself, not a message that happens to tell of it.
fn is_step_record(events: &[&Event], index: usize) -> bool {
    events.get(index).is_some_and(|e| e.kind == EventKind::SeverityChange)
}
