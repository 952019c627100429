//! GitHub: deployments, deployment statuses, workflow runs, releases.
//!
//! Yields: [`EventKind::Deploy`] when a status says `success` (the landing) or a failed attempt;
//! a deployment itself is only the request and says so in its status; runs and releases.
//! Time: RFC 3339 in UTC.
//! Reference: GitHub REST API, deployments, deployment statuses, workflow runs, releases.

use serde_json::Value;

use super::{says_rollback, short};
use crate::format::json_elements::{Part, documents, read_each, read_list_or_one, root};
use crate::format::json_value::{actor, event, first_text, need_stamp, stamp, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Actor, ActorKind, Event, EventKind, RawTime};

/// GitHub's records of deployments and runs.
pub struct GithubDeployments;

impl Format for GithubDeployments {
    fn name(&self) -> &str {
        "github_deployments"
    }

    fn title(&self) -> &str {
        "GitHub deployments, deployment statuses, workflow runs, releases"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"[{"id":1,"sha":"0123456789012345678901234567890123456789","ref":"v212","task":"deploy","environment":"production","creator":{"login":"release-bot","type":"Bot"},"created_at":"2025-06-12T17:40:00Z","repository_url":"https://api.github.com/repos/example/kv-gateway"}]"#,
            r#"[{"id":2,"state":"success","environment":"production","creator":{"login":"release-bot","type":"Bot"},"created_at":"2025-06-12T17:42:00Z","deployment_url":"https://api.github.com/repos/example/kv-gateway/deployments/1"}]"#,
            r#"{"total_count":1,"workflow_runs":[{"id":3,"name":"Deploy","head_sha":"abc","run_number":7,"status":"completed","conclusion":"success","run_started_at":"2025-06-12T17:40:00Z","updated_at":"2025-06-12T17:45:00Z","repository":{"name":"kv-gateway"}}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for GithubDeployments {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let first = list_of(root).map_or(Some(root), Part::first_object)?;
        if first.has(&["state", "deployment_url"]) {
            return Claimed::new(96, "deployment statuses: `state` with `deployment_url`");
        }
        if first.has(&["sha", "environment", "task"]) {
            return Claimed::new(95, "deployments: `sha`, `environment`, `task`");
        }
        if first.has(&["head_sha", "run_number"]) {
            let score = if first.has_any(&["conclusion", "run_started_at"]) { 95 } else { 60 };
            return Claimed::new(score, "workflow runs: `head_sha`, `run_number`, `conclusion`");
        }
        first
            .has(&["tag_name", "published_at"])
            .then(|| Claimed::new(91, "releases: `tag_name` with `published_at`"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            match list_of(part) {
                Some(list) => read_each(list, document, sink, &mut read_element)?,
                None => read_list_or_one(part, document, sink, &mut read_element)?,
            }
        }
        Ok(())
    }
}

/// The list inside a reply.
fn list_of(root: Part<'_>) -> Option<Part<'_>> {
    [Some(root), root.get("workflow_runs"), root.get("deployments"), root.get("statuses")]
        .into_iter()
        .flatten()
        .find(|p| p.is_array())
}

fn read_element(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let mut made = if value.get("deployment_url").is_some() {
        status(value, frame)?
    } else if value.get("run_number").is_some() {
        run(value, frame)?
    } else if value.get("tag_name").is_some() {
        release(value, frame)?
    } else {
        request(value, frame)?
    };
    made.actor = made.actor.or_else(|| who(value));
    made.services = service(value).into_iter().collect();
    sink.event(made);
    Ok(FrameClass::Record)
}

/// The service a payload names, else the repository.
fn service(value: &Value) -> Option<String> {
    if let Some(named) = first_text(value, &["payload.service", "payload.app", "repository.name"]) {
        return Some(named.to_string());
    }
    let url = first_text(value, &["repository_url", "deployment_url", "url"])?;
    let mut parts = url.split_once("/repos/")?.1.split('/');
    parts.nth(1).filter(|name| !name.is_empty()).map(str::to_string)
}

fn who(value: &Value) -> Option<Actor> {
    let (login, kind) = ["triggering_actor", "actor", "creator", "author"].iter().find_map(|key| {
        let person = value.get(key)?;
        Some((text(person, "login")?, text(person, "type")))
    })?;
    let machine = kind == Some("Bot") || login.ends_with("[bot]");
    actor(login, if machine { ActorKind::Machine } else { ActorKind::Human })
}

/// `kv-gateway v212 to production`.
fn what(value: &Value) -> String {
    let revision = first_text(value, &["ref", "head_branch", "sha", "head_sha"]).map(short);
    let words = [service(value), revision.map(str::to_string)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    match text(value, "environment") {
        Some(environment) => format!("{words} to {environment}"),
        None => words,
    }
}

/// A deployment: the request, not yet the landing.
fn request(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let at = need_stamp(value, &["created_at"])?;
    let back =
        says_rollback(text(value, "task").unwrap_or("")) || says_rollback(text(value, "description").unwrap_or(""));
    let (kind, words) = if back { (EventKind::Rollback, "Rollback") } else { (EventKind::Deploy, "Deploy") };
    let mut made = event(kind, &at, format!("{words} {} (requested)", what(value)), frame);
    made.status = Some("requested".to_string());
    made.text = text(value, "description").unwrap_or("").to_string();
    made.ids = sha(value, "sha");
    made.ids.extend(id_of(value, "id"));
    Ok(made)
}

/// A deployment status: `success` is the landing; what is still under way is only a note.
fn status(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let at = need_stamp(value, &["created_at", "updated_at"])?;
    let state = text(value, "state").unwrap_or("unknown");
    let description = text(value, "description").unwrap_or("");
    let kind = match state {
        "success" | "failure" | "error" if says_rollback(description) => EventKind::Rollback,
        "success" | "failure" | "error" => EventKind::Deploy,
        _ => EventKind::Annotation,
    };
    let words = if kind == EventKind::Rollback { "Rollback" } else { "Deploy" };
    let mut made = event(kind, &at, format!("{words} {} ({state})", what(value)), frame);
    made.status = Some(state.to_string());
    made.text = description.to_string();
    let deployment = text(value, "deployment_url").and_then(|url| url.rsplit('/').next());
    made.ids = deployment.map(|id| ("deployment".to_string(), id.to_string())).into_iter().collect();
    Ok(made)
}

/// A workflow run: a deployment when it is named like one, else a mark.
fn run(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let at = need_stamp(value, &["run_started_at", "created_at"])?;
    let name = first_text(value, &["name", "display_title", "path"]).unwrap_or("workflow");
    let lower = name.to_ascii_lowercase();
    let kind = if says_rollback(name) {
        EventKind::Rollback
    } else if ["deploy", "release", "rollout", "publish"].iter().any(|w| lower.contains(w)) {
        EventKind::Deploy
    } else {
        EventKind::Annotation
    };
    let state = first_text(value, &["conclusion", "status"]).unwrap_or("unknown");
    let mut made = event(kind, &at, format!("Workflow {name} for {} ({state})", what(value)), frame);
    let ended = value.get("conclusion").is_some_and(Value::is_string);
    made.until = stamp(value, "updated_at").filter(|e| ended && e.time.key_ns() > at.time.key_ns()).map(|e| e.time);
    made.status = Some(state.to_string());
    made.text = text(value, "display_title").unwrap_or("").to_string();
    made.ids = sha(value, "head_sha");
    Ok(made)
}

/// A release: published software, not necessarily running anywhere.
fn release(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let at = need_stamp(value, &["published_at", "created_at"])?;
    let tag = text(value, "tag_name").unwrap_or("");
    let repository = service(value).map(|s| format!("{s} ")).unwrap_or_default();
    let mut made = event(EventKind::Annotation, &at, format!("Release {repository}{tag}"), frame);
    made.text = text(value, "name").unwrap_or("").to_string();
    Ok(made)
}

fn sha(value: &Value, key: &str) -> Vec<(String, String)> {
    text(value, key).map(|sha| ("sha".to_string(), sha.to_string())).into_iter().collect()
}

fn id_of(value: &Value, key: &str) -> Option<(String, String)> {
    Some(("deployment".to_string(), value.get(key)?.as_u64()?.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&GithubDeployments);
    }

    #[test]
    fn a_success_is_the_landing_and_a_request_says_so() {
        let got = collect::read(&GithubDeployments, GithubDeployments.samples()[0]);
        assert_eq!(got.events[0].title, "Deploy kv-gateway v212 to production (requested)");
        assert_eq!(got.events[0].actor.as_ref().unwrap().kind, ActorKind::Machine);
        let got = collect::read(&GithubDeployments, GithubDeployments.samples()[1]);
        assert_eq!(got.events[0].kind, EventKind::Deploy);
        assert_eq!(got.events[0].title, "Deploy kv-gateway to production (success)");
        assert_eq!(got.events[0].ids, [("deployment".to_string(), "1".to_string())]);
    }

    #[test]
    fn a_test_run_is_no_deploy() {
        let text = r#"{"workflow_runs":[{"name":"Unit tests","head_sha":"a","run_number":1,"conclusion":"failure","run_started_at":"2025-06-12T17:40:00Z"}]}"#;
        assert_eq!(collect::read(&GithubDeployments, text).events[0].kind, EventKind::Annotation);
    }
}
