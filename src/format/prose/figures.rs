//! Percentages, with what they measure and how they bound it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::numbers::{amount, number};
use crate::format::ascii::of_sentences;
use crate::model::{Bound, Measure};

/// A percentage as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Percent {
    /// Where.
    pub range: Range<usize>,
    /// 0 to 1 (or above).
    pub value: f64,
    /// Digits after the decimal point.
    pub decimals: u8,
    /// How it bounds the truth.
    pub bound: Bound,
}

static PERCENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?xi)
        (?:(?P<low>\d{1,3}(?:\.\d+)?)\s?%?\s?(?:-|–|to)\s?)?(?P<n>\d{1,3}(?:[.,]\d{1,4})?)\s?(?:%|percent\b|per\s?cent\b)
        | \b(?P<every>every|none|half\s+of)\b\s+(?:[\w-]+\s+){0,5}?(?:requests?|queries|query|calls?|logins?|writes|reads|orders?|transactions|uploads|builds)\b
        | \b(?:(?P<part>one|two|three|four|five|six|seven|eight|nine|\d{1,2})[\s-](?:in|out\s+of)[\s-](?P<of>two|three|four|five|six|seven|eight|nine|ten|twenty|\d{1,2})
            |(?P<parts>a|one|two|three)[\s-](?P<name>third|quarter|fifth|tenth)s?\s+of
            |by\s+(?P<parts2>a|one|two|three)[\s-](?P<name2>third|half|quarter|fifth|tenth)s?)\b
        | \b(?:dropp?(?:ed|ing)?|fell|falling|plummeted|went|down|reduced|declined|sank)\s+to\s+(?:\w+\s+)?(?P<zero>zero)\b",
    )
});

/// Words before a figure → what they make of it, lower case; the last of them before the figure speaks.
const BOUNDS: &[(&str, Bound)] = &[
    ("up to", Bound::AtMost),
    ("at most", Bound::AtMost),
    ("as much as", Bound::AtMost),
    ("as many as", Bound::AtMost),
    ("no more than", Bound::AtMost),
    ("less than", Bound::AtMost),
    ("fewer than", Bound::AtMost),
    ("under", Bound::AtMost),
    ("below", Bound::AtMost),
    ("almost", Bound::AtMost),
    ("nearly", Bound::AtMost),
    ("approaching", Bound::AtMost),
    ("close to", Bound::About),
    ("about", Bound::About),
    ("approximately", Bound::About),
    ("approx.", Bound::About),
    ("around", Bound::About),
    ("roughly", Bound::About),
    ("some", Bound::About),
    ("an estimated", Bound::About),
    ("~", Bound::About),
    ("≈", Bound::About),
    ("circa", Bound::About),
    ("ca.", Bound::About),
    ("over", Bound::AtLeast),
    ("a good", Bound::AtLeast),
    ("more than", Bound::AtLeast),
    ("at least", Bound::AtLeast),
    ("above", Bound::AtLeast),
    ("exceeding", Bound::AtLeast),
    ("exceeded", Bound::AtLeast),
    ("upwards of", Bound::AtLeast),
    ("north of", Bound::AtLeast),
];

/// The bound that the words right before byte `at` make.
pub(super) fn bound_before(text: &str, at: usize) -> Bound {
    let before = text.get(..at).unwrap_or("").to_lowercase();
    let before = before.trim_end().trim_end_matches(['a', ' ']).trim_end_matches('\\').trim_end();
    BOUNDS
        .iter()
        .filter(|(word, _)| {
            before.strip_suffix(word).is_some_and(|rest| {
                !word.starts_with(char::is_alphabetic) || !rest.ends_with(|c: char| c.is_alphanumeric())
            })
        })
        .max_by_key(|(word, _)| word.len())
        .map_or(Bound::Exactly, |(_, bound)| *bound)
}

