//! Metric series to views: increases split over buckets, stated shares kept as shares.

use std::collections::{BTreeMap, BTreeSet};

use super::curve::{Counts, Curve, floor_to, median};
use super::histogram::Histogram;
use super::naming::{self, Role, service, words};
use super::share::behind;
use super::views::{PointLines, View, format_of, without_denominator};
use crate::model::{
    CallEnd, Citation, ErrorPolicy, Evidence, MetricKind, MetricRules, Outcome, PointStamp, Series, SourceId,
};

/// Amount over a stretch of time, seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) amount: f64,
}

/// An interval longer than this many steps is a gap: nobody knows when its increase happened.
const GAP_STEPS: f64 = 5.0;

/// Seconds of a stamp.
fn seconds(ns: i64) -> f64 {
    ns as f64 / 1e9
}

/// Usual distance of the points, seconds; one minute for a single point.
pub(super) fn step(series: &Series) -> f64 {
    let steps = series.points.windows(2).map(|p| seconds(p[1].0 - p[0].0)).filter(|d| *d > 0.0).collect();
    median(steps).unwrap_or(60.0)
}

/// Whether the series only ever counts up, apart from resets.
pub(super) fn is_counter(series: &Series) -> bool {
    let named = ["_total", "_count"].iter().any(|s| series.name.ends_with(s)) || series.name.ends_with("_requests");
    match series.kind {
        MetricKind::Counter => true,
        MetricKind::Gauge => {
            let steps = series.points.len().saturating_sub(1);
            let rising = series.points.windows(2).filter(|p| p[1].1 >= p[0].1).count();
            let climbs = series.points.first().zip(series.points.last()).is_some_and(|(a, b)| b.1 > a.1);
            series.name.ends_with("_total")
                || (rising * 100 >= steps * 95 && (named || (steps >= 10 && climbs && rising == steps)))
        }
        _ => false,
    }
}

/// Increases of a counter, one per pair of points. After a reset the increase is the new value.
/// A series born at a moment when its siblings were already seen (`sibling_before`) starts from 0.
pub(super) fn increases(points: &[(i64, f64)], step: f64, sibling_before: Option<i64>) -> Vec<Piece> {
    let mut out = Vec::new();
    if let (Some(before), Some(first)) = (sibling_before, points.first()) {
        let own = points.windows(2).map(|p| p[1].1 - p[0].1).fold(0.0, f64::max);
        // A first value far above anything the series does later was counted before we looked.
        if points.len() < 2 || first.1 <= (own * 20.0).max(100.0) {
            out.push(Piece { from: seconds(before), to: seconds(first.0), amount: first.1 });
        }
    }
    for pair in points.windows(2) {
        let (from, to) = (seconds(pair[0].0), seconds(pair[1].0));
        let amount = if pair[1].1 < pair[0].1 { pair[1].1 } else { pair[1].1 - pair[0].1 };
        if to > from && to - from <= GAP_STEPS * step && amount.is_finite() && amount >= 0.0 {
            out.push(Piece { from, to, amount });
        }
    }
    out
}

/// The stretch each point of a level speaks for, by what its stamp means. A stamp that does not
/// say is read as a start: the moment as written is then the earliest it can speak for.
fn stretches(series: &Series, step: f64) -> Vec<(f64, f64, f64)> {
    let starts = series.stamp != PointStamp::End;
    let points = series.points.iter().filter(|(_, v)| v.is_finite() && *v >= 0.0);
    points
        .map(
            |(ns, v)| {
                if starts { (seconds(*ns), seconds(*ns) + step, *v) } else { (seconds(*ns) - step, seconds(*ns), *v) }
            },
        )
        .collect()
}

/// Requests of a counting series, whatever way it counts; a point of a level speaks for `step` seconds.
pub(super) fn counted(series: &Series, step: f64, sibling_before: Option<i64>) -> Vec<Piece> {
    let name = series.name.to_ascii_lowercase();
    let unit = series.unit.as_deref().unwrap_or("");
    let per_second = series.kind == MetricKind::Rate
        || unit.ends_with("/s")
        || unit.contains("ps")
        || ["per_sec", "per sec", "rps", "qps", "/s"].iter().any(|w| name.contains(w));
    if per_second {
        let levels = stretches(series, step);
        return levels.into_iter().map(|(from, to, v)| Piece { from, to, amount: v * (to - from) }).collect();
    }
    if is_counter(series) {
        return increases(&series.points, self::step(series), sibling_before);
    }
    stretches(series, step).into_iter().map(|(from, to, amount)| Piece { from, to, amount }).collect()
}

