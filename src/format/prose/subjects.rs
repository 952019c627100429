//! What a part of a sentence speaks of: its subjects and their operation.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::names::{Mention, Names, is_capitalised};
use super::operations::{noun_phrase, operation};
use super::times::Day;
use super::words::{CAUSE_MARKERS, COMMON, EMPTY_NOUNS, STOPS};
use crate::format::ascii::of_sentences;
use crate::model::Measure;

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
    /// The day of the incident, as far as the text says it.
    pub day: Option<Day>,
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
    let counted = ["request ", "requests ", "call ", "calls ", "query ", "queries ", "order ", "orders ", "login "];
    let follows_of = counted.iter().find_map(|w| follows_of.strip_prefix(w)).unwrap_or(&follows_of).to_string();
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
    let leading = if named || !scope.head.is_empty() { None } else { leading_subject(what) };
    let subjects = if named {
        names_of(&list)
    } else if let Some(word) = leading {
        let operation = operation(what, cue, &list).filter(|o| !o.eq_ignore_ascii_case(&word));
        let operation = operation.filter(|o| !o.starts_with(&word.to_lowercase()));
        return About { subjects: vec![word], operation, named: true };
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

/// Words that follow a name which begins its sentence (lower case).
#[rustfmt::skip]
const AFTER_NAMES: &[&str] = &[
    "had", "has", "failed", "fails", "returned", "returns", "served", "saw", "was", "were", "errored", "timed", "went",
    "stalled", "suffered", "experienced", "dropped", "lost", "showed", "rejected", "kept", "stopped", "remained",
    "stayed", "continued", "worked", "succeeded", "responded", "crashed", "collapsed", "error", "errors", "success",
    "failure", "requests", "queries", "calls", "broke",
];

/// A capitalised word that begins the sentence and is followed by what happened to it.
fn leading_subject(text: &str) -> Option<String> {
    let mut words = text.split_whitespace().skip_while(|w| matches!(*w, "and" | "but" | "The" | "Our"));
    let (first, next) = (words.next()?, words.next()?);
    let plain = first.chars().all(|c| c.is_alphanumeric() || c == '-') && first.len() > 2;
    let lower = first.to_lowercase();
    let general = COMMON.contains(&lower.as_str())
        || EMPTY_NOUNS.contains(&lower.as_str())
        || STOPS.contains(&lower.as_str())
        || [
            "data",
            "nobody",
            "errors",
            "power",
            "sales",
            "trains",
            "latency",
            "users",
            "people",
            "staff",
            "monitoring",
        ]
        .contains(&lower.as_str());
    let follows = AFTER_NAMES.contains(&next.to_lowercase().trim_end_matches([',', '.']));
    (plain && follows && !general && is_capitalised(first)).then(|| first.to_string())
}

/// What somebody offers as a whole (lower case).
#[rustfmt::skip]
const WHOLE: &[&str] = &[
    "alerting", "alerts", "api", "app", "application", "apps", "business", "company", "customers", "dashboards",
    "engineer", "engineers", "infrastructure", "monitoring", "product", "products", "provider", "services", "site",
    "sites", "systems", "teams", "users", "vendor", "website", "websites",
];

/// Whether a phrase in lower case means all that somebody offers.
pub(super) fn is_whole(phrase: &str) -> bool {
    phrase.split(' ').any(|word| WHOLE.contains(&word))
}

static OWN_PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"^(?:Our|My)\s+(?:own\s+)?(?P<part>[a-z][\w-]+(?:\s[a-z][\w-]+)?)(?:,[^,]{1,60},)?\s+(?:was|were|began|started|failed|fell|went|had|saw|stopped|stayed|remained|dropped|returned)\b",
    )
});

/// What the writer owns that a sentence is about: "Our uploads began failing". The whole of what somebody offers
/// ("our services") is no part.
pub(super) fn own_part(sentence: &str) -> Option<String> {
    let part = OWN_PART.as_ref()?.captures(sentence)?.name("part")?.as_str();
    let plain = |word: &str| !EMPTY_NOUNS.contains(&word) && !STOPS.contains(&word) && !WHOLE.contains(&word);
    part.split(' ').all(plain).then(|| part.to_string())
}

static STATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\s(?:was|were|is|are|remained|remains|stayed|continued|kept|worked|failed|stopped|timed|hung|broke|answered|returned|placed|put|went|did|never|themselves|itself|had|has|have|uses?|runs?|takes?)\b",
    )
});

/// Words in lower case that a clause lists as what was hurt or not, right before its verb: "search, the catalogue and
/// login were unaffected". Those that say nothing by themselves are left out.
pub(super) fn listed_subjects(segment: &str, cue: &Range<usize>) -> Vec<String> {
    let verb = STATE.as_ref().and_then(|r| r.find(segment)).map_or(usize::MAX, |m| m.start());
    let Some(list) = segment.get(..verb).filter(|_| verb <= cue.start) else { return Vec::new() };
    let list = list.rsplit([';', ':', '—', '–']).next().unwrap_or("").replace(" and ", ", ").replace(" or ", ", ");
    let mut out = Vec::new();
    for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        // "The company's control panel" is the control panel.
        let item = ["'s ", "’s "].iter().find_map(|owner| item.split_once(owner)).map_or(item, |(_, owned)| owned);
        // "From a quarter past ten the booking page" is the booking page.
        let item = if out.is_empty() {
            [" the ", " our "].iter().fold(item, |i, w| i.rsplit(w).next().unwrap_or(i))
        } else {
            item
        };
        let words: Vec<String> = item.split_whitespace().map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let words = match words.as_slice() {
            ["the" | "our" | "their" | "its" | "all" | "no", rest @ ..] => rest,
            all => all,
        };
        // "The app of the couriers" is the app.
        let words = words.split(|word| *word == "of").next().unwrap_or(words);
        let plain = |word: &&str| {
            word.len() > 2
                && word.chars().all(|c| c.is_alphabetic() || c == '-')
                && !COMMON.contains(word)
                && !EMPTY_NOUNS.contains(word)
                && !STOPS.contains(word)
        };
        if !(1..=2).contains(&words.len()) {
            return Vec::new();
        }
        if words.iter().all(plain) {
            out.push(words.join(" "));
        }
    }
    out
}

static OBJECTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)\b(?:seeing|saw|having|experiencing|experienced)\s+(?P<x>[a-z][a-z\ -]{2,30}?)\s+(?:being\s+)?(?:declined|failing|fail|rejected|refused|timing\s+out|time\s+out)\b
          | \b(?:taken|took|taking|brought|bringing|knocked|knocking)\s+(?:down|out|offline)\s+(?P<y>(?:our|the|its|their)\s[a-z][a-z\ -]{2,40}?)(?:[.,;:]|$|\s(?:for|at|in|on|and\s+we)\b)",
    )
});

/// What a clause says was hurt as its object, and how: "seeing card payments declined", "has taken down our website".
pub(super) fn hurt_objects(segment: &str) -> Option<(Measure, Vec<String>)> {
    let c = OBJECTS.as_ref()?.captures(segment)?;
    let (measure, list) = match (c.name("x"), c.name("y")) {
        (Some(list), _) => (Measure::Degraded, list),
        (_, Some(list)) => (Measure::Unavailable, list),
        _ => return None,
    };
    let text = format!("{} was", list.as_str());
    let names = listed_subjects(&text, &(text.len()..text.len()));
    (!names.is_empty()).then_some((measure, names))
}

/// Names in brackets explain others; in the item of a head, other names count only at the
/// beginning of their segment.
fn usable(mention: &Mention, text: &str, scope: &Scope<'_>) -> bool {
    let before = text.get(..mention.range.start).unwrap_or("").trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or("").to_lowercase();
    // "In Frankfurt" is a place, unless the text knows it as something else.
    if before.ends_with('(')
        || (last == "in" && !mention.known)
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
/// two lower-case words ("Mail delivery, Search indexing").
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
