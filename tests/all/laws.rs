//! The laws of the waist: how a file is cut, in which order pieces are merged, and by how much a
//! clock is shifted cannot change what was counted.

use std::collections::BTreeMap;

use proptest::prelude::*;
use recount::clock;
use recount::ingest::{Options, read_bytes};
use recount::model::{CallEnd, Cell, Evidence, Fold, Level, OpKey, Outcome, Precision, RawTime, SourceEvidence, Track};

/// One invented log record: seconds after noon, whether its clock jumps, service, status.
#[derive(Clone, Debug)]
struct Line {
    second: u32,
    service: u8,
    status: u16,
    trace: bool,
}

fn line() -> impl Strategy<Value = Line> {
    (0u32..7_200, 0u8..3, prop::sample::select(vec![200u16, 404, 429, 499, 500, 503, 504]), any::<bool>())
        .prop_map(|(second, service, status, trace)| Line { second, service, status, trace })
}

fn lines(most: usize) -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(line(), 1..most)
}

/// The record as a JSON log line.
fn json(l: &Line) -> String {
    let (h, m, s) = (12 + l.second / 3600, l.second / 60 % 60, l.second % 60);
    format!(
        "{{\"time\":\"2025-06-12T{h:02}:{m:02}:{s:02}Z\",\"service\":\"svc-{}\",\"level\":\"{}\",\"status\":{},\"msg\":\"took {} ms\"}}\n",
        l.service,
        if l.status >= 500 { "error" } else { "info" },
        l.status,
        l.second
    )
}

/// The record as a zone-less text line, some with a stack trace below.
fn text(l: &Line) -> String {
    let (h, m, s) = (12 + l.second / 3600, l.second / 60 % 60, l.second % 60);
    let level = if l.status >= 500 { "ERROR" } else { "INFO" };
    let trace = if l.trace { "java.io.IOException: gone\n\tat org.example.Pool.get(Pool.java:7)\n" } else { "" };
    format!(
        "2025-06-12 {h:02}:{m:02}:{s:02},000 {level} [pool-{}] org.example.Pool - lease {}\n{trace}",
        l.service, l.second
    )
}

fn read(path: &str, content: &str) -> SourceEvidence {
    read_bytes(path, content.as_bytes(), &Options::default())
}

/// Service, operation, second → records, outcomes, errors.
type Counted = BTreeMap<(String, String, i64), (u32, Vec<u32>, u32)>;

/// What was counted, without places: counts per key and second, and patterns.
fn counted(source: &SourceEvidence) -> Counted {
    let mut out = BTreeMap::new();
    for fold in &source.folds {
        for (key, track) in &fold.rollup.tracks {
            for (second, cell) in track.cells.iter() {
                let entry = out.entry((key.service.clone(), key.operation.clone(), second)).or_insert((
                    0,
                    vec![0; Outcome::COUNT],
                    0,
                ));
                entry.0 += cell.records;
                entry.2 += cell.errors;
                for (sum, n) in entry.1.iter_mut().zip(cell.outcomes.0) {
                    *sum += n;
                }
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_file_cut_anywhere_between_records_counts_the_same(lines in lines(60), cut in 0usize..60, plain in any::<bool>()) {
        let write = if plain { text } else { json };
        let cut = cut.min(lines.len());
        let whole: String = lines.iter().map(write).collect();
        let mut left = read("a.log", &lines[..cut].iter().map(write).collect::<String>());
        let right = read("a.log", &lines[cut..].iter().map(write).collect::<String>());
        left.merge(right);
        let whole = read("a.log", &whole);
        prop_assert_eq!(counted(&left), counted(&whole));
        prop_assert_eq!(left.accounting.total, whole.accounting.total);
        prop_assert_eq!(left.accounting.records, whole.accounting.records);
        prop_assert_eq!(left.folds.len(), whole.folds.len());
    }

    #[test]
    fn every_frame_and_byte_is_in_exactly_one_class(content in "[ -~\n]{0,400}", lines in lines(20)) {
        let mixed: String = lines.iter().map(json).collect::<String>() + &content + &lines.iter().map(text).collect::<String>();
        for content in [content, mixed] {
            let source = read("a.log", &content);
            prop_assert!(source.accounting.adds_up(), "{:?}", source.accounting);
            prop_assert_eq!(source.accounting.total.bytes, content.len() as u64);
        }
    }

    #[test]
    fn merging_is_associative(pieces in prop::collection::vec(lines(12), 3)) {
        let read = |at: usize| read("a.log", &pieces[at].iter().map(text).collect::<String>());
        let (mut left, mut right) = (read(0), read(1));
        left.merge(read(1));
        left.merge(read(2));
        right.merge(read(2));
        let mut all = read(0);
        all.merge(right);
        prop_assert_eq!(left, all);
    }

    #[test]
    fn another_zone_moves_every_second_by_exactly_its_offset(lines in lines(40), hours in -12i64..=14) {
        let content: String = lines.iter().map(text).collect();
        let align = |zone: &str| -> Evidence {
            let declared = clock::Declared { zone: Some(zone.to_string()), skew_ms: None };
            let declared = BTreeMap::from([("a.log".to_string(), declared)]);
            clock::align(vec![read("a.log", &content)], &clock::Options { declared, ..Default::default() })
        };
        let (utc, moved) = (align("UTC"), align(&format!("{hours:+03}:00")));
        let seconds = |e: &Evidence| e.tracks.iter().flat_map(|t| t.track.cells.keys()).collect::<Vec<i64>>();
        let expected: Vec<i64> = seconds(&utc).iter().map(|s| s - hours * 3600).collect();
        prop_assert_eq!(seconds(&moved), expected);
    }

    #[test]
    fn tracks_merge_in_any_order(cells in prop::collection::vec((0i64..50, 0usize..Outcome::COUNT), 1..60), split in 0usize..60) {
        let track = |cells: &[(i64, usize)]| {
            let cell = |(second, outcome): &(i64, usize)| {
                let mut cell = Cell { records: 1, ..Cell::default() };
                cell.outcomes.add(Outcome::ALL[*outcome]);
                cell.latency.add(1_000 << (outcome * 3));
                (*second, cell)
            };
            Track { cells: cells.iter().map(cell).collect(), ..Track::default() }
        };
        let split = split.min(cells.len());
        let (mut ab, mut ba) = (track(&cells[..split]), track(&cells[split..]));
        ab.merge(track(&cells[split..]));
        ba.merge(track(&cells[..split]));
        prop_assert_eq!(&ab, &ba);
        prop_assert_eq!(ab, track(&cells));
    }
}

#[test]
fn a_clock_that_falls_back_by_more_than_half_an_hour_starts_a_new_fold() {
    let at = |s: i64| RawTime::unzoned(recount::model::ClockKind::Naive, s * 1_000_000_000, Precision::Second);
    let fold = Fold::starting(at(10_000), 1);
    assert!(fold.goes_on(at(9_000)));
    assert!(!fold.goes_on(at(8_000)));
    assert!(
        Fold::starting(RawTime::epoch_ns(10_000_000_000_000, Precision::Second), 1)
            .goes_on(RawTime::epoch_ns(0, Precision::Second)),
        "zoned stamps never start a new fold"
    );
}

#[test]
fn a_key_tells_weights_apart_so_that_counts_stay_whole_numbers() {
    let key = |weight_milli| OpKey { service: "kv".into(), operation: "get".into(), weight_milli, side: CallEnd::Own };
    assert_ne!(key(1000), key(10_000));
    assert!(Level::Fatal.is_error() && !Level::Warn.is_error());
}
