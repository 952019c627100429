//! Whose a line is.

use std::sync::OnceLock;

use super::as_lines;
use crate::format::{Format, LineFormat};

/// A line format.
#[derive(Clone, Copy)]
struct Reader<'f> {
    /// Its place among all formats.
    place: usize,
    format: &'f dyn Format,
    lines: &'f dyn LineFormat,
}

/// Line formats ready to be asked whose a line is: many lines are asked about, of which most formats
/// know from the first byte that they are not theirs.
pub struct Owners<'f> {
    /// The most specific first, of equals the earlier.
    ranked: Vec<Reader<'f>>,
    /// Those of them that may claim a line that begins with a byte; filled when the first one is met.
    by_first: Vec<OnceLock<Vec<Reader<'f>>>>,
}

impl<'f> Owners<'f> {
    /// The line formats of `formats`.
    pub fn new(formats: &[&'f dyn Format]) -> Self {
        let reader = |(place, format): (usize, &&'f dyn Format)| {
            Some(Reader { place, format: *format, lines: as_lines(*format)? })
        };
        let mut ranked: Vec<Reader<'f>> = formats.iter().enumerate().filter_map(reader).collect();
        ranked.sort_by_key(|reader| std::cmp::Reverse(reader.lines.specificity()));
        Owners { ranked, by_first: std::iter::repeat_with(OnceLock::new).take(256).collect() }
    }

    /// The format that owns `line`: the most specific that claims it, the earlier of two equals.
    pub fn of(&self, line: &str) -> Option<&'f dyn Format> {
        self.reader(line).map(|reader| reader.format)
    }

    /// The place among all formats of the one that owns `line`.
    pub(super) fn place(&self, line: &str) -> Option<usize> {
        self.reader(line).map(|reader| reader.place)
    }

    /// The same when it is `known` who owned the line among formats of which only `changed` ones are
    /// other ones now.
    pub(super) fn place_again(&self, line: &str, known: Option<usize>, changed: &[bool]) -> Option<usize> {
        let is_changed = |place: usize| changed.get(place).copied().unwrap_or(true);
        if known.is_some_and(is_changed) {
            return self.place(line);
        }
        // The unchanged ones before the owner have declined, and all of them where there was none.
        let mut ranked = self.possible(line).iter();
        let found = ranked
            .find(|reader| Some(reader.place) == known || (is_changed(reader.place) && reader.lines.starts(line)));
        found.map(|reader| reader.place)
    }

    fn reader(&self, line: &str) -> Option<&Reader<'f>> {
        self.possible(line).iter().find(|reader| reader.lines.starts(line))
    }

    fn possible(&self, line: &str) -> &[Reader<'f>] {
        let known = line.as_bytes().first().and_then(|byte| Some((*byte, self.by_first.get(usize::from(*byte))?)));
        let Some((byte, known)) = known else { return &self.ranked };
        known.get_or_init(|| self.ranked.iter().copied().filter(|reader| reader.lines.may_start(byte)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{all, detect};

    #[test]
    fn the_owner_is_the_same_as_among_all() {
        let formats: Vec<&dyn Format> = all().collect();
        let owners = Owners::new(&formats);
        let name = |format: Option<&dyn Format>| format.map(|f| f.name().to_string());
        for line in formats.iter().flat_map(|f| f.samples()).flat_map(str::lines).chain([""]) {
            let place = owners.place(line);
            assert_eq!(name(owners.of(line)), name(detect::owner(&formats, line)), "{line}");
            assert_eq!(place.map(|at| formats[at].name().to_string()), name(owners.of(line)), "{line}");
            // Whatever has changed, what is known of the others leads to the same owner.
            for changed in [vec![false; formats.len()], vec![true; formats.len()]] {
                assert_eq!(owners.place_again(line, place, &changed), place, "{line}");
            }
            let changed: Vec<bool> = (0..formats.len()).map(|at| Some(at) == place || at % 3 == 0).collect();
            assert_eq!(owners.place_again(line, place, &changed), place, "{line}");
        }
    }
}
