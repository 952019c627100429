//! Clock: zone, year and offset per source; whole sources are shifted, nothing is read again.
//!
//! For every source and every kind of clock in it, witnesses are heard ([`witness`]), years and
//! days are filled in ([`calendar`]), clocks that are wrong besides their zone are measured on
//! shared ids ([`skew`]), and the result is one [`ClockDecision`] per stretch, printed with its
//! witnesses. What no evidence decides is UTC and is listed as assumed.

mod assemble;
pub mod calendar;
pub mod skew;
mod stretch;
pub mod witness;
pub mod zone;

use std::collections::{BTreeMap, BTreeSet};

pub use witness::Declared;

use calendar::{Anchor, Calendar};
pub use stretch::SourceClock;
use stretch::Stretch;
use witness::{Surroundings, ZoneVerdict, folder};
use zone::Zone;

use crate::model::{
    ClockDecision, ClockKind, Evidence, Fold, OffsetVotes, RawTime, ServiceCatalog, SourceEvidence, TimeBasis, Witness,
    WitnessKind,
};

const NANOS: i64 = 1_000_000_000;

/// What a caller may fix about clocks and names.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the user declares, by source path.
    pub declared: BTreeMap<String, Declared>,
    /// Declared services, for canonical names.
    pub catalog: ServiceCatalog,
}

/// Puts every source on UTC. `sources` must be in path order; the result does not depend on
/// anything else.
pub fn align(sources: Vec<SourceEvidence>, options: &Options) -> Evidence {
    let clocks = decide(&sources, options);
    assemble::evidence(sources, clocks, options)
}

/// How the stamps of each source become UTC, in the order of `sources`, which must be path order.
pub fn decide(sources: &[SourceEvidence], options: &Options) -> Vec<SourceClock> {
    let window = window(sources);
    let offsets = folder_offsets(sources);
    let zoned_ids = zoned_ids(sources);
    let mut clocks: Vec<SourceClock> = sources
        .iter()
        .map(|source| {
            let declared = options.declared.get(&source.info.path);
            source_clock(source, declared, window, &offsets, &zoned_ids)
        })
        .collect();
    correct(sources, &mut clocks, options);
    clocks
}

/// The time most zoned sources speak of, UTC ns: median begin and median end. `None` without any.
fn window(sources: &[SourceEvidence]) -> Option<(i64, i64)> {
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for source in sources {
        ranges.extend(source.folds.iter().filter(|f| f.clock == ClockKind::Zoned).map(|f| f.range));
        let events = source.events.iter().map(|e| e.at).filter(|t| t.kind == ClockKind::Zoned);
        let keys: Vec<i64> = events.map(RawTime::key_ns).collect();
        ranges.extend(keys.iter().min().copied().zip(keys.iter().max().copied()));
        let series = source.series.iter().filter(|s| s.clock == ClockKind::Zoned);
        ranges.extend(series.filter_map(|s| Some((s.points.first()?.0, s.points.last()?.0))));
    }
    if ranges.is_empty() {
        let naive = sources.iter().flat_map(|s| s.folds.iter()).filter(|f| f.clock == ClockKind::Naive);
        ranges.extend(naive.map(|f| f.range));
    }
    let middle = |mut values: Vec<i64>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    Some((middle(ranges.iter().map(|r| r.0).collect())?, middle(ranges.iter().map(|r| r.1).collect())?))
}

/// Explicit offsets other than UTC, by folder.
fn folder_offsets(sources: &[SourceEvidence]) -> BTreeMap<String, BTreeMap<i32, (u64, String)>> {
    let mut folders: BTreeMap<String, BTreeMap<i32, (u64, String)>> = BTreeMap::new();
    for source in sources {
        for fold in source.folds.iter().filter(|f| f.clock == ClockKind::Zoned) {
            for (offset, votes) in fold.offsets.iter().filter(|(offset, _)| **offset != 0) {
                let folder = folders.entry(folder(&source.info.path).to_string()).or_default();
                folder.entry(*offset).or_insert_with(|| (0, source.info.path.clone())).0 += votes;
            }
        }
    }
    folders
}

