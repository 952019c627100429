//! Chat saved as an HTML page: what Telegram's desktop client, DiscordChatExporter and viewers of other
//! exports write.
//!
//! Sample: elements of class `message` that hold one of class `from_name`, one of class `date` with the
//! stamp in its title, and one of class `text`.
//! Yields: one event a message, severity and state changes where a sentence makes one. A message without
//! a name is of the person above.
//! Time: as written in `datetime`, in the title, or in the text of the element; without a zone it stays so.

use std::collections::BTreeSet;

use scraper::{ElementRef, Html as Page};

use super::copied_chat::ORDERS;
use super::severity::step;
use crate::format::html_text::html_text;
use crate::format::json_value::{Stamp, actor, event};
use crate::format::timestamp::Written;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};
use crate::model::{ActorKind, EventKind, Precision, RawTime};

/// Chat saved as a page.
pub struct ChatPage;

impl Format for ChatPage {
    fn name(&self) -> &str {
        "chat_page"
    }

    fn title(&self) -> &str {
        "chat saved as an HTML page (Telegram, DiscordChatExporter)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"<!DOCTYPE html><html><head><title>Exported Data</title></head><body><div class="history">
<div class="message default" id="message101"><div class="pull_right date details" title="13.06.2025 19:52:03 UTC+02:00">19:52</div><div class="from_name">alice</div><div class="text">kv errors are high</div></div>
<div class="message default joined" id="message102"><div class="pull_right date details" title="13.06.2025 19:52:31 UTC+02:00">19:52</div><div class="text">P1 declared</div></div>
</div></body></html>"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// Last words of classes by what an element of such a class holds.
const MESSAGE: &[&str] = &["message", "message-container", "chatlog__message", "chatlog__message-group", "msg"];
const NAME: &[&str] = &["from_name", "author", "chatlog__author", "chatlog__author-name", "username", "sender", "user"];
const TIME: &[&str] = &["date", "timestamp", "chatlog__timestamp", "chatlog__short-timestamp", "time", "message-time"];
const TEXT: &[&str] =
    &["text", "chatlog__content", "content", "message-content", "message-body", "msg-text", "body-text"];

/// A message as it stands in the page.
struct Message {
    name: Option<String>,
    raw: String,
    said: String,
}

fn is_a(element: ElementRef<'_>, words: &[&str]) -> bool {
    element.value().classes().any(|class| words.contains(&class))
}

fn inside<'p>(element: ElementRef<'p>, words: &'static [&'static str]) -> Option<ElementRef<'p>> {
    element.descendants().filter_map(ElementRef::wrap).skip(1).find(|inner| is_a(*inner, words))
}

fn plain(element: ElementRef<'_>) -> String {
    html_text(&element.inner_html())
}

/// The stamp of a message as it is written: the fullest form there is.
fn raw_stamp(element: ElementRef<'_>) -> Option<String> {
    let machine = element.descendants().filter_map(ElementRef::wrap).find_map(|inner| inner.value().attr("datetime"));
    let holder = inside(element, TIME)?;
    let title = holder.descendants().filter_map(ElementRef::wrap).find_map(|inner| inner.value().attr("title"));
    let raw = machine.or(title).map_or_else(|| plain(holder), str::to_string);
    (!raw.trim().is_empty()).then(|| raw.trim().to_string())
}

/// The messages of a page, those inside groups one by one.
fn messages(text: &str) -> Vec<Message> {
    let page = Page::parse_document(text);
    let mut found = Vec::new();
    let mut name = None;
    for element in page.root_element().descendants().filter_map(ElementRef::wrap).filter(|e| is_a(*e, MESSAGE)) {
        if inside(element, MESSAGE).is_some() {
            name = inside(element, NAME).map(plain).or(name);
            continue;
        }
        name = inside(element, NAME).map(plain).filter(|name| !name.is_empty()).or(name);
        let said = inside(element, TEXT).map(plain).unwrap_or_default();
        if let Some(raw) = raw_stamp(element) {
            found.push(Message { name: name.clone(), raw, said });
        }
    }
    found
}

