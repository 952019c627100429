//! Impact windows with their figures and their evidence.

use super::curve::{Counts, Curve, floor_to, pooled, roll_up};
use super::impact::{Detection, Stretch, calm_needed, edge_level};
use super::onset::{Levels, Second, foot, onset, recovery, seconds};
use super::views::{ENOUGH_REQUESTS, ServiceViews, View};
use crate::model::{Citation, ErrorPolicy, ImpactWindow, Peak, Ratio, SourceTrack, Throughout, TimeInterval};

/// What a window is measured on.
pub(super) struct Subject<'a> {
    /// The counts at the detection grid.
    pub(super) curve: &'a Curve,
    pub(super) grid: i64,
    /// Width of the report's buckets.
    pub(super) bucket: i64,
    pub(super) view: &'a View<'a>,
    pub(super) tracks: &'a [&'a SourceTrack],
    pub(super) operation: Option<&'a str>,
    pub(super) policy: &'a ErrorPolicy,
}

impl Subject<'_> {
    /// How far a moment of the log may lie beyond the second it is written at. A beginning that is reckoned
    /// from an end in whole seconds and a duration may come out one second early.
    fn log_doubt(&self) -> i64 {
        let reckoned = self.tracks.iter().flat_map(|t| t.track.cells.values().next()).any(|c| !c.latency.is_empty());
        super::views::step_of(self.tracks.iter()) - 1 + i64::from(reckoned)
    }
}

/// Later rises within this time after a recovery belong to the same window.
const DIP_WITHIN_S: i64 = 30 * 60;

/// All error-ratio windows of a subject, later dips joined to the rise before them.
pub(super) fn error_windows(subject: &Subject<'_>, detection: &Detection) -> Vec<ImpactWindow> {
    let mut out: Vec<ImpactWindow> = Vec::new();
    let mut group: Vec<Stretch> = Vec::new();
    let excess = |s: &Stretch| excess_of(subject, detection, s.from, s.to);
    for stretch in &detection.stretches {
        let joins = group.last().is_some_and(|last| {
            // A blip before a real outage is a window of its own, not the start of the outage.
            let so_far: f64 = group.iter().map(excess).sum();
            stretch.from - last.to <= DIP_WITHIN_S && so_far >= 0.05 * excess(stretch)
        });
        if !joins && !group.is_empty() {
            out.extend(window(subject, detection, &group));
            group.clear();
        }
        group.push(*stretch);
    }
    out.extend(window(subject, detection, &group));
    out
}

fn base_ratio(detection: &Detection) -> Option<Ratio> {
    detection.reference.and_then(|r| r.counts.ratio())
}

fn excess_of(subject: &Subject<'_>, detection: &Detection, from: i64, to: i64) -> f64 {
    let base = base_ratio(detection).map_or(0.0, |r| r.value);
    let total = pooled(subject.curve, from, to);
    if total.requests > 0.0 {
        return total.failed - base * total.requests;
    }
    total.stated.0 - base * total.stated.1
}

fn levels(detection: &Detection, from: i64, to: i64) -> Levels {
    // Never below half a failure in the reference: a base of zero would make one stray failure infinite.
    let floor = detection.reference.map_or(0.001, |r| 0.5 / r.counts.samples.max(1.0));
    let base = base_ratio(detection).map_or(0.001, |r| r.value).max(floor).min(0.2);
    Levels { base, hurt: edge_level(detection, from, to).max(detection.threshold), threshold: detection.threshold }
}

/// What onset and recovery are located on: single seconds of a log.
fn log_seconds(subject: &Subject<'_>, from: i64, to: i64) -> Vec<Second> {
    seconds(subject.tracks, subject.operation, subject.policy, from, to)
}

/// The curve's own bins as if each were a second; ratios stated of many weigh as a hundred requests.
fn bins(subject: &Subject<'_>, from: i64, to: i64) -> Vec<Second> {
    let inside = subject.curve.iter().filter(|(s, _)| (from..to).contains(s));
    let second = |(at, c): &(i64, Counts)| {
        let requests = if c.samples > 0.0 { c.samples } else { 100.0 };
        let failed = c.ratio()?.value * requests;
        Some(Second { at: *at, requests, failed, longest: 0 })
    };
    inside.filter_map(second).collect()
}

