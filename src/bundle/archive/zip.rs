//! Zip: by the directory at its end where it can be reached, members in byte order of name.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use ::zip::result::ZipError;
use ::zip::{CompressionMethod, ExtraField, ZipArchive};

use super::super::decompress::Guard;
use super::super::fault::{StreamFault, diagnose};
use super::super::names::{Distinct, clean};
use super::super::refusal::OFFICE;
use super::super::stream::Peeked;
use super::super::visit::{Place, Visit};
use super::zip_walk;
use crate::model::{Diagnostic, DiagnosticKind};

/// A zip inside a stream is held in memory up to this size; a larger one is read by the headers
/// of its members.
pub(in super::super) const SPOOL: u64 = 64 << 20;

/// Size of the end record, and the longest comment after it.
const END_RECORD: usize = 22;
const LONGEST_COMMENT: u64 = 65_535;

/// Visits the members of a zip that cannot be seeked in, holding up to `spool` bytes.
pub(in super::super) fn in_stream(visit: &mut Visit<'_>, place: &Place, source: &mut dyn Read, spool: u64) {
    let mut peeked = Peeked::new(source, spool);
    let mut lost = None;
    if peeked.ended() {
        match by_directory(visit, place, &mut Cursor::new(peeked.head())) {
            Ok(()) => return,
            Err(problem) => lost = Some(problem),
        }
    }
    by_headers(visit, place, &mut peeked, lost);
}

/// Visits the members of a zip on disk.
pub(in super::super) fn on_disk<R: Read + Seek>(visit: &mut Visit<'_>, place: &Place, file: &mut R) {
    let lost = match by_directory(visit, place, file) {
        Ok(()) => return,
        Err(problem) => problem,
    };
    match file.rewind() {
        Ok(()) => by_headers(visit, place, file, Some(lost)),
        Err(error) => visit.broken(place, 0, diagnose(&error, "")),
    }
}

/// Why the directory cannot be used.
enum Lost {
    /// It is not there, or not whole.
    Unreadable(String),
    /// It names more members than are read.
    TooLong,
}

fn by_headers(visit: &mut Visit<'_>, place: &Place, source: &mut dyn Read, lost: Option<Lost>) {
    let (seen, outcome) = zip_walk::members(visit, place, &mut BufReader::new(source));
    match (lost, outcome) {
        (Some(Lost::Unreadable(problem)), _) => {
            let message = format!("expected a zip directory at the end, found none ({problem})");
            let diagnostic = Diagnostic::new(DiagnosticKind::Truncated, "", message)
                .hint("members were read by their own headers; fetch the file again for the rest");
            visit.broken(place, seen, diagnostic);
        }
        (_, Err(error)) => visit.broken(place, seen, diagnose(&error, "")),
        (_, Ok(())) => {}
    }
}

fn by_directory<R: Read + Seek>(visit: &mut Visit<'_>, place: &Place, file: &mut R) -> Result<(), Lost> {
    if stated_members(file).is_ok_and(|stated| stated > visit.limits.members) {
        return Err(Lost::TooLong);
    }
    let mut archive = ZipArchive::new(file).map_err(|error| Lost::Unreadable(error.to_string()))?;
    let mut order: Vec<(Vec<u8>, usize)> = (0..archive.len())
        .filter_map(|index| Some((archive.by_index_data(index).ok()?.name_raw().to_vec(), index)))
        .collect();
    order.sort();
    if order.iter().any(|(name, _)| name == b"[Content_Types].xml") {
        visit.notes.push(OFFICE.diagnostic(&place.path));
        return Ok(());
    }
    if archive.has_duplicate_names() {
        let message = "expected each member name once, found some repeated; the last of each was read";
        visit.notes.push(Diagnostic::new(DiagnosticKind::Hostile, place.path.clone(), message));
    }
    let mut names = Distinct::default();
    for (seen, (raw, index)) in (0..).zip(&order) {
        if !visit.may_go_on(place, seen) {
            break;
        }
        if let Err(problem) = member(visit, place, &mut archive, raw, *index, &mut names) {
            visit.notes.push(not_read(place, raw, problem));
        }
    }
    Ok(())
}

