//! Requests per second, all services together and the busiest one by one, against the baseline.

use std::collections::BTreeMap;

use crate::model::{Incident, ServiceRates};

use super::Chart;
use super::axis::{TimeScale, clock, day, round_up};
use super::canvas::{Canvas, Point, WIDTH, draw};
use super::curves::{HEAD, LEFT, PLOT, RIGHT, ROW, cell, rows, shade};
use super::panel::{Clock, Panel, paragraph, view, wrap};
use super::text::{compact, percent, shorten};
use super::theme::Ink;

/// Height of the plot of the sum.
const TALL: f64 = 210.0;
/// Services shown one by one.
const BUSIEST: usize = 8;
/// A bucket of the sum is a gap when services with more than this share of the traffic are missing in it.
const MISSING_SHARE: f64 = 0.02;

/// Requests per second by bucket start.
pub(super) type Rate = BTreeMap<i64, f64>;

/// A curve with the rate that was normal.
struct Traffic {
    name: String,
    rate: Rate,
    normal: Option<f64>,
}

/// Requests per second of one service, in the incident's period.
fn rate(incident: &Incident, service: &ServiceRates, bucket_s: f64) -> Rate {
    let (from, to) = incident.rates.span_s().unwrap_or((i64::MIN, i64::MAX));
    let inside = service.buckets.iter().filter(|b| b.start_s > from.saturating_sub(bucket_s as i64) && b.start_s <= to);
    inside.filter_map(|b| b.requests.map(|r| (b.start_s, r / bucket_s))).collect()
}

fn mean(rate: &Rate) -> f64 {
    if rate.is_empty() { 0.0 } else { rate.values().sum::<f64>() / rate.len() as f64 }
}

/// The sum of all curves; a bucket in which notable traffic was not seen is left out, not counted as 0.
fn sum(curves: &[Traffic]) -> Rate {
    let whole: f64 = curves.iter().map(|t| mean(&t.rate)).sum();
    let mut total = Rate::new();
    let mut seen = Rate::new();
    for curve in curves {
        let usual = mean(&curve.rate);
        for (at, value) in &curve.rate {
            *total.entry(*at).or_default() += value;
            *seen.entry(*at).or_default() += usual;
        }
    }
    total.retain(|at, _| seen.get(at).is_some_and(|s| *s >= whole * (1.0 - MISSING_SHARE)));
    total
}

/// The traffic of every service that had any in a stretch of time.
fn seen(incident: &Incident, (from, to): (i64, i64)) -> Vec<Traffic> {
    let bucket_s = f64::from(incident.rates.bucket_s.max(1));
    let of = |service: &ServiceRates| {
        let rate = rate(incident, service, bucket_s);
        let any = rate.range(from..=to).any(|(_, r)| *r > 0.0);
        any.then(|| Traffic { name: shorten(&service.service, 200), rate, normal: service.baseline_rps })
    };
    incident.rates.services.iter().filter_map(of).collect()
}

/// Requests per second of all services together; `None` when no requests were counted.
pub(super) fn total(incident: &Incident) -> Option<Rate> {
    let curves = seen(incident, view(incident)?);
    (!curves.is_empty()).then(|| sum(&curves))
}

/// Requests per second: the sum with what is missing against the baseline, then the busiest
/// services on scales of their own. `None` when no requests were counted.
pub fn requests(incident: &Incident) -> Option<Chart> {
    let (from, to) = view(incident)?;
    let mut curves = seen(incident, (from, to));
    if curves.is_empty() {
        return None;
    }
    let normal: Option<f64> = curves.iter().map(|t| t.normal).sum();
    let total = Traffic { name: "All services".into(), rate: sum(&curves), normal };
    curves.sort_by(|a, b| {
        let order = |t: &Traffic| t.normal.unwrap_or_else(|| mean(&t.rate));
        order(b).total_cmp(&order(a)).then_with(|| a.name.cmp(&b.name))
    });
    curves.truncate(BUSIEST);
    let single = if curves.len() > 1 { curves.as_slice() } else { &[] };
    let note = note(single.len());
    let grid = HEAD + TALL + 40.0;
    let foot = grid + rows(single.len()) * ROW + 24.0;
    let height = foot + 10.0 + 26.0 * wrap(&note, WIDTH - 40, 4).len() as f64;
    let description = describe(&total, single, from, to);
    let drawing = draw(height.ceil() as i32, &description, |c| {
        let time = TimeScale::new(from, to, LEFT, f64::from(WIDTH) - RIGHT);
        paint(c, incident, &total, (time, HEAD, HEAD + TALL), single.is_empty());
        for (n, curve) in single.iter().enumerate() {
            let (x0, x1, y0) = cell(n, grid, LEFT + 6.0);
            let time = TimeScale::new(from, to, x0, x1);
            c.group("rc-series", &[("service", curve.name.clone())], |c| {
                paint(c, incident, curve, (time, y0, y0 + PLOT), n + 1 == single.len());
            });
        }
        paragraph(c, &note, 20.0, foot, WIDTH - 40, 4);
    });
    Some(Chart { name: "requests", title: "Requests per second".into(), description, drawing })
}

