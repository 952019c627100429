use proptest::prelude::*;

use super::*;
use crate::model::{
    Bucket, Citation, Findings, INCIDENT_SCHEMA_VERSION, ImpactWindow, LibraryOrder, Milestone, Precision, Rates,
    SourceId, Span, Statement, TimeBasis, TimeInterval, Timeline, Timestamp,
};

const START: i64 = 1_930_411_800;

/// Counts per bucket of one service: `(requests, failed)`, `None` for a gap.
type Counts = Vec<Option<(u32, u32)>>;

/// What a test incident is made of.
#[derive(Clone, Debug)]
struct Plan {
    start: i64,
    width: u32,
    /// Onset and recovery as bucket numbers.
    hurt: Option<(usize, usize)>,
    services: Vec<(String, Counts)>,
    times: f64,
}

fn interval(best_s: i64, slack: i64) -> TimeInterval {
    TimeInterval { best_s, from_s: best_s - slack, to_s: best_s + slack }
}

fn service(plan: &Plan, name: &str, counts: &Counts) -> ServiceRates {
    let at = |n: usize| plan.start + n as i64 * i64::from(plan.width);
    let buckets: Vec<Bucket> = counts
        .iter()
        .enumerate()
        .filter_map(|(n, c)| {
            let (requests, failed) = (*c)?;
            let (requests, failed) = (f64::from(requests) * plan.times, f64::from(failed.min(requests)) * plan.times);
            let ratio = Ratio::of(failed, requests);
            Some(Bucket { start_s: at(n), requests: Some(requests), failed: Some(failed), ratio, ..Bucket::default() })
        })
        .collect();
    let impact = plan.hurt.map(|(onset, recovery)| ImpactWindow {
        signal: "error_ratio".into(),
        onset: interval(at(onset), 60),
        recovery: Some(interval(at(recovery), 60)),
        open_start: false,
        peak: None,
        mean: None,
        failed: 0.0,
        excess: 0.0,
        missing: None,
        minutes_above: [0.0; 3],
        recovered_95_s: None,
        second_dips: Vec::new(),
        evidence: Vec::new(),
    });
    ServiceRates {
        throughout: None,
        service: name.to_string(),
        viewpoints: Vec::new(),
        buckets,
        baseline: None,
        baseline_rps: None,
        impact: impact.into_iter().collect(),
        elsewhere: Vec::new(),
        operations: Vec::new(),
        latency: None,
    }
}

fn incident(plan: &Plan) -> Incident {
    let at = |n: usize| plan.start + n as i64 * i64::from(plan.width);
    let last = plan.services.iter().map(|(_, c)| c.len()).max().unwrap_or(0);
    let stamp = |s: i64| Timestamp::new(s * 1_000_000_000, Precision::Second, TimeBasis::Explicit);
    let citation = Citation { source: SourceId(0), span: Span::default(), text: "a line".into() };
    let told = |(onset, recovery): (usize, usize)| {
        let moments = [
            (MilestoneKind::Onset, at(onset)),
            (MilestoneKind::Detected, at(onset) + 90),
            (MilestoneKind::CauseIdentified, at(onset) + 200),
            (MilestoneKind::Recovered, at(recovery)),
        ];
        moments.map(|(kind, s)| Milestone {
            kind,
            at: stamp(s),
            interval: None,
            statement: Statement::new("noticed", vec![citation.clone()]).unwrap(),
            conflicts: Vec::new(),
        })
    };
    let steps = plan.hurt.into_iter().flat_map(|(onset, _)| {
        let step = move |(n, (name, _)): (usize, &(String, Counts))| crate::model::CascadeStep {
            service: name.clone(),
            onset: interval(at(onset) + n as i64 * 30, 10),
            recovery: None,
            rank: n as u32 + 1,
            peak: None,
            evidence: Vec::new(),
        };
        plan.services.iter().enumerate().filter(|(_, (name, _))| name.starts_with("service-")).map(step)
    });
    let cascade = crate::model::Cascade { steps: steps.collect(), ..Default::default() };
    Incident {
        schema_version: INCIDENT_SCHEMA_VERSION,
        title: "one".into(),
        sources: Vec::new(),
        rates: Rates {
            bucket_s: plan.width,
            covers_s: Some((plan.start, at(last))),
            incident: plan.hurt.map(|(o, r)| (interval(at(o), 60), Some(interval(at(r), 60)))),
            services: plan.services.iter().map(|(name, counts)| service(plan, name, counts)).collect(),
            ..Rates::default()
        },
        timeline: Timeline::default(),
        findings: Findings {
            milestones: plan.hurt.into_iter().flat_map(told).collect(),
            cascade,
            ..Findings::default()
        },
        claims: Vec::new(),
        diagnostics: Vec::new(),
        edition: crate::model::Edition::default(),
    }
}

