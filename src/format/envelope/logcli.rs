//! Lines with a stamp and what a log store knows of them before the line itself: `logcli`'s default
//! output, and the text download of Grafana's log view.
//!
//! Samples: `2025-06-12T17:52:03Z {app="kv"} text`, `1749750723410 TAB 2025-06-12T17:52:03.410Z TAB text`.

use crate::format::{Envelope, Format, Peeled, Shape, timestamp};
use crate::model::{ClockKind, RawTime};

/// The prefix of a log store's lines.
pub struct Logcli;

impl Format for Logcli {
    fn name(&self) -> &str {
        "logcli"
    }

    fn title(&self) -> &str {
        "lines of a log store: logcli's default output, Grafana's text download"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"2025-06-12T17:52:03Z {app="kv", pod="kv-1"} level=error msg="read failed" dur=2s"#,
            "1749750723410\t2025-06-12T17:52:03.410Z\t2025-06-12 19:52:03,408 ERROR [p] c.ex.Kv - read failed",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Envelope(self)
    }
}

impl Envelope for Logcli {
    fn peel<'a>(&self, line: &'a str) -> Option<Peeled<'a>> {
        let (observed, service, inner) =
            if line.contains('\t') { downloaded(line) } else { None }.or_else(|| queried(line))?;
        Some(Peeled {
            inner: inner.into(),
            observed: Some(observed),
            service: service.map(Into::into),
            stream: None,
            partial: false,
        })
    }
}

/// Stamp, labels in braces, line.
fn queried(line: &str) -> Option<(RawTime, Option<&str>, &str)> {
    if line.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (time, len) = timestamp::prefix(line)?;
    let rest = line.get(len..)?.strip_prefix(" {").filter(|_| time.kind == ClockKind::Zoned)?;
    let (labels, inner) = match rest.strip_prefix("} ") {
        Some(inner) => ("", inner),
        None => rest.split_once("\"} ").filter(|(labels, _)| labels.contains("=\""))?,
    };
    // JSON after a stamp begins with a quoted key, labels with a bare one.
    (!labels.starts_with('"')).then_some((time, service_of(labels), inner))
}

/// Milliseconds, the same as text, line.
fn downloaded(line: &str) -> Option<(RawTime, Option<&str>, &str)> {
    let mut cells = line.splitn(3, '\t');
    let (number, text, inner) = (cells.next()?, cells.next()?, cells.next()?);
    let time = timestamp::whole(text).filter(|time| time.kind == ClockKind::Zoned)?;
    let same = timestamp::epoch_digits(number)?.key_s() == time.key_s();
    same.then_some((time, None, inner))
}

/// The service that labels name.
fn service_of(labels: &str) -> Option<&str> {
    ["service_name", "service", "app", "container", "job"].iter().find_map(|name| {
        labels.split(", ").find_map(|label| {
            let (key, value) = label.split_once('=')?;
            (key.trim() == *name).then(|| value.trim_matches('"'))
        })
    })
}
