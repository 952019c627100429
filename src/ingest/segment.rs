//! Cutting a stream into segments that can be folded apart.
//!
//! A segment ends at the first record start after a fixed number of bytes. Where that is depends
//! on the file alone, so the cuts, and everything folded from them, are the same on any machine.

use std::io::Read;
use std::sync::Mutex;

use super::decode::to_text;
use crate::model::Span;

/// Bytes after which a segment ends at the next record start.
const TARGET: usize = 1 << 20;
/// Room for what is read beyond it.
const SLACK: usize = 128 * 1024;
/// Bytes at which a segment ends at the next line end, record start or not.
const LIMIT: usize = 4 << 20;
/// Longest line; longer ones are cut here and the pieces rejected.
const LINE_LIMIT: usize = 64 << 20;

/// A piece of a source: whole lines, beginning with a record.
pub struct Segment {
    /// Decoded text.
    pub text: String,
    /// Number of its first line.
    pub first_line: u64,
    /// Byte offset of its first byte in the decoded source.
    pub offset: u64,
    /// Lines that were not UTF-8.
    pub foreign: u64,
    /// Whether it holds no carriage return, NUL or escape: its lines are as every reader sees them.
    pub plain: bool,
}

impl Segment {
    /// The place of bytes `start..end` of this segment, which begin on line `line`.
    pub fn span(&self, start: usize, end: usize, line: u64, lines: u32) -> Span {
        Span { line, lines, offset: self.offset + start as u64, len: u32::try_from(end - start).unwrap_or(u32::MAX) }
    }
}

/// Buffers kept for segments to come, of whatever file.
const SPARE: usize = 10;

/// Buffers of segments that are done with. Memory that was used before need neither be cleared nor
/// mapped again.
static BUFFERS: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer of a segment that is done with; its bytes are of no meaning.
fn spare() -> Vec<u8> {
    BUFFERS.lock().ok().and_then(|mut buffers| buffers.pop()).unwrap_or_default()
}

/// Keeps the buffer of a segment that is done with, for one to come.
pub fn reuse(segment: Segment) {
    if let Ok(mut buffers) = BUFFERS.lock()
        && buffers.len() < SPARE
        && segment.text.capacity() <= 2 * TARGET
    {
        buffers.push(segment.text.into_bytes());
    }
}

/// Reads segments one after the other.
pub struct Segmenter<R> {
    reader: R,
    /// What was read, in its first `filled` bytes; the rest is room.
    carry: Vec<u8>,
    filled: usize,
    line: u64,
    /// Number and text of the last line so far that is not blank.
    pub last_line: (u64, String),
    offset: u64,
    ended: bool,
    /// The error that ended the stream early, if any.
    pub damage: Option<std::io::Error>,
}

impl<R: Read> Segmenter<R> {
    /// Segments of `head` followed by `reader`.
    pub fn new(head: Vec<u8>, reader: R) -> Self {
        let filled = head.len();
        Segmenter {
            reader,
            carry: head,
            filled,
            line: 1,
            last_line: Default::default(),
            offset: 0,
            ended: false,
            damage: None,
        }
    }

    /// The next segment; `starts` says whether a record begins at a line.
    pub fn next(&mut self, starts: &dyn Fn(&str) -> bool) -> Option<Segment> {
        // Room for the record that begins before the target and ends behind it.
        let mut wanted = TARGET + SLACK - 1;
        loop {
            self.fill(wanted + 1);
            if self.filled == 0 {
                return None;
            }
            if self.ended && self.filled <= wanted {
                return Some(self.take(self.filled));
            }
            if let Some(at) = self.cut(wanted, starts) {
                return Some(self.take(at));
            }
            if self.ended {
                return Some(self.take(self.filled));
            }
            wanted = (wanted * 2).min(LINE_LIMIT);
        }
    }

    /// Reads until `bytes` are there or the stream ends.
    fn fill(&mut self, bytes: usize) {
        while self.filled < bytes && !self.ended {
            if self.carry.len() == self.filled {
                // A small file needs no big buffer.
                let room = bytes.max(TARGET + SLACK);
                self.carry.resize((self.filled * 4).clamp(self.filled + SLACK, room.max(self.filled + SLACK)), 0);
            }
            match self.reader.read(&mut self.carry[self.filled..]) {
                Ok(n) => {
                    self.filled += n;
                    self.ended = n == 0;
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.ended = true;
                    self.damage = Some(e);
                }
            }
        }
    }

    /// Where to cut: the first record start at or after [`TARGET`], else the last line end before
    /// [`LIMIT`], else (one enormous line) the limit of lines. `None` asks for more bytes.
    fn cut(&self, have: usize, starts: &dyn Fn(&str) -> bool) -> Option<usize> {
        let bytes = &self.carry[..have.min(self.filled)];
        let mut at = TARGET + memchr::memchr(b'\n', bytes.get(TARGET..)?)? + 1;
        let first = at;
        while let Some(length) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            let line = String::from_utf8_lossy(&bytes[at..at + length]);
            if starts(line.trim_end_matches('\r')) {
                return Some(at);
            }
            at += length + 1;
            if at >= LIMIT {
                return Some(at);
            }
        }
        (have >= LIMIT).then_some(first).or((have >= LINE_LIMIT).then_some(have))
    }

    fn take(&mut self, bytes: usize) -> Segment {
        // What follows goes into another buffer; one that was used before need not be cleared.
        let last = self.ended && self.filled == bytes;
        let mut rest = if last { Vec::new() } else { spare() };
        if !last {
            rest.resize((TARGET + SLACK).max(self.filled - bytes), 0);
        }
        rest[..self.filled - bytes].copy_from_slice(&self.carry[bytes..self.filled]);
        self.filled -= bytes;
        let mut raw = std::mem::replace(&mut self.carry, rest);
        raw.truncate(bytes);
        let (text, foreign) = match String::from_utf8(raw) {
            Ok(text) => (text, 0),
            Err(e) => to_text(e.as_bytes()),
        };
        let plain = memchr::memchr3(b'\r', 0, 0x1b, text.as_bytes()).is_none();
        let segment = Segment { first_line: self.line, offset: self.offset, foreign, plain, text };
        self.line += memchr::memchr_iter(b'\n', segment.text.as_bytes()).count() as u64;
        self.offset += segment.text.len() as u64;
        let said = segment.text.trim_end();
        if !said.is_empty() {
            let behind = segment.text[said.len()..].bytes().filter(|byte| *byte == b'\n').count();
            self.last_line = (self.line - behind as u64, said.rsplit('\n').next().unwrap_or("").to_string());
        }
        segment
    }
}
