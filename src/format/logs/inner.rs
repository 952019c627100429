//! A log line that stands inside another record: a container's line in a cloud export, the raw line
//! of a search result.
//!
//! An outer record without a level is a wrapper. What the line inside says of itself is then the
//! record, and a stamp of its own makes the outer one a witness of when it was read.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::words;
use crate::format::detect::{Owners, as_lines};
use crate::format::{Format, Frame, FrameClass, Sink};
use crate::model::{Claim, ClockKind, Diagnostic, Event, LogRecord, RawTime, Sample};

/// Formats a message may be of. A stamp and nothing else makes no wrapper of what is around it.
static FORMATS: LazyLock<Owners<'static>> = LazyLock::new(|| {
    let wrapping = ["json_log", "stamped_text"];
    let others: Vec<&dyn Format> = crate::format::all().filter(|f| !wrapping.contains(&f.name())).collect();
    Owners::new(&others)
});

/// Hands `record` to `sink`, completed by the log line that its message is. A record that says
/// nothing else keeps `text`, the whole of it, as its message. A `weak` level (one that the collector
/// gave) is believed only where the line says none.
pub(crate) fn hand_on<'t>(
    mut record: LogRecord<'t>,
    weak: bool,
    text: &'t str,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) {
    let request = record.request_outcome().is_some();
    if record.body.is_empty() && !request {
        record.body = Cow::Borrowed(text);
    } else if (record.level.is_none() || weak) && !request {
        complete(&mut record, frame);
    }
    sink.log(&record, frame);
}

/// Fills what `record` does not say from the log line that its message is.
fn complete(record: &mut LogRecord<'_>, frame: &Frame<'_>) {
    let first = record.body.lines().next().unwrap_or("");
    let Some(lines) = FORMATS.of(first).and_then(as_lines) else {
        record.level = words::leading_level(first).or(record.level);
        return;
    };
    let mut found = Found::default();
    if lines.decode(&Frame { text: &record.body, span: frame.span }, &mut found).is_err() {
        return;
    }
    let Some(inner) = found.0 else { return };
    // Elapsed time tells less than when the line was read.
    if inner.time.is_some_and(|time| time.kind != ClockKind::Relative || record.time.is_none()) {
        record.observed = record.time;
        record.time = inner.time;
        record.stamp = inner.stamp;
    }
    record.level = inner.level.or_else(|| words::leading_level(&inner.body)).or(record.level);
    record.status = inner.status;
    record.outcome = inner.outcome;
    record.duration_ns = inner.duration_ns.or(record.duration_ns);
    record.operation = inner.operation.or(record.operation.take());
    record.service = record.service.take().or(inner.service);
    record.request_id = record.request_id.take().or(inner.request_id);
    record.trace_id = record.trace_id.take().or(inner.trace_id);
    record.upstream = record.upstream.take().or(inner.upstream);
}

/// A sink that keeps the last record it is given, and nothing else.
#[derive(Default)]
pub(crate) struct Found(Option<LogRecord<'static>>);

fn owned(text: &Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.as_deref().map(|text| Cow::Owned(text.to_string()))
}

impl Sink for Found {
    fn log(&mut self, record: &LogRecord<'_>, _: &Frame<'_>) {
        self.0 = Some(LogRecord {
            time: record.time,
            observed: record.observed,
            stamp: record.stamp,
            level: record.level,
            service: owned(&record.service),
            host: owned(&record.host),
            operation: owned(&record.operation),
            status: record.status,
            outcome: record.outcome,
            duration_ns: record.duration_ns,
            weight_milli: record.weight_milli,
            body: Cow::Owned(record.body.to_string()),
            request_id: owned(&record.request_id),
            trace_id: owned(&record.trace_id),
            upstream: owned(&record.upstream),
            side: record.side,
        });
    }
    fn sample(&mut self, _: &Sample<'_>, _: &Frame<'_>) {}
    fn event(&mut self, _: Event<RawTime>) {}
    fn claim(&mut self, _: Claim<RawTime>) {}
    fn call(&mut self, _: &str, _: &str, _: &Frame<'_>) {}
    fn person(&mut self, _: &str, _: &str) {}
    fn zone_note(&mut self, _: &str, _: &Frame<'_>) {}
    fn diagnostic(&mut self, _: Diagnostic) {}
    fn account(&mut self, _: FrameClass, _: &Frame<'_>) {}
    fn reject(&mut self, _: &str, _: &Frame<'_>) {}
}