fn plans() -> impl Strategy<Value = Plan> {
    let counts = proptest::collection::vec(proptest::option::weighted(0.9, (0u32..500, 0u32..500)), 20..40);
    let services = proptest::collection::vec(counts, 1..4);
    (services, 0usize..10, 1usize..10, proptest::bool::weighted(0.9)).prop_map(|(counts, onset, long, hurt)| Plan {
        start: START,
        width: 60,
        hurt: hurt.then_some((onset, onset + long)),
        services: counts.into_iter().enumerate().map(|(n, c)| (format!("service-{n}"), c)).collect(),
        times: 1.0,
    })
}

fn mirrored(word: &str) -> &str {
    match word {
        "bigger" => "smaller",
        "smaller" => "bigger",
        other => other,
    }
}

/// Titles, absolute times and sentences put aside: what must not depend on the calendar.
fn relative(mut c: Comparison) -> Comparison {
    c.zero_s = [0, 0];
    c.verdict.clear();
    c
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_incident_against_itself_differs_by_exactly_nothing(plan in plans()) {
        let one = incident(&plan);
        let c = compare(&one, &one);
        for s in c.services.iter().chain([&c.overall]) {
            prop_assert_eq!(&s.a, &s.b);
            prop_assert!(s.difference.iter().all(|d| d.value == 0.0 && d.low <= 0.0 && d.high >= 0.0));
            prop_assert!(s.verdict == "same" || s.verdict == "unknown");
        }
        prop_assert!(c.similarity.shape.is_none_or(|v| v == 1.0), "{:?}", c.similarity);
        prop_assert!(c.similarity.size.is_none_or(|v| v == 1.0), "{:?}", c.similarity);
        prop_assert!(c.similarity.services.is_none_or(|v| v == 1.0), "{:?}", c.similarity);
        prop_assert!(c.similarity.overall.is_none_or(|v| v == 1.0), "{:?}", c.similarity);
        prop_assert!(c.similarity.fingerprint.is_none_or(|v| v == 1.0), "{:?}", c.similarity);
        prop_assert!(c.milestones.iter().all(|m| m.a_s == m.b_s));
        prop_assert!(c.phases.iter().all(|p| p.a_s == p.b_s) && c.findings.iter().all(|f| f.a == f.b));
        prop_assert_eq!(&c.cascades[0], &c.cascades[1]);
        prop_assert!(c.order_agreement.is_none_or(|tau| tau == 1.0));
    }

    #[test]
    fn a_against_b_mirrors_b_against_a(left in plans(), right in plans()) {
        let (a, b) = (incident(&left), incident(&right));
        let (ab, ba) = (compare(&a, &b), compare(&b, &a));
        prop_assert_eq!(ab.similarity, ba.similarity);
        prop_assert_eq!(ab.services.len(), ba.services.len());
        prop_assert_eq!(&ab.cascades[0], &ba.cascades[1]);
        prop_assert_eq!((&ab.patterns[1], ab.order_agreement), (&ba.patterns[2], ba.order_agreement));
        for (x, y) in ab.milestones.iter().zip(&ba.milestones) {
            prop_assert_eq!((x.kind, x.a_s, x.b_s), (y.kind, y.b_s, y.a_s));
        }
        for (x, y) in ab.phases.iter().zip(&ba.phases) {
            prop_assert_eq!((x.phase, x.a_s, x.b_s), (y.phase, y.b_s, y.a_s));
        }
        for (x, y) in ab.services.iter().chain([&ab.overall]).zip(ba.services.iter().chain([&ba.overall])) {
            prop_assert_eq!((&x.a, &x.b), (&y.b, &y.a));
            prop_assert_eq!(x.verdict.as_str(), mirrored(&y.verdict));
            for (p, q) in x.difference.iter().zip(&y.difference) {
                prop_assert_eq!((p.t_s, p.value, p.low, p.high), (q.t_s, -q.value, -q.high, -q.low));
            }
            for (p, q) in x.overlay.iter().zip(&y.overlay) {
                prop_assert_eq!((p.t_s, p.a, p.b), (q.t_s, q.b, q.a));
            }
        }
    }

    #[test]
    fn the_calendar_does_not_matter(left in plans(), right in plans(), buckets in -100_000i64..100_000) {
        let (a, b) = (incident(&left), incident(&right));
        let moved = incident(&Plan { start: left.start + buckets * 60, ..left.clone() });
        prop_assert_eq!(relative(compare(&a, &b)), relative(compare(&moved, &b)));
        prop_assert_eq!(relative(compare(&b, &a)), relative(compare(&b, &moved)));
        let verdict = |x: &Incident, y: &Incident| compare(x, y).verdict;
        prop_assert_eq!(verdict(&a, &b), verdict(&moved, &b));
    }

    #[test]
    fn more_traffic_changes_volumes_and_not_ratios(left in plans(), right in plans()) {
        let (a, b) = (incident(&left), incident(&right));
        let busier = incident(&Plan { times: 8.0, ..left.clone() });
        let (one, eight) = (compare(&a, &b), compare(&busier, &b));
        prop_assert_eq!(one.similarity, eight.similarity);
        for (x, y) in one.services.iter().chain([&one.overall]).zip(eight.services.iter().chain([&eight.overall])) {
            prop_assert_eq!(x.a.failed.map(|failed| failed * 8.0), y.a.failed);
            prop_assert_eq!(x.a.error_minutes, y.a.error_minutes);
            prop_assert_eq!(x.a.peak.map(|p| p.value), y.a.peak.map(|p| p.value));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_two_are_aligned_on_lies_at_zero_and_moves_all_alike(left in plans(), right in plans(), given in -900i64..900) {
        let (a, b) = (incident(&left), incident(&right));
        let onset = compare(&a, &b);
        for kind in a.findings.milestones.iter().map(|m| m.kind) {
            let on = Alignment { milestone: Some(kind), at_s: [None, None] };
            // Without an onset the start of the evidence stands in for it, which is no milestone.
            let Ok(c) = compare_at(&a, &b, &on) else { continue };
            if b.findings.milestone(kind).is_none() {
                continue;
            }
            let at = c.milestones.iter().find(|m| m.kind == kind).unwrap();
            prop_assert_eq!((at.a_s, at.b_s), (Some(0), Some(0)));
            prop_assert_eq!(&c.phases, &onset.phases);
            prop_assert_eq!(&c.overall.a.duration_s, &onset.overall.a.duration_s);
            let back = compare_at(&b, &a, &on).unwrap();
            prop_assert_eq!((c.zero_s[0], c.zero_s[1]), (back.zero_s[1], back.zero_s[0]));
        }
        let at = Alignment { milestone: None, at_s: [Some(onset.zero_s[0] + given), None] };
        let c = compare_at(&a, &b, &at).unwrap();
        for (moved, was) in c.milestones.iter().zip(&onset.milestones) {
            prop_assert_eq!((moved.a_s, moved.b_s), (was.a_s.map(|s| s - given), was.b_s));
        }
        for (moved, was) in c.cascades[0].iter().zip(&onset.cascades[0]) {
            prop_assert_eq!(moved.after_s, was.after_s - given);
        }
    }
}

fn flat(name: &str, buckets: usize, hurt: std::ops::Range<usize>, requests: u32, failed: u32) -> (String, Counts) {
    (name.into(), (0..buckets).map(|n| Some((requests, if hurt.contains(&n) { failed } else { 0 }))).collect())
}

fn plan(width: u32, hurt: Option<(usize, usize)>, services: Vec<(String, Counts)>) -> Plan {
    Plan { start: START, width, hurt, services, times: 1.0 }
}

#[test]
fn finer_buckets_are_added_up_and_never_averaged() {
    // Minutes of 10/10 and 0/990: added up 1 %, averaged it would be 50 %.
    let minutes = (0..40).map(|n| Some(if n % 2 == 0 { (10, 10) } else { (990, 0) })).collect();
    let fine = incident(&plan(60, Some((10, 30)), vec![("store".into(), minutes)]));
    let coarse = incident(&plan(120, Some((5, 15)), vec![flat("store", 20, 5..15, 1000, 10)]));
    let c = compare(&fine, &coarse);
    assert_eq!(c.bucket_s, 120);
    assert!(c.overall.overlay.iter().filter_map(|p| p.a).all(|r| (r.value - 0.01).abs() < 1e-12));
    assert!(c.verdict.iter().any(|v| v.contains("added up to 2 min")), "{:?}", c.verdict);
}

#[test]
fn widths_that_do_not_divide_meet_at_their_common_multiple() {
    assert_eq!(curve::common_bucket(60, 300), 300);
    assert_eq!(curve::common_bucket(40, 60), 120);
    assert_eq!(curve::common_bucket(0, 60), 60);
}

#[test]
fn services_match_whatever_the_case_and_separators() {
    let a =
        incident(&plan(60, Some((5, 15)), vec![flat("Key Value", 30, 5..15, 100, 90), flat("dns", 30, 0..0, 9, 0)]));
    let b = incident(&plan(60, Some((5, 15)), vec![flat("key-value", 30, 5..15, 100, 9)]));
    let c = compare(&a, &b);
    let found: Vec<_> = c.services.iter().map(|s| (s.service.as_str(), s.other_name.as_deref(), s.presence)).collect();
    assert_eq!(found, [("Key Value", Some("key-value"), ServicePresence::Both), ("dns", None, ServicePresence::OnlyA)]);
    assert_eq!(c.services[0].verdict, "bigger");
    assert_eq!(c.services[1].verdict, "unknown");
}

#[test]
fn figures_of_a_plain_block_are_what_a_person_would_count() {
    let a = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    let s = &compare(&a, &a).overall.a;
    assert_eq!(s.peak.unwrap().value, 0.5);
    assert_eq!((s.time_to_peak_s, s.duration_s, s.half_life_s), (Some(0), Some(600), Some(600)));
    assert!((s.error_minutes.unwrap() - 5.0).abs() < 1e-9);
    assert_eq!((s.failed, s.second_dips), (Some(500.0), Some(0)));
}

#[test]
fn the_interval_of_a_difference_is_newcombes() {
    // His example: 56/70 − 48/80 = 0.20 (0.0524 to 0.3339), method 10.
    let d = difference(0, Ratio::of(56.0, 70.0).unwrap(), Ratio::of(48.0, 80.0).unwrap());
    assert!((d.value - 0.2).abs() < 1e-9);
    assert!((d.low - 0.0524).abs() < 1e-4 && (d.high - 0.3339).abs() < 1e-4, "{d:?}");
}

#[test]
fn a_larger_copy_has_the_same_shape_and_another_size() {
    let a = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 1000, 800)]));
    let b = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 1000, 200)]));
    let likeness = compare(&a, &b).similarity;
    assert!((likeness.shape.unwrap() - 1.0).abs() < 1e-9);
    assert!((likeness.size.unwrap() - 0.25).abs() < 1e-9);
}