/// Splits pieces over buckets of `grid` by overlap, so that the sum stays.
pub(super) fn spread(pieces: &[Piece], grid: i64) -> BTreeMap<i64, f64> {
    let mut out = BTreeMap::new();
    for piece in pieces.iter().filter(|p| p.to > p.from) {
        let mut start = floor_to(piece.from.floor() as i64, grid);
        while (start as f64) < piece.to {
            let overlap = piece.to.min((start + grid) as f64) - piece.from.max(start as f64);
            if overlap > 0.0 {
                *out.entry(start).or_insert(0.0) += piece.amount * overlap / (piece.to - piece.from);
            }
            start += grid;
        }
    }
    out
}

/// What one family of series of one service says, on the grid.
#[derive(Default)]
struct Family {
    format: String,
    sources: BTreeSet<SourceId>,
    cites: Vec<Citation>,
    step: f64,
    /// Some stamp does not say which stretch its value speaks for.
    inexact: bool,
    /// Requests by outcome, from code labels.
    outcomes: BTreeMap<Outcome, BTreeMap<i64, f64>>,
    requests: BTreeMap<i64, f64>,
    failures: BTreeMap<i64, f64>,
    /// Stated share of failures: sum and number.
    shares: BTreeMap<i64, (f64, f64)>,
    /// The shares point by point, and cells of the grid that one speaks for.
    stated: (Vec<f64>, f64),
    latency: BTreeMap<i64, [Option<f64>; 3]>,
    durations: Histogram,
}

impl Family {
    /// Takes a series in; a point of a level speaks for `step` seconds.
    fn take(&mut self, (source, series, role): Member<'_>, step: f64, sibling_before: Option<i64>, grid: i64) {
        let merge = |into: &mut BTreeMap<i64, f64>| {
            for (start, amount) in spread(&counted(series, step, sibling_before), grid) {
                *into.entry(start).or_default() += amount;
            }
        };
        match role {
            Role::Outcome(outcome) => merge(self.outcomes.entry(outcome).or_default()),
            Role::Requests => merge(&mut self.requests),
            Role::Failures => merge(&mut self.failures),
            Role::ErrorRatio(factor) => self.take_share(series, grid, |v| v * factor),
            Role::SuccessRatio(factor) => self.take_share(series, grid, |v| 1.0 - v * factor),
            Role::Latency(which, factor) => self.take_latency(series, which, factor, grid),
            Role::Bucket(bound) => {
                for (start, amount) in spread(&counted(series, step, sibling_before), grid.max(60)) {
                    self.durations.add(start, bound, amount);
                }
            }
            Role::Other => return,
        }
        self.sources.insert(source);
        self.step = self.step.max(step);
        self.inexact |= series.stamp == PointStamp::Instant && !is_counter(series);
        if self.cites.len() < 8 {
            self.cites.push(series.first.cite(source));
            self.cites.push(series.last.cite(source));
        }
    }

    fn take_share(&mut self, series: &Series, grid: i64, share: impl Fn(f64) -> f64) {
        for (from, to, value) in stretches(series, step(series)) {
            // More than all of them failed: labels do not match, or something is counted twice.
            let value = share(value);
            if !(-0.02..=1.02).contains(&value) {
                continue;
            }
            self.stated.0.push(value);
            self.stated.1 = self.stated.1.max((to - from) / grid as f64).max(1.0);
            let mut start = floor_to(from.floor() as i64, grid);
            while (start as f64) < to {
                if to.min((start + grid) as f64) - from.max(start as f64) >= (grid as f64 * 0.5).min(to - from) {
                    let sum = self.shares.entry(start).or_default();
                    *sum = (sum.0 + value.clamp(0.0, 1.0), sum.1 + 1.0);
                }
                start += grid;
            }
        }
    }

    fn take_latency(&mut self, series: &Series, which: usize, factor: f64, grid: i64) {
        for (ns, value) in &series.points {
            let slot = self.latency.entry(floor_to(ns.div_euclid(1_000_000_000), grid)).or_default();
            if let Some(slot) = slot.get_mut(which) {
                *slot = Some(slot.unwrap_or(0.0).max(value * factor));
            }
        }
    }

