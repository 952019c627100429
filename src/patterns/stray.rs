//! The last step of merging: a template that differs from a far bigger one only in that a word stands where
//! the other has a hole is a stray of it.

use std::collections::BTreeMap;

use super::merge::{Group, Kind};

/// Lines of the bigger template for each line of a stray: one in fifty is an exception, one in five is
/// another message.
const STRAYS: u64 = 50;
/// Names that must stand fast in the bigger one; two when the word looks like an id.
const FIRM: usize = 3;

/// A group without its holes.
struct Constants {
    words: Vec<u32>,
    /// Constants before each hole.
    holes: Vec<usize>,
    names: usize,
}

/// Strays, each with the group it belongs to.
pub(super) fn find(groups: &[Group], kinds: &[Kind]) -> BTreeMap<usize, usize> {
    let kind = |word: &u32| kinds.get(*word as usize).copied().unwrap_or_default();
    let constants: Vec<Constants> = groups
        .iter()
        .map(|group| {
            let mut out = Constants { words: Vec::new(), holes: Vec::new(), names: 0 };
            for word in &group.words {
                if kind(word).hole {
                    out.holes.push(out.words.len());
                } else {
                    out.words.push(*word);
                    out.names += usize::from(kind(word).name);
                }
            }
            out
        })
        .collect();
    // A stray shares its first or its last constant with what it strays from.
    let mut ends: BTreeMap<(bool, u32), Vec<usize>> = BTreeMap::new();
    for (at, big) in constants.iter().enumerate().filter(|(_, c)| !c.holes.is_empty() && c.names + 1 >= FIRM) {
        for (last, word) in [(false, big.words.first()), (true, big.words.last())] {
            ends.entry((last, word.copied().unwrap_or_default())).or_default().push(at);
        }
    }
    let mut out = BTreeMap::new();
    for (at, small) in constants.iter().enumerate() {
        let same = [(false, small.words.first()), (true, small.words.last())]
            .into_iter()
            .flat_map(|(last, word)| word.and_then(|word| ends.get(&(last, *word))).into_iter().flatten().copied());
        let fits = |big: &usize| {
            let (many, few) = (groups[*big].lines, groups[at].lines);
            extra(&constants[*big], &small.words, &kind).is_some_and(|id| {
                many > few
                    && ((id && constants[*big].names + 1 >= FIRM)
                        || (constants[*big].names >= FIRM && many >= few * STRAYS))
            })
        };
        let best =
            same.filter(|big| *big != at).filter(fits).max_by_key(|big| (groups[*big].lines, std::cmp::Reverse(*big)));
        out.extend(best.map(|big| (at, big)));
    }
    // A stray of a stray belongs where that one does.
    let ends: BTreeMap<usize, usize> = out.keys().map(|from| (*from, end(&out, *from))).collect();
    ends
}

/// Where a chain of strays ends: each is of more lines than the one before.
fn end(strays: &BTreeMap<usize, usize>, mut at: usize) -> usize {
    while let Some(next) = strays.get(&at) {
        at = *next;
    }
    at
}

/// Whether `small` is `big` with one word (and brackets around it) where that has a hole: `Some` whether the
/// word looks like an id.
fn extra(big: &Constants, small: &[u32], kind: &impl Fn(&u32) -> Kind) -> Option<bool> {
    let more = small.len().checked_sub(big.words.len()).filter(|more| (1..=3).contains(more))?;
    let before = big.words.iter().zip(small).take_while(|(a, b)| a == b).count();
    let behind = big.words.iter().rev().zip(small.iter().rev()).take_while(|(a, b)| a == b).count();
    let at = big.holes.iter().find(|at| **at <= before && big.words.len() - **at <= behind)?;
    let inserted = small.get(*at..*at + more)?;
    let mut words = inserted.iter().map(kind).filter(|kind| kind.word);
    let word = words.next()?;
    words.next().is_none().then_some(word.id)
}
