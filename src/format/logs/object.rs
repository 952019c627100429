//! Reading JSON objects without building a tree: keys first, values only where they are wanted.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::walk;
use crate::format::Fault;
use crate::format::fields::{self, Value};

/// Deepest object looked into.
const MAX_DEPTH: u8 = 4;

/// Why a line that was cut in the middle is rejected.
pub(crate) const ENDS_EARLY: &str = "expected a whole JSON object, found a line that ends early";

/// What is wrong with an object that could not be read: it was cut, or it is none.
pub(crate) fn fault(error: &serde_json::Error) -> Fault {
    Fault::new(if error.is_eof() { ENDS_EARLY } else { "expected a JSON object, found text that is no JSON" })
}

/// Whether `text` begins as a JSON object and ends before the object does.
pub(crate) fn ends_early(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("{\"") && serde_json::from_str::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// Walks the keys of the object that `line` is, without looking at values, until `visit` says stop
/// or the text ends. A line that is cut or no object simply ends early.
pub(crate) fn top_keys<'a>(line: &'a str, mut visit: impl FnMut(&'a str) -> bool) {
    top_fields(line, |key, _| visit(key));
}

/// Like [`top_keys`], with the text that begins with the value; it runs on to the end of `line`.
pub(crate) fn top_fields<'a>(line: &'a str, mut visit: impl FnMut(&'a str, &'a str) -> bool) {
    let bytes = line.as_bytes();
    let mut at = skip_blanks(bytes, 0);
    if bytes.get(at) != Some(&b'{') {
        return;
    }
    loop {
        at = skip_blanks(bytes, at + 1);
        let Some(end) = string_end(bytes, at) else { return };
        let key = line.get(at + 1..end).unwrap_or("");
        at = skip_blanks(bytes, end + 1);
        if bytes.get(at) != Some(&b':') {
            return;
        }
        at = skip_blanks(bytes, at + 1);
        if !visit(key, line.get(at..).unwrap_or("")) {
            return;
        }
        at = skip_value(bytes, at);
        if bytes.get(at) != Some(&b',') {
            return;
        }
    }
}

/// Position of the first byte from `at` on that is no blank.
fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or(&[]);
    at + rest.iter().take_while(|b| b.is_ascii_whitespace()).count()
}

/// Position of the quote that closes the string whose opening quote is at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}

/// Position behind the value that begins at `at`, blanks included.
fn skip_value(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0u32;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => match string_end(bytes, at) {
                Some(end) => at = end,
                None => return bytes.len(),
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Hands every wanted scalar of the object `text` to `offer`, keys of nested objects joined with dots.
/// `wanted` also decides which nested objects are entered.
///
/// # Errors
/// The parser's error when `text` is no JSON object; what was offered before stays offered.
pub(crate) fn read<'a>(
    text: &'a str,
    wanted: impl Fn(&str) -> bool,
    offer: &mut dyn FnMut(&str, Value<'a>),
) -> Result<(), serde_json::Error> {
    if walk::object(text, &wanted, offer).is_some() {
        return Ok(());
    }
    read_by_parser(text, &wanted, offer)
}

/// What [`read`] does, for every text: nested objects, escapes in keys, JSON inside texts, faults.
pub(super) fn read_by_parser<'a>(
    text: &'a str,
    wanted: &dyn Fn(&str) -> bool,
    offer: &mut dyn FnMut(&str, Value<'a>),
) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Object { prefix: "", depth: 0, wanted, offer })?;
    json.end()
}

/// Whether a key is one of the known fields or an object that may hold some.
pub(crate) fn known(key: &str) -> bool {
    fields::field_of(key).is_some() || fields::is_parent(key)
}

/// The text with what JSON does not allow but loggers write put right: numbers that are none (`NaN`,
/// `Infinity`) as null, half a surrogate pair as the replacement character; `None` when there is
/// neither.
pub(crate) fn without_nan(text: &str) -> Option<String> {
    static NOT_A_NUMBER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"([:\[,]\s*)-?(?:NaN|Infinity|inf)\b").ok());
    // A backslash that is itself escaped and whole pairs are matched too, and put back.
    static SURROGATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}",
            r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
        ))
        .ok()
    });
    let halved = |found: &Captures<'_>| match found.name("half") {
        Some(_) => r"\ufffd".to_string(),
        None => found.get(0).map_or("", |whole| whole.as_str()).to_string(),
    };
    let numbers = NOT_A_NUMBER.as_ref()?.replace_all(text, "${1}null");
    let mended = SURROGATE.as_ref()?.replace_all(&numbers, halved);
    (*mended != *text).then(|| mended.into_owned())
}

/// The text of journald's `"MESSAGE":[114,101,…]`, which is how it writes what is no UTF-8 or holds
/// control characters.
pub(super) fn message_of_bytes(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"MESSAGE\":[")?;
    let (numbers, _) = rest.split_once(']')?;
    let bytes: Option<Vec<u8>> = numbers.split(',').map(|n| n.trim().parse().ok()).collect();
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

