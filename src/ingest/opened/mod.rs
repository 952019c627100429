//! Binary files that hold a text or a table: opened here and read on as the text they hold.
//!
//! A Word or OpenDocument text becomes a page with one paragraph or table row on each line, so that a
//! line number is the number of the paragraph. A Parquet or Arrow table becomes lines with one row on
//! each, under a header line. What reads them then is what reads such a page or such lines anyway.

mod ipc;
mod office;
mod table;

use std::io::{Cursor, Read};

use crate::model::{Diagnostic, FormatUse};

/// Largest file that is opened, bytes.
const LIMIT: u64 = 512 << 20;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip that may be a Word or OpenDocument text.
    Office,
    /// Parquet.
    Parquet,
    /// Arrow IPC, file or stream.
    Arrow,
}

/// A file taken apart.
pub(super) struct Opened {
    /// The text that it holds.
    pub(super) text: Box<dyn Read>,
    /// The format that must read it; `None` lets the text speak.
    pub(super) format: Option<&'static str>,
    /// What was opened.
    pub(super) wrapper: FormatUse,
    /// What could not be taken along.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Why a file could not be opened: what was found, and what to do.
pub(super) struct Closed {
    /// `expected X, found Y`.
    pub(super) message: String,
    /// The export to make instead.
    pub(super) hint: &'static str,
}

/// The kind of file that starts with `head`.
pub(super) fn kind(head: &[u8]) -> Option<Kind> {
    match head {
        [b'P', b'A', b'R', b'1', ..] => Some(Kind::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', 0, 0, ..] => Some(Kind::Arrow),
        // A stream has no mark: a continuation marker, then the length of a schema message.
        [0xff, 0xff, 0xff, 0xff, low, high, 0, 0, ..] if (*low, *high) != (0, 0) => Some(Kind::Arrow),
        [b'P', b'K', 3, 4, ..] => Some(Kind::Office),
        _ => None,
    }
}

/// Opens the file at `path` that begins with `head`. `None` when it is none of those read here; what was
/// taken from `rest` then stands behind `head`.
pub(super) fn open(kind: Kind, path: &str, head: &mut Vec<u8>, rest: &mut dyn Read) -> Option<Result<Opened, Closed>> {
    // An error of the stream leaves a file that cannot be opened: that is said.
    let _ = rest.take(LIMIT).read_to_end(head);
    match kind {
        Kind::Office => office::open(head),
        Kind::Parquet => Some(table::parquet(path, std::mem::take(head))),
        Kind::Arrow => Some(table::arrow(path, std::mem::take(head))),
    }
}

/// What was opened, for the list of formats that read a source.
fn wrapper(name: &str, reason: impl Into<String>) -> FormatUse {
    FormatUse { name: name.to_string(), reason: reason.into(), score: 100 }
}

/// A text held in memory.
fn held(text: String) -> Box<dyn Read> {
    Box::new(Cursor::new(text.into_bytes()))
}
