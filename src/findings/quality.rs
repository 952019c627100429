//! What the evidence itself says about its limits: silence and contradictions.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, finding};
use super::text::{clock, clock_s, figure, length, percent};
use crate::model::{Citation, Finding, FindingKind, Milestone, MilestoneKind, ServiceRates, SourceId, Throughout};

/// Minutes in which each source spoke, with any line of it by minute.
fn minutes_by_source<'a>(context: &Context<'a>) -> BTreeMap<SourceId, Minutes<'a>> {
    let mut out: BTreeMap<SourceId, Minutes<'a>> = BTreeMap::new();
    for track in &context.evidence.tracks {
        let minutes = out.entry(track.source).or_default();
        let mut last = i64::MIN;
        for second in track.track.cells.keys() {
            let minute = second.div_euclid(60);
            if minute != last {
                last = minute;
                let line = track.track.failed.get(&minute).or_else(|| track.track.passed.get(&minute));
                let slot = minutes.entry(minute).or_default();
                *slot = slot.or(line);
            }
        }
    }
    out
}

/// Minutes of silence that are worth saying.
const SILENT_MINUTES: i64 = 10;

/// Lines of one source by minute.
type Minutes<'a> = BTreeMap<i64, Option<&'a crate::model::Exemplar>>;

/// Sources that fall silent although they speak steadily otherwise, and copies.
pub(super) fn gaps(context: &Context<'_>) -> Vec<Finding> {
    let mut out = copies(context);
    for (source, minutes) in minutes_by_source(context) {
        out.extend(silence(context, source, &minutes));
        out.extend(ends_early(context, source, &minutes));
    }
    out
}

/// Whether a source speaks in four of five minutes, those of one silence left out.
fn steady(minutes: &Minutes<'_>, without: i64) -> bool {
    let span = minutes.keys().next().zip(minutes.keys().next_back()).map_or(0, |(a, b)| b - a + 1);
    minutes.len() as i64 * 5 >= (span - without).max(1) * 4
}

/// A line of minute `at`, or the last one kept before it.
fn cite_minute(source: SourceId, minutes: &Minutes<'_>, at: i64) -> Option<Citation> {
    let line = minutes.range(..=at).rev().find_map(|(_, l)| *l).or_else(|| minutes.values().find_map(|l| *l));
    line.map(|l| l.cite(source))
}

/// The longest silence of a steady source: inside the incident when there is one there.
fn silence(context: &Context<'_>, source: SourceId, minutes: &Minutes<'_>) -> Option<Finding> {
    let bounds = context.bounds();
    let inside = |at: i64| bounds.is_some_and(|(from, to)| (at + 1) * 60 < to && (at + 1) * 60 >= from - 600);
    let starts: Vec<i64> = minutes.keys().copied().collect();
    let silences = starts.windows(2).map(|p| (p[1] - p[0] - 1, p[0])).filter(|(gap, _)| *gap >= SILENT_MINUTES);
    let steadily = silences.filter(|(gap, _)| minutes.len() >= 10 && steady(minutes, *gap));
    let (gap, at) = steadily.max_by_key(|(gap, at)| (inside(*at), *gap, -at))?;
    let (from, to) = ((at + 1) * 60, (at + 1 + gap) * 60);
    let where_to = if inside(at) { ", inside the incident" } else { "" };
    let text = format!(
        "No lines from {} between {} and {} UTC ({}){where_to}: an outage of logging and one of traffic cannot be told apart.",
        context.path(source),
        clock_s(from),
        clock_s(to),
        length(gap * 60)
    );
    let cited = [cite_minute(source, minutes, at), cite_minute(source, minutes, at + 1 + gap)];
    finding(
        FindingKind::EvidenceGap,
        &[],
        text,
        figure((gap * 60) as f64, "s", "longest silence"),
        "a service that had nothing to say in that time",
        cited.into_iter().flatten().collect(),
    )
}

