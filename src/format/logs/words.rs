//! Finding level words in plain text, and what the text formats share.

use std::borrow::Cow;

use crate::format::{Frame, Sink, fields, timestamp};
use crate::model::{ClockKind, Level, LogRecord, RawTime};

/// How far behind a stamp a level word may stand, in bytes.
const LEVEL_LIMIT: usize = 60;

/// The upper-case level word nearest to the beginning of `text`, with its place; whole words only.
pub(super) fn upper_level(text: &str) -> Option<(Level, usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len().min(LEVEL_LIMIT) {
        let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let end = at + bytes[at..].iter().take_while(|b| word(b)).count();
        if end == at {
            at += 1;
            continue;
        }
        if let Some(level) = text.get(at..end).and_then(upper_word) {
            return Some((level, at, end));
        }
        at = end;
    }
    None
}

/// Level of an upper-case level word of three letters or more.
pub(super) fn upper_word(word: &str) -> Option<Level> {
    const WORDS: &[&str] = &[
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "SEVERE", "CRITICAL", "FATAL", "PANIC", "DEBU",
        "ERRO", "FATA",
    ];
    let word = word.strip_prefix("LOG_").unwrap_or(word);
    WORDS.contains(&word).then(|| Level::of_word(word)).flatten()
}

/// Level of a level word of three letters or more in any case, where a level field is expected.
pub(super) fn any_level_word(word: &str) -> Option<Level> {
    const OTHER_MEANINGS: &[&str] = &["log", "note", "system", "config", "fine", "silly"];
    let lower = || word.to_ascii_lowercase();
    let level = if word.len() >= 3 { Level::of_word(word) } else { None };
    level.filter(|_| !OTHER_MEANINGS.contains(&lower().as_str()))
}

/// A lower-case level word right behind one to four delimiters: the level and the place behind it.
/// Without the delimiters, prose such as "no error" would match.
pub(super) fn delimited_level(text: &str) -> Option<(Level, usize)> {
    const WORDS: &[&str] = &["trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal"];
    let start = text.bytes().take(4).take_while(|b| matches!(b, b' ' | b'\t' | b'|' | b'[' | b'(' | b'-')).count();
    let len = text.bytes().skip(start).take_while(u8::is_ascii_lowercase).count();
    let word = text.get(start..start + len)?;
    let bounded = !text.as_bytes().get(start + len).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    (start > 0 && bounded && WORDS.contains(&word)).then(|| Level::of_word(word).map(|l| (l, start + len))).flatten()
}

/// A level that the text behind a stamp states: as an upper-case word among a logger's fields, a
/// lower-case word in a field of its own, `level=…`, or in front of the message.
pub(super) fn stated_level(rest: &str) -> Option<Level> {
    let keyed = || {
        let at = ["level=", "lvl=", "severity=", "loglevel="].iter().find_map(|k| rest.find(k).map(|i| i + k.len()))?;
        let value = rest.get(at..)?.trim_start_matches('"');
        let len = value.bytes().take_while(u8::is_ascii_alphabetic).count();
        any_level_word(value.get(..len)?)
    };
    let loud = || upper_level(rest).filter(|(_, start, _)| rest.get(..*start).is_some_and(is_layout)).map(|(l, ..)| l);
    loud()
        .or_else(|| delimited_level(rest).map(|(l, _)| l))
        .or_else(keyed)
        .or_else(|| leading_level(behind_groups(rest)))
        .or_else(|| enclosed_level(rest))
        .or_else(|| bracketed_letter(rest))
        .or_else(|| coded_level(rest))
}

/// A level word between two colons, as compilers and PostgreSQL's family write it: `kv.c:12: error: x`,
/// `child pid 12: ERROR:  x`.
fn enclosed_level(text: &str) -> Option<Level> {
    let near = text.get(..text.floor_char_boundary(LEVEL_LIMIT)).unwrap_or(text);
    let mut parts = near.split(": ");
    parts.next()?;
    // The last part may go on behind the limit.
    let words: Vec<&str> = parts.collect();
    words.split_last()?.1.iter().find_map(|word| any_level_word(word))
}

