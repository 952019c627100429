//! Where a curve left its normal band, and for how long (shared analysis note, rule B).

use super::curve::{Counts, Curve, LADDER, median, pooled, roll_up};
use super::views::ENOUGH_REQUESTS;

/// A stretch found on a curve, in its own buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    /// Start of the first bucket that was out of the band.
    pub(super) from: i64,
    /// End of the last bucket that was out of the band.
    pub(super) to: i64,
    /// No normal bucket stands before it.
    pub(super) open_start: bool,
    /// It came back, and stayed.
    pub(super) recovered: bool,
}

/// What detection found on one curve.
#[derive(Clone, Debug, Default)]
pub(super) struct Detection {
    /// Width it worked at: wide enough for the service's traffic.
    pub(super) width: i64,
    /// The curve at that width.
    pub(super) curve: Curve,
    /// Pooled reference; `None` when there was no quiet stretch.
    pub(super) reference: Option<Reference>,
    /// Level above which a bucket is out of the band.
    pub(super) threshold: f64,
    pub(super) stretches: Vec<Stretch>,
    /// Failing at one level from the first bucket to the last.
    pub(super) throughout: bool,
}

/// The stretch that normal is taken from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reference {
    pub(super) counts: Counts,
    /// Seconds of its buckets.
    pub(super) seconds: f64,
}

/// A base level above this is not believed to be normal: evidence that begins and ends inside an
/// outage has no quiet part.
const HIGHEST_BASE: f64 = 0.2;

/// Failures a run needs before it can be out of the band, whether it is one wide bucket or two.
const FEWEST_FAILURES: f64 = 10.0;

/// Width at which the middle bucket holds enough requests, so that three requests a minute never
/// make an outage of 33 %.
fn width_for(curve: &Curve, grid: i64, step: i64) -> i64 {
    const WIDEST: i64 = 900;
    let finest = grid.max(step.min(WIDEST));
    if curve.iter().all(|(_, c)| c.samples <= 0.0) {
        return finest;
    }
    let enough = |width: i64| {
        let filled: Vec<f64> =
            roll_up(curve, width).iter().filter(|(_, c)| c.samples > 0.0).map(|(_, c)| c.samples).collect();
        median(filled).is_some_and(|m| m >= ENOUGH_REQUESTS)
    };
    let fits = |w: &i64| *w >= finest && w % grid == 0 && *w <= WIDEST;
    let enough_at = LADDER.into_iter().filter(fits).find(|w| enough(*w));
    enough_at.or_else(|| LADDER.into_iter().rev().find(fits)).unwrap_or(finest)
}

/// The lowest level that held for some time.
fn quietest(curve: &Curve) -> Option<f64> {
    let seen: Vec<&Counts> = curve.iter().map(|(_, c)| c).filter(|c| c.ratio().is_some()).collect();
    let length = (seen.len() / 8).max(5).min(seen.len());
    if length == 0 {
        return None;
    }
    let level = |run: &[&Counts]| {
        let mut total = Counts::default();
        run.iter().for_each(|c| total.add(c));
        total.ratio().map(|r| r.value)
    };
    seen.windows(length).filter_map(level).min_by(f64::total_cmp)
}

/// Finds where the error ratio of `curve` (on `grid` seconds, told apart at `step`) was out of
/// band. A small rise that single buckets cannot prove is looked for again in wider ones.
pub(super) fn detect(curve: &Curve, grid: i64, step: i64) -> Detection {
    let width = width_for(curve, grid, step);
    // A point of an odd step straddles two buckets: it alone is no run.
    let straddles = usize::from(step > grid && !LADDER.contains(&step));
    let at = |width: i64, run: usize| {
        let found = detect_at(curve, width, run);
        let stretches = found.stretches.iter().filter(|s| is_borne(s, curve, (grid, step), found.threshold));
        Detection { stretches: stretches.copied().collect(), ..found }
    };
    let first = at(width, run_needed(width) + straddles);
    // In a wider bucket, too, one point that straddles two of them would stand in both.
    if first.throughout || !first.stretches.is_empty() || straddles > 0 {
        return first;
    }
    let wider = LADDER.into_iter().filter(|w| *w > width && *w <= 900 && w % width == 0);
    wider.map(|w| at(w, run_needed(w))).find(|d| !d.stretches.is_empty()).unwrap_or(first)
}

