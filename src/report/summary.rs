//! The few lines that a terminal shows after a report, and that a person pastes into a chat.

use std::collections::BTreeSet;

use super::view::{Ctx, cut, hurt_without_ratio, redacted, window};
use super::{chart, text};
use crate::model::{DiagnosticKind, ImpactWindow, Incident, ServiceRates};

/// Widest line, in characters.
const WIDTH: usize = 80;
/// Services with a line of their own.
const SERVICES: usize = 8;
/// Files that were not read with a line of their own.
const NOT_READ: usize = 5;
/// Width of the labels at the left.
const LABEL: usize = 11;

/// What happened, in plain text of at most 80 columns: window, severity track, the worst services
/// with sparkline and peak, milestones, what was not read, and `place`, where the report lies.
pub fn summary(incident: &Incident, place: Option<&str>) -> String {
    let ctx = Ctx::new(incident);
    let mut out = vec![text::short(&incident.title, WIDTH)];
    out.push(when(&ctx));
    out.push(String::new());
    noticed(&ctx, &mut out);
    severity(&ctx, &mut out);
    impact(&ctx, &mut out);
    elsewhere(&ctx, &mut out);
    unaffected(incident, &mut out);
    milestones(&ctx, &mut out);
    read(incident, &mut out);
    for (label, words) in [("Part", cut(incident, &ctx.times)), ("Redacted", redacted(incident))] {
        if !words.is_empty() {
            wrapped(label, &words, &mut out);
        }
    }
    if let Some(place) = place {
        out.push(format!("{:LABEL$}{}", "Report", text::line(place)));
    }
    let mut out = out.join("\n");
    out.push('\n');
    // Blanks that do not break only matter where lines are broken for us.
    out.replace('\u{a0}', " ").replace('\u{202f}', ",")
}

fn when(ctx: &Ctx) -> String {
    let Some(window) = window(ctx) else {
        return "no impact could be measured in this evidence".into();
    };
    let day = ctx.times.day();
    match (&window.to, window.seconds) {
        (Some(to), Some(s)) => format!("{day}, {}–{} UTC ({})", window.from.text, to.text, text::duration(s)),
        _ => format!("{day}, from {} UTC, not over by the end of the evidence", window.from.text),
    }
}

/// Adds `words` after a label, broken at blanks and indented.
fn wrapped(label: &str, words: &str, out: &mut Vec<String>) {
    let mut line = format!("{label:LABEL$}");
    let mut empty = true;
    for word in words.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(line);
            line = " ".repeat(LABEL);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push(line);
}

fn noticed(ctx: &Ctx, out: &mut Vec<String>) {
    let noticed = super::view::noticed(ctx);
    if noticed.known {
        wrapped("Noticed", &format!("{}: {}", noticed.value, noticed.detail), out);
    }
}

fn severity(ctx: &Ctx, out: &mut Vec<String>) {
    let track = &ctx.incident.timeline.severity;
    if track.steps.is_empty() {
        return;
    }
    let step = |s: &crate::model::SeverityStep| {
        let others: Vec<String> = s.conflicts.iter().map(|(at, _)| ctx.times.at(at).text).collect();
        let conflict = if others.is_empty() { String::new() } else { format!(" (or {})", others.join(", ")) };
        format!("{} {}{conflict}", text::short(&s.to.word, 20), ctx.times.at(&s.at).text)
    };
    let mut words = track.steps.iter().map(step).collect::<Vec<_>>().join(" → ");
    if let Some(end) = &track.ends_at {
        words.push_str(&format!(" → end {}", ctx.times.at(end).text));
    }
    wrapped("Severity", &words, out);
}

