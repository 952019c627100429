//! One alert or a list of alerts in plain JSON, as monitors and paging scripts store them.
//!
//! Yields: [`EventKind::AlertFired`], and [`EventKind::AlertResolved`] when an end is written.
//! Time: RFC 3339 or epoch in `fired_at`, `starts_at`, `triggered_at` and their spellings.

use serde_json::Value;

use crate::format::json_elements::{Part, documents, read_each, read_list_or_one, root};
use crate::format::json_value::{event, first_scalar, first_stamp, first_text, need_stamp, severity};
use crate::format::{
    Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink, timestamp,
};
use crate::model::{EventKind, SeverityWord};

/// Plain JSON alerts.
pub struct GenericAlert;

/// Keys of the moment an alert began.
const FIRED: &[&str] =
    &["fired_at", "starts_at", "triggered_at", "started_at", "firedAt", "triggeredAt", "alerted_at", "createdAt"];
/// Keys of the moment it ended.
const ENDED: &[&str] = &["resolved_at", "ended_at", "ends_at", "closed_at", "resolvedAt"];
/// Keys of its gravity.
const SEVERITY: &[&str] = &["severity", "priority", "level"];
/// Keys of what it is about.
const ABOUT: &[&str] = &["monitor", "alertname", "alert", "alert_name", "rule", "service", "summary"];
/// Keys of the whole list inside an object.
const LISTS: &[&str] = &["alerts", "data", "items", "results"];

impl Format for GenericAlert {
    fn name(&self) -> &str {
        "generic_alert"
    }

    fn title(&self) -> &str {
        "alerts in plain JSON: a firing time, a severity, and a service, monitor or summary"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"service":"queue","metric":"queue_depth","threshold":100,"observed":180,"fired_at":"2025-03-02T10:00:00Z","severity":"critical","monitor":"queue-depth","summary":"queue is long"}"#,
            r#"[{"triggered_at":1741000000,"severity":"SEV-2","monitor":"login-errors"}]"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for GenericAlert {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let first = list_of(root).map_or(Some(root), Part::first_object)?;
        // Log lines have severities and times too, but a message instead of a monitor.
        if !first.is_object() || first.has_any(&["message", "msg", "log", "incident_updates", "spans", "trace_id"]) {
            return None;
        }
        let fired = FIRED.iter().find(|key| {
            first.get(key).is_some_and(|p| p.value().is_some_and(|v| timestamp::whole(&plain(&v)).is_some()))
        })?;
        let word = SEVERITY.iter().find_map(|key| first.get(key)?.string());
        let graded = word.is_some_and(|w| SeverityWord::parse(&w).is_some());
        let about = ABOUT.iter().find(|key| first.get(key).is_some_and(|p| p.text.starts_with('"')))?;
        if graded {
            Claimed::new(90, format!("`{fired}` is a time, a severity word, and `{about}`"))
        } else {
            first.has_any(&["monitor", "alertname", "alert_name"]).then_some(())?;
            Claimed::new(60, format!("`{fired}` is a time, and `{about}`"))
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            match list_of(part) {
                Some(array) => read_each(array, document, sink, &mut read_alert)?,
                None => read_list_or_one(part, document, sink, &mut read_alert)?,
            }
        }
        Ok(())
    }
}

/// The array of alerts, when the document is a list.
fn list_of(root: Part<'_>) -> Option<Part<'_>> {
    if root.is_array() {
        return Some(root);
    }
    LISTS.iter().find_map(|key| root.get(key)).filter(|part| part.is_array())
}

/// A scalar without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

fn read_alert(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let at = need_stamp(value, FIRED)?;
    let service = first_text(value, &["service", "service_name", "app", "labels.service"]);
    let name = first_text(value, &["monitor", "alertname", "alert_name", "rule", "alert", "name", "title"]).or(service);
    let summary = first_text(value, &["summary", "title", "description"]);
    let what = match (name, summary) {
        (Some(name), Some(summary)) if name != summary => format!("{name}: {summary}"),
        (name, summary) => name.or(summary).unwrap_or("alert without a name").to_string(),
    };
    let ended = first_stamp(value, ENDED).filter(|e| e.time.key_ns() >= at.time.key_ns());
    let mut fired = event(EventKind::AlertFired, &at, format!("Alert fired: {what}"), frame);
    fired.services = service.map(str::to_string).into_iter().collect();
    fired.severity = severity(first_text(value, SEVERITY));
    fired.until = ended.as_ref().map(|e| e.time);
    fired.status = first_text(value, &["status", "state"]).map(str::to_string);
    fired.text = details(value);
    fired.ids = first_scalar(value, &["id", "alert_id", "fingerprint", "incident_id"])
        .map(|id| ("alert".to_string(), id))
        .into_iter()
        .collect();
    let resolved = ended.map(|at| {
        let mut resolved = event(EventKind::AlertResolved, &at, format!("Alert resolved: {what}"), frame);
        resolved.services.clone_from(&fired.services);
        resolved.severity.clone_from(&fired.severity);
        resolved.ids.clone_from(&fired.ids);
        resolved.status = Some("resolved".to_string());
        resolved
    });
    sink.event(fired);
    resolved.into_iter().for_each(|event| sink.event(event));
    Ok(FrameClass::Record)
}

/// What was measured against which threshold, then any longer text.
fn details(value: &Value) -> String {
    let pairs = ["metric", "observed", "threshold", "value"];
    let measured: Vec<String> =
        pairs.iter().filter_map(|key| Some(format!("{key} {}", first_scalar(value, &[key])?))).collect();
    let long = first_text(value, &["detail", "details", "description"]).unwrap_or("");
    [measured.join(", "), long.to_string()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&GenericAlert);
    }

    #[test]
    fn an_alert_keeps_its_severity_and_figures() {
        let got = collect::read(&GenericAlert, GenericAlert.samples()[0]);
        let alert = got.of(EventKind::AlertFired)[0];
        assert_eq!(alert.services, ["queue"]);
        assert_eq!(alert.severity.as_ref().unwrap().to.word, "critical");
        assert_eq!(alert.text, "metric queue_depth, observed 180, threshold 100");
        assert_eq!(alert.title, "Alert fired: queue-depth: queue is long");
    }

    #[test]
    fn a_log_line_in_json_is_no_alert() {
        let line = r#"{"started_at":"2025-03-02T10:00:00Z","severity":"error","service":"x","message":"failed"}"#;
        assert!(collect::claim(&GenericAlert, line).is_none());
    }
}
