//! The comparison in plain words, every sentence with its figures.

use crate::model::{Comparison, IncidentSummary, MilestoneKind, Ratio, ServiceComparison, ServicePresence};

use super::Side;

/// Services named in one sentence.
const NAMED: usize = 8;

/// The sentences, most telling first.
pub(super) fn verdict(c: &Comparison, sides: &[Side<'_>; 2]) -> Vec<String> {
    let [a, b] = sides;
    let mut out = vec![format!("A is “{}”, B is “{}”.", short(&c.titles[0]), short(&c.titles[1]))];
    for (name, side) in [("A", a), ("B", b)] {
        if !side.is_hurt() {
            out.push(format!("No impact was measured in {name}: its T+0 is the start of its evidence, not an onset."));
        }
    }
    for (name, side) in [("A", a), ("B", b)] {
        if side.grid.own_s != side.grid.bucket_s {
            let (own, common) = (span(side.grid.own_s), span(side.grid.bucket_s));
            out.push(format!("{name} was measured in buckets of {own}; its counts were added up to {common}."));
        }
    }
    out.push(peak(&c.overall));
    out.extend(duration(&c.overall.a, &c.overall.b, a.is_hurt() && b.is_hurt()));
    out.push(volume(&c.overall.a, &c.overall.b));
    out.push(services(c));
    out.extend(milestone(c, MilestoneKind::Detected, "Detected"));
    out.extend(milestone(c, MilestoneKind::RecoveryStarted, "Recovery began"));
    out.push(likeness(c));
    out
}

fn peak(overall: &ServiceComparison) -> String {
    let (Some(a), Some(b)) = (overall.a.peak, overall.b.peak) else {
        return "The peaks over all services cannot be compared: a side has no error ratio.".to_string();
    };
    let says = match overall.verdict.as_str() {
        "bigger" => "A was worse, and the intervals do not overlap",
        "smaller" => "B was worse, and the intervals do not overlap",
        _ => "the intervals overlap, so neither can be called worse",
    };
    format!("Peak error ratio over all services: A {}, B {}; {says}.", ratio(a), ratio(b))
}

fn duration(a: &IncidentSummary, b: &IncidentSummary, hurt: bool) -> Option<String> {
    let text =
        |s: &IncidentSummary| s.duration_s.map_or_else(|| "not over by the end of the evidence".to_string(), span);
    let says = match (a.duration_s, b.duration_s) {
        (Some(a), Some(b)) if a == b => "; equally long".to_string(),
        (Some(a), Some(b)) if a > b => format!("; A lasted {} longer", span(a - b)),
        (Some(a), Some(b)) => format!("; B lasted {} longer", span(b - a)),
        _ => String::new(),
    };
    hurt.then(|| format!("From the first onset to the last recovery: A {}, B {}{says}.", text(a), text(b)))
}

fn volume(a: &IncidentSummary, b: &IncidentSummary) -> String {
    let figure = |value: Option<f64>| value.map_or_else(|| "not measured".to_string(), number);
    format!(
        "Error-minutes over all services: A {}, B {}. Failed requests: A {}, B {}.",
        figure(a.error_minutes),
        figure(b.error_minutes),
        figure(a.failed),
        figure(b.failed)
    )
}

/// Who was hurt where; what was fine on the other side is told from what was never looked at there.
fn services(c: &Comparison) -> String {
    let list = |keep: &dyn Fn(&ServiceComparison) -> bool| {
        let names: Vec<String> = c.services.iter().filter(|s| keep(s)).map(|s| short(&s.service)).collect();
        let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
        match names.len() {
            0 => None,
            count => {
                Some(format!("{count} ({}{more})", names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ")))
            }
        }
    };
    let (yes, no) = (Some(true), Some(false));
    let both = list(&|s| s.a.hurt == yes && s.b.hurt == yes).unwrap_or_else(|| "none".to_string());
    let only = |name: &str, other: &str, fine: Option<String>, unmeasured: Option<String>, absent: Option<String>| {
        let parts: Vec<String> = [
            fine.map(|list| format!("{list} measured and fine in {other}")),
            unmeasured.map(|list| format!("{list} not measured in {other}")),
            absent.map(|list| format!("{list} not in {other}'s evidence")),
        ]
        .into_iter()
        .flatten()
        .collect();
        format!("only in {name}: {}", if parts.is_empty() { "none".to_string() } else { parts.join(", ") })
    };
    let here = |s: &ServiceComparison| s.presence == ServicePresence::Both;
    let in_a = only(
        "A",
        "B",
        list(&|s| s.a.hurt == yes && s.b.hurt == no),
        list(&|s| s.a.hurt == yes && s.b.hurt.is_none() && here(s)),
        list(&|s| s.a.hurt == yes && s.presence == ServicePresence::OnlyA),
    );
    let in_b = only(
        "B",
        "A",
        list(&|s| s.b.hurt == yes && s.a.hurt == no),
        list(&|s| s.b.hurt == yes && s.a.hurt.is_none() && here(s)),
        list(&|s| s.b.hurt == yes && s.presence == ServicePresence::OnlyB),
    );
    format!("Services hurt in both: {both}; {in_a}; {in_b}.")
}

fn milestone(c: &Comparison, kind: MilestoneKind, word: &str) -> Option<String> {
    let pair = c.milestones.iter().find(|m| m.kind == kind)?;
    let (a, b) = pair.a_s.zip(pair.b_s)?;
    // An onset is known to a bucket and a page often to a minute: seconds would be invented.
    let says = match a - b {
        d if d.abs() < 60 => "no more than a minute apart".to_string(),
        d if d < 0 => format!("A {} sooner", minutes(-d)),
        d => format!("B {} sooner", minutes(d)),
    };
    Some(format!("{word} after the first onset: A {}, B {}; {says}.", minutes(a), minutes(b)))
}

/// To the whole minute; `within a minute` for less than one.
fn minutes(seconds: i64) -> String {
    if seconds.abs() < 60 { "within a minute".to_string() } else { span((seconds + seconds.signum() * 30) / 60 * 60) }
}

fn likeness(c: &Comparison) -> String {
    let text = |v: Option<f64>| v.map_or_else(|| "unknown".to_string(), |v| format!("{v:.2}"));
    let s = c.similarity;
    let says = match (s.shape, s.services) {
        (Some(shape), Some(services)) if shape >= 0.8 && services >= 0.8 => {
            ": the same services failed along a similar curve"
        }
        (Some(_), Some(services)) if services >= 0.8 => ": the same services failed along another curve",
        (Some(shape), Some(services)) if shape >= 0.8 && services < 0.5 => {
            ": a similar curve, but other services, so the curve alone says little"
        }
        (Some(_), Some(services)) if services < 0.5 => ": largely other services",
        _ => "",
    };
    format!(
        "Likeness from 0 to 1: shape {}, size {}, services {}{says}.",
        text(s.shape),
        text(s.size),
        text(s.services)
    )
}

/// `90.2 % (89.9 to 90.5 %)`.
fn ratio(r: Ratio) -> String {
    format!("{:.1} % ({:.1} to {:.1} %)", r.value * 100.0, r.low * 100.0, r.high * 100.0)
}

/// A name or title on one line, at most 80 characters.
fn short(text: &str) -> String {
    let mut out: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    if text.chars().nth(80).is_some() {
        out.push('…');
    }
    out
}

/// A number with thousands separated by thin spaces, one digit below ten.
fn number(value: f64) -> String {
    if value.abs() < 10.0 && value.fract() != 0.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (n, c) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n) % 3 == 0 {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    if value < 0.0 { format!("−{out}") } else { out }
}

/// `45 s`, `12 min`, `2 h 36 min`; with a minus sign for what came before T+0.
fn span(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "" };
    let s = seconds.unsigned_abs();
    let text = match (s / 3_600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    };
    format!("{sign}{text}")
}
