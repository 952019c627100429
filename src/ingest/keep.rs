//! Records kept as they were read, for `recount records` and `recount patterns`.

use super::Keeping;
use crate::format::{Frame, timestamp};
use crate::model::{Event, KeptRecord, LogRecord, RawTime, Sample};
use crate::patterns::skeleton;

/// The records of one segment or document so far.
pub(super) struct Keep {
    what: Keeping,
    format: String,
    records: Vec<KeptRecord>,
    /// Room for the skeleton of a message.
    skeleton: Vec<u8>,
}

impl Keep {
    pub(super) fn new(what: Keeping) -> Self {
        Keep { what, format: String::new(), records: Vec::new(), skeleton: Vec::new() }
    }

    /// Whether nothing but messages is asked for.
    pub(super) fn only_messages(&self) -> bool {
        self.what == Keeping::Messages
    }

    fn message(&mut self, record: &LogRecord<'_>, service: &str, frame: &Frame<'_>) {
        skeleton(&record.body, &mut self.skeleton);
        self.records.push(KeptRecord {
            span: frame.span,
            level: record.level,
            service: service.to_string(),
            message: String::from_utf8_lossy(&self.skeleton).into_owned(),
            ..KeptRecord::default()
        });
    }

    /// Which format the records that follow are of.
    pub(super) fn reading(&mut self, format: &str) {
        if self.format != format {
            self.format = format.to_string();
        }
    }

    pub(super) fn log(&mut self, record: &LogRecord<'_>, observed: Option<RawTime>, service: &str, frame: &Frame<'_>) {
        if self.only_messages() {
            return self.message(record, service, frame);
        }
        let time = super::fold::stamp(record, observed);
        self.records.push(KeptRecord {
            format: self.format.clone(),
            time,
            raw_time: written(frame.text, time),
            span: frame.span,
            level: record.level,
            service: service.to_string(),
            status: record.status,
            message: record.body.to_string(),
            values: Vec::new(),
        });
    }

    pub(super) fn event(&mut self, event: &Event<RawTime>) {
        self.records.push(KeptRecord {
            format: self.format.clone(),
            time: Some(event.at),
            raw_time: event.raw_time.clone(),
            span: event.evidence.span,
            service: event.services.first().cloned().unwrap_or_default(),
            message: event.title.clone(),
            ..KeptRecord::default()
        });
    }

    /// Points of one stamp in one place are one record.
    pub(super) fn sample(&mut self, sample: &Sample<'_>, frame: &Frame<'_>) {
        let value = (named(sample), sample.value);
        match self.records.last_mut() {
            Some(last) if last.span == frame.span && last.time == Some(sample.time) && !last.values.is_empty() => {
                last.values.push(value);
            }
            _ => self.records.push(KeptRecord {
                format: self.format.clone(),
                time: Some(sample.time),
                raw_time: written(frame.text, Some(sample.time)),
                span: frame.span,
                values: vec![value],
                ..KeptRecord::default()
            }),
        }
    }

    pub(super) fn finish(self) -> Vec<KeptRecord> {
        self.records
    }
}

/// `name{label="value"}`, as Prometheus writes it.
fn named(sample: &Sample<'_>) -> String {
    if sample.labels.is_empty() {
        return sample.name.to_string();
    }
    let mut labels: Vec<String> = sample.labels.iter().map(|(k, v)| format!("{k}={v:?}")).collect();
    labels.sort_unstable();
    format!("{}{{{}}}", sample.name, labels.join(","))
}

fn written(text: &str, time: Option<RawTime>) -> String {
    time.and_then(|at| timestamp::locate(text, at)).unwrap_or_default().to_string()
}
