//! cstate: incidents as Markdown with front matter.
//!
//! Yields: one [`EventKind::PublicUpdate`] per tracked paragraph; the front matter's beginning when there
//! is none, and its end when no paragraph tells of it.
//! Time: `{{< track "2018-05-25 05:54:00" >}}` and the front matter, zone-less local unless an offset
//! is written.
//! Reference: cstate/cstate.

use std::sync::LazyLock;

use regex::Regex;

use super::posts;
use crate::format::json_value::{Stamp, event};
use crate::format::{
    Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink, timestamp,
};
use crate::model::{Event, EventKind, RawTime, SeverityChange, SeverityWord, Vocabulary};

/// Incidents of cstate.
pub struct Cstate;

static TRACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\{\{<\s*track\s+["“]?([^"”>]+?)["”]?\s*>\}\}"#).ok());
static STATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^[*_]+\s*({})\s*[*_]+\s*[-–—:]*\s*", posts::STATES)).ok());

impl Format for Cstate {
    fn name(&self) -> &str {
        "cstate"
    }

    fn title(&self) -> &str {
        "cstate status incidents: Markdown with front matter"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "---\ntitle: KV errors\ndate: 2025-06-12 18:17:00\nresolved: true\nresolvedWhen: 2025-06-12 20:57:00\nseverity: down\naffected:\n  - KV\nsection: issue\n---\n\n*Resolved* - Done. {{< track \"2025-06-12 20:57:00\" >}}\n\n*Investigating* - Looking into it. {{< track \"2025-06-12 18:19:00\" >}}\n",
            "---\ntitle: Planned work\ndate: 2025-06-12 18:17:00\nresolved: false\nseverity: notice\naffected: [\"KV\", \"Login\"]\nsection: issue\n---\n\nWe will move the store.\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Cstate {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let matter = Matter::of(head.text)?;
        let issue = matter.get("section") == Some("issue");
        let keys = ["severity", "affected", "resolved", "resolvedWhen"];
        let named = keys.iter().filter(|key| matter.get(key).is_some()).count();
        let tracked = TRACK.as_ref().is_some_and(|track| track.is_match(head.text));
        let dated = matter.get("date").is_some_and(|date| timestamp::whole(date).is_some());
        (dated && named >= 2 && (issue || tracked))
            .then(|| Claimed::new(95, "front matter with `date`, `severity`, `affected` and `section: issue`"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let matter = Matter::of(document.text).ok_or_else(|| Fault::new("expected front matter, found none"))?;
        let (mut told, mut ended) = (0usize, false);
        for paragraph in paragraphs(document.text, matter.body) {
            let frame = document.frame(paragraph);
            let read = read_paragraph(&frame, &matter, &mut ended, sink);
            told += read.unwrap_or(0);
            match read {
                Ok(0) => sink.account(FrameClass::Blank, &frame),
                Ok(_) => sink.account(FrameClass::Record, &frame),
                Err(()) => sink.reject("expected a time in a track mark, found none", &frame),
            }
        }
        let frame = document.frame(document.text.get(..matter.body).unwrap_or(""));
        let class = if outline(&matter, told, ended, &frame, sink) { FrameClass::Record } else { FrameClass::Blank };
        sink.account(class, &frame);
        Ok(())
    }
}

/// The front matter: plain keys, and lists in one line or several.
struct Matter<'a> {
    pairs: Vec<(&'a str, String)>,
    /// Byte where the body begins.
    body: usize,
}

impl<'a> Matter<'a> {
    fn of(text: &'a str) -> Option<Matter<'a>> {
        let mut lines = text.split_inclusive('\n');
        let mark = lines.next()?.trim_start_matches('\u{feff}').trim();
        if mark != "---" && mark != "+++" {
            return None;
        }
        let mut body = text.find('\n')? + 1;
        let mut pairs: Vec<(&str, String)> = Vec::new();
        for line in lines {
            body += line.len();
            let line = line.trim();
            if line == mark {
                return Some(Matter { pairs, body });
            }
            let comment = line.starts_with('#');
            match (line.strip_prefix("- "), line.split_once([':', '='])) {
                (Some(item), _) => {
                    if let Some((_, list)) = pairs.last_mut() {
                        list.push_str(if list.is_empty() { "" } else { ", " });
                        list.push_str(plain(item));
                    }
                }
                (None, Some((key, value))) if !comment => pairs.push((key.trim(), plain(value).to_string())),
                _ => {}
            }
        }
        None
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, _)| *k == key).map(|(_, value)| value.as_str())
    }

    fn stamp(&self, key: &str) -> Option<Stamp> {
        let raw = self.get(key)?;
        Some(Stamp { time: timestamp::whole(raw)?, raw: raw.to_string() })
    }

    /// An event of this incident.
    fn tell(&self, kind: EventKind, at: &Stamp, state: &str, text: &str, frame: &Frame<'_>, sink: &mut dyn Sink) {
        let heading = self.get("title").unwrap_or("");
        let mut made: Event<RawTime> = event(kind, at, posts::title(heading, state, text), frame);
        made.status = Some(state.to_lowercase()).filter(|s| !s.is_empty());
        made.text = text.to_string();
        made.severity = self.get("severity").and_then(severity);
        let affected = self.get("affected").unwrap_or("").trim_matches(['[', ']']);
        made.services = affected.split(',').map(plain).filter(|s| !s.is_empty()).map(str::to_string).collect();
        made.ids = self.get("id").map(|id| ("status_incident".to_string(), id.to_string())).into_iter().collect();
        sink.event(made);
    }
}

/// A value without quotes.
fn plain(value: &str) -> &str {
    value.trim().trim_matches(['"', '\'']).trim()
}

/// cstate's own three words.
fn severity(word: &str) -> Option<SeverityChange> {
    let rank = ["down", "disrupted", "notice"].iter().position(|w| *w == word)? as u8;
    let to = SeverityWord { vocabulary: Vocabulary::Impact, rank, word: word.to_string() };
    Some(SeverityChange { from: None, to })
}

/// Paragraphs of the body: runs of lines with something on them.
fn paragraphs(text: &str, body: usize) -> impl Iterator<Item = &str> {
    let body = text.get(body..).unwrap_or("");
    let mut found: Vec<(usize, usize)> = Vec::new();
    let (mut at, mut open) = (0, false);
    for line in body.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        if line.trim().is_empty() {
            open = false;
        } else if let (true, Some(last)) = (open, found.last_mut()) {
            last.1 = end;
        } else {
            found.push((at, end));
            open = true;
        }
        at += line.len();
    }
    found.into_iter().filter_map(move |(from, to)| body.get(from..to))
}

/// One paragraph; gives how many posts it holds.
fn read_paragraph(frame: &Frame<'_>, matter: &Matter<'_>, ended: &mut bool, sink: &mut dyn Sink) -> Result<usize, ()> {
    let Some(track) = TRACK.as_ref().and_then(|track| track.captures(frame.text)) else { return Ok(0) };
    let raw = track.get(1).map_or("", |m| m.as_str()).trim();
    let time = timestamp::whole(raw).ok_or(())?;
    let text = TRACK.as_ref().map_or(frame.text.into(), |t| t.replace_all(frame.text, ""));
    let found = STATE.as_ref().and_then(|state| state.captures(text.trim()));
    let state = found.as_ref().and_then(|f| f.get(1)).map_or("", |m| m.as_str());
    let body = found.as_ref().and_then(|f| f.get(0)).map_or(text.trim(), |m| text.trim().get(m.end()..).unwrap_or(""));
    *ended |= posts::ends(state);
    matter.tell(posts::KIND, &Stamp { time, raw: raw.to_string() }, state, body.trim(), frame, sink);
    Ok(1)
}

/// What only the front matter says.
fn outline(matter: &Matter<'_>, told: usize, ended: bool, frame: &Frame<'_>, sink: &mut dyn Sink) -> bool {
    let mut any = false;
    if let Some(at) = matter.stamp("date").filter(|_| told == 0) {
        matter.tell(posts::KIND, &at, "", "", frame, sink);
        any = true;
    }
    let resolved = matter.get("resolved") == Some("true");
    if let Some(at) = matter.stamp("resolvedWhen").filter(|_| resolved && !ended) {
        matter.tell(EventKind::StatusChange, &at, "resolved", "", frame, sink);
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Cstate);
    }

    #[test]
    fn tracked_paragraphs_are_posts_and_the_front_matter_only_fills_gaps() {
        let got = collect::read(&Cstate, Cstate.samples()[0]);
        assert_eq!(got.events.len(), 2);
        assert_eq!(got.events[0].status.as_deref(), Some("resolved"));
        assert_eq!((got.events[0].text.as_str(), got.events[0].evidence.span.line), ("Done.", 12));
        assert_eq!(got.events[0].services, ["KV"]);
        let planned = collect::read(&Cstate, Cstate.samples()[1]);
        assert_eq!((planned.events.len(), planned.events[0].services.len()), (1, 2));
    }

    #[test]
    fn an_end_that_no_post_tells_of_is_told() {
        let text = Cstate.samples()[0].replace("*Resolved*", "*Update*");
        assert_eq!(collect::read(&Cstate, &text).of(EventKind::StatusChange).len(), 1);
    }
}
