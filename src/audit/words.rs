//! Words of substance: what tells one phrase from another.

use std::collections::BTreeSet;

/// Words too general to tell one phrase from another (lower case).
#[rustfmt::skip]
const NOISE: &[&str] = &[
    "failure", "failures", "failed", "failing", "fail", "fails", "outage", "outages", "incident", "incidents",
    "service", "services", "system", "systems", "infrastructure", "underlying", "cause", "caused", "causes", "root",
    "issue", "issues", "problem", "problems", "error", "errors", "during", "which", "that", "their", "this", "these",
    "those", "with", "from", "into", "used", "using", "internal", "single", "specifically", "experienced",
    "supporting", "critical", "other", "some", "more", "most", "when", "where", "were", "have", "been", "being",
    "part", "also", "between", "across", "several", "many", "cascading", "disruption", "unavailability", "while",
    "affected", "the", "and", "our", "its", "for", "was", "had", "has", "one", "not", "but", "own", "component",
    "components", "architecture", "large", "small", "unexpected", "disabled", "led", "result", "resulting",
    "product", "products", "team", "teams", "within", "inside", "after", "before", "because", "due", "is", "are",
    "only", "all", "any", "such", "than", "then", "there", "they", "them", "who", "what", "will", "would", "could",
    "did", "does", "done", "made", "make", "says", "said", "told", "time", "times", "new", "old", "over", "under",
    "upon", "out", "off", "down", "back", "again", "very", "just", "still", "until", "through",
    "now", "no", "at", "by", "on", "in", "of", "to", "as", "it", "we", "be", "or", "an", "a", "so", "if", "up",
];

/// Words of a phrase that carry meaning: no general ones, no owners ("Initech's"), plural folded.
pub(super) fn substance(phrase: &str) -> BTreeSet<String> {
    phrase
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\'' | '’')))
        .filter(|w| w.chars().count() >= 3 && !w.ends_with("'s") && !w.ends_with("’s"))
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase())
        .filter(|w| !NOISE.contains(&w.as_str()))
        .map(|w| w.strip_suffix('s').filter(|s| s.len() > 3).map_or(w.clone(), str::to_string))
        .filter(|w| !w.is_empty())
        .collect()
}

/// Beginning of a word that its forms share ("registrations", "register": "regist").
pub(super) fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    let cut = ["ations", "ation", "ings", "ing", "ions", "ion", "ies", "ers", "er", "ed", "es", "s", "e", "y"]
        .iter()
        .find_map(|end| lower.strip_suffix(end).filter(|rest| rest.chars().count() >= 4));
    cut.unwrap_or(&lower).to_string()
}

/// Stems of the words of substance.
pub(super) fn stems(phrase: &str) -> BTreeSet<String> {
    substance(phrase).iter().flat_map(|w| w.split('-').map(stem).collect::<Vec<_>>()).filter(|w| w.len() > 2).collect()
}

/// How much of the smaller of two sets the larger holds, 0 to 1; 0 when one is empty.
pub(super) fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let least = a.len().min(b.len());
    if least == 0 { 0.0 } else { a.intersection(b).count() as f64 / least as f64 }
}
