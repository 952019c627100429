//! Access logs in the common log format and its many extensions.
//!
//! Written by nginx, Apache, the nginx ingress controller, Traefik, gunicorn, werkzeug and others.
//! Sample: `198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "GET /kv HTTP/2.0" 503 190 "-" "probe/2" 2.010`.
//! Yields one request a line. The service is the virtual host or the ingress backend, when written.
//! Time: nginx stamps the end, Apache and Traefik the start; a line that shows neither is left open
//! (`StampMeaning::Event`).
//! Reference: nginx ngx_http_log_module, Apache mod_log_config.

use std::borrow::Cow;

use super::clf_tail::Tail;
use crate::format::fields;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{LogRecord, Outcome, Precision, RawTime, StampMeaning};

/// The common log format family.
pub struct Clf;

impl Format for Clf {
    fn name(&self) -> &str {
        "clf"
    }

    fn title(&self) -> &str {
        "access logs of nginx, Apache, ingress-nginx, Traefik (common, combined, with timings)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "GET /kv/site HTTP/2.0" 503 190 "-" "probe/2""#,
            r#"198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "GET /kv/site HTTP/1.1" 200 190"#,
            r#"kv.example:443 198.51.100.7 - role [12/Jun/2025:17:52:03 +0200] "GET / HTTP/1.1" 200 - "-" "x""#,
            r#"198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "GET /kv HTTP/1.1" 504 160 "-" "x" rt=60.001 urt="60.000""#,
            r#"198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "GET /kv HTTP/1.1" 503 0 "-" "x" 91 2.001 [prod-kv-8443] [] 10.2.0.4:80, 10.2.0.9:80 0, 0 1.000, 1.001 502, 503 6f1c"#,
            r#"198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "\x16\x03\x01" 400 150 "-" "-""#,
            r#"[12/Jun/2025 17:52:03] "GET /kv HTTP/1.1" 500 12"#,
            r#"198.51.100.7 - - [12/Jun/2025:17:52:03 +0000] "GET /kv HTTP/1.1" 502 12 "-" "x" 262 "kv@docker" "http://10.2.0.9:8443" 12ms"#,
            r#"198.51.100.7 kv.example - [12/Jun/2025:17:52:03 +0000] "GET /kv HTTP/1.1" 200 12 "-" "x""#,
            r#"198.51.100.7 [12/Jun/2025:17:52:03 +0000] "GET /kv HTTP/1.1" 404 12"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// One line taken apart, all borrowed.
struct Line<'a> {
    time: RawTime,
    vhost: Option<&'a str>,
    request: &'a str,
    status: Option<u16>,
    /// Everything behind the byte count.
    rest: &'a str,
    /// A development server's line without client address.
    bare: bool,
}

/// How far into a line the bracket of the stamp is looked for.
const HEAD_LIMIT: usize = 400;

fn parse(line: &str) -> Option<Line<'_>> {
    let (head, behind) = bracket(line)?;
    let vhost = self::vhost(head)?;
    let (time, len) = timestamp::prefix(behind)?;
    if time.precision < Precision::Second {
        return None;
    }
    let rest = behind[len..].strip_prefix("] \"")?;
    let (request, rest) = rest.split_at(quote_end(rest)?);
    let rest = rest.get(1..)?.strip_prefix(' ')?;
    let (status, rest) = cut(rest)?;
    let status = match status {
        "-" | "000" => None,
        _ => Some(fields::http_status(status)?),
    };
    let (bytes, rest) = cut(rest).unwrap_or((rest, ""));
    let counted = !bytes.is_empty() && bytes.bytes().all(|b| b.is_ascii_digit());
    if bytes != "-" && !counted {
        return None;
    }
    Some(Line { time, vhost, request, status, rest, bare: head.is_empty() })
}

