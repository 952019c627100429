//! Words in drawings: escaped, shortened, measured by guess (no font is loaded).

use super::theme::Size;

/// Text for an attribute or element: markup escaped, control characters (invalid in XML) dropped.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            c if is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Control characters, direction overrides and XML's forbidden code points.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// At most `most` characters on one line, the middle replaced by an ellipsis when cut: both ends
/// of a service name tell it apart from others.
pub(super) fn shorten(text: &str, most: usize) -> String {
    // Enough for any label; keeps a name of a megabyte cheap.
    let clean: Vec<char> = text.chars().take(4_096).filter(|c| !is_invisible(*c)).collect();
    let most = most.max(3);
    if clean.len() <= most {
        return clean.into_iter().collect();
    }
    let head = (most - 1) * 2 / 3;
    let tail = most - 1 - head;
    let mut out: String = clean.iter().take(head).collect();
    out.push('…');
    out.extend(clean.iter().skip(clean.len() - tail));
    out
}

/// Guessed width of `text` in layout units at the narrow-screen size.
pub(super) fn width(text: &str, size: Size) -> i32 {
    let tenths: i32 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' => 3,
            'f' | 't' | 'r' | ' ' | '-' | '/' => 4,
            'm' | 'w' | 'M' | 'W' | '%' | '…' | '@' => 9,
            'A'..='Z' => 7,
            c if c.is_ascii() => 6,
            c if (c as u32) < 0x2e80 => 6,
            _ => 10,
        })
        .sum();
    tenths * size.narrow() / 10
}

/// The longest shortening of `text` that fits into `room` layout units.
pub(super) fn fit(text: &str, size: Size, room: i32) -> String {
    let mut most = 120;
    loop {
        let short = shorten(text, most);
        if width(&short, size) <= room || most <= 4 {
            return short;
        }
        most = most.min(short.chars().count()) - 1;
    }
}

/// A share as a person writes it: no digit that the figure does not carry.
pub(super) fn percent(share: f64) -> String {
    let p = share * 100.0;
    if p >= 99.95 || p == 0.0 {
        format!("{p:.0} %")
    } else if p >= 1.0 {
        format!("{p:.1} %")
    } else {
        format!("{p:.2} %")
    }
}

/// A number with at most three significant digits and a thousands suffix.
pub(super) fn compact(value: f64) -> String {
    let (scaled, suffix) = match value.abs() {
        v if v >= 999_500_000.0 => (value / 1e9, " G"),
        v if v >= 999_500.0 => (value / 1e6, " M"),
        v if v >= 9_995.0 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let digits = if scaled.abs() >= 99.5 || scaled.fract() == 0.0 {
        0
    } else if scaled.abs() >= 9.95 {
        1
    } else {
        2
    };
    let mut text = format!("{scaled:.digits$}");
    if digits > 0 {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text + suffix
}

/// A length of time: `45 s`, `12 min`, `2 h 36 min`, to the minute from ten on; a minus sign for a negative one.
pub(super) fn span(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "" };
    let s = seconds.unsigned_abs();
    let s = if s < 600 { s } else { (s + 30) / 60 * 60 };
    let text = match (s / 86_400, s / 3_600 % 24, s / 60 % 60, s % 60) {
        (0, 0, 0, s) => format!("{s} s"),
        (0, 0, m, 0) => format!("{m} min"),
        (0, 0, m, s) => format!("{m} min {s} s"),
        (0, h, 0, _) => format!("{h} h"),
        (0, h, m, _) => format!("{h} h {m} min"),
        (d, 0, ..) => format!("{d} d"),
        (d, h, ..) => format!("{d} d {h} h"),
    };
    format!("{sign}{text}")
}
