//! The top of the report: how it stands, the five answers, the summary paragraph, key figures.

use serde::Serialize;

use super::{Ctx, Moment, Refs, response};
use crate::model::{Citation, FindingKind, ImpactWindow, Milestone, MilestoneKind, ServiceRates, TimelineEntry};
use crate::report::text;

/// One labelled answer or figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Fact {
    /// Stable name for templates (`what`, `when`, `peak`, …).
    pub key: String,
    /// Label for people.
    pub label: String,
    /// The answer; "not in the evidence" when there is none.
    pub value: String,
    /// Width, interval, formula or other condition.
    pub detail: String,
    /// Lines it rests on.
    pub refs: Refs,
    /// Whether there is an answer.
    pub known: bool,
}

/// One sentence with its lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sentence {
    /// Position, from 1.
    pub n: usize,
    /// The sentence.
    pub text: String,
    /// Lines it rests on.
    pub refs: Refs,
}

/// How the incident stands by the end of the evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// `resolved`, `recovered`, `open` or `unmeasured`.
    pub key: String,
    /// In words.
    pub text: String,
}

/// From when to when, by the best evidence there is.
pub(in crate::report) struct Window {
    /// Start.
    pub from: Moment,
    /// End; `None` while open.
    pub to: Option<Moment>,
    /// Length.
    pub seconds: Option<i64>,
    /// What start and end mean.
    pub basis: &'static str,
    /// Lines of both ends.
    pub evidence: Vec<Citation>,
}

/// From when to when, for templates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WindowView {
    /// Start.
    pub from: Moment,
    /// End; `None` while open.
    pub to: Option<Moment>,
    /// Length; empty while open.
    pub length: String,
    /// What start and end mean.
    pub basis: String,
    /// Lines of both ends.
    pub refs: Refs,
}

/// The window of the impact as a template sees it; `None` when nothing tells one.
pub(super) fn window_view(ctx: &Ctx) -> Option<WindowView> {
    let window = window(ctx)?;
    Some(WindowView {
        length: window.seconds.map(text::duration).unwrap_or_default(),
        basis: window.basis.into(),
        refs: ctx.cites.of(&window.evidence),
        from: window.from,
        to: window.to,
    })
}

/// The window of the impact: measured when there are curves, else told.
pub(in crate::report) fn window(ctx: &Ctx) -> Option<Window> {
    measured_window(ctx).or_else(|| told_window(ctx))
}

fn measured_window(ctx: &Ctx) -> Option<Window> {
    let (onset, recovery) = ctx.incident.rates.incident.as_ref()?;
    let all: Vec<&ImpactWindow> = ctx.incident.rates.services.iter().flat_map(|s| &s.impact).collect();
    let first = all.iter().min_by_key(|w| (w.onset.best_s, w.onset.to_s));
    let last = all.iter().max_by_key(|w| w.recovery.map_or(i64::MAX, |r| r.best_s));
    let ends = first.iter().filter_map(|w| w.evidence.first()).chain(last.iter().filter_map(|w| w.evidence.last()));
    Some(Window {
        from: ctx.times.interval(onset),
        to: recovery.as_ref().map(|r| ctx.times.interval(r)),
        seconds: recovery.as_ref().map(|r| r.best_s - onset.best_s),
        basis: "measured: first onset to last recovery",
        evidence: ends.cloned().collect(),
    })
}

fn told_window(ctx: &Ctx) -> Option<Window> {
    let of = |kinds: &[MilestoneKind]| kinds.iter().find_map(|k| ctx.incident.findings.milestone(*k));
    let from = of(&[MilestoneKind::Onset, MilestoneKind::Detected, MilestoneKind::Declared, MilestoneKind::Escalated])?;
    let to = of(&[MilestoneKind::Recovered, MilestoneKind::Resolved]);
    let evidence = [Some(from), to].into_iter().flatten().filter_map(|m| m.statement.evidence().first()).cloned();
    Some(Window {
        from: ctx.times.at(&from.at),
        to: to.map(|m| ctx.times.at(&m.at)),
        seconds: to.map(|m| m.at.seconds() - from.at.seconds()),
        basis: "told: first to last milestone, no curve covers it",
        evidence: evidence.collect(),
    })
}

