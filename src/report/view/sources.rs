//! Evidence: what was read, by which format, on which clock, and what was not.

use serde::Serialize;

use super::{Ctx, Moment};
use crate::model::{Citation, ClockDecision, ClockKind, DiagnosticKind, Incident, Source, TimeBasis};
use crate::report::text;

/// Rows of one kind of diagnostic shown.
const DIAGNOSTICS: usize = 200;

/// How the stamps of one stretch of a source became UTC.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockRow {
    /// What the stamps leave open ("zoned", "no zone", …).
    pub clock: String,
    /// Zone as named.
    pub zone: String,
    /// Offset east of UTC ("+02:00").
    pub offset: String,
    /// Clock error taken out ("ran 4 min 12 s ahead, 38 anchors"); empty without one.
    pub skew: String,
    /// `explicit`, `declared`, `inferred` or `assumed`.
    pub basis: String,
    /// The lines it applies to, in words.
    pub lines: String,
    /// Witnesses in words, decisive ones first.
    pub witnesses: Vec<String>,
    /// What remains possible; may be empty.
    pub ambiguity: String,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceRow {
    /// Path inside the bundle.
    pub path: String,
    /// Size.
    pub bytes: String,
    /// First digits of its SHA-256.
    pub sha256: String,
    /// Text encoding.
    pub encoding: String,
    /// Format names, best first; empty when none read it.
    pub formats: Vec<String>,
    /// Why they won.
    pub reasons: Vec<String>,
    /// Frames in.
    pub total: String,
    /// Records.
    pub records: String,
    /// Continuation frames.
    pub continuation: String,
    /// Blank frames and comments.
    pub blank: String,
    /// Rejected frames.
    pub rejected: String,
    /// Why, each with its count and first line.
    pub rejects: Vec<String>,
    /// Whether the classes add up to the total.
    pub adds_up: bool,
    /// First moment it covers.
    pub from: Option<Moment>,
    /// Last moment it covers.
    pub to: Option<Moment>,
    /// Clocks.
    pub clocks: Vec<ClockRow>,
}

/// Sums over all sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Sources.
    pub sources: String,
    /// Bytes.
    pub bytes: String,
    /// Frames in.
    pub total: String,
    /// Records.
    pub records: String,
    /// Continuation frames.
    pub continuation: String,
    /// Blank frames and comments.
    pub blank: String,
    /// Rejected frames.
    pub rejected: String,
    /// Whether every source adds up.
    pub adds_up: bool,
}

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotReadRow {
    /// Path inside the bundle.
    pub path: String,
    /// Why not.
    pub reason: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// One thing to know about the input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DiagnosticRow {
    /// `truncated`, `rejected`, …
    pub kind: String,
    /// `path` or `path:line`.
    pub place: String,
    /// How often.
    pub count: String,
    /// What was found.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// The evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EvidenceView {
    /// Sources in path order.
    pub sources: Vec<SourceRow>,
    /// Sums.
    pub totals: Totals,
    /// Files that were not read.
    pub not_read: Vec<NotReadRow>,
    /// What else to know.
    pub diagnostics: Vec<DiagnosticRow>,
    /// Diagnostics left out here; `incident.json` holds them all.
    pub more_diagnostics: usize,
    /// First moment that any curve covers.
    pub from: Option<Moment>,
    /// Last moment that any curve covers.
    pub to: Option<Moment>,
}

/// The evidence section.
pub(super) fn view(ctx: &Ctx) -> EvidenceView {
    let incident = ctx.incident;
    let others: Vec<_> = incident.diagnostics.iter().filter(|d| d.kind != DiagnosticKind::NotRead).collect();
    let covers = incident.rates.covers_s;
    EvidenceView {
        sources: incident.sources.iter().map(|s| row(ctx, s)).collect(),
        totals: totals(&incident.sources),
        not_read: incident
            .diagnostics
            .iter()
            .filter(|d| d.kind == DiagnosticKind::NotRead)
            .map(|d| NotReadRow {
                path: text::line(&d.path),
                reason: text::line(&d.message),
                hint: text::line(&d.hint),
            })
            .collect(),
        diagnostics: others
            .iter()
            .take(DIAGNOSTICS)
            .map(|d| DiagnosticRow {
                kind: words(d.kind).into(),
                place: d.line.map_or_else(|| text::line(&d.path), |n| format!("{}:{n}", text::line(&d.path))),
                count: text::whole(d.count),
                message: text::line(&d.message),
                hint: text::line(&d.hint),
            })
            .collect(),
        more_diagnostics: others.len().saturating_sub(DIAGNOSTICS),
        from: covers.map(|c| ctx.times.second(c.0)),
        to: covers.map(|c| ctx.times.second(c.1)),
    }
}

fn row(ctx: &Ctx, source: &Source) -> SourceRow {
    let sums = &source.accounting;
    let reject = |(reason, r): (&String, &crate::model::Reject)| {
        format!(
            "{}: {} (first: line {}, {})",
            text::line(reason),
            text::whole(r.tally.frames),
            r.first.span.line,
            text::short(&r.first.text, 80)
        )
    };
    SourceRow {
        path: text::line(&source.info.path),
        bytes: text::bytes(source.info.bytes),
        sha256: source.info.sha256.chars().filter(char::is_ascii_alphanumeric).take(12).collect(),
        encoding: text::line(&source.info.encoding),
        formats: source.formats.iter().map(|f| text::line(&f.name)).collect(),
        reasons: source.formats.iter().map(|f| text::line(&f.reason)).collect(),
        total: text::whole(sums.total.frames),
        records: text::whole(sums.records.frames),
        continuation: text::whole(sums.continuation.frames),
        blank: text::whole(sums.blank.frames),
        rejected: text::whole(sums.rejected_frames()),
        rejects: sums.rejected.iter().map(reject).collect(),
        adds_up: sums.adds_up(),
        from: source.covers_s.map(|c| ctx.times.second(c.0)),
        to: source.covers_s.map(|c| ctx.times.second(c.1)),
        clocks: source.clocks.iter().map(clock).collect(),
    }
}

