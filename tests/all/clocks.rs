//! Clocks: every way in which a zone, a year, a day or an offset is decided, and what is said when
//! nothing decides.

use std::collections::BTreeMap;

use recount::clock::{self, Declared};
use recount::ingest::{Options, read_bytes};
use recount::model::{ClockDecision, DiagnosticKind, Evidence, TimeBasis, WitnessKind, format_utc};

/// Aligns files given as (path, content).
fn align(files: &[(&str, String)]) -> Evidence {
    aligned(files, BTreeMap::new())
}

fn aligned(files: &[(&str, String)], declared: BTreeMap<String, Declared>) -> Evidence {
    let mut files = files.to_vec();
    files.sort();
    let sources = files.iter().map(|(path, text)| read_bytes(path, text.as_bytes(), &Options::default())).collect();
    clock::align(sources, &clock::Options { declared, ..clock::Options::default() })
}

fn zone(zone: &str) -> Declared {
    Declared { zone: Some(zone.to_string()), skew_ms: None }
}

/// UTC seconds of everything counted in the file at `path`, as text.
fn seconds(evidence: &Evidence, path: &str) -> Vec<String> {
    let source = evidence.sources.iter().find(|s| s.info.path == path).expect("read");
    let tracks = evidence.tracks.iter().filter(|t| t.source == source.id);
    let mut seconds: Vec<i64> = tracks.flat_map(|t| t.track.cells.keys()).collect();
    seconds.sort_unstable();
    seconds.iter().map(|s| format_utc(s * 1_000_000_000, recount::model::Precision::Second)).collect()
}

fn decision<'e>(evidence: &'e Evidence, path: &str) -> &'e ClockDecision {
    let source = evidence.sources.iter().find(|s| s.info.path == path).expect("read");
    source.clocks.last().expect("a clock")
}

fn decisive(decision: &ClockDecision) -> WitnessKind {
    decision.witnesses.iter().find(|w| w.decisive).expect("a decisive witness").kind
}

/// Zone-less error lines at the given wall clocks.
fn naive(walls: &[&str]) -> String {
    walls.iter().map(|w| format!("{w},408 ERROR [p-1] a.b.C - read failed\n")).collect()
}

#[test]
fn an_envelope_tells_the_zone_of_the_stamps_inside() {
    let inner = naive(&["2025-06-12 19:52:03"; 4]);
    let wrapped: String = inner.lines().map(|l| format!("2025-06-12T17:52:03.410003121Z stderr F {l}\n")).collect();
    let evidence = align(&[("a.log", wrapped)]);
    assert_eq!(seconds(&evidence, "a.log"), ["2025-06-12T17:52:03Z"]);
    let decision = decision(&evidence, "a.log");
    assert_eq!((decision.offset_s, decision.skew_ms, decision.basis), (7200, 0, TimeBasis::Inferred));
    assert_eq!(decisive(decision), WitnessKind::Wrapper);
}

#[test]
fn seven_and_a_half_minutes_are_a_wrong_clock_and_no_zone() {
    let inner = naive(&["2025-06-12 17:59:34"; 4]);
    let wrapped: String = inner.lines().map(|l| format!("2025-06-12T17:52:03.410003121Z stderr F {l}\n")).collect();
    let evidence = align(&[("a.log", wrapped)]);
    let decision = decision(&evidence, "a.log");
    assert_eq!((decision.offset_s, decision.skew_ms), (0, 451_000));
    assert_eq!(seconds(&evidence, "a.log"), ["2025-06-12T17:52:03Z"]);
}

#[test]
fn what_the_user_declares_stands_before_every_witness_and_dissent_is_said() {
    let inner = naive(&["2025-06-12 19:52:03"; 4]);
    let wrapped: String = inner.lines().map(|l| format!("2025-06-12T17:52:03.410003121Z stderr F {l}\n")).collect();
    let tokyo = aligned(&[("a.log", wrapped.clone())], BTreeMap::from([("a.log".to_string(), zone("Asia/Tokyo"))]));
    assert_eq!(seconds(&tokyo, "a.log"), ["2025-06-12T10:52:03Z"]);
    assert!(decision(&tokyo, "a.log").ambiguity.as_ref().is_some_and(|a| a.contains("+02:00")));
    let berlin = aligned(&[("a.log", wrapped)], BTreeMap::from([("a.log".to_string(), zone("Europe/Berlin"))]));
    assert_eq!(decision(&berlin, "a.log").ambiguity, None, "+02:00 is Berlin in June");
    assert_eq!(decision(&berlin, "a.log").basis, TimeBasis::Declared);
}

