//! The short way for JSON lines of one logger: the keys stand in the same order line after line, so what
//! each means is looked up once.
//!
//! A plan is made from the keys of a line, when none of them competes with another for a field and none
//! needs to know the others. Lines with the same keys are then read by comparing, not by looking up; a
//! value that is anything but plain sends the line the long way, which gives the same record.

use std::borrow::Cow;
use std::cell::RefCell;

use super::layout::{Layouts, MAX_WANTED, Raw};
use crate::format::fields::{self, Field, Value};
use crate::format::timestamp;
use crate::model::{CallEnd, ClockKind, Level, LogRecord, Outcome, Precision, RawTime, StampMeaning};

/// What is to be done with the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// Nothing.
    Skip,
    /// Nothing while it is no object: it could hold fields.
    Parent,
    /// It is a field; a duration with the unit that its key states.
    Field(Field, Option<u64>),
}

/// What the keys of a line mean.
struct Plan {
    /// Those whose values are looked at, in their order.
    keys: Vec<(Box<str>, Want)>,
    /// Whether such lines can go the short way.
    quick: bool,
}

thread_local! {
    static PLANS: RefCell<Layouts<Plan>> = RefCell::default();
}

/// The record of a line that can be read the short way.
pub(super) fn record(line: &str) -> Option<LogRecord<'_>> {
    PLANS.with_borrow_mut(|plans| {
        let mut raws = [Raw::default(); MAX_WANTED];
        plans.read(line, &mut raws, &|key| want(key) != Want::Skip, &Plan::of)?.record(&raws)
    })
}

/// Values of the fields of a line, as written.
#[derive(Default)]
struct Values<'a> {
    time: Option<RawTime>,
    level: Option<Level>,
    message: Option<Cow<'a, str>>,
    service: Option<&'a str>,
    host: Option<&'a str>,
    trace: Option<&'a str>,
    request: Option<&'a str>,
    status: Option<u16>,
    duration_ns: Option<u64>,
    operation: Option<&'a str>,
    method: Option<&'a str>,
    path: Option<&'a str>,
    upstream: Option<&'a str>,
    side: CallEnd,
}

impl Plan {
    /// The plan for lines with these keys.
    fn of(names: &[&str]) -> Plan {
        let wants: Vec<Want> = names.iter().map(|key| want(key)).collect();
        let quick = is_quick(names, &wants);
        let keys = names.iter().zip(wants).filter(|(_, want)| *want != Want::Skip);
        Plan { keys: keys.map(|(name, want)| ((*name).into(), want)).collect(), quick }
    }

    /// The record of a line with these values; `None` when it has to be read the long way.
    fn record<'a>(&self, raws: &[Raw<'a>]) -> Option<LogRecord<'a>> {
        let mut values = Values::default();
        if !self.quick {
            return None;
        }
        for ((name, want), raw) in self.keys.iter().zip(raws) {
            values.take(*want, name, *raw)?;
        }
        values.record()
    }
}

/// What a key by itself asks for.
fn want(key: &str) -> Want {
    match fields::field_of(key) {
        Some((field, _)) => Want::Field(field, fields::unit_of_key(key)),
        None if fields::is_parent(key) => Want::Parent,
        None => Want::Skip,
    }
}

/// Whether lines with these keys can go the short way.
fn is_quick(keys: &[&str], wants: &[Want]) -> bool {
    let plain = |field: Field| {
        matches!(
            field,
            Field::Time
                | Field::Level
                | Field::Message
                | Field::Service
                | Field::Host
                | Field::Trace
                | Field::Request
                | Field::Status
                | Field::Duration
                | Field::Operation
                | Field::Method
                | Field::Path
                | Field::Upstream
        )
    };
    // Keys whose values say more than their field, and messages under a name that is not only theirs.
    let odd = |key: &str| {
        matches!(key, "@t" | "StartUTC" | "start_time" | "requestReceivedTimestamp" | "DownstreamStatus")
            || key.ends_with("CreationTime")
            || key.ends_with("TimeGenerated")
    };
    let mut seen = Vec::new();
    for (key, want) in keys.iter().zip(wants) {
        let Want::Field(field, _) = want else { continue };
        let named = *field == Field::Message && matches!(*key, "text" | "body" | "event" | "log" | "title");
        if !plain(*field) || odd(key) || named || !fields::is_certain(key) || seen.contains(field) {
            return false;
        }
        seen.push(*field);
    }
    seen.contains(&Field::Time) && seen.contains(&Field::Message)
}

