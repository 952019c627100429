//! Numbers, lengths of time and foreign text as a report prints them.
//!
//! Two laws live here: no digit finer than what is known, and nothing of the evidence reaches a
//! page with a character that acts instead of showing.

use crate::model::{Precision, Ratio};

/// Between thousands: a narrow blank that does not break.
const THIN: char = '\u{202f}';
/// Between a number and its unit: a blank that does not break.
pub(super) const NBSP: char = '\u{a0}';
/// Minus sign.
const MINUS: char = '\u{2212}';

/// Whether a character acts (moves, hides or reorders text) instead of showing.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Writes a character that acts as a visible escape.
fn push_escape(out: &mut String, c: char) {
    match u32::from(c) {
        n @ 0..=0x7f => out.push_str(&format!("\\x{n:02x}")),
        n => out.push_str(&format!("\\u{{{n:x}}}")),
    }
}

/// Longest foreign text on a page, in bytes: more than any sentence or name that a person reads, and
/// little enough that a name of a megabyte, which stands in many places, does not make a page of hundreds.
const LONGEST: usize = 4_000;

/// The text up to [`LONGEST`], and what is said of the rest.
fn cut(text: &str) -> (&str, String) {
    if text.len() <= LONGEST {
        return (text, String::new());
    }
    let end = (0..=LONGEST).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let (head, rest) = text.split_at(end);
    (head, format!("… ({} more)", bytes(rest.len() as u64)))
}

/// Foreign text on one line: characters that act become visible escapes, line ends become `⏎`, and
/// what is longer than anybody reads is cut, which is said.
pub(super) fn line(text: &str) -> String {
    let (text, more) = cut(text.trim_end_matches(['\r', '\n']));
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => out.push_str(" ⏎ "),
            '\t' => out.push(' '),
            c if acts(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push_str(&more);
    out
}

/// A TOML basic string of any text: nothing in it ends the line.
pub fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Foreign text with its line ends and tabs kept; otherwise as [`line()`].
pub(super) fn lines(text: &str) -> String {
    let (text, more) = cut(text.trim_end_matches(['\r', '\n']));
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\t' => out.push(c),
            c if acts(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push_str(&more);
    out
}

/// Foreign text cut to `most` characters, with an ellipsis when something is missing.
pub(super) fn short(text: &str, most: usize) -> String {
    let text = line(text);
    if text.chars().count() <= most {
        return text;
    }
    let mut out: String = text.chars().take(most.saturating_sub(1)).collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// A whole number with narrow blanks between thousands.
pub(super) fn whole(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(THIN);
        }
        out.push(c);
    }
    out
}

/// A count that weights may have made fractional: a digit after the point below ten, else whole.
pub(super) fn count(n: f64) -> String {
    if !n.is_finite() {
        return String::from("–");
    }
    let (sign, n) = if n <= -0.05 { (true, -n) } else { (false, n.max(0.0)) };
    let text =
        if n < 9.95 && (n - n.round()).abs() >= 0.05 { format!("{n:.1}") } else { whole(n.round().min(1e18) as u64) };
    if sign { format!("{MINUS}{text}") } else { text }
}

/// `one` or `many` after its number: "1 service", "3 services".
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{}{NBSP}{}", whole(n as u64), if n == 1 { one } else { many })
}

/// A length of time: "45 s", "5 min 30 s", "2 h 36 min", "1 d 4 h". Parts that are zero are left out.
pub(super) fn duration(seconds: i64) -> String {
    let n = seconds.unsigned_abs();
    let parts = [(n / 86_400, "d"), (n / 3_600 % 24, "h"), (n / 60 % 60, "min"), (n % 60, "s")];
    let mut out = if seconds < 0 { MINUS.to_string() } else { String::new() };
    let mut first = true;
    for (value, unit) in parts.into_iter().filter(|p| p.0 > 0) {
        if !first {
            out.push(' ');
        }
        out.push_str(&format!("{value}{NBSP}{unit}"));
        first = false;
    }
    if first { format!("0{NBSP}s") } else { out }
}

/// A length between two stamps of which the coarser was written to `precision`: a difference of zero
/// is less than its last digit, not nothing.
pub(super) fn between(seconds: i64, precision: Precision) -> String {
    match precision.width_ns() / 1_000_000_000 {
        width if seconds == 0 && width > 1 => format!("<{NBSP}{}", duration(width)),
        _ => duration(seconds),
    }
}

/// A width of a bucket: "1 s", "1 min", "1 h".
pub(super) fn width(seconds: u32) -> String {
    duration(i64::from(seconds))
}

/// A share with `decimals` digits: "90.2 %". A share that is not exactly 0 or 1 is never printed as such.
pub(super) fn percent(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::from("–");
    }
    let unit = 10f64.powi(-(decimals as i32)) / 100.0;
    let text = match value {
        v if v == 0.0 || v == 1.0 => format!("{:.0}", v * 100.0),
        v if v > 0.0 && v < unit / 2.0 => format!("< {:.decimals$}", unit * 100.0),
        v if v < 1.0 && v > 1.0 - unit / 2.0 => format!("> {:.decimals$}", (1.0 - unit) * 100.0),
        v => format!("{:.decimals$}", v * 100.0),
    };
    format!("{}{NBSP}%", text.replace('-', &MINUS.to_string()))
}