fn impact(ctx: &Ctx, out: &mut Vec<String>) {
    let hurt = ctx.hurt();
    if hurt.is_empty() {
        return;
    }
    let widths: BTreeSet<u32> = hurt.iter().filter_map(|s| s.worst()?.peak.as_ref()).map(|p| p.width_s).collect();
    let shared = if widths.len() == 1 { widths.first().copied() } else { None };
    let over = shared.map(|w| format!("; peak over {}, when, how long", text::width(w))).unwrap_or_default();
    wrapped("Impact", &format!("{}{over}", text::counted(hurt.len(), "service hurt", "services hurt")), out);
    for service in hurt.iter().take(SERVICES) {
        if let Some(worst) = service.worst() {
            out.push(service_line(ctx, service, worst, shared.is_none()));
        }
    }
    if hurt.len() > SERVICES {
        out.push(format!("  and {} more", hurt.len() - SERVICES));
    }
}

/// "  name  ▁▂█▂  90.2 % at 18:10 for 2 h 31 min"; `width` names the bucket when they differ.
fn service_line(ctx: &Ctx, service: &ServiceRates, worst: &ImpactWindow, width: bool) -> String {
    let name = text::short(&service.service, 20);
    let spark = chart::spark_text(service);
    let figure = match &worst.peak {
        Some(p) if width => format!("{:>7} per {}", text::ratio(&p.ratio), text::width(p.width_s)),
        Some(p) => format!("{:>7} {}", text::ratio(&p.ratio), ctx.times.second(p.at_s).text),
        None => hurt_without_ratio(service, worst),
    };
    let length = worst.duration_s().map_or_else(|| "open".into(), text::duration);
    text::short(&format!("  {name:<20} {spark:<24} {figure}  {length}"), WIDTH)
}

/// Impact at other times, and how many periods the evidence lies in.
fn elsewhere(ctx: &Ctx, out: &mut Vec<String>) {
    let others = super::view::elsewhere(ctx);
    for (i, other) in others.iter().take(3).enumerate() {
        wrapped(if i == 0 { "Also hurt" } else { "" }, &other.words(), out);
    }
    if others.len() > 3 {
        wrapped("", &format!("and {} more times", others.len() - 3), out);
    }
    if ctx.incident.rates.periods.len() > 1 {
        let words = format!("{} separate periods, days or years apart", ctx.incident.rates.periods.len());
        wrapped("Evidence", &words, out);
    }
}

fn unaffected(incident: &Incident, out: &mut Vec<String>) {
    let failing: Vec<String> =
        incident.rates.services.iter().filter(|s| s.throughout.is_some()).map(|s| s.service.clone()).collect();
    if !failing.is_empty() {
        let names = text::names(&failing, 8);
        wrapped("Throughout", &format!("{} failing in all of the evidence, no onset: {names}", failing.len()), out);
    }
    let all = &incident.findings.unaffected;
    if !all.is_empty() {
        wrapped("Unaffected", &format!("{}: {}", all.len(), text::names(all, 8)), out);
    }
}

fn milestones(ctx: &Ctx, out: &mut Vec<String>) {
    let all = &ctx.incident.findings.milestones;
    if all.is_empty() {
        return;
    }
    let one = |m: &crate::model::Milestone| {
        format!("{} {}", super::view::milestone_label(m.kind).to_lowercase(), ctx.times.at(&m.at).text)
    };
    wrapped("Milestones", &all.iter().map(one).collect::<Vec<_>>().join(" · "), out);
}

fn read(incident: &Incident, out: &mut Vec<String>) {
    let rejected: u64 = incident.sources.iter().map(|s| s.accounting.rejected_frames()).sum();
    let records: u64 = incident.sources.iter().map(|s| s.accounting.records.frames).sum();
    let words = format!(
        "{}, {} records, {} rejected",
        text::counted(incident.sources.len(), "source", "sources"),
        text::whole(records),
        text::whole(rejected)
    );
    wrapped("Read", &words, out);
    let not_read: Vec<_> = incident.diagnostics.iter().filter(|d| d.kind == DiagnosticKind::NotRead).collect();
    for (i, d) in not_read.iter().take(NOT_READ).enumerate() {
        let label = if i == 0 { "Not read" } else { "" };
        wrapped(label, &text::short(&format!("{}: {}", d.path, d.message), 2 * WIDTH), out);
    }
    if not_read.len() > NOT_READ {
        wrapped("", &format!("and {} more", not_read.len() - NOT_READ), out);
    }
}
