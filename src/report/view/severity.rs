//! Severity over time: steps, time at each level, and conflicts between witnesses.

use serde::Serialize;

use super::times::Times;
use super::{Ctx, Moment, Refs};
use crate::model::{Citation, SeverityStep, SeverityTrack};
use crate::report::text;

/// Another time that another witness gives for the same step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConflictView {
    /// When it says.
    pub at: Moment,
    /// The line.
    pub refs: Refs,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeverityStepView {
    /// Word before; empty for the first step.
    pub from: String,
    /// Word after.
    pub to: String,
    /// When.
    pub at: Moment,
    /// `start`, `worse`, `better` or `unclear`.
    pub direction: String,
    /// Who; empty when nobody is named.
    pub actor: String,
    /// Agreeing witnesses.
    pub refs: Refs,
    /// Disagreeing ones.
    pub conflicts: Vec<ConflictView>,
}

/// One stretch of the strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeverityBar {
    /// Word.
    pub word: String,
    /// 0 is worst; 4 for anything further down.
    pub rank: u8,
    /// Share of the strip, percent with one digit ("12.5").
    pub share: String,
    /// Length of the stretch.
    pub duration: String,
    /// When it begins.
    pub at: Moment,
}

/// Time spent at one severity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeAtView {
    /// Word.
    pub word: String,
    /// All stretches together.
    pub duration: String,
}

/// Severity over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SeverityView {
    /// Steps in time order.
    pub steps: Vec<SeverityStepView>,
    /// The strip; empty when the end is unknown.
    pub bars: Vec<SeverityBar>,
    /// Time spent at each word, in order of first appearance.
    pub time_at: Vec<TimeAtView>,
    /// When the last level ends.
    pub ends_at: Option<Moment>,
    /// What had to be assumed; may be empty.
    pub note: String,
}

/// The track of the incident.
pub(super) fn view(ctx: &Ctx) -> SeverityView {
    of_track(&ctx.incident.timeline.severity, &ctx.times, &|evidence| ctx.cites.of(evidence))
}

/// A track on `times`, its lines shown by `cite`.
pub(super) fn of_track(track: &SeverityTrack, times: &Times, cite: &dyn Fn(&[Citation]) -> Refs) -> SeverityView {
    SeverityView {
        steps: track.steps.iter().map(|s| step(s, times, cite)).collect(),
        bars: bars(times, track),
        time_at: track
            .time_at
            .iter()
            .map(|t| TimeAtView { word: text::line(&t.severity.word), duration: text::duration(t.seconds) })
            .collect(),
        ends_at: track.ends_at.as_ref().map(|t| times.at(t)),
        note: track.note.as_deref().map(text::line).unwrap_or_default(),
    }
}

fn step(step: &SeverityStep, times: &Times, cite: &dyn Fn(&[Citation]) -> Refs) -> SeverityStepView {
    let direction = match (&step.from, step.escalation) {
        (None, _) => "start",
        (_, Some(true)) => "worse",
        (_, Some(false)) => "better",
        (_, None) => "unclear",
    };
    SeverityStepView {
        from: step.from.as_ref().map(|w| text::line(&w.word)).unwrap_or_default(),
        to: text::line(&step.to.word),
        at: times.at(&step.at),
        direction: direction.into(),
        actor: step.actor.as_ref().map(|a| text::line(&a.name)).unwrap_or_default(),
        refs: cite(&step.evidence),
        conflicts: step
            .conflicts
            .iter()
            .map(|(at, c)| ConflictView { at: times.at(at), refs: cite(std::slice::from_ref(c)) })
            .collect(),
    }
}

/// One bar per step, from its time to the next step's or the end.
fn bars(times: &Times, track: &SeverityTrack) -> Vec<SeverityBar> {
    let (Some(first), Some(end)) = (track.steps.first(), track.ends_at) else {
        return Vec::new();
    };
    let whole = end.seconds() - first.at.seconds();
    if whole <= 0 {
        return Vec::new();
    }
    let ends = track.steps.iter().skip(1).map(|s| s.at.seconds()).chain([end.seconds()]);
    track
        .steps
        .iter()
        .zip(ends)
        .filter(|(step, until)| *until > step.at.seconds())
        .map(|(step, until)| {
            let seconds = until - step.at.seconds();
            SeverityBar {
                word: text::line(&step.to.word),
                rank: step.to.rank.min(4),
                share: format!("{:.1}", seconds as f64 / whole as f64 * 100.0),
                duration: text::duration(seconds),
                at: times.at(&step.at),
            }
        })
        .collect()
}
