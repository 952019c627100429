//! Onsets and recoveries of any row of numbers: a gauge, a ratio, a latency, a rate.
//!
//! Normal is a reference taken from the row itself (shared analysis note, rule A): its centre is a
//! median, its spread the widest of three ranges of quantiles. The row is cut where its level
//! changes ([`segments`]); a stretch is out of the band when its level is [`EFFECT`] spreads away,
//! further than the reference ever strayed for as long, and when it got there faster than the
//! reference moves. So noise, heavy tails, daily curves, saw teeth, random walks and slow trends,
//! which stray and move all the time, claim nothing.

use super::segments::{self, Sums};

/// Spreads between two levels for the step to be an onset.
const EFFECT: f64 = 3.0;

/// How much further than ever in the reference a stretch must stray.
const BEYOND: f64 = 1.5;

/// How much faster than usual a step must be: a share of all places that the usual move is taken
/// at, and how often that move.
#[derive(Clone, Copy)]
struct Pace {
    share: f64,
    faster: f64,
}

/// Against everything before an onset: four standard deviations of the moves of pure noise.
const BEFORE: Pace = Pace { share: 0.9, faster: 2.5 };

/// Against the whole row, which holds the changes themselves: as strict for pure noise, but a
/// quarter of the places may be changes.
const WHOLE: Pace = Pace { share: 0.75, faster: 2.86 };

/// Runs that chance may be expected to make of lone far points, at most.
const BY_CHANCE: f64 = 0.05;

/// A change of less than this share of the level is no onset.
const LEAST_SHARE: f64 = 0.02;

/// Weight of the number of points in the price of a split, as in the criterion of Schwarz with the
/// doubled weight that dependent noise asks for.
const PENALTY: f64 = 4.0;

/// Log likelihood within which a neighbouring point explains the data as well (95 %).
const PROFILE: f64 = 1.92;

/// Share of the points that a level must hold to be taken as normal.
const NORMAL_SHARE: f64 = 0.2;

/// How far from a split its exact place is looked for, points.
const REACH: usize = 30;

/// Most places of a row that its moves are taken at: more say the same.
const MOST_PLACES: usize = 2048;

/// Points by which an alert may come later than what it tells.
const ALERT_LAG: usize = 4;

/// Fewest points that anything is claimed of.
const FEWEST: usize = 8;

/// Which way is bad, where the metric says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// Nobody knows: both ways count, and what was there first is normal.
    Either,
    /// Errors, latency: the lower level is normal.
    Up,
    /// Availability, success: the higher level is normal.
    Down,
}

impl Worse {
    /// Whether a move of sign `way` is one for the worse.
    fn is(self, way: i32) -> bool {
        match self {
            Worse::Either => way != 0,
            Worse::Up => way > 0,
            Worse::Down => way < 0,
        }
    }
}

/// A change of level between two points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Number of the first point of the new level.
    pub index: usize,
    /// First and last point that may be that one.
    pub between: (usize, usize),
    /// Median before.
    pub level_before: f64,
    /// Median after.
    pub level_after: f64,
    /// Distance of the two levels, in spreads of the reference.
    pub effect: f64,
    /// A recovery that did not lead back into the band.
    pub partial: bool,
}

/// Everything that is claimed of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Departures from the reference.
    pub onsets: Vec<Step>,
    /// Returns to it, or towards it.
    pub recoveries: Vec<Step>,
    /// All changes of level that are more than chance.
    pub change_points: Vec<Step>,
}

/// What normal is.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Band {
    centre: f64,
    spread: f64,
}

/// Quantile `q` of sorted numbers.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len().saturating_sub(1)) as f64;
    sorted.get(at.round() as usize).copied().unwrap_or(0.0)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut out: Vec<f64> = values.collect();
    out.sort_unstable_by(f64::total_cmp);
    out
}

/// The least spread of a row around `centre`.
fn least_spread(centre: f64) -> f64 {
    LEAST_SHARE * centre.abs() / EFFECT
}

fn median(values: &[f64]) -> f64 {
    quantile(&sorted(values.iter().copied()), 0.5)
}

/// Widest of the ranges that hold 68, 90 and 98 % of a row, each in standard deviations of the
/// normal law: heavy tails and rare excursions widen it.
fn spread(sorted: &[f64]) -> f64 {
    let range = |tail: f64, deviations: f64| (quantile(sorted, 1.0 - tail) - quantile(sorted, tail)) / deviations;
    range(0.16, 1.989).max(range(0.05, 3.29)).max(range(0.01, 4.653))
}

