//! Whole curves through `measure`.

use super::*;
use crate::model::{
    Accounting, CallEnd, Cell, Exemplar, FormatUse, ImpactWindow, OpKey, Outcome, Outcomes, ServiceCatalog,
    ServiceNames, Source, SourceId, SourceInfo, SourceTrack, Span, Track,
};

/// 2025-03-01T00:00:00Z.
const T0: i64 = 1_740_787_200;

/// Evidence built second by second.
#[derive(Default)]
struct Bundle {
    evidence: Evidence,
}

impl Bundle {
    fn source(&mut self, path: &str, format: &str) -> SourceId {
        let id = SourceId(self.evidence.sources.len() as u32);
        self.evidence.sources.push(Source {
            id,
            info: SourceInfo { path: path.to_string(), ..SourceInfo::default() },
            formats: vec![FormatUse { name: format.to_string(), reason: String::new(), score: 100 }],
            accounting: Accounting::default(),
            clocks: Vec::new(),
            covers_s: None,
        });
        id
    }

    /// Seconds `T0 + range` of a service with `(requests, failed)` as `load` says; nothing where it says `None`.
    fn track(
        &mut self,
        source: SourceId,
        service: &str,
        operation: &str,
        range: std::ops::Range<i64>,
        load: impl Fn(i64) -> Option<(u32, u32)>,
    ) {
        let (mut track, mut cells) = (Track::default(), Vec::new());
        for s in range {
            let Some((requests, failed)) = load(s) else { continue };
            let mut outcomes = Outcomes::default();
            outcomes.0[Outcome::Ok as usize] = requests - failed;
            outcomes.0[Outcome::ServerError as usize] = failed;
            let cell = Cell { records: requests, outcomes, errors: failed, ..Cell::default() };
            cells.push((T0 + s, cell));
            let span = Span { line: s.unsigned_abs() + 1, lines: 1, offset: 0, len: 1 };
            let line = Exemplar::new(span, &format!("{service} second {s}"));
            let lines = if failed > 0 { &mut track.failed } else { &mut track.passed };
            lines.entry((T0 + s).div_euclid(60)).or_insert(line);
        }
        track.cells = cells.into_iter().collect();
        let (service, operation) = (service.to_string(), operation.to_string());
        let key = OpKey { service, operation, weight_milli: 1000, side: CallEnd::Own };
        self.evidence.tracks.push(SourceTrack { source, key, track });
    }

    fn measure(mut self) -> Rates {
        let raw: Vec<String> = self.evidence.tracks.iter().map(|t| t.key.service.clone()).collect();
        self.evidence.names = ServiceNames::collect(&ServiceCatalog::default(), raw.iter().map(String::as_str));
        measure(&self.evidence, &Options::default())
    }
}

fn one(load: impl Fn(i64) -> Option<(u32, u32)>) -> Rates {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..7200, load);
    bundle.measure()
}

fn windows(rates: &Rates) -> &[ImpactWindow] {
    rates.service("kv").map_or(&[], |s| s.impact.as_slice())
}

#[test]
fn a_step_is_located_to_the_second_with_its_figures() {
    let rates = one(|s| Some((10, if (3000..4500).contains(&s) { 9 } else { u32::from(s % 510 == 0) })));
    assert_eq!(rates.bucket_s, 30);
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!((window.onset.best_s, window.onset.to_s), (T0 + 3000, T0 + 3000));
    let recovery = window.recovery.unwrap();
    assert_eq!(recovery.best_s, T0 + 4500);
    assert_eq!(window.duration_s(), Some(1500));
    let peak = window.peak.as_ref().unwrap();
    assert_eq!((peak.ratio.value, peak.width_s), (0.9, 30));
    assert_eq!(window.failed, 13_500.0);
    assert_eq!(window.minutes_above, [25.0; 3]);
    assert!(window.evidence.iter().any(|c| c.text.contains("second 3000")), "{:?}", window.evidence);
    assert!(!window.open_start);
    assert_eq!(rates.incident.map(|(o, r)| (o.best_s, r.map(|r| r.best_s))), Some((T0 + 3000, Some(T0 + 4500))));
}