#[test]
fn an_incident_without_impact_is_aligned_on_its_start_and_says_so() {
    let a = incident(&plan(60, None, vec![flat("store", 30, 0..0, 100, 0)]));
    let b = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    let c = compare(&a, &b);
    assert_eq!(c.zero_s[0], START);
    assert!(c.verdict.iter().any(|v| v.contains("No impact was measured in A")));
    assert_eq!(c.overall.a.error_minutes, Some(0.0));
    assert_eq!(c.overall.a.hurt, Some(false));
}

#[test]
fn nothing_at_all_is_compared_without_falling_over() {
    let empty = incident(&plan(60, None, Vec::new()));
    let c = compare(&empty, &empty);
    assert_eq!(c.similarity.shape, None);
    assert!(c.services.is_empty() && c.overall.overlay.is_empty());
}

/// An incident whose services are known by name alone: nothing of them was counted.
fn uncounted(names: &[&str]) -> Incident {
    let none = || vec![None; 30];
    incident(&plan(60, None, names.iter().map(|name| (name.to_string(), none())).collect()))
}

#[test]
fn what_was_not_measured_on_one_side_is_not_zero_and_not_compared() {
    let a = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    let c = compare(&a, &uncounted(&["store"]));
    let figures = |s: &crate::model::IncidentSummary| (s.hurt, s.error_minutes, s.failed, s.second_dips);
    assert_eq!(figures(&c.services[0].b), (None, None, None, None));
    assert_eq!(figures(&c.overall.b), (None, None, None, None));
    assert_eq!((c.similarity.size, c.similarity.services), (None, None));
    let said = c.verdict.join("\n");
    assert!(said.contains("B not measured"), "{said}");
    assert!(said.contains("only in A: 1 (store) not measured in B"), "{said}");
}

