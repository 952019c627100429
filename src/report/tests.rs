//! The pages as a whole: complete, inert, small, the same every time.

mod documented;
mod full;
mod pair;
mod sets;
mod users;

use super::*;
use crate::model::INCIDENT_SCHEMA_VERSION;

fn rendered() -> Pages {
    let incident = full::incident();
    let (audit, stated) = (full::audit(), full::stated());
    pages(&Input::new(&incident, &audit, &stated), None).unwrap()
}

fn empty() -> Incident {
    Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: "nothing".into(),
        sources: Vec::new(),
        rates: Default::default(),
        timeline: Default::default(),
        findings: Default::default(),
        claims: Vec::new(),
        diagnostics: Vec::new(),
        edition: crate::model::Edition::default(),
    }
}

/// Where to write: a temporary folder, or `RECOUNT_KEEP=DIR` for looking at the pages.
fn place(home: &Path, name: &str) -> std::path::PathBuf {
    std::env::var_os("RECOUNT_KEEP").map_or_else(|| home.join(name), |keep| Path::new(&keep).join(name))
}

#[test]
fn a_whole_folder_is_written_and_reads_back() {
    let home = tempfile::tempdir().unwrap();
    let dir = place(home.path(), "report");
    let incident = full::incident();
    let (audit, stated) = (full::audit(), full::stated());
    write(&Input::new(&incident, &audit, &stated), None, &dir, false).unwrap();
    let read: Incident = serde_json::from_slice(&std::fs::read(dir.join("incident.json")).unwrap()).unwrap();
    assert!(read.timeline == incident.timeline && read.sources == incident.sources);
    assert!(read.rates.services.len() == incident.rates.services.len());
    let lines = std::fs::read_to_string(dir.join("timeline.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), incident.timeline.shown().len());
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["datetime"], "2031-03-04T17:34:00+00:00");
    assert_eq!(first["source"], "deploys/releases.csv:104");
    let parquet = std::fs::read(dir.join("data/rates.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    let alignment = crate::config::Alignment::parse(
        &std::fs::read_to_string(dir.join("alignment.toml")).unwrap(),
        "alignment.toml",
    )
    .unwrap();
    assert_eq!(alignment.sources.len(), incident.sources.len());
    let login = &alignment.sources["logs/access-login.log.gz!access-login.log"];
    assert_eq!((login.zone.as_deref(), login.skew_ms), (Some("America/Los_Angeles"), Some(0)));
    assert_eq!(alignment.sources["logs/edge/edge-config.ndjson"].skew_ms, Some(252_000));
}

#[test]
fn parquet_reads_back_with_its_gaps() {
    let incident = full::incident();
    let bytes = export::rates_parquet(&incident).unwrap();
    let data = {
        use polars_io::SerReader;
        polars_io::parquet::read::ParquetReader::new(std::io::Cursor::new(bytes)).finish().unwrap()
    };
    let buckets: usize = incident.rates.services.iter().map(|s| s.buckets.len()).sum();
    assert_eq!(data.shape(), (buckets, 16));
    assert!(data.column("ratio").unwrap().null_count() > 0);
}

#[test]
fn the_same_incident_gives_the_same_bytes() {
    assert_eq!(rendered(), rendered());
    let incident = full::incident();
    assert!(export::rates_parquet(&incident).unwrap() == export::rates_parquet(&incident).unwrap());
    assert!(export::timeline_parquet(&incident).unwrap() == export::timeline_parquet(&incident).unwrap());
}

#[test]
fn a_page_for_25_services_and_150_events_stays_small() {
    let pages = rendered();
    assert!(pages.html.len() < 2_000_000, "{} bytes", pages.html.len());
    assert!(!pages.html.contains("Invalid") && !pages.html.contains("NaN"));
}

#[test]
fn an_incident_without_anything_still_makes_pages() {
    let incident = empty();
    let audit = Audit::default();
    let pages = pages(&Input::new(&incident, &audit, &[]), None).unwrap();
    assert!(pages.html.contains("No impact could be measured"));
    assert!(pages.charts.is_empty());
    assert!(summary(&incident, None).starts_with("nothing\nno impact could be measured"));
}

#[test]
fn what_people_wrote_stands_in_their_sections() {
    let mut incident = empty();
    incident.edition.narrative.insert("root_cause".into(), "First <b>part</b>.\n\nSecond part.".into());
    let audit = Audit::default();
    incident.edition.action_items = vec![crate::model::ActionItem {
        what: "cache | reads".into(),
        owner: "storage team".into(),
        ..Default::default()
    }];
    incident.edition.narrative.insert("rot_cause".into(), "A section of their own.".into());
    let page = pages(&Input::new(&incident, &audit, &[]), None).unwrap();
    assert!(page.html.contains("<p>First &lt;b&gt;part&lt;/b&gt;.</p><p>Second part.</p>"));
    assert!(page.html.contains("storage team") && page.html.contains("no date"));
    assert!(page.markdown.contains("| cache \\| reads |  | storage team |  |  |"), "{}", page.markdown);
    for text in [&page.html, &page.markdown] {
        assert!(text.contains("Rot cause") && text.contains("A section of their own."), "a key nobody knows is theirs");
    }
}

#[test]
fn the_summary_fits_eighty_columns_and_says_what_matters() {
    let text = summary(&full::incident(), Some("out/key-value"));
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for words in
        ["17:52–20:28 UTC (2 h 36 min)", "P1 18:05 → P0 18:21 (or 18:06)", "dumps/core.4411.bin", "out/key-value"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    if let Some(keep) = std::env::var_os("RECOUNT_KEEP") {
        std::fs::create_dir_all(&keep).unwrap();
        std::fs::write(Path::new(&keep).join("summary.txt"), text).unwrap();
    }
}

#[test]
fn a_comparison_is_written_and_inert() {
    let home = tempfile::tempdir().unwrap();
    let dir = place(home.path(), "compare");
    let comparison = pair::comparison();
    write_comparison(&comparison, None, false, &dir, false).unwrap();
    let html = std::fs::read_to_string(dir.join("compare.html")).unwrap();
    let markdown = std::fs::read_to_string(dir.join("compare.md")).unwrap();
    sets::check_html(&html);
    sets::check_markdown(&markdown);
    for page in [&html, &markdown] {
        assert!(!page.contains('\u{202e}'));
        assert!(page.contains("0.83") && page.contains("hurt in B, not in A"));
    }
    write_comparison(&comparison, None, false, &dir, false).unwrap();
}
