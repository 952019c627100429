//! The view model: an incident as plain values that are already formatted, so that a template only
//! places them. `templates/README.md` describes every field for people who write templates.

mod audit;
mod compare;
mod conclusions;
mod hero;
mod impact;
mod questions;
mod refs;
mod response;
mod severity;
mod sources;
mod stated;
mod timeline;
mod times;

pub use audit::{AuditView, CellView, ConsensusRow, LintRow, MatrixView, RankCount, ToldEdgeRow, ToldRow, WriteUpRow};
pub use compare::{CompareView, MilestoneRow, PairRow, Verdicts};
pub use conclusions::{Conclusion, Conclusions};
pub use hero::{Fact, Sentence, Status};
pub use impact::{ImpactRow, ImpactView, OperationRow, PeakView, QuietService};
pub use questions::{PeopleSection, Question};
pub use refs::{Ref, Refs};
pub use response::{
    CascadeRow, CascadeView, EdgeRow, IntervalRow, MilestoneView, ResponseView, TriggerRow, Unexplained,
};
pub use severity::{ConflictView, SeverityBar, SeverityStepView, SeverityView};
pub use sources::{ClockRow, DiagnosticRow, EvidenceView, NotReadRow, SourceRow, Totals};
pub use stated::{AuditRow, SideView, StatedRow, StatedValue};
pub use timeline::{Block, EntryView, TimelineView};
pub use times::Moment;

use serde::Serialize;

use super::chart::{self, Chart};
use super::{Input, text};
use crate::model::{Incident, ServiceRates};
use refs::Cites;
use times::Times;

/// A chart beside its text alternative.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartView {
    /// File stem: `charts/NAME.svg` stands beside the Markdown page.
    pub name: String,
    /// Heading.
    pub title: String,
    /// What it shows, in words.
    pub description: String,
    /// A whole `<svg>` element; the only value a template may mark as safe, with `spark`.
    pub svg: String,
}

impl From<Chart> for ChartView {
    fn from(chart: Chart) -> Self {
        ChartView {
            name: chart.name.to_string(),
            title: text::line(&chart.title),
            description: text::line(&chart.description),
            svg: chart.svg,
        }
    }
}

/// The charts of a report, each when there is something to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Charts {
    /// Error ratio over time, per service.
    pub error_curves: Option<ChartView>,
    /// Requests over time.
    pub requests: Option<ChartView>,
    /// Onset and recovery per service.
    pub cascade: Option<ChartView>,
}

impl Charts {
    /// Those that exist.
    pub fn all(&self) -> impl Iterator<Item = &ChartView> {
        [&self.error_curves, &self.requests, &self.cascade].into_iter().flatten()
    }
}

/// Everything a report template sees.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReportView {
    /// Title of the incident.
    pub title: String,
    /// First UTC day of the incident, "12 June 2025"; empty when nothing is dated.
    pub day: String,
    /// How it stands.
    pub status: Status,
    /// The five answers: `what`, `when`, `how_long`, `how_bad`, `noticed`.
    pub hero: Vec<Fact>,
    /// The summary paragraph, sentence by sentence.
    pub summary: Vec<Sentence>,
    /// Key figures.
    pub figures: Vec<Fact>,
    /// Severity over time.
    pub severity: SeverityView,
    /// What was hurt, and what was not.
    pub impact: ImpactView,
    /// Drawings.
    pub charts: Charts,
    /// Order of failure and known dependencies.
    pub cascade: CascadeView,
    /// Events in order.
    pub timeline: TimelineView,
    /// Milestones and the times between them.
    pub response: ResponseView,
    /// Changes before the onset: candidates, never causes.
    pub triggers: Vec<TriggerRow>,
    /// Set when no change in the evidence explains the onset.
    pub unexplained: Option<Unexplained>,
    /// Conclusions by subject.
    pub conclusions: Conclusions,
    /// Posts of a public status page.
    pub communication: Vec<EntryView>,
    /// Figures that write-ups state, side by side.
    pub stated: Vec<StatedRow>,
    /// What the audit found.
    pub audit: Vec<AuditRow>,
    /// What the evidence leaves open.
    pub questions: Vec<Question>,
    /// What was read and how.
    pub evidence: EvidenceView,
    /// Sections that only people can write.
    pub people: Vec<PeopleSection>,
    /// Every line cited anywhere above, in number order.
    pub cited: Vec<Ref>,
    /// Name and version of the program.
    pub generator: String,
}

