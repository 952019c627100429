//! Posts of a status page as lines of text: a state word, what was said, and a stamp, before or after.

use std::sync::LazyLock;

use regex::Regex;

use crate::format::timestamp;
use crate::model::{ClockKind, EventKind, RawTime};

/// State words that begin a post, as status pages print them.
pub(super) const STATES: &str = "Investigating|Identified|Monitoring|Resolved|Update|Updated|Scheduled|In progress|Verifying|Completed|Postmortem|Maintenance|Degraded performance|Partial outage|Major outage|Watching|Mitigated|Recovering";

static STATE_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^[*_\[]*({STATES})[\]*_]*(?:\s*[-–—:]\s*[*_]*(.*)|\s*)$")).ok());

/// A post as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Post {
    /// The stamp as written, and what it fixes.
    pub(super) stamp: Option<Stamped>,
    /// The state word.
    pub(super) state: String,
    /// What was said.
    pub(super) body: String,
    /// First and last line, counted from 0.
    pub(super) lines: (usize, usize),
    /// The line above the first post of an incident.
    pub(super) heading: String,
}

/// A stamp with its text and its zone word.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stamped {
    /// As written.
    pub(super) raw: String,
    /// What it fixes.
    pub(super) time: RawTime,
    /// Zone name behind it.
    pub(super) label: Option<String>,
}

/// What one line is.
enum Line<'a> {
    Stamp(Stamped),
    State(&'a str, &'a str),
    Both(Stamped, &'a str, &'a str),
    Other(&'a str),
}

/// The stamp that a line is, but for `Posted`, ages and marks around it.
fn stamp_of(text: &str) -> Option<Stamped> {
    let mut rest = text.trim().trim_matches(['(', ')', '[', ']', '*', '_']).trim();
    if let Some((before, behind)) = rest.rsplit_once("ago.").or_else(|| rest.rsplit_once("ago ")) {
        (before.len() < 40).then_some(())?;
        rest = behind.trim();
    }
    for lead in ["Posted on", "Posted at", "Posted", "Updated", "on"] {
        rest = rest.strip_prefix(lead).map_or(rest, str::trim_start);
    }
    let plain = rest.replacen(" - ", " ", 1).replacen(" – ", " ", 1);
    let plain = plain.trim();
    let time = timestamp::whole(plain).filter(|t| {
        !plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') && t.precision >= crate::model::Precision::Minute
    })?;
    Some(Stamped { raw: rest.to_string(), time, label: timestamp::zone_label(plain).map(str::to_string) })
}

fn state_of(text: &str) -> Option<(&str, &str)> {
    let found = STATE_LINE.as_ref()?.captures(text.trim())?;
    Some((found.get(1)?.as_str(), found.get(2).map_or("", |m| m.as_str())))
}

/// What may be a stamp, a gap or dash, then a state word.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(.{{5,40}}?)(?:\s{{2,}}|\s+[-–—]\s+|[\])]?:?\s+)[*_]*({STATES})\b")).ok()
});

/// Whether some line states what may be a post: without one [`posts`] finds none.
pub(super) fn may_be_in(text: &str) -> bool {
    let matches = |pattern: &Option<Regex>, line: &str| pattern.as_ref().is_some_and(|p| p.is_match(line));
    text.lines().map(str::trim).any(|line| matches(&STATE_LINE, line) || matches(&MARK, line))
}

/// A stamp, a gap or dash, then a state line.
fn both(text: &str) -> Option<(Stamped, &str, &str)> {
    let found = MARK.as_ref()?.captures(text)?;
    let stamp = stamp_of(found.get(1)?.as_str())?;
    let (state, body) = state_of(text.get(found.get(2)?.start()..)?)?;
    Some((stamp, state, body))
}

fn line_of(text: &str) -> Line<'_> {
    if let Some((state, body)) = state_of(text) {
        return Line::State(state, body);
    }
    if let Some((stamp, state, body)) = both(text.trim()) {
        return Line::Both(stamp, state, body);
    }
    match stamp_of(text) {
        Some(stamp) => Line::Stamp(stamp),
        None => Line::Other(text.trim()),
    }
}

/// Reads the posts of a text, in the order they stand.
pub(super) fn posts(text: &str) -> Vec<Post> {
    let mut reader = Reader::default();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        reader.line(at, line_of(line));
    }
    reader.close();
    reader.posts
}

#[derive(Default)]
struct Reader {
    posts: Vec<Post>,
    open: Option<Post>,
    heading: String,
    /// Whether the heading was read since the last post.
    named: bool,
    /// Whether stamps stand before what was said; decided by what comes first.
    stamps_first: Option<bool>,
}

