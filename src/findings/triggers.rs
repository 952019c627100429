//! Changes before the onset: candidates, never causes.

use super::context::Context;
use super::text::{clock, date_and_clock, length};
use crate::model::{EventKind, Precision, Statement, TimelineEntry, TriggerCandidate};

/// How far back changes are looked at, seconds.
const LOOK_BACK_S: i64 = 24 * 3600;

/// Candidates kept.
const MOST: usize = 10;

/// Changes before the onset, best candidate first: those that touch what was hurt first, or what
/// it needs, and the nearer ones.
pub(super) fn of(context: &Context<'_>) -> Vec<TriggerCandidate> {
    let Some((onset, _)) = context.rates.incident else { return Vec::new() };
    let latest = onset.to_s.max(onset.best_s);
    let earlier = context.timeline.entries.iter().filter(|e| {
        let lead = onset.best_s - e.at.seconds();
        e.kind.is_change() && e.at.seconds() <= latest && lead <= LOOK_BACK_S
    });
    let mut out: Vec<(i64, TriggerCandidate)> = earlier.filter_map(|e| candidate(context, e, onset.best_s)).collect();
    out.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.lead_s.cmp(&b.1.lead_s)).then_with(|| a.1.event.cmp(&b.1.event)));
    out.into_iter().take(MOST).map(|(_, c)| c).collect()
}

fn candidate(context: &Context<'_>, entry: &TimelineEntry, onset_s: i64) -> Option<(i64, TriggerCandidate)> {
    let lead_s = onset_s - entry.at.seconds();
    let mut reasons = vec![if lead_s >= 0 {
        format!("{} before the onset", length(lead_s))
    } else {
        "inside the uncertainty of the onset".to_string()
    }];
    let mut score = match lead_s {
        ..=900 => 3,
        901..=3600 => 2,
        3601..=21_600 => 1,
        _ => 0,
    };
    score += reach(context, entry, &mut reasons);
    if entry.kind == EventKind::Rollback {
        score -= 1;
    }
    let same_day = lead_s < 12 * 3600;
    let when = if same_day { clock(entry.at) } else { date_and_clock(entry.at) };
    let day = if entry.at.precision == Precision::Day { " (only the day is known)" } else { "" };
    let text = format!("Trigger candidate: {} at {when} UTC{day}.", entry.title.trim_end_matches('.'));
    let statement = Statement::new(text, entry.evidence.clone()).ok()?;
    Some((score, TriggerCandidate { event: entry.id.clone(), at: entry.at, lead_s, statement, reasons }))
}

/// Points for what the change touches.
fn reach(context: &Context<'_>, entry: &TimelineEntry, reasons: &mut Vec<String>) -> i64 {
    let earliest = context.own().filter_map(|h| Some((h.lead()?.onset.best_s, h.name()))).min();
    let mut best = 0;
    for service in &entry.services {
        let needed_by =
            context.hurt.iter().filter(|h| context.graph.reach(h.name(), None).contains(service.as_str())).count();
        let points = match () {
            () if earliest.is_some_and(|(_, first)| first == service) => {
                reasons.push(format!("touches {service}, which was hurt first"));
                3
            }
            () if context.is_hurt(service) => {
                reasons.push(format!("touches {service}, which was hurt"));
                2
            }
            () if needed_by > 0 => 2,
            () if context.rates.service(service).is_some() => {
                reasons.push(format!("touches {service}, which was not hurt"));
                -2
            }
            () => 0,
        };
        if needed_by > 0 {
            reasons.push(format!("{service} is needed by {needed_by} hurt services"));
        }
        best = if best == 0 { points } else { best.max(points) };
    }
    best
}
