//! Words the timeline listens for, and how alike two texts are.

use std::collections::BTreeSet;

/// Parts of words that tell of a change of severity, so that merely naming one is no step.
pub(super) const CHANGE_WORDS: &[&str] = &[
    "rais",
    "escalat",
    "upgrad",
    "downgrad",
    "lower",
    "bump",
    "declar",
    "chang",
    "set to",
    "moved",
    "promot",
    "reduc",
    "->",
    "→",
    "now a",
    "is now",
    "priority to",
    "severity to",
    "made this",
    "opened as",
    "drop",
];

/// State words of an incident that begins.
pub(super) const BEGINNINGS: &[&str] = &["detected", "started", "noticed", "began"];

/// Phrases that say an incident is over.
pub(super) const RESOLVED_PHRASES: &[&str] = &["resolved", "all clear", "incident closed"];

/// State words of an incident that is over.
pub(super) const RESOLVED_WORDS: &[&str] = &["resolved", "closed", "completed", "recovered", "all clear"];

/// Lower-case words of a text.
fn tokens(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// Share of common words, 0 to 1; a text whose words all stand in the other one counts as alike.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (tokens(a), tokens(b));
    let common = a.intersection(&b).count();
    let (less, all) = (a.len().min(b.len()), a.union(&b).count());
    all == 0 || common * 10 >= all * 6 || (less >= 3 && common == less)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_of_words_not_of_letters() {
        assert!(alike("Incident raised to P0", "incident raised to P0 by duty lead"));
        assert!(!alike("Deploy of edge", "Deploy of login"));
    }
}
