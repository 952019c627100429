//! The timeline: entries of the first tier stand open, the rest is folded between them.

use indexmap::IndexMap;
use serde::Serialize;

use super::{Ctx, Moment, Refs};
use crate::model::{ActorKind, EventKind, Tier, TimelineEntry, TriggerKind};
use crate::report::text;

/// Longest title and text shown, in characters; the raw lines and `timeline.jsonl` hold the rest.
const TITLE: usize = 240;
const TEXT: usize = 600;

/// Seconds before the onset from which entries of the first tier stand open; earlier ones are
/// folded, and the lead-up section names those that matter.
const LEAD_UP_S: i64 = 3_600;

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryView {
    /// Stable id, usable as an anchor.
    pub id: String,
    /// When.
    pub at: Moment,
    /// When it ended.
    pub until: Option<Moment>,
    /// `alert_fired`, `chat`, …; `provider_update` for a post on somebody else's status page.
    pub kind: String,
    /// The kind in words.
    pub kind_text: String,
    /// 1, 2 or 3.
    pub tier: u8,
    /// One line.
    pub title: String,
    /// More than the title, or empty.
    pub text: String,
    /// Who; empty when nobody is named.
    pub actor: String,
    /// Whether a machine acted.
    pub machine: bool,
    /// Services concerned.
    pub services: Vec<String>,
    /// State word; may be empty.
    pub status: String,
    /// Stamp as written.
    pub raw_time: String,
    /// Reporting lag ("written 4 min later"); empty when there is none.
    pub lag: String,
    /// How the stamp became UTC: "written 19:52:03, UTC+02:00 inferred"; empty when nothing was written.
    pub clock: String,
    /// The severity at that moment; empty outside the severity track.
    pub severity: String,
    /// Paths of the files that tell of it.
    pub sources: Vec<String>,
    /// Whole seconds since 1970, for scripts.
    pub at_s: i64,
    /// Distinct sources that tell of it.
    pub witnesses: usize,
    /// What a person remarked; may be empty.
    pub note: String,
    /// The title as it was read, where a person gave another; empty otherwise.
    pub read_title: String,
    /// Whether a person pinned it.
    pub pinned: bool,
    /// Lines.
    pub refs: Refs,
}

/// One open entry, or several folded ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// Whether the entries are folded away.
    pub folded: bool,
    /// What a folded block holds ("7 more events, 18:06–18:21: chat ×4, alert ×3"); empty for an open one.
    pub label: String,
    /// The entries: exactly one when open.
    pub entries: Vec<EntryView>,
}

/// All events.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TimelineView {
    /// In time order.
    pub blocks: Vec<Block>,
    /// Number of entries.
    pub total: usize,
    /// Number of entries that stand open.
    pub open: usize,
    /// Number of entries that people hid; `incident.json` holds them.
    pub hidden: usize,
}

/// The timeline section.
pub(super) fn view(ctx: &Ctx) -> TimelineView {
    let entries = ctx.incident.timeline.shown();
    let mut blocks: Vec<Block> = Vec::new();
    let start = ctx.incident.rates.incident.as_ref().map(|(onset, _)| onset.best_s - LEAD_UP_S);
    let stands_open =
        |e: &TimelineEntry| e.edit.pin || (e.tier == Tier::One && start.is_none_or(|s| e.at.seconds() >= s));
    for one in &entries {
        let shown = entry(ctx, one);
        let folded = !stands_open(one);
        match blocks.last_mut() {
            Some(block) if folded && block.folded => block.entries.push(shown),
            _ => blocks.push(Block { folded, label: String::new(), entries: vec![shown] }),
        }
    }
    for block in blocks.iter_mut().filter(|b| b.folded) {
        block.label = label(&block.entries);
    }
    let open = entries.iter().filter(|e| stands_open(e)).count();
    TimelineView { blocks, total: entries.len(), open, hidden: ctx.incident.timeline.hidden() }
}

/// What a folded block holds.
fn label(entries: &[EntryView]) -> String {
    let kinds = counted(entries.iter().map(|e| e.kind_text.as_str()));
    let ends = match (entries.first(), entries.last()) {
        (Some(a), Some(b)) if a.at.text != b.at.text => format!(", {}–{}", a.at.text, b.at.text),
        (Some(a), _) => format!(", {}", a.at.text),
        _ => String::new(),
    };
    format!("{}{ends}: {}", text::counted(entries.len(), "more event", "more events"), kinds)
}

/// "chat ×4, alert", in the order in which the words first come.
pub(super) fn counted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut counts: IndexMap<&str, usize> = IndexMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    let words = counts.iter().map(|(word, n)| if *n > 1 { format!("{word} ×{n}") } else { (*word).to_string() });
    words.collect::<Vec<_>>().join(", ")
}

/// Posts of a public status page, in time order.
pub(super) fn communication(ctx: &Ctx) -> Vec<EntryView> {
    let all = &ctx.incident.timeline.entries;
    all.iter().filter(|e| e.kind == EventKind::PublicUpdate && !e.edit.hide).map(|e| entry(ctx, e)).collect()
}

