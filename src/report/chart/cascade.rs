//! Who was hurt from when to when, under the milestones and the severity track.

use crate::model::{CascadeStep, Incident, MilestoneKind, SeverityTrack, TimeInterval};

use super::Chart;
use super::axis::{TimeScale, clock, day};
use super::canvas::{Canvas, Hang, WIDTH, draw};
use super::lanes::{Label, lanes};
use super::panel::{Clock, Panel, paragraph, view, wrap};
use super::text::{fit, percent, shorten, span};
use super::theme::{Ink, Size};

/// Width of the names to the left.
const GUTTER: i32 = 264;
/// Room for the peaks to the right.
const PEAKS: i32 = 96;
/// Height of one service.
const ROW: f64 = 30.0;
/// Height of one line of milestone labels.
const LANE: f64 = 27.0;
/// Height of one severity.
const LEVEL: f64 = 27.0;
/// Most services drawn; the rest are named below.
const MOST: usize = 40;

/// Milestones that are marked, with the word they go by.
const MARKED: [(MilestoneKind, &str); 7] = [
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

/// Bars from onset to recovery per hurt service in onset order, the uncertainty of the onset as a
/// lighter lead-in, milestones as rules, severity as steps on the same axis. `None` when nothing
/// was hurt.
pub fn cascade(incident: &Incident) -> Option<Chart> {
    let steps = &incident.findings.cascade.steps;
    let (shown, rest) = steps.split_at(steps.len().min(MOST));
    if shown.is_empty() {
        return None;
    }
    let (from, to) = stretch(incident)?;
    let time = TimeScale::new(from, to, f64::from(GUTTER), f64::from(WIDTH - PEAKS));
    let marks = marks(incident, &time);
    let (words, levels) = severity(&incident.timeline.severity, &time);
    let top = 8.0 + LANE * marks.iter().map(|m| m.lane + 1).max().unwrap_or(0) as f64;
    let y0 = top + LEVEL * words.len() as f64 + if words.is_empty() { 6.0 } else { 20.0 };
    let y1 = y0 + ROW * shown.len() as f64 + 8.0;
    let notes = notes(rest);
    let lines: usize = notes.iter().map(|n| wrap(n, WIDTH - 40, 3).len()).sum();
    let height = y1 + 66.0 + 26.0 * lines as f64;
    let description = describe(incident, steps);
    let svg = draw(height.ceil() as i32, &description, |c| {
        let panel = Panel { time, y0, y1, low: 0.0, high: 1.0 };
        panel.frame(c, Clock::Utc, &[], false);
        panel.time_title(c, Clock::Utc);
        track(c, &panel, top, &words, &levels, &incident.timeline.severity);
        rules(c, &panel, &marks);
        c.words("peak", (f64::from(WIDTH) - 6.0, y0 - 12.0), Hang::End, Size::Label, Ink::Muted);
        for (n, step) in shown.iter().enumerate() {
            bar(c, &panel, step, y0 + 4.0 + ROW * (n as f64 + 0.5));
        }
        let mut y = y1 + 58.0;
        for note in &notes {
            y += paragraph(c, note, 20.0, y, WIDTH - 40, 3);
        }
    });
    Some(Chart { name: "cascade", title: "How the failure spread".into(), description, svg })
}

/// The view of the curves, widened to what happened shortly outside it.
fn stretch(incident: &Incident) -> Option<(i64, i64)> {
    let steps = &incident.findings.cascade.steps;
    let first = steps.iter().map(|s| s.onset.from_s).min()?;
    let last = steps.iter().map(|s| s.recovery.map_or(s.onset.to_s, |r| r.to_s)).max()?;
    let (from, to) = view(incident).unwrap_or((first, last));
    let (mut from, mut to) = (from.min(first), to.max(last));
    let reach = (to - from) / 2;
    let milestones = incident.findings.milestones.iter().map(|m| m.at.seconds());
    for at in milestones.filter(|at| (from - reach..=to + reach).contains(at)).collect::<Vec<_>>() {
        from = from.min(at);
        to = to.max(at);
    }
    Some((from, to))
}

/// A time of day to the minute; to the second only where minutes would not tell apart.
fn minute(at_s: i64, length_s: i64) -> String {
    clock(if length_s > 1_800 { at_s.div_euclid(60) * 60 } else { at_s })
}

/// The marked milestones with the lane of each label.
fn marks(incident: &Incident, time: &TimeScale) -> Vec<Label> {
    let found = MARKED.iter().filter_map(|(kind, word)| {
        let at = incident.findings.milestone(*kind)?.at.seconds();
        time.holds(at).then(|| (at, format!("{word} {}", minute(at, time.to_s - time.from_s))))
    });
    let mut labels: Vec<(i64, String)> = found.collect();
    labels.sort_by_key(|l| l.0);
    lanes(labels.into_iter().map(|(at, text)| (time.x(at), text)), f64::from(WIDTH) - 6.0)
}

fn rules(c: &mut Canvas, panel: &Panel, marks: &[Label]) {
    let top = marks.iter().map(|m| m.lane).max().unwrap_or(0);
    for mark in marks {
        let y = 4.0 + LANE * ((top - mark.lane) as f64 + 0.5);
        c.line(&[(mark.x, y - LANE / 2.0 + 3.0), (mark.x, panel.y1)], Ink::Rule, 1.4);
    }
    for mark in marks {
        let y = 4.0 + LANE * ((top - mark.lane) as f64 + 0.5);
        let (x, hang) = if mark.backwards { (mark.x - 6.0, Hang::End) } else { (mark.x + 6.0, Hang::Start) };
        c.words(&mark.text, (x, y), hang, Size::Label, Ink::Text);
    }
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

/// The severity track as steps, one row for each level.
fn track(c: &mut Canvas, panel: &Panel, top: f64, words: &[String], levels: &[Level], track: &SeverityTrack) {
    let y = |row: usize| top + 6.0 + LEVEL * (row as f64 + 0.5);
    for (row, word) in words.iter().enumerate() {
        c.line(&[(panel.time.x0, y(row)), (panel.time.x1, y(row))], Ink::Grid, 1.0);
        c.words(word, (panel.time.x0 - 10.0, y(row)), Hang::End, Size::Label, Ink::Text);
    }
    if !words.is_empty() {
        c.words("Severity", (8.0, y(0)), Hang::Start, Size::Label, Ink::Muted);
    }
    for pair in levels.windows(2) {
        if let [before, after] = pair {
            let x = panel.time.x(after.from_s);
            c.line(&[(x, y(before.row)), (x, y(after.row))], Ink::Severity, 2.0);
        }
    }
    for level in levels {
        let (x0, x1) = (panel.time.x(level.from_s), panel.time.x(level.to_s));
        c.block((x0, y(level.row) - 5.0), (x1.max(x0 + 2.0), y(level.row) + 5.0), Ink::Severity, 1.0);
        let word = words.get(level.row).map_or("", String::as_str);
        let title = format!("{word} from {}, {}", clock(level.from_s), span(level.to_s - level.from_s));
        c.hover((x0, y(level.row) - 10.0), (x1, y(level.row) + 10.0), &title, &[]);
    }
    for (step, level) in track.steps.iter().zip(levels).filter(|_| levels.len() == track.steps.len()) {
        for (at, _) in step.conflicts.iter().filter(|(at, _)| panel.time.holds(at.seconds())) {
            let x = panel.time.x(at.seconds());
            c.ring((x, y(level.row)), 6.0, Ink::Severity);
            let title = format!("another witness puts the step to {} at {}", step.to.word, clock(at.seconds()));
            c.hover((x - 9.0, y(level.row) - 10.0), (x + 9.0, y(level.row) + 10.0), &title, &[]);
        }
    }
}

/// One service: name, lead-in, bar, peak.
fn bar(c: &mut Canvas, panel: &Panel, step: &CascadeStep, y: f64) {
    let time = &panel.time;
    let name = fit(&step.service, Size::Label, GUTTER - 22);
    c.words(&name, (time.x0 - 10.0, y), Hang::End, Size::Label, Ink::Text);
    let end = step.recovery.map_or(time.to_s, |r| r.best_s);
    let (lead, from, to) = (time.x(step.onset.from_s), time.x(step.onset.best_s), time.x(end));
    c.block((lead, y - 9.0), (from, y + 9.0), Ink::Bad, 0.35);
    c.block((from, y - 9.0), (to.max(from + 2.0), y + 9.0), Ink::Bad, 0.85);
    if step.recovery.is_none() {
        // An arrow head: it goes on beyond the evidence.
        c.shape(&[(to, y - 9.0), (to + 11.0, y), (to, y + 9.0)], Ink::Bad, 0.85);
    } else if let Some(TimeInterval { to_s, .. }) = step.recovery {
        c.block((to, y - 9.0), (time.x(to_s), y + 9.0), Ink::Bad, 0.35);
    }
    let peak = step.peak.map_or_else(|| "–".to_string(), percent);
    c.words(&peak, (f64::from(WIDTH) - 6.0, y), Hang::End, Size::Label, Ink::Text);
    let data =
        [("service", shorten(&step.service, 200)), ("from", step.onset.best_s.to_string()), ("to", end.to_string())];
    c.hover((time.x0, y - ROW / 2.0), (time.x1, y + ROW / 2.0), &step_words(step), &data);
}

/// `key-value: 17:52 (between 17:50 and 17:54) to 20:26, 2 h 34 min, peak 91 %`.
fn step_words(step: &CascadeStep) -> String {
    let onset = &step.onset;
    let doubt = if onset.to_s - onset.from_s > 60 {
        format!(" (between {} and {})", clock(onset.from_s), clock(onset.to_s))
    } else {
        String::new()
    };
    let end = match step.recovery {
        Some(r) => format!("to {}, {}", clock(r.best_s), span(r.best_s - onset.best_s)),
        None => "and not over when the evidence ends".to_string(),
    };
    let peak = step.peak.map_or_else(|| "no ratio".to_string(), |p| format!("peak {}", percent(p)));
    format!("{}: {}{doubt} {end}, {peak}", shorten(&step.service, 60), clock(onset.best_s))
}

fn notes(rest: &[CascadeStep]) -> Vec<String> {
    let mut notes = vec![
        "Pale ends: the onset or the recovery lies somewhere in there. Bars whose pale ends overlap cannot be put in order."
            .to_string(),
    ];
    if !rest.is_empty() {
        let names: Vec<String> = rest.iter().take(12).map(|s| shorten(&s.service, 40)).collect();
        let more = if rest.len() > 12 { ", …" } else { "" };
        notes.push(format!("{} later services not drawn: {}{more}.", rest.len(), names.join(", ")));
    }
    notes
}

/// The chart in words.
fn describe(incident: &Incident, steps: &[CascadeStep]) -> String {
    let first: Vec<String> = steps.iter().take(6).map(step_words).collect();
    let more = if steps.len() > 6 { format!("; and {} more", steps.len() - 6) } else { String::new() };
    let marks: Vec<String> = MARKED
        .iter()
        .filter_map(|(kind, word)| {
            let at = incident.findings.milestone(*kind)?.at.seconds();
            Some(format!("{} {}", word.to_lowercase(), clock(at)))
        })
        .collect();
    let levels: Vec<String> = incident
        .timeline
        .severity
        .steps
        .iter()
        .map(|s| format!("{} from {}", shorten(&s.to.word, 14), clock(s.at.seconds())))
        .collect();
    let date = steps.first().map_or_else(String::new, |s| day(s.onset.best_s));
    let list = |head: &str, items: &[String]| {
        if items.is_empty() { String::new() } else { format!(" {head}: {}.", items.join(", ")) }
    };
    format!(
        "Hurt services in order of onset on {date}, UTC: {}{more}.{}{}",
        first.join("; "),
        list("Milestones", &marks),
        list("Severity", &levels),
    )
}

/// Kept beside the layout: the peak column must hold its widest text.
#[cfg(test)]
mod tests {
    use super::super::text::width;
    use super::*;

    #[test]
    fn the_peak_column_holds_its_widest_figure() {
        assert!(width("99.9 %", Size::Label) + 10 <= PEAKS);
    }
}
