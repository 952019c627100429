//! Which component failed first or made the others fail: candidates, ranked, each with its reasons.
//!
//! Where requests were counted one by one, a suspect is hurt and needs nothing that was hurt, and ranks by
//! the failures that it and what needs it had. Who surely began after another suspect comes behind those that
//! nothing precedes, however many its failures. Where only metrics speak, a suspect is a component whose excess
//! (failed requests, or time that requests took) is more than that of what it calls: a caller inherits the
//! excess of its callees and has none of its own. That own excess, times how far the metric left its usual
//! range, is the score.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, Hurt};
use super::text::{clock_s, count, figure, length, percent};
use super::words::{FAILING_WORDS, SLOW_WORDS};
use crate::model::{Citation, Deviation, Finding, FindingKind, SignalKind, Statement, Suspect, TimelineEntry};

/// Suspects named, best first.
const MOST: usize = 10;
/// Suspects that become findings.
const TOLD: usize = 3;
/// Beyond so many spreads a metric is as far out of its range as can be: more says nothing.
const FAR_OUT: f64 = 10.0;
/// Suspects that explain less than this share of what the best explains are none.
const LEAST: f64 = 0.05;

/// A suspect being made.
struct Ranked<'a> {
    service: &'a str,
    score: f64,
    onset_s: i64,
    /// The share of all excess failures it can explain, where failures were counted.
    share: Option<f64>,
    /// What it is a share of.
    unit: &'static str,
    reasons: Vec<String>,
    evidence: Vec<Citation>,
}

/// What the hurt are weighed by: failures where all of them were counted, else failing time, since a share that
/// was only stated says how bad it was and not how many.
enum Weigh {
    Failures,
    Time,
}

impl Weigh {
    fn of(context: &Context<'_>) -> Weigh {
        let stated = |h: &&Hurt<'_>| h.lead().is_some_and(|l| l.signal == "error_ratio" && l.failed <= 0.0);
        let uncounted = context.hurt.iter().filter(stated).count();
        if uncounted > 0 && uncounted < context.hurt.len() { Weigh::Time } else { Weigh::Failures }
    }

    fn of_one(&self, hurt: &Hurt<'_>) -> f64 {
        match self {
            Weigh::Failures => hurt.excess(),
            Weigh::Time => hurt.failing_s(),
        }
    }

    fn unit(&self) -> &'static str {
        match self {
            Weigh::Failures => "excess failures",
            Weigh::Time => "failing time",
        }
    }
}

/// Every suspect, best first.
pub(super) fn of(context: &Context<'_>) -> Vec<Suspect> {
    let mut ranked = if is_of_records(context) { by_failures(context) } else { by_deviation(context) };
    if ranked.is_empty() {
        ranked = by_failures(context);
    }
    ranked.truncate(MOST);
    ranked.into_iter().filter_map(suspect).collect()
}

/// The best suspects as findings.
pub(super) fn told(context: &Context<'_>, suspects: &[Suspect]) -> Vec<Finding> {
    let unit = Weigh::of(context).unit();
    let formula = format!("{unit} of it and its dependents / {unit} of all");
    let tell = |s: &Suspect| Finding {
        kind: FindingKind::Suspect,
        services: vec![s.service.clone()],
        statement: s.statement.clone(),
        figure: s.explains.and_then(|share| figure(share, "ratio", formula.as_str())),
        refuted_by: s.refuted_by.clone(),
    };
    suspects.iter().take(TOLD).map(tell).collect()
}

fn suspect(ranked: Ranked<'_>) -> Option<Suspect> {
    let reasons = ranked.reasons.join("; ");
    let text = match ranked.share {
        Some(share) => {
            format!("Candidate: {} can explain {} of the {} ({reasons}).", ranked.service, percent(share), ranked.unit)
        }
        None => format!("Candidate: {} ({reasons}).", ranked.service),
    };
    Some(Suspect {
        service: ranked.service.to_string(),
        score: ranked.score,
        explains: ranked.share,
        statement: Statement::new(text, ranked.evidence).ok()?,
        reasons: ranked.reasons,
        refuted_by: "an earlier onset elsewhere, or a dependency that is not known here".to_string(),
    })
}

/// Whether failures were counted record by record, of some of the hurt services at least: metrics alone would
/// say nothing of those.
fn is_of_records(context: &Context<'_>) -> bool {
    let recorded: BTreeSet<&str> =
        context.evidence.tracks.iter().map(|t| context.evidence.names.of(&t.key.service)).collect();
    context.hurt.iter().any(|h| h.excess() > 0.0 && recorded.contains(h.name()))
}

