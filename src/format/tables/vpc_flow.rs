//! VPC and transit gateway flow logs with their header line.
//!
//! Sample: `version account-id interface-id ... start end action log-status` and rows below it.
//! Yields one record a row; a rejected flow is policy, a missing one a gap, neither is a request.
//! Time: `end` of the aggregation window, seconds since 1970.
//! Reference: Amazon VPC user guide, flow log records.

use std::borrow::Cow;

use super::cells::{Delimiter, cells};
use super::headed::Header;
use super::headers::line_at;
use crate::format::{Fault, timestamp};
use crate::model::{LogRecord, RawTime, StampMeaning};

/// The columns that one header names.
#[derive(Debug)]
pub(super) struct Columns {
    /// Number of columns.
    width: usize,
    /// Index of `end`.
    end: usize,
    /// Index of the interface.
    host: Option<usize>,
}

impl Header for Columns {
    const NAME: &'static str = "vpc_flow";
    const TITLE: &'static str = "AWS flow logs with a header line";
    const MARK: &'static str = "version ";
    const MISSING: &'static str = "expected a header line above the row, found none";

    fn samples() -> Vec<&'static str> {
        vec![
            "version interface-id srcaddr dstaddr start end action log-status\n3 eni-6f1c 198.51.100.7 10.2.0.9 1749750663 1749750723 ACCEPT OK\n3 eni-6f1c - - 1749750663 1749750723 - NODATA",
        ]
    }

    /// Reads the header at byte `at`: it names the window's two ends and nothing but plain words.
    fn read(text: &str, at: usize) -> Option<Columns> {
        let names: Vec<&str> = line_at(text, at).split_whitespace().collect();
        let plain = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let index = |wanted: &str| names.iter().position(|name| *name == wanted);
        index("start").filter(|_| names.iter().all(plain))?;
        let host = index("interface-id").or_else(|| index("tgw-id"));
        Some(Columns { width: names.len(), end: index("end")?, host })
    }

    fn heading(line: &str) -> bool {
        line.starts_with(Self::MARK) && Columns::read(line, 0).is_some()
    }

    fn fits(&self, line: &str) -> bool {
        self.time(line).is_some()
    }

    fn record<'a>(&self, line: &'a str) -> Result<LogRecord<'a>, Fault> {
        let time = self.time(line).ok_or(Fault::new("expected a stamp under end, found none"))?;
        let host = self.host.and_then(|at| cells(line, Delimiter::Blanks).nth(at)).filter(|cell| cell != "-");
        Ok(LogRecord {
            time: Some(time),
            stamp: StampMeaning::End,
            host,
            body: Cow::Borrowed(line),
            ..LogRecord::default()
        })
    }
}

impl Columns {
    /// The stamp of a row that has as many cells as the header.
    fn time(&self, line: &str) -> Option<RawTime> {
        let mut row = cells(line, Delimiter::Blanks);
        let time = timestamp::epoch_digits(&row.nth(self.end)?)?;
        (row.count() + self.end + 1 == self.width).then_some(time)
    }
}
