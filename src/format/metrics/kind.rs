//! What the numbers of a series are, told from its name, its unit and its values.

use crate::model::MetricKind;

/// What is known of the values of a series after one pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stats {
    count: u64,
    min: f64,
    max: f64,
    fraction: bool,
    last: f64,
    drops: u64,
    soft_drops: u64,
}

impl Default for Stats {
    fn default() -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Stats { count: 0, min, max, fraction: false, last: 0.0, drops: 0, soft_drops: 0 }
    }
}

impl Stats {
    /// Adds the next value in file order.
    pub(super) fn add(&mut self, value: f64) {
        if self.count > 0 && value < self.last {
            self.drops += 1;
            // A restarted counter begins anew near zero; a level only sags.
            self.soft_drops += u64::from(value > self.last / 2.0);
        }
        self.count += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.fraction |= value.fract() != 0.0;
        self.last = value;
    }

    /// Whether it only rises, apart from rare restarts.
    fn rises(&self) -> bool {
        self.count > 0 && self.soft_drops == 0 && self.drops * 4 <= self.count
    }

    fn within_one(&self) -> bool {
        self.count > 0 && self.min >= 0.0 && self.max <= 1.0001
    }
}

/// The kind of a series. A guess that cannot be justified is a gauge: 0.9 and 90 may be the same
/// outage, and only the later stages see other witnesses.
pub(super) fn of(name: &str, unit: Option<&str>, stats: &Stats) -> MetricKind {
    let lower = name.to_ascii_lowercase();
    let unit = unit.unwrap_or("").trim().to_ascii_lowercase();
    let unit = unit.as_str();
    let says = |words: &[&str]| lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|token| words.contains(&token));
    if matches!(unit, "%" | "percent" | "pct") || lower.contains('%') || says(&["percent", "percentage", "pct"]) {
        return MetricKind::Percent;
    }
    let per_second = ["per_sec", "per sec", "/s"].iter().any(|part| lower.contains(part));
    if per_second || says(&["rps", "qps", "tps"]) || unit.ends_with("/s") || matches!(unit, "rps" | "reqps" | "qps") {
        return MetricKind::Rate;
    }
    let summed = lower.ends_with("_sum") || lower.ends_with("_bucket");
    let counted = lower.ends_with("_total") || lower.ends_with("_count");
    if stats.rises() && (summed || counted && !stats.fraction) {
        return MetricKind::Counter;
    }
    let share = unit == "percentunit" || says(&["ratio", "fraction", "share", "availability"]);
    let rated = says(&["rate", "error", "errors", "failure", "failures", "success"]) && stats.fraction;
    if stats.within_one() && !counted && (share || rated) {
        return MetricKind::Ratio;
    }
    MetricKind::Gauge
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, unit: Option<&str>, values: &[f64]) -> MetricKind {
        let mut stats = Stats::default();
        values.iter().for_each(|v| stats.add(*v));
        of(name, unit, &stats)
    }

    #[test]
    fn kinds_follow_name_unit_and_values() {
        assert_eq!(kind("http_requests_total", None, &[1.0, 5.0, 9.0, 12.0, 2.0, 4.0]), MetricKind::Counter);
        assert_eq!(kind("http_requests_total", None, &[10.0, 9.0, 8.0]), MetricKind::Gauge);
        assert_eq!(kind("panic_count", None, &[0.0, 3.0, 2.0]), MetricKind::Gauge);
        assert_eq!(kind("errors_total", None, &[0.5, 0.7]), MetricKind::Gauge);
        assert_eq!(kind("error_rate_5xx_ratio", None, &[0.0, 1.0]), MetricKind::Ratio);
        assert_eq!(kind("error_rate_5xx_ratio", None, &[0.0, 91.0]), MetricKind::Gauge);
        assert_eq!(kind("kv errors", Some("%"), &[0.2]), MetricKind::Percent);
        assert_eq!(kind("charge_error_rate_pct", None, &[0.8]), MetricKind::Percent);
        assert_eq!(kind("http_5xx_per_sec", None, &[0.5]), MetricKind::Rate);
        assert_eq!(kind("queue_errors", None, &[0.0, 1.0]), MetricKind::Gauge);
    }
}
