//! The moment a ratio left its band, or came back, to the second where single seconds were counted.

use std::collections::BTreeMap;

use crate::model::{ErrorPolicy, Outcome, SourceTrack, TimeInterval};

/// Requests and failures of one second of one view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Second {
    pub(super) at: i64,
    pub(super) requests: f64,
    pub(super) failed: f64,
    /// Longest duration of a failed request that started here, seconds.
    pub(super) longest: i64,
}

/// Of the level inside, what a second must have to be called hurt: a stray failure is soon outweighed by the
/// successes after it, and the foot of a ramp still counts.
const HALF: f64 = 0.5;

/// Log likelihood within which a neighbouring second explains the data as well (95 %).
const PROFILE: f64 = 1.92;

/// Seconds of the tracks in `from..to` that hold requests, in time order.
pub(super) fn seconds(
    tracks: &[&SourceTrack],
    operation: Option<&str>,
    policy: &ErrorPolicy,
    from: i64,
    to: i64,
) -> Vec<Second> {
    let mut out: BTreeMap<i64, Second> = BTreeMap::new();
    if from >= to {
        return Vec::new();
    }
    for track in tracks.iter().filter(|t| operation.is_none_or(|o| t.key.operation == o)) {
        for (at, cell) in track.track.cells.range(from..to) {
            let counted = |keep: &dyn Fn(Outcome) -> bool| -> f64 {
                Outcome::ALL.into_iter().filter(|o| keep(*o)).map(|o| f64::from(cell.outcomes.get(o))).sum()
            };
            let requests = counted(&|o| policy.is_counted(o));
            if requests > 0.0 {
                let second = out.entry(at).or_insert(Second { at, ..Second::default() });
                second.requests += requests;
                second.failed += counted(&|o| policy.is_counted(o) && policy.is_error(o));
                second.longest = second.longest.max(i64::from(cell.longest_failure_s));
            }
        }
    }
    out.into_values().collect()
}

/// The two levels a change is measured between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// Normal share of failures.
    pub(super) base: f64,
    /// Share just inside the stretch.
    pub(super) hurt: f64,
    /// Where the band ends.
    pub(super) threshold: f64,
}

impl Levels {
    /// Log likelihood gained by calling each second hurt at `part` of the level inside, instead of normal.
    fn gains(self, seconds: &[Second], part: f64) -> Vec<f64> {
        let normal = self.base.clamp(1e-4, 0.5);
        let hurt = (part * self.hurt).max(self.threshold).clamp((normal * 1.5).min(0.98), 0.99);
        let (fail, pass) = ((hurt / normal).ln(), ((1.0 - hurt) / (1.0 - normal)).ln());
        seconds.iter().map(|s| s.failed * fail + (s.requests - s.failed) * pass).collect()
    }
}

/// Start of the failing stretch: the failing sample (of `width` seconds) from which on everything is best
/// explained. The interval reaches back over what passed before it, as far as chance may let requests
/// pass while it was failing already.
pub(super) fn onset(seconds: &[Second], levels: Levels, width: i64) -> Option<TimeInterval> {
    let gains = levels.gains(seconds, HALF);
    let mut suffix = vec![0.0; gains.len() + 1];
    for i in (0..gains.len()).rev() {
        suffix[i] = suffix[i + 1] + gains[i];
    }
    let failing = |i: &usize| seconds[*i].failed > 0.0;
    let best = (0..gains.len()).filter(failing).max_by(|a, b| suffix[*a].total_cmp(&suffix[*b]).then(b.cmp(a)))?;
    let near = |i: &usize| suffix[*i] >= suffix[best] - PROFILE;
    let last = (best..gains.len()).filter(failing).rfind(near).unwrap_or(best);
    // What passed before it, at the whole level: each success makes it less likely that it had begun.
    let whole = levels.gains(seconds, 1.0);
    let (mut first, mut lost) = (best, 0.0);
    while first > 0 && lost + whole[first - 1] >= -PROFILE {
        lost = (lost + whole[first - 1]).min(0.0);
        first -= 1;
    }
    // Of the sample before, the part that chance leaves.
    let before = first.checked_sub(1).map_or(seconds[first].at, |p| {
        let left = (PROFILE + lost) / -whole[p].min(-f64::MIN_POSITIVE);
        // Of a single second nobody knows which part.
        let part = if width > 1 { (left.clamp(0.0, 1.0) * width as f64) as i64 } else { width };
        seconds[p].at + width - part
    });
    let at = seconds[best].at;
    Some(TimeInterval { best_s: at, from_s: before.min(at), to_s: seconds[last].at.max(at) })
}

