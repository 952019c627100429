//! Two incidents on T+0: both curves and their difference.

use crate::model::{Comparison, IncidentSummary, OverlayPoint, Ratio, ServiceComparison};

use super::Chart;
use super::axis::{TimeScale, round_up};
use super::canvas::{Canvas, Drawing, Hang, WIDTH, draw};
use super::curves::{GAP, HEAD, LEFT, PLOT, RIGHT, ROW, cell, is_first_column, rows};
use super::panel::{Clock, Dot, Panel, paragraph, wrap};
use super::text::{compact, fit, percent, shorten, span};
use super::theme::{Ink, Size};

/// Height of the plot of all services together.
const TALL: f64 = 190.0;
/// Height of the key above it.
pub(super) const KEY: f64 = 64.0;
/// Most services drawn one by one.
const MOST: usize = 12;

/// Services to draw one by one: hurt in both first, then those hurt in one, from either side in
/// turn; the largest area first. With `in_both` only those with a difference to show.
fn shown(comparison: &Comparison, in_both: bool) -> Vec<&ServiceComparison> {
    let area = |figures: &IncidentSummary| figures.error_minutes.unwrap_or(0.0);
    let (a, b) = (|s: &ServiceComparison| area(&s.a), |s: &ServiceComparison| area(&s.b));
    let pick = |keep: &dyn Fn(&ServiceComparison) -> bool| {
        let mut found: Vec<&ServiceComparison> = comparison
            .services
            .iter()
            .filter(|s| keep(s) && if in_both { !s.difference.is_empty() } else { !s.overlay.is_empty() })
            .collect();
        found.sort_by(|x, y| {
            let areas = (a(y) + b(y)).total_cmp(&(a(x) + b(x)));
            areas.then_with(|| x.service.cmp(&y.service))
        });
        found
    };
    let mut out = pick(&|s| a(s) > 0.0 && b(s) > 0.0);
    let only_a = pick(&|s| a(s) > 0.0 && b(s) == 0.0);
    let only_b = pick(&|s| b(s) > 0.0 && a(s) == 0.0);
    for n in 0..only_a.len().max(only_b.len()) {
        out.extend([only_a.get(n), only_b.get(n)].into_iter().flatten().copied());
    }
    out.truncate(MOST);
    out
}

/// First and last moment of any curve that is drawn.
fn reach(comparison: &Comparison) -> Option<(i64, i64)> {
    let times = || comparison.overall.overlay.iter().map(|p| p.t_s);
    Some((times().min()?, times().max()?.saturating_add(i64::from(comparison.bucket_s))))
}

/// `A: title` and `B: title` with samples of their lines, where the chart has a line of each.
fn key(c: &mut Canvas, comparison: &Comparison, lines: bool) {
    let sides = [("A", Ink::SideA, 16.0), ("B", Ink::SideB, 46.0)];
    for ((name, ink, y), title) in sides.into_iter().zip(&comparison.titles) {
        let indent = if lines { 64.0 } else { 0.0 };
        if lines {
            c.line(&[(LEFT, y), (LEFT + 54.0, y)], ink, 3.0);
        }
        let text = fit(&format!("{name}: {}", shorten(title, 120)), Size::Head, WIDTH - LEFT as i32 - 90);
        c.words(&text, (LEFT + indent, y), Hang::Start, Size::Head, Ink::Text);
    }
}

fn peak(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(|| "–".to_string(), |r| percent(r.value))
}

/// Both error curves with their intervals, all services first, then the hardest hit one by one.
/// `None` when neither side has a curve.
pub fn overlay(comparison: &Comparison) -> Option<Chart> {
    let reach = reach(comparison)?;
    let services = shown(comparison, false);
    let description = describe_overlay(comparison, &services);
    let note = format!(
        "Buckets of {}. Tint around a line: 95 % interval. A break in a line: nothing was seen. Peaks stand beside each name. All services together have a scale of their own.",
        span(i64::from(comparison.bucket_s))
    );
    let paint = |c: &mut Canvas, panel: &Panel, s: &ServiceComparison| {
        let figure = format!("A {}, B {}", peak(s.a.peak), peak(s.b.peak));
        plot(c, panel, s, &figure, &marks(panel));
        let bucket_s = i64::from(comparison.bucket_s.max(1));
        panel.curve(c, &dots(&s.overlay, |p| p.a), bucket_s, (Ink::SideA, Ink::SideA), 2.4);
        panel.curve(c, &dots(&s.overlay, |p| p.b), bucket_s, (Ink::SideB, Ink::SideBSolid), 2.4);
    };
    let drawing = sheet(comparison, &services, reach, 0.0, (&description, &note), paint);
    Some(Chart { name: "overlay", title: "Error curves on T+0".into(), description, drawing })
}

