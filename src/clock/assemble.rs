//! From decided clocks to [`Evidence`]: everything moved to UTC, named and put in order.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Options;
use super::stretch::SourceClock;
use crate::model::{
    ClockKind, Diagnostic, DiagnosticKind, Event, Evidence, Fold, OpKey, Pattern, RawTime, Rows, Series, ServiceNames,
    Source, SourceEvidence, SourceId, SourceTrack, TimeBasis, Timestamp, Track, WitnessKind,
};

/// Labels of a metric series that name its service.
const SERVICE_LABELS: &[&str] =
    &["service", "service_name", "app", "application", "job", "microservice", "component", "workload", "container"];

/// Builds the evidence; ids are given in the order of `sources`.
pub fn evidence(sources: Vec<SourceEvidence>, clocks: Vec<SourceClock>, options: &Options) -> Evidence {
    let mut people = BTreeMap::new();
    for source in &sources {
        people.extend(source.people.clone());
    }
    let mut evidence = Evidence::default();
    let mut ids = Ids::default();
    for (index, (source, clock)) in sources.into_iter().zip(clocks).enumerate() {
        add(&mut evidence, SourceId(index as u32), source, clock, &people, &mut ids);
    }
    evidence.tracks.sort_by(|a, b| (&a.key, a.source).cmp(&(&b.key, b.source)));
    evidence.events.sort_by(|a, b| {
        let place = |e: &Event| (e.at.utc_ns, e.source, e.evidence.span);
        place(a).cmp(&place(b)).then_with(|| a.id.cmp(&b.id))
    });
    evidence.people = people.into_values().collect::<BTreeSet<String>>().into_iter().collect();
    evidence.names = ServiceNames::collect(&options.catalog, raw_names(&evidence));
    let both = both_ends(&evidence);
    evidence.diagnostics.extend(both);
    // A claim keeps its words in the quote; its subjects speak the names everything else speaks.
    for claim in &mut evidence.claims {
        for subject in &mut claim.subjects {
            *subject = evidence.names.of(subject).to_string();
        }
    }
    evidence
}

/// Every spelling of a service anywhere in the evidence.
fn raw_names(evidence: &Evidence) -> Vec<&str> {
    let tracks = evidence.tracks.iter().map(|t| t.key.service.as_str());
    let labels = evidence
        .series
        .iter()
        .flat_map(|(_, s)| SERVICE_LABELS.iter().filter_map(|label| s.labels.get(*label)).map(String::as_str));
    let events = evidence.events.iter().flat_map(|e| e.services.iter().map(String::as_str));
    let claims = evidence.claims.iter().flat_map(|c| c.subjects.iter().map(String::as_str));
    let calls = evidence.calls.iter().flat_map(|(from, to, ..)| [from.as_str(), to.as_str()]);
    tracks.chain(labels).chain(events).chain(claims).chain(calls).collect()
}

fn add(
    evidence: &mut Evidence,
    id: SourceId,
    source: SourceEvidence,
    clock: SourceClock,
    people: &BTreeMap<String, String>,
    ids: &mut Ids,
) {
    let mut covers = Covers::default();
    // Folds of one source under one key add up once they are on UTC.
    let mut tracks: BTreeMap<OpKey, Track> = BTreeMap::new();
    let mut diagnostics = source.diagnostics;
    diagnostics.extend(clock_diagnostics(&source.info.path, &source.folds, &clock));
    for fold in source.folds {
        let Some(stretch) = clock.find(fold.clock, fold.lines.0).filter(|stretch| stretch.is_placed()) else {
            diagnostics.push(relative(&source.info.path, fold.records));
            continue;
        };
        covers.include(stretch.utc_s(fold.range.0.div_euclid(1_000_000_000)));
        covers.include(stretch.utc_s(fold.range.1.div_euclid(1_000_000_000)));
        let remap = |second: i64| stretch.utc_s(second);
        for (key, track) in fold.rollup.tracks {
            tracks.entry(key).or_default().merge(track.remapped(&remap));
        }
        for (key, pattern) in fold.patterns {
            merge_pattern(evidence, id, key, pattern.remapped(&remap));
        }
    }
    evidence.tracks.extend(tracks.into_iter().map(|(key, track)| SourceTrack { source: id, key, track }));
    let rows = Arc::new(source.rows);
    for series in source.series {
        let aligned = on_utc(series, &clock, &rows, &mut covers);
        evidence.series.extend(aligned.map(|s| (id, Series { lines: Arc::clone(&rows), ..s })));
    }
    for event in source.events {
        let event = place_event(event, id, ids, &clock, people);
        covers.include(event.at.seconds());
        evidence.events.push(event);
    }
    for claim in source.claims {
        let line = claim.evidence.span.line;
        let mut claim = claim.map_time(|raw| timestamp(&clock, raw, line));
        claim.source = id;
        evidence.claims.push(claim);
    }
    for ((caller, callee), (count, first)) in source.calls {
        evidence.calls.push((caller, callee, count, first.cite(id)));
    }
    evidence.sources.push(Source {
        id,
        info: source.info,
        formats: source.formats,
        accounting: source.accounting,
        clocks: clock.stretches.into_iter().map(|s| s.decision).collect(),
        covers_s: covers.0,
    });
    evidence.diagnostics.extend(diagnostics);
}

