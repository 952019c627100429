//! A fold being made: what the records of one segment and clock add up to, in forms that are quick to
//! add to. [`Open::close`] turns them into the ordered ones that merge.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::fingerprint::hash_of_text;
use crate::format::Frame;
use crate::model::{
    CallEnd, Cell, ClockKind, Exemplar, Fold, IdAnchors, Level, LogRecord, OpKey, Outcome, Pattern, RawTime, Track,
};
use crate::patterns::skeleton;

/// Templates kept per fold and segment; more fold into one that says so.
const MAX_PATTERNS: usize = 2_000;
/// Operations kept per service and segment; more fold into one that says so.
const MAX_OPERATIONS: usize = 500;
/// Where operations beyond the cap are counted.
const OTHER: &str = "(other)";
/// Keys whose place is remembered, a power of two.
const RECENT: usize = 32;
/// Messages whose template is remembered, a power of two: many come again, those with an id in them never do.
const MESSAGES: usize = 256;

/// The counts of one key, by second.
#[derive(Default)]
struct Cells {
    cells: Vec<(i64, Cell)>,
    place: FxHashMap<i64, usize>,
    /// Second and place of the cell that was counted in last.
    last: (i64, usize),
}

impl Cells {
    fn at(&mut self, second: i64) -> &mut Cell {
        let known = self.last.0 == second && self.last.1 < self.cells.len();
        let at = if known {
            self.last.1
        } else {
            let next = self.cells.len();
            *self.place.entry(second).or_insert(next)
        };
        self.last = (second, at);
        if at == self.cells.len() {
            self.cells.push((second, Cell::default()));
        }
        &mut self.cells[at].1
    }
}

/// First records of each minute, and the minute that was looked at last.
#[derive(Default)]
struct Firsts {
    minutes: BTreeMap<i64, Exemplar>,
    last: Option<i64>,
}

impl Firsts {
    fn note(&mut self, minute: i64, exemplar: impl FnOnce() -> Exemplar) {
        if self.last != Some(minute) {
            self.last = Some(minute);
            self.minutes.entry(minute).or_insert_with(exemplar);
        }
    }
}

/// Everything counted under one key.
struct Counted {
    key: OpKey,
    cells: Cells,
    failed: Firsts,
    passed: Firsts,
}

impl Counted {
    fn close(self) -> (OpKey, Track) {
        let cells = self.cells.cells.into_iter().collect();
        (self.key, Track { cells, failed: self.failed.minutes, passed: self.passed.minutes })
    }
}

/// The folds being made of one source, one for each kind of clock at most.
#[derive(Default)]
pub(super) struct Opens {
    /// By kind of clock.
    kinds: [Option<Box<Open>>; ClockKind::COUNT],
}

impl Opens {
    /// The fold a record stamped `at` on `line` goes to. One whose clock fell back is given to `close` first.
    pub(super) fn at(&mut self, at: RawTime, line: u64, close: impl FnOnce(Open)) -> &mut Open {
        let slot = &mut self.kinds[at.kind as usize];
        if let Some(done) = slot.take_if(|open| !open.fold.goes_on(at)) {
            close(*done);
        }
        slot.get_or_insert_with(|| Box::new(Open::new(Fold::starting(at, line))))
    }

    /// Every fold, by kind of clock.
    pub(super) fn into_iter(self) -> impl Iterator<Item = Open> {
        self.kinds.into_iter().flatten().map(|open| *open)
    }
}

/// What lies beyond the caps of a fold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Capped {
    /// Some operations were counted as one.
    pub(super) operations: bool,
    /// Records counted without their template.
    pub(super) patterns: u64,
}

/// A fold being made.
pub(super) struct Open {
    pub(super) fold: Fold,
    /// The offset written last, and how often since it was another.
    offset: (i32, u64),
    tracks: Vec<Counted>,
    index: FxHashMap<u64, Vec<usize>>,
    /// Places of keys that were counted lately.
    recent: [usize; RECENT],
    operations: FxHashMap<String, usize>,
    ids: Ids,
    patterns: Vec<((String, String), Pattern)>,
    /// Place of a template by the hash of its key.
    templates: FxHashMap<u64, usize>,
    /// Hashes of messages of late, and the places of their templates; empty until there is one.
    messages: Vec<(u64, usize)>,
    /// Room for the skeleton of a message.
    skeleton: Vec<u8>,
    pub(super) capped: Capped,
}

impl Open {
    pub(super) fn new(fold: Fold) -> Self {
        Open {
            fold,
            offset: (0, 0),
            tracks: Vec::new(),
            index: FxHashMap::default(),
            recent: [0; RECENT],
            operations: FxHashMap::default(),
            ids: Ids::default(),
            patterns: Vec::new(),
            templates: FxHashMap::default(),
            messages: Vec::new(),
            skeleton: Vec::new(),
            capped: Capped::default(),
        }
    }

