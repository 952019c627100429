//! Services by time: how large a share failed, as a tint.

use crate::model::Incident;

use super::Chart;
use super::axis::TimeScale;
use super::canvas::{Canvas, Hang, WIDTH, draw};
use super::curves::{Curve, curves, dots, named};
use super::panel::{Clock, Dot, Panel, paragraph, view, wrap};
use super::text::{fit, percent, shorten};
use super::theme::{Ink, Size};

/// Width of the names to the left.
const GUTTER: f64 = 264.0;
/// Height of one service.
const ROW: f64 = 26.0;
/// Most services drawn.
const MOST: usize = 60;
/// Least ratio of each tint, its strength, and its words.
const TINTS: [(f64, f64, &str); 6] = [
    (0.0, 0.0, "under 1 %"),
    (0.01, 0.18, "1 %"),
    (0.05, 0.36, "5 %"),
    (0.20, 0.55, "20 %"),
    (0.50, 0.78, "50 %"),
    (0.80, 1.0, "80 % and more"),
];

/// One row for each hurt service, in order of onset: the deeper the tint, the larger the share that
/// failed; nothing where nothing was seen. `None` for less than three services: curves say more.
pub fn heat(incident: &Incident) -> Option<Chart> {
    let (from, to) = view(incident)?;
    let all = curves(incident);
    if all.len() < 3 {
        return None;
    }
    let (shown, rest) = all.split_at(all.len().min(MOST));
    let time = TimeScale::new(from, to, GUTTER, f64::from(WIDTH) - 14.0);
    let panel = Panel { time, y0: 10.0, y1: 10.0 + ROW * shown.len() as f64, low: 0.0, high: 1.0 };
    let rest: Vec<&str> = rest.iter().map(|c| c.rates.service.as_str()).collect();
    let note = named(&rest, "more hurt", "not drawn").unwrap_or_default();
    let description = describe(&all);
    let height = panel.y1 + 96.0 + 26.0 * wrap(&note, WIDTH - 40, 3).len() as f64;
    let drawing = draw(height.ceil() as i32, &description, |c| {
        panel.frame(c, Clock::Utc, &[], false);
        panel.time_title(c, Clock::Utc);
        for (n, curve) in shown.iter().enumerate() {
            let y0 = panel.y0 + ROW * n as f64;
            row(c, &Panel { y0, y1: y0 + ROW, ..panel }, curve, i64::from(incident.rates.bucket_s.max(1)));
        }
        key(c, panel.y1 + 76.0);
        paragraph(c, &note, 20.0, panel.y1 + 92.0, WIDTH - 40, 3);
    });
    Some(Chart { name: "heat", title: "Services by time".into(), description, drawing })
}

/// Name and tints of one service; neighbours of one tint are one mark.
fn row(c: &mut Canvas, panel: &Panel, curve: &Curve, bucket_s: i64) {
    let name = shorten(&curve.rates.service, 200);
    let (top, bottom) = (panel.y0 + 1.5, panel.y1 - 1.5);
    c.group("rc-series", &[("service", name.clone())], |c| {
        let words = fit(&name, Size::Label, GUTTER as i32 - 22);
        c.words(&words, (panel.time.x0 - 10.0, (top + bottom) / 2.0), Hang::End, Size::Label, Ink::Text);
        panel.inside(c, |c| {
            let shown: Vec<Dot> = dots(curve.rates).into_iter().filter(|d| panel.time.holds(d.at_s)).collect();
            for run in shown.chunk_by(|a, b| b.at_s - a.at_s <= bucket_s && tint(a.value) == tint(b.value)) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let corners =
                    ((panel.time.x(first.at_s), top), (panel.time.x(last.at_s.saturating_add(bucket_s)), bottom));
                c.block(corners.0, corners.1, Ink::Paper, 1.0);
                let (_, strength, _) = TINTS.get(tint(first.value)).copied().unwrap_or_default();
                if strength > 0.0 {
                    c.block(corners.0, corners.1, Ink::Bad, strength);
                }
            }
        });
    });
    panel.read(c, "ratio", &name, &format!("{name}: peak {}", percent(curve.peak)));
}

/// Which of [`TINTS`].
fn tint(ratio: f64) -> usize {
    TINTS.iter().rposition(|t| ratio >= t.0).unwrap_or(0)
}

/// The tints with their least ratios.
fn key(c: &mut Canvas, y: f64) {
    let mut x = 20.0;
    for (_, strength, words) in std::iter::once((0.0, -1.0, "not seen")).chain(TINTS) {
        c.block((x, y - 9.0), (x + 26.0, y + 9.0), Ink::Panel, 1.0);
        if strength == 0.0 {
            c.block((x + 2.0, y - 7.0), (x + 24.0, y + 7.0), Ink::Paper, 1.0);
        } else if strength > 0.0 {
            c.block((x, y - 9.0), (x + 26.0, y + 9.0), Ink::Bad, strength);
        }
        c.words(words, (x + 34.0, y), Hang::Start, Size::Label, Ink::Muted);
        x += 34.0 + f64::from(super::text::width(words, Size::Label)) + 18.0;
    }
}

fn describe(curves: &[Curve]) -> String {
    let worst = curves.iter().filter(|c| c.peak >= 0.5).count();
    format!(
        "Share of requests that failed, by service and time, in order of onset. {} of {} services lost half of their requests or more at their worst: at most {} failed.",
        worst,
        curves.len(),
        percent(curves.iter().map(|c| c.peak).fold(0.0, f64::max))
    )
}
