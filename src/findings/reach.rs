//! How far the failure reached, what everything hurt leads to, and what stayed whole.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{Context, finding};
use super::text::{count, figure, list, percent};
use super::words::CONTROL_PLANE;
use crate::model::{Citation, Finding, FindingKind, Plane, Ratio, ServiceRates};

/// Requests inside the incident that make "not hurt" worth saying.
const WATCHED: f64 = 100.0;

/// Services that were watched during the incident and not hurt, by name, with their requests
/// inside it. A rise too small for an impact window still keeps a service off this list.
pub(super) fn unaffected<'a>(context: &Context<'a>) -> Vec<(&'a ServiceRates, f64)> {
    let Some((from, to)) = context.bounds() else { return Vec::new() };
    let inside = |s: &ServiceRates| -> (f64, f64) {
        let buckets = s.buckets.iter().filter(|b| b.start_s >= from && b.start_s < to);
        buckets.fold((0.0, 0.0), |(r, f), b| (r + b.requests.unwrap_or(0.0), f + b.failed.unwrap_or(0.0)))
    };
    let usual = |s: &ServiceRates, requests: f64, failed: f64| {
        let base = s.baseline.map_or(0.0, |b| b.high);
        Ratio::of(failed, requests).is_some_and(|r| r.low <= base + 0.002)
    };
    let others = context.rates.services.iter().filter(|s| !context.is_hurt(&s.service) && s.has_denominator());
    let others = others.filter(|s| !context.is_external(&s.service) && s.throughout.is_none());
    let counted = others.map(|s| (s, inside(s)));
    counted.filter(|(s, (r, f))| *r >= WATCHED && usual(s, *r, *f)).map(|(s, (r, _))| (s, r)).collect()
}

/// Blast radius and the services that stayed whole.
pub(super) fn blast(context: &Context<'_>) -> Vec<Finding> {
    let whole = unaffected(context);
    let (hurt, watched) = (context.own().count(), context.own().count() + whole.len());
    let mut out = Vec::new();
    if hurt == 0 {
        return out;
    }
    let names: Vec<&str> = context.own().map(|h| h.name()).collect();
    let share = hurt as f64 / watched as f64;
    let evidence: Vec<Citation> = context.own().filter_map(|h| h.evidence().into_iter().next()).collect();
    out.extend(finding(
        FindingKind::BlastRadius,
        &names,
        format!("{hurt} of {watched} watched services were hurt ({}): {}.", percent(share), list(&names, 12)),
        figure(share, "ratio", format!("{hurt} / {watched}")),
        "a hurt service that no source of this bundle watches, or a window that was noise",
        evidence.clone(),
    ));
    if whole.is_empty() {
        return out;
    }
    let names: Vec<&str> = whole.iter().map(|(s, _)| s.service.as_str()).collect();
    let total: f64 = whole.iter().map(|(_, n)| *n).sum();
    let cited = cite_services(context, &names);
    out.extend(finding(
        FindingKind::Unaffected,
        &names,
        format!("Not hurt while watched ({} requests inside the incident): {}.", count(total), list(&names, 12)),
        figure(names.len() as f64, "services", "watched services without an impact window"),
        "failures that these services answered with success, or that nobody logged",
        cited,
    ));
    out
}

/// A line of each service from inside the incident, else any line of it.
fn cite_services(context: &Context<'_>, names: &[&str]) -> Vec<Citation> {
    let from = context.bounds().map_or(0, |b| b.0).div_euclid(60);
    let mut first: BTreeMap<&str, Citation> = BTreeMap::new();
    for track in &context.evidence.tracks {
        let passed = &track.track.passed;
        let Some((_, line)) = passed.range(from..).next().or_else(|| passed.iter().next_back()) else { continue };
        let (cited, service) = (line.cite(track.source), context.evidence.names.of(&track.key.service));
        match first.get_mut(service) {
            Some(known) if (known.source, known.span) <= (cited.source, cited.span) => {}
            Some(known) => *known = cited,
            None => {
                first.insert(service, cited);
            }
        }
    }
    let mut cite = |name: &&str| {
        first.remove(*name).or_else(|| {
            let sources = &context.rates.service(name)?.viewpoints.first()?.sources;
            let of_source = || context.evidence.series.iter().filter(|(s, _)| sources.contains(s));
            let named = of_source().find(|(_, s)| s.labels.values().any(|v| context.evidence.names.of(v) == *name));
            let (source, series) = named.or_else(|| of_source().next())?;
            Some(series.first.cite(*source))
        })
    };
    names.iter().filter_map(&mut cite).collect()
}

