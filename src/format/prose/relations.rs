//! Causes, dependencies, severities and days that a sentence states.

use std::sync::LazyLock;

use regex::Regex;

use super::calendar::{self, Calendar};
use super::claims::Quote;
use super::cues;
use super::names::Mention;
use super::sentences::one_line;
use super::subjects::{Scope, first_list};
use super::times;
use crate::format::ascii::of_sentences;
use crate::model::{Claim, Measure, RawTime, SeverityWord};

/// Longest cause phrase kept, in characters.
const MAX_CAUSE: usize = 160;

static CAUSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?P<not>not\s+(?:\w+\s+)?)?(?:
            (?:(?:root|underlying)\s+)?cause\s+(?:of\s+[^.;]{1,60}?\s)?(?:was|is|stemmed\s+from|were)\s+(?:due\s+to\s+|traced\s+to\s+|identified\s+as\s+|found\s+to\s+be\s+)?
            | traced\s+(?:the\s+[\w\s]{1,30}?\s)?(?:back\s+)?to\s+
            | (?:due\s+to|caused\s+by|stemm(?:ed|ing)\s+from|result(?:ed|ing)\s+from|triggered\s+by|attributed\s+to|because\s+of|owing\s+to)\s+
            )",
    )
});

/// Words that make a sentence speak of the cause of the incident as a whole.
static WHOLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)\b(?:cause|outage|incident|disruption|it was caused|was caused)\b"));

static MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
});

/// Cause claims of a sentence. Causes of what happened in other months belong to other incidents.
pub(super) fn causes(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>, month: Option<u32>) -> Vec<Claim<RawTime>> {
    let (Some(cause), Some(whole), Some(months)) = (CAUSE.as_ref(), WHOLE.as_ref(), MONTH.as_ref()) else {
        return Vec::new();
    };
    let other_month = |text: &str| {
        months.find_iter(text).any(|m| month.is_some_and(|own| times::month(m.as_str()).is_some_and(|n| n != own)))
    };
    if other_month(sentence) {
        return Vec::new();
    }
    let Some(c) = cause.captures(sentence) else { return Vec::new() };
    let Some(found) = c.get(0) else { return Vec::new() };
    let rest = sentence.get(found.end()..).unwrap_or("");
    let phrase = cause_phrase(rest);
    let what = sentence.get(..found.end()).unwrap_or("");
    if phrase.is_empty() || cues::is_hypothetical(sentence) {
        return Vec::new();
    }
    let subjects = if whole.is_match(what) && scope.head.is_empty() {
        Vec::new()
    } else if scope.head.is_empty() {
        let what = sentence.get(..found.start()).unwrap_or("");
        let named = scope.names.mentions(what, &[]);
        let known: Vec<&Mention> = named.iter().filter(|m| m.known).collect();
        if known.is_empty() {
            return Vec::new();
        }
        first_list(what, &known).iter().map(|m| m.name.clone()).collect()
    } else {
        scope.head.clone()
    };
    let mut claim = quote.claim(Measure::Cause, subjects);
    claim.affirmed = c.name("not").is_none();
    claim.object = Some(phrase);
    vec![claim]
}

/// What ends a cause, besides the end of its sentence.
const CAUSE_ENDS: &[&str] = &[
    ";",
    "(",
    "”",
    "\"",
    ", which",
    " which ",
    ", and ",
    ", and,",
    ", a ",
    ", with ",
    ", affecting",
    ", preventing",
    " and no ",
    ", meaning",
    ", directly",
    ", leading",
    ", causing",
    ", impacting",
    ", resulting",
    ", so ",
    ", but ",
    ", while ",
    " – ",
    " — ",
];

/// The words of a cause, to where something else begins.
fn cause_phrase(rest: &str) -> String {
    let end = CAUSE_ENDS.iter().filter_map(|e| rest.find(e)).min().unwrap_or(rest.len());
    one_line(rest.get(..end).unwrap_or("").trim_end_matches(['.', '!', ',', ' ']), MAX_CAUSE)
}

