//! The rollup: what millions of log records become, mergeable in any grouping.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use super::{Exemplar, Level, Outcomes};

/// What a [`Track`] is keyed by. The weight is part of the key so that counts stay whole numbers
/// and sums do not depend on the order of adding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpKey {
    /// Service as written, or as the source's path says; empty when neither does.
    pub service: String,
    /// Operation; empty when the record names none.
    pub operation: String,
    /// Requests one record stands for, in thousandths.
    pub weight_milli: u32,
}

/// One second of one service and operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Records, requests or not.
    pub records: u32,
    /// Requests by outcome.
    pub outcomes: Outcomes,
    /// Records at ERROR or worse.
    pub errors: u32,
    /// Records at WARN.
    pub warnings: u32,
    /// Longest duration of a failed request that started in this second, whole seconds rounded up:
    /// a service has recovered only when its last failure has ended.
    pub longest_failure_s: u32,
    /// Durations of requests that started in this second.
    pub latency: Option<Box<LatencySketch>>,
}

impl Cell {
    /// Adds another cell of the same key and second.
    pub fn merge(&mut self, other: &Cell) {
        self.records += other.records;
        self.outcomes.merge(&other.outcomes);
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.longest_failure_s = self.longest_failure_s.max(other.longest_failure_s);
        if let Some(theirs) = &other.latency {
            self.latency.get_or_insert_with(Box::default).merge(theirs);
        }
    }
}

/// A histogram of durations with fixed bounds, so that two of them add up in any engine.
///
/// Bucket `i` holds durations in `[2^(i/4), 2^((i+1)/4))` microseconds: quarter octaves, at most
/// 9 % off at a bucket's geometric middle. Bucket 0 also holds everything shorter than 1 µs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencySketch {
    /// Occupied buckets, ascending by index.
    pub buckets: Vec<(u8, u32)>,
}

impl LatencySketch {
    /// Highest bucket: 2^(159/4) µs, about 10 days.
    const LAST: u8 = 159;

    /// Bucket of a duration.
    fn index(duration_ns: u64) -> u8 {
        let micros = duration_ns / 1_000;
        if micros <= 1 {
            return 0;
        }
        let position = ((micros as f64).log2() * 4.0).floor();
        (position as u64).min(u64::from(Self::LAST)) as u8
    }

    /// Counts one duration.
    pub fn add(&mut self, duration_ns: u64) {
        self.add_count(Self::index(duration_ns), 1);
    }

    fn add_count(&mut self, index: u8, count: u32) {
        match self.buckets.binary_search_by_key(&index, |b| b.0) {
            Ok(at) => self.buckets[at].1 += count,
            Err(at) => self.buckets.insert(at, (index, count)),
        }
    }

    /// Adds another sketch.
    pub fn merge(&mut self, other: &LatencySketch) {
        for &(index, count) in &other.buckets {
            self.add_count(index, count);
        }
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|b| u64::from(b.1)).sum()
    }

    /// Quantile `q` in 0..=1, in milliseconds (geometric middle of its bucket); `None` when empty.
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        let total = self.count();
        let rank = (q.clamp(0.0, 1.0) * total as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        self.buckets.iter().find_map(|&(index, count)| {
            seen += u64::from(count);
            (seen >= rank).then(|| 2f64.powf((f64::from(index) + 0.5) / 4.0) / 1_000.0)
        })
    }
}

/// All seconds of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// Cells by second (of the raw clock before alignment, UTC after).
    pub cells: BTreeMap<i64, Cell>,
    /// First failed record of each minute, by minute number.
    pub failed: BTreeMap<i64, Exemplar>,
    /// First record of each minute that did not fail, by minute number.
    pub passed: BTreeMap<i64, Exemplar>,
}

