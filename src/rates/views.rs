//! Ways of seeing a service: sources of one format are instances and add up, formats never do, nor do the two
//! ends of a call.

use std::collections::{BTreeMap, BTreeSet};

use super::curve::{Counts, Curve, LADDER, roll_up, sum};
use super::frame::Bucketing;
use super::periods::Hours;
use crate::model::{CallEnd, Citation, ErrorPolicy, Evidence, Series, SourceId, SourceTrack};

/// A series that shows failures, and how to find the lines of its points.
#[derive(Clone, Debug)]
pub(super) struct PointLines<'a> {
    pub(super) source: SourceId,
    pub(super) series: &'a Series,
    /// Its values are sums: what counts is the step up to a point.
    pub(super) counts_up: bool,
    /// A point speaks for the time before its stamp.
    pub(super) backward: bool,
    /// Minus one where less is worse.
    pub(super) sign: f64,
}

impl PointLines<'_> {
    /// The line of the worst point that speaks for `from..to` (seconds), with that point's
    /// badness; of the first one when `first`.
    pub(super) fn cite(&self, from: i64, to: i64, first: bool) -> Option<(f64, Citation)> {
        let points = &self.series.points;
        let ns = |second: i64| second.saturating_mul(1_000_000_000).saturating_add(i64::from(self.backward));
        let (low, high) = (points.partition_point(|p| p.0 < ns(from)), points.partition_point(|p| p.0 < ns(to)));
        let badness = |i: usize| {
            let value = points.get(i).map_or(0.0, |p| p.1);
            let before =
                if self.counts_up { i.checked_sub(1).and_then(|b| points.get(b)).map_or(0.0, |p| p.1) } else { 0.0 };
            (value - before) * self.sign
        };
        let worst = (low..high).max_by(|a, b| badness(*a).total_cmp(&badness(*b)).then(b.cmp(a)));
        let at = if first { (low..high).next() } else { worst }?;
        Some((badness(at), self.series.cite(self.source, at)?))
    }
}

/// One way of seeing one service.
#[derive(Clone, Debug, Default)]
pub(super) struct View<'a> {
    /// Format name.
    pub(super) format: String,
    pub(super) sources: BTreeSet<SourceId>,
    /// At which end of the calls its records were written.
    pub(super) side: CallEnd,
    pub(super) from_metrics: bool,
    /// Finest time that can be told apart, seconds.
    pub(super) step: i64,
    /// Whether it is known which stretch each value speaks for.
    pub(super) exact: bool,
    /// All operations together.
    pub(super) curve: Curve,
    pub(super) operations: BTreeMap<String, Curve>,
    /// Percentiles stated by metrics: bucket → p50, p95, p99 in ms.
    pub(super) latency: BTreeMap<i64, [Option<f64>; 3]>,
    /// Lines that show the series of a metric view.
    pub(super) cites: Vec<Citation>,
    /// Series of a metric view that show failures.
    pub(super) points: Vec<PointLines<'a>>,
}

impl View<'_> {
    /// Requests seen, weighted.
    pub(super) fn requests(&self) -> f64 {
        self.curve.iter().map(|(_, c)| c.requests).sum()
    }

    /// Whether a track is part of it.
    pub(super) fn holds(&self, track: &SourceTrack) -> bool {
        self.side == track.key.side && self.sources.contains(&track.source)
    }

    /// Whether any share can be made of it.
    pub(super) fn has_ratio(&self) -> bool {
        self.curve.iter().any(|(_, c)| c.requests > 0.0 || c.stated.1 > 0.0)
    }
}

/// Everything that speaks of one service.
#[derive(Clone, Debug, Default)]
pub(super) struct ServiceViews<'a> {
    /// Primary first.
    pub(super) views: Vec<View<'a>>,
    /// Its tracks, for anything that needs single seconds.
    pub(super) tracks: Vec<&'a SourceTrack>,
    /// Log lines of every source: lines are not requests, so they add up over formats.
    pub(super) lines: Curve,
}

impl<'a> ServiceViews<'a> {
    /// The view the curves are made of.
    pub(super) fn primary(&self) -> Option<&View<'a>> {
        self.views.first()
    }

    /// Tracks of the primary view; of the best log that has a ratio when that is a metric: a log
    /// sees the same requests and knows their seconds.
    pub(super) fn timed_tracks(&self) -> Vec<&'a SourceTrack> {
        let timed = |v: &&View<'_>| !v.from_metrics && v.has_ratio();
        let Some(view) = self.views.iter().find(timed).or(self.primary().filter(|v| !v.from_metrics)) else {
            return Vec::new();
        };
        self.tracks.iter().filter(|t| view.holds(t)).copied().collect()
    }

    /// Puts the best view first: counted before stated, more requests before fewer; a log stands
    /// before a metric that saw no more than twice as much, since its lines can be cited.
    pub(super) fn order(&mut self) {
        let rank = |v: &View<'_>| {
            let requests = v.requests();
            let class = match (requests > 0.0, v.has_ratio()) {
                (true, _) => 0_u8,
                (false, true) => 1,
                _ => 2,
            };
            let favour = if v.from_metrics { 1.0 } else { 2.0 };
            (class, requests * favour)
        };
        self.views.sort_by(|a, b| {
            let ((class_a, weight_a), (class_b, weight_b)) = (rank(a), rank(b));
            class_a.cmp(&class_b).then(weight_b.total_cmp(&weight_a)).then_with(|| a.format.cmp(&b.format))
        });
    }
}

