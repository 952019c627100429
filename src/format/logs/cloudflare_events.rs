//! Cloudflare Logpush, the datasets besides HTTP requests and Workers, as JSON lines.
//!
//! DNS, firewall events, Gateway, Access, Spectrum, network analytics, audit logs and the others.
//! Sample: `{"Datetime":"2025-06-12T17:52:03Z","ColoName":"AMS","HTTPHost":"kv.example",...}`.
//! Yields one record a line. Gateway requests and DNS answers are requests; what a policy blocked is
//! none, and a firewall event repeats a request that another dataset counts.
//! Time: the one time key of the dataset, as RFC 3339 or as epoch seconds to nanoseconds.
//! Reference: Cloudflare documentation, Logpush, datasets.

use std::borrow::Cow;

use super::object;
use crate::format::fields::{self, Value};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{LogRecord, Outcome, RawTime, StampMeaning};

/// Events of Cloudflare's other datasets.
pub struct CloudflareEvents;

/// Keys that hold the stamp, the more exact before the others.
const TIMES: &[&str] = &[
    "Datetime",
    "Timestamp",
    "CreatedAt",
    "When",
    "EventTimestamp",
    "ActionTimestamp",
    "DetectedTimestamp",
    "SessionStartTime",
    "ConnectTimestamp",
];

/// Keys that only Cloudflare writes.
const OWN: &[&str] = &[
    "ColoCode",
    "ColoName",
    "ColoID",
    "EdgeColoCode",
    "EdgeColoID",
    "LastKnownGoodColoCode",
    "RayID",
    "OriginatorRayID",
    "ResolverDecision",
    "UpstreamResponseCode",
    "ResponseCached",
    "AppUUID",
    "R2Path",
    "SignatureMessage",
];

/// Keys of which two are enough.
const SHARED: &[&str] = &[
    "AccountID",
    "ActionResult",
    "ActionType",
    "ActorEmail",
    "ActorType",
    "AlertID",
    "AppDomain",
    "AssetExternalID",
    "ClientVersion",
    "DeviceID",
    "DeviceName",
    "FindingTypeID",
    "IntegrationID",
    "OwnerID",
    "PageURL",
    "PolicyID",
    "PolicyName",
    "ResourceType",
    "UserUID",
];

impl Format for CloudflareEvents {
    fn name(&self) -> &str {
        "cloudflare_events"
    }

    fn title(&self) -> &str {
        "Cloudflare Logpush, datasets besides http_requests and workers (JSON lines)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"ColoCode":"AMS","QueryName":"kv.example","QueryType":1,"ResponseCached":false,"ResponseCode":2,"SourceIP":"198.51.100.7","Timestamp":"2025-06-12T17:52:03Z"}"#,
            r#"{"Action":"allow","Datetime":"2025-06-12T17:52:03Z","DeviceName":"d-1","HTTPHost":"kv.example","HTTPMethod":"GET","HTTPStatusCode":503,"PolicyName":"","URL":"https://kv.example/v1/kv/77","RequestID":"6f1c"}"#,
            r#"{"Action":"block","ClientRequestHost":"kv.example","ClientRequestPath":"/v1","Datetime":1749750723,"EdgeResponseStatus":403,"Kind":"firewall","RayID":"94e0000000000001","RuleID":"r-1","Source":"waf"}"#,
            r#"{"ActionResult":true,"ActionType":"update","ActorType":"user","ResourceType":"zone","OwnerID":"o-1","When":"2025-06-12T17:52:03Z"}"#,
            r#"{"Application":"store","ColoCode":"AMS","Event":"originError","Status":521,"Timestamp":1749750723410000000}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// The fields of one line.
#[derive(Default)]
struct Entry<'a> {
    /// The stamp and the rank of its key.
    time: Option<(usize, RawTime)>,
    /// DNS answer code, the client's before the upstream's.
    answer: Option<(u8, u16)>,
    status: Option<u16>,
    kind: Option<Cow<'a, str>>,
    action: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    service: Option<Cow<'a, str>>,
    method: Option<Cow<'a, str>>,
    url: Option<Cow<'a, str>>,
    colo: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    duration_ns: Option<u64>,
}

fn wanted(key: &str) -> bool {
    TIMES.contains(&key)
        || matches!(key, "ClientResponseCode" | "ResponseCode" | "RCode" | "UpstreamResponseCode" | "HTTPStatusCode")
        || matches!(key, "EventType" | "Event" | "Kind" | "Type" | "Action" | "ActionType" | "ResolverDecision")
        || matches!(key, "QueryName" | "HTTPHost" | "AppDomain" | "ClientRequestHost" | "Application" | "Host")
        || matches!(key, "HTTPMethod" | "URL" | "ColoCode" | "ColoName" | "EdgeColoCode" | "RayID" | "RequestID")
        || key == "UpstreamResponseTimeMs"
}

impl<'a> Entry<'a> {
    fn offer(&mut self, key: &str, value: Value<'a>) {
        if let Some(rank) = TIMES.iter().position(|time| *time == key) {
            let better = self.time.is_none_or(|(had, _)| rank < had);
            self.time = timestamp::whole(value.text()).filter(|_| better).map(|t| (rank, t)).or(self.time);
            return;
        }
        let number = value.text().parse::<u16>().ok();
        let answer = match key {
            "ClientResponseCode" => Some(0),
            "ResponseCode" | "RCode" => Some(1),
            "UpstreamResponseCode" => Some(2),
            _ => None,
        };
        if let (Some(rank), Some(number)) = (answer, number) {
            self.answer = self.answer.filter(|(had, _)| *had < rank).or(Some((rank, number)));
            return;
        }
        match (key, value) {
            ("HTTPStatusCode", _) => self.status = number,
            ("UpstreamResponseTimeMs", value) => self.duration_ns = fields::scaled(value.text(), 1_000_000),
            ("EventType" | "Event" | "Kind" | "Type", Value::Text(text)) => self.kind = Some(text),
            ("Action" | "ActionType", Value::Text(text)) => self.action = Some(text),
            ("ResolverDecision", Value::Text(text)) => self.action = Some(text),
            ("QueryName", Value::Text(text)) => self.name = Some(text),
            ("HTTPHost" | "AppDomain" | "ClientRequestHost" | "Application" | "Host", Value::Text(text)) => {
                self.service = Some(text);
            }
            ("HTTPMethod", Value::Text(text)) => self.method = Some(text),
            ("URL", Value::Text(text)) => self.url = Some(text),
            ("ColoCode" | "ColoName" | "EdgeColoCode", Value::Text(text)) => self.colo = Some(text),
            ("RayID" | "RequestID", Value::Text(text)) => self.id = Some(text),
            _ => {}
        }
    }

