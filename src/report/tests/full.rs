//! The made-up incident of `fixture`, with sources, a long timeline, conclusions and an audit.

use std::collections::BTreeMap;

use crate::model::{
    Accounting, Actor, ActorKind, Audit, AuditFinding, AuditKind, Bound, Citation, ClockDecision, ClockKind,
    Diagnostic, DiagnosticKind, Edge, EdgeBasis, EventKind, Exemplar, Figure, Finding, FindingKind, FormatUse,
    Incident, Interval, Measure, MilestoneKind, OperationRates, Ratio, Reject, Side, Source, SourceId, SourceInfo,
    Span, StatedFigure, StatedValue, Statement, Tally, Tier, TimeBasis, TimelineEntry, Timestamp, TriggerCandidate,
    TriggerKind, Verdict, Witness, WitnessKind,
};
use crate::report::fixture::{self, START_S};

/// Text that tries to act on whoever reads it.
pub const HOSTILE: &str = "<img src=x onerror=alert(1)> | `x` [y](javascript:z) \u{202e}evil\u{1b}[31m\n# not {{ report.title }} a heading[^e1]\n=1+1";

const PATHS: [(&str, &str, u64); 9] = [
    ("alerts/alertmanager.json", "alertmanager", 412),
    ("chat/incident-channel.json", "chat_export", 9_120),
    ("deploys/releases.csv", "csv_changes", 88),
    ("logs/access-login.log.gz!access-login.log", "nginx_combined", 48_210),
    ("logs/edge/edge-config.ndjson", "ndjson", 120_944),
    ("logs/key-value.ndjson", "ndjson", 1_204_511),
    ("metrics/requests.prom", "prometheus_text", 30_412),
    ("pages/paging-export.json", "paging_export", 640),
    ("status/status-page.html", "status_page", 31),
];

/// A line of source `source`.
pub fn cite(source: u32, line: u64, text: &str) -> Citation {
    Citation {
        source: SourceId(source),
        span: Span { line, lines: 1, offset: line * 120, len: text.len() as u32 },
        text: text.to_string(),
    }
}

fn said(text: &str, evidence: Vec<Citation>) -> Statement {
    Statement::new(text, evidence).expect("evidence is given")
}

fn clock(i: usize) -> ClockDecision {
    let inferred = matches!(i, 1 | 3);
    ClockDecision {
        clock: if inferred { ClockKind::Naive } else { ClockKind::Zoned },
        lines: (1, PATHS[i].2),
        zone: if inferred { "America/Los_Angeles".into() } else { "UTC".into() },
        offset_s: if inferred { -25_200 } else { 0 },
        skew_ms: if i == 4 { 252_000 } else { 0 },
        skew_spread_ms: (i == 4).then_some(400),
        anchors: if i == 4 { 38 } else { 0 },
        basis: match i {
            1 | 3 => TimeBasis::Inferred,
            8 => TimeBasis::Assumed,
            _ => TimeBasis::Explicit,
        },
        witnesses: vec![Witness {
            kind: WitnessKind::SharedIds,
            says: "request ids shared with logs/key-value.ndjson".into(),
            offset_s: Some(-25_200),
            votes: 212,
            decisive: inferred,
        }],
        ambiguity: (i == 8).then(|| "The page may be written in local time of its author".into()),
    }
}