#[test]
fn a_ramp_begins_near_its_foot() {
    let ramp = |s: i64| ((s - 3000).clamp(0, 600) / 10) as u32;
    let rates = one(|s| Some((100, if s < 4800 { ramp(s) } else { 0 })));
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert!((3000..3060).contains(&(window.onset.best_s - T0)), "{:?}", window.onset.best_s - T0);
    assert!((window.peak.as_ref().unwrap().ratio.value - 0.6).abs() < 0.01);
}

#[test]
fn a_sawtooth_is_one_window_with_dips() {
    let bad = |s: i64| (1800..5400).contains(&s) && (s / 600) % 2 == 1;
    let rates = one(|s| Some((20, if bad(s) { 12 } else { 0 })));
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!(window.onset.best_s - T0, 1800);
    assert_eq!(window.recovery.map(|r| r.best_s - T0), Some(4800));
    assert_eq!(window.second_dips.len(), 2);
}

#[test]
fn three_requests_a_minute_make_no_outage_of_a_third() {
    let rates = one(|s| (s % 20 == 0).then(|| (1, u32::from(s % 420 == 0))));
    assert_eq!(windows(&rates), []);
    assert_eq!(rates.incident, None);
}

#[test]
fn a_quiet_service_claims_nothing() {
    let rates = one(|s| Some((10, u32::from(s % 97 == 0))));
    assert_eq!(windows(&rates), []);
    let kv = rates.service("kv").unwrap();
    assert!(kv.baseline.unwrap().value < 0.01);
    assert_eq!(kv.baseline_rps, Some(10.0));
    assert_eq!(kv.operations.len(), 1);
}

#[test]
fn a_gap_stays_a_gap() {
    let rates = one(|s| (!(2400..3600).contains(&s)).then_some((10, 0)));
    let kv = rates.service("kv").unwrap();
    assert_eq!(kv.buckets.len(), 200);
    assert!(kv.buckets.iter().all(|b| b.requests == Some(300.0)));
    assert_eq!(windows(&rates), []);
}

#[test]
fn evidence_that_begins_inside_the_outage_says_so() {
    let rates = one(|s| Some((10, if s < 2000 { 9 } else { 0 })));
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert!(window.open_start);
    assert_eq!(window.onset.best_s, T0);
    assert_eq!(window.recovery.map(|r| r.best_s - T0), Some(2000));
}

#[test]
fn an_outage_that_outlives_the_evidence_stays_open() {
    let rates = one(|s| Some((10, if s >= 5000 { 9 } else { 0 })));
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!(window.recovery, None);
    assert_eq!(rates.incident.map(|(_, r)| r), Some(None));
}

#[test]
fn two_formats_of_one_service_are_never_added() {
    let mut bundle = Bundle::default();
    let load = |s: i64| Some((10, if (3000..4500).contains(&s) { 9 } else { 0 }));
    for (path, format) in [("a/edge.log", "access"), ("b/edge.log", "access"), ("app.log", "app-json")] {
        let source = bundle.source(path, format);
        bundle.track(source, "kv", "read", 0..7200, load);
    }
    let rates = bundle.measure();
    let kv = rates.service("kv").unwrap();
    let seen: Vec<(&str, usize, f64)> =
        kv.viewpoints.iter().map(|v| (v.format.as_str(), v.sources.len(), v.requests)).collect();
    assert_eq!(seen, [("access", 2, 144_000.0), ("app-json", 1, 72_000.0)]);
    assert_eq!(kv.impact[0].failed, 27_000.0);
}

#[test]
fn a_byte_identical_copy_counts_once() {
    let mut bundle = Bundle::default();
    for path in ["edge.log", "copy of edge.log"] {
        let source = bundle.source(path, "access");
        let info = &mut bundle.evidence.sources[source.0 as usize].info;
        (info.sha256, info.bytes) = ("ab".to_string(), 9);
        bundle.track(source, "kv", "read", 0..600, |_| Some((1, 0)));
    }
    let rates = bundle.measure();
    assert_eq!(rates.service("kv").unwrap().viewpoints[0].requests, 600.0);
}

