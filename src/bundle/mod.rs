//! Which files there are: folders, single files, stdin, and archives streamed in any nesting.
//!
//! [`open`] answers which files there are, [`Entry::visit`] hands out the innermost files of one,
//! decompressed by their magic bytes, never by a name. Nothing is written to disk.
//!
//! Paths: `dir/kv.log` is a file; a compressed file keeps its path (`kv.log.gz`); a member stands
//! behind its archive (`logs.tar.gz!app/kv.log`), however deep (`all.zip!logs.tar.gz!app/kv.log.gz`).

mod archive;
mod decompress;
mod fault;
mod names;
mod notes;
mod refusal;
mod steering;
mod stream;
#[cfg(test)]
mod tests;
mod visit;
mod walk;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub use fault::{StreamFault, diagnose};
pub use refusal::{Refusal, refusal};
pub use steering::{Steering, SteeringText};

use crate::error::Result;
use crate::model::{Diagnostic, DiagnosticKind};
use steering::Steered;
use stream::{Steady, read_full};
use visit::{Depth, Place, Visit};

/// What was given on the command line, opened.
pub struct Bundle {
    /// A name for titles and output folders: the last path component without archive endings.
    pub name: String,
    /// What the bundle itself says of how to read it: `recount.toml`, `alignment.toml` and
    /// definitions in `formats/` at its root, wherever it comes from.
    pub steering: Steering,
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
    origin: Origin,
    /// It was named itself, not found in a folder.
    given: bool,
    steered: Steered,
}

/// Where the bytes of an entry come from.
enum Origin {
    Disk(PathBuf),
    Stdin(Spool),
}

/// The beginning of standard input, held so that it can be looked at before it is read.
struct Spool {
    head: Vec<u8>,
    /// The head is all there is.
    whole: bool,
}

impl Spool {
    /// Holds what tells archives, and of an archive or compressed stream up to `limit` bytes.
    fn fill(stdin: &mut dyn Read, limit: u64) -> Spool {
        let mut head = Vec::new();
        let mut hold = |wanted: u64| {
            let read = (&mut *stdin).take(wanted).read_to_end(&mut head);
            // an error comes again when the rest is read
            (read.is_ok_and(|read| (read as u64) < wanted), visit::is_container(&head))
        };
        let (mut whole, container) = hold(visit::HEAD);
        if container && !whole {
            (whole, _) = hold(limit);
        }
        Spool { head, whole }
    }
}

/// One innermost file: a plain file, or a member of an archive, decompressed.
pub struct Member<'a> {
    /// Path inside the bundle (`logs.tar.gz!app/kv.log`).
    pub path: String,
    /// Modification time, s since 1970, where the container keeps one. Zips keep it in UTC only if
    /// made on Unix; a local time without its zone is left out.
    pub modified_s: Option<i64>,
    /// Decompressed bytes. An `Err` from it means the compressed stream is damaged or over a limit:
    /// what was read before is good. [`diagnose`] turns it into a diagnostic.
    pub reader: &'a mut dyn Read,
}

/// Limits that keep a bomb from hurting.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Archives inside archives. A compression directly around a file or an archive is free, a
    /// compression inside a compression counts.
    pub depth: u32,
    /// Members of one archive.
    pub members: u64,
    /// Decompressed bytes for each compressed byte, once past a megabyte: of each stream, and of
    /// all streams of an entry together for each byte on disk.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 6, members: 200_000, ratio: 2_000 }
    }
}

/// Finds the files of `paths` (`-` is standard input).
///
/// A lone folder is the bundle's root. Of several paths each folder's files stand behind its last
/// component, with as many components more as it takes to tell the paths apart.
/// `recount.toml` and `alignment.toml` at the root of a folder or of an archive (inside the one folder
/// around everything, where there is one), and definitions in its `formats/`, steer the program and
/// are no evidence. Of several paths the first that holds any of them is the root.
///
/// An archive is therefore gone through twice: its list of members and those texts first. Of one on
/// standard input the first 64 MiB are held for that.
///
/// # Errors
/// [`crate::error::Error::Open`] when a path given does not exist or cannot be listed.
pub fn open(paths: &[PathBuf]) -> Result<Bundle> {
    walk::open(paths, &mut io::stdin().lock())
}

