//! Remarks about members, gathered so that a hundred thousand of them are one diagnostic.

use std::collections::BTreeMap;

use crate::model::{Diagnostic, DiagnosticKind};

/// Names shown for one reason; the rest is counted.
const EXAMPLES: usize = 5;

/// Diagnostics of one visit or walk, in the order of kind, path and reason.
#[derive(Default)]
pub(super) struct Notes {
    single: Vec<Diagnostic>,
    gathered: BTreeMap<(DiagnosticKind, String, &'static str), Gathered>,
}

#[derive(Default)]
struct Gathered {
    count: u64,
    examples: Vec<String>,
    hint: &'static str,
}

impl Notes {
    /// A remark of its own.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.single.push(diagnostic);
    }

    /// One more `name` in the container at `path` for the same `reason`.
    pub(super) fn gather(
        &mut self,
        kind: DiagnosticKind,
        path: &str,
        reason: &'static str,
        name: &str,
        hint: &'static str,
    ) {
        let gathered = self.gathered.entry((kind, path.to_owned(), reason)).or_default();
        gathered.count += 1;
        gathered.hint = hint;
        if gathered.examples.len() < EXAMPLES {
            gathered.examples.push(format!("`{name}`"));
        }
    }

    /// Everything, in a fixed order.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let mut all = self.single;
        for ((kind, path, reason), gathered) in self.gathered {
            let more = gathered.count.saturating_sub(gathered.examples.len() as u64);
            let mut names = gathered.examples.join(", ");
            if more > 0 {
                names.push_str(&format!(" and {more} more"));
            }
            let mut diagnostic = Diagnostic::new(kind, path, format!("{reason}: {names}")).hint(gathered.hint);
            diagnostic.count = gathered.count;
            all.push(diagnostic);
        }
        all.sort();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_remarks_of_one_reason_are_one_diagnostic_that_counts() {
        let mut notes = Notes::default();
        for n in 0..9 {
            notes.gather(DiagnosticKind::Skipped, "a.tar", "left out links", &format!("l{n}"), "");
        }
        let all = notes.finish();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].count, 9);
        assert_eq!(all[0].message, "left out links: `l0`, `l1`, `l2`, `l3`, `l4` and 4 more");
    }
}
