//! Distances between two moments that a text states, and steps that texts date differently in the same words.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::Case;
use super::side::{finding, length};
use super::words::stems;
use crate::model::{AuditFinding, AuditKind, Citation, EventKind, Precision, Side, SourceId, TimelineEntry, Verdict};

/// A stated distance may miss the times by this much, s: each is written to the minute.
const SLACK_S: f64 = 60.0;
/// Times of one step at least this far apart are no rounding and no lag of a post, s.
const APART_S: i64 = 600;
/// Times further apart are of different days' steps, s.
const FAR_S: i64 = 12 * 3600;
/// Words of substance that two tellings of one step share at least.
const SHARED: usize = 3;

static DISTANCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?P<n>\d{1,3}|[a-z]+(?:-[a-z]+)?)\s+(?P<u>minute|hour|second)s?\s+(?P<w>after|before)\s+(?P<what>[^.;,()]{4,80})",
    )
    .ok()
});

/// Both checks.
pub(super) fn check(case: &Case<'_>) -> Vec<AuditFinding> {
    let told: Vec<&TimelineEntry> = case.told().filter(|e| e.at.precision >= Precision::Minute).collect();
    let mut out: Vec<AuditFinding> = told.iter().filter_map(|entry| misplaced(entry, &told, case)).collect();
    out.extend(steps(&told, case));
    out
}

/// Number words that distances are told in, from one on.
const WORDS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

fn number(word: &str) -> Option<f64> {
    let spoken = WORDS.iter().position(|w| w.eq_ignore_ascii_case(word)).map(|i| i as f64 + 1.0);
    spoken.or_else(|| word.parse().ok())
}

/// A row that stands "nine minutes after the first failed logins", and not where the text dates those.
fn misplaced(entry: &TimelineEntry, told: &[&TimelineEntry], case: &Case<'_>) -> Option<AuditFinding> {
    let said = if entry.title.ends_with('…') { &entry.text } else { &entry.title };
    let c = DISTANCE.as_ref()?.captures(said)?;
    let unit = match c.name("u")?.as_str().to_lowercase().as_str() {
        "hour" => 3600.0,
        "second" => 1.0,
        _ => 60.0,
    };
    let sign = if c.name("w")?.as_str().eq_ignore_ascii_case("after") { 1.0 } else { -1.0 };
    let stated = sign * number(c.name("n")?.as_str())? * unit;
    let what = stems(c.name("what")?.as_str());
    if what.len() < 2 {
        return None;
    }
    let own = source_of(entry, case)?;
    let of_what = |other: &&&TimelineEntry| {
        other.id != entry.id && source_of(other, case).is_some_and(|s| s == own) && what.is_subset(&stems(&other.title))
    };
    let apart = |other: &TimelineEntry| (entry.at.utc_ns - other.at.utc_ns) as f64 / 1e9;
    let others: Vec<&&TimelineEntry> = told.iter().filter(of_what).collect();
    if others.iter().any(|o| (apart(o) - stated).abs() <= SLACK_S) {
        return None;
    }
    let other = others.first()?;
    let measured = apart(other);
    let text = format!(
        "{} is said to be {} {} what the same text dates {}; by these times it is {} {}",
        entry.at,
        length(stated.abs()),
        if stated > 0.0 { "after" } else { "before" },
        other.at,
        length(measured.abs()),
        if measured > 0.0 { "after" } else { "before" },
    );
    let sides = vec![quoted(entry, own, case)?, quoted(other, own, case)?];
    Some(finding(Verdict::Contradiction, AuditKind::Time, Vec::new(), text, sides))
}

