//! How many were hurt, lost or cancelled, and shares that stand beside the two counts they are of.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::claims::Quote;
use super::elsewhere::parts_elsewhere;
use super::figures::bound_before;
use super::numbers::{COUNT, count, number};
use super::sentences::pieces;
use super::times::Day;
use super::words::STOPS;
use crate::format::ascii::of_sentences;
use crate::model::{Bound, Claim, Measure, RawTime};

/// What became of those counted: one word, and the beginnings of words that mean it (lower case).
const FATES: &[(&str, &[&str])] = &[
    ("affected", &["affected", "impacted", "hit", "hurt", "experienced", "faced", "suffered", "concerned"]),
    ("cancelled", &["cancel", "scrubbed"]),
    ("delayed", &["delayed", "late"]),
    ("diverted", &["diverted", "redirected"]),
    (TWICE, &["duplicate", "double", "twice"]),
    ("failed", &["failed", "rejected", "declined", "refused"]),
    ("held", &["held"]),
    ("lost", &["lost", "destroyed", "unrecoverable"]),
    ("removed", &["removed", "deleted", "withdrawn"]),
    ("stopped", &["stopped", "halted", "offline"]),
];

/// What was done again; of what says nothing more.
const TWICE: &str = "duplicated";

/// Words of a sentence that counts only up to some moment, only a part, or per something (lower case).
const PARTIAL: &[&str] = &[
    "so far",
    "by early",
    "climbing",
    "and counting",
    "at that point",
    "up to now",
    "initially",
    "at first",
    "of these",
    "of them",
    "of which",
    "of those",
    "among them",
    "including",
    "per minute",
    "per second",
    "per hour",
    "a minute",
    "an hour",
    "a day",
    "each day",
    "expect",
];

/// Words after a number that make it a length, a size or a price (lower case).
const UNITS: &[&str] = &[
    "minute", "minutes", "min", "mins", "hour", "hours", "hrs", "second", "seconds", "day", "days", "week", "weeks",
    "month", "months", "year", "years", "percent", "per", "times", "x", "am", "pm", "ms", "gb", "mb", "kb", "tb",
    "euros", "dollars", "pounds", "points", "o'clock",
];

/// Bytes between what is counted and what became of it.
const REACH: usize = 70;

static COUNTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(r"(?i)(?P<n>{COUNT})(?P<of>\s+(?:out\s+)?of\s+(?:our\s+|the\s+|all\s+)*(?:{COUNT})\b)?"))
});

/// A label and its figure: "Cancelled ..... 241", "Hubs stopped: 3 of 11".
static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)^\W*(?:(?:[a-z]\)|[A-Z]\d{{1,2}})\s+)?(?P<label>[A-Za-z][A-Za-z ()>-]{{2,80}}?)\s*(?::|\.{{3,}}|\|)\s*(?:about |approx\.? |~)?(?P<n>{COUNT})(?:\s+of\s+(?:{COUNT}))?\s*(?:\W.*)?$"
    ))
});

/// What became of what a text speaks of, by the word nearest its beginning.
fn fate(text: &str) -> Option<(&'static str, usize)> {
    let lower = text.to_lowercase().replace("two times", "twice");
    let words = lower.split(|c: char| !c.is_alphabetic());
    let mut at = 0;
    for word in words {
        let found = FATES.iter().find(|(_, forms)| forms.iter().any(|form| word.starts_with(form)));
        if let Some((name, _)) = found.filter(|_| word.len() < 14) {
            return Some((name, at));
        }
        at += word.len() + 1;
    }
    None
}

/// The noun a phrase begins with: its last word before something else begins.
fn noun(text: &str) -> Option<&str> {
    let plain = |w: &&str| w.len() > 2 && w.chars().all(|c| c.is_lowercase() || c == '-') && !STOPS.contains(w);
    let mut last = None;
    for word in text.split_whitespace().take(3) {
        let bare = word.trim_end_matches([',', '.', ';', ':', ')']);
        if !plain(&bare) || fate(bare).is_some() {
            break;
        }
        last = Some(bare);
        if bare.len() < word.len() {
            break;
        }
    }
    last
}

