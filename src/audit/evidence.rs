//! Claims against what was measured: supported, contradicted, or not covered.

use super::side::{self, finding, folded, folded_operation, length, names, percent, says, side};
use super::words::stems;
use crate::model::{
    AuditFinding, AuditKind, Bound, Claim, Finding, FindingKind, ImpactWindow, Incident, Measure, OperationRates,
    Ratio, ServiceRates, Side, Verdict, format_utc,
};

/// Words for total failure are borne out from this peak on.
const TOTAL: f64 = 0.95;

/// Words for total failure are wrong below this peak.
const HALF: f64 = 0.5;

/// "Unaffected" is wrong from this peak on, and in doubt below it.
const HURT: f64 = 0.05;

/// One finding for each distinct claim about a measured service, in the order of the claims.
pub(super) fn against_data(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let mut out = Vec::new();
    let mut done: Vec<&Claim> = Vec::new();
    if incident.rates.services.is_empty() {
        return out;
    }
    for claim in claims.iter().filter(|c| c.affirmed && is_checkable(c)) {
        let same = |d: &&&Claim| {
            side::key(d) == side::key(claim)
                && (d.measure, d.value, d.bound) == (claim.measure, claim.value, claim.bound)
        };
        if done.iter().any(|d| same(&d)) {
            continue;
        }
        done.push(claim);
        let all: Vec<&Claim> = claims.iter().filter(|c| c.affirmed && same(&c)).collect();
        out.extend(check(claim, &all, incident));
    }
    out
}

/// Data said to be lost or kept, against records of lost or refused writes.
pub(super) fn losses(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let records: Vec<&Finding> = incident.findings.of_kind(FindingKind::LostWrites).collect();
    if incident.rates.services.is_empty() {
        return Vec::new();
    }
    let mut out: Vec<AuditFinding> = Vec::new();
    for claim in claims.iter().filter(|c| c.measure == Measure::DataLoss) {
        let about = |f: &&&Finding| {
            claim.subjects.is_empty()
                || claim.subjects.iter().any(|s| {
                    f.services.iter().any(|n| folded(n) == folded(s)) || folded(f.statement.text()).contains(&folded(s))
                })
        };
        let seen: Vec<&&Finding> = records.iter().filter(about).collect();
        let (verdict, says) = match (claim.affirmed, seen.is_empty(), claim.subjects.is_empty()) {
            (true, false, _) => (Verdict::Supported, "the data holds lost or refused writes"),
            (true, true, _) => (Verdict::Unsupported, "not covered by the data: no lost or refused write is seen"),
            (false, false, false) => (Verdict::Contradiction, "the data says otherwise: writes were lost or refused"),
            (false, false, true) => {
                (Verdict::Unclear, "the data cannot decide: writes were refused, which is not the same")
            }
            (false, true, _) => (Verdict::Supported, "the data shows no lost or refused write"),
        };
        let text = format!("{}: {}; {says}", names(claim), side::says(claim));
        let mut sides = vec![side(&[claim])];
        if let Some(first) = seen.first() {
            let quote = first.statement.text().to_string();
            sides.push(Side { says: "measured".into(), quote, evidence: first.statement.evidence().to_vec() });
        }
        out.push(finding(verdict, AuditKind::Evidence, claim.subjects.clone(), text, sides));
    }
    out
}

fn is_checkable(claim: &Claim) -> bool {
    match claim.measure {
        Measure::ErrorRatio | Measure::SuccessRatio => claim.value.is_some() && !claim.subjects.is_empty(),
        Measure::Unavailable | Measure::Unaffected | Measure::Degraded => !claim.subjects.is_empty(),
        Measure::Duration => claim.value.is_some(),
        _ => false,
    }
}

/// What the data says of one claim.
struct Measured {
    verdict: Verdict,
    says: String,
    window: Option<ImpactWindow>,
}

