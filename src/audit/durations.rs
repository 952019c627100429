//! Stated lengths against the span of the same text's own rows.

use std::collections::BTreeMap;

use super::side::{finding, length, side};
use crate::model::{
    AuditFinding, AuditKind, Bound, Citation, Claim, Incident, Measure, Precision, Side, SourceId, TimelineEntry,
    Verdict,
};

/// First and last moment a source dates, with their places.
struct Span<'t> {
    first: &'t TimelineEntry,
    last: &'t TimelineEntry,
    /// Whether the text calls the last an end.
    whole: bool,
}

/// Stated lengths of the incident against the span of the same source's dated events.
pub(super) fn against_own_rows(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let mut stated: BTreeMap<(SourceId, i64), Vec<&Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|c| c.measure == Measure::Duration && c.subjects.is_empty() && c.affirmed) {
        if let Some(value) = claim.value {
            stated.entry((claim.source, value.round() as i64)).or_default().push(claim);
        }
    }
    stated.into_iter().filter_map(|((source, _), group)| compare(&group, &span(incident, source)?)).collect()
}

/// The span of what a source dates: from what it says was detected or began (else its first row) to
/// what it says was resolved (else its last row).
fn span(incident: &Incident, source: SourceId) -> Option<Span<'_>> {
    let rows: Vec<&TimelineEntry> = incident
        .timeline
        .entries
        .iter()
        .filter(|e| e.at.precision >= Precision::Minute && e.evidence.iter().any(|c| c.source == source))
        .collect();
    let has = |e: &&&TimelineEntry, words: &[&str]| e.status.as_deref().is_some_and(|s| words.contains(&s));
    let first = rows.iter().find(|e| has(e, &["detected", "started", "declared"])).or(rows.first())?;
    let end = rows.iter().rfind(|e| has(e, &["resolved"]));
    let last = end.or(rows.last())?;
    (last.at.utc_ns > first.at.utc_ns).then_some(Span { first, last, whole: end.is_some() })
}

fn compare(group: &[&Claim], span: &Span<'_>) -> Option<AuditFinding> {
    let claim = group.first()?;
    let stated = claim.value?;
    let measured = ((span.last.at.utc_ns - span.first.at.utc_ns) / 1_000_000_000) as f64;
    let apart = (measured - stated).abs();
    // Rows without a beginning or an end show only that it took at least so long.
    if !span.whole && stated >= measured {
        return None;
    }
    let minute = span.first.at.precision.min(span.last.at.precision) <= Precision::Minute;
    let slack = match claim.bound {
        Bound::Exactly if claim.decimals > 0 => 0.05 * stated,
        Bound::Exactly => {
            if minute {
                60.0
            } else {
                1.0
            }
        }
        _ => 0.1 * stated,
    };
    let verdict = if apart <= slack { Verdict::Supported } else { Verdict::Contradiction };
    let (from, to) = (clock(span.first), clock(span.last));
    let text = format!(
        "{to} − {from} = {} ({} min), stated {} ({} min), {} apart",
        length(measured),
        minutes(measured),
        length(stated),
        minutes(stated),
        length(apart),
    );
    let rows = Side {
        says: length(measured),
        quote: format!(
            "from {from} ({}) to {to} ({}), by the rows of the same text",
            span.first.title, span.last.title
        ),
        evidence: places(span, claim.source),
    };
    Some(finding(verdict, AuditKind::StatedDuration, Vec::new(), text, vec![side(group), rows]))
}

fn places(span: &Span<'_>, source: SourceId) -> Vec<Citation> {
    [span.first, span.last].iter().flat_map(|e| e.evidence.iter().find(|c| c.source == source)).cloned().collect()
}

/// Hour and minute in UTC (seconds when they were written).
fn clock(entry: &TimelineEntry) -> String {
    let text = entry.at.to_string();
    text.split_once('T').map_or(text.clone(), |(_, time)| time.trim_end_matches('Z').to_string())
}

fn minutes(seconds: f64) -> String {
    let exact = seconds / 60.0;
    if (exact - exact.round()).abs() < 1e-9 { format!("{exact:.0}") } else { format!("{exact:.1}") }
}
