//! Formats: how one frame of text becomes records.
//!
//! A format does no IO, sees one source at a time, and never decides a zone. It recognises what is
//! its own ([`Format::shape`]) and hands records to a [`Sink`]; framing, provenance, accounting and
//! folding belong to `ingest`. Adding one is a file, a line in its family's slice, and a case
//! folder under `tests/formats`.

pub mod alerts;
mod ascii;
pub mod bind;
pub mod changes;
pub mod chat;
#[cfg(test)]
mod collect;
pub mod detect;
mod entities;
pub mod envelope;
pub mod exports;
pub mod fields;
mod html_text;
pub mod json_elements;
mod json_value;
pub mod lines;
pub mod logs;
pub mod metrics;
pub mod otlp;
pub mod prose;
pub mod status;
pub mod tables;
pub mod timestamp;
pub mod traces;
mod xml_elements;
mod yaml;

use std::borrow::Cow;

use crate::model::{Claim, Diagnostic, Event, Exemplar, LogRecord, RawTime, Sample, Span};

/// Every built-in format by family, specific before generic inside a family.
pub static FAMILIES: &[&[&dyn Format]] = &[
    envelope::FORMATS,
    alerts::FORMATS,
    chat::FORMATS,
    changes::FORMATS,
    status::FORMATS,
    otlp::FORMATS,
    traces::FORMATS,
    metrics::FORMATS,
    tables::FORMATS,
    logs::FORMATS,
    prose::FORMATS,
];

/// All built-in formats in detection order, the definitions of `exports/` and `lines/` included.
pub fn all() -> impl Iterator<Item = &'static dyn Format> {
    let coded = FAMILIES.iter().flat_map(|family| family.iter().copied());
    let exports = exports::builtin().iter().map(|export| export as &dyn Format);
    coded.chain(exports).chain(lines::builtin().iter().map(|definition| definition as &dyn Format))
}

/// A built-in format by name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    all().find(|f| f.name() == name)
}

/// One format: its names, and the shape it reads.
pub trait Format: Sync {
    /// Registered name: file name = type name = case folder.
    fn name(&self) -> &str;
    /// One line for `recount formats`: what writes it.
    fn title(&self) -> &str;
    /// Inputs that must be detected as this format and no other.
    fn samples(&self) -> Vec<&str>;
    /// How it reads.
    fn shape(&self) -> Shape<'_>;

    /// The same format made for one source, when it has to learn something from its beginning first
    /// (the columns of a header, which stamp begins a record, which key holds the time). The bound
    /// format has the same name and takes this one's place for the whole source. `None` when there
    /// is nothing to learn.
    fn bind(&self, sample: &bind::Sample<'_>) -> Option<Box<dyn Format>> {
        let _ = sample;
        None
    }
}

