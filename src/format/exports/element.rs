//! From one element to its events.

use serde_json::Value;

use super::file::{Element, Markup, Spec};
use super::path::{Path, Scope};
use super::template::Made;
use crate::format::chat::severity::{Step, step};
use crate::format::html_text::html_text;
use crate::format::json_elements::Part;
use crate::format::json_value::{Stamp, actor, event};
use crate::format::{Document, Fault, Frame, FrameClass, Sink};
use crate::model::{ActorKind, Curation, Event, EventKind, RawTime, SeverityChange, SeverityWord, Vocabulary};

/// An element with its text, so that nested items keep their places.
pub(super) struct Source<'a> {
    /// The parsed element.
    pub(super) value: &'a Value,
    /// Its text, where it is JSON.
    pub(super) part: Option<Part<'a>>,
    /// Its place.
    pub(super) frame: Frame<'a>,
    /// The document it stands in.
    pub(super) document: &'a Document<'a>,
}

/// Reads one element.
///
/// # Errors
/// When events were expected and none of them has a time.
pub(super) fn read(element: &Element, source: &Source<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let scope = Scope::of(source.value);
    let (mut made, mut wanted) = (0usize, None);
    for spec in &element.event {
        if spec.each.is_empty() {
            made += tell(element, spec, &scope, &scope, &source.frame, &mut wanted, sink);
        } else if let Some(part) = source.part {
            let levels: Vec<&str> = spec.each.split("[]").map(|l| l.trim_matches('.')).collect();
            made += nested(element, spec, (part, &levels), (&scope, &scope), source, &mut wanted, sink);
        }
    }
    match wanted {
        Some(key) if made == 0 => Err(Fault::new(format!("expected a time in {key}, found none"))),
        _ if made == 0 => Ok(FrameClass::Blank),
        _ => Ok(FrameClass::Record),
    }
}

