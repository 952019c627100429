//! Time and value scales with round ticks.

use crate::model::{Precision, format_utc};

/// Steps between ticks that people count in, seconds.
const STEPS: [i64; 16] = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

/// A linear scale from time (UTC or relative seconds) to layout units.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeScale {
    /// First moment.
    pub(super) from_s: i64,
    /// Last moment, after `from_s`.
    pub(super) to_s: i64,
    /// Left edge.
    pub(super) x0: f64,
    /// Right edge.
    pub(super) x1: f64,
}

impl TimeScale {
    /// A scale; an empty stretch of time is widened to a second.
    pub(super) fn new(from_s: i64, to_s: i64, x0: f64, x1: f64) -> Self {
        TimeScale { from_s, to_s: to_s.max(from_s.saturating_add(1)), x0, x1 }
    }

    /// Where a moment lies, held inside the edges.
    pub(super) fn x(&self, at_s: i64) -> f64 {
        let share = (at_s.saturating_sub(self.from_s)) as f64 / (self.to_s - self.from_s) as f64;
        self.x0 + share.clamp(0.0, 1.0) * (self.x1 - self.x0)
    }

    /// Whether a moment lies on the scale.
    pub(super) fn holds(&self, at_s: i64) -> bool {
        (self.from_s..=self.to_s).contains(&at_s)
    }

    /// Moments of round ticks at least `apart` layout units from each other.
    pub(super) fn ticks(&self, apart: f64) -> Vec<i64> {
        let most = ((self.x1 - self.x0) / apart).floor().max(1.0) as i64;
        let length = self.to_s - self.from_s;
        let step = STEPS.into_iter().find(|s| length / s < most).unwrap_or_else(|| {
            let days = length / 86_400 / most + 1;
            days * 86_400
        });
        let first = self.from_s.div_euclid(step) + i64::from(self.from_s.rem_euclid(step) != 0);
        (first..=self.to_s.div_euclid(step)).map(|n| n * step).collect()
    }
}

/// `17:52` in UTC, with seconds where minutes do not suffice.
pub(super) fn clock(at_s: i64) -> String {
    let precision = if at_s % 60 == 0 { Precision::Minute } else { Precision::Second };
    let text = format_utc(at_s.saturating_mul(1_000_000_000), precision);
    text.split_once('T').map_or(text.clone(), |(_, time)| time.trim_end_matches('Z').to_string())
}

/// `2031-03-04` in UTC.
pub(super) fn day(at_s: i64) -> String {
    format_utc(at_s.saturating_mul(1_000_000_000), Precision::Day)
}

/// Labels of ticks: the time of day; the date (month-day) in place of `00:00`.
pub(super) fn labels(ticks: &[i64]) -> Vec<String> {
    ticks
        .iter()
        .map(|t| {
            if t.rem_euclid(86_400) != 0 {
                return clock(*t);
            }
            day(*t).get(5..).unwrap_or_default().to_string()
        })
        .collect()
}

/// Title of a UTC axis with the day or days it spans.
pub(super) fn utc_title(scale: &TimeScale) -> String {
    let (from, to) = (day(scale.from_s), day(scale.to_s));
    if from == to { format!("UTC, {from}") } else { format!("UTC, {from} to {to}") }
}

/// A label of a tick relative to T+0: `−10 min`, `0`, `+1 h`, `+1 h 30`.
pub(super) fn relative(at_s: i64) -> String {
    let sign = match at_s {
        0 => return "T+0".into(),
        s if s < 0 => '−',
        _ => '+',
    };
    let s = at_s.unsigned_abs();
    match (s / 3_600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{sign}{s} s"),
        (0, m, 0) => format!("{sign}{m} min"),
        (0, m, s) => format!("{sign}{m}:{s:02} min"),
        (h, 0, _) => format!("{sign}{h} h"),
        (h, m, _) => format!("{sign}{h} h {m:02}"),
    }
}

/// The smallest round number (1, 2, 2.5, 5 × a power of ten) not below `value`.
pub(super) fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * power).find(|v| *v >= value * 0.999_999).unwrap_or(value)
}
