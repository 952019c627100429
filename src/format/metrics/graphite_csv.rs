//! Graphite's render API in CSV: no header, one point a line.
//!
//! Sample: `mail.errors,2025-06-12 17:52:00,12.0`.
//! Yields: a sample per line with a value; an empty one is no data.
//! Time: without a zone, in the server's or the one asked for; the start of the step.
//! Reference: graphite-project/graphite-web `docs/render_api.rst`.

use super::json_series::number;
use super::points::{Found, Points, Row, Series};
use super::rows::{Dialect, Row as Cells, rows};
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::{PointStamp, Precision, RawTime};

/// Graphite CSV.
pub struct GraphiteCsv;

impl Format for GraphiteCsv {
    fn name(&self) -> &str {
        "graphite_csv"
    }

    fn title(&self) -> &str {
        "Graphite render API, CSV"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "mail.errors,2025-06-12 17:52:00,12.0\nmail.errors,2025-06-12 17:53:00,\nmail.errors,2025-06-12 17:54:00,40.0\n",
            "\"alias(mail.errors,'a, b')\",2025-06-12 17:52:00,12.0\nmail.up,2025-06-12 17:52:00,1.0\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// The time of a row of three cells whose last is a number or empty.
fn time_of(row: &Cells<'_>) -> Option<RawTime> {
    let value = row.cell(2);
    let plain = row.cells.len() == 3 && (value.is_empty() || value.parse::<f64>().is_ok());
    timestamp::prefix(row.cell(1))
        .filter(|(time, len)| plain && *len == row.cell(1).len() && time.precision >= Precision::Second)
        .map(|(time, _)| time)
}

impl DocumentFormat for GraphiteCsv {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let dialect = Dialect::of(head.text)?;
        let sample: Vec<Cells<'_>> = rows(head.text, &dialect).take(40).collect();
        let named = |row: &Cells<'_>| row.cell(0).starts_with(|c: char| c.is_alphabetic());
        let fit = sample.iter().filter(|row| named(row) && time_of(row).is_some()).count();
        (fit >= 2 && fit + 1 >= sample.len()).then_some(())?;
        Claimed::new(92, "`target,time,value` without a header")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let Some(dialect) = Dialect::of(document.text) else { return Ok(()) };
        let mut found = Found::default();
        let mut points = Vec::new();
        for row in rows(document.text, &dialect) {
            let frame = document.frame(row.raw);
            if row.raw.trim().is_empty() {
                sink.account(FrameClass::Blank, &frame);
                continue;
            }
            let Some(time) = time_of(&row) else {
                sink.reject("expected `target,time,value`, found other text", &frame);
                continue;
            };
            let series = found.at(Series::named(row.cell(0), PointStamp::Start));
            let value = number(Part { text: row.cell(2), complete: true });
            let at = Part { text: row.raw, complete: true };
            points.push(Row { at, time: Some(time), values: vec![(series, value)] });
        }
        Points::of(document, sink).rows(found.all(), &points);
        Ok(())
    }
}
