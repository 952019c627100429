//! Deployments and what a platform says of itself.

use serde_json::{Value, json};

use super::Desk;
use crate::simulate::source::Written;
use crate::simulate::{Action, Moment};

/// Seconds a deployment takes when its end is not given.
const DEPLOY_S: i64 = 95;

fn landed(action: &Action) -> i64 {
    action.until.map_or(action.at.ms + DEPLOY_S * 1000, |m| m.ms)
}

fn service(desk: &Desk<'_>, action: &Action) -> String {
    action.services.first().map(|k| desk.world.slug_of(k)).unwrap_or_else(|| String::from("platform"))
}

fn revision(desk: &Desk<'_>, action: &Action) -> String {
    desk.sha(if action.thread.is_empty() { &action.title } else { &action.thread })
}

/// Deployments, and the statuses of all of them; both newest first.
pub(super) fn github(desk: &Desk<'_>) -> (Value, Value) {
    let mut deployments = Vec::new();
    let mut statuses = Vec::new();
    for (i, action) in desk.actions.iter().enumerate().rev() {
        let id = 910_000 + i * 37;
        let url = format!("https://api.github.com/repos/example/{}/deployments/{id}", service(desk, action));
        deployments.push(json!({
            "id": id,
            "url": url,
            "sha": revision(desk, action),
            "ref": "main",
            "task": "deploy",
            "environment": "production",
            "description": desk.text(&action.title),
            "payload": { "service": service(desk, action) },
            "creator": { "login": login(&action.by), "type": if action.machine { "Bot" } else { "User" } },
            "created_at": desk.stamp(action.at.ms, 0, Written::Z),
            "updated_at": desk.stamp(landed(action), 0, Written::Z),
        }));
        let end = action.status.as_deref().unwrap_or("success");
        for (state, at) in [(end, landed(action)), ("in_progress", action.at.ms + 4000)] {
            statuses.push(json!({
                "id": id * 10 + usize::from(state == end),
                "state": state,
                "description": desk.text(&action.text),
                "environment": "production",
                "deployment_url": url,
                "creator": { "login": login(&action.by), "type": if action.machine { "Bot" } else { "User" } },
                "created_at": desk.stamp(at, 0, Written::Z),
                "updated_at": desk.stamp(at, 0, Written::Z),
            }));
        }
    }
    (Value::from(deployments), Value::from(statuses))
}

fn login(by: &str) -> String {
    by.to_lowercase().replace(' ', "-")
}

/// A list of applications, each with its history.
pub(super) fn argocd(desk: &Desk<'_>) -> Value {
    let mut names: Vec<String> = desk.actions.iter().map(|a| service(desk, a)).collect();
    names.sort();
    names.dedup();
    let items: Vec<Value> = names.iter().map(|name| application(desk, name)).collect();
    json!({ "apiVersion": "v1", "kind": "List", "items": items })
}

fn application(desk: &Desk<'_>, name: &str) -> Value {
    let mine: Vec<&Action> = desk.actions.iter().copied().filter(|a| service(desk, a) == name).collect();
    let stamp = |ms: i64| desk.stamp(ms, 0, Written::Z);
    let source = json!({ "repoURL": format!("https://git.example.net/{name}.git"), "targetRevision": "main" });
    let entry = |(i, a): (usize, &&Action)| {
        json!({
            "id": i + 40,
            "revision": revision(desk, a),
            "deployStartedAt": stamp(a.at.ms),
            "deployedAt": stamp(landed(a)),
            "initiatedBy": if a.machine { json!({ "automated": true }) } else { json!({ "username": a.by }) },
            "source": source,
        })
    };
    let last = mine.last().map(|a| {
        json!({
            "phase": if a.status.as_deref() == Some("failure") { "Failed" } else { "Succeeded" },
            "message": desk.text(&a.title),
            "startedAt": stamp(a.at.ms),
            "finishedAt": stamp(landed(a)),
        })
    });
    json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": { "name": name, "namespace": "argocd" },
        "spec": { "source": source },
        "status": {
            "health": { "status": "Healthy" },
            "sync": { "status": "Synced" },
            "history": mine.iter().enumerate().map(entry).collect::<Vec<_>>(),
            "operationState": last,
        },
    })
}

/// Events of a container platform.
pub(super) fn k8s_events(desk: &Desk<'_>) -> Value {
    let items: Vec<Value> = desk.actions.iter().enumerate().map(|(i, a)| k8s_event(desk, a, i)).collect();
    json!({ "apiVersion": "v1", "kind": "List", "metadata": { "resourceVersion": "" }, "items": items })
}

fn k8s_event(desk: &Desk<'_>, action: &Action, index: usize) -> Value {
    let name = service(desk, action);
    let reason = action.status.as_deref().unwrap_or("Unhealthy");
    let (kind, object) = if reason.starts_with("Scaling") {
        ("Deployment", name)
    } else {
        ("Pod", format!("{name}-7d4b9c6f5-{}", desk.id(&format!("pod/{index}"), 5).to_lowercase()))
    };
    let stamp = |m: Moment| desk.stamp(m.ms, 0, Written::Z);
    let last = action.until.unwrap_or(action.at);
    let count = 1 + (last.ms - action.at.ms) / 60_000;
    json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": format!("{object}.{}", desk.id(&format!("event/{index}"), 12).to_lowercase()),
            "namespace": "production",
            "creationTimestamp": stamp(action.at),
        },
        "involvedObject": { "kind": kind, "name": object, "namespace": "production" },
        "reason": reason,
        "message": desk.text(if action.text.is_empty() { &action.title } else { &action.text }),
        "type": if action.to.as_deref() == Some("normal") { "Normal" } else { "Warning" },
        "count": count,
        "firstTimestamp": stamp(action.at),
        "lastTimestamp": stamp(last),
        "eventTime": null,
        "source": { "component": action.by, "host": format!("node-{}", 1 + index % 5) },
        "reportingComponent": action.by,
        "reportingInstance": "",
    })
}
