//! The program as a process: what a person types, sees and gets back.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{contents, recount, recounts, root};

const SAMPLE: &str = "samples/kv-outage-2025-06-12";

fn sample() -> std::path::PathBuf {
    root().join(SAMPLE)
}

fn path(p: &std::path::Path) -> String {
    p.display().to_string()
}

#[test]
fn a_report_is_a_folder_with_everything_in_it() {
    let dir = tempfile::tempdir().expect("folder");
    let out = dir.path().join("report");
    let summary = recounts(["report", &path(&sample()), "-o", &path(&out)]);
    assert!(summary.contains("Workers KV"), "{summary}");
    assert!(summary.lines().all(|l| l.chars().count() <= 80), "{summary}");
    let files = contents(&out);
    for name in ["report.html", "report.md", "incident.json", "timeline.jsonl", "alignment.toml", "data/rates.parquet"]
    {
        assert!(files.contains_key(name), "{name} in {:?}", files.keys());
    }
    assert!(files.keys().any(|f| f.starts_with("charts/") && f.ends_with(".svg")));
}

#[test]
fn the_same_bundle_gives_the_same_bytes_whatever_the_threads_zone_and_locale() {
    let dir = tempfile::tempdir().expect("folder");
    let run = |name: &str, threads: &str, tz: &str, locale: &str| {
        let out = dir.path().join(name);
        let status = Command::new(env!("CARGO_BIN_EXE_recount"))
            .args(["report", &path(&sample()), "-q", "--threads", threads, "-o", &path(&out)])
            .envs([("TZ", tz), ("LC_ALL", locale)])
            .status()
            .expect("the program starts");
        assert!(status.success());
        contents(&out)
    };
    let one = run("one", "1", "UTC", "C");
    let eight = run("eight", "8", "Asia/Tokyo", "tr_TR.UTF-8");
    assert_eq!(one.keys().collect::<Vec<_>>(), eight.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &eight[name], "{name} differs");
    }
}

