//! Which zone a zone-less clock is in: the first witness that decides, and what the others say.

use std::collections::BTreeMap;

use super::known::{self, InUse, Known};
use super::labels;
use super::votes::{Judged, judge};
use super::zone::{WallOffset, Zone, offset_label, snap};
use crate::model::{ClockKind, OffsetVotes, SourceEvidence, TimeBasis, Witness, WitnessKind};

/// Records that must agree before an envelope or shared ids decide.
pub const MIN_VOTES: u64 = 3;
/// Records that must agree before sentences or second stamps decide.
const MIN_SEEN_TWICE: u64 = 2;
/// A residual beyond this is a clock that is wrong, not a late writer.
const SKEW_FROM_S: i64 = 30;
/// A second stamp of the same moment is this near to an offset, s.
const SAME_MOMENT_S: i64 = 2;
/// A file named for the moment it was written has that moment as modification time, within this, s.
const WRITING_S: i64 = 5;

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
    /// Witnesses that disagree with the verdict, and what else is doubtful.
    pub ambiguity: Option<String>,
}

/// What is put before the witnesses about one kind of clock of one source.
pub struct Case<'a> {
    /// The source.
    pub source: &'a SourceEvidence,
    /// The kind of clock.
    pub kind: ClockKind,
    /// What the user says.
    pub declared: Option<&'a Declared>,
    /// What the rest of the bundle tells.
    pub known: &'a Known,
    /// Differences of shared ids, and of shared sentences, against `known`.
    pub shared: (OffsetVotes, OffsetVotes),
    /// First and last wall-clock second: what offset a named zone stands for depends on the season.
    pub walls_s: (i64, i64),
}

/// One witness's word.
struct Heard {
    witness: Witness,
    zone: Zone,
    basis: TimeBasis,
    doubt: Option<String>,
}

impl Heard {
    fn new(kind: WitnessKind, says: String, zone: Zone, votes: u64) -> Heard {
        let witness = Witness { kind, says, offset_s: None, votes, decisive: false };
        Heard { witness, zone, basis: TimeBasis::Inferred, doubt: None }
    }

    fn judged(kind: WitnessKind, says: String, judged: &Judged, case: &Case<'_>) -> Heard {
        let zone = judged.zone(case.walls_s);
        let says = match (zone, judged.second) {
            (Zone::Named(_), Some(second)) => format!(
                "{says}, and for a good part of them {}: the clock was set meanwhile, as in {}",
                offset_label(second),
                zone.label()
            ),
            _ => says,
        };
        Heard { doubt: judged.doubt.clone(), ..Heard::new(kind, says, zone, judged.votes) }
    }
}

/// Hears every witness about a case.
pub fn hear(case: &Case<'_>) -> ZoneVerdict {
    let mut heard: Vec<Heard> = Vec::new();
    heard.extend(user(case.declared));
    heard.extend(statements(case.source));
    let (by_wrapper, skew_s) = wrapper(case);
    heard.extend(by_wrapper);
    heard.extend(same_record(case));
    heard.extend(zone_fields(case));
    heard.extend(siblings(case));
    heard.extend(file_name(case));
    heard.extend(shared_ids(case));
    heard.extend(shared_texts(case));
    let labels = written_labels(case);
    if let Some(by_label) = season(case, &labels) {
        // A label is in the records themselves: only what the user or the file states comes before it.
        let at = heard.iter().take_while(|h| matches!(h.witness.kind, WitnessKind::User | WitnessKind::Statement));
        heard.insert(at.count(), by_label);
    } else if let [label] = labels[..] {
        label_among(case, label, &mut heard);
    }
    for Heard { witness, zone, .. } in &mut heard {
        witness.offset_s = match zone.at_wall(case.walls_s.0) {
            WallOffset::One(offset) | WallOffset::Never(offset) => Some(offset),
            WallOffset::Twice(..) => None,
        };
    }
    verdict(case, heard, skew_s, &labels)
}

