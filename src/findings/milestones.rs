//! The moments every incident has, or lacks: measured where possible, else as people tell them.

use super::context::Context;
use super::text::{clock, count, percent};
use super::turn;
use super::words::{
    ACKNOWLEDGED, DECLARED, DECLARED_STATES, DETECTED, IDENTIFIED, IMPACT_ENDED, MITIGATION, ONSET, RECOVERING,
    RESOLVED, RESOLVED_STATES,
};
use crate::model::{
    Citation, EventKind, Milestone, MilestoneKind, Statement, TimeInterval, TimelineEntry, Timestamp, says,
};

/// All milestones that can be stated, in time order.
pub(super) fn of(context: &Context<'_>) -> Vec<Milestone> {
    let mut out: Vec<Milestone> = Vec::new();
    out.extend(onset(context));
    out.extend(told(context, MilestoneKind::Detected, "Noticed", None, &|e| detected(context, e)));
    let noticed = out.iter().find(|m| m.kind == MilestoneKind::Detected).map(|m| m.at);
    out.extend(told(context, MilestoneKind::Paged, "Paged", noticed, &paged));
    out.extend(told(context, MilestoneKind::Acknowledged, "Acknowledged", noticed, &acknowledged));
    out.extend(declared(context, noticed));
    out.extend(escalated(context));
    out.extend(told(context, MilestoneKind::CauseIdentified, "Cause named", noticed, &identified));
    out.extend(told(context, MilestoneKind::PublicNotice, "First public notice", None, &|e| public(context, e)));
    out.extend(told(context, MilestoneKind::MitigationStarted, "First mitigating action", noticed, &mitigation));
    out.extend(recovery_started(context, noticed));
    out.extend(recovered(context));
    out.extend(called_resolved(context, noticed));
    out.sort_by_key(|m| (m.at.utc_ns, m.kind));
    out
}

/// Resolution as told: not before the last severity step and the turn of the curves, unless
/// nothing later is told (several small incidents of one export resolve on their own).
fn called_resolved(context: &Context<'_>, noticed: Option<Timestamp>) -> Option<Milestone> {
    let step = context.timeline.severity.steps.last().map(|s| s.at);
    let turned = turn::of(context)
        .map(|t| context.moment(TimeInterval { best_s: t.interval.from_s, ..t.interval }, &t.evidence));
    let late = [noticed, step, turned].into_iter().flatten().max_by_key(|t| t.utc_ns);
    let find = |after| told(context, MilestoneKind::Resolved, "Called resolved", after, &resolved);
    find(late).or_else(|| find(noticed))
}

/// Title and text of an entry.
fn words_of(entry: &TimelineEntry) -> String {
    if entry.text.is_empty() || entry.text == entry.title {
        return entry.title.clone();
    }
    format!("{}\n{}", entry.title, entry.text)
}

fn status_in(entry: &TimelineEntry, states: &[&str]) -> bool {
    entry.status.as_ref().is_some_and(|s| states.contains(&s.to_lowercase().replace([' ', '-'], "_").as_str()))
}

/// Kinds in which people or records speak of the incident as a whole.
fn is_told(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::StatusChange | EventKind::Prose | EventKind::Annotation | EventKind::HumanAction | EventKind::Chat
    )
}

/// How well an entry tells of a milestone, 0 best; `None` when it does not.
type Rank<'r> = &'r dyn Fn(&TimelineEntry) -> Option<u8>;

/// Who noticed: alerts of what was hurt (or of nothing in particular) from the onset's minute on
/// come before those of minutes earlier and before those of services that were not hurt.
fn detected(context: &Context<'_>, e: &TimelineEntry) -> Option<u8> {
    let told = matches!(e.kind, EventKind::StatusChange | EventKind::Prose | EventKind::Annotation);
    let plain = match e.kind {
        EventKind::AlertFired | EventKind::Page => 0,
        _ if told && says(&words_of(e), DETECTED) => 0,
        EventKind::StatusChange if status_in(e, &["detected", "triggered"]) => 0,
        EventKind::Chat | EventKind::HumanAction if says(&words_of(e), DETECTED) => 1,
        _ => return None,
    };
    let onset = context.rates.incident.map(|(o, _)| o.from_s.min(o.best_s).div_euclid(60) * 60);
    let early = onset.is_some_and(|o| e.at.seconds() < o);
    let elsewhere =
        !e.services.is_empty() && !context.hurt.is_empty() && !e.services.iter().any(|s| context.is_hurt(s));
    Some(plain + u8::from(early) * 2 + u8::from(elsewhere) * 4)
}

