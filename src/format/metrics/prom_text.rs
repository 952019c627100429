//! Prometheus text exposition, OpenMetrics, and `promtool tsdb dump`.
//!
//! Sample: `http_requests_total{code="503"} 12 1749750720000`, after `# TYPE` and `# HELP`.
//! Yields: a sample per stamped line; `NaN` and infinite values are missing. A scrape without stamps is
//! no curve: it is named and left.
//! Time: ms since 1970, in OpenMetrics seconds; their size tells.
//! Reference: prometheus/docs `instrumenting/exposition_formats.md`; prometheus/OpenMetrics `OpenMetrics.md`.

use std::collections::BTreeMap;

use super::points::{Found, Points, Reading, Row, Series};
use super::series_name;
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::{Diagnostic, DiagnosticKind, MetricKind, PointStamp, RawTime};

/// Prometheus text.
pub struct PromText;

impl Format for PromText {
    fn name(&self) -> &str {
        "prom_text"
    }

    fn title(&self) -> &str {
        "Prometheus text exposition, OpenMetrics, promtool dump"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 1027 1749750720000\nhttp_requests_total{code=\"503\"} 3 1749750720000\n",
            "# TYPE mail_latency_seconds histogram\n# UNIT mail_latency_seconds seconds\nmail_latency_seconds_bucket{le=\"0.5\"} 11 1749750720.000 # {trace_id=\"ab12\"} 0.3 1749750719.5\nmail_latency_seconds_count 17 1749750720.000\n# EOF\n",
            "{__name__=\"up\", job=\"mail\"} 1 1749750720000\n{__name__=\"up\", job=\"mail\"} 0 1749750780000\n{__name__=\"up\", job=\"web\"} 1 1749750720000\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for PromText {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let (mut typed, mut fitting, mut labelled) = (false, 0, 0);
        let mut lines = head.text.lines().map(str::trim).filter(|l| !l.is_empty()).take(60).peekable();
        while let Some(line) = lines.next() {
            if line.starts_with('#') {
                typed |= Note::of(line).is_some_and(|note| !matches!(note, Note::End));
                continue;
            }
            match Line::of(line) {
                Some(line) => {
                    fitting += 1;
                    labelled += usize::from(!line.labels.is_empty());
                }
                // The last line may be cut.
                None if lines.peek().is_none() && fitting > 0 => {}
                None => return None,
            }
        }
        match (typed, fitting, labelled) {
            (true, 1.., _) => Claimed::new(95, "`# TYPE` or `# HELP` above `name value` lines"),
            (false, 3.., 3..) => Claimed::new(92, "`name{label=\"value\"} value` lines"),
            _ => None,
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut families = Families::default();
        let mut found = Found::default();
        let mut rows = Vec::new();
        for frame in document.lines() {
            let text = frame.text.trim();
            if text.is_empty() || text.starts_with('#') {
                families.note(text);
                sink.account(FrameClass::Blank, &frame);
                continue;
            }
            let Some(line) = Line::of(text) else {
                sink.reject("expected `name{labels} value stamp`, found other text", &frame);
                continue;
            };
            let at = Part { text: frame.text, complete: true };
            let (time, value) = (line.time, line.value);
            rows.push(Row { at, time, values: vec![(found.at(families.series(line)), value)] });
        }
        if !rows.is_empty() && rows.iter().all(|row| row.time.is_none()) {
            let message = "expected stamps behind the values, found one scrape without any: no curve can be made of it";
            let hint = "export a range: `/api/v1/query_range`, or `promtool tsdb dump-openmetrics`";
            sink.diagnostic(Diagnostic::new(DiagnosticKind::NotRead, "", message).hint(hint));
        }
        Points::of(document, sink).rows(found.all(), &rows);
        Ok(())
    }
}

/// A comment that means something.
enum Note<'a> {
    /// `# TYPE name kind`.
    Type(&'a str, &'a str),
    /// `# UNIT name unit`.
    Unit(&'a str, &'a str),
    /// `# HELP`.
    Help,
    /// `# EOF`.
    End,
}

impl<'a> Note<'a> {
    fn of(line: &'a str) -> Option<Note<'a>> {
        let rest = line.strip_prefix("# ")?;
        let mut words = rest.split_whitespace();
        match words.next()? {
            "TYPE" => {
                let (name, kind) = (words.next()?, words.next()?);
                let known = ["counter", "gauge", "histogram", "summary", "untyped", "unknown", "info", "stateset"];
                (known.contains(&kind) || kind == "gaugehistogram").then_some(Note::Type(name, kind))
            }
            "UNIT" => Some(Note::Unit(words.next()?, words.next()?)),
            "HELP" => words.next().map(|_| Note::Help),
            "EOF" => Some(Note::End),
            _ => None,
        }
    }
}

/// What comments say of families.
#[derive(Default)]
struct Families {
    kinds: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
}

impl Families {
    fn note(&mut self, line: &str) {
        match Note::of(line) {
            Some(Note::Type(name, kind)) => drop(self.kinds.insert(name.to_string(), kind.to_string())),
            Some(Note::Unit(name, unit)) => drop(self.units.insert(name.to_string(), unit.to_string())),
            _ => {}
        }
    }

    /// The series of a line with the kind and unit of its family.
    fn series(&self, line: Line) -> Series {
        let family = ["_bucket", "_count", "_sum", "_total", "_created"].iter().find_map(|s| line.name.strip_suffix(s));
        let said = |map: &BTreeMap<String, String>| map.get(&line.name).or_else(|| map.get(family?)).cloned();
        let grows = family.is_some() && !line.name.ends_with("_created");
        let kind = match said(&self.kinds).as_deref() {
            Some("counter") => Some(MetricKind::Counter),
            Some("histogram" | "summary") if grows => Some(MetricKind::Counter),
            _ => None,
        };
        // Of a histogram only its sum has the family's unit: the rest are counts.
        let counts = ["_bucket", "_count", "_total"].iter().any(|s| line.name.ends_with(s));
        let unit = said(&self.units).filter(|_| !counts);
        Series { name: line.name, labels: line.labels, unit, kind, stamp: PointStamp::Instant }
    }
}

/// One line of values.
struct Line {
    name: String,
    labels: Vec<(String, String)>,
    value: Reading,
    time: Option<RawTime>,
}

impl Line {
    fn of(line: &str) -> Option<Line> {
        let end = title_end(line)?;
        let (title, rest) = (line.get(..end)?, line.get(end..)?);
        let (name, labels) = series_name::split(title);
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.');
        if name.is_empty() || !name.chars().all(named) || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        // An exemplar is a single request, not the series.
        let mut words = rest.split(" # ").next()?.split_whitespace();
        let value = match words.next()?.parse::<f64>().ok()? {
            number if number.is_finite() => Reading::Number(number),
            _ => Reading::Missing,
        };
        let time = match words.next() {
            Some(stamp) => Some(timestamp::whole(stamp).filter(|_| !stamp.contains([':', '-']))?),
            None => None,
        };
        words.next().is_none().then_some(Line { name, labels, value, time })
    }
}

/// Where name and labels end: behind the closing brace, or at the first blank.
fn title_end(line: &str) -> Option<usize> {
    let brace = line.find('{').filter(|at| line.get(..*at).is_some_and(|name| !name.trim_end().contains(' ')));
    let Some(open) = brace else { return line.find([' ', '\t']) };
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '}' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}
