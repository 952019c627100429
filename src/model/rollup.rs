//! The rollup: what millions of log records become, mergeable in any grouping.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

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
    /// Who wrote the record.
    #[serde(default, skip_serializing_if = "CallEnd::is_own")]
    pub side: CallEnd,
}

/// At which end of a call a record was written. The proxies of a mesh log each request at both ends; the two
/// are ways of seeing the service that was called, and are never added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// By the service itself, or by what stands before it.
    #[default]
    Own,
    /// By the proxy of its caller.
    Caller,
}

impl CallEnd {
    /// Whether it is the usual one.
    pub fn is_own(&self) -> bool {
        *self == CallEnd::Own
    }
}

/// One second of one service and operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    pub latency: LatencySketch,
}

impl Cell {
    /// Adds another cell of the same key and second.
    pub fn merge(&mut self, other: &Cell) {
        self.records += other.records;
        self.outcomes.merge(&other.outcomes);
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.longest_failure_s = self.longest_failure_s.max(other.longest_failure_s);
        self.latency.merge(&other.latency);
    }
}

/// A histogram of durations with fixed bounds, so that two of them add up in any engine.
///
/// Bucket `i` holds durations in `[2^(i/4), 2^((i+1)/4))` microseconds: quarter octaves, at most
/// 9 % off at a bucket's geometric middle. Bucket 0 also holds everything shorter than 1 µs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatencySketch(Buckets);

/// Occupied buckets, ascending by index, each with its count. Most seconds of most operations have one, which
/// needs no memory of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Buckets {
    /// One, or none when its count is 0.
    One((u8, u32)),
    /// Several.
    More(Box<[(u8, u32)]>),
}

impl Default for LatencySketch {
    fn default() -> Self {
        LatencySketch(Buckets::One((0, 0)))
    }
}

impl LatencySketch {
    /// Highest bucket: 2^(159/4) µs, about 10 days.
    const LAST: u32 = 159;

    /// Bucket of a duration.
    fn index(duration_ns: u64) -> u8 {
        let micros = duration_ns / 1_000;
        let Some(octave) = micros.checked_ilog2() else { return 0 };
        let within = micros as f64 / (1u64 << octave) as f64;
        let quarters = [0.25f64, 0.5, 0.75].iter().filter(|quarter| within >= quarter.exp2()).count() as u32;
        (octave * 4 + quarters).min(Self::LAST) as u8
    }

    /// Occupied buckets, ascending by index, each with its count.
    fn buckets(&self) -> &[(u8, u32)] {
        match &self.0 {
            Buckets::One((_, 0)) => &[],
            Buckets::One(one) => std::slice::from_ref(one),
            Buckets::More(more) => more,
        }
    }

    /// Whether no duration was counted.
    pub fn is_empty(&self) -> bool {
        self.buckets().is_empty()
    }

    /// Counts one duration.
    pub fn add(&mut self, duration_ns: u64) {
        self.add_count(Self::index(duration_ns), 1);
    }

    fn add_count(&mut self, index: u8, count: u32) {
        let known = match &mut self.0 {
            Buckets::One(one) if one.1 == 0 => {
                *one = (index, count);
                return;
            }
            Buckets::One(one) => std::slice::from_mut(one),
            Buckets::More(more) => more,
        };
        match known.binary_search_by_key(&index, |b| b.0) {
            Ok(at) => known[at].1 += count,
            Err(at) => self.0 = Buckets::More([&known[..at], &[(index, count)], &known[at..]].concat().into()),
        }
    }

    /// Adds another sketch.
    pub fn merge(&mut self, other: &LatencySketch) {
        for &(index, count) in other.buckets() {
            self.add_count(index, count);
        }
    }

    /// Number of durations.
    pub fn count(&self) -> u64 {
        self.buckets().iter().map(|b| u64::from(b.1)).sum()
    }

    /// Quantile `q` in 0..=1, in milliseconds (geometric middle of its bucket); `None` when empty.
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        let total = self.count();
        let rank = (q.clamp(0.0, 1.0) * total as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        self.buckets().iter().find_map(|&(index, count)| {
            seen += u64::from(count);
            (seen >= rank).then(|| 2f64.powf((f64::from(index) + 0.5) / 4.0) / 1_000.0)
        })
    }
}

/// Counts by second, in the order of the seconds: what is read in order is put behind the rest, and two that were
/// counted apart add up in one pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seconds(Vec<(i64, Cell)>);

