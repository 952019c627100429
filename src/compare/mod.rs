//! Compare: two incidents on T+0, service by service and overall.

mod cascade;
mod curve;
mod figures;
mod fingerprint;
mod library;
mod likeness;
mod pairing;
mod response;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Comparison, DifferencePoint, FindingKind, Incident, IncidentSummary, MilestoneKind, OverlayPoint, Ratio,
    ServiceComparison, ServicePresence, ServiceRates,
};

use curve::{Curve, Grid, common_bucket};
use figures::Stretch;
pub use library::library;
use pairing::Pairs;

/// What two incidents are laid upon each other by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// A milestone of both; onset otherwise.
    pub milestone: Option<MilestoneKind>,
    /// A UTC second of each, before the milestone.
    pub at_s: [Option<i64>; 2],
}

impl Alignment {
    /// The moment of side `side`, and what it is called; the onset where nothing was asked for.
    ///
    /// # Errors
    /// A sentence when the incident does not have the milestone.
    fn moment(&self, incident: &Incident, side: usize) -> Result<(i64, String), String> {
        if let Some(at) = self.at_s.get(side).copied().flatten() {
            return Ok((at, "given".to_string()));
        }
        let (onset, word) = curve::zero(incident);
        match self.milestone {
            None | Some(MilestoneKind::Onset) => Ok((onset, word.to_string())),
            Some(kind) => {
                let found = incident.findings.milestone(kind).map(|m| (m.at.seconds(), milestone_word(kind)));
                let name = ["first", "second"].get(side).copied().unwrap_or_default();
                let known: Vec<String> = incident.findings.milestones.iter().map(|m| milestone_word(m.kind)).collect();
                found.ok_or_else(|| {
                    format!(
                        "expected the milestone {} in the {name} incident, found {}",
                        milestone_word(kind),
                        known.join(", ")
                    )
                })
            }
        }
    }
}

/// The word of a milestone as its JSON has it.
fn milestone_word(kind: MilestoneKind) -> String {
    let debug = format!("{kind:?}");
    let parts =
        debug.char_indices().map(|(at, c)| if at > 0 && c.is_uppercase() { format!("_{c}") } else { c.to_string() });
    parts.collect::<String>().to_lowercase()
}

/// One incident made ready: where T+0 lies and the curves on the common grid.
struct Side<'a> {
    incident: &'a Incident,
    grid: Grid,
    overall: Curve,
    services: BTreeMap<String, (&'a ServiceRates, Curve)>,
}

impl<'a> Side<'a> {
    /// `pairs` gives services of the second incident the names they have in the first.
    fn new(incident: &'a Incident, bucket_s: i64, zero_s: i64, pairs: &Pairs) -> Self {
        let grid = Grid::of(incident, bucket_s, zero_s);
        let mut services: BTreeMap<String, (&ServiceRates, Curve)> = BTreeMap::new();
        for service in &incident.rates.services {
            let own = folded(&service.service);
            let mut key = pairs.get(&own).map_or(own, |(name, _)| name.clone());
            if services.contains_key(&key) {
                // Two services of one incident that differ in spelling only were kept apart on purpose.
                key = format!("{key}\0{}", service.service);
            }
            services.insert(key, (service, Curve::of(service, &grid)));
        }
        let overall = Curve::sum(services.values().map(|(_, curve)| curve));
        Side { incident, grid, overall, services }
    }

    /// The stretch that counts for the overall figures: T+0 to the last recovery.
    fn stretch(&self) -> Stretch {
        match self.incident.rates.incident {
            Some((onset, recovery)) => Stretch::new(&self.grid, onset.best_s, recovery.map(|r| r.best_s)),
            None => Stretch::new(&self.grid, self.grid.zero_s, None),
        }
    }

    fn is_hurt(&self) -> bool {
        self.incident.rates.incident.is_some()
    }
}