/// Percentages in `text`, in order.
pub(super) fn percentages(text: &str) -> Vec<Percent> {
    let Some(regex) = PERCENT.as_ref() else { return Vec::new() };
    let mut out = Vec::new();
    for c in regex.captures_iter(text) {
        let Some(whole) = c.get(0) else { continue };
        if c.name("zero").is_some() {
            out.push(Percent { range: whole.range(), value: 0.0, decimals: 0, bound: Bound::Exactly });
            continue;
        }
        if let Some(value) = fraction(&c) {
            let of = whole
                .as_str()
                .rfind("of")
                .filter(|_| c.name("parts").is_some())
                .map_or(whole.end(), |at| whole.start() + at);
            if is_of_a_part(text.get(of..).unwrap_or("")) {
                continue;
            }
            let bound = match bound_before(text, whole.start()) {
                Bound::Exactly => Bound::About,
                bound => bound,
            };
            out.push(Percent { range: whole.range(), value, decimals: 0, bound });
            continue;
        }
        if let Some(word) = c.name("every") {
            let value = match word.as_str().chars().next() {
                Some('e' | 'E') => 1.0,
                Some('n' | 'N') => 0.0,
                _ => 0.5,
            };
            let bound = bound_before(text, whole.start());
            let rest = text.get(word.end()..).unwrap_or("").trim_start();
            if (bound == Bound::Exactly || value == 0.5) && (value > 0.9 || rest.starts_with("of ") || value == 0.5) {
                let end = word.start() + word.as_str().split_whitespace().next().unwrap_or("").len();
                out.push(Percent { range: word.start()..end, value, decimals: 0, bound });
            }
            continue;
        }
        if is_of_a_part(text.get(whole.end()..).unwrap_or("")) {
            continue;
        }
        let before = text.get(..whole.start()).unwrap_or("");
        if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '$')) {
            continue;
        }
        let Some((value, decimals)) = c.name("n").and_then(|n| number(n.as_str())) else { continue };
        let bound = bound_before(text, whole.start());
        match c.name("low").and_then(|n| number(n.as_str())) {
            Some((low, digits)) if low < value => {
                out.push(Percent { range: whole.range(), value: low / 100.0, decimals: digits, bound: Bound::AtLeast });
                out.push(Percent { range: whole.range(), value: value / 100.0, decimals, bound: Bound::AtMost });
            }
            _ => out.push(Percent { range: whole.range(), value: value / 100.0, decimals, bound }),
        }
    }
    out
}

static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)^\s*of\s+(?:all\s+|the\s+|these\s+|those\s+|our\s+)*(?:affected|failed|failing|rejected|refused|lost|remaining|delayed|impacted|stuck|missing|tickets|complaints|reports)\b",
    )
});

/// Whether what follows a share makes it one of what was hurt already: "a fifth of the affected writes".
fn is_of_a_part(rest: &str) -> bool {
    PART.as_ref().is_some_and(|r| r.is_match(rest))
}

/// "One in eight", "two thirds of".
fn fraction(c: &regex::Captures<'_>) -> Option<f64> {
    let part_of = |name: &str| Some(amount(c.name(name)?.as_str())?.0);
    let of = ["of", "name", "name2"].iter().find_map(|name| part_of(name))?;
    let share = ["part", "parts", "parts2"].iter().find_map(|name| part_of(name))? / of;
    (share < 1.0).then_some(share)
}

static SUCCESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:success\w*|succeed\w*|complet(?:ion|ions|ed|e)|availability|uptime|delivered|went through|got through|(?:was|were) accepted|back to normal|(?:as|to) normal|recovered|restored)\b",
    )
});
static FAILURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:fail\w*|errors?|error(?:ed|ing)|unavailab\w*|5xx|unsuccessful|broken|timed out|timeouts?|rejected|declined|bounced|lost|impacted|affected|disrupt\w*|degrad\w*|refused|down|hit|5\d\ds|(?:not|n['’]t|never)\s+(?:be\s+)?(?:succe\w+|complet\w+|go through|available)|in error|blank|unreachable|offline)\b",
    )
});
static VOLUME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:traffic|volumes?|throughput|load|requests?|queries|answers|responses|sales|orders|logins|sessions)\b",
    )
});
static FALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:below|dropp?\w*|fell|fall|plummet\w*|declin\w*|decreas\w*|less|lower|reduc\w*|down|shrank)\b",
    )
});
static RISE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)\b(?:above normal|increas\w*|surg\w*|rose|climbed|higher|more than normal|jumped|grew)\b")
});

static SOLD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:(?:[a-z]+\s+)?answers|responses|sales|orders|logins|sessions|bookings|payments|sign-?ups)\b",
    )
});

/// What there was more or less of, when it is not traffic as a whole.
pub(super) fn volume_of(text: &str) -> Option<String> {
    Some(SOLD.as_ref()?.find(text)?.as_str().to_lowercase())
}

/// Whether a text speaks of more or less traffic.
pub(super) fn speaks_of_volume(text: &str) -> bool {
    let has = |r: &LazyLock<Option<Regex>>| r.as_ref().is_some_and(|r| r.is_match(text));
    has(&VOLUME) && (has(&FALL) || has(&RISE) || has(&FAILURE))
}

