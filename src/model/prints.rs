//! What the records of a source look like second by second, without the records: enough to tell that
//! two files hold the same ones.

use std::collections::{BTreeMap, BTreeSet};

use super::ClockKind;

/// One second of one clock: kind, and whole seconds on it.
pub type Second = (ClockKind, i64);

/// What the records of one second look like, in whatever order they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Print {
    /// Records stamped in this second.
    pub records: u32,
    /// Sum of the hashes of their texts.
    pub sum: u64,
}

impl Print {
    /// Adds a record whose text has this hash.
    pub fn add(&mut self, hash: u64) {
        self.merge(Print { records: 1, sum: hash });
    }

    fn merge(&mut self, other: Print) {
        self.records = self.records.saturating_add(other.records);
        self.sum = self.sum.wrapping_add(other.sum);
    }
}

/// What the records of a source look like second by second. Memory grows with its seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prints {
    /// By second.
    pub seconds: BTreeMap<Second, Print>,
    /// Hashes of the records of seconds that were asked for; empty otherwise.
    pub lines: BTreeSet<(Second, u64)>,
    /// Records left out because an earlier file holds them.
    pub repeated: u64,
}

impl Prints {
    /// Adds what was seen of one second.
    pub fn add(&mut self, second: Second, print: Print) {
        self.seconds.entry(second).or_default().merge(print);
    }

    /// Adds the prints of another piece of the same source.
    pub fn merge(&mut self, other: Prints) {
        for (second, print) in other.seconds {
            self.add(second, print);
        }
        self.lines.extend(other.lines);
        self.repeated += other.repeated;
    }
}
