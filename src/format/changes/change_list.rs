//! Plain JSON lists of dated changes: deployments, commits, flags, configuration.
//!
//! Yields: [`EventKind::Deploy`] and [`EventKind::Rollback`] for what was rolled out,
//! [`EventKind::ConfigChange`] for flags and settings, [`EventKind::Annotation`] for commits, since an
//! author's date is not the date of a deployment.
//! Time: RFC 3339 or epoch in `timestamp`, `deployed_at` and their spellings.

use serde_json::Value;

use super::{says_rollback, short};
use crate::format::json_elements::{Part, cut_fault, documents, read_each, read_list_or_one, root};
use crate::format::json_value::{actor, event, first_scalar, first_stamp, first_text, list, stamp, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{ActorKind, Event, EventKind, RawTime};

/// Plain JSON lists of changes.
pub struct ChangeList;

/// Keys of the moment of a change.
const TIME: &[&str] = &[
    "timestamp",
    "time",
    "deployed_at",
    "finished_at",
    "completed_at",
    "started_at",
    "changed_at",
    "applied_at",
    "committed_at",
    "merged_at",
    "created_at",
    "date",
    "at",
    "ts",
];
/// Keys of what was rolled out.
const REVISION: &[&str] =
    &["commit_sha", "version", "revision", "sha", "image", "tag", "release", "to_version", "build"];
/// Keys of the service.
const SERVICE: &[&str] = &["service", "service_name", "app", "application", "component", "deployment", "project"];
/// Keys of a flag.
const FLAG: &[&str] = &["flag", "feature_flag", "flag_name", "flag_key", "toggle"];
/// Keys of a setting.
const SETTING: &[&str] = &["config", "setting", "config_key", "parameter", "secret", "credential", "migration", "key"];
/// Keys of what became of a flag or setting.
const CHANGE: &[&str] = &["change", "to", "new_value", "new", "value", "enabled", "state", "action", "after"];
/// Keys of a commit's hash.
const COMMIT: &[&str] = &["sha", "commit", "hash", "commit_sha"];
/// Keys of the kind of change.
const KIND: &[&str] = &["type", "kind", "change_type", "category"];

/// Bytes kept of a commit's diff: enough to see what it takes away, and no more than a long message.
const MOST_DIFF: usize = 8 * 1024;

/// What sort of change an element is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sort {
    Deploy,
    Commit,
    Flag,
    Setting,
    Typed,
}

impl Format for ChangeList {
    fn name(&self) -> &str {
        "change_list"
    }

