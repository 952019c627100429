//! What a part of a sentence speaks of: its subjects and their operation.

use std::ops::Range;

use super::names::{Mention, Names};
use super::words::{CAUSE_MARKERS, EMPTY_NOUNS};

/// What is known where a sentence stands.
#[derive(Clone, Debug)]
pub(super) struct Scope<'n> {
    /// Names of the document.
    pub names: &'n Names,
    /// Subjects of the head of the item, row or section.
    pub head: Vec<String>,
    /// Subjects of the sentence before in the same block.
    pub before: Vec<String>,
    /// First name of the block: what "it" means after "X uses".
    pub topic: Option<String>,
}

/// Subjects and operation of one segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct About {
    /// Who.
    pub subjects: Vec<String>,
    /// Which operation, lower case.
    pub operation: Option<String>,
    /// Whether the segment itself names the subjects.
    pub named: bool,
}

/// Where the part of `text` ends that tells what, before it tells why.
pub(super) fn what_ends(text: &str) -> usize {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return text.len();
    }
    CAUSE_MARKERS.iter().filter_map(|m| lower.find(m)).filter(|at| *at > 0).min().unwrap_or(text.len())
}

/// Who `segment` speaks of at `cue`; `earlier` are the subjects of the segments before it.
pub(super) fn about(scope: &Scope<'_>, segment: &str, cue: &Range<usize>, earlier: &[String]) -> About {
    let end = what_ends(segment).max(cue.end).min(segment.len());
    let what = segment.get(..end).unwrap_or(segment);
    let mentions: Vec<Mention> =
        scope.names.mentions(what, &scope.head).into_iter().filter(|m| usable(m, what, scope)).collect();
    let before: Vec<&Mention> = mentions.iter().filter(|m| m.range.end <= cue.start).collect();
    let after: Vec<&Mention> = mentions.iter().filter(|m| m.range.start >= cue.end).collect();
    let follows_of = what.get(cue.end..).unwrap_or("").trim_start().to_lowercase();
    let of = ["of ", "for ", "in ", "on ", "to "].iter().any(|w| follows_of.starts_with(w));
    let of_first = follows_of.starts_with("of ");
    let list = if of_first && !after.is_empty() {
        first_list(what, &after)
    } else if !before.is_empty() {
        last_list(what, &before)
    } else if of && scope.head.is_empty() {
        first_list(what, &after)
    } else {
        Vec::new()
    };
    let named = !list.is_empty();
    let subjects = if named {
        names_of(&list)
    } else if scope.head.is_empty() && !earlier.is_empty() && continues(what) {
        earlier.to_vec()
    } else if scope.head.is_empty() && refers_back(what) {
        scope.before.clone()
    } else {
        scope.head.clone()
    };
    let operation = operation(what, cue, &list);
    About { subjects, operation, named }
}

/// In the item of a head, only names the document knows count, and no bare acronyms of techniques.
fn usable(mention: &Mention, text: &str, scope: &Scope<'_>) -> bool {
    if scope.head.is_empty() || scope.head.contains(&mention.name) {
        return true;
    }
    let acronym = mention.name.chars().all(|c| !c.is_lowercase());
    let begins = text.get(..mention.range.start).is_some_and(|t| t.split_whitespace().count() <= 1);
    (mention.known && !acronym) || (begins && !acronym) || (begins && mention.known && mention.name.len() > 3)
}

/// The segment goes on with the subject of the one before it.
fn continues(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("").to_lowercase();
    text.chars().next().is_some_and(char::is_lowercase)
        && !matches!(first.as_str(), "the" | "a" | "an" | "users" | "customers" | "we" | "traffic" | "some" | "all")
}

/// The sentence begins with a word for what was named before it.
fn refers_back(text: &str) -> bool {
    let lower = text.trim_start().to_lowercase();
    ["these services", "those services", "these products", "they ", "it ", "both ", "this service", "the service "]
        .iter()
        .any(|w| lower.starts_with(w))
}

fn names_of(list: &[&Mention]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for mention in list {
        if !out.contains(&mention.name) {
            out.push(mention.name.clone());
        }
    }
    out
}

/// Whether two names stand in one enumeration: a comma, "and", "&" or "/" between them, and at most
/// two lower-case words ("DNS resolution, CDN caching").
pub(super) fn enumerated(text: &str, a: &Mention, b: &Mention) -> bool {
    let between = text.get(a.range.end..b.range.start).unwrap_or("");
    let joins = between.contains(',') || between.contains('&') || between.contains('/') || between.contains(" and ");
    let words = between.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && *w != "and" && *w != "the");
    joins && words.count() <= 2 && !between.contains(['.', ';', ':', '(', ')'])
}

