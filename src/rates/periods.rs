//! Stretches of time that evidence speaks of: files of two years are two stories, not one long one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{Evidence, SourceTrack, Track};

/// A hole in which no source of the bundle says anything divides the evidence when it is longer
/// than a long weekend.
const HOLE_S: i64 = 4 * 86_400;

/// At most this many periods; the narrowest holes are bridged first.
const MOST: usize = 64;

/// What was seen in one hour: records and points, first and last second.
pub(super) type Hours = BTreeMap<i64, (u64, i64, i64)>;

/// Hands on runs of sorted seconds that lie in one hour: (count, first, last).
fn by_hour(seconds: impl Iterator<Item = (i64, u64)>, add: &mut impl FnMut(i64, (u64, i64, i64))) {
    let mut run: Option<(i64, (u64, i64, i64))> = None;
    for (second, count) in seconds {
        let hour = second.div_euclid(3600);
        match &mut run {
            Some((at, slot)) if *at == hour => *slot = (slot.0 + count, slot.1, second),
            _ => {
                if let Some((at, slot)) = run.replace((hour, (count, second, second))) {
                    add(at, slot);
                }
            }
        }
    }
    if let Some((at, slot)) = run {
        add(at, slot);
    }
}

/// Records and points of all evidence by hour.
pub(super) fn hours(evidence: &Evidence) -> Hours {
    let mut hours = Hours::new();
    let mut add = |hour: i64, (count, first, last): (u64, i64, i64)| {
        let slot = hours.entry(hour).or_insert((0, first, last));
        *slot = (slot.0 + count, slot.1.min(first), slot.2.max(last));
    };
    for track in &evidence.tracks {
        by_hour(track.track.cells.iter().map(|(s, c)| (s, u64::from(c.records))), &mut add);
    }
    for (_, series) in &evidence.series {
        by_hour(series.points.iter().map(|(ns, _)| (ns.div_euclid(1_000_000_000), 1)), &mut add);
    }
    hours
}

/// First and last second of each period, in time order.
pub(super) fn of(hours: &Hours) -> Vec<(i64, i64)> {
    let spans: Vec<(i64, i64)> = hours.values().map(|(_, first, last)| (*first, *last)).collect();
    let mut holes: Vec<i64> = spans.windows(2).map(|w| w[1].0 - w[0].1).filter(|h| *h > HOLE_S).collect();
    holes.sort_unstable_by(|a, b| b.cmp(a));
    let least = holes.get(MOST - 1).copied().unwrap_or(HOLE_S);
    let mut out: Vec<(i64, i64)> = Vec::new();
    for (first, last) in spans {
        match out.last_mut() {
            Some(period) if first - period.1 <= least => period.1 = last,
            _ => out.push((first, last)),
        }
    }
    out
}

/// Only what rates look at, and of that only what lies in `period`.
pub(super) fn slice(evidence: &Evidence, period: (i64, i64)) -> Cow<'_, Evidence> {
    let inside = |t: &Track| !outside(t.cells.keys(), period, 1);
    let whole = evidence.tracks.iter().all(|t| inside(&t.track))
        && evidence.series.iter().all(|(_, s)| !outside(s.points.iter().map(|p| p.0), period, 1_000_000_000));
    if whole {
        return Cow::Borrowed(evidence);
    }
    let track = |t: &SourceTrack| {
        let track = t.track.between(period.0, period.1)?;
        Some(SourceTrack { source: t.source, key: t.key.clone(), track })
    };
    let nanos = (period.0.saturating_mul(1_000_000_000), period.1.saturating_mul(1_000_000_000) + 999_999_999);
    let series = evidence.series.iter().filter_map(|(id, s)| Some((*id, s.between(nanos.0, nanos.1)?)));
    Cow::Owned(Evidence {
        sources: evidence.sources.clone(),
        names: evidence.names.clone(),
        tracks: evidence.tracks.iter().filter_map(track).collect(),
        series: series.collect(),
        ..Evidence::default()
    })
}

/// Whether sorted stamps of `unit` to the second reach beyond a period.
fn outside(mut stamps: impl DoubleEndedIterator<Item = i64>, period: (i64, i64), unit: i64) -> bool {
    let (first, last) = (stamps.next(), stamps.next_back());
    let beyond = |at: i64| !(period.0..=period.1).contains(&at.div_euclid(unit));
    first.is_some_and(beyond) || last.is_some_and(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours_at(days: &[i64]) -> Hours {
        days.iter().map(|d| (d * 24, (1, d * 86_400, d * 86_400 + 10))).collect()
    }

    #[test]
    fn a_weekend_does_not_divide_and_a_year_does() {
        assert_eq!(of(&hours_at(&[0, 3, 400])), [(0, 3 * 86_400 + 10), (400 * 86_400, 400 * 86_400 + 10)]);
    }

    #[test]
    fn of_too_many_holes_the_narrowest_are_bridged() {
        let days: Vec<i64> = (0..200)
            .scan(0, |at, n| {
                *at += if n == 100 { 50 } else { 10 };
                Some(*at)
            })
            .collect();
        let periods = of(&hours_at(&days));
        assert!(periods.len() <= MOST, "{}", periods.len());
        assert_eq!(periods.len(), 2);
    }
}
