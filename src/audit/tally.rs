//! What each write-up comes to, claim against source, and the story as all of them tell it.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use super::figures::{Agreement, agreement};
use super::side::{self, cite, finding, folded, key, says, side, sources};
use super::words::{overlap, stems};
use crate::model::{
    AuditFinding, AuditKind, Bound, Citation, Claim, Consensus, MatrixCell, MatrixRow, Measure, Precision, SourceId,
    ToldEdge, ToldMoment, Verdict, WriteUp,
};

/// Things and places listed in one cell.
const MOST: usize = 24;

/// Claims of one heading of the matrix: subjects, operation, measure.
type Rows<'c> = BTreeMap<(Vec<String>, String, Measure), Vec<&'c Claim>>;

fn rows(claims: &[Claim]) -> Rows<'_> {
    let mut rows: Rows<'_> = BTreeMap::new();
    for claim in claims {
        let key = key(claim);
        rows.entry((key.subjects, key.operation, key.measure)).or_default().push(claim);
    }
    rows
}

/// Claim against source: every heading, the most spoken of first.
pub(super) fn matrix(case: &Case<'_>) -> Vec<MatrixRow> {
    let row = |claims: Vec<&Claim>| {
        let first = claims.first()?;
        let mut cells: Vec<MatrixCell> = Vec::new();
        for claim in &claims {
            let (said, place) = (side::assertion(claim), cite(claim));
            match cells.iter_mut().find(|c| c.source == claim.source) {
                Some(cell) => {
                    if cell.says.len() < MOST && !cell.says.contains(&said) {
                        cell.says.push(said);
                    }
                    if cell.evidence.len() < MOST && !cell.evidence.contains(&place) {
                        cell.evidence.push(place);
                    }
                }
                None => cells.push(MatrixCell { source: claim.source, says: vec![said], evidence: vec![place] }),
            }
        }
        cells.sort_by_key(|c| c.source);
        Some(MatrixRow {
            subjects: first.subjects.clone(),
            operation: first.operation.clone(),
            measure: first.measure,
            cells,
        })
    };
    let mut out: Vec<MatrixRow> = rows(&case.claims).into_values().filter_map(row).collect();
    out.sort_by_key(|row| std::cmp::Reverse(row.cells.len()));
    out
}

/// Write-ups that share no subject, figure, cause or moment with the others or the data; empty where
/// there is nothing to share with.
pub(super) fn strangers(case: &Case<'_>, findings: &[AuditFinding]) -> BTreeSet<SourceId> {
    let told: Vec<(SourceId, i64)> = case
        .told()
        .flat_map(|e| e.evidence.iter().map(|c| (c.source, e.at.seconds().div_euclid(120))))
        .filter(|(s, _)| case.writeups.contains(s))
        .collect();
    let mut by_minute: BTreeMap<i64, BTreeSet<SourceId>> = BTreeMap::new();
    for (source, at) in &told {
        by_minute.entry(*at).or_default().insert(*source);
    }
    let days = |own: bool, id: SourceId| -> BTreeSet<i64> {
        told.iter().filter(|(s, _)| (*s == id) == own).map(|(_, at)| at.div_euclid(720)).collect()
    };
    let same_day = |id: SourceId| !days(true, id).is_disjoint(&days(false, id));
    let supported = |id: SourceId| {
        findings.iter().any(|f| {
            f.kind == AuditKind::Evidence
                && f.verdict != Verdict::Unsupported
                && f.sides.first().is_some_and(|s| s.evidence.iter().any(|c| c.source == id))
        })
    };
    let shares = |id: SourceId| {
        let own: Vec<&Claim> = case.claims.iter().filter(|c| c.source == id).collect();
        let others: Vec<&Claim> = case.claims.iter().filter(|c| c.source != id).collect();
        let near = |at: i64| (at - 1..=at + 1).filter_map(|t| by_minute.get(&t)).any(|s| s.iter().any(|s| *s != id));
        let moment = told.iter().any(|(s, at)| *s == id && near(*at));
        let names = |claims: &[&Claim]| -> BTreeSet<String> { claims.iter().flat_map(|c| proper(&c.quote)).collect() };
        let named = || names(&own).intersection(&names(&others)).count() >= SHARED_NAMES;
        moment || same_day(id) || supported(id) || own.iter().any(|a| others.iter().any(|b| one_thing(a, b))) || named()
    };
    let alone: BTreeSet<SourceId> = case
        .writeups
        .iter()
        .copied()
        .filter(|id| case.claims.iter().any(|c| c.source == *id) || told.iter().any(|(s, _)| s == id))
        .filter(|id| !shares(*id))
        .collect();
    let telling = case.writeups.len();
    if (telling < 2 && !case.has_data()) || (alone.len() == telling && !case.has_data()) {
        BTreeSet::new()
    } else {
        alone
    }
}

