//! Error ratio of every hurt service over time, one small panel each on a shared scale.

use crate::model::{Bucket, ImpactWindow, Incident, ServiceRates};

use super::Chart;
use super::axis::{TimeScale, clock, day};
use super::canvas::{Canvas, WIDTH, draw};
use super::panel::{Clock, Dot, Panel, paragraph, share_marks, view, wrap};
use super::text::{percent, shorten, span};
use super::theme::Ink;

/// Most panels; further services are named below them.
const MOST: usize = 30;
/// Panels side by side.
const COLUMNS: usize = 2;
/// Left margin, wide enough for "100 %".
pub(super) const LEFT: f64 = 72.0;
/// Right margin.
pub(super) const RIGHT: f64 = 14.0;
/// Space between columns.
pub(super) const GAP: f64 = 34.0;
/// Heading, plot, labels and space of one row.
pub(super) const ROW: f64 = 156.0;
/// Height of a heading.
pub(super) const HEAD: f64 = 32.0;
/// Height of a plot.
pub(super) const PLOT: f64 = 84.0;

/// A hurt service as its panel shows it.
pub(super) struct Curve<'a> {
    /// The service.
    pub(super) rates: &'a ServiceRates,
    /// When it was first hurt.
    pub(super) onset_s: i64,
    /// Its worst ratio.
    pub(super) peak: f64,
}

/// The edges of plot number `n` in a grid of small panels that begins at `top`, `gap` between columns.
pub(super) fn cell(n: usize, top: f64, gap: f64) -> (f64, f64, f64) {
    let plot = (f64::from(WIDTH) - LEFT - RIGHT - gap) / COLUMNS as f64;
    let x0 = LEFT + (n % COLUMNS) as f64 * (plot + gap);
    (x0, x0 + plot, top + HEAD + (n / COLUMNS) as f64 * ROW)
}

/// Whether plot `n` is the leftmost of its row.
pub(super) fn is_first_column(n: usize) -> bool {
    n.is_multiple_of(COLUMNS)
}

/// Rows that `count` panels take.
pub(super) fn rows(count: usize) -> f64 {
    count.div_ceil(COLUMNS) as f64
}

/// Hurt services with a ratio, by onset, then worst peak first, then name.
pub(super) fn curves(incident: &Incident) -> Vec<Curve<'_>> {
    let mut found: Vec<Curve> = incident
        .rates
        .services
        .iter()
        .filter(|s| s.has_denominator())
        .filter_map(|s| {
            let onset_s = stretches(s).first()?.0;
            let seen = || s.buckets.iter().filter_map(|b| b.ratio).map(|r| r.value).fold(0.0, f64::max);
            let peak = s.impact.iter().filter_map(|w| w.peak.as_ref()).map(|p| p.ratio.value).max_by(f64::total_cmp);
            Some(Curve { rates: s, onset_s, peak: peak.unwrap_or_else(seen) })
        })
        .collect();
    found.sort_by(|a, b| {
        let by_peak = b.peak.total_cmp(&a.peak);
        a.onset_s.cmp(&b.onset_s).then(by_peak).then_with(|| a.rates.service.cmp(&b.rates.service))
    });
    found
}

/// Error ratio per hurt service: small panels in onset order on one 0 to 100 % scale, impact
/// shaded, gaps left open, the unhurt named below. `None` when no hurt service has a ratio.
pub fn error_curves(incident: &Incident) -> Option<Chart> {
    let (from, to) = view(incident)?;
    let all = curves(incident);
    let (shown, rest) = all.split_at(all.len().min(MOST));
    if shown.is_empty() {
        return None;
    }
    let notes = notes(incident, rest);
    let grid = rows(shown.len()) * ROW;
    let lines: usize = notes.iter().map(|n| wrap(n, WIDTH - 40, 4).len()).sum();
    let height = grid + 34.0 + 26.0 * lines as f64 + 8.0 * notes.len() as f64;
    let description = describe(incident, &all);
    let drawing = draw(height.ceil() as i32, &description, |c| {
        for (n, curve) in shown.iter().enumerate() {
            let (x0, x1, y0) = cell(n, 0.0, GAP);
            let time = TimeScale::new(from, to, x0, x1);
            let panel = Panel { time, y0, y1: y0 + PLOT, low: 0.0, high: 1.0 };
            c.group("rc-series", &[("service", shorten(&curve.rates.service, 200))], |c| {
                paint(c, &panel, curve, incident.rates.bucket_s, is_first_column(n));
            });
            if n + 1 == shown.len() {
                panel.time_title(c, Clock::Utc);
            }
        }
        let mut y = grid + 24.0;
        for note in &notes {
            y += paragraph(c, note, 20.0, y, WIDTH - 40, 4) + 8.0;
        }
    });
    Some(Chart { name: "error-curves", title: "Error ratio by service".into(), description, drawing })
}

/// One panel.
fn paint(c: &mut Canvas, panel: &Panel, curve: &Curve, bucket_s: u32, labelled: bool) {
    let name = shorten(&curve.rates.service, 200);
    panel.heading(c, &name, &format!("peak {}", percent(curve.peak)));
    panel.frame(c, Clock::Utc, &share_marks(), labelled);
    let dots = dots(curve.rates);
    panel.inside(c, |c| {
        shade(c, panel, curve.rates);
        panel.curve(c, &dots, i64::from(bucket_s.max(1)), (Ink::Bad, Ink::Bad), 2.0);
    });
    let words =
        curve.rates.worst().map_or_else(|| format!("peak {}", percent(curve.peak)), |w| window_words(w, curve.peak));
    panel.read(c, "ratio", &name, &format!("{name}: {words}"));
}