#[test]
fn a_zoned_file_in_the_folder_of_a_host_tells_the_zone_of_its_neighbour() {
    let access = "192.0.2.7 - - [12/Jun/2025:19:52:03 +0200] \"GET /kv HTTP/1.1\" 503 12 \"-\" \"-\"\n".repeat(4);
    let evidence = align(&[("hosts/web/access.log", access), ("hosts/web/app.log", naive(&["2025-06-12 19:52:03"]))]);
    assert_eq!(seconds(&evidence, "hosts/web/app.log"), ["2025-06-12T17:52:03Z"]);
    assert_eq!(decisive(decision(&evidence, "hosts/web/app.log")), WitnessKind::ZonedSibling);
}

#[test]
fn ids_shared_with_a_zoned_source_tell_the_zone() {
    let edge: String = (0..20).map(|n| format!("{{\"time\":\"2025-06-12T17:52:{n:02}Z\",\"level\":\"info\",\"status\":200,\"request_id\":\"r-{n}\",\"msg\":\"x\"}}\n")).collect();
    let app: String = (0..20)
        .map(|n| {
            format!(
                "{{\"time\":\"2025-06-12 23:22:{n:02}\",\"level\":\"info\",\"request_id\":\"r-{n}\",\"msg\":\"x\"}}\n"
            )
        })
        .collect();
    let evidence = align(&[("edge.json", edge), ("app.json", app)]);
    let decision = decision(&evidence, "app.json");
    assert_eq!((decision.offset_s, decisive(decision)), (19_800, WitnessKind::SharedIds));
    assert_eq!(seconds(&evidence, "app.json")[0], "2025-06-12T17:52:00Z");
}

#[test]
fn a_zone_that_nothing_decides_is_utc_and_listed_as_assumed() {
    let evidence = align(&[("a.log", naive(&["2025-06-12 17:52:03"]))]);
    assert_eq!(decision(&evidence, "a.log").basis, TimeBasis::Assumed);
    assert!(evidence.diagnostics.iter().any(|d| d.kind == DiagnosticKind::Clock && d.hint.contains("--input-tz")));
}

#[test]
fn syslog_over_new_year_spans_two_years() {
    let syslog =
        "Dec 31 23:59:58 edge7 kvgw[2]: up\nJan  1 00:00:02 edge7 kvgw[2]: up\nJan  1 00:00:01 edge7 kvgw[2]: late\n";
    let anchor = "{\"time\":\"2026-01-01T00:00:00Z\",\"level\":\"info\",\"msg\":\"x\"}\n";
    let evidence = align(&[("sys.log", syslog.to_string()), ("z.json", anchor.to_string())]);
    assert_eq!(
        seconds(&evidence, "sys.log"),
        ["2025-12-31T23:59:58Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"],
        "one line of disorder changes nothing"
    );
}

#[test]
fn a_leap_day_without_a_year_is_in_the_nearest_leap_year_its_file_can_be_of() {
    let year = |text: &str, modified: &str, path: &str| {
        let mut source = read_bytes(path, text.as_bytes(), &Options::default());
        let at = modified.parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
        source.info.modified_s = Some(at.timestamp());
        let evidence = clock::align(vec![source], &clock::Options::default());
        seconds(&evidence, path)
    };
    let leap = "Feb 29 12:00:00 edge7 kvgw[2]: up\n";
    assert_eq!(year(leap, "2025-06-12T00:00:00Z", "a.log"), ["2024-02-29T12:00:00Z"]);
    assert_eq!(year(leap, "2026-06-12T00:00:00Z", "a.log"), ["2024-02-29T12:00:00Z"]);
    assert_eq!(year(leap, "2027-12-01T00:00:00Z", "a.log"), ["2024-02-29T12:00:00Z"], "not after its file");
    assert_eq!(year(leap, "2028-02-29T13:00:00Z", "a.log"), ["2028-02-29T12:00:00Z"]);
    let around = format!("Feb 28 12:00:00 edge7 kvgw[2]: up\n{leap}Mar  1 12:00:00 edge7 kvgw[2]: up\n");
    assert_eq!(
        year(&around, "2026-03-02T00:00:00Z", "a.log"),
        ["2024-02-28T12:00:00Z", "2024-02-29T12:00:00Z", "2024-03-01T12:00:00Z"],
        "the neighbours of a leap day are of its year"
    );
}

