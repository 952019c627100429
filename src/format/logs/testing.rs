//! A sink for the unit tests of formats.

use crate::format::{Fault, Frame, FrameClass, LineFormat, Sink};
use crate::model::{Claim, Diagnostic, Event, LogRecord, RawTime, Sample, Span};

/// Keeps log records.
#[derive(Default)]
pub(crate) struct Collected {
    /// Records in order.
    pub(crate) logs: Vec<LogRecord<'static>>,
    /// Zone notes in order.
    pub(crate) zones: Vec<String>,
}

fn owned(r: &LogRecord<'_>) -> LogRecord<'static> {
    let own = |c: &Option<std::borrow::Cow<'_, str>>| c.as_ref().map(|c| c.to_string().into());
    LogRecord {
        service: own(&r.service),
        host: own(&r.host),
        operation: own(&r.operation),
        body: r.body.to_string().into(),
        request_id: own(&r.request_id),
        trace_id: own(&r.trace_id),
        upstream: own(&r.upstream),
        ..*r
    }
}

impl Sink for Collected {
    fn log(&mut self, record: &LogRecord<'_>, _: &Frame<'_>) {
        self.logs.push(owned(record));
    }
    fn sample(&mut self, _: &Sample<'_>, _: &Frame<'_>) {}
    fn event(&mut self, _: Event<RawTime>) {}
    fn claim(&mut self, _: Claim<RawTime>) {}
    fn call(&mut self, _: &str, _: &str, _: &Frame<'_>) {}
    fn person(&mut self, _: &str, _: &str) {}
    fn zone_note(&mut self, zone: &str, _: &Frame<'_>) {
        self.zones.push(zone.to_string());
    }
    fn diagnostic(&mut self, _: Diagnostic) {}
    fn account(&mut self, _: FrameClass, _: &Frame<'_>) {}
    fn reject(&mut self, _: &str, _: &Frame<'_>) {}
}

/// The records of one frame, which must begin like one and decode.
pub(crate) fn records(format: &dyn LineFormat, text: &str) -> Vec<LogRecord<'static>> {
    collect(format, text).unwrap_or_else(|fault| panic!("{}: {text}", fault.reason)).logs
}

/// What one frame gives.
pub(crate) fn collect(format: &dyn LineFormat, text: &str) -> Result<Collected, Fault> {
    assert!(format.starts(text.lines().next().unwrap_or("")), "not claimed: {text}");
    let mut sink = Collected::default();
    format.decode(&Frame { text, span: Span::default() }, &mut sink)?;
    Ok(sink)
}
