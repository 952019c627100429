//! Moments and orders that a story tells, against the data: supported, contradicted or not covered.

use std::collections::BTreeSet;

use super::Case;
use super::side::{finding, folded, length, side};
use super::words::{overlap, stems};
use crate::model::{
    AuditFinding, AuditKind, Citation, Claim, EventKind, ImpactWindow, Measure, MilestoneKind, Precision, ServiceRates,
    SeverityWord, Side, TimeInterval, TimelineEntry, Timestamp, Verdict, format_utc,
};

/// A told minute and a measured second may be this far apart, s.
const SLACK_S: i64 = 90;

/// Share of the words of a told moment that make a record of the data one of the same thing.
const ALIKE: f64 = 0.6;

/// Words that it must share at least.
const SHARED: usize = 2;

/// Words of substance beyond names that a record's title must share to be surely of the same moment.
const SURELY: usize = 3;

/// Told moments that are held against the data.
const MOST: usize = 2000;

/// Records of the data with their words of substance.
struct Records<'a>(Vec<(BTreeSet<String>, &'a TimelineEntry, Vec<Citation>)>);

impl<'a> Records<'a> {
    fn of(case: &Case<'a>) -> Records<'a> {
        let record = |e: &'a TimelineEntry| {
            let evidence = case.measured(&e.evidence);
            let words = || stems(&format!("{} {} {}", e.title, e.text, e.services.join(" ")));
            (!evidence.is_empty()).then(|| (words(), e, evidence))
        };
        Records(case.incident.timeline.entries.iter().filter_map(record).collect())
    }
}

/// What the data has for one told moment.
struct Seen {
    at: Timestamp,
    what: String,
    evidence: Vec<Citation>,
    /// It is known by few words only: near in time it bears the story out, far off it is another moment.
    weak: bool,
}

/// One finding for each told moment and order that the data speaks of, or does not.
pub(super) fn against_data(case: &Case<'_>) -> Vec<AuditFinding> {
    if !case.has_data() {
        return Vec::new();
    }
    let records = Records::of(case);
    let told = case.told().filter(|e| e.at.precision >= Precision::Hour).take(MOST);
    let mut out: Vec<AuditFinding> = told.filter_map(|e| moment(case, &records, e)).collect();
    out.extend(case.claims.iter().filter(|c| c.measure == Measure::Order).filter_map(|c| order(case, c)));
    out
}

fn moment(case: &Case<'_>, records: &Records<'_>, entry: &TimelineEntry) -> Option<AuditFinding> {
    let own: Vec<Citation> = entry.evidence.iter().filter(|c| case.writeups.contains(&c.source)).cloned().collect();
    let told = Side {
        says: entry.at.to_string(),
        quote: own.first().map(|c| c.text.clone()).unwrap_or_default(),
        evidence: own.clone(),
    };
    let merged = case.measured(&entry.evidence);
    let seen = if merged.is_empty() { seen(case, records, entry) } else { vec![same(entry, merged)] };
    let holds_at = |s: &Seen| apart(s.at, entry.at) <= slack(s.at, entry.at);
    let nearest = seen.iter().min_by_key(|s| apart(s.at, entry.at)).filter(|s| !s.weak || holds_at(s));
    let Some(nearest) = nearest else {
        let text = format!("{} at {}; not covered by the data: no record of it", entry.title, entry.at);
        return Some(finding(Verdict::Unsupported, AuditKind::Evidence, entry.services.clone(), text, vec![told]));
    };
    let off = apart(nearest.at, entry.at);
    let holds = holds_at(nearest);
    let (verdict, says) = if holds {
        (Verdict::Supported, "the data agrees")
    } else {
        (Verdict::Contradiction, "the data says otherwise")
    };
    let text = format!(
        "{} at {}; {says}: {} at {}, {} apart",
        entry.title,
        entry.at,
        nearest.what,
        nearest.at,
        length(off as f64)
    );
    let data = Side { says: nearest.at.to_string(), quote: nearest.what.clone(), evidence: nearest.evidence.clone() };
    Some(finding(verdict, AuditKind::Evidence, entry.services.clone(), text, vec![told, data]))
}

/// How far two moments may be apart and be one, s.
fn slack(a: Timestamp, b: Timestamp) -> i64 {
    let wide = a.precision.min(b.precision).width_ns() / 1_000_000_000;
    SLACK_S.max(if wide > 60 { wide } else { 0 })
}

