//! People: who is named in an incident, and what they are called instead.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use regex::{Regex, RegexBuilder};

use crate::model::{Actor, ActorKind, Incident, NameStyle};

/// Words that tell a role, a team or a machine account rather than a person.
const ROLES: &[&str] = &[
    "oncall",
    "call",
    "commander",
    "lead",
    "leader",
    "team",
    "sre",
    "engineer",
    "engineers",
    "engineering",
    "manager",
    "duty",
    "operator",
    "operators",
    "operations",
    "ops",
    "support",
    "scribe",
    "liaison",
    "security",
    "noc",
    "bot",
    "admin",
    "root",
    "responder",
    "customer",
    "customers",
    "page",
    "status",
    "user",
    "users",
    "author",
    "deployer",
    "deploy",
    "platform",
    "storage",
    "network",
    "service",
    "system",
    "release",
    "infra",
    "infrastructure",
    "director",
    "staff",
    "analyst",
    "developer",
    "owner",
    "maintainer",
    "communications",
    "comms",
    "incident",
    "monitoring",
    "automation",
];

/// First or last names that are English words too: alone they stay.
const WORDS: &[&str] = &[
    "will", "mark", "grace", "hope", "rose", "may", "april", "june", "art", "bill", "drew", "frank", "rich", "chase",
    "grant", "pat", "sue", "miles", "sunny", "summer", "dawn", "joy", "faith", "max", "page", "dean", "guy", "king",
    "young", "long", "white", "black", "brown", "green", "gray", "grey", "bell", "cook", "day", "field", "fox", "hall",
    "hill", "lane", "law", "moon", "park", "penny", "pool", "power", "price", "ray", "reed", "rock", "root", "sky",
    "snow", "stone", "storm", "wood", "woods", "mason", "carter", "cooper", "small", "large", "short", "strong",
    "love", "june", "august", "summers", "winter",
];

/// Who is to be named how.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// How.
    pub style: NameStyle,
    /// Roles that people gave, by name.
    pub roles: &'a IndexMap<String, String>,
    /// People known besides those who act.
    pub directory: &'a [String],
}

/// Names to replace, longest first, and what by.
pub(super) struct Names {
    pattern: Option<Regex>,
    instead: BTreeMap<String, String>,
}

impl Names {
    /// The people who act in `incident` or are known besides, as `who` calls them.
    pub(super) fn of(incident: &Incident, who: &People<'_>) -> Result<Names, regex::Error> {
        let (style, roles) = (who.style, who.roles);
        let mut instead: BTreeMap<String, String> = BTreeMap::new();
        if style == NameStyle::Full {
            return Ok(Names { pattern: None, instead });
        }
        let services: BTreeSet<String> = incident.rates.services.iter().map(|s| s.service.to_lowercase()).collect();
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let besides = who.directory.iter().filter(|name| name.chars().count() > 2);
        for name in people(incident).into_iter().chain(roles.keys().cloned()).chain(besides.cloned()) {
            let known = |given: &&String| given.to_lowercase() == name.to_lowercase();
            let role = roles.keys().find(known).and_then(|given| roles.get(given));
            if instead.contains_key(&name)
                || (role.is_none() && (is_role(&name) || services.contains(&name.to_lowercase())))
            {
                continue;
            }
            let called = match (style, role) {
                (NameStyle::Initials, _) => numbered(&mut taken, initials(&name), true),
                (_, Some(role)) => role.clone(),
                (_, None) => numbered(&mut taken, "responder".to_string(), false),
            };
            for spelling in spellings(&name) {
                instead.entry(spelling).or_insert_with(|| called.clone());
            }
        }
        let mut all: Vec<&String> = instead.keys().collect();
        all.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let edge = |name: &str, at: Option<char>| {
            if at.is_some_and(|c| c.is_alphanumeric()) { format!(r"\b{name}\b") } else { name.to_string() }
        };
        let parts: Vec<String> = all.iter().map(|name| edge(&regex::escape(name), name.chars().next())).collect();
        let pattern = RegexBuilder::new(&parts.join("|")).size_limit(64 << 20).build()?;
        Ok(Names { pattern: (!parts.is_empty()).then_some(pattern), instead })
    }

    /// Ranges of `text` that hold a name, each with what stands there instead.
    pub(super) fn find(&self, text: &str) -> Vec<((usize, usize), String)> {
        let Some(pattern) = &self.pattern else { return Vec::new() };
        let found = pattern.find_iter(text).filter_map(|m| {
            let called = self.instead.get(m.as_str())?;
            (called != m.as_str()).then(|| ((m.start(), m.end()), called.clone()))
        });
        found.collect()
    }
}

/// People who act under a name that tells no role, in order of first appearance.
pub fn persons(incident: &Incident) -> Vec<String> {
    people(incident).into_iter().filter(|name| !is_role(name)).collect()
}

/// Who acts and is no machine, in order of first appearance.
fn people(incident: &Incident) -> Vec<String> {
    let human = |actor: &Option<Actor>| actor.as_ref().filter(|a| a.kind == ActorKind::Human).map(|a| a.name.clone());
    let mut all: Vec<String> = Vec::new();
    let entries = incident.timeline.entries.iter().map(|e| &e.actor);
    let steps = incident.timeline.severity.steps.iter().map(|s| &s.actor);
    for name in entries.chain(steps).filter_map(human) {
        let name = name.trim().trim_start_matches('@').to_string();
        if name.chars().count() > 1 && name.chars().any(char::is_alphabetic) && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn is_role(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.any(|word| ROLES.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit())))
}

/// "J. D." of "Jane Doe" and of "jane.doe@example.org".
fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or(name);
    let words = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    let letters: Vec<String> = words.map(|c| format!("{}.", c.to_uppercase())).collect();
    letters.join(" ")
}

/// `word` with a number: always, or from the second one on.
fn numbered(taken: &mut BTreeMap<String, usize>, word: String, first_alone: bool) -> String {
    let count = taken.entry(word.clone()).or_default();
    *count += 1;
    if first_alone && *count == 1 { word } else { format!("{word} {count}") }
}

/// The name as written, as JSON writes it, and of a name of several words each of them.
fn spellings(name: &str) -> Vec<String> {
    let mut all = vec![name.to_string()];
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.len() > 1 {
        all.push(words.join("."));
        all.push(words.join(".").to_lowercase());
        let plain =
            |word: &&str| word.chars().count() >= 3 && word.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'');
        let told = |word: &&str| word.starts_with(char::is_uppercase) && !WORDS.contains(&word.to_lowercase().as_str());
        all.extend(words.into_iter().filter(plain).filter(told).map(str::to_string));
    }
    let escaped = |text: &String| {
        let mut out = String::new();
        for c in text.chars() {
            let mut units = [0_u16; 2];
            if c.is_ascii() {
                out.push(c)
            } else {
                c.encode_utf16(&mut units).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}")))
            }
        }
        out
    };
    let more: Vec<String> = all.iter().filter(|text| !text.is_ascii()).map(escaped).collect();
    all.extend(more);
    all
}