/// What stands before and behind the first blank.
fn cut(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().position(|b| b == b' ')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Splits a line at the bracket that opens its stamp.
fn bracket(line: &str) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'[', bytes.get(from..bytes.len().min(HEAD_LIMIT))?) {
        let at = from + found;
        let stamp = bytes
            .get(at + 1..at + 4)
            .is_some_and(|b| b[0].is_ascii_digit() && (b[1] == b'/' || (b[1].is_ascii_digit() && b[2] == b'/')));
        if stamp {
            return Some((line.get(..at)?, line.get(at + 1..)?));
        }
        from = at + 1;
    }
    None
}

/// Checks what stands before the stamp (`address ident user`, perhaps behind a virtual host) and
/// gives the virtual host; outer `None` when this is no access log.
fn vhost(head: &str) -> Option<Option<&str>> {
    if head.is_empty() {
        return Some(None);
    }
    let head = head.strip_suffix(' ')?;
    // The usual: an address and nobody's name.
    if let Some(address) = head.strip_suffix(" - -")
        && !address.is_empty()
        && address.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    {
        return Some(None);
    }
    let mut words = head.split(' ');
    let first = words.next()?;
    let address = |w: &str| {
        !w.is_empty()
            && w.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'_' | b'*' | b',' | b'%'))
    };
    if !address(first.trim_matches('"')) || words.clone().count() > 12 {
        return None;
    }
    let (second, third) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let numeric =
        |w: &str| w.contains('.') && w.bytes().all(|b| b.is_ascii_digit() || b == b'.') || w.matches(':').count() > 1;
    let host = first.split(':').next().unwrap_or(first);
    let names = |w: &str| w.bytes().any(|b| b.is_ascii_alphabetic()) && !numeric(w) && w.contains(['.', ':']);
    if names(first) && words.next().is_some() && numeric(second) && !third.is_empty() {
        return Some(Some(host));
    }
    // The host of the request in the place of the ident, which nobody asks for any more.
    let asked = second.split(':').next().unwrap_or(second);
    Some((numeric(first) && names(second) && address(second) && !third.is_empty()).then_some(asked))
}

/// Position of the quote that ends a quoted string with backslash escapes.
pub(super) fn quote_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        from = at + 2;
    }
}

/// Method and target of a request line; `None` for binary rubbish and `-`.
fn method_and_target(request: &str) -> Option<(&str, &str)> {
    let (method, rest) = cut(request)?;
    let known = (3..=10).contains(&method.len()) && method.bytes().all(|b| b.is_ascii_uppercase());
    known.then(|| (method, memchr::memchr(b' ', rest.as_bytes()).map_or(rest, |end| &rest[..end])))
}

impl Line<'_> {
    /// Hands the record of the line over.
    fn hand_over(&self, frame: &Frame<'_>, sink: &mut dyn Sink) {
        let tail = Tail::read(self.rest);
        let target = method_and_target(self.request);
        let path = target.map_or("", |(_, t)| fields::path_of(t));
        let probe = fields::is_probe(path, tail.agent.unwrap_or(""));
        let unanswered = self.status.is_none().then_some(Outcome::Unknown);
        let end = tail.is_end() || self.bare || self.status == Some(499);
        let record = LogRecord {
            time: Some(self.time),
            stamp: match end {
                _ if tail.starts => StampMeaning::Start,
                true => StampMeaning::End,
                false => StampMeaning::Event,
            },
            service: self.vhost.or(tail.backend).map(Cow::Borrowed),
            operation: target.map(|(method, target)| fields::operation_in(self.request, method, target)),
            status: self.status,
            outcome: probe.then_some(Outcome::Probe).or(unanswered),
            duration_ns: tail.duration_ns,
            body: self.request.into(),
            request_id: tail.request_id.map(Cow::Borrowed),
            upstream: tail.upstream.and_then(fields::upstream_name).map(Cow::Borrowed),
            ..LogRecord::default()
        };
        sink.log(&record, frame);
    }
}

