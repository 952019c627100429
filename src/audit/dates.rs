//! Times of one step and days of one incident, as different hands give them.

use std::collections::BTreeMap;

use super::side::{cite, count, finding, length, side, sources};
use crate::model::{
    AuditFinding, AuditKind, Citation, Claim, Incident, Measure, SeverityStep, SeverityWord, Side, TimeBasis,
    Timestamp, Verdict, format_utc,
};

/// Times of one step that are at most this far apart may be rounding by hand, s.
const NEAR_S: i64 = 120;

/// Severity steps whose time differs between write-ups, or between a write-up and the timeline.
pub(super) fn severity_times(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let steps: Vec<&Claim> =
        claims.iter().filter(|c| c.measure == Measure::Severity && c.at.is_some() && c.object.is_some()).collect();
    let mut words: BTreeMap<String, Vec<&Claim>> = BTreeMap::new();
    for claim in steps {
        words
            .entry(claim.object.clone().unwrap_or_default().to_uppercase().replace([' ', '-'], ""))
            .or_default()
            .push(claim);
    }
    let mut out = Vec::new();
    for (word, group) in words {
        let mut times: Vec<(Timestamp, Side)> = Vec::new();
        for claim in &group {
            if let Some(at) = claim.at {
                note(&mut times, at, cite(claim), &claim.quote);
            }
        }
        for step in incident.timeline.severity.steps.iter().filter(|s| is_step(s, &word)) {
            for citation in &step.evidence {
                note(&mut times, step.at, citation.clone(), &citation.text);
            }
            for (at, citation) in &step.conflicts {
                note(&mut times, *at, citation.clone(), &citation.text);
            }
        }
        out.extend(differing(&word, times));
    }
    out
}

/// A severity said to have held from the beginning, against steps another text dates: a lower one before it.
pub(super) fn severity_at_once(claims: &[Claim]) -> Vec<AuditFinding> {
    let word = |claim: &Claim| claim.object.as_deref().and_then(SeverityWord::parse);
    let severities = || claims.iter().filter(|c| c.measure == Measure::Severity);
    let mut out = Vec::new();
    // With a time of its own it is compared by that.
    let timed = |held: &Claim| severities().any(|c| c.at.is_some() && c.source == held.source && word(c) == word(held));
    for held in severities().filter(|c| c.at.is_none() && c.value.is_some() && !timed(c)) {
        let Some(own) = word(held) else { continue };
        let all_along = held.value == Some(1.0);
        let milder = severities().filter(|c| c.at.is_some() && c.source != held.source).filter(|c| {
            word(c).is_some_and(|w| {
                w.vocabulary == own.vocabulary && (w.rank > own.rank || all_along && w.rank < own.rank)
            })
        });
        let Some(first) = milder.min_by_key(|c| c.at.map(|at| at.utc_ns)) else { continue };
        let at = first.at.map(|at| at.to_string()).unwrap_or_default();
        let other = first.object.clone().unwrap_or_default();
        let text = match all_along {
            true => format!("{} all the time, or {other} as well ({at})", own.word),
            false => format!("{} from the beginning, or {other} first ({at})", own.word),
        };
        out.push(finding(
            Verdict::Contradiction,
            AuditKind::Time,
            Vec::new(),
            text,
            vec![side(&[held]), side(&[first])],
        ));
    }
    out
}

fn is_step(step: &SeverityStep, word: &str) -> bool {
    let written = SeverityWord::parse(word);
    step.to.word.to_uppercase().replace([' ', '-'], "") == word
        || written.is_some_and(|w| (w.vocabulary, w.rank) == (step.to.vocabulary, step.to.rank))
}

/// Adds a witness to the side of its minute.
fn note(times: &mut Vec<(Timestamp, Side)>, at: Timestamp, citation: Citation, quote: &str) {
    let minute = |t: Timestamp| t.seconds().div_euclid(60);
    match times.iter_mut().find(|(t, _)| minute(*t) == minute(at)) {
        Some((_, side)) if side.evidence.contains(&citation) => {}
        Some((_, side)) => side.evidence.push(citation),
        None => {
            let side = Side { says: at.to_string(), quote: quote.to_string(), evidence: vec![citation] };
            times.push((at, side));
        }
    }
}