/// First sighting of every anchored id in zoned sources, UTC ns.
fn zoned_ids(sources: &[SourceEvidence]) -> BTreeMap<u64, i64> {
    let mut ids: BTreeMap<u64, i64> = BTreeMap::new();
    for fold in sources.iter().flat_map(|s| s.folds.iter()).filter(|f| f.clock == ClockKind::Zoned) {
        for (id, at) in &fold.anchors.seen {
            let first = ids.entry(*id).or_insert(*at);
            *first = (*first).min(*at);
        }
    }
    ids
}

/// Every kind of clock that occurs in a source.
fn kinds(source: &SourceEvidence) -> BTreeSet<ClockKind> {
    let folds = source.folds.iter().map(|f| f.clock);
    let series = source.series.iter().map(|s| s.clock);
    let events = source.events.iter().flat_map(|e| [Some(e.at), e.until, e.written_at]).flatten().map(|t| t.kind);
    let claims = source.claims.iter().filter_map(|c| c.at).map(|t| t.kind);
    folds.chain(series).chain(events).chain(claims).collect()
}

fn source_clock(
    source: &SourceEvidence,
    declared: Option<&Declared>,
    window: Option<(i64, i64)>,
    folder_offsets: &BTreeMap<String, BTreeMap<i32, (u64, String)>>,
    zoned_ids: &BTreeMap<u64, i64>,
) -> SourceClock {
    let anchor = calendar::anchor(source, window);
    let mut clock = SourceClock::default();
    for kind in kinds(source) {
        let folds: Vec<&Fold> = source.folds.iter().filter(|f| f.clock == kind).collect();
        let calendars = calendars(source, kind, &folds, anchor.as_ref());
        let verdict = match kind {
            ClockKind::Zoned | ClockKind::TimeOnlyZoned | ClockKind::Relative => explicit(source, kind),
            _ => {
                let shared = shared_votes(&folds, &calendars, zoned_ids);
                let wall = folds.first().zip(calendars.first()).map_or(0, |(f, c)| c.complete(f.first.key_ns()));
                let around = Surroundings { folder_offsets, shared, wall_s: wall.div_euclid(NANOS) };
                witness::hear(source, kind, declared, &around)
            }
        };
        let verdict = doubted(verdict, &folds, &calendars);
        clock.stretches.extend(stretches(kind, &folds, &calendars, verdict, anchor.as_ref()));
    }
    clock
}

/// A zone whose clock skipped a second that the source was stamped with is wrong, or the writer's clock was.
fn doubted(mut verdict: ZoneVerdict, folds: &[&Fold], calendars: &[Calendar]) -> ZoneVerdict {
    let Zone::Named(_) = verdict.zone else { return verdict };
    let never = folds.iter().zip(calendars).find_map(|(fold, calendar)| {
        let mut seconds = fold.rollup.tracks.values().flat_map(|track| track.cells.keys());
        let complete = |second: &i64| calendar.complete(second * NANOS).div_euclid(NANOS);
        seconds.by_ref().map(complete).find(|wall| matches!(verdict.zone.at_wall(*wall), zone::WallOffset::Never(_)))
    });
    if let Some(wall) = never {
        let stamp = crate::model::format_utc(wall * NANOS, crate::model::Precision::Second);
        let text = format!(
            "{} never was in {}: the clock was set forward over it; the zone or the writer's clock is wrong",
            stamp.trim_end_matches('Z'),
            verdict.zone.label()
        );
        verdict.ambiguity = Some(verdict.ambiguity.map_or(text.clone(), |other| format!("{other}; {text}")));
    }
    verdict
}

/// The verdict on stamps that carry their zone.
fn explicit(source: &SourceEvidence, kind: ClockKind) -> ZoneVerdict {
    let mut offsets: BTreeMap<i32, u64> = BTreeMap::new();
    for fold in source.folds.iter().filter(|f| f.clock == kind) {
        for (offset, count) in &fold.offsets {
            *offsets.entry(*offset).or_default() += count;
        }
    }
    let zone = match offsets.iter().max_by_key(|(offset, count)| (**count, -**offset)) {
        Some((offset, _)) => Zone::Fixed(*offset),
        None => Zone::UTC,
    };
    ZoneVerdict { zone, basis: TimeBasis::Explicit, skew_s: None, witnesses: Vec::new(), ambiguity: None }
}

