//! A sink for tests that keeps what it is given.

use super::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Claim, Diagnostic, Event, EventKind, LogRecord, Outcome, RawTime, Sample};

/// What a format handed over.
#[derive(Default)]
pub struct Collected {
    /// Service, operation, outcome, duration of log records.
    pub logs: Vec<(String, String, Option<Outcome>, Option<u64>)>,
    /// Points.
    pub samples: Vec<Sample<'static>>,
    /// Lines of the points.
    pub lines: Vec<u64>,
    /// Events.
    pub events: Vec<Event<RawTime>>,
    /// Calls.
    pub calls: Vec<(String, String)>,
    /// Persons.
    pub persons: Vec<(String, String)>,
    /// Zone notes.
    pub zones: Vec<String>,
    /// Diagnostics.
    pub diagnostics: Vec<Diagnostic>,
    /// Elements that gave a record.
    pub records: usize,
    /// Elements that gave none.
    pub blank: usize,
    /// Reasons of rejected elements.
    pub rejected: Vec<String>,
    /// What stopped the reading.
    pub fault: Option<Fault>,
}

impl Collected {
    /// Events of one kind.
    pub fn of(&self, kind: EventKind) -> Vec<&Event<RawTime>> {
        self.events.iter().filter(|e| e.kind == kind).collect()
    }

    /// Values of the points called `name`.
    pub fn values(&self, name: &str) -> Vec<f64> {
        self.samples.iter().filter(|s| s.name == name).map(|s| s.value).collect()
    }
}

/// Reads `text` with `format`.
pub fn read(format: &dyn DocumentFormat, text: &str) -> Collected {
    let mut sink = Collected::default();
    sink.fault = format.read(&Document::new("dir/input.json", text), &mut sink).err();
    sink
}

/// What `format` claims of `text`.
pub fn claim(format: &dyn DocumentFormat, text: &str) -> Option<Claimed> {
    format.detect(&Head { path: "dir/input.json", text, complete: true, modified_s: None })
}

/// Fails unless each sample of `owner` is claimed by it with 90 or more, and higher or earlier than by any other.
pub fn assert_owner_wins(owner: &dyn Format) {
    for sample in owner.samples() {
        let mut best: (u8, &str) = (0, "nobody");
        for other in super::FAMILIES.iter().flat_map(|f| f.iter().copied()) {
            if let Shape::Document(document) = other.shape() {
                let score = claim(document, sample).map_or(0, |c| c.score);
                if score > best.0 {
                    best = (score, other.name());
                }
            }
        }
        assert_eq!(best.1, owner.name(), "{sample}");
        assert!(best.0 >= 90, "{}: {} for {sample}", owner.name(), best.0);
    }
}

impl Sink for Collected {
    fn log(&mut self, record: &LogRecord<'_>, _frame: &Frame<'_>) {
        self.logs.push((
            record.service.as_deref().unwrap_or("").to_string(),
            record.operation.as_deref().unwrap_or("").to_string(),
            record.request_outcome(),
            record.duration_ns,
        ));
    }
    fn sample(&mut self, sample: &Sample<'_>, frame: &Frame<'_>) {
        self.lines.push(frame.span.line);
        self.samples.push(Sample {
            time: sample.time,
            name: sample.name.to_string().into(),
            labels: sample.labels.iter().map(|(k, v)| (k.to_string().into(), v.to_string().into())).collect(),
            value: sample.value,
            kind: sample.kind,
            stamp: sample.stamp,
            unit: sample.unit.as_ref().map(|u| u.to_string().into()),
        });
    }
    fn event(&mut self, event: Event<RawTime>) {
        self.events.push(event);
    }
    fn claim(&mut self, _claim: Claim<RawTime>) {}
    fn call(&mut self, caller: &str, callee: &str, _frame: &Frame<'_>) {
        self.calls.push((caller.to_string(), callee.to_string()));
    }
    fn person(&mut self, id: &str, name: &str) {
        self.persons.push((id.to_string(), name.to_string()));
    }
    fn zone_note(&mut self, zone: &str, _frame: &Frame<'_>) {
        self.zones.push(zone.to_string());
    }
    fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
    fn account(&mut self, class: FrameClass, _frame: &Frame<'_>) {
        match class {
            FrameClass::Record => self.records += 1,
            FrameClass::Blank => self.blank += 1,
        }
    }
    fn reject(&mut self, reason: &str, _frame: &Frame<'_>) {
        self.rejected.push(reason.to_string());
    }
}

/// Every document format of the families read here.
fn documents() -> Vec<&'static dyn Format> {
    let families = [
        super::alerts::FORMATS,
        super::chat::FORMATS,
        super::changes::FORMATS,
        super::status::FORMATS,
        super::traces::FORMATS,
        super::metrics::FORMATS,
    ];
    families.into_iter().flatten().copied().collect()
}

#[test]
fn no_cut_or_changed_sample_makes_a_reader_panic() {
    for owner in documents() {
        for sample in owner.samples() {
            for at in (0..sample.len()).step_by(11).filter(|at| sample.is_char_boundary(*at)) {
                let (head, tail) = sample.split_at(at);
                for text in
                    [head.to_string(), format!("{head}é{tail}"), format!("{head}\"{tail}"), format!("{head}]{tail}")]
                {
                    for format in documents() {
                        let Shape::Document(document) = format.shape() else { continue };
                        let claimed = claim(document, &text).is_some();
                        if claimed || format.name() == owner.name() {
                            read(document, &text);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn logs_and_prose_are_not_claimed_by_documents() {
    let texts = [
        "2025-06-12 17:52:00,123 INFO started\n2025-06-12 17:52:01,123 INFO ready, waiting\n",
        "{\"timestamp\":\"2025-06-12T17:52:00Z\",\"level\":\"error\",\"service\":\"kv\",\"message\":\"failed\"}\n",
        "# Incident\n\nAt 17:52 UTC, errors rose, and rose.\n",
        "[]",
        "{}",
        "",
    ];
    for text in texts {
        for format in documents() {
            let Shape::Document(document) = format.shape() else { continue };
            assert!(claim(document, text).is_none(), "{} claims {text}", format.name());
        }
    }
}
