//! What one file (or archive member) gave, on its own raw clock.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    Claim, ClockKind, Diagnostic, Event, Exemplar, KeptRecord, Pattern, Prints, RawTime, Rollup, Rows, Series,
};

/// What is known of a source besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Path inside the bundle; members as `archive!member`. `/` on every system.
    pub path: String,
    /// Size in bytes after decompression, before decoding to UTF-8.
    pub bytes: u64,
    /// SHA-256 of those bytes, hex.
    pub sha256: String,
    /// Modification time, s since 1970, where the container keeps one that can be believed.
    pub modified_s: Option<i64>,
    /// Text encoding (`utf-8`, `utf-16le`, `windows-1252`).
    pub encoding: String,
}

/// A format that claimed a source, and why it won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatUse {
    /// Registered name.
    pub name: String,
    /// What was recognised, for `inspect`.
    pub reason: String,
    /// Share of sampled frames that it decodes, in percent.
    pub score: u8,
}

/// Formats that read prose: what they give is told, not measured.
pub const PROSE_FORMATS: &[&str] = &["markdown", "html", "plain_text"];

/// Frames and bytes of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Lines, for line formats; elements, for document formats.
    pub frames: u64,
    /// Bytes, line ends included.
    pub bytes: u64,
}

impl Tally {
    /// Counts one frame of `bytes`.
    pub fn add(&mut self, bytes: u64) {
        self.frames += 1;
        self.bytes += bytes;
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: Tally) {
        self.frames += other.frames;
        self.bytes += other.bytes;
    }
}

/// Frames of one source that could not be decoded for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// How much.
    pub tally: Tally,
    /// The first of them.
    pub first: Exemplar,
}

/// Law 1: every frame and byte of a source in exactly one class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounting {
    /// Everything that went in.
    pub total: Tally,
    /// First frames of records (events, samples, claims and log records alike).
    pub records: Tally,
    /// Frames that continue the record above.
    pub continuation: Tally,
    /// Blank lines, comments, headers, separators, and prose that states nothing timed or counted.
    pub blank: Tally,
    /// Frames that nothing could decode, by reason.
    pub rejected: BTreeMap<String, Reject>,
}

impl Accounting {
    /// Whether the classes add up to the total, in frames and in bytes.
    pub fn adds_up(&self) -> bool {
        let mut sum = self.records;
        sum.merge(self.continuation);
        sum.merge(self.blank);
        for reject in self.rejected.values() {
            sum.merge(reject.tally);
        }
        sum == self.total
    }

    /// Frames rejected for any reason.
    pub fn rejected_frames(&self) -> u64 {
        self.rejected.values().map(|r| r.tally.frames).sum()
    }

    /// Counts a frame that could not be decoded.
    pub fn reject(&mut self, reason: &str, bytes: u64, exemplar: impl FnOnce() -> Exemplar) {
        let entry = self
            .rejected
            .entry(reason.to_string())
            .or_insert_with(|| Reject { tally: Tally::default(), first: exemplar() });
        entry.tally.add(bytes);
    }

    /// Adds the accounting of a later piece of the same source.
    pub fn merge(&mut self, other: Accounting) {
        self.total.merge(other.total);
        self.records.merge(other.records);
        self.continuation.merge(other.continuation);
        self.blank.merge(other.blank);
        for (reason, theirs) in other.rejected {
            match self.rejected.entry(reason) {
                std::collections::btree_map::Entry::Vacant(v) => {
                    v.insert(theirs);
                }
                std::collections::btree_map::Entry::Occupied(mut o) => {
                    let mine = o.get_mut();
                    mine.tally.merge(theirs.tally);
                    if theirs.first < mine.first {
                        mine.first = theirs.first;
                    }
                }
            }
        }
    }
}

/// Differences between inner and outer stamp of the same record, by whole second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetVotes {
    /// inner wall clock − outer UTC, whole seconds → votes.
    pub seconds: BTreeMap<i64, u32>,
}

impl OffsetVotes {
    /// Distinct seconds kept; more only means a broken clock.
    pub const MAX: usize = 4096;