/// Whether more than a lone point made a stretch bad, of whatever number of buckets that point speaks for. A
/// share of nobody knows how many requests may be one request; counts say themselves how little a few are.
fn is_borne(stretch: &Stretch, curve: &Curve, (grid, step): (i64, i64), threshold: f64) -> bool {
    let inside = || curve.iter().filter(|(s, _)| (stretch.from..stretch.to).contains(s));
    if run_needed(step) == 1 || inside().any(|(_, c)| c.samples > 0.0) {
        return true;
    }
    let bad = inside().filter(|(_, c)| c.ratio().is_some_and(|r| r.value > threshold)).count();
    // Beyond the cells of one point, halfway to those of a second.
    bad as f64 > 1.5 * (step as f64 / grid as f64).max(1.0)
}

/// Detection in buckets of `width` seconds, of which `run` in a row make a stretch.
fn detect_at(curve: &Curve, width: i64, run: usize) -> Detection {
    let curve: Curve = roll_up(curve, width).into_iter().filter(|(_, c)| c.ratio().is_some()).collect();
    let Some(quiet) = quietest(&curve) else {
        return Detection { width, ..Detection::default() };
    };
    let found = detect_above(&curve, (width, run), quiet.min(HIGHEST_BASE), HIGHEST_BASE);
    if has_calm(&found) {
        return found;
    }
    // Bad in every bucket. What grew worse still shows against the curve's own lowest level.
    let worse = detect_above(&curve, (width, run), quiet, 1.0);
    let worse = if has_calm(&worse) { worse } else { Detection { stretches: Vec::new(), ..found } };
    let all = total(&worse.curve);
    let failing = all.ratio().is_some_and(|r| r.low > HIGHEST_BASE);
    let enough = all.known_failures().is_none_or(|failed| failed >= FEWEST_FAILURES);
    let throughout = worse.stretches.is_empty() && failing && enough;
    // Nothing normal was seen, so there is no reference either.
    let reference = worse.reference.filter(|_| !throughout);
    Detection { throughout, reference, ..worse }
}

/// Detection against a base level of at most `highest`.
fn detect_above(curve: &Curve, (width, run): (i64, usize), quiet: f64, highest: f64) -> Detection {
    let rough = stretches(curve, (width, run), threshold(quiet, 0.0));
    let reference = reference(curve, width, &rough);
    let base = reference.and_then(|r| r.counts.ratio()).map_or(quiet, |r| r.value).min(highest);
    let threshold = threshold(base, spread(curve, &rough));
    let stretches = stretches(curve, (width, run), threshold);
    Detection { width, curve: curve.clone(), reference, threshold, stretches, throughout: false }
}

/// All buckets as one count.
fn total(curve: &Curve) -> Counts {
    pooled(curve, i64::MIN, i64::MAX)
}

/// Whether the buckets outside the stretches together were surely better than those inside, or
/// none of it was bad: without a change there is no onset and no end.
fn has_calm(found: &Detection) -> bool {
    let side = |hurt: bool| {
        let mut counts = Counts::default();
        let buckets = found.curve.iter().filter(|(s, _)| inside(&found.stretches, *s) == hurt);
        buckets.for_each(|(_, c)| counts.add(c));
        counts.ratio()
    };
    match (side(false), side(true)) {
        (Some(calm), Some(hurt)) => calm.high < hurt.low,
        (Some(calm), None) => calm.low <= HIGHEST_BASE,
        _ => false,
    }
}

/// Three times the base, and at least one point above it; for stated ratios also five spreads.
fn threshold(base: f64, spread: f64) -> f64 {
    (3.0 * base).max(base + 0.01).max(base + 5.0 * spread).min(0.95)
}

