//! What happened, above a plot on its time axis: milestones as rules with their names, severity as steps.

use crate::model::{Incident, MilestoneKind, SeverityTrack};

use super::axis::{TimeScale, clock};
use super::canvas::{Canvas, Hang, WIDTH};
use super::lanes::{Label, lanes};
use super::panel::Panel;
use super::text::{shorten, span};
use super::theme::{Ink, Size};

/// Height of one line of milestone labels.
const LANE: f64 = 27.0;
/// Height of one severity.
const LEVEL: f64 = 27.0;

/// Milestones that are marked, with the word they go by.
pub(super) const MARKED: [(MilestoneKind, &str); 7] = [
    (MilestoneKind::Onset, "Onset"),
    (MilestoneKind::Detected, "Detected"),
    (MilestoneKind::Escalated, "Escalated"),
    (MilestoneKind::CauseIdentified, "Cause identified"),
    (MilestoneKind::MitigationStarted, "Mitigation"),
    (MilestoneKind::RecoveryStarted, "Recovery started"),
    (MilestoneKind::Resolved, "Resolved"),
];

/// One level of the severity track: from, to, index of its row.
struct Level {
    from_s: i64,
    to_s: i64,
    row: usize,
}

/// Milestones and severity as one plot shows them.
pub(super) struct Story<'a> {
    marks: Vec<(i64, Label)>,
    words: Vec<String>,
    levels: Vec<Level>,
    track: &'a SeverityTrack,
}

impl<'a> Story<'a> {
    /// What of the incident lies on the scale.
    pub(super) fn new(incident: &'a Incident, time: &TimeScale) -> Self {
        let track = &incident.timeline.severity;
        let (words, levels) = severity(track, time);
        Story { marks: marks(incident, time), words, levels, track }
    }

    /// Height of the lines of labels.
    fn top(&self) -> f64 {
        8.0 + LANE * self.marks.iter().map(|(_, m)| m.lane + 1).max().unwrap_or(0) as f64
    }

    /// Height of all of it: where the plot below begins.
    pub(super) fn height(&self) -> f64 {
        self.top() + LEVEL * self.words.len() as f64 + if self.words.is_empty() { 6.0 } else { 20.0 }
    }

    /// Draws it above `panel`; the rules go down to its lower edge.
    pub(super) fn paint(&self, c: &mut Canvas, panel: &Panel) {
        self.steps(c, panel, self.top());
        self.rules(c, panel);
    }

    fn rules(&self, c: &mut Canvas, panel: &Panel) {
        let top = self.marks.iter().map(|(_, m)| m.lane).max().unwrap_or(0);
        for (at_s, mark) in &self.marks {
            let y = 4.0 + LANE * ((top - mark.lane) as f64 + 0.5);
            c.group("rc-at", &[("at", at_s.to_string())], |c| {
                c.line(&[(mark.x, y - LANE / 2.0 + 3.0), (mark.x, panel.y1)], Ink::Rule, 1.4);
                let (x, hang) = if mark.backwards { (mark.x - 6.0, Hang::End) } else { (mark.x + 6.0, Hang::Start) };
                c.words(&mark.text, (x, y), hang, Size::Label, Ink::Text);
            });
        }
    }

