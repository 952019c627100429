//! Sections that only people can write: what they wrote, or a placeholder with what the evidence
//! suggests. A hint is a fact of this report put beside the question it may answer, never prose.

use indexmap::IndexMap;
use serde::Serialize;

use super::hints::{self, Found};
use super::{Ctx, Refs};
use crate::report::text;

/// A fact of the evidence that may help to write a section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hint {
    /// What sort of fact ("suspect 1", "time to detect").
    pub label: String,
    /// The fact.
    pub text: String,
    /// Lines.
    pub refs: Refs,
}

/// A section for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeopleSection {
    /// Name in `[narrative]` of `recount.toml`.
    pub key: String,
    /// Heading.
    pub title: String,
    /// What belongs there.
    pub prompt: String,
    /// Paragraphs that people wrote; empty while nobody has.
    pub paragraphs: Vec<String>,
    /// What the evidence suggests; empty when it suggests nothing.
    pub hints: Vec<Hint>,
}

/// Key, heading and prompt of the sections for people. A template set shows those that it asks for.
const PEOPLE: [(&str, &str, &str); 18] = [
    ("summary", "Summary", "What happened, in the words of those who were there."),
    ("background", "Background", "How the systems that failed work together, for a reader who does not know them."),
    (
        "what_it_was_not",
        "What it was not",
        "Whether it was an attack, and whether data was lost or exposed: say it once.",
    ),
    ("customer_impact", "Customer impact", "How many customers, what they saw, tickets, money."),
    ("root_cause", "Root cause", "What made this possible, in the words of those who know the system."),
    ("contributing_factors", "Contributing factors", "What made it worse, longer or harder to see."),
    ("detection", "How detection could be faster", "How the time to detect could be halved."),
    ("obstacles", "What got in the way", "What slowed the people who responded: access, tools, knowledge, hand-overs."),
    ("mitigation", "Mitigation and resolution", "What was done, what helped, and how recovery was verified."),
    ("went_well", "What went well", "What limited the harm, and should be kept."),
    ("went_badly", "What went badly", "What slowed detection, response or recovery."),
    ("luck", "Where we were lucky", "What could have made it worse, and did not."),
    ("surprise", "Why we were surprised", "What people believed of the system before, and what it did instead."),
    ("themes", "Themes", "What this has in common with other incidents; what to talk about next."),
    (
        "recurrence",
        "Has it happened before",
        "Earlier incidents of this kind; `recount compare` tells how alike two are.",
    ),
    ("message_internal", "Internal message", "What colleagues are told: what happened, what it means for them."),
    (
        "message_external",
        "External message",
        "What customers are told: what they saw, from when to when, what is done about it.",
    ),
    ("action_items", "Action items", "Each with a type, an owner, a date, and how it will be known to work."),
];

/// Paragraphs, parted by an empty line.
fn paragraphs(written: &str) -> Vec<String> {
    written.split("\n\n").map(|p| text::line(p.trim())).filter(|p| !p.is_empty()).collect()
}

/// Every section for people by key, filled with what they wrote.
pub(super) fn sections(ctx: &Ctx, found: &Found) -> IndexMap<String, PeopleSection> {
    let narrative = &ctx.incident.edition.narrative;
    PEOPLE
        .into_iter()
        .map(|(key, title, prompt)| {
            let section = PeopleSection {
                key: key.into(),
                title: title.into(),
                prompt: prompt.into(),
                paragraphs: narrative.get(key).map(|written| paragraphs(written)).unwrap_or_default(),
                hints: hints::of(key, ctx, found),
            };
            (key.to_string(), section)
        })
        .collect()
}

/// Sections of people's own: keys that no built-in section has, in their order.
pub(super) fn own(narrative: &IndexMap<String, String>) -> Vec<PeopleSection> {
    let known = |key: &str| PEOPLE.iter().any(|(one, ..)| *one == key);
    let section = |(key, written): (&String, &String)| PeopleSection {
        key: format!("own-{}", key.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect::<String>()),
        title: titled(key),
        prompt: String::new(),
        paragraphs: paragraphs(written),
        hints: Vec::new(),
    };
    let own = narrative.iter().filter(|(key, _)| !known(key)).map(section);
    own.filter(|section| !section.paragraphs.is_empty()).collect()
}

/// "Customer contact" of `customer_contact`.
fn titled(key: &str) -> String {
    let words = text::short(&key.replace('_', " "), 80);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