fn sources() -> Vec<Source> {
    let source = |(i, (path, format, lines)): (usize, &(&str, &str, u64))| {
        let mut rejected = BTreeMap::new();
        let mut records = *lines;
        if i == 5 {
            records -= 3;
            let first = Exemplar::new(Span { line: 77, lines: 1, offset: 9, len: 9 }, HOSTILE);
            rejected.insert("cut JSON".to_string(), Reject { tally: Tally { frames: 3, bytes: 360 }, first });
        }
        Source {
            id: SourceId(i as u32),
            info: SourceInfo {
                path: (*path).into(),
                bytes: lines * 120,
                sha256: format!("{:064x}", 0x1234_5678_9abc_u64 * (i as u64 + 1)),
                modified_s: None,
                encoding: "utf-8".into(),
            },
            formats: vec![FormatUse { name: (*format).into(), reason: "field names of the format".into(), score: 100 }],
            accounting: Accounting {
                total: Tally { frames: *lines, bytes: lines * 120 },
                records: Tally { frames: records, bytes: records * 120 },
                rejected,
                ..Accounting::default()
            },
            clocks: vec![clock(i)],
            covers_s: Some((START_S, START_S + 12_000)),
        }
    };
    PATHS.iter().enumerate().map(source).collect()
}

/// (minute, kind, tier, title, actor, source, status)
type Row = (i64, EventKind, Tier, &'static str, Option<(&'static str, ActorKind)>, u32);

const ROWS: &[Row] = &[
    (
        4,
        EventKind::Deploy,
        Tier::One,
        "release 2031.9 of edge-config rolled out to all regions",
        Some(("deploy-bot", ActorKind::Machine)),
        2,
    ),
    (
        22,
        EventKind::AlertFired,
        Tier::One,
        "access-login: error ratio above 5 % for 1 min",
        Some(("alert rule login-errors", ActorKind::Machine)),
        0,
    ),
    (23, EventKind::Page, Tier::Two, "Access on-call paged", Some(("pager", ActorKind::Machine)), 7),
    (25, EventKind::Ack, Tier::Two, "acknowledged by Access on-call", Some(("Access on-call", ActorKind::Human)), 7),
    (
        28,
        EventKind::SeverityChange,
        Tier::One,
        "incident declared, P2",
        Some(("Incident commander", ActorKind::Human)),
        1,
    ),
    (
        35,
        EventKind::SeverityChange,
        Tier::One,
        "raised to P1: several products affected",
        Some(("Incident commander", ActorKind::Human)),
        1,
    ),
    (
        36,
        EventKind::StatusChange,
        Tier::One,
        "identified: the storage provider behind key-value refuses reads",
        Some(("Storage engineer", ActorKind::Human)),
        1,
    ),
    (
        39,
        EventKind::PublicUpdate,
        Tier::One,
        "Investigating: customers cannot log in",
        Some(("Status page", ActorKind::Human)),
        8,
    ),
    (51, EventKind::SeverityChange, Tier::One, "raised to P0", Some(("Incident commander", ActorKind::Human)), 1),
    (
        73,
        EventKind::HumanAction,
        Tier::Two,
        "started to move login away from key-value",
        Some(("Access lead", ActorKind::Human)),
        1,
    ),
    (
        99,
        EventKind::PublicUpdate,
        Tier::One,
        "Identified: a provider of ours is failing",
        Some(("Status page", ActorKind::Human)),
        8,
    ),
    (
        122,
        EventKind::ConfigChange,
        Tier::One,
        "shedding non-critical reads",
        Some(("Storage engineer", ActorKind::Human)),
        1,
    ),
    (173, EventKind::Platform, Tier::One, "provider storage answers again", None, 6),
    (178, EventKind::StatusChange, Tier::One, "resolved", Some(("Incident commander", ActorKind::Human)), 1),
    (
        183,
        EventKind::PublicUpdate,
        Tier::One,
        "Resolved: all services are back",
        Some(("Status page", ActorKind::Human)),
        8,
    ),
];

