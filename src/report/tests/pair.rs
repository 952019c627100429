//! A made-up comparison.

use super::full::HOSTILE;
use crate::model::{
    Comparison, DifferencePoint, FindingKind, FindingPair, IncidentSummary, MilestoneKind, MilestonePair,
    OperationFigures, OrderStep, OverlayPoint, Phase, PhasePair, Ratio, ServiceComparison, ServicePresence, Similarity,
};
use crate::report::fixture;

fn figures(peak: f64, duration_s: i64) -> IncidentSummary {
    IncidentSummary {
        hurt: Some(true),
        peak: Ratio::of(peak * 4_000.0, 4_000.0),
        time_to_peak_s: Some(1_080),
        duration_s: Some(duration_s),
        error_minutes: Some(peak * duration_s as f64 / 60.0),
        failed: Some(peak * 900_000.0),
        half_life_s: Some(420),
        second_dips: Some(1),
        operations: [("PUT /object", peak, Some(300)), ("GET /object", peak / 3.0, None)]
            .into_iter()
            .filter_map(|(name, ratio, width_s)| {
                let ratio = Ratio::of(ratio * 900.0, 900.0)?;
                Some(OperationFigures { operation: name.into(), ratio, width_s })
            })
            .collect(),
    }
}

fn service(name: &str, presence: ServicePresence, a: f64, b: f64) -> ServiceComparison {
    let curve =
        |peak: f64, t: i64| Ratio::of(peak * (1.0 - ((t - 4_000).abs() as f64 / 6_000.0)).max(0.0) * 3_000.0, 3_000.0);
    let overlay: Vec<OverlayPoint> = (-10..140)
        .map(|m| OverlayPoint { t_s: m * 60, a: curve(a, m * 60), b: if m > 90 { None } else { curve(b, m * 60) } })
        .collect();
    let difference = overlay
        .iter()
        .filter_map(|p| Some((p.t_s, p.a?, p.b?)))
        .map(|(t_s, a, b)| DifferencePoint { t_s, value: a.value - b.value, low: a.low - b.high, high: a.high - b.low })
        .collect();
    ServiceComparison {
        service: name.into(),
        other_name: (name == "key-value").then(|| "kv".to_string()),
        matched_by: (name == "key-value").then(|| "alias".to_string()),
        presence,
        a: figures(a, 9_360),
        b: figures(b, 4_020),
        verdict: "bigger".into(),
        overlay,
        difference,
    }
}

fn step(service: &str, rank: u32, after_s: i64) -> OrderStep {
    OrderStep { service: service.into(), rank, after_s, slack_s: 59 }
}

/// Two incidents side by side.
pub fn comparison() -> Comparison {
    let track = fixture::incident().timeline.severity;
    Comparison {
        titles: ["key-value outage".into(), HOSTILE.into()],
        zero_s: [fixture::START_S, fixture::START_S - 7_000_000],
        bucket_s: 60,
        overall: service("overall", ServicePresence::Both, 0.9, 0.35),
        services: vec![
            service("key-value", ServicePresence::Both, 0.9, 0.4),
            service("object-store", ServicePresence::OnlyB, 0.0, 1.0),
            service(HOSTILE, ServicePresence::OnlyA, 0.5, 0.0),
        ],
        aligned_on: ["onset".into(), "onset".into()],
        cascades: [
            vec![step("key-value", 1, 0), step(HOSTILE, 2, 75)],
            vec![step("object-store", 1, -60), step("kv", 2, 5), step("other", 3, 400)],
        ],
        order_agreement: None,
        similarity: Similarity { shape: Some(0.83), size: Some(0.31), services: None, ..Similarity::default() },
        milestones: vec![
            MilestonePair { kind: MilestoneKind::Detected, a_s: Some(0), b_s: Some(420) },
            MilestonePair { kind: MilestoneKind::Escalated, a_s: Some(780), b_s: None },
            MilestonePair { kind: MilestoneKind::Resolved, a_s: Some(9_360), b_s: Some(4_020) },
        ],
        phases: vec![PhasePair { phase: Phase::OnsetToDetected, a_s: Some(41), b_s: Some(402) }],
        findings: vec![FindingPair {
            kind: FindingKind::LostWrites,
            a: vec![HOSTILE.into(), "A second.".into()],
            b: Vec::new(),
        }],
        severity: [track.clone(), track],
        patterns: [vec!["upstream <*> refused".into()], vec![HOSTILE.into()], Vec::new()],
        verdict: vec![
            "The first was bigger: peak 90 % against 35 %, and lasted 2.3 times as long.".into(),
            "Likeness: shape 0.83.".into(),
        ],
    }
}