impl<'a> Values<'a> {
    /// Takes the value `raw` of a key; `None` when the line has to go the long way.
    fn take(&mut self, want: Want, key: &str, raw: Raw<'a>) -> Option<()> {
        if raw.is_nested() {
            return None;
        }
        let Want::Field(field, unit_ns) = want else { return Some(()) };
        if field == Field::Message {
            self.message = match raw.scalar() {
                Some(Value::Text(text)) if !is_blank(&text) => Some(text),
                _ => None,
            };
            return Some(());
        }
        let (text, is_text) = match raw.plain_text() {
            Some(text) => (text, true),
            None => match raw.text.as_bytes().first()? {
                b'"' => return None,
                b'-' | b'0'..=b'9' => (raw.text, false),
                _ => return Some(()),
            },
        };
        // What is blank counts as absent.
        if is_text && text.as_bytes().first().is_none_or(|b| *b <= b' ' || *b >= 0x80) {
            return text.is_empty().then_some(());
        }
        match field {
            Field::Time => self.time = Some(time(text, is_text)?),
            Field::Level => self.level = fields::level_under(key, text),
            Field::Service if !is_text || text.starts_with(|c: char| c.is_ascii_digit() || c == '.') => return None,
            Field::Service => {
                self.service = memchr::memchr(b'@', text.as_bytes()).map_or(Some(text), |at| text.get(..at))
            }
            Field::Host => self.host = Some(text),
            Field::Trace => {
                self.trace = memchr::memrchr(b'/', text.as_bytes()).map_or(Some(text), |at| text.get(at + 1..))
            }
            Field::Request => self.request = Some(text),
            Field::Status => self.status = Some(fields::http_status(text)?),
            Field::Duration => {
                let bare = || fields::scaled(text, unit_ns?);
                self.duration_ns = fields::duration_ns(text).or_else(bare);
            }
            Field::Operation => self.operation = Some(text),
            Field::Method => self.method = Some(text),
            Field::Path => self.path = Some(text),
            Field::Upstream => {
                self.upstream = fields::upstream_name(text);
                self.side = fields::side_of(text);
            }
            _ => return None,
        }
        Some(())
    }

    fn record(mut self) -> Option<LogRecord<'a>> {
        let (time, body) = (self.time?, self.message.take()?);
        let probe = self.status.is_some() && self.path.is_some_and(|p| fields::is_probe(fields::path_of(p), ""));
        let upstream = self.upstream.map(Cow::Borrowed);
        let blamed = || {
            let warned = self.level.is_some_and(|level| level >= Level::Warn);
            let name = if warned { fields::refused_by(&body) } else { None };
            name.map(|name| Cow::Owned(name.to_string()))
        };
        let upstream = upstream.or_else(blamed);
        Some(LogRecord {
            time: Some(time),
            stamp: if self.status.is_some() { StampMeaning::End } else { StampMeaning::Event },
            level: self.level,
            service: self.service.map(Cow::Borrowed),
            host: self.host.map(Cow::Borrowed),
            operation: self.operation(),
            status: self.status,
            outcome: probe.then_some(Outcome::Probe),
            duration_ns: self.duration_ns,
            upstream,
            side: self.side,
            request_id: self.request.map(Cow::Borrowed),
            trace_id: self.trace.map(Cow::Borrowed),
            body,
            ..LogRecord::default()
        })
    }

    fn operation(&self) -> Option<Cow<'a, str>> {
        let method = self.method.unwrap_or("");
        let made = |target: &str| Cow::Owned(fields::operation_of(method, target));
        match (self.operation, self.path) {
            (Some(route), _) if route.starts_with('/') => Some(made(route)),
            (Some(route), _) => Some(Cow::Borrowed(route)),
            (None, Some(path)) => (path.starts_with('/') || path.contains("://")).then(|| made(path)),
            (None, None) => None,
        }
    }
}

