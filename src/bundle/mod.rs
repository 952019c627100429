//! Which files there are: folders, single files, stdin, and archives streamed in any nesting.

use std::io::Read;
use std::path::PathBuf;

use crate::error::Result;
use crate::model::Diagnostic;

/// What was given on the command line, opened.
pub struct Bundle {
    /// A name for titles and output folders: the last path component without archive endings.
    pub name: String,
    /// Folder the bundle lives in, when it is one (where `recount.toml` may stand).
    pub root: Option<PathBuf>,
    /// Files in path order; archives are one entry each.
    pub entries: Vec<Entry>,
    /// Things in the given paths that are not files and were not followed (sockets, link loops).
    pub refused: Vec<Diagnostic>,
}

/// A file on disk, or standard input. It may hold many members.
pub struct Entry {
    /// Path inside the bundle, `/` separated.
    pub path: String,
    /// Size on disk in bytes, 0 when unknown.
    pub size: u64,
}

/// One innermost file: a plain file, or a member of an archive, decompressed.
pub struct Member<'a> {
    /// Path inside the bundle (`logs.tar.gz!app/kv.log`).
    pub path: String,
    /// Modification time, s since 1970, where the container keeps one.
    pub modified_s: Option<i64>,
    /// Decompressed bytes. An `Err` from it means the compressed stream is damaged or over a limit:
    /// what was read before is good.
    pub reader: &'a mut dyn Read,
}

/// Limits that keep a bomb from hurting.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Archives inside archives.
    pub depth: u32,
    /// Members of one archive.
    pub members: u64,
    /// Decompressed bytes for each compressed byte, once past a megabyte.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 6, members: 200_000, ratio: 2_000 }
    }
}

/// Finds the files of `paths` (`-` is standard input).
///
/// # Errors
/// [`crate::error::Error::Open`] when a path given does not exist or cannot be listed.
pub fn open(_paths: &[PathBuf]) -> Result<Bundle> {
    Ok(Bundle { name: String::new(), root: None, entries: Vec::new(), refused: Vec::new() })
}

impl Entry {
    /// Visits every innermost file of this entry in a fixed order.
    ///
    /// Damage (a cut archive, a limit) comes back as diagnostics; members before it were visited.
    pub fn visit(&self, _limits: &Limits, _visitor: &mut dyn FnMut(Member<'_>)) -> Vec<Diagnostic> {
        Vec::new()
    }
}

/// A kind of file that is refused by name.
pub struct Refusal {
    /// What it is.
    pub name: String,
    /// What to bring instead.
    pub instead: String,
}

/// Whether a file that begins with `head` is of a kind that cannot be read.
pub fn refusal(_head: &[u8]) -> Option<Refusal> {
    None
}