fn entry(n: usize, row: &Row) -> TimelineEntry {
    let at =
        Timestamp::new((START_S + row.0 * 60) * 1_000_000_000, crate::model::Precision::Minute, TimeBasis::Explicit);
    let raw = format!("{{\"ts\":\"{at}\",\"text\":\"{}\"}}", row.3);
    TimelineEntry {
        id: format!("e{n:04}"),
        at,
        until: None,
        kind: row.1,
        tier: row.2,
        title: row.3.into(),
        text: String::new(),
        actor: row.4.map(|(name, kind)| Actor { name: name.into(), kind }),
        services: if row.1 == EventKind::Chat { Vec::new() } else { vec!["key-value".into()] },
        raw_time: at.to_string(),
        lag_s: (row.1 == EventKind::HumanAction).then_some(240),
        status: None,
        // The same lines as the milestones of the fixture, so that actors can be named.
        evidence: vec![cite(row.5, 100 + row.0 as u64, &raw)],
        also: Vec::new(),
        edit: crate::model::EventEdit::default(),
    }
}

fn timeline() -> Vec<TimelineEntry> {
    let chatter: Vec<Row> = (0..135)
        .map(|i| {
            let kind = if i % 3 == 0 { EventKind::AlertFired } else { EventKind::Chat };
            let words =
                ["anyone else seeing 503s?", "error budget burning on queue", "looking at the provider console"];
            (23 + i * 160 / 135, kind, Tier::Three, words[i as usize % 3], Some(("Responder", ActorKind::Human)), 1)
        })
        .collect();
    let mut rows: Vec<Row> = ROWS.iter().chain(&chatter).copied().collect();
    rows.sort_by_key(|r| r.0);
    let mut out: Vec<TimelineEntry> = rows.iter().enumerate().map(|(n, r)| entry(n, r)).collect();
    let mut hostile = entry(900, &(60, EventKind::Chat, Tier::One, "", None, 1));
    hostile.title = HOSTILE.into();
    hostile.text = format!("{HOSTILE} again </pre></details><script>alert(2)</script>");
    hostile.evidence = vec![cite(1, 4_000, HOSTILE)];
    out.push(hostile);
    out.sort_by_key(|e| e.at.utc_ns);
    out
}

fn finding(kind: FindingKind, services: &[&str], text: &str, figure: Option<Figure>) -> Finding {
    Finding {
        kind,
        services: services.iter().map(|s| (*s).to_string()).collect(),
        statement: said(
            text,
            vec![cite(5, 4_411, "{\"service\":\"key-value\",\"status\":503}"), cite(6, 90, "errors 91")],
        ),
        figure,
        refuted_by: "a hurt service that never calls key-value".into(),
    }
}

fn conclusions() -> Vec<Finding> {
    let share = Figure { value: 0.72, unit: "ratio".into(), formula: "18 hurt / 25 watched".into() };
    let lag = Figure { value: 1_020.0, unit: "s".into(), formula: "18:09 − 17:52".into() };
    vec![
        finding(FindingKind::SinglePointOfFailure, &["key-value"], "Every hurt service leads to key-value.", None),
        finding(FindingKind::BlastRadius, &[], "18 of 25 watched services were hurt.", Some(share)),
        finding(
            FindingKind::Unaffected,
            &["dns"],
            "dns, firewall and 4 more do not touch key-value and stayed normal.",
            None,
        ),
        finding(FindingKind::ControlPlane, &["dashboard"], "The dashboard failed together with the data plane.", None),
        finding(FindingKind::PublicNotice, &[], "The first public word came 17 min after the onset.", Some(lag)),
        finding(
            FindingKind::LoadShedding,
            &["key-value"],
            "Requests fell by 28 % after reads were shed at 19:32.",
            None,
        ),
        finding(FindingKind::SecondDip, &["queue"], "queue rose again from 20:01 to 20:06.", None),
        finding(FindingKind::RiskWindow, &["challenge"], "Challenges were bypassed from 18:40 to 20:30.", None),
        finding(
            FindingKind::NewPattern,
            &["key-value"],
            "\"upstream <*> refused read of <*>\" is new, 48 211 lines.",
            None,
        ),
        finding(FindingKind::EvidenceGap, &["edge-config"], "edge-config has no line from 18:50 to 19:06.", None),
        finding(
            FindingKind::Suspect,
            &["key-value"],
            "key-value failed first and 14 hurt services depend on it.",
            None,
        ),
    ]
}

