//! Structured application logs as JSON lines.
//!
//! Written by pino, bunyan, winston, zap, zerolog, logrus, slog, tracing, log4j, logstash, Serilog,
//! MongoDB, Envoy, Caddy and most home-made loggers.
//! Yields one record a line; one with an HTTP or gRPC status is a request.
//! Time: any key of the alias table, any shape; the stamp of a request is its end unless the key
//! says start.

use super::{inner, json_quick, object};
use crate::format::bind::Sample;
use crate::format::fields::learned::{Learned, Seen};
use crate::format::fields::{self, Field, Fields};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};

/// JSON lines of an application logger.
pub struct JsonLog;

impl Format for JsonLog {
    fn name(&self) -> &str {
        "json_log"
    }

    fn title(&self) -> &str {
        "JSON lines of application loggers (pino, zap, zerolog, logrus, slog, ECS, CLEF, ...)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"level":50,"time":1749750723410,"pid":7,"hostname":"kv-1","msg":"read failed"}"#,
            r#"{"level":"error","ts":1749750723.41,"caller":"kv/read.go:88","msg":"read failed"}"#,
            r#"{"ts":1749750723410.2,"caller":"lease.go:330","msg":"lost lease","err":"timeout"}"#,
            r#"{"@timestamp":"2025-06-12T17:52:03.410Z","log.level":"ERROR","message":"read failed","ecs.version":"1.6.0"}"#,
            r#"{"@t":"2025-06-12T17:52:03.4100000Z","@mt":"read of {Key} failed","@l":"Error"}"#,
            r#"{"t":{"$date":"2025-06-12T17:52:03.410+00:00"},"s":"E","c":"NETWORK","id":1,"ctx":"conn9","msg":"gone"}"#,
            r#"{"timestamp":"2025-06-12T17:52:03Z","service":"kv","severity_text":"ERROR","msg":"read failed"}"#,
            r#"{"time":"2025-06-12T17:52:03Z","method":"GET","path":"/v1/kv","status":503,"duration_ms":12}"#,
            r#"{"severity":"ERROR","time":"2025-06-12T17:52:03Z","message":"read failed"}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }

    fn bind(&self, sample: &Sample<'_>) -> Option<Box<dyn Format>> {
        super::json_bound::bind(sample)
    }
}

/// Kinds of keys seen while deciding.
#[derive(Default)]
struct Kinds {
    time: bool,
    level: bool,
    message: bool,
    status: bool,
    request: bool,
    action: bool,
}

impl Kinds {
    fn add(&mut self, key: &str, value: &str) {
        match fields::field_of(key).map(|(field, _)| field) {
            Some(Field::Time | Field::Seconds) => self.time |= may_be_time(value),
            Some(Field::Level) => self.level = true,
            Some(Field::Message) => self.message |= !matches!(key, "text" | "body" | "event" | "log" | "title"),
            Some(Field::Status) => self.status = true,
            Some(Field::Action | Field::Request) => self.action = true,
            Some(Field::Method | Field::Path | Field::Duration | Field::Operation) => self.request = true,
            _ => match key {
                "instant" => self.time = true,
                "res" | "response" | "responseStatus" => self.status = true,
                "httpRequest" => (self.status, self.request) = (true, true),
                "log" => self.level = true,
                "fields" | "req" | "request" | "protoPayload" | "jsonPayload" => self.message = true,
                _ => {}
            },
        }
        if value.starts_with('{') && HOLDERS.contains(&key) {
            object::top_fields(value, |key, value| {
                self.add(key, value);
                !self.enough()
            });
        }
    }

    /// Two kinds of keys that together belong to a log and to nothing else.
    fn enough(&self) -> bool {
        (self.level && (self.time || self.message))
            || (self.time && (self.message || self.action))
            || (self.time && self.status && self.request)
    }
}

/// Objects that hold the record itself and whose keys therefore witness for it.
const HOLDERS: &[&str] = &["_source", "result", "attributes", "@fields", "payload", "properties", "jsonPayload"];

/// Whether a value could be a stamp by its first character: no object, list or word of JSON.
fn may_be_time(value: &str) -> bool {
    matches!(value.as_bytes(), [b'"', ..] | [b'0'..=b'9', ..] | [b'{', ..])
}

/// Whether the object `text` has the keys of a log record.
pub(super) fn is_record(text: &str) -> bool {
    let mut seen = Kinds::default();
    object::top_fields(text, |key, value| {
        seen.add(key, value);
        !seen.enough()
    });
    seen.enough()
}

/// Whether a line only says what a search engine is to do with the next one.
fn is_bulk_action(line: &str) -> bool {
    ["{\"index\":{", "{\"create\":{"].iter().any(|action| line.starts_with(action))
}

impl LineFormat for JsonLog {
    fn starts(&self, line: &str) -> bool {
        let line = line.trim_start();
        line.starts_with('{') && (is_record(line) || is_bulk_action(line))
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        if is_bulk_action(frame.text) && !is_record(frame.text) {
            return Ok(());
        }
        decode_object(frame.text.trim(), frame, sink, None)
    }

