//! Vanished traffic: only where somebody went on writing. A source that falls silent as a whole is
//! a gap in the evidence, not an outage.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::curve::{Curve, floor_to, median, roll_up};
use super::impact::{Stretch, runs};
use super::signals::window;
use super::views::{ServiceViews, View};
use crate::model::{ImpactWindow, SourceId, SourceTrack};

/// Requests a bucket usually holds before its missing ones are worth saying.
const ENOUGH: f64 = 30.0;

/// What is usual just before, seconds.
const LATELY_S: i64 = 900;

/// Traffic that vanishes is low from its first minutes on, seconds.
const AT_ONCE_S: i64 = 600;

/// Missing buckets in a row that are a hole; fewer are chance where traffic is low.
const HOLE: i64 = 3;

/// Buckets, of detection's grid, in which each source had a line of any service.
#[derive(Default)]
pub(super) struct Spoken(BTreeMap<SourceId, BTreeSet<i64>>);

impl Spoken {
    /// When the sources of `tracks` spoke, in buckets of `grid` seconds.
    pub(super) fn of(tracks: &[SourceTrack], grid: i64) -> Self {
        let mut spoken: BTreeMap<SourceId, BTreeSet<i64>> = BTreeMap::new();
        for track in tracks {
            let buckets = spoken.entry(track.source).or_default();
            let mut last = i64::MIN;
            for second in track.track.cells.keys() {
                let bucket = floor_to(second, grid);
                if bucket != last {
                    buckets.insert(bucket);
                    last = bucket;
                }
            }
        }
        Spoken(spoken)
    }

    /// Buckets of `width` seconds in which any source of `view` spoke.
    fn by(&self, view: &View<'_>, width: i64) -> BTreeSet<i64> {
        let sources = view.sources.iter().filter_map(|s| self.0.get(s));
        sources.flatten().map(|start| floor_to(*start, width)).collect()
    }

    /// Whether a source of `view` began or ended for good inside `from..to`: its part of the
    /// traffic came or went with the file, not with the requests.
    fn began_or_ended(&self, source: SourceId, from: i64, to: i64) -> bool {
        let Some(spoken) = self.0.get(&source) else { return false };
        spoken.last().is_some_and(|last| *last < to) || spoken.first().is_some_and(|first| *first >= from)
    }
}

/// Buckets of low traffic in which a metric of the same service counted, and few as well: the
/// metric went on while the log was silent, and agrees that nothing came.
fn metric_witness(views: &ServiceViews<'_>, width: i64) -> BTreeMap<i64, bool> {
    let mut out: BTreeMap<i64, bool> = BTreeMap::new();
    for view in views.views.iter().filter(|v| v.from_metrics) {
        let curve: Curve = roll_up(&view.curve, width).into_iter().filter(|(_, c)| c.counted).collect();
        let Some(usual) = median(curve.iter().map(|(_, c)| c.requests).collect()) else { continue };
        for (start, counts) in &curve {
            let low = out.entry(*start).or_insert(true);
            *low &= counts.requests < 0.5 * usual;
        }
    }
    out
}

/// Requests per bucket, zero where the service is silent and a witness goes on; stretches without
/// any witness stay absent.
fn witnessed(curve: &Curve, views: &ServiceViews<'_>, view: &View<'_>, spoken: &Spoken, width: i64) -> Vec<(i64, f64)> {
    let mut out: BTreeMap<i64, f64> = curve.iter().filter(|(_, c)| c.counted).map(|(s, c)| (*s, c.requests)).collect();
    let Some(first) = out.keys().next().copied() else { return Vec::new() };
    if !view.from_metrics {
        let metric = metric_witness(views, width).into_iter().filter(|(_, low)| *low).map(|(start, _)| start);
        let silent = spoken.by(view, width).into_iter().chain(metric).filter(|start| *start > first);
        for start in silent {
            out.entry(start).or_insert(0.0);
        }
    }
    out.into_iter().collect()
}

/// Pieces of a curve without holes. What borders on a hole was cut by it, not by an outage, and so
/// were the first and the last bucket of all.
fn pieces(points: &[(i64, f64)], width: i64) -> Vec<&[(i64, f64)]> {
    let whole = points.chunk_by(|a, b| b.0 - a.0 <= HOLE * width);
    whole.filter_map(|piece| piece.get(1..piece.len().saturating_sub(1))).filter(|p| !p.is_empty()).collect()
}

