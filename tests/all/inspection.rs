//! `recount inspect` on a bundle of very many formats: one screen a person can read, and the same as data.

use crate::support::{folders, recounts, root};

/// A bundle of one golden case of every format that has one.
fn bundle() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("folder");
    for format in folders(&root().join("tests/formats")) {
        let Some(case) = folders(&format).into_iter().next() else { continue };
        let inputs = std::fs::read_dir(case).expect("case").flatten().map(|e| e.path());
        let input = inputs.into_iter().find(|p| p.file_stem().is_some_and(|s| s == "input")).expect("an input");
        let into = dir.path().join(format.file_name().expect("name"));
        std::fs::create_dir_all(&into).expect("folder");
        std::fs::copy(&input, into.join(input.file_name().expect("name"))).expect("copied");
    }
    dir
}

#[test]
fn a_bundle_of_forty_formats_reads_well_on_a_terminal_and_as_data() {
    let dir = bundle();
    let path = dir.path().display().to_string();
    let said = recounts(["inspect", &path]);
    let wide: Vec<&str> = said.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    let data: serde_json::Value = serde_json::from_str(&recounts(["inspect", "--json", &path])).expect("json");
    let sources = data["sources"].as_array().expect("sources");
    assert!(sources.len() >= 40, "{}", sources.len());
    assert_eq!(data["adds_up"], true);
    assert!(said.starts_with("file  ") && said.contains("all sums add up"), "{said}");
    if sources.len() < 100 {
        let rows = said.lines().take_while(|line| !line.is_empty()).count();
        assert_eq!(rows, sources.len() + 1, "a line for each file below the heading");
    }
    // What is said of many files is said once.
    assert!(said.matches("UTC was assumed").count() <= 1, "{said}");
    let all = recounts(["inspect", "-v", &path]);
    assert!(all.lines().all(|line| line.chars().count() <= 80));
    assert!(all.matches("\n  frames   ").count() >= 40, "-v tells every file at length");
}
