//! JSON lines of one writer: the same keys in the same order, line after line. What stands between two values is
//! then the same, byte by byte, and is compared instead of read.
//!
//! A layout is taken from a line by the walk, and what it reads is what the walk gives: every value is stepped over
//! by the grammar, and a line that differs anywhere else is left alone.

use super::object::scalar;
use super::walk::{Members, number, string, value};
use crate::format::fields::Value;

/// Wanted members of one object at most.
pub(super) const MAX_WANTED: usize = 24;
/// Layouts remembered: a writer has a few kinds of lines.
const KEPT: usize = 8;
/// How much lines of unknown layout may weigh before no more are taken: their keys differ from line to line.
const MOST_MISSES: u32 = 256;
/// What a line of unknown layout weighs; one that is known makes up for half of that.
const MISS: u32 = 8;

/// Layouts of the lines of late, each with what was `made` of its keys.
pub(super) struct Layouts<T> {
    kept: Vec<(Layout, T)>,
    next: usize,
    last: usize,
    misses: u32,
}

impl<T> Default for Layouts<T> {
    fn default() -> Self {
        Layouts { kept: Vec::new(), next: 0, last: 0, misses: 0 }
    }
}

impl<T> Layouts<T> {
    /// Puts the `wanted` values of `line` into `values`, in order, and gives what was made of the names of all of its
    /// keys; `None` when it has to be read another way.
    pub(super) fn read<'a>(
        &mut self,
        line: &'a str,
        values: &mut [Raw<'a>; MAX_WANTED],
        wanted: &dyn Fn(&str) -> bool,
        make: &dyn Fn(&[&str]) -> T,
    ) -> Option<&T> {
        let known = self.kept.len();
        let found = (self.last..known)
            .chain(0..self.last.min(known))
            .find(|at| self.kept.get(*at).is_some_and(|(layout, _)| layout.read(line, values).is_some()));
        if let Some(at) = found {
            self.last = at;
            self.misses = self.misses.saturating_sub(MISS / 2);
            return self.kept.get(at).map(|(_, made)| made);
        }
        if self.misses >= MOST_MISSES {
            self.misses -= 1;
            return None;
        }
        self.misses += MISS;
        let (layout, names) = Layout::of(line, wanted)?;
        layout.read(line, values)?;
        self.last = self.next;
        self.next = (self.next + 1) % KEPT;
        let entry = (layout, make(&names));
        match self.kept.get_mut(self.last) {
            Some(slot) => *slot = entry,
            None => self.kept.push(entry),
        }
        self.kept.get(self.last).map(|(_, made)| made)
    }
}

/// The keys of an object as they stood in a line.
struct Layout {
    keys: Vec<Key>,
    /// What stands behind the last value.
    tail: Box<[u8]>,
}

/// One key of a layout.
struct Key {
    /// All that stands between the value before and its own, from the brace or comma to the blanks behind the colon.
    lead: Lead,
    /// Whether its value is wanted.
    wanted: bool,
}

/// A text that a line is compared with.
struct Lead {
    text: Box<[u8]>,
    /// Its first bytes as a number, and which bits of that count.
    first: (u128, u128),
    /// Its last bytes as a number, where it has more than [`PIECE`].
    last: u128,
}

/// Bytes compared at once.
const PIECE: usize = 16;

impl Lead {
    fn new(text: &[u8]) -> Lead {
        let mut first = [0; PIECE];
        let len = text.len().min(PIECE);
        first[..len].copy_from_slice(&text[..len]);
        let mask = if len == PIECE { u128::MAX } else { (1 << (len * 8)) - 1 };
        let last = text.last_chunk().map_or(0, |last| u128::from_le_bytes(*last));
        Lead { text: text.into(), first: (u128::from_le_bytes(first), mask), last }
    }

    /// Whether `line` begins with it.
    #[inline]
    fn begins(&self, line: &[u8]) -> bool {
        let Some(first) = line.first_chunk::<PIECE>() else { return line.starts_with(&self.text) };
        if (u128::from_le_bytes(*first) ^ self.first.0) & self.first.1 != 0 {
            return false;
        }
        match self.text.len().checked_sub(PIECE) {
            None | Some(0) => true,
            // The two pieces overlap, and leave nothing out.
            Some(from @ 1..=PIECE) => {
                let last = line.get(from..).and_then(|rest| rest.first_chunk::<PIECE>());
                last.is_some_and(|last| u128::from_le_bytes(*last) == self.last)
            }
            Some(_) => line.starts_with(&self.text),
        }
    }
}

/// The value of a key, as written.
#[derive(Clone, Copy, Default)]
pub(super) struct Raw<'a> {
    /// With its quotation marks.
    pub(super) text: &'a str,
    /// A text without escapes.
    pub(super) plain: bool,
}

impl<'a> Raw<'a> {
    /// What stands between the quotation marks of a text without escapes.
    pub(super) fn plain_text(self) -> Option<&'a str> {
        if self.plain { self.text.get(1..self.text.len() - 1) } else { None }
    }

    /// What [`scalar`] makes of it.
    pub(super) fn scalar(self) -> Option<Value<'a>> {
        self.plain_text().map_or_else(|| scalar(self.text), |text| Some(Value::Text(text.into())))
    }

    /// Whether the parser would look into it: an object, a list, a text that begins like an object.
    pub(super) fn is_nested(self) -> bool {
        matches!(self.text.as_bytes(), [b'{' | b'[', ..] | [b'"', b'{', ..])
    }
}

