//! Real third-party material, when the machine has some: `RECOUNT_DATA` names its folder.
//!
//! Nothing of it is in the project. Without it these tests say that they were skipped.

use std::path::PathBuf;

use recount::model::Incident;
use recount::pipeline::{self, Request};

use crate::support::skip;

/// A folder of outside material, or a word that it is not there.
fn outside(part: &str) -> Option<PathBuf> {
    let base = std::env::var_os("RECOUNT_DATA").map(PathBuf::from);
    let found = base.map(|b| b.join(part)).filter(|p| p.exists());
    if found.is_none() {
        skip(&format!("no {part} (set RECOUNT_DATA to a folder that holds it)"));
    }
    found
}

fn recount(path: PathBuf) -> Incident {
    let incident = pipeline::recount(&Request { paths: vec![path], ..Request::default() }, &()).expect("recounted");
    for source in &incident.sources {
        assert!(source.accounting.adds_up(), "{}: {:?}", source.info.path, source.accounting);
    }
    incident
}

#[test]
fn five_write_ups_of_one_outage_give_its_times_its_severity_and_its_contradictions() {
    let Some(path) = outside("writeups") else { return };
    let incident = recount(path);
    let times: Vec<String> = incident.timeline.entries.iter().map(|e| e.at.to_string()[11..16].to_string()).collect();
    assert_eq!(times, ["17:52", "18:05", "18:06", "18:21", "18:43", "19:09", "19:32", "20:23", "20:25", "20:28"]);
    let steps: Vec<(String, String)> = incident
        .timeline
        .severity
        .steps
        .iter()
        .map(|s| (s.to.word.clone(), s.at.to_string()[11..16].to_string()))
        .collect();
    assert_eq!(steps, [("P1".into(), "18:05".into()), ("P0".into(), "18:21".into())]);
    let witnesses = incident
        .timeline
        .entries
        .iter()
        .filter(|e| e.at.to_string().contains("17:52"))
        .map(|e| e.witnesses())
        .sum::<usize>();
    assert_eq!(witnesses, 3, "three write-ups tell of 17:52");
    let audit = pipeline::audit(&incident);
    let duration = audit.findings.iter().find(|f| f.text.contains("2 h 36 min") && f.text.contains("2 h 28 min"));
    assert!(duration.is_some(), "{:#?}", audit.findings.iter().map(|f| &f.text).collect::<Vec<_>>());
}

#[test]
fn real_bundles_give_a_report_in_which_sums_add_up() {
    for part in ["data/loghub", "data/petshop/low_traffic/train/issue_0", "data/rootcausebench/tls-cert-expiry/bundle"]
    {
        let Some(path) = outside(part) else { continue };
        let incident = recount(path);
        let audit = pipeline::audit(&incident);
        let stated = pipeline::stated(&incident);
        let input = recount::report::Input::new(&incident, &audit, &stated);
        let pages = recount::report::pages(&input, None).expect("rendered");
        assert!(pages.html.contains("</html>"), "{part}");
    }
}