fn dots(points: &[OverlayPoint], side: impl Fn(&OverlayPoint) -> Option<Ratio>) -> Vec<Dot> {
    points
        .iter()
        .filter_map(|p| side(p).map(|r| Dot { at_s: p.t_s, value: r.value, low: r.low, high: r.high }))
        .collect()
}

/// A − B with its interval: above the middle A was worse, below it B. `None` when no bucket was
/// seen in both.
pub fn difference(comparison: &Comparison) -> Option<Chart> {
    if comparison.overall.difference.is_empty() {
        return None;
    }
    let reach = reach(comparison)?;
    let services = shown(comparison, true);
    let description = describe_difference(comparison);
    let note = "Above 0: A failed a larger share of its requests; below: B. In percentage points. Tint: 95 % interval; where it holds 0, neither can be called worse.";
    let paint = |c: &mut Canvas, panel: &Panel, s: &ServiceComparison| {
        plot(c, panel, s, &range_words(s), &marks(panel));
        c.line(&[(panel.time.x0, panel.y(0.0)), (panel.time.x1, panel.y(0.0))], Ink::Muted, 1.2);
        let dots: Vec<Dot> =
            s.difference.iter().map(|d| Dot { at_s: d.t_s, value: d.value, low: d.low, high: d.high }).collect();
        let bucket_s = i64::from(comparison.bucket_s.max(1));
        panel.curve(c, &dots, bucket_s, (Ink::Severity, Ink::Severity), 2.2);
        let (top, bottom) = (panel.y0 + 14.0, panel.y1 - 12.0);
        c.words("A worse", (panel.time.x1 - 6.0, top), Hang::End, Size::Label, Ink::SideA);
        c.words("B worse", (panel.time.x1 - 6.0, bottom), Hang::End, Size::Label, Ink::SideBSolid);
    };
    let drawing = sheet(comparison, &services, reach, -1.0, (&description, note), paint);
    Some(Chart { name: "difference", title: "Difference of the error ratios, A − B".into(), description, drawing })
}

/// Top of the scale of all services together: a few services that fail wholly hardly show in the
/// sum on a scale to 100 %.
fn top(overall: &ServiceComparison, difference: bool) -> f64 {
    let highest = if difference {
        overall.difference.iter().map(|d| d.high.abs().max(d.low.abs())).fold(0.0, f64::max)
    } else {
        overall.overlay.iter().flat_map(|p| [p.a, p.b]).flatten().map(|r| r.high).fold(0.0, f64::max)
    };
    round_up(highest).clamp(0.01, 1.0)
}

/// Marks of a panel: the ends and the middle of its scale.
fn marks(panel: &Panel) -> Vec<(f64, String)> {
    if panel.low >= 0.0 {
        return [0.0, panel.high / 2.0, panel.high].map(|v| (v, format!("{} %", compact(v * 100.0)))).into();
    }
    let end = compact(panel.high * 100.0);
    vec![(panel.low, format!("−{end}")), (0.0, "0".into()), (panel.high, format!("+{end}"))]
}

/// Heading, frame and hover text of one plot.
fn plot(c: &mut Canvas, panel: &Panel, s: &ServiceComparison, figure: &str, marks: &[(f64, String)]) {
    let name = if s.presence == crate::model::ServicePresence::Both && s.service == "all services" {
        "All services".to_string()
    } else {
        match &s.other_name {
            Some(other) => format!("{} / {}", shorten(&s.service, 100), shorten(other, 100)),
            None => shorten(&s.service, 200),
        }
    };
    panel.heading(c, &name, figure);
    panel.frame(c, Clock::Relative, marks, panel.time.x0 <= LEFT + 1.0);
    let zero = panel.time.x(0);
    c.line(&[(zero, panel.y0), (zero, panel.y1)], Ink::Rule, 1.4);
    let data =
        [("service", name.clone()), ("from", panel.time.from_s.to_string()), ("to", panel.time.to_s.to_string())];
    let title = format!("{name}: {}", words(s));
    c.hover((panel.time.x0, panel.y0), (panel.time.x1, panel.y1), &title, &data);
}

