//! The view of two incidents side by side.

use serde::Serialize;

use super::conclusions::words as finding_words;
use super::operations::{self, OperationRow};
use super::response::milestone_words;
use super::severity::of_track;
use super::times::Times;
use super::{ChartView, Refs, SeverityView};
use crate::model::{
    Comparison, FindingPair, IncidentSummary, LibraryComparison, LibraryMatch, LibraryOrder, OrderStep, Phase, Ratio,
    ServiceComparison, ServicePresence, SeverityTrack, order_in_words,
};
use crate::report::{chart, text};

/// Patterns listed per group.
const PATTERNS: usize = 40;
/// Findings listed of each kind and side.
const FOUND: usize = 3;

/// One figure of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairRow {
    /// Figure.
    pub label: String,
    /// First incident; "–" when unknown.
    pub a: String,
    /// Second incident; "–" when unknown.
    pub b: String,
}

/// One service, or all of them together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdicts {
    /// Name in the first incident (or the second, when only there).
    pub service: String,
    /// Name in the second, when it is another; else empty.
    pub other_name: String,
    /// How two different names were matched ("alias", "role: first to fail"); empty when by name.
    pub matched_by: String,
    /// `both`, `only_a` or `only_b`.
    pub presence: String,
    /// Peak of the first.
    pub peak_a: String,
    /// Peak of the second.
    pub peak_b: String,
    /// Length in the first.
    pub duration_a: String,
    /// Length in the second.
    pub duration_b: String,
    /// Failed requests in the first.
    pub failed_a: String,
    /// Failed requests in the second.
    pub failed_b: String,
    /// `bigger`, `smaller`, `same` or `unknown`: peak of the first against the second.
    pub verdict: String,
    /// The same in words, with why there is nothing to compare ("hurt in A, not in B's evidence").
    pub against: String,
    /// All figures.
    pub rows: Vec<PairRow>,
}

/// One milestone of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MilestoneRow {
    /// In words.
    pub label: String,
    /// After the first impact of the first incident ("+13 min"); "–" when unknown.
    pub a: String,
    /// After the first impact of the second.
    pub b: String,
    /// First minus second; "–" when one is unknown.
    pub difference: String,
}

/// Everything a comparison template sees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompareView {
    /// Title of the first incident.
    pub title_a: String,
    /// Title of the second.
    pub title_b: String,
    /// First impact of the first ("12 June 2025 17:52 UTC").
    pub zero_a: String,
    /// First impact of the second.
    pub zero_b: String,
    /// Common bucket width.
    pub bucket: String,
    /// In plain words, with figures.
    pub verdict: Vec<String>,
    /// Likeness of shape, 0 to 1; "–" when unknown.
    pub shape: String,
    /// Likeness of size.
    pub size: String,
    /// Likeness of the services hurt.
    pub services_likeness: String,
    /// Likeness of what moved which way.
    pub fingerprint: String,
    /// What T+0 is in the first ("its first impact", "detected", "the time that was given").
    pub aligned_a: String,
    /// What it is in the second.
    pub aligned_b: String,
    /// Orders of failure side by side, first to fail first; a side that has fewer ends in `None`.
    pub order: Vec<OrderPair>,
    /// How far the orders agree, in words; empty where that is not known.
    pub order_agreement: String,
    /// All services together.
    pub overall: Verdicts,
    /// Service by service.
    pub services: Vec<Verdicts>,
    /// Operations of the services of which some fared apart.
    pub operations: Vec<OperationRow>,
    /// Milestones side by side.
    pub milestones: Vec<MilestoneRow>,
    /// Stretches of the response side by side ("onset to detection").
    pub phases: Vec<MilestoneRow>,
    /// What was found in both, by kind.
    pub findings: Vec<FoundRow>,
    /// Severity of the first.
    pub severity_a: SeverityView,
    /// Severity of the second.
    pub severity_b: SeverityView,
    /// Log templates seen in both.
    pub patterns_both: Vec<String>,
    /// Only in the first.
    pub patterns_a: Vec<String>,
    /// Only in the second.
    pub patterns_b: Vec<String>,
    /// Templates left out of the three lists.
    pub more_patterns: usize,
    /// Drawings: overlay, difference, milestones.
    pub charts: Vec<ChartView>,
    /// Name and version of the program.
    pub generator: String,
}

