//! Decompression by magic bytes, always behind a limit. The only place that names raw decoders.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use super::fault::StreamFault;
use super::stream::Counted;

/// Output that is free of the ratio limit: small files compress as they like.
const FREE: u64 = 1 << 20;

/// Largest dictionary an xz stream may ask for, in KiB; `xz -9` needs 64 MiB.
const XZ_MEMORY_KIB: u32 = 256 * 1024;

/// A compression this program undoes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Compression {
    /// Tells the compression by the first bytes, never by a name.
    pub(super) fn sniff(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Compression::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Compression::Zstd),
            // a skippable frame, which pzstd and seekable zstd write first
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Compression::Xz),
            // the level, then the mark of a block or of the end: `BZh` alone could be text
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Some(Compression::Bzip2),
            _ => None,
        }
    }

    /// Name for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        }
    }

    /// Modification time that the compressed stream itself keeps, s since 1970.
    pub(super) fn modified_s(self, head: &[u8]) -> Option<i64> {
        match (self, head.get(4..8)) {
            (Compression::Gzip, Some(&[a, b, c, d])) => {
                Some(i64::from(u32::from_le_bytes([a, b, c, d]))).filter(|&seconds| seconds != 0)
            }
            _ => None,
        }
    }

    /// The decompressed stream, over every member or frame of `source`.
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place of raw decoders: their output goes through `Guard`"
    )]
    pub(super) fn open<'a>(self, source: &'a mut dyn Read, budget: &Rc<Budget>) -> Guard<'a> {
        let taken = Rc::new(Cell::new(0));
        let input = Counted::new(source, Rc::clone(&taken));
        let decoder: Box<dyn Read + 'a> = match self {
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(input)),
            Compression::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(input)),
            Compression::Xz => {
                Box::new(lzma_rust2::XzReader::new_mem_limit(BufReader::new(input), true, XZ_MEMORY_KIB))
            }
            Compression::Zstd => match zstd::stream::read::Decoder::new(input) {
                Ok(decoder) => Box::new(decoder),
                Err(error) => Box::new(Failed(error.to_string())),
            },
        };
        Guard::new(decoder, self.name(), taken, budget)
    }
}

/// A raw deflate stream, as zip members have. It stops reading `source` exactly at its end.
pub(super) fn inflate<'a>(source: impl BufRead + 'a, budget: &Rc<Budget>) -> Guard<'a> {
    let taken = Rc::new(Cell::new(0));
    let input = Counted::new(source, Rc::clone(&taken));
    Guard::new(Box::new(flate2::bufread::DeflateDecoder::new(input)), "zip", taken, budget)
}

/// A decoder that could not be set up.
struct Failed(String);

impl Read for Failed {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
}

/// What all layers of one entry together may decompress to: a bomb built of many harmless layers
/// is told by the size of the file that it came in.
pub(super) struct Budget {
    size: Option<u64>,
    /// Bytes read from a stream whose size is not known beforehand.
    pub(super) read: Rc<Cell<u64>>,
    made: Cell<u64>,
    ratio: u64,
}

impl Budget {
    /// For an entry of `size` bytes on disk, or a stream.
    pub(super) fn new(size: Option<u64>, ratio: u64) -> Rc<Self> {
        Rc::new(Budget { size, read: Rc::default(), made: Cell::new(0), ratio })
    }

    fn spend(&self, bytes: usize) {
        self.made.set(self.made.get().saturating_add(bytes as u64));
    }

    /// Whether more was decompressed than the entry may hold.
    pub(super) fn exhausted(&self) -> bool {
        let base = self.size.unwrap_or_else(|| self.read.get());
        self.made.get() > FREE.saturating_add(base.saturating_mul(self.ratio))
    }

    /// The limit, for messages.
    pub(super) fn ratio(&self) -> u64 {
        self.ratio
    }
}

/// A decoder's output behind the limits. Every error becomes a [`StreamFault`] and stays one.
pub(super) struct Guard<'a> {
    inner: Box<dyn Read + 'a>,
    format: &'static str,
    taken: Rc<Cell<u64>>,
    made: u64,
    budget: Rc<Budget>,
    fault: Option<StreamFault>,
}

impl<'a> Guard<'a> {
    /// Watches `inner`, whose compressed bytes are counted in `taken`.
    pub(super) fn new(
        inner: Box<dyn Read + 'a>,
        format: &'static str,
        taken: Rc<Cell<u64>>,
        budget: &Rc<Budget>,
    ) -> Self {
        Guard { inner, format, taken, made: 0, budget: Rc::clone(budget), fault: None }
    }

    /// Compressed bytes taken and decompressed bytes given so far.
    pub(super) fn totals(&self) -> (u64, u64) {
        (self.taken.get(), self.made)
    }

    fn over_limit(&self) -> bool {
        let allowed = self.taken.get().saturating_mul(self.budget.ratio).max(FREE);
        self.made > allowed || self.budget.exhausted()
    }

    fn fail(&mut self, fault: StreamFault) -> io::Result<usize> {
        self.fault = Some(fault.clone());
        Err(fault.into())
    }
}

impl Read for Guard<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone().into());
        }
        match self.inner.read(into) {
            Ok(read) => {
                self.made = self.made.saturating_add(read as u64);
                self.budget.spend(read);
                if self.over_limit() {
                    return self.fail(StreamFault::Ratio { format: self.format, ratio: self.budget.ratio });
                }
                Ok(read)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => self.fail(StreamFault::classify(self.format, &error)),
        }
    }
}