fn same(entry: &TimelineEntry, evidence: Vec<Citation>) -> Seen {
    // A line speaks for itself, an element of an export does not.
    let line = evidence.first().map(|c| c.text.trim()).filter(|text| !text.starts_with(['{', '[', '<']));
    let what = line.unwrap_or(&entry.title).to_string();
    Seen { at: entry.at, what, evidence, weak: false }
}

fn apart(a: Timestamp, b: Timestamp) -> i64 {
    // A minute that was written holds any second of it.
    let inside = |whole: Timestamp, part: Timestamp| {
        let width = whole.precision.width_ns().max(1);
        whole.precision < part.precision && whole.utc_ns.div_euclid(width) == part.utc_ns.div_euclid(width)
    };
    if inside(a, b) || inside(b, a) { 0 } else { (a.seconds() - b.seconds()).abs() }
}

/// What the data holds of the told moment: severity steps by their word, services by their onset or
/// recovery, states by their milestone, anything else by its words.
fn seen(case: &Case<'_>, records: &Records<'_>, entry: &TimelineEntry) -> Vec<Seen> {
    if entry.kind == EventKind::SeverityChange {
        return steps(case, entry);
    }
    let alike = alike(records, entry);
    if !alike.is_empty() {
        return alike;
    }
    let turned = turns(case, entry);
    if !turned.is_empty() { turned } else { milestone(case, entry).into_iter().collect() }
}

fn steps(case: &Case<'_>, entry: &TimelineEntry) -> Vec<Seen> {
    let own = |c: &Citation| entry.evidence.contains(c);
    let word = case
        .claims
        .iter()
        .find(|c| c.measure == Measure::Severity && own(&super::side::cite(c)) && c.at == Some(entry.at));
    let Some(word) = word.and_then(|c| SeverityWord::parse(c.object.as_deref()?)) else { return Vec::new() };
    let mut out = Vec::new();
    let is = |w: &SeverityWord| (w.vocabulary, w.rank) == (word.vocabulary, word.rank);
    for step in case.incident.timeline.severity.steps.iter().filter(|s| is(&s.to)) {
        let what = format!("severity {}", step.to.word);
        let evidence = case.measured(&step.evidence);
        if !evidence.is_empty() {
            out.push(Seen { at: step.at, what: what.clone(), evidence, weak: false });
        }
        for (at, citation) in step.conflicts.iter().filter(|(_, c)| !case.measured(std::slice::from_ref(c)).is_empty())
        {
            out.push(Seen { at: *at, what: what.clone(), evidence: vec![citation.clone()], weak: false });
        }
    }
    out
}

/// Records of the data in the same words. Of records about one service the words must agree beyond its name.
fn alike(records: &Records<'_>, entry: &TimelineEntry) -> Vec<Seen> {
    let words = stems(&format!("{} {}", entry.title, entry.services.join(" ")));
    let names: BTreeSet<String> = entry.services.iter().flat_map(|s| stems(s)).collect();
    let of = |theirs: &BTreeSet<String>| {
        let shared = words.intersection(theirs).count();
        let beyond = words.intersection(theirs).filter(|w| !names.contains(*w)).count();
        let part = if words.is_empty() { 0.0 } else { shared as f64 / words.len() as f64 };
        (shared >= SHARED && beyond >= 1 && part >= ALIKE && overlap(&words, theirs) >= ALIKE).then_some(part)
    };
    let fits = records.0.iter().filter_map(|(theirs, other, evidence)| {
        let part = of(theirs)?;
        let titled = stems(&other.title);
        let weak = words.intersection(&titled).filter(|w| !names.contains(*w)).count() < SURELY;
        Some((part, Seen { at: other.at, what: other.title.clone(), evidence: evidence.clone(), weak }))
    });
    let mut found: Vec<(f64, Seen)> = fits.collect();
    let best = found.iter().map(|f| f.0).fold(0.0, f64::max);
    found.retain(|f| f.0 >= best - 0.15);
    found.into_iter().map(|f| f.1).collect()
}

/// Words of a title that tell of getting well (stems).
const WELL: &[&str] = &["normal", "recover", "restor", "back", "healthy", "resum", "well", "green"];

/// Words of a title that tell of getting ill (stems).
const ILL: &[&str] =
    &["fail", "error", "down", "unavailab", "break", "broke", "outage", "degrad", "timeout", "offline", "stop"];

