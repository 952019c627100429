//! Which zone a zone-less clock is in: the first witness that decides, and what the others say.

use std::collections::BTreeMap;

use super::zone::{WallOffset, Zone, offset_label, snap};
use crate::model::{ClockKind, OffsetVotes, SourceEvidence, TimeBasis, Witness, WitnessKind};

/// Records that must agree before an envelope or shared ids decide.
const MIN_VOTES: u64 = 3;
/// A residual beyond this is a clock that is wrong, not a late writer.
const SKEW_FROM_S: i64 = 30;

/// What the user declares of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Zone of zone-less stamps.
    pub zone: Option<String>,
    /// Milliseconds the clock ran ahead; overrides what is measured.
    pub skew_ms: Option<i64>,
}

/// The verdict on one source's zone-less stamps of one kind.
pub struct ZoneVerdict {
    /// The zone.
    pub zone: Zone,
    /// Why.
    pub basis: TimeBasis,
    /// Seconds the clock ran ahead of its envelope, and half the spread of that, when an envelope told.
    pub skew_s: Option<(i64, i64)>,
    /// Witnesses, the decisive one first.
    pub witnesses: Vec<Witness>,
    /// Witnesses that disagree with the verdict.
    pub ambiguity: Option<String>,
}

/// Everything that may speak about other sources' zones.
pub struct Surroundings<'a> {
    /// Explicit offsets other than UTC, by folder: offset → (votes, a path).
    pub folder_offsets: &'a BTreeMap<String, BTreeMap<i32, (u64, String)>>,
    /// Differences of shared ids against zoned sources, in whole seconds of wall clock minus UTC.
    pub shared: OffsetVotes,
    /// A wall-clock second of the source: what offset a named zone stands for depends on the season.
    pub wall_s: i64,
}

/// Folder of a path (archives count as folders).
pub fn folder(path: &str) -> &str {
    path.rfind(['/', '!']).map_or("", |at| &path[..at])
}

/// Hears every witness about zone-less stamps of `kind` in `source`.
pub fn hear(
    source: &SourceEvidence,
    kind: ClockKind,
    declared: Option<&Declared>,
    around: &Surroundings<'_>,
) -> ZoneVerdict {
    let mut heard: Vec<(Witness, Zone, TimeBasis)> = Vec::new();
    heard.extend(user(declared));
    heard.extend(statements(source));
    let (by_wrapper, skew_s) = wrapper(source, kind);
    heard.extend(by_wrapper);
    heard.extend(siblings(source, around));
    heard.extend(shared_ids(&around.shared));
    for (witness, zone, _) in &mut heard {
        if let WallOffset::One(offset) = zone.at_wall(around.wall_s) {
            witness.offset_s = Some(offset);
        }
    }
    verdict(heard, skew_s)
}

fn verdict(heard: Vec<(Witness, Zone, TimeBasis)>, skew_s: Option<(i64, i64)>) -> ZoneVerdict {
    let Some((zone, basis)) = heard.first().map(|(_, zone, basis)| (*zone, *basis)) else {
        let says = "no stamp, statement, envelope, neighbour or shared id tells the zone; UTC was assumed".to_string();
        let witness = Witness { kind: WitnessKind::Assumption, says, offset_s: Some(0), votes: 0, decisive: true };
        return ZoneVerdict {
            zone: Zone::UTC,
            basis: TimeBasis::Assumed,
            skew_s,
            witnesses: vec![witness],
            ambiguity: None,
        };
    };
    let dissent: Vec<String> = heard
        .iter()
        .skip(1)
        .filter(|(w, ..)| w.offset_s != heard[0].0.offset_s)
        .map(|(w, ..)| w.says.clone())
        .collect();
    let ambiguity = (!dissent.is_empty()).then(|| format!("other witnesses disagree: {}", dissent.join("; ")));
    let witnesses = heard.into_iter().enumerate().map(|(i, (w, ..))| Witness { decisive: i == 0, ..w }).collect();
    ZoneVerdict { zone, basis, skew_s, witnesses, ambiguity }
}

