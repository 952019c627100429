//! Stated lengths against the span of the same text's own rows.

use std::collections::BTreeMap;

use super::side::{cite, finding, length, side};
use crate::model::{
    AuditFinding, AuditKind, Bound, Citation, Claim, Incident, Measure, Precision, Side, SourceId, TimelineEntry,
    Timestamp, Verdict,
};

/// Two moments of one source between which the incident may have lasted.
#[derive(Clone, Copy)]
struct Span<'t> {
    first: &'t TimelineEntry,
    last: &'t TimelineEntry,
    from: Timestamp,
    to: Timestamp,
    /// Whether the text calls the first a beginning, and the last an end.
    begun: bool,
    ended: bool,
}

impl<'t> Span<'t> {
    fn between(first: &'t TimelineEntry, last: &'t TimelineEntry) -> Self {
        Span { first, last, from: first.at, to: last.at, begun: true, ended: true }
    }

    fn length_s(&self) -> f64 {
        ((self.to.utc_ns - self.from.utc_ns) / 1_000_000_000) as f64
    }

    /// Whether a stated length is the length of the span, as exactly as it was written.
    fn fits(&self, claim: &Claim, stated_s: f64) -> bool {
        let minute = self.from.precision.min(self.to.precision) <= Precision::Minute;
        let exactly = if minute { 60.0 } else { 1.0 };
        let loosely = 0.1 * stated_s;
        let (under, over) = match claim.bound {
            Bound::Exactly if claim.decimals > 0 => (0.05 * stated_s, 0.05 * stated_s),
            Bound::Exactly => (exactly, exactly),
            Bound::About => (loosely, loosely),
            // "More than six hours" is wrong of less, and "almost seven" of more.
            Bound::AtLeast => (exactly, loosely.max(0.25 * stated_s)),
            Bound::AtMost => (loosely, exactly),
        };
        (stated_s - under..=stated_s + over).contains(&self.length_s())
    }
}

/// Stated lengths of the incident against the span of the same source's dated events.
pub(super) fn against_own_rows(claims: &[Claim], incident: &Incident) -> Vec<AuditFinding> {
    let mut stated: BTreeMap<(SourceId, i64), Vec<&Claim>> = BTreeMap::new();
    let mut out = Vec::new();
    for claim in claims.iter().filter(|c| c.measure == Measure::Duration && c.affirmed) {
        let Some(value) = claim.value else { continue };
        if claim.subjects.is_empty() {
            stated.entry((claim.source, value.round() as i64)).or_default().push(claim);
        } else {
            out.extend(by_its_sentence(&[claim], value, &rows(incident, claim.source)));
        }
    }
    out.extend(stated.into_iter().filter_map(|((source, _), group)| judged(&group, &rows(incident, source))));
    out
}

/// The moments a source dates, to the minute.
fn rows(incident: &Incident, source: SourceId) -> Vec<&TimelineEntry> {
    let of_source =
        |e: &&TimelineEntry| e.at.precision >= Precision::Minute && e.evidence.iter().any(|c| c.source == source);
    incident.timeline.entries.iter().filter(of_source).collect()
}

/// What the rows of a text say to a length it states.
fn judged(group: &[&Claim], rows: &[&TimelineEntry]) -> Option<AuditFinding> {
    let claim = group.first()?;
    let stated = claim.value?;
    if let Some(finding) = by_its_sentence(group, stated, rows) {
        return Some(finding);
    }
    let span = ranged(claim, rows).or_else(|| until_own_row(claim, stated, rows)).or_else(|| span(rows))?;
    if span.fits(claim, stated) {
        return Some(compared(group, &span, Verdict::Supported));
    }
    // Rows that tell neither show nothing.
    if !(span.begun || span.ended || is_beginning(span.first) || is_end(span.last)) {
        return None;
    }
    // Rows without a beginning or an end show only that it took at least so long.
    if !span.ended && stated >= span.length_s() {
        return None;
    }
    // Impact may have begun before it was noticed and ended before the incident was closed; where no row is called
    // the beginning, any may be it.
    let apart = |span: &Span<'_>| (span.length_s() - stated).abs();
    let line = cite(claim).span.line;
    let beside = |row: &TimelineEntry| {
        is_beginning(row) && row.evidence.iter().any(|c| c.source == claim.source && c.span.line == line)
    };
    let starts = rows.iter().filter(|row| !span.begun || row.at.utc_ns <= span.from.utc_ns || beside(row));
    let ends: Vec<_> = rows.iter().filter(|row| is_end(row)).chain([&span.last]).collect();
    let others = starts.flat_map(|first| ends.iter().map(|last| Span { begun: false, ..Span::between(first, last) }));
    match others.filter(|other| other.fits(claim, stated)).min_by(|a, b| apart(a).total_cmp(&apart(b))) {
        Some(other) => Some(compared(group, &other, Verdict::Supported)),
        None => Some(compared(group, &span, Verdict::Contradiction)),
    }
}

