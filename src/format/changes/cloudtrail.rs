//! AWS CloudTrail: delivered files (`Records`), JSON lines, and `lookup-events` output.
//!
//! Yields: a change for every call that was made to change something and was not refused; a log record
//! for every other call. Time: `eventTime`, UTC, whole seconds. Files come up to a quarter of an hour late.

use serde_json::Value;

use crate::format::json_elements::{Part, documents, read_list_or_one, root};
use crate::format::json_value::{actor, event, first_text, need_stamp, node, text};
use crate::format::logs::decode_object;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{ActorKind, EventKind};

/// CloudTrail records.
pub struct Cloudtrail;

impl Format for Cloudtrail {
    fn name(&self) -> &str {
        "cloudtrail"
    }

    fn title(&self) -> &str {
        "AWS CloudTrail records"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"Records":[{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"ops"},"eventTime":"2025-06-12T17:52:03Z","eventSource":"lambda.amazonaws.com","eventName":"UpdateFunctionCode20150331v2","awsRegion":"eu-west-1","requestID":"r1","readOnly":false}]}"#,
            r#"{"Events":[{"EventId":"1","EventName":"PutRule","CloudTrailEvent":"{\"eventVersion\":\"1.08\",\"eventTime\":\"2025-06-12T17:52:03Z\",\"eventSource\":\"events.amazonaws.com\",\"eventName\":\"PutRule\"}"}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// Keys that no other writer puts together.
const WITNESSES: &[&str] = &["eventVersion", "eventSource", "eventName"];

impl DocumentFormat for Cloudtrail {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let root = root(head.text)?;
        let first = list_of(root).map_or(Some(root), Part::first_object)?;
        let looked_up = first.get("CloudTrailEvent").is_some();
        (looked_up || first.has(WITNESSES))
            .then(|| Claimed::new(97, "`eventVersion`, `eventSource` and `eventName`"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        documents(document.text)
            .try_for_each(|part| read_list_or_one(list_of(part).unwrap_or(part), document, sink, &mut read_call))
    }
}

/// The records of a delivered file, of `lookup-events`, or of a bare list.
fn list_of(root: Part<'_>) -> Option<Part<'_>> {
    [Some(root), root.get("Records"), root.get("Events")].into_iter().flatten().find(|part| part.is_array())
}

fn read_call(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    // `lookup-events` keeps the record as a text.
    let inside = text(value, "CloudTrailEvent").and_then(|record| serde_json::from_str::<Value>(record).ok());
    let call = inside.as_ref().unwrap_or(value);
    let name = text(call, "eventName").unwrap_or("call");
    if !changes(call, name) {
        return decode_object(frame.text, frame, sink, None).map(|()| FrameClass::Record);
    }
    let at = need_stamp(call, &["eventTime"])?;
    let service = text(call, "eventSource").unwrap_or("");
    let mut change = event(EventKind::ConfigChange, &at, format!("{name} {service}"), frame);
    let who = first_text(call, &["userIdentity.userName", "userIdentity.arn", "userIdentity.invokedBy"]);
    change.actor = who.and_then(|who| actor(who, kind_of(call)));
    change.services = vec![service.to_string()].into_iter().filter(|s| !s.is_empty()).collect();
    sink.event(change);
    Ok(FrameClass::Record)
}

/// Whether a call was made to change something, and was not refused.
fn changes(call: &Value, name: &str) -> bool {
    const VERBS: &[&str] =
        &["Update", "Put", "Delete", "Modify", "Create", "Deploy", "Publish", "Set", "Attach", "Detach"];
    let reads = node(call, "readOnly").and_then(Value::as_bool) == Some(true);
    !reads && text(call, "errorCode").is_none() && VERBS.iter().any(|verb| name.starts_with(verb))
}

/// A person's own account and the sign-in roles of people; everything else acts by itself.
fn kind_of(call: &Value) -> ActorKind {
    let own = matches!(text(call, "userIdentity.type"), Some("IAMUser" | "Root" | "IdentityCenterUser"));
    let signed_in = text(call, "userIdentity.arn").is_some_and(|arn| arn.contains("/AWSReservedSSO_"));
    if own || signed_in { ActorKind::Human } else { ActorKind::Machine }
}
