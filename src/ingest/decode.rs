//! Bytes to text: UTF-16 by its mark or its NULs, UTF-8, and Windows-1252 for lines that are not.

use std::io::Read;

use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Encoding of a source, decided from its first bytes, and the length of its byte order mark.
pub fn sniff(head: &[u8]) -> (&'static Encoding, usize) {
    if let Some((encoding, bom)) = Encoding::for_bom(head) {
        return (encoding, bom);
    }
    // PowerShell and Excel write UTF-16 without a mark, too: Latin text then has NULs at every other byte.
    let sample = &head[..head.len().min(4096)];
    let nuls = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let half = sample.len() / 2;
    if half >= 16 && nuls(1) * 10 >= half * 7 && nuls(0) * 10 < half {
        return (UTF_16LE, 0);
    }
    if half >= 16 && nuls(0) * 10 >= half * 7 && nuls(1) * 10 < half {
        return (UTF_16BE, 0);
    }
    (UTF_8, 0)
}

/// `bytes` without the NULs at both ends: what a crash or a preallocated file leaves around a text.
pub fn unpadded(bytes: &[u8]) -> &[u8] {
    let from = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let to = bytes.iter().rposition(|b| *b != 0).map_or(from, |last| last + 1);
    &bytes[from..to]
}

/// Whether decoded text is no text: NULs inside it, mostly control characters, or nothing but NULs.
pub fn looks_binary(head: &[u8]) -> bool {
    let text = unpadded(head);
    let sample = unpadded(&text[..text.len().min(8192)]);
    let is_odd = |b: &u8| *b == 0 || (*b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r' | 0x1b | 0x0c));
    let odd = sample.iter().filter(|b| is_odd(b)).count();
    // One bad line among good ones spoils no file.
    let clean = || -> usize {
        let lines = sample.split(|b| *b == b'\n');
        lines.filter(|line| !line.iter().any(is_odd)).map(<[u8]>::len).sum()
    };
    // Random bytes hold about one control character in ten; a log with a few escapes far fewer.
    (odd * 20 > sample.len() && clean() * 2 < sample.len()) || (sample.is_empty() && !head.is_empty())
}

/// A reader that turns UTF-16 into UTF-8.
pub struct Utf16Reader<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    pending: Vec<u8>,
    served: usize,
    done: bool,
}

impl<R: Read> Utf16Reader<R> {
    /// Decodes `inner` from `encoding`.
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        Utf16Reader {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; 64 * 1024],
            pending: Vec::new(),
            served: 0,
            done: false,
        }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        self.pending.clear();
        self.served = 0;
        while self.pending.is_empty() && !self.done {
            let n = self.inner.read(&mut self.raw)?;
            self.done = n == 0;
            let mut from = 0;
            loop {
                let mut text = [0u8; 16 * 1024];
                let (result, read, written, _) = self.decoder.decode_to_utf8(&self.raw[from..n], &mut text, self.done);
                from += read;
                self.pending.extend_from_slice(&text[..written]);
                if result == CoderResult::InputEmpty {
                    break;
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.served == self.pending.len() {
            self.refill()?;
        }
        let n = out.len().min(self.pending.len() - self.served);
        out[..n].copy_from_slice(&self.pending[self.served..self.served + n]);
        self.served += n;
        Ok(n)
    }
}

/// Whether lines end in carriage returns alone, as on the old Macintosh and in captures of a terminal.
pub fn ends_in_returns(head: &[u8]) -> bool {
    memchr::memchr(b'\n', head).is_none() && memchr::memchr_iter(b'\r', head).nth(1).is_some()
}

/// A reader in whose lines a carriage return is a line end: as many bytes, at the same places.
pub struct Returns<R>(pub R);

impl<R: Read> Read for Returns<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.read(out)?;
        out[..n].iter_mut().filter(|b| **b == b'\r').for_each(|b| *b = b'\n');
        Ok(n)
    }
}

/// `bytes` as UTF-8, line by line: lines that are not UTF-8 are read as Windows-1252, so that one bad line spoils
/// nothing around it. Returns how many lines were.
pub fn to_text(bytes: &[u8]) -> (String, u64) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_string(), 0),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len() + 64);
            let mut foreign = 0;
            for line in bytes.split_inclusive(|b| *b == b'\n') {
                match std::str::from_utf8(line) {
                    Ok(line) => text.push_str(line),
                    Err(_) => {
                        foreign += 1;
                        text.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0);
                    }
                }
            }
            (text, foreign)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriage_returns_alone_end_lines() {
        assert!(ends_in_returns(b"a\rb\rc") && !ends_in_returns(b"a\r\nb\r\n") && !ends_in_returns(b"a\rb"));
        let mut text = String::new();
        assert!(Returns(&b"a\rb\r"[..]).read_to_string(&mut text).is_ok());
        assert_eq!(text, "a\nb\n");
    }
}