fn verdict(case: &Case<'_>, heard: Vec<Heard>, skew_s: Option<(i64, i64)>, labels: &[&str]) -> ZoneVerdict {
    let Some(first) = heard.first() else { return assumed(case, skew_s, labels) };
    let (zone, basis, offset) = (first.zone, first.basis, first.witness.offset_s);
    let dissent: Vec<String> = heard
        .iter()
        .skip(1)
        .filter(|h| h.witness.offset_s.is_some() && offset.is_some() && h.witness.offset_s != offset)
        .map(|h| h.witness.says.clone())
        .collect();
    let mut doubts: Vec<String> = first.doubt.iter().cloned().collect();
    if !dissent.is_empty() {
        doubts.push(format!("other witnesses disagree: {}", dissent.join("; ")));
    }
    doubts.extend(label_dissent(case, offset, labels));
    let ambiguity = (!doubts.is_empty()).then(|| doubts.join("; "));
    let witnesses = heard.into_iter().enumerate().map(|(i, h)| Witness { decisive: i == 0, ..h.witness }).collect();
    ZoneVerdict { zone, basis, skew_s, witnesses, ambiguity }
}

/// What is said when an open label cannot mean the offset that was decided.
fn label_dissent(case: &Case<'_>, offset: Option<i32>, labels: &[&str]) -> Option<String> {
    let ([label], Some(offset)) = (labels, offset) else { return None };
    let candidates = labels::candidates(label, case.walls_s.0);
    (!candidates.iter().any(|c| c.offset_s == offset))
        .then(|| format!("the stamps are written with {label}, which is not in use for {}", offset_label(offset)))
}

/// Nothing decides: UTC, or the commonest reading of the label that is written, and why.
fn assumed(case: &Case<'_>, skew_s: Option<(i64, i64)>, labels: &[&str]) -> ZoneVerdict {
    let candidates = labels.first().map(|label| labels::candidates(label, case.walls_s.0)).unwrap_or_default();
    let (zone, says, ambiguity) = match (candidates.first(), labels.first()) {
        (Some(first), Some(label)) => {
            let readings: Vec<String> =
                candidates.iter().map(|c| format!("{} ({})", offset_label(c.offset_s), c.says)).collect();
            let says = format!("the stamps are written with {label}, and nothing tells which is meant");
            let open = format!("{label} may be {}", readings.join(", "));
            (Zone::Fixed(first.offset_s), says, Some(open))
        }
        _ => {
            let neighbours = case.known.neighbours.get(known::folder(&case.source.info.path));
            let hint = neighbours.and_then(InUse::first_key_value).map_or_else(String::new, |(zone, (_, _, path))| {
                format!(
                    " ({path} in the same folder is written in {zone}, but nothing says that it is of the same host)"
                )
            });
            let says =
                format!("no stamp, statement, envelope, neighbour or shared id tells the zone; UTC was assumed{hint}");
            (Zone::UTC, says, None)
        }
    };
    let offset_s = if let Zone::Fixed(offset) = zone { Some(offset) } else { None };
    let witness = Witness { kind: WitnessKind::Assumption, says, offset_s, votes: 0, decisive: true };
    ZoneVerdict { zone, basis: TimeBasis::Assumed, skew_s, witnesses: vec![witness], ambiguity }
}

fn user(declared: Option<&Declared>) -> Option<Heard> {
    let name = declared?.zone.as_deref()?;
    let heard = Heard::new(WitnessKind::User, format!("declared as {name}"), Zone::parse(name)?, 0);
    Some(Heard { basis: TimeBasis::Declared, ..heard })
}

fn statements(source: &SourceEvidence) -> Vec<Heard> {
    let stated = source.zone_notes.iter().filter_map(|(note, place)| {
        let says = format!("line {} states {note}", place.span.line);
        Some(Heard::new(WitnessKind::Statement, says, Zone::stated(note)?, 1))
    });
    stated.collect()
}

/// The abbreviations that stand behind the stamps.
fn written_labels<'a>(case: &Case<'a>) -> Vec<&'a str> {
    let notes = case.source.zone_notes.iter().map(|(note, _)| note.as_str());
    let fields = field_of(case).map(|(name, _)| name);
    let mut labels: Vec<&str> = notes.chain(fields).filter(|note| labels::is_label(note)).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// Labels that decide by themselves: two of one zone, or one with one meaning in that season.