/// The service to name first: where the most requests failed, weighted by how total the failure was,
/// so that neither a small service at 100 % nor a large one at 2 % comes first.
pub(in crate::report) fn lead<'a>(ctx: &Ctx<'a>) -> Option<&'a ServiceRates> {
    let weight = |w: &ImpactWindow| w.excess.max(0.0) * w.peak.as_ref().map_or(0.0, |p| p.ratio.value);
    let heaviest = |s: &ServiceRates| s.impact.iter().map(weight).fold(0.0, f64::max);
    // Of equals the first of `hurt` stays: the last maximum of the reversed order.
    ctx.hurt().into_iter().rev().max_by(|a, b| heaviest(a).total_cmp(&heaviest(b)))
}

/// The timeline entry a milestone rests on, for naming who acted.
pub(in crate::report) fn entry_of<'a>(ctx: &Ctx<'a>, milestone: &Milestone) -> Option<&'a TimelineEntry> {
    let place = |c: &Citation| (c.source, c.span.line, c.span.offset);
    let cites = |e: &TimelineEntry, c: &Citation| e.evidence.iter().any(|w| place(w) == place(c));
    let first = milestone.statement.evidence().first()?;
    ctx.incident.timeline.entries.iter().find(|e| cites(e, first))
}

fn fact(key: &str, label: &str, value: String, detail: String, refs: Refs) -> Fact {
    Fact { key: key.into(), label: label.into(), value, detail, refs, known: true }
}

fn unknown(key: &str, label: &str) -> Fact {
    Fact { key: key.into(), label: label.into(), value: "not in the evidence".into(), ..Fact::default() }
}

/// How it stands.
pub(super) fn status(ctx: &Ctx) -> Status {
    let findings = &ctx.incident.findings;
    let make = |key: &str, text: String| Status { key: key.into(), text };
    if let Some(m) = findings.milestone(MilestoneKind::Resolved) {
        return make("resolved", format!("Resolved {} UTC", ctx.times.at(&m.at).text));
    }
    match &ctx.incident.rates.incident {
        Some((_, Some(end))) => make(
            "recovered",
            format!("Recovered {} UTC; nobody calls it resolved in the evidence", ctx.times.second(end.best_s).text),
        ),
        Some((_, None)) => make("open", "Not recovered by the end of the evidence".into()),
        None => make("unmeasured", "No impact could be measured in this evidence".into()),
    }
}

/// The five answers.
pub(super) fn hero(ctx: &Ctx) -> Vec<Fact> {
    let (when, how_long) = when(ctx);
    vec![what(ctx), when, how_long, how_bad(ctx), noticed(ctx)]
}

fn what(ctx: &Ctx) -> Fact {
    let hurt = ctx.hurt();
    let Some(lead) = lead(ctx) else {
        return unknown("what", "What failed");
    };
    let others: Vec<String> = hurt.iter().filter(|s| s.service != lead.service).map(|s| s.service.clone()).collect();
    let value = match others.len() {
        0 => text::line(&lead.service),
        n => format!("{} and {}", text::line(&lead.service), text::counted(n, "more service", "more services")),
    };
    let evidence: Vec<Citation> = lead.impact.iter().flat_map(|w| w.evidence.clone()).collect();
    let suspect = ctx.incident.findings.of_kind(FindingKind::Suspect).find_map(|f| f.services.first());
    let points = suspect.filter(|s| **s != lead.service).map(|s| format!("first suspect: {}", text::line(s)));
    let detail = [Some(text::names(&others, 6)), points].into_iter().flatten().filter(|p| !p.is_empty());
    fact("what", "What failed", value, detail.collect::<Vec<_>>().join("; "), ctx.cites.of(&evidence))
}