fn paged(e: &TimelineEntry) -> Option<u8> {
    (e.kind == EventKind::Page).then_some(0)
}

fn acknowledged(e: &TimelineEntry) -> Option<u8> {
    match e.kind {
        EventKind::Ack => Some(0),
        EventKind::StatusChange if status_in(e, &["acknowledged"]) => Some(0),
        kind if is_told(kind) && says(&words_of(e), ACKNOWLEDGED) => Some(1),
        _ => None,
    }
}

fn declaration(e: &TimelineEntry) -> Option<u8> {
    let text = words_of(e);
    match e.kind {
        EventKind::StatusChange if status_in(e, DECLARED_STATES) || says(&text, DECLARED) => Some(0),
        kind if is_told(kind) && text.to_lowercase().contains("incident") && says(&text, DECLARED) => Some(1),
        _ => None,
    }
}

fn identified(e: &TimelineEntry) -> Option<u8> {
    match e.kind {
        EventKind::StatusChange if status_in(e, &["identified", "cause_identified", "fixing"]) => Some(0),
        EventKind::PublicUpdate if status_in(e, &["identified"]) => Some(2),
        EventKind::StatusChange | EventKind::Prose | EventKind::Annotation | EventKind::HumanAction
            if says(&words_of(e), IDENTIFIED) =>
        {
            Some(0)
        }
        EventKind::Chat if says(&words_of(e), IDENTIFIED) => Some(1),
        _ => None,
    }
}

/// A post of our own: what only concerns a provider is the provider's word.
fn public(context: &Context<'_>, e: &TimelineEntry) -> Option<u8> {
    if !e.services.is_empty() && e.services.iter().all(|s| context.is_external(s)) {
        return None;
    }
    let planned = status_in(e, &["scheduled", "maintenance", "in_progress", "verifying"]);
    (e.kind == EventKind::PublicUpdate && !planned).then_some(0)
}

fn mitigation(e: &TimelineEntry) -> Option<u8> {
    let acts = says(&words_of(e), MITIGATION);
    match e.kind {
        EventKind::Rollback => Some(0),
        EventKind::StatusChange if status_in(e, &["mitigating", "mitigated", "fixing"]) => Some(0),
        EventKind::HumanAction | EventKind::ConfigChange | EventKind::Deploy if acts => Some(0),
        EventKind::Prose | EventKind::Annotation if acts => Some(0),
        EventKind::StatusChange if acts && e.status.is_none() => Some(1),
        _ => None,
    }
}

fn recovering(e: &TimelineEntry) -> Option<u8> {
    match e.kind {
        EventKind::Prose | EventKind::StatusChange | EventKind::Annotation if says(&words_of(e), RECOVERING) => Some(0),
        EventKind::Chat | EventKind::HumanAction if says(&words_of(e), RECOVERING) => Some(1),
        EventKind::PublicUpdate if status_in(e, &["monitoring"]) => Some(2),
        _ => None,
    }
}

fn resolved(e: &TimelineEntry) -> Option<u8> {
    match e.kind {
        EventKind::StatusChange if status_in(e, RESOLVED_STATES) => Some(0),
        EventKind::StatusChange | EventKind::Prose | EventKind::Annotation
            if e.status.is_none() && says(&words_of(e), RESOLVED) =>
        {
            Some(0)
        }
        EventKind::Chat | EventKind::HumanAction if says(&e.title, RESOLVED) => Some(1),
        EventKind::PublicUpdate if status_in(e, RESOLVED_STATES) => Some(2),
        _ => None,
    }
}

