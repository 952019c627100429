//! Redaction: what must not leave is taken out of every text in one place, before anything is rendered.
//!
//! A value is replaced by `[redacted KIND N]`, where N tells different values of one kind apart and is the same
//! wherever the value stands: that one address failed forty times can still be seen. What identifies evidence
//! stays: hashes of files, ids of events, versions.

mod names;
mod rules;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use regex::Regex;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::model::{Exemplar, Incident, NameStyle, RedactRules, Redaction};
use names::Names;
pub use names::{People, persons};
use rules::Rule;

/// Makes the rules of one sort.
type MakeRules = fn() -> std::result::Result<Vec<Rule>, regex::Error>;

/// Values of one kind that are told apart; of those beyond, the number is left out.
const MOST: usize = 10_000;
/// Keys whose values identify evidence or are words of the schema.
const KEPT: &[&str] = &[
    "sha256",
    "id",
    "event",
    "also",
    "commit",
    "utc",
    "kind",
    "tier",
    "basis",
    "precision",
    "clock",
    "encoding",
    "measure",
    "bound",
    "format",
    "vocabulary",
    "names",
    "asked",
];

/// Fields that hold objects whose keys are names.
const NAMED: &[&str] = &["services", "narrative"];

/// What takes text out, and counts what it took.
pub struct Redactor {
    rules: Vec<Rule>,
    names: Option<Names>,
    placeholder: Regex,
    /// Whether texts may be excerpts that end in the middle of a word.
    excerpts: bool,
    /// Number of each value, by kind and hash of the value.
    seen: BTreeMap<(String, u64), u64>,
    counts: BTreeMap<String, (u64, u64)>,
}

impl Redactor {
    /// Secrets and account numbers, and what `rules` ask for besides.
    ///
    /// # Errors
    /// [`Error::Usage`] for a rule whose pattern is none.
    pub fn new(rules: &RedactRules) -> Result<Redactor> {
        let mut all: Vec<Rule> = Vec::new();
        for (kind, pattern) in &rules.rules {
            let own = Rule::own(kind, pattern).map_err(|e| Error::Usage {
                option: format!("recount.toml [redact.rules] {kind}"),
                message: format!("expected a pattern (https://docs.rs/regex), found \"{pattern}\" ({e})"),
            })?;
            all.push(own);
        }
        let wanted: [(bool, MakeRules); 4] = [
            (true, rules::secrets),
            (rules.accounts.unwrap_or(true), rules::accounts),
            (rules.emails.unwrap_or(false), rules::emails),
            (rules.ips.unwrap_or(false), rules::ips),
        ];
        for (_, make) in wanted.iter().filter(|(on, _)| *on) {
            all.extend(make().map_err(internal)?);
        }
        let placeholder = Regex::new(r"\[redacted [^\]\n]{1,60}\]").map_err(internal)?;
        Ok(Redactor {
            rules: all,
            names: None,
            placeholder,
            excerpts: false,
            seen: BTreeMap::new(),
            counts: BTreeMap::new(),
        })
    }