/// Words before a dependency that undo it (lower case).
const UNDOING: &[&str] = &[
    "removing",
    "remove",
    "eliminating",
    "eliminate",
    "elimination of",
    "reducing",
    "reduce",
    "avoid",
    "ending",
    "end",
];

/// Verb between the one that depends and what it depends on.
static DEPENDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)(?P<not>\b(?:not|never)\s+)?(?:
            \b(?:rel(?:y|ies|ied|ying)|depend(?:s|ed|ing|ent)?)\s+(?:\w+ly\s+)?(?:up)?on\s+
            | \buse[sd]?\s+(?P<it>it\b)?
            | \b(?:is|are|was|were)\s+(?:built\s+(?:on|upon)(?:\s+top\s+of)?|backed\s+by|powered\s+by|hosted\s+on)\s+
            | \b(?:reliance|dependenc[ey]|dependencies)\s+(?:up)?on\s+
            | \bcascading\s+failures?\s+in\s+ )",
    )
});

static POWERS: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"(?i)\b(?:powers|underpins|backs)\s+"));
static USED_BY: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"(?i)\b(?:used|relied (?:up)?on) by\s+"));
static PROVIDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^(?:an?\s+|the\s+|its\s+|their\s+|that\s+|one\s+|any\s+)?(?:single\s+)?((?:[\w-]+\s+){0,4}?(?:provider|vendor|supplier|data store|object store|storage|backend|database))\b",
    )
});

/// Dependency claims of a sentence: both ends must be names of the document, or the object a
/// provider in words.
pub(super) fn dependencies(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let mentions: Vec<Mention> = scope.names.mentions(sentence, &[]).into_iter().filter(|m| m.known).collect();
    let mut out: Vec<Claim<RawTime>> = Vec::new();
    let found = DEPENDS.as_ref().map(|r| r.captures_iter(sentence).collect::<Vec<_>>()).unwrap_or_default();
    for c in found {
        let Some(verb) = c.get(0) else { continue };
        let before = sentence.get(..verb.start()).unwrap_or("").to_lowercase();
        let undone = before.split_whitespace().rev().take(3).any(|w| UNDOING.contains(&w));
        let noun =
            verb.as_str().to_lowercase().starts_with("relian") || verb.as_str().to_lowercase().starts_with("dependenc");
        let theirs = before.trim_start().starts_with("their") || before.trim_start().starts_with("its");
        if undone || cues::is_hypothetical(sentence) && c.name("not").is_none() {
            continue;
        }
        let users = users_before(scope, &mentions, verb.start(), !noun || theirs);
        let objects = match c.name("it") {
            Some(_) => scope.topic.iter().cloned().collect(),
            None => objects_after(sentence, &mentions, verb.end()),
        };
        let cascades = verb.as_str().to_lowercase().starts_with("cascading");
        push_edges(&mut out, quote, &users, &objects, c.name("not").is_none() || cascades);
    }
    for (verb, reversed) in [(&POWERS, true), (&USED_BY, true)] {
        let Some(at) = verb.as_ref().and_then(|r| r.find(sentence)) else { continue };
        let users = names_after(sentence, &mentions, at.end());
        let objects = users_before(scope, &mentions, at.start(), false);
        if reversed {
            push_edges(&mut out, quote, &users, &objects, true);
        }
    }
    out
}

/// One claim per object; an end is never its own other end.
fn push_edges(out: &mut Vec<Claim<RawTime>>, quote: &Quote<'_>, users: &[String], objects: &[String], affirmed: bool) {
    for object in objects {
        let users: Vec<String> = users.iter().filter(|u| *u != object).cloned().collect();
        let known = out.iter().any(|c| c.subjects == users && c.object.as_ref() == Some(object));
        if !users.is_empty() && !known {
            let mut claim = quote.claim(Measure::Dependency, users);
            claim.object = Some(object.clone());
            claim.affirmed = affirmed;
            out.push(claim);
        }
    }
}