/// One step that two texts tell in the same words and date differently.
fn steps(told: &[&TimelineEntry], case: &Case<'_>) -> Vec<AuditFinding> {
    let plain =
        |e: &&&TimelineEntry| matches!(e.kind, EventKind::Prose | EventKind::StatusChange | EventKind::Rollback);
    let worded: Vec<(&TimelineEntry, SourceId, BTreeSet<String>)> = told
        .iter()
        .filter(plain)
        .filter_map(|e| Some((*e, source_of(e, case)?, stems(&e.title))))
        .filter(|(.., words)| words.len() >= SHARED)
        .collect();
    let same = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        let shared = a.intersection(b).count();
        shared >= SHARED && shared == a.len().min(b.len())
    };
    let mut out = releases(told, case);
    for (i, (a, of_a, words_a)) in worded.iter().enumerate() {
        for (b, of_b, words_b) in worded.iter().skip(i + 1).filter(|(_, of_b, _)| of_b != of_a) {
            let apart = (b.at.seconds() - a.at.seconds()).abs();
            if !(APART_S..=FAR_S).contains(&apart) || !same(words_a, words_b) {
                continue;
            }
            // Either text may tell the step again where the other has it.
            let elsewhere = worded.iter().any(|(c, of_c, words)| {
                let with = |e: &TimelineEntry, own: SourceId, of: &BTreeSet<String>| {
                    *of_c != own && (c.at.seconds() - e.at.seconds()).abs() < APART_S && same(words, of)
                };
                (c.id != b.id && *of_c == *of_b && with(a, *of_a, words_a))
                    || (c.id != a.id && *of_c == *of_a && with(b, *of_b, words_b))
            });
            let (Some(one), Some(two)) = (quoted(a, *of_a, case), quoted(b, *of_b, case)) else { continue };
            if elsewhere {
                continue;
            }
            let text = format!("one step is dated {} and {}; {} apart", a.at, b.at, length(apart as f64));
            out.push(finding(Verdict::Contradiction, AuditKind::Time, Vec::new(), text, vec![one, two]));
        }
    }
    out
}

/// A release or rollback that two texts name alike (`6.17.3`, `v311`), tell once each, and date differently.
fn releases(told: &[&TimelineEntry], case: &Case<'_>) -> Vec<AuditFinding> {
    let mut named: BTreeMap<(String, bool), BTreeMap<SourceId, Vec<&TimelineEntry>>> = BTreeMap::new();
    for entry in told.iter().filter(|e| matches!(e.kind, EventKind::Rollback | EventKind::Deploy)) {
        let Some(source) = source_of(entry, case) else { continue };
        for name in entry.title.split_whitespace().filter_map(identifier) {
            let key = (name, entry.kind == EventKind::Rollback);
            named.entry(key).or_default().entry(source).or_default().push(entry);
        }
    }
    let mut out = Vec::new();
    for ((name, back), sources) in named {
        let once: Vec<(SourceId, &TimelineEntry)> =
            sources.iter().filter_map(|(s, e)| Some((*s, *e.first().filter(|_| e.len() == 1)?))).collect();
        let first = once.iter().min_by_key(|(_, e)| e.at.utc_ns);
        let last = once.iter().max_by_key(|(_, e)| e.at.utc_ns);
        let Some(((of_a, a), (of_b, b))) = first.zip(last) else { continue };
        let apart = b.at.seconds() - a.at.seconds();
        let (Some(one), Some(two)) = (quoted(a, *of_a, case), quoted(b, *of_b, case)) else { continue };
        if (APART_S..=FAR_S).contains(&apart) {
            let what = if back { "the rollback to" } else { "the release of" };
            let text = format!("{what} {name} is dated {} and {}; {} apart", a.at, b.at, length(apart as f64));
            out.push(finding(Verdict::Contradiction, AuditKind::Time, Vec::new(), text, vec![one, two]));
        }
    }
    out
}

/// A word that is the name of a release: digits with a point or a letter.
fn identifier(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let named = word.starts_with('v') || word.matches('.').count() >= 2;
    (digits >= 2 && named && !word.contains(':')).then(|| word.to_lowercase())
}

fn source_of(entry: &TimelineEntry, case: &Case<'_>) -> Option<SourceId> {
    entry.evidence.iter().map(|c| c.source).find(|s| case.writeups.contains(s))
}

fn quoted(entry: &TimelineEntry, source: SourceId, case: &Case<'_>) -> Option<Side> {
    let cited: Vec<Citation> = entry.evidence.iter().filter(|c| c.source == source).cloned().collect();
    case.writeups.contains(&source).then_some(())?;
    let quote = cited.first()?.text.clone();
    Some(Side { says: entry.at.to_string(), quote, evidence: cited })
}