fn note(single: usize) -> String {
    let busiest =
        if single == 0 { String::new() } else { format!(" Below: the {single} busiest, each on its own scale.") };
    format!(
        "Dashed: rate before the impact. Tint under it: requests missing. Low: the lowest bucket against that rate. The sum counts a request once for every service it crosses.{busiest}"
    )
}

/// One plot: missing traffic, baseline, curve.
fn paint(c: &mut Canvas, incident: &Incident, traffic: &Traffic, place: (TimeScale, f64, f64), last: bool) {
    let (time, y0, y1) = place;
    let seen = || traffic.rate.iter().filter(|(at, _)| time.holds(**at)).map(|(_, v)| *v);
    let top = round_up(seen().fold(traffic.normal.unwrap_or(0.0), f64::max));
    let panel = Panel { time, y0, y1, low: 0.0, high: top };
    let lowest = seen().min_by(f64::total_cmp);
    let figure = match (lowest, traffic.normal) {
        (Some(low), Some(normal)) if normal > 0.0 => format!("low {}", percent(low / normal)),
        (Some(low), _) => format!("low {}/s", compact(low)),
        (None, _) => String::new(),
    };
    panel.heading(c, &traffic.name, &figure);
    let marks = [(0.0, "0".to_string()), (top / 2.0, compact(top / 2.0)), (top, format!("{}/s", compact(top)))];
    panel.frame(c, Clock::Utc, &marks, true);
    let bucket_s = i64::from(incident.rates.bucket_s.max(1));
    let points: Vec<(i64, f64)> =
        traffic.rate.iter().filter(|(at, _)| time.holds(**at)).map(|(a, v)| (*a, *v)).collect();
    panel.inside(c, |c| {
        if let Some(service) = incident.rates.service(&traffic.name) {
            shade(c, &panel, service);
        }
        for run in points.chunk_by(|a, b| b.0 - a.0 <= bucket_s) {
            curve(c, &panel, run, bucket_s, traffic.normal);
        }
        if let Some(normal) = traffic.normal {
            c.line(&[(time.x0, panel.y(normal)), (time.x1, panel.y(normal))], Ink::Baseline, 1.6);
        }
    });
    if last {
        panel.time_title(c, Clock::Utc);
    }
    panel.read(c, "requests", &traffic.name, &words(traffic, time.from_s, time.to_s));
}

/// One unbroken stretch: what is missing as a tint below the baseline, the rate as a line.
fn curve(c: &mut Canvas, panel: &Panel, run: &[(i64, f64)], bucket_s: i64, normal: Option<f64>) {
    let middle = |at: i64| panel.time.x(at.saturating_add(bucket_s / 2));
    let line: Vec<Point> = run.iter().map(|(at, v)| (middle(*at), panel.y(*v))).collect();
    let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else { return };
    let ground: Vec<Point> = line.iter().copied().chain([(last.0, panel.y1), (first.0, panel.y1)]).collect();
    c.shape(&ground, Ink::Traffic, 0.16);
    if let Some(normal) = normal {
        let level = panel.y(normal);
        let under = line.iter().map(|p| (p.0, p.1.max(level)));
        let missing: Vec<Point> = under.chain([(last.0, level), (first.0, level)]).collect();
        c.shape(&missing, Ink::Bad, 0.2);
    }
    match line.as_slice() {
        [only] => c.dot(*only, 2.4, Ink::Traffic),
        points => c.line(points, Ink::Traffic, 2.0),
    }
}

/// `cdn: normally 2400/s, lowest 1700/s (72 %) at 18:10, highest 2500/s`.
fn words(traffic: &Traffic, from: i64, to: i64) -> String {
    let inside = || traffic.rate.range(from..=to);
    let normal = traffic.normal.map_or_else(String::new, |n| format!("normally {}/s, ", compact(n)));
    let low = inside().min_by(|a, b| a.1.total_cmp(b.1).then(a.0.cmp(b.0)));
    let high = inside().map(|(_, v)| *v).max_by(f64::total_cmp);
    let (Some((at, low)), Some(high)) = (low, high) else {
        return format!("{}: nothing seen in this stretch", shorten(&traffic.name, 60));
    };
    let share = traffic.normal.filter(|n| *n > 0.0).map_or_else(String::new, |n| format!(" ({})", percent(low / n)));
    format!(
        "{}: {normal}lowest {}/s{share} at {}, highest {}/s",
        shorten(&traffic.name, 60),
        compact(*low),
        clock(*at),
        compact(high)
    )
}

fn describe(total: &Traffic, single: &[Traffic], from: i64, to: i64) -> String {
    let each: Vec<String> = single.iter().take(4).map(|t| words(t, from, to)).collect();
    let each = if each.is_empty() { String::new() } else { format!(" {}.", each.join("; ")) };
    format!("Requests per second on {} UTC. {}.{each}", day(from), words(total, from, to))
}