fn member<R: Read + Seek>(
    visit: &mut Visit<'_>,
    place: &Place,
    archive: &mut ZipArchive<R>,
    raw: &[u8],
    index: usize,
    names: &mut Distinct,
) -> Result<(), Unread> {
    let data = archive.by_index_data(index)?;
    if data.is_dir() {
        return Ok(());
    }
    if data.is_symlink() {
        visit.leave_out(place, "expected files, found links to other names, left out", raw);
        return Ok(());
    }
    let Some(name) = visit.admit(place, raw, names) else { return Ok(()) };
    let method = data.compression();
    if data.encrypted() {
        return Err(Unread::Encrypted);
    }
    if method != CompressionMethod::STORE && method != CompressionMethod::DEFLATE && !self_describing(method) {
        return Err(Unread::Method(method.to_string()));
    }
    let taken = Rc::new(Cell::new(data.compressed_size()));
    let mut file = if self_describing(method) { archive.by_index_raw(index)? } else { archive.by_index(index)? };
    let place = place.member(&name, modified_s(file.extra_data_fields()));
    let budget = Rc::clone(&visit.budget);
    visit.stream(&place, &mut Guard::new(Box::new(&mut file), "zip", taken, &budget));
    Ok(())
}

/// Whether a member of this method is a stream that tells by its own first bytes what it is, so
/// that it can be passed on as it lies there.
fn self_describing(method: CompressionMethod) -> bool {
    method == CompressionMethod::BZIP2 || method == CompressionMethod::ZSTD || method == CompressionMethod::XZ
}

/// Modification time in UTC, which only the Unix extra field has; the plain field is local time
/// of a zone nobody wrote down.
fn modified_s<'a>(mut fields: impl Iterator<Item = &'a ExtraField>) -> Option<i64> {
    fields.find_map(|field| match field {
        ExtraField::ExtendedTimestamp(stamp) => stamp.mod_time().map(i64::from),
        _ => None,
    })
}

/// Why a member that the archive lists cannot be opened.
pub(super) enum Unread {
    /// A password is needed.
    Encrypted,
    /// Its compression is none of ours; name or number.
    Method(String),
    /// Its headers make no sense.
    Damaged(ZipError),
}

impl From<ZipError> for Unread {
    fn from(error: ZipError) -> Self {
        Unread::Damaged(error)
    }
}

/// The diagnostic for a member that cannot be opened.
pub(super) fn not_read(place: &Place, raw: &[u8], problem: Unread) -> Diagnostic {
    let path = place.member(&clean(raw).path, None).path;
    let message = match problem {
        Unread::Encrypted => "expected a readable member, found an encrypted one".to_owned(),
        Unread::Method(method) => format!("expected deflate, bzip2, zstd or xz, found zip compression `{method}`"),
        Unread::Damaged(ZipError::Io(error)) => {
            return diagnose(&StreamFault::classify("zip", &error).into(), &path);
        }
        Unread::Damaged(other) => format!("expected a readable member, found {other}"),
    };
    Diagnostic::new(DiagnosticKind::NotRead, path, message).hint("unpack it and give the files instead")
}

/// Members that the end record states, before memory is spent on them.
fn stated_members<R: Read + Seek>(file: &mut R) -> io::Result<u64> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(LONGEST_COMMENT + END_RECORD as u64 + 20);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    (&mut *file).take(LONGEST_COMMENT * 2).read_to_end(&mut tail)?;
    let found = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
    let Some(record) = found.and_then(|at| Some((at, tail.get(at..at + END_RECORD)?))) else { return Ok(0) };
    match record.1.get(10..12) {
        Some(&[0xff, 0xff]) => long_count(file, tail.get(record.0.saturating_sub(20)..record.0).unwrap_or_default()),
        Some(&[low, high]) => Ok(u64::from(u16::from_le_bytes([low, high]))),
        _ => Ok(0),
    }
}

/// The count in the 64-bit end record that `locator` points to.
fn long_count<R: Read + Seek>(file: &mut R, locator: &[u8]) -> io::Result<u64> {
    let place = match locator {
        [b'P', b'K', 6, 7, _, _, _, _, place @ ..] => place.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)),
        _ => None,
    };
    let Some(place) = place else { return Ok(u64::from(u16::MAX)) };
    file.seek(SeekFrom::Start(place.saturating_add(32)))?;
    let mut count = [0; 8];
    file.read_exact(&mut count)?;
    Ok(u64::from_le_bytes(count))
}
