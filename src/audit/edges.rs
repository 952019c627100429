//! Dependencies as told: direct or through another, in one direction or the other, wholly or in part.

use super::side::{count, finding, folded, side, sources};
use crate::model::{AuditFinding, AuditKind, Bound, Claim, Edge, EdgeBasis, Incident, Measure, Side, Verdict};

/// Words that may follow a name without making it another ("Google Cloud Platform"), lower case.
const FILLERS: &[&str] = &["platform", "service", "services", "inc", "the", "cloud"];

/// All findings on dependencies.
pub(super) fn check(claims: &[Claim]) -> Vec<AuditFinding> {
    let edges: Vec<&Claim> = claims.iter().filter(|c| c.measure == Measure::Dependency && c.object.is_some()).collect();
    let mut out = denied(&edges);
    out.extend(shortcuts(&edges));
    out.extend(mutual(&edges));
    out.extend(reversed(claims, &edges));
    out.extend(extent(&edges));
    out
}

/// Stated dependencies against those that are declared or observed.
pub(super) fn against_data(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let known: Vec<&Edge> = incident
        .findings
        .cascade
        .edges
        .iter()
        .filter(|e| matches!(e.basis, EdgeBasis::Declared | EdgeBasis::Observed))
        .collect();
    let measured = |name: &str| known.iter().any(|e| folded(&e.from) == folded(name) || folded(&e.to) == folded(name));
    let mut out: Vec<AuditFinding> = Vec::new();
    for claim in claims.iter().filter(|c| c.measure == Measure::Dependency && c.object.is_some()) {
        for from in claim.subjects.iter().filter(|s| measured(s) && measured(object(claim))) {
            let is = |a: &str, b: &str| {
                known.iter().copied().find(|e| folded(&e.from) == folded(a) && folded(&e.to) == folded(b))
            };
            let (there, back) = (is(from, object(claim)), is(object(claim), from));
            let (verdict, says) = match (claim.affirmed, there, back) {
                (true, Some(_), _) => (Verdict::Supported, "the data agrees"),
                (false, Some(_), _) => (Verdict::Contradiction, "the data says otherwise: it does"),
                (true, None, Some(_)) => (Verdict::Contradiction, "the data says otherwise: the other way round"),
                (true, None, None) => (Verdict::Tension, "the data knows no such edge"),
                (false, None, _) => (Verdict::Supported, "the data agrees"),
            };
            let denied = if claim.affirmed { "depends on" } else { "does not depend on" };
            let text = format!("{from} {denied} {}; {says}", object(claim));
            let mut sides = vec![side(&[claim])];
            if let Some(edge) = there.or(back) {
                let quote = format!("{} depends on {} ({:?})", edge.from, edge.to, edge.basis).to_lowercase();
                sides.push(Side { says: "measured".to_string(), quote, evidence: edge.evidence.clone() });
            }
            let names = vec![from.clone(), object(claim).to_string()];
            let same = |f: &AuditFinding| f.subjects == names && f.verdict == verdict;
            if !out.iter().any(same) {
                out.push(finding(verdict, AuditKind::Evidence, names, text, sides));
            }
        }
    }
    out
}

fn object(claim: &Claim) -> &str {
    claim.object.as_deref().unwrap_or("")
}