/// Cells that a rise is fitted to at most: finer ones say the same.
const CELLS: i64 = 96;

/// How long a rise may take, in shares of the time that is seen of it.
const RISES: [f64; 5] = [0.1, 0.25, 0.5, 1.0, 2.0];

/// How high it may lead, in shares of the mean level that is seen of it.
const HEIGHTS: [f64; 4] = [0.5, 1.0, 1.5, 2.0];

/// The earliest moment at which a rise in a line to a level that then holds may have begun and explains the samples
/// (of `width` seconds) as well as the best of them (profile likelihood); `None` where a step explains them as well.
/// `best_s` is where the failing shows.
pub(super) fn foot(seconds: &[Second], width: i64, base: f64, best_s: i64) -> Option<i64> {
    let (first, last) = (seconds.first()?.at, seconds.last()?.at + width);
    let cell = ((last - first) / CELLS).max(width);
    let mut cells: Vec<Second> = Vec::new();
    for second in seconds {
        let at = second.at - (second.at - first) % cell;
        match cells.last_mut() {
            Some(known) if known.at == at => {
                (known.requests, known.failed) = (known.requests + second.requests, known.failed + second.failed);
            }
            _ => cells.push(Second { at, ..*second }),
        }
    }
    let (requests, failed) =
        cells.iter().filter(|c| c.at + cell > best_s).fold((0.0, 0.0), |sum, c| (sum.0 + c.requests, sum.1 + c.failed));
    let base = base.clamp(1e-4, 0.5);
    let (level, seen) = ((failed / requests).max(base), (last - best_s).max(1) as f64);
    let likelihood = |begin: i64, (rise, height): (f64, f64)| -> f64 {
        let at = |c: &Second| {
            let since = (c.at - begin) as f64 + 0.5 * cell as f64;
            let part = if since < 0.0 { 0.0 } else { (since / rise.max(1.0)).min(1.0) };
            let share = (base + (height - base) * part).clamp(1e-4, 0.99);
            c.failed * share.ln() + (c.requests - c.failed) * (1.0 - share).ln()
        };
        cells.iter().map(at).sum()
    };
    let begins = (first..=best_s).step_by(usize::try_from(cell).unwrap_or(1));
    let begins: Vec<i64> = begins.collect();
    // The likelihood of each beginning, the best of what leads to any height at a rise of `rises`.
    let profile = |rises: &[f64]| -> Vec<f64> {
        let shapes = || rises.iter().flat_map(|rise| HEIGHTS.iter().map(move |h| (rise * seen, h * level)));
        begins.iter().map(|b| shapes().map(|s| likelihood(*b, s)).fold(f64::NEG_INFINITY, f64::max)).collect()
    };
    let best = |of: &[f64]| of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (steps, ramps) = (profile(&[0.0]), profile(&RISES));
    // What a step explains as well is a step.
    let least = best(&ramps) - PROFILE;
    let rises = least > best(&steps);
    begins.iter().zip(&ramps).find(|(_, fit)| rises && **fit >= least).map(|(begin, _)| *begin)
}

