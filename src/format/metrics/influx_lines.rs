//! InfluxDB line protocol.
//!
//! Sample: `http,service=mail errors=12i,latency=0.25 1749750720000000000`.
//! Yields: a sample per field that is a number; words and truth values are none.
//! Time: ns since 1970, or coarser units told by their size. A line without a stamp is not claimed.
//! Reference: influxdata/docs `reference/syntax/line-protocol`.

use std::borrow::Cow;

use super::kind::{self, Stats};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{PointStamp, RawTime, Sample};

/// Line protocol.
pub struct InfluxLines;

impl Format for InfluxLines {
    fn name(&self) -> &str {
        "influx_lines"
    }

    fn title(&self) -> &str {
        "InfluxDB line protocol"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "http,service=mail,host=edge7 errors=12i,latency=0.25 1749750720000000000\nhttp,service=mail,host=edge7 errors=40i,latency=0.5 1749750780000000000\n",
            "disk\\ use value=0.91,path=\"/var, log\" 1749750720000\ndisk\\ use value=0.92,path=\"/var, log\" 1749750780000\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for InfluxLines {
    fn starts(&self, line: &str) -> bool {
        line.ends_with(|c: char| c.is_ascii_digit()) && Line::of(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let line = Line::of(frame.text)
            .ok_or_else(|| Fault::new("expected `measurement,tags fields stamp`, found other text"))?;
        let mut given = false;
        for (field, value) in &line.fields {
            let Some(value) = number(value) else { continue };
            // A field named like any other says nothing: the measurement is the name.
            let plain = matches!(field.as_ref(), "value" | "gauge" | "counter");
            let name = if plain { &line.measurement } else { field };
            let mut labels = line.tags.clone();
            labels.push((Cow::Borrowed("_measurement"), line.measurement.clone()));
            let mut kind = kind::of(name, None, &Stats::default());
            if field == "counter" {
                kind = crate::model::MetricKind::Counter;
            }
            let (time, stamp) = (line.time, PointStamp::Instant);
            sink.sample(&Sample { time, name: name.clone(), labels, value, kind, stamp, unit: None }, frame);
            given = true;
        }
        given.then_some(()).ok_or_else(|| Fault::new("expected a number among the fields, found words only"))
    }

    fn specificity(&self) -> u8 {
        90
    }
}

/// Key and value.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// One line taken apart.
struct Line<'a> {
    measurement: Cow<'a, str>,
    tags: Vec<Pair<'a>>,
    fields: Vec<Pair<'a>>,
    time: RawTime,
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Option<Line<'a>> {
        let line = line.trim_end();
        let mut parts = split(line, ' ').into_iter();
        let (head, fields, stamp) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = (10..=19).contains(&stamp.len()) && stamp.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || !digits {
            return None;
        }
        let mut head = split(head, ',').into_iter();
        let measurement = head.next().filter(|name| !name.is_empty() && !name.contains('='))?;
        let tags = head.map(pair).collect::<Option<Vec<_>>>()?;
        let fields = split(fields, ',').into_iter().map(pair).collect::<Option<Vec<_>>>()?;
        let typed = fields.iter().all(|(_, value)| is_typed(value));
        (typed && !fields.is_empty()).then_some(())?;
        Some(Line { measurement: unescaped(measurement), tags, fields, time: timestamp::whole(stamp)? })
    }
}

/// Parts between `mark`s that are neither escaped nor quoted.
fn split(text: &str, mark: char) -> Vec<&str> {
    let (mut quoted, mut escaped, mut from) = (false, false, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            c if c == mark && !quoted => {
                parts.extend(text.get(from..at));
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.extend(text.get(from..));
    parts
}

fn pair(text: &str) -> Option<Pair<'_>> {
    let at = text.match_indices('=').map(|(at, _)| at).find(|at| !text.get(..*at).unwrap_or("").ends_with('\\'))?;
    let (key, value) = (text.get(..at)?, text.get(at + 1..)?);
    (!key.is_empty() && !value.is_empty()).then(|| (unescaped(key), unescaped(value)))
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains('\\') { Cow::Owned(text.replace('\\', "")) } else { Cow::Borrowed(text) }
}

/// A field's number: a float, or an integer marked `i` or `u`.
fn number(value: &str) -> Option<f64> {
    value.trim_end_matches(['i', 'u']).parse().ok().filter(|n: &f64| n.is_finite())
}

fn is_typed(value: &str) -> bool {
    let words = ["t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"];
    number(value).is_some() || value.starts_with('"') && value.ends_with('"') || words.contains(&value)
}
