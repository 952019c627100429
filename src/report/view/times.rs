//! Moments as a report prints them: UTC, with only the digits that are known.

use serde::Serialize;

use crate::model::{Precision, TimeInterval, Timestamp, format_utc};
use crate::report::text;

/// Nanoseconds in one second.
const NANOS: i64 = 1_000_000_000;

/// A moment for reading and for machines.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Moment {
    /// "17:52", "17:52:30", or with the day before it when it is not the incident's first day.
    pub text: String,
    /// The same as RFC 3339 at the digits that were written.
    pub iso: String,
    /// How far off it may be ("± 30 s"); empty when it is exact.
    pub spread: String,
}

/// Formats moments relative to the incident's first day.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Times {
    day: String,
}

impl Times {
    /// Times of day without the date on the UTC day of `seconds`.
    pub(super) fn on_day_of(seconds: Option<i64>) -> Self {
        Times { day: seconds.map_or_else(String::new, day_of) }
    }

    /// The incident's first day, "12 June 2025"; empty when nothing is dated.
    pub(in crate::report) fn day(&self) -> String {
        self.day.clone()
    }

    /// The UTC day of a second, "12 June 2025".
    pub(super) fn date(&self, seconds: i64) -> String {
        day_of(seconds)
    }

    /// A decided stamp.
    pub(in crate::report) fn at(&self, at: &Timestamp) -> Moment {
        let iso = at.to_string();
        Moment { text: self.clock(at.utc_ns, at.precision), iso, spread: String::new() }
    }

    /// A second that was computed from buckets.
    pub(in crate::report) fn second(&self, seconds: i64) -> Moment {
        let precision = if seconds % 60 == 0 { Precision::Minute } else { Precision::Second };
        let ns = seconds.saturating_mul(NANOS);
        Moment { text: self.clock(ns, precision), iso: format_utc(ns, precision), spread: String::new() }
    }

    /// A computed moment with its uncertainty.
    pub(super) fn interval(&self, at: &TimeInterval) -> Moment {
        Moment { spread: text::spread(at.best_s, at.from_s, at.to_s), ..self.second(at.best_s) }
    }

    /// Time of day, with the date before it on other days.
    fn clock(&self, utc_ns: i64, precision: Precision) -> String {
        let iso = format_utc(utc_ns, precision);
        let day = day_of(utc_ns.div_euclid(NANOS));
        let Some((_, time)) = iso.split_once('T') else {
            return day;
        };
        // Below seconds nobody reads; the machine form keeps every written digit.
        let time = time.trim_end_matches('Z');
        let time = time.get(..8).unwrap_or(time);
        let time =
            if precision == Precision::Hour { format!("{} h", time.get(..2).unwrap_or(time)) } else { time.into() };
        if day == self.day { time } else { format!("{day} {time}") }
    }
}

/// "12 June 2025".
fn day_of(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0)
        .map_or_else(|| String::from("out of range"), |at| at.format("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TimeBasis;

    #[test]
    fn only_written_digits_are_shown_and_other_days_are_named() {
        let times = Times::on_day_of(Some(1_749_750_720));
        let at = |ns, p| times.at(&Timestamp::new(ns, p, TimeBasis::Explicit)).text;
        assert_eq!(times.day(), "12 June 2025");
        assert_eq!(at(1_749_750_720 * NANOS, Precision::Minute), "17:52");
        assert_eq!(at(1_749_750_720 * NANOS + 1_000_000, Precision::Micro), "17:52:00");
        assert_eq!(at((1_749_750_720 + 86_400) * NANOS, Precision::Second), "13 June 2025 17:52:00");
    }
}