fn when(ctx: &Ctx) -> (Fact, Fact) {
    let Some(window) = window(ctx) else {
        return (unknown("when", "When"), unknown("how_long", "How long"));
    };
    let value = match &window.to {
        Some(to) => format!("{}–{} UTC", window.from.text, to.text),
        None => format!("from {} UTC", window.from.text),
    };
    let refs = ctx.cites.of(&window.evidence);
    let when = fact("when", "When", value, ctx.times.day(), refs.clone());
    let spread = |m: &Moment| if m.spread.is_empty() { String::new() } else { format!(" ({})", m.spread) };
    let long = match (&window.to, window.seconds) {
        (Some(to), Some(s)) => fact(
            "how_long",
            "How long",
            text::duration(s),
            format!("{}{} − {}{}; {}", to.text, spread(to), window.from.text, spread(&window.from), window.basis),
            refs,
        ),
        _ => fact("how_long", "How long", "not over".into(), "no recovery by the end of the evidence".into(), refs),
    };
    (when, long)
}

fn how_bad(ctx: &Ctx) -> Fact {
    let Some((lead, worst)) = lead(ctx).and_then(|s| s.worst().map(|w| (s, w))) else {
        return unknown("how_bad", "How badly");
    };
    let refs = ctx.cites.of(&worst.evidence);
    let hurt = ctx.hurt().len();
    let of = match hurt + ctx.incident.findings.unaffected.len() {
        n if n > hurt => format!("{} of {} services hurt", hurt, text::counted(n, "watched", "watched")),
        _ => text::counted(hurt, "service hurt", "services hurt"),
    };
    let (value, detail) = match &worst.peak {
        Some(peak) => (
            format!("{} of {} requests failed", text::ratio(&peak.ratio), text::short(&lead.service, 32)),
            format!(
                "{}, peak over {} from {} UTC; {of}",
                text::line(&lead.service),
                text::width(peak.width_s),
                ctx.times.second(peak.at_s).text
            ),
        ),
        None => (
            hurt_without_ratio(lead, worst),
            format!("{}, by {}; {of}", text::line(&lead.service), text::line(&worst.signal).replace('_', " ")),
        ),
    };
    fact("how_bad", "How badly", value, detail, refs)
}

/// What a window that has no share of failures amounts to: slower, less traffic, or error lines.
pub(in crate::report) fn hurt_without_ratio(service: &ServiceRates, window: &ImpactWindow) -> String {
    match (window.signal.as_str(), &service.latency, window.missing) {
        ("latency", Some(latency), _) => format!("p95 up to {}", text::millis(latency.worst_p95_ms)),
        ("latency", None, _) => "slower".into(),
        ("traffic", _, Some(missing)) => format!("{} requests missing", text::count(missing)),
        ("traffic", ..) => "less traffic".into(),
        ("error_lines", ..) => format!("{} error lines", text::count(window.failed)),
        _ if window.failed > 0.0 => format!("{} failures", text::count(window.failed)),
        (signal, ..) => format!("by {}", text::short(&signal.replace('_', " "), 24)),
    }
}

/// Who noticed, when, and how long after the onset.
pub(in crate::report) fn noticed(ctx: &Ctx) -> Fact {
    let findings = &ctx.incident.findings;
    let Some(detected) = findings.milestone(MilestoneKind::Detected) else {
        return unknown("noticed", "Who noticed, when");
    };
    let at = ctx.times.at(&detected.at);
    let entry = entry_of(ctx, detected);
    let who = entry.and_then(|e| e.actor.as_ref()).map(|a| text::short(&a.name, 40));
    let lag = findings.milestone(MilestoneKind::Onset).map(|onset| detected.at.seconds() - onset.at.seconds());
    let lag = match lag {
        Some(s) if s > 0 => format!("{} after onset", text::duration(s)),
        Some(s) if s < 0 => format!("{} before the measured onset", text::duration(-s)),
        Some(_) => "at onset".into(),
        None => String::new(),
    };
    let words = text::short(entry.map_or(detected.statement.text(), |e| e.title.as_str()), 120);
    let detail = [words, lag].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("; ");
    let value = match who {
        Some(who) => format!("{} UTC, {who}", at.text),
        None => format!("{} UTC", at.text),
    };
    fact("noticed", "Who noticed, when", value, detail, ctx.cites.of(detected.statement.evidence()))
}