#[test]
fn a_small_blip_hours_before_is_not_the_incident() {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..28_800, |s| {
        Some((10, if (600..780).contains(&s) || (20_000..24_000).contains(&s) { 5 } else { 0 }))
    });
    let rates = bundle.measure();
    assert_eq!(windows(&rates).len(), 1);
    assert_eq!(rates.incident.map(|(o, _)| o.best_s - T0), Some(20_000));
    assert_eq!(rates.service("kv").unwrap().elsewhere.len(), 1);
}

#[test]
fn operations_that_survived_are_told_apart() {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..7200, |s| Some((10, if (3000..4500).contains(&s) { 10 } else { 0 })));
    bundle.track(source, "kv", "cached", 0..7200, |_| Some((5, 0)));
    let rates = bundle.measure();
    let operations = &rates.service("kv").unwrap().operations;
    let during: Vec<(&str, f64)> = operations.iter().map(|o| (o.operation.as_str(), o.during.unwrap().value)).collect();
    assert_eq!(during, [("read", 1.0), ("cached", 0.0)]);
    assert_eq!((operations[0].impact.len(), operations[1].impact.len()), (1, 0));
}

#[test]
fn lines_without_requests_give_a_burst_and_no_percentage() {
    let mut bundle = Bundle::default();
    let source = bundle.source("app.log", "text");
    bundle.track(source, "worker", "", 0..7200, |s| Some((1, u32::from((3000..4200).contains(&s)))));
    for track in &mut bundle.evidence.tracks {
        track.track.cells.values_mut().for_each(|c| c.outcomes = Outcomes::default());
    }
    let rates = bundle.measure();
    let worker = rates.service("worker").unwrap();
    assert!(!worker.has_denominator());
    let [window] = worker.impact.as_slice() else { panic!("{:?}", worker.impact) };
    assert_eq!((window.signal.as_str(), window.failed, window.peak.is_none()), ("error_lines", 1200.0, true));
}

#[test]
fn vanished_traffic_is_an_impact_of_its_own() {
    let rates = one(|s| Some((if (3600..5400).contains(&s) { 2 } else { 10 }, 0)));
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!((window.signal.as_str(), window.onset.best_s - T0), ("traffic", 3600));
    assert_eq!(window.missing, Some(14_400.0));
}

#[test]
fn a_log_that_falls_silent_as_a_whole_is_a_gap_and_no_outage() {
    // The silence begins and ends inside a bucket, so that the buckets at its edges look low.
    let rates = one(|s| (!(3625..4647).contains(&s)).then_some((1, 0)));
    assert_eq!(windows(&rates), []);
    let rates = one(|s| (!(3605..3925).contains(&s)).then_some((10, 0)));
    assert_eq!(windows(&rates), []);
}

#[test]
fn traffic_that_vanishes_while_the_same_log_goes_on_is_an_outage() {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..7200, |s| (!(3600..5400).contains(&s)).then_some((10, 0)));
    bundle.track(source, "dns", "query", 0..7200, |s| (s % 20 == 0).then_some((1, 0)));
    let rates = bundle.measure();
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!((window.signal.as_str(), window.onset.best_s - T0), ("traffic", 3600));
    assert_eq!(window.recovery.map(|r| r.best_s - T0), Some(5400));
    assert_eq!(window.missing, Some(18_000.0));
}

#[test]
fn a_log_that_ends_or_begins_beside_another_is_no_outage() {
    let (busy, calm) = (|_: i64| Some((30, 0)), |_: i64| Some((10, 0)));
    for range in [0..4000, 3000..7200] {
        let mut bundle = Bundle::default();
        let (a, b) = (bundle.source("a/edge.log", "access"), bundle.source("b/edge.log", "access"));
        bundle.track(a, "kv", "read", range, busy);
        bundle.track(b, "kv", "read", 0..7200, calm);
        assert_eq!(windows(&bundle.measure()), []);
    }
}

#[test]
fn traffic_that_drops_while_another_instance_goes_on_is_an_outage() {
    let mut bundle = Bundle::default();
    let (a, b) = (bundle.source("a/edge.log", "access"), bundle.source("b/edge.log", "access"));
    bundle.track(a, "kv", "read", 0..7200, |s| (!(3600..5400).contains(&s)).then_some((30, 0)));
    bundle.track(b, "kv", "read", 0..7200, |_| Some((10, 0)));
    let rates = bundle.measure();
    assert_eq!(windows(&rates).iter().map(|w| w.signal.as_str()).collect::<Vec<_>>(), ["traffic"]);
}