#[test]
fn hurt_only_in_one_is_told_apart_from_never_looked_at_in_the_other() {
    let hurt = |name: &str| flat(name, 30, 5..15, 100, 50);
    let a = incident(&plan(60, Some((5, 15)), vec![hurt("absent"), hurt("calm")]));
    let mut b = incident(&plan(60, Some((5, 15)), vec![flat("calm", 30, 0..0, 100, 0), hurt("store")]));
    b.rates.services[0].impact.clear();
    let said = compare(&a, &b).verdict.join("\n");
    let expected = "only in A: 1 (calm) measured and fine in B, 1 (absent) not in B's evidence; \
                    only in B: 1 (store) not in A's evidence.";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_given_moment_and_a_milestone_move_the_zero_and_what_is_missing_is_said() {
    let a = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    let b = incident(&plan(60, Some((8, 15)), vec![flat("store", 30, 8..15, 100, 50)]));
    let onset = compare_at(&a, &b, &Alignment::default()).unwrap();
    assert_eq!(onset, compare(&a, &b));
    assert_eq!(onset.aligned_on, ["onset", "onset"]);
    let given = Alignment { milestone: None, at_s: [Some(START + 600), None] };
    let moved = compare_at(&a, &b, &given).unwrap();
    assert_eq!(moved.zero_s, [START + 600, onset.zero_s[1]]);
    assert_eq!(moved.aligned_on, ["given", "onset"]);
    let mirror = compare_at(&b, &a, &Alignment { milestone: None, at_s: [None, Some(START + 600)] }).unwrap();
    assert_eq!((mirror.zero_s[1], mirror.zero_s[0]), (moved.zero_s[0], moved.zero_s[1]));
    let missing = Alignment { milestone: Some(MilestoneKind::Declared), at_s: [None, None] };
    let says = compare_at(&a, &b, &missing).unwrap_err();
    assert!(says.contains("declared in the first incident"), "{says}");
}

#[test]
fn services_are_matched_by_alias_and_by_role_only_where_there_is_no_doubt() {
    let mut a =
        incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50), flat("web", 30, 5..15, 100, 20)]));
    let b = incident(&plan(60, Some((5, 15)), vec![flat("kv", 30, 5..15, 100, 50), flat("web", 30, 5..15, 100, 20)]));
    let named = |c: &Comparison| -> Vec<(String, Option<String>, Option<String>)> {
        c.services.iter().map(|s| (s.service.clone(), s.other_name.clone(), s.matched_by.clone())).collect()
    };
    assert_eq!(compare(&a, &b).services.len(), 3, "two names are two services");
    let apart = compare(&a, &b).similarity.fingerprint.unwrap();
    let info = crate::model::ServiceInfo { aliases: vec!["K-V".into()], ..Default::default() };
    a.edition.services.services.insert("store".into(), info);
    let c = compare(&a, &b);
    let expected = ("store".to_string(), Some("kv".to_string()), Some("alias".to_string()));
    assert!(named(&c).contains(&expected) && c.services.len() == 2, "{:?}", named(&c));
    assert_eq!(c.similarity.fingerprint, Some(1.0));
    assert!(apart < 0.9);
    let mirror = compare(&b, &a);
    assert!(named(&mirror).contains(&("kv".to_string(), Some("store".to_string()), Some("alias".to_string()))));
    let step = |service: &str, rank: u32| crate::model::CascadeStep {
        service: service.into(),
        onset: interval(START + 300, 10),
        recovery: None,
        rank,
        peak: None,
        evidence: Vec::new(),
    };
    let (mut a, mut b) = (a, b);
    a.edition.services.services.clear();
    a.findings.cascade.steps = vec![step("store", 1), step("web", 2)];
    b.findings.cascade.steps = vec![step("kv", 1), step("web", 2)];
    let c = compare(&a, &b);
    assert!(named(&c).contains(&("store".to_string(), Some("kv".to_string()), Some("first to fail".to_string()))));
    assert_eq!(c.order_agreement, Some(1.0));
    b.findings.cascade.steps = vec![step("kv", 1), step("web", 1)];
    assert_eq!(compare(&a, &b).services.len(), 3, "who failed first is in doubt");
}