/// The enumeration that ends with the last of `mentions`.
fn last_list<'m>(text: &str, mentions: &[&'m Mention]) -> Vec<&'m Mention> {
    let mut list: Vec<&Mention> = Vec::new();
    for mention in mentions.iter().rev() {
        if list.last().is_some_and(|last| !enumerated(text, mention, last)) {
            break;
        }
        list.push(mention);
    }
    list.reverse();
    list
}

/// The enumeration that begins with the first of `mentions`.
pub(super) fn first_list<'m>(text: &str, mentions: &[&'m Mention]) -> Vec<&'m Mention> {
    let mut list: Vec<&Mention> = Vec::new();
    for mention in mentions {
        if list.last().is_some_and(|last| !enumerated(text, last, mention)) {
            break;
        }
        list.push(mention);
    }
    list
}

/// The operation: words between the subject's name and its verb, before the verb when the subject
/// is the head's, or between a figure and the failure it counts ("100% build failure rate").
fn operation(text: &str, cue: &Range<usize>, list: &[&Mention]) -> Option<String> {
    let figure = text.get(cue.clone()).is_some_and(|c| c.contains('%') || c.contains("cent"));
    if figure && list.iter().all(|m| m.range.end > cue.start) {
        let after = text.get(cue.end..).unwrap_or("").trim_start();
        let part = ["of all ", "of new ", "of ", "for all ", "for "].iter().find_map(|p| after.strip_prefix(p)).unwrap_or(after);
        if let Some(op) = noun_phrase(without_names(part, text, list)) {
            return Some(op);
        }
    }
    match list {
        [] => noun_phrase(text.get(..cue.start)?),
        [.., last] if last.range.end <= cue.start => noun_phrase(text.get(last.range.end..cue.start)?),
        [.., last] => noun_phrase(text.get(last.range.end..)?),
    }
}

/// `part` after the last name that stands in it.
fn without_names<'t>(part: &'t str, text: &'t str, list: &[&Mention]) -> &'t str {
    let base = text.len() - part.len();
    list.iter().rev().find(|m| m.range.start >= base).and_then(|m| text.get(m.range.end..)).unwrap_or(part)
}

/// Words that end a noun phrase: verbs, prepositions and marks (lower case).
const STOPS: &[&str] = &[
    "was", "were", "is", "are", "be", "been", "had", "has", "have", "saw", "experienced", "suffered", "failed", "failing", "failure", "failures", "fail", "error", "errors",
    "dropped", "dropping", "fell", "peaked", "reached", "returned", "continued", "became", "went", "remained", "could", "couldn't", "did", "to", "in", "at", "on", "by", "with", "for", "of", "that", "which", "who",
    "during", "due", "faced", "began", "started", "rate", "rates", "all", "also", "entirely", "completely", "severely", "heavily", "success", "successfully", "completion", "using", "made", "from", "unable", "not", "but", "while",
    "only", "disrupted", "unavailable", "unreachable", "being", "rendered", "stopped", "spiked", "rose", "plummeted", "operating", "increased", "elevated", "slow", "degraded", "attempts",
];

/// The operation a noun phrase names: at most three words that say something.
fn noun_phrase(text: &str) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    for raw in text.split_whitespace() {
        let word = raw.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if word.is_empty() || EMPTY_NOUNS.contains(&word.as_str()) && out.is_empty() {
            continue;
        }
        if STOPS.contains(&word.as_str()) {
            break;
        }
        if !EMPTY_NOUNS.contains(&word.as_str()) {
            out.push(word);
        }
        if raw.ends_with([',', ';', ':', ')', '.']) || raw.starts_with('(') {
            break;
        }
    }
    let said = out.iter().any(|w| w.chars().any(char::is_alphabetic));
    (said && out.len() <= 3).then(|| out.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_short_noun_phrases() {
        assert_eq!(noun_phrase(" inference requests "), Some("inference".into()));
        assert_eq!(noun_phrase("build failure rate"), Some("build".into()));
        assert_eq!(noun_phrase("Existing sessions with active tokens "), Some("existing sessions".into()));
        assert_eq!(noun_phrase(" requests were "), None);
    }
}