/// The names nearest before `at`, else the head's, else those of the sentence before.
fn users_before(scope: &Scope<'_>, mentions: &[Mention], at: usize, carry: bool) -> Vec<String> {
    if !scope.head.is_empty() {
        return scope.head.clone();
    }
    match mentions.iter().rfind(|m| m.range.end <= at) {
        Some(near) if at - near.range.end < 60 => vec![near.name.clone()],
        _ if carry => scope.before.clone(),
        _ => Vec::new(),
    }
}

fn names_after(sentence: &str, mentions: &[Mention], at: usize) -> Vec<String> {
    let after: Vec<&Mention> = mentions.iter().filter(|m| m.range.start >= at && m.range.start <= at + 25).collect();
    let all: Vec<&Mention> = mentions.iter().filter(|m| m.range.start >= at).collect();
    match after.first() {
        Some(_) => first_list(sentence, &all).iter().map(|m| m.name.clone()).collect(),
        None => Vec::new(),
    }
}

fn objects_after(sentence: &str, mentions: &[Mention], at: usize) -> Vec<String> {
    let names = names_after(sentence, mentions, at);
    if !names.is_empty() {
        return names;
    }
    let rest = sentence.get(at..).unwrap_or("");
    let provider = PROVIDER.as_ref().and_then(|r| r.captures(rest)).and_then(|c| c.get(1));
    provider.map(|p| p.as_str().split_whitespace().collect::<Vec<_>>().join(" ")).into_iter().collect()
}

static SEVERITY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:escalat\w+|upgrad\w+|rais\w+|bump\w+|promot\w+|declar\w+|downgrad\w+|lower\w*|reduc\w+|set|classif\w+|chang\w+|mov\w+|open\w+|treated|became|as|to)\b
            [^.;]{0,60}?\b(?P<a>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b(?:\s+to\s+(?:a\s+)?(?P<b>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b)?
          | \b(?P<c>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b(?:\s+incident)?(?:\s+(?:was|is|got))?\s+(?:declared|raised|opened|called|announced)",
    )
});

/// A severity step in `clause`: from (when written) and to.
pub(super) fn severity_step(clause: &str) -> Option<(Option<SeverityWord>, SeverityWord)> {
    let c = SEVERITY.as_ref()?.captures(clause)?;
    let word = |name: &str| c.name(name).and_then(|m| SeverityWord::parse(m.as_str()));
    match (word("a").or_else(|| word("c")), word("b")) {
        (from, Some(to)) => Some((from, to)),
        (Some(to), None) => Some((None, to)),
        (None, None) => None,
    }
}

static DATE_FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)^\W*(?:incident|outage|event|start)\s*date\W*[:|–-]\W*(?P<v>[A-Za-z]+)"));

/// The day a sentence gives the incident: a date, "yesterday", or a field left "Unknown".
pub(super) fn incident_day(sentence: &str, quote: &Quote<'_>, calendar: &Calendar) -> Option<Claim<RawTime>> {
    let date = times::dates(sentence).first().and_then(|d| d.day.date(calendar.year));
    let unknown = DATE_FIELD.as_ref().and_then(|r| r.captures(sentence)).and_then(|c| c.name("v"));
    let missing =
        unknown.map(|m| m.as_str().to_lowercase()).filter(|w| matches!(w.as_str(), "unknown" | "n" | "tbd" | "none"));
    let object = match (date, calendar::relative_word(sentence), missing) {
        (Some(date), ..) => date.to_string(),
        (None, Some(word), _) => calendar.relative_day(word).map_or_else(|| word.to_string(), |d| d.to_string()),
        (None, None, Some(_)) => "unknown".to_string(),
        _ => return None,
    };
    let mut claim = quote.claim(Measure::IncidentDate, Vec::new());
    claim.object = Some(object);
    Some(claim)
}
