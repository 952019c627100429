//! The named fingerprint of an incident: which signals of which services moved, which way, and how far.
//!
//! Names carry what two incidents have in common: the same metric of the same service out of its range the same
//! way. How far is told in logarithms, because twice as bad is not twice as different.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{FindingKind, Incident, SignalKind};

use super::folded;

/// Service and signal without case and separators.
type Key = (String, String);

/// What moved.
pub(super) struct Fingerprint {
    /// Signed logarithm of the distance from the usual level, in spreads.
    moved: BTreeMap<Key, f64>,
    /// The same whatever the services are called: at the one that was moved most (true), and elsewhere.
    fault: BTreeMap<(bool, String), f64>,
    /// How service and signal are written.
    written: BTreeMap<Key, (String, String)>,
}

/// Weight of the fault whatever its service, the rest being what moved by name. This and the three constants below
/// were set on 200 made-up metric incidents (two draws of 50 whose kind is a service and its fault, and 50 whose kind
/// is the fault of any service): with them an incident of the former kind comes first as often as by names
/// alone, one of the latter in about half of the cases, where names alone find one in ten.
const FAULT: f64 = 0.4;
/// Names tell when nearly all of them agree: half a match by name is a neighbour that felt another fault.
const NAMED: i32 = 2;
/// Faults are alike in most incidents (what is slow fails): only near equality tells.
const SHARP: i32 = 16;
/// Weight of what moved elsewhere beside what moved where it began: that others were slow, too, says less.
const ELSEWHERE: f64 = 0.5;
/// Signals that come with any incident: where nothing else moved, the fault is not told.
const ANY: [&str; 3] = ["errors", "latency", "traffic"];
/// Reasons told.
const REASONS: usize = 3;

impl Fingerprint {
    /// Metrics out of their range, and error ratios, latency and traffic of the services that were hurt; keyed
    /// as `rename` calls the services.
    pub(super) fn of(incident: &Incident, rename: &BTreeMap<String, String>) -> Fingerprint {
        let mut made = Fingerprint { moved: BTreeMap::new(), fault: BTreeMap::new(), written: BTreeMap::new() };
        let mut felt: BTreeMap<Key, f64> = BTreeMap::new();
        for d in &incident.rates.deviations {
            let sign = if d.worst < d.usual { -1.0 } else { 1.0 };
            // A level that shifted tells the fault; a point that jumped is noise of any incident.
            let amount = d.shift.map_or(sign * d.strength.max(1.0).ln(), |shift| shift.signum() * shift.abs().ln_1p());
            // A metric that begins with its service's name is the same metric with or without it.
            let (service, metric) = (folded(&d.service), folded(&d.metric));
            let metric = metric.strip_prefix(&service).filter(|m| !m.is_empty()).unwrap_or(&metric).to_string();
            // How many spreads depends on how calm it was before: for the fault, far counts little more than clear.
            farther(&mut felt, (service.clone(), metric.clone()), amount.signum() * amount.abs().sqrt());
            made.add(service, metric, rename, amount, (&d.service, &d.metric));
        }
        for service in incident.rates.services.iter() {
            for window in &service.impact {
                // Shares in percent and one more, so that the least share that counts weighs something.
                let share = window.peak.as_ref().map(|p| (1.0 + 100.0 * p.ratio.value).ln());
                let size = share.unwrap_or(1.0);
                let signal = if window.signal == "error_ratio" { "errors" } else { window.signal.as_str() };
                farther(&mut felt, (folded(&service.service), folded(signal)), size);
                made.add(folded(&service.service), folded(signal), rename, size, (&service.service, signal));
            }
        }
        made.fault = fault(&felt);
        made
    }

    /// Takes in what `service`, called as `rename` says, felt.
    fn add(
        &mut self,
        service: String,
        signal: String,
        rename: &BTreeMap<String, String>,
        amount: f64,
        written: (&str, &str),
    ) {
        let service = rename.get(&service).cloned().unwrap_or(service);
        let key = (service, signal);
        farther(&mut self.moved, key.clone(), amount);
        self.written.entry(key).or_insert_with(|| (written.0.to_string(), written.1.to_string()));
    }

    /// How alike the fault is whatever its service, from 0 to 1: which signals moved which way and how far where it
    /// moved most, and elsewhere; `None` where a side does not tell.
    pub(super) fn fault(&self, other: &Fingerprint) -> Option<f64> {
        let told = |print: &Fingerprint| print.fault.keys().any(|(_, signal)| !ANY.contains(&signal.as_str()));
        if !told(self) || !told(other) {
            return None;
        }
        cosine(&self.fault, &other.fault, |_| 1.0).map(|c| c.max(0.0))
    }

    /// From 0 to 1; `None` where nothing moved on a side. `weights` tells how much a signal of a service says, all
    /// the same without.
    pub(super) fn likeness(&self, other: &Fingerprint, weights: Option<&Weights>) -> Option<f64> {
        if self.moved.is_empty() || other.moved.is_empty() {
            return None;
        }
        let weight = |key: &Key| weights.and_then(|w| w.0.get(key)).copied().unwrap_or(1.0);
        let named = cosine(&self.moved, &other.moved, weight)?.max(0.0).powi(NAMED);
        let Some(fault) = self.fault(other) else { return Some(named) };
        Some((1.0 - FAULT) * named + FAULT * fault.powi(SHARP))
    }

