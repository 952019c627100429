//! Latency of the services that slowed down most: median, 95th and 99th percentile.

use crate::model::{Bucket, Incident, ServiceRates};

use super::Chart;
use super::axis::{TimeScale, clock, round_up};
use super::canvas::{Canvas, WIDTH, draw};
use super::curves::{LEFT, PLOT, ROW, cell, rows, shade};
use super::panel::{Clock, Dot, Panel, paragraph, view, wrap};
use super::text::{shorten, span};
use super::theme::Ink;

/// Most services drawn.
const MOST: usize = 8;
/// A percentile, by bucket.
type Of = fn(&Bucket) -> Option<f64>;
/// The percentiles, the least important first: their ink and width.
const LINES: [(Of, Ink, f64); 3] =
    [(|b| b.p99_ms, Ink::Series(6), 1.4), (|b| b.p50_ms, Ink::Series(1), 1.8), (|b| b.p95_ms, Ink::Series(0), 2.2)];

/// Small plots, each on its own scale, of the services whose 95th percentile rose most. `None` when
/// no durations were seen.
pub fn latency(incident: &Incident) -> Option<Chart> {
    let (from, to) = view(incident)?;
    let mut slow: Vec<(&ServiceRates, f64)> = incident
        .rates
        .services
        .iter()
        .filter_map(|s| {
            let worst = highest(s, (from, to), |b| b.p95_ms).filter(|w| *w > 0.0)?;
            let usual = s.latency.as_ref().and_then(|l| l.baseline_p95_ms).filter(|u| *u > 0.0).unwrap_or(worst);
            Some((s, worst / usual))
        })
        .collect();
    slow.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.service.cmp(&b.0.service)));
    let more = slow.len().saturating_sub(MOST);
    slow.truncate(MOST);
    if slow.is_empty() {
        return None;
    }
    let note = format!(
        "Thick: 95th percentile. Thin: median. Dotted: 99th. Buckets of {}, each service on its own scale.{}",
        span(i64::from(incident.rates.bucket_s)),
        if more > 0 { format!(" {more} services that slowed down less are not drawn.") } else { String::new() }
    );
    let grid = rows(slow.len()) * ROW;
    let description = describe(&slow);
    let height = grid + 46.0 + 26.0 * wrap(&note, WIDTH - 40, 3).len() as f64;
    let drawing = draw(height.ceil() as i32, &description, |c| {
        for (n, (service, _)) in slow.iter().enumerate() {
            let (x0, x1, y0) = cell(n, 0.0, LEFT + 6.0);
            let time = TimeScale::new(from, to, x0, x1);
            let top = LINES.iter().filter_map(|(of, ..)| highest(service, (from, to), *of)).fold(0.0, f64::max);
            let panel = Panel { time, y0, y1: y0 + PLOT, low: 0.0, high: round_up(top) };
            c.group("rc-series", &[("service", shorten(&service.service, 200))], |c| {
                paint(c, &panel, service, incident.rates.bucket_s);
            });
            if n + 1 == slow.len() {
                panel.time_title(c, Clock::Utc);
            }
        }
        paragraph(c, &note, 20.0, grid + 24.0, WIDTH - 40, 3);
    });
    Some(Chart { name: "latency", title: "Latency".into(), description, drawing })
}

/// The highest value of a percentile in a stretch of time.
fn highest(service: &ServiceRates, (from, to): (i64, i64), of: Of) -> Option<f64> {
    let inside = service.buckets.iter().filter(|b| b.start_s >= from && b.start_s <= to);
    inside.filter_map(of).max_by(f64::total_cmp)
}

fn paint(c: &mut Canvas, panel: &Panel, service: &ServiceRates, bucket_s: u32) {
    let name = shorten(&service.service, 200);
    panel.heading(c, &name, &figure(service));
    let marks = [0.0, panel.high / 2.0, panel.high].map(|v| (v, milliseconds(v)));
    panel.frame(c, Clock::Utc, &marks, true);
    panel.inside(c, |c| {
        shade(c, panel, service);
        for (of, ink, stroke) in LINES {
            let dot = |b: &Bucket| of(b).map(|v| Dot { at_s: b.start_s, value: v, low: v, high: v });
            let dots: Vec<Dot> = service.buckets.iter().filter_map(dot).collect();
            panel.curve(c, &dots, i64::from(bucket_s.max(1)), (ink, ink), stroke);
        }
    });
    panel.read(c, "latency", &name, &words(service));
}

/// `p95 at worst 1.2 s`.
fn figure(service: &ServiceRates) -> String {
    service.latency.as_ref().map_or_else(String::new, |l| format!("p95 up to {}", milliseconds(l.worst_p95_ms)))
}

/// `api: 95th percentile normally 80 ms, at worst 1.2 s at 18:10`.
fn words(service: &ServiceRates) -> String {
    let Some(latency) = &service.latency else { return shorten(&service.service, 60) };
    let usual = latency.baseline_p95_ms.map_or_else(String::new, |u| format!("normally {}, ", milliseconds(u)));
    format!(
        "{}: 95th percentile {usual}at worst {} at {}",
        shorten(&service.service, 60),
        milliseconds(latency.worst_p95_ms),
        clock(latency.worst_at_s)
    )
}

/// `80 ms`, `1.2 s`, `3 min`.
fn milliseconds(ms: f64) -> String {
    match ms {
        v if v < 1.0 && v > 0.0 => format!("{v:.2} ms"),
        v if v < 1_000.0 => format!("{v:.0} ms"),
        v if v < 10_000.0 => format!("{:.1} s", v / 1_000.0),
        v => span((v / 1_000.0).round() as i64),
    }
}

fn describe(slow: &[(&ServiceRates, f64)]) -> String {
    let each: Vec<String> = slow.iter().take(5).map(|(s, _)| words(s)).collect();
    format!("Latency over time, what rose most first: {}.", each.join("; "))
}