/// What the two moments of a length's own sentence say to it: "failed at 07:42 and were back at 10:20, 2 h 38 min".
fn by_its_sentence(group: &[&Claim], stated: f64, rows: &[&TimelineEntry]) -> Option<AuditFinding> {
    let claim = group.first()?;
    let cited = cite(claim);
    let mut beside: Vec<&TimelineEntry> = rows.iter().copied().filter(|e| e.evidence.contains(&cited)).collect();
    beside.sort_by_key(|e| e.at.utc_ns);
    let span = match beside.as_slice() {
        [range] => Span { to: range.until?, ..Span::between(range, range) },
        [first, last] if first.until.is_none() && is_beginning(first) && is_end(last) => Span::between(first, last),
        _ => return None,
    };
    if span.length_s() <= 0.0 {
        return None;
    }
    let verdict = if span.fits(claim, stated) { Verdict::Supported } else { Verdict::Contradiction };
    Some(compared(group, &span, verdict))
}

/// Words of rows at which the impact began (lower case).
const BEGUN: &[&str] = &["began", "begin", "start", "fail", "stopped", "went down", "first", "broke", "lost"];

/// Whether a row tells that it began.
fn is_beginning(row: &TimelineEntry) -> bool {
    let title = row.title.to_lowercase();
    row.status.as_deref().is_some_and(|s| matches!(s, "started" | "detected"))
        || BEGUN.iter().any(|w| title.contains(w))
}

/// States and words of rows at which the impact was over, or nearly (lower case).
const OVER: &[&str] = &[
    "recover",
    "restored",
    "normal",
    "mitigated",
    "resolved",
    "back up",
    "fixed",
    "available",
    "working again",
    "came back",
    "open again",
    "back online",
    "reopened",
    "lifted",
];

/// Whether a row tells that it was over, or nearly.
fn is_end(row: &TimelineEntry) -> bool {
    let title = row.title.to_lowercase();
    row.status.as_deref().is_some_and(|s| matches!(s, "resolved" | "recovering"))
        || OVER.iter().any(|w| title.contains(w))
}

/// The range that stands in the sentence of a length itself: "three hours, from 15:40 to 18:40".
fn ranged<'t>(claim: &Claim, rows: &[&'t TimelineEntry]) -> Option<Span<'t>> {
    let cited = cite(claim);
    let entry = rows.iter().copied().find(|e| e.until.is_some() && e.evidence.contains(&cited))?;
    Some(Span { to: entry.until?, ..Span::between(entry, entry) })
}

/// The span that ends with the row in which a length itself stands: "09:41 errors gone, nearly three hours in all".
fn until_own_row<'t>(claim: &Claim, stated: f64, rows: &[&'t TimelineEntry]) -> Option<Span<'t>> {
    let cited = cite(claim);
    let own = rows.iter().copied().find(|e| e.evidence.contains(&cited))?;
    let mut spans =
        rows.iter().copied().take_while(|e| e.at.utc_ns < own.at.utc_ns).map(|first| Span::between(first, own));
    spans.find(|span| span.fits(claim, stated))
}

/// The span of what a source dates: from what it says was detected or began (else its first row) to
/// what it says was resolved (else its last row).
fn span<'t>(rows: &[&'t TimelineEntry]) -> Option<Span<'t>> {
    let has = |e: &&&TimelineEntry, words: &[&str]| e.status.as_deref().is_some_and(|s| words.contains(&s));
    let begin = rows.iter().find(|e| has(e, &["detected", "started", "declared"]));
    let end = rows.iter().rfind(|e| has(e, &["resolved"]));
    let span = Span::between(begin.or(rows.first())?, end.or(rows.last())?);
    (span.length_s() > 0.0).then_some(Span { begun: begin.is_some(), ended: end.is_some(), ..span })
}

fn compared(group: &[&Claim], span: &Span<'_>, verdict: Verdict) -> AuditFinding {
    let stated = group.first().and_then(|c| c.value).unwrap_or_default();
    let source = group.first().map(|c| c.source).unwrap_or_default();
    let measured = span.length_s();
    let (from, to) = (clock(span.from), clock(span.to));
    let text = format!(
        "{to} − {from} = {} ({} min), stated {} ({} min), {} apart",
        length(measured),
        minutes(measured),
        length(stated),
        minutes(stated),
        length((measured - stated).abs()),
    );
    let ends = [span.first, span.last];
    let places = ends.iter().flat_map(|e| e.evidence.iter().find(|c| c.source == source));
    let mut evidence: Vec<Citation> = places.cloned().collect();
    evidence.dedup();
    let quote =
        format!("from {from} ({}) to {to} ({}), by the rows of the same text", span.first.title, span.last.title);
    let rows = Side { says: length(measured), quote, evidence };
    finding(verdict, AuditKind::StatedDuration, Vec::new(), text, vec![side(group), rows])
}

/// Hour and minute in UTC (seconds when they were written).
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.split_once('T').map_or(text.clone(), |(_, time)| time.trim_end_matches('Z').to_string())
}

fn minutes(seconds: f64) -> String {
    let exact = seconds / 60.0;
    if (exact - exact.round()).abs() < 1e-9 { format!("{exact:.0}") } else { format!("{exact:.1}") }
}
