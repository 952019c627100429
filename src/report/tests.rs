//! The pages as a whole: complete, inert, small, the same every time.

mod full;

use super::*;

fn rendered() -> (Incident, Pages) {
    let incident = full::incident();
    let (audit, stated) = (full::audit(), full::stated());
    let pages = pages(&Input::new(&incident, &audit, &stated), None).unwrap();
    (incident, pages)
}

/// The view holds everything; the picture of it is for people: `RECOUNT_KEEP=DIR` keeps the folder.
#[test]
fn a_whole_folder_is_written_and_reads_back() {
    let home = tempfile::tempdir().unwrap();
    let dir = match std::env::var_os("RECOUNT_KEEP") {
        Some(keep) => std::path::PathBuf::from(keep),
        None => home.path().join("report"),
    };
    let incident = full::incident();
    let (audit, stated) = (full::audit(), full::stated());
    let input = Input::new(&incident, &audit, &stated);
    write(&input, None, &dir, false).unwrap();
    let read: Incident = serde_json::from_slice(&std::fs::read(dir.join("incident.json")).unwrap()).unwrap();
    assert!(read.timeline == incident.timeline && read.sources == incident.sources);
    assert!(read.rates.services.len() == incident.rates.services.len());
    let lines = std::fs::read_to_string(dir.join("timeline.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), incident.timeline.entries.len());
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    for field in ["message", "datetime", "timestamp_desc"] {
        assert!(first[field].is_string(), "{field}");
    }
    let parquet = std::fs::read(dir.join("data/rates.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let alignment: toml::Table = std::fs::read_to_string(dir.join("alignment.toml")).unwrap().parse().unwrap();
    assert_eq!(alignment["source"].as_array().unwrap().len(), incident.sources.len());
}
