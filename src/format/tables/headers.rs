//! Which header holds where in a source.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::format::bind::Sample;

/// Headers by the byte at which they stand.
#[derive(Debug)]
pub(super) struct Headers<T>(RwLock<BTreeMap<u64, Arc<T>>>);

impl<T> Headers<T> {
    /// The headers of a source's beginning, if there are any: `read` reads the one at a byte of the
    /// text. Behind a wrapper places are not known, so the first header holds for the whole source.
    pub(super) fn of_sample(sample: &Sample<'_>, mark: &str, read: impl Fn(&str, usize) -> Option<T>) -> Option<Self> {
        let text = &*sample.text;
        let mut found = marked_lines(text, mark).filter_map(|at| Some((at as u64, Arc::new(read(text, at)?))));
        let headers: BTreeMap<u64, Arc<T>> = match sample.wrapped {
            true => found.next().map(|(_, header)| (0, header)).into_iter().collect(),
            false => found.collect(),
        };
        (!headers.is_empty()).then(|| Headers(RwLock::new(headers)))
    }

    /// Notes the header at byte `offset`; noting it again changes nothing.
    pub(super) fn note(&self, offset: u64, header: T) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(offset).or_insert_with(|| Arc::new(header));
    }

    /// The header that holds at byte `offset`: the last one above it.
    pub(super) fn at(&self, offset: u64) -> Option<Arc<T>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.range(..=offset).next_back().map(|(_, header)| header.clone())
    }

    /// Whether one of the headers seen so far is such a one.
    pub(super) fn any(&self, is: impl Fn(&T) -> bool) -> bool {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.values().any(|header| is(header))
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
        let headers = Headers(RwLock::default());
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
