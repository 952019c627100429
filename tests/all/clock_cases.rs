//! Clock cases as files: `tests/clock/<case>/input/…`, what is said beside it in `case.toml`, and
//! `expected.json` with the decision, its witnesses, and the moments that come out.

use std::collections::BTreeMap;
use std::path::Path;

use recount::clock::{self, Declared};
use recount::ingest::{Options, read_bytes};
use recount::model::{ClockDecision, DiagnosticKind, Evidence, Precision, Source, format_utc};
use serde_json::{Value, json};

use crate::support::{contents, expect_file, folders, root};

/// Moments of one source that are written down.
const MOMENTS: usize = 12;

/// What is said beside the files of a case.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Said {
    /// Path → zone, as with `--input-tz`.
    zones: BTreeMap<String, String>,
    /// Path → milliseconds ahead, as in `alignment.toml`.
    skew_ms: BTreeMap<String, i64>,
    /// Path → modification time, RFC 3339.
    modified: BTreeMap<String, String>,
}

#[test]
fn every_clock_case_is_decided_as_reviewed() {
    let cases = folders(&root().join("tests/clock"));
    assert!(!cases.is_empty(), "there are clock cases");
    let faults: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(faults.is_empty(), "{} of {} cases differ:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

fn run(case: &Path) -> Result<(), String> {
    let said: Said = match std::fs::read_to_string(case.join("case.toml")) {
        Ok(text) => toml::from_str(&text).map_err(|e| format!("{}: {e}", case.display()))?,
        Err(_) => Said::default(),
    };
    let modified = |path: &str| {
        let at = said.modified.get(path)?.parse::<chrono::DateTime<chrono::Utc>>().ok()?;
        Some(at.timestamp())
    };
    let read = |(path, bytes): (String, Vec<u8>)| {
        let mut source = read_bytes(&path, &bytes, &Options::default());
        source.info.modified_s = modified(&path);
        source
    };
    let sources: Vec<_> = contents(&case.join("input")).into_iter().map(read).collect();
    let paths = said.zones.keys().chain(said.skew_ms.keys());
    let declared =
        |path: &String| Declared { zone: said.zones.get(path).cloned(), skew_ms: said.skew_ms.get(path).copied() };
    let declared = paths.map(|path| (path.clone(), declared(path))).collect();
    let evidence = clock::align(sources, &clock::Options { declared, ..clock::Options::default() });
    let text = serde_json::to_string_pretty(&found(&evidence)).expect("json") + "\n";
    expect_file(&case.join("expected.json"), &text)
}

fn found(evidence: &Evidence) -> Value {
    let sources: BTreeMap<&str, Value> =
        evidence.sources.iter().map(|s| (s.info.path.as_str(), source(evidence, s))).collect();
    let said = evidence.diagnostics.iter().filter(|d| d.kind == DiagnosticKind::Clock);
    let said: Vec<String> = said.map(|d| format!("{}: {}", d.path, d.message)).collect();
    json!({ "sources": sources, "said": said })
}

fn source(evidence: &Evidence, source: &Source) -> Value {
    json!({
        "clocks": source.clocks.iter().map(decision).collect::<Vec<_>>(),
        "moments": moments(evidence, source),
    })
}

fn decision(clock: &ClockDecision) -> Value {
    let witnesses = clock.witnesses.iter().map(|w| {
        let mark = if w.decisive { "decided" } else { "heard" };
        format!("{mark} by {}: {}", json!(w.kind).as_str().unwrap_or(""), w.says)
    });
    json!({
        "clock": clock.clock,
        "lines": [clock.lines.0, clock.lines.1],
        "zone": clock.zone,
        "offset_s": clock.offset_s,
        "skew_ms": clock.skew_ms,
        "skew_spread_ms": clock.skew_spread_ms,
        "basis": clock.basis,
        "witnesses": witnesses.collect::<Vec<_>>(),
        "ambiguity": clock.ambiguity,
    })
}

/// The first moments of a source on UTC: seconds counted, events, points.
fn moments(evidence: &Evidence, source: &Source) -> Vec<String> {
    let tracks = evidence.tracks.iter().filter(|t| t.source == source.id);
    let seconds = tracks.flat_map(|t| t.track.cells.keys().map(|s| (s * 1_000_000_000, Precision::Second)));
    let events = evidence.events.iter().filter(|e| e.source == source.id).map(|e| (e.at.utc_ns, e.at.precision));
    let series = evidence.series.iter().filter(|(id, _)| *id == source.id);
    let points = series.flat_map(|(_, s)| s.points.iter().map(|p| (p.0, Precision::Second)));
    let mut all: Vec<(i64, Precision)> = seconds.chain(events).chain(points).collect();
    all.sort_unstable();
    all.iter().take(MOMENTS).map(|(ns, precision)| format_utc(*ns, *precision)).collect()
}