/// A steady source that ends inside the incident and has no successor.
fn ends_early(context: &Context<'_>, source: SourceId, minutes: &Minutes<'_>) -> Option<Finding> {
    let (from, to) = context.bounds()?;
    let last = minutes.keys().next_back()?;
    let ends_at = (last + 1) * 60;
    let early = ends_at > from && ends_at < to - SILENT_MINUTES * 60;
    if !early || !steady(minutes, 0) || goes_on(context, source, ends_at) {
        return None;
    }
    let text = format!(
        "{} ends at {} UTC, {} before the incident does.",
        context.path(source),
        clock_s(ends_at),
        length(to - ends_at)
    );
    let refuted = "a service that was switched off on purpose";
    let fig = figure((to - ends_at) as f64, "s", "end of incident − end of source");
    let cited = cite_minute(source, minutes, *last);
    finding(FindingKind::EvidenceGap, &[], text, fig, refuted, cited.into_iter().collect())
}

/// Services that failed for as long as anybody watched: no onset, so no impact window.
pub(super) fn failing_throughout(context: &Context<'_>) -> Vec<Finding> {
    let failing = context.rates.services.iter().filter_map(|s| Some((s, s.throughout.as_ref()?)));
    let state = |(service, constant): (&ServiceRates, &Throughout)| {
        let share = percent(constant.ratio.value);
        let text = format!("{} fails throughout the evidence at {share}, no onset in it.", service.service);
        let (figure, refuted) = (
            figure(constant.ratio.value, "ratio", "failed / requests over the whole evidence"),
            "older evidence in which it worked, or requests that are meant to fail",
        );
        finding(FindingKind::FailingThroughout, &[&service.service], text, figure, refuted, constant.evidence.clone())
    };
    failing.filter_map(state).collect()
}

/// Whether another source of the same format takes over for one of the same services: a rotated
/// log ends, its successor begins.
fn goes_on(context: &Context<'_>, source: SourceId, ends_at: i64) -> bool {
    const TAKES_OVER_WITHIN_S: i64 = 300;
    let format =
        |s: SourceId| context.evidence.sources.get(s.0 as usize).and_then(|s| s.formats.first()).map(|f| &f.name);
    let of = |s: SourceId| context.evidence.tracks.iter().filter(move |t| t.source == s);
    let services: BTreeSet<&str> = of(source).map(|t| t.key.service.as_str()).collect();
    let successors =
        context.evidence.tracks.iter().filter(|t| t.source != source && services.contains(t.key.service.as_str()));
    successors
        .filter(|t| format(t.source) == format(source))
        .any(|t| t.track.cells.range(ends_at..ends_at + TAKES_OVER_WITHIN_S).next().is_some())
}

/// Byte-identical copies of a source, which are counted once.
fn copies(context: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (copy, original) in context.evidence.copies() {
        let (path, original) = (context.path(copy), context.path(original));
        let text = format!("{path} is a byte-identical copy of {original} and is counted once.");
        let line = context
            .evidence
            .tracks
            .iter()
            .filter(|t| t.source == copy)
            .find_map(|t| t.track.passed.values().chain(t.track.failed.values()).min().map(|e| e.cite(t.source)));
        let refuted = "two instances that wrote exactly the same bytes";
        out.extend(finding(FindingKind::EvidenceGap, &[], text, None, refuted, line.into_iter().collect()));
    }
    out
}