/// Tells of every item of a nested list, levels below levels.
fn nested(
    element: &Element,
    spec: &Spec,
    (part, levels): (Part<'_>, &[&str]),
    (scope, outer): (&Scope<'_>, &Scope<'_>),
    source: &Source<'_>,
    wanted: &mut Option<String>,
    sink: &mut dyn Sink,
) -> usize {
    let Some((path, below)) = levels.split_first() else { return 0 };
    let keys: Vec<&str> = path.split('.').collect();
    let Some(list) = part.at(&keys) else { return 0 };
    let mut made = 0;
    for item in list.items() {
        let Some(value) = item.value() else { continue };
        let inner = scope.inner(&value);
        made += if below.iter().all(|level| level.is_empty()) {
            let frame = source.document.frame(item.text);
            tell(element, spec, &inner, outer, &frame, wanted, sink)
        } else {
            nested(element, spec, (item, below), (&inner, outer), source, wanted, sink)
        };
    }
    made
}

/// Tells of the event or events of one description; gives how many. `outer` is the whole element.
fn tell(
    element: &Element,
    spec: &Spec,
    scope: &Scope<'_>,
    outer: &Scope<'_>,
    frame: &Frame<'_>,
    wanted: &mut Option<String>,
    sink: &mut dyn Sink,
) -> usize {
    if !scope.holds(&spec.when) {
        return 0;
    }
    if spec.moments.is_empty() {
        let Some(at) = scope.stamp(&spec.at) else {
            wanted.get_or_insert_with(|| spec.at.first().map(Path::shown).unwrap_or_default());
            return 0;
        };
        let kind = kind_of(spec, scope);
        sink.event(build(element, spec, scope, outer, (kind, &at, None), frame));
        return 1;
    }
    let mut made = 0;
    for (key, word) in &spec.moments {
        let path = [Path::from(key.clone())];
        let Some(at) = scope.stamp(&path) else {
            wanted.get_or_insert_with(|| key.clone());
            continue;
        };
        let kind = if word == "acknowledged" { EventKind::Ack } else { spec.kind };
        sink.event(build(element, spec, scope, outer, (kind, &at, Some(word)), frame));
        made += 1;
    }
    made
}

/// The kind that a key states, else the usual one.
fn kind_of(spec: &Spec, scope: &Scope<'_>) -> EventKind {
    let word = scope.first(&spec.by).unwrap_or_default().to_ascii_lowercase();
    spec.cases.iter().find(|(part, _)| word.contains(part.as_str())).map_or(spec.kind, |(_, kind)| *kind)
}

/// One event with everything that its description finds.
fn build(
    element: &Element,
    spec: &Spec,
    scope: &Scope<'_>,
    outer: &Scope<'_>,
    (kind, at, word): (EventKind, &Stamp, Option<&str>),
    frame: &Frame<'_>,
) -> Event<RawTime> {
    let text = text_of(spec, scope);
    let found = if spec.step { step(&text) } else { Step::default() };
    let status = word.map(str::to_string).or_else(|| scope.first(&spec.status));
    let who = scope.first(&spec.actor);
    let title = {
        let made = Made { status: status.as_deref(), text: first_line(&text), actor: who.as_deref() };
        spec.title.render(scope, &made)
    };
    let mut made = event(kind, at, title, frame);
    made.severity = severity(spec, scope);
    made.status = status;
    stepped(&mut made, found);
    let until = scope.stamp(&spec.until).filter(|end| end.time.key_ns() > at.time.key_ns());
    made.until = until.map(|end| end.time);
    made.written_at = scope.stamp(&spec.written).map(|w| w.time).filter(|w| w.key_ns() != at.time.key_ns());
    let machine = scope.holds_any(&element.machine);
    made.actor = who.and_then(|name| actor(name, if machine { ActorKind::Machine } else { ActorKind::Human }));
    made.services = services(spec, element, scope, outer);
    let (named, level) = if spec.ids.is_empty() { (&element.ids, outer) } else { (&spec.ids, scope) };
    made.ids = named.iter().filter_map(|(kind, paths)| Some((kind.clone(), level.first(paths)?))).collect();
    if text.trim() != made.title.trim() {
        made.text = text;
    }
    // What an incident is graded when it is exported need not be what it was at the time of the event.
    if let Some(word) = outer.first(&element.severity_at_export) {
        let gap = if made.text.is_empty() { "" } else { "\n" };
        made.text.push_str(&format!("{gap}severity {word} at the time of the export"));
    }
    if scope.holds_any(&spec.pinned) {
        made.curation = Curation::Pinned;
    }
    made
}

/// What a sentence changes goes before what the platform says.
fn stepped(made: &mut Event<RawTime>, found: Step) {
    if let Some(severity) = found.severity {
        made.kind = EventKind::SeverityChange;
        made.severity = Some(severity);
    } else if let Some(status) = found.status {
        made.kind = EventKind::StatusChange;
        made.status = Some(status.to_string());
    }
}

/// The first line that says something.
fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

/// The first of the text's paths that says something once its markup is gone.
fn text_of(spec: &Spec, scope: &Scope<'_>) -> String {
    let plain = |path: &Path| {
        let joined = scope.all(std::slice::from_ref(path)).join(&spec.joint);
        if spec.markup == Markup::Html { html_text(&joined) } else { joined }
    };
    spec.text.iter().map(plain).find(|text| !text.trim().is_empty()).unwrap_or_default()
}

fn services(spec: &Spec, element: &Element, scope: &Scope<'_>, outer: &Scope<'_>) -> Vec<String> {
    let own = scope.all(&spec.services);
    let found = if own.is_empty() { outer.all(&element.services) } else { own };
    let mut services: Vec<String> = Vec::new();
    for name in found.iter().flat_map(|name| name.split(", ")) {
        if !services.iter().any(|known| known == name) {
            services.push(name.to_string());
        }
    }
    services
}

/// The severity that is stated, from what when that is stated too. A change to the same is none.
fn severity(spec: &Spec, scope: &Scope<'_>) -> Option<SeverityChange> {
    let to = word(&scope.first(&spec.severity)?)?;
    let from = scope.first(&spec.severity_from).and_then(|from| word(&from));
    Some(SeverityChange { from: from.filter(|from| *from != to), to })
}

/// Severity words, those of public components among them.
fn word(written: &str) -> Option<SeverityWord> {
    let components = ["major_outage", "partial_outage", "degraded_performance", "operational", "under_maintenance"];
    let plain = written.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let of = |ranks: &[&str], vocabulary| {
        let rank = ranks.iter().position(|w| *w == plain)? as u8;
        Some(SeverityWord { vocabulary, rank, word: written.trim().to_string() })
    };
    SeverityWord::parse(written)
        .or_else(|| of(&components, Vocabulary::Component))
        .or_else(|| of(&["down", "disrupted", "notice"], Vocabulary::Impact))
}