/// Spread of stated ratios outside the stretches (median deviation, scaled); 0 where counts give intervals.
fn spread(curve: &Curve, found: &[Stretch]) -> f64 {
    let stated = curve.iter().filter(|(s, c)| c.samples <= 0.0 && !inside(found, *s));
    let values: Vec<f64> = stated.filter_map(|(_, c)| c.ratio()).map(|r| r.value).collect();
    let Some(centre) = median(values.clone()) else { return 0.0 };
    1.4826 * median(values.iter().map(|v| (v - centre).abs()).collect()).unwrap_or(0.0)
}

fn inside(found: &[Stretch], start: i64) -> bool {
    found.iter().any(|s| s.from <= start && start < s.to)
}

/// The part before the first stretch when it is long enough, else everything outside all stretches.
fn reference(curve: &Curve, width: i64, found: &[Stretch]) -> Option<Reference> {
    let before: Vec<&(i64, Counts)> = match found.first() {
        Some(first) => curve.iter().take_while(|(s, _)| *s + width < first.from).collect(),
        None => curve.iter().collect(),
    };
    let outside: Vec<&(i64, Counts)> =
        if before.len() >= 5 { before } else { curve.iter().filter(|(s, _)| !inside(found, *s)).collect() };
    if outside.is_empty() {
        return None;
    }
    let mut counts = Counts::default();
    outside.iter().for_each(|(_, c)| counts.add(c));
    Some(Reference { counts, seconds: outside.len() as f64 * width as f64 })
}

/// Whether a bucket is out of the band: not by chance, and not by a handful of failures.
fn is_hot(counts: &Counts, threshold: f64, width: i64) -> bool {
    let least = FEWEST_FAILURES / run_needed(width) as f64;
    let enough = counts.known_failures().is_none_or(|failed| failed >= least);
    enough && counts.ratio().is_some_and(|r| r.low > threshold)
}

/// Buckets in a row that make a stretch.
pub(super) fn run_needed(width: i64) -> usize {
    match width {
        1 => 3,
        300.. => 1,
        _ => 2,
    }
}

/// Buckets back in the band that make a recovery: 3, and at least 5 minutes.
pub(super) fn calm_needed(width: i64) -> usize {
    if width >= 900 { 2 } else { ((300 + width - 1) / width).max(3) as usize }
}

fn stretches(curve: &Curve, (width, run): (i64, usize), threshold: f64) -> Vec<Stretch> {
    let hot: Vec<bool> = curve.iter().map(|(_, c)| is_hot(c, threshold, width)).collect();
    let starts: Vec<i64> = curve.iter().map(|(s, _)| *s).collect();
    runs_of(run, &hot, &starts, width)
}

/// Runs of hot buckets, joined over calm spells too short to be a recovery.
pub(super) fn runs(hot: &[bool], starts: &[i64], width: i64) -> Vec<Stretch> {
    runs_of(run_needed(width), hot, starts, width)
}

fn runs_of(needed: usize, hot: &[bool], starts: &[i64], width: i64) -> Vec<Stretch> {
    let calm_needed = calm_needed(width);
    let mut found = Vec::new();
    let mut i = 0;
    while i < hot.len() {
        let run = hot.iter().skip(i).take_while(|h| **h).count();
        if run < needed {
            i += run.max(1);
            continue;
        }
        let (mut last, mut calm, mut j) = (i + run - 1, 0, i + run);
        while j < hot.len() && calm < calm_needed {
            if hot[j] {
                (last, calm) = (j, 0);
            } else {
                calm += 1;
            }
            j += 1;
        }
        found.push(Stretch {
            from: starts[i],
            to: starts[last] + width,
            open_start: i == 0,
            recovered: calm >= calm_needed || calm >= 2,
        });
        i = j;
    }
    found
}

/// Level of the stretch's first or last two buckets: what onset and recovery are measured against.
pub(super) fn edge_level(detection: &Detection, from: i64, to: i64) -> f64 {
    pooled(&detection.curve, from, to).ratio().map_or(detection.threshold, |r| r.value)
}