fn user(declared: Option<&Declared>) -> Option<(Witness, Zone, TimeBasis)> {
    let name = declared?.zone.as_deref()?;
    let zone = Zone::parse(name)?;
    Some((witness(WitnessKind::User, format!("declared as {name}"), zone, 0), zone, TimeBasis::Declared))
}

fn witness(kind: WitnessKind, says: String, zone: Zone, votes: u64) -> Witness {
    let offset_s = match zone {
        Zone::Fixed(seconds) => Some(seconds),
        Zone::Named(_) => None,
    };
    Witness { kind, says, offset_s, votes, decisive: false }
}

fn statements(source: &SourceEvidence) -> Vec<(Witness, Zone, TimeBasis)> {
    source
        .zone_notes
        .iter()
        .filter_map(|(note, place)| {
            let zone = Zone::parse(note)?;
            let says = format!("line {} states {note}", place.span.line);
            Some((witness(WitnessKind::Statement, says, zone, 1), zone, TimeBasis::Inferred))
        })
        .collect()
}

type Heard = Option<(Witness, Zone, TimeBasis)>;

fn wrapper(source: &SourceEvidence, kind: ClockKind) -> (Heard, Option<(i64, i64)>) {
    let mut votes = OffsetVotes::default();
    for fold in source.folds.iter().filter(|f| f.clock == kind) {
        votes.merge(fold.wrapper.clone());
    }
    let (Some(median), true) = (votes.quantile(0.5), votes.count() >= MIN_VOTES) else { return (None, None) };
    let offset = snap(median);
    let residual = median - i64::from(offset);
    let spread = (votes.quantile(0.75).unwrap_or(median) - votes.quantile(0.25).unwrap_or(median)) / 2;
    let zone = Zone::Fixed(offset);
    let says = format!(
        "{} stamps inside an envelope differ from it by a median of {} s: offset {}, residual {residual} s",
        votes.count(),
        median,
        offset_label(offset)
    );
    let heard = (witness(WitnessKind::Wrapper, says, zone, votes.count()), zone, TimeBasis::Inferred);
    (Some(heard), (residual.abs() >= SKEW_FROM_S).then_some((residual, spread)))
}

fn siblings(source: &SourceEvidence, around: &Surroundings<'_>) -> Vec<(Witness, Zone, TimeBasis)> {
    let mut own: BTreeMap<i32, u64> = BTreeMap::new();
    for fold in source.folds.iter().filter(|f| f.clock == ClockKind::Zoned) {
        for (offset, count) in fold.offsets.iter().filter(|(o, _)| **o != 0) {
            *own.entry(*offset).or_default() += count;
        }
    }
    let speak = |offset: i32, votes: u64, who: &str| {
        let zone = Zone::Fixed(offset);
        let says = format!("{votes} records of {who} are written with {}", offset_label(offset));
        (witness(WitnessKind::ZonedSibling, says, zone, votes), zone, TimeBasis::Inferred)
    };
    if let [(offset, votes)] = own.iter().collect::<Vec<_>>()[..] {
        return vec![speak(*offset, *votes, "the same file")];
    }
    match around.folder_offsets.get(folder(&source.info.path)) {
        Some(offsets) if offsets.len() == 1 => {
            offsets.iter().map(|(offset, (votes, path))| speak(*offset, *votes, path)).collect()
        }
        _ => Vec::new(),
    }
}

fn shared_ids(votes: &OffsetVotes) -> Heard {
    let median = votes.quantile(0.5)?;
    if votes.count() < MIN_VOTES {
        return None;
    }
    let zone = Zone::Fixed(snap(median));
    let says = format!(
        "{} ids shared with zoned sources stand a median of {median} s away: offset {}",
        votes.count(),
        offset_label(snap(median))
    );
    Some((witness(WitnessKind::SharedIds, says, zone, votes.count()), zone, TimeBasis::Inferred))
}
