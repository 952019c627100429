//! Remedies: under way before, or planned because of it.

use super::side::{count, finding, side, sources};
use super::words::{overlap, stems};
use crate::model::{AuditFinding, AuditKind, Claim, Measure, Stage, Verdict};

/// Share of the words of the shorter of two remedies that makes them one.
const ALIKE: f64 = 0.3;

/// Words they must share at least.
const SHARED: usize = 2;

/// One text says that a remedy had begun or is done, another that it is to come.
pub(super) fn stages(claims: &[Claim]) -> Vec<AuditFinding> {
    let told: Vec<&Claim> = claims.iter().filter(|c| c.measure == Measure::Remedy && c.stage.is_some()).collect();
    let begun = told.iter().copied().filter(|c| c.stage != Some(Stage::Planned));
    let mut out: Vec<AuditFinding> = Vec::new();
    let mut taken: Vec<&Claim> = Vec::new();
    for one in begun {
        if taken.contains(&one) {
            continue;
        }
        let other: Vec<&Claim> = told
            .iter()
            .copied()
            .filter(|c| c.stage == Some(Stage::Planned) && c.source != one.source && same(one, c))
            .collect();
        let Some(first) = other.first() else { continue };
        let before: Vec<&Claim> = told
            .iter()
            .copied()
            .filter(|c| c.stage != Some(Stage::Planned) && other.iter().all(|o| o.source != c.source) && same(c, first))
            .collect();
        if before.is_empty() {
            continue;
        }
        taken.extend(&before);
        let text = format!(
            "\"{}\" had begun before ({}), or is planned since ({})",
            first.object.as_deref().unwrap_or(""),
            count(sources(&before)),
            count(sources(&other))
        );
        out.push(finding(Verdict::Tension, AuditKind::Remedy, Vec::new(), text, vec![side(&before), side(&other)]));
    }
    out
}

fn same(a: &Claim, b: &Claim) -> bool {
    let words = |c: &Claim| stems(c.object.as_deref().unwrap_or(""));
    let (a, b) = (words(a), words(b));
    a.intersection(&b).count() >= SHARED && overlap(&a, &b) >= ALIKE
}
