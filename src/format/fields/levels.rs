//! Levels by the ladder of the key they stand under.

use super::level_of;
use crate::model::Level;

/// The level that `text` is under `key` (nested keys joined with dots).
///
/// A number means what the writer of that key counts by; 0 under a bare `level` is the most severe
/// for some writers and the least for others, and so says nothing.
pub fn level_under(key: &str, text: &str) -> Option<Level> {
    // The usual words are levels under every key but one.
    if let Some(level) = usual(text)
        && !key.ends_with('s')
    {
        return Some(level);
    }
    let text = text.trim();
    let name = key.rsplit('.').next().unwrap_or(key);
    let Ok(number) = text.parse::<u64>() else { return word(name, text) };
    match name {
        "severityNumber" | "SeverityNumber" | "severity_number" => of_otel(number),
        "level_value" => of_tens(number / 1000),
        "levelno" => of_tens(number),
        // Windows and Azure: 1 critical to 5 verbose.
        "Level" => match number {
            1 => Some(Level::Fatal),
            2 => Some(Level::Error),
            3 => Some(Level::Warn),
            4 => Some(Level::Info),
            5 => Some(Level::Debug),
            _ => None,
        },
        "level" | "lvl" | "s" if number == 0 => None,
        _ => level_of(text),
    }
}

/// The words that most loggers write.
fn usual(text: &str) -> Option<Level> {
    Some(match text.as_bytes() {
        b"INFO" | b"info" => Level::Info,
        b"WARN" | b"warn" => Level::Warn,
        b"ERROR" | b"error" => Level::Error,
        b"DEBUG" | b"debug" => Level::Debug,
        _ => return None,
    })
}

/// A word, with those that are levels under some keys only.
fn word(name: &str, text: &str) -> Option<Level> {
    match (name, text.as_bytes()) {
        // MongoDB: D1 to D5.
        ("s", [b'D', b'1'..=b'5']) => Some(Level::Debug),
        ("s", _) if text.len() > 1 => None,
        _ if text.eq_ignore_ascii_case("deprecation") => Some(Level::Warn),
        _ => level_of(text),
    }
}

/// OpenTelemetry's 1 to 24, four to a level.
fn of_otel(number: u64) -> Option<Level> {
    const LADDER: [Level; 6] = [Level::Trace, Level::Debug, Level::Info, Level::Warn, Level::Error, Level::Fatal];
    let step = number.checked_sub(1)? / 4;
    LADDER.get(usize::try_from(step).ok()?).copied()
}

/// Python's and Logback's tens: 10 debug, 20 info, 30 warning, 40 error, 50 critical.
fn of_tens(number: u64) -> Option<Level> {
    Some(match number {
        5 => Level::Trace,
        10 => Level::Debug,
        20 => Level::Info,
        30 => Level::Warn,
        40 => Level::Error,
        50 => Level::Fatal,
        _ => return None,
    })
}