/// What the builders of sections share.
pub(super) struct Ctx<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Citations.
    pub cites: Cites<'a>,
    /// Moments.
    pub times: Times,
}

impl<'a> Ctx<'a> {
    /// Prepares the shared parts.
    pub(super) fn new(incident: &'a Incident) -> Self {
        Ctx { incident, cites: Cites::new(incident), times: Times::on_day_of(first_second(incident)) }
    }

    /// Services that were hurt: worst peak first, then most excess, then by name.
    pub(super) fn hurt(&self) -> Vec<&'a ServiceRates> {
        hurt(self.incident)
    }
}

/// Services that were hurt: worst peak first, then most excess, then by name.
pub(super) fn hurt(incident: &Incident) -> Vec<&ServiceRates> {
    let rank = |s: &ServiceRates| {
        let worst = s.worst();
        (worst.and_then(|w| w.peak.as_ref()).map_or(-1.0, |p| p.ratio.value), worst.map_or(0.0, |w| w.excess))
    };
    let mut all: Vec<&ServiceRates> = incident.rates.services.iter().filter(|s| !s.impact.is_empty()).collect();
    all.sort_by(|a, b| {
        let (a_rank, b_rank) = (rank(a), rank(b));
        b_rank.0.total_cmp(&a_rank.0).then(b_rank.1.total_cmp(&a_rank.1)).then(a.service.cmp(&b.service))
    });
    all
}

/// The second whose UTC day the report is about.
pub(super) fn first_second(incident: &Incident) -> Option<i64> {
    let onset = incident.rates.incident.as_ref().map(|(onset, _)| onset.best_s);
    let milestone = || incident.findings.milestones.first().map(|m| m.at.seconds());
    let severity = || incident.timeline.severity.steps.first().map(|s| s.at.seconds());
    let entry = || incident.timeline.entries.first().map(|e| e.at.seconds());
    onset.or_else(milestone).or_else(severity).or_else(entry).or(incident.rates.covers_s.map(|c| c.0))
}

/// Builds the view of one incident.
pub(super) fn build(input: &Input) -> ReportView {
    let incident = input.incident;
    let ctx = Ctx::new(incident);
    let hero = hero::hero(&ctx);
    let summary = hero::summary(&ctx);
    let figures = hero::figures(&ctx);
    let severity = severity::view(&ctx);
    let impact = impact::view(&ctx);
    let timeline = timeline::view(&ctx);
    let response = response::view(&ctx);
    ReportView {
        title: text::line(&incident.title),
        day: ctx.times.day(),
        status: hero::status(&ctx),
        hero,
        summary,
        figures,
        severity,
        impact,
        charts: Charts {
            error_curves: chart::error_curves(incident).map(ChartView::from),
            requests: chart::requests(incident).map(ChartView::from),
            cascade: chart::cascade(incident).map(ChartView::from),
        },
        cascade: response::cascade(&ctx),
        timeline,
        response,
        triggers: response::triggers(&ctx),
        unexplained: response::unexplained(&ctx),
        conclusions: conclusions::view(&ctx),
        communication: timeline::communication(&ctx),
        stated: stated::figures(&ctx, input.stated),
        audit: stated::audit(&ctx, input.audit),
        questions: questions::open(&ctx, input.audit),
        evidence: sources::view(&ctx),
        people: questions::people(&input.narrative),
        cited: ctx.cites.all(),
        generator: concat!("recount ", env!("CARGO_PKG_VERSION")).to_string(),
    }
}

/// Builds the view of an audit.
pub(super) use audit::view as audit;

/// Builds the view of a comparison.
pub(super) use compare::view as comparison;

/// Stable name of a kind of event.
pub(super) fn kind_key(kind: crate::model::EventKind) -> &'static str {
    timeline::kind(kind).0
}

/// Words of a kind of event.
pub(super) fn kind_words(kind: crate::model::EventKind) -> &'static str {
    timeline::kind(kind).1
}

/// Words of the basis of a clock.
pub(super) fn basis_word(basis: crate::model::TimeBasis) -> &'static str {
    sources::basis(basis)
}

/// Words of a milestone.
pub(super) fn milestone_label(kind: crate::model::MilestoneKind) -> &'static str {
    response::milestone_words(kind).1
}

pub(super) use hero::{hurt_without_ratio, noticed, window};
pub(super) use impact::elsewhere;
pub(super) use sources::stretch;
