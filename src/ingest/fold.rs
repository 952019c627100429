//! The sink of the product: records fold into rollups, patterns and anchors; events are kept.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Keeping;
use super::clock_notes;
use super::fingerprint::hash_of_text;
use super::frames::{LineClass, Receiver, Wrapped};
use super::keep::Keep;
use super::open::{Capped, Open, Opens};
use super::repeats::Watch;
use crate::format::{Frame, FrameClass, Sink};
use crate::model::{
    Accounting, Claim, ClockKind, Diagnostic, DiagnosticKind, Event, Exemplar, Fold, Level, LogRecord, Print, RawTime,
    Sample, Second, Series, SourceEvidence, StampMeaning,
};

/// Folds the records of one segment (or document) into a [`SourceEvidence`].
pub struct FoldSink<'w> {
    evidence: SourceEvidence,
    open: Opens,
    path_service: String,
    wrapped: Wrapped,
    series: FxHashMap<String, usize>,
    capped: Capped,
    untimed: u64,
    keep: Option<Keep>,
    watch: Watch<'w>,
    /// The second of the last record, whose print is not yet put down.
    print: Option<(Second, Print)>,
}

impl<'w> FoldSink<'w> {
    /// A sink for a source whose path speaks for `path_service`.
    /// `keep` says what is kept of records besides.
    pub fn new(path_service: &str, keep: Keeping) -> Self {
        FoldSink {
            keep: (keep != Keeping::Nothing).then(|| Keep::new(keep)),
            watch: Watch::Prints,
            print: None,
            evidence: SourceEvidence::default(),
            open: Opens::default(),
            path_service: path_service.to_string(),
            wrapped: Wrapped::default(),
            series: FxHashMap::default(),
            capped: Capped::default(),
            untimed: 0,
        }
    }

    /// What to do with records that other files may hold too.
    pub fn watching(mut self, watch: Watch<'w>) -> Self {
        self.watch = watch;
        self
    }

    /// Puts the record down for comparison with other files; whether one of them holds it.
    fn is_repeated(&mut self, at: RawTime, frame: &Frame<'_>) -> bool {
        let key_ns = at.key_ns();
        let mut hash = hash_of_text(frame.text.as_bytes(), key_ns as u64);
        if !self.wrapped.raw.is_empty() {
            hash = hash_of_text(self.wrapped.raw.as_bytes(), hash);
        }
        let second = (at.kind, key_ns.div_euclid(1_000_000_000));
        match self.watch {
            Watch::Prints => match &mut self.print {
                Some((current, print)) if *current == second => print.add(hash),
                _ => {
                    let mut print = Print::default();
                    print.add(hash);
                    self.put_down();
                    self.print = Some((second, print));
                }
            },
            Watch::Lines(seconds) if seconds.contains(&second) => {
                self.evidence.prints.lines.insert((second, hash));
            }
            Watch::Lines(_) => {}
            Watch::LeaveOut(repeats) if repeats.hold(second, hash) => {
                self.evidence.prints.repeated += 1;
                return true;
            }
            Watch::LeaveOut(_) => {}
        }
        false
    }

    fn put_down(&mut self) {
        if let Some((second, print)) = self.print.take() {
            self.evidence.prints.add(second, print);
        }
    }

    /// What was folded. `path` names the source in diagnostics.
    pub fn finish(mut self, path: &str) -> SourceEvidence {
        for open in std::mem::take(&mut self.open).into_iter() {
            close(open, &mut self.evidence, &mut self.capped);
        }
        self.put_down();
        self.evidence.records = self.keep.take().map(Keep::finish).unwrap_or_default();
        let mut say = |kind, count: u64, message: &str, hint: &str| {
            if count > 0 {
                let mut diagnostic = Diagnostic::new(kind, path, message).hint(hint);
                diagnostic.count = count;
                self.evidence.diagnostics.push(diagnostic);
            }
        };
        say(
            DiagnosticKind::Capped,
            u64::from(self.capped.operations),
            "expected at most 500 operations of one service in a megabyte, found more; the rest is counted under (other)",
            "",
        );
        say(
            DiagnosticKind::Capped,
            self.capped.patterns,
            "expected at most 2000 message templates in a megabyte, found more; the rest is counted without template",
            "",
        );
        say(
            DiagnosticKind::Incomplete,
            self.untimed,
            "expected a stamp in every record, found records without one; they are counted but on no timeline",
            "declare the stamp with a format definition, or export with timestamps",
        );
        for diagnostic in &mut self.evidence.diagnostics {
            diagnostic.path = path.to_string();
        }
        self.evidence
    }

