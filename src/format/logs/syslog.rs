//! What the syslog shapes share: priority, `host tag[pid]:`, and a structured message inside; and the
//! one reader of the two that differ only in their stamp.

use std::cell::RefCell;
use std::sync::LazyLock;

use regex::Regex;

use crate::format::fields::{self, Fields};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{Level, LogRecord, RawTime};

use super::twice::{Part, Twice};
use super::{cef, haproxy_events, json_log, logfmt, object, words};

/// The level of a `<134>` at the beginning, and what follows it; no priority is fine too.
pub(super) fn priority(line: &str) -> Option<(Option<Level>, &str)> {
    let Some(rest) = line.strip_prefix('<') else { return Some((None, line)) };
    let (number, rest) = rest.split_once('>')?;
    let number: u8 = (number.len() <= 3).then(|| number.parse().ok()).flatten().filter(|n| *n < 192)?;
    Some((Level::of_syslog(number % 8), rest))
}

/// Syslog files written as `[<priority>]STAMP host tag[pid]: message`.
pub struct TaggedFile {
    /// Registered name.
    pub(super) name: &'static str,
    /// What writes it.
    pub(super) title: &'static str,
    /// Lines of it.
    pub(super) samples: &'static [&'static str],
    /// The stamp a line begins with and its length in bytes.
    pub(super) stamp: fn(&str) -> Option<(RawTime, usize)>,
    /// Reads what follows the stamp where it has another layout than `host tag: message`.
    pub(super) other: fn(&str) -> Option<Tagged<'_>>,
    /// Whether sender and tag are enough to tell such a line from another with the same stamp; the
    /// text begins with the stamp.
    pub(super) certain: fn(&str, &Tagged<'_>) -> bool,
    /// Whether pairs right behind a priority are read, too: many appliances leave the header away.
    pub(super) headless: bool,
}

/// A line taken apart: level of its priority, stamp, and what stands behind.
type Parsed<'a> = (Option<Level>, Option<RawTime>, Tagged<'a>);

/// The same by the places of its parts: sender, tag, message.
#[derive(Clone, Copy)]
struct Places {
    /// By the format, of which there are two.
    name: &'static str,
    levels: (Option<Level>, Option<Level>),
    time: Option<RawTime>,
    host: Option<Part>,
    tag: Option<Part>,
    pid: bool,
    message: Part,
}

thread_local! {
    static LINES: RefCell<Twice<Places>> = RefCell::default();
}

impl TaggedFile {
    fn parse<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        let places = |line: &str| {
            let (level, time, tagged) = self.parse_anew(line)?;
            let part = |part: Option<&str>| part.map(|part| Part::of(line, part));
            Some(Places {
                name: self.name,
                levels: (level, tagged.level),
                time,
                host: part(tagged.host),
                tag: part(tagged.tag),
                pid: tagged.pid,
                message: Part::of(line, tagged.message),
            })
        };
        let found = LINES.with_borrow_mut(|lines| lines.parsed(line, places))?;
        if found.name != self.name {
            return self.parse_anew(line);
        }
        let part = |part: Option<Part>| part.map(|part| part.within(line));
        let (host, tag, message) = (part(found.host), part(found.tag), found.message.within(line));
        Some((found.levels.0, found.time, Tagged { host, tag, pid: found.pid, level: found.levels.1, message }))
    }

    fn parse_anew<'a>(&self, line: &'a str) -> Option<Parsed<'a>> {
        let (level, text) = priority(line)?;
        let wire = level.is_some();
        let Some((time, len)) = (self.stamp)(text) else {
            let message = Tagged { message: text, ..Tagged::default() };
            return (self.headless && wire && is_structured(text)).then_some((level, None, message));
        };
        let rest = text.get(len..)?;
        let rest = rest.strip_prefix(':').unwrap_or(rest).strip_prefix(' ')?;
        if let Some(other) = (self.other)(rest) {
            return Some((level, Some(time), other));
        }
        let tagged = tagged(rest.trim_start(), wire)?;
        (self.certain)(text, &tagged).then_some((level, Some(time), tagged))
    }
}

impl Format for TaggedFile {
    fn name(&self) -> &str {
        self.name
    }

    fn title(&self) -> &str {
        self.title
    }

    fn samples(&self) -> Vec<&str> {
        self.samples.to_vec()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for TaggedFile {
    fn starts(&self, line: &str) -> bool {
        self.parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (level, time, tagged) =
            self.parse(frame.first_line()).ok_or(Fault::new("expected a syslog header, found a line without"))?;
        emit(time, level, &tagged, frame, sink);
        Ok(())
    }

    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        60
    }
}

/// Sender and message behind a syslog stamp.
#[derive(Default)]
pub(super) struct Tagged<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    /// The tag came with a process id.
    pub(super) pid: bool,
    /// A level written apart from the priority (`<local0.info>`, `<Notice>`, `level="INFO"`).
    pub(super) level: Option<Level>,
    pub(super) message: &'a str,
}

