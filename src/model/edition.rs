//! What people add to an incident, and what was done to this copy of it before it left.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};

use super::ServiceCatalog;

/// What `recount.toml` says of one event, by the event's stable id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventEdit {
    /// Stands open in the timeline, whatever its kind.
    pub pin: bool,
    /// Is left out of every timeline that is shown; `incident.json` keeps it, marked.
    pub hide: bool,
    /// Shown instead of the title that was read.
    pub title: Option<String>,
    /// A remark of a person, shown below the event.
    pub note: Option<String>,
}

impl EventEdit {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == EventEdit::default()
    }
}

/// One thing to be done. Everything but `what` may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActionItem {
    /// What is to be done, and how it will be known to work.
    pub what: String,
    /// The sort of remedy (prevent, mitigate, detect, repair, or any other word).
    #[serde(rename = "type")]
    pub kind: String,
    /// Who sees to it.
    pub owner: String,
    /// Until when, as written; TOML may write it as a date without quotes.
    #[serde(deserialize_with = "written")]
    pub due: String,
    /// Where it is tracked.
    pub ticket: String,
}

/// A text, or a date of TOML as text.
fn written<'de, D: Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Due {
        Text(String),
        Date(toml::value::Datetime),
    }
    Due::deserialize(d).map(|due| match due {
        Due::Text(text) => text,
        Due::Date(date) => date.to_string(),
    })
}

/// How people are named in what leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameStyle {
    /// As written.
    #[default]
    Full,
    /// "J. D."
    Initials,
    /// The role that `recount.toml` gives, else a number: "responder 2".
    Roles,
}

/// What is to be taken out of every text besides secrets, which always are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedactRules {
    /// Card numbers and IBANs; `None` for yes.
    pub accounts: Option<bool>,
    /// E-mail addresses; `None` for where an incident is told, not where records are printed.
    pub emails: Option<bool>,
    /// Network addresses; `None` for no.
    pub ips: Option<bool>,
    /// Patterns of one's own by the name of what they find; a group in a pattern is taken out alone.
    pub rules: IndexMap<String, String>,
}

/// How often text of one kind was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// `token`, `email`, …, the name of a rule of one's own, or `name`.
    pub kind: String,
    /// Different values.
    pub values: u64,
    /// Places in which they stood.
    pub places: u64,
}

/// What of the evidence the user asked for; everything else was left out before anything was measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// First second kept, UTC; `None` without a lower bound.
    pub since_s: Option<i64>,
    /// First second no longer kept, UTC; `None` without an upper bound.
    pub until_s: Option<i64>,
    /// How the bounds were given (`onset-30m`), empty where they were not.
    pub asked: [String; 2],
    /// Canonical services kept; empty for all.
    pub services: Vec<String>,
    /// Log records and requests left out.
    pub records: u64,
    /// Metric points left out.
    pub points: u64,
    /// Events left out.
    pub events: u64,
}

/// How this copy of an incident differs from what the evidence alone gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edition {
    /// Sections that people wrote, by key (`root_cause`, `went_well`, …), in their order; paragraphs
    /// parted by an empty line.
    pub narrative: IndexMap<String, String>,
    /// What is to be done.
    pub action_items: Vec<ActionItem>,
    /// What was declared of services.
    pub services: ServiceCatalog,
    /// What was left out because the user asked for a part.
    pub cut: Option<Cut>,
    /// How people are named.
    pub names: NameStyle,
    /// What was taken out of every text, by kind.
    pub redactions: Vec<Redaction>,
}