    /// What became of it; `None` for what is no request, or was stopped by a policy.
    fn outcome(&self) -> Option<Outcome> {
        let blocked = self.action.as_deref().is_some_and(|a| a.starts_with("block"));
        let answered = self.answer.map(|(_, code)| match code {
            0 => Outcome::Ok,
            2 => Outcome::ServerError,
            1 | 3..=10 => Outcome::ClientError,
            _ => Outcome::Unknown,
        });
        let http = self.status.map(|s| if s == 0 { Outcome::Unknown } else { Outcome::of_http(s) });
        let said = match self.kind.as_deref() {
            Some("originError" | "resolveOrigin" | "siteverify_failed_other") => Some(Outcome::ServerError),
            _ => None,
        };
        answered.or(http).or(said).filter(|_| !blocked)
    }

    /// The words that tell what it was.
    fn body(&self, text: &'a str) -> Cow<'a, str> {
        let place = self.url.as_deref().or(self.name.as_deref()).or(self.service.as_deref());
        let parts = [self.kind.as_deref(), self.action.as_deref(), self.method.as_deref(), place];
        let words: Vec<&str> = parts.into_iter().flatten().filter(|word| !word.is_empty()).collect();
        if words.is_empty() { text.into() } else { words.join(" ").into() }
    }
}

impl LineFormat for CloudflareEvents {
    fn starts(&self, line: &str) -> bool {
        if !line.starts_with('{') {
            return false;
        }
        let (mut stamp, mut own) = (false, 0);
        object::top_keys(line, |key| {
            stamp |= TIMES.contains(&key);
            own += 2 * usize::from(OWN.contains(&key)) + usize::from(SHARED.contains(&key));
            !(stamp && own >= 2)
        });
        stamp && own >= 2
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let text = frame.text.trim();
        let mut entry = Entry::default();
        object::read(text, wanted, &mut |key, value| entry.offer(key, value)).map_err(|error| object::fault(&error))?;
        let (_, time) = entry.time.ok_or(Fault::new("expected a stamp under the time key, found none"))?;
        let outcome = entry.outcome();
        let operation = match (&entry.method, &entry.url) {
            (Some(method), Some(url)) => Some(fields::operation_of(method, url).into()),
            _ => None,
        };
        let record = LogRecord {
            time: Some(time),
            stamp: StampMeaning::Event,
            status: entry.status.filter(|s| *s > 0 && outcome.is_some()),
            outcome,
            operation,
            duration_ns: entry.duration_ns.filter(|_| outcome.is_some()),
            body: entry.body(text),
            service: entry.service,
            host: entry.colo,
            request_id: entry.id,
            ..LogRecord::default()
        };
        sink.log(&record, frame);
        Ok(())
    }

    fn specificity(&self) -> u8 {
        90
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;

    #[test]
    fn answers_and_errors_are_judged_and_policy_is_not() {
        let expect = [
            (Some(Outcome::ServerError), None, "kv.example"),
            (Some(Outcome::ServerError), Some("kv.example"), "allow GET https://kv.example/v1/kv/77"),
            (None, Some("kv.example"), "firewall block kv.example"),
            (None, None, "update"),
            (Some(Outcome::ServerError), Some("store"), "originError store"),
        ];
        for (line, (outcome, service, body)) in CloudflareEvents.samples().into_iter().zip(expect) {
            let r = &records(&CloudflareEvents, line)[0];
            assert_eq!((r.request_outcome(), r.service.as_deref(), &*r.body), (outcome, service, body), "{line}");
            assert_eq!(r.time.map(|t| t.key_s()), Some(1_749_750_723), "{line}");
        }
    }

    #[test]
    fn what_a_policy_stopped_is_no_request() {
        let line = CloudflareEvents.samples()[1].replace("allow", "block");
        let r = &records(&CloudflareEvents, &line)[0];
        assert_eq!((r.status, r.request_outcome()), (None, None));
    }
}
