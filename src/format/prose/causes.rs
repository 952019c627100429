//! What a text says caused what, and what made it worse.

use std::sync::LazyLock;

use regex::Regex;

use super::claims::Quote;
use super::cues;
use super::names::Mention;
use super::sentences::one_line;
use super::subjects::{Scope, first_list};
use super::times;
use crate::format::ascii::of_sentences;
use crate::model::{Claim, Measure, RawTime};

/// Longest cause phrase kept, in characters.
const MAX_CAUSE: usize = 160;

/// What an incident is called, as a pattern.
const INCIDENT: &str = r"(?:outages?|incidents?|disruptions?|disturbances?|downtime|troubles?|problems?|slow-?downs?|interruptions?|breakdowns?|faults?|failures?|degradations?|issues?|errors?|crash|collapse|blackouts?|stoppage|delays?|event|mess)";

/// Forms in which the cause follows.
static FORWARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?P<not>not\s+(?:\w+\s+)?)?(?:
            (?:(?:root|underlying|main|real|principal|primary|actual|true|direct|sole|only|probable|likely)\s+)?(?:cause|reason|origin|culprit|villain|trigger)\s+(?:(?:of|for|behind)\s+[^.;]{1,60}?\s)?(?:was|is|were|stemmed\s+from)\s+(?:due\s+to\s+|traced\s+to\s+|identified\s+as\s+|found\s+to\s+be\s+)?
            | (?:cause|reason)\s+(?:was\s+)?(?:identified|confirmed|established|found)\s+(?:as|to\s+be)\s+
            | (?:traced|tracked|put|puts|attributed?|attributes|ascribed?|ascribes|pinned)\s+(?:(?:the|this|it|all\s+of\s+it|our)\s*(?:[\w]+\s+){0,3}?)?(?:back\s+|down\s+)?(?:to|on)\s+
            | (?:is|was)\s+down\s+to\s+
            | (?:due\s+to|caused\s+by|stemm(?:ed|ing)\s+from|result(?:ed|ing)\s+from|triggered\s+by|brought\s+about\s+by|set\s+off\s+by|attributed\s+to|the\s+(?:direct\s+)?(?:result|consequence)\s+of|because\s+of|owing\s+to)\s+
            | (?P<because>because)\s+
            )",
    )
});

/// A field that holds the cause: "Root cause: …".
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:[A-Z]?\d{1,2}(?:\.\d+)*[.)]?\s+)?(?:(?:root|underlying|probable)\s+)?(?:cause|reason|trigger)(?:\s+of\s+[^:.]{1,40})?\W{0,3}:\W*",
    )
});

/// "blamed X for the outage".
static BLAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\bblam(?:ed|es|ing)\s+(?P<c>[^.;]{{3,120}}?)\s+for\s+(?:the|this|its|all)\s+(?:\w+\s+){{0,2}}?{INCIDENT}\b"
    ))
});

/// "X caused the outage", "X was the cause of the outage", "the fault, X, was removed".
static BACKWARD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?xi)
          \b(?P<a>(?:an?|the)\s[^.;,:]{{3,120}}?)\s+(?:caused|triggered|brought\s+about|led\s+to|set\s+off)\s+(?:the|this|our|an?|all)\s+(?:[\w-]+\s+){{0,3}}?(?:{INCIDENT}|[\w-]+ing)\b
        | \b(?P<b>(?:an?|the)\s[^.;,:]{{3,120}}?)\s+(?:was|is|had\s+been)\s+(?:the\s+(?:root\s+)?cause|to\s+blame|the\s+culprit|behind)\b
        | \b(?P<f>(?:an?|the)\s[^.;:]{{3,120}}?)\s+(?:had\s+)?(?:overwhelmed|overloaded|exhausted|saturated)\s+(?:the|our|all)\b
        | \b(?P<g>an?\s[^.;,:]{{3,100}}?)\s+(?:took|knocked|brought)\s+(?:the|our|all|its)\s+[\w\s-]{{3,40}}?\s(?:offline|down)\b
        | \bwe\s+(?:now\s+)?know\s+(?:now\s+)?that\s+(?P<e>an?\s[^.;,:]{{3,100}}?)(?:,[^.;]{{1,80}},)?\s+(?:did\s+not|didn['’]t|failed|went|had)\b
        | \bthe\s+(?:fault|cause|culprit|bug|defect),\s+(?P<d>an?\s[^.;,:]{{3,80}}),"
    ))
});