/// Onset of a stretch. A metric gives the bin; a log that sees the same requests sharpens it.
fn onset_of(subject: &Subject<'_>, detection: &Detection, stretch: &Stretch) -> TimeInterval {
    let w = detection.width;
    let to = (stretch.from + 2 * w).min(stretch.to);
    // A small rise is proven late and may have begun long before.
    let ended = detection.stretches.iter().map(|s| s.to).filter(|end| *end <= stretch.from).max();
    let from = (stretch.from - REACH * w).max(ended.unwrap_or(i64::MIN)).min(stretch.from);
    let levels = levels(detection, stretch.from, to);
    let found = place_onset(subject, stretch, levels, (from, to));
    // What rises bit by bit has begun before it shows.
    let upto = stretch.to.min(found.best_s + SEEN * w);
    let from = from.max(found.best_s - FOOT * w);
    let (cells, width) = match log_seconds(subject, from, upto) {
        seconds if seconds.is_empty() => (bins(subject, from, upto), subject.grid),
        seconds => (seconds, 1),
    };
    let foot = foot(&cells, width, levels.base, found.best_s);
    TimeInterval { from_s: foot.map_or(found.from_s, |foot| foot.max(from).min(found.from_s)), ..found }
}

/// Buckets before a stretch in which its onset is looked for, and behind it its end (shared analysis note, rule B).
const REACH: i64 = 10;

/// Buckets before its onset in which the foot of a ramp may hide.
const FOOT: i64 = 3;

/// Buckets from its onset on that tell a ramp from a step.
const SEEN: i64 = 6;

/// The onset of a stretch inside `from..to`.
fn place_onset(subject: &Subject<'_>, stretch: &Stretch, levels: Levels, (from, to): (i64, i64)) -> TimeInterval {
    let sharp = onset(&log_seconds(subject, from, to), levels, 1);
    let sharp = sharp.map(|f| TimeInterval { to_s: f.to_s + subject.log_doubt(), ..f });
    if let (Some(found), false) = (sharp, subject.view.from_metrics) {
        return found;
    }
    let step = subject.view.step.max(subject.grid);
    let whole = TimeInterval { best_s: stretch.from, from_s: stretch.from - step, to_s: stretch.from };
    let bin = onset(&bins(subject, from, to), levels, subject.grid).unwrap_or(whole);
    // Where stamps do not say what they mean, even the bin before is open.
    let first = bin.from_s.min(bin.best_s);
    let from_s = if subject.view.exact || stretch.open_start { first } else { first - step };
    let coarse = TimeInterval { best_s: bin.best_s, from_s: from_s.min(bin.best_s), to_s: bin.to_s + step - 1 };
    overlap(coarse, sharp, step)
}

/// The sharper of two intervals for one moment, kept inside the coarser; the coarser when they
/// are not about the same moment.
fn overlap(coarse: TimeInterval, sharp: Option<TimeInterval>, slack: i64) -> TimeInterval {
    match sharp.filter(|s| s.best_s >= coarse.from_s - slack && s.best_s <= coarse.to_s + slack) {
        Some(s) if s.to_s - s.from_s < coarse.to_s - coarse.from_s => s,
        _ => coarse,
    }
}

fn recovery_of(subject: &Subject<'_>, detection: &Detection, stretch: &Stretch) -> Option<TimeInterval> {
    if !stretch.recovered {
        return None;
    }
    let w = detection.width;
    let next = detection.stretches.iter().map(|s| s.from).filter(|begin| *begin >= stretch.to).min();
    let to = (stretch.to + REACH * w).min(next.unwrap_or(i64::MAX)).max(stretch.to);
    let from = (stretch.to - 2 * w).max(stretch.from);
    let levels = levels(detection, from, stretch.to);
    let sharp = recovery(&log_seconds(subject, from, to), levels);
    let sharp = sharp.map(|f| TimeInterval { to_s: f.to_s + subject.log_doubt(), ..f });
    if let (Some(found), false) = (sharp, subject.view.from_metrics) {
        return Some(found);
    }
    let step = subject.view.step.max(subject.grid);
    let end = recovery(&bins(subject, from, to), levels).map_or(stretch.to, |f| f.best_s - 1 + subject.grid);
    let to_s = if subject.view.exact { end } else { end + step };
    Some(overlap(TimeInterval { best_s: end, from_s: end - step, to_s }, sharp, step))
}

