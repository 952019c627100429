//! What everything that a pattern matches begins with: which bytes may stand first, second and so on.
//!
//! A line is compared with that in a few steps, where the pattern itself would have to be compiled
//! first and then to be run.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// Most bytes looked at.
const LONGEST: usize = 16;
/// Most ways that are followed through one pattern.
const MAX_WAYS: usize = 200;

/// A set of bytes.
type Set = [u64; 4];

const NONE: Set = [0; 4];

fn add(set: &mut Set, byte: u8) {
    if let Some(word) = set.get_mut(usize::from(byte >> 6)) {
        *word |= 1 << (byte & 63);
    }
}

fn has(set: &Set, byte: u8) -> bool {
    set.get(usize::from(byte >> 6)).is_some_and(|word| word & (1 << (byte & 63)) != 0)
}

/// The bytes that may stand at each place of a match; every match is at least as long.
#[derive(Clone, Debug, Default)]
pub(super) struct Beginning {
    places: Vec<Set>,
    /// Whether every match ends where the places do.
    whole: bool,
}

impl Beginning {
    /// The beginning of what `pattern` matches, which is anchored there; nothing is known when it does
    /// not parse.
    pub(super) fn of(pattern: &str) -> Beginning {
        regex_syntax::parse(pattern).map_or_else(|_| Beginning::default(), |hir| of(&hir, LONGEST, &mut 0))
    }

    /// Whether a match may begin with `byte`.
    pub(super) fn may_begin_with(&self, byte: u8) -> bool {
        self.places.first().is_none_or(|set| has(set, byte))
    }

    /// Whether `text` may begin with a match.
    pub(super) fn may_be(&self, text: &str) -> bool {
        text.len() >= self.places.len() && self.places.iter().zip(text.bytes()).all(|(set, byte)| has(set, byte))
    }

    fn one(set: Set, whole: bool) -> Beginning {
        Beginning { places: vec![set], whole }
    }

    /// This, then `next`.
    fn then(mut self, next: impl FnOnce(usize) -> Beginning, left: usize) -> Beginning {
        let left = left.saturating_sub(self.places.len());
        if self.whole && left > 0 {
            let next = next(left);
            self.places.extend(next.places);
            self.whole = next.whole;
        } else {
            self.whole = false;
        }
        self
    }

    /// This or `other`.
    fn or(mut self, other: Beginning) -> Beginning {
        self.whole &= other.whole && self.places.len() == other.places.len();
        self.places.truncate(other.places.len());
        for (set, more) in self.places.iter_mut().zip(other.places) {
            set.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
        }
        self
    }
}

/// The longest text that stands in everything that `pattern` matches; `None` when there is none of some length.
pub(super) fn needle(pattern: &str) -> Option<Box<[u8]>> {
    fn within(hir: &Hir) -> Option<&[u8]> {
        match hir.kind() {
            HirKind::Literal(literal) => Some(&literal.0),
            HirKind::Capture(capture) => within(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => within(&repetition.sub),
            HirKind::Concat(parts) => parts.iter().filter_map(within).max_by_key(|text| text.len()),
            _ => None,
        }
    }
    let hir = regex_syntax::parse(pattern).ok()?;
    within(&hir).filter(|text| text.len() > 1).map(Into::into)
}

/// The beginning of `hir`, of at most `left` bytes. `ways` counts the forks taken so far.
fn of(hir: &Hir, left: usize, ways: &mut usize) -> Beginning {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Beginning { places: Vec::new(), whole: true },
        HirKind::Literal(literal) => {
            let places = literal.0.iter().take(left).map(|byte| {
                let mut set = NONE;
                add(&mut set, *byte);
                set
            });
            Beginning { places: places.collect(), whole: literal.0.len() <= left }
        }
        HirKind::Class(class) => of_class(class),
        HirKind::Capture(capture) => of(&capture.sub, left, ways),
        HirKind::Repetition(repetition) => of_repetition(repetition, &[], left, ways),
        HirKind::Concat(parts) => of_all(parts, left, ways),
        HirKind::Alternation(others) => {
            let mut others = others.iter();
            let first = others.next().map_or_else(Beginning::default, |hir| of(hir, left, ways));
            others.fold(first, |all, other| all.or(of(other, left, ways)))
        }
    }
}