    /// The severity track as steps, one row for each level.
    fn steps(&self, c: &mut Canvas, panel: &Panel, top: f64) {
        let y = |row: usize| top + 6.0 + LEVEL * (row as f64 + 0.5);
        for (row, word) in self.words.iter().enumerate() {
            c.line(&[(panel.time.x0, y(row)), (panel.time.x1, y(row))], Ink::Grid, 1.0);
            c.words(word, (panel.time.x0 - 10.0, y(row)), Hang::End, Size::Label, Ink::Text);
        }
        if self.words.is_empty() {
            return;
        }
        if panel.time.x0 > 200.0 {
            c.words("Severity", (8.0, y(0)), Hang::Start, Size::Label, Ink::Muted);
        }
        c.inside(&panel.time, (top, y(self.words.len() - 1) + LEVEL / 2.0), |c| {
            for pair in self.levels.windows(2) {
                if let [before, after] = pair {
                    let x = panel.time.x(after.from_s);
                    c.line(&[(x, y(before.row)), (x, y(after.row))], Ink::Severity, 2.0);
                }
            }
            for level in &self.levels {
                let (x0, x1) = (panel.time.x(level.from_s), panel.time.x(level.to_s));
                c.block((x0, y(level.row) - 5.0), (x1.max(x0 + 2.0), y(level.row) + 5.0), Ink::Severity, 1.0);
            }
        });
        for level in &self.levels {
            let (x0, x1) = (panel.time.x(level.from_s), panel.time.x(level.to_s));
            let word = self.words.get(level.row).map_or("", String::as_str);
            let title = format!("{word} from {}, {}", clock(level.from_s), span(level.to_s - level.from_s));
            c.hover((x0, y(level.row) - 10.0), (x1, y(level.row) + 10.0), &title, &[]);
        }
        self.conflicts(c, panel, &y);
    }

    /// Where witnesses differ about a step.
    fn conflicts(&self, c: &mut Canvas, panel: &Panel, y: &dyn Fn(usize) -> f64) {
        let steps = self.track.steps.iter().zip(&self.levels);
        for (step, level) in steps.filter(|_| self.levels.len() == self.track.steps.len()) {
            for (at, _) in step.conflicts.iter().filter(|(at, _)| panel.time.holds(at.seconds())) {
                let x = panel.time.x(at.seconds());
                c.group("rc-at", &[("at", at.seconds().to_string())], |c| {
                    c.ring((x, y(level.row)), 6.0, Ink::Severity);
                });
                let title = format!("another witness puts the step to {} at {}", step.to.word, clock(at.seconds()));
                c.hover((x - 9.0, y(level.row) - 10.0), (x + 9.0, y(level.row) + 10.0), &title, &[]);
            }
        }
    }
}

/// A time of day to the minute; to the second only where minutes would not tell apart.
fn minute(at_s: i64, length_s: i64) -> String {
    clock(if length_s > 1_800 { at_s.div_euclid(60) * 60 } else { at_s })
}

/// The marked milestones with the lane of each label.
fn marks(incident: &Incident, time: &TimeScale) -> Vec<(i64, Label)> {
    let found = MARKED.iter().filter_map(|(kind, word)| {
        let at = incident.findings.milestone(*kind)?.at.seconds();
        time.holds(at).then(|| (at, format!("{word} {}", minute(at, time.to_s - time.from_s))))
    });
    let mut labels: Vec<(i64, String)> = found.collect();
    labels.sort_by_key(|l| l.0);
    let at: Vec<i64> = labels.iter().map(|l| l.0).collect();
    let placed = lanes(labels.into_iter().map(|(at, text)| (time.x(at), text)), f64::from(WIDTH) - 6.0);
    at.into_iter().zip(placed).collect()
}

/// Words of the levels, worst first, and the stretches of the track that lie on the scale.
fn severity(track: &SeverityTrack, time: &TimeScale) -> (Vec<String>, Vec<Level>) {
    let mut kinds: Vec<_> = track.steps.iter().map(|s| (s.to.vocabulary, s.to.rank, s.to.word.as_str())).collect();
    kinds.sort_unstable();
    kinds.dedup_by_key(|k| (k.0, k.1));
    let end = track.ends_at.map_or(time.to_s, |t| t.seconds());
    let mut levels = Vec::new();
    for (n, step) in track.steps.iter().enumerate() {
        let from_s = step.at.seconds();
        let to_s = track.steps.get(n + 1).map_or(end, |next| next.at.seconds());
        let row = kinds.iter().position(|k| (k.0, k.1) == (step.to.vocabulary, step.to.rank));
        if let Some(row) = row.filter(|_| to_s >= time.from_s && from_s <= time.to_s) {
            levels.push(Level { from_s, to_s, row });
        }
    }
    (kinds.iter().map(|k| shorten(k.2, 14)).collect(), levels)
}
