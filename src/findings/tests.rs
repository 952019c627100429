//! Findings on hand-built evidence.

use super::*;
use crate::model::{
    Actor, ActorKind, Bucket, Citation, EventKind, Exemplar, FindingKind, ImpactWindow, MilestoneKind, OperationRates,
    Peak, Plane, Precision, Ratio, ServiceCatalog, ServiceInfo, ServiceNames, ServiceRates, SeverityStep, SeverityWord,
    SourceId, Span, Tier, TimeBasis, TimeInterval, TimelineEntry, Timestamp, Viewpoint,
};

/// 2025-03-01T18:00:00Z.
const T0: i64 = 1_740_852_000;

fn cite(source: u32, text: &str) -> Citation {
    Exemplar::new(Span { line: 1, lines: 1, offset: 0, len: 1 }, text).cite(SourceId(source))
}

fn at(minute: i64) -> Timestamp {
    Timestamp::new((T0 + minute * 60) * 1_000_000_000, Precision::Minute, TimeBasis::Explicit)
}

fn sharp(second: i64) -> TimeInterval {
    TimeInterval { best_s: T0 + second, from_s: T0 + second - 1, to_s: T0 + second }
}

/// Four hours of one-minute buckets with 600 requests; `level` of them fail between the seconds.
fn service(name: &str, hurt: Option<(i64, i64)>, level: f64) -> ServiceRates {
    let buckets = (-60..180)
        .map(|m| {
            let bad = hurt.is_some_and(|(a, b)| (a..b).contains(&(m * 60)));
            let failed = if bad { 600.0 * level } else { 0.0 };
            Bucket {
                start_s: T0 + m * 60,
                requests: Some(600.0),
                failed: Some(failed),
                ratio: Ratio::of(failed, 600.0),
                ..Bucket::default()
            }
        })
        .collect();
    let impact = hurt.map(|(from, to)| ImpactWindow {
        signal: "error_ratio".to_string(),
        onset: sharp(from),
        recovery: Some(sharp(to)),
        open_start: false,
        peak: Ratio::of(600.0 * level, 600.0).map(|ratio| Peak { ratio, at_s: T0 + from, width_s: 60 }),
        mean: Ratio::of(level * 1e5, 1e5),
        failed: level * 10.0 * (to - from) as f64,
        excess: level * 10.0 * (to - from) as f64,
        missing: None,
        minutes_above: [0.0; 3],
        recovered_95_s: None,
        second_dips: Vec::new(),
        evidence: vec![cite(0, &format!("{name} failed"))],
    });
    ServiceRates {
        throughout: None,
        service: name.to_string(),
        viewpoints: vec![Viewpoint {
            format: "access".to_string(),
            sources: vec![SourceId(0)],
            requests: 144_000.0,
            peak: None,
            primary: true,
        }],
        buckets,
        baseline: Ratio::of(0.0, 36_000.0),
        baseline_rps: Some(10.0),
        impact: impact.into_iter().collect(),
        elsewhere: Vec::new(),
        operations: Vec::new(),
        latency: None,
    }
}

fn rates(services: Vec<ServiceRates>) -> Rates {
    let windows = || services.iter().flat_map(|s| &s.impact);
    let onset = windows().map(|w| w.onset).min_by_key(|o| o.best_s);
    let end = windows().filter_map(|w| w.recovery).max_by_key(|r| r.best_s);
    Rates {
        bucket_s: 60,
        covers_s: Some((T0 - 3600, T0 + 10_800)),
        incident: onset.map(|o| (o, end)),
        services,
        ..Rates::default()
    }
}

fn entry(source: u32, kind: EventKind, minute: i64, title: &str, status: Option<&str>) -> TimelineEntry {
    TimelineEntry {
        id: format!("{source}-{minute}-{title}"),
        at: at(minute),
        until: None,
        kind,
        tier: Tier::One,
        title: title.to_string(),
        text: String::new(),
        actor: None,
        services: Vec::new(),
        raw_time: String::new(),
        lag_s: None,
        status: status.map(str::to_string),
        evidence: vec![cite(source, title)],
        also: Vec::new(),
        edit: crate::model::EventEdit::default(),
    }
}

