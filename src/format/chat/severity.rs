//! Sentences that set or change an incident's severity or state, read strictly.
//!
//! A false step in the severity track is worse than a missing one, so questions, negations, wishes
//! and quotations are not steps.

use std::sync::LazyLock;

use regex::Regex;

use crate::format::ascii::of_sentences;
use crate::model::{SeverityChange, SeverityWord};

/// What a message does to the incident.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Severity set or changed.
    pub severity: Option<SeverityChange>,
    /// State it moved to: `declared`, `identified`, `mitigated`, `resolved`.
    pub status: Option<&'static str>,
}

/// A severity word in prose; bare `S1` is left out, since it is a name of other things too.
const WORD: &str = r"((?:P|SEV[- ]?|severity[- ]?)[0-5])\b";

static ARROW: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(&format!(r"(?i)\b{WORD}\s*(?:->|→|=>|➜|➡)\s*{WORD}")));
static FROM_TO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\b(?:rais|upgrad|escalat|downgrad|lower|reduc|mov|chang|bump|increas|decreas|promot|demot|upp)(?:ed|d|ing)\b[^.?!\n]{{0,60}}?\b{WORD}\s+to\s+(?:an?\s+)?{WORD}"
    ))
});
static RAISED_TO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\b(?:(?:rais|upgrad|escalat|downgrad|lower|reduc|mov|chang|bump|increas|decreas|promot|demot|upp)(?:ed|d|ing)\b|(?:severity|priority)\s+(?:is\s+|was\s+|now\s+)*set\b)[^.?!\n]{{0,60}}?\b(?:to|as)\s+(?:an?\s+)?{WORD}"
    ))
});
static DECLARED_AS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\b(?:declar(?:ed|ing)|opened|opening|calling)\s+(?:(?:this|it|an?|as|the|new|incident)\s+){{0,4}}{WORD}"
    ))
});
static WORD_DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(r"(?i)\b{WORD}\s+(?:incident\s+)?(?:was\s+|is\s+|has been\s+|now\s+)*declared\b"))
});
static NOW: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(r"(?i)\b(?:is|are|we're|it's|this is)\s+(?:now|officially)\s+(?:an?\s+|at\s+)?{WORD}"))
});
static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:declar(?:ed|ing)\s+(?:an?|the|this\s+an?)\s+(?:\w+\s+)?incident|incident\s+(?:was\s+|is\s+|has been\s+)?declared)\b",
    )
});
static MOVED_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:incident\s+(?:is\s+|was\s+|has been\s+|now\s+|marked\s+|as\s+)*|mark(?:ed|ing)\s+(?:(?:the|this|incident|as)\s+)*)(resolved|mitigated)\b",
    )
});
static IDENTIFIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:(?:root\s+)?cause\s+(?:is\s+|was\s+|has been\s+)?identified|identified\s+(?:the\s+|a\s+)?(?:root\s+)?cause)\b",
    )
});
/// Words that turn a statement into a wish, a doubt or a denial when they stand before it.
static NOT_SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:not|never|no|without|unless|if|might|may|maybe|perhaps|could|should|would|will|can|consider\w*|thinking|propos\w*|suggest\w*|almost|before|until|once|when|whether|want\w*|need\w*|ready|planning|about to|instead of|rather than|ask\w*|don't|didn't|isn't|haven't|won't|hasn't|vs)\b|n't\b",
    )
});

/// The step that `text` takes, the last one when it takes several.
pub fn step(text: &str) -> Step {
    let mut step = Step::default();
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['>', '`'])) {
        for sentence in sentences(line).filter(|s| !s.trim_end().ends_with('?')) {
            if let Some(change) = severity_in(sentence) {
                step.severity = Some(change);
            }
            if let Some(status) = status_in(sentence) {
                step.status = Some(status);
            }
        }
    }
    step
}

