//! The response of an incident as one bar of stretches, its severity as another below it.

use crate::model::{Comparison, MilestoneKind, SeverityTrack};

use super::axis::TimeScale;
use super::canvas::{Canvas, Hang};
use super::text::{fit, shorten, span, width};
use super::theme::{Ink, Size};

/// Height of a bar with the room below it.
const ROW: f64 = 32.0;
/// Half the height of a bar.
const HALF: f64 = 12.0;
/// Room below the bars of one side.
const GAP: f64 = 10.0;
/// How strong a stretch is painted, the first strongest: words must stay readable on it.
const STRENGTH: [f64; 4] = [0.5, 0.36, 0.22, 0.1];

/// One stretch of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    from_s: i64,
    to_s: i64,
    /// 0 for the first of four kinds.
    nth: usize,
    word: &'static str,
}

/// Stretches of side 0 or 1, seconds after its T+0: unnoticed, cause unknown, cause known, recovering. A moment
/// that is not known joins two of them; one that came before its turn leaves its stretch out.
pub(super) fn stretches(c: &Comparison, side: usize) -> Vec<Stretch> {
    use MilestoneKind::{CauseIdentified, Detected, Onset, Recovered, RecoveryStarted, Resolved};
    let at = |kind: MilestoneKind| {
        let pair = c.milestones.iter().find(|m| m.kind == kind)?;
        if side == 0 { pair.a_s } else { pair.b_s }
    };
    let turns = [
        (at(Onset), 0, "unnoticed", "detection unknown"),
        (at(Detected), 1, "cause unknown", "noticed"),
        (at(CauseIdentified), 2, "cause known", "cause known"),
        (at(RecoveryStarted), 3, "recovering", "recovering"),
    ];
    let end = at(Recovered).or_else(|| at(Resolved));
    let mut out = Vec::new();
    for (n, (from, nth, word, joined)) in turns.into_iter().enumerate() {
        let later = || turns.iter().skip(n + 1).map(|t| t.0).chain([end]);
        let Some((from_s, to_s)) = from.zip(later().flatten().next()) else { continue };
        let word = if later().next().flatten().is_some() { word } else { joined };
        let from_s = from_s.max(out.last().map_or(from_s, |before: &Stretch| before.to_s));
        if to_s > from_s {
            out.push(Stretch { from_s, to_s, nth, word });
        }
    }
    out
}

/// Height that the bars of both sides take.
pub(super) fn height(c: &Comparison) -> f64 {
    (0..2).map(|side| side_height(c, side)).sum()
}

fn side_height(c: &Comparison, side: usize) -> f64 {
    let rows = usize::from(!stretches(c, side).is_empty()) + usize::from(!levels(c, side).is_empty());
    if rows == 0 { 0.0 } else { ROW * rows as f64 + GAP }
}

/// Severity of a side: from, to (both after T+0), rank, word.
fn levels(c: &Comparison, side: usize) -> Vec<(i64, i64, u8, String)> {
    let (Some(track), Some(zero)) = (c.severity.get(side), c.zero_s.get(side)) else { return Vec::new() };
    let after = |s: i64| s.saturating_sub(*zero);
    let end = end(track, stretches(c, side).last().map(|s| s.to_s.saturating_add(*zero)));
    let ends = track.steps.iter().skip(1).map(|s| s.at.seconds()).chain([end]);
    let level = |(step, to): (&crate::model::SeverityStep, i64)| {
        (after(step.at.seconds()), after(to), step.to.rank, shorten(&step.to.word, 14))
    };
    track.steps.iter().zip(ends).map(level).filter(|(from, to, ..)| to > from).collect()
}

/// When the last level ends: as told, else with the recovery, else a moment after it began.
fn end(track: &SeverityTrack, recovered_s: Option<i64>) -> i64 {
    let last = track.steps.last().map_or(0, |s| s.at.seconds());
    track.ends_at.map(|t| t.seconds()).or(recovered_s).unwrap_or(last).max(last.saturating_add(60))
}

/// First and last second that the bars reach, after T+0.
pub(super) fn reach(c: &Comparison) -> Vec<i64> {
    let bars = (0..2).flat_map(|side| stretches(c, side)).flat_map(|s| [s.from_s, s.to_s]);
    bars.chain((0..2).flat_map(|side| levels(c, side)).flat_map(|l| [l.0, l.1])).collect()
}

/// Both sides from `top` down, names to the left of the scale, lengths at `right`.
pub(super) fn paint(c: &mut Canvas, comparison: &Comparison, time: &TimeScale, top: f64, right: f64) {
    let mut y = top;
    for (side, (name, ink)) in [("A", Ink::SideA), ("B", Ink::SideBSolid)].into_iter().enumerate() {
        let mut at = y + ROW / 2.0;
        let bars = stretches(comparison, side);
        if let (Some(first), Some(last)) = (bars.first(), bars.last()) {
            c.words(&format!("{name} response"), (time.x0 - 12.0, at), Hang::End, Size::Label, Ink::Text);
            for s in &bars {
                let alpha = STRENGTH.get(s.nth).copied().unwrap_or(0.1);
                bar(c, time, (s.from_s, s.to_s), at, (ink, alpha, s.word));
            }
            c.words(&span((last.to_s - first.from_s + 30) / 60 * 60), (right, at), Hang::End, Size::Label, Ink::Text);
            at += ROW;
        }
        let levels = levels(comparison, side);
        if !levels.is_empty() {
            c.words(&format!("{name} severity"), (time.x0 - 12.0, at), Hang::End, Size::Label, Ink::Text);
        }
        for (from, to, rank, word) in &levels {
            let alpha = STRENGTH.get(usize::from(*rank)).copied().unwrap_or(0.1);
            bar(c, time, (*from, *to), at, (Ink::Severity, alpha, word));
        }
        y += side_height(comparison, side);
    }
}

/// One part of a bar with an edge on both sides; its word where it fits, and under the pointer.
fn bar(c: &mut Canvas, time: &TimeScale, (from, to): (i64, i64), y: f64, (ink, alpha, word): (Ink, f64, &str)) {
    let (x0, x1) = (time.x(from), time.x(to).max(time.x(from) + 2.0));
    c.block((x0, y - HALF), (x1, y + HALF), ink, alpha);
    c.line(&[(x0, y - HALF), (x1, y - HALF), (x1, y + HALF), (x0, y + HALF), (x0, y - HALF)], ink, 1.2);
    if f64::from(width(word, Size::Label)) + 8.0 <= x1 - x0 {
        c.words(&fit(word, Size::Label, (x1 - x0) as i32), ((x0 + x1) / 2.0, y), Hang::Middle, Size::Label, Ink::Text);
    }
    c.hover((x0, y - HALF), (x1, y + HALF), &format!("{word}: {}", span(to - from)), &[]);
}

/// `unnoticed 41 s, cause unknown 13 min`; empty without any.
pub(super) fn words(c: &Comparison, side: usize) -> String {
    let part = |s: &Stretch| format!("{} {}", s.word, span(s.to_s - s.from_s));
    stretches(c, side).iter().map(part).collect::<Vec<_>>().join(", ")
}
