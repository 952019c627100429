//! Scenarios drawn at random: services, topology, faults, files. No figure of the engine is known here.

use crate::support::Draw;
use recount::model::Plane;
use recount::simulate::{
    Action, ActionKind, CurveShape, Factor, Moment, Operation, Scenario, Segment, Service, Shed, Source, SourceFormat,
};

/// How the failing component fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    Down,
    Degraded,
    Timeouts,
    Ramp,
    Sawtooth,
    SpikeAndDip,
    Shedding,
    Partial,
}

const FAULTS: [Fault; 8] = [
    Fault::Down,
    Fault::Degraded,
    Fault::Timeouts,
    Fault::Ramp,
    Fault::Sawtooth,
    Fault::SpikeAndDip,
    Fault::Shedding,
    Fault::Partial,
];

/// What the bundle says of who calls whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Calls {
    Declared,
    Observed,
    Unknown,
}

/// A scenario with what a test must know of it.
pub struct Drawn {
    pub scenario: Scenario,
    /// Name of the component that failed first; `None` where nothing failed.
    pub root: Option<String>,
    pub fault: Fault,
    pub calls: Calls,
    /// Widest step of any metric, seconds.
    pub step_s: i64,
}

const NAMES: [&str; 32] = [
    "Heron", "Basalt", "Tansy", "Quince", "Ferrol", "Lumen", "Osprey", "Cobalt", "Nettle", "Juniper", "Sable", "Tarn",
    "Willow", "Gorse", "Pumice", "Larch", "Merlin", "Saffron", "Fennel", "Copper", "Aster", "Bramble", "Cinder",
    "Dapple", "Ember", "Flint", "Garnet", "Hazel", "Indigo", "Jasper", "Kestrel", "Linden",
];
const ROLES: [&str; 8] = ["", " Store", " Index", " Queue", " Ledger", " Cart", " Mail", " Search"];
const ZONES: [&str; 5] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Tokyo"];
/// Logs that say how each request was answered.
const LOGS: [SourceFormat; 6] = [
    SourceFormat::Nginx,
    SourceFormat::Zap,
    SourceFormat::Pino,
    SourceFormat::Slog,
    SourceFormat::Ecs,
    SourceFormat::Logfmt,
];
/// Of these the ones that name whom they called.
const CALLING_LOGS: [SourceFormat; 4] = [SourceFormat::Zap, SourceFormat::Pino, SourceFormat::Slog, SourceFormat::Ecs];
const METRICS: [SourceFormat; 3] =
    [SourceFormat::PrometheusCounters, SourceFormat::PrometheusRatio, SourceFormat::LongCsv];

/// First second of the evidence, and its length.
const START: i64 = 36_000;
const LENGTH: i64 = 9_000;

fn at(second: i64) -> Moment {
    Moment::of_seconds(second)
}

fn segment(from: i64, to: i64, shape: CurveShape, ratio: f64) -> Segment {
    Segment { from: at(from), to: Some(at(to)), shape, ratio, ..Segment::default() }
}

fn factor(from: i64, to: i64, factor: f64) -> Factor {
    Factor { from: at(from), to: Some(at(to)), factor }
}

/// What happens to a service, before it is scaled and delayed for those that need it.
#[derive(Clone)]
struct Course {
    segments: Vec<Segment>,
    slow: Vec<Factor>,
    shed: Vec<Shed>,
}

impl Course {
    /// The same for a service that depends on it: weaker and later.
    fn passed_on(&self, share: f64, later_s: i64) -> Course {
        let later = |m: Moment| Moment { ms: m.ms + later_s * 1000 };
        let segments = self.segments.iter().map(|s| Segment {
            from: later(s.from),
            to: s.to.map(later),
            ratio: s.ratio * share,
            from_ratio: s.from_ratio.map(|r| r * share),
            ..s.clone()
        });
        let slow = self.slow.iter().map(|s| Factor {
            from: later(s.from),
            to: s.to.map(later),
            factor: 1.0 + (s.factor - 1.0) * share,
        });
        Course { segments: segments.collect(), slow: slow.collect(), shed: Vec::new() }
    }
}