    /// Notes an id that was seen when the clock stood at `key_ns`.
    pub(super) fn id(&mut self, id: &str, key_ns: i64) {
        self.ids.add(IdAnchors::key_of(id), key_ns);
    }

    /// Counts an offset that a stamp was written with.
    pub(super) fn offset(&mut self, offset_s: i32) {
        if self.offset.0 != offset_s {
            self.settle_offset();
            self.offset.0 = offset_s;
        }
        self.offset.1 += 1;
    }

    fn settle_offset(&mut self) {
        let (offset_s, count) = std::mem::take(&mut self.offset);
        if count > 0 {
            *self.fold.offsets.entry(offset_s).or_default() += count;
        }
    }

    /// Counts `record`, whose work began at `start`, under `service`; `raw` is its text as evidence.
    pub(super) fn count(
        &mut self,
        service: &str,
        record: &LogRecord<'_>,
        start: RawTime,
        frame: &Frame<'_>,
        raw: &str,
    ) {
        let outcome = record.request_outcome();
        let failed = outcome.map_or(record.level.is_some_and(Level::is_error), |o| o.is_failure());
        let weight = if record.weight_milli == 0 { 1000 } else { record.weight_milli };
        let track = self.track(service, record.operation.as_deref().unwrap_or(""), (weight, record.side));
        let second = start.key_s();
        add(track.cells.at(second), record, outcome);
        let firsts = if failed { &mut track.failed } else { &mut track.passed };
        firsts.note(second.div_euclid(60), || Exemplar::new(frame.span, raw));
    }

    /// The counts of a key, made when new.
    fn track(&mut self, service: &str, operation: &str, seen: (u32, CallEnd)) -> &mut Counted {
        let slot = slot_of(service, operation);
        let recent = self.recent[slot];
        if self.tracks.get(recent).is_some_and(|track| is_key(&track.key, service, operation, seen)) {
            return &mut self.tracks[recent];
        }
        let at = match self.find(service, operation, seen) {
            Ok(at) => at,
            Err(hash) => {
                let known = self.operations.entry(service.to_string()).or_default();
                if *known >= MAX_OPERATIONS && operation != OTHER {
                    self.capped.operations = true;
                    return self.track(service, OTHER, seen);
                }
                *known += 1;
                let (service, operation) = (service.to_string(), operation.to_string());
                let key = OpKey { service, operation, weight_milli: seen.0, side: seen.1 };
                let (cells, failed, passed) = Default::default();
                self.tracks.push(Counted { key, cells, failed, passed });
                self.index.entry(hash).or_default().push(self.tracks.len() - 1);
                self.tracks.len() - 1
            }
        };
        self.recent[slot] = at;
        &mut self.tracks[at]
    }

    fn find(&self, service: &str, operation: &str, seen: (u32, CallEnd)) -> Result<usize, u64> {
        let hash = hash_of(&(service, operation, seen));
        let same = |at: &&usize| is_key(&self.tracks[**at].key, service, operation, seen);
        self.index.get(&hash).and_then(|ats| ats.iter().find(same)).copied().ok_or(hash)
    }

    /// Counts the template of a record of `level` in the minute of `start`.
    pub(super) fn pattern(
        &mut self,
        service: &str,
        level: Level,
        body: &str,
        start: RawTime,
        first: impl FnOnce() -> Exemplar,
    ) {
        let message = hash_of_text(body.as_bytes(), hash_of_text(service.as_bytes(), 0));
        let slot = message as usize % MESSAGES;
        let at = match self.messages.get(slot) {
            Some((known, at)) if *known == message => *at,
            _ => {
                let Some(at) = self.template(service, level, body, first) else {
                    self.capped.patterns += 1;
                    return;
                };
                if self.messages.is_empty() {
                    // No hash stands in the slot of another.
                    self.messages = (1..=MESSAGES as u64).map(|other| (other, 0)).collect();
                }
                self.messages[slot] = (message, at);
                at
            }
        };
        let Some((_, pattern)) = self.patterns.get_mut(at) else { return };
        *pattern.minutes.entry(start.key_s().div_euclid(60)).or_default() += 1;
        pattern.level = pattern.level.max(level);
    }

