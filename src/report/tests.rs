//! The pages as a whole: complete, inert, small, the same every time.

mod full;
mod pair;

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

/// What a reader of Markdown would make of a page beyond plain text: raw HTML and link targets.
fn acting(markdown: &str) -> Vec<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    Parser::new_ext(markdown, Options::ENABLE_TABLES)
        .filter_map(|event| match event {
            Event::Html(text) | Event::InlineHtml(text) => Some(text.to_string()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
            _ => None,
        })
        .collect()
}

/// Whether raw HTML or a link target is one that our own templates write.
fn is_ours(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("#e")
        || text.starts_with("charts/")
        || text.starts_with("<a id=\"e")
        || ["</a>", "</details>"].contains(&text)
        || (text.starts_with("<details><summary>") && text.ends_with("</summary>"))
}

/// No element of a page loads, runs or leads anywhere outside it.
fn check_html(html: &str) {
    let page = scraper::Html::parse_document(html);
    let of = |selector: &str| page.select(&scraper::Selector::parse(selector).unwrap()).count();
    assert_eq!((of("script"), of("img, iframe, object, embed, link, base, form")), (1, 0));
    for element in page.select(&scraper::Selector::parse("*").unwrap()) {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on") && name != "src", "{name}={value}");
            assert!(name != "href" || value.starts_with('#'), "{name}={value}");
        }
    }
    assert!(!html.contains("@import") && !html.contains("url(http"));
}

#[test]
fn hostile_text_is_inert_on_every_page() {
    let pages = rendered();
    for page in [&pages.html, &pages.markdown] {
        assert!(!page.contains('\u{202e}') && !page.contains('\u{1b}'));
        assert!(page.contains("\\u{202e}evil\\x1b"), "it is shown instead");
    }
    check_html(&pages.html);
    for text in acting(&pages.markdown) {
        assert!(is_ours(&text), "{text}");
    }
}

#[test]
fn a_page_for_25_services_and_150_events_stays_small() {
    let pages = rendered();
    assert!(pages.html.len() < 2_000_000, "{} bytes", pages.html.len());
    assert!(!pages.html.contains("Invalid") && !pages.html.contains("NaN"));
}

#[test]
fn every_section_is_there() {
    let html = rendered().html;
    let ids = [
        "summary",
        "severity",
        "impact",
        "curves",
        "cascade",
        "timeline",
        "response",
        "leadup",
        "recovery",
        "communication",
        "patterns",
        "stated",
        "questions",
        "root_cause",
        "contributing_factors",
        "went_well",
        "went_badly",
        "luck",
        "action_items",
        "evidence",
    ];
    for id in ids {
        assert!(html.contains(&format!("<section id=\"{id}\"")), "{id}");
        assert!(html.contains(&format!("href=\"#{id}\"")), "{id} in the contents");
    }
    for words in ["key-value and 17", "17:52–20:28 UTC", "2\u{a0}h 36\u{a0}min", "alert rule login-errors"] {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.to_lowercase().contains("root cause is"));
}

/// Number of cells of a Markdown table row.
fn cells(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

#[test]
fn every_markdown_table_keeps_its_columns() {
    let page = rendered().markdown;
    let mut width = None;
    for line in page.lines() {
        if !line.starts_with('|') {
            width = None;
            continue;
        }
        let expected = *width.get_or_insert(cells(line));
        assert_eq!(cells(line), expected, "{line}");
    }
    let anchors = page.matches("<a id=\"e").count();
    assert!(anchors > 100, "every cited line stands at the end");
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
    let html = pages(&Input::new(&incident, &audit, &[]), None).unwrap().html;
    assert!(html.contains("<p>First &lt;b&gt;part&lt;/b&gt;.</p><p>Second part.</p>"));
}

#[test]
fn a_users_file_replaces_a_built_in_one_by_name() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("stated.html"), "<p>ours: {{ report.title }}</p>").unwrap();
    std::fs::write(dir.path().join("report.md"), "{% include \"builtin/report.md\" %}tail").unwrap();
    let incident = full::incident();
    let audit = full::audit();
    let pages = pages(&Input::new(&incident, &audit, &[]), Some(dir.path())).unwrap();
    assert!(pages.html.contains("<p>ours: key-value outage") && !pages.html.contains("id=\"questions\""));
    assert!(pages.markdown.starts_with("# key-value outage") && pages.markdown.ends_with("tail"));
}

#[test]
fn a_user_may_replace_the_components() {
    let dir = tempfile::tempdir().unwrap();
    let parts = include_str!("../../templates/shared/parts.html").replace("class=\"place\"", "class=\"spot\"");
    std::fs::write(dir.path().join("parts.html"), parts).unwrap();
    let incident = full::incident();
    let audit = full::audit();
    let html = pages(&Input::new(&incident, &audit, &[]), Some(dir.path())).unwrap().html;
    assert!(html.contains("class=\"spot\""));
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
    write_comparison(&comparison, None, &dir, false).unwrap();
    let html = std::fs::read_to_string(dir.join("compare.html")).unwrap();
    let markdown = std::fs::read_to_string(dir.join("compare.md")).unwrap();
    check_html(&html);
    assert!(acting(&markdown).iter().all(|t| is_ours(t)), "{:?}", acting(&markdown));
    for page in [&html, &markdown] {
        assert!(!page.contains('\u{202e}'));
        assert!(page.contains("0.83") && page.contains("hurt in B, not in A"));
    }
    write_comparison(&comparison, None, &dir, false).unwrap();
}
