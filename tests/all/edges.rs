//! Files as they are after a bad night: padded, coloured, cut, copied, oddly named.

use std::io::Write;
use std::path::Path;

use crate::support::{recount, recounts};

/// One JSON line of a failing service, at `second` of a minute.
fn line(service: &str, second: usize) -> String {
    let second = second % 60;
    format!(
        "{{\"time\":\"2025-06-12T17:52:{second:02}Z\",\"service\":\"{service}\",\"level\":\"error\",\"msg\":\"gone\"}}\n"
    )
}

fn lines(service: &str, count: usize) -> String {
    (0..count).map(|second| line(service, second)).collect()
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("folder");
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).expect("written");
    }
    dir
}

fn inspect(dir: &Path) -> String {
    recounts(["inspect", &dir.display().to_string()])
}

#[test]
fn colours_before_the_stamp_do_not_hide_a_log() {
    let text: String = (0..40)
        .map(|s| format!("\u{1b}[90m2025-06-12T17:52:{s:02}.000Z\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m kv: read failed\n"))
        .collect();
    let said = inspect(folder(&[("app.log", text.as_bytes())]).path());
    assert!(said.contains("40 = 40 records"), "{said}");
}

#[test]
fn nuls_around_a_log_are_skipped_and_said_and_binaries_stay_refused() {
    let good = lines("kv", 50);
    let padded = [&[0; 4096], good.as_bytes(), &[0; 5000]].concat();
    let binary: Vec<u8> = (0..4000u32).flat_map(|n| (n * 7).to_le_bytes()).collect();
    let dir = folder(&[("padded.log", &padded), ("core.bin", &binary), ("empty.bin", &[0; 9000])]);
    let said = inspect(dir.path());
    assert!(said.contains("51 = 50 records + 0 continuation + 1 blank + 0 rejected"), "{said}");
    assert!(said.contains("9096 NUL bytes"), "{said}");
    assert_eq!(said.matches("found binary data").count(), 2, "{said}");
    assert!(said.contains("all sums add up"), "{said}");
}

#[test]
fn a_file_that_nobody_reads_says_how_to_force_it() {
    let dir = folder(&[("odd.txt", b"zzz qqq\nfoo\n"), ("a.log", lines("kv", 5).as_bytes())]);
    for said in [inspect(dir.path()), {
        let out = dir.path().join("out");
        recounts(["report", "-q", "-o", &out.display().to_string(), &dir.path().display().to_string()]);
        std::fs::read_to_string(out.join("report.md")).expect("report.md")
    }] {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "");
        assert!(said.contains("--format GLOB=NAME") && said.contains("recount formats"), "{said}");
    }
}