fn clock(decision: &ClockDecision) -> ClockRow {
    let mut witnesses: Vec<&crate::model::Witness> = decision.witnesses.iter().collect();
    witnesses.sort_by_key(|w| !w.decisive);
    ClockRow {
        clock: match decision.clock {
            ClockKind::Zoned => "offset written",
            ClockKind::Naive => "no zone",
            ClockKind::YearLess => "no year, no zone",
            ClockKind::TimeOnly => "time of day only",
            ClockKind::TimeOnlyZoned => "time of day with zone",
            ClockKind::Relative => "elapsed time",
        }
        .into(),
        zone: text::line(&decision.zone),
        offset: offset(decision.offset_s),
        skew: skew(decision),
        basis: basis(decision.basis).into(),
        lines: stretch(decision),
        witnesses: witnesses
            .into_iter()
            .map(|w| {
                let mark = if w.decisive { "" } else { " (heard, did not decide)" };
                let votes = if w.votes > 1 { format!(", {} votes", text::whole(w.votes)) } else { String::new() };
                format!("{}{votes}{mark}", text::line(&w.says))
            })
            .collect(),
        ambiguity: decision.ambiguity.as_deref().map(text::line).unwrap_or_default(),
    }
}

/// The lines a decision applies to, in words.
pub(in crate::report) fn stretch(decision: &ClockDecision) -> String {
    match decision.lines {
        (0 | 1, u64::MAX) => "all lines".into(),
        (from, u64::MAX) => format!("lines from {}", text::whole(from)),
        (from, to) => format!("lines {}–{}", text::whole(from), text::whole(to)),
    }
}

/// The decision that placed a cited line: the narrowest that holds it.
pub(super) fn clock_of<'a>(incident: &'a Incident, citation: &Citation) -> Option<&'a ClockDecision> {
    let clocks = &incident.sources.get(citation.source.0 as usize)?.clocks;
    let line = citation.span.line;
    let holding = clocks.iter().filter(|c| (c.lines.0..=c.lines.1).contains(&line));
    holding.min_by_key(|c| c.lines.1 - c.lines.0)
}

/// "+02:00".
pub(in crate::report) fn offset(seconds: i32) -> String {
    let n = seconds.unsigned_abs();
    let sign = if seconds < 0 { '\u{2212}' } else { '+' };
    let tail = if n.is_multiple_of(60) { String::new() } else { format!(":{:02}", n % 60) };
    format!("{sign}{:02}:{:02}{tail}", n / 3_600, n / 60 % 60)
}

/// The clock error in words; empty without one.
fn skew(decision: &ClockDecision) -> String {
    if decision.skew_ms == 0 {
        return String::new();
    }
    let way = if decision.skew_ms > 0 { "ahead" } else { "behind" };
    let n = decision.skew_ms.unsigned_abs();
    let size = if n.is_multiple_of(1_000) { text::duration((n / 1_000) as i64) } else { text::millis(n as f64) };
    let spread = decision.skew_spread_ms.map(|ms| format!(" ±{}{}", text::NBSP, text::millis(ms as f64)));
    format!("ran {size} {way}{}, {} anchors", spread.unwrap_or_default(), text::whole(decision.anchors))
}

/// Words of a basis.
pub(in crate::report) fn basis(basis: TimeBasis) -> &'static str {
    match basis {
        TimeBasis::Explicit => "explicit",
        TimeBasis::Declared => "declared",
        TimeBasis::Inferred => "inferred",
        TimeBasis::Assumed => "assumed",
    }
}

fn totals(sources: &[Source]) -> Totals {
    let sum = |of: &dyn Fn(&Source) -> u64| text::whole(sources.iter().map(of).sum());
    Totals {
        sources: text::whole(sources.len() as u64),
        bytes: text::bytes(sources.iter().map(|s| s.info.bytes).sum()),
        total: sum(&|s| s.accounting.total.frames),
        records: sum(&|s| s.accounting.records.frames),
        continuation: sum(&|s| s.accounting.continuation.frames),
        blank: sum(&|s| s.accounting.blank.frames),
        rejected: sum(&|s| s.accounting.rejected_frames()),
        adds_up: sources.iter().all(|s| s.accounting.adds_up()),
    }
}

/// Words of a kind of diagnostic.
fn words(kind: DiagnosticKind) -> &'static str {
    match kind {
        DiagnosticKind::NotRead => "not read",
        DiagnosticKind::Truncated => "truncated",
        DiagnosticKind::Incomplete => "incomplete",
        DiagnosticKind::Repeated => "repeated",
        DiagnosticKind::Rejected => "rejected",
        DiagnosticKind::Encoding => "encoding",
        DiagnosticKind::Capped => "capped",
        DiagnosticKind::Clock => "clock",
        DiagnosticKind::Disorder => "disorder",
        DiagnosticKind::Configuration => "configuration",
        DiagnosticKind::Hostile => "hostile",
        DiagnosticKind::Skipped => "skipped",
    }
}
