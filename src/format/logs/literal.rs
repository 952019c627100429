//! Records printed as the literals of a scripting language: Python's dictionaries, Ruby's hashes.
//!
//! Written by `print(record)` and `logger.info(record)`.
//! Samples: `{'time': '2025-06-12 17:52:03', 'level': 'ERROR', 'msg': 'lease lost'}`, `{:time=>"2025-06-12 17:52:03",
//! :level=>"ERROR"}`.
//! Yields what the same record as JSON yields. Time: as in [`super::json_log`].

use super::json_log;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};

/// Dictionaries and hashes of scripting languages.
pub struct Literal;

impl Format for Literal {
    fn name(&self) -> &str {
        "literal"
    }

    fn title(&self) -> &str {
        "records as Python dictionaries or Ruby hashes"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "{'time': '2025-06-12 17:52:03', 'level': 'ERROR', 'msg': 'lease lost', 'shard': None}",
            "{:time=>\"2025-06-12 17:52:03\", :level=>\"ERROR\", :msg=>\"lease lost\"}",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// The literal `text` as JSON; `None` when it does not begin as one.
fn as_json(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix('{')?.trim_start();
    if !(inner.starts_with('\'') || inner.starts_with(':') || (inner.starts_with('"') && text.contains("\"=>"))) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\'' | '"' => {
                let (value, behind) = quoted(rest, first)?;
                out.push_str(&serde_json::to_string(&value).ok()?);
                behind
            }
            ':' if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                let (name, behind) = word(&rest[1..]);
                out.push_str(&serde_json::to_string(name).ok()?);
                behind
            }
            '=' if rest.starts_with("=>") => {
                out.push(':');
                &rest[2..]
            }
            _ if first.is_ascii_alphabetic() => {
                let (name, behind) = word(rest);
                out.push_str(match name {
                    "None" | "nil" | "nan" | "inf" => "null",
                    "True" => "true",
                    "False" => "false",
                    other => other,
                });
                behind
            }
            _ => {
                out.push(first);
                &rest[first.len_utf8()..]
            }
        };
    }
    Some(out)
}

/// The letters and digits that begin `text`, and what stands behind them.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len()))
}

/// What stands in the quotes that begin `text`, and behind them; `None` where they do not end.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                mark @ ('\'' | '"' | '\\') => value.push(mark),
                other => value.extend(['\\', other]),
            },
            _ if c == quote => return Some((value, text.get(at + 1..)?)),
            _ => value.push(c),
        }
    }
    None
}

impl LineFormat for Literal {
    fn starts(&self, line: &str) -> bool {
        line.trim_start().starts_with('{') && as_json(line).is_some_and(|json| json_log::is_record(&json))
    }

    fn may_start(&self, first: u8) -> bool {
        matches!(first, b'{' | b' ' | b'\t')
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let json = as_json(frame.text).ok_or(Fault::new("expected a dictionary or hash, found other text"))?;
        json_log::decode_object(&json, frame, sink, None)
    }

    fn specificity(&self) -> u8 {
        50
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;
    use crate::model::Level;

    #[test]
    fn literals_are_read_like_objects() {
        for line in Literal.samples() {
            let record = &records(&Literal, line)[0];
            assert_eq!(record.time.map(|t| t.key_s()), Some(1_749_750_723), "{line}");
            assert_eq!((record.level, &*record.body), (Some(Level::Error), "lease lost"), "{line}");
        }
        let odd =
            "{'time': '2025-06-12 17:52:03', 'level': 'INFO', 'msg': \"it's \\'gone\\'\", 'x': {'y': [True, None]}}";
        assert_eq!(records(&Literal, odd)[0].body, "it's 'gone'");
    }

    #[test]
    fn objects_sets_and_open_quotes_are_none() {
        for line in ["{\"time\":\"2025-06-12T17:52:03Z\",\"msg\":\"x\"}", "{'a', 'b'}", "{'time': '2025", "{}", "{:"] {
            assert!(!Literal.starts(line), "{line}");
        }
    }
}
