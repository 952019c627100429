//! Error ratios of the services that lost most in one plot, under milestones and severity, with the changes as marks.

use crate::model::{EventKind, Incident, TimelineEntry};

use super::Chart;
use super::axis::{TimeScale, clock, day};
use super::canvas::{Canvas, Hang, WIDTH, draw};
use super::curves::{Curve, LEFT, curves, dots, named, window_words};
use super::panel::{Clock, Panel, paragraph, share_marks, view, wrap};
use super::story::Story;
use super::text::{fit, shorten};
use super::theme::{Ink, SERIES, Size};

/// Room for the names to the right.
const NAMES: f64 = 296.0;
/// Height of the plot.
const TALL: f64 = 300.0;
/// Least distance of two names.
const APART: f64 = 27.0;
/// Most changes marked.
const CHANGES: usize = 60;

/// Error ratios of the services that lost the most requests in one plot: each with a hue and a dash of its own, named at the
/// level of its peak; the other hurt services thin and grey; deploys, rollbacks and changes as marks
/// on the axis, each a link to its event. `None` when no hurt service has a ratio.
pub fn error_overlay(incident: &Incident) -> Option<Chart> {
    let (from, to) = view(incident)?;
    let mut all = curves(incident);
    if all.is_empty() {
        return None;
    }
    let lost = |c: &Curve| c.rates.worst().map_or(0.0, |w| w.excess);
    all.sort_by(|a, b| lost(b).total_cmp(&lost(a)).then(a.onset_s.cmp(&b.onset_s)));
    let worst = all.len().min(SERIES);
    if let Some(worst) = all.get_mut(..worst) {
        worst.sort_by(|a, b| b.peak.total_cmp(&a.peak));
    }
    let (named_ones, others) = all.split_at(all.len().min(SERIES));
    let time = TimeScale::new(from, to, LEFT, f64::from(WIDTH) - NAMES);
    let story = Story::new(incident, &time);
    let panel = Panel { time, y0: story.height(), y1: story.height() + TALL, low: 0.0, high: 1.0 };
    let changes = changes(incident, &time);
    let notes = notes(incident, others, changes.len());
    let lines: usize = notes.iter().map(|n| wrap(n, WIDTH - 40, 3).len()).sum();
    let description = describe(&all, from);
    let drawing = draw((panel.y1 + 68.0 + 26.0 * lines as f64).ceil() as i32, &description, |c| {
        panel.frame(c, Clock::Utc, &share_marks(), true);
        panel.time_title(c, Clock::Utc);
        panel.inside(c, |c| paint(c, &panel, incident, named_ones, others));
        story.paint(c, &panel);
        names(c, &panel, named_ones);
        panel.read(c, "ratio", "", &description);
        for change in &changes {
            let at = change.at.seconds();
            let title = format!("{}: {}", clock(at), shorten(&change.title, 160));
            c.link((time.x(at), panel.y1), &change.id, &title, at);
        }
        let mut y = panel.y1 + 60.0;
        for note in &notes {
            y += paragraph(c, note, 20.0, y, WIDTH - 40, 3);
        }
    });
    Some(Chart {
        name: "error-overlay",
        title: "Error ratio of the services that lost most".into(),
        description,
        drawing,
    })
}

/// What was changed while the plot runs.
fn changes<'a>(incident: &'a Incident, time: &TimeScale) -> Vec<&'a TimelineEntry> {
    let is_change = |e: &&TimelineEntry| {
        matches!(e.kind, EventKind::Deploy | EventKind::Rollback | EventKind::ConfigChange)
            && time.holds(e.at.seconds())
    };
    incident.timeline.entries.iter().filter(is_change).take(CHANGES).collect()
}

/// The curves: those behind first.
fn paint(c: &mut Canvas, panel: &Panel, incident: &Incident, front: &[Curve], behind: &[Curve]) {
    let bucket_s = i64::from(incident.rates.bucket_s.max(1));
    let one = |c: &mut Canvas, curve: &Curve, ink: Ink, stroke: f64| {
        let mut dots = dots(curve.rates);
        // Intervals of many curves in one plot would hide the curves; the small plots show them.
        dots.iter_mut().for_each(|d| (d.low, d.high) = (d.value, d.value));
        c.group("rc-series", &[("service", shorten(&curve.rates.service, 200))], |c| {
            panel.curve(c, &dots, bucket_s, (ink, ink), stroke);
        });
    };
    for curve in behind {
        one(c, curve, Ink::Grid, 1.4);
    }
    for (n, curve) in front.iter().enumerate().rev() {
        one(c, curve, Ink::Series(n as u8), 2.4);
    }
}

/// Names beside the plot, as near to the level of each peak as the other names allow.
fn names(c: &mut Canvas, panel: &Panel, curves: &[Curve]) {
    let mut least = panel.y0 + 6.0;
    let room = f64::from(curves.len() as u32) * APART;
    for (n, curve) in curves.iter().enumerate() {
        let last = panel.y1 + 6.0 - room + n as f64 * APART;
        let y = panel.y(curve.peak).max(least).min(last.max(least));
        least = y + APART;
        let x = panel.time.x1 + 12.0;
        let room = (f64::from(WIDTH) - 6.0 - x) as i32 - 36;
        c.group("rc-series", &[("service", shorten(&curve.rates.service, 200))], |c| {
            c.line(&[(x, y), (x + 28.0, y)], Ink::Series(n as u8), 2.4);
            c.words(&fit(&curve.rates.service, Size::Label, room), (x + 36.0, y), Hang::Start, Size::Label, Ink::Text);
        });
    }
}

fn notes(incident: &Incident, others: &[Curve], changes: usize) -> Vec<String> {
    let grey: Vec<&str> = others.iter().map(|c| c.rates.service.as_str()).collect();
    let bucket = super::text::span(i64::from(incident.rates.bucket_s));
    let marks = if changes > 0 { " Diamonds on the axis: changes." } else { "" };
    let mut notes = vec![format!("Named at the level of the peak, in buckets of {bucket}.{marks}")];
    notes.extend(named(&grey, "more hurt", "in grey"));
    notes
}

fn describe(curves: &[Curve], from: i64) -> String {
    let first: Vec<String> = curves
        .iter()
        .take(4)
        .map(|c| {
            let words = c.rates.worst().map_or_else(String::new, |w| window_words(w, c.peak));
            format!("{} {words}", shorten(&c.rates.service, 40))
        })
        .collect();
    let more = if curves.len() > 4 { format!("; and {} more", curves.len() - 4) } else { String::new() };
    format!("Error ratios on {} in one plot, of the services that lost most: {}{more}.", day(from), first.join("; "))
}