/// "X was not the cause", "X is excluded as cause".
static DENIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)
          (?:^|[,;:]\s*)(?P<a>[^.;:,]{3,120}?)\s+(?:was|were|is|are|has\s+been|had\s+been|have\s+been|could\s+be|can\s+be)\s+
            (?:not\s+(?:the\s+|a\s+|to\s+)?(?:\w+\s+)?(?:cause|reason|trigger|culprit|blame)\b|(?:excluded|ruled\s+out|eliminated|dismissed)\s+as\s+(?:the\s+|a\s+|its\s+)?(?:\w+\s+)?(?:cause|reason|trigger|culprit)\b)
        | \b(?:excluded?|ruled?\s+out|eliminated)\s+(?P<b>[^.;:,]{3,100}?)\s+as\s+(?:the\s+|a\s+)?(?:\w+\s+)?(?:cause|reason|trigger|culprit)\b",
    )
});

/// Words that make a sentence speak of the cause of the incident as a whole.
static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\b(?:cause|reason|origin|trigger|culprit|{INCIDENT}|it was caused|was caused|it|this|everything|whole thing|review found)\b"
    ))
});

static MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b")
});

/// Whether a text speaks of a month that is not the incident's.
fn speaks_of_another_month(text: &str, month: Option<u32>) -> bool {
    MONTH.as_ref().is_some_and(|r| {
        r.find_iter(text).any(|m| month.is_some_and(|own| times::month(m.as_str()).is_some_and(|n| n != own)))
    })
}

static HEARSAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:rumou?rs?|speculat\w+|unconfirmed|(?:on|in|across)\ social\ media|(?:some|many|several)\ (?:\w+\ ){0,3}(?:claimed|speculated|suggested|believed|feared)
            |(?:early|initial|first)\ (?:claims?|reports?|theor\w+|suspicions?|suggestions?|guess\w*|assumptions?|belief)
            |(?:claims?|theor(?:y|ies)|suggestions?|suspicions?)\b[^.;]*\b(?:denied|ruled\ out|dismissed|rejected|unfounded|wrong|false)
            |(?:rules?|ruled|ruling)\ out
            |(?:at\ first|initially|originally|first)\ (?:\w+\ )?(?:blamed|suspected|thought|believed|assumed|attributed|pointed)
            |(?:blamed|suspected|thought|believed|assumed|attributed)\b[^.;]{0,80}\b(?:at\ first|initially|originally))\b",
    )
});

/// Whether a sentence passes on what somebody somewhere says.
fn is_hearsay(sentence: &str) -> bool {
    HEARSAY.as_ref().is_some_and(|r| r.is_match(sentence))
}

/// A cause as found in a sentence: where what it explains ends, its words, whether it is denied.
struct Found<'s> {
    before: &'s str,
    rest: String,
    denied: bool,
    /// Said of the incident, whatever stands before it.
    whole: bool,
}