/// Services ranked by how much of the failures they can explain: hurt, and needing nothing hurt.
fn by_failures<'a>(context: &'a Context<'_>) -> Vec<Ranked<'a>> {
    let weigh = Weigh::of(context);
    let total: f64 = context.hurt.iter().map(|h| weigh.of_one(h)).sum();
    let first = context.rates.incident.map_or(0, |(o, _)| o.best_s);
    let mut ranked: Vec<Ranked<'_>> = Vec::new();
    let mut needed_by: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for hurt in &context.hurt {
        for needed in context.graph.reach(hurt.name(), None) {
            let (count, excess) = needed_by.entry(needed).or_default();
            *count += 1;
            *excess += weigh.of_one(hurt);
        }
    }
    for hurt in &context.hurt {
        let Some(lead) = hurt.lead() else { continue };
        if context.graph.reach(hurt.name(), None).iter().any(|n| context.is_hurt(n)) {
            continue;
        }
        let (dependents, excess) = needed_by.get(hurt.name()).copied().unwrap_or_default();
        let share = if total > 0.0 { (weigh.of_one(hurt) + excess) / total } else { 0.0 };
        let after = lead.onset.best_s - first;
        let order = if after < 0 { "before our first" } else { "after the first" };
        let mut reasons = vec![format!("began {} {order}", length(after.abs()))];
        if !context.graph.is_empty() {
            reasons.push(format!("needs nothing that was hurt, needed by {dependents} hurt services"));
        }
        reasons.extend(hurt.peak().map(|p| format!("peak {}", percent(p))));
        ranked.push(Ranked {
            service: hurt.name(),
            score: share,
            onset_s: lead.onset.best_s,
            share: (total > 0.0).then_some(share),
            unit: weigh.unit(),
            reasons,
            evidence: lead.evidence.clone(),
        });
    }
    let shares: Vec<(&str, f64)> = ranked.iter().map(|r| (r.service, r.score)).collect();
    let later = begun_later(context, &shares);
    for suspect in &mut ranked {
        // Behind all that nothing precedes, in the same order among themselves.
        if let Some(first) = later.get(suspect.service) {
            suspect.score -= 1.0;
            suspect.reasons.push(format!("{first} had surely begun before it"));
        }
    }
    // Without counts every share is zero and the earlier onset speaks.
    sort(&mut ranked);
    // What explains next to nothing is no suspect; with no counts at all, order alone speaks.
    let best = ranked.iter().filter_map(|r| r.share).fold(0.0, f64::max);
    ranked.retain(|r| r.share.unwrap_or(0.0) >= LEAST * best);
    if total <= 0.0 {
        ranked.truncate(1);
    }
    ranked
}

/// Services that began to hurt when another that counts (by `weights`) surely had already, with the first of
/// those; clocks are given what they may be off.
fn begun_later<'a>(context: &'a Context<'_>, weights: &[(&'a str, f64)]) -> BTreeMap<&'a str, &'a str> {
    let most = weights.iter().map(|w| w.1).fold(0.0, f64::max);
    let onset = |service: &str| {
        let lead = context.hurt.iter().find(|h| h.name() == service)?.lead()?;
        let skew = lead.evidence.first().map_or(0, |c| context.skew_s(c.source));
        Some((lead.onset.from_s - skew, lead.onset.to_s + skew))
    };
    let known = weights.iter().filter_map(|(service, weight)| Some((*service, *weight, onset(service)?)));
    let known: Vec<(&str, f64, (i64, i64))> = known.collect();
    let counts = known.iter().filter(|k| k.1 >= LEAST * most);
    let Some((first, _, (_, earliest))) = counts.min_by_key(|k| (k.2.1, k.0)) else { return BTreeMap::new() };
    known.iter().filter(|k| k.2.0 > *earliest).map(|k| (k.0, *first)).collect()
}

fn sort(ranked: &mut [Ranked<'_>]) {
    ranked
        .sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (a.onset_s, a.service).cmp(&(b.onset_s, b.service))));
}

