//! From collected fields to a record.

use std::borrow::Cow;

use super::keys::is_inside;
use super::{Field, Fields, Times, Value};
use super::{duration_ns, grpc_outcome, http_status, is_probe, operation_of, path_of};
use super::{refused_by, scaled, side_of, upstream_name};
use crate::format::timestamp;
use crate::model::{ClockKind, Level, LogRecord, Outcome, Precision, RawTime, StampMeaning};

impl<'a> Fields<'a> {
    /// The record these fields make. A record with an HTTP or gRPC status is a request; an error
    /// without a level is an ERROR; what is not there stays `None`.
    pub fn into_record(mut self) -> LogRecord<'a> {
        let status = self.text(Field::Status).and_then(http_status);
        let grpc = self.text(Field::Grpc).and_then(grpc_outcome);
        let request = status.is_some() || grpc.is_some() || self.flags.is_some();
        let outcome = self.outcome(status, grpc);
        let (time, observed) = self.time();
        let level = self.level();
        let stamp = match (request, self.starts) {
            (_, true) => StampMeaning::Start,
            (true, false) => StampMeaning::End,
            (false, false) => StampMeaning::Event,
        };
        let duration_ns = self.duration();
        let operation = self.operation();
        let side = self.text(Field::Upstream).map(side_of).unwrap_or_default();
        let upstream = self.upstream();
        let body = self.body(level);
        LogRecord {
            time,
            stamp,
            level,
            service: self.service(),
            host: self.take(Field::Host),
            operation: operation.map(Cow::Owned),
            status,
            outcome,
            duration_ns,
            weight_milli: self.weight(),
            side,
            upstream: upstream
                .or_else(|| level.filter(|l| *l >= Level::Warn).and_then(|_| refused_by(&body)).map(str::to_string))
                .map(Cow::Owned),
            body,
            request_id: self.take(Field::Request),
            trace_id: self.take(Field::Trace).map(short_trace),
            observed,
        }
    }

    /// The most trusted stamp; else one put together from a date and a time of day, or from seconds
    /// and nanoseconds; else what there is of either.
    /// A level inside a holder makes the record stand there: its stamp is the one beside the level,
    /// and the one outside says when it was collected.
    fn time(&self) -> (Option<RawTime>, Option<RawTime>) {
        let Times { full, inside, day, clock, .. } = self.times;
        if let (Some((_, inside)), Some((rank, outside)), Some((level, _))) = (inside, full, self.level)
            && is_inside(level)
            && !is_inside(rank)
        {
            return (Some(inside), Some(outside));
        }
        let joined = day.zip(clock).map(|(day, clock)| match clock.kind {
            ClockKind::TimeOnlyZoned => RawTime::zoned(day.wall_ns + clock.wall_ns, 0, clock.precision),
            _ => {
                let wall_ns = day.wall_ns + clock.wall_ns;
                let apart = self.text(Field::Zone).and_then(offset_of);
                match apart {
                    Some(offset) => RawTime::zoned(wall_ns, offset, clock.precision),
                    None => RawTime::unzoned(ClockKind::Naive, wall_ns, clock.precision),
                }
            }
        });
        (full.map(|(_, time)| time).or(joined).or_else(|| self.seconds()).or(day).or(clock), None)
    }

    fn seconds(&self) -> Option<RawTime> {
        let seconds: i64 = self.text(Field::Seconds)?.parse().ok()?;
        let nanos: i64 = self.text(Field::Nanos).and_then(|n| n.parse().ok()).unwrap_or(0);
        let precision = if self.has(Field::Nanos) { Precision::Nano } else { Precision::Second };
        Some(RawTime::epoch_ns(seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?, precision))
    }

    fn level(&self) -> Option<Level> {
        // The state of a job is no sign of the service that tells of it; that of a cloud's own operation is.
        let failed = self.has(Field::Error) || self.is_failed() || (self.failed_state && self.managed);
        let silent = || self.compact.then_some(Level::Info);
        self.level.map(|(_, level)| level).or_else(|| failed.then_some(Level::Error)).or_else(silent)
    }

    /// Whether the record says in a word that what it tells of failed.
    fn is_failed(&self) -> bool {
        self.text(Field::Outcome).is_some_and(super::is_failure)
    }

    /// An outcome only where the status alone would say something else.
    fn outcome(&self, status: Option<u16>, grpc: Option<Outcome>) -> Option<Outcome> {
        if status.is_some() && self.text(Field::Path).is_some_and(|p| is_probe(path_of(p), "")) {
            return Some(Outcome::Probe);
        }
        let failed = self.is_failed() && status.is_some_and(|s| s < 400);
        self.flags.or(grpc.filter(|_| status.is_none_or(|s| s < 400))).or(failed.then_some(Outcome::ServerError))
    }

    fn duration(&self) -> Option<u64> {
        let slot = self.slots[Field::Duration as usize].as_ref()?;
        let text = slot.value.text();
        duration_ns(text).or_else(|| scaled(text, slot.unit_ns.or(self.duration_unit_ns)?))
    }

    fn operation(&self) -> Option<String> {
        let method = self.text(Field::Method).unwrap_or("");
        if let Some(route) = self.text(Field::Operation) {
            return Some(if route.starts_with('/') { operation_of(method, route) } else { route.to_string() });
        }
        let Some(path) = self.text(Field::Path) else { return self.text(Field::Action).map(str::to_string) };
        (path.starts_with('/') || path.contains("://")).then(|| operation_of(method, path))
    }

    fn upstream(&self) -> Option<String> {
        self.text(Field::Upstream).and_then(upstream_name).map(str::to_string)
    }

    /// The service; `name` speaks only for writers that put the program there.
    fn service(&mut self) -> Option<Cow<'a, str>> {
        let name_rank = super::field_of("name").map_or(0, |(_, rank)| rank);
        let slot = self.slots[Field::Service as usize].take()?;
        if slot.rank == name_rank && !self.bunyan {
            return None;
        }
        match slot.value {
            Value::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.split('@').next().unwrap_or(text))),
            Value::Text(Cow::Owned(text)) => Some(Cow::Owned(text)),
            _ => None,
        }
    }

    /// The message; for warnings and worse with the error's text, which tells one failure from another.
    fn body(&mut self, level: Option<Level>) -> Cow<'a, str> {
        let message = self.take(Field::Message);
        let error = self.take(Field::Error).filter(|e| !e.is_empty());
        match (message, error) {
            (Some(message), Some(error)) if level >= Some(Level::Warn) && !message.contains(&*error) => {
                Cow::Owned(format!("{message}: {}", error.lines().next().unwrap_or("")))
            }
            (Some(message), _) => message,
            (None, Some(error)) => error,
            (None, None) => self.request_line(),
        }
    }

    /// Method and path of a record that says nothing else.
    fn request_line(&self) -> Cow<'a, str> {
        match (self.text(Field::Method), self.text(Field::Path)) {
            (Some(method), Some(path)) => Cow::Owned(format!("{method} {path}")),
            (None, Some(path)) => Cow::Owned(path.to_string()),
            (None, None) => match self.text(Field::Action).or_else(|| self.text(Field::Operation)) {
                Some(action) => Cow::Owned(action.to_string()),
                None => Cow::Borrowed(""),
            },
            _ => Cow::Borrowed(""),
        }
    }

    /// Requests a sampled record stands for, in thousandths.
    fn weight(&self) -> u32 {
        let rate = self.text(Field::SampleRate).and_then(|r| r.parse::<f64>().ok()).unwrap_or(1.0);
        if rate > 0.0 && rate < 1.0 { (1000.0 / rate).round().min(1e9) as u32 } else { 0 }
    }
}

/// A trace id without the resource path that Google's loggers put before it.
fn short_trace(id: Cow<'_, str>) -> Cow<'_, str> {
    match id {
        Cow::Borrowed(id) => Cow::Borrowed(id.rsplit('/').next().unwrap_or(id)),
        owned => owned,
    }
}

/// The stamp a value holds: any written shape, or an epoch of any unit.
pub(super) fn time_of(value: &Value<'_>) -> Option<RawTime> {
    match value {
        Value::Text(text) => timestamp::whole(text),
        Value::Number(digits) => {
            timestamp::epoch_digits(digits).or_else(|| digits.parse().ok().and_then(timestamp::epoch_f64))
        }
        Value::Present => None,
    }
}

/// Seconds east of UTC of a zone that stands apart from its stamp: `-0500`, `CEST`.
fn offset_of(zone: &str) -> Option<i32> {
    let stamp = timestamp::whole(&format!("2000-01-01 00:00:00 {zone}"))?;
    (stamp.kind == ClockKind::Zoned).then_some(stamp.offset_s)
}