/// Words with a capital that two texts must share before they speak of one thing by those alone.
const SHARED_NAMES: usize = 2;

/// Words of a quotation that are written with a capital inside its sentence, days and months left out.
fn proper(quote: &str) -> Vec<String> {
    let words = quote.split_whitespace().skip(1).map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()));
    let is_date = |w: &str| w.parse::<chrono::Weekday>().is_ok() || w.parse::<chrono::Month>().is_ok();
    let is_name = |w: &&str| w.len() > 3 && w.starts_with(char::is_uppercase) && !is_date(w);
    words.filter(is_name).map(str::to_string).collect()
}

/// Whether two claims of different texts speak of one thing.
fn one_thing(a: &Claim, b: &Claim) -> bool {
    let named = a.subjects.iter().any(|s| b.subjects.iter().any(|o| folded(s) == folded(o)));
    let object = |c: &Claim| stems(c.object.as_deref().unwrap_or(""));
    match (a.measure, b.measure) {
        (Measure::Cause, Measure::Cause) => overlap(&object(a), &object(b)) >= 0.5,
        (Measure::IncidentDate, Measure::IncidentDate) => {
            a.object == b.object && a.object.as_ref().is_some_and(|o| o.starts_with(|c: char| c.is_ascii_digit()))
        }
        (Measure::Count, Measure::Count) => key(a) == key(b),
        (Measure::DataLoss, Measure::DataLoss) => true,
        (Measure::Duration, Measure::Duration) => agreement(a, b) != Agreement::Apart,
        _ => named,
    }
}

/// One finding for each write-up that is kept out.
pub(super) fn quarantine(case: &Case<'_>, alone: &BTreeSet<SourceId>) -> Vec<AuditFinding> {
    let told = |id: SourceId| {
        let own: Vec<&Claim> = case.claims.iter().filter(|c| c.source == id).collect();
        let first = own.first()?;
        let text = format!(
            "it shares no service, figure, cause or moment with {}; its {} claims are kept out of the consensus",
            if case.writeups.len() > 1 { "the others" } else { "the data" },
            own.len()
        );
        Some(finding(Verdict::Unsupported, AuditKind::Quarantine, Vec::new(), text, vec![side(&[first])]))
    };
    alone.iter().filter_map(|id| told(*id)).collect()
}

/// What each write-up comes to.
pub(super) fn writeups(case: &Case<'_>, findings: &[AuditFinding], alone: &BTreeSet<SourceId>) -> Vec<WriteUp> {
    let rows = rows(&case.claims);
    let cited = |verdict: Verdict, evidence: bool| -> BTreeSet<(Citation, String, String)> {
        findings
            .iter()
            .filter(|f| f.verdict == verdict && (!evidence || f.kind == AuditKind::Evidence))
            .flat_map(|f| f.sides.iter().take(if f.kind == AuditKind::Evidence { 1 } else { usize::MAX }))
            .flat_map(|s| s.evidence.iter().map(|c| (c.clone(), s.quote.clone(), s.says.clone())))
            .collect()
    };
    let (wrong, right) = (cited(Verdict::Contradiction, false), cited(Verdict::Supported, true));
    let among =
        |set: &BTreeSet<(Citation, String, String)>, c: &Claim| set.contains(&(cite(c), c.quote.clone(), says(c)));
    let one = |id: &SourceId| {
        let own: Vec<&Claim> = case.claims.iter().filter(|c| c.source == *id).collect();
        let single = |c: &&&Claim| {
            let key = key(c);
            rows.get(&(key.subjects, key.operation, key.measure)).is_none_or(|r| sources(r) < 2)
        };
        WriteUp {
            source: *id,
            claims: own.len(),
            moments: case.told().filter(|e| e.evidence.iter().any(|c| c.source == *id)).count(),
            single_source: own.iter().filter(single).count(),
            contradicted: own.iter().filter(|c| among(&wrong, c)).count(),
            supported: own.iter().filter(|c| among(&right, c)).count(),
            quarantined: alone.contains(id),
        }
    };
    case.writeups.iter().map(one).collect()
}

