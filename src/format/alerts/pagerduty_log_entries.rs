//! PagerDuty: log entries, incidents and notes of the REST API.
//!
//! Yields: alerts, pages, acks, escalations, notes, priority changes and resolutions, one event per
//! log entry; for the incidents list its beginning, acks and end.
//! Time: `created_at` with an offset. Log entries come in the account's zone, incidents in UTC, so two
//! files of one export may differ; the written offset decides. Newest first.
//! Reference: PagerDuty/api-schema `reference/REST/openapiv3.json`.

use serde_json::Value;

use crate::format::chat::severity::step;
use crate::format::json_elements::{Part, documents, read_each, read_list_or_one, root};
use crate::format::json_value::{
    Stamp, actor, event, first_scalar, first_stamp, first_text, list, need_stamp, node, stamp, text,
};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Actor, ActorKind, Event, EventKind, RawTime, SeverityChange, SeverityWord};

/// PagerDuty's log entries, incidents and notes.
pub struct PagerdutyLogEntries;

impl Format for PagerdutyLogEntries {
    fn name(&self) -> &str {
        "pagerduty_log_entries"
    }

    fn title(&self) -> &str {
        "PagerDuty: log entries, incidents, notes"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"log_entries":[{"id":"R01","type":"acknowledge_log_entry","created_at":"2025-06-12T10:54:00-07:00","agent":{"type":"user_reference","summary":"on-call SRE"},"channel":{"type":"mobile"},"incident":{"id":"Q01","summary":"[#1234] errors"}}],"more":false}"#,
            r#"{"incidents":[{"id":"Q01","incident_number":1234,"incident_key":"k","title":"errors","created_at":"2025-06-12T17:52:00Z","status":"resolved","urgency":"high","escalation_policy":{"summary":"core"}}]}"#,
            r#"{"notes":[{"id":"N1","user":{"type":"user_reference","summary":"on-call SRE"},"channel":{"summary":"web"},"content":"rolled back","created_at":"2025-06-12T18:10:00Z"}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for PagerdutyLogEntries {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let first = entries_of(root).map_or(Some(root), Part::first_object)?;
        let kind = first.get("type").and_then(Part::string).unwrap_or_default();
        if kind.ends_with("_log_entry") || kind.ends_with("_log_entry_reference") {
            let seen = root.get("log_entries").is_some() || first.has_any(&["agent", "channel", "incident"]);
            let score = if seen && first.get("created_at").is_some() { 97 } else { 60 };
            return Claimed::new(score, format!("entries of type `{kind}`"));
        }
        if first.get("incident_number").is_some() && first.has_any(&["incident_key", "escalation_policy"]) {
            return Claimed::new(96, "`incident_number` with `incident_key` or `escalation_policy`");
        }
        if root.get("notes").is_some() && first.has(&["user", "channel", "content", "created_at"]) {
            return Claimed::new(93, "`notes` with `user`, `channel`, `content`, `created_at`");
        }
        None
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            match entries_of(part) {
                Some(list) if list.is_array() => read_each(list, document, sink, &mut read_element)?,
                Some(one) => read_list_or_one(one, document, sink, &mut read_element)?,
                None => read_list_or_one(part, document, sink, &mut read_element)?,
            }
        }
        Ok(())
    }
}

