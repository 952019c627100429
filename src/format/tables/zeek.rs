//! Zeek (Bro) logs in their tab-separated form.
//!
//! Sample: `#fields ts uid method uri status_code` and rows below it.
//! Yields one record a row; a row with an HTTP status is a request.
//! Time: `ts`, seconds since 1970, when the connection or request began.
//! Reference: Zeek documentation, ASCII log writer.

use std::borrow::Cow;

use super::cells::{Delimiter, cells};
use super::headed::Header;
use super::headers::line_at;
use crate::format::fields::{Fields, Value};
use crate::format::{Fault, timestamp};
use crate::model::{LogRecord, RawTime, StampMeaning};

/// Words that begin a line of the header or the last line.
const DIRECTIVES: &[&str] =
    &["#separator", "#set_separator", "#empty_field", "#unset_field", "#path", "#open", "#fields", "#types", "#close"];

/// The columns that one `#fields` line names.
#[derive(Debug)]
pub(super) struct Columns {
    /// Aliases of the fields they hold; empty for the others.
    keys: Vec<&'static str>,
    separator: char,
}

/// The alias under which a column is a field of a record. `service` is a protocol there.
fn key(name: &str) -> &'static str {
    match name {
        "ts" => "ts",
        "status_code" => "status_code",
        "method" => "method",
        "uri" => "path",
        "host" => "service",
        "msg" | "message" => "message",
        "level" => "level",
        "uid" => "request_id",
        _ => "",
    }
}

impl Header for Columns {
    const NAME: &'static str = "zeek";
    const TITLE: &'static str = "Zeek logs, tab-separated (conn, http, dns, notice, ...)";
    const MARK: &'static str = "#fields";
    const MISSING: &'static str = "expected a #fields line above the row, found none";

    fn samples() -> Vec<&'static str> {
        vec![
            "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n#open\t2025-06-12-17-52-00\n#fields\tts\tuid\tid.orig_h\tmethod\thost\turi\tstatus_code\n#types\ttime\tstring\taddr\tstring\tstring\tstring\tcount\n1749750723.410211\tC1\t198.51.100.7\tGET\tkv.example\t/v1/kv\t503",
        ]
    }

    /// Reads the `#fields` line at byte `at`; what stands behind the word is the separator.
    fn read(text: &str, at: usize) -> Option<Columns> {
        let list = line_at(text, at).strip_prefix(Self::MARK)?;
        let separator = list.chars().next()?;
        let keys: Vec<&str> = list.split(separator).skip(1).map(key).collect();
        keys.contains(&"ts").then_some(Columns { keys, separator })
    }

    fn heading(line: &str) -> bool {
        line.starts_with('#') && DIRECTIVES.contains(&line.split(['\t', ' ', ',']).next().unwrap_or(""))
    }

    fn fits(&self, line: &str) -> bool {
        self.time(line).is_some()
    }

    fn record<'a>(&self, line: &'a str) -> Result<LogRecord<'a>, Fault> {
        let time = self.time(line).ok_or(Fault::new("expected a stamp under ts, found none"))?;
        let mut fields = Fields::default();
        for (key, cell) in self.cells(line).filter(|(key, cell)| !key.is_empty() && !is_unset(cell)) {
            match (key, cell) {
                ("ts", _) => {}
                // `Reporter::WARNING`
                ("level", Cow::Borrowed(cell)) => {
                    fields.offer(key, Value::Text(cell.rsplit("::").next().unwrap_or(cell).into()));
                }
                (key, cell) => fields.offer(key, Value::Text(cell)),
            }
        }
        let mut record = fields.into_record();
        record.time = Some(time);
        record.stamp = if record.request_outcome().is_some() { StampMeaning::Start } else { StampMeaning::Event };
        if record.body.is_empty() {
            record.body = line.into();
        }
        Ok(record)
    }
}

impl Columns {
    fn cells<'a>(&self, line: &'a str) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> + use<'_, 'a> {
        let keys = self.keys.iter().copied().chain(std::iter::repeat(""));
        keys.zip(cells(line, Delimiter::Bare(self.separator)))
    }

    fn time(&self, line: &str) -> Option<RawTime> {
        if !line.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-') {
            return None;
        }
        timestamp::whole(&self.cells(line).find(|(key, _)| *key == "ts")?.1)
    }
}

fn is_unset(cell: &str) -> bool {
    matches!(cell, "-" | "(empty)" | "")
}
