//! The short way through a JSON object: the keys and values of its top level, found by their quotes and
//! commas, without a parser.
//!
//! It takes only what it is sure of: a strict object without escapes in keys, with no object under a
//! wanted key and no text that begins with a brace. Anything else is left to the parser, which gives the
//! same answer for what is taken here.

use super::object::scalar;
use crate::format::fields::Value;

/// Deepest list or object that is stepped over.
const MAX_DEPTH: usize = 64;
/// Wanted members of one object at most.
const MAX_WANTED: usize = 24;

/// Hands every wanted scalar of the object `text` to `offer`; `None`, with nothing handed over, when
/// the parser has to read it.
pub(super) fn object<'a>(
    text: &'a str,
    wanted: &dyn Fn(&str) -> bool,
    offer: &mut dyn FnMut(&str, Value<'a>),
) -> Option<()> {
    let mut held: [(&str, &str); MAX_WANTED] = [("", ""); MAX_WANTED];
    let mut count = 0;
    let mut members = Members::of(text)?;
    while let Some((key, raw)) = members.next()? {
        if !wanted(key) {
            continue;
        }
        // The parser enters these, and takes the text of the only element for the list.
        if matches!(raw.as_bytes(), [b'{' | b'[', ..] | [b'"', b'{', ..]) {
            return None;
        }
        *held.get_mut(count)? = (key, raw);
        count += 1;
    }
    for (key, raw) in held.iter().take(count) {
        if let Some(value) = scalar(raw) {
            offer(key, value);
        }
    }
    Some(())
}

/// The members of an object, one after the other.
pub(super) struct Members<'a> {
    text: &'a str,
    /// Position of the byte before the next key: the brace or a comma; none when all were given.
    pub(super) at: Option<usize>,
}

impl<'a> Members<'a> {
    /// Those of the object that `text` is; `None` when it is none, or has none.
    pub(super) fn of(text: &'a str) -> Option<Members<'a>> {
        let at = blanks(text.as_bytes(), 0);
        (text.as_bytes().get(at) == Some(&b'{')).then_some(Members { text, at: Some(at) })
    }

    /// The next key, with its value as written; inner `None` behind the last, outer `None` where the
    /// text is not what this walk is sure of.
    pub(super) fn next(&mut self) -> Option<Option<(&'a str, &'a str)>> {
        let Some(at) = self.at else { return Some(None) };
        let bytes = self.text.as_bytes();
        let at = blanks(bytes, at + 1);
        let (end, escaped) = string(bytes, at)?;
        if escaped {
            return None;
        }
        let key = self.text.get(at + 1..end - 1)?;
        let at = blanks(bytes, end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        let (raw, at) = self.value(blanks(bytes, at + 1))?;
        self.at = at;
        Some(Some((key, raw)))
    }

    /// The value that begins at `at`, and the comma behind it.
    fn value(&self, at: usize) -> Option<(&'a str, Option<usize>)> {
        let bytes = self.text.as_bytes();
        let at = blanks(bytes, at);
        let end = value(bytes, at, 0)?;
        let raw = self.text.get(at..end)?;
        let at = blanks(bytes, end);
        match bytes.get(at)? {
            b',' => Some((raw, Some(at))),
            b'}' if blanks(bytes, at + 1) == bytes.len() => Some((raw, None)),
            _ => None,
        }
    }
}

/// Position of the first byte from `at` on that is no blank of JSON.
fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    at
}

/// Position behind the string that begins at `at`, and whether it holds escapes.
#[inline]
pub(super) fn string(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let (mut at, mut escaped) = (at + 1, false);
    loop {
        at = special(bytes, at)?;
        match bytes[at] {
            b'"' => return Some((at + 1, escaped)),
            b'\\' => {
                escaped = true;
                at += match bytes.get(at + 1)? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                    b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                    _ => return None,
                };
            }
            _ => return None,
        }
    }
}

/// Position of the first quote, backslash or control character from `at` on: sixteen bytes at a time.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> Option<usize> {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        if let Some(found) = special_of(chunk) {
            return Some(at + found);
        }
        at += chunk.len();
    }
    let rest = bytes.get(at..)?.iter().position(|b| is_special(*b))?;
    Some(at + rest)
}

#[inline]
fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < 0x20)
}

