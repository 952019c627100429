//! What every finding looks at: the incident's bounds, who was hurt, and the dependency graph.

use std::collections::BTreeSet;

use super::graph::Graph;
use crate::model::{
    Citation, EventKind, Evidence, Figure, Finding, FindingKind, ImpactWindow, Precision, Rates, ServiceRates,
    SourceId, Statement, TimeBasis, TimeInterval, Timeline, TimelineEntry, Timestamp,
};

/// A service that was hurt during the incident.
pub(super) struct Hurt<'a> {
    pub(super) rates: &'a ServiceRates,
    /// Its windows inside the incident, error ratios first.
    pub(super) windows: Vec<&'a ImpactWindow>,
}

impl<'a> Hurt<'a> {
    pub(super) fn name(&self) -> &'a str {
        &self.rates.service
    }

    /// The window that speaks for the service.
    pub(super) fn lead(&self) -> Option<&'a ImpactWindow> {
        self.windows.first().copied()
    }

    /// When it last came back; `None` while any of its leading signal's windows is open.
    pub(super) fn recovery(&self) -> Option<TimeInterval> {
        let lead = self.lead()?;
        let same: Vec<_> = self.windows.iter().filter(|w| w.signal == lead.signal).collect();
        if same.iter().any(|w| w.recovery.is_none()) {
            return None;
        }
        same.iter().filter_map(|w| w.recovery).max_by_key(|r| r.best_s)
    }

    /// Worst share of failures.
    pub(super) fn peak(&self) -> Option<f64> {
        self.windows.iter().filter_map(|w| Some(w.peak.as_ref()?.ratio.value)).max_by(f64::total_cmp)
    }

    /// Failures beyond normal.
    pub(super) fn excess(&self) -> f64 {
        self.windows.iter().map(|w| w.excess).sum()
    }

    /// Seconds of its windows, each by the share that failed.
    pub(super) fn failing_s(&self) -> f64 {
        let last = self.rates.buckets.last().map_or(i64::MIN, |b| b.start_s);
        let length = |w: &ImpactWindow| (w.recovery.map_or(last, |r| r.best_s) - w.onset.best_s).max(0) as f64;
        self.windows.iter().filter_map(|w| Some(w.mean?.value * length(w))).sum()
    }

    pub(super) fn evidence(&self) -> Vec<Citation> {
        self.windows.iter().flat_map(|w| w.evidence.iter().cloned()).collect()
    }
}

/// Everything a finding may look at.
pub(super) struct Context<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) rates: &'a Rates,
    pub(super) timeline: &'a Timeline,
    pub(super) hurt: Vec<Hurt<'a>>,
    hurt_names: BTreeSet<&'a str>,
    /// Providers by the word of their own status pages.
    providers: BTreeSet<&'a str>,
    pub(super) graph: Graph,
}

