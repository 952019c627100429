//! What the analysis costs apart from reading: 200 services over a day at ten seconds, built in memory.
//!
//! `cargo test --release --test all -- --ignored --nocapture cost` prints the times. Nothing is asserted of a clock.

use std::time::Instant;

use recount::model::{
    Accounting, CallEnd, Cell, ClockKind, Evidence, Exemplar, FormatUse, MetricKind, OpKey, Outcome, Outcomes,
    PointStamp, Series, ServiceCatalog, ServiceNames, Source, SourceId, SourceInfo, SourceTrack, Span, Track,
};
use recount::{findings, rates, timeline};

/// 2025-06-12T00:00:00Z.
const T0: i64 = 1_749_686_400;
const SERVICES: usize = 200;
const DAY_S: i64 = 86_400;
const STEP_S: usize = 10;

fn name(service: usize) -> String {
    format!("service-{service:03}")
}

/// Requests and failures of a service in the ten seconds from `second` on: an hour of failures at midday, of
/// every third service.
fn load(service: usize, second: i64) -> (u32, u32) {
    let chance = (second as u64 ^ (service as u64) << 17).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
    let requests = 180 + (chance % 40) as u32;
    let hurt = service.is_multiple_of(3) && (43_200 + service as i64..46_800).contains(&second);
    (requests, if hurt { requests * 6 / 10 } else { u32::from(chance < 20) })
}

fn source(path: &str, format: &str) -> Source {
    Source {
        id: SourceId(0),
        info: SourceInfo { path: path.into(), ..SourceInfo::default() },
        formats: vec![FormatUse { name: format.into(), reason: String::new(), score: 100 }],
        accounting: Accounting::default(),
        clocks: Vec::new(),
        covers_s: None,
    }
}

fn evidence(of: Source) -> Evidence {
    let names: Vec<String> = (0..SERVICES).map(name).collect();
    let mut catalog = ServiceCatalog::default();
    for (i, service) in names.iter().enumerate().skip(1) {
        catalog.services.entry(service.clone()).or_default().depends_on = vec![name(i / 3)];
    }
    Evidence {
        sources: vec![of],
        names: ServiceNames::collect(&catalog, names.iter().map(String::as_str)),
        ..Evidence::default()
    }
}

fn seconds() -> impl Iterator<Item = i64> {
    (0..DAY_S).step_by(STEP_S)
}

fn of_logs() -> Evidence {
    let mut evidence = evidence(source("requests.jsonl", "json"));
    for service in 0..SERVICES {
        let (mut track, mut cells) = (Track::default(), Vec::new());
        for second in seconds() {
            let (requests, failed) = load(service, second);
            let mut outcomes = Outcomes::default();
            outcomes.0[Outcome::Ok as usize] = requests - failed;
            outcomes.0[Outcome::ServerError as usize] = failed;
            let mut cell = Cell { records: requests, outcomes, errors: failed, ..Cell::default() };
            (0..3).for_each(|k| cell.latency.add(20_000_000 + 9_000_000 * k));
            cells.push((T0 + second, cell));
            let span = Span { line: second.unsigned_abs() + 1, lines: 1, offset: 0, len: 1 };
            let lines = if failed > 0 { &mut track.failed } else { &mut track.passed };
            lines.entry((T0 + second).div_euclid(60)).or_insert_with(|| Exemplar::new(span, "a line"));
        }
        track.cells = cells.into_iter().collect();
        let key = OpKey { service: name(service), operation: String::new(), weight_milli: 1000, side: CallEnd::Own };
        evidence.tracks.push(SourceTrack { source: SourceId(0), key, track });
    }
    evidence
}

fn of_metrics() -> Evidence {
    let mut evidence = evidence(source("requests.json", "prometheus_json"));
    for service in 0..SERVICES {
        for (code, failures) in [("200", false), ("503", true)] {
            let mut sum = 1_000.0;
            let points = seconds().map(|second| {
                let (requests, failed) = load(service, second);
                sum += f64::from(if failures { failed } else { requests - failed });
                ((T0 + second) * 1_000_000_000, sum)
            });
            let labels = [("service", name(service)), ("code", code.into())];
            let line = Exemplar::new(Span { line: 1, lines: 1, offset: 0, len: 1 }, "a line");
            evidence.series.push((
                SourceId(0),
                Series {
                    name: "http_requests_total".into(),
                    labels: labels.into_iter().map(|(k, v)| (k.to_string(), v)).collect(),
                    kind: MetricKind::Counter,
                    stamp: PointStamp::End,
                    unit: None,
                    clock: ClockKind::Zoned,
                    points: points.collect(),
                    rows: Vec::new(),
                    lines: Default::default(),
                    first: line.clone(),
                    last: line,
                },
            ));
        }
    }
    evidence
}

#[test]
#[ignore = "it prints times, which differ from machine to machine"]
#[expect(clippy::print_stderr, reason = "printing is what it is for")]
fn cost_of_the_analysis() {
    for (what, evidence) in [("logs", of_logs()), ("metrics", of_metrics())] {
        let begun = Instant::now();
        let rates = rates::measure(&evidence, &rates::Options::default());
        let measured = begun.elapsed();
        let timeline = timeline::build(&evidence, rates.bounds_s());
        let found = findings::analyze(&evidence, &rates, &timeline);
        let all = begun.elapsed();
        let hurt = rates.services.iter().filter(|s| !s.impact.is_empty()).count();
        assert_eq!((rates.services.len(), hurt), (SERVICES, SERVICES.div_ceil(3)), "{what}");
        assert_eq!(found.suspects.first().map(|s| s.service.as_str()), Some("service-000"), "{what}");
        let changes = Instant::now();
        let series = rates::changes(&evidence, &Default::default()).len();
        eprintln!(
            "{SERVICES} services x 24 h at {STEP_S} s from {what}: rates {:.2} s, with findings {:.2} s; changes of {series} series {:.2} s",
            measured.as_secs_f64(),
            all.as_secs_f64(),
            changes.elapsed().as_secs_f64()
        );
    }
}
