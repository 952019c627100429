//! What a text holds besides its own incident: other incidents told for comparison, and the furniture of a page.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::block::{Block, BlockKind};
use super::events::is_lead_in;
use super::sentences::pieces;
use super::times::{self, Day};
use crate::format::ascii::of_sentences;

/// Days between a date and the incident's from which on it belongs to another one.
const FAR_DAYS: i64 = 4;

/// Words for an incident of another time or of somebody else.
static ANOTHER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\blast\s+(?:year|month|summer|winter|spring|autumn|fall|season|january|february|march|april|may|june|july|august|september|october|november|december)\b
          | \b(?:previous|prior|past|last|similar|other|unrelated)\s+(?:\w+\s+)?(?:outages?|incidents?|failures?|breakdowns?|disruptions?)\b
          | \b(?:a|an|another|the|one|any)\s+(?:\w+\s+)?(?:rival|competitor|different\s+(?:vendor|provider|company|supplier|bank|carrier))
          | \b(?:the\s+other|another)\s+(?:[\w-]+\s+){0,2}(?:company|provider|carrier|bank|vendor|airline|operator|supplier|name|firm|host|exchange|platform)\b
          | \b(?:years?|months)\s+(?:ago|earlier|before)\b | \bin\s+as\s+many\s+years\b
          | \b(?:for|by\s+way\s+of|in)\s+comparison\b
          | \b(?:no|without)\s+(?:relation|connection|link)\s+to\b | \bunrelated\b | \bnot\s+(?:related|connected)\s+to\b
          | \b(?:planned|scheduled)\s+(?:maintenance|downtime|work)\b",
    )
});

/// A year or a month that something happened in.
static WHEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:in|of|since|during|until|summer|winter|spring|autumn|fall|season|last|remember)\s+(?:the\s+\w+\s+of\s+)?
            (?P<month>january|february|march|april|may|june|july|august|september|october|november|december)\b(?:\s+(?P<y>(?:19|20)\d\d)\b)?(?:\s+(?P<day>\d))?
          | \b(?:in|of|since|during|summer|winter|spring|autumn|fall|season|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?\s+(?P<year>(?:19|20)\d\d)\b",
    )
});

/// Whether a day is that of another incident.
fn is_far(day: Day, incident: Day) -> bool {
    // Without a year both are taken in one that has every day.
    let (a, b) =
        (Day { year: day.year.or(incident.year), ..day }, Day { year: incident.year.or(day.year), ..incident });
    let days = a.date(Some(2000)).zip(b.date(Some(2000)));
    days.is_some_and(|(a, b)| (a - b).num_days().abs() > FAR_DAYS)
}

/// Whether a day is that of an earlier incident; what was added later still tells of this one.
pub(super) fn is_long_before(day: Day, incident: Day) -> bool {
    let date = |d: Day, other: Day| d.date(other.year.or(Some(2000)));
    is_far(day, incident) && date(day, incident) < date(incident, day)
}

/// Whether a clause speaks of another time than that of the incident.
fn is_another_time(clause: &str, incident: Day) -> bool {
    let far = |day: &Day| is_far(*day, incident);
    let dates: Vec<Day> = times::dates(clause).iter().map(|d| d.day).collect();
    if !dates.is_empty() {
        return dates.iter().all(far);
    }
    let Some(when) = WHEN.as_ref().and_then(|r| r.captures(clause)) else { return false };
    let number = |name: &str| when.name(name).and_then(|m| m.as_str().parse::<i32>().ok());
    if let Some(told) = number("year").or_else(|| number("y")) {
        let month = when.name("month").and_then(|m| times::month(m.as_str()));
        return incident.year.is_some_and(|year| told != year) || month.is_some_and(|m| m != incident.month);
    }
    let month = when.name("month").filter(|m| m.as_str().starts_with(char::is_uppercase));
    month.and_then(|m| times::month(m.as_str())).is_some_and(|m| m != incident.month)
}

/// Words with which a clause goes on telling of what the one before it named.
const GOES_ON: &[&str] = &["when ", "which ", "where ", "who ", "whose ", "that ", "after "];

/// Parts of a sentence that tell of another incident than this one, in order.
pub(super) fn parts_elsewhere(sentence: &str, incident: Option<Day>) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    // An entry of another day is all of that day.
    let dated =
        times::dates(sentence).first().filter(|d| sentence.get(..d.range.start).is_some_and(is_lead_in)).map(|d| d.day);
    if dated.zip(incident).is_some_and(|(day, incident)| is_far(day, incident)) {
        out.push(0..sentence.len());
        return out;
    }
    let mut apart = false;
    for part in pieces(sentence) {
        let goes_on = continues_before(sentence, part.start);
        apart = (apart && goes_on) || is_of_another(sentence.get(part.clone()).unwrap_or(""), incident);
        if apart {
            out.push(part);
        }
    }
    out
}