    fn title(&self) -> &str {
        "changes in plain JSON: deployments, commits, flags, configuration"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"[{"timestamp":"2025-03-02T09:40:00Z","service":"queue","commit_sha":"0123456789012345678901234567890123456789","version":"v12"}]"#,
            r#"[{"sha":"0123456789012345678901234567890123456789","author":"author one","timestamp":"2025-03-02T09:00:00Z","message":"shorten the lease"}]"#,
            r#"{"flags":[{"timestamp":"2025-03-02T09:45:00Z","flag":"new_planner","service":"queue","change":"off->on","actor":"operator"}]}"#,
            r#"{"changes":[{"type":"config","time":"2025-03-02T09:45:00Z","description":"pool size 10 to 5","service":"queue"}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for ChangeList {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let first = lists_of(root).first().map_or(Some(root), |list| list.first_object())?;
        if first.has_any(&["level", "trace_id", "span_id", "severity", "fingerprint", "body"]) {
            return None;
        }
        let key = TIME.iter().find(|key| {
            first.get(key).and_then(Part::value).is_some_and(|v| stamp(&serde_json::json!({ "t": v }), "t").is_some())
        })?;
        let sort = sort_of(&|key| first.get(key).is_some())?;
        let words = match sort {
            Sort::Deploy => "service and version: deployments",
            Sort::Commit => "hash, author and message: commits",
            Sort::Flag => "flag and its change",
            Sort::Setting => "setting and its change",
            Sort::Typed => "kind and description: changes",
        };
        let score = if sort == Sort::Typed && root.get("changes").is_none() { 60 } else { 90 };
        Claimed::new(score, format!("`{key}` is a time; {words}"))
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            let lists = lists_of(part);
            if lists.is_empty() {
                read_list_or_one(part, document, sink, &mut read_change)?;
                continue;
            }
            for list in lists {
                read_each(list, document, sink, &mut read_change)?;
            }
            if !part.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

/// The document itself, or every list of objects in its fields.
fn lists_of(root: Part<'_>) -> Vec<Part<'_>> {
    if root.is_array() {
        return vec![root];
    }
    root.fields().map(|(_, part)| part).filter(|p| p.is_array() && p.first_object().is_some()).collect()
}

/// Which sort an element with these keys is.
fn sort_of(has: &dyn Fn(&str) -> bool) -> Option<Sort> {
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    if any(COMMIT) && has("author") && any(&["message", "subject"]) {
        Some(Sort::Commit)
    } else if any(FLAG) && any(CHANGE) {
        Some(Sort::Flag)
    } else if any(SERVICE) && any(REVISION) {
        Some(Sort::Deploy)
    } else if any(SETTING) && any(&["change", "to", "new_value", "new", "after"]) {
        Some(Sort::Setting)
    } else if any(KIND) && any(&["description", "summary", "title", "message"]) && !any(&["metric", "labels"]) {
        Some(Sort::Typed)
    } else {
        None
    }
}

fn read_change(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let has = |key: &str| value.get(key).is_some_and(|v| !v.is_null());
    let Some(sort) = sort_of(&has) else {
        return Err(Fault::new("expected a deployment, commit, flag or setting, found another element"));
    };
    let mut made = match sort {
        Sort::Deploy => deploy(value, frame)?,
        Sort::Commit => commit(value, frame)?,
        Sort::Flag => setting(value, frame, FLAG, "Flag")?,
        Sort::Setting => setting(value, frame, SETTING, "Configuration")?,
        Sort::Typed => typed(value, frame)?,
    };
    made.services = first_text(value, SERVICE).map(str::to_string).into_iter().collect();
    let who = ["actor", "author", "user", "deployed_by", "changed_by", "by", "author.name", "actor.name"];
    made.actor = first_text(value, &who).and_then(|name| {
        let machine = name.ends_with("[bot]") || name.ends_with("-bot");
        actor(name, if machine { ActorKind::Machine } else { ActorKind::Human })
    });
    sink.event(made);
    Ok(FrameClass::Record)
}

/// An event at the first time of the element.
fn dated(kind: EventKind, value: &Value, title: &str, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let at = first_stamp(value, TIME).ok_or_else(|| Fault::new("expected a time in timestamp, found none"))?;
    let mut made = event(kind, &at, title, frame);
    let ends = first_stamp(value, &["finished_at", "completed_at", "ended_at"]);
    made.until = ends.filter(|e| e.time.key_ns() > at.time.key_ns()).map(|e| e.time);
    Ok(made)
}

/// Something was rolled out, or back.
fn deploy(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let said = ["type", "kind", "action", "description", "message", "notes"];
    let back = value.get("rollback") == Some(&Value::Bool(true))
        || said.iter().any(|key| text(value, key).is_some_and(says_rollback));
    let (kind, words) = if back { (EventKind::Rollback, "Rollback") } else { (EventKind::Deploy, "Deploy") };
    let service = first_text(value, SERVICE).unwrap_or("a service");
    let named = first_scalar(
        value,
        &["version", "to_version", "tag", "release", "image", "revision", "commit_sha", "sha", "build"],
    );
    let revision = named.map(|r| format!(" {}", short(&r))).unwrap_or_default();
    let place = first_text(value, &["environment", "env", "cluster"]).map(|e| format!(" to {e}")).unwrap_or_default();
    let state = first_text(value, &["status", "state", "result"]);
    let ending = state.map(|s| format!(" ({s})")).unwrap_or_default();
    let mut made = dated(kind, value, &format!("{words} {service}{revision}{place}{ending}"), frame)?;
    made.status = state.map(str::to_string);
    made.text = first_text(value, &["description", "message", "notes"]).unwrap_or("").to_string();
    made.ids = first_text(value, &["commit_sha", "sha", "revision", "commit"])
        .map(|sha| ("sha".to_string(), sha.to_string()))
        .into_iter()
        .collect();
    Ok(made)
}

/// A commit: a mark only, until something deploys it.
fn commit(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let sha = first_text(value, COMMIT).unwrap_or("");
    let message = first_text(value, &["message", "subject"]).unwrap_or("");
    let subject = message.lines().next().unwrap_or("");
    let mut made = dated(EventKind::Annotation, value, &format!("commit {}: {subject}", short(sha)), frame)?;
    let files: Vec<&str> = ["files_changed", "files", "paths"]
        .iter()
        .flat_map(|key| list(value, key))
        .filter_map(|file| file.as_str().or_else(|| text(file, "path")))
        .collect();
    made.text = if files.is_empty() { message.to_string() } else { format!("{message}\nfiles: {}", files.join(", ")) };
    if let Some(diff) = first_text(value, &["diff", "patch"]) {
        made.diff = bounded(diff).to_string();
    }
    made.ids = vec![("sha".to_string(), sha.to_string())];
    Ok(made)
}

/// The start of a diff, at most [`MOST_DIFF`] bytes of whole lines.
fn bounded(diff: &str) -> &str {
    if diff.len() <= MOST_DIFF {
        return diff;
    }
    let end = (0..=MOST_DIFF).rev().find(|at| diff.is_char_boundary(*at)).unwrap_or(0);
    let start = diff.get(..end).unwrap_or("");
    start.rfind('\n').and_then(|at| start.get(..at)).unwrap_or(start)
}

/// A flag or a setting got another value.
fn setting(value: &Value, frame: &Frame<'_>, keys: &[&str], words: &str) -> Result<Event<RawTime>, Fault> {
    let name = first_text(value, keys).unwrap_or("a setting");
    let old = first_scalar(value, &["from", "old_value", "old", "before"]);
    let new = first_scalar(value, CHANGE).unwrap_or_else(|| "changed".to_string());
    let change = old.map_or_else(|| new.clone(), |old| format!("{old} -> {new}"));
    let service = first_text(value, SERVICE).map(|s| format!(" for {s}")).unwrap_or_default();
    let mut made = dated(EventKind::ConfigChange, value, &format!("{words} {name}{service}: {change}"), frame)?;
    made.text = first_text(value, &["description", "reason", "message"]).unwrap_or("").to_string();
    made.status = Some(new);
    made.ids = vec![("setting".to_string(), name.to_string())];
    Ok(made)
}

/// A change that says what kind it is.
fn typed(value: &Value, frame: &Frame<'_>) -> Result<Event<RawTime>, Fault> {
    let word = first_text(value, KIND).unwrap_or("change");
    let lower = word.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    let kind = if says(&["rollback", "revert"]) {
        EventKind::Rollback
    } else if says(&["deploy", "release", "rollout"]) {
        EventKind::Deploy
    } else if says(&["config", "flag", "secret", "credential", "migration", "schema", "setting", "dns", "firewall"]) {
        EventKind::ConfigChange
    } else {
        EventKind::Annotation
    };
    let said = first_text(value, &["title", "summary", "description", "message"]).unwrap_or("");
    let mut made = dated(kind, value, &format!("{word}: {said}"), frame)?;
    made.text = first_text(value, &["description", "message"]).filter(|d| *d != said).unwrap_or("").to_string();
    made.status = text(value, "status").map(str::to_string);
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&ChangeList);
    }

    #[test]
    fn deploys_commits_and_flags_are_told_apart() {
        let read = |i: usize| collect::read(&ChangeList, ChangeList.samples()[i]).events.remove(0);
        let deploy = read(0);
        assert_eq!((deploy.kind, deploy.title.as_str()), (EventKind::Deploy, "Deploy queue v12"));
        assert_eq!(deploy.ids[0].0, "sha");
        let commit = read(1);
        assert_eq!((commit.kind, commit.title.as_str()), (EventKind::Annotation, "commit 0123456: shorten the lease"));
        let flag = read(2);
        assert_eq!((flag.kind, flag.title.as_str()), (EventKind::ConfigChange, "Flag new_planner for queue: off->on"));
        assert_eq!(flag.actor.unwrap().kind, ActorKind::Human);
        assert_eq!(read(3).kind, EventKind::ConfigChange);
    }

    #[test]
    fn a_commit_keeps_its_diff_up_to_a_bound_and_apart_from_its_message() {
        let line = "-\\tLIMIT 50\\n";
        let text = format!(
            r#"[{{"sha":"0123456789","author":"a","timestamp":"2025-03-02T09:00:00Z","message":"m","diff":"{}"}}]"#,
            line.repeat(2_000)
        );
        let commit = collect::read(&ChangeList, &text).events.remove(0);
        assert_eq!(commit.text, "m");
        assert!(commit.diff.len() <= MOST_DIFF && commit.diff.len() > MOST_DIFF - 20);
        assert!(commit.diff.lines().all(|l| l == "-\tLIMIT 50"));
    }

    #[test]
    fn an_element_without_a_time_is_rejected() {
        let got = collect::read(&ChangeList, r#"[{"service":"a","version":"1"}]"#);
        assert_eq!(got.rejected, ["expected a time in timestamp, found none"]);
    }
}
