//! Moments and orders as different texts tell them, and whether it was over.

use std::collections::BTreeMap;

use super::Case;
use super::side::{cite, count, finding, folded, length, side, sources};
use crate::model::{
    AuditFinding, AuditKind, Citation, Claim, EventKind, Measure, Precision, Side, SourceId, TimeBasis, TimelineEntry,
    Timestamp, Verdict,
};

/// Times of one step that are at most this far apart may be rounding by hand, s.
const NEAR_S: i64 = 120;

/// States that an incident passes once, in order; a text that dates one twice is not compared on it.
const STATES: &[&str] = &["started", "detected", "declared", "identified", "recovering", "resolved"];

/// When one text says that something was so.
struct Dated {
    at: Timestamp,
    side: Side,
    /// Of what, folded and sorted; empty for the incident.
    services: Vec<String>,
}

/// All findings on moments.
pub(super) fn check(case: &Case<'_>) -> Vec<AuditFinding> {
    let states = states(case);
    let mut out = differing(&states);
    out.extend(reversed(&states));
    out.extend(orders(&case.claims));
    out.extend(over_or_not(case, &states));
    out
}

type States = BTreeMap<&'static str, BTreeMap<SourceId, Dated>>;

/// State → write-up → when, to the minute.
fn states(case: &Case<'_>) -> States {
    let mut all: BTreeMap<(&'static str, SourceId), Vec<Dated>> = BTreeMap::new();
    for entry in case.told().filter(|e| e.at.precision >= Precision::Minute && is_state(e)) {
        let Some(state) = STATES.iter().find(|s| entry.status.as_deref() == Some(**s)) else { continue };
        for citation in entry.evidence.iter().filter(|c| case.writeups.contains(&c.source)) {
            let mut services: Vec<String> = entry.services.iter().map(|name| folded(name)).collect();
            services.sort();
            let dated = Dated { at: entry.at, side: quoted(entry, citation), services };
            all.entry((state, citation.source)).or_default().push(dated);
        }
    }
    let mut out: States = BTreeMap::new();
    for ((state, source), mut dated) in all {
        dated.dedup_by_key(|d| d.at.utc_ns);
        if dated.len() == 1
            && let Some(one) = dated.pop()
        {
            out.entry(state).or_default().insert(source, one);
        }
    }
    out
}

fn is_state(entry: &TimelineEntry) -> bool {
    matches!(entry.kind, EventKind::StatusChange | EventKind::Prose)
}

fn quoted(entry: &TimelineEntry, citation: &Citation) -> Side {
    Side { says: entry.at.to_string(), quote: citation.text.clone(), evidence: vec![citation.clone()] }
}

/// Who dates a state, apart for what recovered: one service comes back before another.
fn of_one_thing<'s>(state: &'static str, dated: &'s BTreeMap<SourceId, Dated>) -> Vec<(&'static str, Vec<&'s Dated>)> {
    let mut things: BTreeMap<&[String], Vec<&Dated>> = BTreeMap::new();
    for one in dated.values() {
        let whose = if state == "recovering" { one.services.as_slice() } else { &[] };
        things.entry(whose).or_default().push(one);
    }
    things.into_values().map(|dated| (state, dated)).collect()
}

/// One state that texts date differently.
fn differing(states: &States) -> Vec<AuditFinding> {
    let mut out = Vec::new();
    for (state, dated) in states.iter().flat_map(|(state, dated)| of_one_thing(state, dated)) {
        let mut groups: Vec<(Timestamp, Side)> = Vec::new();
        for one in dated {
            let minute = |t: Timestamp| t.seconds().div_euclid(60);
            match groups.iter_mut().find(|(at, _)| minute(*at) == minute(one.at)) {
                Some((_, side)) => side.evidence.extend(one.side.evidence.iter().cloned()),
                None => groups.push((one.at, one.side.clone())),
            }
        }
        groups.sort_by_key(|(at, _)| at.utc_ns);
        let [first, .., last] = groups.as_slice() else { continue };
        let apart = last.0.seconds() - first.0.seconds();
        // The same wall clock, in a zone that one of them leaves open.
        let open = |at: Timestamp| at.basis == TimeBasis::Assumed;
        if apart % 900 == 0 && apart > 0 && open(first.0) != open(last.0) {
            continue;
        }
        let verdict = if apart <= NEAR_S { Verdict::Tension } else { Verdict::Contradiction };
        let listed: Vec<String> = groups.iter().map(|(at, s)| format!("{at} ({})", count(distinct(s)))).collect();
        let text = format!("\"{state}\" is dated {}; {} apart", listed.join(" and "), length(apart as f64));
        let sides = groups.into_iter().map(|(_, side)| side).collect();
        out.push(finding(verdict, AuditKind::Time, Vec::new(), text, sides));
    }
    out
}

