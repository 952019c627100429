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

/// `text` with the parts that tell why blanked out, byte for byte, each up to the next comma.
pub(super) fn without_causes(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = text.to_string();
    for marker in CAUSE_MARKERS {
        for (at, _) in lower.match_indices(marker) {
            let inside = lower.get(..at).is_some_and(|t| t.ends_with(char::is_alphanumeric));
            let rest = lower.get(at..).unwrap_or("");
            let end = at
                + [", ", ";", " and no ", " suffered", " experienced"]
                    .iter()
                    .filter_map(|e| rest.find(e))
                    .min()
                    .unwrap_or(rest.len());
            if !inside && out.is_char_boundary(at) && out.is_char_boundary(end) {
                out.replace_range(at..end, &" ".repeat(end - at));
            }
        }
    }
    out
}

/// Who `segment` speaks of at `cue`; `earlier` are the subjects of the segments before it.
pub(super) fn about(scope: &Scope<'_>, segment: &str, cue: &Range<usize>, earlier: &[String]) -> About {
    let masked = without_causes(segment);
    let what = masked.as_str();
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
    } else if scope.head.is_empty() && !earlier.is_empty() && continues(what, cue) {
        earlier.to_vec()
    } else if scope.head.is_empty() && refers_back(what) {
        scope.before.clone()
    } else {
        scope.head.clone()
    };
    let operation = operation(what, cue, &list);
    About { subjects, operation, named }
}

/// Names in brackets explain others; in the item of a head, other names count only at the
/// beginning of their segment.
fn usable(mention: &Mention, text: &str, scope: &Scope<'_>) -> bool {
    let before = text.get(..mention.range.start).unwrap_or("").trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("").to_lowercase();
    if before.ends_with('(')
        || matches!(last.as_str(), "as" | "than" | "unlike" | "on" | "upon" | "from" | "via" | "through")
    {
        return false;
    }
    if scope.head.is_empty() || scope.head.contains(&mention.name) {
        return true;
    }
    let acronym = mention.name.chars().all(|c| !c.is_lowercase());
    let begins = before.split_whitespace().count() <= 1;
    begins && (!acronym || (mention.known && mention.name.len() > 3))
}

/// The segment goes on with the subject of the one before it: it has none of its own.
fn continues(text: &str, cue: &Range<usize>) -> bool {
    text.get(..cue.start).is_none_or(|before| noun_phrase(before).is_none())
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
    let prepositions = ["with", "as", "in", "on", "of", "by", "at", "from", "for", "which", "while", "but", "or"];
    let words: Vec<&str> = words.collect();
    joins
        && words.len() <= 2
        && !words.iter().any(|w| prepositions.contains(w))
        && !between.contains(['.', ';', ':', '(', ')'])
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

/// Bytes between a name and its verb beyond which what stands between is no operation.
const MAX_GAP: usize = 48;

/// The operation: words between the subject's name and its verb, before the verb when the subject
/// is the head's, or between a figure and the failure it counts ("100% build failure rate").
fn operation(text: &str, cue: &Range<usize>, list: &[&Mention]) -> Option<String> {
    let figure = text.get(cue.clone()).is_some_and(|c| c.contains('%') || c.contains("cent"));
    if figure && list.iter().all(|m| m.range.end > cue.start) {
        let after = text.get(cue.end..).unwrap_or("").trim_start();
        let part = ["of all ", "of new ", "of ", "for all ", "for "]
            .iter()
            .find_map(|p| after.strip_prefix(p))
            .unwrap_or(after);
        if let Some(op) = noun_phrase(without_names(part, text, list)) {
            return Some(op);
        }
    }
    match list {
        [] => noun_phrase(text.get(..cue.start)?),
        [.., last] if last.range.end + MAX_GAP < cue.start => None,
        [.., last] if last.range.end <= cue.start => {
            noun_phrase(text.get(last.range.end..cue.start)?).or_else(|| counted_before(text, list.first()?))
        }
        [.., last] => noun_phrase(text.get(last.range.end..)?),
    }
}

/// "uploads to Vault": the plural noun that a preposition ties to the name.
fn counted_before(text: &str, name: &Mention) -> Option<String> {
    let mut words = text.get(..name.range.start)?.split_whitespace().rev();
    let preposition = words.next()?;
    let noun = words.next()?;
    let plain = noun.ends_with('s') && noun.len() > 3 && noun.chars().all(|c| c.is_lowercase() || c == '-');
    (matches!(preposition, "to" | "in" | "from" | "of" | "for") && plain && !EMPTY_NOUNS.contains(&noun))
        .then(|| noun.to_string())
}

/// `part` after the last name that stands in it.
fn without_names<'t>(part: &'t str, text: &'t str, list: &[&Mention]) -> &'t str {
    let base = text.len() - part.len();
    list.iter().rev().find(|m| m.range.start >= base).and_then(|m| text.get(m.range.end..)).unwrap_or(part)
}

/// Words that end a noun phrase: verbs, prepositions and marks (lower case).
const STOPS: &[&str] = &[
    "was",
    "were",
    "is",
    "are",
    "be",
    "been",
    "had",
    "has",
    "have",
    "saw",
    "experienced",
    "suffered",
    "failed",
    "failing",
    "failure",
    "failures",
    "fail",
    "error",
    "errors",
    "dropped",
    "dropping",
    "fell",
    "peaked",
    "reached",
    "returned",
    "continued",
    "became",
    "went",
    "remained",
    "could",
    "couldn't",
    "did",
    "to",
    "in",
    "at",
    "on",
    "by",
    "with",
    "for",
    "of",
    "that",
    "which",
    "who",
    "during",
    "due",
    "faced",
    "began",
    "started",
    "rate",
    "rates",
    "all",
    "also",
    "entirely",
    "completely",
    "severely",
    "heavily",
    "success",
    "successfully",
    "completion",
    "using",
    "made",
    "from",
    "unable",
    "not",
    "but",
    "while",
    "approaching",
    "up",
    "about",
    "approximately",
    "nearly",
    "almost",
    "over",
    "around",
    "roughly",
    "exceeding",
    "powers",
    "relies",
    "so",
    "requiring",
    "either",
    "then",
    "also",
    "complete",
    "total",
    "partial",
    "built",
    "or",
    "unavailability",
    "focused",
    "use",
    "key-value",
    "only",
    "disrupted",
    "unavailable",
    "unreachable",
    "being",
    "rendered",
    "stopped",
    "spiked",
    "rose",
    "plummeted",
    "operating",
    "increased",
    "elevated",
    "slow",
    "degraded",
    "attempts",
];

/// Words in -ed that are no verbs of the clause (lower case).
const ADJECTIVES: &[&str] = &[
    "cached",
    "uncached",
    "self-hosted",
    "hosted",
    "scheduled",
    "authenticated",
    "unauthenticated",
    "identity-based",
    "feed",
    "seed",
    "shared",
];

/// The operation a noun phrase names: at most three words that say something.
fn noun_phrase(text: &str) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    let text = text.replace(['—', '–'], " , ");
    for raw in text.split_whitespace() {
        let word = raw.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if word.is_empty() && !out.is_empty() {
            break;
        }
        if word.is_empty() || EMPTY_NOUNS.contains(&word.as_str()) && out.is_empty() {
            continue;
        }
        let verb = word.len() > 4 && word.ends_with("ed") && !ADJECTIVES.contains(&word.as_str());
        if verb || STOPS.contains(&word.as_str()) {
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