/// The list or single element inside a reply.
fn entries_of(root: Part<'_>) -> Option<Part<'_>> {
    if root.is_array() {
        return Some(root);
    }
    ["log_entries", "incidents", "notes", "log_entry", "incident"]
        .iter()
        .find_map(|key| root.get(key).filter(|p| p.is_array() || (root.get("type").is_none() && p.is_object())))
}

fn read_element(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    if value.get("incident_number").is_some() {
        return read_incident(value, frame, sink);
    }
    let at = need_stamp(value, &["created_at"])?;
    let event = if value.get("content").is_some() { note(value, &at, frame) } else { entry(value, &at, frame) };
    sink.event(event);
    Ok(FrameClass::Record)
}

/// What each kind of log entry is, and how it reads in a title.
fn meaning(kind: &str) -> (EventKind, &'static str) {
    match kind {
        "trigger" => (EventKind::AlertFired, "triggered"),
        "notify" => (EventKind::Page, "notified"),
        "acknowledge" => (EventKind::Ack, "acknowledged"),
        "escalate" => (EventKind::Escalation, "escalated"),
        "exhaust_escalation_path" => (EventKind::Escalation, "escalation path exhausted"),
        "repeat_escalation_path" => (EventKind::Escalation, "escalation path repeated"),
        "annotate" => (EventKind::HumanAction, "note"),
        "resolve" => (EventKind::StatusChange, "resolved"),
        "assign" => (EventKind::Annotation, "assigned"),
        "delegate" => (EventKind::Annotation, "delegated"),
        "snooze" => (EventKind::HumanAction, "snoozed"),
        "unacknowledge" => (EventKind::Annotation, "no longer acknowledged"),
        "reach_ack_limit" => (EventKind::Annotation, "acknowledgement limit reached"),
        "reach_trigger_limit" => (EventKind::Annotation, "trigger limit reached"),
        "urgency_change" => (EventKind::Annotation, "urgency changed"),
        "priority_change" => (EventKind::Annotation, "priority changed"),
        "field_value_change" | "custom_field_value_change" => (EventKind::Annotation, "field changed"),
        _ => (EventKind::Annotation, "log entry"),
    }
}

/// One log entry.
fn entry(value: &Value, at: &Stamp, frame: &Frame<'_>) -> Event<RawTime> {
    let full = text(value, "type").unwrap_or("");
    let kind = full.trim_end_matches("_reference").trim_end_matches("_log_entry");
    let (mut what, words) = meaning(kind);
    let change = severity_change(value, kind);
    if change.is_some() && matches!(what, EventKind::Annotation | EventKind::HumanAction) {
        what = EventKind::SeverityChange;
    }
    let who = agent(value);
    let mut made = event(what, at, title(value, kind, words, who.as_ref(), change.as_ref()), frame);
    made.actor = who;
    made.services =
        first_text(value, &["service.summary", "incident.service.summary"]).map(str::to_string).into_iter().collect();
    made.status = match kind {
        "trigger" => Some("triggered".to_string()),
        "acknowledge" => Some("acknowledged".to_string()),
        "resolve" => Some("resolved".to_string()),
        _ => None,
    };
    // The summary of a note only says that there is one.
    let said: &[&str] = if kind == "annotate" {
        &["channel.summary", "note", "channel.content"]
    } else {
        &["summary", "note", "channel.summary", "event_details.description", "channel.details"]
    };
    made.text = first_text(value, said).unwrap_or("").to_string();
    made.severity = change;
    made.ids = ids(value);
    made
}

/// `PagerDuty: acknowledged by on-call SRE`, with what it was about.
fn title(value: &Value, kind: &str, words: &str, who: Option<&Actor>, change: Option<&SeverityChange>) -> String {
    let by = who.map(|a| format!(" by {}", a.name)).unwrap_or_default();
    let about =
        first_text(value, &["incident.title", "incident.summary"]).map(|s| format!(": {s}")).unwrap_or_default();
    match kind {
        "notify" => {
            let user = first_text(value, &["user.summary", "channel.user.summary"]);
            user.map_or_else(|| format!("PagerDuty: notified{about}"), |u| format!("PagerDuty: notified {u}{about}"))
        }
        "trigger" => {
            let said = first_text(value, &["event_details.description", "channel.summary"]);
            said.map_or_else(|| format!("PagerDuty: triggered{about}"), |s| format!("PagerDuty: triggered: {s}"))
        }
        "annotate" => {
            let said = first_text(value, &["channel.summary", "note", "channel.content", "summary"]).unwrap_or("");
            format!("PagerDuty: note{by}: {said}")
        }
        _ => match change {
            Some(change) => {
                let from = change.from.as_ref().map(|f| format!(" from {}", f.word)).unwrap_or_default();
                format!("PagerDuty: severity changed{from} to {}{by}", change.to.word)
            }
            None => format!("PagerDuty: {words}{by}{about}"),
        },
    }
}

/// Who acted: users are people, services and integrations are machines.
fn agent(value: &Value) -> Option<Actor> {
    let kind = text(value, "agent.type")?;
    let human = kind.starts_with("user") && !kind.contains("bot");
    let name = first_text(value, &["agent.summary", "agent.name", "agent.id"])?;
    actor(name, if human { ActorKind::Human } else { ActorKind::Machine })
}

/// From which severity to which, in the change set of the entry or in its summary.
fn severity_change(value: &Value, kind: &str) -> Option<SeverityChange> {
    if kind == "urgency_change" || !(kind.contains("change") || kind == "annotate") {
        return None;
    }
    let structured = ["changeset", "changesets", "channel", "event_details", "details", "fields"]
        .iter()
        .find_map(|key| pair_in(value.get(key)?, 0));
    let said = ["channel.summary", "note", "summary"];
    structured.or_else(|| said.iter().find_map(|path| step(text(value, path)?).severity))
}

/// The first object below `value` that holds an old and a new severity word.
fn pair_in(value: &Value, depth: u8) -> Option<SeverityChange> {
    let word = |keys: &[&str]| {
        keys.iter().find_map(|key| {
            let found = node(value, key)?;
            SeverityWord::parse(found.as_str().or_else(|| first_text(found, &["summary", "name", "value"]))?)
        })
    };
    let to = word(&["to", "new", "new_value", "new_priority", "after", "current", "value"]);
    if let Some(to) = to {
        let from = word(&["from", "old", "old_value", "old_priority", "before", "previous", "previous_value"]);
        if from.as_ref() != Some(&to) {
            return Some(SeverityChange { from, to });
        }
    }
    if depth >= 4 {
        return None;
    }
    match value {
        Value::Object(map) => map.values().find_map(|v| pair_in(v, depth + 1)),
        Value::Array(items) => items.iter().find_map(|v| pair_in(v, depth + 1)),
        _ => None,
    }
}

/// Ids of the incident that other sources may share.
fn ids(value: &Value) -> Vec<(String, String)> {
    let mut ids = Vec::new();
    let mut push = |kind: &str, id: Option<String>| ids.extend(id.map(|id| (kind.to_string(), id)));
    push("incident", first_scalar(value, &["incident.id"]));
    let summary = first_text(value, &["incident.summary"]).unwrap_or("");
    let number = summary.strip_prefix("[#").and_then(|rest| rest.split(']').next()).map(str::to_string);
    push("incident_number", first_scalar(value, &["incident.incident_number"]).or(number));
    push("alert", first_scalar(value, &["incident.incident_key", "channel.incident_key", "channel.dedup_key"]));
    ids
}

/// One note.
fn note(value: &Value, at: &Stamp, frame: &Frame<'_>) -> Event<RawTime> {
    let content = text(value, "content").unwrap_or("");
    let name = first_text(value, &["user.summary", "user.name", "user.id"]);
    let human = text(value, "user.type").is_none_or(|t| t.starts_with("user"));
    let by = name.map(|n| format!(" by {n}")).unwrap_or_default();
    let found = step(content);
    let kind = match (&found.severity, human) {
        (Some(_), _) => EventKind::SeverityChange,
        (None, true) => EventKind::HumanAction,
        (None, false) => EventKind::Annotation,
    };
    let mut made = event(kind, at, format!("PagerDuty: note{by}: {content}"), frame);
    made.actor = name.and_then(|n| actor(n, if human { ActorKind::Human } else { ActorKind::Machine }));
    made.severity = found.severity;
    made.text = content.to_string();
    made
}

/// One row of the incidents list: its beginning, its acknowledgements, its end.
fn read_incident(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let created = need_stamp(value, &["created_at"])?;
    let what = first_text(value, &["title", "summary", "description"]).unwrap_or("incident without a title");
    let shared = |mut made: Event<RawTime>| {
        made.services =
            first_text(value, &["service.summary", "service.name"]).map(str::to_string).into_iter().collect();
        made.ids.extend(first_scalar(value, &["id"]).map(|id| ("incident".to_string(), id)));
        made.ids.extend(first_scalar(value, &["incident_number"]).map(|n| ("incident_number".to_string(), n)));
        made.ids.extend(first_scalar(value, &["incident_key"]).map(|k| ("alert".to_string(), k)));
        made
    };
    let mut fired = shared(event(EventKind::AlertFired, &created, format!("PagerDuty: triggered: {what}"), frame));
    // The list knows only the last priority, which need not have been the first.
    let priority = first_text(value, &["priority.summary", "priority.name"]);
    fired.text = priority.map(|p| format!("priority {p} at the time of the export")).unwrap_or_default();
    fired.status = Some("triggered".to_string());
    sink.event(fired);
    for ack in list(value, "acknowledgements") {
        let Some(at) = stamp(ack, "at") else { continue };
        let name = first_text(ack, &["acknowledger.summary", "acknowledger.id"]);
        let by = name.map(|n| format!(" by {n}")).unwrap_or_default();
        let mut made = shared(event(EventKind::Ack, &at, format!("PagerDuty: acknowledged{by}: {what}"), frame));
        let human = text(ack, "acknowledger.type").is_none_or(|t| t.starts_with("user"));
        made.actor = name.and_then(|n| actor(n, if human { ActorKind::Human } else { ActorKind::Machine }));
        made.status = Some("acknowledged".to_string());
        sink.event(made);
    }
    let resolved = (text(value, "status") == Some("resolved"))
        .then(|| first_stamp(value, &["resolved_at", "last_status_change_at"]))
        .flatten();
    if let Some(at) = resolved {
        let mut made = shared(event(EventKind::StatusChange, &at, format!("PagerDuty: resolved: {what}"), frame));
        let name = text(value, "last_status_change_by.summary");
        let human = text(value, "last_status_change_by.type").is_none_or(|t| t.starts_with("user"));
        made.actor = name.and_then(|n| actor(n, if human { ActorKind::Human } else { ActorKind::Machine }));
        made.status = Some("resolved".to_string());
        sink.event(made);
    }
    Ok(FrameClass::Record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&PagerdutyLogEntries);
    }

    #[test]
    fn an_ack_keeps_its_offset_actor_and_incident() {
        let got = collect::read(&PagerdutyLogEntries, PagerdutyLogEntries.samples()[0]);
        let ack = got.of(EventKind::Ack)[0];
        assert_eq!(ack.title, "PagerDuty: acknowledged by on-call SRE: [#1234] errors");
        assert_eq!(ack.at.offset_s, -25_200);
        assert_eq!(ack.actor.as_ref().unwrap().kind, ActorKind::Human);
        assert!(ack.ids.contains(&("incident_number".to_string(), "1234".to_string())));
    }

    #[test]
    fn a_priority_change_is_a_severity_step() {
        let text = r#"{"log_entries":[{"type":"field_value_change_log_entry","created_at":"2025-06-12T18:21:00Z","agent":{"type":"user_reference","summary":"commander"},"changeset":{"priority":{"from":{"summary":"P1"},"to":{"summary":"P0"}}}},
            {"type":"priority_change_log_entry","created_at":"2025-06-12T18:05:00Z","agent":{"type":"service_reference","summary":"rule"},"summary":"Priority changed from P2 to P1"},
            {"type":"urgency_change_log_entry","created_at":"2025-06-12T18:04:00Z","changeset":{"from":"low","to":"high"}}]}"#;
        let got = collect::read(&PagerdutyLogEntries, text);
        let steps = got.of(EventKind::SeverityChange);
        assert_eq!(steps.len(), 2);
        assert_eq!(steps[0].title, "PagerDuty: severity changed from P1 to P0 by commander");
        assert_eq!(steps[1].severity.as_ref().unwrap().to.word, "P1");
        assert_eq!(steps[1].actor.as_ref().unwrap().kind, ActorKind::Machine);
        assert_eq!(got.of(EventKind::Annotation).len(), 1);
    }

    #[test]
    fn an_incident_gives_its_beginning_acks_and_end() {
        let text = r#"{"incidents":[{"incident_number":7,"incident_key":"k","title":"T","created_at":"2025-06-12T17:52:00Z","status":"resolved","resolved_at":"2025-06-12T20:28:00Z","priority":null,
            "acknowledgements":[{"at":"2025-06-12T17:54:00Z","acknowledger":{"type":"user_reference","summary":"on-call SRE"}}]}]}"#;
        let got = collect::read(&PagerdutyLogEntries, text);
        assert_eq!(got.events.len(), 3);
        assert_eq!(got.of(EventKind::StatusChange)[0].status.as_deref(), Some("resolved"));
    }
}
