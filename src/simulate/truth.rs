//! What is true of a simulated bundle, so that a test can compare.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::curve::Curve;
use super::source::{SourceFormat, Written};
use super::text::fill;
use super::world::{OperationInUse, World};
use super::zone::Zone;
use super::{ActionKind, Source};
use crate::model::Plane;

/// Width of the buckets of [`ServiceTruth::peak_ratio`], seconds.
pub const PEAK_WIDTH_S: i64 = 60;
/// Step of the integration over curves, seconds.
const FINE_S: i64 = 5;

/// What is true of a bundle. Written beside it, never into it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Title of the incident.
    pub title: String,
    /// `small` or `NNx`.
    pub size: String,
    /// Seed in use.
    pub seed: u64,
    /// First and last UTC second of the evidence.
    pub covers_s: (i64, i64),
    /// Named moments, UTC seconds.
    pub milestones: BTreeMap<String, i64>,
    /// Steps of the severity in order.
    pub severity: Vec<SeverityTruth>,
    /// Services by name.
    pub services: BTreeMap<String, ServiceTruth>,
    /// Files by path (with `{part}` where there are several).
    pub sources: BTreeMap<String, SourceTruth>,
}

/// One step of the severity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeverityTruth {
    /// UTC second.
    pub at_s: i64,
    /// Severity before.
    pub from: Option<String>,
    /// Severity after.
    pub to: String,
}

/// What a service or an operation went through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceTruth {
    /// Names of the services it needs.
    pub depends_on: Vec<String>,
    /// Data or control plane.
    pub plane: Option<Plane>,
    /// A provider's.
    pub external: bool,
    /// Whether its error ratio ever rose.
    pub affected: bool,
    /// First UTC second with a raised ratio.
    pub onset_s: Option<i64>,
    /// First UTC second after the last raised ratio; `None` when it lasts to the end of the evidence.
    pub recovery_s: Option<i64>,
    /// Expected error ratio in normal times.
    pub baseline: f64,
    /// Highest expected error ratio over any minute.
    pub peak_ratio: f64,
    /// Expected number of requests over the whole evidence, without those turned away on purpose.
    pub requests: f64,
    /// Expected number of failed ones.
    pub failed: f64,
    /// Operations as the files write them (`GET /v1/values`); empty on an operation and where there is one only.
    pub operations: BTreeMap<String, ServiceTruth>,
}

/// What a file is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceTruth {
    /// What wrote it.
    pub format: SourceFormat,
    /// Names of the services it carries.
    pub services: Vec<String>,
    /// Zone of the writer.
    pub zone: String,
    /// Seconds east of UTC at the beginning.
    pub zone_offset_s: i32,
    /// How the zone is written, where the scenario says so.
    pub written: Option<Written>,
    /// Seconds its clock is ahead of true time.
    pub clock_offset_s: f64,
    /// Share of the requests it holds.
    pub sample: f64,
    /// Where it was cut, UTC seconds.
    pub truncated_at_s: Option<i64>,
    /// How late its records may come, seconds.
    pub disorder_s: f64,
    /// Counter restarts, UTC seconds.
    pub restarts_s: Vec<i64>,
    /// What could decide its zone.
    pub witness: String,
}

/// Expected counts over the evidence, per minute.
#[derive(Default)]
struct Tally {
    requests: f64,
    failed: f64,
    minutes: BTreeMap<i64, (f64, f64)>,
}

impl Tally {
    fn add(&mut self, op: &OperationInUse, from_ms: i64, to_ms: i64) {
        let mut ms = from_ms;
        while ms < to_ms {
            let asked = op.rps * op.curve.traffic(ms) * FINE_S as f64;
            let requests = asked * (1.0 - op.curve.shed(ms).map_or(0.0, |s| s.0));
            let failed = requests * op.curve.ratio(ms);
            let minute = self.minutes.entry((ms - from_ms) / (PEAK_WIDTH_S * 1000)).or_default();
            minute.0 += requests;
            minute.1 += failed;
            self.requests += requests;
            self.failed += failed;
            ms += FINE_S * 1000;
        }
    }