fn season(case: &Case<'_>, labels: &[&str]) -> Option<Heard> {
    if let Some(zone) = labels::common_region(labels) {
        let says = format!("the stamps are written with {}: {}", labels.join(" and "), zone.label());
        return Some(Heard::new(WitnessKind::Label, says, zone, 1));
    }
    let [label] = labels else { return None };
    let [only] = &labels::candidates(label, case.walls_s.0)[..] else { return None };
    let says = format!("the stamps are written with {label}: {} ({})", offset_label(only.offset_s), only.says);
    Some(Heard::new(WitnessKind::Label, says, Zone::Fixed(only.offset_s), 1))
}

/// A label with several readings, held against the rest of the bundle when no witness has spoken: the
/// one reading whose offset is in use elsewhere, or that puts the source into the bundle's hours.
fn label_among(case: &Case<'_>, label: &str, heard: &mut Vec<Heard>) {
    if !heard.is_empty() {
        return;
    }
    let candidates = labels::candidates(label, case.walls_s.0);
    let in_use = |offset: i32| {
        let mut zones = case.known.zones.values();
        zones.find(|(zone, ..)| zone.at_wall(case.walls_s.0) == WallOffset::One(offset)).map(|(.., path)| path.as_str())
    };
    let used: Vec<(&labels::Candidate, &str)> =
        candidates.iter().filter_map(|c| Some((c, in_use(c.offset_s)?))).collect();
    let among: Vec<String> = candidates.iter().map(|c| offset_label(c.offset_s)).collect();
    let among = format!("{label} may be {}", among.join(", "));
    if let [(only, path)] = used[..] {
        let says = format!("{among}; of these only {} is in use elsewhere: {path}", offset_label(only.offset_s));
        heard.push(Heard::new(WitnessKind::Label, says, Zone::Fixed(only.offset_s), 1));
        return;
    }
    let Some((from, to)) = case.known.zoned_window else { return };
    let (from, to) = (from.div_euclid(1_000_000_000), to.div_euclid(1_000_000_000));
    let inside = |c: &&labels::Candidate| {
        let offset = i64::from(c.offset_s);
        case.walls_s.0 - offset <= to && case.walls_s.1 - offset >= from
    };
    let fitting: Vec<&labels::Candidate> = candidates.iter().filter(inside).collect();
    if let [only] = fitting[..] {
        let offset = offset_label(only.offset_s);
        let says = format!("{among}; only {offset} puts the file into the hours the other sources speak of");
        heard.push(Heard::new(WitnessKind::Label, says, Zone::Fixed(only.offset_s), 1));
    }
}

fn merged<'a>(case: &Case<'a>, of: impl Fn(&'a crate::model::Fold) -> &'a OffsetVotes) -> OffsetVotes {
    let mut votes = OffsetVotes::default();
    for fold in case.source.folds.iter().filter(|f| f.clock == case.kind) {
        votes.merge(of(fold).clone());
    }
    votes
}

fn wrapper(case: &Case<'_>) -> (Option<Heard>, Option<(i64, i64)>) {
    let votes = merged(case, |fold| &fold.wrapper);
    let Some(judged) = judge(&votes, MIN_VOTES) else { return (None, None) };
    let says = with_residual(&judged, "stamps inside an envelope differ from it by a median of", "");
    let skew = (judged.residual_s.abs() >= SKEW_FROM_S).then_some((judged.residual_s, judged.spread_s));
    (Some(Heard::judged(WitnessKind::Wrapper, says, &judged, case)), skew)
}

/// Second stamps of the same moment. Those of other moments are not on any offset.
fn same_record(case: &Case<'_>) -> Option<Heard> {
    let votes = merged(case, |fold| &fold.beside);
    let on_offset = votes.seconds.iter().filter(|(s, _)| (*s - i64::from(snap(**s))).abs() <= SAME_MOMENT_S);
    let same = OffsetVotes { seconds: on_offset.map(|(s, n)| (*s, *n)).collect() };
    let sampled: u64 = case.source.folds.iter().filter(|f| f.clock == case.kind).map(|f| f.sampled).sum();
    let judged = judge(&same, MIN_SEEN_TWICE.min(sampled))?;
    // Every record with a second stamp is expected to tell the same; a few that do not are lines about other times.
    if judged.votes * 4 < votes.count() {
        return None;
    }
    let says = format!(
        "{} records hold a second stamp with its zone, of the same moment: offset {}",
        judged.votes,
        offset_label(judged.offset_s)
    );
    let few = (judged.votes < MIN_VOTES).then(|| format!("only {} records tell the offset", judged.votes));
    let heard = Heard::judged(WitnessKind::SameRecord, says, &judged, case);
    Some(Heard { doubt: heard.doubt.clone().or(few), ..heard })
}