/// Name of the format that read most of a source.
pub(super) fn format_of(evidence: &Evidence, source: SourceId) -> String {
    let uses = evidence.sources.get(source.0 as usize).and_then(|s| s.formats.first());
    uses.map_or_else(|| "unknown".to_string(), |f| f.name.clone())
}

/// Name of the view that a format is at one end of calls.
fn named_view(format: String, side: CallEnd) -> String {
    match side {
        CallEnd::Own => format,
        CallEnd::Caller => format!("{format} of callers"),
    }
}

/// Stands for records that neither say their service nor lie where a path says it.
const UNNAMED: &str = "(unnamed)";

/// Views made of log tracks, by canonical service, on a grid of `grid` seconds.
pub(super) fn of_logs<'a>(
    evidence: &'a Evidence,
    policy: &ErrorPolicy,
    grid: i64,
) -> BTreeMap<String, ServiceViews<'a>> {
    let copies = evidence.copies();
    let mut names = Interner::default();
    let mut bucketing = Bucketing::new(grid);
    let mut services: BTreeMap<String, ServiceViews<'a>> = BTreeMap::new();
    let mut sources: BTreeMap<(u32, u32), (CallEnd, BTreeSet<SourceId>)> = BTreeMap::new();
    for track in evidence.tracks.iter().filter(|t| !copies.contains_key(&t.source)) {
        let named = evidence.names.of(&track.key.service);
        let service = if named.is_empty() { UNNAMED } else { named }.to_string();
        let format = named_view(format_of(evidence, track.source), track.key.side);
        let key = (names.id(&service), names.id(&format), names.id(&track.key.operation));
        for (second, cell) in track.track.cells.iter() {
            bucketing.push(key, second, cell, track.key.weight_milli, policy);
        }
        let seen = sources.entry((key.0, key.1)).or_default();
        seen.0 = track.key.side;
        seen.1.insert(track.source);
        services.entry(service).or_default().tracks.push(track);
    }
    let mut curves: BTreeMap<(u32, u32), BTreeMap<String, Curve>> = BTreeMap::new();
    for ((service, view, operation), curve) in bucketing.finish() {
        curves.entry((service, view)).or_default().insert(names.name(operation).to_string(), curve);
    }
    demote_failures_only(&mut curves);
    for ((service, view), operations) in curves {
        let Some(of_service) = services.get_mut(names.name(service)) else { continue };
        let (side, sources) = sources.remove(&(service, view)).unwrap_or_default();
        let tracks = of_service.tracks.iter().filter(|t| t.key.side == side && sources.contains(&t.source));
        of_service.views.push(View {
            format: names.name(view).to_string(),
            step: step_of(tracks),
            exact: true,
            side,
            sources,
            curve: sum(operations.values()),
            operations,
            ..View::default()
        });
    }
    for views in services.values_mut() {
        views.lines = sum(views.views.iter().map(|v| &v.curve));
    }
    services
}

/// One minute when nothing was stamped finer than that, else one second.
pub(super) fn step_of<'a, 'b: 'a>(tracks: impl Iterator<Item = &'a &'b SourceTrack>) -> i64 {
    let mut stamps = tracks.flat_map(|t| t.track.cells.keys()).peekable();
    if stamps.peek().is_some() && stamps.all(|s| s % 60 == 0) { 60 } else { 1 }
}

/// A format in which nothing ever succeeds logs failures only: it has a count, no denominator.
fn demote_failures_only(curves: &mut BTreeMap<(u32, u32), BTreeMap<String, Curve>>) {
    let mut totals: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for ((_, view), operations) in curves.iter() {
        let total = totals.entry(*view).or_default();
        for (_, counts) in operations.values().flatten() {
            *total = (total.0 + counts.requests, total.1 + counts.failed);
        }
    }
    let failures_only = |view: &u32| totals.get(view).is_some_and(|(all, failed)| *all > 0.0 && *failed >= 0.98 * all);
    for (_, operations) in curves.iter_mut().filter(|((_, view), _)| failures_only(view)) {
        operations.values_mut().for_each(without_denominator);
    }
}

