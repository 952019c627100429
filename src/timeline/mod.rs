//! The timeline: events in order, duplicates merged, and the severity track.

mod computed;
mod merge;
mod severity;
#[cfg(test)]
mod tests;
mod words;

pub use computed::computed;

use crate::model::{Citation, Curation, Event, EventKind, Evidence, Tier, Timeline, TimelineEntry};

/// Orders and merges the events of `evidence`: one entry per thing that happened, with every
/// witness of it, sorted by (time, source, line); and the severity of the incident over time.
pub fn build(evidence: &Evidence) -> Timeline {
    let mut events: Vec<&Event> = evidence.events.iter().collect();
    events.sort_by_key(|e| place(e));
    let steps = severity::steps(&events);
    let only_prose = events.iter().all(|e| e.kind == EventKind::Prose);
    let mut entries: Vec<TimelineEntry> = Vec::new();
    for group in merge::groups(&events, &steps) {
        entries.extend(entry(evidence, &group, only_prose));
    }
    let key = |e: &TimelineEntry| (e.at.utc_ns, e.evidence.first().map(|c| (c.source, c.span)));
    entries.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id)));
    Timeline { entries, severity: severity::track(&events, steps), computed: Vec::new() }
}

/// Order of events: time, then where they were read.
fn place(event: &Event) -> (i64, crate::model::SourceId, u64) {
    (event.at.utc_ns, event.source, event.evidence.span.line)
}

/// The event's line as a citation.
fn cite(event: &Event) -> Citation {
    event.evidence.cite(event.source)
}

/// One entry of all witnesses in `group`; its first member leads.
fn entry(evidence: &Evidence, group: &merge::Group<'_>, only_prose: bool) -> Option<TimelineEntry> {
    let lead = *group.members.first()?;
    let precise =
        group.members.iter().max_by(|a, b| a.at.precision.cmp(&b.at.precision).then(place(b).cmp(&place(a))))?;
    let at = group.at.unwrap_or(precise.at);
    let mut services: Vec<String> = Vec::new();
    for raw in group.members.iter().flat_map(|e| &e.services) {
        let name = evidence.names.of(raw);
        if !name.is_empty() && !services.iter().any(|s| s == name) {
            services.push(name.to_string());
        }
    }
    let first_of = |get: &dyn Fn(&Event) -> Option<String>| group.members.iter().find_map(|e| get(e));
    let curation = group.members.iter().map(|e| e.curation).max().unwrap_or_default();
    Some(TimelineEntry {
        id: lead.id.clone(),
        at,
        until: group.members.iter().find_map(|e| e.until),
        kind: lead.kind,
        tier: tier(lead, curation, only_prose),
        title: lead.title.clone(),
        text: first_of(&|e| (!e.text.is_empty()).then(|| e.text.clone())).unwrap_or_default(),
        actor: group.members.iter().find_map(|e| e.actor.clone()),
        services,
        raw_time: lead.raw_time.clone(),
        lag_s: group
            .members
            .iter()
            .filter_map(|e| Some((e.written_at?.utc_ns - e.at.utc_ns) / 1_000_000_000))
            .find(|l| *l > 0),
        status: first_of(&|e| e.status.clone()),
        evidence: group.members.iter().map(|e| cite(e)).collect(),
    })
}

/// How prominent an event is (shared event catalogue §2.5).
fn tier(event: &Event, curation: Curation, only_prose: bool) -> Tier {
    let told_state = event.severity.is_some() || event.status.is_some();
    match event.kind {
        EventKind::SeverityChange
        | EventKind::StatusChange
        | EventKind::PublicUpdate
        | EventKind::Deploy
        | EventKind::Rollback
        | EventKind::ConfigChange => Tier::One,
        EventKind::Prose if only_prose || told_state => Tier::One,
        EventKind::Chat if curation == Curation::None => Tier::Three,
        EventKind::AlertResolved | EventKind::Platform => Tier::Three,
        _ => Tier::Two,
    }
}
