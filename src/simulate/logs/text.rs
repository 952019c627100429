//! Plain text application logs.

use std::fmt::Write as _;

use chrono::Datelike;

use super::{Line, Note, Stamps};
use crate::simulate::source::{SourceFormat, Written};

/// Every how many error lines a stack trace follows.
const TRACE_EVERY: u64 = 5;

/// What a text log says of a request.
fn sentence(line: &Line<'_>) -> String {
    let (op, id, ms) = (line.operation.written(), line.id(), line.millis());
    if line.request.failed {
        format!("{op} failed after {ms:.0} ms: {} request_id={id}", line.error())
    } else {
        format!("{op} {} in {ms:.0} ms request_id={id}", line.request.status)
    }
}

/// One request; errors are followed by a stack trace now and then when `traces`.
pub(super) fn request(to: &mut String, format: SourceFormat, stamps: Stamps, line: &Line<'_>, traces: bool) {
    let level = if line.request.failed { Level::Error } else { Level::Info };
    let thread = line.request.bits(9) % 8;
    head(to, format, stamps, line.end_ns, level, &line.service.slug, thread);
    to.push_str(&sentence(line));
    if traces && line.request.failed && line.request.number.is_multiple_of(TRACE_EVERY) {
        trace(to, format, line);
    }
}

/// A line without a request.
pub(super) fn note(to: &mut String, format: SourceFormat, stamps: Stamps, note: &Note<'_>) {
    let level = if note.warn { Level::Warn } else { Level::Info };
    head(to, format, stamps, note.at_ns, level, note.slug, 0);
    to.push_str(note.text);
}

#[derive(Clone, Copy)]
enum Level {
    Info,
    Warn,
    Error,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }

    fn letter(self) -> char {
        match self {
            Level::Info => 'I',
            Level::Warn => 'W',
            Level::Error => 'E',
        }
    }

    /// Syslog priority under facility local0.
    fn priority(self) -> u8 {
        128 + match self {
            Level::Info => 6,
            Level::Warn => 4,
            Level::Error => 3,
        }
    }
}

fn head(to: &mut String, format: SourceFormat, stamps: Stamps, ns: i64, level: Level, slug: &str, thread: u64) {
    let wall = stamps.wall(ns);
    let word = level.word();
    let _ = match format {
        SourceFormat::Spring => write!(
            to,
            "{} {word:>5} 1 --- [{slug}] [nio-8080-exec-{thread}] c.e.{}.Handler : ",
            stamps.iso(ns, if stamps.written.is_none() { ' ' } else { 'T' }, 3, Written::None),
            slug.replace('-', "")
        ),
        SourceFormat::Python => {
            let word = if word == "WARN" { "WARNING" } else { word };
            write!(to, "{} {},{:03} - {slug} - {word} - ", wall.date(), wall.time(), wall.millis())
        }
        SourceFormat::Klog => write!(
            to,
            "{}{:02}{:02} {}.{:06} {:>7} {}.go:118] ",
            level.letter(),
            wall.local.month(),
            wall.local.day(),
            wall.time(),
            wall.micros(),
            thread + 1,
            slug.replace('-', "_")
        ),
        SourceFormat::Rfc3164 => {
            write!(to, "{} edge{} {slug}[{}]: {word} ", wall.syslog(), 1 + thread % 3, 400 + thread)
        }
        SourceFormat::Rfc5424 => write!(
            to,
            "<{}>1 {} edge{} {slug} {} - - ",
            level.priority(),
            stamps.iso(ns, 'T', 6, Written::Z),
            1 + thread % 3,
            400 + thread
        ),
        _ => write!(
            to,
            "{} {},{:03} {word:<5} [worker-{thread}] com.example.{}.Handler - ",
            wall.date(),
            wall.time(),
            wall.millis(),
            slug.replace('-', "")
        ),
    };
}

fn trace(to: &mut String, format: SourceFormat, line: &Line<'_>) {
    let package = line.service.slug.replace('-', "");
    let upstream = if line.operation.upstream.is_empty() { "backend" } else { line.operation.upstream.as_str() };
    let _ = match format {
        SourceFormat::Log4j | SourceFormat::Spring => write!(
            to,
            "\njava.io.IOException: {upstream} answered {}\n\tat com.example.{package}.Client.call(Client.java:87)\n\
             \tat com.example.{package}.Handler.serve(Handler.java:41)\nCaused by: java.net.SocketTimeoutException: \
             Read timed out\n\t... 12 more",
            line.request.status
        ),
        SourceFormat::Python => write!(
            to,
            "\nTraceback (most recent call last):\n  File \"/srv/{package}/client.py\", line 87, in call\n    \
             raise UpstreamError(status)\n{package}.errors.UpstreamError: {upstream} answered {}",
            line.request.status
        ),
        _ => Ok(()),
    };
}
