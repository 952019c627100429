//! `recount fold`: the table a script gets, held against lines counted here by hand.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{contents, recounts, root};

/// Service and start of a bucket → requests, failed.
type Table = BTreeMap<(String, String), (u64, u64)>;

/// A small bundle of one of the benchmark's loads.
fn load(name: &str, dir: &Path) -> std::path::PathBuf {
    let scenario = root().join("benches").join(format!("{name}.toml"));
    let bundle = dir.join(name);
    recounts([
        "simulate",
        &scenario.display().to_string(),
        "-o",
        &bundle.display().to_string(),
        "--size",
        "0.004x",
        "-q",
    ]);
    bundle
}

fn folded(bundle: &Path, more: &[&str]) -> String {
    let path = bundle.display().to_string();
    let arguments: Vec<&str> = ["fold", path.as_str(), "-q"].into_iter().chain(more.iter().copied()).collect();
    recounts(arguments)
}

/// Requests and failures of the rows of a table.
fn table(tsv: &str) -> Table {
    let mut lines = tsv.lines();
    assert_eq!(lines.next(), Some("service\tstart\ttotal\tfailed\terrors\trecords\tformat"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let service = cells[0].split('.').next().expect("a name").to_string();
        ((service, cells[1].to_string()), (cells[2].parse().expect("total"), cells[3].parse().expect("failed")))
    };
    lines.map(row).collect()
}

/// The start of the ten seconds that `time` (`2025-06-12T17:52:03…`) lies in.
fn bucket(time: &str) -> String {
    format!("{}0Z", &time[..18])
}

/// The text behind `key` in a line, up to `end`.
fn behind<'a>(line: &'a str, key: &str, end: char) -> Option<&'a str> {
    let from = line.find(key)? + key.len();
    line[from..].split(end).next()
}

fn add(table: &mut Table, service: &str, time: &str, status: &str) {
    let cell = table.entry((service.to_string(), bucket(time))).or_default();
    cell.0 += 1;
    cell.1 += u64::from(status.starts_with('5'));
}

#[test]
fn access_logs_are_counted_as_their_lines_say() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = load("access", dir.path());
    let mut wanted = Table::new();
    for (file, bytes) in contents(&bundle).into_iter().filter(|(file, _)| file.ends_with(".log")) {
        for line in String::from_utf8(bytes).expect("text").lines() {
            let stamp = behind(line, "[", ']').expect("a stamp");
            let time = format!("2025-06-{}T{}", &stamp[..2], &stamp[12..20]);
            let status = behind(line, "HTTP/2.0\" ", ' ').expect("a status");
            add(&mut wanted, file.split('.').next().expect("a name"), &time, status);
        }
    }
    assert!(wanted.values().any(|(_, failed)| *failed > 0));
    assert_eq!(table(&folded(&bundle, &[])), wanted);
}

#[test]
fn json_lines_and_edge_requests_are_counted_as_their_lines_say() {
    let dir = tempfile::tempdir().expect("folder");
    for (name, time, service, status) in [
        ("json", "\"time\":\"", "\"service\":\"", "\"status\":"),
        ("logpush", "\"EdgeStartTimestamp\":\"", "\"ClientRequestHost\":\"", "\"EdgeResponseStatus\":"),
    ] {
        let bundle = load(name, dir.path());
        let mut wanted = Table::new();
        for (_, bytes) in contents(&bundle).into_iter().filter(|(file, _)| file.contains(".json")) {
            for line in String::from_utf8(bytes).expect("text").lines() {
                let (time, service) =
                    (behind(line, time, '"').expect("time"), behind(line, service, '"').expect("service"));
                let Some(status) = behind(line, status, ',') else { continue };
                add(&mut wanted, service.split('.').next().expect("a name"), time, status);
            }
        }
        let got: Table = table(&folded(&bundle, &[])).into_iter().filter(|(_, (total, _))| *total > 0).collect();
        assert_eq!(got, wanted, "{name}");
    }
}

#[test]
fn threads_and_the_kind_of_table_change_no_figure() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = load("mixed", dir.path());
    let one = folded(&bundle, &["--threads", "1"]);
    assert!(one.lines().count() > 100);
    assert_eq!(one, folded(&bundle, &["--threads", "8"]));
    let json = folded(&bundle, &["--as", "json"]);
    assert_eq!(json.lines().count() + 1, one.lines().count());
    for (row, line) in one.lines().skip(1).zip(json.lines()) {
        let object: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let cells: Vec<&str> = row.split('\t').collect();
        assert_eq!((object["service"].as_str(), object["records"].as_f64()), (Some(cells[0]), cells[5].parse().ok()));
    }
    let out = dir.path().join("table.parquet");
    folded(&bundle, &["--as", "parquet", "-o", &out.display().to_string()]);
    assert!(std::fs::read(&out).expect("a file").starts_with(b"PAR1"));
}

#[test]
fn a_bucket_may_have_another_width() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = load("json", dir.path());
    let sum = |tsv: &str| table(tsv).values().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let (fine, coarse) = (folded(&bundle, &[]), folded(&bundle, &["--bucket", "5m"]));
    assert!(coarse.lines().count() * 5 < fine.lines().count());
    assert_eq!(sum(&fine), sum(&coarse));
}