    /// Records without a stamp so far.
    pub(super) fn untimed(&self) -> u64 {
        self.untimed
    }

    /// The accounts so far.
    pub fn accounting(&mut self) -> &mut Accounting {
        &mut self.evidence.accounting
    }

    fn exemplar(&self, frame: &Frame<'_>) -> Exemplar {
        let text = if self.wrapped.raw.is_empty() { frame.text } else { &self.wrapped.raw };
        Exemplar::new(frame.span, text)
    }
}

/// Hands over a fold that is complete.
fn close(open: Open, evidence: &mut SourceEvidence, capped: &mut Capped) {
    capped.operations |= open.capped.operations;
    capped.patterns += open.capped.patterns;
    evidence.push_fold(open.close());
}

/// When a record's work began: the stamp itself, or duration before a stamp of the end.
fn began(record: &LogRecord<'_>, at: RawTime) -> RawTime {
    match (record.stamp, record.duration_ns) {
        (StampMeaning::End, Some(ns)) => at.moved(-i64::try_from(ns).unwrap_or(0)),
        _ => at,
    }
}

/// Moves the end of a fold to a record stamped `at`.
fn advance(fold: &mut Fold, at: RawTime, line: u64) {
    let key = at.key_ns();
    if fold.records > 0 && key < fold.last.key_ns() {
        fold.disorder += 1;
    }
    fold.last = at;
    fold.lines.1 = line;
    fold.range = (fold.range.0.min(key), fold.range.1.max(key));
    fold.records += 1;
    fold.precision = fold.precision.max(at.precision);
}

/// The stamp a record is counted under: its own, else when it was read. Elapsed time tells less than that.
pub(super) fn stamp(record: &LogRecord<'_>, observed: Option<RawTime>) -> Option<RawTime> {
    let own = record.time.filter(|time| time.kind != ClockKind::Relative || observed.is_none());
    own.or(observed)
}

