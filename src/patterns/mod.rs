//! Log messages to templates: what varies is blanked, what is left counts.
//!
//! Three passes with one configuration for every system. Pass 1 ([`mod@skeleton`]) blanks by shape and sees one
//! message at a time; skeletons are counted, and counts of pieces add up. Passes 2 and 3 ([`Templates::of`])
//! look at the whole set of skeletons: a word becomes a hole when its place takes many values, skeletons of
//! the same constants become one template, and strays join what they stray from. Nothing depends on the
//! order of lines, on cuts or on threads.

mod merge;
mod skeleton;
mod stray;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use sha2::{Digest, Sha256};
pub use skeleton::{HOLE, skeleton};

use crate::model::{Pattern, SourceId};

/// The templates of a set of skeletons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    texts: Vec<String>,
    of: BTreeMap<String, usize>,
}

impl Templates {
    /// Mines `skeletons`, each with the number of lines that have it.
    pub fn of<'a>(skeletons: impl IntoIterator<Item = (&'a str, u64)>) -> Templates {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (skeleton, lines) in skeletons {
            *counts.entry(skeleton).or_default() += lines;
        }
        let counts: Vec<(&str, u64)> = counts.into_iter().collect();
        let (texts, of) = merge::merge(&counts);
        let of = counts.iter().zip(of).map(|((skeleton, _), at)| (skeleton.to_string(), at)).collect();
        Templates { texts, of }
    }

    /// The template of a skeleton; one that was not mined is its own.
    pub fn get<'a>(&'a self, skeleton: &'a str) -> &'a str {
        self.of.get(skeleton).and_then(|at| self.texts.get(*at)).map_or(skeleton, String::as_str)
    }
}

/// A short name for a template that follows from its text alone.
pub fn id_of(template: &str) -> String {
    Sha256::digest(template.as_bytes()).iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// Patterns by service and text, with the source of their first line.
pub type Patterns = BTreeMap<(String, String), (SourceId, Pattern)>;

/// The same counts by template instead of by skeleton.
pub fn settle(patterns: Patterns) -> Patterns {
    let templates = Templates::of(patterns.iter().map(|((_, skeleton), (_, p))| (skeleton.as_str(), p.count())));
    let mut out = Patterns::new();
    for ((service, skeleton), (source, pattern)) in patterns {
        let template = templates.get(&skeleton).to_string();
        match out.entry((service, template)) {
            Entry::Vacant(vacant) => {
                vacant.insert((source, pattern));
            }
            Entry::Occupied(mut occupied) => {
                let (first_of, mine) = occupied.get_mut();
                // The first line is that of the earlier minute, as far as minutes tell; then by place.
                let begin = |p: &Pattern| p.minutes.keys().next().copied();
                let sooner = (begin(&pattern), source, &pattern.first) < (begin(mine), *first_of, &mine.first);
                let first = if sooner { (source, pattern.first.clone()) } else { (*first_of, mine.first.clone()) };
                mine.merge(pattern);
                (*first_of, mine.first) = first;
            }
        }
    }
    out
}
