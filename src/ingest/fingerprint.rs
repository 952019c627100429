//! Hashes of whole files, taken while they stream through.

use std::hash::Hasher;

use rustc_hash::FxHasher;
use sha2::{Digest, Sha256};

/// What tells a file from all others, being taken.
pub(super) enum Fingerprint {
    /// The hash that `sha256sum` prints, for reports.
    Sha(Box<Sha256>),
    /// A quick one that no adversary has to fear, for knowing copies within one run.
    Quick(Quick),
}

impl Fingerprint {
    /// Of nothing yet; `lasting` when others shall be able to check it.
    pub(super) fn new(lasting: bool) -> Fingerprint {
        if lasting { Fingerprint::Sha(Box::default()) } else { Fingerprint::Quick(Quick::default()) }
    }

    /// Adds what follows.
    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Fingerprint::Sha(hash) => hash.update(bytes),
            Fingerprint::Quick(hash) => hash.update(bytes),
        }
    }

    /// In hexadecimal digits.
    pub(super) fn finish(self) -> String {
        match self {
            Fingerprint::Sha(hash) => hash.finalize().iter().map(|b| format!("{b:02x}")).collect(),
            Fingerprint::Quick(hash) => format!("{:032x}", hash.finish()),
        }
    }
}

/// Of each stretch of so many bytes, the quick hash takes the first [`LOOKED_AT`] bytes: lines that differ
/// do so in every one of them.
const STRETCH: u64 = 64 * 1024;
const LOOKED_AT: u64 = 16 * 1024;
/// Bytes taken at once.
const BLOCK: usize = 32;
const PRIMES: [u64; 4] = [0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63];

/// Four lanes of multiply and rotate, the rounds of xxHash64, and the length; the same however the bytes are cut.
#[derive(Default)]
pub(super) struct Quick {
    lanes: [u64; 4],
    kept: Vec<u8>,
    bytes: u64,
}

impl Quick {
    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let within = self.bytes % STRETCH;
            let looked_at = within < LOOKED_AT;
            let end = if looked_at { LOOKED_AT } else { STRETCH };
            let length = bytes.len().min(usize::try_from(end - within).unwrap_or(usize::MAX));
            let (piece, rest) = bytes.split_at(length);
            if looked_at {
                self.take(piece);
            }
            self.bytes += length as u64;
            bytes = rest;
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if !self.kept.is_empty() {
            let (first, more) = rest.split_at(rest.len().min(BLOCK - self.kept.len()));
            self.kept.extend_from_slice(first);
            rest = more;
            if self.kept.len() < BLOCK {
                return;
            }
            let block = std::mem::take(&mut self.kept);
            self.block(&block);
        }
        let blocks = rest.chunks_exact(BLOCK);
        self.kept.extend_from_slice(blocks.remainder());
        blocks.for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &[u8]) {
        for ((lane, word), prime) in self.lanes.iter_mut().zip(block.chunks_exact(8)).zip(PRIMES) {
            let word = u64::from_le_bytes(word.try_into().unwrap_or_default());
            *lane = lane.wrapping_add(word.wrapping_mul(PRIMES[1])).rotate_left(31).wrapping_mul(prime);
        }
    }

    fn finish(mut self) -> u128 {
        let mut last = std::mem::take(&mut self.kept);
        last.resize(BLOCK, 0);
        self.block(&last);
        let mut mixed = [self.bytes, !self.bytes];
        for (at, lane) in self.lanes.into_iter().enumerate() {
            for (half, turn) in mixed.iter_mut().zip([27, 41]) {
                let wide = u128::from(*half ^ lane.rotate_left(turn)) * u128::from(PRIMES[at] ^ *half | 1);
                *half = (wide as u64) ^ ((wide >> 64) as u64);
            }
        }
        u128::from(mixed[0]) << 64 | u128::from(mixed[1])
    }
}

/// A hash of a text and of what was hashed before it, for telling records apart within one run.
pub(super) fn hash_of_text(text: &[u8], before: u64) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(before);
    hasher.write(text);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[&[u8]]) -> String {
        let mut hash = Fingerprint::new(false);
        pieces.iter().for_each(|piece| hash.update(piece));
        hash.finish()
    }

    #[test]
    fn a_lasting_fingerprint_is_what_sha256sum_prints() {
        let hash = Fingerprint::new(true).finish();
        assert_eq!(hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn texts_that_differ_anywhere_have_other_hashes() {
        let text: Vec<u8> = (0..100).collect();
        let mut seen = std::collections::BTreeSet::new();
        for len in 0..text.len() {
            assert!(seen.insert(hash_of_text(&text[..len], 7)), "{len}");
            let mut other = text.clone();
            other[len] ^= 0x40;
            assert!(seen.insert(hash_of_text(&other, 7)), "{len}");
        }
        assert_ne!(hash_of_text(&text, 7), hash_of_text(&text, 8));
    }

    proptest::proptest! {
        #[test]
        fn the_cuts_do_not_change_it_and_a_bit_does(bytes in proptest::collection::vec(0u8.., 0..300), cut in 0usize..300, bit in 0usize..2_400) {
            let cut = cut.min(bytes.len());
            let whole = of(&[&bytes]);
            proptest::prop_assert_eq!(&whole, &of(&[&bytes[..cut], &bytes[cut..]]));
            let mut other = bytes.clone();
            if let Some(byte) = other.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
                proptest::prop_assert_ne!(&whole, &of(&[&other]));
            }
            proptest::prop_assert_ne!(whole, of(&[&bytes, &[0]]));
        }
    }
}