impl Sink for FoldSink<'_> {
    fn log(&mut self, record: &LogRecord<'_>, frame: &Frame<'_>) {
        let observed = record.observed.or(self.wrapped.observed);
        if let Some(keep) = &mut self.keep {
            let service = record.service.as_deref().or(self.wrapped.service.as_deref()).unwrap_or(&self.path_service);
            keep.log(record, observed, service, frame);
            if keep.only_messages() {
                return;
            }
        }
        let Some(at) = stamp(record, observed) else {
            self.untimed += 1;
            return;
        };
        if self.is_repeated(at, frame) {
            return;
        }
        let start = began(record, at);
        let wrapped = &self.wrapped;
        let service = record.service.as_deref().or(wrapped.service.as_deref()).unwrap_or(&self.path_service);
        if let Some(upstream) = &record.upstream {
            called(&mut self.evidence, service, upstream, frame);
        }
        let (evidence, capped) = (&mut self.evidence, &mut self.capped);
        let open = self.open.at(at, frame.span.line, |done| close(done, evidence, capped));
        advance(&mut open.fold, at, frame.span.line);
        clock_notes::note(open, record, at, start, observed, frame);
        let raw = if wrapped.raw.is_empty() { frame.text } else { &wrapped.raw };
        open.count(service, record, start, frame, raw);
        if let Some(level) = record.level.filter(|l| *l >= Level::Warn) {
            open.pattern(service, level, &record.body, start, || Exemplar::new(frame.span, raw));
        }
        if let Some(label) = clock_notes::label(at, frame) {
            self.zone_note(label, frame);
        }
        if let Some(odd) = clock_notes::weekday(at, frame) {
            self.evidence.note_weekday(odd);
        }
    }

    fn sample(&mut self, sample: &Sample<'_>, frame: &Frame<'_>) {
        if let Some(keep) = &mut self.keep {
            if keep.only_messages() {
                return;
            }
            keep.sample(sample, frame);
        }
        let mut labels: BTreeMap<String, String> =
            sample.labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        labels.retain(|_, v| !v.is_empty());
        let key = format!("{}\u{1}{labels:?}\u{1}{:?}", sample.name, sample.time.kind);
        let at = match self.series.get(&key) {
            Some(at) => *at,
            None => {
                let exemplar = self.exemplar(frame);
                self.evidence.series.push(Series {
                    name: sample.name.to_string(),
                    labels,
                    kind: sample.kind,
                    stamp: sample.stamp,
                    unit: sample.unit.as_ref().map(ToString::to_string),
                    clock: sample.time.kind,
                    points: Vec::new(),
                    rows: Vec::new(),
                    lines: Default::default(),
                    first: exemplar.clone(),
                    last: exemplar,
                });
                self.series.insert(key, self.evidence.series.len() - 1);
                self.evidence.series.len() - 1
            }
        };
        let exemplar = self.exemplar(frame);
        let row = self.evidence.rows.number(frame.span, || exemplar.clone());
        let series = &mut self.evidence.series[at];
        series.points.push((sample.time.key_ns(), sample.value));
        series.rows.push(row);
        if series.last.span != exemplar.span {
            series.last = exemplar;
        }
    }

    fn event(&mut self, event: Event<RawTime>) {
        if let Some(keep) = &mut self.keep {
            if keep.only_messages() {
                return;
            }
            keep.event(&event);
        }
        self.evidence.events.push(event);
    }

    fn claim(&mut self, claim: Claim<RawTime>) {
        self.evidence.claims.push(claim);
    }

    fn call(&mut self, caller: &str, callee: &str, frame: &Frame<'_>) {
        called(&mut self.evidence, caller, callee, frame);
    }

    fn person(&mut self, id: &str, name: &str) {
        self.evidence.people.insert(id.to_string(), name.to_string());
    }

    fn zone_note(&mut self, zone: &str, frame: &Frame<'_>) {
        if !self.evidence.zone_notes.iter().any(|(known, _)| known == zone) {
            self.evidence.zone_notes.push((zone.to_string(), frame.exemplar()));
        }
    }

    fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.evidence.diagnostics.push(diagnostic);
    }

    fn account(&mut self, class: FrameClass, frame: &Frame<'_>) {
        let tally = match class {
            FrameClass::Record => &mut self.evidence.accounting.records,
            FrameClass::Blank => &mut self.evidence.accounting.blank,
        };
        tally.add(frame.text.len() as u64);
        self.evidence.accounting.total.add(frame.text.len() as u64);
    }

    fn reject(&mut self, reason: &str, frame: &Frame<'_>) {
        let bytes = frame.text.len() as u64;
        self.evidence.accounting.reject(reason, bytes, || frame.exemplar());
        self.evidence.accounting.total.add(bytes);
    }
}

/// Notes that one service called another.
fn called(evidence: &mut SourceEvidence, caller: &str, callee: &str, frame: &Frame<'_>) {
    if caller.is_empty() || callee.is_empty() || caller == callee {
        return;
    }
    let key = (caller.to_string(), callee.to_string());
    evidence.calls.entry(key).or_insert_with(|| (0, Exemplar::new(frame.span, frame.text))).0 += 1;
}

impl Receiver for FoldSink<'_> {
    fn reading(&mut self, format: &str) {
        if let Some(keep) = &mut self.keep {
            keep.reading(format);
        }
    }

    fn wrapped(&mut self, wrapped: &Wrapped) {
        self.wrapped = wrapped.clone();
    }

    fn tally(&mut self, class: LineClass, bytes: u64) {
        let accounting = &mut self.evidence.accounting;
        accounting.total.add(bytes);
        match class {
            LineClass::Record => accounting.records.add(bytes),
            LineClass::Continuation => accounting.continuation.add(bytes),
            LineClass::Blank => accounting.blank.add(bytes),
        }
    }

    fn reject_line(&mut self, reason: &str, bytes: u64, frame: &Frame<'_>) {
        self.evidence.accounting.total.add(bytes);
        self.evidence.accounting.reject(reason, bytes, || frame.exemplar());
    }
}
