//! Yes against no: data lost or not, affected or not, total or not.

use super::side::{self, finding, folded, folded_operation, names, says, side, speaks_of};
use crate::model::{AuditFinding, AuditKind, Bound, Claim, Measure, Verdict};

/// A figure at or above this is what words for total failure mean.
const TOTAL: f64 = 0.985;

/// A figure at or above this is what "nearly total" means.
const NEARLY: f64 = 0.85;

/// A figure below this is no impact worth the word.
const NOTHING: f64 = 0.005;

/// Data lost, or not: one finding for each thing said to be lost.
pub(super) fn data_loss(claims: &[Claim]) -> Vec<AuditFinding> {
    let of = |affirmed: bool| claims.iter().filter(move |c| c.measure == Measure::DataLoss && c.affirmed == affirmed);
    let denied: Vec<&Claim> = of(false).collect();
    let Some(denial) = denied.first() else { return Vec::new() };
    let sources = side::sources(&denied);
    of(true)
        .map(|lost| {
            let same = lost.subjects.is_empty() == denial.subjects.is_empty() || speaks_same(lost, denial);
            let verdict = if same { Verdict::Contradiction } else { Verdict::Tension };
            let whose = if lost.subjects.is_empty() { String::new() } else { format!(" of {}", lost.subjects.join(", ")) };
            let text = format!(
                "{} say that no data was lost, one that something{whose} was; data kept and writes lost can both be true, and neither text says so",
                side::count(sources)
            );
            finding(verdict, AuditKind::Polarity, lost.subjects.clone(), text, vec![side(&denied), side(&[lost])])
        })
        .collect()
}

fn speaks_same(a: &Claim, b: &Claim) -> bool {
    a.subjects.iter().any(|s| speaks_of(b, s))
}

/// Whether a claim says that something was hurt, and how gravely.
fn hurt(claim: &Claim) -> Option<Verdict> {
    match claim.measure {
        Measure::Unavailable => Some(Verdict::Contradiction),
        Measure::Degraded => Some(Verdict::Tension),
        Measure::ErrorRatio | Measure::SuccessRatio => {
            let (value, bound) = side::error_value(claim)?;
            (value > NOTHING && bound != Bound::AtMost).then_some(Verdict::Contradiction)
        }
        _ => None,
    }
}

/// Unaffected against affected, per service.
pub(super) fn scope(claims: &[Claim]) -> Vec<AuditFinding> {
    let mut out = Vec::new();
    for healthy in claims.iter().filter(|c| c.measure == Measure::Unaffected && c.affirmed) {
        for subject in &healthy.subjects {
            let against = |c: &&Claim| {
                let narrower = healthy.operation.is_none()
                    || folded_operation(c.operation.as_deref()) == folded_operation(healthy.operation.as_deref());
                c.affirmed && hurt(c).is_some() && speaks_of(c, subject) && narrower
            };
            let hurts: Vec<&Claim> = claims.iter().filter(against).collect();
            out.extend(disputed(healthy, subject, &hurts));
        }
    }
    out
}

/// One finding for a service that some say was hurt; a group's word weighs less than its own.
fn disputed(healthy: &Claim, subject: &str, hurts: &[&Claim]) -> Option<AuditFinding> {
    let verdict = hurts
        .iter()
        .filter_map(|c| hurt(c).map(|v| if c.subjects.len() > 1 { v.max(Verdict::Tension) } else { v }))
        .min()?;
    let words: Vec<String> = said_once(hurts);
    let text = format!(
        "{subject}: unaffected in {}, but {} in {}",
        side::count(1),
        words.join(", "),
        side::count(side::sources(hurts))
    );
    let mut sides = vec![side(&[healthy])];
    for hurt in hurts {
        let said = side(&[hurt]);
        if !sides.contains(&said) {
            sides.push(said);
        }
    }
    Some(finding(verdict, AuditKind::Scope, vec![subject.to_string()], text, sides))
}

fn said_once(claims: &[&Claim]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for claim in claims {
        let said = says(claim);
        if !words.contains(&said) {
            words.push(said);
        }
    }
    words
}

/// Words in a quotation that make a partial failure a small one (lower case).
const SMALL: &[&str] = &["limited", "minor", "partial", "some locations", "small", "brief", "regional"];

