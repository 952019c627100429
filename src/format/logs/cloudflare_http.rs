//! Cloudflare Logpush, dataset `http_requests`, as JSON lines.
//!
//! Sample: `{"EdgeStartTimestamp":1749750723410000200,"ClientRequestHost":"kv.example",...}`.
//! Yields one request a line, weighted by the sample rate; the body says what the origin answered.
//! Time: `EdgeStartTimestamp`, arrival at the edge, as RFC 3339 or as epoch seconds or nanoseconds.
//! Reference: Cloudflare documentation, Logpush, HTTP requests dataset.

use std::borrow::Cow;

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
#[derive(Default)]
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

fn wanted(key: &str) -> bool {
    matches!(
        key,
        "EdgeStartTimestamp"
            | "EdgeEndTimestamp"
            | "EdgeResponseStatus"
            | "OriginResponseStatus"
            | "ClientRequestHost"
            | "ClientRequestMethod"
            | "ClientRequestPath"
            | "ClientRequestURI"
            | "ClientRequestUserAgent"
            | "RayID"
            | "EdgeColoCode"
            | "EdgeTimeToFirstByteMs"
            | "OriginResponseDurationMs"
            | "SampleInterval"
            | "sample_rate"
            | "SampleRate"
    )
}

impl<'a> Request<'a> {
    fn offer(&mut self, key: &str, value: Value<'a>) {
        let ms = |v: &Value<'_>| fields::scaled(v.text(), 1_000_000);
        let text = |v: Value<'a>| match v {
            Value::Text(text) => Some(text),
            _ => None,
        };
        match key {
            "EdgeStartTimestamp" => self.start = timestamp::whole(value.text()),
            "EdgeEndTimestamp" => self.end = timestamp::whole(value.text()),
            "EdgeResponseStatus" => self.status = value.text().parse().ok(),
            "OriginResponseStatus" => self.origin_status = value.text().parse().ok(),
            "ClientRequestHost" => self.host = text(value),
            "ClientRequestMethod" => self.method = text(value),
            "ClientRequestURI" if self.path.is_none() => self.path = text(value),
            "ClientRequestPath" => self.path = text(value),
            "ClientRequestUserAgent" => self.agent = text(value),
            "RayID" => self.ray = text(value),
            "EdgeColoCode" => self.colo = text(value),
            "EdgeTimeToFirstByteMs" => self.first_byte_ms = ms(&value),
            "OriginResponseDurationMs" => self.origin_ms = ms(&value),
            "SampleInterval" => self.interval = value.text().parse().ok(),
            "sample_rate" | "SampleRate" => self.rate = value.text().parse().ok(),
            _ => {}
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
        let method = self.method.as_deref().unwrap_or("");
        let mut body = match self.path.as_deref() {
            Some(path) => format!("{method} {path}"),
            None => method.to_string(),
        };
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
        if let Ok(request) = Request::of(frame.text.trim())
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
        let mut request = Request::default();
        object::read(text, wanted, &mut |key, value| request.offer(key, value))
            .map_err(|_| Fault::new("expected a JSON object, found text that ends early or is no JSON"))?;
        Ok(request)
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