/// The first entry of the best rank, with the times that other sources give.
fn told(
    context: &Context<'_>,
    kind: MilestoneKind,
    what: &str,
    after: Option<Timestamp>,
    rank: Rank<'_>,
) -> Option<Milestone> {
    let candidates: Vec<(u8, &TimelineEntry)> = context
        .entries()
        .filter(|e| after.is_none_or(|a| e.at.utc_ns >= a.utc_ns.div_euclid(MINUTE) * MINUTE))
        .filter_map(|e| Some((rank(e)?, e)))
        .collect();
    let (_, best) = candidates.iter().min_by_key(|(rank, e)| (*rank, e.at.utc_ns)).copied()?;
    let evidence = witnesses(best, &candidates);
    let single = if sources_of(&evidence) == 1 { " (single source)" } else { "" };
    let text = format!("{what} at {} UTC: {}{single}.", clock(best.at), best.title.trim_end_matches('.'));
    Some(Milestone {
        kind,
        at: best.at,
        interval: None,
        statement: Statement::new(text, evidence).ok()?,
        conflicts: conflicts(best, &candidates),
    })
}

const MINUTE: i64 = 60 * 1_000_000_000;

fn sources_of(evidence: &[Citation]) -> usize {
    let mut sources: Vec<_> = evidence.iter().map(|c| c.source).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.len()
}

/// The entry's own evidence and that of others who give the same minute.
fn witnesses(best: &TimelineEntry, candidates: &[(u8, &TimelineEntry)]) -> Vec<Citation> {
    let same_minute = |e: &TimelineEntry| e.at.utc_ns.div_euclid(MINUTE) == best.at.utc_ns.div_euclid(MINUTE);
    let others = candidates.iter().filter(|(_, e)| e.id != best.id && same_minute(e));
    best.evidence.iter().chain(others.flat_map(|(_, e)| &e.evidence)).take(8).cloned().collect()
}

/// What other sources give as the time of the same moment: the first telling of each source that
/// tells it as plainly, when it lies in another minute and within the hour.
fn conflicts(best: &TimelineEntry, candidates: &[(u8, &TimelineEntry)]) -> Vec<(Timestamp, Citation)> {
    let mut heard: Vec<_> = best.evidence.iter().map(|c| c.source).collect();
    let plain = candidates.iter().find(|(_, e)| e.id == best.id).map_or(0, |(rank, _)| *rank);
    let mut out = Vec::new();
    for (rank, entry) in candidates {
        let Some(citation) = entry.evidence.first() else { continue };
        let machine = matches!(entry.kind, EventKind::AlertFired | EventKind::Page | EventKind::Ack);
        if *rank > plain || machine || heard.contains(&citation.source) {
            continue;
        }
        heard.push(citation.source);
        let apart = (entry.at.utc_ns - best.at.utc_ns).abs();
        if (MINUTE..=60 * MINUTE).contains(&apart) {
            out.push((entry.at, citation.clone()));
        }
    }
    out
}

/// A milestone that was computed.
fn computed(
    context: &Context<'_>,
    kind: MilestoneKind,
    interval: TimeInterval,
    text: impl FnOnce(&str) -> String,
    evidence: Vec<Citation>,
) -> Option<Milestone> {
    let at = context.moment(interval, &evidence);
    let statement = Statement::new(text(&clock(at)), evidence).ok()?;
    Some(Milestone { kind, at, interval: Some(interval), statement, conflicts: Vec::new() })
}

