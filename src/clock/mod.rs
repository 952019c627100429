//! Clock: zone, year and offset per source; whole sources are shifted, nothing is read again.
//!
//! For every source and every kind of clock in it, witnesses are heard ([`witness`]), years and
//! days are filled in ([`calendar`]), clocks that are wrong besides their zone are measured on
//! shared ids ([`skew`]), and the result is one [`crate::model::ClockDecision`] per stretch, printed with its
//! witnesses. What no evidence decides is UTC and is listed as assumed.

mod assemble;
pub mod calendar;
mod correct;
mod curve;
mod known;
pub mod labels;
mod marks;
pub mod skew;
mod stretch;
mod votes;
pub mod witness;
pub mod zone;

use std::collections::{BTreeMap, BTreeSet};

pub use witness::Declared;

use calendar::{Anchor, Calendar};
use correct::correct;
use known::Known;
pub use stretch::SourceClock;
use stretch::stretches;
use witness::{Case, ZoneVerdict};
use zone::Zone;

use crate::model::{
    ClockKind, Evidence, Fold, OffsetVotes, ServiceCatalog, SourceEvidence, TimeBasis, Witness, WitnessKind,
};

const NANOS: i64 = 1_000_000_000;
/// How often decided clocks may decide others: ids lead from one file to the next.
const ROUNDS: usize = 4;

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
    let declared = |source: &SourceEvidence| options.declared.get(&source.info.path);
    let known = Known::gather(sources, &[]);
    let mut clocks: Vec<SourceClock> =
        sources.iter().map(|source| source_clock(source, declared(source), &known)).collect();
    // What has been decided may decide more, until nothing changes; all at once, so that the order
    // of the sources is nothing to the result.
    for _ in 0..ROUNDS {
        if !clocks.iter().any(SourceClock::is_open) {
            break;
        }
        let known = Known::gather(sources, &clocks);
        let again = |(source, clock): (&SourceEvidence, &SourceClock)| {
            let fresh = clock.is_open().then(|| source_clock(source, declared(source), &known));
            fresh.filter(|fresh| fresh != clock)
        };
        let changed: Vec<Option<SourceClock>> = sources.iter().zip(&clocks).map(again).collect();
        if changed.iter().all(Option::is_none) {
            break;
        }
        for (clock, fresh) in clocks.iter_mut().zip(changed) {
            *clock = fresh.unwrap_or_else(|| std::mem::take(clock));
        }
    }
    last_resort(sources, &mut clocks);
    correct(sources, &mut clocks, options);
    clocks
}

/// Where nothing has decided: errors that rise and fall with those of a decided source, then where the
/// file comes from.
fn last_resort(sources: &[SourceEvidence], clocks: &mut [SourceClock]) {
    if !clocks.iter().any(SourceClock::is_open) {
        return;
    }
    let known = Known::gather(sources, clocks);
    for (source, clock) in sources.iter().zip(clocks) {
        for stretch in clock.stretches.iter_mut().filter(|s| s.is_open()) {
            if let Some((offset_s, says)) = by_curve(source, stretch, &known) {
                stretch.settle(Zone::Fixed(offset_s), WitnessKind::Curve, says);
            } else if let Some(says) = known::origin(source, stretch.decision.clock) {
                stretch.settle(Zone::UTC, WitnessKind::Origin, says);
            }
        }
    }
}

/// The offset at which the errors of an open stretch rise and fall with those of a decided source.
fn by_curve(source: &SourceEvidence, stretch: &stretch::Stretch, known: &Known) -> Option<(i32, String)> {
    let folds = source.folds.iter().filter(|f| f.clock == stretch.decision.clock);
    let fold = folds.max_by_key(|f| f.records)?;
    let place = |key: i64| stretch.calendar.complete(key);
    let local = curve::of_fold(fold, &source.info.path, &place)?;
    let found = curve::best_offset(&local, &known.curves)?;
    let says = format!(
        "last resort: errors rise and fall with those of {} at offset {} (correlation {:.2}, next best offset {:.2})",
        found.path,
        zone::offset_label(found.offset_s),
        found.best,
        found.second
    );
    Some((found.offset_s, says))
}

