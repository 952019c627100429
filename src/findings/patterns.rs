//! What the logs say differently inside the incident: templates that are new, gone, or far more or less frequent
//! than before, and each service's earliest line that was never seen before. Of WARN and worse alone: others
//! are not kept.

use std::collections::BTreeMap;

use super::context::{Context, finding};
use super::text::{clock_s, count, figure};
use crate::model::{Finding, FindingKind, Pattern, SourceId};

/// Findings of one kind at most.
const MOST: usize = 20;
/// Lines inside the incident that make a new template worth a word.
const FEWEST: u64 = 3;
/// Time before the onset that a source must have seen: "new" and "more" need a before.
const BEFORE_MINUTES: i64 = 10;
/// Lines expected inside the incident, from which silence or fewer lines mean something: by chance none of
/// ten come once in 22,000 times (Poisson).
const EXPECTED: f64 = 10.0;
/// Times more, or fewer, that are a shift; everyday traffic doubles by itself.
const SHIFT: f64 = 3.0;
/// Standard deviations (of a Poisson count) that a shift must also be.
const DEVIATIONS: f64 = 5.0;

/// A template held against the time before.
struct Held<'a> {
    name: &'a str,
    template: &'a str,
    source: SourceId,
    pattern: &'a Pattern,
    /// First minute it was seen in.
    first: i64,
    /// Lines inside the incident.
    inside: u64,
    /// Lines that the rate before the onset lets expect inside.
    expected: f64,
    /// Whether its source still speaks when the incident ends.
    to_the_end: bool,
}

impl Held<'_> {
    /// Whose lines these are.
    fn whose<'c>(&'c self, context: &Context<'c>) -> &'c str {
        if self.name.is_empty() { context.path(self.source) } else { self.name }
    }

    fn find(&self, kind: FindingKind, text: String, value: f64, formula: &str, refuted: &str) -> Option<Finding> {
        let services: Vec<&str> = if self.name.is_empty() { Vec::new() } else { vec![self.name] };
        let cited = vec![self.pattern.first.cite(self.source)];
        finding(kind, &services, text, figure(value, "lines", formula.to_string()), refuted, cited)
    }
}

/// Everything that is new, gone or shifted, and the earliest abnormal lines.
pub(super) fn changed(context: &Context<'_>) -> Vec<Finding> {
    let Some((from, to)) = context.bounds() else { return Vec::new() };
    let minutes = (from.div_euclid(60), to.max(from).div_euclid(60));
    let held: Vec<Held<'_>> = context
        .evidence
        .patterns
        .iter()
        .filter_map(|((service, template), (source, pattern))| {
            hold(context, minutes, context.evidence.names.of(service), template, *source, pattern)
        })
        .collect();
    let mut out = most(held.iter().filter_map(|h| new(context, minutes, h)).collect());
    out.extend(most(held.iter().filter_map(|h| gone(context, h)).collect()));
    out.extend(most(held.iter().filter_map(|h| shifted(context, minutes, h)).collect()));
    out.extend(earliest(context, minutes, &held));
    out
}

/// A template held against the time before; `None` when its source saw none.
fn hold<'a>(
    context: &Context<'_>,
    (from, to): (i64, i64),
    name: &'a str,
    template: &'a str,
    source: SourceId,
    pattern: &'a Pattern,
) -> Option<Held<'a>> {
    let (begin, end) = context.evidence.sources.get(source.0 as usize).and_then(|s| s.covers_s)?;
    let seen = from - begin.div_euclid(60);
    let first = *pattern.minutes.keys().next()?;
    let sum = |minutes: std::ops::RangeInclusive<i64>| -> u64 {
        pattern.minutes.range(minutes).map(|(_, lines)| u64::from(*lines)).sum()
    };
    // The minute before the onset belongs to neither: an onset is known to a minute at best.
    let before = sum(i64::MIN..=from - 2);
    let expected = before as f64 / (seen - 1).max(1) as f64 * (to - from + 1) as f64;
    let held = Held {
        name,
        template,
        source,
        pattern,
        first,
        inside: sum(from..=to),
        expected,
        to_the_end: end.div_euclid(60) >= to,
    };
    (seen >= BEFORE_MINUTES).then_some(held)
}

/// The findings with the largest weights, ties by their text.
fn most(mut found: Vec<(f64, Finding)>) -> Vec<Finding> {
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.statement.text().cmp(b.1.statement.text())));
    found.into_iter().take(MOST).map(|(_, finding)| finding).collect()
}

