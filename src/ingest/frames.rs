//! Lines to frames: wrappers off, partial lines joined, continuation lines with the record above.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::segment::Segment;
use crate::format::detect::{self, looks_continued, plain_line, strip_colours};
use crate::format::logs::object;
use crate::format::{Fault, Format, Frame, LineFormat, Sink};
use crate::model::{RawTime, Span};

/// Longest record, in lines: what follows still belongs to it but is not looked at.
const MAX_LINES: u32 = 500;
/// Longest record, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// A line that no format claims and no record above it can hold.
const UNCLAIMED: &str = "expected the start of a record, found a line that no format claims";

/// What an envelope says of the frame inside it.
#[derive(Clone, Debug, Default)]
pub struct Wrapped {
    /// When the line was read by whoever wrapped it.
    pub observed: Option<RawTime>,
    /// Service, container or pod it names.
    pub service: Option<String>,
    /// The raw line with its wrapper; empty when there is none.
    pub raw: String,
}

/// Which class of law 1 a line falls in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineClass {
    /// First line of a record.
    Record,
    /// Belongs to the record above.
    Continuation,
    /// Nothing but blanks.
    Blank,
}

/// A sink that also keeps the accounts of lines.
pub trait Receiver: Sink {
    /// Which format reads the frames that follow, until told otherwise.
    fn reading(&mut self, format: &str);
    /// What the wrapper says of the frames that follow, until told otherwise.
    fn wrapped(&mut self, wrapped: &Wrapped);
    /// Counts one line of `bytes`.
    fn tally(&mut self, class: LineClass, bytes: u64);
    /// Counts one line that could not be decoded.
    fn reject_line(&mut self, reason: &str, bytes: u64, frame: &Frame<'_>);
}

/// Formats that may read the lines of a source.
pub struct Readers<'f> {
    /// Wrappers, outermost first.
    pub envelopes: Vec<&'f dyn Format>,
    /// Formats the sample chose, most lines first.
    pub chosen: Vec<&'f dyn Format>,
    /// Every format, for lines that the chosen ones do not claim.
    pub all: Vec<&'f dyn Format>,
}

impl<'f> Readers<'f> {
    /// What a plan chose, among `formats`. Where the user named the format, no other reads what it
    /// does not claim: a wrong name must show, not be made up for.
    pub fn new(
        envelopes: Vec<&'f dyn Format>,
        chosen: Vec<&'f dyn Format>,
        formats: &[&'f dyn Format],
        forced: bool,
    ) -> Self {
        let all = if forced { Vec::new() } else { formats.to_vec() };
        Readers { envelopes, chosen, all }
    }

    /// The one format that owns every line it knows, when its records are single lines: there is no
    /// other that could own them, and none waits for the next.
    fn only(&self) -> Option<Owner<'f>> {
        let [format] = self.chosen.as_slice() else { return None };
        let owner = Owner::of(*format)?;
        (owner.lines.certainty() == 100 && !owner.lines.multiline()).then_some(owner)
    }

    /// The format that owns `line`, the chosen ones first; a chosen reader of last resort leaves the
    /// line to any other that knows it.
    pub fn owner(&self, line: &str) -> Option<&'f dyn Format> {
        let chosen = detect::owner(&self.chosen, line);
        let knows = |f: &&'f dyn Format| detect::as_lines(*f).is_some_and(|l| l.certainty() == 100);
        let sure = chosen.filter(knows);
        if sure.is_none() && self.ends(line) {
            return None;
        }
        sure.or_else(|| detect::owner(&self.all, line)).or(chosen)
    }

    /// Whether a chosen format knows `line` as what stands between its records.
    fn ends(&self, line: &str) -> bool {
        self.chosen.iter().any(|f| detect::as_lines(*f).is_some_and(|l| l.ends(line)))
    }

    /// Lets every format look at `segment` before it is decoded. Segments must come in file order.
    pub fn preview(&self, segment: &Segment) {
        let unchosen = self.all.iter().filter(|f| !self.chosen.iter().any(|c| c.name() == f.name()));
        for lines in self.chosen.iter().chain(unchosen).filter_map(|format| detect::as_lines(*format)) {
            lines.preview(&segment.text, segment.offset);
        }
    }

    /// Whether a record begins at `line`, wrapper and all.
    pub fn starts(&self, line: &str) -> bool {
        match detect::peel_all(&self.envelopes, &plain_line(line)) {
            Some(inner) => !looks_continued(&inner) && self.owner(&inner).is_some(),
            None => false,
        }
    }
}

