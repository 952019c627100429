//! The last resort: errors that rise and fall together at one offset and at no other.

use std::collections::BTreeMap;

use super::zone::existing;
use crate::model::{Fold, Outcome};

/// Minutes that two curves must share.
const MIN_MINUTES: i64 = 60;
/// Correlation of the best offset, at least.
const MIN_BEST: f64 = 0.6;
/// How much worse every other offset must be.
const MIN_LEAD: f64 = 0.15;
/// Minutes with errors that a curve must have to be one.
const MIN_SHAPE: usize = 5;

/// Errors per minute of one fold.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Where it was read.
    pub path: String,
    /// Errors by minute since 1970, of the clock it is on.
    minutes: BTreeMap<i64, f64>,
    /// First and last minute.
    range: (i64, i64),
}

/// What two curves say.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Seconds east of UTC.
    pub offset_s: i32,
    /// Correlation there, 0 to 1.
    pub best: f64,
    /// The next best at another offset.
    pub second: f64,
    /// The zoned source it was compared with.
    pub path: String,
}

/// Errors per minute of `fold`, with its keys moved by `place`; `None` when there are too few.
pub fn of_fold(fold: &Fold, path: &str, place: &dyn Fn(i64) -> i64) -> Option<Curve> {
    let minute = |ns: i64| place(ns).div_euclid(60_000_000_000);
    let mut minutes: BTreeMap<i64, f64> = BTreeMap::new();
    for (second, cell) in fold.rollup.tracks.values().flat_map(|track| track.cells.iter()) {
        let failed: u32 =
            (cell.outcomes.get(Outcome::ServerError) + cell.outcomes.get(Outcome::Timeout)).max(cell.errors);
        if failed > 0 {
            *minutes.entry(minute(second * 1_000_000_000)).or_default() += f64::from(failed);
        }
    }
    let range = (minute(fold.range.0), minute(fold.range.1));
    (minutes.len() >= MIN_SHAPE && range.1 - range.0 >= MIN_MINUTES).then(|| Curve {
        path: path.to_string(),
        minutes,
        range,
    })
}

/// The offset at which `local` follows one of `known`; `None` when none stands out.
pub fn best_offset(local: &Curve, known: &[Curve]) -> Option<Match> {
    // The best source at each offset: an offset is contradicted by any source that fits elsewhere.
    let mut at: Vec<(f64, i32, &str)> = Vec::new();
    for offset_s in existing() {
        let of = |curve: &Curve| correlation(local, curve, i64::from(offset_s) / 60);
        let fits = known.iter().filter_map(|curve| Some((of(curve)?, offset_s, curve.path.as_str())));
        at.extend(fits.max_by(|a, b| a.0.total_cmp(&b.0)));
    }
    at.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.abs().cmp(&b.1.abs())));
    let (best, offset_s, path) = *at.first()?;
    let second = at.get(1).map_or(0.0, |next| next.0).max(0.0);
    (best >= MIN_BEST && best - second >= MIN_LEAD).then(|| Match { offset_s, best, second, path: path.to_string() })
}

/// Pearson correlation of the logarithms of two curves, the first `shift` minutes ahead, over the
/// minutes both cover; `None` when they share too few, or one of them is flat there.
fn correlation(local: &Curve, known: &Curve, shift: i64) -> Option<f64> {
    let from = (local.range.0 - shift).max(known.range.0);
    let to = (local.range.1 - shift).min(known.range.1);
    let shared = to - from;
    let shorter = (local.range.1 - local.range.0).min(known.range.1 - known.range.0);
    if shared < MIN_MINUTES || shared * 2 < shorter {
        return None;
    }
    let at = |curve: &Curve, minute: i64| curve.minutes.get(&minute).map_or(0.0, |n| n.ln_1p());
    let (mut n, mut sx, mut sy, mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for minute in from..=to {
        let (x, y) = (at(local, minute + shift), at(known, minute));
        (n, sx, sy, sxx, syy, sxy) = (n + 1.0, sx + x, sy + y, sxx + x * x, syy + y * y, sxy + x * y);
    }
    let (vx, vy): (f64, f64) = (sxx - sx * sx / n, syy - sy * sy / n);
    (vx > 1e-9 && vy > 1e-9).then(|| (sxy - sx * sy / n) / (vx * vy).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An outage of 50 minutes with a second, shorter one, `shift` minutes later.
    fn curve(path: &str, shift: i64) -> Curve {
        let rise = |m: i64| if (60..110).contains(&m) || (150..163).contains(&m) { 40.0 } else { 1.0 };
        let minutes = (0..240).map(|m| (29_000_000 + m + shift, rise(m) + (m * 7 % 5) as f64)).collect();
        Curve { path: path.to_string(), minutes, range: (29_000_000 + shift, 29_000_239 + shift) }
    }

    #[test]
    fn a_curve_with_a_shape_finds_its_offset() {
        let found = best_offset(&curve("a", 120), &[curve("b", 0)]).unwrap();
        assert_eq!((found.offset_s, found.path.as_str()), (7_200, "b"));
        assert!(found.best > 0.99 && found.second < 0.85);
    }

    #[test]
    fn a_curve_without_a_shape_or_without_overlap_finds_none() {
        let mut flat = curve("a", 0);
        flat.minutes.values_mut().for_each(|n| *n = 3.0);
        assert_eq!(best_offset(&flat, &[curve("b", 0)]), None);
        assert_eq!(best_offset(&curve("a", 60 * 24 * 3), &[curve("b", 0)]), None);
    }
}
