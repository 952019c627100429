//! A checked scenario with everything resolved: absolute times, machine names, curves.

use std::collections::BTreeMap;

use super::curve::Curve;
use super::random;
use super::zone::Zone;
use super::{Operation, Options, Scenario, Service, Size, Source};

/// Sites that answer when an operation names none.
const SITES: [&str; 8] = ["FRA", "AMS", "LHR", "IAD", "SJC", "SIN", "NRT", "SYD"];

/// A scenario ready to be written.
pub(super) struct World<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Seed in use.
    pub seed: u64,
    /// Size in use.
    pub size: Size,
    /// 00:00 UTC of the (shifted) day, ns since 1970.
    pub midnight_ns: i64,
    /// Services in scenario order.
    pub services: Vec<ServiceInUse>,
    /// Placeholder → text.
    pub names: BTreeMap<String, String>,
}

/// A service with its operations resolved.
pub(super) struct ServiceInUse {
    /// Key.
    pub key: String,
    /// Name as people write it.
    pub name: String,
    /// Name as machines write it.
    pub slug: String,
    /// Operations, never empty.
    pub operations: Vec<OperationInUse>,
}

/// An operation with everything inherited filled in.
pub(super) struct OperationInUse {
    /// Name as written in the scenario.
    pub name: String,
    /// HTTP method.
    pub method: String,
    /// Path.
    pub path: String,
    /// Requests per second in normal times, at the size in use.
    pub rps: f64,
    /// Ratio and traffic.
    pub curve: Curve,
    /// Error ratio in normal times.
    pub baseline: f64,
    /// Status of a good answer.
    pub ok_status: u16,
    /// Statuses of failures, never empty.
    pub fail_status: Vec<u16>,
    /// Median latency of good answers, and of failed ones that take a time of their own (a timeout), ms.
    pub latency_ms: (f64, Option<f64>),
    /// Machine name of what it needs; empty when nothing.
    pub upstream: String,
    /// Messages of its error lines, never empty.
    pub errors: Vec<String>,
    /// Sites.
    pub sites: Vec<String>,
}

impl OperationInUse {
    /// Method and path: its name in every file.
    pub fn written(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl<'a> World<'a> {
    /// Resolves a checked scenario.
    pub fn new(scenario: &'a Scenario, options: &Options) -> World<'a> {
        let day = scenario.date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() + options.shift_days * 86_400;
        let factor = options.size.factor();
        let services = scenario.services.iter().map(|s| resolve(scenario, s, factor)).collect();
        let names = scenario
            .services
            .iter()
            .flat_map(|s| [(s.key.clone(), s.name.clone()), (format!("slug:{}", s.key), s.slug())])
            .collect();
        World {
            scenario,
            seed: options.seed.unwrap_or(scenario.seed),
            size: options.size,
            midnight_ns: day * 1_000_000_000,
            services,
            names,
        }
    }

    /// A moment of the scenario in milliseconds as ns since 1970.
    pub fn ns(&self, ms: i64) -> i64 {
        self.midnight_ns + ms * 1_000_000
    }

    /// True time a source covers, ms of the scenario.
    pub fn covers(&self, source: &Source) -> (i64, i64) {
        let from = source.from.unwrap_or(self.scenario.start).ms.max(self.scenario.start.ms);
        let to = source.to.unwrap_or(self.scenario.end).ms.min(self.scenario.end.ms);
        (from, to)
    }

    /// Indices of the services a source carries: those named, or all with traffic.
    pub fn carried(&self, source: &Source) -> Vec<usize> {
        let named = |s: &ServiceInUse| source.services.contains(&s.key);
        let busy = |s: &ServiceInUse| source.services.is_empty() && s.operations.iter().any(|o| o.rps > 0.0);
        self.services.iter().enumerate().filter(|(_, s)| named(s) || busy(s)).map(|(i, _)| i).collect()
    }

    /// The zone of a source; UTC for one that a check has refused before.
    pub fn zone(&self, source: &Source) -> Zone {
        Zone::parse(&source.zone).unwrap_or(Zone::Fixed(0))
    }

    /// Share of requests a source writes at the size in use.
    pub fn sample(&self, source: &Source) -> f64 {
        if self.size == Size::Small { source.sample * source.small_sample } else { source.sample }
    }

    /// Random bits for a purpose.
    pub fn bits(&self, purpose: &str) -> u64 {
        random::of_name(self.seed, purpose)
    }

    /// The name of the service with this key.
    pub fn name_of<'b>(&'b self, key: &'b str) -> &'b str {
        self.names.get(key).map_or(key, String::as_str)
    }

    /// The machine name of the service with this key.
    pub fn slug_of(&self, key: &str) -> String {
        self.scenario.service(key).map_or_else(|| key.to_string(), Service::slug)
    }
}

fn resolve(scenario: &Scenario, service: &Service, factor: f64) -> ServiceInUse {
    let plain = [Operation::new("GET /", 1.0)];
    let operations = if service.operations.is_empty() { &plain[..] } else { &service.operations[..] };
    let total: f64 = operations.iter().map(|o| o.share).sum();
    let total = if total > 0.0 { total } else { 1.0 };
    let resolved =
        operations.iter().map(|o| operation(scenario, service, o, service.rps * factor * o.share / total)).collect();
    ServiceInUse { key: service.key.clone(), name: service.name.clone(), slug: service.slug(), operations: resolved }
}

fn operation(scenario: &Scenario, service: &Service, op: &Operation, rps: f64) -> OperationInUse {
    let baseline = op.baseline.unwrap_or(service.baseline);
    let segments = op.curve.clone().unwrap_or_else(|| service.curve.clone());
    let traffic = [service.traffic.clone(), op.traffic.clone()].concat();
    let upstream = op.upstream.as_ref().or(service.depends_on.first());
    let upstream = upstream.and_then(|key| scenario.service(key)).map(Service::slug).unwrap_or_default();
    let (method, path) = split_name(&op.name);
    let plain_error = if upstream.is_empty() { "request failed" } else { "call to {upstream} failed" };
    let mut errors: Vec<String> = service.errors.iter().map(|e| e.replace("{upstream}", &upstream)).collect();
    if errors.is_empty() {
        errors.push(plain_error.replace("{upstream}", &upstream));
    }
    let mut fail_status = if op.fail_status.is_empty() { service.fail_status.clone() } else { op.fail_status.clone() };
    if fail_status.is_empty() {
        fail_status.push(503);
    }
    let sites = if op.sites.is_empty() { SITES.iter().map(|s| (*s).to_string()).collect() } else { op.sites.clone() };
    OperationInUse {
        name: op.name.clone(),
        method,
        path,
        rps,
        curve: Curve::new(segments, traffic, baseline, scenario.end.ms)
            .strained(service.slow.clone(), service.shed.clone()),
        baseline,
        ok_status: op.ok_status,
        fail_status,
        latency_ms: (service.latency_ms, service.fail_latency_ms),
        upstream,
        errors,
        sites,
    }
}

/// Method and path of an operation name; a plain name becomes a `POST` to a path made of it.
fn split_name(name: &str) -> (String, String) {
    match name.split_once(' ') {
        Some((method, path)) if path.starts_with('/') => (method.to_string(), path.to_string()),
        _ => {
            let path = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>();
            (String::from("POST"), format!("/{}", path.join("-")))
        }
    }
}