    /// Counts one difference.
    pub fn add(&mut self, difference_s: i64) {
        if self.seconds.len() < Self::MAX || self.seconds.contains_key(&difference_s) {
            *self.seconds.entry(difference_s).or_default() += 1;
        }
    }

    /// Adds other votes.
    pub fn merge(&mut self, other: OffsetVotes) {
        for (second, votes) in other.seconds {
            *self.seconds.entry(second).or_default() += votes;
        }
    }

    /// Number of votes.
    pub fn count(&self) -> u64 {
        self.seconds.values().map(|n| u64::from(*n)).sum()
    }

    /// The difference below which the share `q` of votes lies; `None` without votes.
    pub fn quantile(&self, q: f64) -> Option<i64> {
        let rank = ((self.count() as f64) * q).ceil().max(1.0) as u64;
        let mut seen = 0;
        self.seconds.iter().find_map(|(second, votes)| {
            seen += u64::from(*votes);
            (seen >= rank).then_some(*second)
        })
    }
}

/// When shared ids were seen, for measuring one source's clock against another's.
///
/// Keeps the ids with the smallest hashes, so that two sources keep the *same* ids without
/// talking, and the result does not depend on the order of adding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdAnchors {
    /// Hash of the id → first key time (ns on the fold's clock) it was seen at.
    pub seen: BTreeMap<u64, i64>,
}

impl IdAnchors {
    /// Ids kept.
    pub const MAX: usize = 2048;

    /// What an id is kept under.
    pub fn key_of(id: &str) -> u64 {
        hash_of(id.as_bytes())
    }

    /// Notes an id.
    pub fn add(&mut self, id: &str, key_ns: i64) {
        self.insert(Self::key_of(id), key_ns);
    }

    fn is_full(&self) -> bool {
        self.seen.len() >= Self::MAX
    }

    fn insert(&mut self, hash: u64, key_ns: i64) {
        if self.is_full() && self.seen.last_key_value().is_some_and(|(last, _)| hash > *last) {
            return;
        }
        let entry = self.seen.entry(hash).or_insert(key_ns);
        *entry = (*entry).min(key_ns);
        if self.seen.len() > Self::MAX {
            self.seen.pop_last();
        }
    }

    /// Adds other anchors.
    pub fn merge(&mut self, other: IdAnchors) {
        for (hash, key_ns) in other.seen {
            // In order: when one is too large, so are all behind it.
            if self.is_full() && self.seen.last_key_value().is_some_and(|(last, _)| hash > *last) {
                return;
            }
            self.insert(hash, key_ns);
        }
    }
}