/// The ratios of a service with their intervals.
pub(super) fn dots(service: &ServiceRates) -> Vec<Dot> {
    let dot = |b: &Bucket| b.ratio.map(|r| Dot { at_s: b.start_s, value: r.value, low: r.low, high: r.high });
    service.buckets.iter().filter_map(dot).collect()
}

/// When a service was hurt: onset and recovery (`None` while open) of its error ratio, of any
/// signal where the ratio shows nothing; stretches that touch are one.
pub(super) fn stretches(service: &ServiceRates) -> Vec<(i64, Option<i64>)> {
    let by_ratio = service.impact.iter().any(|w| w.signal == "error_ratio");
    let mut found: Vec<(i64, Option<i64>)> = service
        .impact
        .iter()
        .filter(|w| !by_ratio || w.signal == "error_ratio")
        .map(|w| (w.onset.best_s, w.recovery.map(|r| r.best_s)))
        .collect();
    found.sort_unstable_by_key(|s| (s.0, s.1.unwrap_or(i64::MAX)));
    let mut joined: Vec<(i64, Option<i64>)> = Vec::new();
    for (from, to) in found {
        match joined.last_mut() {
            Some(last) if last.1.is_none_or(|end| from <= end) => last.1 = last.1.zip(to).map(|(a, b)| a.max(b)),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Where a service was hurt: a tint between the edges and a line at each known edge.
pub(super) fn shade(c: &mut Canvas, panel: &Panel, service: &ServiceRates) {
    for (from_s, to_s) in stretches(service) {
        let (from, to) = (panel.time.x(from_s), to_s.map_or(panel.time.x1, |t| panel.time.x(t)));
        c.block((from, panel.y0), (to, panel.y1), Ink::Window, 0.13);
        for at in [Some(from_s), to_s].into_iter().flatten().filter(|at| panel.time.holds(*at)) {
            let x = panel.time.x(at);
            c.line(&[(x, panel.y0), (x, panel.y1)], Ink::Rule, 1.0);
        }
    }
}

/// `peak 91 % at 18:14, hurt 17:52 to 20:26 (2 h 34 min)`.
pub(super) fn window_words(window: &ImpactWindow, peak: f64) -> String {
    let at = window.peak.as_ref().map_or(String::new(), |p| format!(" at {}", clock(p.at_s)));
    let end = match window.recovery {
        Some(r) => format!("to {} ({})", clock(r.best_s), span(r.best_s - window.onset.best_s)),
        None => "and not over when the evidence ends".to_string(),
    };
    format!("peak {}{at}, hurt {} {end} UTC", percent(peak), clock(window.onset.best_s))
}

/// What the panels do not show, in words.
fn notes(incident: &Incident, rest: &[Curve]) -> Vec<String> {
    let services = &incident.rates.services;
    let unhurt: Vec<&str> =
        services.iter().filter(|s| s.impact.is_empty() && s.has_denominator()).map(|s| s.service.as_str()).collect();
    let counted: Vec<&str> =
        services.iter().filter(|s| !s.impact.is_empty() && !s.has_denominator()).map(|s| s.service.as_str()).collect();
    let rest: Vec<&str> = rest.iter().map(|c| c.rates.service.as_str()).collect();
    let mut notes = vec![format!(
        "Buckets of {}. Shaded: onset to recovery. Tint around a line: 95 % interval. A break in a line: nothing was seen.",
        span(i64::from(incident.rates.bucket_s))
    )];
    notes.extend(named(&rest, "more hurt", "not drawn"));
    notes.extend(named(&counted, "hurt", "with error lines only (no ratio)"));
    notes.extend(named(&unhurt, "", "without impact"));
    notes
}

/// `3 services without impact: a, b, c`; nothing for none.
pub(super) fn named(names: &[&str], before: &str, after: &str) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let plural = if names.len() == 1 { "service" } else { "services" };
    let first: Vec<String> = names.iter().take(12).map(|n| shorten(n, 40)).collect();
    let more = if names.len() > 12 { format!(", and {} more", names.len() - 12) } else { String::new() };
    let before = if before.is_empty() { String::new() } else { format!("{before} ") };
    Some(format!("{} {before}{plural} {after}: {}{more}.", names.len(), first.join(", ")))
}

/// The chart in words.
fn describe(incident: &Incident, curves: &[Curve]) -> String {
    let mut figures: Vec<String> = Vec::new();
    for curve in curves.iter().take(6) {
        let words = curve.rates.worst().map_or_else(String::new, |w| window_words(w, curve.peak));
        figures.push(format!("{} {words}", shorten(&curve.rates.service, 40)));
    }
    let more = if curves.len() > 6 { format!("; and {} more", curves.len() - 6) } else { String::new() };
    let unhurt = incident.rates.services.iter().filter(|s| s.impact.is_empty()).count();
    let date = view(incident).map_or_else(String::new, |(from, _)| format!(" on {}", day(from)));
    let plural = if curves.len() == 1 { "service" } else { "services" };
    format!(
        "Error ratio over time of {} hurt {plural}{date}, in order of onset: {}{more}. Services without impact: {unhurt}.",
        curves.len(),
        figures.join("; "),
    )
}