/// Middle of each point and its two neighbours: a lone spike is nothing.
pub(super) fn despiked(values: &[f64]) -> Vec<f64> {
    let n = values.len();
    let middle = |i: usize| {
        let (a, b, c) = (values[i.saturating_sub(1)], values[i], values[(i + 1).min(n - 1)]);
        a.max(b).min(a.min(b).max(c))
    };
    (0..n).map(middle).collect()
}

/// Standard deviation of the noise from point to point; the least step of a row that mostly stands still.
fn noise(values: &[f64]) -> f64 {
    let steps = sorted(values.windows(2).map(|p| (p[1] - p[0]).abs()));
    let usual = quantile(&steps, 0.5) / 0.6745 / std::f64::consts::SQRT_2;
    let rare = quantile(&steps, 0.9) / 1.6449 / std::f64::consts::SQRT_2;
    let least = steps.iter().copied().find(|s| *s > 0.0).unwrap_or(0.0);
    let own = sorted(values.iter().copied());
    let floor = least_spread(quantile(&own, 0.5)) / EFFECT;
    usual.max(if usual > 0.0 { 0.5 * rare } else { 0.0 }).max(0.29 * least).max(floor)
}

/// Points for which one reading usually stands, where a row is written more often than it is measured.
fn held(values: &[f64]) -> usize {
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some(run) if run.0 == *value => run.1 += 1,
            _ => runs.push((*value, 1)),
        }
    }
    if 2 * runs.len() > values.len() {
        return 1;
    }
    let mut distinct = sorted(runs.iter().map(|r| r.0));
    distinct.dedup();
    // Few distinct values are a state or a small count that stays what it is.
    if runs.len() < FEWEST || 2 * distinct.len() < runs.len() {
        return 1;
    }
    median(&runs.iter().map(|r| r.1 as f64).collect::<Vec<f64>>()).max(1.0) as usize
}

/// Everything that is claimed of a row: `values` in time order, all finite; `shortest` points are
/// the fewest that make a level; an alert fired just before each point in `alerts`.
pub fn find(values: &[f64], shortest: usize, worse: Worse, alerts: &[usize]) -> Found {
    let n = values.len();
    let scale = noise(values);
    if n < FEWEST || !scale.is_normal() {
        return Found::default();
    }
    let shortest = shortest * held(values);
    let smooth = despiked(values);
    let centre = median(values);
    let z: Vec<f64> = smooth.iter().map(|v| (v - centre) / scale).collect();
    let splits = segments::splits(&z, shortest, PENALTY * (n as f64).ln());
    let row = Row::new(values, &smooth, splits, shortest);
    let mut found = row.episodes(worse);
    for alert in alerts {
        told(values, *alert, worse, &mut found);
    }
    found.change_points = row.change_points();
    found
}

/// How far apart neighbouring means of `w` points must lie to be out of what `from..to` does;
/// `None` where it is too short to say.
fn moved(sums: &Sums, from: usize, to: usize, w: usize, pace: Pace) -> Option<f64> {
    let places = (to + 1).saturating_sub(from + 2 * w);
    if places < 2 * w {
        return None;
    }
    let one = |k: usize| (sums.mean(k + w, k + 2 * w) - sums.mean(k, k + w)).abs();
    let mut moves: Vec<f64> = (from..from + places).step_by(places.div_ceil(MOST_PLACES)).map(one).collect();
    let usual = (pace.share * (moves.len() - 1) as f64).round() as usize;
    Some(pace.faster * *moves.select_nth_unstable_by(usual, f64::total_cmp).1)
}