/// The most precise of the values that most write-ups are compatible with, per heading.
pub(super) fn consensus(case: &Case<'_>, alone: &BTreeSet<SourceId>) -> Vec<Consensus> {
    let mut out = Vec::new();
    for claims in rows(&case.claims).into_values() {
        let told: Vec<&Claim> =
            claims.into_iter().filter(|c| c.affirmed && c.value.is_some() && !alone.contains(&c.source)).collect();
        let is_figure = told.first().is_some_and(|c| side::is_figure(c.measure));
        if is_figure {
            out.extend(settled(&told));
        }
    }
    out
}

fn settled(told: &[&Claim]) -> Option<Consensus> {
    let with = |claim: &Claim| -> Vec<&Claim> {
        told.iter().copied().filter(|c| agreement(claim, c) != Agreement::Apart).collect()
    };
    // Exact before bounded, then more digits, then the earlier place.
    let rank = |c: &&&Claim| (sources(&with(c)), c.bound == Bound::Exactly, c.decimals, std::cmp::Reverse(cite(c)));
    let best = told.iter().max_by_key(rank)?;
    let agreeing = with(best);
    let (value, bound) = side::error_value(best)?;
    let apart: Vec<&Claim> = told.iter().copied().filter(|c| agreement(best, c) == Agreement::Apart).collect();
    let mut evidence: Vec<Citation> = vec![cite(best)];
    for place in agreeing.iter().map(|c| cite(c)) {
        if !evidence.contains(&place) {
            evidence.push(place);
        }
    }
    Some(Consensus {
        subjects: best.subjects.clone(),
        operation: best.operation.clone(),
        measure: key(best).measure,
        value,
        bound,
        says: says(best),
        agreeing: sources(&agreeing),
        others: sources(&apart),
        evidence,
    })
}

/// Moments that write-ups tell, each with its witnesses.
pub(super) fn told(case: &Case<'_>) -> Vec<ToldMoment> {
    let moment = |e: &crate::model::TimelineEntry| {
        let evidence: Vec<Citation> =
            e.evidence.iter().filter(|c| case.writeups.contains(&c.source)).cloned().collect();
        let witnesses: BTreeSet<SourceId> = evidence.iter().map(|c| c.source).collect();
        ToldMoment { at: e.at, title: e.title.clone(), witnesses: witnesses.len(), evidence }
    };
    case.told().filter(|e| e.at.precision >= Precision::Hour).map(moment).collect()
}

/// Both ends folded, and whether it is affirmed.
type EdgeKey = (String, String, bool);
/// Both ends as first written, and where.
type EdgeTold = (String, String, Vec<Citation>);

/// Dependencies that write-ups tell, each with its witnesses.
pub(super) fn edges(case: &Case<'_>) -> Vec<ToldEdge> {
    let mut all: BTreeMap<EdgeKey, EdgeTold> = BTreeMap::new();
    for claim in case.claims.iter().filter(|c| c.measure == Measure::Dependency) {
        let Some(to) = &claim.object else { continue };
        for from in &claim.subjects {
            let entry = all
                .entry((folded(from), folded(to), claim.affirmed))
                .or_insert_with(|| (from.clone(), to.clone(), Vec::new()));
            entry.2.push(cite(claim));
        }
    }
    let edge = |((.., affirmed), (from, to, evidence)): (EdgeKey, EdgeTold)| {
        let witnesses: BTreeSet<SourceId> = evidence.iter().map(|c| c.source).collect();
        ToldEdge { from, to, affirmed, witnesses: witnesses.len(), evidence }
    };
    all.into_iter().map(edge).collect()
}
