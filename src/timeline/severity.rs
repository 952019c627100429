//! The severity track: steps as their witnesses tell them, conflicts shown, never averaged.

use std::collections::{BTreeMap, BTreeSet};

use super::merge::same_time;
use super::words::{CHANGE_WORDS, RESOLVED_PHRASES, RESOLVED_WORDS};
use super::{cite, place};
use crate::model::{
    Event, EventKind, Precision, SeverityStep, SeverityTrack, SeverityWord, SourceId, TimeAtLevel, Timestamp,
    Vocabulary, says,
};

/// Witnesses of one step lie within this time of each other.
const SAME_STEP_NS: i64 = 10 * 60 * 1_000_000_000;

/// Whether two witnesses agree: people write seconds after what they did, so less than a minute
/// apart is no conflict.
fn agree(a: Timestamp, b: Timestamp) -> bool {
    same_time(a, b) || (a.utc_ns - b.utc_ns).abs() < Precision::Minute.width_ns()
}

/// One step with the events (by index) that tell of it.
pub(super) struct Step<'a> {
    pub(super) to: &'a SeverityWord,
    pub(super) at: Timestamp,
    /// All witnesses, in event order.
    pub(super) members: Vec<usize>,
}

/// The incident severity an event tells of: what alerts and pages carry is theirs, not the incident's.
fn told(event: &Event) -> Option<&SeverityWord> {
    let change = event.severity.as_ref()?;
    let incident_word = matches!(change.to.vocabulary, Vocabulary::P | Vocabulary::Sev);
    let tells = match event.kind {
        EventKind::SeverityChange => !matches!(change.to.vocabulary, Vocabulary::Impact | Vocabulary::Component),
        EventKind::StatusChange => incident_word,
        EventKind::Chat | EventKind::Prose | EventKind::HumanAction | EventKind::Annotation => {
            let text = format!("{} {}", event.title, event.text).to_lowercase();
            incident_word && (change.from.is_some() || CHANGE_WORDS.iter().any(|w| text.contains(w)))
        }
        _ => false,
    };
    tells.then_some(&change.to)
}

/// The vocabulary that most sources use; words of other ladders cannot be put in order with it.
fn main_vocabulary(events: &[&Event], in_story: &dyn Fn(&Event) -> bool) -> Option<Vocabulary> {
    let mut sources: BTreeMap<Vocabulary, BTreeSet<(SourceId, u8)>> = BTreeMap::new();
    for event in events.iter().filter(|e| in_story(e)) {
        if let Some(word) = told(event) {
            sources.entry(word.vocabulary).or_default().insert((event.source, word.rank));
        }
    }
    let numbered = |v: &Vocabulary| matches!(v, Vocabulary::P | Vocabulary::Sev);
    sources.iter().rev().max_by_key(|(v, s)| (numbered(v), s.len())).map(|(v, _)| *v)
}

/// Steps of the story in time order. `events` are sorted.
pub(super) fn steps<'a>(events: &[&'a Event], in_story: &dyn Fn(&Event) -> bool) -> Vec<Step<'a>> {
    let Some(vocabulary) = main_vocabulary(events, in_story) else { return Vec::new() };
    let mut clusters: Vec<(u8, Vec<usize>)> = Vec::new();
    for (i, event) in events.iter().enumerate() {
        let Some(word) = told(event).filter(|w| w.vocabulary == vocabulary && in_story(event)) else { continue };
        let near = clusters.iter_mut().rev().find(|(rank, members)| {
            let first = members.first().and_then(|m| events.get(*m));
            *rank == word.rank && first.is_some_and(|f| event.at.utc_ns - f.at.utc_ns <= SAME_STEP_NS)
        });
        match near {
            Some((_, members)) => members.push(i),
            None => clusters.push((word.rank, vec![i])),
        }
    }
    let mut out: Vec<Step<'a>> = clusters.into_iter().filter_map(|(_, members)| step(events, members)).collect();
    out.sort_by_key(|s| (s.at.utc_ns, s.members.first().copied()));
    // Saying again what holds already is no step; it stays an entry of the timeline.
    out.dedup_by_key(|step| step.to.rank);
    out
}

/// Time of a step: what most sources say, then the most precise, then the earliest.
fn step<'a>(events: &[&'a Event], members: Vec<usize>) -> Option<Step<'a>> {
    let of = |i: &usize| events.get(*i).copied();
    let votes = |at: Timestamp| -> usize {
        let agreeing = members.iter().filter_map(of).filter(|e| agree(e.at, at));
        agreeing.map(|e| e.source).collect::<BTreeSet<_>>().len()
    };
    let direct = |e: &Event| e.kind == EventKind::SeverityChange;
    let best = members.iter().filter_map(of).max_by(|a, b| {
        let rank = |e: &Event| (votes(e.at), direct(e), e.at.precision.min(Precision::Second));
        rank(a).cmp(&rank(b)).then_with(|| place(b).cmp(&place(a)))
    })?;
    Some(Step { to: told(best)?, at: best.at, members })
}

