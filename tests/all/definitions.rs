//! Formats that users define: where they may stand, what is said of broken ones, how they are tried.

use std::path::Path;
use std::process::Command;

use crate::support::{expect_file, recount, recounts, root};

const DEFINITION: &str = r#"name = "till"
title = "the tills' own log"
pattern = '<(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)> (?P<level>[XWI]) (?P<service>\w+): (?P<message>.*)'
multiline = true
zone = "Europe/Berlin"
[levels]
X = "FATAL"
W = "WARN"
I = "INFO"
[[samples]]
text = "<2025-06-12 17:52:03> X till: drawer gone"
time = "2025-06-12T17:52:03"
level = "FATAL"
message = "drawer gone"
"#;

const LOG: &str = "<2025-06-12 19:52:03> I till: open\n<2025-06-12 19:52:04> X till: drawer gone\n  at shelf 7\n";

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Formats of the files below `path`, with `more` options.
fn formats_of(path: &Path, more: &[&str]) -> Vec<String> {
    let mut args = vec!["inspect".to_string(), "--json".to_string(), text(path)];
    args.extend(more.iter().map(ToString::to_string));
    let said: serde_json::Value = serde_json::from_str(&recounts(args)).expect("json");
    let sources = said["sources"].as_array().expect("sources");
    sources.iter().map(|s| s["formats"][0]["name"].as_str().unwrap_or("none").to_string()).collect()
}

#[test]
fn a_text_format_is_added_from_outside_with_one_file_and_one_case_folder() {
    let dir = tempfile::tempdir().expect("folder");
    let (definition, case) = (dir.path().join("till.toml"), dir.path().join("cases/till/plain"));
    std::fs::create_dir_all(&case).expect("folder");
    std::fs::write(&definition, DEFINITION).expect("written");
    std::fs::write(case.join("input.log"), LOG).expect("written");
    let expected = concat!(
        r#"{"timestamp":"2025-06-12T17:52:03Z","level":"INFO","lines":1,"message":"open"}"#,
        "\n",
        r#"{"timestamp":"2025-06-12T17:52:04Z","level":"FATAL","lines":2,"message":"drawer gone"}"#,
        "\n"
    );
    std::fs::write(case.join("expected.jsonl"), expected).expect("written");
    let read = recounts(["records", "--json", "--format-file", &text(&definition), &text(&case.join("input.log"))]);
    let mut actual = String::new();
    for line in read.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("json");
        assert_eq!((&record["format"], &record["zone_basis"]), (&"till".into(), &"inferred".into()), "{line}");
        actual.push_str(&format!(
            "{{\"timestamp\":{},\"level\":{},\"lines\":{},\"message\":{}}}\n",
            record["timestamp"], record["level"], record["lines"], record["message"]
        ));
    }
    expect_file(&case.join("expected.jsonl"), &actual).expect("the case holds");
    let checked = recount(["formats", "check", &text(&definition)]);
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
    assert!(String::from_utf8_lossy(&checked.stdout).contains("it reads its own"));
}

#[test]
fn a_bundle_brings_its_formats_as_folder_and_as_archive() {
    let dir = tempfile::tempdir().expect("folder");
    let bundle = dir.path().join("evidence");
    std::fs::create_dir_all(bundle.join("formats")).expect("folder");
    std::fs::write(bundle.join("formats/till.toml"), DEFINITION).expect("written");
    std::fs::write(bundle.join("shop.log"), LOG).expect("written");
    assert_eq!(formats_of(&bundle, &[]), ["till"]);
    let archive = dir.path().join("evidence.tar");
    let mut tar = tar::Builder::new(std::fs::File::create(&archive).expect("created"));
    tar.append_dir_all("evidence", &bundle).expect("appended");
    tar.finish().expect("finished");
    assert_eq!(formats_of(&archive, &[]), ["till"]);
    let piped = Command::new(env!("CARGO_BIN_EXE_recount"))
        .args(["inspect", "--json", "-"])
        .stdin(std::fs::File::open(&archive).expect("opened"))
        .output()
        .expect("the program starts");
    assert!(String::from_utf8_lossy(&piped.stdout).contains("\"name\": \"till\""));
}

#[test]
fn the_users_directory_holds_formats_for_every_run_and_the_bundle_overrules_it() {
    let dir = tempfile::tempdir().expect("folder");
    let formats = dir.path().join("config/recount/formats");
    std::fs::create_dir_all(&formats).expect("folder");
    std::fs::write(formats.join("till.toml"), DEFINITION).expect("written");
    std::fs::write(formats.join("broken.toml"), DEFINITION.replace("[XWI]", "[XWI")).expect("written");
    let bundle = dir.path().join("evidence");
    std::fs::create_dir_all(&bundle).expect("folder");
    std::fs::write(bundle.join("shop.log"), LOG).expect("written");
    let run = || {
        let output = Command::new(env!("CARGO_BIN_EXE_recount"))
            .args(["inspect", &text(&bundle)])
            .env("XDG_CONFIG_HOME", dir.path().join("config"))
            .output()
            .expect("the program starts");
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).expect("text");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let said = run();
    assert!(said.contains("format till: starts 2 of 2 records sampled"), "{said}");
    assert!(said.contains("line 3: expected a pattern that compiles"), "{said}");
    std::fs::create_dir_all(bundle.join("formats")).expect("folder");
    std::fs::write(bundle.join("formats/till.toml"), DEFINITION.replace("Europe/Berlin", "UTC")).expect("written");
    let said = run();
    assert!(said.contains("zone UTC, inferred"), "{said}");
    assert!(said.contains("found \"till\" again; that of"), "{said}");
}