    /// Counts per bucket; failures are only ever told, never taken as zero because nobody counted them.
    fn curve(&self, policy: &ErrorPolicy) -> Curve {
        let mut out: BTreeMap<i64, Counts> = BTreeMap::new();
        for (outcome, buckets) in &self.outcomes {
            for (start, amount) in buckets {
                let counts = out.entry(*start).or_default();
                add_outcome(counts, *outcome, *amount, policy);
            }
        }
        if self.outcomes.is_empty() {
            self.plain(&mut out);
        }
        out.into_iter().collect()
    }

    fn plain(&self, out: &mut BTreeMap<i64, Counts>) {
        for (start, requests) in &self.requests {
            let share = self.shares.get(start).map(|(sum, n)| sum / n);
            let failed = self.failures.get(start).copied().or_else(|| {
                // A failure counter that says nothing here while it speaks elsewhere stood still.
                share.map(|s| s * requests).or((!self.failures.is_empty()).then_some(0.0))
            });
            if let Some(failed) = failed {
                let counts = out.entry(*start).or_default();
                counts.counted = true;
                counts.requests += requests;
                counts.samples += requests;
                counts.failed += failed.min(*requests);
            }
        }
        let samples = behind(&self.stated.0).map_or(0.0, |n| n / self.stated.1);
        for (start, stated) in self.shares.iter().filter(|(s, _)| !self.requests.contains_key(*s)) {
            let counts = out.entry(*start).or_default();
            (counts.stated, counts.samples) = (*stated, samples * stated.1);
        }
        if self.requests.is_empty() {
            for (start, failures) in &self.failures {
                out.entry(*start).or_default().error_lines += failures;
            }
        }
    }
}

fn add_outcome(counts: &mut Counts, outcome: Outcome, amount: f64, policy: &ErrorPolicy) {
    if policy.is_counted(outcome) {
        counts.counted = true;
        counts.requests += amount;
        counts.samples += amount;
        counts.failed += if policy.is_error(outcome) { amount } else { 0.0 };
    }
    match outcome {
        Outcome::Throttled => counts.throttled += amount,
        Outcome::Cancelled => counts.cancelled += amount,
        Outcome::ClientError => counts.client_errors += amount,
        _ => {}
    }
}

/// Service of a series: what it says itself, else the file name when that is a known service.
fn service_of(evidence: &Evidence, source: SourceId, series: &Series) -> Option<String> {
    let path = evidence.sources.get(source.0 as usize).map_or("", |s| s.info.path.as_str());
    let file = path.rsplit(['/', '!']).next().unwrap_or(path);
    let stem = file.split('.').next().filter(|s| evidence.names.knows(s));
    let raw = service(series).or_else(|| stem.map(str::to_string))?;
    Some(evidence.names.of(&raw).to_string())
}

/// The service a series is of, canonical: as the user's rule for its name says, else by [`service_of`].
pub(super) fn service_by(
    evidence: &Evidence,
    rules: &MetricRules,
    source: SourceId,
    series: &Series,
) -> Option<String> {
    let said = rules.of(&series.name).and_then(|rule| rule.service.as_deref());
    said.map(|name| evidence.names.of(name).to_string()).or_else(|| service_of(evidence, source, series))
}

/// Latest stamp before `first` at which any sibling was seen; `None` when the series was there from the start.
fn sibling_before(siblings: &[i64], first: i64) -> Option<i64> {
    siblings.partition_point(|t| *t < first).checked_sub(1).and_then(|i| siblings.get(i)).copied()
}

/// A series of a family with its source and its role.
type Member<'a> = (SourceId, &'a Series, Role);

/// Views made of metric series, by canonical service, on a grid of `grid` seconds.
pub(super) fn of_metrics<'a>(
    evidence: &'a Evidence,
    policy: &ErrorPolicy,
    rules: &MetricRules,
    grid: i64,
) -> BTreeMap<String, Vec<View<'a>>> {
    let copies = evidence.copies();
    let mut members: BTreeMap<[String; 4], Vec<Member<'_>>> = BTreeMap::new();
    for (source, series) in evidence.series.iter().filter(|(s, _)| !copies.contains_key(s)) {
        let role = naming::role_by(rules, series);
        let named = || service_by(evidence, rules, *source, series);
        let Some(service) = (role != Role::Other).then(named).flatten() else {
            continue;
        };
        // Code-labelled families stand alone; plain columns of one format belong together.
        let family = if matches!(role, Role::Outcome(_)) { series.name.clone() } else { String::new() };
        // Other label names mean another aggregation of the same requests: a view of its own.
        let labels: Vec<&str> = series.labels.keys().filter(|_| !family.is_empty()).map(String::as_str).collect();
        let labels = labels.join(",");
        members
            .entry([service, format_of(evidence, *source), family, labels])
            .or_default()
            .push((*source, series, role));
    }
    let mut out: BTreeMap<String, Vec<View<'a>>> = BTreeMap::new();
    for ([service, format, family, _], members) in members {
        out.entry(service).or_default().push(view(&format, &family, &members, policy, grid));
    }
    out
}