    fn decode_own(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Option<Result<(), Fault>> {
        if let Some(record) = json_quick::record(frame.text) {
            inner::hand_on(record, false, frame.text, frame, sink);
            return Some(Ok(()));
        }
        self.starts(frame.text).then(|| self.decode(frame, sink))
    }

    fn specificity(&self) -> u8 {
        50
    }
}

/// Decodes the object `text`, with the keys a source has taught.
pub(crate) fn decode_object(
    text: &str,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
    learned: Option<&Learned>,
) -> Result<(), Fault> {
    // Elements of an array printed one a line keep their commas.
    let text = text.trim_end_matches(',');
    let Err(error) = decode_text(text, frame, sink, learned) else { return Ok(()) };
    match object::without_nan(text) {
        Some(mended) => decode_text(&mended, frame, sink, learned).map_err(|error| object::fault(&error)),
        None => Err(object::fault(&error)),
    }
}

/// Decodes one object; nothing reaches the sink unless all of it is JSON.
fn decode_text(
    text: &str,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
    learned: Option<&Learned>,
) -> Result<(), serde_json::Error> {
    let mut fields = Fields::default();
    let mut seen = Seen::default();
    let wanted = |key: &str| object::known(key) || learned.is_some_and(|l| l.wants(key));
    object::read(text, wanted, &mut |key, value| {
        if let Some(learned) = learned {
            learned.see(&mut seen, key, &value);
            fields.offer(learned.alias(key), value);
        } else {
            fields.offer(key, value);
        }
    })?;
    if fields.has(Field::Partial) {
        // A row of a search that was still running: its final form follows.
        return Ok(());
    }
    if fields.is_utc() {
        sink.zone_note("UTC", frame);
    }
    let weak = fields.level_is_weak();
    let mut record = fields.into_record();
    record.time = seen.time(record.time);
    if record.body.is_empty()
        && let Some(message) = object::message_of_bytes(text)
    {
        record.body = message.into();
    }
    inner::hand_on(record, weak, text, frame, sink);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;
    use crate::model::{ClockKind, Level, Outcome, StampMeaning};

    /// 2025-06-12T17:52:03.410Z.
    const T: i64 = 1_749_750_723_410_000_000;

    #[test]
    fn every_sample_gives_its_stamp() {
        for line in JsonLog.samples() {
            let record = &records(&JsonLog, line)[0];
            assert_eq!(record.time.map(|t| t.key_s()), Some(T / 1_000_000_000), "{line}");
            assert!(record.level == Some(Level::Error) || record.status == Some(503), "{line}");
        }
    }

    #[test]
    fn zap_seconds_and_kubernetes_milliseconds_are_told_apart() {
        let zap = records(&JsonLog, r#"{"ts":1749750723.41,"msg":"x","level":"info"}"#);
        let kube = records(&JsonLog, r#"{"ts":1749750723410.2,"msg":"x","v":4}"#);
        assert_eq!(zap[0].time.map(|t| t.wall_ns), Some(T));
        assert_eq!(kube[0].time.map(|t| t.wall_ns), Some(T + 200_000));
    }

    #[test]
    fn a_record_with_a_status_is_a_request_stamped_at_its_end() {
        let line = r#"{"time":"2025-06-12T17:52:03Z","level":"info","service":"kv","msg":"done","req":{"method":"GET","url":"/v1/kv/77?x=1","id":"r-1"},"res":{"statusCode":503},"responseTime":2010,"upstream":"store"}"#;
        let r = &records(&JsonLog, line)[0];
        assert_eq!(r.request_outcome(), Some(Outcome::ServerError));
        assert_eq!((r.stamp, r.duration_ns), (StampMeaning::End, Some(2_010_000_000)));
        assert_eq!(r.operation.as_deref(), Some("GET /v1/kv/{}"));
        assert_eq!((r.request_id.as_deref(), r.upstream.as_deref()), (Some("r-1"), Some("store")));
    }

    #[test]
    fn nan_is_tolerated_and_a_cut_line_is_a_fault() {
        let r = &records(&JsonLog, r#"{"level":"warn","time":"2025-06-12T17:52:03Z","msg":"x","ratio":NaN}"#)[0];
        assert_eq!(r.level, Some(Level::Warn));
        let half = r#"{"level":"warn","time":"2025-06-12T17:52:03Z","msg":"a\ud83d b \ud83d\ude00 c\\ud83d"}"#;
        assert_eq!(records(&JsonLog, half)[0].body, "a\u{fffd} b \u{1f600} c\\ud83d");
        let cut = r#"{"level":"warn","time":"2025-06-12T17:52:03Z","ms"#;
        assert!(JsonLog.starts(cut));
        let mut sink = crate::format::logs::testing::Collected::default();
        let frame = Frame { text: cut, span: Default::default() };
        assert_eq!(JsonLog.decode(&frame, &mut sink).unwrap_err().reason, object::ENDS_EARLY);
        assert!(sink.logs.is_empty());
    }

    #[test]
    fn objects_of_other_kinds_are_not_claimed() {
        for line in [
            r#"{"type":"message","user":"U1","text":"P1 declared","ts":"1749750723.000200"}"#,
            r#"{"log":"x\n","stream":"stdout","time":"2025-06-12T17:52:03Z"}"#,
            r#"{"status":"firing","labels":{},"annotations":{}}"#,
            r#"{"metric":{"__name__":"up"},"values":[[1,"2"]]}"#,
            "{",
            "{}",
            "[1]",
        ] {
            assert!(!JsonLog.starts(line) || line.contains("\"log\""), "{line}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_wins() {
        let r = &records(&JsonLog, r#"{"level":"info","msg":"a","msg":"b","time":"2025-06-12 17:52:03"}"#)[0];
        assert_eq!((&*r.body, r.time.map(|t| t.kind)), ("b", Some(ClockKind::Naive)));
    }
}
