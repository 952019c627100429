//! A pattern that is compiled when first needed: most of a hundred definitions never read a given file.

use std::sync::OnceLock;

use regex::{Captures, Regex};
use regex_syntax::hir::literal::Extractor;

use super::definition::GROUPS;
use crate::format::ascii::ascii;

/// A regular expression and what a line must begin with to match it.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    regex: OnceLock<Option<Regex>>,
    /// First bytes of everything it matches; `None` when that is not known. Only asked of patterns
    /// that are anchored at the beginning.
    first: OnceLock<Option<[bool; 256]>>,
}

impl Pattern {
    /// A pattern as written; its classes are those of ASCII.
    pub(super) fn new(text: String) -> Pattern {
        let text = ascii(&text).into_owned();
        Pattern { text, regex: OnceLock::new(), first: OnceLock::new() }
    }

    /// Whether it compiles and names known groups only.
    pub(super) fn check(&self) -> Result<(), String> {
        let regex = Regex::new(&self.text)
            .map_err(|e| format!("expected a pattern that compiles, found: {}", e.to_string().replace('\n', " ")))?;
        match regex.capture_names().flatten().find(|name| !GROUPS.contains(name)) {
            Some(unknown) => Err(format!("expected groups named {}, found \"{unknown}\"", GROUPS.join(", "))),
            None => Ok(()),
        }
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether `line` may match, by its first byte: a cheap no for most patterns and lines, without
    /// compiling anything.
    fn may_match(&self, line: &str) -> bool {
        let first = self.first.get_or_init(|| if self.text.starts_with('^') { first_bytes(&self.text) } else { None });
        match (first, line.as_bytes().first()) {
            (Some(first), Some(byte)) => first.get(usize::from(*byte)).copied().unwrap_or(true),
            _ => true,
        }
    }

    /// See [`Regex::is_match`].
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// See [`Regex::captures`].
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        if self.may_match(text) { self.regex()?.captures(text) } else { None }
    }
}

/// First bytes of the literals that every match begins with; `None` when the pattern may match
/// nothing at all, or begins with too many things.
fn first_bytes(pattern: &str) -> Option<[bool; 256]> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut extractor = Extractor::new();
    extractor.limit_class(2_000).limit_repeat(1).limit_total(5_000).limit_literal_len(1);
    let prefixes = extractor.extract(&hir);
    let mut first = [false; 256];
    for literal in prefixes.literals()? {
        let byte = literal.as_bytes().first()?;
        if let Some(slot) = first.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_byte_tells_most_lines_apart() {
        let digits = Pattern::new(r"^(?:\[?(?P<time>\d{4}-\d\d) .*)".into());
        assert!(digits.may_match("2025-06") && digits.may_match("[2025-06"));
        assert!(!digits.may_match("Jun 12") && !digits.may_match("{"));
    }

    #[test]
    fn what_may_begin_with_anything_is_always_tried() {
        for text in [r"^(?:.{0,9}x)", r"^(?:\S+ \d)", r"^(?:a?)", r"took \d+"] {
            assert!(Pattern::new(text.into()).may_match("zebra"), "{text}");
        }
    }

    #[test]
    fn the_gate_never_refuses_what_the_pattern_matches() {
        for definition in crate::format::lines::builtin() {
            for sample in crate::format::Format::samples(definition) {
                let line = sample.lines().next().unwrap_or("");
                let starts = crate::format::LineFormat::starts(definition, line);
                let matches = definition.pattern().regex().is_some_and(|regex| regex.is_match(line));
                assert_eq!(starts, matches, "{line}");
            }
        }
    }
}
