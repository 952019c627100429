//! Names so near that they may be one: never merged, said when it would matter.

use super::side::{self, finding, folded, says, side};
use crate::model::{AuditFinding, AuditKind, Claim, Measure, Verdict};

/// One figure, given to a name by one text and to a near name by another that knows the first not.
pub(super) fn near(claims: &[Claim]) -> Vec<AuditFinding> {
    let figures: Vec<&Claim> = claims
        .iter()
        .filter(|c| c.affirmed && c.subjects.len() == 1 && c.value.is_some() && is_ratio(c.measure))
        .collect();
    let mut out: Vec<AuditFinding> = Vec::new();
    for (i, a) in figures.iter().enumerate() {
        for b in figures.iter().skip(i + 1).filter(|b| b.source != a.source) {
            let (Some(name), Some(other)) = (a.subjects.first(), b.subjects.first()) else { continue };
            let speaks =
                |c: &Claim, name: &str| claims.iter().any(|k| k.source == c.source && side::speaks_of(k, name));
            let value = |c: &Claim| side::error_value(c).map(|(v, _)| v);
            let one = value(a).zip(value(b)).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
            if !one || !is_near(name, other) || speaks(a, other) || speaks(b, name) {
                continue;
            }
            let text = format!("{name} and {other} have one figure ({}); they are kept apart as two names", says(a));
            let names = vec![name.clone(), other.clone()];
            if !out.iter().any(|f| f.subjects == names) {
                out.push(finding(Verdict::Unclear, AuditKind::NearName, names, text, vec![side(&[a]), side(&[b])]));
            }
        }
    }
    out
}

fn is_ratio(measure: Measure) -> bool {
    matches!(measure, Measure::ErrorRatio | Measure::SuccessRatio)
}

/// One name ends or begins with the other's words, and they are not the same.
fn is_near(a: &str, b: &str) -> bool {
    let words = |n: &str| n.split_whitespace().map(folded).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.len() < long.len() && !short.is_empty() && (long.ends_with(&short) || long.starts_with(&short))
}
