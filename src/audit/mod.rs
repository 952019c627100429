//! Audit: does the story agree with itself, with other stories, and with the data?
//!
//! Claims are grouped by (subjects, operation, measure). A figure of a group ("A, B and C up to
//! 22 %") stays the group's and is never copied to its members. Every finding quotes both sides.

mod case;
mod causes;
mod counts;
mod dates;
mod distances;
mod durations;
mod edges;
mod evidence;
mod figures;
mod foreign;
mod lint;
mod moments;
mod names;
mod polarity;
mod remedies;
mod side;
mod tally;
mod told;
mod words;

pub use case::Case;
pub use figures::stated_figures;
pub use lint::lint;

use crate::model::{AUDIT_SCHEMA_VERSION, Audit, AuditFinding, Claim, Incident};

/// Checks `claims` against each other and against `incident`.
///
/// Claims and incident must come from one run, since both name sources by the same ids. Findings
/// come gravest first, then by kind, subjects and place.
pub fn check(claims: &[Claim], incident: &Incident) -> Audit {
    check_case(&Case::of(claims, incident))
}

/// Checks the stories of `case` against each other, against its data and against what is told of
/// other incidents.
pub fn check_case(case: &Case<'_>) -> Audit {
    let (compared, left) = case::compared(&case.claims);
    let (whole, incident) = (case, case.incident);
    let case = &Case { claims: compared, ..case.clone() };
    let claims = case.claims.as_slice();
    let mut findings = figures::unequal(claims);
    findings.extend(case.left_out(left));
    findings.extend(figures::extremes(claims));
    findings.extend(counts::differing(claims));
    findings.extend(counts::shares(claims));
    findings.extend(durations::against_own_rows(claims, incident));
    findings.extend(polarity::data_loss(claims));
    findings.extend(polarity::scope(claims));
    findings.extend(polarity::totality(claims));
    findings.extend(polarity::partial(claims, &findings));
    findings.extend(causes::rivals(claims));
    findings.extend(edges::check(claims));
    findings.extend(remedies::stages(claims));
    findings.extend(dates::severity_times(claims, incident));
    findings.extend(dates::severity_at_once(claims));
    findings.extend(distances::check(case));
    findings.extend(dates::incident_dates(claims, incident));
    findings.extend(moments::check(case));
    findings.extend(names::near(claims));
    findings.extend(foreign::check(case));
    findings.extend(evidence::against_data(claims, incident));
    findings.extend(edges::against_data(claims, incident));
    findings.extend(evidence::losses(claims, incident));
    findings.extend(told::against_data(case));
    let alone = tally::strangers(case, &findings);
    findings.extend(tally::quarantine(case, &alone));
    findings.sort_by(order);
    Audit {
        schema_version: AUDIT_SCHEMA_VERSION,
        sources: case.sources(),
        writeups: tally::writeups(whole, &findings, &alone),
        matrix: tally::matrix(whole),
        consensus: tally::consensus(case, &alone),
        told: tally::told(case),
        edges: tally::edges(case),
        lint: Vec::new(),
        findings,
    }
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