/// The three ways a format can read.
pub enum Shape<'f> {
    /// Record by record, streaming, several formats in one file.
    Lines(&'f dyn LineFormat),
    /// The whole file at once (JSON documents, tables with a header, prose).
    Document(&'f dyn DocumentFormat),
    /// A wrapper around lines of another format.
    Envelope(&'f dyn Envelope),
}

/// A format read record by record.
pub trait LineFormat: Sync {
    /// Whether `line` (no line end, colours stripped) begins a record of this format. Must be cheap
    /// and strict: a wrong claim is worse than none.
    fn starts(&self, line: &str) -> bool;

    /// Whether a line that begins with the byte `first` may begin a record of this format: a no spares
    /// asking [`LineFormat::starts`] of every such line.
    fn may_start(&self, first: u8) -> bool {
        let _ = first;
        true
    }

    /// Decodes one record into `sink`.
    ///
    /// # Errors
    /// A [`Fault`] when the frame began like a record but is none; it is then counted as rejected.
    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault>;

    /// Decodes the single line `frame` if it begins a record of this format and is no heading; `None`
    /// when it is not, and nothing was handed over. The same as [`LineFormat::starts`] and
    /// [`LineFormat::decode`], for formats that need not look twice.
    fn decode_own(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Option<Result<(), Fault>> {
        (self.starts(frame.text) && !self.heading(frame.text)).then(|| self.decode(frame, sink))
    }

    /// Whether lines that begin no record belong to the record above (stack traces).
    fn multiline(&self) -> bool {
        false
    }

    /// Whether a line that [`LineFormat::starts`] claims is structure (a header, a directive) and no
    /// record: it counts as blank and is not decoded.
    fn heading(&self, _line: &str) -> bool {
        false
    }

    /// Told of each stretch of the source before any of it is decoded, in file order: `text` begins at
    /// byte `offset`. A bound format takes note of headers that change what the lines below them mean;
    /// which one holds for a frame follows from the frame's place, never from the order of decoding.
    fn preview(&self, _text: &str, _offset: u64) {}

    /// Whether a record that has only `line` so far takes the next line too, even if that looks like
    /// a beginning (a rule or a title above the stamp).
    fn opens(&self, line: &str) -> bool {
        let _ = line;
        false
    }

    /// Whether `line` begins a record although it looks like the continuation of one: blanks stand before all records.
    fn begins_indented(&self, line: &str) -> bool {
        let _ = line;
        false
    }

    /// Whether `line` closes a record of this format, so that no other may claim it (`End-Date: ...`).
    fn ends(&self, line: &str) -> bool {
        let _ = line;
        false
    }

    /// How much this format knows about the line, for ranking when several claim it:
    /// 90 a named writer with a fixed layout, 60 a family of writers, 30 generic.
    fn specificity(&self) -> u8;

    /// The highest score (percent) a source can get from this format alone; below 100 for a format
    /// that had to guess, so that a document with better witnesses wins.
    fn certainty(&self) -> u8 {
        100
    }

    /// What was guessed about the source, to be shown with the choice.
    fn guess(&self) -> Option<&str> {
        None
    }
}

/// A format that needs the whole file.
pub trait DocumentFormat: Sync {
    /// Whether the file is of this format, from its beginning.
    fn detect(&self, head: &Head<'_>) -> Option<Claimed>;

    /// The highest score it claims a file with. Formats that guess state theirs: where lines are sure
    /// they need not be asked.
    fn ceiling(&self) -> u8 {
        100
    }

    /// Reads the file into `sink`. Every element is accounted with [`Sink::account`] or
    /// [`Sink::reject`]; bytes are settled by the caller.
    ///
    /// # Errors
    /// A [`Fault`] when nothing of it can be read; what was handed to the sink before stays.
    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault>;
}

/// A wrapper that puts a prefix or an object around every line.
pub trait Envelope: Sync {
    /// Takes the wrapper off, or `None` when the line is not wrapped this way.
    fn peel<'a>(&self, line: &'a str) -> Option<Peeled<'a>>;
}

/// What a format sees of a source when asked whether it is its own.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Path inside the bundle; a hint that may break ties, never evidence by itself.
    pub path: &'a str,
    /// The first bytes, decoded, cut at a line end unless `complete`.
    pub text: &'a str,
    /// Whether `text` is the whole file.
    pub complete: bool,
    /// When the file was last written, in seconds since 1970: tells which of two days a date means.
    pub modified_s: Option<i64>,
}

/// A document format's claim on a source.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// 0 to 100; two independent structural witnesses are worth 90 and more, one is "probable" (60),
    /// a reading of last resort 10.
    pub score: u8,
    /// What was recognised.
    pub reason: String,
}

impl Claimed {
    /// A claim with its reason.
    pub fn new(score: u8, reason: impl Into<String>) -> Option<Claimed> {
        Some(Claimed { score, reason: reason.into() })
    }
}

/// A wrapped line taken apart.
#[derive(Clone, Debug)]
pub struct Peeled<'a> {
    /// The line inside.
    pub inner: Cow<'a, str>,
    /// The wrapper's stamp: when the line was read, not when it happened.
    pub observed: Option<RawTime>,
    /// Service, container or pod the wrapper names.
    pub service: Option<Cow<'a, str>>,
    /// Stream the line belongs to: continuation lines are joined within one.
    pub stream: Option<Cow<'a, str>>,
    /// The line goes on in the next one of the same stream.
    pub partial: bool,
}

/// The text of one record and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The text; several lines when continuation lines belong to it.
    pub text: &'a str,
    /// Where it stands in the source.
    pub span: Span,
}