/// One member per series: two exports of one series (the same name and labels in two files, often
/// at two steps) are the same requests. The one that covers most time stays.
fn one_export_each<'a>(members: &[Member<'a>]) -> Vec<Member<'a>> {
    let span = |s: &Series| s.points.first().zip(s.points.last()).map_or(0, |(a, b)| b.0 - a.0);
    let mut best: BTreeMap<(&str, &BTreeMap<String, String>), usize> = BTreeMap::new();
    for (i, (_, series, _)) in members.iter().enumerate() {
        let kept = best.entry((series.name.as_str(), &series.labels)).or_insert(i);
        let better =
            members.get(*kept).is_some_and(|(_, k, _)| (span(series), series.points.len()) > (span(k), k.points.len()));
        if better {
            *kept = i;
        }
    }
    let kept: BTreeSet<usize> = best.into_values().collect();
    members.iter().enumerate().filter(|(i, _)| kept.contains(i)).map(|(_, m)| *m).collect()
}

/// Plain counts of different names are different things: of all that count requests one name
/// stays, and of all that count failures the one that shares most words with it.
fn one_name_each<'a>(members: &[Member<'a>]) -> Vec<Member<'a>> {
    let names = |wanted: Role| -> BTreeSet<&'a str> {
        members.iter().filter(|(_, _, r)| *r == wanted).map(|(_, s, _)| s.name.as_str()).collect()
    };
    let shared = |a: &str, b: &str| {
        let theirs = words(b);
        words(a).iter().filter(|w| theirs.contains(*w)).count()
    };
    let (requests, failures) = (names(Role::Requests), names(Role::Failures));
    let mut pairs: Vec<(usize, &str, &str)> = Vec::new();
    for r in &requests {
        pairs.extend(failures.iter().map(|f| (shared(r, f), *r, *f)));
    }
    pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.cmp(b)));
    let best = pairs.first();
    let request = best.map(|p| p.1).or(requests.first().copied());
    let failure = best.map(|p| p.2).or(failures.first().copied());
    // Two histograms time different things: the one with more buckets stays.
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, series, _) in members.iter().filter(|(_, _, role)| matches!(role, Role::Bucket(_))) {
        *sizes.entry(series.name.as_str()).or_default() += 1;
    }
    let buckets = sizes.iter().rev().max_by_key(|(_, size)| **size).map(|(name, _)| *name);
    let stays = |(_, series, role): &&Member<'a>| match role {
        Role::Requests => request == Some(series.name.as_str()),
        Role::Failures => failure == Some(series.name.as_str()),
        Role::Bucket(_) => buckets == Some(series.name.as_str()),
        _ => true,
    };
    members.iter().filter(stays).copied().collect()
}