fn timeline(mut entries: Vec<TimelineEntry>) -> Timeline {
    entries.sort_by_key(|e| e.at.utc_ns);
    Timeline { entries, story_ns: Some((i64::MIN, i64::MAX)), ..Timeline::default() }
}

/// store ← kv ← {access, gateway, ai}; dns apart; dash needs access and kv.
fn catalog() -> Evidence {
    let mut catalog = ServiceCatalog::default();
    for (name, needs) in [
        ("store", &[][..]),
        ("kv", &["store"]),
        ("access", &["kv"]),
        ("gateway", &["kv"]),
        ("ai", &["kv"]),
        ("dash", &["access", "kv"]),
        ("dns", &[]),
    ] {
        let info = ServiceInfo {
            depends_on: needs.iter().map(|n| (*n).to_string()).collect(),
            external: name == "store",
            plane: (name == "dash").then_some(Plane::Control),
            ..ServiceInfo::default()
        };
        catalog.services.insert(name.to_string(), info);
    }
    Evidence { names: ServiceNames::collect(&catalog, []), ..Evidence::default() }
}

fn outage() -> Rates {
    rates(vec![
        service("access", Some((0, 7200)), 1.0),
        service("ai", Some((61, 7200)), 1.0),
        service("dash", Some((62, 7200)), 0.5),
        service("dns", None, 0.0),
        service("gateway", Some((0, 7200)), 0.4),
        service("kv", Some((-60, 7200)), 0.9),
    ])
}

fn texts(findings: &Findings, kind: FindingKind) -> Vec<String> {
    findings.of_kind(kind).map(|f| f.statement.text().to_string()).collect()
}

#[test]
fn a_quiet_bundle_claims_nothing() {
    let quiet = rates(vec![service("kv", None, 0.0)]);
    let deploy = entry(1, EventKind::Deploy, 3, "deploy of edge", None);
    let found = analyze(&catalog(), &quiet, &timeline(vec![deploy]));
    assert_eq!(found, Findings { cascade: found.cascade.clone(), ..Findings::default() });
    assert!(found.cascade.steps.is_empty());
}

#[test]
fn the_chain_that_everything_leads_to_is_named_and_the_loud_dependent_is_not() {
    let found = analyze(&catalog(), &outage(), &Timeline::default());
    let point = found.of_kind(FindingKind::SinglePointOfFailure).next().unwrap();
    assert_eq!(point.services, ["store", "kv"]);
    assert!(point.statement.text().contains("store (external, not measured here)"), "{}", point.statement.text());
    let suspects: Vec<&str> = found.of_kind(FindingKind::Suspect).map(|f| f.services[0].as_str()).collect();
    assert_eq!(suspects, ["kv"]);
    assert_eq!(found.unaffected, ["dns"]);
    assert_eq!(
        texts(&found, FindingKind::BlastRadius),
        ["5 of 6 watched services were hurt (83.3 %): access, ai, dash, gateway and kv."]
    );
    assert_eq!(found.of_kind(FindingKind::ControlPlane).next().unwrap().services, ["dash"]);
}

#[test]
fn services_whose_onsets_overlap_share_a_rank() {
    let found = analyze(&catalog(), &outage(), &Timeline::default());
    let ranks: Vec<(&str, u32)> = found.cascade.steps.iter().map(|s| (s.service.as_str(), s.rank)).collect();
    assert_eq!(ranks, [("kv", 1), ("access", 2), ("gateway", 2), ("ai", 3), ("dash", 3)]);
}

