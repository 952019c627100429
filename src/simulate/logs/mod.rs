//! Files written line by line from requests.

mod access;
mod json;
mod text;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt::Write as _;

use super::Source;
use super::output::{Out, Stage};
use super::random::unit;
use super::source::{SourceFormat, Trap, Wrapper, Written};
use super::traffic::{Request, Requests};
use super::world::{OperationInUse, ServiceInUse, World};
use super::zone::{Wall, Zone};
use crate::error::Result;

/// Something like a credential, and something like an address; both invented.
const SECRET: &str =
    "retrying with header Authorization: Bearer EXAMPLE.0123456789abcdef.not-a-token for customer ops@example.org";
/// Markup, a spreadsheet formula and a terminal escape code.
const MARKUP: &str = "unexpected tag <script>alert('from the log')</script><img src=x onerror=alert(1)> =HYPERLINK(\"http://example.org\") \u{1b}[31mred\u{1b}[0m";
/// A line of no format.
const GARBAGE: &str = "~~~~ segment 0x7f boundary ~~~~";
/// Every how many records a duplicate is written.
const DUPLICATE_EVERY: u64 = 400;
/// Seconds between two lines that tell of nothing.
const CHATTER_S: i64 = 60;

/// Host name under which the edge knows a service.
pub(super) fn host(slug: &str) -> String {
    format!("{slug}.example.net")
}

/// What a line tells: a request as the writer's clock saw it.
struct Line<'a> {
    request: &'a Request,
    service: &'a ServiceInUse,
    operation: &'a OperationInUse,
    /// Arrival and answer by the writer's clock, ns.
    start_ns: i64,
    end_ns: i64,
}

impl Line<'_> {
    /// The message of an error line.
    fn error(&self) -> &str {
        let errors = &self.operation.errors;
        errors.get(self.request.number as usize % errors.len().max(1)).map_or("request failed", String::as_str)
    }

    /// The id as every file writes it.
    fn id(&self) -> String {
        format!("9{:015x}", self.request.id)
    }

    fn millis(&self) -> f64 {
        self.request.duration_ns as f64 / 1e6
    }
}

/// A line that tells of no request.
struct Note<'a> {
    /// By the writer's clock, ns.
    at_ns: i64,
    warn: bool,
    slug: &'a str,
    text: &'a str,
}

/// How one source writes stamps.
#[derive(Clone, Copy)]
struct Stamps {
    zone: Zone,
    written: Option<Written>,
}

impl Stamps {
    fn wall(self, ns: i64) -> Wall {
        self.zone.wall(ns)
    }

    /// `2025-06-12T17:52:03.410Z`, with the offset written as the source says, else as `usual`.
    fn iso(self, ns: i64, separator: char, digits: usize, usual: Written) -> String {
        let written = self.written.unwrap_or(usual);
        let wall = if written == Written::Z { Zone::Fixed(0).wall(ns) } else { self.zone.wall(ns) };
        let fraction = format!("{:09}", wall.nanos);
        let fraction = fraction.get(..digits).unwrap_or_default();
        let dot = if digits > 0 { "." } else { "" };
        let offset = match written {
            Written::None => String::new(),
            Written::Z => wall.offset(true),
            Written::Offset => wall.offset(false),
        };
        format!("{}{separator}{}{dot}{fraction}{offset}", wall.date(), wall.time())
    }
}

/// Writes one source.
pub(super) fn write(world: &World<'_>, source: &Source, stage: &Stage) -> Result<()> {
    let (from, to) = world.covers(source);
    let (from, to) = (world.ns(from), world.ns(to));
    let share = world.sample(source);
    let services = world.carried(source);
    let mut writer = Writer::new(world, source, stage)?;
    let mut waiting: BinaryHeap<Reverse<(i64, Request)>> = BinaryHeap::new();
    for request in Requests::new(world, &services, &source.operations) {
        if request.start_ns < from || !wanted(source, share, &request) {
            continue;
        }
        if request.start_ns >= to {
            break;
        }
        while waiting.peek().is_some_and(|Reverse((at, _))| *at <= request.start_ns) {
            if let Some(Reverse((at, done))) = waiting.pop()
                && !writer.request(at, &done)?
            {
                return writer.finish();
            }
        }
        waiting.push(Reverse((written_at(source, &request), request)));
    }
    while let Some(Reverse((at, done))) = waiting.pop() {
        if !writer.request(at, &done)? {
            break;
        }
    }
    writer.finish()
}

