//! Severities and days that a sentence states.

use std::sync::LazyLock;

use regex::Regex;

use super::calendar::{self, Calendar};
use super::claims::{Quote, speaks_of_incident};
use super::cues;
use super::elsewhere;
use super::times;
use crate::format::ascii::of_sentences;
use crate::model::{Claim, Measure, RawTime, SeverityWord};

static SEVERITY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:escalat\w+|upgrad\w+|rais\w+|bump\w+|promot\w+|declar\w+|downgrad\w+|lower\w*|reduc\w+|set|classif\w+|chang\w+|mov\w+|open\w+|treated|became|as|to)\b
            [^.;]{0,60}?\b(?P<a>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b(?:\s+(?:to|and\s+(?:\w+\s+)?(?:made|raised\s+to|upgraded\s+to|escalated\s+to))\s+(?:a\s+)?(?P<b>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b)?
          | \b(?P<c>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b(?:\s+incident)?(?:\s+(?:was|is|got))?\s+(?:declared|raised|opened|called|announced)
          | \b(?:rated|ranked|a)\s+(?P<d>P[0-5]|SEV[-\s]?\d)\s+(?:from|since)\s+the\s+(?:start|beginning|outset)\b",
    )
});

/// A severity step in `clause`: from (when written) and to.
pub(super) fn severity_step(clause: &str) -> Option<(Option<SeverityWord>, SeverityWord)> {
    let c = SEVERITY.as_ref()?.captures(clause)?;
    let word = |name: &str| c.name(name).and_then(|m| SeverityWord::parse(m.as_str()));
    match (word("a").or_else(|| word("c")).or_else(|| word("d")), word("b")) {
        (from, Some(to)) => Some((from, to)),
        (Some(to), None) => Some((None, to)),
        (None, None) => None,
    }
}

/// Whether a line is little more than a date: the day of what follows.
fn dated_alone(sentence: &str) -> bool {
    let words = sentence.split(|c: char| !c.is_alphabetic()).filter(|w| w.len() > 2);
    words.filter(|w| times::month(w).is_none() && !calendar::is_weekday(w)).count() <= 2
}

static AT_ONCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?P<a>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b[^.;]{0,40}?\b(?:from|since)\s+the\s+(?:very\s+)?(?:start|beginning|outset|first\s+(?:minute|moment|second|alert|page))\b
          | \b(?P<c>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\s+(?:throughout|the\s+whole\s+time|(?:for|during)\s+(?:its|the)\s+(?:whole|entire)\s+\w+)\b
          | \b(?P<b>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\s+(?:directly|immediately|at\s+once|right\s+away|straight\s+away)\b",
    )
});

/// The severity an incident is said to have had from its beginning, or all the time: a claim without a time.
pub(super) fn severity_at_once(sentence: &str, quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let c = AT_ONCE.as_ref()?.captures(sentence)?;
    let throughout = c.name("c").is_some();
    let word = SeverityWord::parse(c.name("a").or(c.name("b")).or(c.name("c"))?.as_str())?;
    let mut claim = quote.claim(Measure::Severity, Vec::new());
    claim.object = Some(word.word);
    claim.value = Some(if throughout { 1.0 } else { 0.0 });
    Some(claim)
}

static DATE_FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)^\W*(?:incident|outage|event|start)\s*date\W*[:|–-]\W*(?P<v>[A-Za-z]+)"));

/// The day a sentence gives the incident: a date, "yesterday", or a field left "Unknown".
pub(super) fn incident_day(sentence: &str, quote: &Quote<'_>, calendar: &Calendar) -> Option<Claim<RawTime>> {
    let date = times::dates(sentence)
        .iter()
        .find(|d| !d.is_span && !calendar::is_written_on(sentence, d) && !calendar.is_published(d))
        .and_then(|d| d.day.date(calendar.year));
    let unknown = DATE_FIELD.as_ref().and_then(|r| r.captures(sentence)).and_then(|c| c.name("v"));
    let missing =
        unknown.map(|m| m.as_str().to_lowercase()).filter(|w| matches!(w.as_str(), "unknown" | "n" | "tbd" | "none"));
    // "Reply to the regulator tonight" dates nothing that happened.
    let tells = || cues::is_predicate(sentence) || !times::clocks(sentence).is_empty() || speaks_of_incident(sentence);
    let relative = calendar::relative_word(sentence).filter(|_| tells());
    let object = match (date, relative, missing) {
        (Some(date), ..) => date.to_string(),
        // A text that gives the day itself has anchored its "this morning".
        (None, Some(word), _) => match calendar.relative_day(word) {
            Some(day) => day.to_string(),
            None if calendar.incident.is_some() => return None,
            None => word.to_string(),
        },
        (None, None, Some(_)) => "unknown".to_string(),
        (None, None, None) => calendar.weekday_of(sentence)?.to_string(),
    };
    // A day that nothing is said to have happened on dates the text, a release or a meeting.
    if !tells() && date.is_some() && !dated_alone(sentence) || elsewhere::is_of_another(sentence, None) {
        return None;
    }
    let mut claim = quote.claim(Measure::IncidentDate, Vec::new());
    claim.object = Some(object);
    Some(claim)
}