fn view<'a>(format: &str, family: &str, members: &[Member<'a>], policy: &ErrorPolicy, grid: i64) -> View<'a> {
    let members = one_export_each(members);
    // A mesh reports each request at both ends: the callee's own report is the one that counts.
    let at_callee = members.iter().any(|(_, s, _)| s.labels.get("reporter").is_some_and(|r| r == "destination"));
    let keep = |s: &Series| !(at_callee && s.labels.get("reporter").is_some_and(|r| r == "source"));
    let mut stamps: Vec<i64> = Vec::new();
    if !family.is_empty() {
        stamps.extend(members.iter().flat_map(|(_, s, _)| s.points.iter().map(|p| p.0)));
        stamps.sort_unstable();
        stamps.dedup();
    }
    let name = if family.is_empty() { format.to_string() } else { format!("{format} {family}") };
    let mut all = Family { format: name, ..Family::default() };
    let mut shown: Vec<PointLines<'a>> = Vec::new();
    let kept: Vec<Member<'a>> = one_name_each(&members).into_iter().filter(|(_, s, _)| keep(s)).collect();
    let steps = steps(&kept);
    for ((source, series, role), step) in kept.iter().zip(&steps) {
        shown.extend(point_lines(*source, series, *role, policy));
        let before = series.points.first().and_then(|p| sibling_before(&stamps, p.0));
        all.take((*source, series, *role), *step, before, grid);
    }
    let mut curve = all.curve(policy);
    for (start, found) in all.durations.percentiles() {
        // Stated percentiles stand before those a histogram only brackets.
        all.latency.entry(start).or_insert(found);
    }
    let (requests, failed) = curve.iter().fold((0.0, 0.0), |(r, f), (_, c)| (r + c.requests, f + c.failed));
    if requests > 0.0 && failed >= 0.98 * requests && !all.outcomes.is_empty() {
        // Only the failing codes were exported: there is no denominator.
        without_denominator(&mut curve);
    }
    View {
        curve,
        format: all.format,
        sources: all.sources,
        side: CallEnd::Own,
        from_metrics: true,
        step: (all.step.round() as i64).max(1),
        exact: !all.inexact,
        operations: operations(&kept, &steps, policy, &stamps, grid),
        latency: all.latency,
        cites: all.cites,
        points: shown,
    }
}

