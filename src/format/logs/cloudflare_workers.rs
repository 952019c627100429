//! Cloudflare Logpush, dataset `workers_trace_events`, as JSON lines.
//!
//! Sample: `{"EventTimestampMs":1749750723410,"EventType":"fetch","Outcome":"exception","ScriptName":"kv-api",...}`.
//! Yields one request a line. `Outcome` ok does not mean that the response was: its status counts.
//! Time: `EventTimestampMs`, the start. The wall time includes work done after the response.
//! Reference: Cloudflare documentation, Logpush, Workers trace events.

use std::borrow::Cow;

use super::object;
use crate::format::fields::{self, Value};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{Level, LogRecord, Outcome, RawTime, StampMeaning};

/// Invocations of Cloudflare Workers.
pub struct CloudflareWorkers;

impl Format for CloudflareWorkers {
    fn name(&self) -> &str {
        "cloudflare_workers"
    }

    fn title(&self) -> &str {
        "Cloudflare Logpush workers_trace_events (JSON lines)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"EventTimestampMs":1749750723410,"EventType":"fetch","Outcome":"exception","ScriptName":"kv-api","Event":{"RayID":"94e1","Request":{"URL":"https://kv.example/v1/ns/77","Method":"GET"},"Response":{"Status":500}},"WallTimeMs":2010}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// The fields of one line.
#[derive(Default)]
struct Invocation<'a> {
    start: Option<RawTime>,
    kind: Option<Cow<'a, str>>,
    outcome: Option<Cow<'a, str>>,
    script: Option<Cow<'a, str>>,
    ray: Option<Cow<'a, str>>,
    url: Option<Cow<'a, str>>,
    method: Option<Cow<'a, str>>,
    status: Option<u16>,
    wall_ns: Option<u64>,
}

fn wanted(key: &str) -> bool {
    matches!(key, "EventTimestampMs" | "EventType" | "Outcome" | "ScriptName" | "WallTimeMs" | "Event")
        || matches!(key, "Event.RayID" | "Event.Request" | "Event.Request.URL" | "Event.Request.Method")
        || matches!(key, "Event.Response" | "Event.Response.Status")
        || matches!(key, "eventTimestamp" | "outcome" | "scriptName" | "wallTime" | "event" | "event.cron")
        || matches!(key, "event.request" | "event.request.url" | "event.request.method" | "event.request.headers")
        || matches!(key, "event.request.headers.cf-ray" | "event.response" | "event.response.status" | "event.queue")
}

impl<'a> Invocation<'a> {
    fn offer(&mut self, key: &str, value: Value<'a>) {
        let number = value.text().parse::<u16>().ok();
        match (key, value) {
            ("EventTimestampMs" | "eventTimestamp", value) => self.start = timestamp::whole(value.text()),
            ("WallTimeMs" | "wallTime", value) => self.wall_ns = fields::scaled(value.text(), 1_000_000),
            ("Event.Response.Status" | "event.response.status", _) => {
                self.status = number.filter(|s| (100..=599).contains(s))
            }
            ("EventType", Value::Text(text)) => self.kind = Some(text),
            ("event.request", _) => self.kind = Some("fetch".into()),
            ("event.cron", _) => self.kind = Some("scheduled".into()),
            ("event.queue", _) => self.kind = Some("queue".into()),
            ("Outcome" | "outcome", Value::Text(text)) => self.outcome = Some(text),
            ("ScriptName" | "scriptName", Value::Text(text)) => self.script = Some(text),
            ("Event.RayID" | "event.request.headers.cf-ray", Value::Text(text)) => self.ray = Some(text),
            ("Event.Request.URL" | "event.request.url", Value::Text(text)) => self.url = Some(text),
            ("Event.Request.Method" | "event.request.method", Value::Text(text)) => self.method = Some(text),
            _ => {}
        }
    }

    /// What became of the invocation where the status does not say it.
    fn result(&self) -> Option<Outcome> {
        match self.outcome.as_deref()? {
            "ok" => self.status.is_none().then_some(Outcome::Ok),
            "canceled" | "responseStreamDisconnected" => Some(Outcome::Cancelled),
            _ => Some(Outcome::ServerError),
        }
    }
}

impl LineFormat for CloudflareWorkers {
    fn starts(&self, line: &str) -> bool {
        if !line.starts_with('{') {
            return false;
        }
        let (mut stamp, mut own) = (false, false);
        object::top_keys(line, |key| {
            stamp |= key == "EventTimestampMs";
            own |= matches!(key, "ScriptName" | "Outcome" | "EventType");
            !(stamp && own)
        });
        stamp && own
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        sink.log(&record(frame.text)?, frame);
        Ok(())
    }

    fn specificity(&self) -> u8 {
        90
    }
}

/// The request that one invocation is.
///
/// # Errors
/// When it has no stamp or is no JSON object.
pub(super) fn record(text: &str) -> Result<LogRecord<'_>, Fault> {
    let mut seen = Invocation::default();
    object::read(text.trim(), wanted, &mut |key, value| seen.offer(key, value))
        .map_err(|error| object::fault(&error))?;
    let outcome = seen.result();
    let operation = match (&seen.method, &seen.url) {
        (Some(method), Some(url)) => Some(fields::operation_of(method, url).into()),
        _ => seen.kind.clone(),
    };
    let kind = seen.kind.as_deref().unwrap_or("event");
    Ok(LogRecord {
        time: Some(seen.start.ok_or(Fault::new("expected EventTimestampMs, found none"))?),
        stamp: StampMeaning::Start,
        level: (outcome == Some(Outcome::ServerError)).then_some(Level::Error),
        body: format!("{kind} {}", seen.outcome.as_deref().unwrap_or("without outcome")).into(),
        operation,
        status: seen.status,
        outcome,
        duration_ns: seen.wall_ns,
        service: seen.script,
        request_id: seen.ray,
        ..LogRecord::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;

    #[test]
    fn an_invocation_is_judged_by_its_outcome_and_its_status() {
        let line = CloudflareWorkers.samples()[0];
        let r = &records(&CloudflareWorkers, line)[0];
        assert_eq!((r.service.as_deref(), r.operation.as_deref()), (Some("kv-api"), Some("GET /v1/ns/{}")));
        assert_eq!((r.request_outcome(), r.duration_ns), (Some(Outcome::ServerError), Some(2_010_000_000)));
        assert_eq!(r.time.map(|t| t.wall_ns), Some(1_749_750_723_410_000_000));
        let outcome = |text: &str| records(&CloudflareWorkers, &line.replace("exception", text))[0].request_outcome();
        assert_eq!(outcome("ok"), Some(Outcome::ServerError));
        assert_eq!(outcome("canceled"), Some(Outcome::Cancelled));
    }
}
