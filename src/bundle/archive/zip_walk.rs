//! Zip by the headers of its members: for archives whose directory is cut off or out of reach.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use super::super::decompress::{Guard, inflate};
use super::super::fault::StreamFault;
use super::super::names::Distinct;
use super::super::stream::drain;
use super::super::visit::{Place, Visit};
use super::zip::{Unread, not_read};

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// bzip2, zstd, xz: streams that tell by their own first bytes what they are.
const SELF_DESCRIBING: [u16; 3] = [12, 93, 95];

/// Extra fields that are read.
const ZIP64: u16 = 1;
const EXTENDED_TIMESTAMP: u16 = 0x5455;

/// The header before a member.
struct Header {
    name: Vec<u8>,
    method: u16,
    encrypted: bool,
    /// Compressed size, unless it stands after the data.
    compressed: Option<u64>,
    modified_s: Option<i64>,
}

/// Visits members until the directory or the end. Gives the number of members, and why it stopped
/// when it was not the directory.
pub(super) fn members(visit: &mut Visit<'_>, place: &Place, source: &mut dyn BufRead) -> (u64, io::Result<()>) {
    let mut names = Distinct::default();
    let mut seen = 0;
    loop {
        let header = match Header::read(source) {
            Ok(Some(header)) => header,
            Ok(None) => return (seen, Ok(())),
            Err(error) => return (seen, Err(StreamFault::classify("zip", &error).into())),
        };
        if !visit.may_go_on(place, seen) {
            return (seen, Ok(()));
        }
        seen += 1;
        if let Err(error) = member(visit, place, &header, source, &mut names) {
            return (seen, Err(StreamFault::classify("zip", &error).into()));
        }
    }
}

fn member(
    visit: &mut Visit<'_>,
    place: &Place,
    header: &Header,
    source: &mut dyn BufRead,
    names: &mut Distinct,
) -> io::Result<()> {
    let folder = header.name.ends_with(b"/");
    let name = if folder { None } else { visit.admit(place, &header.name, names) };
    match header.compressed {
        Some(size) => {
            let mut data = source.take(size);
            if let Some(name) = name {
                sized(visit, place, header, &name, size, &mut data);
            }
            drain(&mut data)?;
            if data.limit() > 0 { Err(StreamFault::Truncated { format: "zip" }.into()) } else { Ok(()) }
        }
        None => unsized_member(visit, place, header, name, source),
    }
}

fn sized(
    visit: &mut Visit<'_>,
    place: &Place,
    header: &Header,
    name: &str,
    size: u64,
    data: &mut io::Take<&mut dyn BufRead>,
) {
    let budget = Rc::clone(&visit.budget);
    let inside = place.member(name, header.modified_s);
    if header.encrypted {
        visit.notes.push(not_read(place, &header.name, Unread::Encrypted));
    } else if header.method == DEFLATED {
        visit.stream(&inside, &mut inflate(data, &budget));
    } else if header.method == STORED || SELF_DESCRIBING.contains(&header.method) {
        let exact = super::super::stream::Exact::new(data, size, "zip");
        visit.stream(&inside, &mut Guard::new(Box::new(exact), "zip", Rc::new(Cell::new(size)), &budget));
    } else {
        visit.notes.push(not_read(place, &header.name, Unread::Method(header.method.to_string())));
    }
}

/// A member whose size stands after its data: only deflate tells by itself where it ends.
fn unsized_member(
    visit: &mut Visit<'_>,
    place: &Place,
    header: &Header,
    name: Option<String>,
    source: &mut dyn BufRead,
) -> io::Result<()> {
    if header.encrypted || header.method != DEFLATED {
        let message = "a member whose end cannot be told without the directory".to_owned();
        return Err(StreamFault::Damaged { format: "zip", message }.into());
    }
    let budget = Rc::clone(&visit.budget);
    let totals = {
        let mut data = inflate(&mut *source, &budget);
        if let Some(name) = name {
            visit.stream(&place.member(&name, header.modified_s), &mut data);
        }
        drain(&mut data)?;
        data.totals()
    };
    skip_descriptor(source, totals)
}

/// Skips checksum and sizes after the data. Their mark is optional and their width is not stated:
/// the sizes that were measured tell.
fn skip_descriptor(source: &mut dyn BufRead, (compressed, plain): (u64, u64)) -> io::Result<()> {
    let mut word = [0; 4];
    source.read_exact(&mut word)?;
    if word == *b"PK\x07\x08" {
        source.read_exact(&mut word)?;
    }
    let mut sizes = [0; 8];
    source.read_exact(&mut sizes)?;
    let long = u64::from_le_bytes(sizes) == compressed && !source.fill_buf()?.starts_with(b"PK");
    let short = compressed & 0xffff_ffff | (plain & 0xffff_ffff) << 32;
    if long && (plain == 0 || u64::from_le_bytes(sizes) != short) {
        source.read_exact(&mut sizes)?;
    }
    Ok(())
}

impl Header {
    /// The next header, or `None` at the directory.
    fn read(source: &mut dyn BufRead) -> io::Result<Option<Header>> {
        let mut mark = [0; 4];
        source.read_exact(&mut mark)?;
        match &mark {
            b"PK\x03\x04" => {}
            b"PK\x01\x02" | b"PK\x05\x06" | b"PK\x06\x06" | b"PK\x06\x08" => return Ok(None),
            _ => {
                let message = "no member header where one should stand".to_owned();
                return Err(StreamFault::Damaged { format: "zip", message }.into());
            }
        }
        let mut fixed = [0; 26];
        source.read_exact(&mut fixed)?;
        let short = |at: usize| u16::from_le_bytes([byte(&fixed, at), byte(&fixed, at + 1)]);
        let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 2)) << 16;
        let mut name = vec![0; usize::from(short(22))];
        source.read_exact(&mut name)?;
        let mut extra = vec![0; usize::from(short(24))];
        source.read_exact(&mut extra)?;
        let flags = short(2);
        let size = match long(14) {
            0xffff_ffff => extra_field(&extra, ZIP64).and_then(|field| field.get(8..16)).and_then(eight),
            size => Some(size),
        };
        Ok(Some(Header {
            name,
            method: short(4),
            encrypted: flags & 1 != 0,
            compressed: size.filter(|_| flags & 8 == 0),
            modified_s: extra_field(&extra, EXTENDED_TIMESTAMP).and_then(unix_time),
        }))
    }
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

fn eight(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// The modification time in an extended timestamp field.
fn unix_time(field: &[u8]) -> Option<i64> {
    match field {
        [flags, a, b, c, d, ..] if flags & 1 != 0 => Some(i64::from(u32::from_le_bytes([*a, *b, *c, *d]))),
        _ => None,
    }
}

/// The content of the extra field `wanted`.
fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while let [id_low, id_high, low, high, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        let field = rest.get(..length)?;
        if u16::from_le_bytes([*id_low, *id_high]) == wanted {
            return Some(field);
        }
        extra = rest.get(length..)?;
    }
    None
}