fn window(subject: &Subject<'_>, detection: &Detection, group: &[Stretch]) -> Option<ImpactWindow> {
    let (first, last) = (group.first()?, group.last()?);
    let start = onset_of(subject, detection, first);
    let end = recovery_of(subject, detection, last);
    let upto = end.map_or(last.to, |e| e.best_s.max(start.best_s + 1));
    let (from, to) = (floor_to(start.best_s, subject.grid), floor_to(upto - 1, subject.grid) + subject.grid);
    let total = pooled(subject.curve, from, to);
    let base = base_ratio(detection).map_or(0.0, |r| r.value);
    let second_dips = group.iter().skip(1).map(|s| (s.from, s.to)).collect();
    let peak = peak(subject, detection, from, to);
    let failed = total.failed;
    let mut out = ImpactWindow {
        signal: "error_ratio".to_string(),
        onset: start,
        recovery: end,
        open_start: first.open_start,
        mean: total.ratio(),
        failed,
        excess: (failed - base * total.requests).max(0.0),
        missing: missing(detection, &total, upto - start.best_s),
        minutes_above: [0.01, 0.1, 0.5].map(|level| minutes_above(subject, from, to, level)),
        recovered_95_s: end.and_then(|_| recovered_95(subject, base, start.best_s, from, to)),
        second_dips,
        evidence: Vec::new(),
        peak,
    };
    out.evidence = cite(subject.tracks, subject.operation, subject.view, &out);
    Some(out)
}

/// Requests missing against the reference rate, never negative.
fn missing(detection: &Detection, total: &Counts, length_s: i64) -> Option<f64> {
    let reference = detection.reference.filter(|r| r.counts.requests > 0.0 && r.seconds > 0.0)?;
    let expected = reference.counts.requests / reference.seconds * length_s.max(0) as f64;
    Some((expected - total.requests).max(0.0))
}

/// The worst bucket that holds enough requests to be believed.
fn peak(subject: &Subject<'_>, detection: &Detection, from: i64, to: i64) -> Option<Peak> {
    let width =
        subject.bucket.max(subject.grid).max(if detection.width > subject.bucket { detection.width } else { 0 });
    let (from, to) = (floor_to(from, width), to);
    let buckets: Vec<(i64, Counts)> =
        roll_up(subject.curve, width).into_iter().filter(|(s, _)| (from..to).contains(s)).collect();
    let most = buckets.iter().map(|(_, c)| c.samples).fold(0.0, f64::max);
    let least = ENOUGH_REQUESTS.min(most).max(most * 0.1);
    let candidates = buckets.iter().filter(|(_, c)| c.samples >= least);
    let ranked = candidates.filter_map(|(s, c)| Some((c.ratio()?, *s)));
    let (ratio, at_s) = ranked.max_by(|a, b| a.0.value.total_cmp(&b.0.value).then(b.1.cmp(&a.1)))?;
    Some(Peak { ratio, at_s, width_s: u32::try_from(width).unwrap_or(u32::MAX) })
}

fn minutes_above(subject: &Subject<'_>, from: i64, to: i64, level: f64) -> f64 {
    let inside = subject.curve.iter().filter(|(s, _)| (from..to).contains(s));
    let above = inside.filter(|(_, c)| c.ratio().is_some_and(|r| r.value > level)).count();
    above as f64 * subject.grid as f64 / 60.0
}

/// Seconds from onset until 95 % of the excess was over.
fn recovered_95(subject: &Subject<'_>, base: f64, onset_s: i64, from: i64, to: i64) -> Option<i64> {
    let parts: Vec<(i64, f64)> = subject
        .curve
        .iter()
        .filter(|(s, _)| (from..to).contains(s))
        .map(|(s, c)| {
            let excess = if c.requests > 0.0 { c.failed - base * c.requests } else { c.stated.0 - base * c.stated.1 };
            (*s, excess.max(0.0))
        })
        .collect();
    let total: f64 = parts.iter().map(|p| p.1).sum();
    let mut sum = 0.0;
    let reached = parts.iter().find(|(_, excess)| {
        sum += excess;
        total > 0.0 && sum >= 0.95 * total
    })?;
    Some((reached.0 + subject.grid - onset_s).max(0))
}

