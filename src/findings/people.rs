//! What people did and said: the public word, protections taken off, writes that did not arrive.

use super::context::{Context, by_people, finding};
use super::text::{clock, count, difference, figure, length};
use super::words::{LOST_WRITES, PROTECTIONS, RESOLVED_STATES, SWITCHED_OFF, SWITCHED_ON, WRITE_OPERATIONS, has_word};
use crate::model::{EventKind, Finding, FindingKind, Milestone, MilestoneKind, TimelineEntry, says};

/// The public word against the impact, and how long the public incident was.
pub(super) fn public_notice(context: &Context<'_>, milestones: &[Milestone]) -> Option<Finding> {
    let find = |kind: MilestoneKind| milestones.iter().find(|m| m.kind == kind);
    let notice = find(MilestoneKind::PublicNotice)?;
    let (start, what) = find(MilestoneKind::Onset)
        .map(|m| (m, "the onset"))
        .or_else(|| find(MilestoneKind::Detected).map(|m| (m, "the detection")))?;
    let (seconds, formula) = difference(start.at, notice.at);
    let closed = context.entries().filter(|e| {
        let over = e.status.as_ref().is_some_and(|s| RESOLVED_STATES.contains(&s.to_lowercase().as_str()));
        e.kind == EventKind::PublicUpdate && over && e.at.utc_ns > notice.at.utc_ns
    });
    let closed = closed.last();
    let length_of =
        closed.map(|e| difference(notice.at, e.at).1).map_or(String::new(), |f| format!(" In public it lasted {f}."));
    let order = if seconds < 0 { "before" } else { "after" };
    let text = format!("The first public notice came {} {order} {what} ({formula}).{length_of}", length(seconds.abs()));
    let mut cited = notice.statement.evidence().to_vec();
    cited.extend(start.statement.evidence().iter().take(2).cloned());
    cited.extend(closed.and_then(|e| e.evidence.first().cloned()));
    finding(
        FindingKind::PublicNotice,
        &[],
        text,
        figure(seconds as f64, "s", formula),
        "an earlier notice on a channel that is not in this bundle",
        cited,
    )
}

fn all_text(entry: &TimelineEntry) -> String {
    format!("{} {}", entry.title, entry.text).to_lowercase()
}

/// Stretches in which a protection was off, from the words of actions and changes.
pub(super) fn risk_windows(context: &Context<'_>) -> Vec<Finding> {
    let mut open: Vec<(&str, &TimelineEntry)> = Vec::new();
    let mut out = Vec::new();
    for entry in context.entries().filter(|e| by_people(e.kind)) {
        let text = all_text(entry);
        let Some(what) = PROTECTIONS.iter().copied().find(|p| says(&text, &[p])) else { continue };
        let family = what.replace(['-', '_', ' '], "");
        let same = |(w, e): &(&str, &TimelineEntry)| {
            let alike = w.replace(['-', '_', ' '], "") == family;
            alike
                && (e.services.is_empty()
                    || entry.services.is_empty()
                    || e.services.iter().any(|s| entry.services.contains(s)))
        };
        let (on, off) = (nearest(&text, what, SWITCHED_ON), nearest(&text, what, SWITCHED_OFF));
        if off < on {
            if let Some(at) = open.iter().position(same) {
                let (what, from) = open.remove(at);
                out.extend(risk(what, from, Some(entry)));
            }
        } else if on < usize::MAX && !open.iter().any(same) {
            open.push((what, entry));
        }
    }
    out.extend(open.into_iter().filter_map(|(what, from)| risk(what, from, None)));
    out
}

/// Distance in bytes from `what` to the nearest of `words`; the largest number when none stands there.
fn nearest(text: &str, what: &str, words: &[&str]) -> usize {
    let Some(at) = text.find(what) else { return usize::MAX };
    let places = words.iter().flat_map(|w| text.match_indices(w).map(|(i, w)| (i, i + w.len())));
    places
        .map(|(from, to)| if from >= at { from.saturating_sub(at + what.len()) } else { at.saturating_sub(to) })
        .min()
        .unwrap_or(usize::MAX)
}

