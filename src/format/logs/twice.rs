//! Lines that are looked at twice: first to know whether a record begins there, and again, once the next record
//! begins, to read it. What the first look found is remembered until then.

use std::ops::Range;

/// What the last lines were taken apart to: the one that is asked about, and the one before, which is read then.
pub(super) struct Twice<T> {
    lines: [(String, Option<T>); 2],
    next: usize,
}

impl<T> Default for Twice<T> {
    fn default() -> Self {
        Twice { lines: Default::default(), next: 0 }
    }
}

/// Longest line that is remembered, bytes.
const LONGEST: usize = 1_000;

impl<T: Copy> Twice<T> {
    /// What `parse` makes of `line`, perhaps as it was found before. It must depend on the line alone.
    pub(super) fn parsed(&mut self, line: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let known = self.lines.iter().find(|(known, parsed)| parsed.is_some() && known == line);
        if let Some((_, parsed)) = known {
            return *parsed;
        }
        let parsed = parse(line)?;
        if line.len() <= LONGEST {
            self.next = 1 - self.next;
            let (text, slot) = &mut self.lines[self.next];
            text.clear();
            text.push_str(line);
            *slot = Some(parsed);
        }
        Some(parsed)
    }
}

/// A part of a line, remembered by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part(usize, usize);

impl Part {
    /// The place of `part` in `line`, of which it must be a piece; anything else becomes empty.
    pub(super) fn of(line: &str, part: &str) -> Part {
        let start = (part.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize);
        if start <= line.len() && part.len() <= line.len() - start {
            Part(start, start + part.len())
        } else {
            Part(0, 0)
        }
    }

    /// The same part of `line` again.
    pub(super) fn within(self, line: &str) -> &str {
        let Part(start, end) = self;
        line.get(Range { start, end }).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_once_until_two_others_were() {
        let mut twice = Twice::default();
        let mut asked = Vec::new();
        let mut parsed = |line: &'static str| {
            twice.parsed(line, |line| {
                asked.push(line.to_string());
                let tail = line.split_once(' ')?.1;
                Some(Part::of(line, tail))
            })
        };
        for line in ["a x", "b yy", "a x", "no", "c", "b yy", "d zzz", "b yy", "a x"] {
            let tail = line.split_once(' ').map(|(_, tail)| tail);
            assert_eq!(parsed(line).map(|part| part.within(line)), tail, "{line}");
        }
        assert_eq!(asked, ["a x", "b yy", "no", "c", "d zzz", "a x"]);
    }

    #[test]
    fn what_is_no_part_is_nothing() {
        let line = String::from("kv gone");
        assert_eq!(Part::of(&line, "kv gone, and more").within(&line), "");
        assert_eq!(Part::of(&line, &line[3..]).within(&line), "gone");
    }
}