#[test]
fn a_cut_gzip_is_remarked_once() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(lines("kv", 2000).as_bytes()).expect("compressed");
    let gz = gz.finish().expect("compressed");
    let said = inspect(folder(&[("cut.log.gz", &gz[..gz.len() - 20])]).path());
    assert_eq!(said.matches("expected more gzip data").count(), 1, "{said}");
    assert!(!said.contains("(2 times)"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_odd_name_or_an_odd_archive_is_counted_once() {
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["ok.log", ".DS_Store"] {
        let body = lines("kv", 20);
        let mut header = tar::Header::new_gnu();
        header.set_size(body.len() as u64);
        tar.append_data(&mut header, name, body.as_bytes()).expect("appended");
    }
    let tar = tar.into_inner().expect("tar");
    let dir = folder(&[("we\u{1b}ird.log", lines("login", 30).as_bytes()), ("logs.tar", &tar)]);
    let said = inspect(dir.path());
    assert!(said.contains("\n2 files, "), "{said}");
    assert!(said.contains("shown cleaned") && said.contains("found desktop metadata, left out"), "{said}");
}

#[test]
fn copies_are_named_where_they_lie() {
    let good = lines("kv", 50);
    let said = inspect(folder(&[("a.log", good.as_bytes()), ("b.log", good.as_bytes())]).path());
    assert_eq!(said.matches("same bytes as a.log, counted once").count(), 1, "{said}");
}

#[test]
fn every_command_has_a_man_page() {
    let all = recounts(["man"]);
    for page in [".TH recount 1", ".TH recount-report 1", ".TH recount-simulate 1"] {
        assert!(all.contains(page), "{page}");
    }
    assert!(all.contains("\\-\\-input\\-tz") && all.contains("\\-\\-seed"), "options of the commands are there");
    let dir = tempfile::tempdir().expect("folder");
    let status = recount(["man", "-o", &dir.path().display().to_string()]).status;
    assert!(status.success());
    assert!(dir.path().join("recount.1").is_file() && dir.path().join("recount-inspect.1").is_file());
}

/// Access lines of `service`: `minutes` of 10 requests each, failing in the middle third.
fn failing(service: &str, minutes: usize) -> String {
    let mut out = String::new();
    for request in 0..minutes * 60 {
        let (minute, second) = (request / 60, request % 60);
        let bad = minute >= minutes / 3 && minute < 2 * minutes / 3;
        let status = if bad { 503 } else { 200 };
        out.push_str(&format!(
            "{{\"time\":\"2025-06-12T17:{minute:02}:{second:02}Z\",\"service\":\"{service}\",\"method\":\"GET\",\
             \"path\":\"/v\",\"status\":{status},\"duration_ms\":12,\"msg\":\"request\"}}\n"
        ));
    }
    out
}

#[test]
fn a_log_alone_has_a_timeline_of_what_it_shows() {
    let dir = folder(&[("access.log", failing("kv", 45).as_bytes())]);
    let bundle = dir.path().display().to_string();
    let said = recounts(["timeline", &bundle]);
    let at = |word: &str| said.find(word).unwrap_or_else(|| panic!("{word} in:\n{said}"));
    assert!(at("onset: kv") < at("peak: kv") && at("peak: kv") < at("recovery: kv"), "{said}");
    assert_eq!(said.matches("[computed from the data; access.log:").count(), 3, "{said}");
    let json: serde_json::Value = serde_json::from_str(&recounts(["timeline", "--json", &bundle])).expect("json");
    assert_eq!(json["entries"].as_array().map(Vec::len), Some(0), "nothing computed stands among what was told");
    let out = dir.path().join("out");
    recounts(["report", "-q", "-o", &out.display().to_string(), &bundle]);
    let lines = std::fs::read_to_string(out.join("timeline.jsonl")).expect("timeline.jsonl");
    assert_eq!(lines.matches("\"timestamp_desc\":\"computed\"").count(), 3, "{lines}");
    let page = std::fs::read_to_string(out.join("report.md")).expect("report.md");
    assert!(page.contains("computed | onset: kv begins to fail"), "{page}");
}

#[test]
fn an_empty_timeline_says_why() {
    let dir = folder(&[("a.log", lines("kv", 1).as_bytes())]);
    let output = recount(["timeline", &dir.path().display().to_string()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no events and no impact in 1 records from 1 sources"), "{said}");
}

#[test]
fn a_list_of_moments_in_markdown_is_read() {
    let text = "# Incident 2025-06-12\n\n- 17:52 UTC: alarms go off\n- 18:05 UTC: P1 declared\n- 18:21 UTC: raised to P0\n\
                - 19:32 UTC: load shed\n- 20:23 UTC: recovery begins\n- 20:28 UTC: all clear\n";
    let dir = folder(&[("notes.md", text.as_bytes())]);
    let said = recounts(["timeline", "--all", &dir.path().display().to_string()]);
    for moment in ["17:52", "18:05", "18:21", "19:32", "20:23", "20:28"] {
        assert!(said.contains(moment), "{moment} in:\n{said}");
    }
    assert!(said.contains("2025-06-12 (UTC)"), "{said}");
}
