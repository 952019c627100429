//! Whether a text says something, or only doubts, plans or denies it.

/// Words that, shortly before what is said, make it a question, a wish, a plan or a denial.
const DOUBT: &[&str] = &[
    "not",
    "no",
    "never",
    "yet",
    "trying",
    "partially",
    "being",
    "until",
    "once",
    "when",
    "be",
    "get",
    "would",
    "if",
    "cannot",
    "couldn",
    "mostly",
    "working",
    "unless",
    "should",
    "may",
    "might",
    "could",
    "hasn",
    "isn",
    "wasn",
];

/// Words between a doubt and what it is about, at most.
const DOUBT_REACH: usize = 3;

/// Whether `text` says one of `words` (parts of words, lower case) in one of its sentences, without
/// doubt before it and without a question mark after it.
pub fn says(text: &str, words: &[&str]) -> bool {
    let lower = text.to_lowercase();
    lower.split(['.', '\n', '!', ';']).any(|sentence| {
        !sentence.contains('?')
            && words
                .iter()
                .any(|word| sentence.match_indices(word).any(|(at, _)| !in_doubt(sentence.get(..at).unwrap_or(""))))
    })
}

/// Whether what stands just before takes back what follows ("not yet", "un…", "trying to").
fn in_doubt(before: &str) -> bool {
    // In the middle of a word it is another word ("unresolved", "backed").
    if before.ends_with(|c: char| c.is_alphanumeric()) {
        return true;
    }
    let words = before.rsplit(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.take(DOUBT_REACH).any(|w| DOUBT.contains(&w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_is_denied_planned_or_asked_is_not_said() {
        let over = &["resolved"];
        assert!(says("Incident resolved", over));
        assert!(says("Is it bad? No.\nIncident resolved", over));
        for text in ["still unresolved", "this is not resolved", "we will update once resolved", "is it resolved?"] {
            assert!(!says(text, over), "{text}");
        }
    }
}