/// First and last second seen.
#[derive(Default)]
struct Covers(Option<(i64, i64)>);

impl Covers {
    fn include(&mut self, second: i64) {
        self.0 = Some(self.0.map_or((second, second), |(a, b)| (a.min(second), b.max(second))));
    }
}

fn merge_pattern(evidence: &mut Evidence, id: SourceId, key: (String, String), pattern: Pattern) {
    match evidence.patterns.entry(key) {
        Entry::Vacant(v) => {
            v.insert((id, pattern));
        }
        // Sources come in path order, so the first line stays the first in that order.
        Entry::Occupied(mut o) => {
            let first = o.get().1.first.clone();
            o.get_mut().1.merge(pattern);
            o.get_mut().1.first = first;
        }
    }
}

fn on_utc(mut series: Series, clock: &SourceClock, rows: &Rows, covers: &mut Covers) -> Option<Series> {
    let first = clock.find(series.clock, series.first.span.line)?;
    if series.clock == ClockKind::Relative {
        return None;
    }
    let several = clock.stretches.iter().filter(|s| s.decision.clock == series.clock).count() > 1;
    for (point, row) in series.points.iter_mut().zip(&series.rows) {
        let line = if several { rows.line_of(*row) } else { None };
        let stretch = line.and_then(|line| clock.find(series.clock, line)).unwrap_or(first);
        point.0 = stretch.utc_ns(point.0);
        covers.include(point.0.div_euclid(1_000_000_000));
    }
    if !series.points.is_sorted_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).is_le()) {
        let mut both: Vec<((i64, f64), u32)> = series.points.into_iter().zip(series.rows).collect();
        both.sort_by(|(a, x), (b, y)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(x.cmp(y)));
        (series.points, series.rows) = both.into_iter().unzip();
    }
    series.clock = ClockKind::Zoned;
    Some(series)
}

fn timestamp(clock: &SourceClock, raw: RawTime, line: u64) -> Timestamp {
    match clock.find(raw.kind, line) {
        Some(stretch) => stretch.timestamp(raw),
        None => Timestamp::new(raw.key_ns(), raw.precision, TimeBasis::Assumed),
    }
}

fn place_event(
    event: Event<RawTime>,
    id: SourceId,
    ids: &mut Ids,
    clock: &SourceClock,
    people: &BTreeMap<String, String>,
) -> Event {
    let line = event.evidence.span.line;
    let mut event = event.map_time(|raw| timestamp(clock, raw, line));
    event.source = id;
    event.id = ids.of(&event);
    if let Some(actor) = &mut event.actor
        && let Some(name) = people.get(&actor.name)
    {
        actor.name.clone_from(name);
    }
    for text in [&mut event.title, &mut event.text] {
        if text.contains('@') {
            for (key, name) in people {
                *text = text.replace(&format!("@{key}"), &format!("@{name}"));
            }
        }
    }
    event
}

/// An id that depends on the event's own line alone: the same in whatever file, folder or archive it lies,
/// and whatever lies beside it. `again` tells apart those that are equal in all of it.
fn event_id(event: &Event, again: usize) -> String {
    let mut hash = Sha256::new();
    for part in [&event.evidence.text, &event.raw_time, &event.title, &format!("{:?}", event.kind)] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.update((again as u64).to_le_bytes());
    hash.finalize().iter().take(5).map(|b| format!("{b:02x}")).collect()
}

/// Gives each event its id; of equal ones the first in path and file order has the one it would have alone.
#[derive(Default)]
struct Ids {
    /// How often each line was seen, by the id it would have alone.
    seen: BTreeMap<String, usize>,
    taken: BTreeSet<String>,
}