/// One entry.
pub(super) fn entry(ctx: &Ctx, entry: &TimelineEntry) -> EntryView {
    let title = text::short(&entry.title, TITLE);
    let body = text::short(&entry.text, TEXT);
    let (kind, kind_text) = match kind(entry.kind) {
        ("public_update", _) if of_provider(ctx, entry) => ("provider_update", "provider's update"),
        known => known,
    };
    EntryView {
        id: text::line(&entry.id),
        at: ctx.times.at(&entry.at),
        until: entry.until.as_ref().map(|u| ctx.times.at(u)),
        kind: kind.into(),
        kind_text: kind_text.into(),
        tier: match entry.tier {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 3,
        },
        text: if title.starts_with(&body) || body.is_empty() { String::new() } else { body },
        title,
        actor: entry.actor.as_ref().map(|a| text::short(&a.name, 60)).unwrap_or_default(),
        machine: entry.actor.as_ref().is_some_and(|a| a.kind == ActorKind::Machine),
        services: entry.services.iter().map(|s| text::line(s)).collect(),
        status: entry.status.as_deref().map(text::line).unwrap_or_default(),
        raw_time: text::line(&entry.raw_time),
        lag: match entry.lag_s {
            Some(s) if s > 0 => format!("written {} later", text::duration(s)),
            _ => String::new(),
        },
        clock: clock(ctx, entry),
        severity: severity(ctx, entry.at.seconds()),
        sources: paths(ctx, entry),
        at_s: entry.at.seconds(),
        witnesses: entry.witnesses(),
        note: entry.edit.note.as_deref().map(|note| text::short(note, TEXT)).unwrap_or_default(),
        read_title: entry.edit.title.as_deref().map(|title| text::short(title, TITLE)).unwrap_or_default(),
        pinned: entry.edit.pin,
        refs: ctx.cites.of(&entry.evidence),
    }
}

/// Whether all services it speaks of are somebody else's: declared external, or of a trigger from outside.
fn of_provider(ctx: &Ctx, entry: &TimelineEntry) -> bool {
    let declared = |name: &String| ctx.incident.edition.services.services.get(name).is_some_and(|i| i.external);
    let outside = ctx.incident.findings.triggers.iter().filter(|t| t.kind == TriggerKind::Provider);
    let theirs = |name: &String| outside.clone().any(|t| t.services.contains(name));
    !entry.services.is_empty() && entry.services.iter().all(|name| declared(name) || theirs(name))
}

/// What was written, and the offset with which it was read.
fn clock(ctx: &Ctx, entry: &TimelineEntry) -> String {
    if entry.raw_time.is_empty() {
        return String::new();
    }
    let decision = entry.evidence.first().and_then(|c| super::sources::clock_of(ctx.incident, c));
    let offset = decision.map(|d| format!("UTC{} ", super::sources::offset(d.offset_s))).unwrap_or_default();
    format!("written {}, {offset}{}", text::short(&entry.raw_time, 60), super::basis_word(entry.at.basis))
}

/// The level of the severity track at a moment.
fn severity(ctx: &Ctx, at_s: i64) -> String {
    let track = &ctx.incident.timeline.severity;
    let over = track.ends_at.is_some_and(|end| at_s > end.seconds());
    let step = track.steps.iter().rev().find(|s| s.at.seconds() <= at_s).filter(|_| !over);
    step.map(|s| text::line(&s.to.word)).unwrap_or_default()
}

fn paths(ctx: &Ctx, entry: &TimelineEntry) -> Vec<String> {
    let mut paths: Vec<String> = entry
        .evidence
        .iter()
        .filter_map(|c| ctx.incident.sources.get(c.source.0 as usize))
        .map(|s| text::line(&s.info.path))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Name and words of a kind.
pub(in crate::report) fn kind(kind: EventKind) -> (&'static str, &'static str) {
    match kind {
        EventKind::AlertFired => ("alert_fired", "alert"),
        EventKind::AlertResolved => ("alert_resolved", "alert resolved"),
        EventKind::Page => ("page", "page"),
        EventKind::Ack => ("ack", "acknowledged"),
        EventKind::Escalation => ("escalation", "paging escalated"),
        EventKind::SeverityChange => ("severity_change", "severity"),
        EventKind::StatusChange => ("status_change", "status"),
        EventKind::PublicUpdate => ("public_update", "public update"),
        EventKind::Deploy => ("deploy", "deploy"),
        EventKind::Rollback => ("rollback", "rollback"),
        EventKind::ConfigChange => ("config_change", "config change"),
        EventKind::HumanAction => ("human_action", "action"),
        EventKind::Silence => ("silence", "silence"),
        EventKind::Chat => ("chat", "chat"),
        EventKind::Platform => ("platform", "platform"),
        EventKind::Annotation => ("annotation", "annotation"),
        EventKind::Prose => ("prose", "write-up"),
        EventKind::Computed => ("computed", "computed"),
    }
}
