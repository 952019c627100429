//! A made-up incident for tests of pages and charts: 24 services, a severity track, milestones,
//! gaps, a hostile name, one service without a denominator.

use crate::model::{
    Bucket, Cascade, CascadeStep, Citation, Findings, INCIDENT_SCHEMA_VERSION, ImpactWindow, Incident, Milestone,
    MilestoneKind, Peak, Precision, Rates, Ratio, ServiceRates, SeverityStep, SeverityTrack, SeverityWord, SourceId,
    Span, Statement, TimeAtLevel, TimeBasis, TimeInterval, Timeline, Timestamp, Viewpoint,
};

/// 2031-03-04T17:30:00Z, the first bucket.
pub const START_S: i64 = 1_930_411_800;

/// Buckets of one minute.
const MINUTES: i64 = 210;

/// How one service fares: name, requests per second, onset and recovery in minutes after the
/// start (`None`: not hurt), peak, missing minutes.
type Course = (&'static str, f64, Option<(i64, i64, f64)>, Option<(i64, i64)>);

const COURSES: &[Course] = &[
    ("key-value", 900.0, Some((22, 176, 0.91)), None),
    ("access-login", 140.0, Some((23, 174, 1.0)), None),
    ("edge-config", 60.0, Some((23, 176, 0.97)), Some((80, 96))),
    ("session-gateway", 220.0, Some((24, 171, 0.44)), None),
    ("dashboard", 35.0, Some((24, 175, 0.83)), None),
    ("challenge", 310.0, Some((26, 96, 0.62)), None),
    ("images-upload", 12.0, Some((27, 170, 1.0)), None),
    ("video-live", 18.0, Some((27, 172, 0.995)), Some((120, 131))),
    ("realtime", 44.0, Some((30, 169, 0.71)), None),
    ("ai-gateway", 25.0, Some((31, 176, 0.93)), None),
    ("static-pages", 75.0, Some((33, 150, 0.34)), None),
    ("queue", 52.0, Some((34, 178, 0.88)), None),
    ("vector-search", 6.0, Some((36, 168, 0.76)), None),
    ("browser-pool", 4.0, Some((38, 160, 1.0)), None),
    ("automatic-platform-optimization-for-storefronts", 90.0, Some((40, 166, 0.22)), None),
    ("cdn", 2400.0, Some((44, 92, 0.041)), None),
    ("<script>alert('x')</script>", 3.0, Some((50, 120, 0.5)), None),
    ("dns", 5200.0, None, None),
    ("firewall", 2600.0, None, None),
    ("rate-limit", 800.0, None, None),
    ("transit", 410.0, None, None),
    ("object-store", 330.0, None, None),
    ("mail-routing", 8.0, None, Some((60, 64))),
];

/// A citation of an invented line.
pub fn citation(line: u64, text: &str) -> Citation {
    Citation {
        source: SourceId(0),
        span: Span { line, lines: 1, offset: line * 80, len: text.len() as u32 },
        text: text.to_string(),
    }
}

fn interval(best_s: i64, slack_s: i64) -> TimeInterval {
    TimeInterval { best_s, from_s: best_s - slack_s, to_s: best_s + slack_s }
}

/// Error ratio `minute` minutes after the start, with ripples that depend on `seed` alone.
fn level(minute: i64, hurt: Option<(i64, i64, f64)>, seed: usize) -> f64 {
    let ripple = (((minute * 37 + seed as i64 * 101) % 17) as f64 / 17.0 - 0.5) * 0.1;
    let Some((onset, recovery, peak)) = hurt else { return 0.000_4 };
    if minute < onset || minute > recovery + 6 {
        return 0.000_6;
    }
    let rise = ((minute - onset + 1) as f64 / 5.0).min(1.0);
    let fall = if minute > recovery - 12 { ((recovery + 6 - minute) as f64 / 18.0).clamp(0.0, 1.0) } else { 1.0 };
    (peak * rise * fall * (0.92 + ripple)).clamp(0.0, peak)
}

fn bucket(minute: i64, course: &Course, seed: usize) -> Bucket {
    let ratio = level(minute, course.2, seed);
    let swing = 1.0 + (((minute * 13 + seed as i64 * 29) % 11) as f64 / 11.0 - 0.5) * 0.06;
    let lost = if course.2.is_some_and(|(on, off, _)| minute > on + 3 && minute < off) { 0.72 } else { 1.0 };
    let requests = (course.1 * 60.0 * swing * lost).round();
    let failed = (requests * ratio).round();
    Bucket {
        start_s: START_S + minute * 60,
        requests: Some(requests),
        failed: Some(failed),
        ratio: Ratio::of(failed, requests),
        lines: requests,
        error_lines: failed,
        ..Bucket::default()
    }
}

fn window(course: &Course, buckets: &[Bucket]) -> Option<ImpactWindow> {
    let (onset, recovery, _) = course.2?;
    let peak = buckets.iter().max_by(|a, b| {
        let value = |x: &Bucket| x.ratio.map_or(0.0, |r| r.value);
        value(a).total_cmp(&value(b)).then(b.start_s.cmp(&a.start_s))
    })?;
    let failed: f64 = buckets.iter().filter_map(|b| b.failed).sum();
    Some(ImpactWindow {
        signal: "error_ratio".into(),
        onset: interval(START_S + onset * 60, 60 + 20 * (onset % 7)),
        recovery: Some(interval(START_S + recovery * 60, 90)),
        open_start: false,
        peak: peak.ratio.map(|ratio| Peak { ratio, at_s: peak.start_s, width_s: 60 }),
        mean: None,
        failed,
        excess: failed * 0.99,
        missing: Some(course.1 * 60.0 * 0.28 * (recovery - onset) as f64),
        minutes_above: [(recovery - onset) as f64, (recovery - onset - 2) as f64, (recovery - onset - 9) as f64],
        recovered_95_s: Some((recovery - onset) * 60 - 120),
        second_dips: Vec::new(),
        evidence: vec![citation(10 + onset as u64, "503 GET /values/cart upstream unavailable")],
    })
}

fn service(seed: usize, course: &Course) -> ServiceRates {
    let kept = |m: &i64| course.3.is_none_or(|(from, to)| *m < from || *m >= to);
    let buckets: Vec<Bucket> = (0..MINUTES).filter(kept).map(|m| bucket(m, course, seed)).collect();
    let impact: Vec<ImpactWindow> = window(course, &buckets).into_iter().collect();
    ServiceRates {
        throughout: None,
        service: course.0.to_string(),
        viewpoints: vec![Viewpoint {
            format: "access-log".into(),
            sources: vec![SourceId(0)],
            requests: buckets.iter().filter_map(|b| b.requests).sum(),
            peak: impact.first().and_then(|w| w.peak.as_ref()).map(|p| p.ratio),
            primary: true,
        }],
        buckets,
        baseline: Ratio::of(4.0, 10_000.0),
        baseline_rps: Some(course.1),
        impact,
        elsewhere: Vec::new(),
        operations: Vec::new(),
        latency: None,
    }
}

/// A service that only ever wrote log lines.
fn lines_only() -> ServiceRates {
    let buckets = (0..MINUTES)
        .map(|m| Bucket {
            start_s: START_S + m * 60,
            error_lines: if (25..170).contains(&m) { 40.0 } else { 0.0 },
            lines: 200.0,
            ..Bucket::default()
        })
        .collect();
    ServiceRates {
        throughout: None,
        service: "scheduler".into(),
        viewpoints: Vec::new(),
        buckets,
        baseline: None,
        baseline_rps: None,
        impact: vec![ImpactWindow {
            signal: "error_lines".into(),
            onset: interval(START_S + 25 * 60, 60),
            recovery: Some(interval(START_S + 170 * 60, 60)),
            open_start: false,
            peak: None,
            mean: None,
            failed: 5_800.0,
            excess: 5_800.0,
            missing: None,
            minutes_above: [0.0; 3],
            recovered_95_s: None,
            second_dips: Vec::new(),
            evidence: vec![citation(7, "ERROR job could not read its lease")],
        }],
        elsewhere: Vec::new(),
        operations: Vec::new(),
        latency: None,
    }
}

fn stamp(minute: i64) -> Timestamp {
    Timestamp::new((START_S + minute * 60) * 1_000_000_000, Precision::Minute, TimeBasis::Explicit)
}

fn severity() -> SeverityTrack {
    let word = |w: &str| SeverityWord::parse(w).expect("a severity word");
    let step = |from: Option<&str>, to: &str, minute: i64| SeverityStep {
        from: from.map(word),
        to: word(to),
        at: stamp(minute),
        escalation: from.map(|f| word(to).rank < word(f).rank),
        actor: None,
        evidence: vec![citation(200 + minute as u64, "severity set")],
        conflicts: if minute == 51 { vec![(stamp(36), citation(231, "raised at 18:06"))] } else { Vec::new() },
    };
    SeverityTrack {
        steps: vec![step(None, "P2", 28), step(Some("P2"), "P1", 35), step(Some("P1"), "P0", 51)],
        time_at: vec![
            TimeAtLevel { severity: word("P2"), seconds: 420 },
            TimeAtLevel { severity: word("P1"), seconds: 960 },
            TimeAtLevel { severity: word("P0"), seconds: 7_620 },
        ],
        ends_at: Some(stamp(178)),
        note: None,
    }
}

fn milestone(kind: MilestoneKind, minute: i64, text: &str) -> Milestone {
    Milestone {
        kind,
        at: stamp(minute),
        interval: None,
        statement: Statement::new(text, vec![citation(100 + minute as u64, text)]).expect("evidence is given"),
        conflicts: Vec::new(),
    }
}

fn findings(services: &[ServiceRates]) -> Findings {
    let mut steps: Vec<CascadeStep> = services
        .iter()
        .filter_map(|s| {
            let w = s.worst()?;
            Some(CascadeStep {
                service: s.service.clone(),
                onset: w.onset,
                recovery: w.recovery,
                rank: 0,
                peak: w.peak.as_ref().map(|p| p.ratio.value),
                evidence: w.evidence.clone(),
            })
        })
        .collect();
    steps.sort_by(|a, b| a.onset.best_s.cmp(&b.onset.best_s).then_with(|| a.service.cmp(&b.service)));
    Findings {
        milestones: vec![
            milestone(MilestoneKind::Onset, 22, "key-value began to fail"),
            milestone(MilestoneKind::Detected, 22, "an alert of access-login fired"),
            milestone(MilestoneKind::Acknowledged, 25, "the on-call engineer acknowledged"),
            milestone(MilestoneKind::Declared, 28, "declared as P2"),
            milestone(MilestoneKind::Escalated, 35, "raised to P1"),
            milestone(MilestoneKind::CauseIdentified, 36, "the storage provider was named"),
            milestone(MilestoneKind::PublicNotice, 39, "first public post"),
            milestone(MilestoneKind::MitigationStarted, 122, "load was shed"),
            milestone(MilestoneKind::RecoveryStarted, 173, "errors began to fall"),
            milestone(MilestoneKind::Recovered, 178, "the last service recovered"),
            milestone(MilestoneKind::Resolved, 178, "closed by the commander"),
        ],
        cascade: Cascade { steps, edges: Vec::new() },
        unaffected: services.iter().filter(|s| s.impact.is_empty()).map(|s| s.service.clone()).collect(),
        ..Findings::default()
    }
}

/// The incident.
pub fn incident() -> Incident {
    let mut services: Vec<ServiceRates> = COURSES.iter().enumerate().map(|(i, c)| service(i, c)).collect();
    services.push(lines_only());
    services.sort_by(|a, b| a.service.cmp(&b.service));
    let findings = findings(&services);
    Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: "Storage outage of an invented company".into(),
        sources: Vec::new(),
        rates: Rates {
            bucket_s: 60,
            covers_s: Some((START_S, START_S + MINUTES * 60 - 1)),
            incident: Some((interval(START_S + 22 * 60, 60), Some(interval(START_S + 178 * 60, 90)))),
            services,
            ..Rates::default()
        },
        timeline: Timeline { severity: severity(), ..Timeline::default() },
        findings,
        claims: Vec::new(),
        diagnostics: Vec::new(),
        edition: crate::model::Edition::default(),
    }
}
