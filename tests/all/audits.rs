//! Invented write-ups in many voices, each in a folder of `tests/audit` with what a careful reader takes from it
//! (`expected.json`): how much of that is found, and how much of what is found is there.

use std::collections::BTreeSet;
use std::path::Path;

use recount::model::*;
use recount::pipeline::{AuditRequest, Audited, Request, audit_writeups};
use serde::Deserialize;

use crate::support::{folders, root};

/// What a careful reader takes from the texts of one case.
#[derive(Deserialize)]
struct Expected {
    /// Minutes on UTC that are told, ends of ranges included; `HH:MM` where no day can be known.
    times: Vec<String>,
    /// Lengths of the outage, of all of it or of a service.
    durations_s: Vec<i64>,
    percentages: Vec<Percentage>,
    causes: Vec<Cause>,
    dependencies: Vec<Dependency>,
    conflicts: Vec<Conflict>,
}

#[derive(Deserialize)]
struct Percentage {
    subjects: Vec<String>,
    measure: Measure,
    percent: f64,
}

#[derive(Deserialize)]
struct Cause {
    /// All of them stand in the words of the cause.
    words: Vec<String>,
    affirmed: bool,
}

#[derive(Deserialize)]
struct Dependency {
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Conflict {
    kind: AuditKind,
    /// A rank, or `any`.
    rank: String,
    subject: Option<String>,
}

/// Found and expected, found and not expected, expected and not found.
#[derive(Default)]
struct Score {
    name: &'static str,
    hit: usize,
    extra: usize,
    missed: usize,
}

impl Score {
    fn new(name: &'static str) -> Score {
        Score { name, ..Score::default() }
    }

    fn add<G, W>(&mut self, got: &[G], wanted: &[W], fits: impl Fn(&G, &W) -> bool) {
        self.extra += got.iter().filter(|g| !wanted.iter().any(|w| fits(g, w))).count();
        let hit = wanted.iter().filter(|w| got.iter().any(|g| fits(g, w))).count();
        self.hit += hit;
        self.missed += wanted.len() - hit;
    }

    fn recall(&self) -> f64 {
        self.hit as f64 / (self.hit + self.missed).max(1) as f64
    }

