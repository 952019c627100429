//! Words that assert something without a figure: total failure, partial failure, health, loss.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::figures;
use crate::format::ascii::of_sentences;
use crate::model::Measure;

/// What a pattern asserts. Patterns are tried in this order; the first that matches speaks.
const CUES: &[(Measure, bool, &str)] = &[
    (Measure::DataLoss, false, r"\b(?:nothing (?:was |has been |had been |is |got )?lost|lost (?:no|nothing)\b)"),
    (Measure::DataLoss, false, r"\b(?:nobody|no one)['’]s (?:[\w-]+,? ){1,6}(?:was|were|is|has been) lost\b"),
    (
        Measure::DataLoss,
        false,
        r"\ball (?:\w+ ){0,2}data (?:was|were|has been|have been) (?:\w+ly )?(?:recovered|restored)\b",
    ),
    (Measure::DataLoss, false, r"\b(?:no|zero|without(?: any)?) (?:\w+ ){0,2}data (?:\w+ ){0,3}(?:lost|loss)\b"),
    (
        Measure::DataLoss,
        false,
        r"\b(?:no|without(?: any)?) (?:loss of (?:\w+ ){0,2}data|(?:[\w-]+ ){1,3}(?:was|were|got) (?:\w+ly )?lost)\b",
    ),
    (
        Measure::DataLoss,
        false,
        r"\bdata (?:is|are|was|were|remains?|remained|has been|have been)(?: \w+){0,2} (?:safe|intact|preserved)\b",
    ),
    (
        Measure::DataLoss,
        false,
        r"\ball (?:of )?(?:the |your |our )?(?:data|registrations|records|orders|entries|documents|files|messages|bookings)(?: [\w-]+){0,8} (?:are|were|is|was) (?:kept|preserved|safe|intact|still there)\b",
    ),
    (Measure::DataLoss, false, r"\bdata (?:was|were|has|have) (?:not|never) (?:been )?lost\b"),
    (
        Measure::DataLoss,
        true,
        r"\b(?:updates?|writes?|messages?|records?|events?|rows?|orders?|data|logs?|changes|transactions|uploads|comments|e?mails?|carts?|refunds?|payments?|bookings?|files?|objects?|posts?|notifications?|metrics|results?|progress|attendance|items?|scores?|photos?|readings?|entries|registrations?|trades|tickets|submissions|votes|bids|offers|history)\b(?:[\s]+[\w:.,-]+){0,12}? (?:(?:was|were|are|is|has been|have been|got) (?:permanently |irrecoverably |partially |silently )?(?:lost|discarded|irretrievable|unrecoverable)|(?:could|can)(?: not|not|n['’]t) be (?:recovered|restored|retrieved|recreated)|did(?: not|n['’]t) survive|(?:have|has|had) (?:disappeared|vanished)|(?:was|were) missing from (?:all|every)\b)",
    ),
    (
        Measure::DataLoss,
        true,
        r"\blost (?:about |around |roughly |some |all |up to )?(?:[\d,.]+ )?(?:\w+ ){0,3}(?:updates|writes|messages|records|events|rows|orders|transactions|data|progress|results|entries|submissions|history)\b",
    ),
    (Measure::DataLoss, true, r"\bdata loss\b"),
    (
        Measure::Unaffected,
        true,
        r"\b(?:continued|continues|kept)(?: to)?(?: \w+)? (?:operat\w+|function\w*|serv(?:e|ing)\b|work(?:ing)?\b|running|run\b)",
    ),
    (Measure::Unaffected, true, r"\b(?:continued|continues|kept) (?:for|normally|uninterrupted|as usual)\b"),
    (
        Measure::Unaffected,
        true,
        r"\b(?:un(?:affected|impacted|disturbed)|(?:was|were|are|is) not (?:\w+ )?(?:affected|impacted)|no (?:measurable |customer |visible |user )?impact\b|not impacted)",
    ),
    (
        Measure::Unaffected,
        true,
        r"\bno (?:\w+ ){0,2}(?:requests?|queries|calls|orders|payments|logins|bookings|writes|reads|transactions|jobs|builds|uploads|messages|deliveries) (?:failed|were (?:affected|refused|rejected))\b|\bnever failed\b|\b(?:did not|didn['’]t) fail\b",
    ),
    (
        Measure::Unaffected,
        true,
        r"\b(?:remained|stayed) (?:\w+ ){0,2}(?:available|operational|healthy|stable|normal|solid|up|online)\b",
    ),
    (
        Measure::Unaffected,
        true,
        r"\b(?:operat|function|work|behav|perform)(?:ed|ing) (?:normally|throughout|as usual|as ever|fine)\b",
    ),
    (
        Measure::Unaffected,
        true,
        r"\b(?:work|operat|function|runn?|ran)(?:ed|ing|s)? (?:as normal|normally|without (?:any )?(?:restriction|problem|interruption|issue)s?|the whole time)\b",
    ),
    (
        Measure::Unaffected,
        true,
        r"\b(?:was|were|is|are|stayed) normal (?:during|throughout|all|the whole|at all times)\b",
    ),
    (Measure::Unaffected, true, r"\b(?:was|were) (?:fine|healthy|untouched|not touched|healthy throughout|spared)\b"),
    (Measure::Degraded, true, r"\b(?:full or partial|partial or full|or complete|or total|in some cases)\b"),
    (
        Measure::Unavailable,
        true,
        r"\b(?:completely|entirely|totally|fully|wholly) (?:unavailable|offline|down|failed|failing|unreachable|inaccessible|inoperable|unusable|blocked|broken)\b",
    ),
    (Measure::Unavailable, true, r"\bfail(?:ed|ing) (?:completely|entirely|totally|outright|altogether)\b"),
    (
        Measure::Unavailable,
        true,
        r"\b(?:near-total|total|complete) (?:\w+ ){0,2}(?:outage|failure|disruption|unavailability|blackout|offline)\b",
    ),
    (
        Measure::Unavailable,
        true,
        r"\b(?:were|was|became|went|being|rendered|remained|stayed)(?:, (?:in fact|indeed|of course),)? (?:\w+ly |all |both |also |still |then |knocked |taken )?(?:unavailable|offline|unreachable|inaccessible|inoperable|blocked|down|dark)\b",
    ),
    (Measure::Unavailable, true, r"\b(?:knocked|taken) offline\b"),
    (Measure::Unavailable, true, r"\bnon-operational\b"),
    (
        Measure::Unavailable,
        true,
        r"\b(?:answered|returned|met|responded to) (?:every|all|each)(?: \w+){0,2} with (?:an? )?(?:HTTP )?(?:5\d\ds?|errors?)\b",
    ),
    (Measure::Unavailable, true, r"\b(?:all|every) (?:[\w-]+ ){0,5}(?:failed|were failing|was failing)\b"),
    (
        Measure::Degraded,
        true,
        r"\b(?:degraded|degradation|disrupted|disruptions?|intermittent(?:ly)?|sporadic(?:ally)?|partial(?:ly)?|minor|limited|impaired)\b",
    ),
    (
        Measure::Degraded,
        true,
        r"\b(?:increased|elevated|higher|regional|occasional) (?:\w+ ){0,2}(?:latency|latencies|errors?|failures?|timeouts?)\b",
    ),
    (Measure::Degraded, true, r"\b(?:unable to|could not|couldn['’]t|timed out|suffered|no new \w+ could)\b"),
    (
        Measure::Degraded,
        true,
        r"\b(?:failed|failing|failures|slow|slower|slowly|delayed|timeouts|errors|spikes?|heavily impacted|severely impacted)\b",
    ),
    (Measure::Degraded, true, r"\b(?:placed|put|went|switched|set|fell) (?:in|into|to) read-only\b"),
    (Measure::Degraded, true, r"\breturn(?:ed|ing) (?:HTTP )?[45]\d\d\b"),
];

