//! The W3C extended log format: IIS, CloudFront, HTTP.sys errors, the Windows firewall, proxies.
//!
//! Sample: `#Fields: date time cs-method cs-uri-stem sc-status` and rows below it.
//! Yields one record a row; one with an HTTP status is a request, stamped at its end.
//! Time: `date` and `time` are UTC, unless their names or a `#Time Format` say local. Columns go by
//! their names only; a `#Fields` line further down holds from there on. `time-taken` is in seconds
//! when it has decimals or comes from CloudFront, in milliseconds from Microsoft.
//! Reference: W3C working draft on extended log files; IIS and CloudFront documentation.

use std::borrow::Cow;

use super::cells::{Delimiter, cells};
use super::headed::Header;
use super::headers::line_at;
use crate::format::fields::{self, Fields, Value};
use crate::format::{Fault, timestamp};
use crate::model::{ClockKind, LogRecord, Outcome, RawTime, StampMeaning};

/// Whether a line is a directive of the format: `#Word:` or `#Two Words:`.
fn is_directive(line: &str) -> bool {
    let Some(name) = line.strip_prefix('#').and_then(|rest| rest.split(':').next()) else { return false };
    name.len() < line.len() - 1
        && name.len() < 40
        && name.bytes().all(|b| b.is_ascii_alphabetic() || b" -".contains(&b))
}

/// The directives that stand right above the line at byte `at`.
fn above(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or("");
    let mut start = at;
    for line in before.split_inclusive('\n').rev() {
        if !line.trim().is_empty() && !line.starts_with('#') {
            break;
        }
        start -= line.len();
    }
    text.get(start..at).unwrap_or("")
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Date,
    Time,
    Moment,
    Taken,
    TakenMs,
    EdgeResult,
    Reason,
    /// A field of a record, by one of its aliases.
    Field(&'static str),
    Other,
}

/// The role of a column by its lower-case name.
fn role(name: &str) -> Role {
    match name {
        "date" | "date-local" | "date-utc" => Role::Date,
        "time" | "time-local" | "time-utc" => Role::Time,
        "date-time" | "datetime" | "timestamp" | "gmttime" | "localtime" | "x-timestamp" => Role::Moment,
        "time-taken" => Role::Taken,
        "timetakenms" | "time-taken-ms" => Role::TakenMs,
        "x-edge-result-type" => Role::EdgeResult,
        "s-reason" => Role::Reason,
        "cs-method" => Role::Field("method"),
        "cs-uri-stem" | "cs-uri-path" => Role::Field("path"),
        "cs-uri" | "cs-url" => Role::Field("uri"),
        "sc-status" => Role::Field("sc-status"),
        "x-host-header" => Role::Field("service"),
        "cs(host)" | "cs-host" => Role::Field("vhost"),
        "s-computername" | "x-edge-location" => Role::Field("host.name"),
        "x-edge-request-id" | "x-request-id" | "cs(x-request-id)" => Role::Field("request_id"),
        _ => Role::Other,
    }
}

/// The columns that one `#Fields` line names.
#[derive(Debug)]
pub(super) struct Columns {
    roles: Vec<Role>,
    delimiter: Delimiter,
    /// The date of a `#Date` line above, for rows that hold only a time of day.
    date: Option<String>,
    /// Stamps are in the writer's zone, which is not said.
    local: bool,
    /// Nanoseconds of a whole number of `time-taken`, when the writer is known.
    taken_ns: Option<u64>,
}

impl Header for Columns {
    const NAME: &'static str = "w3c";
    const TITLE: &'static str =
        "W3C extended logs with a #Fields line (IIS, CloudFront, HTTP.sys errors, Windows firewall)";
    const MARK: &'static str = "#Fields:";
    const MISSING: &'static str = "expected a #Fields line above the row, found none";

    fn samples() -> Vec<&'static str> {
        vec![
            "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\n2025-06-12 17:52:03 10.2.0.9 GET /v1/kv x=1 443 198.51.100.7 probe/2+(x) 503 0 64 2010",
            "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status x-edge-result-type x-edge-request-id x-host-header time-taken\n2025-06-12\t17:52:03\tAMS1\t190\t198.51.100.7\tGET\tedge.example\t/kv/site\t503\tError\t6f1c==\tkv.example\t2.010",
        ]
    }

    /// Reads the `#Fields` line at byte `at` and the directives above it.
    fn read(text: &str, at: usize) -> Option<Columns> {
        let list = line_at(text, at).strip_prefix(Self::MARK)?.trim();
        let above = above(text, at);
        let commas = list.contains(',') && !list.contains([' ', '\t']);
        let names: Vec<String> = list
            .split(|c: char| if commas { c == ',' } else { c.is_ascii_whitespace() })
            .filter(|name| commas || !name.is_empty())
            .map(|name| name.trim().to_ascii_lowercase())
            .collect();
        let said = |name: &str| above.lines().rev().find_map(|l| l.strip_prefix(name).map(str::trim));
        let edge = names.iter().any(|name| name.starts_with("x-edge-"));
        let software = said("#Software:").is_some();
        let local = |name: &String| matches!(name.as_str(), "date-local" | "time-local" | "localtime");
        Some(Columns {
            roles: names.iter().map(|name| role(name)).collect(),
            delimiter: if commas { Delimiter::Quoted(',') } else { Delimiter::Blanks },
            date: said("#Date:").and_then(|d| d.split([' ', 'T']).next()).map(str::to_string),
            local: names.iter().any(local) || said("#Time Format:").is_some_and(|f| f.eq_ignore_ascii_case("local")),
            taken_ns: if edge { Some(1_000_000_000) } else { software.then_some(1_000_000) },
        })
        .filter(|c| c.roles.iter().any(|r| matches!(r, Role::Moment | Role::Time)))
    }

    fn heading(line: &str) -> bool {
        is_directive(line)
    }

    fn fits(&self, line: &str) -> bool {
        line.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '[' | '-'))
            && self.time(line).is_some()
    }

    fn record<'a>(&self, line: &'a str) -> Result<LogRecord<'a>, Fault> {
        let time = self.time(line).ok_or(Fault::new("expected a row with date and time, found one without"))?;
        let row: Vec<(Role, Cow<'a, str>)> = self.cells(line).collect();
        if row.len() > self.roles.len() {
            return Err(Fault::new("expected as many cells as the #Fields line names, found more"));
        }
        let whole = row.len() == self.roles.len();
        let kept = if whole { row.len() } else { row.len() - 1 };
        let mut fields = Fields::default();
        let mut extra = Extra::default();
        for (role, cell) in row.into_iter().take(kept).filter(|(_, cell)| !matches!(&**cell, "-" | "")) {
            match role {
                Role::Field("sc-status") if cell == "000" => extra.left = true,
                Role::Field(key) => fields.offer(key, Value::Text(cell)),
                Role::Taken => extra.taken = self.taken(&cell),
                Role::TakenMs => extra.taken = fields::scaled(&cell, 1_000_000),
                Role::EdgeResult => extra.result = Some(cell),
                Role::Reason => extra.reason = Some(cell),
                _ => {}
            }
        }
        Ok(extra.finish(fields, time, line))
    }
}