fn distinct(side: &Side) -> usize {
    let mut ids: Vec<SourceId> = side.evidence.iter().map(|c| c.source).collect();
    ids.sort();
    ids.dedup();
    ids.len()
}

/// Two states that one text dates in one order and another in the other.
fn reversed(states: &States) -> Vec<AuditFinding> {
    let mut out = Vec::new();
    let names: Vec<&&str> = states.keys().collect();
    for (i, a) in names.iter().enumerate() {
        for b in names.iter().skip(i + 1) {
            let (Some(of_a), Some(of_b)) = (states.get(**a), states.get(**b)) else { continue };
            let pairs: Vec<(&Dated, &Dated)> =
                of_a.iter().filter_map(|(s, d)| of_b.get(s).map(|other| (d, other))).collect();
            let first = pairs.iter().find(|(x, y)| y.at.seconds() - x.at.seconds() >= 60);
            let second = pairs.iter().find(|(x, y)| x.at.seconds() - y.at.seconds() >= 60);
            if let (Some((x, y)), Some((u, v))) = (first, second) {
                let text = format!(
                    "\"{a}\" before \"{b}\" ({} and {}), or after it ({} and {})",
                    x.side.says, y.side.says, u.side.says, v.side.says
                );
                let both = |x: &Dated, y: &Dated| Side {
                    says: format!("{} and {}", x.side.says, y.side.says),
                    quote: x.side.quote.clone(),
                    evidence: x.side.evidence.iter().chain(&y.side.evidence).cloned().collect(),
                };
                let sides = vec![both(x, y), both(u, v)];
                out.push(finding(Verdict::Contradiction, AuditKind::Order, Vec::new(), text, sides));
            }
        }
    }
    out
}

/// "A before B" against "B before A".
fn orders(claims: &[Claim]) -> Vec<AuditFinding> {
    let told: Vec<&Claim> = claims.iter().filter(|c| c.measure == Measure::Order && c.object.is_some()).collect();
    let mut out: Vec<AuditFinding> = Vec::new();
    for (i, a) in told.iter().enumerate() {
        for b in told.iter().skip(i + 1) {
            let object = |c: &Claim| folded(c.object.as_deref().unwrap_or(""));
            let turned =
                a.subjects.iter().any(|s| folded(s) == object(b)) && b.subjects.iter().any(|s| folded(s) == object(a));
            if turned {
                let (first, second) = (a.subjects.join(", "), a.object.clone().unwrap_or_default());
                let text = format!("{first} before {second}, and {second} before {first}");
                let names = vec![first, second];
                let sides = vec![side(&[a]), side(&[b])];
                out.push(finding(Verdict::Contradiction, AuditKind::Order, names, text, sides));
            }
        }
    }
    out
}

/// One text dates the end, another says on a later day that it is not quite over.
fn over_or_not(case: &Case<'_>, states: &States) -> Vec<AuditFinding> {
    let Some(ended) = states.get("resolved") else { return Vec::new() };
    let going: Vec<&Claim> = case
        .claims
        .iter()
        .filter(|c| c.measure == Measure::State && c.object.as_deref() != Some("resolved"))
        .filter(|c| !ended.contains_key(&c.source))
        .collect();
    let Some((first, one)) = going.first().zip(ended.values().next()) else { return Vec::new() };
    let text = format!(
        "resolved at {} ({}), or only {} at the time of writing ({})",
        one.at,
        count(ended.len()),
        first.object.as_deref().unwrap_or(""),
        count(sources(&going))
    );
    let mut over = one.side.clone();
    over.evidence = ended.values().flat_map(|d| d.side.evidence.iter().cloned()).collect();
    let mut still = side(&going);
    still.evidence = going.iter().map(|c| cite(c)).collect();
    vec![finding(Verdict::Tension, AuditKind::End, Vec::new(), text, vec![over, still])]
}
