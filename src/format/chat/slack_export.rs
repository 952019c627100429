//! Slack exports: day files, `users.json`, `channels.json`, and single conversations.
//!
//! What writes it: a workspace export, API replies (`conversations.history`), dump tools.
//! Yields: one event per message, severity and state changes where a sentence makes one; display
//! names of users.
//! Time: `ts`, epoch seconds in UTC as a string whose six digits are also the message's id.
//! Reference: hfaran/slack-export-viewer, rusq/slackdump.

use serde_json::Value;

use super::markup::message_text;
use super::severity::{Step, step};
use crate::format::json_elements::{Part, documents, read_each, root};
use crate::format::json_value::{actor, event, first_text, list, need_stamp, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Actor, ActorKind, Curation, EventKind};

/// Slack's exports.
pub struct SlackExport;

impl Format for SlackExport {
    fn name(&self) -> &str {
        "slack_export"
    }

    fn title(&self) -> &str {
        "Slack export: day files, users, channels"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"[{"type":"message","user":"U0000000001","text":"kv errors are high","ts":"1749750723.410000"}]"#,
            r#"[{"id":"U0000000001","team_id":"T01","name":"sre","real_name":"On-call SRE","tz":"Europe/Berlin","profile":{"display_name":"on-call"}}]"#,
            r#"[{"id":"C0000000001","name":"incidents","created":1500000000,"creator":"U0000000001","members":["U0000000001"],"topic":{"value":""},"purpose":{"value":""}}]"#,
            r#"{"name":"incidents","messages":[{"type":"message","user":"U0000000001","text":"hello","ts":"1749750723.410000"}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for SlackExport {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let array = list_of(root(head.text)?)?;
        let mut items = array.items().filter(|item| item.is_object()).take(5);
        let field = |item: Part<'_>, key: &str| item.get(key).and_then(Part::string);
        if items.any(|i| field(i, "ts").is_some_and(|ts| is_ts(&ts)) && is_message(i)) {
            return Claimed::new(95, "messages: `ts` with six digits, and `type` message or `text`");
        }
        let first = array.first_object()?;
        let id = field(first, "id")?;
        if is_id(&id, "UW") && first.has_any(&["profile", "real_name"]) && first.get("name").is_some() {
            return Claimed::new(93, "users: ids of Slack's form, with `name` and `profile`");
        }
        let channel = first.has(&["name", "created"]) && first.has_any(&["members", "topic", "purpose", "is_channel"]);
        (is_id(&id, "CGD") && channel)
            .then(|| Claimed::new(92, "channels: ids of Slack's form, with `members` or `topic`"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut zones: Vec<String> = Vec::new();
        let mut read = |value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink| {
            if value.get("ts").is_some() {
                let class = read_message(value, frame, sink)?;
                read_replies(value, frame, document, sink)?;
                Ok(class)
            } else {
                Ok(read_listed(value, frame, sink, &mut zones))
            }
        };
        for part in documents(document.text) {
            let array = list_of(part).ok_or_else(|| Fault::new("expected a list of messages, found none"))?;
            read_each(array, document, sink, &mut read)?;
        }
        Ok(())
    }
}

/// The messages, users or channels of a file.
fn list_of(root: Part<'_>) -> Option<Part<'_>> {
    [Some(root), root.get("messages"), root.get("members"), root.get("channels")]
        .into_iter()
        .flatten()
        .find(|p| p.is_array())
}

/// Whether `ts` is a message stamp: ten digits, a point, six digits.
fn is_ts(ts: &str) -> bool {
    let digits = |part: &str, len: usize| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
    ts.split_once('.').is_some_and(|(seconds, micros)| digits(seconds, 10) && digits(micros, 6))
}

fn is_message(item: Part<'_>) -> bool {
    item.get("type").and_then(Part::string).is_some_and(|t| t == "message") || item.has(&["text", "bot_id"])
}

/// Whether `id` begins with one of `marks` and goes on in capitals and digits.
fn is_id(id: &str, marks: &str) -> bool {
    id.len() >= 8
        && id.starts_with(|c| marks.contains(c))
        && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A user or a channel: no time of its own.
fn read_listed(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink, zones: &mut Vec<String>) -> FrameClass {
    if let Some(id) = text(value, "id").filter(|id| is_id(id, "UW")) {
        note_person(value, id, sink);
        if let Some(zone) = text(value, "tz").filter(|zone| !zones.iter().any(|z| z == zone)) {
            zones.push(zone.to_string());
            sink.zone_note(zone, frame);
        }
    }
    FrameClass::Blank
}

/// Hands over the display name of a user or of a user profile.
fn note_person(value: &Value, id: &str, sink: &mut dyn Sink) {
    let name = first_text(value, &["profile.display_name", "profile.real_name", "display_name", "real_name", "name"]);
    if let Some(name) = name {
        sink.person(id, name);
    }
}

/// Whether a message only tells of the channel itself: who came and went, its name, its topic, its bots,
/// what was deleted.
fn is_housekeeping(subtype: Option<&str>) -> bool {
    subtype.is_some_and(|s| {
        s.starts_with("channel_")
            || s.starts_with("group_")
            || matches!(s, "bot_add" | "bot_remove" | "pinned_item" | "tombstone")
    })
}

/// One message.
fn read_message(value: &Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let at = need_stamp(value, &["ts"])?;
    let said = message_text(value);
    if said.is_empty() {
        return Ok(FrameClass::Blank);
    }
    if let (Some(user), Some(profile)) = (text(value, "user"), value.get("user_profile")) {
        note_person(profile, user, sink);
    }
    // What the channel tells of itself (joins, topics) is dated, but nobody said it.
    let housekeeping = is_housekeeping(text(value, "subtype"));
    let found = if housekeeping { Step::default() } else { step(&said) };
    let kind = match (&found.severity, found.status) {
        _ if housekeeping => EventKind::Annotation,
        (Some(_), _) => EventKind::SeverityChange,
        (None, Some(_)) => EventKind::StatusChange,
        _ => EventKind::Chat,
    };
    // The line that takes the step, else the first one.
    let lines = || said.lines().filter(|line| !line.trim().is_empty());
    let taking = lines().find(|line| found != Step::default() && step(line) != Step::default());
    let title = taking.or_else(|| lines().next()).unwrap_or(&said);
    let mut message = event(kind, &at, title, frame);
    message.actor = author(value);
    if message.title.trim() != said.trim() {
        message.text = said;
    }
    message.severity = found.severity;
    message.status = found.status.map(str::to_string);
    message.curation = curation(value);
    message.ids.push(("message".to_string(), at.raw.clone()));
    message.ids.extend(text(value, "thread_ts").map(|ts| ("thread".to_string(), ts.to_string())));
    sink.event(message);
    Ok(FrameClass::Record)
}

/// Where dump tools put the messages of a thread; Slack's own export only lists who replied and when.
const REPLIES: &[&str] = &["slackdump_thread_replies", "thread_replies", "replies"];

/// The replies inside a message. The message itself is repeated among them.
fn read_replies(value: &Value, frame: &Frame<'_>, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
    let Some(message) = root(frame.text) else { return Ok(()) };
    for reply in REPLIES.iter().filter_map(|key| message.get(key)).flat_map(Part::items) {
        let Some(said) = reply.value().filter(|r| r.get("ts") != value.get("ts")) else { continue };
        read_message(&said, &document.frame(reply.text), sink)?;
    }
    Ok(())
}

/// Who wrote it: a user by id (named in `users.json`), or a bot by the name it shows.
fn author(value: &Value) -> Option<Actor> {
    let bot = text(value, "bot_id").is_some() || text(value, "subtype") == Some("bot_message");
    if bot {
        let shown = ["username", "bot_profile.name", "user_profile.real_name", "user", "bot_id"];
        return actor(first_text(value, &shown)?, ActorKind::Machine);
    }
    let id = text(value, "user").or_else(|| text(value, "username"))?;
    actor(id, if id == "USLACKBOT" { ActorKind::Machine } else { ActorKind::Human })
}

fn curation(value: &Value) -> Curation {
    if value.get("pinned_info").is_some_and(Value::is_object) || !list(value, "pinned_to").is_empty() {
        Curation::Pinned
    } else if list(value, "reactions").is_empty() {
        Curation::None
    } else {
        Curation::Reacted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&SlackExport);
    }

    #[test]
    fn messages_steps_and_housekeeping_are_told_apart() {
        let text = r#"[
 {"type":"message","subtype":"channel_join","user":"U0000000001","text":"<@U0000000001> has joined","ts":"1749750700.000100"},
 {"type":"message","user":"U0000000001","text":"should we go P0?","ts":"1749750701.000100","thread_ts":"1749750700.000100","reactions":[{"name":"eyes","users":["U1"]}]},
 {"type":"message","user":"U0000000002","text":"Escalating from P1 to P0 &amp; paging","ts":"1749752460.000200","pinned_to":["C1"]},
 {"type":"message","subtype":"bot_message","bot_id":"B01","username":"alerts","text":"","attachments":[{"title":"kv 5xx","fallback":"x"}],"ts":"1749750720.000300"},
 {"type":"message","user":"U0000000002","text":"no stamp"}]"#;
        let got = collect::read(&SlackExport, text);
        assert_eq!((got.records, got.blank, got.rejected.len()), (4, 1, 0));
        assert_eq!(got.of(EventKind::Annotation)[0].title, "@U0000000001 has joined");
        let chat = got.of(EventKind::Chat);
        assert_eq!(chat[0].curation, Curation::Reacted);
        assert_eq!(chat[0].at.precision, crate::model::Precision::Micro);
        assert_eq!(chat[1].title, "kv 5xx");
        assert_eq!(chat[1].actor.as_ref().unwrap().kind, ActorKind::Machine);
        let step = got.of(EventKind::SeverityChange)[0];
        assert_eq!(step.severity.as_ref().unwrap().from.as_ref().unwrap().word, "P1");
        assert_eq!(step.curation, Curation::Pinned);
        assert_eq!(step.title, "Escalating from P1 to P0 & paging");
        assert_eq!(step.evidence.span.line, 4);
    }

    #[test]
    fn replies_inside_a_message_are_messages_once() {
        let text = r#"{"name":"incidents","messages":[
 {"type":"message","user":"U1","text":"errors","ts":"1749750701.000100","thread_ts":"1749750701.000100","replies":[{"user":"U2","ts":"1749750702.000100"}],
  "slackdump_thread_replies":[{"type":"message","user":"U1","text":"errors","ts":"1749750701.000100"},
   {"type":"message","user":"U2","text":"looking","ts":"1749750702.000100","thread_ts":"1749750701.000100"}]}]}"#;
        let got = collect::read(&SlackExport, text);
        let lines: Vec<u64> = got.events.iter().map(|e| e.evidence.span.line).collect();
        assert_eq!((got.records, lines), (1, vec![2, 4]));
    }

    #[test]
    fn users_give_names_and_a_zone() {
        let got = collect::read(&SlackExport, SlackExport.samples()[1]);
        assert_eq!(got.persons, [("U0000000001".to_string(), "on-call".to_string())]);
        assert_eq!(got.zones, ["Europe/Berlin"]);
        assert_eq!(got.blank, 1);
    }
}