#[test]
fn milestones_are_measured_or_told_and_carry_their_formulas() {
    let mut events = timeline(vec![
        entry(1, EventKind::AlertFired, -1, "error ratio of kv high", None),
        entry(1, EventKind::Ack, 1, "acknowledged", None),
        entry(2, EventKind::StatusChange, 4, "incident declared", Some("declared")),
        entry(2, EventKind::Chat, 9, "have we identified the cause?", None),
        entry(2, EventKind::StatusChange, 14, "cause identified: store", Some("identified")),
        entry(3, EventKind::PublicUpdate, 27, "Investigating", Some("investigating")),
        entry(2, EventKind::HumanAction, 100, "rolled back the config", None),
        entry(2, EventKind::StatusChange, 123, "resolved", Some("resolved")),
        entry(3, EventKind::PublicUpdate, 150, "Resolved", Some("resolved")),
    ]);
    let word = |w: &str| SeverityWord::parse(w).unwrap();
    let step = |from: Option<&str>, to: &str, minute, conflicts| SeverityStep {
        from: from.map(word),
        to: word(to),
        at: at(minute),
        escalation: from.map(|_| true),
        actor: None,
        evidence: vec![cite(2, to)],
        conflicts,
    };
    events.severity.steps =
        vec![step(None, "P1", 5, vec![(at(6), cite(4, "P1 in chat"))]), step(Some("P1"), "P0", 21, Vec::new())];
    let found = analyze(&catalog(), &outage(), &events);
    let minutes: Vec<(MilestoneKind, i64)> =
        found.milestones.iter().map(|m| (m.kind, (m.at.seconds() - T0).div_euclid(60))).collect();
    use MilestoneKind::*;
    assert_eq!(
        minutes,
        [
            (Onset, -1),
            (Detected, -1),
            (Acknowledged, 1),
            (Declared, 4),
            (CauseIdentified, 14),
            (Escalated, 21),
            (PublicNotice, 27),
            (MitigationStarted, 100),
            (RecoveryStarted, 120),
            (Recovered, 120),
            (Resolved, 123),
        ]
    );
    let formula = |name: &str| found.intervals.iter().find(|i| i.name == name).map(|i| (i.seconds, i.formula.clone()));
    assert_eq!(formula("time to escalate"), Some((22 * 60, "18:21 − 17:59 = 22 min".to_string())));
    assert_eq!(formula("impact duration"), Some((7260, "20:00:00 − 17:59:00 = 2 h 1 min".to_string())));
    assert!(texts(&found, FindingKind::PublicNotice)[0].contains("20:30 − 18:27 = 2 h 3 min"));
    let contradictions = texts(&found, FindingKind::Contradiction);
    assert!(contradictions.iter().any(|t| t.contains("18:05") && t.contains("18:06")), "{contradictions:?}");
}

#[test]
fn prose_alone_gives_milestones_without_any_curve() {
    let prose = |minute, title: &str| entry(0, EventKind::Prose, minute, title, None);
    let events = timeline(vec![
        prose(0, "New logins fail; monitoring notices"),
        prose(14, "The cause is traced to the store of the provider"),
        prose(151, "The store comes back, recovery begins"),
        prose(156, "Fully resolved"),
    ]);
    let found = analyze(&Evidence::default(), &Rates::default(), &events);
    let kinds: Vec<MilestoneKind> = found.milestones.iter().map(|m| m.kind).collect();
    use MilestoneKind::*;
    assert_eq!(kinds, [Detected, CauseIdentified, RecoveryStarted, Resolved]);
    assert!(found.milestones[0].statement.text().contains("single source"));
    let response = found.intervals.iter().find(|i| i.name == "response duration").unwrap();
    assert_eq!((response.seconds, response.formula.as_str()), (9360, "20:36 − 18:00 = 2 h 36 min"));
    assert!(found.findings.is_empty(), "{:?}", found.findings);
}

#[test]
fn a_change_that_touches_what_failed_first_comes_before_a_nearer_one_that_does_not() {
    let mut near = entry(1, EventKind::Deploy, -3, "deploy of dns", None);
    near.services = vec!["dns".to_string()];
    let mut far = entry(1, EventKind::ConfigChange, -40, "new credential for kv", None);
    far.services = vec!["kv".to_string()];
    let after = entry(1, EventKind::Deploy, 30, "deploy of a fix", None);
    let found = analyze(&catalog(), &outage(), &timeline(vec![near, far, after]));
    let order: Vec<(&str, i64)> =
        found.triggers.iter().map(|t| (t.statement.text().split(" at ").next().unwrap(), t.lead_s)).collect();
    assert_eq!(order, [("Trigger candidate: new credential for kv", 2340), ("Trigger candidate: deploy of dns", 120)]);
}