/// Bytes between `figure` and the nearest match, `None` without one.
fn distance(regex: &LazyLock<Option<Regex>>, text: &str, figure: &Range<usize>) -> Option<usize> {
    regex
        .as_ref()?
        .find_iter(text)
        .map(|m| m.start().saturating_sub(figure.end).max(figure.start.saturating_sub(m.end())))
        .min()
}

/// Words behind a figure that make it one of business, not of an outage (lower case).
const PERIODS: &[&str] = &["quarter", "last year", "this year", "year on year", "last month", "per year", "of staff"];

static NOT_SUCCESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(r"(?i)(?:\bnot|n['’]t|\bnever)\s+(?:be\s+)?(?:succe\w+|complet\w+|go through|delivered)")
});

/// Whether the success a segment speaks of is denied.
fn negated(segment: &str) -> bool {
    NOT_SUCCESS.as_ref().is_some_and(|r| r.is_match(segment))
}

/// What a percentage in `segment` measures and its value in that measure; `None` when the segment
/// does not say, since nothing is guessed.
pub(super) fn measure_of(segment: &str, percent: &Percent) -> Option<(Measure, f64)> {
    let before = segment.get(..percent.range.start).unwrap_or("").to_lowercase();
    let after = segment.get(percent.range.end..).unwrap_or("").to_lowercase();
    let said = segment.get(percent.range.clone()).unwrap_or("").to_lowercase();
    let by = said.starts_with("by ") || before.trim_end().ends_with("by") || before.trim_end().ends_with("by about");
    let of_normal = [
        "below",
        "above",
        "less",
        "more",
        "lower",
        "higher",
        "of normal",
        "of usual",
        "of its normal",
        "of its usual",
        "of the usual",
        "of their usual",
        "of a normal",
        "of a usual",
    ]
    .iter()
    .any(|w| after.trim_start().starts_with(w));
    let near = |r: &LazyLock<Option<Regex>>| distance(r, segment, &percent.range);
    if PERIODS.iter().any(|w| after.contains(w)) && near(&FAILURE).is_none() {
        return None;
    }
    if (by || of_normal) && (near(&FALL).is_some() || near(&RISE).is_some() || of_normal) {
        let failing = near(&FAILURE).is_some_and(|d| d < 25) && near(&VOLUME).is_none();
        if failing || near(&SUCCESS).is_some() {
            return None;
        }
        let to = !by && after.trim_start().starts_with("of ");
        let falls = near(&FALL).unwrap_or(usize::MAX) <= near(&RISE).unwrap_or(usize::MAX);
        let change = if to {
            percent.value - 1.0
        } else if falls {
            -percent.value
        } else {
            percent.value
        };
        return Some((Measure::TrafficChange, change));
    }
    let success = if negated(segment) { None } else { near(&SUCCESS) };
    match (success, near(&FAILURE)) {
        (Some(success), failure) if failure.is_none_or(|f| success < f) => Some((Measure::SuccessRatio, percent.value)),
        (_, Some(_)) => Some((Measure::ErrorRatio, percent.value)),
        _ => None,
    }
    .filter(|(_, value)| *value <= 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> Vec<(Measure, f64, u8, Bound)> {
        percentages(text)
            .iter()
            .filter_map(|p| measure_of(text, p).map(|(m, v)| (m, (v * 1e6).round() / 1e6, p.decimals, p.bound)))
            .collect()
    }

    #[test]
    fn percentages_keep_direction_bound_and_digits() {
        assert_eq!(measured("91% of requests failed"), [(Measure::ErrorRatio, 0.91, 0, Bound::Exactly)]);
        assert_eq!(measured("dropped to 0% success"), [(Measure::SuccessRatio, 0.0, 0, Bound::Exactly)]);
        assert_eq!(
            measured("completion rates dropped to precisely zero"),
            [(Measure::SuccessRatio, 0.0, 0, Bound::Exactly)]
        );
        assert_eq!(measured("up to 22% error rates"), [(Measure::ErrorRatio, 0.22, 0, Bound::AtMost)]);
        assert_eq!(measured(r"peaked at \~100% failure"), [(Measure::ErrorRatio, 1.0, 0, Bound::About)]);
        assert_eq!(measured("traffic plummeted 80% below normal"), [(Measure::TrafficChange, -0.8, 0, Bound::Exactly)]);
        assert_eq!(measured("traffic fell to 20% of normal"), [(Measure::TrafficChange, -0.8, 0, Bound::Exactly)]);
        assert_eq!(measured("a 40% discount"), []);
    }
}