/// How the root fails from `from` on, for about `length` seconds.
fn course(draw: &mut Draw, fault: Fault, from: i64, length: i64) -> Course {
    let to = from + length;
    let mut slow = Vec::new();
    let mut shed = Vec::new();
    let high = draw.between(0.8, 1.0);
    let mut segments = match fault {
        Fault::Down | Fault::Partial => vec![segment(from, to, CurveShape::Step, high)],
        Fault::Degraded => vec![segment(from, to, CurveShape::Step, draw.between(0.2, 0.6))],
        Fault::Timeouts => {
            slow.push(factor(from, to, draw.between(5.0, 12.0)));
            vec![segment(from, to, CurveShape::Step, draw.between(0.2, 0.5))]
        }
        Fault::Ramp => {
            let top = from + draw.whole(240, 900).min(length / 2);
            vec![segment(from, top, CurveShape::Ramp, high), segment(top, to, CurveShape::Plateau, high)]
        }
        Fault::Sawtooth => {
            let mut teeth = segment(from, to, CurveShape::Sawtooth, high);
            teeth.from_ratio = Some(0.1);
            teeth.period_s = Some(draw.of(&[240.0, 300.0, 420.0]));
            vec![teeth]
        }
        Fault::SpikeAndDip => {
            let first = draw.whole(180, 400);
            let again = from + first + draw.whole(500, 1000);
            let second = draw.whole(180, 400);
            let (a, b) = (draw.between(0.5, 0.9), draw.between(0.3, 0.7));
            return Course {
                segments: vec![
                    segment(from, from + first, CurveShape::Step, a),
                    segment(again, again + second, CurveShape::Step, b),
                ],
                slow,
                shed,
            };
        }
        Fault::Shedding => {
            let at_s = from + length / 3;
            let share = draw.between(0.4, 0.7);
            shed.push(Shed { from: at(at_s), to: Some(at(to)), share, status: 429 });
            let less = high * draw.between(0.4, 0.6);
            vec![segment(from, at_s, CurveShape::Step, high), segment(at_s, to, CurveShape::Step, less)]
        }
    };
    if draw.chance(0.4) {
        let last = segments.last().map_or(high, |s| s.ratio);
        let mut back = segment(to, to + draw.whole(120, 360), CurveShape::Recovery, last);
        back.surge = Some(draw.between(1.2, 2.5));
        segments.push(back);
    }
    Course { segments, slow, shed }
}

/// Services with their dependencies, the most needed first; nothing is wrong with any.
fn services(draw: &mut Draw) -> Vec<Service> {
    let count = draw.whole(5, 30) as usize;
    let mut names: Vec<&str> = NAMES.to_vec();
    let mut out: Vec<Service> = Vec::new();
    for i in 0..count {
        let name = names.remove((draw.next() % names.len() as u64) as usize);
        let rps = if draw.chance(0.12) { draw.between(0.03, 0.08) } else { draw.between(0.6, 2.5) };
        let mut service = Service::new(&format!("s{i}"), &format!("{name}{}", draw.of(&ROLES)), rps);
        service.baseline = draw.of(&[0.0, 0.001, 0.004, 0.01]);
        service.latency_ms = draw.between(5.0, 120.0);
        service.fail_status = vec![draw.of(&[500, 502, 503, 504])];
        service.plane = Some(if draw.chance(0.1) { Plane::Control } else { Plane::Data });
        if i > 0 && draw.chance(0.88) {
            for _ in 0..draw.whole(1, 3) {
                let other = format!("s{}", draw.whole((i as i64 - 8).max(0), i as i64 - 1));
                if !service.depends_on.contains(&other) {
                    service.depends_on.push(other);
                }
            }
        }
        out.push(service);
    }
    out
}

/// Which services anything leads to from `root`.
fn below(services: &[Service], root: usize) -> Vec<usize> {
    let mut hit = vec![root];
    for (i, service) in services.iter().enumerate().skip(root + 1) {
        if service.depends_on.iter().any(|d| hit.iter().any(|h| services[*h].key == *d)) {
            hit.push(i);
        }
    }
    hit
}

