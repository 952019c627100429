//! Cloudflare Logpush, dataset `http_requests`, as JSON lines.
//!
//! Sample: `{"EdgeStartTimestamp":1749750723410000200,"ClientRequestHost":"kv.example",...}`.
//! Yields one request a line, weighted by the sample rate; the body says what the origin answered.
//! Time: `EdgeStartTimestamp`, arrival at the edge, as RFC 3339 or as epoch seconds or nanoseconds.
//! Reference: Cloudflare documentation, Logpush, HTTP requests dataset.

use std::borrow::Cow;
use std::cell::RefCell;

use super::layout::{Layouts, MAX_WANTED, Raw};
use super::object;
use crate::format::fields::{self, Value};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{LogRecord, Outcome, RawTime, StampMeaning};

/// Requests as Cloudflare's edge logged them.
pub struct CloudflareHttp;

impl Format for CloudflareHttp {
    fn name(&self) -> &str {
        "cloudflare_http"
    }

    fn title(&self) -> &str {
        "Cloudflare Logpush http_requests (JSON lines)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"ClientRequestHost":"kv.example","ClientRequestMethod":"GET","ClientRequestURI":"/v1/ns","EdgeStartTimestamp":1749750723410000200,"EdgeResponseStatus":503,"OriginResponseStatus":0,"RayID":"94e0000000000001"}"#,
            r#"{"EdgeStartTimestamp":"2025-06-12T17:52:03Z","EdgeResponseStatus":200,"RayID":"94e0000000000002","EdgeColoCode":"AMS"}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// The fields of one line.
#[derive(Debug, Default)]
struct Request<'a> {
    start: Option<RawTime>,
    end: Option<RawTime>,
    status: Option<u16>,
    origin_status: Option<u16>,
    host: Option<Cow<'a, str>>,
    method: Option<Cow<'a, str>>,
    path: Option<Cow<'a, str>>,
    ray: Option<Cow<'a, str>>,
    colo: Option<Cow<'a, str>>,
    agent: Option<Cow<'a, str>>,
    first_byte_ms: Option<u64>,
    origin_ms: Option<u64>,
    interval: Option<f64>,
    rate: Option<f64>,
}

/// Keys whose values are looked at.
#[derive(Clone, Copy)]
enum Key {
    Start,
    End,
    Status,
    OriginStatus,
    Host,
    Method,
    Path,
    Uri,
    Agent,
    Ray,
    Colo,
    FirstByte,
    OriginTime,
    Interval,
    Rate,
}

fn key_of(name: &str) -> Option<Key> {
    Some(match name {
        "EdgeStartTimestamp" => Key::Start,
        "EdgeEndTimestamp" => Key::End,
        "EdgeResponseStatus" => Key::Status,
        "OriginResponseStatus" => Key::OriginStatus,
        "ClientRequestHost" => Key::Host,
        "ClientRequestMethod" => Key::Method,
        "ClientRequestPath" => Key::Path,
        "ClientRequestURI" => Key::Uri,
        "ClientRequestUserAgent" => Key::Agent,
        "RayID" => Key::Ray,
        "EdgeColoCode" => Key::Colo,
        "EdgeTimeToFirstByteMs" => Key::FirstByte,
        "OriginResponseDurationMs" => Key::OriginTime,
        "SampleInterval" => Key::Interval,
        "sample_rate" | "SampleRate" => Key::Rate,
        _ => return None,
    })
}

thread_local! {
    /// Which of the keys stand in the lines of late, in their order.
    static LAYOUTS: RefCell<Layouts<Vec<Key>>> = RefCell::default();
}

impl<'a> Request<'a> {
    fn offer(&mut self, key: Key, value: Value<'a>) {
        let ms = |v: &Value<'_>| fields::scaled(v.text(), 1_000_000);
        let text = |v: Value<'a>| match v {
            Value::Text(text) => Some(text),
            _ => None,
        };
        match key {
            Key::Start => self.start = timestamp::whole(value.text()),
            Key::End => self.end = timestamp::whole(value.text()),
            Key::Status => self.status = value.text().parse().ok(),
            Key::OriginStatus => self.origin_status = value.text().parse().ok(),
            Key::Host => self.host = text(value),
            Key::Method => self.method = text(value),
            Key::Uri if self.path.is_some() => {}
            Key::Uri | Key::Path => self.path = text(value),
            Key::Agent => self.agent = text(value),
            Key::Ray => self.ray = text(value),
            Key::Colo => self.colo = text(value),
            Key::FirstByte => self.first_byte_ms = ms(&value),
            Key::OriginTime => self.origin_ms = ms(&value),
            Key::Interval => self.interval = value.text().parse().ok(),
            Key::Rate => self.rate = value.text().parse().ok(),
        }
    }

