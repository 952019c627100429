//! Text of no known layout whose records carry a stamp.
//!
//! Written by build systems, installers, `docker logs -t` around programs that print plain text, and
//! by everything else that has no format of its own.
//! Samples: `2025-06-12T17:52:03.410211Z accepted connection`, `[12.06.2025 17:52:03] worker: gone`.
//! Yields one record; further lines belong to it. A level only where a word stands as one.
//! Time: bound to a source, a stamp of any shape at the place where the source's records have it
//! ([`super::stamp_lock`]); unbound, only stamps no person would type (ISO letter, fraction and
//! offset). Nine digits are a container runtime's, which tell when the line was read.

use std::sync::OnceLock;

use super::stamp_lock::Lock;
use super::{syslog, words};
use crate::format::bind::{Sample, SampleLine};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{ClockKind, LogRecord, Precision, RawTime, StampMeaning};

/// Plain text behind a stamp.
pub struct StampedText;

const NAME: &str = "stamped_text";
const TITLE: &str = "any text whose records carry a stamp";
/// Score of a source that this format alone reads: above sentences, below anything with a structure.
const FIRM: u8 = 28;
/// The same where stamps are few or coarse.
const WEAK: u8 = 20;

impl Format for StampedText {
    fn name(&self) -> &str {
        NAME
    }

    fn title(&self) -> &str {
        TITLE
    }

    fn samples(&self) -> Vec<&str> {
        vec!["2025-06-12T17:52:03.410211Z accepted connection", "2025-06-12T17:52:03.4102113Z job started"]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }

    fn bind(&self, sample: &Sample<'_>) -> Option<Box<dyn Format>> {
        let (wrapped, modified_s) = (sample.wrapped, sample.modified_s);
        Some(Box::new(LateText { lines: sample.owned_lines(), wrapped, modified_s, bound: OnceLock::new() }))
    }
}

fn parse(line: &str) -> Option<(RawTime, &str)> {
    if line.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (time, len) = words::dated_prefix(line)?;
    let exact = time.kind == ClockKind::Zoned && time.precision >= Precision::Milli;
    let rest = line.get(len..)?.strip_prefix(' ')?;
    (exact && !rest.trim().is_empty()).then_some((time, rest))
}

impl LineFormat for StampedText {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (time, rest) =
            parse(frame.first_line()).ok_or(Fault::new("expected an exact stamp, found a line without"))?;
        let record = LogRecord {
            time: Some(time),
            stamp: meaning(time),
            level: words::leading_level(rest),
            body: rest.into(),
            ..LogRecord::default()
        };
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        10
    }
}

/// What an exact stamp with as many digits tells.
fn meaning(time: RawTime) -> StampMeaning {
    let exact = time.kind == ClockKind::Zoned && time.precision == Precision::Nano;
    if exact { StampMeaning::Observed } else { StampMeaning::Event }
}

/// The format for one source. Where its records have their stamp is found out when somebody asks for
/// the first time: of most sources every line has a better reader.
struct LateText {
    lines: Vec<SampleLine<'static>>,
    wrapped: bool,
    modified_s: Option<i64>,
    bound: OnceLock<Option<BoundText>>,
}

impl LateText {
    fn reader(&self) -> &dyn LineFormat {
        let bound = self.bound.get_or_init(|| {
            let lock = Lock::of(&self.lines, self.wrapped, self.modified_s)?;
            Some(BoundText { guess: lock.describe(), lock })
        });
        bound.as_ref().map_or(&StampedText as &dyn LineFormat, |bound| bound)
    }
}

impl Format for LateText {
    fn name(&self) -> &str {
        NAME
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

impl LineFormat for LateText {
    fn starts(&self, line: &str) -> bool {
        self.reader().starts(line)
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        self.reader().decode(frame, sink)
    }

    fn multiline(&self) -> bool {
        StampedText.multiline()
    }

    fn begins_indented(&self, line: &str) -> bool {
        self.reader().begins_indented(line)
    }

    fn specificity(&self) -> u8 {
        StampedText.specificity()
    }

    fn certainty(&self) -> u8 {
        self.reader().certainty()
    }

    fn guess(&self) -> Option<&str> {
        self.reader().guess()
    }
}

/// The format bound to the stamps of one source.
struct BoundText {
    lock: Lock,
    guess: String,
}

impl LineFormat for BoundText {
    fn starts(&self, line: &str) -> bool {
        self.lock.stamp(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let line = frame.first_line();
        let found = self
            .lock
            .stamp(line)
            .ok_or(Fault::new("expected a stamp where the records of this file have it, found a line without"))?;
        let (start, end) = found.range;
        let rest = line.get(end..).unwrap_or("");
        let message = words::message(rest.trim_start_matches([',', ';']));
        // What stands before a stamp in the middle of a line is part of what was said.
        let body = if found.place.words > 0 { line } else { message };
        let object = Some(body).filter(|body| body.starts_with('{')).and_then(syslog::structured);
        let mut record = match object {
            // The object speaks for itself; a stamp of its own makes this one tell when it was read.
            Some(object) if object.time.is_some() => LogRecord { observed: Some(found.time), ..object },
            Some(object) => LogRecord { time: Some(found.time), ..object },
            None => LogRecord {
                time: Some(found.time),
                stamp: meaning(found.time),
                service: tag(rest).map(Into::into),
                body: words::with_exception(body, frame.text),
                ..LogRecord::default()
            },
        };
        record.level = record.level.or_else(|| self.lock.level(line, &found));
        words::name_upstream(&mut record);
        words::note_zone(line.get(start..).unwrap_or(""), found.time, end - start, sink, frame);
        sink.log(&record, frame);
        Ok(())
    }

    fn begins_indented(&self, line: &str) -> bool {
        self.lock.begins_indented(line)
    }

    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        10
    }

    fn certainty(&self) -> u8 {
        if self.lock.firm { FIRM } else { WEAK }
    }

    fn guess(&self) -> Option<&str> {
        Some(&self.guess)
    }
}

/// The program of a tag with a process number (`kvgw[211]:`) among the first two words.
fn tag(rest: &str) -> Option<&str> {
    rest.split_whitespace().take(2).find_map(tag_name)
}

fn tag_name(word: &str) -> Option<&str> {
    let (name, rest) = word.split_once('[')?;
    let number = rest.trim_end_matches(':').strip_suffix(']')?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'));
    let is_name = plain && name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    (is_name && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(name)
}
