//! Which source covers which time: what could be seen at all.

use std::collections::BTreeMap;

use crate::model::{Incident, Source};

use super::Chart;
use super::axis::{TimeScale, clock, day};
use super::canvas::{Canvas, Hang, WIDTH, draw};
use super::panel::{Clock, Panel, paragraph, wrap};
use super::text::{fit, shorten};
use super::theme::{Ink, Size};

/// Width of the names to the left.
const GUTTER: f64 = 330.0;
/// Height of one source.
const ROW: f64 = 25.0;
/// Most sources drawn.
const MOST: usize = 50;

/// A bar from the first to the last record of every source, the incident shaded; solid where curves
/// were made of it, so that gaps inside it show. `None` when no source holds a time.
pub fn coverage(incident: &Incident) -> Option<Chart> {
    let mut rows: Vec<(&Source, (i64, i64))> = incident.sources.iter().filter_map(|s| Some((s, s.covers_s?))).collect();
    let whole = (rows.iter().map(|r| r.1.0).min()?, rows.iter().map(|r| r.1.1).max()?);
    let (from, to) = incident.rates.span_s().map_or(whole, |(a, b)| (a.max(whole.0), b.min(whole.1)));
    let outside = rows.iter().filter(|(_, (a, b))| *b < from || *a > to).count();
    rows.retain(|(_, (a, b))| *b >= from && *a <= to);
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    let time = TimeScale::new(from, to, GUTTER, f64::from(WIDTH) - 20.0);
    let panel = Panel { time, y0: 8.0, y1: 14.0 + ROW * rows.len() as f64, low: 0.0, high: 1.0 };
    let seen = stretches(incident);
    let note = note(more, outside);
    let description = describe(&rows, (from, to));
    let height = panel.y1 + 60.0 + 26.0 * wrap(&note, WIDTH - 40, 4).len() as f64;
    let drawing = draw(height.ceil() as i32, &description, |c| {
        panel.frame(c, Clock::Utc, &[], false);
        panel.time_title(c, Clock::Utc);
        panel.inside(c, |c| incident_shade(c, &panel, incident));
        for (n, (source, covers)) in rows.iter().enumerate() {
            let y = panel.y0 + 3.0 + ROW * (n as f64 + 0.5);
            row(c, &time, (source, *covers), seen.get(&source.id.0).map_or(&[], Vec::as_slice), y);
        }
        paragraph(c, &note, 20.0, panel.y1 + 52.0, WIDTH - 40, 4);
    });
    Some(Chart { name: "coverage", title: "What the evidence covers".into(), description, drawing })
}

/// Stretches of time of which buckets were made of a source, by source.
fn stretches(incident: &Incident) -> BTreeMap<u32, Vec<(i64, i64)>> {
    let bucket_s = i64::from(incident.rates.bucket_s.max(1));
    let mut found: BTreeMap<u32, Vec<(i64, i64)>> = BTreeMap::new();
    for service in &incident.rates.services {
        let runs = service.buckets.chunk_by(|a, b| b.start_s - a.start_s <= bucket_s);
        let runs: Vec<(i64, i64)> =
            runs.filter_map(|r| Some((r.first()?.start_s, r.last()?.start_s + bucket_s))).collect();
        for source in service.viewpoints.iter().filter(|v| v.primary).flat_map(|v| &v.sources) {
            found.entry(source.0).or_default().extend(&runs);
        }
    }
    for runs in found.values_mut() {
        runs.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for run in runs.drain(..) {
            match joined.last_mut() {
                Some(last) if run.0 <= last.1 => last.1 = last.1.max(run.1),
                _ => joined.push(run),
            }
        }
        *runs = joined;
    }
    found
}

fn incident_shade(c: &mut Canvas, panel: &Panel, incident: &Incident) {
    let Some((onset, recovery)) = incident.rates.incident else { return };
    let end = recovery.map_or(panel.time.x1, |r| panel.time.x(r.best_s));
    c.block((panel.time.x(onset.best_s), panel.y0), (end, panel.y1), Ink::Window, 0.13);
}

fn row(c: &mut Canvas, time: &TimeScale, (source, covers): (&Source, (i64, i64)), seen: &[(i64, i64)], y: f64) {
    let path = &source.info.path;
    let name = fit(path, Size::Label, GUTTER as i32 - 22);
    c.words(&name, (GUTTER - 10.0, y), Hang::End, Size::Label, Ink::Text);
    let (x0, x1) = (time.x(covers.0), time.x(covers.1));
    c.inside(time, (y - 7.0, y + 7.0), |c| {
        c.block((x0, y - 6.0), (x1.max(x0 + 3.0), y + 6.0), Ink::Traffic, if seen.is_empty() { 0.55 } else { 0.22 });
        for (from, to) in seen.iter().filter(|(a, b)| *b >= covers.0 && *a <= covers.1) {
            let (a, b) = (time.x((*from).max(covers.0)), time.x((*to).min(covers.1)));
            c.block((a, y - 6.0), (b.max(a + 1.0), y + 6.0), Ink::Traffic, 1.0);
        }
    });
    let title = format!("{}: {} to {}", shorten(path, 120), moment(covers.0), moment(covers.1));
    let panel = Panel { time: *time, y0: y - ROW / 2.0, y1: y + ROW / 2.0, low: 0.0, high: 1.0 };
    panel.read(c, "lanes", &shorten(path, 200), &title);
}

fn moment(at_s: i64) -> String {
    format!("{} {}", day(at_s), clock(at_s))
}

fn note(more: usize, outside: usize) -> String {
    let mut text =
        "Solid: the curves were made of it. Half tone: read beside them. Pale inside a solid bar: nothing was counted there. Shaded: the incident."
            .to_string();
    if more > 0 {
        text.push_str(&format!(" {more} more sources in the table."));
    }
    if outside > 0 {
        text.push_str(&format!(" {outside} sources speak of other times only."));
    }
    text
}

fn describe(rows: &[(&Source, (i64, i64))], (from, to): (i64, i64)) -> String {
    let whole = rows.iter().filter(|(_, (a, b))| *a <= from + (to - from) / 20 && *b >= to - (to - from) / 20).count();
    format!(
        "Which of {} sources covers which time between {} and {} UTC; {whole} of them cover nearly all of it.",
        rows.len(),
        moment(from),
        moment(to)
    )
}