/// A 64-bit hash whose low values are an even sample of ids: eight bytes at a time, multiplied and
/// folded, with the finalizer of MurmurHash3. The same on every machine.
fn hash_of(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = PRIME ^ bytes.len() as u64;
    let mut add = |word: [u8; 8]| {
        let wide = u128::from(hash ^ u64::from_le_bytes(word)).wrapping_mul(u128::from(PRIME));
        hash = (wide as u64) ^ ((wide >> 64) as u64);
    };
    let (words, rest) = bytes.as_chunks();
    words.iter().for_each(|word| add(*word));
    if !rest.is_empty() {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        add(word);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// A stretch of records of one source whose clock ran on without a jump back.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// Which clock the keys are on.
    pub clock: ClockKind,
    /// Stamp of the first record, in file order.
    pub first: RawTime,
    /// Stamp of the last record, in file order.
    pub last: RawTime,
    /// Lines it covers, first and last record's.
    pub lines: (u64, u64),
    /// Earliest and latest key, ns.
    pub range: (i64, i64),
    /// Records folded.
    pub records: u64,
    /// Records earlier than the one before them.
    pub disorder: u64,
    /// What was counted.
    pub rollup: Rollup,
    /// Messages of WARN and worse with what varies by shape blanked, by (service, skeleton).
    pub patterns: BTreeMap<(String, String), Pattern>,
    /// Inner against outer stamps.
    pub wrapper: OffsetVotes,
    /// Earliest and latest outer stamp, UTC ns: anchors the year and the day.
    pub observed: Option<(i64, i64)>,
    /// Offsets written in zoned stamps, seconds east → how often.
    pub offsets: BTreeMap<i32, u64>,
    /// Stamps against second, zoned stamps in the text of the same records, of a sample of records.
    pub beside: OffsetVotes,
    /// Zones that fields of the same records name, as written, of a sample of records.
    pub zone_fields: BTreeMap<String, u64>,
    /// Records in that sample.
    pub sampled: u64,
    /// Hosts the records name; at most [`Fold::MAX_HOSTS`].
    pub hosts: BTreeSet<String>,
    /// Shared ids.
    pub anchors: IdAnchors,
    /// Finest precision seen.
    pub precision: super::Precision,
}

impl Fold {
    /// A clock without zone that falls back by more than this starts a new fold: a change of day,
    /// of year or of daylight saving. Smaller falls are disorder.
    pub const JUMP_BACK_NS: i64 = 30 * 60 * 1_000_000_000;
    /// Hosts kept: a file of more hosts than this is a collection, and tells nothing of any.
    pub const MAX_HOSTS: usize = 4;

    /// An empty fold that begins with a record stamped `at` on `line`.
    pub fn starting(at: RawTime, line: u64) -> Self {
        Fold {
            clock: at.kind,
            first: at,
            last: at,
            lines: (line, line),
            range: (at.key_ns(), at.key_ns()),
            records: 0,
            disorder: 0,
            rollup: Rollup::default(),
            patterns: BTreeMap::new(),
            wrapper: OffsetVotes::default(),
            observed: None,
            offsets: BTreeMap::new(),
            beside: OffsetVotes::default(),
            zone_fields: BTreeMap::new(),
            sampled: 0,
            hosts: BTreeSet::new(),
            anchors: IdAnchors::default(),
            precision: at.precision,
        }
    }

    /// A count of elapsed time that falls back by more than this began anew.
    pub const RESTART_NS: i64 = 1_000_000_000;

    /// A silence after which stamps without a year may be of another one: two months.
    pub const SILENCE_NS: i64 = 60 * 86_400_000_000_000;

    /// Whether a record stamped `next` belongs to this fold: decided by neighbours alone, so that
    /// cutting a file anywhere and merging the pieces gives the same folds.
    pub fn goes_on(&self, next: RawTime) -> bool {
        let step = next.key_ns() - self.last.key_ns();
        // A count that falls back began anew: the machine came up again.
        let fall = if next.kind == ClockKind::Relative { Self::RESTART_NS } else { Self::JUMP_BACK_NS };
        self.clock == next.kind
            && (next.kind == ClockKind::Zoned || step >= -fall)
            && (next.kind != ClockKind::YearLess || step <= Self::SILENCE_NS)
    }

    /// Keeps the name of a host; of too many the first in alphabetical order.
    pub fn note_host(&mut self, host: &str) {
        // Of too many names the first are kept: one behind them all would go again at once.
        let beyond = self.hosts.len() >= Self::MAX_HOSTS && self.hosts.last().is_some_and(|last| host > last.as_str());
        if !beyond && !self.hosts.contains(host) {
            self.hosts.insert(host.to_string());
            if self.hosts.len() > Self::MAX_HOSTS {
                self.hosts.pop_last();
            }
        }
    }

    /// Adds the fold that follows this one in the file.
    pub fn merge(&mut self, next: Fold) {
        self.disorder += next.disorder + u64::from(next.first.key_ns() < self.last.key_ns());
        self.last = next.last;
        self.lines.1 = next.lines.1;
        self.range = (self.range.0.min(next.range.0), self.range.1.max(next.range.1));
        self.records += next.records;
        self.rollup.merge(next.rollup);
        for (key, pattern) in next.patterns {
            match self.patterns.entry(key) {
                std::collections::btree_map::Entry::Vacant(v) => {
                    v.insert(pattern);
                }
                std::collections::btree_map::Entry::Occupied(mut o) => o.get_mut().merge(pattern),
            }
        }
        self.wrapper.merge(next.wrapper);
        self.observed = match (self.observed, next.observed) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        for (offset, count) in next.offsets {
            *self.offsets.entry(offset).or_default() += count;
        }
        self.beside.merge(next.beside);
        self.sampled += next.sampled;
        for (zone, count) in next.zone_fields {
            *self.zone_fields.entry(zone).or_default() += count;
        }
        for host in next.hosts {
            self.note_host(&host);
        }
        self.anchors.merge(next.anchors);
        self.precision = self.precision.max(next.precision);
    }
}

/// Everything one source gave. Merges associatively in segment order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceEvidence {
    /// The file.
    pub info: SourceInfo,
    /// Formats that read it, best first; empty when none did.
    pub formats: Vec<FormatUse>,
    /// Law 1.
    pub accounting: Accounting,
    /// Folds per clock, in file order within a clock.
    pub folds: Vec<Fold>,
    /// Metric series, in order of first appearance.
    pub series: Vec<Series>,
    /// The rows its points were read from.
    pub rows: Rows,
    /// Events, in file order.
    pub events: Vec<Event<RawTime>>,
    /// Claims, in file order.
    pub claims: Vec<Claim<RawTime>>,
    /// Observed calls (caller, callee) → count and first line.
    pub calls: BTreeMap<(String, String), (u64, Exemplar)>,
    /// Display names by id, as a directory file of the export gives them (chat users, paging users).
    pub people: BTreeMap<String, String>,
    /// Zone statements found in the file ("times are UTC", a page's `time_zone`), with their line.
    pub zone_notes: Vec<(String, Exemplar)>,
    /// What its records look like second by second, until files were held against each other.
    pub prints: Prints,
    /// A full date above the records ("Log file created at"): for stamps without year or day.
    pub dated_head: Option<(RawTime, Exemplar)>,
    /// What to say of stamps whose weekday is not that of their date: at the first, with their number
    /// in a sample of records.
    pub weekdays: Option<Diagnostic>,
    /// Every record, in file order; empty unless they were asked for.
    pub records: Vec<KeptRecord>,
    /// What else to know.
    pub diagnostics: Vec<Diagnostic>,
}