impl Seconds {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of seconds in which something was counted.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Every second with its counts.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &Cell)> + Clone {
        self.0.iter().map(|(second, cell)| (*second, cell))
    }

    /// Every second.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = i64> + Clone {
        self.0.iter().map(|(second, _)| *second)
    }

    /// The counts of every second.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Cell> + Clone {
        self.0.iter().map(|(_, cell)| cell)
    }

    /// The same, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.0.iter_mut().map(|(_, cell)| cell)
    }

    /// Those of `seconds`.
    pub fn range(&self, seconds: Range<i64>) -> impl DoubleEndedIterator<Item = (i64, &Cell)> + Clone {
        let from = self.0.partition_point(|(second, _)| *second < seconds.start);
        let to = self.0.partition_point(|(second, _)| *second < seconds.end);
        self.0.get(from..to).unwrap_or_default().iter().map(|(second, cell)| (*second, cell))
    }

    /// Adds others.
    pub fn merge(&mut self, other: Seconds) {
        let Some((first, _)) = other.0.first() else { return };
        let tail = self.0.split_off(self.0.partition_point(|(second, _)| second < first));
        let (mut ours, mut theirs) = (tail.into_iter().peekable(), other.0.into_iter().peekable());
        self.0.reserve(ours.len().max(theirs.len()));
        while let (Some((a, _)), Some((b, _))) = (ours.peek(), theirs.peek()) {
            match a.cmp(b) {
                Ordering::Less => self.0.extend(ours.next()),
                Ordering::Greater => self.0.extend(theirs.next()),
                Ordering::Equal => {
                    let both = ours.next().zip(theirs.next());
                    self.0.extend(both.map(|((second, mut cell), (_, other))| {
                        cell.merge(&other);
                        (second, cell)
                    }));
                }
            }
        }
        self.0.extend(ours);
        self.0.extend(theirs);
    }
}

/// In whatever order; seconds that meet are added up.
impl FromIterator<(i64, Cell)> for Seconds {
    fn from_iter<I: IntoIterator<Item = (i64, Cell)>>(cells: I) -> Self {
        let mut cells: Vec<(i64, Cell)> = cells.into_iter().collect();
        if !cells.is_sorted_by(|a, b| a.0 < b.0) {
            cells.sort_by_key(|(second, _)| *second);
            cells.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1.merge(&next.1);
                }
                same
            });
        }
        Seconds(cells)
    }
}

/// All seconds of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Cells by second (of the raw clock before alignment, UTC after).
    pub cells: Seconds,
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
        self.cells.merge(other.cells);
        for (minute, exemplar) in other.failed {
            insert_earlier(&mut self.failed, minute, exemplar);
        }
        for (minute, exemplar) in other.passed {
            insert_earlier(&mut self.passed, minute, exemplar);
        }
    }

    /// The same track with the seconds from `from_s` to `to_s` only; `None` when there are none. Of the lines
    /// kept by minute those of minutes that are inside in part stay.
    pub fn between(&self, from_s: i64, to_s: i64) -> Option<Track> {
        let cells: Seconds =
            self.cells.range(from_s..to_s.saturating_add(1)).map(|(second, cell)| (second, cell.clone())).collect();
        if cells.is_empty() {
            return None;
        }
        let minutes = from_s.div_euclid(60)..=to_s.div_euclid(60);
        let lines = |of: &BTreeMap<i64, Exemplar>| {
            of.range(minutes.clone()).map(|(minute, line)| (*minute, line.clone())).collect()
        };
        Some(Track { cells, failed: lines(&self.failed), passed: lines(&self.passed) })
    }

    /// Gives back the room that growing took beyond what is held.
    pub fn pack(&mut self) {
        self.cells.0.shrink_to_fit();
    }

    /// The same track with every second `s` moved to `remap(s)`; seconds that meet are added up. A
    /// minute's exemplar goes to the minute its first second falls in.
    pub fn remapped(self, remap: &impl Fn(i64) -> i64) -> Track {
        let stays = |minute: &i64| remap(minute * 60).div_euclid(60) == *minute;
        if self.cells.keys().all(|second| remap(second) == second)
            && self.failed.keys().chain(self.passed.keys()).all(stays)
        {
            return self;
        }
        let cells = self.cells.0.into_iter().map(|(second, cell)| (remap(second), cell)).collect();
        let mut moved = Track { cells, ..Track::default() };
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

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_duration_falls_into_the_bucket_whose_bounds_hold_it(micros in 1u64..1_000_000_000_000) {
            let index = f64::from(LatencySketch::index(micros * 1_000));
            let within = micros as f64 >= (index / 4.0).exp2() * (1.0 - 1e-12);
            let below = (micros as f64) < ((index + 1.0) / 4.0).exp2() * (1.0 + 1e-12);
            proptest::prop_assert!(within && (below || index == f64::from(LatencySketch::LAST)), "{} µs in {}", micros, index);
        }

        #[test]
        fn sketches_add_up_in_any_order(durations in proptest::collection::vec(0u64..1u64 << 40, 0..60), split in 0usize..60) {
            let sketch = |durations: &[u64]| {
                let mut sketch = LatencySketch::default();
                durations.iter().for_each(|ns| sketch.add(*ns));
                sketch
            };
            let (first, rest) = durations.split_at(split.min(durations.len()));
            let (mut ab, mut ba) = (sketch(first), sketch(rest));
            ab.merge(&sketch(rest));
            ba.merge(&sketch(first));
            proptest::prop_assert_eq!(&ab, &ba);
            proptest::prop_assert_eq!(&ab, &sketch(&durations));
            proptest::prop_assert_eq!(ab.count(), durations.len() as u64);
            proptest::prop_assert_eq!(ab.is_empty(), durations.is_empty());
        }
    }
}