/// The step function with the time spent at each level.
pub(super) fn track(events: &[&Event], steps: Vec<Step<'_>>, in_story: &dyn Fn(&Event) -> bool) -> SeverityTrack {
    let told: Vec<&Event> = events.iter().copied().filter(|e| in_story(e)).collect();
    let mut out = SeverityTrack::default();
    for step in &steps {
        let members: Vec<&Event> = step.members.iter().filter_map(|i| events.get(*i).copied()).collect();
        let (agree, differ): (Vec<&Event>, Vec<&Event>) = members.iter().copied().partition(|e| agree(e.at, step.at));
        let stated = members.iter().find_map(|e| e.severity.as_ref()?.from.clone());
        let from = out.steps.last().map(|s| s.to.clone()).or(stated);
        let escalation = from.as_ref().and_then(|f| step.to.worse_than(f));
        out.steps.push(SeverityStep {
            from,
            to: step.to.clone(),
            at: step.at,
            escalation,
            actor: agree.iter().chain(&differ).find_map(|e| e.actor.clone()),
            evidence: agree.iter().map(|e| cite(e)).collect(),
            conflicts: differ.iter().map(|e| (e.at, cite(e))).collect(),
        });
    }
    if let Some(last) = out.steps.last() {
        out.ends_at = resolution(&told, last.at);
    }
    out.time_at = time_at(&out.steps, out.ends_at);
    out.note = note(&told, &out.steps);
    out
}

/// When people called it over: a state change first, then what they say, then what they publish.
fn resolution(events: &[&Event], after: Timestamp) -> Option<Timestamp> {
    let rank = |e: &Event| match e.kind {
        EventKind::StatusChange => Some(0),
        EventKind::Prose | EventKind::Annotation | EventKind::HumanAction => Some(1),
        EventKind::Chat => Some(2),
        EventKind::PublicUpdate => Some(3),
        _ => None,
    };
    let over = |e: &Event| match &e.status {
        Some(status) => RESOLVED_WORDS.contains(&status.to_lowercase().as_str()),
        None => says(&e.title, RESOLVED_PHRASES),
    };
    let later = events.iter().filter(|e| e.at.utc_ns >= after.utc_ns && over(e));
    later.filter_map(|e| Some((rank(e)?, e.at))).min_by_key(|(rank, at)| (*rank, at.utc_ns)).map(|(_, at)| at)
}

/// Seconds at each level, in order of first appearance; an open last level has no length.
fn time_at(steps: &[SeverityStep], ends_at: Option<Timestamp>) -> Vec<TimeAtLevel> {
    let mut out: Vec<TimeAtLevel> = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        let Some(end) = steps.get(i + 1).map(|s| s.at).or(ends_at) else { continue };
        let seconds = (end.utc_ns - step.at.utc_ns).max(0) / 1_000_000_000;
        match out.iter_mut().find(|t| t.severity.rank == step.to.rank) {
            Some(level) => level.seconds += seconds,
            None => out.push(TimeAtLevel { severity: step.to.clone(), seconds }),
        }
    }
    out
}

/// What had to be assumed: where the ladder starts, and which ladders were left aside.
fn note(events: &[&Event], steps: &[SeverityStep]) -> Option<String> {
    let vocabulary = steps.first()?.to.vocabulary;
    let words = || events.iter().filter_map(|e| e.severity.as_ref()).flat_map(|s| s.from.iter().chain([&s.to]));
    let mut notes = Vec::new();
    let numbered = matches!(vocabulary, Vocabulary::P | Vocabulary::Sev);
    if numbered && !words().any(|w| w.vocabulary == vocabulary && w.rank == 0) {
        notes.push("ladder start assumed 1: no level 0 is named anywhere".to_string());
    }
    let others: BTreeSet<&str> =
        events.iter().filter_map(|e| told(e)).filter(|w| w.vocabulary != vocabulary).map(|w| w.word.as_str()).collect();
    if !others.is_empty() {
        let list: Vec<&str> = others.into_iter().collect();
        notes.push(format!("words of another ladder are left out: {}", list.join(", ")));
    }
    (!notes.is_empty()).then(|| notes.join("; "))
}
