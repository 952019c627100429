//! What people say of the evidence, and what becomes of it: configuration wherever the bundle comes
//! from, rules that match nothing, formats forced where they do not fit, and exits.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{recount, recounts, root};

const SAMPLE: &str = "samples/r2-credential-2025-03-21";
const GONE: &str = "{\"time\":\"2025-06-12T17:52:03Z\",\"service\":\"kv\",\"level\":\"error\",\"msg\":\"gone\"}\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("json")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The folder `from` as a tar in which every path starts with `around`.
fn tar(from: &Path, around: &str) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    let name = if around.is_empty() { "." } else { around };
    out.append_dir_all(name, from).expect("packed");
    out.into_inner().expect("packed")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("compressed");
    out.finish().expect("compressed")
}

fn zip(from: &Path) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in crate::support::contents(from) {
        out.start_file(format!("wrapped/{name}"), zip::write::SimpleFileOptions::default()).expect("packed");
        out.write_all(&bytes).expect("packed");
    }
    out.finish().expect("packed").into_inner()
}

/// Runs with `input` on standard input.
fn piped(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_recount"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("stdin").write_all(input).expect("written");
    child.wait_with_output().expect("ended")
}

/// The title, the paths without what is around them, and every figure.
fn told(text: &str, prefix: &str) -> (Value, Value, Vec<String>, usize) {
    let incident = json(text);
    let paths = incident["sources"].as_array().expect("sources").iter().map(|source| {
        let path = source["info"]["path"].as_str().expect("a path");
        path.strip_prefix(prefix).unwrap_or(path).to_string()
    });
    let diagnostics = incident["diagnostics"].as_array().expect("diagnostics").len();
    (incident["title"].clone(), incident["rates"].clone(), paths.collect(), diagnostics)
}

#[test]
fn an_archive_is_recounted_as_the_folder_in_it_is() {
    let dir = tempfile::tempdir().expect("folder");
    let sample = root().join(SAMPLE);
    let out = dir.path().join("out").display().to_string();
    let report =
        |bundle: &Path| recounts(["report", &bundle.display().to_string(), "--json", "-q", "--force", "-o", &out]);
    let expected = told(&report(&sample), "");
    let at = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    };
    assert!(told(&report(&at("a.tgz", &gzip(&tar(&sample, "folder")))), "a.tgz!folder/") == expected, "tar.gz");
    assert!(told(&report(&at("a.zip", &zip(&sample))), "a.zip!wrapped/") == expected, "zip");
    let output = piped(&["report", "-", "--json", "-q", "--force", "-o", &out], &tar(&sample, ""));
    assert!(output.status.success(), "{}", said(&output));
    assert!(told(&String::from_utf8_lossy(&output.stdout), "stdin!") == expected, "tar on standard input");
}

#[test]
fn the_configuration_of_an_archive_inside_the_bundle_is_not_the_bundles() {
    let dir = tempfile::tempdir().expect("folder");
    let inner = dir.path().join("inner");
    std::fs::create_dir_all(&inner).expect("folder");
    std::fs::write(inner.join("recount.toml"), "title = \"inner\"\n").expect("written");
    std::fs::write(inner.join("kv.log"), GONE).expect("written");
    let bundle = dir.path().join("bundle");
    std::fs::create_dir_all(&bundle).expect("folder");
    std::fs::write(bundle.join("inner.tar"), tar(&inner, "")).expect("written");
    std::fs::write(bundle.join("kv.log"), GONE).expect("written");
    let out = dir.path().join("out").display().to_string();
    let output = piped(&["report", "-", "--json", "-q", "-o", &out], &tar(&bundle, "folder"));
    assert_eq!(json(&String::from_utf8_lossy(&output.stdout))["title"], "stdin");
}

#[test]
fn the_alignment_and_globs_of_an_archive_speak_of_paths_inside_it() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = dir.path().join("bundle");
    std::fs::create_dir_all(bundle.join("hosts")).expect("folder");
    let line = "2025-06-12 17:52:03 ERROR kv: gone\n";
    std::fs::write(bundle.join("hosts/a.log"), line).expect("written");
    std::fs::write(bundle.join("b.log"), line).expect("written");
    std::fs::write(bundle.join("recount.toml"), "[zones]\n\"hosts/*\" = \"+02:00\"\n").expect("written");
    let alignment = "[sources.\"b.log\"]\nzone = \"+05:30\"\n";
    std::fs::write(bundle.join("alignment.toml"), alignment).expect("written");
    let path = dir.path().join("x.tar");
    std::fs::write(&path, tar(&bundle, "folder")).expect("written");
    let inspected = json(&recounts(["inspect", "--json", &path.display().to_string()]));
    let zones: Vec<(&str, &str)> = inspected["sources"]
        .as_array()
        .expect("sources")
        .iter()
        .map(|s| (s["info"]["path"].as_str().expect("path"), s["clocks"][0]["zone"].as_str().expect("zone")))
        .collect();
    assert_eq!(zones, [("x.tar!folder/b.log", "+05:30"), ("x.tar!folder/hosts/a.log", "+02:00")]);
    assert_eq!(inspected["diagnostics"].as_array().map(Vec::len), Some(0), "{}", inspected["diagnostics"]);
}

