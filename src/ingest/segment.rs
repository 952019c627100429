//! Cutting a stream into segments that can be folded apart.
//!
//! A segment ends at the first record start after a fixed number of bytes. Where that is depends
//! on the file alone, so the cuts, and everything folded from them, are the same on any machine.

use std::io::Read;

use super::decode::to_text;
use crate::model::Span;

/// Bytes after which a segment ends at the next record start.
const TARGET: usize = 1 << 20;
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
}

impl Segment {
    /// The place of bytes `start..end` of this segment, which begin on line `line`.
    pub fn span(&self, start: usize, end: usize, line: u64, lines: u32) -> Span {
        Span { line, lines, offset: self.offset + start as u64, len: u32::try_from(end - start).unwrap_or(u32::MAX) }
    }
}

/// Reads segments one after the other.
pub struct Segmenter<R> {
    reader: R,
    carry: Vec<u8>,
    line: u64,
    offset: u64,
    ended: bool,
    /// The error that ended the stream early, if any.
    pub damage: Option<std::io::Error>,
}

impl<R: Read> Segmenter<R> {
    /// Segments of `head` followed by `reader`.
    pub fn new(head: Vec<u8>, reader: R) -> Self {
        Segmenter { reader, carry: head, line: 1, offset: 0, ended: false, damage: None }
    }

    /// The next segment; `starts` says whether a record begins at a line.
    pub fn next(&mut self, starts: &dyn Fn(&str) -> bool) -> Option<Segment> {
        let mut wanted = TARGET;
        loop {
            self.fill(wanted + 1);
            if self.carry.is_empty() {
                return None;
            }
            if self.ended && self.carry.len() <= wanted {
                return Some(self.take(self.carry.len()));
            }
            if let Some(at) = self.cut(wanted, starts) {
                return Some(self.take(at));
            }
            if self.ended {
                return Some(self.take(self.carry.len()));
            }
            wanted = (wanted * 2).min(LINE_LIMIT);
        }
    }

    /// Reads until `bytes` are there or the stream ends.
    fn fill(&mut self, bytes: usize) {
        while self.carry.len() < bytes && !self.ended {
            let have = self.carry.len();
            let more = (bytes - have).max(64 * 1024);
            self.carry.resize(have + more, 0);
            match self.reader.read(&mut self.carry[have..]) {
                Ok(n) => {
                    self.carry.truncate(have + n);
                    self.ended = n == 0;
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => self.carry.truncate(have),
                Err(e) => {
                    self.carry.truncate(have);
                    self.ended = true;
                    self.damage = Some(e);
                }
            }
        }
    }

    /// Where to cut: the first record start at or after [`TARGET`], else the last line end before
    /// [`LIMIT`], else (one enormous line) the limit of lines. `None` asks for more bytes.
    fn cut(&self, have: usize, starts: &dyn Fn(&str) -> bool) -> Option<usize> {
        let bytes = &self.carry[..have.min(self.carry.len())];
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
        let rest = self.carry.split_off(bytes);
        let raw = std::mem::replace(&mut self.carry, rest);
        let (text, foreign) = match String::from_utf8(raw) {
            Ok(text) => (text, 0),
            Err(e) => to_text(e.as_bytes()),
        };
        let segment = Segment { first_line: self.line, offset: self.offset, foreign, text };
        self.line += memchr::memchr_iter(b'\n', segment.text.as_bytes()).count() as u64;
        self.offset += segment.text.len() as u64;
        segment
    }
}