    /// Requests this line stands for, in thousandths: an interval of 10 and a rate of 0.1 are ten.
    fn weight(&self) -> u32 {
        let times = self.interval.or(self.rate.filter(|r| *r > 0.0).map(|r| 1.0 / r)).unwrap_or(1.0);
        if times > 1.0 { (times * 1000.0).round().min(1e9) as u32 } else { 0 }
    }

    /// Edge time where it is known: the whole from start to end only when both were written finer
    /// than seconds, else the time to the first byte, else the origin's.
    fn duration(&self) -> Option<u64> {
        let fine = |t: RawTime| t.precision > crate::model::Precision::Second;
        let whole = match (self.start, self.end) {
            (Some(start), Some(end)) if fine(start) && fine(end) => u64::try_from(end.key_ns() - start.key_ns()).ok(),
            _ => None,
        };
        self.first_byte_ms.or(whole).or(self.origin_ms)
    }

    /// What the request was, and what the origin made of it when the edge failed.
    fn body(&self) -> String {
        let (method, path) = (self.method.as_deref().unwrap_or(""), self.path.as_deref());
        let mut body = String::with_capacity(method.len() + path.map_or(0, str::len) + 24);
        body.push_str(method);
        if let Some(path) = path {
            body.push(' ');
            body.push_str(path);
        }
        if self.status.is_some_and(|s| s >= 500) {
            match self.origin_status {
                Some(0) => body.push_str(": no origin answer"),
                Some(status) => body.push_str(&format!(": origin {status}")),
                None => {}
            }
        }
        body
    }
}

impl LineFormat for CloudflareHttp {
    fn starts(&self, line: &str) -> bool {
        if !line.starts_with('{') {
            return false;
        }
        // The firewall's events have a request's fields too, but a stamp of their own.
        let (mut started, mut ended, mut other) = (false, false, false);
        object::top_keys(line, |key| {
            match key {
                "EdgeStartTimestamp" => started = true,
                "EdgeEndTimestamp" => ended = true,
                "EdgeResponseStatus" | "ClientRequestHost" | "RayID" | "EdgeColoCode" => other = true,
                _ => {}
            }
            !(started || ended && other)
        });
        started || ended && other
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let request = Request::of(frame.text.trim())?;
        if request.start.is_none() && request.end.is_none() {
            return Err(Fault::new("expected EdgeStartTimestamp or EdgeEndTimestamp, found neither"));
        }
        request.hand_over(frame, sink);
        Ok(())
    }