/// A commit as its reader tells it, one minute before its deploy.
fn commit(evidence: &mut Evidence, deploy: &TimelineEntry, sha: &str, file: &str, diff: &str) {
    let told = |kind, at, id: &str, title: &str| {
        let exemplar = Exemplar::new(Span { line: 1, lines: 1, offset: 0, len: 1 }, title);
        let mut made = crate::model::Event::new(kind, at, "", title, exemplar);
        (made.id, made.ids) = (id.to_string(), vec![("sha".to_string(), sha.to_string())]);
        made
    };
    let mut made = told(EventKind::Annotation, deploy.at, sha, "commit: refactor: tidy");
    (made.text, made.diff) = (format!("refactor: tidy\nfiles: {file}"), diff.to_string());
    evidence.events.push(made);
    evidence.events.push(told(EventKind::Deploy, deploy.at, &deploy.id, &deploy.title));
}

#[test]
fn the_change_that_takes_a_guard_away_comes_before_a_later_one_that_tidies() {
    let mut guard = entry(1, EventKind::Deploy, -30, "deploy of kv 7", None);
    let mut tidy = entry(1, EventKind::Deploy, -2, "deploy of kv 8", None);
    guard.services = vec!["kv".to_string()];
    tidy.services = vec!["kv".to_string()];
    let mut evidence = catalog();
    let check = "-\tif value == nil {\n-\t\treturn none\n-\t}\n \treturn value.text\n";
    commit(&mut evidence, &guard, "0123456789abcdef", "kv/read.go", check);
    let logs = "-\tlog.Printf(text)\n+\tlogger.Info(text)\n";
    commit(&mut evidence, &tidy, "fedcba9876543210", "kv/tell.go", logs);
    let found = analyze(&evidence, &outage(), &timeline(vec![guard.clone(), tidy.clone()]));
    let order: Vec<Option<&str>> = found.triggers.iter().map(|t| t.commit.as_deref()).collect();
    assert_eq!(order, [Some("0123456789abcdef"), Some("fedcba9876543210")]);
    assert_eq!((found.triggers[0].kind, found.unexplained), (crate::model::TriggerKind::Deploy, None));

    // Where only the tidying one is there, no change explains it.
    let mut evidence = catalog();
    commit(&mut evidence, &tidy, "fedcba9876543210", "kv/tell.go", logs);
    let found = analyze(&evidence, &outage(), &timeline(vec![tidy]));
    assert!(found.unexplained.unwrap().text().starts_with("No change in evidence explains this"));
    // And none is said to fail to explain an incident that nobody measured.
    let quiet = analyze(&evidence, &Rates::default(), &timeline(vec![guard]));
    assert!(quiet.triggers.is_empty() && quiet.unexplained.is_none());
}

#[test]
fn what_ended_when_it_was_undone_comes_first() {
    let deploy = |minute, name: &str| {
        let mut made = entry(1, EventKind::Deploy, minute, &format!("deploy of {name}"), None);
        made.services = vec![name.to_string()];
        made
    };
    let mut back = entry(1, EventKind::Rollback, 118, "rollback of access", None);
    back.services = vec!["access".to_string()];
    let found = analyze(&catalog(), &outage(), &timeline(vec![deploy(-10, "access"), deploy(-4, "gateway"), back]));
    assert_eq!(found.triggers[0].services, ["access"], "{:?}", found.triggers);
    assert!(found.triggers[0].reasons.iter().any(|r| r.starts_with("was undone at 19:58")), "{:?}", found.triggers[0]);
}

#[test]
fn shed_load_is_not_recovery_and_a_surge_is_seen() {
    let mut rates = outage();
    for bucket in rates.services.iter_mut().flat_map(|s| &mut s.buckets) {
        let minute = (bucket.start_s - T0) / 60;
        let factor = if (92..120).contains(&minute) {
            0.5
        } else if (120..130).contains(&minute) {
            1.8
        } else {
            1.0
        };
        bucket.requests = bucket.requests.map(|r| r * factor);
        bucket.failed = bucket.failed.map(|r| r * factor);
    }
    let shed = entry(2, EventKind::HumanAction, 92, "shedding non-critical traffic of kv", None);
    let found = analyze(&catalog(), &rates, &timeline(vec![shed]));
    let shedding = found.of_kind(FindingKind::LoadShedding).next().unwrap();
    assert!((shedding.figure.as_ref().unwrap().value + 0.5).abs() < 0.01);
    assert!(shedding.statement.text().contains("not recovery"));
    assert_eq!(found.milestone(MilestoneKind::RecoveryStarted).map(|m| (m.at.seconds() - T0) / 60), Some(120));
    assert_eq!(found.of_kind(FindingKind::RecoverySurge).count(), 5);
}