/// Words that make a statement general or hypothetical (lower case, as words).
const HYPOTHETICAL: &[&str] = &[
    " can ",
    " may ",
    " might ",
    " would ",
    " should ",
    " if ",
    " will ",
    " whether ",
    " must ",
    " designed to ",
    " plans to ",
    " intended to ",
    " to prevent ",
    " preventing a ",
    " to avoid ",
    " does not ",
    " do not ",
    " cannot ",
];

static COMPILED: LazyLock<Vec<(Measure, bool, Regex)>> = LazyLock::new(|| {
    CUES.iter()
        .filter_map(|(measure, affirmed, pattern)| {
            Some((*measure, *affirmed, of_sentences(&format!("(?i){}", pattern.replace(' ', r"\s+")))?))
        })
        .collect()
});

/// A cue found.
#[derive(Clone, Debug)]
pub(super) struct Cue {
    /// What it measures.
    pub measure: Measure,
    /// False for a denial.
    pub affirmed: bool,
    /// Where.
    pub range: Range<usize>,
}

/// The strongest cue in `text`.
pub(super) fn find(text: &str) -> Option<Cue> {
    COMPILED.iter().find_map(|(measure, affirmed, regex)| {
        let found = regex.find(text)?;
        Some(Cue { measure: *measure, affirmed: *affirmed, range: found.range() })
    })
}

static VERB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:were|was|experienced|suffered|saw|faced|had|failed|returned|became|degraded|disrupted|unable|could not|reported|showed|began|started|timed|slowed|demonstrated|operated|(?:is|are)\s+(?:currently\s+|still\s+|now\s+)?(?:slow|slower|failing|degraded|disrupted|seeing|experiencing))\b").ok()
});

/// Whether `text` has a verb that tells of something that happened.
pub(super) fn has_verb(text: &str) -> bool {
    VERB.as_ref().is_some_and(|r| r.is_match(text))
}

/// Whether `text` says that something happened to something: a cue or a percentage.
pub(super) fn is_predicate(text: &str) -> bool {
    find(text).is_some() || !figures::percentages(text).is_empty()
}

/// Whether a sentence speaks of what may happen, not of what did.
pub(super) fn is_hypothetical(sentence: &str) -> bool {
    // "May" with a capital is a month; "we can confirm" is no doubt.
    let lower = format!(" {} ", sentence.replace(" May ", " ").to_lowercase())
        .replace(" can confirm ", " confirm ")
        .replace(" cannot be recovered", " was not recovered")
        .replace(" cannot be restored", " was not restored");
    HYPOTHETICAL.iter().any(|w| lower.contains(w))
        || (lower.contains(" could ") && !lower.contains(" could not ") && !lower.contains(" no "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> Option<(Measure, bool)> {
        find(text).map(|c| (c.measure, c.affirmed))
    }

    #[test]
    fn words_are_read_as_measures() {
        assert_eq!(says("no customer data was lost"), Some((Measure::DataLoss, false)));
        assert_eq!(says("some writes made before noon were lost"), Some((Measure::DataLoss, true)));
        assert_eq!(says("was completely unavailable"), Some((Measure::Unavailable, true)));
        assert_eq!(says("continued operating normally"), Some((Measure::Unaffected, true)));
        assert_eq!(says("saw full or partial failure"), Some((Measure::Degraded, true)));
        assert_eq!(says("experienced increased latency"), Some((Measure::Degraded, true)));
        assert_eq!(says("is a store of values"), None);
    }
}
