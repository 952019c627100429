//! Which operation of a subject a clause speaks of ("builds", "uploads").

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::Mention;
use super::words::{ADJECTIVES, EMPTY_NOUNS, STOPS};
use super::zones;
use crate::format::ascii::of_sentences;

/// "The error rate of saves was 38 % at its peak": what the rate is of.
static RATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:error|failure|success)\s+(?:rate|ratio)s?\s+(?:of|for)\s+(?:the\s+|our\s+|all\s+)?(?P<op>[a-z][a-z -]{2,40}?)\s+(?:was|were|rose|reached|peaked|climbed|went|stood)\b",
    )
});

/// Bytes between a name and its verb beyond which what stands between is no operation.
const MAX_GAP: usize = 48;

/// The operation: words between the subject's name and its verb, before the verb when the subject
/// is the head's, or between a figure and the failure it counts ("100% build failure rate").
pub(super) fn operation(text: &str, cue: &Range<usize>, list: &[&Mention]) -> Option<String> {
    let figure =
        text.get(cue.clone()).is_some_and(|c| ["%", "cent", " in ", " of"].iter().any(|mark| c.contains(mark)));
    if let Some(rated) = RATED.as_ref().and_then(|r| r.captures(text)).filter(|_| figure) {
        return rated.name("op").and_then(|op| noun_phrase(op.as_str()));
    }
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

/// The operation a noun phrase names: at most three words that say something.
pub(super) fn noun_phrase(text: &str) -> Option<String> {
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
        if out.is_empty() && is_time_word(&word) {
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

/// Whether a word is a piece of a time or the label of a zone: "06:57", "pst".
fn is_time_word(word: &str) -> bool {
    let clock = word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit());
    clock || zones::zone(&word.to_uppercase()).is_some()
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
