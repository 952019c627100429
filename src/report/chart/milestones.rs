//! Two responses on one axis: a bar of stretches each, severity, milestones.

use crate::model::{Comparison, MilestoneKind, MilestonePair};

use super::Chart;
use super::axis::{TimeScale, relative};
use super::canvas::{Canvas, Hang, Point, WIDTH, draw};
use super::curves::LEFT;
use super::panel::{Clock, Panel, paragraph, wrap};
use super::phases;
use super::text::{fit, shorten};
use super::theme::{Ink, Size};
use super::versus::KEY;

/// Width of the names.
const NAMES: f64 = 210.0;
/// Width of the two columns of figures.
const FIGURES: f64 = 262.0;
/// Height of a row.
const ROW: f64 = 36.0;
/// Right ends of the figures of A and B.
const COLUMNS: [f64; 2] = [WIDTH as f64 - 136.0, WIDTH as f64 - 8.0];

/// A milestone in words.
fn word(kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::Onset => "Onset",
        MilestoneKind::Detected => "Detected",
        MilestoneKind::Paged => "Paged",
        MilestoneKind::Acknowledged => "Acknowledged",
        MilestoneKind::Declared => "Declared",
        MilestoneKind::Escalated => "Escalated",
        MilestoneKind::CauseIdentified => "Cause named",
        MilestoneKind::PublicNotice => "First public notice",
        MilestoneKind::MitigationStarted => "Mitigation started",
        MilestoneKind::RecoveryStarted => "Recovery started",
        MilestoneKind::Recovered => "Recovered",
        MilestoneKind::Resolved => "Resolved",
    }
}

/// What the marks mean.
const NOTE: &str = "Bars: from onset to the end of recovery, in stretches (unnoticed, cause unknown, cause known, recovering); below, severity as declared. Milestones: dot A, ring B.";

/// Both responses as bars on one axis relative to T+0, then each milestone, a dot for A and a ring for B, with
/// the figures beside them. `None` without any.
pub fn milestones(comparison: &Comparison) -> Option<Chart> {
    let pairs = &comparison.milestones;
    let times = || pairs.iter().flat_map(|m| [m.a_s, m.b_s]).flatten();
    let reach = phases::reach(comparison);
    let all = || times().chain(reach.iter().copied());
    let (first, last) = (all().min()?.min(0), all().max()?.max(0));
    let margin = ((last - first) / 20).max(60);
    let time = TimeScale::new(first - margin, last + margin, NAMES, f64::from(WIDTH) - FIGURES);
    let (top, bars) = (KEY + 8.0, phases::height(comparison));
    let y0 = top + bars + 24.0;
    let panel = Panel { time, y0: top - 6.0, y1: y0 + ROW * pairs.len() as f64 + 6.0, low: 0.0, high: 1.0 };
    let description = describe(comparison);
    let height = panel.y1 + 62.0 + 26.0 * wrap(NOTE, WIDTH - 40, 3).len() as f64;
    let drawing = draw(height.ceil() as i32, &description, |c| {
        key(c, &comparison.titles);
        panel.frame(c, Clock::Relative, &[], false);
        phases::paint(c, comparison, &panel.time, top, COLUMNS[1]);
        panel.time_title(c, Clock::Relative);
        for (name, x) in ["A", "B"].into_iter().zip(COLUMNS) {
            c.words(name, (x, y0 - 14.0), Hang::End, Size::Head, Ink::Text);
        }
        for (n, pair) in pairs.iter().enumerate() {
            row(c, &panel.time, pair, y0 + 3.0 + ROW * (n as f64 + 0.5));
        }
        paragraph(c, NOTE, 20.0, panel.y1 + 58.0, WIDTH - 40, 3);
    });
    Some(Chart { name: "milestones", title: "Responses side by side".into(), description, drawing })
}

/// Name, marks joined by a line, figures.
fn row(c: &mut Canvas, time: &TimeScale, pair: &MilestonePair, y: f64) {
    c.words(word(pair.kind), (NAMES - 12.0, y), Hang::End, Size::Label, Ink::Text);
    if let Some((a, b)) = pair.a_s.zip(pair.b_s) {
        c.line(&[(time.x(a), y), (time.x(b), y)], Ink::Muted, 2.0);
    }
    pair.b_s.into_iter().for_each(|t| mark(c, (time.x(t), y), false));
    pair.a_s.into_iter().for_each(|t| mark(c, (time.x(t), y), true));
    for (t, x) in [pair.a_s, pair.b_s].into_iter().zip(COLUMNS) {
        let text = t.map_or_else(|| "–".to_string(), figure);
        c.words(&text, (x, y), Hang::End, Size::Label, Ink::Text);
    }
}

/// Time after T+0, to the minute above one: an onset is seldom known more finely.
fn figure(seconds: i64) -> String {
    match seconds {
        0 => relative(0),
        s if s.abs() < 60 => relative(s),
        s => relative((s + s.signum() * 30) / 60 * 60),
    }
}

/// Which mark is whose.
fn key(c: &mut Canvas, titles: &[String; 2]) {
    for ((name, y), title) in [("A", 16.0), ("B", 46.0)].into_iter().zip(titles) {
        mark(c, (LEFT, y), name == "A");
        let text = fit(&format!("{name}: {}", shorten(title, 120)), Size::Head, WIDTH - LEFT as i32 - 40);
        c.words(&text, (LEFT + 20.0, y), Hang::Start, Size::Head, Ink::Text);
    }
}

/// A dot for A, a ring for B: told apart without colour.
fn mark(c: &mut Canvas, at: Point, first: bool) {
    if first {
        c.dot(at, 6.0, Ink::SideA);
    } else {
        c.dot(at, 9.5, Ink::Panel);
        c.ring(at, 9.5, Ink::SideBSolid);
    }
}

fn describe(c: &Comparison) -> String {
    let after = |t: Option<i64>| t.map_or_else(|| "unknown".to_string(), figure);
    let each: Vec<String> = (c.milestones.iter())
        .map(|m| format!("{} A {}, B {}", word(m.kind).to_lowercase(), after(m.a_s), after(m.b_s)))
        .collect();
    let bars = ["A", "B"].into_iter().enumerate().map(|(side, name)| (name, phases::words(c, side)));
    let bars: String =
        bars.filter(|(_, words)| !words.is_empty()).map(|(name, words)| format!("{name}: {words}. ")).collect();
    format!("{bars}Milestones after T+0 of each incident: {}.", each.join("; "))
}