#[test]
fn a_library_is_sorted_by_what_moved_and_says_why() {
    let hurt = |name: &str, failed: u32| {
        plan(60, Some((5, 15)), vec![flat(name, 30, 5..15, 100, failed), flat("web", 30, 5..15, 100, 2)])
    };
    let one = incident(&hurt("store", 90));
    let others = [("b-same", hurt("store", 60)), ("a-other", hurt("queue", 90)), ("c-third", hurt("mail", 90))];
    let read = others.iter().map(|(name, plan)| Ok::<_, ()>((name.to_string(), Ok(incident(plan)))));
    let gone = std::iter::once(Ok(("d-gone".to_string(), Err("cut".to_string()))));
    let found = library(&one, read.chain(gone), LibraryOrder::Similarity).unwrap();
    let order: Vec<&str> = found.pairs.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(order, ["b-same", "a-other", "c-third"], "equal ones by path");
    assert!(found.pairs[0].similarity > found.pairs[1].similarity + 0.2);
    assert!(found.pairs[0].why.iter().any(|w| w == "errors of store rose in both"), "{:?}", found.pairs[0].why);
    assert_eq!(found.left_out, [("d-gone".to_string(), "cut".to_string())]);
}

#[test]
fn a_second_dip_is_counted_and_told_on_its_side_alone() {
    let counts = |again: std::ops::Range<usize>| -> Counts {
        (0..40).map(|n| Some((100, if (5..12).contains(&n) || again.contains(&n) { 60 } else { 0 }))).collect()
    };
    let a = incident(&plan(60, Some((5, 30)), vec![("store".into(), counts(20..26))]));
    let b = incident(&plan(60, Some((5, 12)), vec![("store".into(), counts(0..0))]));
    let c = compare(&a, &b);
    assert_eq!((c.overall.a.second_dips, c.overall.b.second_dips), (Some(1), Some(0)));
    assert!(c.similarity.shape.unwrap() < 0.9);
    assert_eq!(compare(&a, &a).similarity.shape, Some(1.0));
}