    /// What both have most in common, in words.
    pub(super) fn shared(&self, other: &Fingerprint) -> Vec<String> {
        let both = self.moved.iter().filter_map(|(key, a)| Some((key, a * other.moved.get(key)?)));
        let mut both: Vec<(&Key, f64)> = both.filter(|(_, product)| *product > 0.0).collect();
        both.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let words = |(key, _): (&Key, f64)| {
            let (service, signal) = self.written.get(key)?;
            let way = if self.moved.get(key).is_some_and(|a| *a < 0.0) { "fell" } else { "rose" };
            Some(format!("{signal} of {service} {way} in both"))
        };
        both.into_iter().take(REASONS).filter_map(words).collect()
    }
}

/// Of several amounts for one key the greatest stays.
fn farther<K: Ord>(into: &mut BTreeMap<K, f64>, key: K, amount: f64) {
    let slot = into.entry(key).or_insert(0.0);
    if amount.abs() > slot.abs() {
        *slot = amount;
    }
}

/// The services put aside, but for one: whether it is the one that was moved most.
fn fault(felt: &BTreeMap<Key, f64>) -> BTreeMap<(bool, String), f64> {
    let mut by_service: BTreeMap<&str, f64> = BTreeMap::new();
    for ((service, _), amount) in felt {
        *by_service.entry(service).or_default() += amount * amount;
    }
    let most = by_service.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(service, _)| *service);
    let mut out = BTreeMap::new();
    for ((service, signal), amount) in felt {
        let here = Some(service.as_str()) == most;
        farther(&mut out, (here, signal.clone()), if here { *amount } else { ELSEWHERE * amount });
    }
    out
}

/// How much each signal of each service tells in a library: the logarithm of how few incidents it moved in, since
/// what moves in all of them tells none apart (inverse document frequency; K. Spärck Jones, Journal of
/// Documentation 28, 1972).
pub(super) struct Weights(BTreeMap<Key, f64>);

impl Weights {
    /// Over the fingerprints of a library, the one held against it among them.
    pub(super) fn over<'a>(prints: impl Iterator<Item = &'a Fingerprint>) -> Weights {
        let (mut all, mut seen) = (0_u32, BTreeMap::<&Key, u32>::new());
        for print in prints {
            all += 1;
            print.moved.keys().for_each(|key| *seen.entry(key).or_default() += 1);
        }
        let weight = |count: u32| ((f64::from(all) + 1.0) / (f64::from(count) + 0.5)).ln();
        Weights(seen.into_iter().map(|(key, count)| (key.clone(), weight(count))).collect())
    }
}

/// Weighted cosine of two sparse vectors; equal ones give exactly 1.
fn cosine<K: Ord>(a: &BTreeMap<K, f64>, b: &BTreeMap<K, f64>, weight: impl Fn(&K) -> f64) -> Option<f64> {
    let square = |v: &BTreeMap<K, f64>| v.iter().map(|(key, x)| weight(key) * x * x).sum::<f64>();
    let (aa, bb) = (square(a), square(b));
    if aa == 0.0 || bb == 0.0 {
        return (aa == bb).then_some(1.0);
    }
    // Multiplied in the order of the squares, so that equal vectors give equal sums.
    let ab: f64 = a.iter().filter_map(|(key, x)| Some(weight(key) * x * b.get(key)?)).sum();
    Some(if aa == bb && ab == aa { 1.0 } else { (ab / (aa * bb).sqrt()).clamp(-1.0, 1.0) })
}

/// What sort of incident it is: what was hurt, what was found, what may have set it off.
pub(super) fn kinds(incident: &Incident) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for window in incident.rates.services.iter().flat_map(|s| &s.impact) {
        out.insert(format!("hurt: {}", window.signal));
    }
    for deviation in &incident.rates.deviations {
        out.insert(match deviation.kind {
            SignalKind::Errors => "moved: errors".to_string(),
            SignalKind::Latency => "moved: latency".to_string(),
            SignalKind::Traffic => "moved: traffic".to_string(),
            SignalKind::Other => format!("moved: {}", folded(&deviation.metric)),
        });
    }
    let told = [
        (FindingKind::SinglePointOfFailure, "single point of failure"),
        (FindingKind::ControlPlane, "control plane hurt"),
        (FindingKind::LoadShedding, "load shed"),
        (FindingKind::SecondDip, "second dip"),
        (FindingKind::Residual, "residual errors"),
        (FindingKind::RecoverySurge, "surge after recovery"),
        (FindingKind::LostWrites, "writes lost"),
    ];
    for (kind, word) in told {
        if incident.findings.of_kind(kind).next().is_some() {
            out.insert(word.to_string());
        }
    }
    if let Some(trigger) = incident.findings.triggers.first() {
        out.insert(format!("candidate: {:?}", trigger.kind).to_lowercase());
    }
    out
}

/// What both sets hold over what either does; `None` when neither holds anything.
pub(super) fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> Option<f64> {
    let all = a.union(b).count();
    (all > 0).then(|| a.intersection(b).count() as f64 / all as f64)
}