/// Lets the root fail and those that need it with it, some of them saved by what they keep.
fn strike(draw: &mut Draw, services: &mut [Service], root: usize, fault: Fault, from: i64, calls: Calls) {
    let length = draw.whole(900, 3000);
    let first = course(draw, fault, from, length);
    let mut courses: Vec<Option<(Course, i64)>> = vec![None; services.len()];
    courses[root] = Some((first.clone(), 0));
    for i in root + 1..services.len() {
        let needs = services[i].depends_on.clone();
        let hit = needs.iter().position(|d| (0..i).any(|k| services[k].key == *d && courses[k].is_some()));
        let Some(place) = hit.filter(|_| draw.chance(0.85)) else { continue };
        services[i].depends_on.swap(0, place);
        let above = (0..i).find(|k| services[*k].key == needs[place]).expect("known");
        let Some((_, late)) = &courses[above] else { continue };
        // Where nothing tells who calls whom, only the order of failing can.
        let step = if calls == Calls::Unknown { draw.whole(60, 240) } else { draw.whole(2, 60) };
        let share = draw.between(0.4, 1.0);
        let late = late + step;
        courses[i] = Some((first.passed_on(share, late), late));
    }
    for (i, course) in courses.into_iter().enumerate() {
        let Some((course, _)) = course else { continue };
        let service = &mut services[i];
        if fault == Fault::Timeouts {
            service.fail_latency_ms = Some(draw.between(5_000.0, 20_000.0));
            service.fail_status = vec![504];
        }
        // A service too quiet to show anything is not asked for.
        service.rps = service.rps.max(0.6);
        (service.curve, service.slow, service.shed) = (course.segments, course.slow, course.shed);
        if fault == Fault::Partial {
            let mut safe = Operation::new("GET /v1/cached", 0.4);
            safe.curve = Some(Vec::new());
            service.rps *= 1.5;
            service.operations =
                vec![Operation::new("GET /v1/items", 0.35), Operation::new("POST /v1/items", 0.25), safe];
        }
    }
}

/// Deploys that have nothing to do with it, an alert of somebody loud, and talk.
fn actions(draw: &mut Draw, scenario: &mut Scenario, onset: Option<i64>, hit: &[usize]) {
    let key = |scenario: &Scenario, i: usize| scenario.services[i].key.clone();
    for n in 0..draw.whole(1, 4) {
        let last = onset.unwrap_or(START + LENGTH) - 60;
        let when = draw.whole(START + 60, last);
        let service = draw.whole(0, scenario.services.len() as i64 - 1) as usize;
        scenario.actions.push(Action {
            at: at(when),
            kind: ActionKind::Deploy,
            by: "release bot".into(),
            machine: true,
            title: "routine release".into(),
            services: vec![key(scenario, service)],
            thread: format!("release-{n}"),
            ..Action::default()
        });
    }
    scenario.sources.push(Source::new("deploys.json", SourceFormat::GithubDeployments));
    let Some(onset) = onset else { return };
    let loud = *hit.last().expect("at least the root");
    scenario.actions.push(Action {
        at: at(onset + draw.whole(150, 420)),
        kind: ActionKind::Alert,
        by: "alerting".into(),
        machine: true,
        title: "too many failed requests".into(),
        services: vec![key(scenario, loud)],
        ..Action::default()
    });
    scenario.sources.push(Source::new("alerts.json", SourceFormat::Alertmanager));
}