/// Order of signals: what was counted before what was only seen.
fn signal_rank(window: &ImpactWindow) -> u8 {
    match window.signal.as_str() {
        "error_ratio" => 0,
        "error_lines" => 1,
        "traffic" => 2,
        "latency" => 3,
        _ => 4,
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(evidence: &'a Evidence, rates: &'a Rates, timeline: &'a Timeline) -> Self {
        let mut hurt: Vec<Hurt<'a>> = Vec::new();
        for service in &rates.services {
            let mut windows: Vec<&ImpactWindow> = service.impact.iter().collect();
            windows.sort_by_key(|w| (signal_rank(w), w.onset.best_s));
            if !windows.is_empty() {
                hurt.push(Hurt { rates: service, windows });
            }
        }
        let hurt_names = hurt.iter().map(Hurt::name).collect();
        let ids = evidence.events.iter().flat_map(|e| &e.ids);
        let providers = ids.filter(|(key, _)| key == "provider").map(|(_, name)| evidence.names.of(name)).collect();
        Context { evidence, rates, timeline, hurt, hurt_names, providers, graph: Graph::new(evidence) }
    }

    /// Onset and end of the measured incident, seconds; an open end is the last second covered.
    pub(super) fn bounds(&self) -> Option<(i64, i64)> {
        let (onset, recovery) = self.rates.incident?;
        let last = self.rates.span_s().map_or(onset.best_s, |c| c.1);
        Some((onset.best_s, recovery.map_or(last, |r| r.best_s).max(onset.best_s)))
    }

    /// The earliest moment at which an event can belong to the incident: alerts may stamp whole
    /// minutes, and a curve knows its onset only within its interval.
    pub(super) fn earliest_ns(&self) -> Option<i64> {
        let (onset, _) = self.rates.incident?;
        Some((onset.from_s.min(onset.best_s) - LEAD_S) * 1_000_000_000)
    }

    /// Entries of the story from the incident's beginning on, in time order.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'a TimelineEntry> {
        let earliest = self.earliest_ns().unwrap_or(i64::MIN);
        self.timeline.story().filter(move |e| e.at.utc_ns >= earliest)
    }

    /// Whether a service was hurt.
    pub(super) fn is_hurt(&self, service: &str) -> bool {
        self.hurt_names.contains(service)
    }

    /// Whether a service is a provider's.
    pub(super) fn is_external(&self, service: &str) -> bool {
        self.evidence.names.info(service).is_some_and(|i| i.external) || self.providers.contains(service)
    }

    /// Hurt services of our own.
    pub(super) fn own(&self) -> impl Iterator<Item = &Hurt<'a>> {
        self.hurt.iter().filter(|h| !self.is_external(h.name()))
    }

    /// A computed second as a moment, no finer than its interval; its zone stands on the cited source's.
    pub(super) fn moment(&self, interval: TimeInterval, evidence: &[Citation]) -> Timestamp {
        let wide = interval.to_s - interval.from_s >= 90;
        let precision = if wide { Precision::Minute } else { Precision::Second };
        Timestamp::new(interval.best_s.saturating_mul(1_000_000_000), precision, self.basis(evidence.first()))
    }

    fn basis(&self, citation: Option<&Citation>) -> TimeBasis {
        let source = citation.and_then(|c| self.evidence.sources.get(c.source.0 as usize));
        source.and_then(|s| s.clocks.first()).map_or(TimeBasis::Explicit, |c| c.basis)
    }

    /// How far the clock of a source may still be off, whole seconds.
    pub(super) fn skew_s(&self, source: SourceId) -> i64 {
        let clocks = self.evidence.sources.get(source.0 as usize).map(|s| s.clocks.as_slice()).unwrap_or_default();
        let spread = clocks.iter().filter_map(|c| c.skew_spread_ms).max().unwrap_or(0);
        (spread.abs() + 999) / 1000
    }

    /// Path of a source.
    pub(super) fn path(&self, source: SourceId) -> &'a str {
        self.evidence.sources.get(source.0 as usize).map_or("?", |s| s.info.path.as_str())
    }
}

/// Events this long before the measured onset may still be its detection.
const LEAD_S: i64 = 5 * 60;

/// At most this many citations under one finding.
const MOST_CITATIONS: usize = 24;

/// Whether an entry of this kind is what people did or said, and not what a machine reports.
pub(super) fn by_people(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::HumanAction | EventKind::ConfigChange | EventKind::Chat | EventKind::Prose | EventKind::StatusChange
    )
}

/// A finding; `None` when nothing can be cited (law 2: then it is not made).
pub(super) fn finding(
    kind: FindingKind,
    services: &[&str],
    text: impl Into<String>,
    figure: Option<Figure>,
    refuted_by: &str,
    evidence: Vec<Citation>,
) -> Option<Finding> {
    let mut cited: Vec<Citation> = Vec::new();
    for citation in evidence {
        if cited.len() < MOST_CITATIONS && !cited.contains(&citation) {
            cited.push(citation);
        }
    }
    Some(Finding {
        kind,
        services: services.iter().map(|s| (*s).to_string()).collect(),
        statement: Statement::new(text, cited).ok()?,
        figure,
        refuted_by: refuted_by.to_string(),
    })
}
