//! Lengths of time that are the length of an outage.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::figures::bound_before;
use super::numbers::{NUMBER, amount};
use super::zones;
use crate::format::ascii::of_sentences;
use crate::model::Bound;

/// A length of time as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Length {
    /// Where.
    pub range: Range<usize>,
    /// Seconds.
    pub seconds: f64,
    /// Digits after the decimal point of its first figure.
    pub decimals: u8,
    /// How it bounds the truth.
    pub bound: Bound,
}

static LENGTH: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?xi)
        \b(?P<d>{NUMBER})[\s-]*d(?:ays?)?\b(?:\s*,?\s*(?:and\s+)?(?P<dh>{NUMBER})[\s-]*(?:hours?|hrs?|h)\b)?(?:\s*,?\s*(?:and\s+)?(?P<dm>{NUMBER})[\s-]*(?:minutes?|mins?|m)\b)?
        | \b(?P<hh>half\s+an\s+hour|half-hour)\b | \b(?:a\s+)?(?P<hq>quarter\s+of\s+an\s+hour)\b | \b(?P<tq>three\s+quarters\s+of\s+an\s+hour)\b
        | \b(?P<h>{NUMBER})(?P<half>\s+and\s+a\s+(?:half|quarter))?[\s-]*(?:hours?|hrs?|h)\b(?P<half2>\s+and\s+a\s+(?:half|quarter)\b)?
            (?:\s*,?\s*(?:and\s+)?(?P<hm>{NUMBER})[\s-]*(?:minutes?|mins?|m)\b)?(?:\s*,?\s*(?:and\s+)?(?P<hs>\d+)[\s-]*(?:seconds?|secs?|s)\b)?
        | \b(?P<ch>\d{{1,3}})h(?P<cm>\d{{1,2}})(?:m(?:in)?)?\b
        | \b(?P<m>{NUMBER})[\s-]*(?:minutes?|mins?)\b(?:\s*,?\s*(?:and\s+)?(?P<ms>\d+)[\s-]*(?:seconds?|secs?|s)\b)?"
    ))
});

static LATER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)^\W*(?:and\s+|only\s+|just\s+|about\s+|some\s+)?(?P<n>{NUMBER})\s+(?P<u>minutes?|hours?|seconds?)\s+(?:later|after that|afterwards)\b"
    ))
});

/// "Five minutes later" at the beginning of a sentence: where it stands, and the seconds.
pub(super) fn later(sentence: &str) -> Option<(Range<usize>, i64)> {
    let c = LATER.as_ref()?.captures(sentence)?;
    let number = amount(c.name("n")?.as_str())?.0;
    let unit = match c.name("u")?.as_str().chars().next()? {
        'h' | 'H' => 3600.0,
        's' | 'S' => 1.0,
        _ => 60.0,
    };
    Some((c.get(0)?.range(), (number * unit) as i64))
}

static FIELD: LazyLock<Option<Regex>> =
    LazyLock::new(|| of_sentences(r"(?i)^\W*(?:(?:total|incident|outage)[\s_-]+)?(?:duration|downtime|length)\W*:"));

/// Whether a line of fields holds the length of the outage: `duration: 6h 10m`.
pub(super) fn is_length_field(line: &str) -> bool {
    FIELD.as_ref().is_some_and(|r| r.is_match(line))
}

/// Words around a length that make it the length of an outage.
static OUTAGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:last(?:ed|ing)|duration|outage|downtime|disruption|incident|unavailable|unreachable|down|offline|impact|interruption|resolve[ds]?|restor\w+|took[^.;]{1,60}?\s(?:to|before|until)\s[^.;]{0,40}?\b(?:restor|resolv|recover|fix|repair|bring|back|normal|return|clear)\w*|failed|fail|failing|errors?|could not|cannot|no \w+ could|disturbance|trouble|breakdown|silent|stopped|refused|rejected|blocked|stuck|stale|frozen|degraded|continued|halted|paused|suspended|closed|in\s+total|altogether|all\s+told)\b",
    )
});

/// Words right after a length that make it a distance or a period instead, lower case.
const NOT_LENGTHS: &[&str] = &[
    "later",
    "after",
    "before",
    "read",
    "ago",
    "earlier",
    "interval",
    "window",
    "prior",
    "into",
    "from",
    "timeout",
    "lag",
    "delay",
    "retention",
];

/// Words right before a length that make it a distance or a period instead, lower case.
const NOT_BEFORE: &[&str] =
    &["every", "within", "per", "last", "past", "next", "in", "previous", "after", "each", "which"];

/// "It took the team 40 minutes to find it": a step of the response, not the outage.
static STEP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^to\s+(?:\w+ly\s+)?(?:find|identify|detect|notice|diagnose|locate|spot|discover|realis\w+|realiz\w+|understand|trace|pinpoint|isolate|confirm|respond|react|acknowledge|declare|escalate|page|assemble|join|log|get\s+in|deploy|build|write|roll\s+back|revert|post|publish|tell|inform)\b",
    )
});

/// "Detection took 3 hours": neither.
static PHASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:detect\w*|diagnos\w*|investigation|identification|deploy\w*|roll-?\s?(?:back|out)|fail-?over|escalation|acknowledg\w*|response|changes?|migration|rebuild\w*|maintenance|search|call)\b[^,;.]*\b(?:took|needed|lasted)\b[^,;.]*$",
    )
});