/// Whether a text holds nothing but blanks.
fn is_blank(text: &str) -> bool {
    text.as_bytes().first().is_none_or(|b| *b <= b' ' || *b >= 0x80) && text.trim().is_empty()
}

/// A stamp with a date and a time of day.
fn time(text: &str, is_text: bool) -> Option<RawTime> {
    let time = match is_text {
        true => timestamp::whole(text)?,
        false => timestamp::epoch_digits(text).or_else(|| text.parse().ok().and_then(timestamp::epoch_f64))?,
    };
    let whole = !matches!(time.kind, ClockKind::TimeOnly | ClockKind::TimeOnlyZoned);
    (whole && time.precision != Precision::Day).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::fields::Fields;
    use crate::format::logs::object;

    /// The record the long way, where [`record`] may speak at all.
    fn long(line: &str) -> Option<LogRecord<'_>> {
        let mut fields = Fields::default();
        object::read_by_parser(line, &object::known, &mut |key, value| fields.offer(key, value)).ok()?;
        (super::super::json_log::is_record(line) && !fields.has(Field::Partial) && !fields.is_utc())
            .then(|| fields.into_record())
    }

    #[test]
    fn lines_of_usual_loggers_go_the_short_way() {
        for line in [
            r#"{"time":"2025-06-12T17:52:03Z","level":"ERROR","msg":"read failed","service":"kv","status":503,"request_id":"7"}"#,
            r#"{"level":"info","ts":1749750723.41,"caller":"a.go:1","msg":"x","service":"kv","operation":"GET /v1","duration_ms":1.5}"#,
            r#"{"severity":"ERROR","time":"2025-06-12T17:52:03Z","message":"read failed"}"#,
        ] {
            assert_eq!(format!("{:?}", record(line)), format!("{:?}", long(line)), "{line}");
            assert!(record(line).is_some(), "{line}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(3_000))]
        #[test]
        fn the_short_way_gives_the_record_of_the_long_way(
            lines in proptest::collection::vec(proptest::collection::vec((
                proptest::sample::select(vec![
                    "time", "ts", "@timestamp", "level", "msg", "message", "log", "service", "service.name", "name", "logger", "host",
                    "hostname", "trace_id", "request_id", "status", "duration_ms", "duration", "method", "path", "url", "operation", "upstream",
                    "error", "err", "log.level", "user", "http.response.status_code", "caller", "s", "start_time", "event.outcome", "route",
                ]),
                proptest::sample::select(vec![
                    "\"2025-06-12T17:52:03.410Z\"", "1749750723.41", "1749750723410", "\"17:52:03\"", "\"2025-06-12\"", "\"ERROR\"", "\"info\"", "30",
                    "0", "503", "\"503\"", "\"kv\"", "\"kv@2\"", "\"12ms\"", "1.5", "-3", "\"/v1/kv/77?x=1\"", "\"GET\"", "\"a \\\"b\\\"\"", "\"\"", "\" \"",
                    "null", "true", "false", "{}", "{\"level\":\"warn\"}", "[1]", "[\"503\"]", "\"{\\\"level\\\":3}\"", "\"connection refused to kv:8443\"",
                    "\"https://kv.example/v1\"", "\"/healthz\"", "\"projects/x/traces/ab12\"", "\"ärger\"", "\"store.internal:443\"", "1e400", "\"WARN\"",
                ]),
            ), 1..7), 1..6)
        ) {
            for members in lines {
                let text: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                let line = format!("{{{}}}", text.join(","));
                if let Some(quick) = record(&line) {
                    proptest::prop_assert_eq!(format!("{:?}", Some(quick)), format!("{:?}", long(&line)), "{}", line);
                }
            }
        }
    }
}
