//! Times, lengths and shares as sentences print them.

use crate::model::{Figure, Precision, Timestamp, format_utc};

/// `18:05` or `18:05:31`: time of day with the digits that are known, never finer than seconds.
pub(super) fn clock(at: Timestamp) -> String {
    let precision = at.precision.min(Precision::Second);
    let full = format_utc(at.utc_ns, precision);
    match full.split_once('T') {
        Some((_, time)) => time.trim_end_matches('Z').to_string(),
        None => full,
    }
}

/// The same with its date, for moments of different days.
pub(super) fn date_and_clock(at: Timestamp) -> String {
    format_utc(at.utc_ns, at.precision.min(Precision::Second)).replace('T', " ").trim_end_matches('Z').to_string()
}

/// Time of day of a second of UTC.
pub(super) fn clock_s(second: i64) -> String {
    clock(Timestamp::new(second.saturating_mul(1_000_000_000), Precision::Second, crate::model::TimeBasis::Explicit))
}

/// `45 s`, `16 min`, `2 h 36 min`, `13 min 5 s`.
pub(super) fn length(seconds: i64) -> String {
    let s = seconds.unsigned_abs();
    let (h, m, s) = (s / 3600, s % 3600 / 60, s % 60);
    let parts: Vec<String> =
        [(h, "h"), (m, "min"), (s, "s")].iter().filter(|p| p.0 > 0).map(|(n, u)| format!("{n} {u}")).collect();
    let text = if parts.is_empty() { "0 s".to_string() } else { parts.join(" ") };
    if seconds < 0 { format!("−{text}") } else { text }
}

/// `90.2 %`.
pub(super) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.1 { format!("{value:.2} %") } else { format!("{value:.1} %") }
}

/// A whole number with thin groups of three.
pub(super) fn count(n: f64) -> String {
    let digits = format!("{:.0}", n.max(0.0));
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// `a`, `a and b`, `a, b and c`; at most `most` names.
pub(super) fn list(names: &[&str], most: usize) -> String {
    if names.len() > most {
        return format!("{} and {} more", names[..most].join(", "), names.len() - most);
    }
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_string(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Difference of two moments at the coarser of their precisions, with its formula.
pub(super) fn difference(from: Timestamp, to: Timestamp) -> (i64, String) {
    let coarser = from.precision.min(to.precision).min(Precision::Second);
    let width = coarser.width_ns();
    let floor = |t: Timestamp| Timestamp::new(t.utc_ns.div_euclid(width) * width, coarser, t.basis);
    let (a, b) = (floor(from), floor(to));
    let seconds = (b.utc_ns - a.utc_ns) / 1_000_000_000;
    let same_day = a.utc_ns.div_euclid(Precision::Day.width_ns()) == b.utc_ns.div_euclid(Precision::Day.width_ns());
    let show = if same_day { clock } else { date_and_clock };
    (seconds, format!("{} − {} = {}", show(b), show(a), length(seconds)))
}

/// A figure.
pub(super) fn figure(value: f64, unit: &str, formula: impl Into<String>) -> Option<Figure> {
    Some(Figure { value, unit: unit.to_string(), formula: formula.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TimeBasis;

    fn at(second: i64, precision: Precision) -> Timestamp {
        Timestamp::new(second * 1_000_000_000, precision, TimeBasis::Explicit)
    }

    #[test]
    fn a_difference_is_no_finer_than_its_coarser_end() {
        let (seconds, formula) = difference(at(65_103, Precision::Second), at(65_100 + 780, Precision::Minute));
        assert_eq!((seconds, formula.as_str()), (780, "18:18 − 18:05 = 13 min"));
        let (_, formula) = difference(at(86_300, Precision::Minute), at(86_460, Precision::Minute));
        assert_eq!(formula, "1970-01-02 00:01 − 1970-01-01 23:58 = 3 min");
    }

    #[test]
    fn lengths_counts_and_lists_read_well() {
        assert_eq!(
            (length(9_360), length(45), length(0), length(-61)),
            ("2 h 36 min".into(), "45 s".into(), "0 s".into(), "−1 min 1 s".into())
        );
        assert_eq!((count(1_234_567.0), count(12.0)), ("1 234 567".into(), "12".into()));
        assert_eq!(list(&["a", "b", "c"], 5), "a, b and c");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(percent(0.9022), "90.2 %");
    }
}
