//! Rates: per service, requests, errors, duration; gaps kept; impact windows.

mod change;
mod curve;
mod deviation;
mod frame;
mod histogram;
mod impact;
mod incident;
mod latency;
mod metrics;
mod naming;
mod onset;
mod period;
mod periods;
mod segments;
mod series;
mod share;
mod signals;
mod table;
#[cfg(test)]
mod tests;
mod traffic;
mod views;
mod windows;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::model::{
    ErrorPolicy, Evidence, ImpactWindow, MetricRules, Rates, Series, ServiceRates, SourceId, Viewpoint,
};
use period::Measured;
pub use series::changes;
pub use table::table;

/// What a caller may fix.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bucket width in seconds; `None` chooses.
    pub bucket_s: Option<u32>,
    /// What counts as an error.
    pub policy: ErrorPolicy,
    /// What metrics with private names are.
    pub metrics: MetricRules,
}

/// Measures every service of `evidence`: its curve at one bucket width, where it was hurt, and
/// how its operations and its latency fared. Services that nothing was counted of are absent.
/// Periods days apart are measured each by itself; the one with the heaviest impact is the incident's.
pub fn measure(evidence: &Evidence, options: &Options) -> Rates {
    let periods = periods::of(&periods::hours(evidence));
    let of = |period: &(i64, i64), options: &Options| period::measure(&periods::slice(evidence, *period), options);
    let mut parts: Vec<Measured> = periods.iter().map(|p| of(p, options).unwrap_or_default()).collect();
    let Some(main) = (0..parts.len()).rev().max_by(|a, b| parts[*a].weight.total_cmp(&parts[*b].weight)) else {
        return Rates { policy: options.policy.clone(), ..Rates::default() };
    };
    let bucket = parts[main].bucket;
    let shared = Options { bucket_s: u32::try_from(bucket).ok(), ..options.clone() };
    for (part, period) in parts.iter_mut().zip(&periods).filter(|(part, _)| part.bucket != bucket) {
        *part = of(period, &shared).unwrap_or_default();
    }
    let incident = parts[main].incident;
    let mut rates = Rates {
        bucket_s: u32::try_from(bucket).unwrap_or(u32::MAX),
        policy: options.policy.clone(),
        covers_s: views::span_of_all(evidence),
        incident,
        periods,
        services: join(parts, main),
        deviations: Vec::new(),
    };
    part_by_incident(&mut rates);
    rates.deviations = deviation::of(evidence, &rates, &options.metrics);
    rates
}

/// The canonical service that a metric series is of; `None` where it has none.
pub fn owner(evidence: &Evidence, rules: &MetricRules, source: SourceId, series: &Series) -> Option<String> {
    metrics::service_by(evidence, rules, source, series)
}

/// Services of all periods by name; figures of one moment are those of the `main` period where it
/// knows the service.
fn join(mut parts: Vec<Measured>, main: usize) -> Vec<ServiceRates> {
    let first = if main < parts.len() { parts.remove(main) } else { Measured::default() };
    let mut services: BTreeMap<String, ServiceRates> =
        first.services.into_iter().map(|s| (s.service.clone(), s)).collect();
    for more in parts.into_iter().flat_map(|p| p.services) {
        match services.entry(more.service.clone()) {
            Entry::Vacant(slot) => drop(slot.insert(more)),
            Entry::Occupied(mut slot) => absorb(slot.get_mut(), more),
        }
    }
    services.into_values().collect()
}

/// Adds what another period saw of the same service.
fn absorb(service: &mut ServiceRates, more: ServiceRates) {
    service.buckets.extend(more.buckets);
    service.buckets.sort_by_key(|b| b.start_s);
    service.impact.extend(more.impact);
    service.impact.sort_by_key(|w| w.onset.best_s);
    for seen in more.viewpoints {
        match service.viewpoints.iter_mut().find(|v| v.format == seen.format) {
            Some(same) => {
                same.requests += seen.requests;
                let new: Vec<_> = seen.sources.into_iter().filter(|s| !same.sources.contains(s)).collect();
                same.sources.extend(new);
            }
            None => service.viewpoints.push(Viewpoint { primary: false, ..seen }),
        }
    }
}

/// Puts windows that do not belong to the incident aside: the one place where that is decided.
fn part_by_incident(rates: &mut Rates) {
    let bounds = rates.bounds_s();
    let belongs = |w: &ImpactWindow| {
        bounds.is_some_and(|(from, to)| w.onset.best_s <= to && w.recovery.map_or(i64::MAX, |r| r.best_s) >= from)
    };
    let period = rates.period();
    // A window that is open at the end of another period ended with that period's evidence.
    let same_period = |w: &ImpactWindow| period.is_none_or(|(from, to)| (from..=to).contains(&w.onset.best_s));
    for service in &mut rates.services {
        let all = std::mem::take(&mut service.impact);
        (service.impact, service.elsewhere) = all.into_iter().partition(|w| belongs(w) && same_period(w));
        for operation in &mut service.operations {
            operation.impact.retain(|w| belongs(w) && same_period(w));
        }
    }
}