fn onset(context: &Context<'_>) -> Option<Milestone> {
    let Some((interval, _)) = context.rates.incident else {
        return told(context, MilestoneKind::Onset, "Impact began, as told,", None, &|e| {
            (is_told(e.kind) && says(&words_of(e), ONSET)).then_some(0)
        });
    };
    let first = context.hurt.iter().find_map(|h| {
        let window = h.windows.iter().find(|w| w.onset == interval)?;
        Some((h.name(), *window))
    });
    let (service, window) = first?;
    let what = match (window.signal.as_str(), &window.peak) {
        ("error_ratio", Some(peak)) => {
            format!("failed requests left their normal band (later peak {})", percent(peak.ratio.value))
        }
        ("error_lines", _) => format!("error lines left their normal level ({} in the window)", count(window.failed)),
        ("traffic", _) => "traffic fell below half of its usual level".to_string(),
        ("latency", _) => "answers became at least three times slower than usual".to_string(),
        (signal, _) => format!("{signal} left its normal band"),
    };
    let before = if window.open_start { " The evidence begins when it had already begun." } else { "" };
    let text = |at: &str| format!("Impact began at {at} UTC: {service}, {what}.{before}");
    let mut milestone = computed(context, MilestoneKind::Onset, interval, text, window.evidence.clone())?;
    let stated =
        told(context, MilestoneKind::Onset, "", None, &|e| (is_told(e.kind) && says(&words_of(e), ONSET)).then_some(0));
    milestone.conflicts.extend(stated.and_then(|m| beside(&m, interval)));
    Some(milestone)
}

/// A told moment beside a computed one, when it lies outside the computed one's interval.
fn beside(told: &Milestone, interval: TimeInterval) -> Option<(Timestamp, Citation)> {
    let second = told.at.seconds();
    let inside = interval.from_s.div_euclid(60) * 60 <= second && second <= interval.to_s + 59;
    (!inside).then(|| told.statement.evidence().first().map(|c| (told.at, c.clone()))).flatten()
}

fn declared(context: &Context<'_>, noticed: Option<Timestamp>) -> Option<Milestone> {
    let stated = told(context, MilestoneKind::Declared, "Declared", noticed, &declaration);
    stated.or_else(|| {
        let first = context.timeline.severity.steps.first()?;
        let text = format!(
            "First severity {} at {} UTC; no declaration is recorded before it.",
            first.to.word,
            clock(first.at)
        );
        Some(Milestone {
            kind: MilestoneKind::Declared,
            at: first.at,
            interval: None,
            statement: Statement::new(text, first.evidence.clone()).ok()?,
            conflicts: first.conflicts.clone(),
        })
    })
}

fn escalated(context: &Context<'_>) -> Option<Milestone> {
    let step = context.timeline.severity.steps.iter().find(|s| s.escalation == Some(true))?;
    let from = step.from.as_ref().map_or("?", |f| f.word.as_str());
    let text = format!("Escalated from {from} to {} at {} UTC.", step.to.word, clock(step.at));
    Some(Milestone {
        kind: MilestoneKind::Escalated,
        at: step.at,
        interval: None,
        statement: Statement::new(text, step.evidence.clone()).ok()?,
        conflicts: step.conflicts.clone(),
    })
}

fn recovery_started(context: &Context<'_>, noticed: Option<Timestamp>) -> Option<Milestone> {
    let stated = told(context, MilestoneKind::RecoveryStarted, "Recovery began, as told,", noticed, &recovering);
    let Some(turn) = turn::of(context) else { return stated };
    let text = |at: &str| {
        format!(
            "Recovery began at about {at} UTC: the mean error ratio of the services that were hurt fell for good from {}.",
            percent(turn.level)
        )
    };
    let interval = turn.interval;
    let mut milestone = computed(context, MilestoneKind::RecoveryStarted, interval, text, turn.evidence)?;
    milestone.conflicts.extend(stated.and_then(|m| beside(&m, interval)));
    Some(milestone)
}

fn recovered(context: &Context<'_>) -> Option<Milestone> {
    let Some(interval) = context.rates.incident.and_then(|i| i.1) else {
        return told(context, MilestoneKind::Recovered, "Impact ended, as told,", None, &|e| {
            (is_told(e.kind) && e.kind != EventKind::Chat && says(&words_of(e), IMPACT_ENDED)).then_some(0)
        });
    };
    let last = context
        .hurt
        .iter()
        .find(|h| h.windows.iter().any(|w| w.recovery.is_some_and(|r| r.best_s == interval.best_s)))?;
    let window = last.windows.iter().find(|w| w.recovery.is_some_and(|r| r.best_s == interval.best_s))?;
    let text = |at: &str| format!("Measured impact ended at {at} UTC: {} was the last to come back.", last.name());
    computed(context, MilestoneKind::Recovered, interval, text, window.evidence.clone())
}