impl Layout {
    /// The layout of the object `line`, with the names of its keys; `None` when it is no plain object that begins
    /// with its brace, or has none, or more than [`MAX_WANTED`] that are `wanted`.
    fn of<'a>(line: &'a str, wanted: &dyn Fn(&str) -> bool) -> Option<(Layout, Vec<&'a str>)> {
        let mut members = Members::of(line)?;
        let mut from = members.at?;
        let (mut keys, mut names) = (Vec::new(), Vec::new());
        if from != 0 {
            return None;
        }
        while let Some((name, raw)) = members.next()? {
            let value = (raw.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
            let lead = Lead::new(line.as_bytes().get(from..value)?);
            keys.push(Key { lead, wanted: wanted(name) });
            names.push(name);
            from = value + raw.len();
        }
        let tail = line.as_bytes().get(from..)?.into();
        let count = keys.iter().filter(|key| key.wanted).count();
        (count <= MAX_WANTED && !keys.is_empty()).then_some((Layout { keys, tail }, names))
    }

    /// Puts the wanted values of a line of this layout into `values`, in order; `None` when the line has another
    /// one, or is not what this walk is sure of.
    #[inline]
    fn read<'a>(&self, line: &'a str, values: &mut [Raw<'a>]) -> Option<()> {
        let bytes = line.as_bytes();
        let (mut at, mut count) = (0, 0);
        for key in &self.keys {
            let rest = bytes.get(at..)?;
            if !key.lead.begins(rest) {
                return None;
            }
            let from = at + key.lead.text.len();
            let plain;
            (at, plain) = match bytes.get(from)? {
                b'"' => string(bytes, from).map(|(end, escaped)| (end, !escaped))?,
                b'0'..=b'9' => (number(bytes, from)?, false),
                _ => (value(bytes, from, 0)?, false),
            };
            if key.wanted {
                *values.get_mut(count)? = Raw { text: line.get(from..at)?, plain };
                count += 1;
            }
        }
        (*bytes.get(at..)? == *self.tail).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::walk;

    /// The wanted members of a line, as the walk finds them.
    fn walked(line: &str) -> Option<Vec<&str>> {
        let mut members = Members::of(line)?;
        let mut found = Vec::new();
        while let Some((key, raw)) = members.next()? {
            if key != "skip" {
                found.push(raw);
            }
        }
        Some(found)
    }

    const PIECES: &[&str] = &[
        "\"a\":",
        "\"skip\": ",
        "\"b\" :",
        ",",
        ",",
        " ",
        "{",
        "}",
        "\"x\"",
        "\"y \\\" z, }\"",
        "1",
        "-2.5e3",
        "0",
        "01",
        "null",
        "true",
        "[1,{}]",
        "{\"c\":\"d\"}",
        "\"\u{1}\"",
        "\"ä\"",
        "\"long enough for more than one step, and more\"",
        "\\",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4_000))]
        #[test]
        fn a_layout_gives_what_the_walk_gives(
            lines in proptest::collection::vec((
                proptest::collection::vec((0usize..3, 8usize..22), 1..4),
                proptest::option::weighted(0.2, (0usize..30, 0..PIECES.len())),
            ), 1..12)
        ) {
            let mut layouts: Layouts<usize> = Layouts::default();
            for (members, edit) in lines {
                let members: Vec<String> = members.iter().map(|(key, value)| format!("{}{}", PIECES[*key], PIECES[*value])).collect();
                let mut line = format!("{{{}}}", members.join(","));
                if let Some((at, piece)) = edit {
                    let at = (0..=at.min(line.len())).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
                    line.insert_str(at, PIECES[piece]);
                }
                let mut values = [Raw::default(); MAX_WANTED];
                if layouts.read(&line, &mut values, &|key| key != "skip", &|names| names.len()).is_some() {
                    let walked = walked(&line);
                    let count = walked.as_ref().map_or(0, Vec::len);
                    let got: Vec<&str> = values.iter().take(count).map(|raw| raw.text).collect();
                    proptest::prop_assert_eq!(Some(got), walked, "{}", line);
                    for raw in values.iter().take(count) {
                        proptest::prop_assert_eq!(raw.scalar(), scalar(raw.text));
                    }
                }
            }
        }
    }

    #[test]
    fn lines_of_one_writer_are_known_again() {
        let mut layouts: Layouts<usize> = Layouts::default();
        let mut values = [Raw::default(); MAX_WANTED];
        for line in ["{\"a\": 1, \"b\":\"x\"} ", "{\"b\":\"x\"}", "{\"a\": 27, \"b\":\"\"} "] {
            assert!(layouts.read(line, &mut values, &|_| true, &|names| names.len()).is_some(), "{line}");
        }
        assert_eq!((layouts.kept.len(), layouts.last), (2, 0));
        assert_eq!((values[0].text, values[1].plain_text()), ("27", Some("")));
        assert!(walk::Members::of("{}").is_some_and(|mut members| members.next().is_none()));
    }
}