/// Counts of a sentence.
pub(super) fn counts(sentence: &str, quote: &Quote<'_>, day: Option<Day>) -> Vec<Claim<RawTime>> {
    let lower = sentence.to_lowercase();
    let (Some(counted), false) = (COUNTED.as_ref(), PARTIAL.iter().any(|w| lower.contains(w))) else {
        return Vec::new();
    };
    if let Some(field) = FIELD.as_ref().and_then(|r| r.captures(sentence)) {
        let found = field.name("label").zip(field.name("n"));
        return found.and_then(|(label, n)| labelled(label.as_str(), n.as_str(), quote)).into_iter().collect();
    }
    let elsewhere = parts_elsewhere(sentence, day);
    let mut out = Vec::new();
    for part in pieces(sentence).into_iter().filter(|part| !elsewhere.contains(part)) {
        let text = sentence.get(part).unwrap_or("");
        for c in counted.captures_iter(text) {
            let Some(n) = c.name("n").filter(|n| stands_alone(text, &n.range())) else { continue };
            let rest = text.get(c.get(0).map_or(n.end(), |m| m.end())..).unwrap_or("");
            let Some(what) = noun(rest).filter(|what| !UNITS.contains(what)) else { continue };
            let after = rest.get(..rest.floor_char_boundary(REACH)).and_then(fate);
            let before = text.get(..n.start()).unwrap_or("");
            // "In two regions" says where.
            if ["in", "across", "within"].contains(&before.split_whitespace().next_back().unwrap_or("")) {
                continue;
            }
            let near = before.get(before.ceil_char_boundary(before.len().saturating_sub(24))..);
            let Some((fate, _)) = after.or_else(|| near.and_then(fate)) else { continue };
            let bound = bound_before(text, n.start());
            let operation = if fate == TWICE { fate.to_string() } else { format!("{fate} {what}") };
            out.extend(claim(&operation, n.as_str(), bound, quote));
        }
    }
    if elsewhere.is_empty() {
        out.extend(none(sentence, quote));
    }
    out
}

static NONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(
        r"(?i)\b(?:no|not\s+a\s+single|not\s+one|zero)\s+(?P<what>[a-z][a-z-]{2,20})\s+(?:was|were|has\s+been|have\s+been|got)\s+(?P<fates>[a-z]+(?:\s+twice)?(?:,\s[a-z]+){0,4}(?:,?\s(?:or|and)\s[a-z]+)?)\b",
    )
});

/// "No shopper was charged twice": none of them. What was lost is told apart.
fn none(sentence: &str, quote: &Quote<'_>) -> Vec<Claim<RawTime>> {
    let Some(c) = NONE.as_ref().and_then(|r| r.captures(sentence)) else { return Vec::new() };
    let Some(what) = c.name("what").and_then(|what| noun(what.as_str())) else { return Vec::new() };
    let fates = c.name("fates").map_or("", |m| m.as_str());
    let told = |part: &str| {
        let (fate, _) = fate(part).filter(|(fate, _)| !matches!(*fate, "lost" | "affected" | "failed"))?;
        let operation = if fate == TWICE { fate.to_string() } else { format!("{fate} {what}") };
        claim(&operation, "0", Bound::Exactly, quote)
    };
    fates.split([',', ' ']).filter(|part| !part.is_empty()).filter_map(told).collect()
}

/// The count of a label: what it names and what became of it.
pub(super) fn labelled(label: &str, written: &str, quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let (fate, _) = fate(label)?;
    let words = label.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    let what: Vec<String> =
        words.filter(|w| w.len() > 2 && self::fate(w).is_none() && !STOPS.contains(&w.as_str())).collect();
    let named = match what.as_slice() {
        _ if fate == TWICE => String::new(),
        [] | [_] | [_, _] => what.join(" "),
        _ => return None,
    };
    let operation = format!("{fate} {named}");
    let bound = if label.contains("more than") { Bound::AtLeast } else { Bound::Exactly };
    let claim = claim(operation.trim(), written, bound, quote);
    // "Delayed more than 15 min" has its own figure in the label.
    claim.filter(|_| !label.chars().any(|c| c.is_ascii_digit()))
}

