//! `recount findings`: suspects of bundles in which nothing but metrics speaks.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::support::recounts;

/// Steps of five minutes: a day before the incident, then half an hour of it.
const BEFORE: usize = 288;
const STEPS: usize = BEFORE + 6;

/// One metric of one service: its usual level, and its level in the incident.
struct Metric {
    service: &'static str,
    metric: &'static str,
    usual: f64,
    during: f64,
}

/// A table of metrics, one value a row; levels swing a little with the step.
fn table(metrics: &[Metric]) -> String {
    let mut out = String::from("timestamp,service,metric,value\n");
    for step in 0..STEPS {
        let minutes = step * 5;
        let (day, hour, minute) = (12 + minutes / 1440, minutes % 1440 / 60, minutes % 60);
        for (at, m) in metrics.iter().enumerate() {
            let level = if step > BEFORE { m.during } else { m.usual };
            let swing = 1.0 + 0.01 * ((step * 7 + at * 3) % 5) as f64;
            let _ = writeln!(
                out,
                "2025-06-{day:02}T{hour:02}:{minute:02}:00Z,{},{},{}",
                m.service,
                m.metric,
                level * swing
            );
        }
    }
    out
}

fn metric(service: &'static str, metric: &'static str, usual: f64, during: f64) -> Metric {
    Metric { service, metric, usual, during }
}

/// The suspects of a bundle, best first.
fn suspects(dir: &Path) -> Vec<String> {
    let text = recounts(["findings", "--json", "-q", &dir.display().to_string()]);
    let found: Value = serde_json::from_str(&text).expect("json");
    let list = found["suspects"].as_array().expect("suspects");
    list.iter().map(|s| s["service"].as_str().expect("name").to_string()).collect()
}

fn write(dir: &Path, name: &str, text: &str) {
    std::fs::write(dir.join(name), text).expect("written");
}

const ALERT: &str = r#"{"service":"shop","metric":"latency","fired_at":"2025-06-13T00:11:00Z","severity":"critical","summary":"latency of shop out of its objective"}"#;

/// The shop calls search, and search calls the index; cart is apart.
const GRAPH: &str = r#"{"services":[{"name":"shop","depends_on":["search","cart"]},{"name":"search","depends_on":["index"]},{"name":"index","depends_on":[]},{"name":"cart","depends_on":[]}]}"#;

fn slow_search() -> String {
    table(&[
        metric("shop", "latency", 0.3, 0.4),
        metric("shop", "requests", 1000.0, 1000.0),
        metric("search", "latency", 0.02, 0.115),
        metric("search", "requests", 1000.0, 1000.0),
        metric("index", "latency", 0.005, 0.008),
        metric("index", "requests", 1000.0, 1000.0),
        metric("cart", "latency", 0.01, 0.01),
        metric("cart", "requests", 400.0, 400.0),
    ])
}

#[test]
fn a_caller_inherits_the_excess_of_what_it_calls_and_a_callee_keeps_its_own() {
    let dir = tempfile::tempdir().expect("folder");
    write(dir.path(), "metrics.csv", &slow_search());
    write(dir.path(), "services.json", GRAPH);
    write(dir.path(), "alert.json", ALERT);
    let found = suspects(dir.path());
    assert_eq!(found.first().map(String::as_str), Some("search"), "{found:?}");
    assert!(!found.contains(&"cart".to_string()), "what stayed in its range is no suspect: {found:?}");
}

#[test]
fn without_a_graph_the_deviation_and_the_excess_speak() {
    let dir = tempfile::tempdir().expect("folder");
    write(dir.path(), "metrics.csv", &slow_search());
    write(dir.path(), "alert.json", ALERT);
    let found = suspects(dir.path());
    assert_eq!(found.first().map(String::as_str), Some("search"), "{found:?}");
}

#[test]
fn a_processor_that_went_from_nothing_to_a_little_more_is_no_suspect() {
    let dir = tempfile::tempdir().expect("folder");
    let metrics = [
        metric("carts", "cpu", 0.0007, 0.0008),
        metric("orders", "cpu", 0.12, 0.9),
        metric("users", "cpu", 0.1, 0.1),
        metric("queue", "cpu", 0.2, 0.21),
    ];
    write(dir.path(), "metrics.csv", &table(&metrics));
    let found = suspects(dir.path());
    assert_eq!(found.first().map(String::as_str), Some("orders"), "told by nothing but the moment at which it changed");
    assert!(!found.contains(&"carts".to_string()), "{found:?}");
}

#[test]
fn a_calm_bundle_has_no_suspect() {
    let dir = tempfile::tempdir().expect("folder");
    let metrics = [metric("carts", "latency", 0.1, 0.1), metric("orders", "cpu", 0.12, 0.12)];
    write(dir.path(), "metrics.csv", &table(&metrics));
    assert_eq!(suspects(dir.path()), Vec::<String>::new());
    let text = recounts(["findings", "-q", &dir.path().display().to_string()]);
    assert!(text.starts_with("incident  no impact could be measured"), "{text}");
}
