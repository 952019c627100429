//! Severities and days that a sentence states.

use std::sync::LazyLock;

use regex::Regex;

use super::calendar::{self, Calendar};
use super::claims::Quote;
use super::times;
use crate::format::ascii::of_sentences;
use crate::model::{Claim, Measure, RawTime, SeverityWord};

static SEVERITY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:escalat\w+|upgrad\w+|rais\w+|bump\w+|promot\w+|declar\w+|downgrad\w+|lower\w*|reduc\w+|set|classif\w+|chang\w+|mov\w+|open\w+|treated|became|as|to)\b
            [^.;]{0,60}?\b(?P<a>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b(?:\s+to\s+(?:a\s+)?(?P<b>P[0-5]|SEV[-\s]?\d|severity[-\s]?\d)\b)?
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

static DATE_FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)^\W*(?:incident|outage|event|start)\s*date\W*[:|–-]\W*(?P<v>[A-Za-z]+)"));

/// The day a sentence gives the incident: a date, "yesterday", or a field left "Unknown".
pub(super) fn incident_day(sentence: &str, quote: &Quote<'_>, calendar: &Calendar) -> Option<Claim<RawTime>> {
    let date = times::dates(sentence)
        .iter()
        .find(|d| !d.is_span && !calendar::is_written_on(sentence, d))
        .and_then(|d| d.day.date(calendar.year));
    let unknown = DATE_FIELD.as_ref().and_then(|r| r.captures(sentence)).and_then(|c| c.name("v"));
    let missing =
        unknown.map(|m| m.as_str().to_lowercase()).filter(|w| matches!(w.as_str(), "unknown" | "n" | "tbd" | "none"));
    let object = match (date, calendar::relative_word(sentence), missing) {
        (Some(date), ..) => date.to_string(),
        (None, Some(word), _) => calendar.relative_day(word).map_or_else(|| word.to_string(), |d| d.to_string()),
        (None, None, Some(_)) => "unknown".to_string(),
        (None, None, None) => calendar.weekday_of(sentence)?.to_string(),
    };
    let mut claim = quote.claim(Measure::IncidentDate, Vec::new());
    claim.object = Some(object);
    Some(claim)
}
