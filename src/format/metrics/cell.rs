//! One cell of a table: a number with or without a unit, nothing, or text.

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A word that says that there is nothing (`N/A`, `null`, `NaN`).
    Marked,
    /// A number in the unit given; lengths are in `s`, sizes in `B`.
    Number(f64, Option<&'a str>),
    /// Anything else.
    Text,
}

/// How a file writes its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Decimal {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
}

/// Lengths of time in seconds.
const TIMES: &[(&str, f64)] = &[
    ("ns", 1e-9),
    ("µs", 1e-6),
    ("μs", 1e-6),
    ("us", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("min", 60.0),
    ("mins", 60.0),
    ("hour", 3600.0),
    ("hours", 3600.0),
    ("day", 86400.0),
    ("days", 86400.0),
    ("week", 604800.0),
    ("weeks", 604800.0),
];
/// Sizes in bytes.
const SIZES: &[(&str, f64)] = &[
    ("B", 1.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
    ("TB", 1e12),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("TiB", 1_099_511_627_776.0),
];
/// Multipliers before a unit or alone.
const SCALES: &[(&str, f64)] =
    &[("K", 1e3), ("k", 1e3), ("Mil", 1e6), ("M", 1e6), ("Bil", 1e9), ("G", 1e9), ("Tri", 1e12), ("T", 1e12)];
/// Units that stay as written.
const UNITS: &[&str] = &[
    "%", "percent", "req/s", "rps", "reqps", "qps", "ops", "ops/s", "rd/s", "wr/s", "io/s", "c/s", "/s", "p/s", "pps",
    "errors/s", "req", "requests", "errors", "B/s", "kB/s", "MB/s", "b/s", "kb/s", "Mb/s", "Gb/s", "Hz",
];

/// Whether `unit` is one that a header or a cell may carry.
pub(super) fn is_unit(unit: &str) -> bool {
    let known = |table: &[(&str, f64)]| table.iter().any(|(u, _)| *u == unit);
    UNITS.contains(&unit) || known(TIMES) || known(SIZES)
}

/// Reads a cell.
pub(super) fn read(text: &str, decimal: Decimal) -> Cell<'_> {
    let text = text.trim();
    if text.is_empty() {
        return Cell::Empty;
    }
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | 'e' | 'E' | '\'')))
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let Some(number) = number(digits, decimal) else {
        return if is_marked(text) { Cell::Marked } else { Cell::Text };
    };
    scaled(number, unit.trim()).unwrap_or(Cell::Text)
}

/// The number in its unit, `None` when the unit is unknown.
fn scaled(number: f64, unit: &str) -> Option<Cell<'_>> {
    let within = |table: &[(&str, f64)], unit: &str| table.iter().find(|(u, _)| *u == unit).map(|(_, f)| *f);
    if unit.is_empty() {
        return Some(Cell::Number(number, None));
    }
    if UNITS.contains(&unit) {
        return Some(Cell::Number(number, Some(unit)));
    }
    if let Some(seconds) = within(TIMES, unit) {
        return Some(Cell::Number(number * seconds, Some("s")));
    }
    if let Some(bytes) = within(SIZES, unit) {
        return Some(Cell::Number(number * bytes, Some("B")));
    }
    let (scale, rest) = unit.split_once(' ').map_or((unit, ""), |(s, r)| (s, r.trim()));
    let factor = within(SCALES, scale)?;
    (rest.is_empty() || UNITS.contains(&rest))
        .then(|| Cell::Number(number * factor, Some(rest).filter(|r| !r.is_empty())))
}

/// Words and marks for a missing value.
fn is_marked(text: &str) -> bool {
    let words =
        ["n/a", "na", "nan", "null", "nil", "none", "undefined", "-", "--", "–", "?", "no data", "inf", "+inf", "-inf"];
    words.contains(&text.to_lowercase().as_str())
}

/// A finite number written with digits, separators of thousands and a fraction.
fn number(digits: &str, decimal: Decimal) -> Option<f64> {
    if !digits.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let (thousands, point) = match decimal {
        Decimal::Point => (',', '.'),
        Decimal::Comma => ('.', ','),
    };
    let plain = if digits.contains([thousands, '\'']) {
        let whole = digits.split(point).next().unwrap_or("");
        let mut groups = whole.trim_start_matches(['-', '+']).split([thousands, '\'']);
        let head = groups.next().map_or(0, str::len);
        if !(1..=3).contains(&head) || groups.any(|group| group.len() != 3) {
            return None;
        }
        digits.replace([thousands, '\''], "").replace(point, ".")
    } else if decimal == Decimal::Comma {
        digits.replace(point, ".")
    } else {
        return digits.parse().ok().filter(|n: &f64| n.is_finite());
    };
    plain.parse().ok().filter(|n: &f64| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(text: &str) -> Cell<'_> {
        read(text, Decimal::Point)
    }

    #[test]
    fn units_are_taken_off_and_lengths_agree() {
        assert_eq!(point("93.2 %"), Cell::Number(93.2, Some("%")));
        assert_eq!(point("1.2 K"), Cell::Number(1200.0, None));
        assert_eq!(point("1.2 K req/s"), Cell::Number(1200.0, Some("req/s")));
        assert_eq!(point("2.01 s"), Cell::Number(2.01, Some("s")));
        assert_eq!(point("450 ms"), Cell::Number(0.45, Some("s")));
        assert_eq!(point("1 KiB"), Cell::Number(1024.0, Some("B")));
        assert_eq!(point("1,234,567.5"), Cell::Number(1_234_567.5, None));
        assert_eq!(point("-1e-3"), Cell::Number(-0.001, None));
        assert_eq!(read("93,2 %", Decimal::Comma), Cell::Number(93.2, Some("%")));
        assert_eq!(read("1.234,5", Decimal::Comma), Cell::Number(1234.5, None));
    }

    #[test]
    fn missing_is_not_zero_and_text_is_no_number() {
        assert_eq!(point(""), Cell::Empty);
        for word in ["N/A", "null", "NaN", "-", "+Inf"] {
            assert_eq!(point(word), Cell::Marked, "{word}");
        }
        for text in ["5xx", "kv", "12,34", "1.2.3", "10 bananas", "e", "2025-06-12"] {
            assert_eq!(point(text), Cell::Text, "{text}");
        }
    }
}