/// End of the failing stretch: its last failure, once that failure had ended. The interval
/// reaches on to the first sample after it.
pub(super) fn recovery(seconds: &[Second], levels: Levels) -> Option<TimeInterval> {
    let gains = levels.gains(seconds, HALF);
    let mut sum = 0.0;
    let prefix: Vec<f64> = gains
        .iter()
        .map(|g| {
            sum += g;
            sum
        })
        .collect();
    let failing = |i: &usize| seconds[*i].failed > 0.0;
    let best = (0..gains.len()).filter(failing).max_by(|a, b| prefix[*a].total_cmp(&prefix[*b]).then(a.cmp(b)))?;
    let near = |i: &usize| prefix[*i] >= prefix[best] - PROFILE;
    let first = (0..=best).filter(failing).find(near).unwrap_or(best);
    let last = (best..gains.len()).take_while(near).last().unwrap_or(best);
    let ended = |upto: usize| {
        let failures = seconds.iter().take(upto + 1).filter(|s| s.failed > 0.0);
        failures.map(|s| s.at + s.longest.max(1)).max().unwrap_or(seconds[upto].at)
    };
    let after = seconds.get(last + 1).map_or(ended(last), |s| s.at);
    let best_s = ended(best);
    Some(TimeInterval { best_s, from_s: (seconds[first].at + 1).min(best_s), to_s: after.max(ended(last)).max(best_s) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(range: std::ops::Range<i64>, requests: f64, failed: f64) -> impl Iterator<Item = Second> {
        range.map(move |at| Second { at, requests, failed, longest: 0 })
    }

    const LEVELS: Levels = Levels { base: 0.001, hurt: 0.9, threshold: 0.011 };

    #[test]
    fn a_step_is_found_to_the_second() {
        let data: Vec<Second> = steady(0..100, 10.0, 0.0).chain(steady(100..200, 10.0, 9.0)).collect();
        assert_eq!(onset(&data, LEVELS, 1), Some(TimeInterval { best_s: 100, from_s: 99, to_s: 100 }));
    }

    #[test]
    fn a_stray_failure_long_before_a_step_does_not_move_it() {
        let mut data: Vec<Second> = steady(0..100, 10.0, 0.0).chain(steady(100..200, 10.0, 9.0)).collect();
        data[40].failed = 1.0;
        assert_eq!(onset(&data, LEVELS, 1).unwrap().best_s, 100);
    }

    #[test]
    fn recovery_waits_for_the_last_failure_to_end() {
        let mut data: Vec<Second> = steady(0..100, 10.0, 9.0).chain(steady(100..200, 10.0, 0.0)).collect();
        assert_eq!(recovery(&data, LEVELS), Some(TimeInterval { best_s: 100, from_s: 100, to_s: 100 }));
        data[98].longest = 30;
        let slow = recovery(&data, LEVELS).unwrap();
        assert_eq!((slow.best_s, slow.from_s), (128, 100));
    }

    #[test]
    fn a_ramp_may_have_begun_before_it_shows_and_a_step_has_not() {
        let ramp = |at: i64| if at < 100 { 0.0 } else { (at - 100) as f64 / 200.0 };
        // What a ramp makes of one request a second: failures come when enough of it has passed.
        let mut sum = 0.0;
        let rising: Vec<Second> = (0..300)
            .map(|at| {
                let before = f64::floor(sum);
                sum += ramp(at);
                Second { at, requests: 1.0, failed: f64::floor(sum) - before, longest: 0 }
            })
            .collect();
        let shows = onset(&rising, LEVELS, 1).unwrap().best_s;
        assert!(shows > 110, "{shows}");
        let begun = foot(&rising, 1, LEVELS.base, shows).unwrap();
        assert!((60..=104).contains(&begun), "{begun}");
        let step: Vec<Second> = steady(0..100, 10.0, 0.0).chain(steady(100..300, 10.0, 9.0)).collect();
        assert_eq!(foot(&step, 1, LEVELS.base, 100), None);
        assert_eq!(foot(&[], 1, 0.001, 100), None);
    }

    #[test]
    fn nothing_is_found_where_nothing_failed() {
        let data: Vec<Second> = steady(0..100, 10.0, 0.0).collect();
        assert_eq!(onset(&data, LEVELS, 1), None);
        assert_eq!(recovery(&data, LEVELS), None);
    }
}
