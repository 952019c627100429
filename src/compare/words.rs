//! The comparison in plain words, every sentence with its figures.

use crate::model::{
    Comparison, IncidentSummary, MilestoneKind, OperationFigures, OrderStep, OverlayPoint, Phase, Ratio,
    ServiceComparison, ServicePresence, order_in_words,
};

use super::Side;

/// Services named in one sentence.
const NAMED: usize = 8;
/// Services whose operations are told.
const APART: usize = 3;

/// Milestones with a sentence of their own.
const TOLD: [(MilestoneKind, &str); 4] = [
    (MilestoneKind::Detected, "Detected"),
    (MilestoneKind::CauseIdentified, "Cause named"),
    (MilestoneKind::PublicNotice, "First public notice"),
    (MilestoneKind::RecoveryStarted, "Recovery began"),
];

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
    out.push(peak(c));
    out.extend(duration(&c.overall.a, &c.overall.b, a.is_hurt() && b.is_hurt()));
    out.extend(rise(c));
    out.push(volume(&c.overall.a, &c.overall.b));
    out.push(services(c));
    out.extend(operations(c));
    out.extend(spread(c));
    out.extend(lead(c));
    for (kind, word) in TOLD {
        out.extend(milestone(c, kind, word));
    }
    out.push(likeness(c));
    out
}