struct Object<'p, 'a> {
    prefix: &'p str,
    depth: u8,
    wanted: &'p dyn Fn(&str) -> bool,
    offer: &'p mut dyn FnMut(&str, Value<'a>),
}

impl<'a> Visitor<'a> for Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let path = if self.prefix.is_empty() { key } else { Cow::Owned(format!("{}.{key}", self.prefix)) };
            if !(self.wanted)(&path) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let raw: &'a RawValue = map.next_value()?;
            let raw = single(raw.get());
            if raw.starts_with("\"{") && fields::is_text(&path) && self.embedded(&path, raw) {
                continue;
            }
            let Some(value) = scalar(raw) else { continue };
            (self.offer)(&path, value);
            if raw.starts_with('{') && self.depth < MAX_DEPTH {
                let nested =
                    Object { prefix: &path, depth: self.depth + 1, wanted: self.wanted, offer: &mut *self.offer };
                let mut json = serde_json::Deserializer::from_str(raw);
                json.deserialize_map(nested).map_err(serde::de::Error::custom)?;
            }
        }
        Ok(())
    }
}

impl Object<'_, '_> {
    /// Reads the object that is written as a text; says whether there was one.
    fn embedded(&mut self, path: &str, raw: &str) -> bool {
        if !(self.wanted)(&format!("{path}.level")) {
            return false;
        }
        let Ok(text) = serde_json::from_str::<String>(raw) else { return false };
        // All or nothing: a text that only begins like an object is a message.
        if self.depth >= MAX_DEPTH || serde_json::from_str::<IgnoredAny>(&text).is_err() {
            return false;
        }
        let mut offer = |key: &str, value: Value<'_>| (self.offer)(key, value.into_owned());
        let nested = Object { prefix: path, depth: self.depth + 1, wanted: self.wanted, offer: &mut offer };
        serde_json::Deserializer::from_str(&text).deserialize_map(nested).is_ok()
    }
}

/// The only element of a list with one, else the value itself.
fn single(raw: &str) -> &str {
    let Some(inside) = raw.strip_prefix('[').and_then(|r| r.strip_suffix(']')) else { return raw };
    let inside = inside.trim();
    let end = match inside.as_bytes() {
        [b'"', ..] => string_end(inside.as_bytes(), 0).map(|end| end + 1),
        [b'-' | b'0'..=b'9', ..] => Some(inside.len()).filter(|_| !inside.contains(',')),
        _ => None,
    };
    if end == Some(inside.len()) { inside } else { raw }
}

/// A value as written; `None` for null, false and empty containers.
pub(super) fn scalar(raw: &str) -> Option<Value<'_>> {
    match raw.as_bytes().first()? {
        b'"' if raw.contains('\\') => {
            let mended = || serde_json::from_str(&without_nan(raw)?).ok();
            serde_json::from_str(raw).ok().or_else(mended).map(|text: String| Value::Text(text.into()))
        }
        b'"' => raw.get(1..raw.len() - 1).map(|text| Value::Text(text.into())),
        b'-' | b'0'..=b'9' => Some(Value::Number(raw)),
        b'n' | b'f' => None,
        b'{' | b'[' if raw.len() == 2 => None,
        _ => Some(Value::Present),
    }
}

/// A key, borrowed unless it holds escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Key<'a> {
    fn deserialize<D: Deserializer<'a>>(d: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'a> Visitor<'a> for KeyVisitor {
            type Value = Key<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'a str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'a>, E> {
                Ok(Key(Cow::Owned(key.to_string())))
            }
        }
        d.deserialize_str(KeyVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_without_reading_values() {
        let mut keys = Vec::new();
        top_keys(r#"{"a":"x,\"}","b":{"c":[1,{"d":2}]}, "e" : -1.5e3 ,"f":null}"#, |k| {
            keys.push(k);
            true
        });
        assert_eq!(keys, ["a", "b", "e", "f"]);
    }

    #[test]
    fn a_cut_object_ends_early() {
        for cut in ["", "{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":\"x", "{\"a\":\"x\\", "[1]", "{\"a\":1,"] {
            top_keys(cut, |_| true);
        }
    }

    #[test]
    fn nested_keys_are_joined_and_numbers_keep_their_digits() {
        let mut seen = Vec::new();
        let text = r#"{"log":{"level":"error"},"ts":1749750723410000201,"x":{"level":1},"msg":"a\nb"}"#;
        read(text, known, &mut |key, value| seen.push((key.to_string(), value))).unwrap();
        assert_eq!(seen[1], ("log.level".to_string(), Value::Text("error".into())));
        assert_eq!(seen[2], ("ts".to_string(), Value::Number("1749750723410000201")));
        assert_eq!(seen[3], ("msg".to_string(), Value::Text("a\nb".into())));
        assert_eq!(seen.len(), 4);
    }
}