/// Where an alert says that something happened, a smaller change is believed: the stretch that begins
/// near it and explains most, when chance would not offer one as good among all that were tried.
fn told(values: &[f64], alert: usize, worse: Worse, found: &mut Found) {
    let (first, last) = (alert.saturating_sub(ALERT_LAG), (alert + 2).min(values.len()));
    // A change that is known already, near the alert or still lasting.
    let over = |o: &Step| found.recoveries.iter().any(|r| !r.partial && o.index < r.index && r.index <= first);
    if first < 2 * FEWEST || found.onsets.iter().any(|o| o.index < last && !over(o)) {
        return;
    }
    // What a point differs by from those just before it: a drift is none of the alert's doing.
    let usual = |k: usize| median(&values[k.saturating_sub(REACH)..k]);
    let differs = sorted((first.saturating_sub(10 * REACH).max(FEWEST)..first).map(|k| values[k] - usual(k)));
    let centre = usual(first) + quantile(&differs, 0.5);
    let spread = spread(&differs).max(least_spread(centre));
    let sums = Sums::of(&values.iter().map(|v| ((v - centre) / spread).clamp(-25.0, 25.0)).collect::<Vec<f64>>());
    let spans =
        (first..last).flat_map(|from| (from + 1..=values.len().min(from + 2 * ALERT_LAG)).map(move |to| (from, to)));
    let gain = |(from, to): (usize, usize)| {
        let mean = sums.mean(from, to);
        // It begins and ends with points that show it.
        let shows = |k: usize| sums.mean(k, k + 1) / mean >= 0.5;
        let counts = worse.is(mean.signum() as i32) && shows(from) && shows(to - 1);
        (if counts { (to - from) as f64 * mean * mean } else { 0.0 }, from, to)
    };
    let tried = spans.clone().count() as f64;
    let best = spans.map(gain).max_by(|a, b| a.0.total_cmp(&b.0).then((b.1, b.2).cmp(&(a.1, a.2))));
    let Some((_, from, to)) = best.filter(|b| spread > 0.0 && b.0 >= 2.0 * (tried.ln() + PROFILE)) else { return };
    let w = to - from;
    let usual = moved(&sums, 0, first, w, Pace { faster: 1.0, ..BEFORE }).filter(|_| from >= w);
    if usual.is_none_or(|usual| (sums.mean(from, to) - sums.mean(from - w, from)).abs() < usual) {
        return;
    }
    let (level, effect) = (median(&values[from..to]), sums.mean(from, to).abs());
    let onset =
        Step { index: from, between: (from, from), level_before: centre, level_after: level, effect, partial: false };
    found.onsets.push(onset);
    if to < values.len() {
        let back = Step { index: to, between: (to, to), level_before: level, level_after: centre, ..onset };
        found.recoveries.push(back);
    }
    for list in [&mut found.onsets, &mut found.recoveries] {
        list.sort_by_key(|s| s.index);
        list.dedup_by_key(|s| s.index);
    }
}

/// A row with its stretches.
struct Row<'a> {
    values: &'a [f64],
    sums: Sums,
    shortest: usize,
    /// Bounds of the stretches: 0, the splits, the length.
    bounds: Vec<usize>,
    levels: Vec<f64>,
}

