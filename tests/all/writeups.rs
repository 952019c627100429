//! The write-ups of a folder that is not part of the repository: `writeups` in the folder that `RECOUNT_DATA` names,
//! skipped without it. What is expected of them stands here and nowhere in `src`.

use recount::audit::{check, stated_figures};
use recount::format::{Document, FAMILIES, Frame, FrameClass, Head, Shape, Sink};
use recount::model::*;

#[derive(Default)]
struct Kept {
    events: Vec<Event<RawTime>>,
    claims: Vec<Claim<RawTime>>,
}

impl Sink for Kept {
    fn log(&mut self, _: &LogRecord<'_>, _: &Frame<'_>) {}
    fn sample(&mut self, _: &Sample<'_>, _: &Frame<'_>) {}
    fn event(&mut self, event: Event<RawTime>) {
        self.events.push(event);
    }
    fn claim(&mut self, claim: Claim<RawTime>) {
        self.claims.push(claim);
    }
    fn call(&mut self, _: &str, _: &str, _: &Frame<'_>) {}
    fn person(&mut self, _: &str, _: &str) {}
    fn zone_note(&mut self, _: &str, _: &Frame<'_>) {}
    fn diagnostic(&mut self, _: Diagnostic) {}
    fn account(&mut self, _: FrameClass, _: &Frame<'_>) {}
    fn reject(&mut self, _: &str, _: &Frame<'_>) {}
}

/// Reads a text with the document format that claims it highest.
fn read(path: &str, text: &str) -> Kept {
    let head = Head { path, text, complete: true, modified_s: None };
    let mut out = Kept::default();
    let best = FAMILIES
        .iter()
        .flat_map(|f| f.iter())
        .filter_map(|f| match f.shape() {
            Shape::Document(d) => d.detect(&head).map(|c| (c.score, f)),
            _ => None,
        })
        .max_by_key(|(score, _)| *score);
    if let Some((_, format)) = best
        && let Shape::Document(reader) = format.shape()
    {
        reader.read(&Document::new(path, text), &mut out).expect("a write-up is readable");
    }
    out
}

/// All write-ups as one incident: bare times are put on the day the others state.
fn recounted() -> Option<(Vec<Claim>, Incident, Vec<usize>)> {
    let Some(data) = std::env::var_os("RECOUNT_DATA") else {
        crate::support::skip("the write-ups outside the repository (RECOUNT_DATA)");
        return None;
    };
    let folder = std::path::PathBuf::from(data).join("writeups");
    let mut paths: Vec<_> = std::fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).collect();
    paths.sort();
    let day_ns = 20_251 * 86_400 * 1_000_000_000_i64;
    let decide = |t: RawTime| {
        let utc = t.key_ns() + if t.kind == ClockKind::TimeOnlyZoned { day_ns } else { 0 };
        Timestamp::new(utc, t.precision, TimeBasis::Explicit)
    };
    let (mut claims, mut entries, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for (index, path) in paths.iter().enumerate() {
        let id = SourceId(index as u32);
        let kept = read(&path.display().to_string(), &std::fs::read_to_string(path).ok()?);
        counts.push(kept.events.len());
        claims.extend(kept.claims.into_iter().map(|c| Claim { source: id, ..c.map_time(decide) }));
        entries.extend(kept.events.into_iter().map(|e| entry(id, e.map_time(decide))));
    }
    entries.sort_by_key(|e| e.at.utc_ns);
    let incident = Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: String::new(),
        sources: Vec::new(),
        rates: Rates::default(),
        timeline: Timeline { entries, story_ns: Some((i64::MIN, i64::MAX)), ..Timeline::default() },
        findings: Findings::default(),
        claims: Vec::new(),
        diagnostics: Vec::new(),
        edition: recount::model::Edition::default(),
    };
    Some((claims, incident, counts))
}

fn entry(source: SourceId, event: Event) -> TimelineEntry {
    TimelineEntry {
        id: String::new(),
        at: event.at,
        until: event.until,
        kind: event.kind,
        tier: Tier::One,
        title: event.title,
        text: event.text,
        actor: event.actor,
        services: event.services,
        raw_time: event.raw_time,
        lag_s: None,
        status: event.status,
        evidence: vec![event.evidence.cite(source)],
        also: Vec::new(),
        edit: recount::model::EventEdit::default(),
    }
}

#[test]
fn ten_clock_times_are_found_and_the_first_has_three_witnesses() {
    let Some((_, incident, counts)) = recounted() else { return };
    let mut times: Vec<String> =
        incident.timeline.entries.iter().map(|e| e.at.to_string()[11..16].to_string()).collect();
    assert_eq!(times.iter().filter(|t| *t == "17:52").count(), 3);
    times.dedup();
    let expected = ["17:52", "18:05", "18:06", "18:21", "18:43", "19:09", "19:32", "20:23", "20:25", "20:28"];
    assert_eq!(times, expected);
    assert_eq!(counts.last(), Some(&0), "a summary without times adds no event");
}

#[test]
fn stated_figures_are_grouped_with_their_sources() {
    let Some((claims, ..)) = recounted() else { return };
    let figures = stated_figures(&claims);
    let of = |name: &str| {
        figures.iter().find(|f| f.subjects == [name] && f.operation.is_none() && f.measure == Measure::ErrorRatio)
    };
    let values: Vec<f64> = of("Workers KV").expect("a figure").values.iter().map(|v| v.value).collect();
    assert_eq!(values.iter().filter(|v| **v == 0.9022).count(), 3);
    assert_eq!(values.iter().filter(|v| **v == 0.91).count(), 2);
    assert_eq!(of("AI Gateway").map(|f| f.values.len()), Some(1));
    assert!(of("Gateway").is_none());
    let group = figures.iter().find(|f| f.subjects == ["Durable Objects", "D1", "Queues"]).expect("the group's bound");
    assert!(group.sources == 3 && group.values.iter().all(|v| v.bound == Bound::AtMost && v.value == 0.22));
}

#[test]
fn known_contradictions_are_reported_with_both_sides() {
    let Some((claims, incident, _)) = recounted() else { return };
    let audit = check(&claims, &incident);
    let has = |verdict: Verdict, kind: AuditKind, words: &[&str]| {
        let found = audit
            .findings
            .iter()
            .find(|f| f.verdict == verdict && f.kind == kind && words.iter().all(|w| f.text.contains(w)));
        assert!(found.is_some(), "{verdict:?} {kind:?} {words:?}");
        assert!(found.is_some_and(|f| f.sides.iter().all(|s| !s.quote.is_empty() && !s.evidence.is_empty())));
    };
    has(Verdict::Rounding, AuditKind::Figure, &["Workers KV", "90.22 %", "91 %"]);
    has(Verdict::Contradiction, AuditKind::StatedDuration, &["2 h 36 min", "2 h 28 min", "8 min apart"]);
    has(Verdict::Contradiction, AuditKind::Cause, &["third-party", "congestion"]);
    has(Verdict::Tension, AuditKind::Polarity, &["Zaraz"]);
    has(Verdict::Tension, AuditKind::Scope, &["CDN"]);
    has(Verdict::Tension, AuditKind::Scope, &["asset delivery"]);
    has(Verdict::Tension, AuditKind::Figure, &["AutoRAG", "97 %"]);
    has(Verdict::Tension, AuditKind::Figure, &["Workers KV", "90.22 %"]);
    has(Verdict::Unsupported, AuditKind::Figure, &["80 % below normal"]);
    has(Verdict::Unclear, AuditKind::Date, &["yesterday"]);
    let healthy = claims.iter().find(|c| c.measure == Measure::Unaffected && c.subjects.len() > 3).expect("a list");
    assert_eq!(healthy.subjects, ["DNS", "CDN", "WAF", "DDoS", "Magic Transit"]);
}

/// Facts of two other incidents, in words of our own.
const OTHERS: [&str; 2] = [
    "# Congestion on 21 August 2025\n\nOn 21 August 2025 at 16:27 UTC a link between two networks was congested. \
     The cause was a surge of traffic of one customer. Findings of the analysis: no customer isolation, \
     a pre-existing failure of a peering link, overdue upgrades of the interconnect, \
     and insufficient network capacity between the two systems.\n",
    "# After the outages of November 2025\n\nOn 5 December 2025 the company declared a \"Code Orange: Fail Small\" \
     initiative. The programme began after the outage of 18 November 2025.\n",
];

/// What is reported of the five texts: kind and words of each finding that a reader agrees with.
const AGREED: &[(AuditKind, &[&str])] = &[
    (AuditKind::StatedDuration, &["2 h 36 min", "2 h 28 min"]),
    (AuditKind::Cause, &["congestion"]),
    (AuditKind::Figure, &["AutoRAG", "97 %"]),
    (AuditKind::Figure, &["Workers KV: unavailable"]),
    (AuditKind::Figure, &["Workers KV: 90.22 %", "91 %"]),
    (AuditKind::Figure, &["80 % below normal"]),
    (AuditKind::Polarity, &["Zaraz"]),
    (AuditKind::Scope, &["asset delivery"]),
    (AuditKind::Scope, &["CDN"]),
    (AuditKind::Scope, &["Pages"]),
    (AuditKind::Scope, &["Zaraz"]),
    (AuditKind::Dependency, &["AutoRAG", "through Workers AI", "directly"]),
    (AuditKind::Dependency, &["Google Cloud Platform was hurt"]),
    (AuditKind::Dependency, &["all there is", "a part"]),
    (AuditKind::Remedy, &["R2"]),
    (AuditKind::End, &["20:28", "mitigated"]),
    (AuditKind::Date, &["yesterday"]),
    (AuditKind::Date, &["left unknown"]),
];

fn audited(folder: &std::path::Path) -> recount::pipeline::Audited {
    use recount::pipeline::{AuditRequest, Request, audit_writeups};
    let dir = tempfile::tempdir().expect("a folder");
    let other = |(i, text): (usize, &&str)| {
        let path = dir.path().join(format!("other-{i}.md"));
        std::fs::write(&path, text).expect("written");
        Request { paths: vec![path], ..Request::default() }
    };
    let others = OTHERS.iter().enumerate().map(other).collect();
    let writeups = Request { paths: vec![folder.to_path_buf()], ..Request::default() };
    audit_writeups(&AuditRequest { writeups, others, ..AuditRequest::default() }, &()).expect("readable")
}

#[test]
fn the_whole_audit_finds_what_a_reader_finds_and_little_else() {
    let Some(data) = std::env::var_os("RECOUNT_DATA") else {
        return crate::support::skip("the write-ups outside the repository (RECOUNT_DATA)");
    };
    let found = audited(&std::path::PathBuf::from(data).join("writeups"));
    let audit = &found.audit;
    let fits = |f: &AuditFinding, (kind, words): &(AuditKind, &[&str])| {
        f.kind == *kind && words.iter().all(|w| f.text.contains(w))
    };
    for wanted in AGREED {
        assert!(audit.findings.iter().any(|f| fits(f, wanted)), "{wanted:?}");
    }
    let foreign = |words: &str| audit.findings.iter().any(|f| f.kind == AuditKind::Foreign && f.text.contains(words));
    assert!(foreign("customer isolation"), "facts of another incident");
    assert!(foreign("Code Orange"), "a programme of later months");
    let strange: Vec<&str> = audit
        .findings
        .iter()
        .filter(|f| f.kind != AuditKind::Foreign && !AGREED.iter().any(|w| fits(f, w)))
        .map(|f| f.text.as_str())
        .collect();
    assert!(strange.len() * 5 <= audit.findings.len(), "of {}: {strange:#?}", audit.findings.len());
    assert!(audit.findings.iter().all(|f| f.sides.iter().all(|s| !s.quote.is_empty() && !s.evidence.is_empty())));
    let kv = audit.consensus.iter().find(|c| c.subjects == ["Workers KV"] && c.measure == Measure::ErrorRatio);
    assert_eq!(kv.map(|c| (c.value, c.agreeing)), Some((0.9022, 4)));
    let first = audit.told.iter().find(|m| m.at.to_string().contains("17:52"));
    assert_eq!(first.map(|m| m.witnesses), Some(3));
    let services: std::collections::BTreeSet<&String> =
        found.incident.claims.iter().flat_map(|c| &c.subjects).collect();
    assert!(services.len() >= 20, "{services:?}");
    assert!(["Gateway", "AI Gateway"].iter().all(|n| services.iter().any(|s| s == n)));
    let onto = |name: &str| audit.edges.iter().filter(|e| e.affirmed && e.to == name).count();
    assert!(audit.edges.iter().all(|e| onto(&e.to) <= onto("Workers KV")), "{}", onto("Workers KV"));
    assert!(audit.writeups.iter().all(|w| !w.quarantined));
}
