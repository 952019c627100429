//! Who was hurt from when to when, under the milestones and the severity track.

use crate::model::{CascadeStep, Incident, TimeInterval};

use super::Chart;
use super::axis::{TimeScale, clock, day};
use super::canvas::{Canvas, Hang, WIDTH, draw};
use super::panel::{Clock, Panel, paragraph, view, wrap};
use super::story::{MARKED, Story};
use super::text::{fit, percent, shorten, span};
use super::theme::{Ink, Size};

/// Width of the names to the left.
const GUTTER: i32 = 264;
/// Room for the onsets and the peaks to the right.
const FIGURES: i32 = 222;
/// Right end of the onsets.
const ONSETS: f64 = WIDTH as f64 - 96.0;
/// Height of one service.
const ROW: f64 = 30.0;
/// Most services drawn; the rest are named below.
const MOST: usize = 40;

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
    let time = TimeScale::new(from, to, f64::from(GUTTER), f64::from(WIDTH - FIGURES));
    let story = Story::new(incident, &time);
    let y0 = story.height();
    let y1 = y0 + ROW * shown.len() as f64 + 8.0;
    let notes = notes(rest);
    let lines: usize = notes.iter().map(|n| wrap(n, WIDTH - 40, 3).len()).sum();
    let height = y1 + 66.0 + 26.0 * lines as f64;
    let description = describe(incident, steps);
    let drawing = draw(height.ceil() as i32, &description, |c| {
        let panel = Panel { time, y0, y1, low: 0.0, high: 1.0 };
        panel.frame(c, Clock::Utc, &[], false);
        panel.time_title(c, Clock::Utc);
        story.paint(c, &panel);
        c.words("peak", (f64::from(WIDTH) - 6.0, y0 - 12.0), Hang::End, Size::Label, Ink::Muted);
        c.words("began", (ONSETS, y0 - 12.0), Hang::End, Size::Label, Ink::Muted);
        c.words("rank", (8.0, y0 - 12.0), Hang::Start, Size::Label, Ink::Muted);
        for (n, step) in shown.iter().enumerate() {
            let ranked = n == 0 || shown.get(n - 1).is_some_and(|before| before.rank != step.rank);
            if ranked {
                let y = y0 + 4.0 + ROW * (n as f64 + 0.5);
                c.words(&step.rank.to_string(), (8.0, y), Hang::Start, Size::Label, Ink::Muted);
            }
            c.group("rc-series", &[("service", shorten(&step.service, 200))], |c| {
                bar(c, &panel, step, y0 + 4.0 + ROW * (n as f64 + 0.5));
            });
        }
        let mut y = y1 + 58.0;
        for note in &notes {
            y += paragraph(c, note, 20.0, y, WIDTH - 40, 3);
        }
    });
    Some(Chart { name: "cascade", title: "How the failure spread".into(), description, drawing })
}

/// The view of the curves, widened to what happened shortly outside it.
pub(super) fn stretch(incident: &Incident) -> Option<(i64, i64)> {
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

/// One service: name, lead-in, bar, peak.
fn bar(c: &mut Canvas, panel: &Panel, step: &CascadeStep, y: f64) {
    let time = &panel.time;
    let name = fit(&step.service, Size::Label, GUTTER - 44);
    c.words(&name, (time.x0 - 10.0, y), Hang::End, Size::Label, Ink::Text);
    let end = step.recovery.map_or(time.to_s, |r| r.best_s);
    let (lead, from, to) = (time.x(step.onset.from_s), time.x(step.onset.best_s), time.x(end));
    let sure = time.x(step.onset.to_s).clamp(from, to.max(from));
    c.inside(time, (y - 9.0, y + 9.0), |c| {
        c.block((lead, y - 9.0), (from, y + 9.0), Ink::Bad, 0.35);
        c.block((from, y - 9.0), (sure, y + 9.0), Ink::Bad, 0.6);
        c.block((sure, y - 9.0), (to.max(sure + 2.0), y + 9.0), Ink::Bad, 0.85);
        if let Some(TimeInterval { to_s, .. }) = step.recovery {
            c.block((to, y - 9.0), (time.x(to_s), y + 9.0), Ink::Bad, 0.35);
        }
    });
    if step.recovery.is_none() {
        // An arrow head: it goes on beyond the evidence.
        c.group("rc-at", &[("at", end.to_string())], |c| {
            c.shape(&[(to, y - 9.0), (to + 11.0, y), (to, y + 9.0)], Ink::Bad, 0.85);
        });
    }
    c.words(&clock(step.onset.best_s), (ONSETS, y), Hang::End, Size::Label, Ink::Text);
    let peak = step.peak.map_or_else(|| "–".to_string(), percent);
    c.words(&peak, (f64::from(WIDTH) - 6.0, y), Hang::End, Size::Label, Ink::Text);
    let row = Panel { time: *time, y0: y - ROW / 2.0, y1: y + ROW / 2.0, low: 0.0, high: 1.0 };
    row.read(c, "lanes", &shorten(&step.service, 200), &step_words(step));
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
        "Pale ends: the onset or the recovery lies somewhere in there. Services of one rank cannot be put in order: their onsets overlap."
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
        assert!(width("99.9 %", Size::Label) + 10 <= WIDTH - ONSETS as i32);
        assert!(width("23:59:59", Size::Label) + 10 <= FIGURES - (WIDTH - ONSETS as i32));
    }
}