fn check(claim: &Claim, all: &[&Claim], incident: &Incident) -> Option<AuditFinding> {
    let rates: Vec<&ServiceRates> = claim
        .subjects
        .iter()
        .filter_map(|s| incident.rates.services.iter().find(|r| folded(&r.service) == folded(s)))
        .collect();
    let measured = match claim.measure {
        Measure::Duration => duration(claim, &rates, incident)?,
        _ if rates.is_empty() => not_covered("no source measures it"),
        _ if rates.len() > 1 || claim.subjects.len() > 1 => group(claim, &rates),
        _ => service(claim, rates.first()?),
    };
    let text = match measured.verdict {
        Verdict::Unsupported => {
            format!("{}: {}; not covered by the data: {}", names(claim), says(claim), measured.says)
        }
        Verdict::Supported => format!("{}: {}; the data agrees: {}", names(claim), says(claim), measured.says),
        Verdict::Unclear => format!("{}: {}; the data cannot decide: {}", names(claim), says(claim), measured.says),
        _ => format!("{}: {}; the data says otherwise: {}", names(claim), says(claim), measured.says),
    };
    let evidence = measured.window.map(|w| w.evidence).unwrap_or_default();
    let data = Side { says: measured.says.clone(), quote: format!("measured: {}", measured.says), evidence };
    Some(finding(measured.verdict, AuditKind::Evidence, claim.subjects.clone(), text, vec![side(all), data]))
}

fn not_covered(why: &str) -> Measured {
    Measured { verdict: Verdict::Unsupported, says: why.to_string(), window: None }
}

/// What was measured of what a claim speaks of.
struct Subject {
    windows: Vec<ImpactWindow>,
    /// The ratio over them.
    mean: Option<Ratio>,
    /// It is surely what the claim means: what may be something else can bear a claim out, and not deny it.
    sure: bool,
}

/// The impact windows a claim speaks of: its operation's, when measured.
fn subject(claim: &Claim, rates: &ServiceRates) -> Option<Subject> {
    let whole = |sure: bool| Subject { windows: rates.impact.clone(), mean: rates.worst().and_then(|w| w.mean), sure };
    let wanted = folded_operation(claim.operation.as_deref());
    if wanted.is_empty() {
        return Some(whole(true));
    }
    let said = stems(claim.operation.as_deref().unwrap_or(""));
    let fits = |o: &&OperationRates| {
        let name = folded_operation(Some(&o.operation));
        let words = stems(&o.operation.replace('/', " "));
        name == wanted || (wanted.len() >= 4 && name.contains(&wanted)) || !said.is_disjoint(&words)
    };
    let shared = |o: &&OperationRates| said.intersection(&stems(&o.operation.replace('/', " "))).count();
    if let Some(found) = rates.operations.iter().filter(fits).max_by_key(shared) {
        // One word of several that an operation is called by may be said of its siblings.
        let path = found.operation.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let named = stems(&path.replace('/', " ")).is_subset(&said);
        let sure = named || folded_operation(Some(&found.operation)) == wanted;
        return Some(Subject { windows: found.impact.clone(), mean: found.during, sure });
    }
    // A service that does one thing is that thing, by whatever name; where operations are not told apart,
    // nobody knows how much of the whole the one that is meant was.
    (rates.operations.len() <= 1).then(|| whole(false))
}

/// The worst window with a peak.
fn worst(windows: &[ImpactWindow]) -> Option<&ImpactWindow> {
    let peak = |w: &ImpactWindow| w.peak.as_ref().map_or(-1.0, |p| p.ratio.value);
    windows.iter().max_by(|a, b| peak(a).total_cmp(&peak(b)))
}

fn service(claim: &Claim, rates: &ServiceRates) -> Measured {
    let Some(Subject { windows, mean, sure }) = subject(claim, rates) else {
        return not_covered("the operation is not told apart in the data");
    };
    let worst = worst(&windows);
    let peak = worst.and_then(|w| w.peak.as_ref()).map(|p| p.ratio);
    let says = describe(worst, mean, rates);
    let verdict = match claim.measure {
        Measure::Unaffected => unaffected(&windows, peak),
        Measure::Degraded => {
            if windows.is_empty() {
                Verdict::Contradiction
            } else {
                Verdict::Supported
            }
        }
        _ if !rates.has_denominator() => return not_covered("it has no count of requests"),
        Measure::Unavailable => match peak {
            Some(p) if p.high >= TOTAL => Verdict::Supported,
            Some(p) if p.value >= HALF => Verdict::Tension,
            _ => Verdict::Contradiction,
        },
        _ => ratio(claim, peak, mean),
    };
    if !sure && verdict != Verdict::Supported {
        return not_covered(&format!("the operation is not told apart in the data; {says}"));
    }
    Measured { verdict, says, window: worst.cloned() }
}

fn unaffected(windows: &[ImpactWindow], peak: Option<Ratio>) -> Verdict {
    match peak {
        _ if windows.is_empty() => Verdict::Supported,
        Some(p) if p.value >= HURT => Verdict::Contradiction,
        _ => Verdict::Tension,
    }
}

