//! Random bundles with known zones: whatever is decided is right, whatever is not decided is said.
//!
//! Few of them run always; `RECOUNT_BUNDLES=200 cargo test --test all -- clock_bundles` runs more.

use std::path::Path;

use crate::support::Draw;
use recount::model::{ClockDecision, ClockKind, Evidence, Source as Read, TimeBasis};
use recount::pipeline::{self, Request};
use recount::simulate::{
    self, CurveShape, Moment, Options, Scenario, Segment, Service, Source, SourceFormat, Truth, Wrapper, Written,
};

/// Bundles of a normal run.
const FEW: u64 = 8;

const ZONES: &[&str] = &[
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Tehran",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "UTC",
];

/// Days with and without a change of some of these clocks.
const DAYS: &[(i32, u32, u32)] = &[
    (2025, 6, 12),
    (2025, 1, 15),
    (2025, 3, 30),
    (2025, 10, 26),
    (2025, 3, 9),
    (2025, 11, 2),
    (2024, 12, 31),
    (2024, 2, 29),
];

/// A bundle, and the files whose zone something in it decides.
struct Bundle {
    scenario: Scenario,
    decided: Vec<String>,
}

fn bundle(seed: u64) -> Bundle {
    let mut draw = Draw(seed);
    let (year, month, day) = draw.of(DAYS);
    let start = 3600 * (draw.next() % 20) as i64;
    let end = start + 9_000;
    let mut scenario = Scenario {
        title: "An outage".to_string(),
        date: chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a date"),
        start: Moment::of_seconds(start),
        end: Moment::of_seconds(end),
        seed,
        noise: 0.3,
        ..Scenario::default()
    };
    for key in ["store", "gate"] {
        let mut service = Service::new(key, &format!("The {key}"), 0.12);
        service.baseline = 0.02;
        let from = Moment::of_seconds(start + 1_800 + (draw.next() % 1_800) as i64);
        let to = Moment::of_seconds(from.ms / 1000 + 1_500 + (draw.next() % 1_500) as i64);
        service.curve = vec![Segment { from, to: Some(to), shape: CurveShape::Step, ratio: 0.9, ..Segment::default() }];
        scenario.services.push(service);
    }
    let mut decided = Vec::new();
    let zoned = !draw.one_in(4);
    if zoned {
        for (at, key) in ["store", "gate"].into_iter().enumerate() {
            let format = draw.of(&[SourceFormat::Pino, SourceFormat::Slog, SourceFormat::Zap]);
            let mut source = Source::new(&format!("edge/{key}-{at}.jsonl"), format);
            source.services = vec![key.to_string()];
            scenario.sources.push(source);
        }
    }
    for at in 0..3 {
        add_app(&mut draw, &mut scenario, &mut decided, at, zoned);
    }
    add_host(&mut draw, &mut scenario, &mut decided, zoned);
    if draw.one_in(2) {
        let mut source = Source::new("chat/export", SourceFormat::Slack);
        source.zone = draw.of(ZONES).to_string();
        scenario.sources.push(source);
    }
    Bundle { scenario, decided }
}

/// A text log without zone, perhaps wrapped, perhaps with a wrong clock, among logs of other zones.
fn add_app(draw: &mut Draw, scenario: &mut Scenario, decided: &mut Vec<String>, at: usize, zoned: bool) {
    let format = draw.of(&[SourceFormat::Log4j, SourceFormat::Python, SourceFormat::Spring, SourceFormat::Klog]);
    let path = format!("logs/app-{at}.log");
    let mut source = Source::new(&path, format);
    source.services = vec![draw.of(&["store", "gate"]).to_string()];
    source.zone = draw.of(ZONES).to_string();
    source.written = Some(Written::None);
    source.wrapper = draw.of(&[Wrapper::None, Wrapper::None, Wrapper::Cri, Wrapper::Docker]);
    if draw.one_in(4) {
        source.clock_offset_s = draw.of(&[-38.0, 451.0, 95.5]);
    }
    if zoned || source.wrapper != Wrapper::None {
        decided.push(path);
    }
    scenario.sources.push(source);
}

/// A host's syslog beside its access log, and an access log of elsewhere in the logs' folder.
fn add_host(draw: &mut Draw, scenario: &mut Scenario, decided: &mut Vec<String>, zoned: bool) {
    let zone = draw.of(ZONES).to_string();
    let beside = draw.one_in(2);
    if beside {
        let mut access = Source::new("hosts/edge3/access.log", SourceFormat::Nginx);
        (access.services, access.zone) = (vec!["gate".to_string()], zone.clone());
        scenario.sources.push(access);
    }
    let mut syslog = Source::new("hosts/edge3/messages", SourceFormat::Rfc3164);
    (syslog.services, syslog.zone) = (vec!["gate".to_string()], zone.clone());
    if zoned || (beside && zone != "UTC") {
        decided.push(syslog.path.clone());
    }
    scenario.sources.push(syslog);
    let mut elsewhere = Source::new("logs/access.log", SourceFormat::Nginx);
    (elsewhere.services, elsewhere.zone) = (vec!["store".to_string()], draw.of(ZONES).to_string());
    scenario.sources.push(elsewhere);
}

