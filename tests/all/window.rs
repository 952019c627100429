//! `--since`, `--until`, `--services` and `--title`: a part of the evidence, of which the report says so.

use std::path::Path;

use serde_json::Value;

use crate::support::{contents, recount, recounts};

/// Two services over two hours; `kv` fails from 30 to 40 min, `api` from 80 to 90 min.
fn bundle(dir: &Path) {
    std::fs::create_dir_all(dir).expect("folder");
    for (service, from, to) in [("kv", 1_800, 2_400), ("api", 4_800, 5_400)] {
        let lines: String = (0..7_200)
            .map(|s| {
                let failed = (from..to).contains(&s);
                let (status, level) = if failed { (503, "error") } else { (200, "info") };
                format!(
                    "{{\"time\":\"2025-06-12T{:02}:{:02}:{:02}Z\",\"service\":\"{service}\",\"level\":\"{level}\",\"status\":{status},\"msg\":\"GET /v\"}}\n",
                    16 + s / 3_600,
                    s / 60 % 60,
                    s % 60
                )
            })
            .collect();
        std::fs::write(dir.join(format!("{service}.jsonl")), lines).expect("written");
    }
    let deploys: Vec<String> = [("16:10", "kv"), ("17:15", "api")]
        .iter()
        .map(|(at, s)| format!("{{\"id\":\"{s}\",\"service\":\"{s}\",\"deployed_at\":\"2025-06-12T{at}:00Z\",\"version\":\"v2\",\"status\":\"success\"}}"))
        .collect();
    std::fs::write(dir.join("deployments.json"), format!("[{}]", deploys.join(","))).expect("written");
}

/// The report of `bundle` with `options`: its files and the incident.
fn report(bundle: &Path, out: &Path, options: &[&str]) -> (String, Value) {
    let (bundle, folder) = (bundle.display().to_string(), out.display().to_string());
    let mut args = vec!["report", &bundle, "-q", "--force", "-o", &folder];
    args.extend(options);
    recounts(args);
    let files = contents(out);
    let incident = serde_json::from_slice(&files["incident.json"]).expect("json");
    (String::from_utf8(files["report.md"].clone()).expect("text"), incident)
}

/// First and last second of any bucket.
fn span(incident: &Value) -> (i64, i64) {
    let services = incident["rates"]["services"].as_array().expect("services");
    let at = services
        .iter()
        .flat_map(|s| s["buckets"].as_array().expect("buckets"))
        .map(|b| b["start_s"].as_i64().unwrap_or(0));
    let all: Vec<i64> = at.collect();
    (all.iter().copied().min().unwrap_or(0), all.iter().copied().max().unwrap_or(0))
}

/// 2025-06-12T16:00:00Z.
const START: i64 = 1_749_744_000;

#[test]
fn nothing_outside_the_stretch_is_in_any_figure_and_the_report_says_that_it_is_a_part() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, out) = (dir.path().join("a"), dir.path().join("out"));
    bundle(&a);
    let (_, whole) = report(&a, &out, &[]);
    assert!(whole["edition"]["cut"].is_null());
    let (md, part) =
        report(&a, &out, &["--since", "2025-06-12T17:05:00Z", "--until", "2025-06-12T17:45Z", "--title", "The second"]);
    let (first, last) = span(&part);
    assert!(first >= START + 3_900 - 60 && last < START + 6_300, "{first} {last}");
    assert_eq!(part["rates"]["covers_s"][0], START + 3_900);
    assert_eq!(part["rates"]["covers_s"][1], START + 6_299);
    let hurt = |incident: &Value, name: &str| {
        let services = incident["rates"]["services"].as_array().expect("services").clone();
        services.iter().any(|s| s["service"] == name && s["impact"].as_array().is_some_and(|w| !w.is_empty()))
    };
    assert!(hurt(&part, "api") && !hurt(&part, "kv"));
    let failed: f64 = part["rates"]["services"]
        .as_array()
        .expect("services")
        .iter()
        .flat_map(|s| s["buckets"].as_array().expect("buckets"))
        .filter_map(|b| b["failed"].as_f64())
        .sum();
    assert_eq!(failed, 600.0, "only those of the second failure");
    let events = part["timeline"]["entries"].as_array().expect("entries");
    assert!(
        events
            .iter()
            .all(|e| e["at"]["utc"].as_str().is_some_and(|at| ("2025-06-12T17:05"..="2025-06-12T17:45").contains(&at)))
    );
    assert!(md.starts_with("# The second") && md.contains("This is a part: only evidence from"), "{md}");
    assert!(md.contains("9") && part["edition"]["cut"]["records"] == 2 * (7_200 - 2_400), "{}", part["edition"]["cut"]);
}

#[test]
fn a_bound_may_be_told_from_a_milestone_and_a_day_holds_its_end() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, out) = (dir.path().join("a"), dir.path().join("out"));
    bundle(&a);
    let (_, whole) = report(&a, &out, &[]);
    let onset = whole["rates"]["incident"][0]["best_s"].as_i64().expect("onset");
    let (_, part) = report(&a, &out, &["--since", "onset-10m", "--until", "onset+20m"]);
    assert_eq!(part["edition"]["cut"]["since_s"], onset - 600);
    assert_eq!(part["edition"]["cut"]["until_s"], onset + 1_200);
    let (_, day) = report(&a, &out, &["--since", "2025-06-12", "--until", "2025-06-12"]);
    assert_eq!(day["rates"]["services"], whole["rates"]["services"]);
}

#[test]
fn services_are_taken_by_any_spelling_and_nothing_of_others_is_left() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, out) = (dir.path().join("a"), dir.path().join("out"));
    bundle(&a);
    let (md, part) = report(&a, &out, &["--services", "API"]);
    assert!(md.contains("of api was used"), "{md}");
    let services = part["rates"]["services"].as_array().expect("services");
    assert!(services.iter().all(|s| s["service"] == "api"));
    let events = part["timeline"]["entries"].as_array().expect("entries");
    assert!(
        !events.is_empty()
            && events.iter().all(|e| e["services"].as_array().is_some_and(|s| s.iter().all(|s| s == "api")))
    );
    let told = recounts(["timeline", &a.display().to_string(), "--services", "kv", "--json"]);
    assert!(told.contains("kv") && !told.contains("api"));
}

#[test]
fn what_cannot_be_cut_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().expect("folder");
    let (a, out) = (dir.path().join("a"), dir.path().join("out"));
    bundle(&a);
    let (bundle, folder) = (a.display().to_string(), out.display().to_string());
    let says = |args: &[&str]| {
        let output = recount(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(says(&["timeline", &bundle, "--services", "apo"]).contains("the nearest are"));
    assert!(says(&["timeline", &bundle, "--since", "17:30"]).contains("needs its zone"));
    assert!(says(&["timeline", &bundle, "--since", "declared-5m"]).contains("give a time"));
    assert!(says(&["timeline", &bundle, "--since", "2025-06-13", "--until", "2025-06-12"]).contains("after --since"));
    report(&a, &out, &[]);
    assert!(says(&["findings", &folder, "--since", "onset"]).contains("name the bundle"));
}
