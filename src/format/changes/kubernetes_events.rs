//! Kubernetes events: `kubectl get events -o json`, single events, a watch's stream of them.
//!
//! Yields: one [`EventKind::Platform`] per object, which may stand for `count` occurrences over a span.
//! Time: `firstTimestamp` to `lastTimestamp`; `eventTime` to `series.lastObservedTime` in the newer
//! API; `metadata.creationTimestamp` when those are null. All UTC. Events are kept one hour by default,
//! so their absence means nothing.
//! Reference: Kubernetes API `core/v1` and `events.k8s.io/v1` Event.

use serde_json::Value;

use crate::format::json_elements::{Part, documents, read_each, read_list_or_one, root};
use crate::format::json_value::{actor, event, first_stamp, first_text, node, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{ActorKind, EventKind};

/// Kubernetes events.
pub struct KubernetesEvents;

impl Format for KubernetesEvents {
    fn name(&self) -> &str {
        "kubernetes_events"
    }

    fn title(&self) -> &str {
        "Kubernetes events: kubectl get events -o json"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Event","metadata":{"name":"kv-1.17","namespace":"prod"},"involvedObject":{"kind":"Pod","name":"kv-1","namespace":"prod"},"reason":"BackOff","message":"Back-off restarting failed container","type":"Warning","count":17,"firstTimestamp":"2025-06-12T17:50:00Z","lastTimestamp":"2025-06-12T18:10:00Z","eventTime":null,"source":{"component":"kubelet"}}]}"#,
            r#"{"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"a.1"},"regarding":{"kind":"Pod","name":"a"},"reason":"Unhealthy","note":"probe failed","type":"Warning","eventTime":"2025-06-12T17:52:03.410000Z"}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for KubernetesEvents {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let array = list_of(root);
        let first = array.map_or(Some(root), Part::first_object)?;
        let about = first.has_any(&["involvedObject", "regarding"]);
        let kind = root.get("kind").and_then(Part::string);
        if about && first.get("reason").is_some() {
            let witness = first.has_any(&["firstTimestamp", "lastTimestamp", "eventTime", "metadata"]);
            return Claimed::new(
                if witness { 97 } else { 60 },
                "events with `involvedObject` or `regarding` and `reason`",
            );
        }
        (array.is_none() && root.get("items").is_some() && kind.as_deref() == Some("EventList"))
            .then(|| Claimed::new(90, "`kind` EventList with `items`"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            match list_of(part) {
                Some(items) => read_each(items, document, sink, &mut read_event)?,
                None => read_list_or_one(part, document, sink, &mut read_event)?,
            }
        }
        Ok(())
    }
}

/// The items of a list.
fn list_of(root: Part<'_>) -> Option<Part<'_>> {
    [Some(root), root.get("items")].into_iter().flatten().find(|p| p.is_array())
}

/// Reads one event.
///
/// # Errors
/// When it has no time.
pub(super) fn read_event(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    // A watch wraps each event: {"type":"ADDED","object":{…}}.
    let value = value.get("object").filter(|o| o.get("reason").is_some()).unwrap_or(value);
    if value.get("involvedObject").is_none() && value.get("regarding").is_none() {
        // A list of several kinds of objects: only events say when something happened.
        return Ok(FrameClass::Blank);
    }
    let begins =
        ["firstTimestamp", "deprecatedFirstTimestamp", "eventTime", "lastTimestamp", "metadata.creationTimestamp"];
    let ends = ["series.lastObservedTime", "lastTimestamp", "deprecatedLastTimestamp"];
    let at = first_stamp(value, &begins).ok_or_else(|| Fault::new("expected a time in firstTimestamp, found none"))?;
    let until = first_stamp(value, &ends).filter(|end| end.time.key_ns() > at.time.key_ns());
    let count = ["count", "series.count", "deprecatedCount"].iter().find_map(|p| node(value, p)?.as_u64()).unwrap_or(1);
    let reason = text(value, "reason").unwrap_or("event");
    let message = first_text(value, &["message", "note"]).unwrap_or("");
    let kind = first_text(value, &["involvedObject.kind", "regarding.kind"]).unwrap_or("object");
    let name = first_text(value, &["involvedObject.name", "regarding.name"]).unwrap_or("");
    let namespace = first_text(value, &["involvedObject.namespace", "regarding.namespace", "metadata.namespace"]);
    let place = namespace.map_or_else(|| name.to_string(), |n| format!("{n}/{name}"));
    let times = if count > 1 { format!(" (×{count})") } else { String::new() };
    let mut made =
        event(EventKind::Platform, &at, format!("Kubernetes: {reason} {kind} {place}{times}: {message}"), frame);
    made.until = until.map(|end| end.time);
    made.text = message.to_string();
    made.status = text(value, "type").map(str::to_string);
    let component = first_text(value, &["source.component", "reportingComponent", "reportingController"]);
    made.actor = component.and_then(|c| actor(c, ActorKind::Machine));
    // Pods are named by a generated hash; only workloads are named like their service.
    if matches!(kind, "Service" | "Deployment" | "StatefulSet" | "DaemonSet") && !name.is_empty() {
        made.services.push(name.to_string());
    }
    made.ids.push(("object".to_string(), format!("{kind}/{place}")));
    sink.event(made);
    Ok(FrameClass::Record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&KubernetesEvents);
    }

    #[test]
    fn an_aggregate_is_a_span_not_an_instant() {
        let got = collect::read(&KubernetesEvents, KubernetesEvents.samples()[0]);
        let event = &got.events[0];
        assert_eq!(event.title, "Kubernetes: BackOff Pod prod/kv-1 (×17): Back-off restarting failed container");
        assert_eq!(event.until.unwrap().key_s() - event.at.key_s(), 1200);
        assert_eq!(event.status.as_deref(), Some("Warning"));
        assert!(event.services.is_empty());
    }

    #[test]
    fn an_event_without_any_time_is_rejected() {
        let got = collect::read(
            &KubernetesEvents,
            r#"{"items":[{"kind":"Event","involvedObject":{},"reason":"x"},{"kind":"Pod"}]}"#,
        );
        assert_eq!((got.rejected.len(), got.blank), (1, 1));
    }
}