/// A template that was never seen before the onset.
fn new(context: &Context<'_>, (from, _): (i64, i64), held: &Held<'_>) -> Option<(f64, Finding)> {
    if held.first < from - 1 || held.inside < FEWEST {
        return None;
    }
    let text = format!(
        "New from {} UTC in {}, {} times inside the incident: {}",
        minute(held.first),
        held.whose(context),
        count(held.inside as f64),
        held.template
    );
    let (value, refuted) = (held.inside as f64, "the same line in older logs than these");
    Some((value, held.find(FindingKind::NewPattern, text, value, "lines inside the incident", refuted)?))
}

/// A template that stopped although its source speaks on.
fn gone(context: &Context<'_>, held: &Held<'_>) -> Option<(f64, Finding)> {
    if held.inside > 0 || held.expected < EXPECTED || !held.to_the_end {
        return None;
    }
    let last = held.pattern.minutes.keys().next_back().copied().unwrap_or(held.first);
    let text = format!(
        "Gone in {} while the incident lasted, though {} lines were to be expected from the time before (last seen at {} UTC): {}",
        held.whose(context),
        count(held.expected.round()),
        minute(last),
        held.template
    );
    let formula = "lines a minute before the onset × minutes of the incident";
    let refuted = "a task that was not due in that time";
    Some((held.expected, held.find(FindingKind::PatternShift, text, held.expected.round(), formula, refuted)?))
}

/// A template that is far more, or far less, frequent than before.
fn shifted(context: &Context<'_>, (from, to): (i64, i64), held: &Held<'_>) -> Option<(f64, Finding)> {
    let (inside, expected) = (held.inside as f64, held.expected);
    let far = (inside - expected).abs() >= DEVIATIONS * expected.max(1.0).sqrt();
    let more = inside >= SHIFT * expected && inside >= EXPECTED;
    let fewer = expected >= SHIFT * inside && expected >= EXPECTED && held.to_the_end;
    if held.inside == 0 || held.expected <= 0.0 || !far || !(more || fewer) {
        return None;
    }
    let text = format!(
        "{} frequent in {} inside the incident, {} lines in {} min against {} expected from the time before: {}",
        if more { "More" } else { "Less" },
        held.whose(context),
        count(inside),
        to - from + 1,
        if expected < 1.0 { "less than one".to_string() } else { count(expected.round()) },
        held.template
    );
    let formula = "lines inside − lines a minute before the onset × minutes of the incident";
    let refuted = "the same swing on other days";
    let value = inside - expected.round();
    Some((value.abs(), held.find(FindingKind::PatternShift, text, value, formula, refuted)?))
}

/// Each service's earliest line of a template that nobody saw until shortly before the onset.
fn earliest(context: &Context<'_>, (from, to): (i64, i64), held: &[Held<'_>]) -> Vec<Finding> {
    let mut first: BTreeMap<&str, &Held<'_>> = BTreeMap::new();
    let abnormal = held.iter().filter(|h| (from - BEFORE_MINUTES..=to).contains(&h.first));
    for h in abnormal {
        let place = |h: &Held<'_>| (h.first, h.source, h.pattern.first.span);
        let slot = first.entry(h.whose(context)).or_insert(h);
        if place(h) < place(slot) {
            *slot = h;
        }
    }
    let mut found: Vec<&Held<'_>> = first.into_values().collect();
    found.sort_by_key(|h| (h.first, h.source, h.pattern.first.span));
    let state = |h: &&Held<'_>| {
        let lead = (from - h.first) * 60;
        let text = format!(
            "Earliest line in {} of a kind not seen before: {} UTC, {}: {}",
            h.whose(context),
            minute(h.first),
            h.pattern.level.word(),
            h.template
        );
        let services: Vec<&str> = if h.name.is_empty() { Vec::new() } else { vec![h.name] };
        let fig = figure(lead as f64, "s", "onset − minute of the line");
        let refuted = "the same line in older logs than these";
        finding(FindingKind::EarliestLine, &services, text, fig, refuted, vec![h.pattern.first.cite(h.source)])
    };
    found.iter().take(MOST).filter_map(state).collect()
}

/// `18:05`.
fn minute(minute: i64) -> String {
    clock_s(minute * 60).get(..5).unwrap_or_default().to_string()
}
