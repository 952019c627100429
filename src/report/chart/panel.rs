//! One plot with its axes: what all charts are put together from.

use crate::model::Incident;

use super::axis::{TimeScale, labels, relative, utc_title};
use super::canvas::{Canvas, Hang, Point, drawn};
use super::text::{fit, width};
use super::theme::{Ink, Size};

/// Least distance of ticks in UTC, layout units.
const UTC_APART: f64 = 82.0;

/// A value at a moment with the interval it lies in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dot {
    /// Start of the bucket, seconds on the panel's scale.
    pub(super) at_s: i64,
    /// The value.
    pub(super) value: f64,
    /// Lower bound.
    pub(super) low: f64,
    /// Upper bound.
    pub(super) high: f64,
}

/// A plot area with its two scales.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    /// Time scale; holds the left and right edge.
    pub(super) time: TimeScale,
    /// Top edge.
    pub(super) y0: f64,
    /// Bottom edge.
    pub(super) y1: f64,
    /// Value at the bottom edge.
    pub(super) low: f64,
    /// Value at the top edge.
    pub(super) high: f64,
}

/// Whether ticks are times of day or seconds after T+0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// UTC.
    Utc,
    /// After T+0.
    Relative,
}

impl Panel {
    /// Where a value lies, held inside the edges.
    pub(super) fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.y1 - share.clamp(0.0, 1.0) * (self.y1 - self.y0)
    }

    /// Ground, grid and tick labels. `values` are the marked values with their labels, which are
    /// written only when `labelled`.
    pub(super) fn frame(&self, c: &mut Canvas, clock: Clock, values: &[(f64, String)], labelled: bool) {
        c.block((self.time.x0, self.y0), (self.time.x1, self.y1), Ink::Panel, 1.0);
        for (value, label) in values {
            let y = self.y(*value);
            c.line(&[(self.time.x0, y), (self.time.x1, y)], Ink::Grid, 1.0);
            if labelled {
                c.words(label, (self.time.x0 - 8.0, y), Hang::End, Size::Label, Ink::Muted);
            }
        }
        let ticks = self.time.ticks(if clock == Clock::Utc { UTC_APART } else { 112.0 });
        let words = match clock {
            Clock::Utc => labels(&ticks),
            Clock::Relative => ticks.iter().map(|t| relative(*t)).collect(),
        };
        let edges = [
            ("x0", drawn(self.time.x0)),
            ("x1", drawn(self.time.x1)),
            ("y0", drawn(self.y0)),
            ("y1", drawn(self.y1)),
            ("clock", if clock == Clock::Utc { "utc" } else { "relative" }.to_string()),
        ];
        c.group("rc-ticks", &edges, |c| {
            for (tick, word) in ticks.iter().zip(words) {
                let x = self.time.x(*tick);
                c.line(&[(x, self.y0), (x, self.y1 + 4.0)], Ink::Grid, 1.0);
                let half = f64::from(width(&word, Size::Label)) / 2.0;
                // A label at the very edge would run into the next panel.
                if x - half > self.time.x0 - 34.0 && x + half < self.time.x1 + 20.0 {
                    c.words(&word, (x, self.y1 + 16.0), Hang::Middle, Size::Label, Ink::Muted);
                }
            }
        });
    }

    /// Marks on the plot, cut off at its edges.
    pub(super) fn inside(&self, c: &mut Canvas, paint: impl FnOnce(&mut Canvas)) {
        c.inside(&self.time, (self.y0, self.y1), paint);
    }

    /// The region in which a pointer reads the plot: what it shows (`shows`: `ratio`, `requests`,
    /// `latency`, `lanes`), of whom, and the words shown without a script.
    pub(super) fn read(&self, c: &mut Canvas, shows: &str, service: &str, title: &str) {
        let data = [
            ("plot", shows.to_string()),
            ("service", service.to_string()),
            ("from", self.time.from_s.to_string()),
            ("to", self.time.to_s.to_string()),
            ("top", format!("{}", self.high)),
        ];
        c.hover((self.time.x0, self.y0), (self.time.x1, self.y1), title, &data);
    }

    /// Heading above the plot: `name` to the left, cut where `figure`, to the right, needs room.
    pub(super) fn heading(&self, c: &mut Canvas, name: &str, figure: &str) {
        let room = (self.time.x1 - self.time.x0) as i32 - width(figure, Size::Head) - 16;
        c.words(&fit(name, Size::Head, room), (self.time.x0, self.y0 - 15.0), Hang::Start, Size::Head, Ink::Text);
        c.words(figure, (self.time.x1, self.y0 - 15.0), Hang::End, Size::Head, Ink::Text);
    }

    /// A curve with its interval band; a missing bucket breaks it, and a bucket alone is a dot.
    pub(super) fn curve(&self, c: &mut Canvas, dots: &[Dot], bucket_s: i64, ink: (Ink, Ink), stroke: f64) {
        let middle = |d: &Dot| self.time.x(d.at_s.saturating_add(bucket_s / 2));
        let shown: Vec<Dot> = dots.iter().copied().filter(|d| self.time.holds(d.at_s)).collect();
        for run in shown.chunk_by(|a, b| b.at_s - a.at_s <= bucket_s) {
            let upper = run.iter().map(|d| (middle(d), self.y(d.high)));
            let lower = run.iter().rev().map(|d| (middle(d), self.y(d.low)));
            let band: Vec<Point> = upper.chain(lower).collect();
            if run.iter().any(|d| self.y(d.low) - self.y(d.high) > 1.0) {
                c.shape(&band, ink.1, 0.22);
            }
            let line: Vec<Point> = run.iter().map(|d| (middle(d), self.y(d.value))).collect();
            match line.as_slice() {
                [only] => c.dot(*only, stroke * 1.2, ink.1),
                points => c.line(points, ink.0, stroke),
            }
        }
    }

    /// Title of the time axis under the right end of its labels.
    pub(super) fn time_title(&self, c: &mut Canvas, clock: Clock) {
        let text = match clock {
            Clock::Utc => utc_title(&self.time),
            Clock::Relative => "time after T+0 of each incident".to_string(),
        };
        c.words(&text, (self.time.x1, self.y1 + 42.0), Hang::End, Size::Label, Ink::Muted);
    }
}