/// A log that is silent for half an hour beside a metric that shows `during` requests a minute then.
fn silent_beside_a_metric(during: f64) -> Rates {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..7200, |s| (!(3600..5400).contains(&s)).then_some((10, 0)));
    let metric = bundle.source("metrics.csv", "metrics-csv");
    let minutes = |value: f64| (0..120).map(move |m| (T0 + m * 60, if (60..90).contains(&m) { during } else { value }));
    let requests: Vec<(i64, f64)> = minutes(600.0).collect();
    let errors: Vec<(i64, f64)> = requests.iter().map(|(at, _)| (*at, 0.0)).collect();
    for (name, points) in [("requests", requests), ("errors", errors)] {
        bundle.evidence.series.push((metric, metrics::tests::series(name, &[("service", "kv")], &points)));
    }
    bundle.measure()
}

#[test]
fn a_counted_zero_is_a_witness_and_a_busy_metric_is_not() {
    let signals = |r: &Rates| windows(r).iter().map(|w| w.signal.clone()).collect::<Vec<_>>();
    assert_eq!(signals(&silent_beside_a_metric(0.0)), ["traffic"]);
    assert_eq!(signals(&silent_beside_a_metric(600.0)), [""; 0]);
}

#[test]
fn a_job_that_runs_now_and_then_does_not_vanish() {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..14_400, |s| (s % 1800 < 600).then_some((10, 0)));
    bundle.track(source, "dns", "query", 0..14_400, |_| Some((1, 0)));
    assert_eq!(windows(&bundle.measure()), []);
}

#[test]
fn metrics_alone_give_curves_and_an_onset_no_finer_than_their_step() {
    let mut bundle = Bundle::default();
    let source = bundle.source("metrics.csv", "metrics-csv");
    let points: Vec<(i64, f64)> =
        (0..120).map(|m| (T0 + m * 60, if (50..80).contains(&m) { 0.9 } else { 0.002 })).collect();
    let mut series = metrics::tests::series("kv error rate", &[], &points);
    series.stamp = crate::model::PointStamp::Instant;
    bundle.evidence.series.push((source, series));
    let rates = bundle.measure();
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!(rates.bucket_s, 60);
    assert_eq!((window.onset.from_s - T0, window.onset.best_s - T0, window.onset.to_s - T0), (2940, 3000, 3059));
    assert_eq!(window.peak.as_ref().map(|p| p.ratio.value), Some(0.9));
    let bucket = &rates.service("kv").unwrap().buckets[0];
    assert_eq!((bucket.requests, bucket.failed), (None, None));
    assert!(!window.evidence.is_empty());
}

#[test]
fn the_same_evidence_measures_the_same() {
    let load = |s: i64| Some((7, if (3000..4500).contains(&s) { 3 } else { 0 }));
    assert_eq!(one(load), one(load));
}

#[test]
fn a_log_of_failures_alone_gives_a_count_and_no_percentage() {
    let rates = one(|s| {
        let burst = (3000..4500).contains(&s);
        (burst || s % 600 == 0).then_some(if burst { (4, 4) } else { (1, 1) })
    });
    let kv = rates.service("kv").unwrap();
    assert!(!kv.has_denominator());
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!((window.signal.as_str(), window.onset.best_s - T0), ("error_lines", 3000));
}

#[test]
fn a_service_that_always_fails_has_no_onset_and_says_so() {
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..3600, |_| Some((5, 5)));
    bundle.track(source, "dns", "query", 0..3600, |_| Some((5, 0)));
    let rates = bundle.measure();
    assert_eq!(windows(&rates), []);
    let constant = rates.service("kv").unwrap().throughout.as_ref().unwrap();
    assert_eq!((constant.ratio.value, constant.failed), (1.0, Some(18_000.0)));
    assert_eq!(constant.evidence.len(), 2);
    assert_eq!(rates.service("dns").unwrap().throughout, None);
}

#[test]
fn what_always_failed_a_third_and_then_wholly_has_the_window_of_the_worse() {
    let rates = one(|s| Some((30, if (3000..4500).contains(&s) { 30 } else { 9 + u32::from(s % 7 == 0) })));
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!((window.onset.best_s - T0, window.open_start), (3000, false));
    assert_eq!(rates.service("kv").unwrap().throughout, None);
}