/// The summary paragraph.
pub(super) fn summary(ctx: &Ctx) -> Vec<Sentence> {
    let mut out: Vec<(String, Refs)> = Vec::new();
    opening(ctx, &mut out);
    let findings = &ctx.incident.findings;
    for kind in [MilestoneKind::Detected, MilestoneKind::Escalated, MilestoneKind::CauseIdentified] {
        if let Some(m) = findings.milestone(kind) {
            out.push((text::line(m.statement.text()), ctx.cites.of(m.statement.evidence())));
        }
    }
    for kind in [FindingKind::SinglePointOfFailure, FindingKind::PublicNotice, FindingKind::Unaffected] {
        if let Some(f) = findings.of_kind(kind).next() {
            out.push((text::line(f.statement.text()), ctx.cites.of(f.statement.evidence())));
        }
    }
    for kind in [MilestoneKind::RecoveryStarted, MilestoneKind::Resolved] {
        if let Some(m) = findings.milestone(kind) {
            out.push((text::line(m.statement.text()), ctx.cites.of(m.statement.evidence())));
        }
    }
    beyond(ctx, &mut out);
    out.into_iter()
        .enumerate()
        .map(|(i, (text, refs))| Sentence { n: i + 1, text: sentence(ctx, text), refs })
        .collect()
}

/// Capital at the start, unless a service's name stands there, and a period at the end.
fn sentence(ctx: &Ctx, text: String) -> String {
    let findings = &ctx.incident.findings;
    let measured = ctx.incident.rates.services.iter().map(|s| &s.service);
    let mut known = measured.chain(&findings.unaffected).chain(findings.findings.iter().flat_map(|f| &f.services));
    let text = text.trim();
    let mut out = if known.any(|name| text.starts_with(name.as_str())) { text.to_string() } else { capital(text) };
    if !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out
}

/// The same with a capital at the start.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn opening(ctx: &Ctx, out: &mut Vec<(String, Refs)>) {
    let (Some(lead), Some(window)) = (lead(ctx), window(ctx)) else {
        return;
    };
    let others = ctx.hurt().len().saturating_sub(1);
    let more = if others > 0 {
        format!(" and {}", text::counted(others, "more service", "more services"))
    } else {
        String::new()
    };
    let end = match (&window.to, window.seconds) {
        (Some(to), Some(s)) => format!("to {} UTC ({})", to.text, text::duration(s)),
        _ => "UTC and had not recovered when the evidence ends".to_string(),
    };
    let day = ctx.times.day();
    let verb = lead.worst().map_or("failed", verb);
    let text = format!("{}{more} {verb} on {day} from {} {end}.", text::line(&lead.service), window.from.text);
    out.push((text, ctx.cites.of(&window.evidence)));
    let Some((worst, peak)) = lead.worst().and_then(|w| w.peak.as_ref().map(|p| (w, p))) else {
        return;
    };
    let text = format!(
        "At its worst {} of the requests to {} failed ({} from {} UTC, 95{}% interval {}).",
        text::ratio(&peak.ratio),
        text::line(&lead.service),
        text::width(peak.width_s),
        ctx.times.second(peak.at_s).text,
        text::NBSP,
        text::ratio_interval(&peak.ratio),
    );
    out.push((text, ctx.cites.of(&worst.evidence)));
}

/// What a window shows of a service: error lines are no failed requests, and slow is not down.
fn verb(window: &ImpactWindow) -> &'static str {
    match window.signal.as_str() {
        "error_ratio" => "failed",
        "error_lines" => "logged more errors than usual",
        "traffic" => "lost traffic",
        "latency" => "became slow",
        _ => "left the normal band",
    }
}

