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
