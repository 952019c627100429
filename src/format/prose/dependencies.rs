//! What a text says depends on what.

use std::sync::LazyLock;

use regex::Regex;

use super::claims::Quote;
use super::cues;
use super::names::{Mention, is_capitalised};
use super::subjects::{Scope, first_list};
use super::words::COMMON;
use crate::format::ascii::of_sentences;
use crate::model::{Bound, Claim, Measure, RawTime};

/// Words before a dependency that undo it (lower case).
const UNDOING: &[&str] = &[
    "removing",
    "remove",
    "removed",
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
            | \b(?:requires|needs)\s+(?P<need>the\s+)?
            | \b(?:is|are|was|were)\s+(?:built\s+(?:on|upon)(?:\s+top\s+of)?|backed\s+by|powered\s+by|hosted\s+on)\s+
            | \b(?:runs?|sits?)\s+on(?:\s+top\s+of)?\s+
            | \b(?:reliance|dependenc[ey]|dependencies)\s+(?:up)?on\s+
            | \bcascad(?:ed|ing)\s+(?:failures?\s+in|from)\s+ )",
    )
});

static POWERS: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"(?i)\b(?:powers|underpins|backs)\s+"));
static USED_BY: LazyLock<Option<Regex>> = LazyLock::new(|| of_sentences(r"(?i)\b(?:used|relied (?:up)?on) by\s+"));
static CONSEQUENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)\b(?:as a (?:direct )?(?:consequence|result)|in consequence|in turn|for that reason)\b")
});
static PROVIDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^(?:an?\s+|the\s+|its\s+|their\s+|that\s+|one\s+|any\s+)?(?:single\s+)?((?:[\w-]+\s+){0,4}?(?:provider|vendor|supplier|data store|object store|storage|backend|database))\b",
    )
});
static SOLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)\b(?:sole|solely|only|single|exclusively|entirely|alone)\b"));
static PART: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)\b(?:part of|parts of|partly|partially|some of|in part)\b"));

/// How far behind the object its extent may stand ("as its sole data store"), in bytes.
const EXTENT_REACH: usize = 48;

/// Dependency claims of a sentence: the one that depends is a name of the document or a named noun, what
/// it depends on a name or a provider in words.
pub(super) fn dependencies(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let all: Vec<Mention> = scope.names.mentions(sentence, &[]);
    let known: Vec<Mention> = all.iter().filter(|m| m.known).cloned().collect();
    let mut out: Vec<Claim<RawTime>> = Vec::new();
    let found = DEPENDS.as_ref().map(|r| r.captures_iter(sentence).collect::<Vec<_>>()).unwrap_or_default();
    for c in found {
        let Some(verb) = c.get(0) else { continue };
        let words = verb.as_str().to_lowercase();
        if words.starts_with("use") && sentence.get(verb.end()..).is_some_and(|r| r.starts_with("by ")) {
            continue;
        }
        let before = sentence.get(..verb.start()).unwrap_or("").to_lowercase();
        let undone = before.split_whitespace().rev().take(3).any(|w| UNDOING.contains(&w));
        let noun = words.starts_with("relian") || words.starts_with("dependenc");
        let theirs = before.trim_start().starts_with("their") || before.trim_start().starts_with("its");
        let supposed = before.split(|c: char| !c.is_alphanumeric()).any(|w| w == "if") && !noun;
        if undone || (cues::is_hypothetical(sentence) && c.name("not").is_none() && !supposed) {
            continue;
        }
        let plain = words.starts_with("use") || words.starts_with("need") || words.starts_with("requires");
        let mut users = users_before(scope, &known, verb.start(), false);
        if (users.is_empty() && !noun) || (supposed && !plain) {
            users = subject_words(sentence, verb.start()).or_else(|| users.first().cloned()).into_iter().collect();
        }
        if users.is_empty() {
            users = users_before(scope, &known, verb.start(), !noun || theirs);
        }
        let objects = match c.name("it") {
            Some(_) => scope.topic.iter().cloned().collect(),
            None => objects_after(scope, sentence, &all, verb.end(), plain),
        };
        let part = PART.as_ref().is_some_and(|r| r.is_match(before.get(..).unwrap_or("")));
        if users.is_empty() && part {
            users = known.first().map(|m| m.name.clone()).or_else(|| scope.topic.clone()).into_iter().collect();
        }
        let cascades = words.starts_with("cascad");
        let from = out.len();
        push_edges(&mut out, quote, &users, &objects, c.name("not").is_none() || cascades);
        let rest = sentence.get(verb.end()..).unwrap_or("");
        out.iter_mut().skip(from).for_each(|claim| extent(claim, verb.as_str(), rest, part));
    }
    for verb in [&POWERS, &USED_BY] {
        let Some(at) = verb.as_ref().and_then(|r| r.find(sentence)) else { continue };
        let users = names_after(sentence, &known, at.end());
        let objects = users_before(scope, &known, at.start(), false);
        push_edges(&mut out, quote, &users, &objects, true);
    }
    consequence(scope, sentence, &known, quote, &mut out);
    out
}