#[test]
fn a_longer_one_is_laid_out_whole_and_the_shorter_one_ends_in_nothing() {
    let a = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    let b = incident(&plan(60, Some((5, 90)), vec![flat("store", 120, 5..90, 100, 50)]));
    let c = compare(&a, &b);
    let last = c.overall.overlay.last().unwrap();
    assert!(last.t_s >= 85 * 60 && last.a.is_none() && last.b.is_some());
    assert!(c.overall.difference.iter().all(|d| d.t_s < 25 * 60));
    assert!(
        c.verdict.iter().any(|v| v.contains("A 10 min, B 1 h 25 min; B lasted 1 h 15 min longer")),
        "{:?}",
        c.verdict
    );
}

#[test]
fn a_ratio_without_counts_is_laid_out_and_nothing_is_counted() {
    let mut a = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    for bucket in &mut a.rates.services[0].buckets {
        (bucket.requests, bucket.failed) = (None, None);
    }
    let b = incident(&plan(60, Some((5, 15)), vec![flat("store", 30, 5..15, 100, 50)]));
    let s = &compare(&a, &b).services[0];
    assert_eq!((s.a.failed, s.b.failed), (None, Some(500.0)));
    assert_eq!(s.a.peak.map(|p| p.value), Some(0.5));
    assert_eq!(s.verdict, "same");
}