/// What is wrong with the clocks of a bundle's evidence.
fn against(evidence: &Evidence, truth: &Truth, bundle: &Bundle) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, expected) in &truth.sources {
        let Some(source) = evidence.sources.iter().find(|s| s.info.path.ends_with(path.as_str())) else { continue };
        let unzoned = |c: &&ClockDecision| !matches!(c.clock, ClockKind::Zoned | ClockKind::TimeOnlyZoned);
        for clock in source.clocks.iter().filter(unzoned) {
            let silent = clock.basis != TimeBasis::Assumed && clock.ambiguity.is_none();
            let right = is_right(clock, &expected.zone, truth) && covers(source, truth, expected.clock_offset_s);
            let must = bundle.decided.contains(path);
            // Nepal with a clock 451 s ahead is also six hours with one 449 s behind: both must be named then.
            let named = clock.ambiguity.as_ref().is_some_and(|doubt| doubt.contains(&label(&expected.zone, truth)));
            if !right && (silent || (must && !named)) {
                let how = if silent { "silently" } else { "in spite of a witness" };
                wrong.push(format!("{path}: {how} {} instead of {}: {:?}", clock.zone, expected.zone, clock.witnesses));
            } else if must && clock.basis == TimeBasis::Assumed && source.clocks.len() == 1 {
                wrong.push(format!("{path}: nothing decided {}: {:?}", expected.zone, clock.witnesses));
            }
        }
        let right = |clock: &&ClockDecision| !unzoned(clock) || is_right(clock, &expected.zone, truth);
        let clocks = source.clocks.iter().filter(right);
        wrong.extend(clocks.filter_map(|clock| skew(path, clock, expected.clock_offset_s)));
    }
    wrong
}

/// Offset of a zone at a moment, s.
fn offset_at(zone: &str, utc_s: i64) -> i32 {
    let Ok(zone) = zone.parse::<chrono_tz::Tz>() else { return 0 };
    let utc = chrono::DateTime::from_timestamp(utc_s, 0).expect("in range").naive_utc();
    chrono::Offset::fix(&chrono::TimeZone::offset_from_utc_datetime(&zone, &utc)).local_minus_utc()
}

/// The offset at the beginning of the bundle, as it is said in doubts.
fn label(zone: &str, truth: &Truth) -> String {
    recount::clock::zone::offset_label(offset_at(zone, truth.covers_s.0))
}

/// Whether a decision's offset is one that the zone has during the bundle.
fn is_right(clock: &ClockDecision, zone: &str, truth: &Truth) -> bool {
    [truth.covers_s.0, truth.covers_s.1].iter().any(|at| clock.offset_s == offset_at(zone, *at))
}

/// Whether a source lies in the hours of the bundle: a clock set by an hour does not push it out.
fn covers(source: &Read, truth: &Truth, clock_offset_s: f64) -> bool {
    let slack = 120 + clock_offset_s.abs() as i64;
    source.covers_s.is_none_or(|(from, to)| from >= truth.covers_s.0 - slack && to <= truth.covers_s.1 + slack)
}

/// A clock error that was taken out is right within its stated spread.
fn skew(path: &str, clock: &ClockDecision, expected_s: f64) -> Option<String> {
    let spread = clock.skew_spread_ms.filter(|_| clock.skew_ms != 0)?;
    let off = (clock.skew_ms as f64 - expected_s * 1000.0).abs();
    (off > spread as f64)
        .then(|| format!("{path}: skew {} ms, spread {spread} ms, instead of {expected_s} s", clock.skew_ms))
}

fn recounted(dir: &Path) -> Evidence {
    let request = Request { paths: vec![dir.to_path_buf()], ..Request::default() };
    pipeline::align(&request, &()).expect("aligned").evidence
}

#[test]
fn no_random_bundle_has_a_wrong_zone_that_nothing_says() {
    let many = std::env::var("RECOUNT_BUNDLES").ok().and_then(|n| n.parse().ok()).unwrap_or(FEW);
    let first = std::env::var("RECOUNT_BUNDLES_FROM").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut wrong = Vec::new();
    for seed in first..first + many {
        let bundle = bundle(seed);
        let dir = tempfile::tempdir().expect("folder");
        let folder = dir.path().join("bundle");
        let truth = simulate::write(&bundle.scenario, Options::default(), &folder).expect("written");
        let found = against(&recounted(&folder), &truth, &bundle);
        wrong.extend(found.into_iter().map(|what| format!("bundle {seed}, {}: {what}", bundle.scenario.date)));
    }
    assert!(wrong.is_empty(), "{} faults in {many} bundles:\n{}", wrong.len(), wrong.join("\n"));
}