#[test]
fn the_hour_that_comes_twice_is_told_apart_by_file_order() {
    let twice = naive(&["2025-10-26 02:10:00", "2025-10-26 02:50:00", "2025-10-26 02:10:00", "2025-10-26 02:50:00"]);
    let berlin = BTreeMap::from([("a.log".to_string(), zone("Europe/Berlin"))]);
    let evidence = aligned(&[("a.log", twice)], berlin);
    assert_eq!(
        seconds(&evidence, "a.log"),
        ["2025-10-26T00:10:00Z", "2025-10-26T00:50:00Z", "2025-10-26T01:10:00Z", "2025-10-26T01:50:00Z"]
    );
}

#[test]
fn an_hour_that_never_was_makes_the_declared_zone_doubtful() {
    let berlin = BTreeMap::from([("a.log".to_string(), zone("Europe/Berlin"))]);
    let evidence = aligned(&[("a.log", naive(&["2025-03-30 01:30:00", "2025-03-30 02:30:00"]))], berlin);
    assert!(decision(&evidence, "a.log").ambiguity.as_ref().is_some_and(|a| a.contains("never was")));
}

#[test]
fn a_source_that_is_minutes_off_is_found_on_shared_ids_against_a_majority() {
    let log = |ahead: i64| -> String {
        (0..30)
            .map(|n| {
                let s = n * 10 + ahead;
                let (h, m, s) = (17 + s / 3600, s / 60 % 60, s % 60);
                format!("{{\"time\":\"2025-06-12T{h:02}:{m:02}:{s:02}Z\",\"level\":\"info\",\"request_id\":\"r-{n}\",\"msg\":\"x\"}}\n")
            })
            .collect()
    };
    let evidence = align(&[("a.json", log(0)), ("b.json", log(451)), ("c.json", log(0))]);
    let off = decision(&evidence, "b.json");
    assert_eq!((off.skew_ms, off.skew_spread_ms, off.anchors), (451_000, Some(1_000), 30));
    assert_eq!(seconds(&evidence, "b.json"), seconds(&evidence, "a.json"));
    assert_eq!(decision(&evidence, "a.json").skew_ms, 0);
}

#[test]
fn two_sources_that_differ_are_left_alone_and_that_is_said() {
    let log = |minute: u32| -> String {
        (0..30).map(|n| format!("{{\"time\":\"2025-06-12T17:{minute:02}:{n:02}Z\",\"level\":\"info\",\"request_id\":\"r-{n}\",\"msg\":\"x\"}}\n")).collect()
    };
    let evidence = align(&[("a.json", log(10)), ("b.json", log(17))]);
    assert!(["a.json", "b.json"].iter().all(|p| decision(&evidence, p).skew_ms == 0));
    assert!(evidence.diagnostics.iter().any(|d| d.message.contains("no majority")));
}

#[test]
fn a_declared_clock_error_is_taken_out() {
    let declared = Declared { zone: None, skew_ms: Some(60_000) };
    let log = "{\"time\":\"2025-06-12T17:53:03Z\",\"level\":\"info\",\"msg\":\"x\"}\n".to_string();
    let evidence = aligned(&[("a.json", log)], BTreeMap::from([("a.json".to_string(), declared)]));
    assert_eq!(seconds(&evidence, "a.json"), ["2025-06-12T17:52:03Z"]);
}

#[test]
fn a_bare_time_with_a_zone_gets_its_day_from_the_other_sources() {
    let story = "What happened to the key-value store\n\nThe outage began at 17:52 UTC, when reads of the store failed. The storage \
                 team looked into it at once.\n\nService was fully restored at 20:28 UTC. Nothing was lost, as far as we know \
                 today, and we are sorry for the trouble this has caused to everybody who relies on us.\n"
        .to_string();
    let log = "{\"time\":\"2025-06-12T18:00:00Z\",\"level\":\"error\",\"msg\":\"x\"}\n".repeat(5);
    let evidence = align(&[("story.txt", story), ("log.json", log)]);
    let times: Vec<String> = evidence.events.iter().map(|e| e.at.to_string()).collect();
    assert_eq!(times, ["2025-06-12T17:52Z", "2025-06-12T20:28Z"]);
    assert!(evidence.events.iter().all(|e| e.at.basis == TimeBasis::Inferred));
}
