//! Chat as copied or logged text: `[17:52] alice: …`, `alice  5:52 PM`, IRC logs, messenger exports.
//!
//! What writes it: people who copy a channel, IRC clients, text exports of chat tools.
//! Yields: one event per message, severity and state changes where a sentence makes one; joins as marks.
//! Time: the copying person's clock, zone-less; a day line above gives the date where there is one.

use std::collections::BTreeSet;

use super::copied_lines::{Line, Reader};
use super::severity::step;
use crate::format::json_value::{Stamp, actor, event};
use crate::format::timestamp::DateOrder;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{ActorKind, EventKind, Level, Precision};

/// Copied chat.
pub struct CopiedChat;

impl Format for CopiedChat {
    fn name(&self) -> &str {
        "copied_chat"
    }

    fn title(&self) -> &str {
        "chat as copied or logged text: a time, a name, what was said"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "[17:52] alice: kv errors are high\n[17:53] bob: joining\n",
            "alice  5:52 PM\nkv errors are high\nbob  5:53 PM\njoining\nstore looks down\n",
            "--- Log opened Thu Jun 12 17:00:00 2025\n17:52 <alice> kv errors are high\n17:52 -!- bob has joined #incidents\n17:53 <@bob> joining\n",
            "12/06/2025, 17:52 - Alice: kv errors are high\n13/06/2025, 17:53 - Bob: all quiet since\n",
            "[2025-06-12 17:52] alice\nkv errors are high\n\n[2025-06-12 17:53] bob\njoining\n\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// A message being read: its head, and the lines below it.
struct Open<'a> {
    at: Stamp,
    name: Option<&'a str>,
    machine: bool,
    said: String,
    first: usize,
    last: usize,
}

impl DocumentFormat for CopiedChat {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let start = head.text.trim_start();
        if start.starts_with(['{', '<', '#']) || start.starts_with("[{") {
            return None;
        }
        let mut reader = Reader::new(head.text);
        let (mut messages, mut own, mut names, mut lines) = (0usize, 0usize, BTreeSet::new(), 0usize);
        let mut sure = 0usize;
        let mut bare: Option<(&str, bool)> = None;
        for line in head.text.lines().filter(|line| !line.trim_matches(['=', ' ']).is_empty()).take(300) {
            lines += 1;
            match reader.line(line) {
                // No tool prints the fraction of a second beside what people say.
                Line::Message { at, .. } if at.time.precision > Precision::Second => bare = None,
                Line::Message { name, said, chatty, .. } => {
                    bare = Some((name, chatty)).filter(|_| said.is_empty());
                    if bare.is_some() {
                        continue;
                    }
                    messages += 1;
                    own += 1;
                    sure += usize::from(chatty);
                    names.insert(name);
                }
                Line::Mark { .. } | Line::Day => own += 1,
                // A time and a name alone are a message when something was said below them.
                Line::Other(_) => {
                    if let Some((name, chatty)) = bare.take() {
                        messages += 1;
                        own += 2;
                        sure += usize::from(chatty);
                        names.insert(name);
                    }
                }
            }
        }
        let levels = names.iter().filter(|n| Level::of_word(n).is_some()).count();
        if messages < 2 || levels * 2 > names.len() || own * 10 < lines * 4 {
            return None;
        }
        let certain = sure == messages && levels == 0 && messages <= 60 * names.len();
        let score = if certain { 91 } else { 60 };
        Claimed::new(score, format!("{messages} messages of {} people, each with a time and a name", names.len()))
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let frames: Vec<Frame<'_>> = document.lines().collect();
        let mut reader = Reader::new(document.text);
        let mut open: Option<Open<'_>> = None;
        for (at, frame) in frames.iter().enumerate() {
            let begins = match reader.line(frame.text) {
                Line::Message { at: stamp, name, said, machine, .. } => (stamp, Some(name), said, machine),
                Line::Mark { at: stamp, said } => (stamp, None, said, false),
                Line::Day => {
                    finish(open.take(), document, &frames, sink);
                    sink.account(FrameClass::Blank, frame);
                    continue;
                }
                Line::Other(words) => {
                    match open.as_mut().filter(|o| o.name.is_some()) {
                        Some(open) if !words.is_empty() => {
                            open.said.push_str(if open.said.is_empty() { "" } else { "\n" });
                            open.said.push_str(words);
                            open.last = at;
                        }
                        _ => sink.account(FrameClass::Blank, frame),
                    }
                    continue;
                }
            };
            finish(open.take(), document, &frames, sink);
            let (stamp, name, said, machine) = begins;
            open = Some(Open { at: stamp, name, machine, said: said.to_string(), first: at, last: at });
        }
        finish(open, document, &frames, sink);
        Ok(())
    }
}

