//! Rival causes: explanations of the incident that share no word of substance.

use std::collections::BTreeSet;

use super::side::{finding, side, sources};
use super::words::substance;
use crate::model::{AuditFinding, AuditKind, Claim, Measure, Verdict};

/// Causes that hang together: each shares a word with another of the cluster.
#[derive(Default)]
struct Cluster<'c> {
    words: BTreeSet<String>,
    claims: Vec<&'c Claim>,
}

/// A cause with the brackets that explain it.
fn with_brackets(claim: &Claim) -> String {
    let object = claim.object.as_deref().unwrap_or("");
    let rest = claim.quote.split_once(object).map_or("", |(_, rest)| rest).trim_start();
    let inside = rest.strip_prefix('(').and_then(|r| r.split_once(')')).map_or("", |(inside, _)| inside);
    format!("{object} {inside}")
}

fn clusters(claims: &[Claim]) -> Vec<Cluster<'_>> {
    let mut out: Vec<Cluster<'_>> = Vec::new();
    for claim in claims.iter().filter(|c| c.measure == Measure::Cause && c.affirmed && c.subjects.is_empty()) {
        let words = substance(&with_brackets(claim));
        if words.is_empty() {
            continue;
        }
        let mut joined = Cluster { words, claims: vec![claim] };
        let (sharing, rest): (Vec<_>, Vec<_>) = out.into_iter().partition(|c| !c.words.is_disjoint(&joined.words));
        out = rest;
        for cluster in sharing.into_iter().rev() {
            joined.words.extend(cluster.words);
            joined.claims.splice(0..0, cluster.claims);
        }
        out.push(joined);
    }
    out.sort_by(|a, b| {
        sources(&b.claims)
            .cmp(&sources(&a.claims))
            .then(b.claims.len().cmp(&a.claims.len()))
            .then_with(|| first_place(a).cmp(&first_place(b)))
    });
    out
}

fn first_place(cluster: &Cluster<'_>) -> Option<(crate::model::SourceId, u64)> {
    cluster.claims.iter().map(|c| (c.source, c.evidence.span.offset)).min()
}

/// One finding for each explanation that shares nothing with the one most sources give; and for
/// each explanation that another text denies.
pub(super) fn rivals(claims: &[Claim]) -> Vec<AuditFinding> {
    let clusters = clusters(claims);
    let mut out = denied(claims);
    let Some((main, others)) = clusters.split_first() else { return out };
    for rival in others {
        let own = rival.claims.iter().any(|r| main.claims.iter().any(|m| m.source == r.source));
        let verdict = if own { Verdict::Contradiction } else { Verdict::Tension };
        let place = if own { "one text gives two causes" } else { "two texts give different causes" };
        let text = format!(
            "{place} that share no word of substance: \"{}\" ({}) and \"{}\" ({})",
            object(main),
            super::side::count(sources(&main.claims)),
            object(rival),
            super::side::count(sources(&rival.claims)),
        );
        let mut first = main.claims.clone();
        let shared = |c: &&Claim| rival.claims.iter().any(|r| r.source == c.source);
        first.sort_by_key(|c| !shared(c));
        out.push(finding(verdict, AuditKind::Cause, Vec::new(), text, vec![side(&first), side(&rival.claims)]));
    }
    out
}

fn object(cluster: &Cluster<'_>) -> String {
    cluster.claims.first().and_then(|c| c.object.clone()).unwrap_or_default()
}

/// A cause one text affirms and another denies in the same words.
fn denied(claims: &[Claim]) -> Vec<AuditFinding> {
    let of = |affirmed: bool| {
        claims.iter().filter(move |c| c.measure == Measure::Cause && c.affirmed == affirmed && c.subjects.is_empty())
    };
    let mut out = Vec::new();
    for no in of(false) {
        let words = substance(no.object.as_deref().unwrap_or(""));
        for yes in
            of(true).filter(|y| !words.is_empty() && words.is_subset(&substance(y.object.as_deref().unwrap_or(""))))
        {
            let text =
                format!("\"{}\" is given as the cause and denied as the cause", no.object.as_deref().unwrap_or(""));
            out.push(finding(
                Verdict::Contradiction,
                AuditKind::Cause,
                Vec::new(),
                text,
                vec![side(&[no]), side(&[yes])],
            ));
        }
    }
    out
}
