//! Audit: does the story agree with itself, with other stories, and with the data?
//!
//! Claims are grouped by (subjects, operation, measure). A figure of a group ("A, B and C up to
//! 22 %") stays the group's and is never copied to its members. Every finding quotes both sides.

mod causes;
mod dates;
mod durations;
mod evidence;
mod figures;
mod polarity;
mod side;

pub use figures::stated_figures;

use crate::model::{Audit, AuditFinding, Claim, Incident};

/// Checks `claims` against each other and against `incident`.
///
/// Claims and incident must come from one run, since both name sources by the same ids. Findings
/// come gravest first, then by kind, subjects and place.
pub fn check(claims: &[Claim], incident: &Incident) -> Audit {
    let mut findings = figures::unequal(claims);
    findings.extend(figures::extremes(claims));
    findings.extend(durations::against_own_rows(claims, incident));
    findings.extend(polarity::data_loss(claims));
    findings.extend(polarity::scope(claims));
    findings.extend(polarity::totality(claims));
    findings.extend(causes::rivals(claims));
    findings.extend(dates::severity_times(claims, incident));
    findings.extend(dates::incident_dates(claims, incident));
    findings.extend(evidence::against_data(claims, incident));
    findings.sort_by(order);
    Audit { findings }
}

/// Gravest first, then kind, subjects, place, words.
fn order(a: &AuditFinding, b: &AuditFinding) -> std::cmp::Ordering {
    let place = |f: &AuditFinding| f.sides.iter().flat_map(|s| &s.evidence).map(|c| (c.source, c.span.offset)).next();
    a.verdict
        .cmp(&b.verdict)
        .then(a.kind.cmp(&b.kind))
        .then_with(|| a.subjects.cmp(&b.subjects))
        .then_with(|| place(a).cmp(&place(b)))
        .then_with(|| a.text.cmp(&b.text))
}

#[cfg(test)]
mod tests;
