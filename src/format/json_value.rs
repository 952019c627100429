//! Looking into one parsed JSON element: dotted paths, stamps, and the events made from them.

use serde_json::Value;

use crate::model::{Actor, ActorKind, Event, EventKind, RawTime, SeverityChange, SeverityWord};

use super::{Fault, Frame, timestamp};

/// A stamp with its written form.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// What it fixes.
    pub time: RawTime,
    /// As written.
    pub raw: String,
}

/// The value at a dotted path (`incident.summary`); a key that holds dots itself is found first.
pub fn node<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if let Some(direct) = value.get(path) {
        return Some(direct);
    }
    let (key, rest) = path.split_once('.')?;
    node(value.get(key)?, rest)
}

/// The string at a path, `None` when it is blank or no string.
pub fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    node(value, path)?.as_str().map(str::trim).filter(|s| !s.is_empty())
}

/// The first string found at one of `paths`.
pub fn first_text<'v>(value: &'v Value, paths: &[&str]) -> Option<&'v str> {
    paths.iter().find_map(|path| text(value, path))
}

/// A string or number at a path, as text.
pub fn scalar(value: &Value, path: &str) -> Option<String> {
    match node(value, path)? {
        Value::String(s) if !s.trim().is_empty() => Some(s.trim().to_string()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(b.to_string()),
        _ => None,
    }
}

/// The first scalar found at one of `paths`.
pub fn first_scalar(value: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| scalar(value, path))
}

/// The number at a path, also when written as a string.
pub fn number(value: &Value, path: &str) -> Option<f64> {
    match node(value, path)? {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
    .filter(|n: &f64| n.is_finite())
}

/// The array at a path, empty when there is none.
pub fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    node(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The stamp at a path: RFC 3339 and its relatives, or an epoch as number or string.
pub fn stamp(value: &Value, path: &str) -> Option<Stamp> {
    let raw = scalar(value, path)?;
    let time = timestamp::whole(&raw)?;
    Some(Stamp { time, raw })
}

/// The first stamp found at one of `paths`.
pub fn first_stamp(value: &Value, paths: &[&str]) -> Option<Stamp> {
    paths.iter().find_map(|path| stamp(value, path))
}

/// The stamp an element must have, or the fault that says which field was looked for.
///
/// # Errors
/// When none of `paths` holds a time.
pub fn need_stamp(value: &Value, paths: &'static [&'static str]) -> Result<Stamp, Fault> {
    first_stamp(value, paths).ok_or_else(|| {
        Fault::new(format!("expected a time in {}, found none", paths.first().copied().unwrap_or("the element")))
    })
}

/// An event at `at`, resting on `frame`.
pub fn event(kind: EventKind, at: &Stamp, title: impl AsRef<str>, frame: &Frame<'_>) -> Event<RawTime> {
    Event::new(kind, at.time, at.raw.clone(), one_line(title.as_ref()), frame.exemplar())
}

/// An actor.
pub fn actor(name: impl Into<String>, kind: ActorKind) -> Option<Actor> {
    Some(Actor { name: name.into(), kind })
}

/// A severity that was set, without what it was before.
pub fn severity(word: Option<&str>) -> Option<SeverityChange> {
    Some(SeverityChange { from: None, to: SeverityWord::parse(word?)? })
}

/// Longest title in characters; the whole text stands in the event's text.
const TITLE_CHARS: usize = 160;

/// `text` on one line, shortened to a title.
pub fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if joined.chars().count() <= TITLE_CHARS {
        return joined;
    }
    let mut short: String = joined.chars().take(TITLE_CHARS - 1).collect();
    short.push('…');
    short
}