fn found(sentence: &str) -> Option<Found<'_>> {
    if let Some(field) = FIELD.as_ref().and_then(|r| r.find(sentence)) {
        let rest = cause_phrase(sentence.get(field.end()..)?);
        return Some(Found { before: "", rest, denied: false, whole: true });
    }
    if let Some(c) = BLAMED.as_ref().and_then(|r| r.captures(sentence)) {
        return Some(Found { before: "", rest: cause_phrase(c.name("c")?.as_str()), denied: false, whole: true });
    }
    if let Some(c) = FORWARD.as_ref().and_then(|r| r.captures(sentence)) {
        let all = c.get(0)?;
        let before = sentence.get(..all.end())?;
        let because = c.name("because").is_some();
        if because && cues::find(before).is_none() && !super::figures::speaks_of_volume(before) {
            return None;
        }
        let rest = cause_phrase(sentence.get(all.end()..)?);
        let whole = WHOLE.as_ref().is_some_and(|r| r.is_match(before));
        return Some(Found { before: sentence.get(..all.start())?, rest, denied: c.name("not").is_some(), whole });
    }
    let c = BACKWARD.as_ref().and_then(|r| r.captures(sentence))?;
    let cause = ["a", "b", "d", "e", "f", "g"].iter().find_map(|name| c.name(name))?;
    Some(Found { before: "", rest: cause_phrase(cause.as_str()), denied: false, whole: true })
}

/// Words that a cause may not be: they only point to it (lower case).
const POINTING: &[&str] =
    &["it", "this", "that", "which", "them", "what", "unknown", "unclear", "under investigation", "not yet known"];

/// Words that begin what is said of a cause instead of naming it: "the root cause was found and …" (lower case).
const UNSAID: &[&str] = &[
    "identified",
    "found",
    "determined",
    "discovered",
    "established",
    "confirmed",
    "known",
    "not",
    "being",
    "still",
    "quickly",
    "soon",
    "later",
    "now",
    "also",
    "never",
    "unclear",
    "unknown",
    "isolated",
    "fixed",
    "removed",
    "addressed",
    "resolved",
];

/// Words around a word for the incident that add nothing to it (lower case).
const SIZES: &[&str] = &[
    "a",
    "an",
    "the",
    "this",
    "that",
    "our",
    "its",
    "global",
    "widespread",
    "massive",
    "major",
    "significant",
    "recent",
    "service",
    "whole",
    "entire",
    "large",
    "long",
    "brief",
    "short",
    "same",
    "platform-wide",
];

/// A "cause" that is only the incident again ("significant losses due to the global disruption").
fn names_the_incident(phrase: &str) -> bool {
    let lower = phrase.to_lowercase();
    let mut words: Vec<&str> = lower.split_whitespace().collect();
    let last = words.pop().unwrap_or("");
    matches!(last, "outage" | "disruption" | "incident" | "downtime") && words.iter().all(|w| SIZES.contains(w))
}

/// Cause claims of a sentence. Causes of what happened in other months belong to other incidents.
pub(super) fn causes(scope: &Scope<'_>, sentence: &str, quote: &Quote<'_>, month: Option<u32>) -> Vec<Claim<RawTime>> {
    if speaks_of_another_month(sentence, month) || cues::is_hypothetical(sentence) {
        return Vec::new();
    }
    let denied = DENIED.as_ref().and_then(|r| r.captures(sentence)).and_then(|c| c.name("a").or(c.name("b")));
    if let Some(denied) = denied.filter(|_| scope.head.is_empty()) {
        let phrase = denied.as_str().rsplit_once(": ").map_or(denied.as_str(), |(_, phrase)| phrase);
        let mut claim = quote.claim(Measure::Cause, Vec::new());
        claim.affirmed = false;
        claim.object = Some(cause_phrase(phrase));
        return vec![claim];
    }
    let mut parts = sentence.split(';').filter(|part| !is_hearsay(part));
    let Some(found) = parts.find_map(found) else { return Vec::new() };
    let first = found.rest.split_whitespace().next().unwrap_or("").to_lowercase();
    if found.rest.is_empty()
        || UNSAID.contains(&first.as_str())
        || names_the_incident(&found.rest)
        || POINTING.contains(&found.rest.to_lowercase().as_str())
    {
        return Vec::new();
    }
    let subjects = if !scope.head.is_empty() {
        scope.head.clone()
    } else if found.whole {
        Vec::new()
    } else {
        let named = scope.names.mentions(found.before, &[]);
        let known: Vec<&Mention> = named.iter().filter(|m| m.known).collect();
        let named: Vec<String> = first_list(found.before, &known).iter().map(|m| m.name.clone()).collect();
        if named.is_empty() {
            // The cause of something, but not of anything that has a name: doors that did not open.
            return Vec::new();
        }
        named
    };
    let mut claim = quote.claim(Measure::Cause, subjects);
    claim.affirmed = !found.denied;
    claim.object = Some(found.rest);
    vec![claim]
}

