//! Names, figures and quotations in the form findings use.

use crate::model::{AuditFinding, AuditKind, Bound, Citation, Claim, Measure, Side, SourceId, Verdict};

/// A name without case and separators.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An operation without case, separators and plural.
pub(super) fn folded_operation(operation: Option<&str>) -> String {
    let folded = operation.map(folded).unwrap_or_default();
    folded.strip_suffix('s').map_or(folded.clone(), str::to_string)
}

/// What several claims are compared under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// Folded subjects, sorted.
    pub subjects: Vec<String>,
    /// Folded operation, empty for none.
    pub operation: String,
    /// Measure, success counted as failure.
    pub measure: Measure,
}

/// The key of a claim.
pub(super) fn key(claim: &Claim) -> Key {
    let mut subjects: Vec<String> = claim.subjects.iter().map(|s| folded(s)).collect();
    subjects.sort();
    subjects.dedup();
    let measure = if claim.measure == Measure::SuccessRatio { Measure::ErrorRatio } else { claim.measure };
    Key { subjects, operation: folded_operation(claim.operation.as_deref()), measure }
}

/// Value and bound of a claim with success counted as failure ("0 % success" is an error ratio of 1).
pub(super) fn error_value(claim: &Claim) -> Option<(f64, Bound)> {
    let value = claim.value?;
    if claim.measure != Measure::SuccessRatio {
        return Some((value, claim.bound));
    }
    let bound = match claim.bound {
        Bound::AtMost => Bound::AtLeast,
        Bound::AtLeast => Bound::AtMost,
        other => other,
    };
    Some((((1.0 - value) * 1e9).round() / 1e9, bound))
}

/// Whether a claim speaks of `subject`, alone or in a group.
pub(super) fn speaks_of(claim: &Claim, subject: &str) -> bool {
    claim.subjects.iter().any(|s| folded(s) == folded(subject))
}

/// A share with the digits that were written: "88.25 %".
pub(super) fn percent(value: f64, decimals: u8) -> String {
    format!("{:.*} %", usize::from(decimals), value * 100.0)
}

/// Seconds as "2 h 36 min", with seconds only when they matter.
pub(super) fn length(seconds: f64) -> String {
    let total = seconds.round() as i64;
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60);
    let mut parts = Vec::new();
    if hours > 0 {
        parts.push(format!("{hours} h"));
    }
    if minutes > 0 || (hours == 0 && rest == 0) {
        parts.push(format!("{minutes} min"));
    }
    if rest > 0 {
        parts.push(format!("{rest} s"));
    }
    parts.join(" ")
}

/// "up to", "about", "over" before a figure; empty for an exact one.
fn bound_words(bound: Bound) -> &'static str {
    match bound {
        Bound::Exactly => "",
        Bound::About => "about ",
        Bound::AtMost => "up to ",
        Bound::AtLeast => "at least ",
    }
}

/// What a claim says, in short.
pub(super) fn says(claim: &Claim) -> String {
    let bound = bound_words(claim.bound);
    let operation = claim.operation.as_ref().map(|o| format!(" ({o})")).unwrap_or_default();
    let object = claim.object.as_deref().unwrap_or("");
    let words = match (claim.measure, claim.value) {
        (Measure::ErrorRatio, Some(v)) => format!("{bound}{} failing", percent(v, claim.decimals)),
        (Measure::SuccessRatio, Some(v)) => format!("{bound}{} succeeding", percent(v, claim.decimals)),
        (Measure::TrafficChange, Some(v)) if v < 0.0 => {
            format!("traffic {bound}{} below normal", percent(-v, claim.decimals))
        }
        (Measure::TrafficChange, Some(v)) => format!("traffic {bound}{} above normal", percent(v, claim.decimals)),
        (Measure::Count, Some(_)) => return format!("{bound}{object} {}", claim.operation.as_deref().unwrap_or("")),
        (Measure::Duration, Some(v)) => format!("{bound}{}", length(v)),
        (Measure::Unavailable, _) if claim.bound == Bound::About => "nearly unavailable".to_string(),
        (Measure::Unavailable, _) => "unavailable".to_string(),
        (Measure::Degraded, _) => "degraded".to_string(),
        (Measure::Unaffected, _) => "unaffected".to_string(),
        (Measure::DataLoss, _) if claim.affirmed => "something was lost".to_string(),
        (Measure::DataLoss, _) => "nothing was lost".to_string(),
        (Measure::Cause, _) if claim.affirmed => format!("cause: {object}"),
        (Measure::Cause, _) => format!("not caused by: {object}"),
        (Measure::Dependency | Measure::Order | Measure::Spread, _) => return assertion(claim),
        _ => object.to_string(),
    };
    words + &operation
}

/// What a claim asserts, in short and whole, for a table.
pub(super) fn assertion(claim: &Claim) -> String {
    let object = claim.object.as_deref().unwrap_or("");
    let denied = if claim.affirmed { "" } else { "not " };
    match claim.measure {
        Measure::Dependency => format!("{denied}on {object}{}", extent(claim)),
        Measure::Factor | Measure::Remedy | Measure::State | Measure::Severity | Measure::IncidentDate => {
            format!("{denied}{object}")
        }
        Measure::Order => format!("before {object}"),
        Measure::Spread => "hurt too".to_string(),
        _ => says(claim),
    }
}

fn extent(claim: &Claim) -> &'static str {
    match (claim.value, claim.bound) {
        (Some(_), _) => " alone",
        (None, Bound::AtMost) => " in part",
        _ => "",
    }
}

/// Whether a measure has figures that can be compared.
pub(super) fn is_figure(measure: Measure) -> bool {
    matches!(measure, Measure::ErrorRatio | Measure::SuccessRatio | Measure::TrafficChange | Measure::Duration)
}

/// Where a claim stands.
pub(super) fn cite(claim: &Claim) -> Citation {
    claim.evidence.cite(claim.source)
}

/// One side from claims that say the same; the first one's words are quoted.
pub(super) fn side(claims: &[&Claim]) -> Side {
    let first = claims.first();
    let mut evidence: Vec<Citation> = claims.iter().map(|c| cite(c)).collect();
    evidence.sort();
    evidence.dedup();
    Side {
        says: first.map(|c| says(c)).unwrap_or_default(),
        quote: first.map(|c| c.quote.clone()).unwrap_or_default(),
        evidence,
    }
}

/// Distinct sources of claims.
pub(super) fn sources(claims: &[&Claim]) -> usize {
    let mut ids: Vec<SourceId> = claims.iter().map(|c| c.source).collect();
    ids.sort();
    ids.dedup();
    ids.len()
}

/// "1 source", "3 sources".
pub(super) fn count(n: usize) -> String {
    if n == 1 { "1 source".to_string() } else { format!("{n} sources") }
}

/// Names for a sentence: "A, B and C", or "the incident" for none, with the operation.
pub(super) fn names(claim: &Claim) -> String {
    let whole = match claim.subjects.as_slice() {
        [] => "the incident".to_string(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    };
    match (&claim.operation, claim.subjects.is_empty()) {
        (Some(op), true) => op.clone(),
        (Some(op), false) => format!("{whole} ({op})"),
        (None, _) => whole,
    }
}

/// A finding with its sides.
pub(super) fn finding(
    verdict: Verdict,
    kind: AuditKind,
    subjects: Vec<String>,
    text: String,
    sides: Vec<Side>,
) -> AuditFinding {
    AuditFinding { verdict, kind, subjects, text, sides }
}