/// Hands every record of `segment` to `receiver`.
pub fn drive(readers: &Readers<'_>, segment: &Segment, receiver: &mut dyn Receiver) {
    if readers.envelopes.is_empty() {
        Plain { readers, segment, pending: None }.run(receiver);
    } else {
        Enveloped { readers, pending: BTreeMap::new() }.run(segment, receiver);
    }
}

/// One raw line of a segment.
struct Line<'a> {
    /// Without its end, padding and colours.
    text: Cow<'a, str>,
    /// Byte range in the segment's text, end included.
    start: usize,
    end: usize,
    number: u64,
}

fn lines(segment: &Segment) -> impl Iterator<Item = Line<'_>> {
    let bytes = segment.text.as_bytes();
    let ends =
        memchr::memchr_iter(b'\n', bytes).map(|at| at + 1).chain((!bytes.ends_with(b"\n")).then_some(bytes.len()));
    let mut start = 0;
    ends.take_while(|end| *end > 0).zip(segment.first_line..).map(move |(end, number)| {
        let raw = segment.text.get(start..end).unwrap_or("");
        let text = match segment.plain {
            true => Cow::Borrowed(raw.strip_suffix('\n').unwrap_or(raw)),
            false => plain_line(raw),
        };
        let line = Line { text, start, end, number };
        start = end;
        line
    })
}

/// Why a line that no format claims is rejected.
fn unclaimed(line: &str) -> &'static str {
    if object::ends_early(line) { object::ENDS_EARLY } else { UNCLAIMED }
}

/// Whether a line holds nothing but blanks.
fn is_blank(line: &str) -> bool {
    line.as_bytes().first().is_none_or(|b| *b <= b' ' || *b >= 0x80) && line.trim().is_empty()
}

/// NUL bytes that [`plain_line`] takes off the lines of a segment.
pub fn padding(segment: &Segment) -> u64 {
    if segment.plain {
        return 0;
    }
    let around = |line: &str| {
        let line = line.trim_end_matches(['\n', '\r']);
        (line.len() - line.trim_matches('\0').len()) as u64
    };
    segment.text.split_inclusive('\n').map(around).sum()
}

/// A line format with its registered name.
#[derive(Clone, Copy)]
struct Owner<'f> {
    name: &'f str,
    lines: &'f dyn LineFormat,
}

impl<'f> Owner<'f> {
    fn of(format: &'f dyn Format) -> Option<Self> {
        Some(Owner { name: format.name(), lines: detect::as_lines(format)? })
    }
}

/// A record whose last line has not been seen yet, in a file without wrappers.
struct PlainPending<'f, 'a> {
    format: Owner<'f>,
    first: Line<'a>,
    /// End of the text that belongs to it.
    end: usize,
    lines: u32,
}

/// Driver for files without wrappers: frames are slices of the segment.
struct Plain<'f, 'r, 's> {
    readers: &'r Readers<'f>,
    segment: &'s Segment,
    pending: Option<PlainPending<'f, 's>>,
}