impl Ids {
    fn of(&mut self, event: &Event) -> String {
        let alone = event_id(event, 0);
        let again = self.seen.entry(alone).or_default();
        loop {
            let id = event_id(event, *again);
            *again += 1;
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// What is to be said of services whose requests the proxies at both ends of the calls log: one line for each
/// service, at the source that holds the callers' records.
fn both_ends(evidence: &Evidence) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<&str, [(u64, Option<SourceId>); 2]> = BTreeMap::new();
    for track in &evidence.tracks {
        let requests = track.track.cells.values().map(|cell| u64::from(cell.outcomes.total())).sum::<u64>();
        let end = &mut seen.entry(evidence.names.of(&track.key.service)).or_default()[track.key.side as usize];
        end.0 += requests;
        end.1 = end.1.or(Some(track.source));
    }
    let twice = seen.into_iter().filter_map(|(service, [own, caller])| {
        let source = evidence.sources.get(caller.1?.0 as usize).filter(|_| own.0 > 0 && caller.0 > 0)?;
        let message = format!(
            "expected each request of {service} once, found {} that the proxies of its callers logged beside {} of its own proxy; the two are not added up",
            caller.0, own.0
        );
        Some(Diagnostic::new(DiagnosticKind::Repeated, source.info.path.clone(), message))
    });
    twice.collect()
}

fn relative(path: &str, records: u64) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        DiagnosticKind::Clock,
        path,
        "expected stamps that can be placed, found time since an unknown start; these records are on no timeline",
    )
    .hint("bring the same log with wall-clock stamps");
    diagnostic.count = records;
    diagnostic
}

/// In which words a clock is said to be assumed.
fn assumption(stretch: &super::stretch::Stretch) -> String {
    let zone = &stretch.decision.zone;
    if !stretch.is_open() {
        return format!("expected a date in the stamps, found none; {zone} and the file's own date were taken");
    }
    let why = stretch.decision.witnesses.iter().find(|w| w.kind == WitnessKind::Assumption);
    match why.filter(|_| zone != "UTC") {
        Some(why) => format!("expected a zone, found only a label; {zone} was assumed: {}", why.says),
        None => "expected a zone, found none in any evidence; UTC was assumed".to_string(),
    }
}

/// Whether the newest record stands first and the oldest last, and most are older than the one before.
fn is_newest_first(folds: &[Fold]) -> bool {
    const FEWEST: u64 = 5;
    let (Some(first), Some(last)) = (folds.first(), folds.last()) else { return false };
    let records: u64 = folds.iter().map(|fold| fold.records).sum();
    let falls = folds.iter().map(|fold| fold.disorder).sum::<u64>() + folds.len() as u64 - 1;
    let newest = folds.iter().map(|fold| fold.range.1).max();
    let oldest = folds.iter().map(|fold| fold.range.0).min();
    records >= FEWEST
        && falls * 2 >= records - 1
        && folds.iter().all(|fold| fold.clock == first.clock)
        && newest == Some(first.first.key_ns())
        && oldest == Some(last.last.key_ns())
        && newest > oldest
}

/// What must be said about a source's clocks: assumptions, ambiguities, and disorder.
fn clock_diagnostics(path: &str, folds: &[Fold], clock: &SourceClock) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for stretch in &clock.stretches {
        let decision = &stretch.decision;
        if decision.basis == TimeBasis::Assumed && decision.clock != ClockKind::Relative {
            out.push(
                Diagnostic::new(DiagnosticKind::Clock, path, assumption(stretch))
                    .hint(format!("declare it: --input-tz '{path}=ZONE'")),
            );
        }
        if let Some(ambiguity) = &decision.ambiguity {
            out.push(Diagnostic::new(DiagnosticKind::Clock, path, ambiguity.clone()));
        }
    }
    out.dedup();
    let disorder: u64 = folds.iter().map(|f| f.disorder).sum();
    let records: u64 = folds.iter().map(|f| f.records).sum();
    if is_newest_first(folds) {
        let message =
            format!("the {records} records stand newest first, as query tools hand them out; they were put in order");
        out.push(Diagnostic::new(DiagnosticKind::Disorder, path, message));
    } else if disorder > 0 {
        // Logpush and multi-process writers are never sorted; a handful of late lines is worth a word.
        let message =
            format!("{disorder} of {records} records are earlier than the one before; each kept its own time");
        out.push(Diagnostic::new(DiagnosticKind::Disorder, path, message));
    }
    out
}
