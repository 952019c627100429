//! The timeline: events in order, duplicates merged, and the severity track.

mod computed;
mod edit;
mod merge;
mod severity;
#[cfg(test)]
mod tests;
mod words;

pub use computed::computed;
pub use edit::edit;

use crate::model::{Citation, Curation, Event, EventEdit, EventKind, Evidence, Tier, Timeline, TimelineEntry};

/// Orders and merges the events of `evidence`: one entry per thing that happened, with every
/// witness of it, sorted by (time, source, line); and the severity of the incident over time.
///
/// `incident_s` are the bounds of the measured incident, UTC seconds: severity is told of the events
/// that lie with it, or, where nothing was measured, of the largest group without days of silence.
pub fn build(evidence: &Evidence, incident_s: Option<(i64, i64)>) -> Timeline {
    let mut events: Vec<&Event> = evidence.events.iter().collect();
    events.sort_by_key(|e| place(e));
    let story_ns = story(&events, incident_s);
    let in_story = |e: &Event| story_ns.is_some_and(|(from, to)| (from..=to).contains(&e.at.utc_ns));
    let steps = severity::steps(&events, &in_story);
    let only_prose = events.iter().all(|e| e.kind == EventKind::Prose);
    let mut entries: Vec<TimelineEntry> = Vec::new();
    for group in merge::groups(&events, &steps) {
        entries.extend(entry(evidence, &group, only_prose));
    }
    let key = |e: &TimelineEntry| (e.at.utc_ns, e.evidence.first().map(|c| (c.source, c.span)));
    entries.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id)));
    Timeline { entries, severity: severity::track(&events, steps, &in_story), story_ns, computed: Vec::new() }
}

/// Silence of this length among all events divides stories.
const SILENCE_NS: i64 = 4 * 86_400 * 1_000_000_000;

/// First and last moment of the group of events that is told of. `events` are sorted.
fn story(events: &[&Event], incident_s: Option<(i64, i64)>) -> Option<(i64, i64)> {
    let mut groups: Vec<(i64, i64, usize)> = Vec::new();
    for event in events {
        let at = event.at.utc_ns;
        match groups.last_mut() {
            Some((_, last, count)) if at.saturating_sub(*last) <= SILENCE_NS => (*last, *count) = (at, *count + 1),
            _ => groups.push((at, at, 1)),
        }
    }
    let near = |from: i64, to: i64| {
        incident_s.is_none_or(|(onset, end)| {
            let [onset, end] = [onset, end].map(|s| s.saturating_mul(1_000_000_000));
            from <= end.saturating_add(SILENCE_NS) && to >= onset.saturating_sub(SILENCE_NS)
        })
    };
    // Of groups of one size the first stays: the last maximum of the reversed order.
    let found = groups.into_iter().rev().filter(|(from, to, _)| near(*from, *to)).max_by_key(|g| g.2);
    found.map(|(from, to, _)| (from, to))
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
        also: group.members.iter().skip(1).map(|e| e.id.clone()).collect(),
        edit: EventEdit::default(),
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