    fn peak(&self) -> f64 {
        self.minutes.values().filter(|(n, _)| *n > 0.0).map(|(n, failed)| failed / n).fold(0.0, f64::max)
    }
}

/// The truth of a world.
pub(super) fn of(world: &World<'_>) -> Truth {
    let scenario = world.scenario;
    let seconds = |ms: i64| world.ns(ms).div_euclid(1_000_000_000);
    let mut steps: Vec<_> = scenario.actions.iter().filter(|a| a.kind == ActionKind::Severity).collect();
    steps.sort_by_key(|a| a.at);
    let severity = steps.iter().map(|a| SeverityTruth {
        at_s: seconds(a.at.ms),
        from: a.from.clone(),
        to: a.to.clone().unwrap_or_default(),
    });
    let services = (0..scenario.services.len()).filter_map(|i| service(world, i));
    let sources = scenario.sources.iter().map(|s| (s.path.clone(), source(world, s)));
    Truth {
        title: fill(world, Zone::Fixed(0), &scenario.title),
        size: world.size.to_string(),
        seed: world.seed,
        covers_s: (seconds(scenario.start.ms), seconds(scenario.end.ms)),
        milestones: scenario.milestones.iter().map(|(name, m)| (name.clone(), seconds(m.ms))).collect(),
        severity: severity.collect(),
        services: services.collect(),
        sources: sources.collect(),
    }
}

fn service(world: &World<'_>, index: usize) -> Option<(String, ServiceTruth)> {
    let declared = world.scenario.services.get(index)?;
    let in_use = world.services.get(index)?;
    let all: Vec<&OperationInUse> = in_use.operations.iter().collect();
    let mut truth = measure(world, &all);
    truth.depends_on = declared.depends_on.iter().map(|k| world.name_of(k).to_string()).collect();
    truth.plane = declared.plane;
    truth.external = declared.external;
    if in_use.operations.len() > 1 {
        truth.operations = all.iter().map(|op| (op.written(), measure(world, &[op]))).collect();
    }
    Some((in_use.name.clone(), truth))
}

fn measure(world: &World<'_>, operations: &[&OperationInUse]) -> ServiceTruth {
    let (start, end) = (world.scenario.start.ms, world.scenario.end.ms);
    let seconds = |ms: i64| world.ns(ms).div_euclid(1_000_000_000);
    let mut tally = Tally::default();
    operations.iter().for_each(|op| tally.add(op, start, end));
    let rps: f64 = operations.iter().map(|o| o.rps).sum();
    let expected: f64 = operations.iter().map(|o| o.rps * o.baseline).sum();
    let impacts: Vec<(i64, i64)> = operations.iter().filter_map(|o| Curve::impact(&o.curve)).collect();
    let onset = impacts.iter().map(|i| i.0).min();
    let recovery = impacts.iter().map(|i| i.1).max().filter(|ms| *ms < end);
    ServiceTruth {
        affected: onset.is_some(),
        onset_s: onset.map(seconds),
        recovery_s: recovery.map(seconds),
        baseline: if rps > 0.0 { expected / rps } else { 0.0 },
        peak_ratio: tally.peak(),
        requests: tally.requests,
        failed: tally.failed,
        ..ServiceTruth::default()
    }
}

fn source(world: &World<'_>, source: &Source) -> SourceTruth {
    let seconds = |ms: i64| world.ns(ms).div_euclid(1_000_000_000);
    let carries_requests = source.format.is_log() || source.format.is_metric();
    let services = if carries_requests { world.carried(source) } else { Vec::new() };
    let names = services.iter().filter_map(|i| world.services.get(*i)).map(|s| s.name.clone());
    SourceTruth {
        format: source.format,
        services: names.collect(),
        zone: if source.zone.is_empty() { String::from("UTC") } else { source.zone.clone() },
        zone_offset_s: world.zone(source).offset_at(seconds(world.covers(source).0)),
        written: source.written,
        clock_offset_s: source.clock_offset_s,
        sample: world.sample(source),
        truncated_at_s: source.truncate_at.map(|m| seconds(m.ms)),
        disorder_s: source.disorder_s,
        restarts_s: source.restart_at.iter().map(|m| seconds(m.ms)).collect(),
        witness: source.witness.clone(),
    }
}