/// Sources that cannot both be right: about how bad it was, and about when.
pub(super) fn contradictions(context: &Context<'_>, milestones: &[Milestone]) -> Vec<Finding> {
    let mut out: Vec<Finding> = context.rates.services.iter().filter_map(|s| views_disagree(context, s)).collect();
    for step in &context.timeline.severity.steps {
        let others: BTreeSet<String> = step.conflicts.iter().map(|(at, _)| clock(*at)).collect();
        if others.is_empty() {
            continue;
        }
        let others: Vec<String> = others.into_iter().collect();
        let text = format!(
            "Witnesses disagree on when severity became {}: {} UTC ({} of them) or {} UTC.",
            step.to.word,
            clock(step.at),
            step.evidence.len(),
            others.join(", ")
        );
        let mut cited = step.evidence.clone();
        cited.extend(step.conflicts.iter().map(|(_, c)| c.clone()));
        out.extend(finding(FindingKind::Contradiction, &[], text, None, "two steps that are not the same step", cited));
    }
    out.extend(milestones.iter().filter_map(|m| times_disagree(context, m)));
    out
}

fn times_disagree(context: &Context<'_>, milestone: &Milestone) -> Option<Finding> {
    let known =
        context.timeline.severity.steps.iter().any(|s| !s.conflicts.is_empty() && s.conflicts == milestone.conflicts);
    if milestone.conflicts.is_empty() || known {
        return None;
    }
    let others: Vec<String> = milestone.conflicts.iter().map(|(at, _)| clock(*at)).collect();
    let text = format!(
        "Sources disagree on {}: {} UTC, or {} UTC.",
        name_of(milestone.kind),
        clock(milestone.at),
        others.join(", ")
    );
    let mut cited = milestone.statement.evidence().to_vec();
    cited.truncate(8);
    cited.extend(milestone.conflicts.iter().map(|(_, c)| c.clone()));
    finding(FindingKind::Contradiction, &[], text, None, "sources that speak of different moments", cited)
}

fn name_of(kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::Onset => "when the impact began",
        MilestoneKind::Detected => "when it was noticed",
        MilestoneKind::Paged => "when somebody was paged",
        MilestoneKind::Acknowledged => "when it was acknowledged",
        MilestoneKind::Declared => "when it was declared",
        MilestoneKind::Escalated => "when it was escalated",
        MilestoneKind::CauseIdentified => "when the cause was named",
        MilestoneKind::PublicNotice => "when the public was told",
        MilestoneKind::MitigationStarted => "when mitigation began",
        MilestoneKind::RecoveryStarted => "when recovery began",
        MilestoneKind::Recovered => "when the impact ended",
        MilestoneKind::Resolved => "when it was resolved",
    }
}

/// Two views of one service whose peaks exclude each other by more than five points.
fn views_disagree(context: &Context<'_>, service: &ServiceRates) -> Option<Finding> {
    const POINTS: f64 = 0.05;
    let mut seen = service.viewpoints.iter().filter_map(|v| Some((v, v.peak?)));
    let (first, mine) = seen.next()?;
    let (other, theirs) = seen.find(|(_, p)| p.low > mine.high + POINTS || p.high < mine.low - POINTS)?;
    let mut cited: Vec<Citation> = service.impact.iter().flat_map(|w| w.evidence.iter().take(2).cloned()).collect();
    let series = context.evidence.series.iter().find(|(s, _)| other.sources.contains(s));
    cited.extend(series.map(|(s, series)| series.first.cite(*s)));
    let tracks = context.evidence.tracks.iter().filter(|t| other.sources.contains(&t.source));
    let ours = tracks.filter(|t| context.evidence.names.of(&t.key.service) == service.service);
    cited.extend(ours.filter_map(|t| t.track.failed.values().next().map(|e| e.cite(t.source))).take(2));
    let text = format!(
        "Two views of {} disagree on its peak: {} says {}, {} says {}. The curves use the first.",
        service.service,
        first.format,
        percent(mine.value),
        other.format,
        percent(theirs.value)
    );
    let formula = format!("{} − {}", percent(theirs.value), percent(mine.value));
    let fig = figure(theirs.value - mine.value, "ratio", formula);
    let refuted = "views that see different requests (retries, caches, one region)";
    finding(FindingKind::Contradiction, &[&service.service], text, fig, refuted, cited)
}
