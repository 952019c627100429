//! Which header holds where in a source.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::format::bind::Sample;

/// Headers by the byte at which they stand.
#[derive(Debug)]
pub(super) struct Headers<T> {
    /// Those of the sample, whose places are not known.
    sampled: Vec<T>,
    /// Those of the source.
    placed: RwLock<BTreeMap<u64, Arc<T>>>,
}

impl<T> Headers<T> {
    /// The headers that `read` finds among the sampled lines, if there are any. `read` is given the
    /// text up to the end of a line that begins with `mark`, and where that line begins. Behind a
    /// wrapper the first of them holds for the whole source.
    pub(super) fn of_sample(sample: &Sample<'_>, mark: &str, read: impl Fn(&str, usize) -> Option<T>) -> Option<Self> {
        let lines: Vec<&str> = sample.lines.iter().map(|line| &*line.text).collect();
        let text = lines.join("\n");
        let mut sampled: Vec<T> = marked_lines(&text, mark).filter_map(|at| read(&text, at)).collect();
        let mut placed = BTreeMap::new();
        if sample.wrapped && !sampled.is_empty() {
            placed.insert(0, Arc::new(sampled.remove(0)));
        }
        let any = !(sampled.is_empty() && placed.is_empty());
        any.then(|| Headers { sampled, placed: RwLock::new(placed) })
    }

    /// Notes the header at byte `offset`; noting it again changes nothing.
    pub(super) fn note(&self, offset: u64, header: T) {
        let mut all = self.placed.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(offset).or_insert_with(|| Arc::new(header));
    }

    /// The header that holds at byte `offset`: the last one above it.
    pub(super) fn at(&self, offset: u64) -> Option<Arc<T>> {
        let all = self.placed.read().unwrap_or_else(PoisonError::into_inner);
        all.range(..=offset).next_back().map(|(_, header)| header.clone())
    }

    /// Whether one of the headers seen so far is such a one.
    pub(super) fn any(&self, is: impl Fn(&T) -> bool) -> bool {
        let all = self.placed.read().unwrap_or_else(PoisonError::into_inner);
        self.sampled.iter().any(&is) || all.values().any(|header| is(header))
    }
}

/// Where lines of `text` begin with `mark`.
pub(super) fn marked_lines<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, mark).filter(move |at| *at == 0 || bytes.get(at - 1) == Some(&b'\n'))
}

/// The line of `text` that begins at byte `at`.
pub(super) fn line_at(text: &str, at: usize) -> &str {
    text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_header_above_a_place_holds_there() {
        let headers = Headers { sampled: Vec::new(), placed: RwLock::default() };
        headers.note(0, 'a');
        headers.note(900, 'b');
        headers.note(900, 'c');
        assert_eq!(headers.at(899).as_deref(), Some(&'a'));
        assert_eq!(headers.at(900).as_deref(), Some(&'b'));
        assert!(headers.any(|h| *h == 'b') && !headers.any(|h| *h == 'c'));
    }

    #[test]
    fn only_lines_that_begin_with_the_mark_are_found() {
        let text = "#F 1\nx #F\r\n#F 2\r\n#F";
        let found: Vec<_> = marked_lines(text, "#F").map(|at| line_at(text, at)).collect();
        assert_eq!(found, ["#F 1", "#F 2", "#F"]);
    }
}