/// Onset or recovery of the services that the moment names.
fn turns(case: &Case<'_>, entry: &TimelineEntry) -> Vec<Seen> {
    let title = entry.title.to_lowercase();
    let has =
        |words: &[&str]| words.iter().any(|w| title.split(|c: char| !c.is_alphanumeric()).any(|t| t.starts_with(w)));
    let human = ["team", "work on", "begin", "start"].iter().any(|w| title.contains(w)) && !has(ILL);
    if human || entry.services.is_empty() || (!has(WELL) && !has(ILL)) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for rates in entry.services.iter().filter_map(|s| service(case, s)) {
        let chosen = |w: &ImpactWindow| if has(WELL) { w.recovery } else { Some(w.onset) };
        let what = if has(WELL) { "recovery" } else { "onset" };
        let windows = rates.impact.iter().filter_map(|w| Some((chosen(w)?, &w.evidence)));
        for (at, evidence) in windows {
            let what = format!("measured {what} of {} ({})", rates.service, interval(at));
            out.push(Seen { at: second(at), what, evidence: evidence.clone(), weak: false });
        }
    }
    out
}

fn second(at: TimeInterval) -> Timestamp {
    Timestamp::new(at.best_s.saturating_mul(1_000_000_000), Precision::Second, crate::model::TimeBasis::Explicit)
}

fn interval(at: TimeInterval) -> String {
    let show = |s: i64| format_utc(s.saturating_mul(1_000_000_000), Precision::Second);
    format!("{} to {}", show(at.from_s), show(at.to_s))
}

fn service<'a>(case: &Case<'a>, name: &str) -> Option<&'a ServiceRates> {
    case.incident.rates.services.iter().find(|s| folded(&s.service) == folded(name))
}

/// The milestone of the data that the state of the moment means.
fn milestone(case: &Case<'_>, entry: &TimelineEntry) -> Option<Seen> {
    let kinds: &[MilestoneKind] = match entry.status.as_deref()? {
        "started" => &[MilestoneKind::Onset],
        "detected" => &[MilestoneKind::Detected, MilestoneKind::Onset],
        "declared" => &[MilestoneKind::Declared],
        "identified" => &[MilestoneKind::CauseIdentified],
        "recovering" => &[MilestoneKind::RecoveryStarted],
        "resolved" => &[MilestoneKind::Resolved, MilestoneKind::Recovered],
        _ => return None,
    };
    let found = kinds.iter().filter_map(|k| case.incident.findings.milestone(*k));
    let seen = found.filter_map(|m| {
        let evidence = case.measured(m.statement.evidence());
        let what = m.statement.text().to_string();
        (!evidence.is_empty()).then_some(Seen { at: m.at, what, evidence, weak: false })
    });
    seen.min_by_key(|s| apart(s.at, entry.at))
}

/// "A failed before B" against their onsets.
fn order(case: &Case<'_>, claim: &Claim) -> Option<AuditFinding> {
    let onset = |name: &str| {
        let rates = service(case, name)?;
        let first = rates.impact.iter().min_by_key(|w| w.onset.best_s)?;
        Some((rates, first))
    };
    let (a, b) = (claim.subjects.first()?, claim.object.as_deref()?);
    let (Some((a, first)), Some((b, second))) = (onset(a), onset(b)) else {
        let text = format!("{a} before {b}; not covered by the data: no onset of both is measured");
        let names = vec![a.clone(), b.to_string()];
        return Some(finding(Verdict::Unsupported, AuditKind::Evidence, names, text, vec![side(&[claim])]));
    };
    let verdict = if first.onset.to_s < second.onset.from_s {
        Verdict::Supported
    } else if second.onset.to_s < first.onset.from_s {
        Verdict::Contradiction
    } else {
        Verdict::Unclear
    };
    let measured =
        format!("onset of {} {}, of {} {}", a.service, interval(first.onset), b.service, interval(second.onset));
    let says = match verdict {
        Verdict::Supported => "the data agrees",
        Verdict::Contradiction => "the data says otherwise",
        _ => "the data cannot decide",
    };
    let text = format!("{} before {}; {says}: {measured}", a.service, b.service);
    let evidence = first.evidence.iter().chain(&second.evidence).cloned().collect();
    let data = Side { says: measured.clone(), quote: format!("measured: {measured}"), evidence };
    let names = vec![a.service.clone(), b.service.clone()];
    Some(finding(verdict, AuditKind::Evidence, names, text, vec![side(&[claim]), data]))
}
