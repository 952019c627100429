//! The view model: an incident as plain values that are already formatted, so that a template only
//! places them. `templates/README.md` describes every field for people who write templates.

mod actions;
mod audit;
mod compare;
mod conclusions;
mod edition;
mod hero;
mod hints;
mod impact;
mod operations;
mod people;
mod questions;
mod refs;
mod response;
mod severity;
mod sources;
mod stated;
mod timeline;
mod times;

pub use actions::{ActionHint, ActionRow, ActionsView, ResponderRow, RespondersView, StepsView};
pub use audit::{AuditView, CellView, ConsensusRow, LintRow, MatrixView, RankCount, ToldEdgeRow, ToldRow, WriteUpRow};
pub use compare::{CompareView, LibraryRow, LibraryView, MilestoneRow, OrderRow, PairRow, Verdicts};
pub use conclusions::{Conclusion, Conclusions};
pub use edition::EditionView;
pub use hero::{Fact, Sentence, Status, WindowView};
pub use impact::{ImpactRow, ImpactView, OperationRow, PeakView, QuietService, SortKeys};
pub use people::{Hint, PeopleSection};
pub use questions::Question;
pub use refs::{Ref, Refs};
pub use response::{
    CascadeRow, CascadeView, EdgeRow, IntervalRow, MilestoneView, ResponseView, TriggerRow, Unexplained,
};
pub use severity::{ConflictView, SeverityBar, SeverityStepView, SeverityView, TimeAtView};
pub use sources::{ClockRow, DiagnosticRow, EvidenceView, NotReadRow, SourceRow, Totals};
pub use stated::{AuditRow, SideView, StatedRow, StatedValue};
pub use timeline::{Block, EntryView, TimelineView};
pub use times::Moment;

use indexmap::IndexMap;
use serde::Serialize;

use super::chart::{self, Chart, Drawing};
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
    /// The drawing; for a template a whole `<svg>` element, the only value it may mark as safe, with `spark`.
    pub svg: Drawing,
}

impl From<Chart> for ChartView {
    fn from(chart: Chart) -> Self {
        ChartView {
            name: chart.name.to_string(),
            title: text::line(&chart.title),
            description: text::line(&chart.description),
            svg: chart.drawing,
        }
    }
}

/// The charts of a report, each when there is something to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Charts {
    /// Error ratio of the worst services in one plot, with severity, milestones and changes.
    pub error_overlay: Option<ChartView>,
    /// Error ratio over time, one small plot for each service.
    pub error_curves: Option<ChartView>,
    /// Services by time.
    pub heat: Option<ChartView>,
    /// Requests over time.
    pub requests: Option<ChartView>,
    /// Percentiles of latency over time.
    pub latency: Option<ChartView>,
    /// Onset and recovery per service.
    pub cascade: Option<ChartView>,
    /// Who acted when.
    pub response: Option<ChartView>,
    /// Which source covers which time.
    pub coverage: Option<ChartView>,
}

impl Charts {
    /// Those that can be drawn of an incident.
    fn of(incident: &Incident) -> Charts {
        Charts {
            error_overlay: chart::error_overlay(incident).map(ChartView::from),
            error_curves: chart::error_curves(incident).map(ChartView::from),
            heat: chart::heat(incident).map(ChartView::from),
            requests: chart::requests(incident).map(ChartView::from),
            latency: chart::latency(incident).map(ChartView::from),
            cascade: chart::cascade(incident).map(ChartView::from),
            response: chart::response(incident).map(ChartView::from),
            coverage: chart::coverage(incident).map(ChartView::from),
        }
    }

    /// Those that exist.
    pub fn all(&self) -> impl Iterator<Item = &ChartView> {
        [
            &self.error_overlay,
            &self.error_curves,
            &self.heat,
            &self.requests,
            &self.latency,
            &self.cascade,
            &self.response,
            &self.coverage,
        ]
        .into_iter()
        .flatten()
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
    /// From when to when the impact lasted; null when nothing tells.
    pub window: Option<WindowView>,
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
    /// The values behind the curves as JSON, for the page's script (safe to print inside a script tag).
    pub readings: String,
    /// Order of failure and known dependencies.
    pub cascade: CascadeView,
    /// Events in order.
    pub timeline: TimelineView,
    /// Milestones and the times between them.
    pub response: ResponseView,
    /// Who acted.
    pub responders: RespondersView,
    /// What was done while it lasted.
    pub steps: StepsView,
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
    /// Sections that only people can write, by key.
    pub people: IndexMap<String, PeopleSection>,
    /// Sections of people's own, in their order.
    pub own: Vec<PeopleSection>,
    /// What is to be done.
    pub actions: ActionsView,
    /// What was cut and taken out of this copy.
    pub edition: EditionView,
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
    let cascade = response::cascade(&ctx);
    let triggers = response::triggers(&ctx);
    let unexplained = response::unexplained(&ctx);
    let conclusions = conclusions::view(&ctx);
    let communication = timeline::communication(&ctx);
    let stated = stated::figures(&ctx, input.stated);
    let audit = stated::audit(&ctx, input.audit);
    let questions = questions::open(&ctx, input.audit);
    let found = hints::Found {
        hero: &hero,
        impact: &impact,
        response: &response,
        triggers: &triggers,
        unexplained: unexplained.as_ref(),
        conclusions: &conclusions,
        questions: &questions,
    };
    let edition = edition::view(&ctx);
    let people = people::sections(&ctx, &found);
    let actions = actions::actions(&ctx, &found);
    ReportView {
        title: text::line(&incident.title),
        day: ctx.times.day(),
        status: hero::status(&ctx),
        window: hero::window_view(&ctx),
        charts: Charts::of(incident),
        readings: chart::readings(incident),
        responders: actions::responders(&ctx),
        steps: actions::steps(&ctx),
        evidence: sources::view(&ctx),
        cited: ctx.cites.all(),
        generator: concat!("recount ", env!("CARGO_PKG_VERSION")).to_string(),
        hero,
        summary,
        figures,
        severity,
        impact,
        cascade,
        timeline,
        response,
        triggers,
        unexplained,
        conclusions,
        communication,
        stated,
        audit,
        questions,
        people,
        own: people::own(&incident.edition.narrative),
        actions,
        edition,
    }
}

/// Builds the view of an audit.
pub(super) use audit::view as audit;

/// Builds the view of a comparison.
pub(super) use compare::{library, view as comparison};

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

pub(super) use edition::{cut, redacted};
pub(super) use hero::{hurt_without_ratio, noticed, window};
pub(super) use impact::elsewhere;
pub(super) use sources::stretch;