/// Marks of a 0 to 100 % scale.
pub(super) fn share_marks() -> Vec<(f64, String)> {
    vec![(0.0, "0 %".into()), (0.5, "50 %".into()), (1.0, "100 %".into())]
}

/// What charts of one incident show: the impact with a margin of a seventh before and after, at
/// least 10 buckets; its whole period when nothing was hurt. `None` without curves.
pub(super) fn view(incident: &Incident) -> Option<(i64, i64)> {
    let (first, last) = incident.rates.span_s()?;
    let Some((onset, recovery)) = incident.rates.incident else { return Some((first, last)) };
    let end = recovery.map_or(last, |r| r.best_s.max(r.to_s));
    let margin = ((end - onset.from_s) / 7).max(i64::from(incident.rates.bucket_s) * 10);
    let from = onset.from_s.saturating_sub(margin).max(first);
    let to = end.saturating_add(margin).min(last);
    Some(if from < to { (from, to) } else { (first, last) })
}

/// Writes `text` in lines of at most `room` layout units from `top` on, at most `most` lines;
/// returns the height used.
pub(super) fn paragraph(c: &mut Canvas, text: &str, x: f64, top: f64, room: i32, most: usize) -> f64 {
    let lines = wrap(text, room, most);
    for (n, line) in lines.iter().enumerate() {
        c.words(line, (x, top + 12.0 + 26.0 * n as f64), Hang::Start, Size::Label, Ink::Muted);
    }
    26.0 * lines.len() as f64
}

/// Lines of at most `room` layout units; what does not fit into `most` of them ends in "…".
pub(super) fn wrap(text: &str, room: i32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let word = fit(word, Size::Label, room);
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if width(line, Size::Label) + width(&word, Size::Label) + 8 <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ if full => {
                if let Some(line) = lines.last_mut() {
                    line.push_str(" …");
                }
                break;
            }
            _ => lines.push(word),
        }
    }
    lines
}