fn of_class(class: &Class) -> Beginning {
    let (mut set, mut whole) = (NONE, true);
    match class {
        Class::Bytes(class) => {
            for range in class.ranges() {
                (range.start()..=range.end()).for_each(|byte| add(&mut set, byte));
            }
        }
        Class::Unicode(class) => {
            for range in class.ranges() {
                let (from, to) = (u32::from(range.start()), u32::from(range.end()));
                (from..=to.min(0x7f)).filter_map(|c| u8::try_from(c).ok()).for_each(|byte| add(&mut set, byte));
                whole &= to <= 0x7f;
            }
            // Any first byte of a longer character; how long it is remains open.
            if !whole {
                (0xc2..=0xf4).for_each(|byte| add(&mut set, byte));
            }
        }
    }
    Beginning::one(set, whole)
}

/// The parts one after the other.
fn of_all(parts: &[Hir], left: usize, ways: &mut usize) -> Beginning {
    let Some((first, rest)) = parts.split_first() else { return Beginning { places: Vec::new(), whole: true } };
    match first.kind() {
        HirKind::Repetition(repetition) => of_repetition(repetition, rest, left, ways),
        _ => of(first, left, ways).then(|left| of_all(rest, left, ways), left),
    }
}

/// A repetition, then `rest`.
fn of_repetition(repetition: &Repetition, rest: &[Hir], left: usize, ways: &mut usize) -> Beginning {
    *ways += 1;
    if *ways > MAX_WAYS || left == 0 {
        return Beginning::default();
    }
    let again = |times: u32| Repetition {
        min: repetition.min.saturating_sub(1),
        max: repetition.max.map(|_| times),
        ..repetition.clone()
    };
    let more = match repetition.max {
        Some(0) => return of_all(rest, left, ways),
        max => again(max.unwrap_or(1).saturating_sub(1)),
    };
    let once = of(&repetition.sub, left, ways);
    // What may be empty could be repeated for ever.
    let empty = once.places.is_empty();
    if empty {
        return Beginning::default();
    }
    let once = once.then(|left| of_repetition(&more, rest, left, ways), left);
    if repetition.min > 0 { once } else { once.or(of_all(rest, left, ways)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be(pattern: &str, text: &str) -> bool {
        Beginning::of(pattern).may_be(text)
    }

    #[test]
    fn places_of_fixed_length_tell_texts_apart() {
        let dated = r"^(?:\[?(?P<time>[0-9]{4}-[0-9][0-9]-[0-9]{2}) .*)";
        assert!(may_be(dated, "2025-06-12 x") && may_be(dated, "[2025-06-12 x"));
        assert!(!may_be(dated, "203.0.113.5 - - [12/Jun/2025") && !may_be(dated, "2025") && !may_be(dated, ""));
        assert!(!may_be("^(?:ab{2,3}c|abd)", "abe") && may_be("^(?:ab{2,3}c|abd)", "abbb"));
    }

    #[test]
    fn what_is_optional_or_repeated_hides_nothing() {
        for (pattern, text) in [
            (r"^a*b", "b"),
            (r"^a*b", "aaab"),
            (r"^(?:a?b?c?)x", "acx"),
            (r"^\d+\.\d{3} +\d", "1749750723.410 7"),
            (r"^(?:é|e)a", "éa"),
            (r"^\S+ x", "日本 x"),
            (r"^.*x", "x"),
            (r"^(?:)*x", "x"),
            (r"^x{0}y", "y"),
            (r"^(?:a|bc)+d", "bcad"),
            (r"^(?i)kb", "\u{212a}B"),
        ] {
            assert!(regex::Regex::new(pattern).unwrap().is_match(text), "{pattern}");
            assert!(may_be(pattern, text), "{pattern} {text}");
        }
    }
}