/// Years or days of the folds of one kind; one calendar when there are no folds.
fn calendars(source: &SourceEvidence, kind: ClockKind, folds: &[&Fold], anchor: Option<&Anchor>) -> Vec<Calendar> {
    let incomplete = matches!(kind, ClockKind::YearLess | ClockKind::TimeOnly | ClockKind::TimeOnlyZoned);
    let Some(anchor) = anchor.filter(|_| incomplete) else {
        return vec![Calendar::Complete; folds.len().max(1)];
    };
    if !folds.is_empty() {
        return calendar::of_folds(folds, anchor);
    }
    let events = source.events.iter().map(|e| e.at).chain(source.claims.iter().filter_map(|c| c.at));
    let first = events.into_iter().find(|t| t.kind == kind);
    vec![first.map_or(Calendar::Complete, |raw| calendar::place(raw, anchor))]
}

/// Wall clock minus UTC of ids shared with zoned sources, whole seconds.
fn shared_votes(folds: &[&Fold], calendars: &[Calendar], zoned_ids: &BTreeMap<u64, i64>) -> OffsetVotes {
    let mut votes = OffsetVotes::default();
    for (fold, calendar) in folds.iter().zip(calendars) {
        for (id, key) in &fold.anchors.seen {
            if let Some(utc) = zoned_ids.get(id) {
                votes.add((calendar.complete(*key) - utc).div_euclid(NANOS));
            }
        }
    }
    votes
}

/// One stretch per fold, joined where nothing differs between neighbours.
fn stretches(
    kind: ClockKind,
    folds: &[&Fold],
    calendars: &[Calendar],
    verdict: ZoneVerdict,
    anchor: Option<&Anchor>,
) -> Vec<Stretch> {
    let (skew_s, spread_s) = verdict.skew_s.unwrap_or((0, 0));
    let mut out: Vec<Stretch> = Vec::new();
    for (at, calendar) in calendars.iter().enumerate() {
        let lines = folds.get(at).map_or((0, u64::MAX), |f| f.lines);
        let later = at > 0 && *calendar == calendars[at - 1];
        if let Some(last) = out.last_mut()
            && last.calendar == *calendar
            && (last.later || !matches!(verdict.zone, Zone::Named(_)))
        {
            last.decision.lines.1 = lines.1;
            continue;
        }
        let mut witnesses = verdict.witnesses.clone();
        witnesses.extend(calendar_witness(*calendar, anchor));
        let stretch = Stretch {
            zone: verdict.zone,
            later,
            calendar: *calendar,
            skew_s,
            decision: ClockDecision {
                clock: kind,
                lines,
                zone: verdict.zone.label(),
                offset_s: 0,
                skew_ms: skew_s * 1000,
                skew_spread_ms: verdict.skew_s.map(|_| spread_s * 1000),
                anchors: if skew_s == 0 { 0 } else { verdict.witnesses.first().map_or(0, |w| w.votes) },
                basis: basis(kind, verdict.basis, *calendar, anchor),
                witnesses,
                ambiguity: verdict.ambiguity.clone(),
            },
        };
        out.push(stretch);
    }
    for (stretch, first) in out.iter_mut().zip(folds.iter().map(|f| f.first.key_ns()).chain(std::iter::repeat(0))) {
        let wall_s = stretch.calendar.complete(first).div_euclid(NANOS);
        stretch.decision.offset_s = stretch.offset_s(wall_s);
    }
    out
}