#[test]
fn a_definition_that_cannot_be_used_says_the_line_and_what_is_wrong() {
    let dir = tempfile::tempdir().expect("folder");
    let (definition, log) = (dir.path().join("till.toml"), dir.path().join("shop.log"));
    std::fs::write(&log, LOG).expect("written");
    for (from, to, said) in [
        ("(?P<message>.*)", "(?P<message>.*", ":3: expected a pattern that compiles"),
        ("(?P<service>", "(?P<servce>", ":3: expected groups named"),
        ("level = \"FATAL\"", "level = \"WARN\"", ":11: sample"),
        ("multiline = true", "multline = true", ":4: expected a format definition, found: unknown field"),
        ("name = \"till\"", "name = \"redis\"", ":1: expected a name of its own, found \"redis\""),
        ("Europe/Berlin", "Europe/Berlino", ":5: expected a zone such as"),
    ] {
        std::fs::write(&definition, DEFINITION.replacen(from, to, 1)).expect("written");
        let output = recount(["records", "--format-file", &text(&definition), &text(&log)]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(&format!("till.toml{said}")), "{said} in {error}");
        assert_eq!(recount(["formats", "check", &text(&definition)]).status.code(), Some(1), "{said}");
    }
    assert_eq!(recount(["formats", "check", "no-such-file.toml"]).status.code(), Some(2));
}

#[test]
fn a_definition_that_takes_lines_of_other_formats_is_found_out() {
    let dir = tempfile::tempdir().expect("folder");
    let greedy = dir.path().join("greedy.toml");
    let body = r#"name = "greedy"
title = "anything in brackets"
specificity = 90
pattern = '\[(?P<time>[^\]]+)\] (?P<message>.*)'
[[samples]]
text = "[2025-06-12 17:52:03] gone"
message = "gone"
"#;
    std::fs::write(&greedy, body).expect("written");
    let output = recount(["formats", "check", &text(&greedy)]);
    let said = String::from_utf8(output.stdout).expect("text").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("expected to leave clf its sample"), "{said}");
    // One that knows less than others loses its own sample, and hears by how much.
    let meek = body
        .replace("specificity = 90", "specificity = 10")
        .replace("greedy", "meek")
        .replace("[2025-06-12 17:52:03] gone\"", "[2025-06-12T17:52:03Z ERROR kv::pool] gone\"");
    std::fs::write(&greedy, meek.replace("[^\\]]+", "\\\\S+Z").replace("\\] ", "[^\\]]*\\] ")).expect("written");
    let output = recount(["formats", "check", "--json", &text(&greedy)]);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("json");
    assert_eq!(said[0]["holds"], false, "{said}");
}

#[test]
fn explain_tells_every_candidate_and_why_it_lost() {
    let dir = tempfile::tempdir().expect("folder");
    let inner = "2025-06-12 17:52:03,408 ERROR [p] c.ex.Kv - read failed";
    let wrapped: String = (0..9).map(|n| format!("2025-06-12T17:52:0{n}.410003121Z stderr F {inner}\n")).collect();
    std::fs::write(dir.path().join("kv.log"), wrapped).expect("written");
    std::fs::write(dir.path().join("odd.txt"), "zzz\nyyy\n").expect("written");
    std::fs::write(dir.path().join("core.bin"), [7u8, 0, 3, 0, 0, 1, 2, 4, 0, 0]).expect("written");
    let said = recounts(["formats", "explain", &text(dir.path())]);
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("taken out of cri") && said.contains("reads level_text (100)"), "{said}");
    assert!(said.contains("not stamped_text") && said.contains("known better by"), "{said}");
    assert!(said.contains("no format knows it") && said.contains("found binary data"), "{said}");
    let objects = recounts(["formats", "explain", "--json", &text(dir.path())]);
    let objects: Vec<serde_json::Value> = objects.lines().map(|l| serde_json::from_str(l).expect("json")).collect();
    assert_eq!(objects.len(), 3);
    assert_eq!(objects[1]["envelopes"][0], "cri", "{}", objects[1]);
    assert!(objects[1]["candidates"].as_array().is_some_and(|all| all.iter().any(|c| c["chosen"] == false)));
    assert!(objects[0]["unread"].is_string() && objects[2]["first_unclaimed"][0] == 1, "{objects:?}");
}

/// A coded format is a file, a line in the slice of its family, and a case folder: every name in the slices
/// is spelt in some file of `src/format`, and has a case.
#[test]
fn a_coded_format_touches_three_places() {
    let files = walkdir::WalkDir::new(root().join("src/format")).into_iter().flatten();
    let coded = files.filter(|e| e.path().extension().is_some_and(|x| x == "rs" || x == "toml"));
    let codes: String = coded.map(|e| std::fs::read_to_string(e.path()).expect("readable")).collect();
    for format in recount::format::FAMILIES.iter().flat_map(|family| family.iter()) {
        assert!(codes.contains(&format!("\"{}\"", format.name())), "no file states {}", format.name());
        let shown = root().join("tests/formats").join(format.name()).is_dir() || !format.samples().is_empty();
        assert!(shown, "{} has no case", format.name());
    }
}
