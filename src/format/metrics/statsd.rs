//! StatsD datagrams: they carry no time, so they are named and left.
//!
//! Sample: `mail.requests:1|c|@0.1|#route:send`.
//! Yields: nothing.
//! Reference: statsd/statsd `docs/metric_types.md`.

use std::sync::LazyLock;

use regex::Regex;

use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};
use crate::model::{Diagnostic, DiagnosticKind};

/// StatsD lines.
pub struct Statsd;

static LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[A-Za-z][\w.\-/]*:[-+]?[\d.]+(?::[\d.]+)*\|(?:c|g|ms|h|s|d)(?:\|[@#cT]\S*)*$").ok());

fn fits(line: &str) -> bool {
    LINE.as_ref().is_some_and(|pattern| pattern.is_match(line.trim_end()))
}

impl Format for Statsd {
    fn name(&self) -> &str {
        "statsd"
    }

    fn title(&self) -> &str {
        "StatsD lines: without time, only named"
    }

    fn samples(&self) -> Vec<&str> {
        vec!["mail.requests:1|c|@0.1|#route:send\nmail.latency:320|ms\nmail.queue:12|g\n"]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Statsd {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let lines: Vec<&str> = head.text.lines().filter(|line| !line.trim().is_empty()).take(40).collect();
        (!lines.is_empty() && lines.iter().all(|line| fits(line))).then_some(())?;
        Claimed::new(95, "`name:value|type` lines")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for frame in document.lines() {
            match frame.text.trim().is_empty() {
                true => sink.account(FrameClass::Blank, &frame),
                false => sink.reject("expected stamped points, found StatsD lines, which carry no time", &frame),
            }
        }
        let message = "expected stamped points, found StatsD lines, which carry no time";
        let hint = "export the same metrics from what they were sent to";
        sink.diagnostic(Diagnostic::new(DiagnosticKind::NotRead, "", message).hint(hint));
        Ok(())
    }
}