/// Names of one thing: equal, or one goes on with words that say nothing.
fn one_name(a: &str, b: &str) -> bool {
    let words = |n: &str| n.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect::<Vec<_>>();
    let (a, b) = (words(a), words(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    !short.is_empty()
        && long.starts_with(short)
        && long.iter().skip(short.len()).all(|w| w.is_empty() || FILLERS.contains(&w.as_str()))
}

/// Whether `claim` says that `from` depends on `to`.
fn says(claim: &Claim, from: &str, to: &str) -> bool {
    claim.affirmed && claim.subjects.iter().any(|s| folded(s) == folded(from)) && folded(object(claim)) == folded(to)
}

/// A dependency one text states and another denies.
fn denied(edges: &[&Claim]) -> Vec<AuditFinding> {
    let mut out = Vec::new();
    for no in edges.iter().filter(|c| !c.affirmed) {
        for subject in &no.subjects {
            let yes: Vec<&Claim> = edges.iter().copied().filter(|c| says(c, subject, object(no))).collect();
            if !yes.is_empty() {
                let text = format!("{subject} depends on {} and does not", object(no));
                let sides = vec![side(&yes), side(&[no])];
                let names = vec![subject.clone(), object(no).to_string()];
                out.push(finding(Verdict::Contradiction, AuditKind::Dependency, names, text, sides));
            }
        }
    }
    out
}

/// A depends on C directly for one text, and through B for another.
fn shortcuts(edges: &[&Claim]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    for first in edges.iter().filter(|c| c.affirmed) {
        for from in &first.subjects {
            for to in ends_of(edges, object(first)) {
                let direct: Vec<&Claim> = edges.iter().copied().filter(|c| says(c, from, &to)).collect();
                let own = |c: &&&Claim| says(c, from, object(first));
                let chain: Vec<&Claim> = edges.iter().copied().filter(|c| own(&c)).collect();
                let apart = direct.iter().any(|d| chain.iter().all(|c| c.source != d.source));
                let through = object(first);
                let names = vec![from.clone(), through.to_string(), to.clone()];
                if !apart || folded(from) == folded(&to) || out.iter().any(|f| f.subjects == names) {
                    continue;
                }
                let direct: Vec<&Claim> =
                    direct.into_iter().filter(|d| chain.iter().all(|c| c.source != d.source)).collect();
                let text = format!(
                    "{from} depends on {to} through {through} ({}) or directly ({}); both edges are kept",
                    count(sources(&chain)),
                    count(sources(&direct))
                );
                let sides = vec![side(&chain), side(&direct)];
                out.push(finding(Verdict::Tension, AuditKind::Dependency, names, text, sides));
            }
        }
    }
    out
}

/// What `from` depends on, by any text.
fn ends_of(edges: &[&Claim], from: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let own = |c: &&&Claim| c.affirmed && c.subjects.iter().any(|s| folded(s) == folded(from));
    for to in edges.iter().filter(own).map(|c| object(c)) {
        if !out.iter().any(|o| folded(o) == folded(to)) {
            out.push(to.to_string());
        }
    }
    out
}

/// A depends on B for one text, B on A for another.
fn mutual(edges: &[&Claim]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    for a in edges.iter().filter(|c| c.affirmed) {
        let near = |s: &str| {
            let (s, o) = (s.to_lowercase(), object(a).to_lowercase());
            s.starts_with(&o) || o.starts_with(&s)
        };
        for from in a.subjects.iter().filter(|s| s.as_str() < object(a) && !near(s)) {
            let there: Vec<&Claim> = edges.iter().copied().filter(|c| says(c, from, object(a))).collect();
            let back: Vec<&Claim> = edges.iter().copied().filter(|c| says(c, object(a), from)).collect();
            let names = vec![from.clone(), object(a).to_string()];
            if !back.is_empty() && !out.iter().any(|f| f.subjects == names) {
                let text = format!("{from} depends on {}, and the other way round", object(a));
                let sides = vec![side(&there), side(&back)];
                out.push(finding(Verdict::Contradiction, AuditKind::Dependency, names, text, sides));
            }
        }
    }
    out
}

/// Something is said to have been hurt by the incident that another text says it depends on.
fn reversed(claims: &[Claim], edges: &[&Claim]) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = Vec::new();
    let spread = claims.iter().filter(|c| c.measure == Measure::Spread && c.affirmed);
    for name in spread.flat_map(|c| &c.subjects) {
        let named = |c: &&Claim| c.measure == Measure::Spread && c.subjects.iter().any(|s| one_name(s, name));
        let hurt: Vec<&Claim> = claims.iter().filter(named).collect();
        let needed: Vec<&Claim> = edges.iter().copied().filter(|c| c.affirmed && one_name(object(c), name)).collect();
        let known = |f: &AuditFinding| f.subjects.iter().any(|s| one_name(s, name));
        if !needed.is_empty() && !out.iter().any(known) {
            let text = format!(
                "{name} was hurt by the incident ({}), or is what the hurt side depends on ({}); which came first is another matter in each",
                count(sources(&hurt)),
                count(sources(&needed))
            );
            let sides = vec![side(&hurt), side(&needed)];
            out.push(finding(Verdict::Tension, AuditKind::Dependency, vec![name.clone()], text, sides));
        }
    }
    out
}

/// Last word of what is depended on ("third-party cloud provider": "provider").
fn head_noun(claim: &Claim) -> String {
    let last = object(claim).split_whitespace().next_back().unwrap_or("").to_lowercase();
    match last.as_str() {
        "provider" | "vendor" | "supplier" => "provider".to_string(),
        _ => last,
    }
}

/// One text says that nothing else is there to lean on, another that it is only a part.
fn extent(edges: &[&Claim]) -> Vec<AuditFinding> {
    let whole: Vec<&Claim> = edges.iter().copied().filter(|c| c.affirmed && c.value == Some(1.0)).collect();
    let part: Vec<&Claim> = edges.iter().copied().filter(|c| c.affirmed && c.bound == Bound::AtMost).collect();
    let same = |a: &Claim, b: &Claim| {
        let about = a.subjects.is_empty()
            || b.subjects.is_empty()
            || a.subjects.iter().any(|s| b.subjects.iter().any(|o| folded(s) == folded(o)));
        about && (one_name(object(a), object(b)) || head_noun(a) == head_noun(b))
    };
    let wholes: Vec<&Claim> = whole.iter().copied().filter(|w| part.iter().any(|p| same(w, p))).collect();
    let parts: Vec<&Claim> = part.iter().copied().filter(|p| whole.iter().any(|w| same(w, p))).collect();
    let Some(first) = wholes.first() else { return Vec::new() };
    let text = format!(
        "{} is all there is to lean on ({}), or only a part of it ({})",
        object(first),
        count(sources(&wholes)),
        count(sources(&parts))
    );
    vec![finding(
        Verdict::Tension,
        AuditKind::Dependency,
        first.subjects.clone(),
        text,
        vec![side(&wholes), side(&parts)],
    )]
}