/// Requests below half of the level of the hour before, for at least three buckets and five
/// minutes, while the source itself was still being written.
pub(super) fn windows(
    views: &ServiceViews<'_>,
    view: &View<'_>,
    spoken: &Spoken,
    grid: i64,
    width: i64,
) -> Vec<ImpactWindow> {
    let width = width.max(grid).max(60);
    let points = witnessed(&roll_up(&view.curve, width), views, view, spoken, width);
    if points.len() < 8 {
        return Vec::new();
    }
    let mut usual = Usual { hour: (3600 / width).max(6) as usize, ..Usual::default() };
    let mut out = Vec::new();
    for piece in pieces(&points, width) {
        let low: Vec<bool> = piece.iter().map(|(_, requests)| usual.is_low(*requests)).collect();
        let starts: Vec<i64> = piece.iter().map(|(start, _)| *start).collect();
        let found = runs(&low, &starts, width).into_iter().filter(|s| s.to - s.from >= (3 * width).max(300));
        out.extend(found.filter_map(|s| missing(&points, &s, view, views, spoken, width)));
    }
    out
}

/// The level of the hour before.
#[derive(Default)]
struct Usual {
    hour: usize,
    levels: VecDeque<f64>,
}

impl Usual {
    fn is_low(&mut self, requests: f64) -> bool {
        let level = median(self.levels.iter().copied().collect()).unwrap_or(0.0);
        let low = self.levels.len() >= 4 && level >= ENOUGH && requests < 0.5 * level;
        // What is low is not taken as usual, or an outage would become its own baseline.
        if !low {
            self.levels.push_back(requests);
        }
        if self.levels.len() > self.hour {
            self.levels.pop_front();
        }
        low
    }
}

/// The window of a stretch with the requests it lacks; `None` when the service is not steady
/// enough, or when whole files rather than requests account for what is missing.
fn missing(
    points: &[(i64, f64)],
    stretch: &Stretch,
    view: &View<'_>,
    views: &ServiceViews<'_>,
    spoken: &Spoken,
    width: i64,
) -> Option<ImpactWindow> {
    let between = |from: i64, to: i64| points.iter().filter(move |(s, _)| (from..to).contains(s)).map(|(_, r)| *r);
    let before: Vec<f64> = between(stretch.from - 3600, stretch.from).collect();
    let lately = median(between(stretch.from - LATELY_S, stretch.from).collect());
    // Traffic that goes down with the hour has not vanished: what was usual just before counts too.
    let usual = lately.map_or(median(before.clone())?, |l| l.min(median(before.clone()).unwrap_or(l)));
    let buckets = between(stretch.from, stretch.to).count().max(1);
    let seen: f64 = between(stretch.from, stretch.to).sum();
    let silent = between(stretch.from, stretch.to).filter(|r| *r <= 0.0).count();
    let others = || points.iter().filter(|(s, _)| *s < stretch.from || *s >= stretch.to);
    let quiet = others().filter(|(_, r)| *r < 0.5 * usual).count();
    // A job that runs now and then is silent in between: only steady traffic can vanish.
    if silent * 2 > buckets && (before.len() < 10 || quiet * 3 > others().count()) {
        return None;
    }
    let length = (stretch.to - stretch.from) as f64;
    let rate = rate_of_lasting(view, views, spoken, stretch).unwrap_or(usual / width as f64);
    // Surely below half: two deviations of what chance makes of so few. As a whole, and at once: what
    // fades with the hour is half of what it was only in the end.
    let surely_low = |seen: f64, length: f64| seen + 2.0 * seen.sqrt() < 0.5 * rate * length;
    let begun = (stretch.from + AT_ONCE_S.max(3 * width)).min(stretch.to);
    let at_once: f64 = between(stretch.from, begun).sum();
    if !surely_low(seen, length) || !surely_low(at_once, (begun - stretch.from) as f64) {
        return None;
    }
    let mut out = window("traffic", stretch, width);
    out.missing = Some((usual * ((stretch.to - stretch.from) / width) as f64 - seen).max(0.0));
    Some(out)
}

/// Usual requests per second of those sources that neither begin nor end for good around the
/// stretch; `None` when all of them last, or it is a metric.
fn rate_of_lasting(view: &View<'_>, views: &ServiceViews<'_>, spoken: &Spoken, stretch: &Stretch) -> Option<f64> {
    let lasts = |s: &SourceId| !spoken.began_or_ended(*s, stretch.from, stretch.to);
    if view.from_metrics || view.sources.iter().all(lasts) {
        return None;
    }
    let tracks = views.tracks.iter().filter(|t| view.holds(t) && lasts(&t.source));
    let cells = tracks.flat_map(|t| {
        let weight = f64::from(t.key.weight_milli) / 1000.0;
        t.track.cells.range(stretch.from - 3600..stretch.from).map(move |(s, c)| (s, f64::from(c.records) * weight))
    });
    let (first, sum) = cells.fold((stretch.from, 0.0), |(first, sum), (s, n)| (first.min(s), sum + n));
    Some(sum / (stretch.from - first).max(60) as f64)
}