#[test]
fn a_stated_ratio_of_one_throughout_is_no_outage() {
    let mut bundle = Bundle::default();
    let source = bundle.source("metrics.csv", "metrics-csv");
    let points: Vec<(i64, f64)> = (0..60).map(|m| (T0 + m * 60, 1.0)).collect();
    bundle.evidence.series.push((source, metrics::tests::series("kv error rate", &[], &points)));
    let rates = bundle.measure();
    assert_eq!(windows(&rates), []);
    let constant = rates.service("kv").unwrap().throughout.as_ref().unwrap();
    assert_eq!((constant.ratio.value, constant.failed), (1.0, None));
    assert!(!constant.evidence.is_empty());
}

#[test]
fn stamps_of_whole_minutes_give_an_onset_of_a_minute() {
    let rates = one(|s| (s % 60 == 0).then_some((600, if (3000..4500).contains(&s) { 500 } else { 0 })));
    let onset = windows(&rates)[0].onset;
    assert_eq!((onset.best_s - T0, onset.to_s - T0), (3000, 3059));
    assert_eq!(windows(&rates)[0].recovery.map(|r| r.to_s - T0), Some(4559));
}

/// Seconds of ten years.
const DECADE: i64 = 3653 * 86_400;

#[test]
fn an_outage_is_found_alike_with_and_without_a_file_of_another_decade() {
    let bad = |s: i64| (1800..2760).contains(&(s % DECADE));
    let load = |s: i64| Some((1, u32::from(bad(s) && s % 2 == 0)));
    let alone = one(load);
    let mut bundle = Bundle::default();
    let old = bundle.source("old.log", "access");
    bundle.track(old, "kv", "read", 0..7200, load);
    let new = bundle.source("new.log", "access");
    bundle.track(new, "kv", "read", DECADE..DECADE + 7200, load);
    let both = bundle.measure();
    assert_eq!(both.periods, [(T0, T0 + 7199), (T0 + DECADE, T0 + DECADE + 7199)]);
    assert_eq!(both.bucket_s, alone.bucket_s);
    let [window] = windows(&alone) else { panic!("{:?}", windows(&alone)) };
    let service = both.service("kv").unwrap();
    assert_eq!((service.impact.len(), service.elsewhere.len()), (1, 1));
    // The earlier of two equal stories is the incident; the other is told beside it.
    assert_eq!(service.impact[0].onset, window.onset);
    assert_eq!(service.elsewhere[0].onset.best_s, window.onset.best_s + DECADE);
    assert_eq!(service.impact[0].failed, window.failed);
}

#[test]
fn a_second_outage_hours_later_is_not_added_to_the_first() {
    let rates = one(|s| {
        let failed = match s {
            1200..2160 => 9,
            5400..6000 => 4,
            _ => 0,
        };
        Some((10, failed))
    });
    let service = rates.service("kv").unwrap();
    assert_eq!((service.impact.len(), service.elsewhere.len()), (1, 1), "{:?}", service.elsewhere);
    assert_eq!(service.worst().unwrap().failed, 960.0 * 9.0);
    assert_eq!(service.elsewhere[0].onset.best_s, T0 + 5400);
    assert_eq!(rates.bounds_s().map(|b| b.1 < T0 + 5400), Some(true));
    assert_eq!(rates.elsewhere().len(), 1);
}

#[test]
fn a_short_outage_in_a_long_log_is_read_in_narrow_buckets() {
    let week = 10 * 86_400;
    let load = |s: i64| (s % 5 == 0).then_some((2, if (400_000..401_200).contains(&s) { 2 } else { 0 }));
    let mut bundle = Bundle::default();
    let source = bundle.source("edge.log", "access");
    bundle.track(source, "kv", "read", 0..week, load);
    let rates = bundle.measure();
    assert!(rates.bucket_s <= 300, "{}", rates.bucket_s);
    let [window] = windows(&rates) else { panic!("{:?}", windows(&rates)) };
    assert_eq!(window.onset.best_s, T0 + 400_000);
    assert_eq!(window.peak.as_ref().unwrap().ratio.value, 1.0);
}