/// Whether the clause at byte `start` goes on with the one before it.
fn continues_before(sentence: &str, start: usize) -> bool {
    let lower = sentence.get(start..).unwrap_or("").to_lowercase();
    let joined = sentence.get(..start).unwrap_or("").trim_end().ends_with('(');
    joined || GOES_ON.iter().any(|word| lower.starts_with(word))
}

/// Whether a clause tells of another incident.
pub(super) fn is_of_another(clause: &str, incident: Option<Day>) -> bool {
    ANOTHER.as_ref().is_some_and(|r| r.is_match(clause)) || incident.is_some_and(|day| is_another_time(clause, day))
}

/// Titles of the part of a page that lists what happened at other times, lower case.
const HISTORY: &[&str] = &[
    "past incidents",
    "previous incidents",
    "earlier incidents",
    "incident history",
    "other incidents",
    "related incidents",
    "similar incidents",
    "scheduled maintenance",
    "upcoming maintenance",
    "planned maintenance",
];

/// Blocks at the top of a page, where such a title speaks of all of it.
const TOP: usize = 4;

/// What a block is to the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Told of the incident.
    Story,
    /// In a list of what happened at other times.
    History,
    /// A teaser, an advert or a menu.
    Furniture,
}

/// What each block is.
pub(super) fn parts(blocks: &[Block]) -> Vec<Part> {
    let mut history = false;
    let part = |(index, block): (usize, &Block)| {
        let title = block.text.trim().trim_end_matches(':').to_lowercase();
        if HISTORY.contains(&title.as_str()) {
            history = index >= TOP;
        } else if matches!(block.kind, BlockKind::Heading(_)) {
            history = false;
        }
        match history {
            _ if is_furniture(block) => Part::Furniture,
            true => Part::History,
            false => Part::Story,
        }
    };
    blocks.iter().enumerate().map(part).collect()
}

static FURNITURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\W*(?:also\s+read|read\s+(?:also|more|next)|related(?:\s+(?:stories|articles|news|posts))?|most\s+(?:read|viewed|popular)|recommended(?:\s+for\s+you)?|sponsored|advertisements?|advert|promoted|more\s+(?:on|from)\s+\w+|you\s+may\s+also\s+like)\s*[:|·–-]|^\W*(?:©|copyright\s+(?:©|\d{4}))",
    )
});

/// Whether a block is a teaser, an advert or a menu: no part of the story.
fn is_furniture(block: &Block) -> bool {
    if block.is_sequence() && block.kind != BlockKind::Item {
        return false;
    }
    let text = block.text.as_str();
    let menu = text.matches(" | ").count() >= 2
        && text.len() < 400
        && !text.contains(". ")
        && times::clocks(text).is_empty()
        && times::dates(text).is_empty();
    menu || FURNITURE.as_ref().is_some_and(|r| r.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Option<Day> = Some(Day { year: Some(2031), month: 3, day: 4 });

    fn elsewhere(sentence: &str, word: &str) -> bool {
        let at = sentence.find(word).unwrap_or(0);
        parts_elsewhere(sentence, DAY).iter().any(|part| part.contains(&at))
    }

    #[test]
    fn what_is_told_for_comparison_is_of_another_incident() {
        for sentence in [
            "The outage of August 2029 lasted six hours and was caused by a disk.",
            "In August 2029 customers were shut out for six hours.",
            "Many of you remember August 2029, when the whole platform was down for six hours.",
            "Another high-street bank suffered an outage of six hours.",
            "The collapse of a larger rival took six hours to mend.",
            "Jan 19, 2031 - search was down for six hours.",
            "We thought of a cut fibre like last year (that was six hours, Aug 2030).",
        ] {
            assert!(elsewhere(sentence, "six"), "{sentence}");
        }
    }

    #[test]
    fn a_section_of_an_earlier_day_is_of_another_incident_and_one_of_a_later_day_is_not() {
        let day = |month, day| Day { year: None, month, day };
        let incident = DAY.unwrap();
        assert!(is_long_before(day(2, 20), incident));
        assert!(!is_long_before(day(3, 21), incident));
        assert!(!is_long_before(day(3, 2), incident));
    }

    #[test]
    fn what_the_incident_itself_was_stays_its_own() {
        for sentence in [
            "The certificate was issued in March 2029, and all logins failed for six hours.",
            "On 4 March 2031 the platform was down for six hours.",
            "The second failure of the morning lasted six hours.",
            "In March the platform was down for six hours.",
        ] {
            assert!(!elsewhere(sentence, "six"), "{sentence}");
        }
    }
}
