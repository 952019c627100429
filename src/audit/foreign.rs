//! What fits another incident better than this one.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use super::side::{cite, finding, folded, side};
use super::words::stems;
use crate::model::{AuditFinding, AuditKind, Claim, Measure, SourceId, Verdict};

/// Words of substance that must be shared with the other incident.
const SHARED: usize = 2;

/// Claims whose words of substance are told of another incident and by nobody else of this one.
pub(super) fn check(case: &Case<'_>) -> Vec<AuditFinding> {
    if case.others.is_empty() {
        return Vec::new();
    }
    let phrases = |claims: &[Claim]| -> Vec<(SourceId, BTreeSet<String>)> {
        claims.iter().filter(|c| tells(c)).map(|c| (c.source, stems(c.object.as_deref().unwrap_or("")))).collect()
    };
    let mut known: BTreeMap<String, BTreeSet<SourceId>> = BTreeMap::new();
    for (source, words) in phrases(&case.claims) {
        for word in words {
            known.entry(word).or_default().insert(source);
        }
    }
    let names: BTreeSet<BTreeSet<String>> = case.claims.iter().flat_map(|c| &c.subjects).map(|s| stems(s)).collect();
    let mut out: Vec<AuditFinding> = Vec::new();
    for claim in case.claims.iter().filter(|c| tells(c)) {
        let phrase = stems(claim.object.as_deref().unwrap_or(""));
        let named = |w: &String| names.iter().any(|n| n.contains(w) && n.is_subset(&phrase));
        let own = |w: &&String| known.get(*w).is_some_and(|s| s.iter().all(|s| *s == claim.source)) && !named(w);
        let words: BTreeSet<String> = phrase.iter().filter(own).cloned().collect();
        let whole = |c: &Claim| folded(c.object.as_deref().unwrap_or(""));
        let same = |c: &Claim| whole(c) == whole(claim) && !words.is_empty();
        let fits = |c: &&Claim| tells(c) && (shared(&words, c).len() >= SHARED || same(c));
        let best = case.others.iter().filter(fits).max_by_key(|c| shared(&words, c).len());
        let Some(other) = best else { continue };
        let text = format!(
            "\"{}\" is told of another incident and by no other text of this one; shared words: {}",
            claim.object.as_deref().unwrap_or(""),
            shared(&words, other).into_iter().collect::<Vec<_>>().join(", ")
        );
        let known = |f: &AuditFinding| f.sides.first().is_some_and(|s| s.evidence.contains(&cite(claim)));
        if !out.iter().any(known) {
            out.push(finding(
                Verdict::Tension,
                AuditKind::Foreign,
                claim.subjects.clone(),
                text,
                vec![side(&[claim]), side(&[other])],
            ));
        }
    }
    out
}

/// Whether a claim tells in words what happened or was done.
fn tells(claim: &Claim) -> bool {
    claim.affirmed && matches!(claim.measure, Measure::Cause | Measure::Factor | Measure::Remedy)
}

fn shared(words: &BTreeSet<String>, other: &Claim) -> BTreeSet<String> {
    words.intersection(&stems(other.object.as_deref().unwrap_or(""))).cloned().collect()
}
