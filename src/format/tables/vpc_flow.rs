//! VPC and transit gateway flow logs with their header line.
//!
//! Sample: `version account-id interface-id ... start end action log-status` and rows below it.
//! Yields one record a row; a rejected flow is policy, a missing one a gap, neither is a request.
//! Time: `end` of the aggregation window, seconds since 1970.
//! Reference: Amazon VPC user guide, flow log records.

use std::borrow::Cow;

use super::cells::{Delimiter, cells};
use super::headers::{Headers, line_at, marked_lines};
use crate::format::bind::Sample;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{LogRecord, RawTime, StampMeaning};

/// Flow logs with a header.
pub struct VpcFlow;

/// What begins a header.
const MARK: &str = "version ";

/// The format with the headers of one source.
struct Bound {
    headers: Headers<Columns>,
}

const TITLE: &str = "AWS flow logs with a header line";

impl Format for VpcFlow {
    fn name(&self) -> &str {
        "vpc_flow"
    }

    fn title(&self) -> &str {
        TITLE
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "version interface-id srcaddr dstaddr start end action log-status\n3 eni-6f1c 198.51.100.7 10.2.0.9 1749750663 1749750723 ACCEPT OK\n3 eni-6f1c - - 1749750663 1749750723 - NODATA",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }

    fn bind(&self, sample: &Sample<'_>) -> Option<Box<dyn Format>> {
        let headers = Headers::of_sample(sample, MARK, Columns::read)?;
        Some(Box::new(Bound { headers }))
    }
}

impl LineFormat for VpcFlow {
    fn starts(&self, _line: &str) -> bool {
        false
    }

    fn decode(&self, _frame: &Frame<'_>, _sink: &mut dyn Sink) -> Result<(), Fault> {
        Err(Fault::new("expected a header line above the rows, found none"))
    }

    fn specificity(&self) -> u8 {
        90
    }
}

impl Format for Bound {
    fn name(&self) -> &str {
        "vpc_flow"
    }

    fn title(&self) -> &str {
        TITLE
    }

    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for Bound {
    fn starts(&self, line: &str) -> bool {
        self.heading(line) || self.headers.any(|columns| columns.time(line).is_some())
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let line = frame.first_line();
        let columns = self.headers.at(frame.span.offset);
        let columns = columns.ok_or(Fault::new("expected a header line above the row, found none"))?;
        let time = columns.time(line).ok_or(Fault::new("expected a stamp under end, found none"))?;
        let host = columns.host.and_then(|at| cells(line, Delimiter::Blanks).nth(at)).filter(|cell| cell != "-");
        let record = LogRecord {
            time: Some(time),
            stamp: StampMeaning::End,
            host,
            body: Cow::Borrowed(line),
            ..LogRecord::default()
        };
        sink.log(&record, frame);
        Ok(())
    }

    fn heading(&self, line: &str) -> bool {
        line.starts_with(MARK) && Columns::read(line, 0).is_some()
    }

    fn preview(&self, text: &str, offset: u64) {
        for at in marked_lines(text, MARK) {
            if let Some(columns) = Columns::read(text, at) {
                self.headers.note(offset + at as u64, columns);
            }
        }
    }

    fn specificity(&self) -> u8 {
        90
    }
}

/// The columns that one header names.
#[derive(Debug)]
struct Columns {
    /// Number of columns.
    width: usize,
    /// Index of `end`.
    end: usize,
    /// Index of the interface.
    host: Option<usize>,
}

impl Columns {
    /// Reads the header at byte `at`: it names the window's two ends and nothing but plain words.
    fn read(text: &str, at: usize) -> Option<Columns> {
        let names: Vec<&str> = line_at(text, at).split_whitespace().collect();
        let plain = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let index = |wanted: &str| names.iter().position(|name| *name == wanted);
        index("start").filter(|_| names.iter().all(plain))?;
        let host = index("interface-id").or_else(|| index("tgw-id"));
        Some(Columns { width: names.len(), end: index("end")?, host })
    }

    /// The stamp of a row that has as many cells as the header.
    fn time(&self, line: &str) -> Option<RawTime> {
        let mut row = cells(line, Delimiter::Blanks);
        let time = timestamp::epoch_digits(&row.nth(self.end)?)?;
        (row.count() + self.end + 1 == self.width).then_some(time)
    }
}
