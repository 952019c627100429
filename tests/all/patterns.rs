//! `recount patterns`: templates as a person and as a script get them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::recounts;

/// A log with stamps, and one whose writer prints none.
fn bundle(dir: &std::path::Path) {
    let mut stamped = String::new();
    for n in 0..60 {
        let _ = writeln!(stamped, "2025-06-12T17:{n:02}:00Z INFO cart: order {n} placed in {} ms", n * 7);
    }
    stamped.push_str("2025-06-12T18:00:00Z ERROR cart: order 61 lost\n  at pay\n");
    stamped.push_str("2025-06-12T18:01:00Z ERROR cart: order 62 lost\n");
    std::fs::write(dir.join("a.log"), stamped).expect("written");
    let bare: String = (0..40).map(|n| format!("answered 192.0.2.{n} in {n}.5 ms\nclosed for user u\n")).collect();
    std::fs::write(dir.join("b.log"), bare).expect("written");
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&recounts(arguments)).expect("one JSON document")
}

#[test]
fn every_record_has_its_template_in_file_order() {
    let dir = tempfile::tempdir().expect("folder");
    bundle(dir.path());
    let path = dir.path().display().to_string();
    let found = json(&["patterns", &path, "--json"]);
    let lines = found["lines"].as_array().expect("a list");
    assert_eq!(lines.len(), 62 + 80);
    let places: Vec<(&str, u64)> =
        lines.iter().map(|l| (l["path"].as_str().expect("path"), l["line"].as_u64().expect("line"))).collect();
    assert!(places.is_sorted(), "path and file order");
    let of = |path: &str, line: u64| {
        lines.iter().find(|l| l["path"] == path && l["line"] == line).map(|l| (&l["template_id"], &l["template"]))
    };
    assert_eq!(of("a.log", 1), of("a.log", 60));
    assert_eq!(of("a.log", 61), of("a.log", 63));
    assert_ne!(of("a.log", 60), of("a.log", 61));
    assert_eq!(of("b.log", 1).expect("first").1, "answered <*> in <*>");
    let rows = found["templates"].as_array().expect("a list");
    let counts: Vec<u64> = rows.iter().map(|row| row["count"].as_u64().expect("count")).collect();
    assert_eq!(counts, [60, 40, 40, 2]);
    assert_eq!((&rows[3]["level"], &rows[3]["line"]), (&Value::from("ERROR"), &Value::from(61)));
    let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row["template_id"].as_str()).collect();
    assert_eq!(ids.len(), rows.len());
}

#[test]
fn threads_and_the_rest_of_the_bundle_change_no_template_here() {
    let dir = tempfile::tempdir().expect("folder");
    bundle(dir.path());
    let path = dir.path().display().to_string();
    let one = recounts(["patterns", &path, "--json", "--threads", "1"]);
    assert_eq!(one, recounts(["patterns", &path, "--json", "--threads", "7"]));
    let alone = json(&["patterns", &dir.path().join("a.log").display().to_string(), "--json", "--summary"]);
    let ids = |rows: &Value| -> BTreeSet<String> {
        rows.as_array().expect("a list").iter().map(|row| row["template_id"].to_string()).collect()
    };
    let whole: Value = serde_json::from_str(&one).expect("JSON");
    assert!(ids(&alone).is_subset(&ids(&whole["templates"])));
}

#[test]
fn people_get_a_table() {
    let dir = tempfile::tempdir().expect("folder");
    bundle(dir.path());
    let table = recounts(["patterns", &dir.path().display().to_string()]);
    let mut lines = table.lines();
    assert!(lines.next().expect("a head").split_whitespace().eq(["COUNT", "LEVEL", "SERVICE", "FIRST", "TEMPLATE"]));
    let first: Vec<&str> = lines.next().expect("a row").split_whitespace().collect();
    assert_eq!(first[..4], ["60", "INFO", "a", "a.log:1"]);
    assert_eq!(lines.count(), 3);
}