fn wanted(source: &Source, share: f64, request: &Request) -> bool {
    let good = source.good_share.unwrap_or(1.0);
    request.sampled(if request.failed { share } else { share * good })
}

/// True time at which a line gets into the file: with the answer, or some time later.
fn written_at(source: &Source, request: &Request) -> i64 {
    let late = unit(request.bits(11)).powi(3) * source.disorder_s * 1e9;
    request.end_ns() + late as i64
}

/// Writes lines into the parts of a source.
struct Writer<'w> {
    world: &'w World<'w>,
    source: &'w Source,
    stage: &'w Stage,
    stamps: Stamps,
    offset_ns: i64,
    out: Out,
    part: u32,
    records: u64,
    chatter_ns: i64,
    line: String,
}

impl<'w> Writer<'w> {
    fn new(world: &'w World<'w>, source: &'w Source, stage: &'w Stage) -> Result<Self> {
        let mut out = stage.create(&part_path(source, 0))?;
        if source.has(Trap::Bom) {
            out.write(b"\xef\xbb\xbf")?;
        }
        Ok(Writer {
            world,
            source,
            stage,
            stamps: Stamps { zone: world.zone(source), written: source.written },
            offset_ns: (source.clock_offset_s * 1e9) as i64,
            out,
            part: 0,
            records: 0,
            chatter_ns: world.ns(world.covers(source).0),
            line: String::new(),
        })
    }

    /// Writes what a request leaves in the file; false when the file was cut off here.
    fn request(&mut self, at_ns: i64, request: &Request) -> Result<bool> {
        self.turn_part(at_ns)?;
        let Some(service) = self.world.services.get(usize::from(request.service)) else { return Ok(true) };
        let Some(operation) = service.operations.get(usize::from(request.operation)) else { return Ok(true) };
        self.notes(at_ns, &service.slug)?;
        let line = Line {
            request,
            service,
            operation,
            start_ns: request.start_ns + self.offset_ns,
            end_ns: request.end_ns() + self.offset_ns,
        };
        self.line.clear();
        self.format_request(&line);
        if self.source.truncate_at.is_some_and(|t| at_ns >= self.world.ns(t.ms)) {
            let half = self.line.len() / 2;
            self.out.write(self.line.as_bytes().get(..half).unwrap_or_default())?;
            return Ok(false);
        }
        self.records += 1;
        self.emit(at_ns, request.failed)?;
        if self.source.has(Trap::Duplicate) && self.records.is_multiple_of(DUPLICATE_EVERY) {
            self.emit(at_ns, request.failed)?;
        }
        Ok(true)
    }

    fn format_request(&mut self, line: &Line<'_>) {
        let hostile = self.hostile();
        let (stamps, wide, to) = (self.stamps, self.source.wide, &mut self.line);
        match self.source.format {
            SourceFormat::Nginx => {
                access::combined(to, stamps, line, (hostile, false));
                access::request_time(to, line);
            }
            SourceFormat::Combined => access::combined(to, stamps, line, (hostile, wide)),
            SourceFormat::Logpush => access::logpush(to, stamps, line, wide),
            SourceFormat::Zap => json::zap(to, line),
            SourceFormat::Pino => json::pino(to, line),
            SourceFormat::Slog => json::slog(to, stamps, line, wide),
            SourceFormat::Ecs => json::ecs(to, stamps, line),
            SourceFormat::Logfmt => json::logfmt(to, stamps, line),
            _ => text::request(to, self.source.format, stamps, line, self.source.has(Trap::StackTrace)),
        }
    }