/// Place of the first quote, backslash or control character of sixteen bytes. Written so that the compiler makes a few
/// vector instructions of it: no branch, no shift by a variable.
#[inline]
fn special_of(chunk: &[u8; 16]) -> Option<usize> {
    let found = u128::from_le_bytes(std::array::from_fn(|at| if is_special(chunk[at]) { 0xff } else { 0 }));
    (found != 0).then_some(found.trailing_zeros() as usize / 8)
}

/// Position behind the value that begins at `at`.
pub(super) fn value(bytes: &[u8], at: usize, depth: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string(bytes, at).map(|(end, _)| end),
        b'-' | b'0'..=b'9' => number(bytes, at),
        b't' => word(bytes, at, b"true"),
        b'f' => word(bytes, at, b"false"),
        b'n' => word(bytes, at, b"null"),
        b'{' if depth < MAX_DEPTH => members(bytes, at, depth, b'}'),
        b'[' if depth < MAX_DEPTH => members(bytes, at, depth, b']'),
        _ => None,
    }
}

/// Position behind the list or object that begins at `at`.
fn members(bytes: &[u8], at: usize, depth: usize, close: u8) -> Option<usize> {
    let mut at = blanks(bytes, at + 1);
    if bytes.get(at) == Some(&close) {
        return Some(at + 1);
    }
    loop {
        if close == b'}' {
            at = blanks(bytes, string(bytes, at)?.0);
            if bytes.get(at) != Some(&b':') {
                return None;
            }
            at = blanks(bytes, at + 1);
        }
        at = blanks(bytes, value(bytes, at, depth + 1)?);
        match bytes.get(at)? {
            b',' => at = blanks(bytes, at + 1),
            byte if *byte == close => return Some(at + 1),
            _ => return None,
        }
    }
}

fn word(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes.get(at..)?.starts_with(word).then_some(at + word.len())
}

/// Position behind the number that begins at `at`, by the grammar of JSON.
pub(super) fn number(bytes: &[u8], mut at: usize) -> Option<usize> {
    let digits = |from: usize| {
        let mut at = from;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at - from
    };
    at += usize::from(bytes.get(at) == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && bytes.get(at) == Some(&b'0')) {
        return None;
    }
    at += whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        at += 1 + Some(fraction).filter(|n| *n > 0)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        at += Some(digits(at)).filter(|n| *n > 0)?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::object;

    fn walked(text: &str) -> Option<Vec<(String, Value<'_>)>> {
        let mut got = Vec::new();
        object(text, &object::known, &mut |key, value| got.push((key.to_string(), value)))?;
        Some(got)
    }

    fn parsed(text: &str) -> Option<Vec<(String, Value<'_>)>> {
        let mut got = Vec::new();
        object::read_by_parser(text, &object::known, &mut |key, value| got.push((key.to_string(), value))).ok()?;
        Some(got)
    }

    const LINES: &[&str] = &[
        r#"{"time":"2025-06-12T17:52:03.410Z","level":"ERROR","msg":"read \"a\" failed","service":"kv","status":503,"ok":true}"#,
        r#"{"ts":1749750723.41, "x" : [1,{"a":[]},"b\u00e4"], "duration_ms":-1.5e3 ,"nil":null,"user":{"id":"7"}}"#,
        r#"{"level":50,"time":1749750723410,"req":{"url":"/kv"},"res":{"statusCode":503},"msg":"{\"a\":1}"}"#,
        r#"{"status":["503"],"message":"tab\there","log":"","trace_id":"0af7651916cd43dd8448eb211c80319c"}"#,
    ];

    #[test]
    fn ordinary_lines_are_taken() {
        assert_eq!(walked(LINES[0]), parsed(LINES[0]));
        assert_eq!(walked(LINES[0]).map(|got| got.len()), Some(5));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
        #[test]
        fn what_is_taken_is_what_the_parser_gives(
            which in 0..LINES.len(),
            edits in proptest::collection::vec((0usize..400, proptest::sample::select(vec![
                "", "\"", "\\", "{", "}", "[", "]", ",", ":", " ", "0", "-", ".", "e", "\u{1}", "\t", "ä", "null", "\\u12", "1",
            ]), 0usize..3), 0..4)
        ) {
            let mut text = LINES[which].to_string();
            for (at, put, cut) in edits {
                let from = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
                let to = (from + cut..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
                text.replace_range(from..to, put);
            }
            if let Some(got) = walked(&text) {
                proptest::prop_assert_eq!(Some(got), parsed(&text), "{}", text);
            }
        }
    }
}
