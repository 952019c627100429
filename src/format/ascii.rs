//! Patterns whose classes are those of ASCII: logs write their digits and names in it, and a pattern with
//! the digits and letters of every script takes ten times as long to compile.

use std::borrow::Cow;

/// `pattern` with `\d`, `\w`, `\s` and `\b` limited to ASCII. Their negations and everything else stay,
/// and so does a pattern with comments, whose brackets may be no brackets.
pub(crate) fn ascii(pattern: &str) -> Cow<'_, str> {
    let commented = pattern.contains('#') && pattern.contains("(?") && pattern.contains('x');
    if commented || !["\\d", "\\w", "\\s", "\\b"].iter().any(|class| pattern.contains(class)) {
        return Cow::Borrowed(pattern);
    }
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut chars = pattern.chars().peekable();
    let mut bracket = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next();
                let members = match escaped {
                    Some('d') => "0-9",
                    Some('w') => "0-9A-Za-z_",
                    Some('s') => "\\t\\n\\x0B\\x0C\\r\\x20",
                    _ => "",
                };
                match (members, escaped, bracket) {
                    ("", Some('b'), false) => out.push_str("(?-u:\\b)"),
                    ("", _, _) => {
                        out.push('\\');
                        out.extend(escaped);
                    }
                    (_, _, true) => out.push_str(members),
                    (_, _, false) => {
                        out.push('[');
                        out.push_str(members);
                        out.push(']');
                    }
                }
            }
            '[' if !bracket => {
                bracket = true;
                out.push('[');
                // A closing bracket right at the beginning stands for itself.
                out.extend(chars.next_if_eq(&'^'));
                out.extend(chars.next_if_eq(&']'));
            }
            ']' => {
                bracket = false;
                out.push(']');
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
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
}