fn claim(operation: &str, written: &str, bound: Bound, quote: &Quote<'_>) -> Option<Claim<RawTime>> {
    let mut claim = quote.claim(Measure::Count, Vec::new());
    claim.operation = Some(operation.to_string());
    claim.value = Some(count(written)?);
    claim.bound = bound;
    claim.object = Some(if written == "0" { "none".to_string() } else { written.trim().to_string() });
    Some(claim)
}

/// Not a part of a date, a version, a price, a share or a time.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or("");
    let after = text.get(range.end..).unwrap_or("");
    let free =
        |c: char| !(c.is_alphanumeric() || matches!(c, '.' | ':' | '/' | '-' | '#' | '$' | '€' | '£' | '₹' | '_'));
    let unit = after.trim_start().split(|c: char| !(c.is_alphabetic() || c == '%')).next().unwrap_or("");
    before.chars().next_back().is_none_or(free)
        && !after.starts_with([':', '%', '/', '-', '.', '_'])
        && !after.trim_start().starts_with('%')
        && !UNITS.contains(&unit.to_lowercase().as_str())
}

static SHARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let share =
        r"(?P<about>about\s+|around\s+|some\s+|roughly\s+|nearly\s+|approx\.?\s+|~\s?)?(?P<p>\d{1,2}(?:[.,]\d+)?)\s?%";
    let other = share.replace("?P<about>", "?P<about2>").replace("?P<p>", "?P<p2>");
    of_sentences(&format!(
        r"(?i)(?P<part>{COUNT})[^%\d]{{0,40}}?[.;,:]?\s+(?:this|that|which|it)\s+(?:is|was|were|makes?)\s+{share}\s+of\s+(?:the\s+|our\s+|all\s+)*(?P<all>{COUNT})|(?P<part2>{COUNT})\s+(?:[\w-]+\s+)?(?:out\s+)?of\s+(?:the\s+|our\s+|all\s+)*(?P<all2>{COUNT})\s+(?:[\w-]+\s+){{0,3}}?\(\s*{other}"
    ))
});

static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    of_sentences(&format!(
        r"(?i)\b(?:(?P<fall>fell|dropped|declined|decreased|down)|rose|grew|increased|climbed|up)\s+by\s+(?P<about>about\s+|around\s+|some\s+|nearly\s+)?(?P<p>\d{{1,3}}(?:[.,]\d+)?)\s?%,?\s+(?:\(?)from\s+(?:about\s+)?(?P<from>{COUNT})\s+(?:[\w-]+\s+){{0,2}}?to\s+(?:about\s+)?(?P<to>{COUNT})"
    ))
});

/// Changes that a text gives beside the two figures they are between.
fn changes(text: &str) -> Vec<(Range<usize>, ShareTold)> {
    let Some(regex) = CHANGE.as_ref() else { return Vec::new() };
    let told = |c: regex::Captures<'_>| {
        let (from, to) = (c.name("from")?.as_str(), c.name("to")?.as_str());
        let (stated, decimals) = number(c.name("p")?.as_str())?;
        let (before, after) = (count(from)?, count(to)?);
        let fell = c.name("fall").is_some();
        let counted = 100.0 * if fell { before - after } else { after - before } / before;
        let about = c.name("about").is_some();
        let slack = if about { 2.5 } else { POINTS.max(0.05 * stated).min(10f64.powi(-i32::from(decimals)) * 2.0) };
        let word = if fell { "less" } else { "more" };
        let sum = format!("{} to {} is {counted:.1} % {word}, stated {stated} %", from.trim(), to.trim());
        let fits = (counted - stated).abs() <= slack;
        (before > 0.0).then_some((c.get(0)?.range(), ShareTold { counted: counted / 100.0, fits, sum }))
    };
    regex.captures_iter(text).filter_map(told).collect()
}

