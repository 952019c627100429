//! Small readers that the rest of the bundle is built from.

use std::cell::Cell;
use std::io::{self, BufRead, Cursor, Read};
use std::rc::Rc;

use super::fault::StreamFault;

/// Reads until `buffer` is full or the source ends.
///
/// # Errors
/// The source's error, with the number of bytes read before it.
pub(super) fn read_full(source: &mut dyn Read, buffer: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match source.read(free) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((filled, error)),
        }
    }
    Ok(filled)
}

/// Input in whole blocks, so that a pipe that hands out odd pieces changes nothing downstream.
pub(super) struct Steady<R> {
    inner: R,
    block: Box<[u8]>,
    at: usize,
    filled: usize,
    pending: Option<io::Error>,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Steady<R> {
    const BLOCK: usize = 128 * 1024;

    /// Reads from `inner`, counting its bytes in `read`.
    pub(super) fn new(inner: R, read: Rc<Cell<u64>>) -> Self {
        Steady { inner, block: vec![0; Self::BLOCK].into(), at: 0, filled: 0, pending: None, read }
    }

    /// The next block, into `block`; the bytes it has.
    fn fill(&mut self, block: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let filled = match read_full(&mut self.inner, block) {
            Ok(filled) => filled,
            Err((0, error)) => return Err(error),
            Err((filled, error)) => {
                self.pending = Some(error);
                filled
            }
        };
        self.read.set(self.read.get().saturating_add(filled as u64));
        Ok(filled)
    }
}

impl<R: Read> Read for Steady<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.filled {
            // A block that has room where it is wanted need not be copied.
            if let Some(whole) = into.get_mut(..Self::BLOCK) {
                return self.fill(whole);
            }
            (self.at, self.filled) = (0, 0);
            let mut block = std::mem::take(&mut self.block);
            let filled = self.fill(&mut block);
            self.block = block;
            self.filled = filled?;
        }
        let mut rest = self.block.get(self.at..self.filled).unwrap_or_default();
        let read = rest.read(into)?;
        self.at += read;
        Ok(read)
    }
}

/// A stream whose first bytes were looked at; reading starts with them again.
pub(super) struct Peeked<'a> {
    head: Cursor<Vec<u8>>,
    ended: bool,
    pending: Option<io::Error>,
    rest: &'a mut dyn Read,
}

impl<'a> Peeked<'a> {
    /// Looks at up to `wanted` bytes of `source`. An error met on the way is given after them.
    pub(super) fn new(source: &'a mut dyn Read, wanted: u64) -> Self {
        let mut head = Vec::new();
        let outcome = (&mut *source).take(wanted).read_to_end(&mut head);
        let ended = outcome.is_ok() && (head.len() as u64) < wanted;
        Peeked { head: Cursor::new(head), ended, pending: outcome.err(), rest: source }
    }

    /// The bytes looked at.
    pub(super) fn head(&self) -> &[u8] {
        self.head.get_ref()
    }

    /// Whether the stream holds nothing beyond its head and ended without error.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.head.read(into)? {
            0 if self.ended => Ok(0),
            0 => match self.pending.take() {
                Some(error) => {
                    // a stream that failed once stays failed
                    let again = StreamFault::classify("input", &error);
                    self.pending = Some(again.into());
                    Err(error)
                }
                None => self.rest.read(into),
            },
            read => Ok(read),
        }
    }
}

/// Counts what is taken from a source.
pub(super) struct Counted<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    /// Counts into `taken`.
    pub(super) fn new(inner: R, taken: Rc<Cell<u64>>) -> Self {
        Counted { inner, taken }
    }

    fn add(&self, bytes: usize) {
        self.taken.set(self.taken.get().saturating_add(bytes as u64));
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.add(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
        self.add(amount);
    }
}

/// A member whose length is known: an early end is an error, not an end.
pub(super) struct Exact<R> {
    inner: R,
    left: u64,
    format: &'static str,
}

impl<R: Read> Exact<R> {
    /// Expects `length` bytes of `inner`.
    pub(super) fn new(inner: R, length: u64, format: &'static str) -> Self {
        Exact { inner, left: length, format }
    }
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match self.inner.read(into) {
            Ok(0) if self.left > 0 && !into.is_empty() => {
                return Err(StreamFault::Truncated { format: self.format }.into());
            }
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(StreamFault::classify(self.format, &error).into()),
        };
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

/// Reads the rest of a stream and throws it away, so that the next member can be reached.
pub(super) fn drain(source: &mut dyn Read) -> io::Result<u64> {
    io::copy(source, &mut io::sink())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time, then fails.
    struct Drip(Vec<u8>);

    impl Read for Drip {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match (self.0.is_empty(), into.first_mut()) {
                (false, Some(slot)) => {
                    *slot = self.0.remove(0);
                    Ok(1)
                }
                _ => Err(io::Error::other("unplugged")),
            }
        }
    }

    #[test]
    fn a_dripping_pipe_gives_the_same_block_as_a_file_and_its_error_comes_last() {
        let mut steady = Steady::new(Drip(b"abc".to_vec()), Rc::default());
        let mut into = [0; 8];
        assert_eq!(steady.read(&mut into).unwrap(), 3);
        assert_eq!(steady.read(&mut into).unwrap_err().to_string(), "unplugged");
    }

    #[test]
    fn peeking_keeps_bytes_and_error() {
        let mut drip = Drip(b"abc".to_vec());
        let mut peeked = Peeked::new(&mut drip, 10);
        assert_eq!(peeked.head(), b"abc");
        let mut all = Vec::new();
        assert!(peeked.read_to_end(&mut all).is_err());
        assert_eq!(all, b"abc");
        assert!(peeked.read(&mut [0; 4]).is_err(), "stays failed");
    }
}