/// Digits after the point that the interval of a ratio supports: none beyond its width.
pub(super) fn decimals(ratio: &Ratio) -> usize {
    match ratio.high - ratio.low {
        w if w >= 0.02 => 0,
        w if w >= 0.002 => 1,
        _ => 2,
    }
}

/// A ratio at the digits its interval supports.
pub(super) fn ratio(ratio: &Ratio) -> String {
    percent(ratio.value, decimals(ratio))
}

/// The interval of a ratio: "89.9–90.6 %".
pub(super) fn ratio_interval(ratio: &Ratio) -> String {
    let d = decimals(ratio);
    format!("{:.d$}–{:.d$}{NBSP}%", ratio.low * 100.0, ratio.high * 100.0)
}

/// Milliseconds: "85 ms", "2.4 s".
pub(super) fn millis(ms: f64) -> String {
    if !ms.is_finite() {
        String::from("–")
    } else if ms.abs() >= 1_000.0 {
        format!("{:.1}{NBSP}s", ms / 1_000.0)
    } else {
        format!("{ms:.0}{NBSP}ms")
    }
}

/// Bytes: "812 B", "14 kB", "3.2 MB".
pub(super) fn bytes(n: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if n < 1_000 {
        return format!("{n}{NBSP}B");
    }
    let mut value = n as f64 / 1_000.0;
    let mut unit = units[0];
    for next in units.into_iter().skip(1) {
        if value < 999.5 {
            break;
        }
        value /= 1_000.0;
        unit = next;
    }
    if value < 9.95 { format!("{value:.1}{NBSP}{unit}") } else { format!("{value:.0}{NBSP}{unit}") }
}

/// Names in a sentence: "a", "a and b", "a, b and 3 more".
pub(super) fn names(all: &[String], most: usize) -> String {
    let shown: Vec<String> = all.iter().take(most).map(|n| line(n)).collect();
    let more = all.len().saturating_sub(shown.len());
    if more > 0 {
        return format!("{} and {} more", shown.join(", "), whole(more as u64));
    }
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, head)) => format!("{} and {last}", head.join(", ")),
        None => String::new(),
    }
}

/// A count with "1 min" style width of an interval of time around a best value: "± 30 s" when it is
/// even, else the two bounds apart; empty when the moment is exact.
pub(super) fn spread(best_s: i64, from_s: i64, to_s: i64) -> String {
    let (before, after) = (best_s - from_s, to_s - best_s);
    match (before.max(0), after.max(0)) {
        (0, 0) => String::new(),
        (0, b) => format!("+{}", duration(b)),
        (a, 0) => format!("{MINUS}{}", duration(a)),
        (a, b) if a == b => format!("±{NBSP}{}", duration(a)),
        (a, b) => format!("{MINUS}{} / +{}", duration(a), duration(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_acts_is_shown_instead() {
        assert_eq!(line("a\u{1b}[31mred\u{202e}x\r\nnext\u{0}"), "a\\x1b[31mred\\u{202e}x ⏎ next\\x00");
        assert_eq!(lines("a\r\n\tb\u{200b}\n"), "a\n\tb\\u{200b}");
    }

    #[test]
    fn what_nobody_reads_is_cut_and_that_is_said() {
        let long = "é".repeat(1 << 19);
        assert_eq!(line(&long), format!("{}… (1.0\u{a0}MB more)", "é".repeat(2_000)));
        assert_eq!(lines(&long).len(), line(&long).len());
    }

    #[test]
    fn counts_have_thin_thousands_and_no_invented_digits() {
        assert_eq!(whole(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(2.5), "2.5");
        assert_eq!(count(12.5), "13");
        assert_eq!(count(-3.0), "\u{2212}3");
        assert_eq!(count(f64::NAN), "–");
    }

    #[test]
    fn durations_leave_out_what_is_zero() {
        assert_eq!(duration(9_360), "2\u{a0}h 36\u{a0}min");
        assert_eq!(duration(0), "0\u{a0}s");
        assert_eq!(duration(-61), "\u{2212}1\u{a0}min 1\u{a0}s");
    }

    #[test]
    fn shares_never_round_to_all_or_nothing() {
        assert_eq!(percent(0.9996, 1), "> 99.9\u{a0}%");
        assert_eq!(percent(0.00001, 1), "< 0.1\u{a0}%");
        assert_eq!(percent(1.0, 1), "100\u{a0}%");
        let rough = Ratio { value: 0.5, low: 0.3, high: 0.7 };
        assert_eq!(ratio(&rough), "50\u{a0}%");
        assert_eq!(ratio_interval(&rough), "30–70\u{a0}%");
    }

    #[test]
    fn names_are_listed_as_a_person_would() {
        let all: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
        assert_eq!(names(&all[..1], 3), "a");
        assert_eq!(names(&all, 3), "a, b and c");
        assert_eq!(names(&all, 2), "a, b and 1 more");
    }
}