/// Points by which a share may miss its counts when it is written without decimals.
const POINTS: f64 = 0.6;

/// Shares and changes that a text gives beside the two counts they are of, where they stand.
pub(super) fn shares(text: &str) -> Vec<(Range<usize>, ShareTold)> {
    let Some(regex) = SHARE.as_ref() else { return Vec::new() };
    let told = |c: regex::Captures<'_>| {
        let of = |a: &str, b: &str| c.name(a).or(c.name(b)).map(|m| m.as_str());
        let (part, all) = (of("part", "part2")?, of("all", "all2")?);
        let (stated, decimals) = number(of("p", "p2")?)?;
        let (share, whole) = (count(part)?, count(all)?);
        let counted = 100.0 * share / whole;
        let slack =
            if of("about", "about2").is_some() { 1.5 } else { POINTS.min(10f64.powi(-i32::from(decimals)) * POINTS) };
        let fits = (counted - stated).abs() <= slack;
        let sum = format!("{} of {} = {counted:.1} %, stated {stated} %", part.trim(), all.trim());
        (whole > share).then_some((c.get(0)?.range(), ShareTold { counted: counted / 100.0, fits, sum }))
    };
    regex.captures_iter(text).filter_map(told).chain(changes(text)).collect()
}

/// A share beside its counts, or a change beside the figures it is between.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ShareTold {
    /// What the counts make, 0 to 1.
    pub counted: f64,
    /// Whether what is stated is that.
    pub fits: bool,
    /// The arithmetic in words.
    pub sum: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Exemplar, Span};

    fn told(text: &str) -> Vec<(String, f64)> {
        let evidence = Exemplar::new(Span::default(), text);
        let claims = counts(text, &Quote { text, evidence: &evidence }, None);
        claims.into_iter().map(|c| (c.operation.unwrap_or_default(), c.value.unwrap_or(0.0))).collect()
    }

    #[test]
    fn counts_are_read_with_what_became_of_the_counted() {
        for (text, what, value) in [
            ("About 24 lakh subscribers in two regions faced difficulty.", "affected subscribers", 2_400_000.0),
            ("Subscribers affected : 42 lakh (approx. 22%)", "affected subscribers", 4_200_000.0),
            ("Five of our eleven hubs stopped completely.", "stopped hubs", 5.0),
            ("Hubs stopped: 3 of 11 (the northern ones)", "stopped hubs", 3.0),
            ("Cancelled ............... 241", "cancelled", 241.0),
            ("The fault cancelled 1,214 bookings.", "cancelled bookings", 1214.0),
            ("1.184 orders were delayed.", "delayed orders", 1184.0),
        ] {
            assert_eq!(told(text), [(what.to_string(), value)], "{text}");
        }
    }

    #[test]
    fn figures_of_other_kinds_are_no_counts() {
        for text in [
            "It failed for 24 minutes.",
            "So far 160 flights were cancelled.",
            "Version 4.2 failed.",
            "Of these, 71 parcels were late.",
            "At 10:15 users were affected.",
            "12 % of users were affected.",
        ] {
            assert_eq!(told(text), [], "{text}");
        }
    }

    #[test]
    fn a_share_is_held_against_the_counts_beside_it() {
        let fits = |text: &str| shares(text).iter().map(|s| s.1.fits).collect::<Vec<_>>();
        assert_eq!(fits("Delayed: 86.000. This is 12% of the 430.000 parcels."), [false]);
        assert_eq!(fits("Delayed: 86,000. This is 20% of the 430,000 parcels."), [true]);
        assert_eq!(fits("312 of our 1,240 sites (25%) were down"), [true]);
        assert_eq!(fits("312 of our 1,240 sites (31%) were down"), [false]);
        assert_eq!(fits("Orders fell by 80 %, from 1,500 to 1,200 per minute"), [false]);
        assert_eq!(fits("Orders fell by 80 %, from 1,500 to 300 per minute"), [true]);
    }
}