/// Builds the view of a comparison.
pub(in crate::report) fn view(comparison: &Comparison) -> CompareView {
    let c = comparison;
    let likeness = |v: Option<f64>| v.map_or_else(none, |v| format!("{v:.2}"));
    let zero = |s: i64| format!("{} UTC", Times::default().second(s).text);
    let patterns = |i: usize| c.patterns[i].iter().take(PATTERNS).map(|p| text::short(p, 200)).collect();
    CompareView {
        title_a: text::line(&c.titles[0]),
        title_b: text::line(&c.titles[1]),
        zero_a: zero(c.zero_s[0]),
        zero_b: zero(c.zero_s[1]),
        bucket: text::width(c.bucket_s),
        verdict: c.verdict.iter().map(|v| text::line(v)).collect(),
        shape: likeness(c.similarity.shape),
        size: likeness(c.similarity.size),
        services_likeness: likeness(c.similarity.services),
        fingerprint: likeness(c.similarity.fingerprint),
        aligned_a: aligned(&c.aligned_on[0]),
        aligned_b: aligned(&c.aligned_on[1]),
        order: order(c),
        order_agreement: c.order_agreement.map(agreement).unwrap_or_default(),
        overall: service(&c.overall),
        services: sorted(&c.services).into_iter().map(service).collect(),
        operations: operations::rows(c),
        milestones: milestones(c),
        phases: phases(c),
        findings: c.findings.iter().map(found).collect(),
        severity_a: severity(&c.severity[0]),
        severity_b: severity(&c.severity[1]),
        patterns_both: patterns(0),
        patterns_a: patterns(1),
        patterns_b: patterns(2),
        more_patterns: c.patterns.iter().map(|p| p.len().saturating_sub(PATTERNS)).sum(),
        charts: [chart::overlay(c), chart::difference(c), chart::milestones(c)]
            .into_iter()
            .flatten()
            .map(ChartView::from)
            .collect(),
        generator: concat!("recount ", env!("CARGO_PKG_VERSION")).to_string(),
    }
}

/// What T+0 is, in words.
fn aligned(on: &str) -> String {
    match on {
        "onset" | "" => "its first impact".to_string(),
        "start" => "the start of its evidence: no impact was measured".to_string(),
        "given" => "the time that was given".to_string(),
        milestone => text::line(&milestone.replace('_', " ")),
    }
}

/// One service in the order of failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderRow {
    /// Rank; those of one rank cannot be put in order.
    pub rank: u32,
    /// Name.
    pub service: String,
    /// After T+0 ("+2 min").
    pub after: String,
    /// How far that may be off; empty when to the second.
    pub slack: String,
    /// Its place in the other incident ("rank 2 in B"); empty where it did not fail there.
    pub other: String,
}

/// One line of both orders of failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderPair {
    /// In the first.
    pub a: Option<OrderRow>,
    /// In the second.
    pub b: Option<OrderRow>,
}

/// What was found of one kind in both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundRow {
    /// Kind in words.
    pub label: String,
    /// In the first; "–" where nothing was.
    pub a: Vec<String>,
    /// In the second.
    pub b: Vec<String>,
}

fn found(pair: &FindingPair) -> FoundRow {
    let list = |all: &[String]| -> Vec<String> {
        let mut out: Vec<String> = all.iter().take(FOUND).map(|s| text::short(s, 240)).collect();
        if all.len() > FOUND {
            out.push(format!("{} more in its report.", all.len() - FOUND));
        }
        if out.is_empty() { vec![none()] } else { out }
    };
    FoundRow { label: finding_words(pair.kind).1.into(), a: list(&pair.a), b: list(&pair.b) }
}