/// Seconds that a point of each member speaks for. A code that is written only where it occurred has points far
/// apart; what is written beside it every minute tells how long each of them counts.
fn steps(members: &[Member<'_>]) -> Vec<f64> {
    let coded = |m: &&Member<'_>| matches!(m.2, Role::Outcome(_));
    let mut least: BTreeMap<SourceId, f64> = BTreeMap::new();
    for (source, series, _) in members.iter().filter(coded) {
        let known = least.entry(*source).or_insert(f64::INFINITY);
        *known = known.min(step(series));
    }
    let of = |m: &Member<'_>| least.get(&m.0).copied().filter(|_| coded(&m)).map_or(step(m.1), |l| l.min(step(m.1)));
    members.iter().map(of).collect()
}

/// Operations of one metric at most: more are paths or ids that somebody put into a label.
const MOST_OPERATIONS: usize = 60;

/// Curves of the operations that a label names, where every counting series names one.
fn operations(
    members: &[Member<'_>],
    steps: &[f64],
    policy: &ErrorPolicy,
    stamps: &[i64],
    grid: i64,
) -> BTreeMap<String, Curve> {
    let counting = |role: &Role| matches!(role, Role::Outcome(_) | Role::Requests | Role::Failures);
    let mut families: BTreeMap<&str, Family> = BTreeMap::new();
    for ((source, series, role), step) in members.iter().zip(steps).filter(|((_, _, role), _)| counting(role)) {
        let Some(operation) = naming::operation(series) else { return BTreeMap::new() };
        let before = series.points.first().and_then(|p| sibling_before(stamps, p.0));
        families.entry(operation).or_default().take((*source, series, *role), *step, before, grid);
    }
    if families.len() < 2 || families.len() > MOST_OPERATIONS {
        return BTreeMap::new();
    }
    families.into_iter().map(|(operation, family)| (operation.to_string(), family.curve(policy))).collect()
}

/// A series that shows failures, with how its points speak.
fn point_lines<'a>(source: SourceId, series: &'a Series, role: Role, policy: &ErrorPolicy) -> Option<PointLines<'a>> {
    let shows_failures = match role {
        Role::Outcome(outcome) => policy.is_error(outcome),
        Role::Failures | Role::ErrorRatio(_) | Role::SuccessRatio(_) => true,
        _ => false,
    };
    let backward = is_counter(series) || series.stamp == PointStamp::End;
    let sign = if matches!(role, Role::SuccessRatio(_)) { -1.0 } else { 1.0 };
    shows_failures.then_some(PointLines { source, series, counts_up: is_counter(series), backward, sign })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{ClockKind, Exemplar};

    /// A series with points at whole seconds.
    pub(crate) fn series(name: &str, labels: &[(&str, &str)], points: &[(i64, f64)]) -> Series {
        let exemplar = Exemplar { text: name.to_string(), ..Exemplar::new(Default::default(), "") };
        Series {
            name: name.to_string(),
            labels: labels.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
            kind: MetricKind::Gauge,
            stamp: PointStamp::Instant,
            unit: None,
            clock: ClockKind::Zoned,
            points: points.iter().map(|(s, v)| (s * 1_000_000_000, *v)).collect(),
            rows: Vec::new(),
            lines: Default::default(),
            first: exemplar.clone(),
            last: exemplar,
        }
    }

    fn total(points: &[(i64, f64)]) -> f64 {
        let points: Vec<(i64, f64)> = points.iter().map(|(s, v)| (s * 1_000_000_000, *v)).collect();
        increases(&points, 15.0, None).iter().map(|p| p.amount).sum()
    }

    #[test]
    fn increases_are_neither_extrapolated_nor_lost_over_a_reset() {
        assert_eq!(total(&[(5, 100.0), (20, 130.0), (35, 160.0), (50, 190.0)]), 90.0);
        assert_eq!(total(&[(5, 100.0), (20, 130.0), (35, 10.0), (50, 40.0)]), 70.0);
        assert_eq!(total(&[(35, 3.0), (50, 9.0)]), 6.0);
        assert_eq!(total(&[(14, 2.0), (29, 20.0), (44, 38.0), (59, 56.0)]), 54.0);
    }

    #[test]
    fn a_series_born_with_its_first_failure_starts_from_zero() {
        let ok = series("http_requests_total", &[("code", "200")], &[(0, 1000.0), (60, 1100.0), (120, 1150.0)]);
        let bad = series("http_requests_total", &[("code", "503")], &[(120, 50.0)]);
        let members =
            [(SourceId(0), &ok, Role::Outcome(Outcome::Ok)), (SourceId(0), &bad, Role::Outcome(Outcome::ServerError))];
        let view = view("prometheus", "http_requests_total", &members, &ErrorPolicy::default(), 60);
        let counts: Vec<(i64, f64, f64)> = view.curve.iter().map(|(s, c)| (*s, c.requests, c.failed)).collect();
        assert_eq!(counts, [(0, 100.0, 0.0), (60, 100.0, 50.0)]);
    }

    #[test]
    fn two_exports_of_one_series_count_once() {
        let fine = series("http_requests_total", &[("code", "200")], &[(0, 0.0), (30, 50.0), (60, 100.0)]);
        let long = series("http_requests_total", &[("code", "200")], &[(0, 0.0), (60, 100.0), (120, 200.0)]);
        let role = Role::Outcome(Outcome::Ok);
        let members = [(SourceId(0), &fine, role), (SourceId(1), &long, role)];
        let view = view("prometheus", "http_requests_total", &members, &ErrorPolicy::default(), 60);
        assert_eq!(view.requests(), 200.0);
        assert_eq!(view.sources.into_iter().collect::<Vec<_>>(), [SourceId(1)]);
    }

    #[test]
    fn a_step_over_two_buckets_is_split_by_overlap() {
        let pieces = [Piece { from: 50.0, to: 70.0, amount: 20.0 }];
        assert_eq!(spread(&pieces, 60).into_iter().collect::<Vec<_>>(), [(0, 10.0), (60, 10.0)]);
    }

    #[test]
    fn a_long_gap_in_a_counter_stays_a_gap() {
        assert_eq!(total(&[(0, 0.0), (15, 10.0), (3600, 5000.0), (3615, 5010.0)]), 20.0);
    }

    #[test]
    fn requests_alone_are_no_error_ratio() {
        let requests = series("requests_per_sec", &[("service", "a")], &[(0, 5.0), (60, 5.0)]);
        let members = [(SourceId(0), &requests, Role::Requests)];
        assert!(view("csv", "", &members, &ErrorPolicy::default(), 60).curve.is_empty());
    }

    #[test]
    fn a_share_and_a_request_rate_of_one_service_make_counts() {
        let requests = series("requests_per_sec", &[], &[(60, 5.0), (120, 5.0)]);
        let share = series("error_rate", &[], &[(60, 0.0), (120, 0.5)]);
        let members = [(SourceId(0), &requests, Role::Requests), (SourceId(0), &share, Role::ErrorRatio(1.0))];
        let view = view("csv", "", &members, &ErrorPolicy::default(), 60);
        let counts: Vec<(i64, f64, f64)> = view.curve.iter().map(|(s, c)| (*s, c.requests, c.failed)).collect();
        assert_eq!(counts, [(60, 300.0, 0.0), (120, 300.0, 150.0)]);
    }
}