fn risk(what: &str, from: &TimelineEntry, to: Option<&TimelineEntry>) -> Option<Finding> {
    let services: Vec<&str> = from.services.iter().map(String::as_str).collect();
    let whose = if services.is_empty() { String::new() } else { format!(" of {}", super::text::list(&services, 4)) };
    let mut cited = from.evidence.clone();
    let (text, fig) = match to {
        Some(to) => {
            let (seconds, formula) = difference(from.at, to.at);
            cited.extend(to.evidence.iter().cloned());
            let text = format!(
                "Risk window: {what}{whose} on from {} to {} UTC ({}).",
                clock(from.at),
                clock(to.at),
                length(seconds)
            );
            (text, figure(seconds as f64, "s", formula))
        }
        None => (
            format!("Risk window: {what}{whose} on from {} UTC; its end is not in this evidence.", clock(from.at)),
            None,
        ),
    };
    finding(FindingKind::RiskWindow, &services, text, fig, "a protection that another layer kept up", cited)
}

/// Writes that failed by the counts, and what people say of lost ones. Whether a refused write was
/// lost cannot be told from counts, and the sentence says so.
pub(super) fn lost_writes(context: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for hurt in &context.hurt {
        let writes =
            hurt.rates.operations.iter().filter(|o| has_word(&o.operation, WRITE_OPERATIONS) && !o.impact.is_empty());
        let writes: Vec<_> = writes.collect();
        let failed: f64 = writes.iter().flat_map(|o| &o.impact).map(|w| w.failed).sum();
        if failed < 1.0 {
            continue;
        }
        let names: Vec<&str> = writes.iter().map(|o| o.operation.as_str()).collect();
        let text = format!(
            "{}: {} writing requests were refused or not confirmed ({}). Whether any data was lost cannot be told from counts.",
            hurt.name(),
            count(failed),
            super::text::list(&names, 4)
        );
        let cited = writes.iter().flat_map(|o| &o.impact).flat_map(|w| w.evidence.iter().take(2).cloned()).collect();
        let refuted = "clients that retried until the write arrived";
        let fig = figure(failed, "requests", "failed requests of writing operations in their impact windows");
        out.extend(finding(FindingKind::LostWrites, &[hurt.name()], text, fig, refuted, cited));
    }
    out.extend(lost_by_lines(context));
    for entry in context.entries().filter(|e| says(&all_text(e), LOST_WRITES)).take(5) {
        let services: Vec<&str> = entry.services.iter().map(String::as_str).collect();
        let text = format!("Told at {} UTC: {}.", clock(entry.at), entry.title.trim_end_matches('.'));
        out.extend(finding(
            FindingKind::LostWrites,
            &services,
            text,
            None,
            "a reconciliation that finds every write",
            entry.evidence.clone(),
        ));
    }
    out
}

/// Log lines inside the incident that speak of lost or refused writes.
fn lost_by_lines(context: &Context<'_>) -> Vec<Finding> {
    let Some((from, to)) = context.bounds() else { return Vec::new() };
    let mut out = Vec::new();
    for ((service, template), (source, pattern)) in &context.evidence.patterns {
        let minutes = from.div_euclid(60)..=to.div_euclid(60);
        let lines: u64 = pattern.minutes.range(minutes).map(|(_, n)| u64::from(*n)).sum();
        if lines == 0 || !LOST_WRITES.iter().any(|w| template.to_lowercase().contains(w)) {
            continue;
        }
        let name = context.evidence.names.of(service);
        let text = format!(
            "{name} logged lost or refused writes {} times inside the incident: {template}",
            count(lines as f64)
        );
        let fig = figure(lines as f64, "lines", "lines inside the incident");
        let cited = vec![pattern.first.cite(*source)];
        out.extend(finding(
            FindingKind::LostWrites,
            &[name],
            text,
            fig,
            "a reconciliation that finds every write",
            cited,
        ));
    }
    out
}