#[test]
fn how_the_failure_spread_and_how_long_each_stretch_took_is_told_with_figures() {
    let hurt = |names: [&str; 3]| names.map(|name| flat(name, 30, 5..15, 100, 50)).to_vec();
    let a = incident(&plan(60, Some((5, 15)), hurt(["service-a", "service-b", "service-c"])));
    let b = incident(&plan(60, Some((5, 15)), hurt(["service-c", "service-b", "service-a"])));
    let c = compare(&a, &b);
    let said = c.verdict.join("\n");
    let expected = "in A 3 failed within 1 min: first service-a, service-b 30 s after; in B 3 failed within 1 min: \
                    first service-c, service-b 30 s after. Of the services hurt in both, where the order is known in both: \
                    every pair in the other order (−1).";
    assert!(said.contains(expected), "{said}");
    use crate::model::Phase;
    let phase = |phase| c.phases.iter().find(|p| p.phase == phase).map(|p| (p.a_s, p.b_s));
    assert_eq!(phase(Phase::OnsetToDetected), Some((Some(90), Some(90))));
    assert_eq!(phase(Phase::DetectedToCause), Some((Some(110), Some(110))));
    assert_eq!(phase(Phase::OnsetToRecovered), Some((Some(600), Some(600))));
    assert_eq!(phase(Phase::TriggerToOnset), None, "no trigger is known of either");
}

#[test]
fn what_moves_in_every_incident_of_a_library_tells_less_than_what_moves_in_few() {
    let hurt = |names: [&str; 2]| {
        incident(&plan(60, Some((5, 15)), names.map(|name| flat(name, 30, 5..15, 100, 50)).to_vec()))
    };
    let one = hurt(["web", "store"]);
    let others = [
        ("rare", ["queue", "store"]),
        ("usual", ["web", "mail"]),
        ("more", ["web", "search"]),
        ("yet", ["web", "dns"]),
    ];
    let read = others.iter().map(|(name, hit)| Ok::<_, ()>((name.to_string(), Ok(hurt(*hit)))));
    let found = library(&one, read, LibraryOrder::Similarity).unwrap();
    assert_eq!(found.pairs[0].path, "rare", "{:?}", found.pairs);
}

#[test]
fn the_same_fault_of_another_service_is_told_from_another_fault_of_the_same_service() {
    let deviation = |service: &str, metric: &str, shift: f64| crate::model::Deviation {
        service: service.into(),
        metric: metric.into(),
        kind: crate::model::SignalKind::Other,
        share: false,
        usual: 1.0,
        spread: 0.1,
        worst: 1.0 + shift * 0.1,
        strength: shift.abs(),
        shift: Some(shift),
        excess: 1.0,
        counted: false,
        out_before: false,
        onset_s: START + 300,
        evidence: Vec::new(),
    };
    let felt = |all: &[(&str, &str, f64)]| {
        let mut one = incident(&plan(60, Some((5, 15)), vec![flat("web", 30, 5..15, 100, 2)]));
        one.rates.deviations = all.iter().map(|(s, m, shift)| deviation(s, m, *shift)).collect();
        one
    };
    let one = felt(&[("cart", "cpu", 6.0), ("cart", "threads", 3.0), ("web", "queue", 1.0)]);
    let elsewhere = felt(&[("stock", "cpu", 4.0), ("stock", "threads", 2.5), ("web", "queue", 0.8)]);
    let another = felt(&[("cart", "disk", 6.0), ("cart", "threads", -3.0), ("web", "queue", 1.0)]);
    let few = felt(&[("web", "latency", 2.0)]);
    let fault = |b: &Incident| compare(&one, b).similarity.fault;
    assert_eq!(fault(&one), Some(1.0));
    assert!(fault(&elsewhere).unwrap() > 0.95 && fault(&another).unwrap() < 0.2);
    assert_eq!(fault(&few), None, "what is slow and fails is any incident");
    let others = [("another", &another), ("elsewhere", &elsewhere), ("few", &few)];
    let read = others.iter().map(|(name, b)| Ok::<_, ()>((name.to_string(), Ok((*b).clone()))));
    let found = library(&one, read, LibraryOrder::Fault).unwrap();
    let order: Vec<&str> = found.pairs.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(order, ["elsewhere", "another", "few"]);
}