impl Reader {
    fn line(&mut self, at: usize, line: Line<'_>) {
        match line {
            Line::Both(stamp, state, body) => {
                self.stamps_first.get_or_insert(true);
                self.begin(at);
                self.say(at, state, body);
                self.stamp(at, stamp);
            }
            Line::Stamp(stamp) => {
                if *self.stamps_first.get_or_insert(true) {
                    self.begin(at);
                    self.stamp(at, stamp);
                } else {
                    self.stamp(at, stamp);
                    self.close();
                }
            }
            Line::State(state, body) => {
                let first = *self.stamps_first.get_or_insert(false);
                if !first || self.open.as_ref().is_none_or(|post| !post.state.is_empty()) {
                    self.begin(at);
                }
                self.say(at, state, body);
            }
            Line::Other(words) => match self.open.as_mut().filter(|post| !post.state.is_empty()) {
                Some(post) => {
                    let gap = if post.body.is_empty() { "" } else { "\n" };
                    post.body.push_str(gap);
                    post.body.push_str(words);
                    post.lines.1 = at;
                }
                None => self.head(words),
            },
        }
    }

    /// The first line above a group of posts names the incident; days and lists of what it affected do not.
    fn head(&mut self, words: &str) {
        let other = timestamp::whole(words).is_some() || words.starts_with("This incident affected");
        if !other && !self.named {
            self.heading = words.trim_matches(['#', ' ', '*']).to_string();
            self.named = true;
        }
    }

    fn begin(&mut self, at: usize) {
        self.named = false;
        self.close();
        self.open = Some(Post { lines: (at, at), heading: self.heading.clone(), ..Post::default() });
    }

    fn say(&mut self, at: usize, state: &str, body: &str) {
        if let Some(post) = self.open.as_mut() {
            post.state = state.to_string();
            post.body = body.to_string();
            post.lines.1 = at;
        }
    }

    fn stamp(&mut self, at: usize, stamp: Stamped) {
        if let Some(post) = self.open.as_mut() {
            post.stamp = Some(stamp);
            post.lines.1 = at;
        }
    }

    fn close(&mut self) {
        self.posts.extend(self.open.take().filter(|post| !post.state.is_empty()));
    }
}

/// The stamp with the year of a moment near it, and with its zone where the label fixes one.
pub(super) fn in_year_of(stamp: &Stamped, near: RawTime) -> RawTime {
    let time = stamp.time;
    if !matches!(time.kind, ClockKind::YearLess | ClockKind::Naive) {
        return time;
    }
    let wall = if time.kind == ClockKind::YearLess { time.wall_near(near.wall_ns) } else { time.wall_ns };
    match stamp.label.as_deref().map(timestamp::label_offsets) {
        Some([offset]) => RawTime::zoned(wall, *offset, time.precision),
        _ => RawTime::unzoned(ClockKind::Naive, wall, time.precision),
    }
}

/// Whether a state word ends the incident.
pub(super) fn ends(state: &str) -> bool {
    matches!(state.to_ascii_lowercase().as_str(), "resolved" | "completed")
}

/// `Status page: kv errors: resolved`.
pub(super) fn title(heading: &str, state: &str, body: &str) -> String {
    let said = body.lines().next().unwrap_or("");
    let state = state.to_lowercase();
    let parts = if heading.is_empty() { [state.as_str(), said] } else { [heading, state.as_str()] };
    let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("Status page: {}", told.join(": "))
}

/// Kind of every post.
pub(super) const KIND: EventKind = EventKind::PublicUpdate;

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, String, String)> {
        let raw = |post: &Post| post.stamp.as_ref().map_or("-", |s| s.raw.as_str()).to_string();
        posts(text).iter().map(|post| (post.state.clone(), raw(post), post.body.clone())).collect()
    }

    fn three(state: &str, raw: &str, body: &str) -> (String, String, String) {
        (state.to_string(), raw.to_string(), body.to_string())
    }

    #[test]
    fn stamps_stand_before_or_after_what_was_said() {
        let after =
            "KV errors\nResolved - All good.\nMore.\nJun 12, 20:57 UTC\nInvestigating - We look.\nJun 12, 18:19 UTC\n";
        let expected = [
            three("Resolved", "Jun 12, 20:57 UTC", "All good.\nMore."),
            three("Investigating", "Jun 12, 18:19 UTC", "We look."),
        ];
        assert_eq!(told(after), expected);
        let before = "Jun 12, 20:57 UTC\nResolved - All good.\nMore.\nJun 12, 18:19 UTC\nInvestigating - We look.\n";
        assert_eq!(told(before), expected);
        let one = "Jun 12, 20:57 UTC  Resolved - All good.\nMore.\nJun 12, 18:19 UTC - Investigating - We look.\n";
        assert_eq!(told(one), expected);
    }

    #[test]
    fn the_incident_page_puts_words_and_ages_around_the_stamp() {
        let text = "Resolved\nAll good.\nPosted 3 days ago. Jun 12, 2025 - 20:57 UTC\nUpdate\nStill there.\nPosted Jun 12, 2025 - 18:30 UTC\n";
        let expected = [
            three("Resolved", "Jun 12, 2025 - 20:57 UTC", "All good."),
            three("Update", "Jun 12, 2025 - 18:30 UTC", "Still there."),
        ];
        assert_eq!(told(text), expected);
        assert_eq!(posts(text)[0].stamp.as_ref().unwrap().time.kind, ClockKind::Zoned);
    }

    #[test]
    fn sentences_that_begin_like_a_state_are_none() {
        assert!(posts("Monitoring of the store was broken for years.\nResolved issues are listed below.\n").is_empty());
    }
}
