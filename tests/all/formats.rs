//! Golden cases of formats: `tests/formats/<name>/<case>/input.*` and `expected.json`.

use recount::format::{self, Head, Shape, bind, detect};
use recount::ingest::{Options, collect};
use serde_json::json;

use crate::support::{expect_file, folders, root};

#[test]
fn every_golden_case_gives_exactly_what_was_reviewed() {
    let mut faults = Vec::new();
    let mut cases = 0;
    for format in folders(&root().join("tests/formats")) {
        let name = format.file_name().expect("named").to_string_lossy().into_owned();
        for case in folders(&format) {
            cases += 1;
            if let Err(fault) = run(&name, &case) {
                faults.push(fault);
            }
        }
    }
    assert!(cases > 0, "there are golden cases");
    assert!(faults.is_empty(), "{} of {cases} cases differ:\n{}", faults.len(), faults.join("\n"));
}

fn run(name: &str, case: &std::path::Path) -> Result<(), String> {
    let input = std::fs::read_dir(case)
        .map_err(|e| e.to_string())?
        .flatten()
        .map(|e| e.path())
        .find(|p| p.file_stem().is_some_and(|s| s == "input"))
        .ok_or_else(|| format!("{}: no input file", case.display()))?;
    let bytes = std::fs::read(&input).map_err(|e| e.to_string())?;
    let file = input.file_name().expect("named").to_string_lossy().into_owned();
    let collected = collect(&file, &bytes, &Options::default());
    let chosen: Vec<&str> = collected.candidates.iter().filter(|c| c.chosen).map(|c| c.name.as_str()).collect();
    if !chosen.contains(&name) {
        return Err(format!("{}: expected {name} to read it, found {chosen:?}", case.display()));
    }
    let actual = json!({
        "formats": chosen,
        "accounting": collected.accounting,
        "records": collected.records,
        "diagnostics": collected.diagnostics,
        "fault": collected.fault,
    });
    let text = serde_json::to_string_pretty(&actual).expect("json") + "\n";
    expect_file(&case.join("expected.json"), &text)
}

#[test]
fn every_format_has_a_golden_case_or_its_samples_speak_for_it() {
    let missing: Vec<String> = format::all()
        .filter(|f| f.samples().is_empty() && !root().join("tests/formats").join(f.name()).is_dir())
        .map(|f| f.name().to_string())
        .collect();
    assert!(missing.is_empty(), "formats without samples and cases: {missing:?}");
}

#[test]
fn names_of_formats_are_unique() {
    let mut names: Vec<String> = format::all().map(|f| f.name().to_string()).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn the_owner_wins_detection_on_every_sample_of_every_format() {
    let formats: Vec<&dyn format::Format> = format::all().collect();
    let mut lost = Vec::new();
    for format in &formats {
        for sample in format.samples() {
            let head = Head { path: "sample", text: sample, complete: true, modified_s: None };
            let bound = bind::bind(&head, &formats);
            let formats = bind::with_bound(&formats, &bound);
            let plan = detect::plan(&head, &formats, None);
            let won = match format.shape() {
                // An envelope wins when it is peeled first.
                Shape::Envelope(_) => plan.envelopes.first().is_some_and(|e| e.name() == format.name()),
                _ => plan
                    .candidates
                    .iter()
                    .find(|c| c.chosen && !plan.envelopes.iter().any(|e| e.name() == c.name))
                    .is_some_and(|c| c.name == format.name()),
            };
            if !won {
                lost.push(format!(
                    "{}: {:?} taken by {:?}",
                    format.name(),
                    sample.lines().next(),
                    plan.candidates.first().map(|c| &c.name)
                ));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