impl<'f, 's> Plain<'f, '_, 's> {
    fn run(mut self, receiver: &mut dyn Receiver) {
        let only = self.readers.only();
        if let Some(format) = only {
            receiver.reading(format.name);
        }
        for line in lines(self.segment) {
            let alone = only.filter(|_| self.pending.is_none());
            if !alone.is_some_and(|format| self.whole(format, &line, receiver)) {
                self.line(line, receiver);
            }
        }
        self.flush(receiver);
    }

    /// Hands over a line that is a record of `format`, the only reader, by itself; false when it is none.
    fn whole(&mut self, format: Owner<'f>, line: &Line<'s>, receiver: &mut dyn Receiver) -> bool {
        let span = self.segment.span(line.start, line.end, line.number, 1);
        let frame = Frame { text: &line.text, span };
        let Some(decoded) = format.lines.decode_own(&frame, receiver as &mut dyn Sink) else { return false };
        account(decoded, &frame, (line.end - line.start) as u64, receiver);
        true
    }

    fn line(&mut self, line: Line<'s>, receiver: &mut dyn Receiver) {
        let bytes = (line.end - line.start) as u64;
        if is_blank(&line.text) {
            // Blank lines inside a stack trace do not end it, but belong to nobody.
            receiver.tally(LineClass::Blank, bytes);
            return;
        }
        let above = self.pending.as_ref().is_some_and(|p| p.format.lines.multiline());
        let opened = self
            .pending
            .as_ref()
            .is_some_and(|p| (p.lines == 1 && p.format.lines.opens(&p.first.text)) || p.format.lines.ends(&line.text));
        let continued = || {
            let indented = self.pending.as_ref().is_some_and(|p| p.format.lines.begins_indented(&line.text));
            looks_continued(&line.text) && !indented
        };
        let continues = above && (opened || continued());
        match (continues, if continues { None } else { self.readers.owner(&line.text).and_then(Owner::of) }) {
            (_, Some(format)) if format.lines.heading(&line.text) => {
                self.flush(receiver);
                receiver.tally(LineClass::Blank, bytes);
            }
            (_, Some(format)) => {
                self.flush(receiver);
                let end = line.end;
                self.pending = Some(PlainPending { format, first: line, end, lines: 1 });
            }
            _ if above => {
                receiver.tally(LineClass::Continuation, bytes);
                if let Some(p) = &mut self.pending
                    && p.lines < MAX_LINES
                    && line.end - p.first.start <= MAX_BYTES
                {
                    p.end = line.end;
                    p.lines += 1;
                }
            }
            _ if self.readers.ends(&line.text) => receiver.tally(LineClass::Blank, bytes),
            _ => {
                let span = self.segment.span(line.start, line.end, line.number, 1);
                receiver.reject_line(unclaimed(&line.text), bytes, &Frame { text: &line.text, span });
            }
        }
    }

    fn flush(&mut self, receiver: &mut dyn Receiver) {
        let Some(p) = self.pending.take() else { return };
        let span = self.segment.span(p.first.start, p.end, p.first.number, p.lines);
        let raw = &self.segment.text[p.first.start..p.end];
        let text = if self.segment.plain { Cow::Borrowed(raw.trim_end_matches('\n')) } else { plain_line(raw) };
        let first_bytes = first_line_bytes(&self.segment.text[p.first.start..p.end]);
        settle(p.format, &Frame { text: &text, span }, first_bytes, receiver);
    }
}

/// Bytes of the first line of `text`, its end included.
fn first_line_bytes(text: &str) -> u64 {
    memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |at| at + 1) as u64
}

/// Decodes a frame and accounts its first line.
fn settle(format: Owner<'_>, frame: &Frame<'_>, first_bytes: u64, receiver: &mut dyn Receiver) {
    receiver.reading(format.name);
    let decoded = format.lines.decode(frame, receiver as &mut dyn Sink);
    account(decoded, frame, first_bytes, receiver);
}

/// Accounts the first line of a frame.
fn account(decoded: Result<(), Fault>, frame: &Frame<'_>, first_bytes: u64, receiver: &mut dyn Receiver) {
    match decoded {
        Ok(()) => receiver.tally(LineClass::Record, first_bytes),
        Err(Fault { reason }) => receiver.reject_line(&reason, first_bytes, frame),
    }
}

/// A record in a wrapped stream whose last line has not been seen yet.
struct StreamPending<'f> {
    format: Option<Owner<'f>>,
    text: String,
    wrapped: Wrapped,
    span: Span,
    /// Bytes of its first raw line.
    first_bytes: u64,
    /// The last raw line ended in the middle of a line.
    partial: bool,
}

/// Driver for wrapped files: streams are joined apart, text is copied out of the wrappers.
struct Enveloped<'f, 'r> {
    readers: &'r Readers<'f>,
    pending: BTreeMap<String, StreamPending<'f>>,
}

