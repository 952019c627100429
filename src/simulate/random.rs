//! Numbers that look random and are the same in every run.
//!
//! A value depends on what it is for (seed, service, operation, number of the request), never on
//! how many were drawn before: so files can be written in any order, or one without the others.

/// Mixes 64 bits (finalizer of splitmix64; Steele, Lea and Flood, OOPSLA 2014).
pub(super) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A value for a name under a seed (FNV-1a over the bytes, then mixed).
pub(super) fn of_name(seed: u64, name: &str) -> u64 {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    mix(seed ^ hash)
}

/// A number in `[0, 1)` from 64 bits.
pub(super) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

/// A normal deviate from 64 bits (sum of four uniforms: bounded, which suits latencies).
pub(super) fn bell(bits: u64) -> f64 {
    let sum: u64 = (0..4).map(|i| (bits >> (16 * i)) & 0xffff).sum();
    (sum as f64 / 65_535.0 - 2.0) * 1.732
}

/// Turns fractional expectations into whole numbers without losing any: what was not paid out stays.
///
/// With `noise` 0 the running sum never strays from the expectation by more than one; with 1 each
/// decision is an independent draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dither {
    carry: f64,
    noise: f64,
}

impl Dither {
    /// Starts in the middle, so that the first whole number is not systematically late.
    pub fn new(noise: f64) -> Dither {
        Dither { carry: 0.5, noise: noise.clamp(0.0, 1.0) }
    }

    /// The whole number for an expectation, given random bits.
    pub fn take(&mut self, expected: f64, bits: u64) -> u64 {
        let free = unit(bits);
        let wanted = expected + self.carry * (1.0 - self.noise) + free * self.noise;
        let whole = wanted.floor().max(0.0);
        self.carry = (self.carry + expected - whole).clamp(-1.0, 1.0);
        whole as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dithered_decisions_add_up_to_the_expectation() {
        for noise in [0.0, 0.3] {
            let mut dither = Dither::new(noise);
            let sum: u64 = (0..10_000u64).map(|i| dither.take(0.9022, mix(i))).sum();
            assert!((sum as f64 - 9022.0).abs() < 40.0, "{noise}: {sum}");
        }
    }

    #[test]
    fn uniform_and_bell_stay_in_their_bounds() {
        let mean = (0..4096u64).map(|i| bell(mix(i))).sum::<f64>() / 4096.0;
        assert!(mean.abs() < 0.1 && (0..4096u64).all(|i| unit(mix(i)) < 1.0));
    }
}
