//! nginx error logs.
//!
//! Sample: `2025/06/12 17:52:03 [error] 31#31: *88 upstream timed out (110: ...), client: ..., upstream: "http://..."`.
//! Yields one line record with the operation and, where the upstream has a name, the dependency.
//! Time: the server's own, without zone. A missing file is a 404 and only a warning here.
//! Reference: nginx ngx_core_module, error_log.

use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, fields, timestamp};
use crate::model::{Level, LogRecord, Precision, RawTime};

/// nginx error log lines.
pub struct NginxError;

impl Format for NginxError {
    fn name(&self) -> &str {
        "nginx_error"
    }

    fn title(&self) -> &str {
        "nginx error log"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"2025/06/12 17:52:03 [error] 31#31: *88 upstream timed out (110: Operation timed out) while reading response header from upstream, client: 198.51.100.7, server: kv.example, request: "GET /kv/site HTTP/1.1", upstream: "http://kv-store:8080/kv/site", host: "kv.example""#,
            "2025/06/12 17:52:03 [notice] 1#1: signal process started",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

fn parse(line: &str) -> Option<(Level, RawTime, &str)> {
    if line.as_bytes().get(4) != Some(&b'/') {
        return None;
    }
    let (time, len) = timestamp::prefix(line)?;
    let (word, rest) = line.get(len..)?.strip_prefix(" [")?.split_once("] ")?;
    if time.precision != Precision::Second
        || !matches!(word, "debug" | "info" | "notice" | "warn" | "error" | "crit" | "alert" | "emerg")
    {
        return None;
    }
    let (process, message) = rest.split_once(": ")?;
    let (pid, thread) = process.split_once('#')?;
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (number(pid) && number(thread)).then_some((Level::of_word(word)?, time, message))
}

/// The quoted value behind `key: "`.
fn value<'a>(message: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = message.split_once(key)?;
    rest.split('"').next()
}

impl LineFormat for NginxError {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (level, time, message) =
            parse(frame.first_line()).ok_or(Fault::new("expected an nginx error line, found one without its head"))?;
        let said = message.split_once(", client: ").map_or(message, |(said, _)| said);
        let said = said.strip_prefix('*').and_then(|s| s.split_once(' ')).map_or(said, |(_, s)| s);
        let missing = said.contains("(2: No such file or directory)");
        let operation = value(message, "request: \"").and_then(|request| {
            let mut words = request.split(' ');
            Some(fields::operation_of(words.next()?, words.next()?).into())
        });
        let record = LogRecord {
            time: Some(time),
            level: Some(if missing { level.min(Level::Warn) } else { level }),
            operation,
            upstream: value(message, "upstream: \"").and_then(fields::upstream_name).map(Into::into),
            body: said.into(),
            ..LogRecord::default()
        };
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        true
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
    fn the_culprit_and_the_operation_are_read() {
        let r = &records(&NginxError, NginxError.samples()[0])[0];
        assert_eq!((r.upstream.as_deref(), r.operation.as_deref()), (Some("kv-store"), Some("GET /kv/site")));
        assert!(r.body.starts_with("upstream timed out") && !r.body.contains("client"));
    }

    #[test]
    fn a_missing_file_is_no_outage() {
        let line = r#"2025/06/12 17:52:03 [error] 31#31: *9 open() "/srv/x" failed (2: No such file or directory), client: 192.0.2.1"#;
        assert_eq!(records(&NginxError, line)[0].level, Some(Level::Warn));
    }
}