impl<'f> Enveloped<'f, '_> {
    fn run(mut self, segment: &Segment, receiver: &mut dyn Receiver) {
        for line in lines(segment) {
            let bytes = (line.end - line.start) as u64;
            if is_blank(&line.text) {
                receiver.tally(LineClass::Blank, bytes);
                continue;
            }
            let span = segment.span(line.start, line.end, line.number, 1);
            match self.peel(&line.text) {
                Some(peeled) => self.inner(peeled, &line.text, span, bytes, receiver),
                None => self.unwrapped(&line.text, span, bytes, receiver),
            }
        }
        for (_, pending) in std::mem::take(&mut self.pending) {
            Self::flush(pending, receiver);
        }
    }

    /// Takes every wrapper off; the outermost stamp and stream, the innermost service.
    fn peel(&self, line: &str) -> Option<(String, Wrapped, String, bool)> {
        let mut inner = line.to_string();
        let mut wrapped = Wrapped { raw: line.to_string(), ..Wrapped::default() };
        let (mut stream, mut partial) = (String::new(), false);
        for format in &self.readers.envelopes {
            let envelope = detect::as_envelope(*format)?;
            let peeled = envelope.peel(&inner)?;
            wrapped.observed = wrapped.observed.or(peeled.observed);
            if let Some(service) = peeled.service {
                wrapped.service = Some(service.into_owned());
            }
            if let Some(name) = peeled.stream {
                stream.push('/');
                stream.push_str(&name);
            }
            partial |= peeled.partial;
            inner = peeled.inner.into_owned();
        }
        if let Some(service) = &wrapped.service {
            stream.push_str(service);
        }
        Some((inner, wrapped, stream, partial))
    }

    fn inner(
        &mut self,
        (inner, wrapped, stream, partial): (String, Wrapped, String, bool),
        raw: &str,
        span: Span,
        bytes: u64,
        receiver: &mut dyn Receiver,
    ) {
        let inner = strip_colours(&inner).into_owned();
        if let Some(p) = self.pending.get_mut(&stream) {
            let above = p.format.is_some_and(|f| f.lines.multiline());
            let starts = || self.readers.owner(&inner).is_some();
            if p.partial || (above && (inner.trim().is_empty() || looks_continued(&inner) || !starts())) {
                if p.span.lines < MAX_LINES && p.text.len() + inner.len() <= MAX_BYTES {
                    if !p.partial {
                        p.text.push('\n');
                    }
                    p.text.push_str(&inner);
                    p.span.lines += 1;
                    p.span.len = u32::try_from(span.offset + u64::from(span.len) - p.span.offset).unwrap_or(u32::MAX);
                }
                p.partial = partial;
                receiver.tally(LineClass::Continuation, bytes);
                return;
            }
        }
        if let Some(done) = self.pending.remove(&stream) {
            Self::flush(done, receiver);
        }
        if inner.trim().is_empty() && !partial {
            receiver.tally(LineClass::Blank, bytes);
            return;
        }
        let format = self.readers.owner(&inner).and_then(Owner::of);
        if !partial && format.is_some_and(|f| f.lines.heading(&inner)) {
            receiver.tally(LineClass::Blank, bytes);
            return;
        }
        if format.is_none() && wrapped.observed.is_none() && !partial {
            receiver.reject_line(unclaimed(&inner), bytes, &Frame { text: raw, span });
            return;
        }
        self.pending.insert(stream, StreamPending { format, text: inner, wrapped, span, first_bytes: bytes, partial });
    }

    /// A line outside its wrapper (a tool's own notice, a truncated line).
    fn unwrapped(&mut self, line: &str, span: Span, bytes: u64, receiver: &mut dyn Receiver) {
        let frame = Frame { text: line, span };
        receiver.wrapped(&Wrapped::default());
        match self.readers.owner(line).and_then(Owner::of) {
            Some(format) if format.lines.heading(line) => receiver.tally(LineClass::Blank, bytes),
            Some(format) => settle(format, &frame, bytes, receiver),
            None => receiver.reject_line(unclaimed(line), bytes, &frame),
        }
    }

    fn flush(pending: StreamPending<'f>, receiver: &mut dyn Receiver) {
        let frame = Frame { text: &pending.text, span: pending.span };
        receiver.wrapped(&pending.wrapped);
        match pending.format {
            Some(format) => settle(format, &frame, pending.first_bytes, receiver),
            // The wrapper's stamp makes a record even of a line that no format knows.
            None => {
                receiver.reading("");
                receiver.log(&plain_record(&frame), &frame);
                receiver.tally(LineClass::Record, pending.first_bytes);
            }
        }
        receiver.wrapped(&Wrapped::default());
    }
}

/// A record of which only the text is known; its wrapper gives the time.
fn plain_record<'a>(frame: &Frame<'a>) -> crate::model::LogRecord<'a> {
    crate::model::LogRecord { body: Cow::Borrowed(frame.text), ..Default::default() }
}