/// `text` behind what stands in brackets and says no level (`[1234] `, `(main) `) and behind single marks.
fn behind_groups(text: &str) -> &str {
    let marks = [' ', '\t', ':', '-', '|', ']'];
    let mut text = text.trim_start_matches(marks);
    // The number of a process or thread.
    if let Some((word, rest)) = text.split_once(' ')
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
    {
        text = rest;
    }
    for _ in 0..2 {
        let group = text.strip_prefix('[').and_then(|t| t.split_once(']')).filter(|(inside, _)| {
            let word = inside.trim().split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            inside.len() <= 40 && any_level_word(word).is_none()
        });
        match group {
            Some((_, rest)) => text = rest.trim_start_matches(marks),
            None => break,
        }
    }
    text
}

/// The level of a capital alone in square brackets among a logger's fields: `api.go:12:Serve() [E] x`.
fn bracketed_letter(text: &str) -> Option<Level> {
    let near = text.get(..text.floor_char_boundary(LEVEL_LIMIT)).unwrap_or(text);
    let at = near.as_bytes().windows(3).position(|w| w[0] == b'[' && w[2] == b']')?;
    let letter = near.get(at + 1..at + 2).filter(|l| matches!(*l, "T" | "D" | "I" | "W" | "E" | "F" | "C"))?;
    if near.get(..at).is_some_and(is_layout) { Level::of_word(letter) } else { None }
}

/// The codes with a number that VMware's products write behind the stamp: `In(182)`, `Wa(03)`.
fn coded_level(text: &str) -> Option<Level> {
    const CODES: [(&str, Level); 8] = [
        ("Db", Level::Debug),
        ("In", Level::Info),
        ("No", Level::Info),
        ("Wa", Level::Warn),
        ("Er", Level::Error),
        ("Cr", Level::Fatal),
        ("Al", Level::Fatal),
        ("Em", Level::Fatal),
    ];
    let (code, rest) = text.trim_start().split_once('(')?;
    let number = rest.split_once(')').map(|(number, _)| number)?;
    let numbered = matches!(number.len(), 1..=3) && number.bytes().all(|b| b.is_ascii_digit());
    CODES.iter().find(|(known, _)| *known == code && numbered).map(|(_, level)| *level)
}

/// The level a message names in its first word: `ERROR: x`, `[error] x`, `<warn> x`.
pub(super) fn leading_level(message: &str) -> Option<Level> {
    let text = message.trim_start().trim_start_matches(['[', '<', '(']);
    let len = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..len)?;
    let bracketed = message.trim_start().starts_with('[');
    let closed = match text.as_bytes().get(len) {
        Some(b':' | b']' | b'>' | b')' | b'#') => true,
        // `[Error-Kv.Pool]`
        Some(b'-') => bracketed && text.as_bytes().get(len + 1).is_some_and(u8::is_ascii_uppercase),
        _ => false,
    };
    const SHORT: &[&str] = &["VRB", "TRC", "DBG", "INF", "WRN", "ERR", "FTL"];
    let loud =
        (upper_word(word).is_some() || SHORT.contains(&word)) && matches!(text.as_bytes().get(len), Some(b' ') | None);
    ((closed && len >= 3) || loud).then(|| Level::of_word(word)).flatten()
}

/// What is left of a line once stamp and level are read, without the delimiters before it.
pub(super) fn message(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', ']', ')', ':', '-', '|', '>'])
}