impl LineFormat for Clf {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        parse(frame.first_line())
            .ok_or(Fault::new("expected an access log line, found one without stamp, request or status"))?
            .hand_over(frame, sink);
        Ok(())
    }

    fn decode_own(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Option<Result<(), Fault>> {
        parse(frame.text)?.hand_over(frame, sink);
        Some(Ok(()))
    }

    fn specificity(&self) -> u8 {
        80
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;

    #[test]
    fn what_a_line_says_is_read() {
        let samples = Clf.samples();
        let expect = [
            (Some(503), None, None, StampMeaning::Event),
            (Some(200), None, None, StampMeaning::Event),
            (Some(200), Some("kv.example"), None, StampMeaning::Event),
            (Some(504), None, Some(60_001_000_000), StampMeaning::End),
            (Some(503), Some("prod-kv"), Some(2_001_000_000), StampMeaning::End),
            (Some(400), None, None, StampMeaning::Event),
            (Some(500), None, None, StampMeaning::End),
            (Some(502), Some("kv"), Some(12_000_000), StampMeaning::Start),
            (Some(200), Some("kv.example"), None, StampMeaning::Event),
            (Some(404), None, None, StampMeaning::Event),
        ];
        for (line, (status, service, duration, stamp)) in samples.into_iter().zip(expect) {
            let r = &records(&Clf, line)[0];
            assert_eq!(
                (r.status, r.service.as_deref(), r.duration_ns, r.stamp),
                (status, service, duration, stamp),
                "{line}"
            );
        }
    }

    #[test]
    fn a_binary_request_has_no_operation() {
        let r = &records(&Clf, r#"192.0.2.1 - - [12/Jun/2025:17:52:03 +0000] "\x16\x03\"" 400 150 "-" "-""#)[0];
        assert_eq!((r.operation.as_deref(), &*r.body), (None, r#"\x16\x03\""#));
        let r = &records(&Clf, r#"192.0.2.1 - - [12/Jun/2025:17:52:03 +0000] "-" 408 - "-" "-""#)[0];
        assert_eq!((r.operation.as_deref(), r.request_outcome()), (None, Some(Outcome::ClientError)));
    }

    #[test]
    fn a_blank_in_the_user_and_a_list_of_clients_are_accepted() {
        for line in [
            r#"192.0.2.1 - role one [12/Jun/2025:17:52:03 +0000] "GET / HTTP/1.1" 200 1"#,
            r#"192.0.2.1, 192.0.2.2 - - [12/Jun/2025:17:52:03 +0000] "GET / HTTP/1.1" 200 1"#,
            r#"2001:db8::1 - - [12/Jun/2025:17:52:03 +0000] "GET / HTTP/1.1" 200 1"#,
        ] {
            assert_eq!(records(&Clf, line)[0].service, None, "{line}");
        }
    }

    #[test]
    fn a_client_that_left_is_not_a_failure() {
        let r = &records(&Clf, r#"192.0.2.1 - - [12/Jun/2025:17:52:03 +0000] "GET /x HTTP/1.1" 499 0 "-" "x""#)[0];
        assert_eq!((r.request_outcome(), r.stamp), (Some(Outcome::Cancelled), StampMeaning::End));
    }

    #[test]
    fn health_probes_are_marked() {
        let line = r#"192.0.2.1 - - [12/Jun/2025:17:52:03 +0000] "GET /x HTTP/1.1" 200 0 "-" "kube-probe/1.30""#;
        assert_eq!(records(&Clf, line)[0].request_outcome(), Some(Outcome::Probe));
    }

    #[test]
    fn look_alikes_are_left_alone() {
        for line in [
            r#"[12/Jun/2025:17:52:03 +0000] 192.0.2.1 TLSv1.3 "GET / HTTP/1.1" 12"#,
            r#"192.0.2.1:5 [12/Jun/2025:17:52:03.410] fe be/s1 0/0/1/2/3 200 12 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#,
            "x [12/Jun/2025:17:52:03 +0000]",
        ] {
            assert!(!Clf.starts(line), "{line}");
        }
    }
}
