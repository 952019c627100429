//! A skeleton as words: what pass 2 compares.

use super::skeleton::{HOLE, is_delimiter, value_end};

/// A skeleton cut into words and marks, with the blanks between them kept for showing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Words {
    /// Words and single marks, in order.
    pub(super) words: Vec<String>,
    /// Whether a blank stands before each.
    pub(super) spaced: Vec<bool>,
}

impl Words {
    /// The words of a skeleton; brackets around holes are gone and neighbouring holes are one.
    pub(super) fn of(skeleton: &str) -> Words {
        let mut out = cut(skeleton);
        while out.tidy() {}
        out
    }

    fn push(&mut self, word: &str, spaced: bool) {
        self.words.push(word.to_string());
        self.spaced.push(spaced);
    }

    /// The text as it is shown.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for (word, spaced) in self.words.iter().zip(&self.spaced) {
            if *spaced && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
        out
    }

    /// Drops empty brackets, unwraps holes and joins them; whether anything changed.
    fn tidy(&mut self) -> bool {
        let old = std::mem::take(self);
        let word = |at: usize| old.words.get(at).map_or("", String::as_str);
        let mut at = 0;
        while at < old.words.len() {
            let last = self.words.last().is_some_and(|w| w == HOLE);
            match word(at) {
                "(" if word(at + 1) == ")" => at += 2,
                "(" | "[" | "{" if word(at + 1) == HOLE && matches!(word(at + 2), ")" | "]" | "}") => {
                    self.push(HOLE, old.spaced[at]);
                    at += 3;
                }
                HOLE if last => at += 1,
                "," | ":" if last && word(at + 1) == HOLE => at += 2,
                other => {
                    self.push(other, old.spaced[at]);
                    at += 1;
                }
            }
        }
        self.words.len() != old.words.len()
    }
}

/// Words and marks as they stand.
fn cut(skeleton: &str) -> Words {
    let bytes = skeleton.as_bytes();
    let mut out = Words::default();
    let (mut at, mut spaced) = (0, false);
    while let Some(byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            (at, spaced) = (at + 1, true);
            continue;
        }
        let behind = at > 0 && bytes[at - 1] == b'=';
        let mut end = at + 1;
        if !is_delimiter(*byte) {
            end += bytes[end..]
                .iter()
                .position(|b| b.is_ascii_whitespace() || is_delimiter(*b))
                .unwrap_or(bytes.len() - end);
            if behind {
                end = end.max(value_end(bytes, at));
            }
        } else if behind && matches!(byte, b'"' | b'\'') {
            let quoted = memchr::memchr(*byte, &bytes[end..]);
            end += quoted.map_or(0, |length| length + 1);
        }
        let word = &skeleton[at..end];
        out.push(if word.contains(HOLE) { HOLE } else { word }, spaced);
        (at, spaced) = (end, false);
    }
    out
}

/// Whether a word is one, and no mark.
pub(super) fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphanumeric() || "_-/.$<*\"'".contains(c)) && !matches!(word, "\"" | "'")
}

/// Whether a word begins with a letter.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(char::is_alphabetic)
}

/// Whether a word looks as no word of a language does: with marks or a capital inside, as names of
/// files, methods and properties have.
pub(super) fn is_id(word: &str) -> bool {
    let inside = word.trim_matches(|c: char| !c.is_alphanumeric());
    let marked = inside.contains(['_', '-', '.', '/', '@', '$', '#', '\\', '+', '~', '&', '*']);
    let mut letters = inside.chars().zip(inside.chars().skip(1));
    marked || letters.any(|(a, b)| a.is_lowercase() && b.is_uppercase())
}
