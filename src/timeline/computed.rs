//! Moments that nobody told and the data shows: onset, peak and recovery.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Citation, EventEdit, EventKind, Findings, ImpactWindow, Precision, Rates, Ratio, ServiceRates, SourceId, Tier,
    TimeBasis, TimeInterval, Timeline, TimelineEntry, Timestamp,
};

/// Entries for what was computed, sorted like the others: onset, peak and recovery of every hurt
/// service, and the milestones that no event tells of. Severity steps and milestones that people
/// or machines told stand in the timeline as what they are. Made last, so that nothing computed
/// can be heard as a witness.
pub fn computed(timeline: &Timeline, rates: &Rates, findings: &Findings) -> Vec<TimelineEntry> {
    let services: BTreeMap<&str, &ServiceRates> = rates.services.iter().map(|s| (s.service.as_str(), s)).collect();
    let steps = &findings.cascade.steps;
    let tier = if steps.len() == 1 { Tier::One } else { Tier::Two };
    let mut out: Vec<TimelineEntry> = Vec::new();
    for step in steps {
        let worst = services.get(step.service.as_str()).and_then(|s| s.worst());
        out.extend(entry("onset", &step.service, step.onset, "begins to fail", tier, &step.evidence));
        out.extend(worst.and_then(|window| peak(&step.service, window, tier)));
        let last = worst.map_or(step.evidence.as_slice(), |w| w.evidence.as_slice());
        out.extend(step.recovery.and_then(|r| entry("recovery", &step.service, r, "is back to normal", tier, last)));
    }
    // Of a single service the moments of the incident are its own.
    if steps.len() != 1 {
        out.extend(milestones(timeline, findings));
    }
    out.sort_by(|a, b| (a.at.utc_ns, &a.id).cmp(&(b.at.utc_ns, &b.id)));
    out
}

/// Milestones that rest on no line that an entry of the timeline rests on.
fn milestones(timeline: &Timeline, findings: &Findings) -> Vec<TimelineEntry> {
    let place = |c: &Citation| (c.source, c.span.line);
    let told: BTreeSet<(SourceId, u64)> = timeline.entries.iter().flat_map(|e| &e.evidence).map(place).collect();
    let untold =
        findings.milestones.iter().filter(|m| !m.statement.evidence().iter().any(|c| told.contains(&place(c))));
    let made = untold.map(|m| TimelineEntry {
        title: m.statement.text().to_string(),
        ..blank(format!("computed-{:?}", m.kind).to_lowercase(), m.at, Tier::One, m.statement.evidence())
    });
    made.collect()
}

/// The worst bucket, where there is a ratio.
fn peak(service: &str, window: &ImpactWindow, tier: Tier) -> Option<TimelineEntry> {
    let peak = window.peak.as_ref()?;
    let at = TimeInterval { best_s: peak.at_s, from_s: peak.at_s, to_s: peak.at_s + i64::from(peak.width_s) };
    let what = format!("peaks: {} of its requests fail over {} s", share(&peak.ratio), peak.width_s);
    entry("peak", service, at, &what, tier, &window.evidence)
}

/// A share in whole percent; what is not exactly nothing or all is never called so.
fn share(ratio: &Ratio) -> String {
    match ratio.value * 100.0 {
        p if p > 0.0 && p < 1.0 => "less than 1 %".to_string(),
        p if p > 99.0 && p < 100.0 => "more than 99 %".to_string(),
        p => format!("{p:.0} %"),
    }
}

/// One moment of one service; `None` without evidence.
fn entry(
    moment: &str,
    service: &str,
    at: TimeInterval,
    what: &str,
    tier: Tier,
    evidence: &[Citation],
) -> Option<TimelineEntry> {
    // An onset known only to a minute or worse is not written to the second.
    let precision = if at.to_s - at.from_s >= 90 { Precision::Minute } else { Precision::Second };
    let at = Timestamp::new(at.best_s.saturating_mul(1_000_000_000), precision, TimeBasis::Inferred);
    let name: String = service.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let id = format!("computed-{moment}-{name}");
    let services = vec![service.to_string()];
    let title = format!("{moment}: {service} {what}");
    (!evidence.is_empty()).then(|| TimelineEntry { title, services, ..blank(id, at, tier, evidence) })
}

fn blank(id: String, at: Timestamp, tier: Tier, evidence: &[Citation]) -> TimelineEntry {
    TimelineEntry {
        id,
        at,
        until: None,
        kind: EventKind::Computed,
        tier,
        title: String::new(),
        text: String::new(),
        actor: None,
        services: Vec::new(),
        raw_time: String::new(),
        lag_s: None,
        status: None,
        evidence: evidence.to_vec(),
        also: Vec::new(),
        edit: EventEdit::default(),
    }
}