/// The files: a log for each service, or metrics of all, or some of each.
fn sources(draw: &mut Draw, scenario: &mut Scenario, calls: Calls) -> i64 {
    // Calls are observed in the fields of logs that have one for them.
    let observed = calls == Calls::Observed;
    let metric_share = if observed { 0.0 } else { draw.of(&[0.0, 0.0, 0.4, 1.0]) };
    let step = draw.of(&[10, 15, 30, 60]);
    let zone = draw.of(&ZONES);
    let mut measured = Vec::new();
    for i in 0..scenario.services.len() {
        let key = scenario.services[i].key.clone();
        if draw.chance(metric_share) {
            measured.push(key);
            continue;
        }
        let format = if observed { draw.of(&CALLING_LOGS) } else { draw.of(&LOGS) };
        let mut source = Source::new(&format!("logs/{}.log", scenario.services[i].slug()), format);
        source.zone = zone.to_string();
        source.declare_service = format == SourceFormat::Nginx;
        source.services = vec![key];
        if draw.chance(0.3) {
            source.disorder_s = 2.0;
        }
        scenario.sources.push(source);
    }
    if measured.is_empty() {
        return 1;
    }
    let format = draw.of(&METRICS);
    let ending = if format == SourceFormat::LongCsv { "csv" } else { "json" };
    let mut source = Source::new(&format!("metrics/requests.{ending}"), format);
    source.services = measured;
    source.step_s = step;
    scenario.sources.push(source);
    i64::from(step)
}

fn empty(seed: u64, noise: f64) -> Scenario {
    Scenario {
        title: "An outage".into(),
        date: chrono::NaiveDate::from_ymd_opt(2025, 6, 12).expect("a date"),
        start: at(START),
        end: at(START + LENGTH),
        seed,
        noise,
        ..Scenario::default()
    }
}

/// The incident of a seed.
pub fn incident(seed: u64) -> Drawn {
    let mut draw = Draw::new(seed);
    let fault = FAULTS[(seed % 8) as usize];
    let calls = draw.of(&[Calls::Declared, Calls::Declared, Calls::Observed, Calls::Unknown]);
    let mut scenario = empty(seed, draw.between(0.2, 1.0));
    let mut all = services(&mut draw);
    let rooted: Vec<usize> = (0..all.len()).filter(|i| below(&all, *i).len() >= 3).collect();
    let root =
        if draw.chance(0.5) || rooted.is_empty() { rooted.first().copied().unwrap_or(0) } else { draw.of(&rooted) };
    let onset = START + draw.whole(2400, 4200);
    strike(&mut draw, &mut all, root, fault, onset, calls);
    if root == 0 && draw.chance(0.5) {
        all[0].external = true;
    }
    tell(&mut all, calls);
    let hit: Vec<usize> = (0..all.len()).filter(|i| !all[*i].curve.is_empty()).collect();
    scenario.services = all;
    let step_s = sources(&mut draw, &mut scenario, calls);
    actions(&mut draw, &mut scenario, Some(onset), &hit);
    let name = scenario.services[root].name.clone();
    Drawn { scenario, root: Some(name), fault, calls, step_s }
}

/// What the bundle says of the calls.
fn tell(services: &mut [Service], calls: Calls) {
    for service in services {
        match calls {
            Calls::Declared => {}
            Calls::Observed => {
                let upstream = service.depends_on.first().cloned();
                if service.operations.is_empty() {
                    service.operations.push(Operation::new("GET /", 1.0));
                }
                service.operations.iter_mut().for_each(|o| o.upstream = upstream.clone());
                service.depends_on.clear();
            }
            Calls::Unknown => service.depends_on.clear(),
        }
    }
}

/// A bundle in which nothing is wrong: noise, traffic that comes and goes, few requests, releases.
pub fn quiet(seed: u64) -> Drawn {
    let mut draw = Draw::new(seed ^ 0xc0ff_ee00);
    let mut scenario = empty(seed, draw.between(0.5, 1.0));
    let mut all = services(&mut draw);
    for service in &mut all {
        if draw.chance(0.4) {
            service.rps = draw.between(0.02, 0.2);
        }
        service.baseline = draw.of(&[0.0, 0.002, 0.01, 0.03]);
        // The morning comes, or the evening.
        let rising = draw.chance(0.5);
        for part in 0..10 {
            let level = 0.6 + 0.08 * f64::from(if rising { part } else { 9 - part });
            let from = START + i64::from(part) * LENGTH / 10;
            service.traffic.push(factor(from, from + LENGTH / 10, level));
        }
    }
    scenario.services = all;
    let step_s = sources(&mut draw, &mut scenario, Calls::Declared);
    actions(&mut draw, &mut scenario, None, &[]);
    Drawn { scenario, root: None, fault: Fault::Down, calls: Calls::Declared, step_s }
}