/// Every kind of clock that occurs in a source.
fn kinds(source: &SourceEvidence) -> BTreeSet<ClockKind> {
    let folds = source.folds.iter().map(|f| f.clock);
    let series = source.series.iter().map(|s| s.clock);
    let events = source.events.iter().flat_map(|e| [Some(e.at), e.until, e.written_at]).flatten().map(|t| t.kind);
    let claims = source.claims.iter().filter_map(|c| c.at).map(|t| t.kind);
    folds.chain(series).chain(events).chain(claims).collect()
}

fn source_clock(source: &SourceEvidence, declared: Option<&Declared>, known: &Known) -> SourceClock {
    let found = calendar::anchor(source, known.window);
    let mut clock = SourceClock::default();
    for kind in kinds(source) {
        let marks = marks::of_events(source, kind);
        let mut folds: Vec<&Fold> = source.folds.iter().filter(|f| f.clock == kind).collect();
        if folds.is_empty() {
            folds = marks.iter().collect();
        }
        if kind == ClockKind::Relative {
            let starts: Vec<Calendar> = folds.iter().map(|fold| start_of(fold)).collect();
            if starts.iter().any(|start| *start != Calendar::Complete) {
                clock.stretches.extend(stretches(kind, &folds, &starts, explicit(source, kind), &[], None));
            }
            continue;
        }
        let (calendars, anchor) = calendars(source, kind, &folds, found.clone());
        if matches!(kind, ClockKind::Zoned | ClockKind::TimeOnlyZoned) {
            let verdict = explicit(source, kind);
            clock.stretches.extend(stretches(kind, &folds, &calendars, verdict, &[], anchor.as_ref()));
            continue;
        }
        let case = case(source, kind, declared, known, &folds, &calendars);
        let verdict = doubted(witness::hear(&case), &folds, &calendars);
        let own = own_zones(&folds, &calendars, known, &verdict);
        let verdict = outside(verdict, &case, kind, known);
        let repeats = marks::repeats(source, kind, &verdict.zone);
        let (folds, calendars) = if repeats.is_empty() {
            (folds, calendars)
        } else {
            (repeats.iter().collect(), vec![Calendar::Complete; repeats.len()])
        };
        clock.stretches.extend(stretches(kind, &folds, &calendars, verdict, &own, anchor.as_ref()));
    }
    clock
}

/// When the elapsed time of a fold began to be counted: what stamps in the same records tell, when they
/// agree; a machine's clock is set once while it comes up, so the last word counts.
fn start_of(fold: &Fold) -> Calendar {
    const AGREE_S: i64 = 5;
    let told = [&fold.wrapper, &fold.beside].into_iter().find(|votes| votes.count() > 0);
    let (first, last) = told.map_or((None, None), |votes| {
        let seconds = &votes.seconds;
        (seconds.first_key_value().map(|(s, _)| *s), seconds.last_key_value().map(|(s, _)| *s))
    });
    match first.zip(last) {
        Some((first, last)) if last - first <= AGREE_S => Calendar::Start(-last),
        _ => Calendar::Complete,
    }
}