impl SourceEvidence {
    /// Adds the piece of the same source that follows this one.
    pub fn merge(&mut self, next: SourceEvidence) {
        self.accounting.merge(next.accounting);
        self.records.extend(next.records);
        self.prints.merge(next.prints);
        for fold in next.folds {
            self.push_fold(fold);
        }
        let moved = self.rows.append(next.rows);
        for mut series in next.series {
            series.rows.iter_mut().for_each(|row| *row = row.saturating_add(moved));
            match self.series.iter_mut().find(|s| s.key() == series.key()) {
                Some(mine) => {
                    mine.points.extend(series.points);
                    mine.rows.extend(series.rows);
                    mine.last = series.last;
                }
                None => self.series.push(series),
            }
        }
        self.events.extend(next.events);
        self.claims.extend(next.claims);
        for (call, (count, first)) in next.calls {
            let mine = self.calls.entry(call).or_insert((0, first));
            mine.0 += count;
        }
        self.people.extend(next.people);
        self.zone_notes.extend(next.zone_notes);
        self.dated_head = self.dated_head.take().or(next.dated_head);
        if let Some(next) = next.weekdays {
            self.note_weekday(next);
        }
        self.diagnostics.extend(next.diagnostics);
    }

    /// Adds what was found of weekdays behind what is known of them: the first of them is shown.
    pub fn note_weekday(&mut self, next: Diagnostic) {
        match &mut self.weekdays {
            Some(known) => known.count += next.count,
            None => self.weekdays = Some(next),
        }
    }

    /// Appends a fold, joining it to the last fold of its clock when that one goes on.
    pub fn push_fold(&mut self, fold: Fold) {
        match self.folds.iter_mut().rev().find(|f| f.clock == fold.clock) {
            Some(last) if last.goes_on(fold.first) => last.merge(fold),
            _ => self.folds.push(fold),
        }
    }
}
