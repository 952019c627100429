//! Alerts and pages.

use serde_json::{Value, json};

use super::Desk;
use crate::simulate::source::Written;
use crate::simulate::{Action, ActionKind};

/// How long after the end of the evidence a firing alert is guessed to end, ms.
const GUESS_MS: i64 = 240_000;

/// An Alertmanager v2 list of alerts.
pub(super) fn alertmanager(desk: &Desk<'_>) -> Value {
    desk.actions.iter().map(|a| alert(desk, a)).collect()
}

fn alert(desk: &Desk<'_>, action: &Action) -> Value {
    let guess = desk.world.scenario.end.ms + GUESS_MS;
    let service = action.services.first().map(|k| desk.world.slug_of(k)).unwrap_or_default();
    let severity = action.to.as_deref().unwrap_or("critical");
    json!({
        "annotations": { "summary": desk.text(&action.title), "description": desk.text(&action.text) },
        "endsAt": desk.stamp(action.until.map_or(guess, |m| m.ms), 3, Written::Z),
        "fingerprint": desk.sha(&format!("{}{}", action.title, action.thread)).get(..16),
        "generatorURL": "https://prometheus.example.net/graph",
        "labels": {
            "alertname": alert_name(action),
            "service": service,
            "severity": severity,
        },
        "receivers": [{ "name": "paging" }],
        "startsAt": desk.stamp(action.at.ms, 3, Written::Z),
        "status": { "inhibitedBy": [], "silencedBy": [], "state": "active" },
        "updatedAt": desk.stamp(action.at.ms + 15_000, 3, Written::Z),
    })
}

fn alert_name(action: &Action) -> String {
    if action.thread.is_empty() { String::from("ErrorRatioHigh") } else { action.thread.clone() }
}

/// How long after its beginning a page reaches somebody, ms.
const NOTIFY_MS: i64 = 8000;

/// Log entries of a paging service, newest first, stamps in the account's zone.
pub(super) fn pagerduty(desk: &Desk<'_>) -> Value {
    let mut entries: Vec<(i64, Value)> = Vec::new();
    for (i, action) in desk.actions.iter().enumerate() {
        entries.push((action.at.ms, entry(desk, action, i)));
        entries.extend(notification(desk, action, i).map(|e| (action.at.ms + NOTIFY_MS, e)));
    }
    entries.sort_by_key(|(ms, _)| std::cmp::Reverse(*ms));
    let entries: Vec<Value> = entries.into_iter().map(|(_, e)| e).collect();
    json!({ "log_entries": entries, "limit": 100, "offset": 0, "more": false, "total": null })
}

/// Who was told of a page: the one who acknowledges it first.
fn notification(desk: &Desk<'_>, action: &Action, index: usize) -> Option<Value> {
    let answers = |a: &&&Action| a.kind == ActionKind::Ack && a.thread == action.thread && a.at >= action.at;
    let by = &desk.actions.iter().find(answers).filter(|_| action.kind == ActionKind::Page)?.by;
    let mut entry = entry(desk, action, index);
    let fields = entry.as_object_mut()?;
    fields.insert("id".into(), json!(desk.id(&format!("notify/{index}"), 14)));
    fields.insert("type".into(), json!("notify_log_entry"));
    fields.insert("summary".into(), json!(format!("Notified {by} by phone.")));
    fields.insert("created_at".into(), json!(desk.stamp(action.at.ms + NOTIFY_MS, 0, Written::Offset)));
    fields.insert("user".into(), json!({ "id": desk.id(by, 7), "type": "user_reference", "summary": by }));
    fields.insert("channel".into(), json!({ "type": "auto" }));
    fields.remove("event_details");
    Some(entry)
}

fn entry(desk: &Desk<'_>, action: &Action, index: usize) -> Value {
    let thread = if action.thread.is_empty() { "incident" } else { action.thread.as_str() };
    let title = desk.text(&action.title);
    let number = 4000 + desk.world.bits(&format!("number/{thread}")) % 900;
    let agent = json!({
        "id": desk.id(&action.by, 7),
        "type": if action.machine { "service_reference" } else { "user_reference" },
        "summary": action.by,
    });
    let service = action.services.first().map(|k| desk.world.name_of(k).to_string()).unwrap_or_default();
    let mut entry = json!({
        "id": desk.id(&format!("entry/{index}"), 14),
        "type": entry_type(action.kind),
        "summary": summary(action, &title),
        "created_at": desk.stamp(action.at.ms, 0, Written::Offset),
        "agent": agent,
        "channel": { "type": channel(action) },
        "incident": {
            "id": desk.id(thread, 14),
            "type": "incident_reference",
            "summary": format!("[#{number}] {}", incident_title(desk, thread)),
        },
        "service": { "id": desk.id(&service, 7), "type": "service_reference", "summary": service },
        "teams": [],
        "contexts": [],
    });
    details(desk, action, &mut entry);
    entry
}

/// What only one kind of entry has.
fn details(desk: &Desk<'_>, action: &Action, entry: &mut Value) {
    let Some(fields) = entry.as_object_mut() else { return };
    match action.kind {
        ActionKind::Page => {
            fields.insert("event_details".into(), json!({ "description": desk.text(&action.text) }));
        }
        ActionKind::Note => {
            fields.insert("note".into(), json!(desk.text(&action.text)));
            fields.insert("channel".into(), json!({ "type": "note", "summary": desk.text(&action.text) }));
        }
        ActionKind::Severity => {
            let change = json!({
                "field": "priority",
                "old_value": action.from,
                "new_value": action.to,
            });
            fields.insert("changeset".into(), json!([change]));
        }
        _ => {}
    }
}

fn entry_type(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Page => "trigger_log_entry",
        ActionKind::Ack => "acknowledge_log_entry",
        ActionKind::Escalate => "escalate_log_entry",
        ActionKind::Severity => "field_value_change_log_entry",
        ActionKind::Resolve => "resolve_log_entry",
        _ => "annotate_log_entry",
    }
}

fn summary(action: &Action, title: &str) -> String {
    let by = &action.by;
    match action.kind {
        ActionKind::Page => format!("Triggered through the {by}."),
        ActionKind::Ack => format!("Acknowledged by {by}."),
        ActionKind::Escalate => format!("Escalated to {title} by {by}."),
        ActionKind::Severity => match (&action.from, &action.to) {
            (Some(from), Some(to)) => format!("Priority changed from {from} to {to} by {by}."),
            (_, to) => format!("Priority set to {} by {by}.", to.as_deref().unwrap_or("none")),
        },
        ActionKind::Resolve => format!("Resolved by {by}."),
        _ => format!("Note added by {by}."),
    }
}

fn channel(action: &Action) -> &'static str {
    match (action.kind, action.machine) {
        (ActionKind::Page, true) => "api",
        (ActionKind::Escalate, true) => "timeout",
        _ => "website",
    }
}

/// The title of the incident an entry belongs to: that of its first page.
fn incident_title(desk: &Desk<'_>, thread: &str) -> String {
    let same = |a: &&&Action| a.kind == ActionKind::Page && (a.thread == thread || a.thread.is_empty());
    let page = desk.actions.iter().find(same).or(desk.actions.first());
    page.map(|a| desk.text(&a.title)).unwrap_or_default()
}