/// What lies outside the incident: other periods of the evidence, impact at other times.
fn beyond(ctx: &Ctx, out: &mut Vec<(String, Refs)>) {
    let rates = &ctx.incident.rates;
    if let (Some(period), true) = (rates.period(), rates.periods.len() > 1) {
        let [from, to] = [period.0, period.1].map(|s| ctx.times.date(s));
        let of = if from == to { from } else { format!("{from} to {to}") };
        let text = format!(
            "The evidence lies in {} periods, days or years apart; this is about the one of {of}, and no time is counted across them",
            rates.periods.len()
        );
        out.push((text, Refs::default()));
    }
    let others = super::impact::elsewhere(ctx);
    if let Some(first) = others.first() {
        let shown: Vec<String> = others.iter().take(3).map(|o| o.words()).collect();
        let more = if others.len() > 3 { format!("; and {} more", others.len() - 3) } else { String::new() };
        let times = text::counted(others.len(), "other time", "other times");
        out.push((format!("Hurt at {times}, not part of this: {}{more}", shown.join("; ")), first.refs.clone()));
    }
}

/// Key figures.
pub(super) fn figures(ctx: &Ctx) -> Vec<Fact> {
    let mut out = Vec::new();
    if let Some((lead, worst)) = lead(ctx).and_then(|s| s.worst().map(|w| (s, w))) {
        out.extend(service_figures(ctx, lead, worst));
    }
    let pairs = [
        ("to_detect", MilestoneKind::Onset, MilestoneKind::Detected),
        ("to_acknowledge", MilestoneKind::Detected, MilestoneKind::Acknowledged),
        ("to_public_notice", MilestoneKind::Onset, MilestoneKind::PublicNotice),
        ("to_cause", MilestoneKind::Detected, MilestoneKind::CauseIdentified),
        ("to_resolution", MilestoneKind::Detected, MilestoneKind::Resolved),
    ];
    for (key, from, to) in pairs {
        if let Some(i) = ctx.incident.findings.intervals.iter().find(|i| i.from == from && i.to == to) {
            let label = capital(&text::line(&i.name));
            out.push(fact(key, &label, response::length(ctx, i), text::line(&i.formula), ctx.cites.of(&i.evidence)));
        }
    }
    let worst = ctx.incident.timeline.severity.steps.iter().min_by_key(|s| (s.to.vocabulary, s.to.rank));
    if let Some(step) = worst {
        let time = &ctx.incident.timeline.severity.time_at;
        let spent = time.iter().find(|t| t.severity == step.to).map(|t| format!(" for {}", text::duration(t.seconds)));
        let detail = format!("from {} UTC{}", ctx.times.at(&step.at).text, spent.unwrap_or_default());
        out.push(fact("severity", "Worst severity", text::line(&step.to.word), detail, ctx.cites.of(&step.evidence)));
    }
    out
}

fn service_figures(ctx: &Ctx, lead: &ServiceRates, worst: &ImpactWindow) -> Vec<Fact> {
    let mut out = Vec::new();
    let refs = ctx.cites.of(&worst.evidence);
    let name = text::line(&lead.service);
    if let Some(peak) = &worst.peak {
        let detail = format!(
            "95{}% interval {}, {} buckets",
            text::NBSP,
            text::ratio_interval(&peak.ratio),
            text::width(peak.width_s)
        );
        out.push(fact("peak", &format!("Peak error ratio, {name}"), text::ratio(&peak.ratio), detail, refs.clone()));
    }
    if lead.has_denominator() && super::impact::counted(lead) {
        let detail = format!("{} more than the baseline would have had", text::count(worst.excess));
        out.push(fact("failed", &format!("Failed requests, {name}"), text::count(worst.failed), detail, refs.clone()));
    }
    let [one, ten, half] = worst.minutes_above;
    if one > 0.0 {
        let minutes = |m: f64| text::count(m);
        let detail = format!("above 10{0}%: {1}; above 50{0}%: {2}", text::NBSP, minutes(ten), minutes(half));
        let label = format!("Minutes above 1{}% errors, {name}", text::NBSP);
        out.push(fact("minutes", &label, minutes(one), detail, refs));
    }
    out
}