impl Frame<'_> {
    /// The frame kept as evidence.
    pub fn exemplar(&self) -> Exemplar {
        Exemplar::new(self.span, self.text)
    }

    /// The first line.
    pub fn first_line(&self) -> &str {
        let end = memchr::memchr(b'\n', self.text.as_bytes()).unwrap_or(self.text.len());
        let line = self.text.get(..end).unwrap_or("");
        line.strip_suffix('\r').filter(|_| end < self.text.len()).unwrap_or(line)
    }
}

/// A whole file in memory, with places of its parts.
pub struct Document<'a> {
    /// Path inside the bundle.
    pub path: &'a str,
    /// The decoded text.
    pub text: &'a str,
    /// When the file was last written, in seconds since 1970.
    pub modified_s: Option<i64>,
    /// Byte offsets of line starts.
    line_starts: Vec<usize>,
}

impl<'a> Document<'a> {
    /// Indexes the lines of `text`.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let line_starts =
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Document { path, text, modified_s: None, line_starts }
    }

    /// The frame of `part`, which must be a slice of [`Document::text`] (a borrowed
    /// `serde_json::value::RawValue`, for example); a string from elsewhere gets the whole
    /// document's place.
    pub fn frame<'t>(&self, part: &'t str) -> Frame<'t> {
        let base = self.text.as_ptr() as usize;
        let at = (part.as_ptr() as usize).wrapping_sub(base);
        if at > self.text.len() || at + part.len() > self.text.len() {
            return Frame { text: part, span: self.span(0, self.text.len()) };
        }
        Frame { text: part, span: self.span(at, part.len()) }
    }

    /// The place of `len` bytes at byte `at`.
    pub fn span(&self, at: usize, len: usize) -> Span {
        let line_of = |offset: usize| self.line_starts.partition_point(|start| *start <= offset).max(1);
        let first = line_of(at);
        let last = line_of((at + len).saturating_sub(1).max(at));
        Span {
            line: first as u64,
            lines: (last - first + 1) as u32,
            offset: at as u64,
            len: u32::try_from(len).unwrap_or(u32::MAX),
        }
    }

    /// Lines with their frames, line ends stripped.
    pub fn lines(&self) -> impl Iterator<Item = Frame<'a>> + '_ {
        self.text.split_inclusive('\n').enumerate().map(|(i, raw)| Frame {
            text: raw.trim_end_matches(['\n', '\r']),
            span: Span {
                line: i as u64 + 1,
                lines: 1,
                offset: self.line_starts[i] as u64,
                len: u32::try_from(raw.len()).unwrap_or(u32::MAX),
            },
        })
    }
}

/// Why a frame could not be decoded. Reasons are few and fixed, since frames are counted by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `expected X, found Y`, without values that differ from frame to frame.
    pub reason: Cow<'static, str>,
}

impl Fault {
    /// A fault with its reason.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Fault {
        Fault { reason: reason.into() }
    }
}

/// Which class of law 1 a document element falls in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameClass {
    /// It gave at least one record.
    Record,
    /// Structure, headers, comments, or content that states nothing timed or counted.
    Blank,
}

/// Where formats put what they read.
pub trait Sink {
    /// A log record.
    fn log(&mut self, record: &LogRecord<'_>, frame: &Frame<'_>);
    /// A metric point.
    fn sample(&mut self, sample: &Sample<'_>, frame: &Frame<'_>);
    /// An event.
    fn event(&mut self, event: Event<RawTime>);
    /// A claim.
    fn claim(&mut self, claim: Claim<RawTime>);
    /// An observed call from one service to another.
    fn call(&mut self, caller: &str, callee: &str, frame: &Frame<'_>);
    /// A display name for an id used in this export.
    fn person(&mut self, id: &str, name: &str);
    /// A zone the text itself states for its zone-less stamps (`UTC`, `-07:00`, `Europe/Paris`).
    fn zone_note(&mut self, zone: &str, frame: &Frame<'_>);
    /// Something to know about the input; `path` is filled in by the caller.
    fn diagnostic(&mut self, diagnostic: Diagnostic);
    /// Accounts one element of a document.
    fn account(&mut self, class: FrameClass, frame: &Frame<'_>);
    /// Accounts one element of a document that could not be decoded.
    fn reject(&mut self, reason: &str, frame: &Frame<'_>);
}