/// Reads `host tag[pid]: message`, or `tag[pid]: message` without a host; `name: text` alone is how
/// people quote each other. `sure` says that the line is known to be syslog (it had a priority): then
/// any message will do.
pub(super) fn tagged(text: &str, sure: bool) -> Option<Tagged<'_>> {
    let (level, text) = facility(text);
    let sure = sure || level.is_some();
    if text.starts_with("--- last message repeated ") {
        return Some(Tagged { message: text.trim_matches(['-', ' ']), ..Tagged::default() });
    }
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    if let Some(tag) = tag_of(first).filter(|_| first.ends_with("]:") || level.is_some()) {
        return Some(Tagged { tag: Some(tag), pid: first.ends_with("]:"), level, message: rest, ..Tagged::default() });
    }
    let plain = Tagged { level, message: text, ..Tagged::default() };
    let Some(host) = host_of(first).filter(|_| !rest.is_empty()) else { return sure.then_some(plain) };
    let host = Some(host);
    let (severity, rest) = bare_facility(rest.trim_start()).map_or((None, rest), |(l, rest)| (Some(l), rest));
    let (level, plain) = (level.or(severity), Tagged { level: level.or(severity), ..plain });
    let rest = rest.trim_start();
    if rest.starts_with("last message repeated ") || mnemonic(rest).is_some() || is_structured(rest) {
        return Some(Tagged { host, message: rest, ..plain });
    }
    let found = tag_and_message(rest).map(|t| Tagged { host, level: t.level.or(level), ..t });
    found.or_else(|| sure.then_some(Tagged { host, message: rest, ..plain }))
}

/// The level of `<local0.info>` before the host, as BSD writes it, and what follows.
fn facility(text: &str) -> (Option<Level>, &str) {
    let found = text.strip_prefix('<').and_then(|t| t.split_once("> ")).and_then(|(inside, rest)| {
        let (_, severity) = inside.split_once('.')?;
        Some((fields::level_of(severity)?, rest))
    });
    found.or_else(|| bare_facility(text)).map_or((None, text), |(level, rest)| (Some(level), rest))
}

/// `daemon.err` as BusyBox and OpenWrt write it, and what follows.
fn bare_facility(text: &str) -> Option<(Level, &str)> {
    const FACILITIES: &[&str] = &[
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "local0",
        "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];
    let (word, rest) = text.split_once(' ')?;
    let (facility, severity) = word.split_once('.')?;
    FACILITIES.contains(&facility).then(|| fields::level_of(severity)).flatten().map(|level| (level, rest))
}

/// A sender: a name or address, in brackets or not, and no level word.
fn host_of(word: &str) -> Option<&str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'_');
    let name = word.strip_prefix('[').and_then(|w| w.strip_suffix(']')).unwrap_or(word);
    let lettered = name.bytes().any(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b':'));
    let lettered = lettered && name.bytes().any(|b| b.is_ascii_alphanumeric());
    (lettered && name.bytes().all(plain) && words::upper_word(name).is_none()).then_some(name)
}

/// The program in front of a message, in its spellings: `kvgw[211]:`, `kvgw:`, `kvgw[211]`,
/// `kvgw[211] (com.ex.net):`, `kvgw[211] <Notice>:`, `Kv Gateway[211]:`.
fn tag_and_message(text: &str) -> Option<Tagged<'_>> {
    static NAMED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^([A-Za-z][\w.\-]*(?: [A-Z(][\w.\-()]*){1,3})\[\d+\]: ?").ok());
    let (word, message) = text.split_once(' ').unwrap_or((text, ""));
    if let Some(tag) = tag_of(word) {
        return Some(Tagged { tag: Some(tag), pid: word.ends_with("]:"), message, ..Tagged::default() });
    }
    if let Some(tag) = tag_with_pid(word) {
        let (level, message) = annotated(message);
        return Some(Tagged { tag: Some(tag), pid: true, level, message, ..Tagged::default() });
    }
    let found = NAMED.as_ref()?.captures(text)?;
    let (whole, name) = (found.get(0)?, found.get(1)?);
    Some(Tagged { tag: Some(name.as_str()), pid: true, message: text.get(whole.end()..)?, ..Tagged::default() })
}