fn order(c: &Comparison) -> Vec<OrderPair> {
    let [a, b] = &c.cascades;
    // Services are called as each incident calls them.
    let in_b = |name: &str| {
        let pair = c.services.iter().find(|s| s.service == name && s.presence == ServicePresence::Both)?;
        Some(pair.other_name.clone().unwrap_or_else(|| pair.service.clone()))
    };
    let rank = |steps: &[OrderStep], name: &str| steps.iter().find(|s| s.service == name).map(|s| s.rank);
    let row = |s: &OrderStep, other: Option<u32>, side: &str| {
        // A moment is written no finer than it is known.
        let (after, slack) =
            if s.slack_s >= 45 { (minutes(s.after_s), minutes(s.slack_s)) } else { (s.after_s, s.slack_s) };
        OrderRow {
            rank: s.rank,
            service: text::line(&s.service),
            after: if after == 0 { "T+0".into() } else { signed(after) },
            slack: if slack > 0 { format!("±{}{}", text::NBSP, text::duration(slack)) } else { String::new() },
            other: other.map_or_else(String::new, |rank| format!("rank {rank} in {side}")),
        }
    };
    let left = |s: &OrderStep| row(s, in_b(&s.service).and_then(|name| rank(b, &name)), "B");
    let right = |s: &OrderStep| {
        let name = a.iter().find(|x| in_b(&x.service).as_deref() == Some(&s.service));
        row(s, name.map(|x| x.rank), "A")
    };
    (0..a.len().max(b.len())).map(|n| OrderPair { a: a.get(n).map(left), b: b.get(n).map(right) }).collect()
}

/// Seconds to the nearest minute.
fn minutes(seconds: i64) -> i64 {
    (seconds + 30 * seconds.signum()) / 60 * 60
}

/// A length: to the second below ten minutes, to the minute above.
fn rough(seconds: i64) -> String {
    text::duration(if seconds.abs() < 600 { seconds } else { minutes(seconds) })
}

/// How far two moments are apart; both are known to the minute at best.
fn apart(seconds: i64) -> String {
    match seconds {
        0 => "same".to_string(),
        s if s.abs() < 60 => format!("under 1{}min", text::NBSP),
        s => signed(minutes(s)),
    }
}

/// A length with its sign.
fn signed(seconds: i64) -> String {
    let sign = if seconds > 0 { "+" } else { "" };
    format!("{sign}{}", rough(seconds))
}

/// A moment after T+0, which is itself seldom known to the second: to the minute above one.
fn after(seconds: i64) -> String {
    match seconds {
        0 => "T+0".to_string(),
        s if s.abs() < 60 => signed(s),
        s => signed(minutes(s)),
    }
}

/// Hurt in both first, then in one, then in none; of each the largest error-minutes first.
fn sorted(services: &[ServiceComparison]) -> Vec<&ServiceComparison> {
    let hurt = |s: &ServiceComparison| match (s.a.hurt == Some(true), s.b.hurt == Some(true)) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        _ => 3,
    };
    let area = |s: &ServiceComparison| s.a.error_minutes.unwrap_or(0.0).max(s.b.error_minutes.unwrap_or(0.0));
    let mut out: Vec<&ServiceComparison> = services.iter().collect();
    out.sort_by(|x, y| hurt(x).cmp(&hurt(y)).then(area(y).total_cmp(&area(x))).then(x.service.cmp(&y.service)));
    out
}

fn phases(c: &Comparison) -> Vec<MilestoneRow> {
    let show = |s: Option<i64>| s.map_or_else(none, rough);
    let label = |phase| match phase {
        Phase::TriggerToOnset => "First trigger candidate to onset",
        Phase::OnsetToDetected => "Onset to detection",
        Phase::DetectedToCause => "Detection to cause named",
        Phase::CauseToRecovery => "Cause named to recovery started",
        Phase::RecoveryToRecovered => "Recovery started to recovered",
        Phase::OnsetToRecovered => "Onset to recovered",
        Phase::OnsetToPublicNotice => "Onset to first public notice",
    };
    let row = |p: &crate::model::PhasePair| MilestoneRow {
        label: label(p.phase).into(),
        a: show(p.a_s),
        b: show(p.b_s),
        difference: p.a_s.zip(p.b_s).map_or_else(none, |(a, b)| apart(a - b)),
    };
    c.phases.iter().map(row).collect()
}