/// Whether `outage` matches within the first words of `rest`: "of total downtime", and not "of progress, which …".
fn first_words(rest: &str, outage: &Regex) -> bool {
    outage.find(rest).is_some_and(|m| rest.get(..m.start()).is_some_and(|b| b.split_whitespace().count() <= 2))
}

/// Lengths of outages in `text`, in order.
pub(super) fn lengths(text: &str) -> Vec<Length> {
    let (Some(regex), Some(outage)) = (LENGTH.as_ref(), OUTAGE.as_ref()) else { return Vec::new() };
    if !outage.is_match(text) {
        return Vec::new();
    }
    let keep = |range: &Range<usize>| {
        let after = text.get(range.end..).unwrap_or("").trim_start().to_lowercase();
        let before = text.get(..range.start).unwrap_or("").trim_end().to_lowercase();
        // The hours of "14:20 hrs" are a time of day.
        let of_clock = text.get(..range.start).and_then(|b| b.strip_suffix([':', '.']));
        let of_clock = of_clock.is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()));
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let over = ["restored", "resolved", "recover", "back online", "fixed"].iter().any(|w| before.contains(w));
        let period = NOT_BEFORE.contains(&word) && !(word == "after" && over)
            || STEP.as_ref().is_some_and(|step| step.is_match(&after))
            || PHASE.as_ref().is_some_and(|phase| phase.is_match(&before));
        let of_else =
            after.strip_prefix("of ").is_some_and(|rest| !OUTAGE.as_ref().is_some_and(|o| first_words(rest, o)));
        !of_clock && !of_else && !NOT_LENGTHS.iter().any(|w| after.starts_with(w)) && !period
    };
    let mut out = Vec::new();
    for c in regex.captures_iter(text) {
        let Some(range) = c.get(0).map(|m| m.range()).filter(|r| keep(r)) else { continue };
        let placed = c.name("ch").is_some() && c.get(0).is_some_and(|m| is_placed(text, m.start()));
        if placed || glued(&c) || zones::begins(text.get(range.end..).unwrap_or("")) {
            continue;
        }
        if let Some((seconds, decimals)) = seconds_of(&c) {
            let rough = ["hh", "hq", "tq", "half", "half2"].iter().any(|name| c.name(name).is_some());
            let bound = match bound_before(text, range.start) {
                Bound::Exactly if rough => Bound::About,
                bound => bound,
            };
            out.push(Length { range, seconds, decimals, bound });
        }
    }
    out
}

/// Whether the word before byte `at` makes "10h12" a time of day.
fn is_placed(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("").trim_end().to_lowercase();
    ["at", "from", "to", "until", "by", "since", "between", "and", "till"]
        .iter()
        .any(|word| before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)))
}

/// A number in words that is only the beginning of another word ("and" is no "an d").
fn glued(c: &regex::Captures<'_>) -> bool {
    let Some(whole) = c.get(0) else { return true };
    ["d", "h", "m"].iter().filter_map(|n| c.name(n)).any(|n| {
        let rest = whole.as_str().get(n.end() - whole.start()..).unwrap_or("");
        n.as_str().starts_with(char::is_alphabetic) && !rest.starts_with([' ', '-', '\n', '\t'])
    })
}

fn seconds_of(c: &regex::Captures<'_>) -> Option<(f64, u8)> {
    let fixed = [("hh", 1800.0), ("hq", 900.0), ("tq", 2700.0)];
    if let Some((_, seconds)) = fixed.iter().find(|(name, _)| c.name(name).is_some()) {
        return Some((*seconds, 0));
    }
    let value = |name: &str| amount(c.name(name)?.as_str());
    let rest = |name: &str| value(name).map_or(0.0, |v| v.0);
    let half = match c.name("half").or(c.name("half2")) {
        Some(part) if part.as_str().to_lowercase().ends_with("quarter") => 0.25,
        Some(_) => 0.5,
        None => 0.0,
    };
    let parts = [("d", 86_400.0), ("h", 3600.0), ("ch", 3600.0), ("m", 60.0)];
    let (first, unit, decimals) = parts.iter().find_map(|(n, unit)| value(n).map(|v| (v.0, *unit, v.1)))?;
    let seconds = (first + half) * unit
        + (rest("dh") * 3600.0)
        + (rest("hm") + rest("cm") + rest("dm")) * 60.0
        + rest("hs")
        + rest("ms");
    (seconds > 0.0).then_some((seconds, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_need_an_outage_beside_them() {
        let read = |text: &str| lengths(text).iter().map(|l| (l.seconds, l.bound)).collect::<Vec<_>>();
        assert_eq!(read("lasting 3 hours and 15 minutes"), [(11700.0, Bound::Exactly)]);
        assert_eq!(read("the outage lasted almost 2.5 hours"), [(9000.0, Bound::AtMost)]);
        assert_eq!(read("a 45-minute outage"), [(2700.0, Bound::Exactly)]);
        assert_eq!(read("duration 3h15m"), [(11700.0, Bound::Exactly)]);
        assert_eq!(read("down for an hour and sixteen minutes"), [(4560.0, Bound::Exactly)]);
        assert_eq!(read("it was down for about an hour and a quarter"), [(4500.0, Bound::About)]);
        assert_eq!(read("it failed for twenty-seven minutes"), [(1620.0, Bound::Exactly)]);
        assert_eq!(read("it took the team 40 minutes to find the customer"), []);
        assert_eq!(read("it took the team 40 minutes to restore it"), [(2400.0, Bound::Exactly)]);
        assert_eq!(read("the incident began 30 minutes later; 9 min read"), []);
    }
}