/// A name without case and separators.
fn folded(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

/// Compares two incidents, aligned on the onset of the first hurt service of each (the start of
/// coverage for an incident in which nothing was hurt, which the verdict then says).
///
/// Curves are laid on the coarser of the two bucket widths by adding up counts. Services are matched
/// by name, whatever its case and separators, then by declared aliases, then by role. Comparing an incident with
/// itself gives differences of exactly zero and likeness 1; `compare(a, b)` mirrors `compare(b, a)`.
pub fn compare(a: &Incident, b: &Incident) -> Comparison {
    let (zero_a, zero_b) = (curve::zero(a), curve::zero(b));
    compared(a, b, [(zero_a.0, zero_a.1.to_string()), (zero_b.0, zero_b.1.to_string())])
}

/// The same, aligned as `alignment` says.
///
/// # Errors
/// A sentence when an incident does not have the milestone.
pub fn compare_at(a: &Incident, b: &Incident, alignment: &Alignment) -> Result<Comparison, String> {
    Ok(compared(a, b, [alignment.moment(a, 0)?, alignment.moment(b, 1)?]))
}

fn compared(a: &Incident, b: &Incident, zero: [(i64, String); 2]) -> Comparison {
    let bucket_s = common_bucket(a.rates.bucket_s, b.rates.bucket_s);
    let pairs = pairing::pairs(a, b);
    let [(zero_a, word_a), (zero_b, word_b)] = zero;
    let sides = [Side::new(a, bucket_s, zero_a, &Pairs::new()), Side::new(b, bucket_s, zero_b, &pairs)];
    let [left, right] = &sides;
    let window = window(&sides, bucket_s);
    let services = services(&sides, &pairs, window);
    let overall = overall(left, right, window);
    let patterns = patterns(a, b);
    let similarity = likeness::similarity(&sides, window, &overall, &services, &patterns, &pairs);
    let (cascades, order_agreement) = cascade::orders(left, right, &pairs);
    let mut comparison = Comparison {
        titles: [a.title.clone(), b.title.clone()],
        zero_s: [left.grid.zero_s, right.grid.zero_s],
        aligned_on: [word_a, word_b],
        bucket_s: u32::try_from(bucket_s).unwrap_or(u32::MAX),
        overall,
        services,
        similarity,
        milestones: response::milestones(left, right),
        phases: response::phases(a, b),
        findings: response::findings(a, b),
        severity: [a.timeline.severity.clone(), b.timeline.severity.clone()],
        cascades,
        order_agreement,
        patterns,
        verdict: Vec::new(),
    };
    comparison.verdict = words::verdict(&comparison, &sides);
    comparison
}

/// The stretch after T+0 that is laid side by side: the longer incident with a fifth of it before
/// and after, at least 10 buckets.
fn window(sides: &[Side<'_>; 2], bucket_s: i64) -> (i64, i64) {
    let longest = sides.iter().map(|s| s.stretch().to_t.unwrap_or_else(|| s.overall.end(bucket_s))).max().unwrap_or(0);
    let longest = longest.max(0);
    let margin = (longest / 5).max(10 * bucket_s) / bucket_s * bucket_s;
    (-margin, longest.saturating_add(margin))
}

fn overall(a: &Side<'_>, b: &Side<'_>, window: (i64, i64)) -> ServiceComparison {
    let figures = |side: &Side<'_>| figures::overall(side.incident, &side.grid, &side.overall, side.stretch());
    let (overlay, difference) = lay(Some(&a.overall), Some(&b.overall), window);
    let (left, right) = (figures(a), figures(b));
    ServiceComparison {
        service: "all services".to_string(),
        other_name: None,
        matched_by: None,
        presence: ServicePresence::Both,
        verdict: verdict(&left, &right).to_string(),
        a: left,
        b: right,
        overlay,
        difference,
    }
}

/// Every service of either side: in both first, then by name.
fn services(sides: &[Side<'_>; 2], pairs: &Pairs, window: (i64, i64)) -> Vec<ServiceComparison> {
    let [a, b] = sides;
    let keys: BTreeSet<&String> = a.services.keys().chain(b.services.keys()).collect();
    let mut out: Vec<ServiceComparison> =
        keys.into_iter().filter_map(|key| service(sides, key, pairs, window)).collect();
    out.sort_by_key(|s| s.presence != ServicePresence::Both);
    out
}

fn service(sides: &[Side<'_>; 2], key: &str, pairs: &Pairs, window: (i64, i64)) -> Option<ServiceComparison> {
    let [a, b] = sides;
    let (left, right) = (a.services.get(key), b.services.get(key));
    let (presence, name) = match (left, right) {
        (Some((service, _)), Some(_)) => (ServicePresence::Both, &service.service),
        (Some((service, _)), None) => (ServicePresence::OnlyA, &service.service),
        (None, Some((service, _))) => (ServicePresence::OnlyB, &service.service),
        (None, None) => return None,
    };
    let figures = |side: &Side<'_>, found: Option<&(&ServiceRates, Curve)>| {
        found.map_or_else(IncidentSummary::default, |(s, curve)| {
            figures::service(s, side.incident.rates.bucket_s, &side.grid, curve, side.stretch())
        })
    };
    let (overlay, difference) = lay(left.map(|l| &l.1), right.map(|r| &r.1), window);
    let (first, second) = (figures(a, left), figures(b, right));
    Some(ServiceComparison {
        service: name.clone(),
        other_name: right
            .map(|(s, _)| s.service.clone())
            .filter(|other| presence == ServicePresence::Both && other != name),
        matched_by: (right.filter(|_| left.is_some()))
            .and_then(|(s, _)| pairs.get(&folded(&s.service)))
            .map(|(_, how)| (*how).to_string()),
        presence,
        verdict: verdict(&first, &second).to_string(),
        a: first,
        b: second,
        overlay,
        difference,
    })
}

/// Both curves on one grid, and a − b where both were seen.
fn lay(a: Option<&Curve>, b: Option<&Curve>, (from, to): (i64, i64)) -> (Vec<OverlayPoint>, Vec<DifferencePoint>) {
    let times = |curve: Option<&Curve>| curve.map_or_else(Vec::new, |c| c.times(from, to));
    let all: BTreeSet<i64> = times(a).into_iter().chain(times(b)).collect();
    let ratio = |curve: Option<&Curve>, t: i64| curve.and_then(|c| c.ratio(t));
    let overlay: Vec<OverlayPoint> =
        all.into_iter().map(|t_s| OverlayPoint { t_s, a: ratio(a, t_s), b: ratio(b, t_s) }).collect();
    let difference = overlay.iter().filter_map(|p| p.a.zip(p.b).map(|(a, b)| difference(p.t_s, a, b))).collect();
    (overlay, difference)
}

/// a − b with the hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10).
fn difference(t_s: i64, a: Ratio, b: Ratio) -> DifferencePoint {
    let value = a.value - b.value;
    let down = ((a.value - a.low).powi(2) + (b.high - b.value).powi(2)).sqrt();
    let up = ((a.high - a.value).powi(2) + (b.value - b.low).powi(2)).sqrt();
    DifferencePoint { t_s, value, low: (value - down).max(-1.0), high: (value + up).min(1.0) }
}

/// Peak of a against peak of b; only intervals that do not overlap tell them apart.
fn verdict(a: &IncidentSummary, b: &IncidentSummary) -> &'static str {
    match (a.peak, b.peak) {
        (Some(a), Some(b)) if a.low > b.high => "bigger",
        (Some(a), Some(b)) if a.high < b.low => "smaller",
        (Some(_), Some(_)) => "same",
        _ => "unknown",
    }
}

/// New log templates seen in both, only in the first, only in the second; each with its services.
fn patterns(a: &Incident, b: &Incident) -> [Vec<String>; 3] {
    let found = |incident: &Incident| -> BTreeSet<String> {
        incident.findings.of_kind(FindingKind::NewPattern).map(|f| template(&f.services, f.statement.text())).collect()
    };
    let (a, b) = (found(a), found(b));
    [a.intersection(&b).cloned().collect(), a.difference(&b).cloned().collect(), b.difference(&a).cloned().collect()]
}

/// The template alone: the sentence before its first colon tells times and counts, which differ
/// from incident to incident.
fn template(services: &[String], sentence: &str) -> String {
    let template = sentence.split_once(": ").map_or(sentence, |(_, rest)| rest).trim();
    if services.is_empty() { template.to_string() } else { format!("{}: {template}", services.join(", ")) }
}