    fn precision(&self) -> f64 {
        self.hit as f64 / (self.hit + self.extra).max(1) as f64
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn folded_all(names: &[String]) -> BTreeSet<String> {
    names.iter().map(|n| folded(n)).collect()
}

fn read(case: &Path) -> (Audited, Expected) {
    let mut paths: Vec<_> = std::fs::read_dir(case).expect("a folder").flatten().map(|e| e.path()).collect();
    paths.retain(|p| p.file_name().is_some_and(|n| n != "expected.json"));
    paths.sort();
    let writeups = Request { paths, ..Request::default() };
    let audited = audit_writeups(&AuditRequest { writeups, ..AuditRequest::default() }, &()).expect("readable");
    let expected = std::fs::read_to_string(case.join("expected.json")).expect("an expectation");
    (audited, serde_json::from_str(&expected).unwrap_or_else(|e| panic!("{}: {e}", case.display())))
}

/// Every told minute, once.
fn minutes(incident: &Incident) -> Vec<String> {
    let told = incident.timeline.entries.iter().flat_map(|e| std::iter::once(e.at).chain(e.until));
    let minutes: BTreeSet<String> = told.map(|t| format_utc(t.utc_ns, Precision::Minute)).collect();
    minutes.into_iter().collect()
}

fn ratio_fits(claim: &Claim, wanted: &Percentage) -> bool {
    let percent = claim.value.unwrap_or(-9.0) * 100.0;
    let near = |v: f64| (v - wanted.percent).abs() < 0.006;
    let turned = wanted.measure != claim.measure && wanted.measure != Measure::TrafficChange;
    let value = if turned { near(100.0 - percent) } else { near(percent) };
    value && folded_all(&claim.subjects) == folded_all(&wanted.subjects)
}

fn is_ratio(claim: &Claim) -> bool {
    matches!(claim.measure, Measure::ErrorRatio | Measure::SuccessRatio | Measure::TrafficChange)
        && claim.value.is_some()
}

fn conflict_fits(finding: &AuditFinding, wanted: &Conflict) -> bool {
    let rank = serde_json::to_value(finding.verdict).expect("a word");
    let subject = wanted.subject.as_ref().is_none_or(|s| finding.subjects.iter().any(|f| folded(f) == folded(s)));
    finding.kind == wanted.kind && (wanted.rank == "any" || rank == wanted.rank.as_str()) && subject
}

#[test]
#[expect(clippy::print_stderr, reason = "figures for the one who changes the rules")]
fn invented_write_ups_in_many_voices_are_read_as_a_careful_reader_does() {
    let mut scores = ["times", "durations", "percentages", "causes", "dependencies", "conflicts"].map(Score::new);
    let cases = folders(&root().join("tests/audit"));
    for case in &cases {
        let (Audited { incident, audit }, expected) = read(case);
        let [times, durations, percentages, causes, dependencies, conflicts] = &mut scores;
        let of = |measure: Measure| incident.claims.iter().filter(move |c| c.measure == measure);
        times.add(&minutes(&incident), &expected.times, |g, w| g == w || (w.len() == 5 && g.get(11..16) == Some(w)));
        let lengths: BTreeSet<i64> = of(Measure::Duration).filter_map(|c| c.value).map(|v| v.round() as i64).collect();
        durations.add(&lengths.into_iter().collect::<Vec<_>>(), &expected.durations_s, |g, w| g == w);
        let mut ratios: Vec<&Claim> = incident.claims.iter().filter(|c| is_ratio(c)).collect();
        ratios.dedup_by(|a, b| (&a.subjects, a.measure, a.value) == (&b.subjects, b.measure, b.value));
        percentages.add(&ratios, &expected.percentages, |g, w| ratio_fits(g, w));
        let told: BTreeSet<(String, bool)> =
            of(Measure::Cause).map(|c| (c.object.clone().unwrap_or_default().to_lowercase(), c.affirmed)).collect();
        causes.add(&told.into_iter().collect::<Vec<_>>(), &expected.causes, |g, w| {
            g.1 == w.affirmed && w.words.iter().all(|word| g.0.contains(&word.to_lowercase()))
        });
        let edges: BTreeSet<(String, String)> = of(Measure::Dependency)
            .filter(|c| c.affirmed)
            .flat_map(|c| c.subjects.iter().map(|s| (folded(s), folded(c.object.as_deref().unwrap_or("")))))
            .collect();
        dependencies.add(&edges.into_iter().collect::<Vec<_>>(), &expected.dependencies, |g, w| {
            g.0 == folded(&w.from) && g.1.ends_with(&folded(&w.to))
        });
        let grave = |f: &&AuditFinding| {
            f.verdict <= Verdict::Rounding
                || matches!(f.kind, AuditKind::NearName | AuditKind::Quarantine | AuditKind::Date)
        };
        let found: Vec<&AuditFinding> = audit.findings.iter().filter(grave).collect();
        conflicts.add(&found, &expected.conflicts, |g, w| conflict_fits(g, w));
    }
    eprintln!("{} cases", cases.len());
    for s in &scores {
        eprintln!(
            "{:13} recall {:.3} precision {:.3} ({} found, {} extra, {} missed)",
            s.name,
            s.recall(),
            s.precision(),
            s.hit,
            s.extra,
            s.missed
        );
    }
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for s in &scores {
        let (recall, precision) = if matches!(s.name, "causes" | "dependencies") { (0.8, 0.8) } else { (0.9, 0.9) };
        assert!(
            s.recall() >= recall && s.precision() >= precision,
            "{}: {:.3} {:.3}",
            s.name,
            s.recall(),
            s.precision()
        );
    }
}

/// A story of `n` parts, none of them like another.
fn long_story(n: usize) -> String {
    let mut text = String::from("# A very long outage\n\nOn 2 June 2031, all times UTC.\n\n");
    for i in 0..n {
        let (hour, minute, percent) = (i / 60 % 24, i % 60, i % 97 + 1);
        text.push_str(&format!(
            "- Store {i}: {percent}% of requests failed from {hour:02}:{minute:02} UTC, because disk {i} was full. \
             Store {i} depends on Rack {i}.\n"
        ));
    }
    text
}

/// Claims, moments and bytes kept of one text.
fn taken(name: &str, text: &str) -> (usize, usize, usize) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("written");
    let writeups = Request { paths: vec![path], ..Request::default() };
    let found = audit_writeups(&AuditRequest { writeups, ..AuditRequest::default() }, &()).expect("readable");
    let bytes = found.incident.claims.iter().map(|c| c.quote.len() + c.evidence.text.len()).sum();
    (found.incident.claims.len(), found.incident.timeline.entries.len(), bytes)
}

#[test]
fn a_story_twice_as_long_gives_twice_as_much_and_no_more() {
    let sizes = [150, 300, 600].map(|n| taken("story.md", &long_story(n)));
    for pair in sizes.windows(2) {
        let [(claims, moments, bytes), (more, later, kept)] = pair else { continue };
        assert!(*claims > 300 && *moments > 100, "{sizes:?}");
        assert!(*more <= 2 * claims + 4 && *later <= 2 * moments + 4 && *kept <= bytes * 5 / 2, "{sizes:?}");
    }
}

#[test]
fn hostile_stories_are_read_to_the_end() {
    let deep = format!(
        "<html><body><article>{}<p>The outage began at 10:00 UTC.</p></article></body></html>",
        "<div><b>".repeat(8_000)
    );
    let articles = format!("<html><body>{}<p>It failed at 10:00 UTC.</p></body></html>", "<article>".repeat(2_000));
    let row = format!("| {} |\n", vec!["10:00 UTC 5% failed"; 1_000].join(" | "));
    let table = format!("# Wide\n\n{row}|{}\n{row}", "---|".repeat(1_000));
    let tall =
        format!("# Tall\n\n| Service | Failed |\n|---|---|\n{}", "| Mail | 5% of requests failed |\n".repeat(1_000));
    let endless = "it was down at 10:00 UTC and 5% failed because of because of ".repeat(1_000);
    let regexes = format!("The cause {} was. {}", "of the cause ".repeat(3_000), "a".repeat(100_000));
    let quotes = format!("# Odd\n\n{}", "> ".repeat(5_000));
    for (name, text) in [
        ("deep.html", deep),
        ("articles.html", articles),
        ("wide.md", table),
        ("tall.md", tall),
        ("endless.txt", endless),
        ("regexes.txt", regexes),
        ("quotes.md", quotes),
    ] {
        let (_, _, bytes) = taken(name, &text);
        assert!(bytes < 60 * text.len() + 100_000, "{name}: {bytes} bytes kept of {}", text.len());
    }
}

#[test]
fn what_fits_another_incident_is_said() {
    let dir = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        Request { paths: vec![path], ..Request::default() }
    };
    let story = "# Outage of 4 June 2031\n\nThe outage of 4 June 2031 was caused by a full disk of the ledger. \
        The incident revealed insufficient cooling of the northern hall.\n";
    let other = "# Outage of 9 January 2030\n\nThe outage of 9 January 2030 was caused by insufficient cooling in the northern hall.\n";
    let request = AuditRequest {
        writeups: write("story.md", story),
        others: vec![write("other.md", other)],
        ..AuditRequest::default()
    };
    let found = audit_writeups(&request, &()).expect("readable");
    let foreign: Vec<&AuditFinding> = found.audit.findings.iter().filter(|f| f.kind == AuditKind::Foreign).collect();
    assert_eq!(foreign.len(), 1, "{:?}", found.audit.findings);
    assert!(foreign.iter().all(|f| f.text.contains("cooling") && f.sides.len() == 2));
    assert!(found.audit.sources.iter().any(|s| s.role == Role::Other));
}
