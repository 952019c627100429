//! Yes against no: data lost or not, affected or not, total or not.

use std::collections::BTreeMap;

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
    let denials = side::sources(&denied);
    let mut lost: BTreeMap<&[String], Vec<&Claim>> = BTreeMap::new();
    for claim in of(true) {
        lost.entry(&claim.subjects).or_default().push(claim);
    }
    let told = |(subjects, lost): (&[String], Vec<&Claim>)| {
        let same = lost.iter().any(|c| c.subjects.is_empty() == denial.subjects.is_empty() || speaks_same(c, denial));
        let verdict = if same { Verdict::Contradiction } else { Verdict::Tension };
        let whose = if subjects.is_empty() { String::new() } else { format!(" of {}", subjects.join(", ")) };
        let text = format!(
            "{} {} that no data was lost, {} that something{whose} was; data kept and writes lost can both be true, and neither text says so",
            side::count(denials),
            if denials == 1 { "says" } else { "say" },
            match side::sources(&lost) {
                1 => "one".to_string(),
                several => several.to_string(),
            },
        );
        finding(verdict, AuditKind::Polarity, subjects.to_vec(), text, vec![side(&denied), side(&lost)])
    };
    lost.into_iter().map(told).collect()
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
                // "No queries failed" against "5 % of queries failed", which names nobody else.
                let unnamed = c.subjects.is_empty() && c.operation.is_some();
                let same = speaks_of(c, subject)
                    || c.subjects.iter().any(|s| is_one_of(s, subject) || is_operation_of(c, s, subject))
                    || unnamed && folded_operation(c.operation.as_deref()) == folded_operation(Some(subject));
                c.affirmed && hurt(c).is_some() && same && narrower
            };
            let hurts: Vec<&Claim> = claims.iter().filter(against).collect();
            out.extend(disputed(healthy, subject, &hurts));
        }
    }
    out
}

/// Whether a claim on the operation of a service is one on `whole`: "Asia (shards)", "Asia shards".
fn is_operation_of(claim: &Claim, service: &str, whole: &str) -> bool {
    claim.operation.as_ref().is_some_and(|operation| folded(&format!("{service} {operation}")) == folded(whole))
}

/// Whether two names in lower case may be one thing, said more and less exactly: "app", "mobile app".
fn is_one_of(a: &str, b: &str) -> bool {
    let plain = |name: &str| !name.contains(char::is_uppercase);
    let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with(' '));
    plain(a) && plain(b) && (ends(a, b) || ends(b, a))
}

/// One finding for a service that some say was hurt; a group's word weighs less than its own.
fn disputed(healthy: &Claim, subject: &str, hurts: &[&Claim]) -> Option<AuditFinding> {
    let verdict = hurts
        .iter()
        .filter_map(|c| {
            let group = c.subjects.len() > 1 || !speaks_of(c, subject);
            hurt(c).map(|v| if group { v.max(Verdict::Tension) } else { v })
        })
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

/// Words for total failure against a figure below total, or against words for a small failure: one finding
/// for each thing and class.
pub(super) fn totality(claims: &[Claim]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    for total in claims.iter().filter(|c| is_total(c) && !is_alternative(c, claims)) {
        for other in claims.iter().filter(|c| c.affirmed && same_thing(total, c)) {
            let Some(kind) = smaller(total, other, claims) else { continue };
            let shared = shared(total, other);
            let known = |f: &AuditFinding| f.kind == kind && !f.subjects.is_empty() && f.subjects == shared;
            match out.iter_mut().find(|f| known(f)) {
                Some(f) => add(f, total, other),
                None => {
                    let text = format!("{}: {} against {}", names(total), says(total), says(other));
                    let sides = vec![side(&[total]), side(&[other])];
                    out.push(finding(Verdict::Tension, kind, shared, text, sides));
                }
            }
        }
    }
    out
}

/// Subjects that both speak of.
fn shared(a: &Claim, b: &Claim) -> Vec<String> {
    a.subjects.iter().filter(|s| speaks_of(b, s)).cloned().collect()
}

/// "Up to 22 % or complete unavailability": the words of the same sentence stand beside its figure.
fn is_alternative(claim: &Claim, claims: &[Claim]) -> bool {
    let beside = |c: &&Claim| {
        c.source == claim.source && c.quote == claim.quote && c.value.is_some() && !shared(claim, c).is_empty()
    };
    claim.value.is_none() && claims.iter().any(|c| beside(&c))
}

/// How `other` falls short of a total failure: by its figure, or by its words.
fn smaller(total: &Claim, other: &Claim, claims: &[Claim]) -> Option<AuditKind> {
    let value = side::error_value(other).filter(|_| other.measure != Measure::TrafficChange);
    let limit = if total.bound == Bound::About { NEARLY } else { TOTAL };
    let beside = other.source == total.source && other.quote == total.quote;
    let less = value.is_some_and(|(v, b)| v < limit && b != Bound::AtLeast && total.value.is_none());
    if !beside && less {
        return Some(AuditKind::Figure);
    }
    let words = other.quote.to_lowercase();
    let small = other.measure == Measure::Degraded
        && !claims.iter().any(|c| c.source == other.source && is_total(c) && same_thing(total, c))
        && SMALL.iter().any(|w| words.contains(w));
    small.then_some(AuditKind::Scope)
}

/// Total failure of a whole, or of several operations of it, against words of another text for a small
/// failure of one operation: what is true of a part was told of the whole. What is `told` already is left out.
pub(super) fn partial(claims: &[Claim], told: &[AuditFinding]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    let several = |c: &Claim| c.operation.as_ref().is_none_or(|o| o.contains(['/', ' ']) && !o.ends_with("service"));
    for total in claims.iter().filter(|c| is_total(c) && !c.subjects.is_empty() && several(c)) {
        for part in claims.iter().filter(|c| c.affirmed && c.source != total.source && c.operation.is_some()) {
            let shared = part.subjects.iter().any(|s| speaks_of(total, s));
            let words = part.quote.to_lowercase();
            let small = part.measure == Measure::Degraded && SMALL.iter().any(|w| words.contains(w));
            let one = folded_operation(total.operation.as_deref()) == folded_operation(part.operation.as_deref());
            let same = |f: &AuditFinding| {
                f.kind == AuditKind::Scope
                    && part.subjects.iter().any(|p| f.subjects.iter().any(|t| folded(t) == folded(p)))
            };
            if !shared || !small || one || told.iter().any(same) {
                continue;
            }
            let text = format!("{}: {} against {}", names(total), says(total), says(part));
            match out.iter_mut().find(|f| same(f)) {
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

/// Adds further witnesses: to the side that says the same, else as a side of its own.
fn add(finding: &mut AuditFinding, a: &Claim, b: &Claim) {
    for claim in [a, b] {
        let citation = side::cite(claim);
        match finding.sides.iter_mut().find(|s| s.says == says(claim)) {
            Some(side) if side.evidence.contains(&citation) => {}
            Some(side) => side.evidence.push(citation),
            None => finding.sides.push(side(&[claim])),
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