    /// Place of the template of a message; `None` beyond the cap.
    fn template(&mut self, service: &str, level: Level, body: &str, first: impl FnOnce() -> Exemplar) -> Option<usize> {
        skeleton(body, &mut self.skeleton);
        let hash = hash_of_text(&self.skeleton, hash_of_text(service.as_bytes(), 1));
        if let Some(at) = self.templates.get(&hash) {
            return Some(*at);
        }
        if self.patterns.len() >= MAX_PATTERNS {
            return None;
        }
        let at = self.patterns.len();
        let pattern = Pattern { minutes: BTreeMap::new(), level, first: first() };
        let template = String::from_utf8_lossy(&self.skeleton).into_owned();
        self.patterns.push(((service.to_string(), template), pattern));
        self.templates.insert(hash, at);
        Some(at)
    }

    /// The fold, whole.
    pub(super) fn close(mut self) -> Fold {
        self.settle_offset();
        self.fold.rollup.tracks = self.tracks.into_iter().map(Counted::close).collect();
        self.fold.patterns = self.patterns.into_iter().collect();
        self.fold.anchors = self.ids.close();
        self.fold
    }
}

fn is_key(key: &OpKey, service: &str, operation: &str, seen: (u32, CallEnd)) -> bool {
    key.operation == operation && key.service == service && (key.weight_milli, key.side) == seen
}

/// Where the place of a key is remembered: by lengths and ends alone.
fn slot_of(service: &str, operation: &str) -> usize {
    let ends = |text: &str| {
        let bytes = text.as_bytes();
        let byte = |at: usize| bytes.get(at).map_or(0, |b| usize::from(*b));
        bytes.len() ^ (byte(0) << 2) ^ byte(bytes.len() / 2) ^ (byte(bytes.len().wrapping_sub(1)) << 1)
    };
    (ends(service) ^ ends(operation).wrapping_mul(7)) % RECENT
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Counts a record in its second.
fn add(cell: &mut Cell, record: &LogRecord<'_>, outcome: Option<Outcome>) {
    cell.records += 1;
    match record.level {
        Some(level) if level.is_error() => cell.errors += 1,
        Some(Level::Warn) => cell.warnings += 1,
        _ => {}
    }
    let Some(outcome) = outcome else { return };
    cell.outcomes.add(outcome);
    let Some(ns) = record.duration_ns else { return };
    cell.latency.add(ns);
    if outcome.is_failure() {
        let seconds = u32::try_from(ns.div_ceil(1_000_000_000)).unwrap_or(u32::MAX);
        cell.longest_failure_s = cell.longest_failure_s.max(seconds);
    }
}

/// Ids seen, of which [`IdAnchors`] keeps those with the smallest hashes.
#[derive(Default)]
struct Ids {
    seen: Vec<(u64, i64)>,
    /// Larger hashes are certainly not kept.
    limit: Option<u64>,
}

impl Ids {
    /// Ids held before those that cannot be kept are let go.
    const HELD: usize = 4 * IdAnchors::MAX;
    /// Of more than this, the smallest are taken out before they are put in order.
    const FEW: usize = IdAnchors::MAX + IdAnchors::MAX / 4;

    fn add(&mut self, hash: u64, key_ns: i64) {
        if self.limit.is_some_and(|limit| hash > limit) {
            return;
        }
        self.seen.push((hash, key_ns));
        if self.seen.len() >= Self::HELD {
            self.settle();
        }
    }

    /// Keeps the earliest sight of each id, and the smallest hashes.
    fn settle(&mut self) {
        if self.seen.len() > Self::FEW {
            let (_, (last, _), _) = self.seen.select_nth_unstable(Self::FEW);
            let last = *last;
            // Unless they are few ids seen often, all that are kept are among these, and no sight of them is not.
            let mut smallest: Vec<(u64, i64)> = self.seen.iter().copied().filter(|(hash, _)| *hash < last).collect();
            smallest.sort_unstable();
            smallest.dedup_by_key(|(hash, _)| *hash);
            if smallest.len() >= IdAnchors::MAX {
                self.seen = smallest;
            }
        }
        self.seen.sort_unstable();
        self.seen.dedup_by_key(|(hash, _)| *hash);
        self.seen.truncate(IdAnchors::MAX);
        if self.seen.len() == IdAnchors::MAX {
            self.limit = self.seen.last().map(|(hash, _)| *hash);
        }
    }

    fn close(mut self) -> IdAnchors {
        self.settle();
        IdAnchors { seen: self.seen.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn ids_are_kept_as_if_each_were_added_by_itself(ids in proptest::collection::vec((0u16..6_000, 0i64..50), 0..20_000)) {
            let (mut one, mut all) = (IdAnchors::default(), Ids::default());
            for (id, at) in ids {
                one.add(&id.to_string(), at);
                all.add(IdAnchors::key_of(&id.to_string()), at);
            }
            proptest::prop_assert_eq!(one, all.close());
        }
    }
}