/// One node of the graph and the hurt services that lead to it.
struct Root<'g> {
    node: &'g str,
    /// Hurt services that need it, itself not counted.
    dependents: BTreeSet<&'g str>,
}

/// The components through which most of what was hurt leads, deepest first.
pub(super) fn single_point(context: &Context<'_>) -> Option<Finding> {
    const MOST: f64 = 0.6;
    let hurt: BTreeSet<&str> = context.hurt.iter().map(|h| h.name()).collect();
    let whole: BTreeSet<&str> = unaffected(context).into_iter().map(|(s, _)| s.service.as_str()).collect();
    let mut roots: Vec<Root<'_>> = Vec::new();
    // What nobody measured is believed to matter only when it is external or under something hurt.
    let external = |n: &str| context.is_external(n);
    let mut under: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in &hurt {
        for node in context.graph.reach(service, None) {
            under.entry(node).or_default().insert(service);
        }
    }
    let eligible = |n: &&str| !whole.contains(*n) && (hurt.contains(*n) || external(n) || under.contains_key(*n));
    for node in context.graph.nodes().into_iter().filter(eligible) {
        let dependents = under.get(node).cloned().unwrap_or_default();
        let others = hurt.len() - usize::from(hurt.contains(node));
        if dependents.len() >= 2 && dependents.len() as f64 >= MOST * others as f64 {
            roots.push(Root { node, dependents });
        }
    }
    // Deepest first: what others of the chain need.
    roots.sort_by_key(|r| (context.graph.reach(r.node, None).len(), std::cmp::Reverse(r.dependents.len()), r.node));
    let deepest = roots.first()?.node;
    // A link of the chain stays when most paths to the deepest component run through it.
    roots.retain(|r| {
        let cut = r.dependents.iter().filter(|d| !context.graph.reach(d, Some(r.node)).contains(deepest)).count();
        r.node == deepest || cut as f64 >= MOST * r.dependents.len() as f64
    });
    let chain: Vec<&str> = roots.iter().map(|r| r.node).collect();
    let reached = roots.iter().map(|r| r.dependents.len()).max()?;
    let others = hurt.iter().filter(|h| **h != deepest).count();
    let share = reached as f64 / others.max(1) as f64;
    let note = |n: &str| {
        let external = context.evidence.names.info(n).is_some_and(|i| i.external);
        match (external, context.rates.service(n).is_some()) {
            (true, true) => format!("{n} (external)"),
            (true, false) => format!("{n} (external, not measured here)"),
            (false, true) => n.to_string(),
            (false, false) => format!("{n} (not measured here)"),
        }
    };
    let chain_text: Vec<String> = chain.iter().map(|n| note(n)).collect();
    let mut evidence: Vec<Citation> = chain.iter().flat_map(|n| context.graph.evidence_of(n)).take(8).collect();
    evidence.extend(context.hurt.iter().filter_map(|h| h.evidence().into_iter().next()));
    finding(
        FindingKind::SinglePointOfFailure,
        &chain,
        format!(
            "{reached} of {others} other hurt services lead to {}: candidate for a single point of failure.",
            chain_text.join(", then ")
        ),
        figure(share, "ratio", format!("{reached} / {others}")),
        "a hurt service that does not depend on it, or a dependency that is not in the configuration, the logs or the write-ups",
        evidence,
    )
}

/// Whether the tools people steer with were hurt together with what they steer.
pub(super) fn control_plane(context: &Context<'_>) -> Option<Finding> {
    let declared = |name: &str| context.evidence.names.info(name).and_then(|i| i.plane);
    let guessed = |name: &str| {
        let lower = name.to_lowercase();
        CONTROL_PLANE.iter().any(|w| lower == *w || (w.len() > 3 && lower.contains(w)))
    };
    let planes_known = context.evidence.names.catalog().services.values().any(|i| i.plane.is_some());
    let is_control = |name: &str| declared(name).map_or(!planes_known && guessed(name), |p| p == Plane::Control);
    let (control, data): (Vec<_>, Vec<_>) = context.hurt.iter().partition(|h| is_control(h.name()));
    if control.is_empty() || data.is_empty() {
        return None;
    }
    let names: Vec<&str> = control.iter().map(|h| h.name()).collect();
    let basis = if planes_known { "declared" } else { "taken from their names" };
    let evidence = control.iter().flat_map(|h| h.evidence().into_iter().take(2)).collect();
    finding(
        FindingKind::ControlPlane,
        &names,
        format!(
            "Control plane hurt together with the data plane: {} ({basis}), beside {} other services.",
            list(&names, 6),
            data.len()
        ),
        figure(names.len() as f64, "services", "hurt services of the control plane"),
        "people who could steer all the same, by another way in",
        evidence,
    )
}
