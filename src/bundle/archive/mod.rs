//! Archives, read as streams: tar in order, zip by its directory or, where that is lost, by the
//! headers of its members.

pub(super) mod tar;
pub(super) mod zip;
mod zip_walk;

/// Size of a tar header and of every block after it.
const BLOCK: usize = 512;

/// Whether a stream that starts with `head` is a tar: by its mark, or by a header checksum that
/// fits (the oldest tars have no mark).
pub(super) fn is_tar(head: &[u8]) -> bool {
    if head.get(257..262) == Some(b"ustar") {
        return true;
    }
    head.get(..BLOCK).is_some_and(|header| checksum_fits(header) && header.first().is_some_and(|&byte| byte != 0))
}

fn checksum_fits(header: &[u8]) -> bool {
    let Some(field) = header.get(148..156) else { return false };
    let digits: Vec<u8> = field.iter().copied().filter(|byte| (b'0'..=b'7').contains(byte)).collect();
    if digits.len() < 4 || !field.iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0)) {
        return false;
    }
    let stated = digits.iter().fold(0_u64, |sum, digit| sum * 8 + u64::from(digit - b'0'));
    let bytes: u64 = header.iter().map(|&byte| u64::from(byte)).sum();
    let of_field: u64 = field.iter().map(|&byte| u64::from(byte)).sum();
    stated == bytes - of_field + 8 * u64::from(b' ')
}

/// Whether a stream that starts with `head` is a zip, an empty one included.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}