/// The one zone that a field of most records names.
fn field_of<'a>(case: &Case<'a>) -> Option<(&'a str, u64)> {
    let mut named: BTreeMap<&str, u64> = BTreeMap::new();
    let mut sampled = 0;
    for fold in case.source.folds.iter().filter(|f| f.clock == case.kind) {
        sampled += fold.sampled;
        for (zone, count) in &fold.zone_fields {
            *named.entry(zone).or_default() += count;
        }
    }
    let (zone, count) = named.pop_first().filter(|_| named.is_empty())?;
    (count * 2 >= sampled).then_some((zone, count))
}

fn zone_fields(case: &Case<'_>) -> Option<Heard> {
    let (name, count) = field_of(case)?;
    let says = format!("{count} records name the zone {name} in a field");
    Some(Heard::new(WitnessKind::SameRecord, says, Zone::stated(name)?, count))
}

/// Zones written in the same file, on the same host, or in a folder named for a host.
fn siblings(case: &Case<'_>) -> Vec<Heard> {
    let places = known::places(case.source, case.kind);
    places.iter().filter_map(|place| sibling(case, place, case.known.places.get(place)?)).collect()
}

fn sibling(case: &Case<'_>, place: &str, zones: &InUse) -> Option<Heard> {
    let at = |zone: Zone| match zone.at_wall(case.walls_s.0) {
        WallOffset::One(offset) | WallOffset::Never(offset) | WallOffset::Twice(offset, _) => offset,
    };
    let (zone, votes, path) = zones.values().max_by_key(|(zone, votes, _)| (matches!(zone, Zone::Named(_)), *votes))?;
    let mut offsets: Vec<i32> = zones.values().map(|(zone, ..)| at(*zone)).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let zone = match offsets[..] {
        [_] => *zone,
        [a, b] => Zone::changing(a, b, case.walls_s)?,
        _ => return None,
    };
    let who = if place.starts_with("file:") { "the same file".to_string() } else { format!("{path} of the same host") };
    let says = format!("{votes} records of {who} are written in {}", zone.label());
    Some(Heard::new(WitnessKind::ZonedSibling, says, zone, *votes))
}

/// A file named for the moment it was written, against the moment it was written.
fn file_name(case: &Case<'_>) -> Option<Heard> {
    let path = case.source.info.path.as_str();
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let wall = super::calendar::stamp_in_name(name)?;
    let difference = wall - case.source.info.modified_s?;
    let offset = snap(difference);
    let residual = difference - i64::from(offset);
    // The file is named when its writing begins.
    ((-WRITING_S..=0).contains(&residual) && difference.abs() <= 14 * 3600).then(|| {
        let says =
            format!("the file is named {difference} s from its time of writing: offset {}", offset_label(offset));
        let heard = Heard::new(WitnessKind::FileName, says, Zone::Fixed(offset), 1);
        Heard { doubt: Some("only the name of the file tells the zone".to_string()), ..heard }
    })
}

/// How many votes say what, and the offset that is nearest to it.
fn median(judged: &Judged, what: &str, behind: &str) -> String {
    let seconds = i64::from(judged.offset_s) + judged.residual_s;
    format!("{} {what} {seconds} s{behind}: offset {}", judged.votes, offset_label(judged.offset_s))
}

/// The same, with what the offset leaves over.
fn with_residual(judged: &Judged, what: &str, behind: &str) -> String {
    format!("{}, residual {} s", median(judged, what, behind), judged.residual_s)
}

fn shared_ids(case: &Case<'_>) -> Option<Heard> {
    let judged = judge(&case.shared.0, MIN_VOTES)?;
    let says = with_residual(&judged, "ids shared with other sources stand a median of", " away");
    Some(Heard::judged(WitnessKind::SharedIds, says, &judged, case))
}

fn shared_texts(case: &Case<'_>) -> Option<Heard> {
    let judged = judge(&case.shared.1, MIN_SEEN_TWICE)?;
    let says = median(&judged, "sentences that other sources hold too stand a median of", " away");
    Some(Heard::judged(WitnessKind::SharedText, says, &judged, case))
}