#[test]
fn a_rule_that_matches_nothing_is_said_and_fails_strict() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = dir.path().join("bundle");
    std::fs::create_dir_all(&bundle).expect("folder");
    std::fs::write(bundle.join("kv.log"), GONE).expect("written");
    let tables = "[zones]\n\"a/*\" = \"UTC\"\n[formats]\n\"b/*\" = \"lgofmt\"\n[service_paths]\n\"c/*\" = \"c\"\n";
    std::fs::write(bundle.join("recount.toml"), tables).expect("written");
    std::fs::write(bundle.join("alignment.toml"), "[sources.\"d.log\"]\nskew_ms = 5\n").expect("written");
    let bundle = bundle.display().to_string();
    let options = ["--input-tz", "e/*=UTC", "--format", "f/*=logfmt", "--service", "g/*=g"];
    let args = [vec!["inspect", &bundle, "--json"], options.to_vec()].concat();
    let inspected = json(&recounts(&args));
    let found: Vec<String> = inspected["diagnostics"]
        .as_array()
        .expect("diagnostics")
        .iter()
        .map(|d| {
            assert_eq!(d["kind"], "configuration");
            format!("{}: {}", d["path"].as_str().expect("path"), d["message"].as_str().expect("message"))
        })
        .collect();
    for expected in [
        "--input-tz: expected a file for \"e/*\" = \"UTC\", found none",
        "--format: expected a file for \"f/*\" = \"logfmt\", found none",
        "--service: expected a file for \"g/*\" = \"g\", found none",
        "recount.toml [zones]: expected a file for \"a/*\" = \"UTC\", found none",
        "recount.toml [formats]: expected a file for \"b/*\" = \"lgofmt\", found none",
        "recount.toml [service_paths]: expected a file for \"c/*\" = \"c\", found none",
        "alignment.toml: expected a file for the source \"d.log\", found none",
    ] {
        assert!(found.iter().any(|line| line == expected), "{expected} in {found:#?}");
    }
    let unknown = "recount.toml [formats]: expected the name of a format, found \"lgofmt\"; the nearest are logfmt";
    assert!(found.iter().any(|line| line.starts_with(unknown)), "{found:#?}");
    assert!(recounts(["inspect", &bundle]).contains("expected a file for"));
    assert_eq!(recount(["inspect", "--strict", &bundle]).status.code(), Some(1));
}

#[test]
fn lines_that_a_forced_format_cannot_read_are_rejected_with_the_reason() {
    let dir = tempfile::tempdir().expect("folder");
    let text = "2025-06-12 17:52:03 ERROR kv: gone\n\n2025-06-12 17:52:04 INFO kv: fine\n";
    for (content, format, rejected, reason) in [
        (text, "pagerduty_log_entries", 2, "PagerDuty"),
        (text, "prometheus", 2, "Prometheus"),
        (text, "argo_cd", 2, "Argo CD"),
        (text, "clf", 2, "no format claims"),
        (GONE, "level_text", 1, "no format claims"),
        (GONE, "csv_wide", 1, "expected"),
    ] {
        let path = dir.path().join("a.log");
        std::fs::write(&path, content).expect("written");
        let rule = format!("*.log={format}");
        let inspected = json(&recounts(["inspect", "--json", "--format", &rule, &path.display().to_string()]));
        let account = &inspected["sources"][0]["accounting"];
        assert_eq!(inspected["adds_up"], true, "{format}: {account}");
        assert_eq!(account["records"]["frames"], 0, "{format}: {account}");
        let reasons = account["rejected"].as_object().expect("reasons");
        let frames: u64 = reasons.values().filter_map(|reject| reject["tally"]["frames"].as_u64()).sum();
        assert_eq!(frames, rejected, "{format}: {account}");
        assert!(reasons.keys().all(|key| key.contains(reason)), "{format}: {account}");
    }
}

#[test]
fn a_bundle_of_which_nothing_can_be_read_says_so() {
    let dir = tempfile::tempdir().expect("folder");
    let file = dir.path().join("a.db");
    std::fs::write(&file, b"SQLite format 3\0 and more").expect("written");
    for path in [dir.path(), &file] {
        let path = path.display().to_string();
        let output = recount(["inspect", &path]);
        assert_eq!(output.status.code(), Some(0));
        assert!(said(&output).contains("found nothing that could be read"), "{}", said(&output));
        assert_eq!(recount(["inspect", "--strict", &path]).status.code(), Some(1));
    }
}

#[cfg(unix)]
#[test]
fn a_named_file_that_cannot_be_opened_stops_the_run() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().expect("folder");
    let around = dir.path().join("loop");
    symlink(&around, &around).expect("linked");
    assert_eq!(recount(["inspect", &around.display().to_string()]).status.code(), Some(2));
    let locked = dir.path().join("locked.log");
    std::fs::write(&locked, GONE).expect("written");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).expect("locked");
    if std::fs::File::open(&locked).is_ok() {
        return crate::support::skip("permissions: this user may read everything");
    }
    let output = recount(["inspect", &locked.display().to_string()]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("expected a readable file"), "{}", said(&output));
}

#[cfg(unix)]
#[test]
fn a_full_disk_under_standard_output_is_an_error_and_a_closed_pipe_is_not() {
    let run = |stdout: Stdio, args: &[&str]| {
        let child = Command::new(env!("CARGO_BIN_EXE_recount"))
            .args(args)
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.wait_with_output().expect("ended")
    };
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let closed = run(writer.into(), &["formats"]);
    assert_eq!((closed.status.code(), said(&closed).as_str()), (Some(0), ""));
    for args in [&["formats"][..], &["--help"]] {
        let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
            return crate::support::skip("/dev/full: there is none");
        };
        let output = run(full.into(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains("standard output: expected to write here"), "{args:?}: {}", said(&output));
    }
}