/// The same failures as mere lines.
pub(super) fn without_denominator(curve: &mut Curve) {
    for (_, counts) in curve {
        *counts = Counts {
            error_lines: counts.error_lines.max(counts.failed),
            lines: counts.lines,
            throttled: counts.throttled,
            cancelled: counts.cancelled,
            client_errors: counts.client_errors,
            ..Counts::default()
        };
    }
}

/// Numbers for names, in order of first use.
#[derive(Default)]
struct Interner {
    ids: BTreeMap<String, u32>,
    names: Vec<String>,
}

impl Interner {
    fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.names.len() as u32;
        self.ids.insert(name.to_string(), id);
        self.names.push(name.to_string());
        id
    }

    fn name(&self, id: u32) -> &str {
        self.names.get(id as usize).map_or("", String::as_str)
    }
}

/// Most buckets a report's curve may have.
const MOST_BUCKETS: i64 = 240;

/// Requests a bucket should have for its ratio to mean something.
pub(super) const ENOUGH_REQUESTS: f64 = 30.0;

/// First and last second that matter for choosing a width: a handful of stray lines hours away
/// from everything else must not coarsen the whole report.
pub(super) fn core_span(hours: &Hours) -> Option<(i64, i64)> {
    let total: u64 = hours.values().map(|h| h.0).sum();
    let list: Vec<(i64, (u64, i64, i64))> = hours.iter().map(|(h, seen)| (*h, *seen)).collect();
    let stray = |order: &mut dyn Iterator<Item = &(i64, (u64, i64, i64))>| {
        let (mut seen, mut previous, mut skip, mut index) = (0_u64, None, 0, 0);
        for (hour, (count, ..)) in order {
            if previous.is_some_and(|p: i64| (hour - p).abs() > 3) {
                skip = index;
            }
            seen += count;
            if seen * 1000 > total {
                break;
            }
            previous = Some(*hour);
            index += 1;
        }
        skip
    };
    let (head, tail) = (stray(&mut list.iter()), stray(&mut list.iter().rev()));
    let core = list.get(head..list.len().saturating_sub(tail))?;
    Some((core.first()?.1.1, core.last()?.1.2))
}

/// Grid that detection works on: fine enough for a short outage, coarse enough for a long bundle.
pub(super) fn grid(span: (i64, i64), bucket_s: Option<u32>) -> i64 {
    const MOST_CELLS: i64 = 50_000;
    let length = (span.1 - span.0).max(1);
    let wanted = if length / 10 <= 1_000 { 10 } else { 60 };
    let wanted = if length <= 240 { 1 } else { wanted };
    let fits = LADDER.into_iter().find(|w| *w >= wanted && length / w <= MOST_CELLS).unwrap_or(3600);
    match bucket_s.map(i64::from).filter(|b| *b > 0) {
        Some(b) => LADDER.into_iter().rev().find(|w| *w <= fits && b % w == 0).unwrap_or(1),
        None => fits,
    }
}

/// Width of the report's buckets: the finest that keeps the window short enough to read and most
/// buckets well filled; never finer than metrics alone can show.
pub(super) fn bucket_width(span: (i64, i64), services: &BTreeMap<String, ServiceViews<'_>>, grid: i64) -> i64 {
    let length = (span.1 - span.0).max(1);
    let primaries: Vec<&View<'_>> =
        services.values().filter_map(ServiceViews::primary).filter(|v| v.has_ratio()).collect();
    let only_metrics = primaries.iter().all(|v| v.from_metrics);
    let step = primaries.iter().map(|v| v.step).min().filter(|_| only_metrics).unwrap_or(1);
    let candidates: Vec<i64> =
        LADDER.into_iter().filter(|w| *w >= grid && *w >= step && length / w < MOST_BUCKETS).collect();
    let filled = |width: i64| {
        let buckets = primaries.iter().flat_map(|v| roll_up(&v.curve, width));
        let (all, enough) = buckets
            .filter(|(_, c)| c.requests > 0.0)
            .fold((0, 0), |(all, enough), (_, c)| (all + 1, enough + usize::from(c.samples > ENOUGH_REQUESTS)));
        enough * 2 >= all
    };
    let coarse_enough = candidates.iter().copied().find(|w| filled(*w) || length / w <= 24);
    coarse_enough.or(candidates.last().copied()).unwrap_or(3600)
}

/// First and last second any track or point speaks of.
pub(super) fn span_of_all(evidence: &Evidence) -> Option<(i64, i64)> {
    let tracks =
        evidence.tracks.iter().filter_map(|t| Some((t.track.cells.keys().next()?, t.track.cells.keys().next_back()?)));
    let seconds = |ns: i64| ns.div_euclid(1_000_000_000);
    let series =
        evidence.series.iter().filter_map(|(_, s)| Some((seconds(s.points.first()?.0), seconds(s.points.last()?.0))));
    tracks.chain(series).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