fn intervals() -> Vec<Interval> {
    let make = |name: &str, from, to, seconds, formula: &str| Interval {
        name: name.into(),
        from,
        to,
        seconds,
        formula: formula.into(),
        evidence: vec![cite(0, 122, "alert fired"), cite(1, 278, "resolved")],
    };
    use MilestoneKind::{Acknowledged, Detected, Onset, PublicNotice, Recovered, Resolved};
    vec![
        make("time to detect", Onset, Detected, 0, "17:52 − 17:52"),
        make("time to acknowledge", Detected, Acknowledged, 180, "17:55 − 17:52"),
        make("time to public notice", Onset, PublicNotice, 1_020, "18:09 − 17:52"),
        make("impact duration", Onset, Recovered, 9_360, "20:28 − 17:52"),
        make("response duration", Detected, Resolved, 9_360, "20:28 − 17:52"),
    ]
}

fn edges() -> Vec<Edge> {
    let edge = |from: &str, basis, calls| Edge {
        from: from.into(),
        to: "key-value".into(),
        basis,
        calls,
        evidence: if basis == EdgeBasis::Declared { Vec::new() } else { vec![cite(3, 31, "upstream=key-value")] },
    };
    vec![
        edge("access-login", EdgeBasis::Observed, 4_212),
        edge("dashboard", EdgeBasis::Declared, 0),
        edge("queue", EdgeBasis::Stated, 0),
        edge("cdn", EdgeBasis::Inferred, 0),
    ]
}

fn operations(i: usize) -> Vec<OperationRates> {
    let make = |name: &str, requests: f64, failed: f64| OperationRates {
        operation: name.into(),
        requests: requests * 10.0,
        baseline: Ratio::of(1.0, 5_000.0),
        during: Ratio::of(failed, requests),
        impact: Vec::new(),
    };
    if i.is_multiple_of(2) {
        Vec::new()
    } else {
        vec![make("GET /values (cached)", 21_000.0, 12.0), make("DELETE /values", 420.0, 2.0)]
    }
}

/// The whole incident.
pub fn incident() -> Incident {
    let mut incident = fixture::incident();
    incident.title = "key-value outage and everything that reads from it".into();
    incident.sources = sources();
    incident.timeline.entries = timeline();
    let at = |e: Option<&TimelineEntry>| e.map_or(0, |e| e.at.utc_ns);
    incident.timeline.story_ns = Some((at(incident.timeline.entries.first()), at(incident.timeline.entries.last())));
    for (i, service) in incident.rates.services.iter_mut().enumerate() {
        service.operations = operations(i);
        for window in &mut service.impact {
            window.evidence =
                (0..5).map(|n| cite(5 - (n % 2) as u32, 500 + n, "GET /values/cart 503 upstream refused")).collect();
        }
        if service.service == "queue" {
            service.impact[0].second_dips = vec![(START_S + 151 * 60, START_S + 156 * 60)];
        }
    }
    let findings = &mut incident.findings;
    for m in &mut findings.milestones {
        let minute = (m.at.seconds() - START_S) / 60;
        let source = if m.kind == MilestoneKind::Detected { 0 } else { 1 };
        m.statement = said(m.statement.text(), vec![cite(source, 100 + minute as u64, "raw line of the milestone")]);
    }
    findings.findings = conclusions();
    findings.intervals = intervals();
    findings.cascade.edges = edges();
    findings.triggers = vec![TriggerCandidate {
        event: "e0000".into(),
        kind: TriggerKind::Deploy,
        commit: Some("0123456789abcdef".into()),
        services: vec!["edge-config".into()],
        score: 7,
        refuted_by: "the same failing before it".into(),
        at: Timestamp::new((START_S + 240) * 1_000_000_000, crate::model::Precision::Minute, TimeBasis::Explicit),
        lead_s: 1_080,
        statement: said(
            "edge-config was released 18 min before the onset",
            vec![cite(2, 12, "2031.9,edge-config,all")],
        ),
        reasons: vec!["same region".into(), "touches a service hurt within 2 min of the first".into()],
    }];
    incident.diagnostics = vec![
        Diagnostic::new(
            DiagnosticKind::NotRead,
            "dumps/core.4411.bin",
            "expected text or a known archive, found binary data",
        )
        .hint("leave it out, or convert it"),
        Diagnostic::new(
            DiagnosticKind::Truncated,
            "logs/access-login.log.gz",
            "expected the end of a gzip member, found the end of the file",
        )
        .at_line(48_210),
        Diagnostic::new(DiagnosticKind::Hostile, "chat/incident-channel.json", "found terminal escape codes")
            .at_line(4_000),
    ];
    incident
}