/// Whether nothing else is there to lean on, or it is only a part.
fn extent(claim: &mut Claim<RawTime>, verb: &str, rest: &str, part: bool) {
    let object = claim.object.clone().unwrap_or_default();
    let end = rest.find(object.as_str()).map_or(0, |at| at + object.len());
    let mut reach = (end + EXTENT_REACH).min(rest.len());
    while !rest.is_char_boundary(reach) {
        reach -= 1;
    }
    let near = rest.get(..reach).unwrap_or("");
    let near = near.split([',', ';', '.']).next().unwrap_or("");
    let sole = SOLE.as_ref().is_some_and(|r| r.is_match(near) || r.is_match(verb));
    if part {
        claim.bound = Bound::AtMost;
    } else if sole && !is_capitalised(&object) {
        claim.value = Some(1.0);
    }
}

/// "It failed, and X was unavailable as a consequence": X depends on what the block or the sentence before
/// speaks of.
fn consequence(scope: &Scope<'_>, sentence: &str, known: &[Mention], quote: &Quote<'_>, out: &mut Vec<Claim<RawTime>>) {
    let Some(at) = CONSEQUENCE.as_ref().and_then(|r| r.find(sentence)) else { return };
    if cues::find(sentence).is_none() {
        return;
    }
    let users: Vec<String> =
        known.iter().filter(|m| m.range.end <= at.start()).map(|m| m.name.clone()).take(1).collect();
    let objects = if scope.head.is_empty() { scope.before.clone() } else { scope.head.clone() };
    if let [object] = objects.as_slice() {
        push_edges(out, quote, &users, std::slice::from_ref(object), true);
    }
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

/// Nouns behind a name that only say what it is (lower case).
const KINDS: &[&str] =
    &["service", "services", "system", "file", "server", "platform", "app", "component", "is", "was", "are", "were"];

/// The words right before the verb as a name: "The matchmaker", "The Scratch file system", "Checkout".
fn subject_words(sentence: &str, at: usize) -> Option<String> {
    let before = sentence.get(..at)?;
    let clause = before.rsplit([',', ';', ':', '.', '"', '“']).next()?;
    let clause = clause.rsplit(" and ").next()?.rsplit(" if ").next()?;
    let words: Vec<&str> = clause.split_whitespace().filter(|w| !KINDS.contains(&w.to_lowercase().as_str())).collect();
    let (article, words) = match words.split_first() {
        Some((first, rest)) if matches!(first.to_lowercase().as_str(), "the" | "our" | "its" | "if") => (true, rest),
        _ => (false, words.as_slice()),
    };
    let capital = words.first().is_some_and(|w| is_capitalised(w));
    let common = words.iter().any(|w| COMMON.contains(&w.to_lowercase().as_str()));
    ((1..=3).contains(&words.len()) && !common && (capital || (article && words.len() == 1))).then(|| words.join(" "))
}

fn names_after(sentence: &str, mentions: &[Mention], at: usize) -> Vec<String> {
    let all: Vec<&Mention> = mentions.iter().filter(|m| m.range.start >= at).collect();
    match all.first() {
        Some(first) if first.range.start <= at + 25 => {
            first_list(sentence, &all).iter().map(|m| m.name.clone()).collect()
        }
        _ => Vec::new(),
    }
}

fn objects_after(scope: &Scope<'_>, sentence: &str, all: &[Mention], at: usize, plain: bool) -> Vec<String> {
    let rest = sentence.get(at..).unwrap_or("");
    let provider = PROVIDER.as_ref().and_then(|r| r.captures(rest)).and_then(|c| c.get(1));
    let provider = provider.filter(|p| !plain && !p.as_str().split_whitespace().any(is_capitalised));
    if let Some(found) = provider {
        return vec![found.as_str().split_whitespace().collect::<Vec<_>>().join(" ")];
    }
    let known: Vec<Mention> = all.iter().filter(|m| m.known).cloned().collect();
    let names = names_after(sentence, &known, at);
    if !names.is_empty() {
        return names;
    }
    // A name that the text uses once stands right behind the verb.
    let article = rest.len() - rest.trim_start_matches("the ").len();
    let once = all.iter().find(|m| m.range.start <= at + article + 1 && m.range.start >= at);
    match once {
        Some(name) => vec![name.name.clone()],
        None => short_form(scope, rest).into_iter().collect(),
    }
}

/// The one known name that ends with the capitals which begin `rest` ("AI failures").
fn short_form(scope: &Scope<'_>, rest: &str) -> Option<String> {
    let word = rest.split(|c: char| !c.is_alphanumeric()).next().filter(|w| w.len() >= 2)?;
    let capitals = word.chars().all(|c| c.is_ascii_uppercase());
    capitals.then(|| scope.names.ending_with(word)).flatten()
}