    fn decode_own(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Option<Result<(), Fault>> {
        if !frame.text.starts_with('{') {
            return None;
        }
        // A stamp of the start is a witness by itself.
        let text = if frame.text.ends_with('}') { frame.text } else { frame.text.trim() };
        if let Ok(request) = Request::of(text)
            && request.start.is_some()
        {
            request.hand_over(frame, sink);
            return Some(Ok(()));
        }
        self.starts(frame.text).then(|| self.decode(frame, sink))
    }

    fn specificity(&self) -> u8 {
        90
    }
}

impl<'a> Request<'a> {
    /// The request that a line tells of.
    fn of(text: &'a str) -> Result<Request<'a>, Fault> {
        if let Some(request) = Request::in_layout(text) {
            return Ok(request);
        }
        Request::anew(text)
    }

    /// The same without what is remembered of other lines.
    fn anew(text: &'a str) -> Result<Request<'a>, Fault> {
        let mut request = Request::default();
        object::read(text, |name| key_of(name).is_some(), &mut |name, value| request.offer_named(name, value))
            .map_err(|error| object::fault(&error))?;
        Ok(request)
    }

    fn offer_named(&mut self, name: &str, value: Value<'a>) {
        if let Some(key) = key_of(name) {
            self.offer(key, value);
        }
    }

    /// The request of a line whose keys are those of a line before it; `None` when the line has to be read anew.
    fn in_layout(text: &'a str) -> Option<Request<'a>> {
        LAYOUTS.with_borrow_mut(|layouts| {
            let mut raws = [Raw::default(); MAX_WANTED];
            let keys = layouts.read(text, &mut raws, &|name| key_of(name).is_some(), &|names| {
                names.iter().filter_map(|name| key_of(name)).collect()
            })?;
            let mut request = Request::default();
            for (key, raw) in keys.iter().zip(&raws) {
                if raw.is_nested() {
                    return None;
                }
                if let Some(value) = raw.scalar() {
                    request.offer(*key, value);
                }
            }
            Some(request)
        })
    }

    fn hand_over(self, frame: &Frame<'_>, sink: &mut dyn Sink) {
        let request = self;
        let path = request.path.as_deref().map(fields::path_of).unwrap_or("");
        let probe = fields::is_probe(path, request.agent.as_deref().unwrap_or(""));
        let operation = match (&request.method, &request.path) {
            (Some(method), Some(path)) => Some(fields::operation_of(method, path).into()),
            _ => None,
        };
        let record = LogRecord {
            time: request.start.or(request.end),
            stamp: if request.start.is_some() { StampMeaning::Start } else { StampMeaning::End },
            status: request.status.filter(|s| *s > 0),
            outcome: probe.then_some(Outcome::Probe).or((request.status == Some(0)).then_some(Outcome::Unknown)),
            duration_ns: request.duration(),
            weight_milli: request.weight(),
            body: request.body().into(),
            operation,
            service: request.host,
            host: request.colo,
            request_id: request.ray,
            ..LogRecord::default()
        };
        sink.log(&record, frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;

    #[test]
    fn the_three_encodings_of_a_stamp_are_one_second() {
        for stamp in ["1749750723410000200", "1749750723", "\"2025-06-12T17:52:03Z\""] {
            let line = format!(r#"{{"EdgeStartTimestamp":{stamp},"EdgeResponseStatus":503}}"#);
            let r = &records(&CloudflareHttp, &line)[0];
            assert_eq!(r.time.map(|t| t.key_s()), Some(1_749_750_723), "{stamp}");
            assert_eq!(r.stamp, StampMeaning::Start);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]
        #[test]
        fn a_line_like_the_one_before_is_read_as_if_it_were_the_first(
            lines in proptest::collection::vec(proptest::collection::vec((
                proptest::sample::select(vec![
                    "EdgeStartTimestamp", "EdgeEndTimestamp", "EdgeResponseStatus", "ClientRequestHost", "ClientRequestPath", "ClientRequestURI",
                    "ClientRequestMethod", "RayID", "ClientIP", "SampleInterval", "EdgeTimeToFirstByteMs", "SecurityActions",
                ]),
                proptest::sample::select(vec![
                    "\"2025-06-12T17:52:03.41Z\"", "\"2025-06-12T17:53:04Z\"", "1749750723410000200", "503", "0", "-1", "\"GET\"", "\"/kv/12?x\"",
                    "\"a \\\"b\"", "\"\"", "null", "[]", "[\"503\"]", "{\"a\":1}", "\"{\\\"a\\\":1}\"", "true", "\"kv.example\"", "0.1", "\"\u{1}\"",
                ]),
            ), 1..6), 1..8)
        ) {
            // Every line a few times, so that its layout is known.
            for members in lines.iter().chain(&lines) {
                let text: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                let line = format!("{{{}}}", text.join(","));
                let (known, anew) = (Request::of(&line), Request::anew(&line));
                proptest::prop_assert_eq!(format!("{known:?}"), format!("{anew:?}"), "{}", line);
            }
        }
    }

    #[test]
    fn the_sample_interval_is_the_weight_and_the_origin_is_named_in_the_body() {
        let line = r#"{"EdgeStartTimestamp":1749750723,"EdgeResponseStatus":503,"OriginResponseStatus":0,"SampleInterval":10,"ClientRequestMethod":"GET","ClientRequestURI":"/kv/12?x","ClientRequestHost":"kv.example","EdgeTimeToFirstByteMs":412}"#;
        let r = &records(&CloudflareHttp, line)[0];
        assert_eq!((r.weight_milli, r.duration_ns), (10_000, Some(412_000_000)));
        assert_eq!(&*r.body, "GET /kv/12?x: no origin answer");
        assert_eq!((r.operation.as_deref(), r.service.as_deref()), (Some("GET /kv/{}"), Some("kv.example")));
        let line = r#"{"EdgeStartTimestamp":1749750723,"EdgeResponseStatus":200,"sample_rate":0.1}"#;
        assert_eq!(records(&CloudflareHttp, line)[0].weight_milli, 10_000);
    }
}