    /// `text` without what must not leave.
    pub fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let ranges = self.ranges(text);
        if ranges.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (from, to, kind, called) in ranges {
            out.push_str(text.get(done..from).unwrap_or_default());
            let value = text.get(from..to).unwrap_or_default();
            let number = self.count(&kind, value);
            match (called, number) {
                (Some(called), _) => out.push_str(&called),
                (None, Some(n)) => out.push_str(&format!("[redacted {kind} {n}]")),
                (None, None) => out.push_str(&format!("[redacted {kind}]")),
            }
            done = to;
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// What to take out, in order and apart: where rules overlap, all of it goes under the first one's name.
    fn ranges(&self, text: &str) -> Vec<(usize, usize, String, Option<String>)> {
        let lower = text.to_lowercase();
        let mut found: Vec<(usize, usize, usize, String, Option<String>)> = Vec::new();
        let mut places = Vec::new();
        for (order, rule) in self.rules.iter().enumerate() {
            rule.find(text, &lower, &mut places);
            found.extend(places.drain(..).map(|(from, to)| (from, to, order, rule.kind.clone(), None)));
        }
        let cut = if self.excerpts { cut_short(text) } else { None };
        found.extend(cut.map(|(from, to)| (from, to, self.rules.len(), "token".to_string(), None)));
        if let Some(names) = &self.names {
            let named = names.find(text).into_iter();
            found.extend(named.map(|((from, to), called)| (from, to, usize::MAX, "name".to_string(), Some(called))));
        }
        if found.is_empty() {
            return Vec::new();
        }
        let held: Vec<(usize, usize)> = self.placeholder.find_iter(text).map(|m| (m.start(), m.end())).collect();
        found.retain(|f| !held.iter().any(|h| f.0 < h.1 && h.0 < f.1));
        found.sort_by_key(|f| (f.0, f.2));
        let mut out: Vec<(usize, usize, usize, String, Option<String>)> = Vec::new();
        for next in found {
            match out.last_mut() {
                Some(last) if next.0 < last.1 => {
                    let to = last.1.max(next.1);
                    if next.2 < last.2 {
                        *last = (last.0, to, next.2, next.3, next.4);
                    }
                    last.1 = to;
                }
                _ => out.push(next),
            }
        }
        out.into_iter().map(|(from, to, _, kind, called)| (from, to, kind, called)).collect()
    }

    /// The number of `value` among those of its kind.
    fn count(&mut self, kind: &str, value: &str) -> Option<u64> {
        let counts = self.counts.entry(kind.to_string()).or_default();
        counts.1 += 1;
        let mut hash = DefaultHasher::new();
        value.hash(&mut hash);
        let key = (kind.to_string(), hash.finish());
        if let Some(number) = self.seen.get(&key) {
            return Some(*number);
        }
        if counts.0 as usize >= MOST {
            return None;
        }
        counts.0 += 1;
        self.seen.insert(key, counts.0);
        Some(counts.0)
    }

    /// `value` with every text in it redacted.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be taken apart and put together again.
    pub fn all<T: Serialize + DeserializeOwned>(&mut self, value: T) -> Result<T> {
        let mut parts = serde_json::to_value(&value).map_err(internal)?;
        if !self.walk(&mut parts) {
            return Ok(value);
        }
        serde_json::from_value(parts).map_err(internal)
    }

    /// Redacts what lies below `value`; whether anything was.
    fn walk(&mut self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.text(text) {
                Cow::Borrowed(_) => false,
                Cow::Owned(clean) => {
                    *text = clean;
                    true
                }
            },
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.walk(item) | any),
            Value::Object(fields) => {
                // The two ends of a measured length are words of the schema, those of an edge are names.
                let ends = fields.contains_key("formula") && fields.contains_key("seconds");
                let kept = |key: &str| KEPT.contains(&key) || (ends && matches!(key, "from" | "to"));
                let mut any = false;
                for (key, item) in fields.iter_mut().filter(|(key, _)| !kept(key)) {
                    any |= self.walk(item);
                    if let (true, Value::Object(named)) = (NAMED.contains(&key.as_str()), item) {
                        any |= self.keys(named);
                    }
                }
                any
            }
            _ => false,
        }
    }

    /// Redacts the keys of an object, where they are names and not words of the schema.
    fn keys(&mut self, named: &mut Map<String, Value>) -> bool {
        let changed: Vec<(String, String)> = named
            .keys()
            .filter_map(|key| match self.text(key) {
                Cow::Borrowed(_) => None,
                Cow::Owned(clean) => Some((key.clone(), clean)),
            })
            .collect();
        for (key, clean) in &changed {
            if let Some(item) = named.remove(key) {
                named.insert(clean.clone(), item);
            }
        }
        !changed.is_empty()
    }

    /// What was taken out so far, by kind.
    pub fn told(&self) -> Vec<Redaction> {
        let row = |(kind, (values, places)): (&String, &(u64, u64))| Redaction {
            kind: kind.clone(),
            values: *values,
            places: *places,
        };
        self.counts.iter().map(row).collect()
    }
}

/// Redacts every text of an incident and names its people as `people` says; the edition tells how often. What
/// was redacted before stays so, and is added up.
///
/// # Errors
/// As [`Redactor::new`] and [`Redactor::all`].
pub fn incident(mut incident: Incident, rules: &RedactRules, people: &People<'_>) -> Result<Incident> {
    let mut redactor = Redactor::new(rules)?;
    redactor.excerpts = true;
    redactor.names = Some(Names::of(&incident, people).map_err(internal)?);
    let before = std::mem::take(&mut incident.edition.redactions);
    let mut clean = redactor.all(incident)?;
    let mut told = redactor.told();
    for old in before {
        match told.iter_mut().find(|new| new.kind == old.kind) {
            Some(new) => (new.values, new.places) = (new.values + old.values, new.places + old.places),
            None => told.push(old),
        }
    }
    told.sort_by(|a, b| a.kind.cmp(&b.kind));
    clean.edition.redactions = told;
    if people.style != NameStyle::Full {
        clean.edition.names = people.style;
    }
    Ok(clean)
}

/// The last word of an excerpt that was cut in the middle of it, when a secret or an address may begin there.
fn cut_short(text: &str) -> Option<(usize, usize)> {
    const BEGINNINGS: &[&str] =
        &["AKIA", "ASIA", "gh", "glpat", "xox", "eyJ", "sk_", "sk-", "rk_", "AIza", "hvs.", "npm_", "pypi-"];
    let cut = (Exemplar::MAX_TEXT - 3..=Exemplar::MAX_TEXT).contains(&text.len()) || text.ends_with('…');
    if !cut {
        return None;
    }
    let from = text.rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')).map_or(0, |at| at + 1);
    let tail = text.get(from..)?;
    let mixed = tail.len() >= 12
        && tail.contains(|c: char| c.is_ascii_digit())
        && tail.contains(|c: char| c.is_ascii_uppercase())
        && tail.contains(|c: char| c.is_ascii_lowercase());
    let begins = BEGINNINGS.iter().any(|word| tail.contains(word)) && tail.len() >= 6;
    let address = tail.contains('@') || tail.split_once("://").is_some_and(|(_, rest)| rest.contains(':'));
    (mixed || begins || address).then_some((from, text.len()))
}

/// A failure of a library under this module.
fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal { step: "redacting", message: error.to_string() }
}
