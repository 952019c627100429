//! Low-volume records of what people and machines did.

use serde::{Deserialize, Serialize};

use super::{Exemplar, SeverityWord, SourceId, Timestamp};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An alert rule began to fire.
    AlertFired,
    /// An alert ended.
    AlertResolved,
    /// Somebody was paged or notified.
    Page,
    /// Somebody acknowledged.
    Ack,
    /// Paging went a step further (not a severity change).
    Escalation,
    /// The incident's severity was set or changed; `severity` says from what to what.
    SeverityChange,
    /// The incident's state changed (declared, identified, mitigated, resolved); `status` says to what.
    StatusChange,
    /// A post on a public status page.
    PublicUpdate,
    /// Software was deployed.
    Deploy,
    /// A deployment was undone.
    Rollback,
    /// Configuration, a flag, a credential or a schema changed.
    ConfigChange,
    /// A person did something (command, manual action, note).
    HumanAction,
    /// Somebody silenced alerts.
    Silence,
    /// A chat message.
    Chat,
    /// A platform said something of itself (Kubernetes event, failover).
    Platform,
    /// A mark on a dashboard.
    Annotation,
    /// A dated sentence or table row of a write-up.
    Prose,
    /// A moment that the data shows (onset, peak, recovery); nobody told it, so it has no witness.
    Computed,
}

impl EventKind {
    /// Whether this kind may have set an incident off.
    pub fn is_change(self) -> bool {
        matches!(self, EventKind::Deploy | EventKind::Rollback | EventKind::ConfigChange)
    }

    /// Whether a machine calls for attention: a rule fired, or somebody was paged.
    pub fn is_alert(self) -> bool {
        matches!(self, EventKind::AlertFired | EventKind::Page)
    }
}

/// Whether a person or a machine acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person.
    Human,
    /// A bot, rule, controller or integration.
    Machine,
}

/// Who acted, as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// Name as written.
    pub name: String,
    /// Person or machine.
    pub kind: ActorKind,
}

/// A severity step as one witness tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityChange {
    /// Severity before, when said.
    pub from: Option<SeverityWord>,
    /// Severity after.
    pub to: SeverityWord,
}

/// How much a person's hand has marked this event as important.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Curation {
    /// Not at all.
    #[default]
    None,
    /// Somebody reacted.
    Reacted,
    /// Somebody pinned it or marked it important.
    Pinned,
}

/// Something that happened. `T` is `RawTime` before alignment and [`Timestamp`] after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event<T = Timestamp> {
    /// Stable id, derived from its own line only (so neither other files nor where it lies can change it);
    /// empty before alignment.
    #[serde(default)]
    pub id: String,
    /// Which source; 0 before alignment.
    #[serde(default)]
    pub source: SourceId,
    /// When it happened.
    pub at: T,
    /// When it ended, for things with a length.
    pub until: Option<T>,
    /// When it was written down, where that differs from `at` (reporting lag).
    pub written_at: Option<T>,
    /// The stamp as written.
    pub raw_time: String,
    /// What kind of thing.
    pub kind: EventKind,
    /// Who.
    pub actor: Option<Actor>,
    /// Services concerned, as written.
    pub services: Vec<String>,
    /// One line for a person.
    pub title: String,
    /// The whole text, when there is more than the title.
    pub text: String,
    /// What a commit changed, as a unified diff: bounded, kept apart from what people said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub diff: String,
    /// Severity step, for [`EventKind::SeverityChange`] (and alerts and pages that carry one).
    pub severity: Option<SeverityChange>,
    /// State word (`investigating`, `resolved`, `acknowledged`, `success`, …).
    pub status: Option<String>,
    /// Ids that other sources may share: `("incident", "Q1…")`, `("sha", "…")`, `("alert", "…")`.
    pub ids: Vec<(String, String)>,
    /// Mark of a person's hand.
    pub curation: Curation,
    /// The evidence: place and raw text.
    pub evidence: Exemplar,
}

impl<T> Event<T> {
    /// An event with the required parts; the rest is filled by assignment.
    pub fn new(
        kind: EventKind,
        at: T,
        raw_time: impl Into<String>,
        title: impl Into<String>,
        evidence: Exemplar,
    ) -> Self {
        Event {
            id: String::new(),
            source: SourceId::default(),
            at,
            until: None,
            written_at: None,
            raw_time: raw_time.into(),
            kind,
            actor: None,
            services: Vec::new(),
            title: title.into(),
            text: String::new(),
            diff: String::new(),
            severity: None,
            status: None,
            ids: Vec::new(),
            curation: Curation::None,
            evidence,
        }
    }

    /// The same event with every stamp converted by `convert`.
    pub fn map_time<U>(self, mut convert: impl FnMut(T) -> U) -> Event<U> {
        Event {
            at: convert(self.at),
            until: self.until.map(&mut convert),
            written_at: self.written_at.map(&mut convert),
            id: self.id,
            source: self.source,
            raw_time: self.raw_time,
            kind: self.kind,
            actor: self.actor,
            services: self.services,
            title: self.title,
            text: self.text,
            diff: self.diff,
            severity: self.severity,
            status: self.status,
            ids: self.ids,
            curation: self.curation,
            evidence: self.evidence,
        }
    }
}