/// Key, one tall plot, small plots, note.
fn sheet(
    comparison: &Comparison,
    services: &[&ServiceComparison],
    (from, to): (i64, i64),
    low: f64,
    (description, note): (&str, &str),
    paint: impl Fn(&mut Canvas, &Panel, &ServiceComparison),
) -> Drawing {
    let grid = KEY + HEAD + TALL + 40.0;
    let foot = grid + rows(services.len()) * ROW + 24.0;
    let top = top(&comparison.overall, low < 0.0);
    let height = foot + 10.0 + 26.0 * wrap(note, WIDTH - 40, 4).len() as f64;
    draw(height.ceil() as i32, description, |c| {
        key(c, comparison, low >= 0.0);
        let time = TimeScale::new(from, to, LEFT, f64::from(WIDTH) - RIGHT);
        let panel = Panel { time, y0: KEY + HEAD, y1: KEY + HEAD + TALL, low: low * top, high: top };
        paint(c, &panel, &comparison.overall);
        if services.is_empty() {
            panel.time_title(c, Clock::Relative);
        }
        for (n, service) in services.iter().enumerate() {
            let (x0, x1, y0) = cell(n, grid, GAP);
            let panel = Panel { time: TimeScale::new(from, to, x0, x1), y0, y1: y0 + PLOT, low, high: 1.0 };
            paint(c, &panel, service);
            // Under the right-hand plot when there is one, so that it does not run off to the left.
            if n + 1 == services.len() && (!is_first_column(n) || n == 0)
                || n + 2 == services.len() && !is_first_column(n)
            {
                panel.time_title(c, Clock::Relative);
            }
        }
        paragraph(c, note, 20.0, foot, WIDTH - 40, 4);
    })
}

/// `A peak 91 % in 2 h 36 min, B peak 45 % in 1 h 7 min`.
fn words(s: &ServiceComparison) -> String {
    let side = |name: &str, figures: &IncidentSummary| {
        let long = figures.duration_s.map_or_else(String::new, |d| format!(", hurt for {}", span(d)));
        format!("{name} peak {}{long}", peak(figures.peak))
    };
    format!("{}; {}", side("A", &s.a), side("B", &s.b))
}

/// Widest difference to either side, `−3 to +88 points`.
fn range_words(s: &ServiceComparison) -> String {
    let values = || s.difference.iter().map(|d| d.value * 100.0);
    let low = values().min_by(f64::total_cmp).unwrap_or(0.0);
    let high = values().max_by(f64::total_cmp).unwrap_or(0.0);
    format!("{} to {} points", signed(low), signed(high))
}

fn signed(points: f64) -> String {
    let text = format!("{:.0}", points.abs());
    match text.as_str() {
        "0" => text,
        _ if points < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

fn describe_overlay(c: &Comparison, services: &[&ServiceComparison]) -> String {
    let each: Vec<String> =
        services.iter().take(6).map(|s| format!("{}: {}", shorten(&s.service, 40), words(s))).collect();
    let each = if each.is_empty() { String::new() } else { format!(" {}.", each.join(". ")) };
    let titles = c.titles.each_ref().map(|t| shorten(t, 80));
    format!(
        "Error ratio of A ({}) and B ({}) by time after T+0 of each. All services: {}.{each}",
        titles[0],
        titles[1],
        words(&c.overall)
    )
}

fn describe_difference(c: &Comparison) -> String {
    let decided = |keep: fn(f64, f64) -> bool| {
        let buckets = c.overall.difference.iter().filter(|d| keep(d.low, d.high)).count() as i64;
        span(buckets * i64::from(c.bucket_s))
    };
    format!(
        "Error ratio of A minus that of B over all services: {}. A was worse beyond the interval for {}, B for {}.",
        range_words(&c.overall),
        decided(|low, _| low > 0.0),
        decided(|_, high| high < 0.0)
    )
}