impl Entry {
    /// Whether it can be visited more than once: standard input cannot.
    pub fn again(&self) -> bool {
        matches!(self.origin, Origin::Disk(_))
    }

    /// Visits every innermost file of this entry in a fixed order: tar members as they stand, zip
    /// members in byte order of name.
    ///
    /// Damage (a cut archive, a limit) comes back as diagnostics; members before it were visited.
    /// A fault inside a member is told by the member's reader alone: whoever reads it reports it
    /// with [`diagnose`]. Formats of [`refusal()`] are visited like any file. Standard input can be
    /// visited once.
    pub fn visit(&self, limits: &Limits, visitor: &mut dyn FnMut(Member<'_>)) -> Vec<Diagnostic> {
        self.pass(limits, Depth::All, visitor)
    }

    /// Visits the members of the archive that this entry is, without opening archives among them or
    /// taking standard input away from a later visit.
    fn look_into(&self, limits: &Limits, visitor: &mut dyn FnMut(Member<'_>)) {
        self.pass(limits, Depth::Members, visitor);
    }

    fn pass(&self, limits: &Limits, depth: Depth, visitor: &mut dyn FnMut(Member<'_>)) -> Vec<Diagnostic> {
        let outcome = match &self.origin {
            Origin::Stdin(Spool { head, whole }) => {
                let head = Cursor::new(head);
                Ok(match (depth, whole) {
                    (Depth::All, false) => self.visit_stream(limits, depth, head.chain(io::stdin().lock()), visitor),
                    _ => self.visit_stream(limits, depth, head, visitor),
                })
            }
            Origin::Disk(path) => self.visit_disk(limits, depth, path, visitor),
        };
        outcome.unwrap_or_else(|error| {
            let message = format!("expected a readable file, found {error}");
            vec![Diagnostic::new(DiagnosticKind::NotRead, self.path.clone(), message)]
        })
    }

    /// The file on disk that this entry is, `None` for standard input.
    pub fn file(&self) -> Option<&Path> {
        match &self.origin {
            Origin::Disk(path) => Some(path),
            Origin::Stdin(_) => None,
        }
    }

    /// Whether only the beginning of the entry can be looked at without using it up.
    fn is_partly_held(&self) -> bool {
        matches!(self.origin, Origin::Stdin(Spool { whole: false, .. }))
    }

    fn visit_disk(
        &self,
        limits: &Limits,
        depth: Depth,
        path: &Path,
        visitor: &mut dyn FnMut(Member<'_>),
    ) -> io::Result<Vec<Diagnostic>> {
        let mut file = File::open(path)?;
        let data = file.metadata()?;
        if !data.is_file() {
            return Ok(self.visit_stream(limits, depth, file, visitor));
        }
        let place = Place::entry(self.path.clone(), modified_s(&data));
        let mut visit = Visit::new(limits, Some(data.len()), visitor).going(depth, &self.steered);
        let mut head = [0; 1024];
        let length = read_full(&mut file, &mut head).map_err(|(_, error)| error)?;
        let head = head.get(..length).unwrap_or_default();
        file.rewind()?;
        if archive::is_zip(head) && refusal(head).is_none() {
            if visit.may_open(&place) {
                archive::zip::on_disk(&mut visit, &place, &mut BufReader::new(file));
            }
        } else {
            visit.stream(&place, &mut Steady::new(file, Rc::default()));
        }
        Ok(visit.notes.finish())
    }

    fn visit_stream(
        &self,
        limits: &Limits,
        depth: Depth,
        source: impl Read,
        visitor: &mut dyn FnMut(Member<'_>),
    ) -> Vec<Diagnostic> {
        let mut visit = Visit::new(limits, None, visitor).going(depth, &self.steered);
        let mut source = Steady::new(source, Rc::clone(&visit.budget.read));
        visit.stream(&Place::entry(self.path.clone(), None), &mut source);
        visit.notes.finish()
    }
}

/// Modification time of a file, s since 1970. The only file time that is read.
fn modified_s(data: &std::fs::Metadata) -> Option<i64> {
    let modified = data.modified().ok()?;
    match modified.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}
