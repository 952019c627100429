//! Reading without folding: every record as data, for golden cases and for looking at a file.

use std::io::Read as _;

use serde::Serialize;
use serde_json::{Value, json};

use super::decode::to_text;
use super::frames::{LineClass, Readers, Receiver, Wrapped, drive};
use super::segment::Segmenter;
use super::{Options, opened};
use crate::format::bind;
use crate::format::detect::{self, Candidate, Reading};
use crate::format::{Document, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{
    Accounting, Claim, ClockKind, Diagnostic, Event, FormatUse, LogRecord, Precision, RawTime, Sample, format_utc,
};

/// One record as a format handed it out.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct CollectedRecord(pub Value);

/// Everything one source gave, record by record.
#[derive(Debug)]
pub struct Collected {
    /// What was considered.
    pub candidates: Vec<Candidate>,
    /// Law 1.
    pub accounting: Accounting,
    /// Records in the order they were handed out.
    pub records: Vec<CollectedRecord>,
    /// What else was said.
    pub diagnostics: Vec<Diagnostic>,
    /// The fault that ended a document early.
    pub fault: Option<String>,
}

/// Reads `bytes` as the file `path` and keeps every record.
pub fn collect(path: &str, bytes: &[u8], options: &Options) -> Collected {
    let mut whole = bytes.to_vec();
    let opened = opened::kind(bytes).and_then(|kind| opened::open(kind, path, &mut whole, &mut std::io::empty()));
    let Some(Ok(mut opened)) = opened else { return collect_text(path, bytes, options.formats.get(path), options) };
    let mut text = Vec::new();
    let fault = opened.text.read_to_end(&mut text).err().map(|error| error.to_string());
    let mut collected = collect_text(path, &text, opened.format, options);
    let FormatUse { name, reason, score } = opened.wrapper;
    collected.candidates.insert(0, Candidate { name, reason, score, chosen: true });
    collected.diagnostics.extend(opened.diagnostics);
    collected.fault = collected.fault.or(fault);
    collected
}

/// Reads a text, with the format called `forced` when there is one.
fn collect_text(path: &str, bytes: &[u8], forced: Option<&str>, options: &Options) -> Collected {
    let formats = options.all_formats();
    let (encoding, bom) = super::decode::sniff(bytes);
    let text = if encoding == encoding_rs::UTF_8 {
        to_text(&bytes[bom..]).0
    } else {
        encoding.decode_without_bom_handling(&bytes[bom..]).0.into_owned()
    };
    let head = Head { path, text: &text, complete: true, modified_s: None };
    let bound = bind::bind(&head, &formats);
    let formats = bind::with_bound(&formats, &bound);
    let plan = detect::plan(&head, &formats, forced);
    let mut sink = Collector::default();
    let mut fault = None;
    match plan.reading {
        Reading::Document(format) => {
            if let Shape::Document(reader) = format.shape() {
                fault = reader.read(&Document::new(path, &text), &mut sink).err().map(|f| f.reason.into_owned());
            }
        }
        Reading::Lines(chosen) => {
            let readers = Readers::new(plan.envelopes, chosen, &formats, plan.forced);
            let mut segments = Segmenter::new(text.into_bytes(), std::io::empty());
            while let Some(segment) = segments.next(&|line| readers.starts(line)) {
                readers.preview(&segment);
                drive(&readers, &segment, &mut sink);
            }
        }
        Reading::Unknown => {}
    }
    Collected {
        candidates: plan.candidates,
        accounting: sink.accounting,
        records: sink.records,
        diagnostics: sink.diagnostics,
        fault,
    }
}

#[derive(Default)]
struct Collector {
    accounting: Accounting,
    records: Vec<CollectedRecord>,
    diagnostics: Vec<Diagnostic>,
    wrapped: Wrapped,
}

/// A stamp as a person would check it: the wall clock, what it lacks, its offset.
fn raw_time(time: RawTime) -> Value {
    let wall = format_utc(time.wall_ns, time.precision.max(Precision::Minute));
    let wall = wall.trim_end_matches('Z');
    Value::String(match time.kind {
        ClockKind::Zoned if time.offset_s == 0 => format!("{wall}Z"),
        ClockKind::Zoned => {
            let sign = if time.offset_s < 0 { '-' } else { '+' };
            let minutes = time.offset_s.abs() / 60;
            format!("{wall}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
        ClockKind::Naive => format!("{wall} (no zone)"),
        ClockKind::YearLess => format!("{} (no year, no zone)", &wall[5..]),
        ClockKind::TimeOnly => format!("{} (no date, no zone)", &wall[11..]),
        ClockKind::TimeOnlyZoned => format!("{}Z (no date)", &wall[11..]),
        ClockKind::Relative => format!("+{} ns", time.wall_ns),
    })
}

impl Collector {
    fn push(&mut self, mut value: Value, frame: &Frame<'_>) {
        if let Value::Object(map) = &mut value {
            map.insert("line".into(), json!(frame.span.line));
            if frame.span.lines > 1 {
                map.insert("lines".into(), json!(frame.span.lines));
            }
            map.retain(|_, v| !v.is_null() && v.as_array().is_none_or(|a| !a.is_empty()) && v.as_str() != Some(""));
        }
        self.records.push(CollectedRecord(value));
    }
}

impl Sink for Collector {
    fn log(&mut self, record: &LogRecord<'_>, frame: &Frame<'_>) {
        let service = record.service.as_deref().map(str::to_string).or_else(|| self.wrapped.service.clone());
        let value = json!({
            "log": record.body,
            "time": record.time.map(raw_time),
            "observed": record.observed.or(self.wrapped.observed).map(raw_time),
            "stamp": if record.stamp == Default::default() { Value::Null } else { json!(record.stamp) },
            "level": record.level,
            "service": service,
            "host": record.host,
            "operation": record.operation,
            "status": record.status,
            "outcome": record.request_outcome(),
            "duration_ms": record.duration_ns.map(|ns| ns as f64 / 1e6),
            "weight": if record.weight_milli <= 1 { Value::Null } else { json!(f64::from(record.weight_milli) / 1000.0) },
            "request_id": record.request_id,
            "trace_id": record.trace_id,
            "upstream": record.upstream,
        });
        self.push(value, frame);
    }

    fn sample(&mut self, sample: &Sample<'_>, frame: &Frame<'_>) {
        let labels: std::collections::BTreeMap<_, _> =
            sample.labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        let value = json!({
            "sample": sample.name, "labels": labels, "time": raw_time(sample.time), "value": sample.value,
            "kind": sample.kind, "point": sample.stamp, "unit": sample.unit,
        });
        self.push(value, frame);
    }

    fn event(&mut self, event: Event<RawTime>) {
        let frame = Frame { text: &event.evidence.text, span: event.evidence.span };
        let value = json!({
            "event": event.kind, "time": raw_time(event.at), "raw_time": event.raw_time,
            "until": event.until.map(raw_time), "written_at": event.written_at.map(raw_time),
            "actor": event.actor.as_ref().map(|a| format!("{} ({})", a.name, json!(a.kind).as_str().unwrap_or(""))),
            "services": event.services, "title": event.title, "text": event.text,
            "severity": event.severity.as_ref().map(|s| {
                format!("{} -> {}", s.from.as_ref().map_or("?", |w| w.word.as_str()), s.to.word)
            }),
            "status": event.status,
            "ids": event.ids.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
            "curation": if event.curation == Default::default() { Value::Null } else { json!(event.curation) },
        });
        self.push(value, &frame);
    }

    fn claim(&mut self, claim: Claim<RawTime>) {
        let frame = Frame { text: &claim.evidence.text, span: claim.evidence.span };
        let value = json!({
            "claim": claim.measure, "subjects": claim.subjects, "operation": claim.operation, "value": claim.value,
            "decimals": if claim.decimals == 0 { Value::Null } else { json!(claim.decimals) },
            "bound": if claim.bound == Default::default() { Value::Null } else { json!(claim.bound) },
            "affirmed": if claim.affirmed { Value::Null } else { json!(false) },
            "object": claim.object, "at": claim.at.map(raw_time), "quote": claim.quote,
        });
        self.push(value, &frame);
    }

    fn call(&mut self, caller: &str, callee: &str, frame: &Frame<'_>) {
        self.push(json!({ "call": format!("{caller} -> {callee}") }), frame);
    }

    fn person(&mut self, id: &str, name: &str) {
        self.records.push(CollectedRecord(json!({ "person": id, "name": name })));
    }

    fn zone_note(&mut self, zone: &str, frame: &Frame<'_>) {
        self.push(json!({ "zone_note": zone }), frame);
    }

    fn diagnostic(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn account(&mut self, class: FrameClass, frame: &Frame<'_>) {
        let tally = match class {
            FrameClass::Record => &mut self.accounting.records,
            FrameClass::Blank => &mut self.accounting.blank,
        };
        tally.add(frame.text.len() as u64);
        self.accounting.total.add(frame.text.len() as u64);
    }

    fn reject(&mut self, reason: &str, frame: &Frame<'_>) {
        let bytes = frame.text.len() as u64;
        self.accounting.reject(reason, bytes, || frame.exemplar());
        self.accounting.total.add(bytes);
    }
}

impl Receiver for Collector {
    fn reading(&mut self, _format: &str) {}

    fn wrapped(&mut self, wrapped: &Wrapped) {
        self.wrapped = wrapped.clone();
    }

    fn tally(&mut self, class: LineClass, bytes: u64) {
        self.accounting.total.add(bytes);
        match class {
            LineClass::Record => self.accounting.records.add(bytes),
            LineClass::Continuation => self.accounting.continuation.add(bytes),
            LineClass::Blank => self.accounting.blank.add(bytes),
        }
    }

    fn reject_line(&mut self, reason: &str, bytes: u64, frame: &Frame<'_>) {
        self.accounting.total.add(bytes);
        self.accounting.reject(reason, bytes, || frame.exemplar());
    }
}