/// What is put before the witnesses.
fn case<'a>(
    source: &'a SourceEvidence,
    kind: ClockKind,
    declared: Option<&'a Declared>,
    known: &'a Known,
    folds: &[&Fold],
    calendars: &[Calendar],
) -> Case<'a> {
    let mut ids = OffsetVotes::default();
    for (fold, calendar) in folds.iter().zip(calendars) {
        ids.merge(shared_votes(fold, *calendar, known));
    }
    let calendar = calendars.first().copied().unwrap_or(Calendar::Complete);
    let mut texts = OffsetVotes::default();
    for event in source.events.iter().filter(|e| e.at.kind == kind) {
        let wall = calendar.complete(event.at.key_ns());
        let text = known::text_keys(event).iter().find_map(|key| known.texts.get(key));
        if let Some(utc) = text {
            texts.add((wall - utc).div_euclid(NANOS));
        }
        for utc in known::event_ids(event).filter_map(|id| known.ids.get(&id)) {
            ids.add((wall - utc).div_euclid(NANOS));
        }
    }
    let wall = |at: Option<(&&Fold, &Calendar)>, key: fn(&Fold) -> i64| {
        at.map_or(0, |(fold, calendar)| calendar.complete(key(fold)).div_euclid(NANOS))
    };
    let mut both = folds.iter().zip(calendars);
    let first = both.clone().next();
    let last = both.next_back();
    let walls_s = match (first, folds.is_empty()) {
        (_, true) => marks::first_wall(source, kind).map_or((0, 0), |wall| (wall, wall)),
        _ => (wall(first, |f| f.first.key_ns()), wall(last, |f| f.last.key_ns())),
    };
    Case { source, kind, declared, known, shared: (ids, texts), walls_s }
}

/// Zones of single folds whose own records tell another one than the whole: the clock was set, or the
/// writer moved.
fn own_zones(
    folds: &[&Fold],
    calendars: &[Calendar],
    known: &Known,
    verdict: &ZoneVerdict,
) -> Vec<Option<(Zone, Witness)>> {
    let sure = verdict.witnesses.first().is_some_and(|w| {
        matches!(w.kind, WitnessKind::User | WitnessKind::Statement) || (w.kind == WitnessKind::Label)
    });
    if folds.len() < 2 || sure {
        return Vec::new();
    }
    let own = |(fold, calendar): (&&Fold, &Calendar)| {
        let ids = shared_votes(fold, *calendar, known);
        let all = [
            (&fold.wrapper, WitnessKind::Wrapper),
            (&fold.beside, WitnessKind::SameRecord),
            (&ids, WitnessKind::SharedIds),
        ];
        let (judged, kind) =
            all.into_iter().find_map(|(v, kind)| Some((votes::judge(v, witness::MIN_VOTES)?, kind)))?;
        let wall = |raw: crate::model::RawTime| calendar.complete(raw.key_ns()).div_euclid(NANOS);
        let ends = (wall(fold.first), wall(fold.last));
        // A zone with rules that was on this offset at either end of the fold tells it already.
        let told = matches!(verdict.zone, Zone::Named(_))
            && [ends.0, ends.1].iter().any(|wall| verdict.zone.is_on(judged.offset_s, *wall));
        if told {
            return None;
        }
        let zone = judged.zone(ends);
        let (first, last) = fold.lines;
        let says = format!("{} of lines {first} to {last} alone tell {}", judged.votes, zone.label());
        Some((zone, Witness { kind, says, offset_s: Some(judged.offset_s), votes: judged.votes, decisive: true }))
    };
    folds.iter().zip(calendars).map(own).collect()
}

/// A stretch that lies far from everything else is said, not hidden: its year or zone may be wrong.
fn outside(mut verdict: ZoneVerdict, case: &Case<'_>, kind: ClockKind, known: &Known) -> ZoneVerdict {
    const FAR_S: i64 = 30 * 86_400;
    if let Some((from, to)) = known.window.filter(|_| kind == ClockKind::YearLess) {
        let (from, to) = (from.div_euclid(NANOS), to.div_euclid(NANOS));
        if case.walls_s.0 > to + FAR_S || case.walls_s.1 < from - FAR_S {
            let stamp = crate::model::format_utc(case.walls_s.0 * NANOS, crate::model::Precision::Day);
            let text = format!("{stamp} is more than 30 days from the time the other sources speak of");
            verdict.ambiguity = Some(verdict.ambiguity.map_or(text.clone(), |other| format!("{other}; {text}")));
        }
    }
    verdict
}

