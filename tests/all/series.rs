//! `recount series`: what a script is told about a metric that changed.

use std::fmt::Write as _;

use crate::support::recounts;

/// A minute of 2026-03-04 as CSV stamp, `shift` hours later.
fn stamp(minute: usize, shift: usize) -> String {
    format!("2026-03-04T{:02}:{:02}:00Z", shift + minute / 60, minute % 60)
}

/// Noise that is the same on every run, between -1 and 1.
fn wobble(k: usize) -> f64 {
    ((k * 7919 + 13) % 101) as f64 / 50.5 - 1.0
}

/// Three metrics of one service, by minute: slow from 02:00 to 02:06, a counter that runs faster
/// then, and one that stays as it is.
fn rows(shift: usize) -> Vec<String> {
    let mut total = 500.0;
    let mut out = Vec::new();
    for k in 0..240 {
        let hurt = (120..126).contains(&k);
        total += if hurt { 900.0 } else { 60.0 + 5.0 * wobble(k + 3) };
        let at = stamp(k, shift);
        out.push(format!("{at},cart,latency_p95_ms,{:.3}", 80.0 + 4.0 * wobble(k) + if hurt { 400.0 } else { 0.0 }));
        out.push(format!("{at},cart,retries_total,{total:.1}"));
        out.push(format!("{at},cart,temperature,{:.3}", 21.0 + 0.4 * wobble(k + 5)));
    }
    out
}

fn told(rows: &[String], json: bool) -> String {
    let dir = tempfile::tempdir().expect("folder");
    let path = dir.path().join("metrics.csv");
    let mut text = String::from("timestamp,service,metric,value\n");
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    std::fs::write(&path, text).expect("written");
    let path = path.display().to_string();
    let more: &[&str] = if json { &["--json"] } else { &[] };
    recounts(["series", path.as_str(), "-q"].iter().chain(more))
}

fn document(rows: &[String]) -> serde_json::Value {
    serde_json::from_str(&told(rows, true)).expect("one JSON document")
}

#[test]
fn onset_and_recovery_are_told_with_their_intervals() {
    let document = document(&rows(0));
    let of = |name: &str| {
        let all = document["series"].as_array().expect("a list");
        all.iter().find(|s| s["name"] == name).cloned().unwrap_or_default()
    };
    for (name, level) in [("latency_p95_ms", 480.0), ("retries_total", 15.0)] {
        let series = of(name);
        assert_eq!(series["service"], "cart", "{name}");
        let (onset, back) = (&series["onsets"][0], &series["recoveries"][0]);
        assert_eq!(series["onsets"].as_array().map(Vec::len), Some(1), "{series}");
        assert_eq!((&onset["at"], &back["at"]), (&"2026-03-04T02:00:00Z".into(), &"2026-03-04T02:06:00Z".into()));
        assert!(onset["from"].as_str() <= Some("2026-03-04T01:59:00Z"), "{onset}");
        assert!((onset["level_after"].as_f64().unwrap_or(0.0) - level).abs() < 0.02 * level, "{onset}");
        assert!(onset["effect"].as_f64().is_some_and(|e| e >= 3.0), "{onset}");
    }
    let quiet = of("temperature");
    assert_eq!((&quiet["onsets"], &quiet["points"]), (&serde_json::json!([]), &240.into()));
    let text = told(&rows(0), false);
    assert!(text.contains("onset            2026-03-04T02:00:00Z"), "{text}");
    assert!(text.ends_with("3 series, 1 without onset or recovery\n"), "{text}");
}

#[test]
fn neither_the_order_of_rows_nor_the_hour_changes_what_is_told() {
    let plain = told(&rows(0), true);
    let mut turned = rows(0);
    turned.sort_by_key(|row| (row.len() * 31 + row.bytes().map(usize::from).sum::<usize>()) % 97);
    let by_name = |text: &str| -> Vec<serde_json::Value> {
        let document: serde_json::Value = serde_json::from_str(text).expect("one JSON document");
        let mut all = document["series"].as_array().cloned().unwrap_or_default();
        all.sort_by_key(|s| s["name"].to_string());
        all
    };
    assert_eq!(by_name(&told(&turned, true)), by_name(&plain));
    let later =
        told(&rows(3), true).replace("2026-03-04T05:", "2026-03-04T02:").replace("2026-03-04T04:", "2026-03-04T01:");
    assert_eq!(by_name(&later), by_name(&plain));
}