/// A stamp without the word of its weekday and without what stands before its offset.
fn tidy(raw: &str) -> String {
    let raw = raw.replace(['\u{202f}', '\u{a0}'], " ").replace("UTC+", "+").replace("UTC-", "-");
    let day =
        raw.split_once(", ").filter(|(day, _)| day.ends_with("day") && day.bytes().all(|b| b.is_ascii_alphabetic()));
    day.map_or(raw.as_str(), |(_, rest)| rest).replace(" at ", " ").to_string()
}

fn time_of(raw: &str, written: Written) -> Option<RawTime> {
    let tidy = tidy(raw);
    written.read(&tidy).or_else(|| written.read(&tidy.replace(", ", " "))).filter(|t| t.precision >= Precision::Minute)
}

/// How the page writes its stamps; `None` when they could be read in two ways.
fn written(messages: &[Message]) -> Option<Written> {
    let fits = |written: &Written| messages.iter().all(|m| time_of(&m.raw, *written).is_some());
    let mut ways = std::iter::once(Written::Plain).chain(ORDERS.map(Written::Ordered)).filter(fits);
    let first = ways.next()?;
    (first == Written::Plain || ways.next().is_none()).then_some(first)
}

impl DocumentFormat for ChatPage {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let start =
            head.text.trim_start().get(..200.min(head.text.trim_start().len())).unwrap_or("").to_ascii_lowercase();
        if !start.starts_with('<') || !head.text.contains("message") {
            return None;
        }
        let found = messages(head.text);
        let said = found.iter().filter(|m| m.raw.contains(':') && !m.said.is_empty()).count();
        let names: BTreeSet<&str> = found.iter().filter_map(|m| m.name.as_deref()).collect();
        (said >= 2 && !names.is_empty()).then_some(())?;
        Claimed::new(94, format!("a page with {said} messages of {} people, each with a time", names.len()))
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let found = messages(document.text);
        let way = written(&found)
            .ok_or(Fault::new("expected stamps that mean one moment, found dates with day or month first"))?;
        let mut from = 0;
        for message in &found {
            let rest = document.text.get(from..).unwrap_or("");
            let at = rest.find(&message.raw).map_or(from, |at| from + at);
            let line = |at: usize| document.text.get(..at).map_or(0, |before| before.rfind('\n').map_or(0, |n| n + 1));
            let end = document.text.get(at..).and_then(|t| t.find('\n')).map_or(document.text.len(), |n| at + n);
            let frame = document.frame(document.text.get(line(at)..end).unwrap_or(""));
            from = (at + message.raw.len()).min(document.text.len());
            let Some(time) = time_of(&message.raw, way) else { continue };
            let step = step(&message.said);
            let kind = match (&step.severity, step.status) {
                (Some(_), _) => EventKind::SeverityChange,
                (None, Some(_)) => EventKind::StatusChange,
                _ => EventKind::Chat,
            };
            let title = message.said.lines().next().filter(|l| !l.is_empty()).unwrap_or("(a message without text)");
            let mut made = event(kind, &Stamp { time, raw: message.raw.clone() }, title, &frame);
            made.actor = message.name.as_deref().and_then(|name| actor(name, ActorKind::Human));
            made.severity = step.severity;
            made.status = step.status.map(str::to_string);
            if made.title != message.said {
                made.text.clone_from(&message.said);
            }
            sink.event(made);
            sink.account(FrameClass::Record, &frame);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&ChatPage);
    }

    #[test]
    fn groups_give_their_name_to_the_messages_inside_and_days_are_not_guessed() {
        let page = |day: &str| {
            format!(
                "<html><body><div class=chatlog__message-group><span class=chatlog__author>alice</span>\
                 <div class=message><span class=chatlog__timestamp>{day} 17:52</span><div class=chatlog__content>kv is down</div></div>\
                 <div class=message><span class=chatlog__timestamp>{day} 17:53</span><div class=chatlog__content>P1</div></div>\
                 </div></body></html>"
            )
        };
        let got = collect::read(&ChatPage, &page("13/06/2025"));
        assert_eq!(got.events.len(), 2);
        assert_eq!(got.events[1].actor.as_ref().map(|a| a.name.as_str()), Some("alice"));
        assert_eq!(got.events[0].at.key_s(), 1_749_837_120);
        assert!(collect::read(&ChatPage, &page("12/06/2025")).fault.is_some());
    }
}