/// What fails in every bucket, with its first and its last failure.
pub(super) fn throughout(subject: &Subject<'_>) -> Option<Throughout> {
    let all = pooled(subject.curve, i64::MIN, i64::MAX);
    let failures = |t: &&SourceTrack| {
        let (first, last) = (t.track.failed.first_key_value(), t.track.failed.last_key_value());
        [first, last].into_iter().flatten().map(|(minute, line)| (*minute, line.cite(t.source))).collect::<Vec<_>>()
    };
    let mut lines: Vec<(i64, Citation)> = subject.tracks.iter().flat_map(failures).collect();
    lines.sort();
    let mut evidence: Vec<Citation> =
        lines.first().into_iter().chain(lines.last()).map(|(_, citation)| citation.clone()).collect();
    if evidence.is_empty() {
        evidence.extend(subject.view.cites.iter().take(2).cloned());
    }
    evidence.dedup();
    Some(Throughout { ratio: all.ratio()?, failed: (all.requests > 0.0).then_some(all.failed), evidence })
}

/// Lines that show onset, peak and the way back.
pub(super) fn cite(
    tracks: &[&SourceTrack],
    operation: Option<&str>,
    view: &View<'_>,
    window: &ImpactWindow,
) -> Vec<Citation> {
    let of_operation = || tracks.iter().filter(|t| operation.is_none_or(|o| t.key.operation == o));
    let first = |failed: bool, from: i64, to: i64| -> Option<Citation> {
        let found = of_operation().filter_map(|t| {
            let lines = if failed { &t.track.failed } else { &t.track.passed };
            let (minute, line) = lines.range(from.div_euclid(60)..=to.max(from).div_euclid(60)).next()?;
            Some((*minute, line.cite(t.source)))
        });
        found
            .min_by(|a, b| a.0.cmp(&b.0).then_with(|| (a.1.source, a.1.span).cmp(&(b.1.source, b.1.span))))
            .map(|f| f.1)
    };
    let end = window.recovery.map_or(i64::MAX / 2, |r| r.best_s);
    let mut out = Vec::new();
    out.extend(first(true, window.onset.best_s, end));
    if let Some(peak) = &window.peak {
        out.extend(first(true, peak.at_s, peak.at_s + i64::from(peak.width_s) - 1));
    }
    if let Some(recovery) = window.recovery {
        let after = recovery.best_s + 300 + calm_needed(60) as i64 * 60;
        out.extend(first(false, recovery.best_s + 59, after));
    }
    if out.is_empty() {
        out.extend(cite_points(view, window));
    }
    if out.is_empty() {
        out.extend(first(false, window.onset.from_s, end));
    }
    if out.is_empty() {
        out.extend(view.cites.iter().take(2).cloned());
    }
    // In the order of what they show: onset, peak, recovery. Whoever reads the first reads of the onset.
    let mut seen: Vec<Citation> = Vec::new();
    for citation in out {
        if !seen.contains(&citation) {
            seen.push(citation);
        }
    }
    seen
}

/// The lines of the very points at onset, at the peak, and after the recovery.
fn cite_points(view: &View<'_>, window: &ImpactWindow) -> Vec<Citation> {
    let (onset, step) = (window.onset.best_s, view.step.max(1));
    let worst = |from: i64, to: i64, first: bool| {
        let found = view.points.iter().filter_map(|p| p.cite(from, to, first));
        found.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (b.1.source, b.1.span).cmp(&(a.1.source, a.1.span))))
    };
    let peak = window.peak.as_ref().and_then(|p| worst(p.at_s, p.at_s + i64::from(p.width_s), false));
    let recovery = window.recovery.and_then(|r| worst(r.best_s, r.best_s + 2 * step, true));
    let moments = [worst(onset, onset + 2 * step, true), peak, recovery];
    moments.into_iter().flatten().map(|(_, citation)| citation).collect()
}

/// Evidence for a window that no counted view could cite: any line of the service near its start.
pub(super) fn cite_any(views: &ServiceViews<'_>, window: &ImpactWindow) -> Vec<Citation> {
    let cited = views.primary().map(|v| cite(&views.tracks, None, v, window)).unwrap_or_default();
    if !cited.is_empty() {
        return cited;
    }
    views.views.iter().flat_map(|v| v.cites.iter().take(2).cloned()).take(2).collect()
}
