//! A pattern that is compiled when first needed: most of a hundred definitions never read a given file.

use std::sync::OnceLock;

use memchr::memmem::Finder;
use regex::{Captures, Regex};

use super::beginning::{self, Beginning};
use super::definition::GROUPS;
use crate::format::ascii::ascii;

/// A regular expression and what a line must begin with to match it.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    text: String,
    regex: OnceLock<Option<Regex>>,
    /// What everything it matches begins with. Nothing is known of patterns that are not anchored there.
    beginning: OnceLock<Beginning>,
    /// What stands in everything it matches, if anything does.
    needle: OnceLock<Option<Finder<'static>>>,
}

impl Pattern {
    /// A pattern as written; its classes are those of ASCII.
    pub(super) fn new(text: String) -> Pattern {
        let text = ascii(&text).into_owned();
        Pattern { text, regex: OnceLock::new(), beginning: OnceLock::new(), needle: OnceLock::new() }
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

    fn beginning(&self) -> &Beginning {
        self.beginning
            .get_or_init(|| if self.text.starts_with('^') { Beginning::of(&self.text) } else { Beginning::default() })
    }

    /// Whether `line` may match, by its first bytes and by what must stand in it: a cheap no for most patterns
    /// and lines, without compiling anything.
    fn may_match(&self, line: &str) -> bool {
        let needle = || {
            let made = || beginning::needle(&self.text).map(|text| Finder::new(&text).into_owned());
            self.needle.get_or_init(made).as_ref()
        };
        self.beginning().may_be(line) && needle().is_none_or(|needle| needle.find(line.as_bytes()).is_some())
    }

    /// Whether a text that begins with `byte` may match.
    pub(super) fn may_begin_with(&self, byte: u8) -> bool {
        self.beginning().may_begin_with(byte)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_most_lines_apart() {
        let digits = Pattern::new(r"^(?:\[?(?P<time>\d{4}-\d\d) .*)".into());
        assert!(digits.may_match("2025-06 x") && digits.may_match("[2025-06 x"));
        assert!(!digits.may_match("2025-06"), "shorter than every match");
        assert!(!digits.may_match("Jun 12") && !digits.may_match("{"));
    }

    #[test]
    fn what_must_stand_in_a_line_is_looked_for_first() {
        let pattern = Pattern::new(r"^(?P<time>\d+) (?:(?:a|b) took )(?P<duration>\d+)(?: ms)?".into());
        assert!(pattern.may_match("1 a took 5") && !pattern.may_match("1 a needs 5"));
        assert_eq!(beginning::needle("^(?:abc)+ (?:d|e)?x"), Some(b"abc".as_slice().into()));
        assert_eq!(beginning::needle("^(?:abc)*(?i:long)"), None);
    }

    #[test]
    fn what_may_begin_with_anything_is_always_tried() {
        for text in [r"^(?:.{0,9}x)", r"^(?:\S+ \d)", r"^(?:a?)", r"took \d+"] {
            assert!(Pattern::new(text.into()).beginning().may_be("zebra"), "{text}");
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