/// "0.33: of the pairs whose order is known in both, …".
fn agreement(tau: f64) -> String {
    let figure = format!("{tau:.2}").replace('-', "\u{2212}");
    format!("{figure} (from −1 to 1): of those whose order is known in both, {}", order_in_words(tau))
}

/// One incident of a library.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LibraryRow {
    /// Name inside the library.
    pub path: String,
    /// Title.
    pub title: String,
    /// What the table is sorted by.
    pub similarity: String,
    /// What it is made of, each "–" where it is not known.
    pub fingerprint: String,
    /// The fault whatever its service.
    pub fault: String,
    /// Services hurt.
    pub services: String,
    /// Log patterns.
    pub patterns: String,
    /// Kinds.
    pub kinds: String,
    /// Shape.
    pub shape: String,
    /// Size.
    pub size: String,
    /// What both have in common.
    pub why: Vec<String>,
}

/// Everything a library template sees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LibraryView {
    /// Title of the one incident.
    pub title: String,
    /// "Most similar first", or what else they are sorted by.
    pub order: String,
    /// The others in that order.
    pub rows: Vec<LibraryRow>,
    /// What could not be read, with the reason.
    pub left_out: Vec<String>,
    /// Name and version of the program.
    pub generator: String,
}

/// Builds the view of a library.
pub(in crate::report) fn library(library: &LibraryComparison) -> LibraryView {
    let part = |v: Option<f64>| v.map_or_else(none, |v| format!("{v:.2}"));
    let row = |pair: &LibraryMatch| LibraryRow {
        path: text::line(&pair.path),
        title: text::short(&pair.title, 120),
        similarity: format!("{:.2}", pair.similarity),
        fingerprint: part(pair.likeness.fingerprint),
        fault: part(pair.likeness.fault),
        services: part(pair.likeness.services),
        patterns: part(pair.likeness.patterns),
        kinds: part(pair.likeness.kinds),
        shape: part(pair.likeness.shape),
        size: part(pair.likeness.size),
        why: pair.why.iter().map(|w| text::short(w, 200)).collect(),
    };
    LibraryView {
        title: text::line(&library.title),
        order: match library.by {
            LibraryOrder::Similarity => "Most similar first".into(),
            LibraryOrder::Fault => "The same fault first, whatever its service".into(),
        },
        rows: library.pairs.iter().map(row).collect(),
        left_out: library.left_out.iter().map(|(path, why)| text::short(&format!("{path}: {why}"), 300)).collect(),
        generator: concat!("recount ", env!("CARGO_PKG_VERSION")).to_string(),
    }
}

/// What stands where nothing is known.
pub(super) fn none() -> String {
    String::from("–")
}

fn ratio(ratio: &Option<Ratio>) -> String {
    ratio.as_ref().map_or_else(none, |r| format!("{} ({})", text::ratio(r), text::ratio_interval(r)))
}

fn length(seconds: Option<i64>) -> String {
    seconds.map_or_else(none, rough)
}

/// A figure that may not have been measured, which is not zero.
fn measured(figure: Option<String>) -> String {
    figure.unwrap_or_else(|| String::from("not measured"))
}