impl Columns {
    fn cells<'a>(&self, line: &'a str) -> impl Iterator<Item = (Role, Cow<'a, str>)> {
        let delimiter = match self.delimiter {
            Delimiter::Blanks if line.contains('\t') => Delimiter::Bare('\t'),
            other => other,
        };
        let roles: Vec<Role> = self.roles.clone();
        cells(line, delimiter).enumerate().map(move |(at, cell)| (roles.get(at).copied().unwrap_or(Role::Other), cell))
    }

    /// The stamp of a row.
    fn time(&self, line: &str) -> Option<RawTime> {
        let (mut date, mut time) = (None, None);
        for (role, cell) in self.cells(line) {
            match role {
                Role::Date => date = Some(cell),
                Role::Time => time = Some(cell),
                Role::Moment => return self.zoned(timestamp::whole(cell.trim_matches(['[', ']']))?),
                _ => continue,
            }
            if time.is_some() && (date.is_some() || !self.roles.contains(&Role::Date)) {
                break;
            }
        }
        let date = date.as_deref().or(self.date.as_deref())?;
        self.zoned(timestamp::whole(&format!("{date} {}", time?))?)
    }

    /// The format's stamps are UTC unless said.
    fn zoned(&self, time: RawTime) -> Option<RawTime> {
        match time.kind {
            ClockKind::Naive if !self.local => Some(RawTime::zoned(time.wall_ns, 0, time.precision)),
            ClockKind::Naive | ClockKind::Zoned => Some(time),
            _ => None,
        }
    }

    fn taken(&self, cell: &str) -> Option<u64> {
        let unit = if cell.contains('.') { Some(1_000_000_000) } else { self.taken_ns };
        fields::scaled(cell, unit?)
    }
}

/// What the columns say besides the fields of a record.
#[derive(Default)]
struct Extra<'a> {
    taken: Option<u64>,
    /// The viewer left before the answer began.
    left: bool,
    result: Option<Cow<'a, str>>,
    reason: Option<Cow<'a, str>>,
}

impl<'a> Extra<'a> {
    /// What became of the request where the status does not say it.
    fn outcome(&self, status: Option<u16>) -> Option<Outcome> {
        let edge = self.result.as_deref();
        if self.left {
            return Some(Outcome::Cancelled);
        }
        if edge == Some("CapacityExceeded") || (edge == Some("Error") && status.is_none_or(|s| s < 400)) {
            return Some(Outcome::ServerError);
        }
        let reason = self.reason.as_deref()?;
        let failed = ["AppOffline", "AppShutdown", "ConnLimit", "QueueFull", "Connection_Abandoned_By_ReqQueue"];
        (status.is_none() && failed.contains(&reason)).then_some(Outcome::ServerError)
    }

    fn finish(self, fields: Fields<'a>, time: RawTime, line: &'a str) -> LogRecord<'a> {
        // Servers of other protocols (FTP) write their sessions and replies into the same columns.
        let foreign = fields.text(fields::Field::Method).is_some_and(|m| !m.bytes().all(|b| b.is_ascii_alphabetic()));
        let mut record = fields.into_record();
        let outcome = match record.status.filter(|_| foreign) {
            Some(reply) => Some(Outcome::of_reply(reply)),
            None => self.outcome(record.status),
        };
        record.outcome = record.outcome.or(outcome);
        let request = record.request_outcome().is_some();
        record.time = Some(time);
        record.stamp = if request { StampMeaning::End } else { StampMeaning::Event };
        record.duration_ns = self.taken;
        if foreign || record.body.is_empty() {
            record.body = line.into();
        }
        if let Some(reason) = self.reason.filter(|_| request) {
            record.body = format!("{}: {reason}", record.body).into();
        }
        record
    }
}
