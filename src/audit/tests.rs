use super::*;
use crate::model::*;

fn claim(source: u32, measure: Measure, subjects: &[&str], value: Option<f64>) -> Claim {
    let span = Span { line: u64::from(source) + 1, lines: 1, offset: 0, len: 4 };
    let mut claim = Claim::new(
        measure,
        subjects.iter().map(|s| s.to_string()).collect(),
        "as said",
        Exemplar::new(span, "as said"),
    );
    claim.source = SourceId(source);
    claim.value = value;
    claim
}

fn incident() -> Incident {
    Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: String::new(),
        sources: Vec::new(),
        rates: Rates::default(),
        timeline: Timeline::default(),
        findings: Findings::default(),
        claims: Vec::new(),
        diagnostics: Vec::new(),
        edition: crate::model::Edition::default(),
    }
}

fn entry(source: u32, minute: i64, status: &str) -> TimelineEntry {
    let at = Timestamp::new(minute * 60_000_000_000, Precision::Minute, TimeBasis::Explicit);
    let span = Span { line: minute as u64, lines: 1, offset: minute as u64, len: 1 };
    TimelineEntry {
        id: minute.to_string(),
        at,
        until: None,
        kind: EventKind::StatusChange,
        tier: Tier::One,
        title: status.to_string(),
        text: String::new(),
        actor: None,
        services: Vec::new(),
        raw_time: String::new(),
        lag_s: None,
        status: Some(status.to_string()),
        evidence: vec![Citation { source: SourceId(source), span, text: String::new() }],
        also: Vec::new(),
        edit: crate::model::EventEdit::default(),
    }
}

#[test]
fn figures_within_a_point_are_rounding_and_others_contradict() {
    let mut precise = claim(0, Measure::ErrorRatio, &["Mail Store"], Some(0.8825));
    precise.decimals = 2;
    let rounded = claim(1, Measure::ErrorRatio, &["mail-store"], Some(0.89));
    let audit = check(&[precise.clone(), rounded], &incident());
    assert_eq!(audit.findings.iter().map(|f| f.verdict).collect::<Vec<_>>(), [Verdict::Rounding]);
    let other = claim(1, Measure::ErrorRatio, &["Mail Store"], Some(0.4));
    let audit = check(&[precise, other], &incident());
    assert_eq!(audit.findings.first().map(|f| (f.verdict, f.sides.len())), Some((Verdict::Contradiction, 2)));
}

#[test]
fn a_groups_bound_is_not_its_members_figure() {
    let mut bound = claim(0, Measure::ErrorRatio, &["A", "B", "C"], Some(0.22));
    bound.bound = Bound::AtMost;
    let own = claim(1, Measure::ErrorRatio, &["A"], Some(0.4));
    assert_eq!(check(&[bound.clone(), own], &incident()).findings, []);
    assert_eq!(stated_figures(&[bound]).first().map(|f| f.subjects.len()), Some(3));
}

#[test]
fn success_and_failure_are_one_figure() {
    let failing = claim(0, Measure::ErrorRatio, &["Mail"], Some(1.0));
    let succeeding = claim(1, Measure::SuccessRatio, &["Mail"], Some(0.0));
    assert_eq!(check(&[failing.clone(), succeeding.clone()], &incident()).findings, []);
    assert_eq!(stated_figures(&[failing, succeeding]).first().map(|f| (f.values.len(), f.sources)), Some((2, 2)));
}

#[test]
fn a_stated_length_is_checked_against_the_texts_own_rows() {
    let mut incident = incident();
    incident.timeline.entries = vec![entry(0, 1032, "detected"), entry(0, 1130, "resolved")];
    let stated = claim(0, Measure::Duration, &[], Some(85.0 * 60.0));
    let audit = check(&[stated], &incident);
    let found = audit.findings.first().map(|f| (f.verdict, f.kind, f.text.as_str()));
    let text = "18:50 − 17:12 = 1 h 38 min (98 min), stated 1 h 25 min (85 min), 13 min apart";
    assert_eq!(found, Some((Verdict::Contradiction, AuditKind::StatedDuration, text)));
}

#[test]
fn yes_and_no_are_both_quoted() {
    let mut no = claim(0, Measure::DataLoss, &[], None);
    no.affirmed = false;
    let yes = claim(1, Measure::DataLoss, &["Forms"], None);
    let healthy = claim(0, Measure::Unaffected, &["Cache"], None);
    let slow = claim(1, Measure::Degraded, &["Cache"], None);
    let audit = check(&[no, yes, healthy, slow], &incident());
    let kinds: Vec<_> = audit.findings.iter().map(|f| (f.verdict, f.kind, f.sides.len())).collect();
    assert_eq!(kinds, [(Verdict::Tension, AuditKind::Polarity, 2), (Verdict::Tension, AuditKind::Scope, 2)]);
}

#[test]
fn two_causes_of_one_text_are_rivals() {
    let cause = |source, object: &str| {
        let mut c = claim(source, Measure::Cause, &[], None);
        c.object = Some(object.to_string());
        c
    };
    let told = [
        cause(0, "an outage of the storage provider"),
        cause(0, "poor planning of link capacity"),
        cause(1, "a failure in the provider's storage"),
    ];
    let audit = check(&told, &incident());
    let kinds: Vec<_> = audit.findings.iter().map(|f| (f.verdict, f.kind)).collect();
    assert_eq!(kinds, [(Verdict::Contradiction, AuditKind::Cause)]);
}

#[test]
fn a_claim_without_data_is_not_covered_and_one_with_data_is_judged() {
    let mut incident = incident();
    let peak = Peak { ratio: Ratio { value: 0.883, low: 0.88, high: 0.886 }, at_s: 0, width_s: 60 };
    let moment = TimeInterval { best_s: 0, from_s: 0, to_s: 0 };
    let window = ImpactWindow {
        signal: "error_ratio".into(),
        onset: moment,
        recovery: Some(moment),
        open_start: false,
        peak: Some(peak.clone()),
        mean: None,
        failed: 1.0,
        excess: 1.0,
        missing: None,
        minutes_above: [1.0; 3],
        recovered_95_s: None,
        second_dips: Vec::new(),
        evidence: Vec::new(),
    };
    let bucket = Bucket { ratio: Some(peak.ratio), ..Bucket::default() };
    incident.rates.services = vec![ServiceRates {
        throughout: None,
        service: "mail-store".into(),
        viewpoints: Vec::new(),
        buckets: vec![bucket],
        baseline: None,
        baseline_rps: None,
        impact: vec![window],
        elsewhere: Vec::new(),
        operations: Vec::new(),
        latency: None,
    }];
    let told = [
        claim(0, Measure::ErrorRatio, &["Mail Store"], Some(0.89)),
        claim(0, Measure::Unaffected, &["Mail Store"], None),
        claim(0, Measure::ErrorRatio, &["Search"], Some(0.5)),
    ];
    let audit = check(&told, &incident);
    let data: Vec<_> = audit.findings.iter().filter(|f| f.kind == AuditKind::Evidence).map(|f| f.verdict).collect();
    assert_eq!(data, [Verdict::Contradiction, Verdict::Unsupported, Verdict::Supported]);
}