fn peak(c: &Comparison) -> String {
    let overall = &c.overall;
    let (Some(a), Some(b)) = (overall.a.peak, overall.b.peak) else {
        return "The peaks over all services cannot be compared: a side has no error ratio.".to_string();
    };
    let says = match overall.verdict.as_str() {
        "bigger" => "a larger share failed in A, and the intervals do not overlap",
        "smaller" => "a larger share failed in B, and the intervals do not overlap",
        _ => "the intervals overlap, so neither can be called larger",
    };
    let counted = |side: fn(&ServiceComparison) -> &IncidentSummary| {
        let count = c.services.iter().filter(|s| side(s).peak.is_some()).count();
        format!("{count} service{}", if count == 1 { "" } else { "s" })
    };
    // A share of all requests depends on which services were counted at all.
    let (of_a, of_b) = (counted(|s| &s.a), counted(|s| &s.b));
    format!("Peak error ratio of all requests: A {} over {of_a}, B {} over {of_b}; {says}.", ratio(a), ratio(b))
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

/// How soon nine tenths of the peak were reached: a step, or a ramp.
fn rise(c: &Comparison) -> Option<String> {
    let bucket_s = i64::from(c.bucket_s.max(1));
    let side = |figures: &IncidentSummary, of: fn(&OverlayPoint) -> Option<Ratio>| {
        let peak = figures.peak.filter(|_| figures.hurt == Some(true))?;
        let high = |p: &&OverlayPoint| of(p).is_some_and(|r| r.value >= 0.9 * peak.value);
        let at = c.overall.overlay.iter().filter(|p| p.t_s >= 0).find(high)?.t_s;
        let sort = if at <= 2 * bucket_s { "a step" } else { "a ramp" };
        Some(format!("{} ({sort})", if at == 0 { format!("within {}", span(bucket_s)) } else { span(at) }))
    };
    // After another T+0 than the onset it would tell of the alignment.
    let onset = c.aligned_on.iter().all(|on| on == "onset");
    let (a, b) = side(&c.overall.a, |p| p.a).zip(side(&c.overall.b, |p| p.b)).filter(|_| onset)?;
    Some(format!("Nine tenths of the peak were reached after the first onset: A {a}, B {b}."))
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
        let names: Vec<String> = c.services.iter().filter(|s| keep(s)).map(both_names).collect();
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

/// Which operations failed while others of the same service went on.
fn operations(c: &Comparison) -> Option<String> {
    let of = |side: fn(&ServiceComparison) -> &IncidentSummary, name: fn(&ServiceComparison) -> String| {
        let mut apart: Vec<&ServiceComparison> = c.services.iter().filter(|s| side(s).operations_apart()).collect();
        let failed = |s: &ServiceComparison| side(s).failed.unwrap_or(0.0);
        apart.sort_by(|x, y| failed(y).total_cmp(&failed(x)).then_with(|| x.service.cmp(&y.service)));
        let list: Vec<String> = apart.iter().take(APART).map(|s| fared(&name(s), side(s))).collect();
        let more = apart.len().saturating_sub(APART);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        if list.is_empty() { "none told apart".to_string() } else { format!("{}{more}", list.join("; ")) }
    };
    let in_b = |s: &ServiceComparison| short(s.other_name.as_ref().unwrap_or(&s.service));
    let any = c.services.iter().any(|s| s.a.operations_apart() || s.b.operations_apart());
    any.then(|| {
        let (a, b) = (of(|s| &s.a, |s| short(&s.service)), of(|s| &s.b, in_b));
        format!("Operations of one service that fared apart, by peak: in A {a}. In B {b}.")
    })
}

/// `R2: PUT /object 100 %, GET /object 35 %`: the worst of them and the best.
fn fared(name: &str, side: &IncidentSummary) -> String {
    let one = |o: &OperationFigures| format!("{} {:.0} %", short(&o.operation), o.ratio.value * 100.0);
    let ends: Vec<String> = [side.operations.first(), side.operations.last()].into_iter().flatten().map(one).collect();
    format!("{name}: {}", ends.join(", "))
}

/// `Provider store (in B storage backend, by role)` where the two are called differently.
fn both_names(s: &ServiceComparison) -> String {
    match (&s.other_name, &s.matched_by) {
        (Some(other), Some(how)) => {
            let how = if how == "alias" { "alias" } else { "role" };
            format!("{} (in B {}, by {how})", short(&s.service), short(other))
        }
        _ => short(&s.service),
    }
}

/// Who failed first, how soon the next did, how many in what time; whether the order is the same.
fn spread(c: &Comparison) -> Option<String> {
    let [a, b] = &c.cascades;
    if a.is_empty() && b.is_empty() {
        return None;
    }
    let hurt_in_both = c.services.iter().filter(|s| s.a.hurt == Some(true) && s.b.hurt == Some(true)).count();
    let order = match c.order_agreement {
        Some(tau) => {
            let says = order_in_words(tau);
            format!(" Of the services hurt in both, where the order is known in both: {says} ({}).", signed(tau))
        }
        None if hurt_in_both > 1 => {
            format!(" The order of the {hurt_in_both} hurt in both cannot be told apart: their onsets overlap.")
        }
        None => String::new(),
    };
    Some(format!("How it spread: in A {}; in B {}.{order}", steps(a), steps(b)))
}

/// `7 failed within 1 min: first kv, web 30 s after it`.
fn steps(all: &[OrderStep]) -> String {
    let Some(least) = all.iter().map(|s| s.rank).min() else { return "no order is known".to_string() };
    let (first, later): (Vec<&OrderStep>, Vec<&OrderStep>) = all.iter().partition(|s| s.rank == least);
    let begins = |steps: &[&OrderStep]| steps.iter().map(|s| s.after_s).min();
    let zero = begins(&first).unwrap_or_default();
    let names: Vec<String> = first.iter().take(3).map(|s| short(&s.service)).collect();
    let opening = match first.len() {
        1 => format!("first {}", names.join(", ")),
        n if n > names.len() => {
            format!("first {n} that cannot be put in order ({} and {} more)", names.join(", "), n - names.len())
        }
        n => format!("first {n} that cannot be put in order ({})", names.join(", ")),
    };
    let next = later.iter().filter(|s| Some(s.after_s) == begins(&later)).map(|s| short(&s.service)).next();
    let lag = begins(&later).map_or(0, |at| (at - zero).max(0));
    let next = next.map_or_else(String::new, |name| match lag {
        0 => format!(", {name} right after"),
        lag => format!(", {name} {} after", coarse(lag)),
    });
    let last = all.iter().map(|s| s.after_s).max().map_or(0, |at| (at - zero).max(0));
    match all.len() {
        1 => format!("{} alone failed", names.join(", ")),
        n => format!("{n} failed within {}: {opening}{next}", coarse(last.max(1))),
    }
}

/// Time from what may have set it off to the onset.
fn lead(c: &Comparison) -> Option<String> {
    let pair = c.phases.iter().find(|p| p.phase == Phase::TriggerToOnset)?;
    let (a, b) = pair.a_s.zip(pair.b_s)?;
    Some(format!("From the first trigger candidate to the onset: A {}, B {}.", minutes(a), minutes(b)))
}

/// Seconds below a minute, minutes above.
fn coarse(seconds: i64) -> String {
    if seconds < 60 { span(seconds) } else { span((seconds + 30) / 60 * 60) }
}

/// `+0.33`, `−1`.
fn signed(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match value {
        v if v > 0.0 => format!("+{text}"),
        v if v < 0.0 => format!("−{text}"),
        _ => "0".to_string(),
    }
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
    let from = if c.aligned_on.iter().all(|on| on == "onset") { "the first onset" } else { "T+0 of each" };
    Some(format!("{word} after {from}: A {}, B {}; {says}.", minutes(a), minutes(b)))
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
        "Likeness from 0 (nothing alike) to 1 (the same): shape {}, size {}, services hurt {}, what moved which way {}{says}.",
        text(s.shape),
        text(s.size),
        text(s.services),
        text(s.fingerprint)
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

/// `45 s`, `12 min`, `2 h 36 min`, to the minute from an hour on; with a minus sign for what came before T+0.
fn span(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "" };
    let s = seconds.unsigned_abs();
    let s = if s < 3_600 { s } else { (s + 30) / 60 * 60 };
    let text = match (s / 3_600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    };
    format!("{sign}{text}")
}