impl<'a> Row<'a> {
    fn new(values: &'a [f64], smooth: &[f64], splits: Vec<usize>, shortest: usize) -> Row<'a> {
        let mut bounds = vec![0];
        bounds.extend(splits);
        bounds.push(values.len());
        let levels = bounds.windows(2).map(|b| median(&values[b[0]..b[1]])).collect();
        Row { values, sums: Sums::of(smooth), shortest, bounds, levels }
    }

    fn stretches(&self) -> usize {
        self.levels.len()
    }

    /// The first point of stretch `i`, and the first and the last that may be it.
    fn edge(&self, i: usize, scale: f64) -> (usize, (usize, usize)) {
        let (from, at, to) = (self.bounds[i - 1], self.bounds[i], self.bounds[i + 1]);
        let (before, after) = (self.levels[i - 1], self.levels[i]);
        let (from, to) = (from.max(at.saturating_sub(REACH)) + 1, to.min(at + REACH));
        let (low, high) = (before.min(after) - 2.0 * scale, before.max(after) + 2.0 * scale);
        let scale = scale.max((after - before).abs() / 25.0);
        let mut sum = 0.0;
        let mut gains = vec![(from, 0.0)];
        for k in from..to {
            let v = self.values[k].clamp(low, high);
            // Calling point k old instead of new.
            sum += ((v - after).powi(2) - (v - before).powi(2)) / (2.0 * scale * scale);
            gains.push((k + 1, sum));
        }
        gains.retain(|g| g.0 < to.max(from + 1));
        let near = |k: usize| k.abs_diff(at);
        let best = gains.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1).then(near(b.0).cmp(&near(a.0))));
        let Some(best) = best else { return (at, (at, at)) };
        let likely = || gains.iter().filter(|g| g.1 >= best.1 - PROFILE).map(|g| g.0);
        (best.0, (likely().min().unwrap_or(at), likely().max().unwrap_or(at)))
    }

    fn length(&self, i: usize) -> usize {
        self.bounds[i + 1] - self.bounds[i]
    }

    /// The band of the stretches in `chosen`.
    fn band(&self, chosen: &[bool]) -> Band {
        let points = (0..self.stretches()).filter(|i| chosen[*i]).flat_map(|i| self.bounds[i]..self.bounds[i + 1]);
        let sorted = sorted(points.map(|k| self.values[k]));
        let centre = quantile(&sorted, 0.5);
        let least = 0.29 * sorted.windows(2).map(|p| p[1] - p[0]).filter(|d| *d > 0.0).fold(f64::INFINITY, f64::min);
        let least = if least.is_finite() { least } else { 0.0 };
        Band { centre, spread: spread(&sorted).max(least_spread(centre)).max(least) }
    }

    /// Stretches whose level is within the band of stretch `seed`, and the band of them all.
    fn alike(&self, seed: usize) -> (Vec<bool>, Band) {
        let mut chosen: Vec<bool> = (0..self.stretches()).map(|i| i == seed).collect();
        let mut band = self.band(&chosen);
        for _ in 0..3 {
            let next: Vec<bool> = (0..self.stretches())
                .map(|i| i == seed || (self.levels[i] - band.centre).abs() < EFFECT * band.spread)
                .collect();
            if next == chosen {
                break;
            }
            chosen = next;
            band = self.band(&chosen);
        }
        (chosen, band)
    }

    /// The stretches that are normal: of the levels that last, the first, or the best where the
    /// metric says which way is bad. A row that never settles is its own reference.
    fn reference(&self, worse: Worse) -> (Vec<bool>, Band) {
        let enough = ((self.values.len() as f64 * NORMAL_SHARE) as usize).max(FEWEST / 2);
        let mut seeds: Vec<usize> = (0..self.stretches()).collect();
        match worse {
            Worse::Either => {}
            Worse::Up => seeds.sort_by(|a, b| self.levels[*a].total_cmp(&self.levels[*b]).then(a.cmp(b))),
            Worse::Down => seeds.sort_by(|a, b| self.levels[*b].total_cmp(&self.levels[*a]).then(a.cmp(b))),
        }
        let lasts = |g: &(Vec<bool>, Band)| {
            (0..self.stretches()).filter(|i| g.0[*i]).map(|i| self.length(i)).sum::<usize>() >= enough
        };
        seeds.into_iter().map(|i| self.alike(i)).find(lasts).unwrap_or_else(|| {
            let all = vec![true; self.stretches()];
            let band = self.band(&all);
            (all, band)
        })
    }

    /// Runs of stretches that are normal.
    fn calm(&self, chosen: &[bool]) -> Vec<(usize, usize)> {
        let mut out: Vec<(usize, usize)> = Vec::new();
        for i in (0..self.stretches()).filter(|i| chosen[*i]) {
            match out.last_mut() {
                Some(last) if last.1 == self.bounds[i] => last.1 = self.bounds[i + 1],
                _ => out.push((self.bounds[i], self.bounds[i + 1])),
            }
        }
        out
    }

    /// How far means of `w` points of the reference ever strayed towards `sign`.
    fn strayed(&self, calm: &[(usize, usize)], w: usize, centre: f64, sign: f64) -> f64 {
        let starts = calm.iter().flat_map(|(from, to)| *from..(*to + 1).saturating_sub(w));
        starts.map(|k| sign * (self.sums.mean(k, k + w) - centre)).fold(0.0, f64::max)
    }

    /// Whether the step to the stretches from `i` to `j` is faster than `limit` of the width it is seen at.
    fn is_fast(&self, i: usize, j: usize, limit: impl Fn(usize) -> Option<f64>) -> bool {
        let at = self.bounds[i];
        let room = self.bounds[j + 1] - at;
        self.widths().take_while(|w| *w <= room && *w <= at).any(|w| {
            let step = (self.sums.mean(at, at + w) - self.sums.mean(at - w, at)).abs();
            limit(w).is_some_and(|limit| step >= limit)
        })
    }

    /// Numbers of points that means are taken of.
    fn widths(&self) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(self.shortest), |w| Some(w * 2))
    }

    /// How many runs of `length` points at least half as far away chance makes of the reference's
    /// lone ones.
    fn by_chance(&self, calm: &[(usize, usize)], centre: f64, away: f64, length: usize) -> f64 {
        let points = || calm.iter().flat_map(|(from, to)| *from..*to);
        let far = points().filter(|k| away.signum() * (self.values[*k] - centre) >= 0.5 * away.abs()).count() as f64;
        let all = points().count().max(1) as f64;
        all * (far / all).powi(i32::try_from(length).unwrap_or(i32::MAX))
    }

    /// Whether the stretches from `i` to `j` went further than the reference ever does.
    fn is_far(&self, i: usize, j: usize, calm: &[(usize, usize)], band: Band) -> bool {
        let (from, to) = (self.bounds[i], self.bounds[j + 1]);
        let worst = (i..=j).map(|k| self.levels[k] - band.centre).max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let away = worst.unwrap_or(0.0);
        if self.by_chance(calm, band.centre, away, to - from) > BY_CHANCE {
            return false;
        }
        let strayed = |w: usize| self.strayed(calm, w, band.centre, away.signum());
        self.widths().take_while(|w| *w <= to - from).any(|w| away.abs() >= BEYOND * strayed(w))
    }

    /// The onset of the stretches from `i` to `j`: a ramp has left the band before it reached its level.
    fn onset(&self, i: usize, j: usize, base: f64, band: Band) -> Step {
        let mut step = self.step(i, band);
        let sign = (step.level_after - base).signum();
        let first = self.bounds[i - 1];
        let height = 0.1 * (step.level_after - step.level_before).abs();
        let back = |from: usize, spreads: f64| {
            let out = |k: &usize| {
                let value = sign * self.values[*k];
                value - sign * base > spreads * band.spread && value - sign * step.level_before > height
            };
            from - (first..from).rev().take(REACH).take_while(out).count()
        };
        step.index = back(step.index, 2.5);
        step.between = (back(step.between.0.min(step.index), 1.0), step.between.1.max(step.index));
        step.level_after = median(&self.values[self.bounds[i]..self.bounds[j + 1]]);
        step.effect = (step.level_after - step.level_before).abs() / band.spread;
        step
    }

    fn step(&self, i: usize, band: Band) -> Step {
        let (index, between) = self.edge(i, band.spread);
        let (level_before, level_after) = (self.levels[i - 1], self.levels[i]);
        let effect = (level_after - level_before).abs() / band.spread;
        Step { index, between, level_before, level_after, effect, partial: false }
    }

    /// Onsets and recoveries against the reference. A row that drifted out of the band on its own
    /// departs from where it had drifted to.
    fn episodes(&self, worse: Worse) -> Found {
        let mut found = Found::default();
        let (chosen, band) = self.reference(worse);
        let calm = self.calm(&chosen);
        let side = |i: usize, base: f64| {
            let z = (self.levels[i] - base) / band.spread;
            if z.abs() < EFFECT { 0 } else { z.signum() as i32 }
        };
        let normal = |i: usize| chosen[i] || side(i, band.centre) == 0;
        let mut base = band.centre;
        let mut i = 0;
        while i < self.stretches() {
            if normal(i) {
                (base, i) = (band.centre, i + 1);
                continue;
            }
            let way = side(i, base);
            let mut j = i;
            while j + 1 < self.stretches() && !normal(j + 1) && side(j + 1, base) == way {
                j += 1;
            }
            let before = if self.bounds[i] >= FEWEST { self.bounds[i] } else { self.values.len() };
            let fast = || i == 0 || self.is_fast(i, j, |w| moved(&self.sums, 0, before, w, BEFORE));
            if !worse.is(way) || !self.is_far(i, j, &calm, band) || !fast() {
                (base, i) = (self.levels[i], i + 1);
                continue;
            }
            if i > 0 {
                found.onsets.push(self.onset(i, j, base, band));
            }
            self.way_back(i, j, band, &mut found);
            i = j + 1;
            if i < self.stretches() && side(i, base) == 0 {
                (base, i) = (self.levels[i], i + 1);
            }
        }
        found
    }

    /// The recovery from the stretches `i` to `j`, with what came back in part before.
    fn way_back(&self, i: usize, j: usize, band: Band, found: &mut Found) {
        let away = |k: usize| (self.levels[k] - band.centre).abs();
        let mut worst = away(i);
        for k in i + 1..=j {
            if away(k) <= 0.5 * worst && worst - away(k) >= EFFECT * band.spread {
                found.recoveries.push(Step { partial: true, ..self.step(k, band) });
                worst = away(k);
            }
            worst = worst.max(away(k));
        }
        if j + 1 < self.stretches() {
            found.recoveries.push(self.step(j + 1, band));
        }
    }

    /// Changes that are faster than the row usually moves.
    fn change_points(&self) -> Vec<Step> {
        let usual = sorted((0..self.stretches()).flat_map(|i| {
            let level = self.levels[i];
            self.values[self.bounds[i]..self.bounds[i + 1]].iter().map(move |v| v - level)
        }));
        let band = Band { centre: 0.0, spread: spread(&usual).max(f64::MIN_POSITIVE) };
        let of = |w: usize| moved(&self.sums, 0, self.values.len(), w, WHOLE);
        let limits: Vec<(usize, Option<f64>)> =
            self.widths().take_while(|w| 2 * w <= self.values.len()).map(|w| (w, of(w))).collect();
        let limit = |w: usize| limits.iter().find(|l| l.0 == w).and_then(|l| l.1);
        let fast = |i: &usize| self.is_fast(*i, *i, limit);
        (1..self.stretches()).filter(fast).map(|i| self.step(i, band)).collect()
    }
}

#[cfg(test)]
mod tests;
