//! Argo CD: `argocd app get -o json`, `kubectl get applications -o json`.
//!
//! Yields: one [`EventKind::Deploy`] per entry of `status.history`, an [`EventKind::Rollback`] where the
//! revision returns to an earlier one, and the running or failed operation.
//! Time: RFC 3339 in UTC; `deployedAt` is when the sync ended. The history is capped, ten by default.
//! Reference: argoproj/argo-cd `pkg/apis/application/v1alpha1/types.go`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::short;
use crate::format::json_elements::{Part, cut_fault, documents, read_one, root};
use crate::format::json_value::{actor, event, first_scalar, first_text, need_stamp, stamp, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Actor, ActorKind, EventKind};

/// Argo CD applications with their history.
pub struct ArgoCd;

impl Format for ArgoCd {
    fn name(&self) -> &str {
        "argo_cd"
    }

    fn title(&self) -> &str {
        "Argo CD applications with their deployment history"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"apiVersion":"argoproj.io/v1alpha1","kind":"Application","metadata":{"name":"kv-gateway"},"status":{"history":[{"id":1,"revision":"aaa","deployStartedAt":"2025-06-12T17:40:00Z","deployedAt":"2025-06-12T17:41:00Z","initiatedBy":{"automated":true}}],"sync":{"status":"Synced"}}}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for ArgoCd {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let first = applications(root(head.text)?).into_iter().next()?;
        let kind = first.get("kind").and_then(Part::string).is_some_and(|k| k == "Application");
        let api = first.get("apiVersion").and_then(Part::string).is_some_and(|v| v.starts_with("argoproj.io"));
        let history = first.at(&["status", "history"]).is_some();
        match u8::from(kind) + u8::from(api) + u8::from(history) {
            3 => Claimed::new(98, "`kind` Application of argoproj.io with `status.history`"),
            2 if kind => Claimed::new(92, "`kind` Application with a history or of argoproj.io"),
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            for application in applications(part) {
                read_application(application, document, sink);
            }
            if !part.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// The applications of a document.
fn applications(root: Part<'_>) -> Vec<Part<'_>> {
    let array = [Some(root), root.get("items")].into_iter().flatten().find(|p| p.is_array());
    array.map_or_else(|| vec![root], |a| a.items().filter(|i| i.is_object()).collect())
}

fn read_application(application: Part<'_>, document: &Document<'_>, sink: &mut dyn Sink) {
    let name = application.at(&["metadata", "name"]).and_then(Part::string);
    let history: Vec<Part<'_>> =
        application.at(&["status", "history"]).into_iter().flat_map(Part::items).filter(|p| p.complete).collect();
    let returns = returning(&history);
    for (index, entry) in history.iter().enumerate() {
        let back = returns.contains(&index);
        read_one(*entry, document, sink, &mut |value, frame, sink| {
            read_entry(value, name.as_deref(), back, frame, sink)
        });
    }
    if let Some(operation) = application.at(&["status", "operationState"]).filter(|p| p.complete) {
        read_one(operation, document, sink, &mut |value, frame, sink| {
            read_operation(value, name.as_deref(), frame, sink)
        });
    }
}

/// Indices of the entries whose revision was deployed before, with another one in between.
fn returning(history: &[Part<'_>]) -> BTreeSet<usize> {
    let mut entries: Vec<(i64, usize, String)> = history
        .iter()
        .enumerate()
        .filter_map(|(i, part)| {
            let value = part.value()?;
            Some((stamp(&value, "deployedAt")?.time.key_ns(), i, text(&value, "revision")?.to_string()))
        })
        .collect();
    entries.sort();
    let mut seen: Vec<&str> = Vec::new();
    let mut returns = BTreeSet::new();
    for (_, index, revision) in &entries {
        let back = seen.last().is_some_and(|last| *last != revision) && seen.iter().any(|s| *s == revision);
        if back {
            returns.insert(*index);
        }
        seen.push(revision);
    }
    returns
}

/// One entry of the history: something landed.
fn read_entry(
    value: &Value,
    name: Option<&str>,
    back: bool,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) -> Result<FrameClass, Fault> {
    let at = need_stamp(value, &["deployedAt"])?;
    let revision = text(value, "revision").unwrap_or("an unnamed revision");
    let what = name.unwrap_or("an application");
    let (kind, words) = if back { (EventKind::Rollback, "Rollback") } else { (EventKind::Deploy, "Deploy") };
    let to = if back { " to " } else { " " };
    let mut made = event(kind, &at, format!("{words} {what}{to}{} (Argo CD)", short(revision)), frame);
    made.services = name.map(str::to_string).into_iter().collect();
    made.actor = initiator(value, "initiatedBy");
    made.status = Some("deployed".to_string());
    made.text = stamp(value, "deployStartedAt").map(|s| format!("sync started {}", s.raw)).unwrap_or_default();
    made.ids = vec![("sha".to_string(), revision.to_string())];
    made.ids.extend(first_scalar(value, &["id"]).map(|id| ("argo_history".to_string(), id)));
    sink.event(made);
    Ok(FrameClass::Record)
}

/// The last operation, when the history does not tell of it: it runs or has failed.
fn read_operation(
    value: &Value,
    name: Option<&str>,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) -> Result<FrameClass, Fault> {
    let phase = text(value, "phase").unwrap_or("Unknown");
    if phase == "Succeeded" {
        return Ok(FrameClass::Blank);
    }
    let at = need_stamp(value, &["startedAt"])?;
    let what = name.unwrap_or("an application");
    let mut made = event(EventKind::Deploy, &at, format!("Deploy {what} ({phase}, Argo CD)"), frame);
    made.until = stamp(value, "finishedAt").map(|s| s.time);
    made.services = name.map(str::to_string).into_iter().collect();
    made.actor = initiator(value, "operation.initiatedBy");
    made.status = Some(phase.to_string());
    made.text = text(value, "message").unwrap_or("").to_string();
    made.ids = first_text(value, &["syncResult.revision", "operation.sync.revision"])
        .map(|sha| ("sha".to_string(), sha.to_string()))
        .into_iter()
        .collect();
    sink.event(made);
    Ok(FrameClass::Record)
}

fn initiator(value: &Value, path: &str) -> Option<Actor> {
    if let Some(user) = text(value, &format!("{path}.username")) {
        return actor(user, ActorKind::Human);
    }
    let automated = crate::format::json_value::node(value, &format!("{path}.automated"))? == &Value::Bool(true);
    automated.then(|| actor("automated sync", ActorKind::Machine))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&ArgoCd);
    }

    #[test]
    fn a_return_to_an_earlier_revision_is_a_rollback() {
        let entry = |id: u32, revision: &str, minute: u32| {
            format!(
                r#"{{"id":{id},"revision":"{revision}","deployedAt":"2025-06-12T17:{minute}:00Z","initiatedBy":{{"username":"on-call SRE"}}}}"#
            )
        };
        let text = format!(
            r#"{{"kind":"Application","apiVersion":"argoproj.io/v1alpha1","metadata":{{"name":"kv"}},"status":{{"history":[{},{},{},{}],"operationState":{{"phase":"Failed","startedAt":"2025-06-12T18:00:00Z","message":"hook failed"}}}}}}"#,
            entry(1, "aaa", 10),
            entry(2, "bbb", 20),
            entry(3, "bbb", 25),
            entry(4, "aaa", 40)
        );
        let got = collect::read(&ArgoCd, &text);
        let back = got.of(EventKind::Rollback);
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].title, "Rollback kv to aaa (Argo CD)");
        assert_eq!(got.of(EventKind::Deploy).len(), 4);
        assert_eq!(got.of(EventKind::Deploy)[3].status.as_deref(), Some("Failed"));
    }
}
