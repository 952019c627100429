//! The aligned whole: every source on one UTC timeline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Accounting, Citation, Claim, ClockKind, Diagnostic, Event, FormatUse, OpKey, Pattern, Series, ServiceNames,
    SourceId, SourceInfo, TimeBasis, Track,
};

/// What kind of evidence spoke about a source's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WitnessKind {
    /// The user said so.
    User,
    /// The format fixes the zone.
    Format,
    /// The text itself states a zone.
    Statement,
    /// An abbreviation behind the stamps, as far as season and the rest of the bundle decide it.
    Label,
    /// Inner stamps against the stamps of an envelope.
    Wrapper,
    /// A second stamp, with its zone, in the same records.
    SameRecord,
    /// Zoned records of the same file or host.
    ZonedSibling,
    /// The stamp in the file's name against its modification time.
    FileName,
    /// Ids shared with a zoned source.
    SharedIds,
    /// The same sentence in a zoned source.
    SharedText,
    /// Errors that rise and fall with those of a zoned source: the last resort.
    Curve,
    /// Where the file comes from: containers run on UTC unless somebody sets them otherwise.
    Origin,
    /// The year or date of neighbours, of a file name, or of the bundle's window.
    Calendar,
    /// Nothing else: UTC was assumed.
    Assumption,
}

/// One piece of evidence about a clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// What kind.
    pub kind: WitnessKind,
    /// What it says, in words a person can check.
    pub says: String,
    /// Offset east of UTC it speaks for, seconds.
    pub offset_s: Option<i32>,
    /// How many records agree.
    pub votes: u64,
    /// Whether it decided.
    pub decisive: bool,
}

/// How the stamps of one source (and one clock within it) became UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockDecision {
    /// Which clock of the source.
    pub clock: ClockKind,
    /// Lines it applies to, first and last.
    pub lines: (u64, u64),
    /// Zone as named (`Europe/Berlin`, `+02:00`, `UTC`).
    pub zone: String,
    /// Offset east of UTC, seconds (of the first record when the zone has daylight saving).
    pub offset_s: i32,
    /// Clock error that was taken out besides the zone: positive when the source's clock ran ahead, ms.
    pub skew_ms: i64,
    /// Half width of the middle half of the differences that gave `skew_ms`, ms.
    pub skew_spread_ms: Option<i64>,
    /// Anchors that gave `skew_ms`.
    pub anchors: u64,
    /// Why.
    pub basis: TimeBasis,
    /// The witnesses heard, decisive ones first.
    pub witnesses: Vec<Witness>,
    /// More than one reading remains possible; the text says which.
    pub ambiguity: Option<String>,
}

/// A source after alignment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its id: the index in path order.
    pub id: SourceId,
    /// The file.
    pub info: SourceInfo,
    /// Formats that read it.
    pub formats: Vec<FormatUse>,
    /// Law 1.
    pub accounting: Accounting,
    /// One decision per clock and stretch.
    pub clocks: Vec<ClockDecision>,
    /// First and last UTC second of its records, events and points; `None` without any.
    pub covers_s: Option<(i64, i64)>,
}

/// Counts of one source under one key, on UTC seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceTrack {
    /// Where they were read.
    pub source: SourceId,
    /// Service, operation, weight.
    pub key: OpKey,
    /// The counts.
    pub track: Track,
}

/// Everything that was read, on UTC.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Sources in path order.
    pub sources: Vec<Source>,
    /// Counts, by key then source.
    pub tracks: Vec<SourceTrack>,
    /// Templates by (service, template), with the source of the first line; skeletons until all were mined.
    pub patterns: BTreeMap<(String, String), (SourceId, Pattern)>,
    /// Series with their source; points sorted by time.
    pub series: Vec<(SourceId, Series)>,
    /// Events sorted by (time, source, line).
    pub events: Vec<Event>,
    /// Claims in source and file order.
    pub claims: Vec<Claim>,
    /// Raw service names → canonical ones, for every name that occurs anywhere above.
    pub names: ServiceNames,
    /// Names of people as directories of the exports give them (chat users, paging users), sorted.
    pub people: Vec<String>,
    /// Observed calls: caller, callee, count, evidence.
    pub calls: Vec<(String, String, u64, Citation)>,
    /// What else to know, in path order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Evidence {
    /// Sources that hold the same bytes as an earlier one (in path order), with that one: rates count
    /// such a pair once. Empty files are nobody's copy.
    pub fn copies(&self) -> BTreeMap<SourceId, SourceId> {
        let mut seen: BTreeMap<&str, SourceId> = BTreeMap::new();
        let mut out = BTreeMap::new();
        for source in self.sources.iter().filter(|s| !s.info.sha256.is_empty() && s.info.bytes > 0) {
            match seen.get(source.info.sha256.as_str()) {
                Some(first) => {
                    out.insert(source.id, *first);
                }
                None => {
                    seen.insert(&source.info.sha256, source.id);
                }
            }
        }
        out
    }
}
