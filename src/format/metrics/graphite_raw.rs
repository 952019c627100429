//! Graphite's render API in its raw form.
//!
//! Sample: `mail.errors,1749750720,1749750840,60|12.0,None,40.0`.
//! Yields: a sample per value; `None` is no data.
//! Time: seconds since 1970, counted up from the first by the step; the start of the step.
//! Reference: graphite-project/graphite-web `docs/render_api.rst`.

use super::json_series::number;
use super::points::{Points, Row, Series};
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::PointStamp;

/// Graphite raw.
pub struct GraphiteRaw;

impl Format for GraphiteRaw {
    fn name(&self) -> &str {
        "graphite_raw"
    }

    fn title(&self) -> &str {
        "Graphite render API, raw"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "mail.errors,1749750720,1749750900,60|12.0,None,40.0\nmail.requests,1749750720,1749750900,60|120.0,118.0,98.0\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// Target, first second, step and values of a line.
fn parts(line: &str) -> Option<(&str, u64, u64, &str)> {
    let (head, values) = line.split_once('|')?;
    let mut words = head.rsplitn(4, ',');
    let step: u64 = words.next()?.parse().ok().filter(|step| *step > 0)?;
    let until: u64 = words.next()?.parse().ok()?;
    let from: u64 = words.next()?.parse().ok().filter(|from| *from <= until)?;
    timestamp::epoch_int(from)?;
    Some((words.next()?, from, step, values))
}

impl DocumentFormat for GraphiteRaw {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        parts(head.text.lines().next()?)?;
        Claimed::new(96, "`target,start,end,step|values`")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for frame in document.lines() {
            if frame.text.trim().is_empty() {
                sink.account(FrameClass::Blank, &frame);
                continue;
            }
            let Some((target, from, step, values)) = parts(frame.text.trim()) else {
                sink.reject("expected `target,start,end,step|values`, found other text", &frame);
                continue;
            };
            let cells = (0_u64..).zip(values.split(','));
            let rows: Vec<Row<'_>> = cells
                .map(|(i, text)| {
                    let at = Part { text, complete: true };
                    Row::single(at, timestamp::epoch_int(from.saturating_add(i.saturating_mul(step))), number(at))
                })
                .collect();
            Points::of(document, sink).series(Series::named(target, PointStamp::Start), &rows);
        }
        Ok(())
    }
}
