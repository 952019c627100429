//! Alertmanager: the v2 API (`amtool alert query -o json`), webhook bodies (version 4), silences.
//!
//! What writes it: Prometheus Alertmanager, Grafana and others that reuse its webhook.
//! Yields: [`EventKind::AlertFired`] at `startsAt`, [`EventKind::AlertResolved`] at `endsAt` when the
//! alert has ended, [`EventKind::Silence`] for silences.
//! Time: RFC 3339 with offset. `endsAt` of a firing alert is a guess in the future or the year 1 and
//! says nothing.
//! Reference: prometheus/alertmanager `api/v2/openapi.yaml`, `template/template.go`.

use serde_json::Value;

use crate::format::json_elements::{Part, documents, read_each, read_list_or_one, root};
use crate::format::json_value::{Stamp, actor, event, first_text, list, need_stamp, severity, stamp, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{ActorKind, EventKind};

/// Alertmanager's alerts, webhooks and silences.
pub struct Alertmanager;

impl Format for Alertmanager {
    fn name(&self) -> &str {
        "alertmanager"
    }

    fn title(&self) -> &str {
        "Prometheus Alertmanager: API v2 alerts, webhook bodies, silences"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"[{"fingerprint":"0123456789abcdef","startsAt":"2025-06-12T17:52:00Z","endsAt":"2025-06-12T17:57:00Z","updatedAt":"2025-06-12T17:53:00Z","status":{"state":"active","silencedBy":[],"inhibitedBy":[]},"labels":{"alertname":"HighErrorRate","service":"kv"},"annotations":{}}]"#,
            r#"{"version":"4","groupKey":"{}:{}","status":"firing","receiver":"oncall","alerts":[{"status":"firing","labels":{"alertname":"HighErrorRate"},"annotations":{},"startsAt":"2025-06-12T17:52:00Z","endsAt":"0001-01-01T00:00:00Z"}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Alertmanager {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let array = alerts_of(root)?;
        let first = array.first_object()?;
        if root.has(&["groupKey", "alerts"]) && first.has_any(&["startsAt", "labels"]) {
            return Claimed::new(97, "webhook keys `groupKey` and `alerts` with `startsAt`");
        }
        if first.has(&["matchers", "createdBy", "comment", "startsAt"]) {
            return Claimed::new(96, "silences: `matchers`, `createdBy`, `comment`, `startsAt`");
        }
        let named = first.at(&["labels", "alertname"]).is_some();
        match (first.get("startsAt").is_some() && named, first.has_any(&["fingerprint", "receivers", "endsAt"])) {
            (true, true) => Claimed::new(96, "`startsAt` with `labels.alertname` and `fingerprint` or `endsAt`"),
            (true, false) => Claimed::new(60, "`startsAt` with `labels.alertname`"),
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            match alerts_of(part) {
                Some(array) => read_each(array, document, sink, &mut read_element)?,
                None => read_list_or_one(part, document, sink, &mut read_element)?,
            }
        }
        Ok(())
    }
}

/// The array of alerts or silences in a document.
fn alerts_of(root: Part<'_>) -> Option<Part<'_>> {
    let candidates = [Some(root), root.get("alerts"), root.at(&["data", "alerts"]), root.get("data")];
    candidates.into_iter().flatten().find(|part| part.is_array())
}

fn read_element(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    if value.get("matchers").is_some() { read_silence(value, frame, sink) } else { read_alert(value, frame, sink) }
}

/// One alert: its beginning, and its end when it has one.
fn read_alert(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let starts = need_stamp(value, &["startsAt", "activeAt"])?;
    let name = first_text(value, &["labels.alertname", "labels.rulename"]).unwrap_or("alert without a name");
    let summary = first_text(
        value,
        &["annotations.summary", "annotations.message", "annotations.title", "annotations.description"],
    );
    let what = summary.map_or_else(|| name.to_string(), |s| format!("{name}: {s}"));
    let ends = true_end(value, &starts);
    let mut fired = event(EventKind::AlertFired, &starts, format!("Alert fired: {what}"), frame);
    fired.until = ends.as_ref().map(|e| e.time);
    fired.services = services(value);
    fired.severity = severity(first_text(value, &["labels.severity", "labels.priority"]));
    fired.status = Some(state(value, ends.is_some()).to_string());
    fired.text = text(value, "annotations.description").filter(|d| Some(*d) != summary).unwrap_or("").to_string();
    fired.ids = ids(value, name);
    if let Some(ends) = ends {
        let mut resolved = event(EventKind::AlertResolved, &ends, format!("Alert resolved: {what}"), frame);
        resolved.services.clone_from(&fired.services);
        resolved.severity.clone_from(&fired.severity);
        resolved.ids.clone_from(&fired.ids);
        resolved.status = Some("resolved".to_string());
        sink.event(fired);
        sink.event(resolved);
    } else {
        sink.event(fired);
    }
    Ok(FrameClass::Record)
}

/// When the alert really ended. A webhook says so in `status`; the API only by an end that is not
/// later than its last update.
fn true_end(value: &Value, starts: &Stamp) -> Option<Stamp> {
    let ends = stamp(value, "endsAt").filter(|e| e.time.key_ns() > starts.time.key_ns())?;
    if let Some(status) = text(value, "status") {
        return (status == "resolved").then_some(ends);
    }
    let updated = stamp(value, "updatedAt")?;
    (ends.time.key_ns() <= updated.time.key_ns()).then_some(ends)
}

/// State word: silenced and inhibited alerts fired, but nobody was told.
fn state(value: &Value, ended: bool) -> &str {
    if ended {
        return "resolved";
    }
    match first_text(value, &["status.state", "status", "state"]) {
        Some("active") | None => "firing",
        Some(word) => word,
    }
}

fn services(value: &Value) -> Vec<String> {
    first_text(value, &["labels.service", "labels.service_name", "labels.job", "labels.app"])
        .map(str::to_string)
        .into_iter()
        .collect()
}

fn ids(value: &Value, name: &str) -> Vec<(String, String)> {
    let fingerprint = text(value, "fingerprint").map(|f| ("alert".to_string(), f.to_string()));
    fingerprint.into_iter().chain([("alertname".to_string(), name.to_string())]).collect()
}

/// One silence: a person kept alerts quiet.
fn read_silence(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let starts = need_stamp(value, &["startsAt", "createdAt"])?;
    let matchers: Vec<String> = list(value, "matchers")
        .iter()
        .filter_map(|m| Some(format!("{}={}", text(m, "name")?, text(m, "value")?)))
        .collect();
    let by = text(value, "createdBy").unwrap_or("somebody");
    let title = format!("Silence by {by}: {}", matchers.join(", "));
    let mut silence = event(EventKind::Silence, &starts, title, frame);
    silence.until = stamp(value, "endsAt").filter(|e| e.time.key_ns() > starts.time.key_ns()).map(|e| e.time);
    silence.actor = actor(by, ActorKind::Human);
    silence.text = text(value, "comment").unwrap_or("").to_string();
    silence.services = list(value, "matchers")
        .iter()
        .filter(|m| matches!(text(m, "name"), Some("service" | "job" | "app")))
        .filter(|m| m.get("isRegex") != Some(&Value::Bool(true)))
        .filter_map(|m| text(m, "value").map(str::to_string))
        .collect();
    silence.ids = text(value, "id").map(|id| ("silence".to_string(), id.to_string())).into_iter().collect();
    sink.event(silence);
    Ok(FrameClass::Record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Alertmanager);
    }

    #[test]
    fn the_end_of_a_firing_alert_is_a_guess_and_is_left_out() {
        let got = collect::read(&Alertmanager, Alertmanager.samples()[0]);
        assert_eq!(got.events.len(), 1);
        assert_eq!(got.events[0].until, None);
        assert_eq!(got.events[0].status.as_deref(), Some("firing"));
        let got = collect::read(&Alertmanager, Alertmanager.samples()[1]);
        assert_eq!(got.of(EventKind::AlertFired).len(), 1);
        assert!(got.of(EventKind::AlertResolved).is_empty());
    }

    #[test]
    fn a_resolved_alert_has_a_beginning_and_an_end() {
        let text = r#"{"version":"4","groupKey":"g","alerts":[{"status":"resolved","labels":{"alertname":"A","severity":"critical","job":"kv"},"annotations":{"summary":"errors high"},"startsAt":"2025-06-12T19:52:00.5+02:00","endsAt":"2025-06-12T20:28:00Z","fingerprint":"f1"}]}"#;
        let got = collect::read(&Alertmanager, text);
        assert_eq!(got.of(EventKind::AlertResolved)[0].raw_time, "2025-06-12T20:28:00Z");
        let fired = got.of(EventKind::AlertFired)[0];
        assert_eq!(fired.services, ["kv"]);
        assert_eq!(fired.severity.as_ref().unwrap().to.word, "critical");
        assert_eq!(fired.at.offset_s, 7200);
    }

    #[test]
    fn a_cut_list_gives_what_stands_before_the_cut() {
        let text = r#"[{"startsAt":"2025-06-12T17:52:00Z","labels":{"alertname":"A"}},{"startsAt":"2025"#;
        let got = collect::read(&Alertmanager, text);
        assert_eq!((got.events.len(), got.fault.is_some()), (1, true));
    }
}
