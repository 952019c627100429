//! The view of stories checked against each other and the data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::stated::{self, AuditRow};
use super::{Ctx, Moment, Ref, Refs};
use crate::model::{Audit, AuditKind, Bound, Incident, LintItem, Role, SourceId, Verdict};
use crate::report::text;

/// One write-up and what it comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WriteUpRow {
    /// Letter under which the matrix names it ("A").
    pub letter: String,
    /// Path.
    pub path: String,
    /// Assertions read.
    pub claims: usize,
    /// Moments dated.
    pub moments: usize,
    /// Assertions that nobody else makes or denies.
    pub single_source: usize,
    /// Assertions in contradictions.
    pub contradicted: usize,
    /// Assertions that the data bears out.
    pub supported: usize,
    /// Whether it shares nothing with the rest.
    pub quarantined: bool,
}

/// How many findings have one rank.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankCount {
    /// Key of the rank, as in a finding.
    pub verdict: String,
    /// The rank in words.
    pub label: String,
    /// How many.
    pub count: usize,
}

/// What one write-up says under one heading; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CellView {
    /// In short, each distinct thing once.
    pub says: Vec<String>,
    /// Lines.
    pub refs: Refs,
}

/// One heading of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatrixView {
    /// Services, or "the incident".
    pub subjects: String,
    /// Operation; may be empty.
    pub operation: String,
    /// What is asserted, in words.
    pub measure: String,
    /// One cell a write-up, in the order of the write-ups.
    pub cells: Vec<CellView>,
    /// Write-ups that say something.
    pub sources: usize,
}

/// One value to go by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConsensusRow {
    /// Services, or "the incident".
    pub subjects: String,
    /// The value with its measure.
    pub value: String,
    /// Write-ups that are compatible with it.
    pub agreeing: usize,
    /// Write-ups with another.
    pub others: usize,
    /// Lines.
    pub refs: Refs,
}

/// One moment as told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToldRow {
    /// When.
    pub at: Moment,
    /// One line.
    pub title: String,
    /// Distinct write-ups.
    pub witnesses: usize,
    /// Lines.
    pub refs: Refs,
}

/// One dependency as told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToldEdgeRow {
    /// What depends.
    pub from: String,
    /// On what.
    pub to: String,
    /// Whether it is denied.
    pub denied: bool,
    /// Distinct write-ups.
    pub witnesses: usize,
    /// Lines.
    pub refs: Refs,
}

/// One rule of the list for drafts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LintRow {
    /// Number, from 1.
    pub number: u8,
    /// `kept`, `broken` or `open`.
    pub status: String,
    /// The same in words.
    pub label: String,
    /// The rule.
    pub rule: String,
    /// What was found, or what is missing.
    pub found: String,
    /// Lines.
    pub refs: Refs,
}

/// Everything an audit template sees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditView {
    /// What was audited, in words.
    pub title: String,
    /// What it was checked against; empty for nothing but each other.
    pub against: String,
    /// First day of the incident; may be empty.
    pub day: String,
    /// The write-ups, in order of their paths.
    pub writeups: Vec<WriteUpRow>,
    /// Findings between stories per rank, gravest first, without ranks that do not occur.
    pub ranks: Vec<RankCount>,
    /// Claims per verdict of the data.
    pub data_ranks: Vec<RankCount>,
    /// Findings between stories.
    pub findings: Vec<AuditRow>,
    /// Claims against the data.
    pub data: Vec<AuditRow>,
    /// Claim against source.
    pub matrix: Vec<MatrixView>,
    /// Values to go by.
    pub consensus: Vec<ConsensusRow>,
    /// The story as told.
    pub told: Vec<ToldRow>,
    /// Dependencies as told.
    pub edges: Vec<ToldEdgeRow>,
    /// The list for drafts; empty when it was not asked for.
    pub lint: Vec<LintRow>,
    /// Every line cited anywhere above, in number order.
    pub cited: Vec<Ref>,
    /// Name and version of the program.
    pub generator: String,
}

/// Builds the view of an audit.
pub(in crate::report) fn view(audit: &Audit, incident: &Incident) -> AuditView {
    let ctx = Ctx::new(incident);
    let split = |data: bool| Audit {
        findings: audit.findings.iter().filter(|f| (f.kind == AuditKind::Evidence) == data).cloned().collect(),
        ..Audit::default()
    };
    let (stories, data) = (split(false), split(true));
    let columns: Vec<SourceId> = audit.writeups.iter().map(|w| w.source).collect();
    AuditView {
        title: title(audit),
        against: against(audit),
        day: ctx.times.day(),
        writeups: writeups(audit),
        ranks: ranks(&stories),
        data_ranks: ranks(&data),
        findings: stated::audit(&ctx, &stories),
        data: stated::audit(&ctx, &data),
        matrix: matrix(&ctx, audit, &columns),
        consensus: consensus(&ctx, audit),
        told: told(&ctx, audit),
        edges: edges(&ctx, audit),
        lint: audit.lint.iter().map(|item| lint(&ctx, item)).collect(),
        cited: ctx.cites.all(),
        generator: concat!("recount ", env!("CARGO_PKG_VERSION")).to_string(),
    }
}