/// The severity that a sentence sets, whatever else it says.
fn severity_in(sentence: &str) -> Option<SeverityChange> {
    for pair in [&ARROW, &FROM_TO].into_iter().filter_map(|p| p.as_ref()) {
        if let Some(found) = pair.captures(sentence) {
            said(sentence, found.get(0)?.start())?;
            let from = SeverityWord::parse(found.get(1)?.as_str())?;
            let to = SeverityWord::parse(found.get(2)?.as_str())?;
            return (from.vocabulary == to.vocabulary && from.rank != to.rank)
                .then_some(SeverityChange { from: Some(from), to });
        }
    }
    for single in [&RAISED_TO, &DECLARED_AS, &WORD_DECLARED, &NOW].into_iter().filter_map(|p| p.as_ref()) {
        if let Some(found) = single.captures(sentence) {
            said(sentence, found.get(0)?.start())?;
            return Some(SeverityChange { from: None, to: SeverityWord::parse(found.get(1)?.as_str())? });
        }
    }
    None
}

fn status_in(sentence: &str) -> Option<&'static str> {
    let found = |pattern: &Option<Regex>| {
        let place = pattern.as_ref().and_then(|p| p.find(sentence));
        place.and_then(|m| said(sentence, m.start())).is_some()
    };
    if found(&DECLARED) {
        return Some("declared");
    }
    if let Some(moved) = MOVED_ON.as_ref().and_then(|p| p.captures(sentence)) {
        said(sentence, moved.get(0)?.start())?;
        return Some(if moved.get(1)?.as_str().eq_ignore_ascii_case("resolved") { "resolved" } else { "mitigated" });
    }
    found(&IDENTIFIED).then_some("identified")
}

/// `Some` when nothing before byte `at` takes the statement back.
fn said(sentence: &str, at: usize) -> Option<()> {
    (!NOT_SAID.as_ref()?.is_match(sentence.get(..at)?)).then_some(())
}

/// Sentences of a line, each with its final mark.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    line.split_inclusive(['!', '?', ';']).flat_map(|piece| piece.split_inclusive(". "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Option<(Option<String>, String)> {
        step(text).severity.map(|c| (c.from.map(|f| f.word), c.to.word))
    }

    #[test]
    fn steps_are_read_with_their_words() {
        let to = |w: &str| Some((None, w.to_string()));
        let both = |a: &str, b: &str| Some((Some(a.to_string()), b.to_string()));
        assert_eq!(words("Incident raised to P0"), to("P0"));
        assert_eq!(words("We are escalating this to P0 now."), to("P0"));
        assert_eq!(words("severity P1 -> P0"), both("P1", "P0"));
        assert_eq!(words("upgraded the incident from P1 to P0"), both("P1", "P0"));
        assert_eq!(words("Declaring P1, please join the bridge"), to("P1"));
        assert_eq!(words("I'm declaring this a SEV-1"), to("SEV-1"));
        assert_eq!(words("This is now a P0."), to("P0"));
        assert_eq!(words("downgrading to SEV2"), to("SEV2"));
        assert_eq!(words("Severity set to P1 by commander"), to("P1"));
        assert_eq!(words("P1 incident declared."), to("P1"));
    }

    #[test]
    fn questions_wishes_and_denials_are_no_steps() {
        for text in [
            "should we go P0?",
            "escalated to P0?",
            "This was not raised to P0",
            "if it gets worse we will be escalating to P0",
            "P1 to P3 tickets are triaged weekly",
            "I don't think declaring P1 helps",
            "> raised to P0",
            "backups are moved to S3",
            "upload went from P1 to P1",
            "thinking about raising to P0",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }

    #[test]
    fn states_are_read_strictly() {
        assert_eq!(step("Declared an incident for kv").status, Some("declared"));
        assert_eq!(step("Marking the incident as resolved.").status, Some("resolved"));
        assert_eq!(step("Cause identified: provider store").status, Some("identified"));
        assert_eq!(step("has anybody declared an incident?").status, None);
        assert_eq!(step("we have not declared an incident").status, None);
    }
}