/// A stated ratio against the peak and the mean: either may be what the text means.
fn ratio(claim: &Claim, peak: Option<Ratio>, mean: Option<Ratio>) -> Verdict {
    let Some((value, bound)) = side::error_value(claim) else { return Verdict::Unclear };
    let Some(peak) = peak else {
        let small = value <= 0.01 || bound == Bound::AtMost;
        return if small { Verdict::Supported } else { Verdict::Contradiction };
    };
    let digit = 0.5 * 10f64.powi(-i32::from(claim.decimals)) / 100.0;
    let slack = match bound {
        Bound::About => 0.05,
        _ => digit.max(0.01),
    };
    let near = |r: Ratio| value >= r.low - slack && value <= r.high + slack;
    let holds = match bound {
        Bound::AtMost => peak.low <= value + slack,
        Bound::AtLeast => peak.high >= value - slack,
        _ => near(peak) || mean.is_some_and(near),
    };
    if holds { Verdict::Supported } else { Verdict::Contradiction }
}

/// A group's claim: a bound must hold for every measured member, a figure for at least one.
fn group(claim: &Claim, rates: &[&ServiceRates]) -> Measured {
    let members: Vec<Measured> = rates.iter().map(|r| service(claim, r)).collect();
    let every = matches!(claim.measure, Measure::Unaffected)
        || side::error_value(claim).is_some_and(|(_, b)| b == Bound::AtMost);
    let said: Vec<String> = rates.iter().zip(&members).map(|(r, m)| format!("{}: {}", r.service, m.says)).collect();
    let verdicts = || members.iter().map(|m| m.verdict).filter(|v| *v != Verdict::Unsupported);
    let missing = claim.subjects.len() - rates.len().min(claim.subjects.len());
    let verdict = match (every, verdicts().min(), verdicts().max()) {
        (_, None, _) | (_, _, None) => Verdict::Unsupported,
        (true, Some(worst), _) => worst,
        (false, _, Some(Verdict::Supported)) => Verdict::Supported,
        (false, ..) if missing > 0 => Verdict::Unclear,
        (false, Some(worst), _) => worst,
    };
    let mut says = said.join("; ");
    if missing > 0 {
        says.push_str(&format!("; {missing} of the group not measured"));
    }
    let window = members.into_iter().find_map(|m| m.window);
    Measured { verdict, says, window }
}

fn duration(claim: &Claim, rates: &[&ServiceRates], incident: &Incident) -> Option<Measured> {
    let stated = claim.value?;
    let (measured, window) = match rates.first() {
        Some(rates) => {
            let worst = rates.worst();
            (worst.and_then(ImpactWindow::duration_s), worst.cloned())
        }
        None if claim.subjects.is_empty() => {
            let (onset, recovery) = incident.rates.incident?;
            let first = incident.rates.services.iter().flat_map(|s| &s.impact).find(|w| w.onset.best_s == onset.best_s);
            (recovery.map(|r| r.best_s - onset.best_s), first.cloned())
        }
        None => return Some(not_covered("no source measures it")),
    };
    let Some(measured) = measured else { return Some(not_covered("no recovery is seen in the evidence")) };
    let apart = (measured as f64 - stated).abs();
    let bucket = 2.0 * f64::from(incident.rates.bucket_s.max(30));
    let slack = if claim.bound == Bound::Exactly { bucket } else { bucket.max(0.1 * stated) };
    let verdict = if apart <= slack { Verdict::Supported } else { Verdict::Contradiction };
    let says = format!("{} from first onset to last recovery, {} apart", length(measured as f64), length(apart));
    Some(Measured { verdict, says, window })
}

/// "peak 90.3 % (89.9 to 90.6 %) over 60 s at …, mean 88.1 %", or that no impact was seen.
fn describe(worst: Option<&ImpactWindow>, mean: Option<Ratio>, rates: &ServiceRates) -> String {
    let Some(window) = worst else {
        return match rates.baseline {
            Some(b) => format!("no impact seen, error ratio {}", percent(b.value, 2)),
            None => "no impact seen".to_string(),
        };
    };
    let Some(peak) = &window.peak else { return format!("impact on {} without an error ratio", window.signal) };
    let r = peak.ratio;
    let at = format_utc(peak.at_s.saturating_mul(1_000_000_000), crate::model::Precision::Minute);
    let mean = mean.map(|m| format!(", mean {}", percent(m.value, 1))).unwrap_or_default();
    format!(
        "peak {} ({:.1} to {}) over {} s at {at}{mean}",
        percent(r.value, 1),
        r.low * 100.0,
        percent(r.high, 1),
        peak.width_s
    )
}