/// What stands between a program and its colon: a part of it in parentheses, a level in angles.
fn annotated(message: &str) -> (Option<Level>, &str) {
    let part = |open: char, close: &str| {
        let inside = message.strip_prefix(open)?;
        inside.split_once(close).filter(|(name, _)| name.len() <= 80 && !name.contains(' '))
    };
    match (part('(', "): "), part('<', ">: ")) {
        (Some((_, rest)), _) => (None, rest),
        (_, Some((level, rest))) => (fields::level_of(level), rest),
        _ => (None, message),
    }
}

/// The program in `kvgw[211]:` or `kvgw:`.
fn tag_of(word: &str) -> Option<&str> {
    let word = word.strip_suffix(':')?;
    let name = match word.strip_suffix(']').and_then(|w| w.rsplit_once('[')) {
        Some((name, _)) => name,
        None if word.contains(':') => return None,
        None => word,
    };
    is_name(name).then_some(name)
}

/// The program in `kvgw[211]`, without a colon.
fn tag_with_pid(word: &str) -> Option<&str> {
    let (name, pid) = word.strip_suffix(']')?.rsplit_once('[')?;
    (!pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()) && is_name(name)).then_some(name)
}

fn is_name(name: &str) -> bool {
    let clean = !name.is_empty() && name.len() <= 64 && !name.contains(['[', ']', '"', '=', '%']);
    clean && name.bytes().any(|b| b.is_ascii_alphabetic())
}

/// The severity that network devices put into the name of a message: `%LINK-3-UPDOWN: ...`.
fn mnemonic(message: &str) -> Option<Level> {
    static SHAPE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^:? *%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*?-([0-7])-[A-Z0-9_]+: ?").ok());
    if !message.trim_start_matches([':', ' ']).starts_with('%') {
        return None;
    }
    let digit = SHAPE.as_ref()?.captures(message)?.get(1)?.as_str();
    digit.parse().ok().and_then(Level::of_syslog)
}

/// Whether a message speaks for itself: JSON, CEF, LEEF, or pairs with a known key among them.
pub(super) fn is_structured(message: &str) -> bool {
    (message.starts_with('{') && json_log::JsonLog.starts(message))
        || cef::is_event(message)
        || logfmt::Logfmt.starts(message)
}

/// The record of a message that speaks for itself.
pub(super) fn structured(message: &str) -> Option<LogRecord<'_>> {
    if let Some(record) = cef::record(message) {
        return Some(record);
    }
    let mut fields = Fields::default();
    if message.starts_with('{') && json_log::JsonLog.starts(message) {
        object::read(message, object::known, &mut |key, value| fields.offer(key, value)).ok()?;
        return Some(fields.into_record());
    }
    logfmt::Logfmt.starts(message).then(|| {
        logfmt::offer_pairs(message, &mut fields);
        let mut record = fields.into_record();
        if record.body.is_empty() {
            record.body = message.into();
        }
        record
    })
}

/// Lines that a `message repeated 12 times: [ ... ]` stands for, and the message itself.
fn repeated(message: &str) -> (u32, &str) {
    let Some(rest) = message.strip_prefix("message repeated ").or(message.strip_prefix("last message repeated "))
    else {
        return (1, message);
    };
    let Some((times, rest)) = rest.split_once(" time") else { return (1, message) };
    let rest = rest.trim_start_matches('s');
    let inner = rest.strip_prefix(": [").and_then(|r| r.strip_suffix(']')).map_or(message, str::trim);
    (times.parse().ok().filter(|n| (1..=1_000_000).contains(n)).unwrap_or(1), inner)
}

/// Hands the record of a syslog line to the sink. A structured message speaks for itself; the header's
/// stamp then only tells when it was relayed.
pub(super) fn emit(
    time: Option<RawTime>,
    level: Option<Level>,
    line: &Tagged<'_>,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) {
    let (times, message) = repeated(line.message);
    let mut record = structured(message).unwrap_or_else(|| LogRecord { body: message.into(), ..LogRecord::default() });
    if record.time.is_some() {
        record.observed = time;
    } else {
        record.time = time;
    }
    let said = record.level.or_else(|| mnemonic(message)).or(line.level);
    let told = line.tag.filter(|tag| *tag == "haproxy");
    let told = told.and_then(|_| haproxy_events::tell(message, record.time, frame, sink));
    record.level = said.or(told).or(level).or_else(|| words::leading_level(message));
    if record.service.is_none() {
        record.service = line.tag.map(Into::into);
    }
    if record.host.is_none() {
        record.host = line.host.map(Into::into);
    }
    record.weight_milli = if times > 1 { times * 1000 } else { record.weight_milli };
    if record.upstream.is_none() {
        words::name_upstream(&mut record);
    }
    sink.log(&record, frame);
}