/// Words for total failure against a figure below total, or against words for a small failure.
pub(super) fn totality(claims: &[Claim]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    for total in claims.iter().filter(|c| is_total(c)) {
        for other in claims.iter().filter(|c| c.affirmed && same_thing(total, c)) {
            let value = side::error_value(other).filter(|_| other.measure != Measure::TrafficChange);
            let limit = if total.bound == Bound::About { NEARLY } else { TOTAL };
            let alternative = other.source == total.source && other.quote == total.quote;
            let smaller =
                !alternative && value.is_some_and(|(v, b)| v < limit && b != Bound::AtLeast && total.value.is_none());
            let words = other.quote.to_lowercase();
            let small = other.measure == Measure::Degraded
                && !claims.iter().any(|c| c.source == other.source && is_total(c) && same_thing(total, c))
                && SMALL.iter().any(|w| words.contains(w));
            if smaller || small {
                let kind = if smaller { AuditKind::Figure } else { AuditKind::Scope };
                let text = format!("{}: {} against {}", names(total), says(total), says(other));
                let known = |f: &AuditFinding| f.text == text && f.kind == kind;
                match out.iter_mut().find(|f| known(f)) {
                    Some(f) => add(f, total, other),
                    None => {
                        let sides = vec![side(&[total]), side(&[other])];
                        out.push(finding(Verdict::Tension, kind, total.subjects.clone(), text, sides));
                    }
                }
            }
        }
    }
    out
}

/// Total failure of a whole, or of several operations of it, against words of another text for a small
/// failure of one operation: what is true of a part was told of the whole.
pub(super) fn partial(claims: &[Claim]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    let several = |c: &Claim| c.operation.as_ref().is_none_or(|o| o.contains(['/', ' ']) && !o.ends_with("service"));
    for total in claims.iter().filter(|c| is_total(c) && !c.subjects.is_empty() && several(c)) {
        for part in claims.iter().filter(|c| c.affirmed && c.source != total.source && c.operation.is_some()) {
            let shared = part.subjects.iter().any(|s| speaks_of(total, s));
            let words = part.quote.to_lowercase();
            let small = part.measure == Measure::Degraded && SMALL.iter().any(|w| words.contains(w));
            let one = folded_operation(total.operation.as_deref()) == folded_operation(part.operation.as_deref());
            if !shared || !small || one {
                continue;
            }
            let text = format!("{}: {} against {}", names(total), says(total), says(part));
            match out
                .iter_mut()
                .find(|f| f.subjects == part.subjects && f.sides.last().is_some_and(|s| s.quote == part.quote))
            {
                Some(f) => add(f, total, part),
                None => {
                    let sides = vec![side(&[total]), side(&[part])];
                    out.push(finding(Verdict::Tension, AuditKind::Scope, part.subjects.clone(), text, sides));
                }
            }
        }
    }
    out
}

/// Adds further witnesses to both sides of a finding.
fn add(finding: &mut AuditFinding, a: &Claim, b: &Claim) {
    for (side, claim) in finding.sides.iter_mut().zip([a, b]) {
        let citation = side::cite(claim);
        if !side.evidence.contains(&citation) {
            side.evidence.push(citation);
        }
    }
}

/// A claim of total failure of something named.
fn is_total(claim: &Claim) -> bool {
    let named = !claim.subjects.is_empty() || claim.operation.is_some();
    let figure = side::error_value(claim).is_some_and(|(v, b)| v >= TOTAL && b != Bound::AtMost);
    claim.affirmed
        && named
        && match claim.measure {
            Measure::Unavailable => true,
            Measure::ErrorRatio | Measure::SuccessRatio => figure,
            _ => false,
        }
}

/// Whether two claims speak of one thing: a shared subject and the same operation, or, where one
/// names no subject, operations of at least two words of which one ends the other.
fn same_thing(a: &Claim, b: &Claim) -> bool {
    let (oa, ob) = (folded_operation(a.operation.as_deref()), folded_operation(b.operation.as_deref()));
    if a.subjects.is_empty() || b.subjects.is_empty() {
        let long = |c: &Claim| c.operation.as_ref().is_some_and(|o| o.contains(' '));
        return long(a) && long(b) && (oa.ends_with(&ob) || ob.ends_with(&oa));
    }
    let shared = a.subjects.iter().any(|s| b.subjects.iter().any(|o| folded(o) == folded(s)));
    shared && oa == ob
}