/// What stands in the column of the comparison: the peaks against each other, or why not.
fn against(s: &ServiceComparison) -> String {
    let absent = |hurt: Option<bool>, here: &str, other: &str| match hurt {
        Some(true) => format!("hurt in {here}, not in {other}'s evidence"),
        _ => format!("only in {here}'s evidence"),
    };
    match (s.presence, s.a.hurt, s.b.hurt) {
        (ServicePresence::OnlyA, hurt, _) => absent(hurt, "A", "B"),
        (ServicePresence::OnlyB, _, hurt) => absent(hurt, "B", "A"),
        (ServicePresence::Both, Some(true), Some(false)) => "hurt in A, fine in B".into(),
        (ServicePresence::Both, Some(false), Some(true)) => "fine in A, hurt in B".into(),
        (ServicePresence::Both, None, None) => "not measured".into(),
        (ServicePresence::Both, None, _) => "not measured in A".into(),
        (ServicePresence::Both, _, None) => "not measured in B".into(),
        (ServicePresence::Both, ..) => match s.verdict.as_str() {
            "bigger" => "A larger".into(),
            "smaller" => "B larger".into(),
            "same" => "same within the intervals".into(),
            other => text::line(other),
        },
    }
}

fn matched(how: &str) -> String {
    if how == "alias" { how.to_string() } else { format!("role: {}", text::line(how)) }
}

fn service(s: &ServiceComparison) -> Verdicts {
    let (has_a, has_b) = (s.presence != ServicePresence::OnlyB, s.presence != ServicePresence::OnlyA);
    let failed = |has: bool, i: &IncidentSummary| if has { measured(i.failed.map(text::count)) } else { none() };
    let peak = |has: bool, i: &IncidentSummary| if has { measured(i.peak.as_ref().map(text::ratio)) } else { none() };
    Verdicts {
        service: text::line(&s.service),
        other_name: s.other_name.as_deref().map(text::line).unwrap_or_default(),
        matched_by: s.matched_by.as_deref().map(matched).unwrap_or_default(),
        presence: match s.presence {
            ServicePresence::Both => "both",
            ServicePresence::OnlyA => "only_a",
            ServicePresence::OnlyB => "only_b",
        }
        .into(),
        peak_a: peak(has_a, &s.a),
        peak_b: peak(has_b, &s.b),
        duration_a: length(s.a.duration_s.filter(|_| has_a)),
        duration_b: length(s.b.duration_s.filter(|_| has_b)),
        failed_a: failed(has_a, &s.a),
        failed_b: failed(has_b, &s.b),
        verdict: text::line(&s.verdict),
        against: against(s),
        rows: rows(s, has_a, has_b),
    }
}

fn rows(s: &ServiceComparison, has_a: bool, has_b: bool) -> Vec<PairRow> {
    let pair = |label: &str, of: &dyn Fn(&IncidentSummary) -> String| PairRow {
        label: label.into(),
        a: if has_a { of(&s.a) } else { none() },
        b: if has_b { of(&s.b) } else { none() },
    };
    vec![
        pair("Peak error ratio (95 % interval)", &|i| if i.peak.is_some() { ratio(&i.peak) } else { measured(None) }),
        pair("Time to peak", &|i| length(i.time_to_peak_s)),
        pair("Duration", &|i| length(i.duration_s)),
        pair("Error-minutes (ratio × minutes)", &|i| measured(i.error_minutes.map(|m| format!("{m:.1}")))),
        pair("Failed requests", &|i| measured(i.failed.map(text::count))),
        pair("Half of the peak gone after", &|i| length(i.half_life_s)),
        pair("Second dips", &|i| measured(i.second_dips.map(|n| text::whole(u64::from(n))))),
    ]
}

fn milestones(c: &Comparison) -> Vec<MilestoneRow> {
    let show = |s: Option<i64>| s.map_or_else(none, after);
    c.milestones
        .iter()
        .map(|m| MilestoneRow {
            label: milestone_words(m.kind).1.into(),
            a: show(m.a_s),
            b: show(m.b_s),
            difference: m.a_s.zip(m.b_s).map_or_else(none, |(a, b)| apart(a - b)),
        })
        .collect()
}

/// A severity track without its lines: a comparison does not hold the sources they would name.
fn severity(track: &SeverityTrack) -> SeverityView {
    let times = Times::on_day_of(track.steps.first().map(|s| s.at.seconds()));
    of_track(track, &times, &|_| Refs::default())
}
