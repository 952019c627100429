//! What the three syslog shapes share: priority, `host tag[pid]:`, and a structured message inside;
//! and the one reader of the two that differ only in their stamp.

use crate::format::fields::Fields;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{Level, LogRecord, RawTime};

use super::{json_log, object, words};

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
    /// Whether sender and tag are enough to tell such a line from another with the same stamp.
    pub(super) certain: fn(&Tagged<'_>) -> bool,
}

impl TaggedFile {
    fn parse<'a>(&self, line: &'a str) -> Option<(Option<Level>, RawTime, Tagged<'a>)> {
        let (level, text) = priority(line)?;
        let (time, len) = (self.stamp)(text)?;
        let tagged = tagged(text.get(len..)?.strip_prefix(' ')?)?;
        (self.certain)(&tagged).then_some((level, time, tagged))
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
        emit(Some(time), level, &tagged, frame, sink);
        Ok(())
    }

    fn specificity(&self) -> u8 {
        60
    }
}

/// Sender and message behind a syslog stamp.
pub(super) struct Tagged<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    pub(super) message: &'a str,
}

/// Reads `host tag[pid]: message`, or `tag[pid]: message` without a host; `name: text` alone is how
/// people quote each other.
pub(super) fn tagged(text: &str) -> Option<Tagged<'_>> {
    let (first, rest) = text.split_once(' ')?;
    if let Some(tag) = tag_of(first).filter(|_| first.ends_with("]:")) {
        return Some(Tagged { host: None, tag: Some(tag), message: rest });
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'-' | b'_');
    if !first.bytes().all(plain) || first.is_empty() || words::upper_word(first).is_some() {
        return None;
    }
    if rest.starts_with("last message repeated ") {
        return Some(Tagged { host: Some(first), tag: None, message: rest });
    }
    let (second, message) = rest.split_once(' ').unwrap_or((rest, ""));
    tag_of(second).map(|tag| Tagged { host: Some(first), tag: Some(tag), message })
}

/// The program in `kvgw[211]:` or `kvgw:`.
fn tag_of(word: &str) -> Option<&str> {
    let word = word.strip_suffix(':')?;
    let name = match word.strip_suffix(']').and_then(|w| w.rsplit_once('[')) {
        Some((name, _)) => name,
        None => word,
    };
    let clean = !name.is_empty() && name.len() <= 64 && !name.contains(['[', ']', ':', '"', '=']);
    (clean && name.bytes().any(|b| b.is_ascii_alphabetic())).then_some(name)
}

/// Lines that a `message repeated 12 times: [ ... ]` stands for, and the message itself.
fn repeated(message: &str) -> (u32, &str) {
    let Some(rest) = message.strip_prefix("message repeated ").or(message.strip_prefix("last message repeated "))
    else {
        return (1, message);
    };
    let Some((times, rest)) = rest.split_once(" times") else { return (1, message) };
    let inner = rest.strip_prefix(": [").and_then(|r| r.strip_suffix(']')).map_or(message, str::trim);
    (times.parse().ok().filter(|n| (1..=1_000_000).contains(n)).unwrap_or(1), inner)
}

/// Hands the record of a syslog line to the sink. A JSON message speaks for itself; the header's
/// stamp then only tells when it was relayed.
pub(super) fn emit(
    time: Option<RawTime>,
    level: Option<Level>,
    line: &Tagged<'_>,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) {
    let (times, message) = repeated(line.message);
    let mut fields = Fields::default();
    let structured = message.starts_with('{')
        && json_log::JsonLog.starts(message)
        && object::read(message, object::known, &mut |key, value| fields.offer(key, value)).is_ok();
    let mut record =
        if structured { fields.into_record() } else { LogRecord { body: message.into(), ..LogRecord::default() } };
    if record.time.is_some() {
        record.observed = time;
    } else {
        record.time = time;
    }
    record.level = record.level.or(level).or_else(|| words::leading_level(message));
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