    /// Lines beside the requests: one a minute, and the traps, each once.
    fn notes(&mut self, at_ns: i64, slug: &str) -> Result<()> {
        if matches!(self.source.format, SourceFormat::Nginx | SourceFormat::Combined | SourceFormat::Logpush) {
            return Ok(());
        }
        while self.chatter_ns <= at_ns {
            let beat = (self.chatter_ns / 1_000_000_000 / CHATTER_S).rem_euclid(60);
            let text = format!("housekeeping pass {beat} finished, pool at {} of 64", 12 + beat % 7);
            self.note(self.chatter_ns, slug, false, &text)?;
            self.chatter_ns += CHATTER_S * 1_000_000_000;
        }
        let trap = match self.records {
            40 if self.source.has(Trap::Secret) => SECRET,
            80 if self.source.has(Trap::Markup) => MARKUP,
            120 if self.source.has(Trap::Garbage) => {
                self.records += 1;
                self.line.clear();
                self.line.push_str(GARBAGE);
                return self.emit(at_ns, false);
            }
            _ => return Ok(()),
        };
        self.records += 1;
        self.note(at_ns, slug, true, trap)
    }

    fn note(&mut self, at_ns: i64, slug: &str, warn: bool, text: &str) -> Result<()> {
        self.line.clear();
        let note = Note { at_ns: at_ns + self.offset_ns, warn, slug, text };
        match self.source.format {
            SourceFormat::Zap | SourceFormat::Pino | SourceFormat::Slog | SourceFormat::Ecs | SourceFormat::Logfmt => {
                json::note(&mut self.line, self.source.format, self.stamps, &note);
            }
            format => text::note(&mut self.line, format, self.stamps, &note),
        }
        self.emit(at_ns, warn)
    }

    /// Whether an access log shows hostile text in this request's agent.
    fn hostile(&self) -> bool {
        self.source.has(Trap::Markup) && self.records == 80
    }

    /// Puts the wrapper around each line of the record and writes it.
    fn emit(&mut self, at_ns: i64, error: bool) -> Result<()> {
        let end = if self.source.has(Trap::Crlf) { "\r\n" } else { "\n" };
        let mut wrapped = String::with_capacity(self.line.len() + 80);
        let stream = if error { "stderr" } else { "stdout" };
        for (i, line) in self.line.split('\n').enumerate() {
            // A runtime reads the line a moment after it was written.
            let read = at_ns + 180_000 + (at_ns.rem_euclid(900_001)) + i as i64 * 2_000;
            let stamp = || Stamps { zone: Zone::Fixed(0), written: None }.iso(read, 'T', 9, Written::Z);
            let _ = match self.source.wrapper {
                Wrapper::None => write!(wrapped, "{line}{end}"),
                Wrapper::Cri => write!(wrapped, "{} {stream} F {line}{end}", stamp()),
                Wrapper::Docker => {
                    let log = serde_json::Value::from(format!("{line}\n"));
                    write!(wrapped, "{{\"log\":{log},\"stream\":\"{stream}\",\"time\":\"{}\"}}{end}", stamp())
                }
            };
        }
        self.out.write(wrapped.as_bytes())
    }

    /// Begins the next part when its time has come.
    fn turn_part(&mut self, at_ns: i64) -> Result<()> {
        let parts = self.source.parts.max(1);
        let (from, to) = self.world.covers(self.source);
        let gone = at_ns - self.world.ns(from);
        let length = ((to - from) * 1_000_000).max(1);
        let part = ((i128::from(gone) * i128::from(parts) / i128::from(length)).max(0) as u32).min(parts - 1);
        while self.part < part {
            self.part += 1;
            let next = self.stage.create(&part_path(self.source, self.part))?;
            std::mem::replace(&mut self.out, next).finish()?;
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        self.out.finish()
    }
}

fn part_path(source: &Source, part: u32) -> String {
    source.path.replace("{part}", &format!("{:02}", part + 1))
}