static CAUSE_HEADING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:(?:item\s+)?[\d.]+\s*)?(?:the\s+)?(?:(?:root|underlying|immediate)\s+)?(?:causes?|reasons?|trigger)(?:\s+(?:of|analysis).*)?\W*$|^\W*(?:what caused|why (?:it|this) happened)",
    )
});

/// Whether a heading promises the cause.
pub(super) fn opens_cause(heading: &str) -> bool {
    CAUSE_HEADING.as_ref().is_some_and(|r| r.is_match(heading))
}

/// The cause that a sentence right below such a heading tells.
pub(super) fn told_below(quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let object = one_line(quote.text.trim().trim_end_matches(['.', '!']), MAX_CAUSE);
    let words = object.split_whitespace().count();
    if words < 3 || cues::is_hypothetical(quote.text) {
        return None;
    }
    let mut claim = quote.claim(Measure::Cause, Vec::new());
    claim.object = Some(object);
    Some(claim)
}

/// What ends a cause, besides the end of its sentence.
#[rustfmt::skip]
const CAUSE_ENDS: &[&str] = &[
    ";", "(", "”", "\"", ", which", " which ", ", and ", ", and,", ", a ", ", with ", ", affecting", ", preventing",
    " and no ", ", meaning", ", directly", ", leading", ", causing", ", impacting", ", resulting", ", so ", ", but ",
    ", while ", " – ", " — ", ", not ",
];

/// The words of a cause, to where something else begins.
fn cause_phrase(rest: &str) -> String {
    let end = CAUSE_ENDS.iter().filter_map(|e| rest.find(e)).min().unwrap_or(rest.len());
    one_line(rest.get(..end).unwrap_or("").trim_end_matches(['.', '!', ',', ' ']), MAX_CAUSE)
}

/// A list of what made it possible or worse.
static FACTORS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:(?:root\s+cause\s+analysis|contributing\s+(?:factors?|causes?|conditions?)|analysis|findings)\b[^:.]{0,80}:\s*(?P<list>.+)
            | (?:revealed|exposed|uncovered|laid\s+bare|was\s+made\s+worse\s+by|worsened\s+by|aggravated\s+by|amplified\s+by)\s+(?P<one>.+))",
    )
});

/// Words that make a phrase a shortcoming.
static SHORTCOMING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:limit\w*|lack\w*|absen\w*|insufficien\w*|missing|gap|weak\w*|capacity|deferred|overdue|outdated|no|without|too (?:few|little|small|late)|pre-existing|single|inadequate|fail\w*)\b",
    )
});

/// What a sentence says made the incident possible or worse, each with its own claim.
pub(super) fn factors(sentence: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let Some(c) = FACTORS.as_ref().and_then(|r| r.captures(sentence)) else { return Vec::new() };
    let phrases: Vec<&str> = match (c.name("list"), c.name("one")) {
        (Some(list), _) => list.as_str().split([',', ';']).collect(),
        (_, Some(one)) => {
            vec![one.as_str().split([',', ';', '—']).next().unwrap_or("").split(" and a ").next().unwrap_or("")]
        }
        _ => Vec::new(),
    };
    let claim = |phrase: &str| {
        let phrase = phrase.trim().trim_start_matches("and ").trim_end_matches(['.', ' ']);
        if !SHORTCOMING.as_ref().is_some_and(|r| r.is_match(phrase)) {
            return None;
        }
        let mut claim = quote.claim(Measure::Factor, Vec::new());
        claim.object = Some(one_line(phrase, MAX_CAUSE));
        Some(claim)
    };
    phrases.into_iter().filter_map(claim).collect()
}