/// Hands over a message that is complete.
fn finish(open: Option<Open<'_>>, document: &Document<'_>, frames: &[Frame<'_>], sink: &mut dyn Sink) {
    let Some(open) = open else { return };
    let place = |at: usize| frames.get(at).map_or((0, 0), |f| (f.span.offset as usize, f.text.len()));
    let (from, (last, len)) = (place(open.first).0, place(open.last));
    let frame = document.frame(document.text.get(from..last + len).unwrap_or(""));
    let found = if open.name.is_some() { step(&open.said) } else { Default::default() };
    let kind = match (&found.severity, found.status) {
        _ if open.name.is_none() => EventKind::Annotation,
        (Some(_), _) => EventKind::SeverityChange,
        (None, Some(_)) => EventKind::StatusChange,
        _ => EventKind::Chat,
    };
    let title = open.said.lines().find(|line| !line.trim().is_empty()).unwrap_or("(nothing but a name and a time)");
    let mut made = event(kind, &open.at, title, &frame);
    let who = if open.machine { ActorKind::Machine } else { ActorKind::Human };
    made.actor = open.name.and_then(|name| actor(name, who));
    made.severity = found.severity;
    made.status = found.status.map(str::to_string);
    if made.title != open.said.trim() {
        made.text = open.said;
    }
    sink.event(made);
    sink.account(FrameClass::Record, &frame);
}

/// Orders of day and month that are tried when the dates are numbers.
pub(super) const ORDERS: [DateOrder; 3] = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;
    use crate::model::ClockKind;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&CopiedChat);
    }

    fn told(text: &str) -> Vec<(String, String, u64)> {
        let got = collect::read(&CopiedChat, text);
        let who = |e: &crate::model::Event<_>| e.actor.as_ref().map_or(String::new(), |a| a.name.clone());
        got.events.iter().map(|e| (who(e), e.title.clone(), e.evidence.span.line)).collect()
    }

    fn three(who: &str, said: &str, line: u64) -> (String, String, u64) {
        (who.to_string(), said.to_string(), line)
    }

    #[test]
    fn lines_below_a_head_belong_to_it() {
        let text = CopiedChat.samples()[1];
        assert_eq!(told(text), [three("alice", "kv errors are high", 1), three("bob", "joining", 3)]);
        let got = collect::read(&CopiedChat, text);
        assert_eq!(got.events[1].text, "joining\nstore looks down");
        assert_eq!(got.events[1].evidence.span.lines, 3);
        assert_eq!(got.events[1].at.kind, ClockKind::TimeOnly);
    }

    #[test]
    fn irc_logs_have_days_joins_and_names_in_brackets() {
        let text = "--- Log opened Thu Jun 12 17:00:00 2025\n23:59 <alice> late\n23:59 -!- bob has joined #x\n--- Day changed Fri Jun 13 2025\n00:01 <@bob> P1 -> P0\n00:02 * alice nods\n";
        let got = collect::read(&CopiedChat, text);
        assert_eq!(got.events[0].at.key_s(), 1_749_772_740);
        assert_eq!(got.events[2].at.key_s(), 1_749_772_860);
        assert_eq!(got.events[2].kind, EventKind::SeverityChange);
        assert_eq!(got.of(EventKind::Annotation).len(), 1);
        assert_eq!(told(text)[3], three("alice", "nods", 6));
    }

    #[test]
    fn numeric_dates_are_read_in_the_one_order_that_fits_all() {
        let got = collect::read(&CopiedChat, CopiedChat.samples()[3]);
        assert_eq!(got.events[0].at.key_s(), 1_749_750_720);
    }

    #[test]
    fn days_that_people_see_above_messages_are_used() {
        let text = "Thursday, June 12th\nalice  5:52 PM\nkv errors are high\nbob  6:05 PM\nWe are escalating this to P0 now.\n";
        let got = collect::read(&CopiedChat, text);
        assert_eq!(got.events[0].at.kind, ClockKind::YearLess);
        assert_eq!(got.of(EventKind::SeverityChange).len(), 1);
    }

    #[test]
    fn logs_and_write_ups_are_not_claimed() {
        for text in [
            "[17:52:03] INFO: started\n[17:52:04] ERROR: failed\n",
            "17:52:03.123 INFO kv: started\n17:52:04.123 INFO kv: ready\n",
            "17:52 UTC errors rose.\n18:05 UTC the team declared P1.\n",
            "[2025-06-12 17:52:03] production.ERROR: failed\n[2025-06-12 17:52:04] production.INFO: ok\n",
            "[2025-06-12 17:52:03,410] Setup running.\n[2025-06-12 17:52:03,411] Arguments:\n[2025-06-12 17:52:04,001] Opening a file\n",
            "[2025-06-12 17:52:03] Setup running\n[2025-06-12 17:52:03] Arguments\n[2025-06-12 17:52:04] Opening a file\n",
        ] {
            assert!(collect::claim(&CopiedChat, text).is_none_or(|c| c.score < 90), "{text}");
        }
    }
}