impl Track {
    /// Adds another track of the same key; the earlier exemplar of a minute stays.
    pub fn merge(&mut self, other: Track) {
        if self.cells.is_empty() && self.failed.is_empty() && self.passed.is_empty() {
            *self = other;
            return;
        }
        for (second, cell) in other.cells {
            self.cells.entry(second).or_default().merge(&cell);
        }
        for (minute, exemplar) in other.failed {
            insert_earlier(&mut self.failed, minute, exemplar);
        }
        for (minute, exemplar) in other.passed {
            insert_earlier(&mut self.passed, minute, exemplar);
        }
    }

    /// Gives back the room that growing took beyond what is held: half of it, when seconds were added one by one.
    pub fn pack(&mut self) {
        let packed = |(second, mut cell): (i64, Cell)| {
            if let Some(latency) = &mut cell.latency {
                latency.buckets.shrink_to_fit();
            }
            (second, cell)
        };
        self.cells = std::mem::take(&mut self.cells).into_iter().map(packed).collect();
    }

    /// The same track with every second `s` moved to `remap(s)`; seconds that meet are added up. A
    /// minute's exemplar goes to the minute its first second falls in.
    pub fn remapped(self, remap: &impl Fn(i64) -> i64) -> Track {
        let stays = |minute: &i64| remap(minute * 60).div_euclid(60) == *minute;
        if self.cells.keys().all(|second| remap(*second) == *second)
            && self.failed.keys().chain(self.passed.keys()).all(stays)
        {
            return self;
        }
        let mut moved = Track::default();
        let cells: Vec<(i64, Cell)> = self.cells.into_iter().map(|(second, cell)| (remap(second), cell)).collect();
        // Where every second keeps its place among the others, none meets another.
        if cells.is_sorted_by(|a, b| a.0 < b.0) {
            moved.cells = cells.into_iter().collect();
        } else {
            for (second, cell) in cells {
                moved.cells.entry(second).or_default().merge(&cell);
            }
        }
        for (minute, exemplar) in self.failed {
            insert_earlier(&mut moved.failed, remap(minute * 60).div_euclid(60), exemplar);
        }
        for (minute, exemplar) in self.passed {
            insert_earlier(&mut moved.passed, remap(minute * 60).div_euclid(60), exemplar);
        }
        moved
    }
}

/// Keeps the earlier of two exemplars of one minute.
fn insert_earlier(into: &mut BTreeMap<i64, Exemplar>, minute: i64, exemplar: Exemplar) {
    match into.entry(minute) {
        Entry::Vacant(v) => {
            v.insert(exemplar);
        }
        Entry::Occupied(mut o) => {
            if exemplar < *o.get() {
                o.insert(exemplar);
            }
        }
    }
}

/// Every track of a fold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    /// Tracks by key, in key order.
    pub tracks: BTreeMap<OpKey, Track>,
}

impl Rollup {
    /// Adds another rollup.
    pub fn merge(&mut self, other: Rollup) {
        for (key, track) in other.tracks {
            self.tracks.entry(key).or_default().merge(track);
        }
    }
}

/// A masked log body of WARN or worse, with how often and when it occurred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Occurrences by minute number (seconds / 60 of the fold's clock).
    pub minutes: BTreeMap<i64, u32>,
    /// Worst level seen.
    pub level: Level,
    /// Earliest line.
    pub first: Exemplar,
}

impl Pattern {
    /// Adds another count of the same template.
    pub fn merge(&mut self, other: Pattern) {
        for (minute, count) in other.minutes {
            *self.minutes.entry(minute).or_default() += count;
        }
        self.level = self.level.max(other.level);
        if other.first < self.first {
            self.first = other.first;
        }
    }

    /// The same pattern with every minute `m` moved to the minute of `remap(m * 60)`.
    pub fn remapped(self, remap: &impl Fn(i64) -> i64) -> Pattern {
        let mut minutes = BTreeMap::new();
        for (minute, count) in self.minutes {
            *minutes.entry(remap(minute * 60).div_euclid(60)).or_default() += count;
        }
        Pattern { minutes, ..self }
    }

    /// All occurrences.
    pub fn count(&self) -> u64 {
        self.minutes.values().map(|n| u64::from(*n)).sum()
    }
}