#[test]
fn files_created_in_another_order_give_the_same_evidence() {
    let dir = tempfile::tempdir().expect("folder");
    let lines = |s: &str| {
        format!("{{\"time\":\"2025-06-12T17:52:03Z\",\"service\":\"{s}\",\"level\":\"error\",\"msg\":\"gone\"}}\n")
    };
    let mut seen = Vec::new();
    for order in [["a", "b", "c"], ["c", "a", "b"]] {
        let bundle = dir.path().join(order.concat()).join("bundle");
        std::fs::create_dir_all(&bundle).expect("folder");
        for name in order {
            std::fs::write(bundle.join(format!("{name}.log")), lines(name)).expect("written");
        }
        let text = recounts(["inspect", "--json", &path(&bundle)]);
        // Modification times differ by nature; nothing else may.
        seen.push(text.lines().filter(|l| !l.contains("modified_s")).collect::<Vec<_>>().join("\n"));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn odd_files_are_named_and_strict_makes_them_fail() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = dir.path().join("odd");
    std::fs::create_dir_all(&bundle).expect("folder");
    let mut state = 7u64;
    let noise: Vec<u8> = (0..5_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        })
        .collect();
    let good =
        "{\"time\":\"2025-06-12T17:52:03Z\",\"service\":\"kv\",\"level\":\"error\",\"msg\":\"gone\"}\n".repeat(50);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(good.repeat(40).as_bytes()).expect("compressed");
    let gz = gz.finish().expect("compressed");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let long =
        format!("{{\"time\":\"2025-06-12T17:52:03Z\",\"level\":\"info\",\"msg\":\"{}\"}}\n", "x".repeat(3 << 20));
    for (name, bytes) in [
        ("noise.bin", noise.as_slice()),
        ("empty.log", b"".as_slice()),
        ("cut.log.gz", &gz[..gz.len() - 20]),
        ("long.log", long.as_bytes()),
        ("utf16.log", &utf16),
        ("crlf.log", good.replace('\n', "\r\n").as_bytes()),
    ] {
        std::fs::write(bundle.join(name), bytes).expect("written");
    }
    let text = recounts(["inspect", &path(&bundle)]);
    for name in ["noise.bin", "empty.log", "cut.log.gz", "long.log", "utf16.log", "crlf.log"] {
        assert!(text.contains(name), "{name} is named:\n{text}");
    }
    assert!(text.contains("binary") && text.contains("empty file") && text.contains("all sums add up"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&recounts(["inspect", "--json", &path(&bundle)])).expect("json");
    let records = |name: &str| {
        let sources = json["sources"].as_array().expect("sources").clone();
        let source = sources.iter().find(|s| s["info"]["path"] == name).cloned().unwrap_or_default();
        source["accounting"]["records"]["frames"].as_u64().unwrap_or(0)
    };
    assert_eq!((records("utf16.log"), records("crlf.log"), records("long.log")), (50, 50, 1));
    assert!(records("cut.log.gz") > 0, "what came before the cut is read");
    assert_eq!(recount(["inspect", "--strict", &path(&bundle)]).status.code(), Some(1));
}

#[test]
fn standard_input_is_a_bundle_too() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_recount"))
        .args(["inspect", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let line = "{\"time\":\"2025-06-12T17:52:03Z\",\"service\":\"kv\",\"level\":\"error\",\"msg\":\"gone\"}\n";
    child.stdin.take().expect("stdin").write_all(line.repeat(5).as_bytes()).expect("written");
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("5 = 5 records"),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn wrong_usage_says_what_to_do_and_ends_with_two() {
    for (args, says) in [
        (vec!["report", "/nowhere/at/all"], "expected a readable file or folder"),
        (vec!["report", SAMPLE, "--bucket", "7 bananas"], "expected a width"),
        (vec!["report", SAMPLE, "--input-tz", "*.log=Mars/Olympus"], "expected a zone"),
        (vec!["report"], "BUNDLE"),
        (vec!["inspect", SAMPLE, "--format", "*.log=lgofmt"], "the nearest are logfmt"),
        (vec!["inspect", "--files-from", "/dev/null"], "expected a path on each line, found none"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_recount")).args(&args).current_dir(root()).output().expect("starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
}

#[test]
fn a_foreign_folder_is_not_overwritten() {
    let dir = tempfile::tempdir().expect("folder");
    std::fs::write(dir.path().join("thesis.txt"), "years of work").expect("written");
    let output = recount(["report", &path(&sample()), "-o", &path(dir.path())]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(dir.path().join("thesis.txt")).expect("still there"), "years of work");
}

#[test]
fn a_written_report_stands_wherever_a_bundle_can() {
    let dir = tempfile::tempdir().expect("folder");
    let out = dir.path().join("report");
    recounts(["report", &path(&sample()), "-q", "-o", &path(&out)]);
    let again = dir.path().join("again");
    recounts(["report", &path(&out), "-q", "-o", &path(&again)]);
    assert!(contents(&out)["incident.json"] == contents(&again)["incident.json"]);
    let same = recounts(["compare", &path(&out), &path(&again), "--json", "-o", &path(&dir.path().join("cmp"))]);
    let same: serde_json::Value = serde_json::from_str(&same).expect("json");
    assert_eq!(same["similarity"]["shape"], 1.0);
}

#[test]
fn templates_are_listed_exported_and_used() {
    let dir = tempfile::tempdir().expect("folder");
    let listed = recounts(["templates"]);
    for set in ["sre", "cloudflare", "pagerduty", "gitlab", "review"] {
        assert!(listed.lines().any(|l| l.starts_with(set)), "{listed}");
    }
    let json: serde_json::Value = serde_json::from_str(&recounts(["templates", "--json"])).expect("json");
    assert_eq!(json[0]["name"], "sre");
    let log = dir.path().join("shop.log");
    std::fs::write(&log, failing_log("09/Nov/2025")).expect("file");
    let mine = dir.path().join("mine");
    recounts(["templates", "export", &path(&mine), "--set", "review"]);
    assert_eq!(recount(["templates", "export", &path(&mine)]).status.code(), Some(2), "nothing is overwritten");
    let report = |name: &str, args: &[&str]| {
        let out = dir.path().join(name);
        let base = ["report", "-q", &path(&log), "-o", &path(&out)].map(str::to_string);
        recounts(base.iter().map(String::as_str).chain(args.iter().copied()));
        contents(&out)
    };
    let built_in = report("built-in", &["--template", "review"]);
    let exported = report("exported", &["--templates", &path(&mine)]);
    for page in ["report.html", "report.md"] {
        assert!(built_in[page] == exported[page], "{page} of an exported set is the same");
    }
    let own = dir.path().join("short.md.tera");
    std::fs::write(&own, "# {{ report.title | md }}\n{% for f in report.hero %}{{ f.value | md }}\n{% endfor %}")
        .expect("file");
    let pages = report("own", &["--template", &path(&own), "--template", "gitlab"]);
    let text = |page: &str| String::from_utf8_lossy(&pages[page]).into_owned();
    assert!(text("report.html").contains("Key information") && text("report.md").lines().count() < 10);
}

#[test]
fn a_wrong_template_is_said_before_anything_is_read() {
    let dir = tempfile::tempdir().expect("folder");
    let own = dir.path().join("my.html");
    std::fs::write(&own, "one\n{% if %}\n").expect("file");
    let own = path(&own);
    for (given, says) in [
        ("gitlub", "expected one of sre, cloudflare, pagerduty, gitlab, review, or a template file, found \"gitlub\""),
        ("nowhere.md", "nowhere.md: expected a readable file"),
        (own.as_str(), "my.html:2:"),
    ] {
        let output = recount(["report", "/nowhere/at/all", "--template", given]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn a_table_holds_no_formula() {
    let dir = tempfile::tempdir().expect("folder");
    let line = "{\"time\":\"2025-06-12T17:52:03Z\",\"service\":\"=HYPERLINK(1)\",\"status\":503,\"path\":\"/a\"}\n";
    std::fs::write(dir.path().join("a.log"), line.repeat(20)).expect("file");
    let table = recounts(["fold", &path(dir.path()), "--as", "tsv"]);
    assert!(table.contains("\n'=HYPERLINK(1)\t") && !table.contains("\n="), "{table}");
}

#[test]
fn completions_man_page_and_formats_are_made() {
    assert!(recounts(["completions", "bash"]).contains("recount"));
    let man = recounts(["man"]);
    assert!(man.contains(".TH recount") && man.contains("recount\\-templates"), "the templates have a page");
    assert!(recounts(["formats"]).contains("prometheus"));
    let formats: serde_json::Value = serde_json::from_str(&recounts(["formats", "--json"])).expect("json");
    assert!(formats.as_array().is_some_and(|a| a.len() > 20));
}

/// An access log of two hours, one request a second, half of which fail from minute 30 to 46.
fn failing_log(day: &str) -> String {
    let mut out = String::new();
    for s in 0..7200 {
        let status = if (1800..2760).contains(&s) && s % 2 == 0 { 503 } else { 200 };
        let clock = format!("{:02}:{:02}:{:02}", 10 + s / 3600, s / 60 % 60, s % 60);
        out.push_str(&format!("10.0.0.9 - - [{day}:{clock} +0000] \"GET /a HTTP/1.1\" {status} 12\n"));
    }
    out
}

#[test]
fn evidence_of_two_years_is_two_stories_and_each_is_told() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = dir.path().join("bundle");
    std::fs::create_dir(&bundle).expect("folder");
    std::fs::write(bundle.join("shop-old.log"), failing_log("04/Mar/2015")).expect("file");
    std::fs::write(bundle.join("shop-new.log"), failing_log("09/Nov/2025")).expect("file");
    let out = dir.path().join("report");
    let summary = recounts(["report", &path(&bundle), "-o", &path(&out)]);
    assert!(summary.contains("2 separate periods"), "{summary}");
    assert!(summary.contains("10:30–10:45:59 UTC (15 min 59 s)") || summary.contains("16 min"), "{summary}");
    assert!(summary.contains("Also hurt"), "{summary}");
    let incident: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("incident.json")).expect("file")).expect("json");
    let services = incident["rates"]["services"].as_array().expect("services");
    let windows = |kind: &str| -> usize { services.iter().map(|s| s[kind].as_array().map_or(0, Vec::len)).sum() };
    assert_eq!((windows("impact"), windows("elsewhere")), (1, 1));
    let page = std::fs::read_to_string(out.join("report.md")).expect("file");
    assert!(page.contains("Hurt at other times"), "{page}");
}

#[test]
fn error_lines_are_not_called_failed_requests() {
    let dir = tempfile::tempdir().expect("folder");
    let file = dir.path().join("worker.log");
    let line = |s: u32| {
        let level = if (4000..6000).contains(&s) { "ERROR" } else { "INFO" };
        format!("2025-03-04T{:02}:{:02}:{:02}Z {level} worker: item {s}\n", 10 + s / 3600, s / 60 % 60, s % 60)
    };
    std::fs::write(&file, (0..9000).step_by(2).map(line).collect::<String>()).expect("file");
    let out = dir.path().join("report");
    recounts(["report", &path(&file), "-q", "-o", &path(&out)]);
    let page = std::fs::read_to_string(out.join("report.md")).expect("file");
    assert!(page.contains("logged more errors than usual on 4 March 2025"), "{page}");
    assert!(!page.contains("failed on 4 March"), "{page}");
}

/// An access log of one request a second from 10:00 on, two hours, with the status each second has.
fn access_log(status: impl Fn(u32) -> Option<u32>) -> String {
    let line = |s: u32| {
        let (h, m, s, status) = (10 + s / 3600, s / 60 % 60, s % 60, status(s)?);
        Some(format!("192.0.2.1 - - [01/Mar/2025:{h:02}:{m:02}:{s:02} +0000] \"GET / HTTP/1.1\" {status} 12\n"))
    };
    (0..7200).filter_map(line).collect()
}

/// The summary and the Markdown of a report on one file.
fn report_on(name: &str, text: &str) -> (String, String) {
    let dir = tempfile::tempdir().expect("folder");
    let (input, out) = (dir.path().join(name), dir.path().join("report"));
    std::fs::write(&input, text).expect("written");
    let summary = recounts(["report", &path(&input), "-o", &path(&out)]);
    (summary, std::fs::read_to_string(out.join("report.md")).expect("a report"))
}

#[test]
fn a_silent_log_is_a_gap_in_the_evidence_and_no_outage() {
    let log = access_log(|s| (!(3625..4647).contains(&s)).then_some(200));
    let (summary, report) = report_on("access.log", &log);
    assert!(summary.contains("no impact could be measured"), "{summary}");
    assert!(report.contains("between 11:01:00 and 11:17:00 UTC"), "{report}");
    assert!(report.contains("cannot be told apart"), "{report}");
}

#[test]
fn a_service_that_never_worked_is_said_to_fail_throughout() {
    let mut csv = "time,kv error rate,dns error rate\n".to_string();
    for m in 0..120 {
        csv.push_str(&format!("2025-03-01T{:02}:{:02}:00Z,1.0,0.0\n", 10 + m / 60, m % 60));
    }
    let (summary, report) = report_on("metrics.csv", &csv);
    assert!(summary.contains("no impact could be measured"), "{summary}");
    assert!(summary.contains("Throughout 1 failing"), "{summary}");
    assert!(report.contains("kv fails throughout the evidence at 100.0 %, no onset in it."), "{report}");
}

#[test]
fn a_metric_outage_cites_the_lines_of_its_onset_peak_and_recovery() {
    let mut csv = "time,kv error rate\n".to_string();
    for m in 0..120 {
        let share = if m == 60 {
            "0.97"
        } else if (50..80).contains(&m) {
            "0.80"
        } else {
            "0.001"
        };
        csv.push_str(&format!("2025-03-01T{:02}:{:02}:00Z,{share}\n", 10 + m / 60, m % 60));
    }
    let (_, report) = report_on("metrics.csv", &csv);
    // Line 1 is the header: minute m stands on line m + 2.
    for line in ["metrics.csv:52", "metrics.csv:62", "metrics.csv:82"] {
        assert!(report.contains(line), "{line} in {report}");
    }
}

fn audit_case(name: &str) -> String {
    path(&root().join("tests/audit").join(name))
}

#[test]
fn an_audit_is_printed_written_and_fails_only_when_asked() {
    let (one, two) = (audit_case("figures_two_texts/ops.md"), audit_case("figures_two_texts/press.txt"));
    let told = recounts(["audit", &one, &two]);
    for words in
        ["CONTRADICTION", "66 % failing", "26 % failing", "ops.md:1", "press.txt:1", "40 points apart", "single source"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(recount(["audit", &one, &two, "--fail-on", "contradiction"]).status.code(), Some(1));
    assert_eq!(recount(["audit", &one, "--fail-on", "contradiction"]).status.code(), Some(0));
    assert_eq!(recount(["audit", &one, "--lint", "--fail-on", "lint"]).status.code(), Some(1));
    assert_eq!(recount(["audit", &one, "--fail-on", "nothing"]).status.code(), Some(2));
    assert_eq!(recount(["audit"]).status.code(), Some(2));
    let home = tempfile::tempdir().expect("a folder");
    let dir = home.path().join("audit");
    recounts(["audit", &one, &two, "--quiet", "--lint", "-o", &path(&dir)]);
    let files: Vec<String> = contents(&dir).into_keys().collect();
    assert_eq!(files, ["audit.html", "audit.json", "audit.md"]);
    let written: recount::model::Audit =
        serde_json::from_slice(&std::fs::read(dir.join("audit.json")).expect("readable")).expect("an audit");
    let printed = recounts(["audit", &one, &two, "--lint", "--json"]);
    assert_eq!(serde_json::from_str::<recount::model::Audit>(&printed).expect("an audit"), written);
    assert_eq!((written.schema_version, written.writeups.len(), written.lint.len()), (1, 2, 13));
    recounts(["audit", &one, "-q", "-o", &path(&dir)]);
    assert_eq!(recount(["report", &path(&sample()), "-q", "-o", &path(&dir)]).status.code(), Some(2));
}

#[test]
fn a_story_may_call_a_service_by_a_name_that_was_declared_for_it() {
    let home = tempfile::tempdir().expect("a folder");
    let bundle = home.path().join("bundle");
    std::fs::create_dir_all(&bundle).expect("a folder");
    let declared = "[services.basket]\naliases = [\"Shopping Cart\"]\n";
    std::fs::write(bundle.join("recount.toml"), declared).expect("written");
    let line = |second: u32| {
        let (minute, failed) = (second / 60, (600..1200).contains(&second));
        let status = if failed && second.is_multiple_of(2) { 503 } else { 200 };
        format!(
            "{{\"time\":\"2031-05-06T09:{minute:02}:{:02}Z\",\"level\":\"info\",\"service\":\"basket\",\"status\":{status},\"msg\":\"done\"}}\n",
            second % 60
        )
    };
    std::fs::write(bundle.join("basket.json"), (0..1800).map(line).collect::<String>()).expect("written");
    let story = home.path().join("story.md");
    let text = "# Outage of 6 May 2031\n\nOn 6 May 2031 from 09:10 UTC **Shopping Cart** failed: 90 % of requests to Shopping Cart failed.\n";
    std::fs::write(&story, text).expect("written");
    let told = recounts(["audit", &path(&story), "--evidence", &path(&bundle)]);
    assert!(told.contains("basket: 90 % failing") && told.contains("the data says otherwise"), "{told}");
}

#[test]
fn a_story_is_held_against_a_written_report() {
    let home = tempfile::tempdir().expect("a folder");
    let dir = home.path().join("report");
    recounts(["report", &path(&sample()), "-q", "-o", &path(&dir)]);
    let story = home.path().join("story.md");
    let text = "# Outage of 12 June 2025\n\nAll times UTC.\n\n- 18:21 Severity raised to P0\n- 18:50 Severity set to P1\n\n\
        **AI Gateway**: 97% of requests failed. **DNS**: 40% of requests failed at the peak of it all.\n";
    std::fs::write(&story, text).expect("written");
    for evidence in [path(&dir), path(&dir.join("incident.json"))] {
        let told = recounts(["audit", &path(&story), "--evidence", &evidence]);
        for words in ["against the data", "the data agrees: severity P0", "the data says otherwise: severity P1"] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}
