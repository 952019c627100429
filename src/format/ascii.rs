//! Patterns whose classes are narrower than those of Unicode: a pattern with the digits and letters of
//! every script takes ten times as long to compile.

use std::borrow::Cow;

use regex::Regex;

/// What stands for the classes of a pattern, as members of a bracket.
struct Classes {
    digit: &'static str,
    word: &'static str,
    space: &'static str,
    /// Stands in no bracket.
    boundary: &'static str,
    /// What a bracket of words is put into.
    words: (&'static str, &'static str),
}

/// Logs write their digits and names in ASCII.
const LOGS: Classes =
    Classes { digit: "0-9", word: "0-9A-Za-z_", space: r"\t\n\x0B\x0C\r\x20", boundary: r"(?-u:\b)", words: ("", "") };

/// People write the letters of all scripts. They are taken in whole blocks, which hold some signs too but
/// no punctuation; both cases are among them, and to look for the other one would take longest of all.
const SENTENCES: Classes = Classes {
    digit: "0-9",
    word: r"0-9A-Za-z_\u{C0}-\u{1FFF}\u{2C00}-\u{2DFF}\u{3040}-\u{D7FF}\u{F900}-\u{FDFF}\u{10000}-\u{1FFFF}",
    space: r"\s",
    boundary: r"\b",
    words: ("(?-i:", ")"),
};

/// `pattern` with `\d`, `\w`, `\s` and `\b` limited to ASCII. Their negations and everything else stay,
/// and so does a pattern with comments, whose brackets may be no brackets.
pub(crate) fn ascii(pattern: &str) -> Cow<'_, str> {
    narrowed(pattern, &LOGS)
}

/// A pattern for what people write: `\d` is a digit of ASCII, and `\w` nearly what it is in Unicode.
pub(crate) fn of_sentences(pattern: &str) -> Option<Regex> {
    Regex::new(&narrowed(pattern, &SENTENCES)).ok()
}

fn narrowed<'p>(pattern: &'p str, classes: &Classes) -> Cow<'p, str> {
    let commented = pattern.contains('#') && pattern.contains("(?") && pattern.contains('x');
    if commented || !["\\d", "\\w", "\\s", "\\b"].iter().any(|class| pattern.contains(class)) {
        return Cow::Borrowed(pattern);
    }
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut chars = pattern.chars().peekable();
    let mut bracket: Option<Bracket> = None;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next();
                let members = match escaped {
                    Some('d') => classes.digit,
                    Some('w') => classes.word,
                    Some('s') => classes.space,
                    _ => "",
                };
                match (members, escaped, bracket.as_mut()) {
                    ("", Some('b'), None) => out.push_str(classes.boundary),
                    ("", ..) => {
                        out.push('\\');
                        out.extend(escaped);
                    }
                    (_, _, Some(bracket)) => {
                        bracket.words |= escaped == Some('w');
                        out.push_str(members);
                    }
                    (_, _, None) => {
                        let alone = Bracket { at: out.len(), words: escaped == Some('w') };
                        out.push('[');
                        out.push_str(members);
                        alone.close(classes, &mut out);
                    }
                }
            }
            '[' if bracket.is_none() => {
                bracket = Some(Bracket { at: out.len(), words: false });
                out.push('[');
                // A closing bracket right at the beginning stands for itself.
                out.extend(chars.next_if_eq(&'^'));
                out.extend(chars.next_if_eq(&']'));
            }
            ']' => match bracket.take() {
                Some(bracket) => bracket.close(classes, &mut out),
                None => out.push(']'),
            },
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A bracket being written.
struct Bracket {
    /// Where it begins.
    at: usize,
    /// Whether words are among its members.
    words: bool,
}

impl Bracket {
    fn close(self, classes: &Classes, out: &mut String) {
        out.push(']');
        if self.words {
            out.insert_str(self.at, classes.words.0);
            out.push_str(classes.words.1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_limited_inside_and_outside_brackets() {
        assert_eq!(ascii(r"^\d{4}-[\w.-]+\]"), r"^[0-9]{4}-[0-9A-Za-z_.-]+\]");
        assert_eq!(ascii(r"[]\d]\b[^]\s]"), r"[]0-9](?-u:\b)[^]\t\n\x0B\x0C\r\x20]");
        assert_eq!(ascii(r"\S+ [^ ]* \\d"), r"\S+ [^ ]* \\d");
        assert_eq!(ascii("(?x) a # [\n \\d"), "(?x) a # [\n \\d");
        for pattern in [r"^\d{4}-[\w.-]+\]", r"[]\d]\b[^]\s]", r"(?x)\d # \s", r"\bERROR\b[\[\d]"] {
            assert!(regex::Regex::new(&ascii(pattern)).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn sentences_are_of_any_script() {
        let pattern = of_sentences(r"(?i)\bfail\w*\s+in\s+([\w\s]{1,20})\d").unwrap();
        let name = |text: &str| pattern.captures(text).map(|found| found[1].to_string());
        for (text, found) in [
            ("Failures in Zürich 5", Some("Zürich ")),
            ("failed\u{a0}in МОСКВА4", Some("МОСКВА")),
            ("fails in 東京 1", Some("東京 ")),
            ("failed in A—5", None),
            ("failed in x٣", None),
        ] {
            assert_eq!(name(text).as_deref(), found, "{text}");
        }
    }
}