/// A year or day that was filled in makes an explicit zone an inferred time, and one from the file
/// system an assumed one.
fn basis(kind: ClockKind, zone: TimeBasis, calendar: Calendar, anchor: Option<&Anchor>) -> TimeBasis {
    let incomplete = matches!(kind, ClockKind::YearLess | ClockKind::TimeOnly | ClockKind::TimeOnlyZoned);
    match (incomplete, calendar, anchor) {
        (false, ..) => zone,
        (true, Calendar::Complete, _) | (true, _, None) => TimeBasis::Assumed,
        (true, _, Some(anchor)) if anchor.firm => zone.max(TimeBasis::Inferred),
        _ => TimeBasis::Assumed,
    }
}

fn calendar_witness(calendar: Calendar, anchor: Option<&Anchor>) -> Option<Witness> {
    let says = match (calendar, anchor) {
        (Calendar::Complete, _) | (_, None) => return None,
        (Calendar::Year(year), Some(anchor)) => format!("year {year}: {}", anchor.says),
        (Calendar::Day(day), Some(anchor)) => {
            let date = crate::model::format_utc(day * 86_400 * NANOS, crate::model::Precision::Day);
            format!("day {date}: {}", anchor.says)
        }
    };
    Some(Witness { kind: WitnessKind::Calendar, says, offset_s: None, votes: 0, decisive: true })
}

/// Measures clocks against each other on shared ids and takes out what a majority proves wrong.
fn correct(sources: &[SourceEvidence], clocks: &mut [SourceClock], options: &Options) {
    let ids: Vec<BTreeMap<u64, i64>> =
        sources.iter().zip(clocks.iter()).map(|(source, clock)| placed_ids(source, clock)).collect();
    for ((source, clock), measured) in sources.iter().zip(clocks).zip(skew::solve(&ids)) {
        let declared = options.declared.get(&source.info.path).and_then(|d| d.skew_ms);
        for stretch in &mut clock.stretches {
            if let Some(ms) = declared {
                stretch.skew_s = (ms as f64 / 1000.0).round() as i64;
                stretch.decision.skew_ms = ms;
                stretch.decision.witnesses.push(skew_witness(
                    WitnessKind::User,
                    format!("clock declared {ms} ms ahead"),
                    0,
                ));
            } else if let Some(skew) = &measured {
                apply(stretch, skew);
            }
        }
    }
}

fn skew_witness(kind: WitnessKind, says: String, votes: u64) -> Witness {
    Witness { kind, says, offset_s: None, votes, decisive: true }
}

fn apply(stretch: &mut Stretch, skew: &skew::Skew) {
    let decision = &mut stretch.decision;
    if skew.ahead_ms.abs() <= skew::TOLERANCE_MS {
        return;
    }
    let seconds = skew.ahead_ms as f64 / 1000.0;
    let says = format!(
        "{} shared ids: clock {:.1} s {} of the sources that agree, spread {:.1} s",
        skew.anchors,
        seconds.abs(),
        if seconds > 0.0 { "ahead" } else { "behind" },
        skew.spread_ms as f64 / 1000.0
    );
    if !skew.decided {
        decision.ambiguity = Some(format!("{says}, but no majority says which clock is right; nothing was corrected"));
        return;
    }
    decision.witnesses.push(skew_witness(WitnessKind::SharedIds, says, skew.anchors));
    decision.skew_ms += skew.ahead_ms;
    decision.skew_spread_ms = Some(skew.spread_ms);
    decision.anchors = skew.anchors;
    stretch.skew_s += seconds.round() as i64;
    if decision.basis == TimeBasis::Explicit {
        decision.basis = TimeBasis::Inferred;
    }
}

/// Ids of a source on the UTC its zones give, ns.
fn placed_ids(source: &SourceEvidence, clock: &SourceClock) -> BTreeMap<u64, i64> {
    let mut ids: BTreeMap<u64, i64> = BTreeMap::new();
    for fold in source.folds.iter().filter(|f| f.clock != ClockKind::Relative) {
        let Some(stretch) = clock.find(fold.clock, fold.lines.0) else { continue };
        for (id, key) in &fold.anchors.seen {
            let at = stretch.utc_ns(*key);
            let first = ids.entry(*id).or_insert(at);
            *first = (*first).min(at);
        }
    }
    ids
}