/// Services ranked by how far their metrics left their range, and how much of it is their own.
fn by_deviation<'a>(context: &'a Context<'_>) -> Vec<Ranked<'a>> {
    let kind = symptom(context);
    let mut lead: BTreeMap<&str, &Deviation> = BTreeMap::new();
    for deviation in context.rates.deviations.iter().filter(|d| kind.is_none_or(|kind| d.kind == kind)) {
        let known = lead.entry(&deviation.service).or_insert(deviation);
        let weight = |d: &Deviation| d.strength.min(FAR_OUT) * d.excess;
        if kind.is_some() && weight(deviation) > weight(known) {
            *known = deviation;
        }
    }
    let excess = |service: &str| lead.get(service).map_or(0.0, |d| d.excess);
    let called: BTreeSet<&str> = called_by_alerted(context);
    let mut ranked: Vec<Ranked<'_>> = Vec::new();
    for (service, deviation) in &lead {
        let callees: Vec<&str> = context.graph.needs(service).filter(|c| lead.contains_key(c)).collect();
        let inherited: f64 = callees.iter().map(|c| excess(c)).sum();
        let own = (deviation.excess - inherited).max(0.0);
        let far = deviation.strength.min(FAR_OUT);
        // Failures that were counted are not handed on one for one: who needs what failed comes behind it.
        let counted = kind == Some(SignalKind::Errors) && !deviation.share;
        let victim = counted && context.graph.needs(service).any(|c| lead.contains_key(c) || context.is_hurt(c));
        let near = called.is_empty() || called.contains(service);
        // Who only passes on what others did comes behind those who did it, and who is not below the alert last.
        let score = match kind {
            None => deviation.strength,
            Some(_) if !near => -2.0 - 1.0 / (1.0 + deviation.excess * far),
            Some(_) if own <= 0.0 || victim => -1.0 / (1.0 + deviation.excess * far),
            Some(_) => own * far,
        };
        let mut reasons = vec![said(deviation)];
        if kind.is_some() && !callees.is_empty() {
            let share = inherited / deviation.excess.max(f64::MIN_POSITIVE);
            reasons.push(format!("what it calls accounts for {} of its excess", percent(share.min(1.0))));
        }
        if deviation.out_before {
            reasons.push("it was out of its range before the incident already".to_string());
        }
        ranked.push(Ranked {
            service,
            score,
            onset_s: deviation.onset_s,
            share: None,
            unit: "",
            reasons,
            evidence: deviation.evidence.clone(),
        });
    }
    if kind == Some(SignalKind::Errors) {
        // Shares of coarse metrics say too little of when they began.
        let counted = ranked.iter().filter(|r| lead.get(r.service).is_some_and(|d| !d.share));
        let weights: Vec<(&str, f64)> = counted.map(|r| (r.service, r.score)).collect();
        let later = begun_later(context, &weights);
        for suspect in ranked.iter_mut().filter(|r| r.score > 0.0) {
            if let Some(first) = later.get(suspect.service) {
                suspect.score = -1.0 / (1.0 + suspect.score);
                suspect.reasons.push(format!("{first} had surely begun before it"));
            }
        }
    }
    sort(&mut ranked);
    ranked
}

/// What a deviation is, in words.
fn said(deviation: &Deviation) -> String {
    let Deviation { metric, usual, worst, strength, .. } = deviation;
    let value = |v: f64| match (deviation.share, deviation.kind) {
        (true, _) => percent(v),
        (false, SignalKind::Errors) => format!("{} a second", number(v)),
        _ => number(v),
    };
    let beyond = if *strength >= 1_000.0 { "over 1 000".to_string() } else { format!("{strength:.1}") };
    let beside =
        if deviation.counted { format!(", {} beyond usual in all", count(deviation.excess)) } else { String::new() };
    format!(
        "{metric} went from {} to {}, {beyond} times its usual range, from {} on{beside}",
        value(*usual),
        value(*worst),
        clock_s(deviation.onset_s),
    )
}

/// A number with three digits that matter.
fn number(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (2 - value.abs().log10().floor() as i32).clamp(0, 6) };
    let text = format!("{value:.*}", usize::try_from(digits).unwrap_or(0));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// The first call for attention.
fn first_alert<'a>(context: &'a Context<'_>) -> Option<&'a TimelineEntry> {
    context.timeline.entries.iter().find(|e| e.kind.is_alert())
}

/// What kind of signal the incident shows in: that of the metric the first alert names, or what its words
/// speak of, where the metrics bear it out; else failures before latency. `None` when any metric may be the one.
fn symptom(context: &Context<'_>) -> Option<SignalKind> {
    let strong = |kind: SignalKind| context.rates.deviations.iter().any(|d| d.kind == kind && d.strength > 1.0);
    let alert = first_alert(context)?;
    let text = format!("{} {}", alert.title, alert.text).to_lowercase();
    let places = context.rates.deviations.iter().filter_map(|d| Some((text.find(&d.metric.to_lowercase())?, d.kind)));
    if let Some((_, kind)) = places.min() {
        return Some(kind).filter(|kind| matches!(kind, SignalKind::Errors | SignalKind::Latency));
    }
    let names = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let told = match (names(FAILING_WORDS), names(SLOW_WORDS)) {
        (true, false) => Some(SignalKind::Errors),
        (false, true) => Some(SignalKind::Latency),
        _ => None,
    };
    let likely = [SignalKind::Errors, SignalKind::Latency];
    told.filter(|kind| strong(*kind)).or_else(|| likely.into_iter().find(|kind| strong(*kind)))
}

/// The services that the first alert names, with everything they need; empty without a graph.
fn called_by_alerted<'a>(context: &'a Context<'_>) -> BTreeSet<&'a str> {
    let mut out = BTreeSet::new();
    let alert = first_alert(context);
    for service in alert.into_iter().flat_map(|a| &a.services) {
        let below = context.graph.reach(service, None);
        if !below.is_empty() {
            out.insert(service.as_str());
            out.extend(below);
        }
    }
    out
}