fn title(audit: &Audit) -> String {
    match audit.writeups.len() {
        1 => "One write-up".to_string(),
        n => format!("{} write-ups", text::whole(n as u64)),
    }
}

fn against(audit: &Audit) -> String {
    let of = |role: Role| audit.sources.iter().filter(|s| s.role == role).count();
    let mut out = Vec::new();
    if of(Role::Evidence) > 0 {
        out.push(format!("{} files of evidence", text::whole(of(Role::Evidence) as u64)));
    }
    if of(Role::Other) > 0 {
        out.push("what is told of other incidents".to_string());
    }
    out.join(" and ")
}

/// "A" to "Z", then "A1" and so on.
fn letter(i: usize) -> String {
    let base = char::from(b'A' + (i % 26) as u8);
    if i < 26 { base.to_string() } else { format!("{base}{}", i / 26) }
}

fn writeups(audit: &Audit) -> Vec<WriteUpRow> {
    let path = |id: SourceId| audit.sources.iter().find(|s| s.id == id).map_or("?", |s| s.path.as_str());
    let row = |(i, w): (usize, &crate::model::WriteUp)| WriteUpRow {
        letter: letter(i),
        path: text::line(path(w.source)),
        claims: w.claims,
        moments: w.moments,
        single_source: w.single_source,
        contradicted: w.contradicted,
        supported: w.supported,
        quarantined: w.quarantined,
    };
    audit.writeups.iter().enumerate().map(row).collect()
}

fn ranks(audit: &Audit) -> Vec<RankCount> {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for finding in &audit.findings {
        *counts.entry(finding.verdict).or_default() += 1;
    }
    let row = |(verdict, count)| {
        let (key, label) = stated::verdict(verdict);
        RankCount { verdict: key.into(), label: label.into(), count }
    };
    counts.into_iter().map(row).collect()
}

fn matrix(ctx: &Ctx, audit: &Audit, columns: &[SourceId]) -> Vec<MatrixView> {
    let cell = |row: &crate::model::MatrixRow, id: &SourceId| {
        row.cells.iter().find(|c| c.source == *id).map_or_else(CellView::default, |c| CellView {
            says: c.says.iter().map(|s| text::short(s, 160)).collect(),
            refs: ctx.cites.of(&c.evidence),
        })
    };
    let view = |row: &crate::model::MatrixRow| MatrixView {
        subjects: stated::subjects(&row.subjects).join(", "),
        operation: row.operation.as_deref().map(text::line).unwrap_or_default(),
        measure: stated::measure(row.measure).into(),
        cells: columns.iter().map(|id| cell(row, id)).collect(),
        sources: row.cells.len(),
    };
    audit.matrix.iter().map(view).collect()
}

fn consensus(ctx: &Ctx, audit: &Audit) -> Vec<ConsensusRow> {
    let row = |c: &crate::model::Consensus| ConsensusRow {
        subjects: stated::subjects(&c.subjects).join(", "),
        value: if c.bound == Bound::Exactly {
            text::line(&c.says)
        } else {
            format!("{} (a bound)", text::line(&c.says))
        },
        agreeing: c.agreeing,
        others: c.others,
        refs: ctx.cites.of(&c.evidence),
    };
    audit.consensus.iter().map(row).collect()
}

fn told(ctx: &Ctx, audit: &Audit) -> Vec<ToldRow> {
    let row = |m: &crate::model::ToldMoment| ToldRow {
        at: ctx.times.at(&m.at),
        title: text::line(&m.title),
        witnesses: m.witnesses,
        refs: ctx.cites.of(&m.evidence),
    };
    audit.told.iter().map(row).collect()
}

fn edges(ctx: &Ctx, audit: &Audit) -> Vec<ToldEdgeRow> {
    let row = |e: &crate::model::ToldEdge| ToldEdgeRow {
        from: text::line(&e.from),
        to: text::line(&e.to),
        denied: !e.affirmed,
        witnesses: e.witnesses,
        refs: ctx.cites.of(&e.evidence),
    };
    audit.edges.iter().map(row).collect()
}

fn lint(ctx: &Ctx, item: &LintItem) -> LintRow {
    let (status, label) = match item.kept {
        Some(true) => ("kept", "Kept"),
        Some(false) => ("broken", "Missing"),
        None => ("open", "Does not apply"),
    };
    LintRow {
        number: item.number,
        status: status.into(),
        label: label.into(),
        rule: text::line(&item.rule),
        found: text::line(&item.found),
        refs: ctx.cites.of(&item.evidence),
    }
}
