//! Events in order, duplicates merged, and the severity track.

use serde::{Deserialize, Serialize};

use super::{Actor, Citation, EventEdit, EventKind, SeverityWord, Timestamp};

/// How prominent an entry is by default (shared event catalogue §2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Severity, status, onset, recovery, changes, public updates, milestones.
    One,
    /// Pinned or reacted chat, acks, human actions.
    Two,
    /// Everything else, folded.
    Three,
}

/// One row of the timeline: an event, or several witnesses of the same one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// Stable id (of its first witness).
    pub id: String,
    /// When; the most precise witness speaks.
    pub at: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
    /// What kind.
    pub kind: EventKind,
    /// How prominent.
    pub tier: Tier,
    /// One line.
    pub title: String,
    /// The whole text, may be empty.
    pub text: String,
    /// Who.
    pub actor: Option<Actor>,
    /// Canonical services concerned.
    pub services: Vec<String>,
    /// Stamp as written by the first witness.
    pub raw_time: String,
    /// Reporting lag in seconds, when written down later than it happened.
    pub lag_s: Option<i64>,
    /// State word, when it has one.
    pub status: Option<String>,
    /// Every witness, never empty; distinct sources are what counts as witnesses.
    pub evidence: Vec<Citation>,
    /// Ids of the other witnesses: an edit by any of them is an edit of this entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What people said of it; its `title` then is the one that was read, while [`TimelineEntry::title`]
    /// is the one they gave.
    #[serde(default, skip_serializing_if = "EventEdit::is_empty")]
    pub edit: EventEdit,
}

impl TimelineEntry {
    /// Number of distinct sources that tell of it; none tells of what was computed.
    pub fn witnesses(&self) -> usize {
        if self.kind == EventKind::Computed {
            return 0;
        }
        let mut sources: Vec<_> = self.evidence.iter().map(|c| c.source).collect();
        sources.sort_unstable();
        sources.dedup();
        sources.len()
    }
}

/// One step of the severity track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeverityStep {
    /// Severity before; `None` for the first.
    pub from: Option<SeverityWord>,
    /// Severity after.
    pub to: SeverityWord,
    /// When, by the best witness.
    pub at: Timestamp,
    /// Whether this made it worse (`None` for the first step).
    pub escalation: Option<bool>,
    /// Who.
    pub actor: Option<Actor>,
    /// Witnesses that agree on the time.
    pub evidence: Vec<Citation>,
    /// Witnesses that give another time for the same step: shown, never averaged.
    pub conflicts: Vec<(Timestamp, Citation)>,
}

/// Time spent at one severity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeAtLevel {
    /// Which.
    pub severity: SeverityWord,
    /// Seconds.
    pub seconds: i64,
}

/// Severity of the incident as a step function of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeverityTrack {
    /// Steps in time order.
    pub steps: Vec<SeverityStep>,
    /// Time at each, in order of first appearance; the last runs to `ends_at`.
    pub time_at: Vec<TimeAtLevel>,
    /// When the last level ends: resolution when known.
    pub ends_at: Option<Timestamp>,
    /// What had to be assumed ("ladder start assumed 1").
    pub note: Option<String>,
}

/// All entries and the severity track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Entries sorted by (time, source, line).
    pub entries: Vec<TimelineEntry>,
    /// Severity over time, of the entries inside `story_ns`.
    pub severity: SeverityTrack,
    /// Moments computed from the data, sorted like the entries and kept apart from them: they are
    /// shown among them and witness nothing.
    #[serde(default)]
    pub computed: Vec<TimelineEntry>,
    /// First and last moment (UTC ns) of the entries that lie together with the incident, without
    /// days of silence between them; `None` when no entry does. What lies outside is another story:
    /// it stays in `entries`, and no milestone is taken from it.
    #[serde(default)]
    pub story_ns: Option<(i64, i64)>,
}

impl Timeline {
    /// Entries of the story, in time order.
    pub fn story(&self) -> impl Iterator<Item = &TimelineEntry> {
        let inside = |at: i64| self.story_ns.is_some_and(|(from, to)| (from..=to).contains(&at));
        self.entries.iter().filter(move |e| inside(e.at.utc_ns))
    }

    /// Everything to show, in time order; of one moment what was told comes first. What people hid is
    /// not among it.
    pub fn shown(&self) -> Vec<&TimelineEntry> {
        let mut all: Vec<&TimelineEntry> = self.everything().filter(|e| !e.edit.hide).collect();
        all.sort_by_key(|e| e.at.utc_ns);
        all
    }

    /// Entries and computed moments, hidden ones too.
    pub fn everything(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.entries.iter().chain(&self.computed)
    }

    /// Number of entries that people hid.
    pub fn hidden(&self) -> usize {
        self.everything().filter(|e| e.edit.hide).count()
    }
}