#[test]
fn requests_turned_away_do_not_make_a_recovery() {
    let mut rates = outage();
    // Of ten requests six are turned away from minute 60 on; of the other four as many fail as before.
    for bucket in rates.services.iter_mut().filter(|s| s.service == "kv").flat_map(|s| &mut s.buckets) {
        if (60..120).contains(&((bucket.start_s - T0) / 60)) {
            bucket.throttled = 360.0;
            bucket.failed = bucket.failed.map(|f| f * 0.4);
            bucket.ratio = Ratio::of(bucket.failed.unwrap(), 600.0);
        }
    }
    let found = analyze(&catalog(), &rates, &Timeline::default());
    let said = texts(&found, FindingKind::LoadShedding);
    assert!(said[0].starts_with("Load was shed from 19:00:00 to 20:00:00 UTC: kv turned away 60.0 % of its requests"));
    assert_eq!(found.milestone(MilestoneKind::RecoveryStarted).map(|m| (m.at.seconds() - T0) / 60), Some(120));
}

#[test]
fn who_acted_is_told_once_and_the_longest_silence_too() {
    let by = |name: &str, kind: EventKind, minute: i64, title: &str| {
        let mut made = entry(3, kind, minute, title, None);
        made.actor = Some(Actor { name: name.to_string(), kind: ActorKind::Human });
        made
    };
    let told = timeline(vec![
        by("Kv on-call", EventKind::Ack, 4, "acknowledged"),
        by("kv-on-call", EventKind::Chat, 9, "I cannot reach the dashboard"),
        by("kv-on-call", EventKind::Rollback, 80, "rollback of kv"),
    ]);
    let found = analyze(&catalog(), &outage(), &told);
    assert_eq!(
        texts(&found, FindingKind::Responder),
        ["Kv on-call: 3 times, first at 18:04 UTC (acknowledged), last at 19:20 UTC (changed)."]
    );
    let silence = &texts(&found, FindingKind::ResponseSilence)[0];
    assert!(silence.starts_with("Nobody acted, wrote or posted between 18:09 and 19:20 UTC (1 h 11 min)"), "{silence}");
    let tools = texts(&found, FindingKind::ResponseTool);
    assert!(tools[0].starts_with("kv-on-call at 18:09 UTC could not use the dashboard"), "{tools:?}");
    assert!(tools[1].starts_with("dash of the control plane was hurt between"), "{tools:?}");
}

#[test]
fn a_bypass_from_on_to_off_is_a_risk_window() {
    let mut on = entry(2, EventKind::HumanAction, 10, "kill switch enabled to disable the challenge", None);
    on.services = vec!["access".to_string()];
    let mut off = entry(2, EventKind::ConfigChange, 130, "kill-switch disabled again", None);
    off.services = vec!["access".to_string()];
    let found = analyze(&catalog(), &outage(), &timeline(vec![on, off]));
    assert_eq!(
        texts(&found, FindingKind::RiskWindow),
        ["Risk window: kill switch of access on from 18:10 to 20:10 UTC (2 h)."]
    );
}

#[test]
fn surviving_operations_and_refused_writes_are_named() {
    let mut rates = outage();
    let kv = rates.services.iter_mut().find(|s| s.service == "kv").unwrap();
    let operation = |name: &str, level: f64, impact: Vec<ImpactWindow>| OperationRates {
        operation: name.to_string(),
        requests: 1e5,
        baseline: Ratio::of(0.0, 1e4),
        during: Ratio::of(level * 1e4, 1e4),
        impact,
    };
    let window = kv.impact.clone();
    kv.operations = vec![operation("cached read", 0.0, Vec::new()), operation("PUT value", 1.0, window)];
    let found = analyze(&catalog(), &rates, &Timeline::default());
    assert!(texts(&found, FindingKind::Degradation)[0].contains("cached read kept working while PUT value failed"));
    assert!(texts(&found, FindingKind::LostWrites)[0].contains("cannot be told from counts"));
}

#[test]
fn every_finding_can_be_refuted_and_is_cited() {
    let found = analyze(&catalog(), &outage(), &Timeline::default());
    assert!(found.findings.iter().all(|f| !f.refuted_by.is_empty() && !f.statement.evidence().is_empty()));
}
