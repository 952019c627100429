//! Folds of what is not folded: events and points of metrics in file order, for years, days and the
//! hour that comes twice.

use super::zone::{WallOffset, Zone};
use crate::model::{ClockKind, Fold, PROSE_FORMATS, Precision, RawTime, SourceEvidence};

const NANOS: i64 = 1_000_000_000;
/// A fall in a told story by more than this is midnight.
const MIDNIGHT_FALL_NS: i64 = 12 * 3_600 * NANOS;

/// Events of `kind` as folds in file order. A list that runs backwards (newest first) is one fold.
pub fn of_events(source: &SourceEvidence, kind: ClockKind) -> Vec<Fold> {
    let events = source.events.iter().filter(|e| e.at.kind == kind).map(|e| (e.at, e.evidence.span.line));
    let stamps: Vec<(RawTime, u64)> = events.collect();
    // Counted whatever their size: a chat that passes midnight falls once, by nearly a day.
    let steps = stamps.windows(2).map(|pair| pair[1].0.key_ns() - pair[0].0.key_ns());
    let (falls, rises) =
        steps.fold((0, 0), |(falls, rises), step| (falls + u32::from(step < 0), rises + u32::from(step > 0)));
    // Prose comes back to what it told before; only a fall by most of a day is a midnight there.
    let told = source.formats.first().is_some_and(|format| PROSE_FORMATS.contains(&format.name.as_str()));
    let returns = |last: &Fold, at: RawTime| told && last.last.key_ns() - at.key_ns() <= MIDNIGHT_FALL_NS;
    let mut folds: Vec<Fold> = Vec::new();
    for (at, line) in stamps {
        let mut next = Fold::starting(at, line);
        next.records = 1;
        match folds.last_mut() {
            Some(last) if falls > rises || last.goes_on(at) || returns(last, at) => last.merge(next),
            _ => folds.push(next),
        }
    }
    folds
}

/// First wall-clock second of the points of `kind`.
pub fn first_wall(source: &SourceEvidence, kind: ClockKind) -> Option<i64> {
    let points = source.series.iter().filter(|s| s.clock == kind).filter_map(|s| s.points.first());
    points.map(|p| p.0.div_euclid(NANOS)).min()
}

/// The points of a zone-less table as folds that begin anew where the clock of `zone` was set back
/// and a series repeats its hour; empty when none does.
pub fn repeats(source: &SourceEvidence, kind: ClockKind, zone: &Zone) -> Vec<Fold> {
    if kind != ClockKind::Naive || !matches!(zone, Zone::Named(_)) || source.folds.iter().any(|f| f.clock == kind) {
        return Vec::new();
    }
    let twice = |key: i64| matches!(zone.at_wall(key.div_euclid(NANOS)), WallOffset::Twice(..));
    let of_kind = || source.series.iter().filter(|s| s.clock == kind);
    let again = of_kind().find_map(|series| {
        let at = series.points.windows(2).position(|pair| pair[1].0 <= pair[0].0 && twice(pair[1].0))? + 1;
        Some((series.points.get(at)?.0, source.rows.line_of(*series.rows.get(at)?)?))
    });
    let (Some((key, line)), Some(first)) = (again, first_wall(source, kind)) else { return Vec::new() };
    let raw = |ns: i64| RawTime::unzoned(kind, ns, Precision::Second);
    let mut before = Fold::starting(raw(first * NANOS), 0);
    before.lines.1 = line.saturating_sub(1);
    let mut after = Fold::starting(raw(key), line);
    after.lines.1 = u64::MAX;
    vec![before, after]
}
