//! Public status pages.

use serde_json::{Value, json};

use super::Desk;
use crate::simulate::Action;
use crate::simulate::source::Written;

/// Incidents of a status page, newest first, stamps in the page's zone.
pub(super) fn statuspage(desk: &Desk<'_>) -> Value {
    let mut threads: Vec<&str> = Vec::new();
    for action in &desk.actions {
        if !threads.contains(&action.thread.as_str()) {
            threads.push(&action.thread);
        }
    }
    let incidents: Vec<Value> = threads.iter().rev().map(|t| incident(desk, t)).collect();
    let last = desk.actions.last().map_or(desk.world.scenario.end.ms, |a| a.at.ms);
    json!({
        "page": {
            "id": desk.id(&format!("page/{}", desk.source.feed), 12).to_lowercase(),
            "name": desk.text(&desk.source.text),
            "url": "https://status.example.net",
            "time_zone": if desk.source.zone.is_empty() { "Etc/UTC" } else { desk.source.zone.as_str() },
            "updated_at": desk.stamp(last, 3, Written::Offset),
        },
        "incidents": incidents,
    })
}

fn incident(desk: &Desk<'_>, thread: &str) -> Value {
    let posts: Vec<&Action> = desk.actions.iter().copied().filter(|a| a.thread == thread).collect();
    let state = |a: &&Action| a.status.clone().unwrap_or_else(|| String::from("investigating"));
    let at = |a: &Action| desk.stamp(a.at.ms, 3, Written::Offset);
    let first_of = |word: &str| posts.iter().find(|a| a.status.as_deref() == Some(word)).map(|a| at(a));
    let id = desk.id(&format!("status/{thread}"), 12).to_lowercase();
    let updates: Vec<Value> = posts.iter().rev().map(|a| update(desk, a, &id, &state(a))).collect();
    let (first, last) = (posts.first().copied(), posts.last().copied());
    json!({
        "id": id,
        "name": first.map(|a| desk.text(&a.title)),
        "status": last.as_ref().map(state),
        "impact": first.and_then(|a| a.to.clone()).unwrap_or_else(|| String::from("major")),
        "created_at": first.map(at),
        "started_at": first.map(at),
        "updated_at": last.map(at),
        "monitoring_at": first_of("monitoring"),
        "resolved_at": first_of("resolved"),
        "shortlink": format!("https://status.example.net/i/{thread}"),
        "incident_updates": updates,
    })
}

fn update(desk: &Desk<'_>, action: &Action, incident: &str, state: &str) -> Value {
    let component = |key: &String| {
        let (old, new) = match state {
            "resolved" => ("degraded_performance", "operational"),
            "monitoring" => ("major_outage", "degraded_performance"),
            _ => ("operational", "major_outage"),
        };
        let id = desk.id(key, 12).to_lowercase();
        json!({ "code": id, "name": desk.world.name_of(key), "old_status": old, "new_status": new })
    };
    let written = action.written_at.unwrap_or(action.at);
    json!({
        "id": desk.id(&format!("update/{}/{}", action.thread, action.at), 12).to_lowercase(),
        "incident_id": incident,
        "status": state,
        "body": desk.text(&action.text),
        "created_at": desk.stamp(written.ms, 3, Written::Offset),
        "display_at": desk.stamp(action.at.ms, 3, Written::Offset),
        "updated_at": desk.stamp(written.ms, 3, Written::Offset),
        "affected_components": action.services.iter().map(component).collect::<Vec<_>>(),
    })
}
