//! Which header holds where in a source.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Headers by the byte at which they stand.
#[derive(Debug)]
pub(super) struct Headers<T>(RwLock<BTreeMap<u64, Arc<T>>>);

impl<T> Default for Headers<T> {
    fn default() -> Self {
        Headers(RwLock::new(BTreeMap::new()))
    }
}

impl<T> Headers<T> {
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

/// The lines of `text` that begin with `mark`, each with its byte offset.
pub(super) fn marked_lines<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    memchr::memmem::find_iter(text.as_bytes(), mark.as_bytes()).filter_map(move |at| {
        let first = at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
        let line = text.get(at..)?.lines().next()?;
        first.then_some((at, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_header_above_a_place_holds_there() {
        let headers = Headers::default();
        headers.note(0, 'a');
        headers.note(900, 'b');
        headers.note(900, 'c');
        assert_eq!(headers.at(899).as_deref(), Some(&'a'));
        assert_eq!(headers.at(900).as_deref(), Some(&'b'));
        assert!(headers.any(|h| *h == 'b') && !headers.any(|h| *h == 'c'));
    }

    #[test]
    fn only_lines_that_begin_with_the_mark_are_found() {
        let found: Vec<_> = marked_lines("#F 1\nx #F\r\n#F 2\r\n#F", "#F").collect();
        assert_eq!(found, [(0, "#F 1"), (11, "#F 2"), (17, "#F")]);
    }
}