/// A zone whose clock skipped a second that the source was stamped with is wrong, or the writer's clock was.
fn doubted(mut verdict: ZoneVerdict, folds: &[&Fold], calendars: &[Calendar]) -> ZoneVerdict {
    let Zone::Named(_) = verdict.zone else { return verdict };
    let never = folds.iter().zip(calendars).find_map(|(fold, calendar)| {
        let mut seconds = fold.rollup.tracks.values().flat_map(|track| track.cells.keys());
        let complete = |second: i64| calendar.complete(second * NANOS).div_euclid(NANOS);
        seconds.by_ref().map(complete).find(|wall| matches!(verdict.zone.at_wall(*wall), zone::WallOffset::Never(_)))
    });
    let says = match never {
        Some(wall) => format!(
            "{} never was in {}: the clock was set forward over it; the zone or the writer's clock is wrong",
            local(wall),
            verdict.zone.label()
        ),
        None => match unordered(&verdict.zone, folds, calendars) {
            Some(wall) => format!(
                "{} was twice in {}, and no order tells which: the first was taken, it may be an hour later",
                local(wall),
                verdict.zone.label()
            ),
            None => return verdict,
        },
    };
    verdict.ambiguity = Some(verdict.ambiguity.map_or(says.clone(), |other| format!("{other}; {says}")));
    verdict
}

/// A wall clock without zone.
fn local(wall_s: i64) -> String {
    crate::model::format_utc(wall_s * NANOS, crate::model::Precision::Second).trim_end_matches('Z').to_string()
}

/// A second that came twice, in a file that neither leads up to it nor falls back behind it.
fn unordered(zone: &Zone, folds: &[&Fold], calendars: &[Calendar]) -> Option<i64> {
    const LEADS_UP_S: i64 = 30 * 60;
    let ([fold], [calendar]) = (folds, calendars) else { return None };
    let seconds = fold.rollup.tracks.values().flat_map(|track| track.cells.keys());
    let walls: BTreeSet<i64> = seconds.map(|second| calendar.complete(second * NANOS).div_euclid(NANOS)).collect();
    let first = walls.iter().find(|wall| matches!(zone.at_wall(**wall), zone::WallOffset::Twice(..)))?;
    let before = walls.range(..first).next_back();
    before.is_none_or(|before| first - before > LEADS_UP_S).then_some(*first)
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

/// Years or days of the folds of one kind, and what gave them; one calendar when there are no folds.
fn calendars(
    source: &SourceEvidence,
    kind: ClockKind,
    folds: &[&Fold],
    anchor: Option<Anchor>,
) -> (Vec<Calendar>, Option<Anchor>) {
    let incomplete = matches!(kind, ClockKind::YearLess | ClockKind::TimeOnly | ClockKind::TimeOnlyZoned);
    let Some(anchor) = anchor.filter(|_| incomplete) else {
        return (vec![Calendar::Complete; folds.len().max(1)], None);
    };
    if !folds.is_empty() {
        let (calendars, anchor) = calendar::settle(source, folds, anchor);
        return (calendars, Some(anchor));
    }
    let events = source.events.iter().map(|e| e.at).chain(source.claims.iter().filter_map(|c| c.at));
    let first = events.into_iter().find(|t| t.kind == kind);
    (vec![first.map_or(Calendar::Complete, |raw| calendar::place(raw, &anchor))], Some(anchor))
}

/// Wall clock minus UTC of the ids that a fold shares with decided sources, whole seconds.
fn shared_votes(fold: &Fold, calendar: Calendar, known: &Known) -> OffsetVotes {
    let mut votes = OffsetVotes::default();
    for (id, key) in &fold.anchors.seen {
        if let Some(utc) = known.ids.get(id) {
            votes.add((calendar.complete(*key) - utc).div_euclid(NANOS));
        }
    }
    votes
}
