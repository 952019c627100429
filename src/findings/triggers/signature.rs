//! What the failing looks like: the lines that are new or many more, the alerts, the metrics that moved.

use std::collections::{BTreeMap, BTreeSet};

use super::words::STOP;
use crate::findings::context::Context;
use crate::model::{Citation, EventKind, Series, SourceId};

/// A template that came, or grew, with the incident.
pub(super) struct Failing<'a> {
    pub(super) service: &'a str,
    pub(super) template: &'a str,
    /// Its first line, cut as evidence keeps it.
    pub(super) line: &'a str,
    /// Minute of its first line, UTC.
    pub(super) minute: i64,
    /// Lines from the onset on.
    pub(super) lines: u64,
    pub(super) cited: Citation,
}

/// The failing signature of an incident.
#[derive(Default)]
pub(super) struct Signature<'a> {
    pub(super) failing: Vec<Failing<'a>>,
    /// All of it, lower case.
    pub(super) text: String,
    /// Its telling words.
    words: BTreeSet<String>,
}

/// Failing lines are looked for this long before the onset: a slow death warns early, seconds.
const EARLY_S: i64 = 6 * 3600;

/// Most bytes of lines that are held against the changes.
const MOST_TEXT: usize = 64 * 1024;

impl<'a> Signature<'a> {
    pub(super) fn new(context: &'a Context<'_>) -> Self {
        let Some((from, to)) = context.bounds() else { return Signature::default() };
        let mut failing: Vec<Failing<'a>> = Vec::new();
        for ((service, template), (source, pattern)) in &context.evidence.patterns {
            let covered = context.evidence.sources.get(source.0 as usize).and_then(|s| s.covers_s);
            let (Some((begins, _)), Some(first)) = (covered, pattern.minutes.keys().next()) else { continue };
            let count = |a: i64, b: i64| pattern.minutes.range(a..b).map(|(_, n)| u64::from(*n)).sum::<u64>();
            let (onset, end) = (from.div_euclid(60), to.div_euclid(60).max(from.div_euclid(60)) + 1);
            let (before, during) = (count(i64::MIN, onset), count(onset, end));
            let fresh = first * 60 >= begins + 600 && first * 60 >= from - EARLY_S;
            let per_minute = |n: u64, minutes: i64| n as f64 / minutes.max(1) as f64;
            let more = per_minute(during, end - onset) >= 3.0 * per_minute(before, onset - begins.div_euclid(60));
            if first * 60 <= to && (fresh || more) && before + during >= 2 {
                failing.push(Failing {
                    service: context.evidence.names.of(service),
                    template,
                    line: &pattern.first.text,
                    minute: *first,
                    lines: during,
                    cited: pattern.first.cite(*source),
                });
            }
        }
        failing.sort_by(|a, b| (a.minute, a.service, a.template).cmp(&(b.minute, b.service, b.template)));
        let mut text = String::new();
        for part in parts(context, &failing, (from, to)) {
            if text.len() + part.len() < MOST_TEXT {
                text.push_str(&part.to_lowercase());
                text.push('\n');
            }
        }
        let words = words(&text);
        Signature { failing, text, words }
    }

    /// Whether anything is known of how it failed.
    pub(super) fn is_known(&self) -> bool {
        !self.text.is_empty()
    }

    /// The first of `words` that it speaks of.
    pub(super) fn speaks_of(&self, words: &[&'static str]) -> Option<&'static str> {
        words.iter().copied().find(|w| self.text.contains(w))
    }

    /// Words that it shares with a text.
    pub(super) fn shared(&self, with: &BTreeSet<String>) -> Vec<String> {
        self.words.intersection(with).cloned().collect()
    }
}

/// Everything that speaks of the failing: lines, alerts, names of what was hurt and of what moved.
fn parts(context: &Context<'_>, failing: &[Failing<'_>], (from, to): (i64, i64)) -> Vec<String> {
    let mut out: Vec<String> = failing.iter().map(|f| f.template.to_string()).collect();
    let alerts =
        context.timeline.entries.iter().filter(|e| {
            e.kind == EventKind::AlertFired && (from - 300..=to.max(from + 7200)).contains(&e.at.seconds())
        });
    out.extend(alerts.map(|e| format!("{} {}", e.title, e.text)));
    for hurt in &context.hurt {
        out.extend(hurt.windows.iter().map(|w| w.signal.clone()));
        let hurt_operations = hurt.rates.operations.iter().filter(|o| !o.impact.is_empty());
        out.extend(hurt_operations.map(|o| o.operation.clone()));
    }
    let moved = context.evidence.series.iter().filter(|(_, s)| {
        service_of(context, s).is_some_and(|name| context.is_hurt(name)) && super::shifts::moved(s, from, to)
    });
    out.extend(moved.map(|(_, s)| s.name.clone()).collect::<BTreeSet<_>>());
    out
}

/// The service of a series, when a label names one that is known.
pub(super) fn service_of<'a>(context: &'a Context<'_>, series: &'a Series) -> Option<&'a str> {
    const LABELS: [&str; 8] =
        ["service", "service_name", "service.name", "app", "job", "component", "deployment", "container"];
    let names = &context.evidence.names;
    let named = LABELS.iter().find_map(|l| series.labels.get(*l)).filter(|v| !v.is_empty());
    let known = || series.labels.values().find(|v| names.knows(v));
    named.or_else(known).map(|v| names.of(v))
}

/// All series by service.
pub(super) fn series_by_service<'a>(context: &'a Context<'_>) -> BTreeMap<&'a str, Vec<&'a (SourceId, Series)>> {
    let mut out: BTreeMap<&str, Vec<&(SourceId, Series)>> = BTreeMap::new();
    for both in &context.evidence.series {
        if let Some(service) = service_of(context, &both.1) {
            out.entry(service).or_default().push(both);
        }
    }
    out
}

/// Telling words of a text: names cut at marks and humps, without grammar, plural and digits.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for run in text.split(|c: char| !c.is_alphanumeric()) {
        let mut word = String::new();
        let mut lower_before = false;
        for c in run.chars() {
            if c.is_uppercase() && lower_before {
                keep(&mut out, &word);
                word.clear();
            }
            lower_before = c.is_lowercase();
            word.extend(c.to_lowercase());
        }
        keep(&mut out, &word);
    }
    out
}

fn keep(out: &mut BTreeSet<String>, word: &str) {
    let base = ["service", "svc"].iter().find_map(|e| word.strip_suffix(e)).filter(|b| b.len() > 2).unwrap_or(word);
    let one = base.strip_suffix('s').filter(|b| b.len() > 3 && !b.ends_with('s')).unwrap_or(base);
    if one.len() > 2 && !STOP.contains(&one) && !STOP.contains(&word) && one.chars().any(char::is_alphabetic) {
        out.insert(one.to_string());
    }
}
