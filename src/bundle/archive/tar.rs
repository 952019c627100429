//! Tar: members in the order of the archive; long names and pax headers by the `tar` crate.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use ::tar::{Archive, Entry, EntryType};

use super::super::decompress::Guard;
use super::super::fault::{StreamFault, diagnose};
use super::super::names::{Distinct, clean};
use super::super::stream::{Exact, drain};
use super::super::visit::{Place, Visit};
use super::BLOCK;
use crate::model::DiagnosticKind;

/// Bytes between two members: padding, headers, long names. A longer "name" is an attack on memory.
const BETWEEN: u64 = 4 << 20;

/// Visits the members of the tar in `source`.
pub(in super::super) fn members(visit: &mut Visit<'_>, place: &Place, source: &mut dyn Read) {
    let meter = Meter::default();
    let mut archive = Archive::new(Metered { inner: source, meter: meter.clone() });
    // tars may be concatenated; what follows the end mark is read, not ignored
    archive.set_ignore_zeros(true);
    let mut names = Distinct::default();
    let mut seen = 0;
    let outcome = archive.entries().and_then(|mut entries| {
        loop {
            meter.start(BETWEEN);
            let Some(next) = entries.next() else { break };
            let mut entry = next?;
            if !visit.may_go_on(place, seen) {
                return Ok(());
            }
            meter.stop();
            seen += 1;
            member(visit, place, &mut entry, &mut names)?;
        }
        // two blocks of zeros end a tar; padding of the last member is shorter than one
        if meter.read.get() < BLOCK as u64 { Err(StreamFault::Truncated { format: "tar" }.into()) } else { Ok(()) }
    });
    if let Err(error) = outcome {
        let fault = StreamFault::classify("tar", &as_cut(error));
        visit.broken(place, seen, diagnose(&fault.into(), ""));
    }
}

fn member<R: Read>(
    visit: &mut Visit<'_>,
    place: &Place,
    entry: &mut Entry<'_, R>,
    names: &mut Distinct,
) -> io::Result<()> {
    let raw = entry.path_bytes().into_owned();
    let kind = entry.header().entry_type();
    let length = entry.size();
    let modified = entry.header().mtime().ok().and_then(|time| i64::try_from(time).ok()).filter(|&time| time != 0);
    let file = is_file(kind) && !raw.ends_with(b"/");
    if !file {
        if let Some(reason) = not_a_file(kind) {
            visit.leave_out(place, reason, &raw);
        }
        return drain(entry).map(drop);
    }
    if sparse_map_in_data(entry) {
        visit.notes.gather(
            DiagnosticKind::NotRead,
            &place.path,
            "expected plain members, found sparse ones in pax form",
            &clean(&raw).path,
            "pack them again without `--sparse`, or with `--format=gnu`",
        );
        return drain(entry).map(drop);
    }
    let budget = Rc::clone(&visit.budget);
    let mut exact: Box<dyn Read + '_> = Box::new(Exact::new(entry, length, "tar"));
    if kind.is_gnu_sparse() {
        // holes cost no input: their zeros count as decompressed, against the whole file given
        exact = Box::new(Guard::new(exact, "tar", Rc::new(Cell::new(u64::MAX)), &budget));
    }
    if let Some(name) = visit.admit(place, &raw, names) {
        visit.stream(&place.member(&name, modified), &mut exact);
    }
    drain(&mut exact).map(drop)
}

fn is_file(kind: EntryType) -> bool {
    kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()
}

/// Whether the data starts with a map of holes, which only pax headers tell.
fn sparse_map_in_data<R: Read>(entry: &mut Entry<'_, R>) -> bool {
    let Ok(Some(extensions)) = entry.pax_extensions() else { return false };
    extensions.flatten().any(|extension| extension.key_bytes().starts_with(b"GNU.sparse."))
}

/// How to name a member without content of its own; `None` for folders and headers.
fn not_a_file(kind: EntryType) -> Option<&'static str> {
    if kind.is_symlink() || kind.is_hard_link() {
        Some("expected files, found links to other names, left out")
    } else if kind.is_dir() || kind.is_file() || kind.is_pax_global_extensions() {
        None
    } else {
        Some("expected files, found devices, pipes or unknown members, left out")
    }
}

/// The `tar` crate says "failed to read" where a stream ends early.
fn as_cut(error: io::Error) -> io::Error {
    let text = error.to_string();
    let cut = text.contains("unexpected EOF")
        || text.contains("failed to read entire block")
        || text.contains("no future member found");
    if cut && StreamFault::of(&error).is_none() { StreamFault::Truncated { format: "tar" }.into() } else { error }
}

/// What is read since the last start, and how much may be.
#[derive(Clone, Default)]
struct Meter {
    read: Rc<Cell<u64>>,
    allowed: Rc<Cell<Option<u64>>>,
}

impl Meter {
    fn start(&self, allowed: u64) {
        self.read.set(0);
        self.allowed.set(Some(allowed));
    }

    fn stop(&self) {
        self.allowed.set(None);
    }
}

struct Metered<'a> {
    inner: &'a mut dyn Read,
    meter: Meter,
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let total = self.meter.read.get().saturating_add(read as u64);
        self.meter.read.set(total);
        if self.meter.allowed.get().is_some_and(|allowed| total > allowed) {
            let message = format!("more than {BETWEEN} bytes between two members");
            return Err(StreamFault::Damaged { format: "tar", message }.into());
        }
        Ok(read)
    }
}