/// An audit of two write-ups.
pub fn audit() -> Audit {
    let side = |says: &str, quote: &str, line| Side {
        says: says.into(),
        quote: quote.into(),
        evidence: vec![cite(8, line, quote)],
    };
    let finding = |verdict, kind, text: &str, sides| AuditFinding {
        verdict,
        kind,
        subjects: vec!["key-value".into()],
        text: text.into(),
        sides,
    };
    Audit {
        findings: vec![
            finding(
                Verdict::Contradiction,
                AuditKind::StatedDuration,
                "The text states 2 h 28 min; its own rows span 17:52 to 20:28, 2 h 36 min.",
                vec![side("2 h 28 min", "lasted 2 hours and 28 minutes", 4), side("2 h 36 min", "20:28 − 17:52", 30)],
            ),
            finding(
                Verdict::Rounding,
                AuditKind::Figure,
                "91 % and 90.22 % are the same figure at different precision.",
                vec![side("91 %", "91% of reads failed", 7), side("90.22 %", "90.22% of requests", 9)],
            ),
            finding(
                Verdict::Supported,
                AuditKind::Evidence,
                "Peak 91 % is what the logs show.",
                vec![side("91 %", HOSTILE, 7)],
            ),
        ],
        ..Audit::default()
    }
}

/// A stated share of failures.
fn share(value: f64, says: &str, quote: &str, line: u64) -> StatedValue {
    StatedValue {
        value,
        decimals: 0,
        bound: Bound::Exactly,
        says: says.into(),
        quote: quote.into(),
        citation: cite(8, line, quote),
    }
}

/// What the write-ups state.
pub fn stated() -> Vec<StatedFigure> {
    vec![
        StatedFigure {
            subjects: vec!["key-value".into()],
            operation: Some("reads".into()),
            measure: Measure::ErrorRatio,
            values: vec![
                share(0.91, "91 %", "91% of reads failed", 7),
                share(0.9022, "90.22 %", "90.22% of requests", 9),
            ],
            sources: 2,
        },
        StatedFigure {
            subjects: vec!["queue".into(), "realtime".into()],
            operation: None,
            measure: Measure::ErrorRatio,
            values: vec![share(0.22, "up to 22 %", "up to 22% or unavailable", 14)],
            sources: 1,
        },
    ]
}

/// The same with what this one lacks: so that every object a template can meet is there.
pub fn everything() -> Incident {
    let mut incident = incident();
    incident.findings.unexplained = Some(said("nothing that changed explains it", vec![cite(2, 12, "2031.9")]));
    let window = incident.rates.services.iter().find_map(|s| s.impact.first()).cloned();
    if let Some(quiet) = incident.rates.services.iter_mut().find(|s| s.impact.is_empty()) {
        quiet.elsewhere = window.into_iter().collect();
    }
    for m in incident.findings.milestones.iter_mut().filter(|m| m.kind == MilestoneKind::CauseIdentified) {
        m.conflicts = vec![(m.at, cite(8, 3, "18:07"))];
    }
    incident
}
