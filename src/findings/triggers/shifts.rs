//! When a metric first left its level: a change long before the alert may show here.

use crate::model::Series;

/// The level is taken from this long before a change, seconds.
const REFERENCE_S: i64 = 2 * 3600;

/// Points that make a level.
const FEWEST: usize = 5;

/// Robust spreads that a point must be off the level (1.4826 × the median distance from the median
/// is one standard deviation of noise), and the share of the level.
const SPREADS: f64 = 5.0;
const SHARE: f64 = 0.05;

/// … and the share of everything the series ever spanned: a queue of one beside one of hundreds is none.
const SHARE_OF_SPAN: f64 = 0.03;

/// Of so many points in a row, all but one must be off.
const ROW: usize = 5;

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Level and how far off a point must be, of a stretch of `series`.
fn level(series: &Series, points: &[(i64, f64)]) -> Option<(f64, f64)> {
    if points.len() < FEWEST {
        return None;
    }
    let mut values: Vec<f64> = points.iter().map(|p| p.1).collect();
    let centre = median(&mut values)?;
    let mut apart: Vec<f64> = values.iter().map(|v| (v - centre).abs()).collect();
    let noise = 1.4826 * median(&mut apart)?;
    let (low, high) = series.points.iter().fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(p.1), h.max(p.1)));
    values.sort_by(f64::total_cmp);
    // Whole numbers often have no median distance and still jump about.
    let usual = values[values.len() * 19 / 20] - values[values.len() / 20];
    Some((centre, (SPREADS * noise).max(usual).max(SHARE * centre.abs()).max(SHARE_OF_SPAN * (high - low)).max(1e-9)))
}

/// Points from `from_s` to before `to_s`.
fn between(series: &Series, from_s: i64, to_s: i64) -> &[(i64, f64)] {
    let [from, to] = [from_s, to_s].map(|s| s.saturating_mul(1_000_000_000));
    let place = |ns: i64| series.points.partition_point(|p| p.0 < ns);
    series.points.get(place(from)..place(to.max(from))).unwrap_or_default()
}

/// The first second after `change_s` and before `until_s` at which the series leaves, for good, the
/// level it had before, with the index of that point, the level and the value at the end of the row.
pub(super) fn first_after(series: &Series, change_s: i64, until_s: i64) -> Option<(i64, usize, f64, f64)> {
    let (centre, off) = level(series, between(series, change_s - REFERENCE_S, change_s))?;
    let start = series.points.partition_point(|p| p.0 < change_s.saturating_mul(1_000_000_000));
    let after = between(series, change_s, until_s);
    let (at, row) = after.windows(ROW).enumerate().find(|(_, row)| {
        let outside = |sign: f64| row.iter().filter(|p| sign * (p.1 - centre) > off).count() >= ROW - 1;
        (row[0].1 - centre).abs() > off && (outside(1.0) || outside(-1.0))
    })?;
    Some((row[0].0.div_euclid(1_000_000_000), start + at, centre, row[ROW - 1].1))
}

/// Whether the series is at another level during the incident than before it.
pub(super) fn moved(series: &Series, from_s: i64, to_s: i64) -> bool {
    let Some((centre, off)) = level(series, between(series, from_s - REFERENCE_S, from_s)) else { return false };
    let mut during: Vec<f64> = between(series, from_s, to_s.max(from_s + 60)).iter().map(|p| p.1).collect();
    median(&mut during).is_some_and(|m| (m - centre).abs() > off)
}