fn differing(word: &str, mut times: Vec<(Timestamp, Side)>) -> Option<AuditFinding> {
    times.sort_by_key(|(at, _)| at.utc_ns);
    let (first, last) = (times.first()?.0, times.last()?.0);
    let apart = last.seconds() - first.seconds();
    if times.len() < 2 {
        return None;
    }
    // The same wall clock, in a zone that one of them leaves open.
    let open = |at: Timestamp| at.basis == TimeBasis::Assumed;
    if apart % 900 == 0 && apart > 0 && open(first) != open(last) {
        return None;
    }
    let verdict = if apart <= NEAR_S { Verdict::Tension } else { Verdict::Contradiction };
    let listed: Vec<String> = times.iter().map(|(at, _)| at.to_string()).collect();
    let text = format!("{word} is dated {}; {} apart", listed.join(" and "), length(apart as f64));
    Some(finding(verdict, AuditKind::Time, Vec::new(), text, times.into_iter().map(|(_, side)| side).collect()))
}

/// Days that differ, are relative without an anchor, are left unknown, or lie outside the data.
pub(super) fn incident_dates(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let dates: Vec<&Claim> =
        claims.iter().filter(|c| c.measure == Measure::IncidentDate && c.object.is_some()).collect();
    let mut days: BTreeMap<String, Vec<&Claim>> = BTreeMap::new();
    let mut vague: BTreeMap<String, Vec<&Claim>> = BTreeMap::new();
    for claim in dates {
        let object = claim.object.clone().unwrap_or_default();
        let dated = object.starts_with(|c: char| c.is_ascii_digit());
        if dated { days.entry(object).or_default().push(claim) } else { vague.entry(object).or_default().push(claim) }
    }
    let mut out = Vec::new();
    if days.len() > 1 && !is_one_night(&days, incident) {
        let listed: Vec<String> = days.iter().map(|(d, c)| format!("{d} ({})", count(sources(c)))).collect();
        let text = format!("the incident is dated {}", listed.join(" and "));
        let sides = days.values().map(|c| side(c)).collect();
        out.push(finding(Verdict::Contradiction, AuditKind::Date, Vec::new(), text, sides));
    }
    let known: Vec<String> = days.iter().map(|(d, c)| format!("{d} ({})", count(sources(c)))).collect();
    // A text that gives the day too has anchored its "yesterday".
    let anchored = |c: &&Claim| days.values().flatten().any(|d| d.source == c.source);
    vague.values_mut().for_each(|group| group.retain(|c| !anchored(c)));
    vague.retain(|_, group| !group.is_empty());
    for (word, group) in &vague {
        out.push(finding(
            Verdict::Unclear,
            AuditKind::Date,
            Vec::new(),
            vague_text(word, &known, sources(group)),
            vec![side(group)],
        ));
    }
    out.extend(outside(&days, incident));
    out
}

/// Whether two days are one night told in two zones: next to each other, and whoever gives one tells of moments on the
/// other.
fn is_one_night(days: &BTreeMap<String, Vec<&Claim>>, incident: &Incident) -> bool {
    let parsed: Vec<i64> = days
        .keys()
        .filter_map(|day| day.parse::<chrono::NaiveDate>().ok())
        .map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp().div_euclid(86_400))
        .collect();
    let [first, second] = parsed.as_slice() else { return false };
    let told_on = |group: &[&Claim], day: i64| {
        let entries = incident.timeline.entries.iter().filter(|e| e.at.seconds().div_euclid(86_400) == day);
        entries.flat_map(|e| &e.evidence).any(|cited| group.iter().any(|claim| claim.source == cited.source))
    };
    let mut groups = days.values();
    let crossed = groups.next().is_some_and(|group| told_on(group, *second))
        || groups.next().is_some_and(|group| told_on(group, *first));
    second - first == 1 && crossed
}

fn vague_text(word: &str, known: &[String], sources: usize) -> String {
    let others =
        if known.is_empty() { "no other text dates it".to_string() } else { format!("elsewhere {}", known.join(", ")) };
    match word {
        "unknown" => format!("the day of the incident is left unknown by {}; {others}", count(sources)),
        _ => format!("\"{word}\" is said by {} without a day of publication; {others}", count(sources)),
    }
}

/// Days more than one away from the measured impact.
fn outside(days: &BTreeMap<String, Vec<&Claim>>, incident: &Incident) -> Vec<AuditFinding> {
    let Some((onset, _)) = incident.rates.incident else { return Vec::new() };
    let measured = onset.best_s.div_euclid(86_400);
    let mut out = Vec::new();
    for (day, group) in days {
        let Ok(date) = day.parse::<chrono::NaiveDate>() else { continue };
        let stated = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp().div_euclid(86_400);
        if (stated - measured).abs() > 1 {
            let onset = format_utc(onset.best_s.saturating_mul(1_000_000_000), crate::model::Precision::Day);
            let text = format!("the text dates the incident {day}, the data {onset}");
            out.push(finding(Verdict::Contradiction, AuditKind::Date, Vec::new(), text, vec![side(group)]));
        }
    }
    out
}