/// The message with the exception that a stack trace below it ends or begins with: Python names it
/// last, Java first.
pub(super) fn with_exception<'a>(message: &'a str, frame: &'a str) -> Cow<'a, str> {
    let Some(end) = memchr::memchr(b'\n', frame.as_bytes()) else { return Cow::Borrowed(message) };
    let below = &frame[end + 1..];
    let named = |line: &&str| {
        let head = line.split(':').next().unwrap_or(line).trim_end();
        let path = head.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$'));
        path && ["Exception", "Error", "Timeout", "Interrupt"].iter().any(|end| head.ends_with(end))
    };
    let python = below.contains("Traceback (most recent call last):");
    let exception = if python { below.lines().rev().find(named) } else { below.lines().next().filter(named) };
    match exception {
        Some(line) if message.trim().is_empty() => Cow::Borrowed(line.trim()),
        Some(line) => Cow::Owned(format!("{message}: {}", line.trim())),
        None => Cow::Borrowed(message),
    }
}

/// What stands before and behind the first `mark`: [`str::split_once`] for a short mark, without the
/// preparations that only pay in long texts.
pub(super) fn split_at_mark<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let (first, bytes) = (*mark.as_bytes().first()?, text.as_bytes());
    let at = memchr::memchr_iter(first, bytes).find(|at| bytes[*at..].starts_with(mark.as_bytes()))?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// Whether text between a stamp and a level is the fields of a logger and not a sentence.
pub(super) fn is_layout(between: &str) -> bool {
    let mut depth = 0i32;
    let mut outside = String::with_capacity(between.len());
    for c in between.chars() {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth -= 1,
            _ if depth <= 0 => outside.push(c),
            _ => {}
        }
    }
    let after_colon =
        split_at_mark(&outside, ": ").is_some_and(|(_, rest)| rest.bytes().any(|b| b.is_ascii_alphanumeric()));
    let plain = outside.split_whitespace().filter(|w| w.bytes().all(|b| b.is_ascii_lowercase())).count();
    !after_colon && plain < 2
}

/// A stamp with a date and seconds at the beginning of `text`, without year guesses.
pub(super) fn dated_prefix(text: &str) -> Option<(RawTime, usize)> {
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (time, len) = timestamp::prefix(text)?;
    let dated = matches!(time.kind, ClockKind::Naive | ClockKind::Zoned);
    (dated && time.precision >= crate::model::Precision::Second).then_some((time, len))
}

/// Passes on the abbreviation behind a stamp that stays zone-less in spite of it.
pub(super) fn note_zone(text: &str, time: RawTime, len: usize, sink: &mut dyn Sink, frame: &Frame<'_>) {
    let lettered = text.as_bytes().get(len.wrapping_sub(1)).is_some_and(u8::is_ascii_uppercase);
    if time.kind != ClockKind::Zoned
        && lettered
        && let Some(label) = timestamp::zone_label(text)
    {
        sink.zone_note(label, frame);
    }
}

/// Names the dependency that a warning or worse complains about.
pub(crate) fn name_upstream<'a>(record: &mut LogRecord<'a>) {
    if record.level >= Some(Level::Warn) {
        record.upstream = match &record.body {
            Cow::Borrowed(body) => fields::refused_by(body).map(Cow::Borrowed),
            Cow::Owned(body) => fields::refused_by(body).map(|name| Cow::Owned(name.to_string())),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_whole_words_near_the_stamp() {
        assert_eq!(upper_level(" [main] ERROR x").map(|(l, ..)| l), Some(Level::Error));
        assert_eq!(upper_level(" ERRORS rise"), None);
        assert_eq!(upper_level(&format!("{:70}ERROR", "")), None);
        assert_eq!(delimited_level(" [error] x").map(|(l, _)| l), Some(Level::Error));
        assert_eq!(delimited_level(" no error"), None);
        assert_eq!(leading_level("error: x"), Some(Level::Error));
        assert_eq!(leading_level("error while reading"), None);
        assert_eq!(leading_level("WARN slow"), Some(Level::Warn));
    }

    #[test]
    fn sentences_are_no_layout() {
        assert!(is_layout(" - kv.pool - "));
        assert!(is_layout(" [a thread with blanks] "));
        assert!(is_layout(" kvgw: "));
        assert!(!is_layout(" role-a: we see "));
        assert!(!is_layout(" there was an "));
    }
}
