//! Passes 2 and 3: skeletons that are one message become one template.
//!
//! All of it works on the whole set of skeletons in alphabetical order: which file or thread they came from,
//! and when, changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::skeleton::HOLE;
use super::stray;
use super::words::{Words, is_id, is_name, is_word};

/// Values that a position must take before it is one that varies. Fewer are states: "paused", "resumed",
/// "stopped". Flat between 4 and 6 on the logs it was tried on.
const MANY: usize = 5;
/// The same for a position that is announced ("for user X") or where another line holds a number or an id.
const FEW: usize = 2;
/// Rounds of merging; lines that vary in more places than this are rare.
const ROUNDS: usize = 6;
/// Names that must stand fast before the first word of a line, its subject, may vary.
const FIRM: usize = 3;

/// Nouns that a name follows.
const ANNOUNCING: &[&str] = &["user", "account", "host", "node", "class", "interface", "device"];
/// Words before such a noun that tell a name from a verb: "for user X", but "user logged in".
const BEFORE: &[&str] = &["for", "by", "of", "from", "to", "on", "in", "at", "invalid", "illegal", "unknown"];

/// Words that are values and nothing else.
const LITERALS: &[&str] = &["true", "false", "null", "nil", "none", "undefined", "yes", "no"];

/// One skeleton, or several that turned out to be one message.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Its words by number, and whether a blank stands before each.
    pub(super) words: Vec<u32>,
    pub(super) spaced: Vec<bool>,
    /// Lines that are of it.
    pub(super) lines: u64,
}

/// What is known of a word.
#[derive(Clone, Copy, Default)]
pub(super) struct Kind {
    pub(super) hole: bool,
    /// A word, and no mark.
    pub(super) word: bool,
    /// Begins with a letter.
    pub(super) name: bool,
    /// Looks as no word of a language does: `blk_x`, `getUser`, `a.b`.
    pub(super) id: bool,
    /// Tells what happened: `started`, `stopping`.
    verb: bool,
    announcing: bool,
    before: bool,
    equals: bool,
    /// A value in itself: `true`, `null`.
    literal: bool,
}

/// The groups so far, and the group of each skeleton.
pub(super) struct Merger {
    pub(super) groups: Vec<Group>,
    pub(super) kinds: Vec<Kind>,
    texts: Vec<String>,
    hole: u32,
    of: Vec<usize>,
}

/// The template of each skeleton: texts, and the place of the text for each of `skeletons`, which are in
/// alphabetical order with their counts.
pub(super) fn merge(skeletons: &[(&str, u64)]) -> (Vec<String>, Vec<usize>) {
    let mut merger = Merger::new(skeletons);
    merger.values();
    for _ in 0..ROUNDS {
        if !merger.round() {
            break;
        }
    }
    merger.listings();
    merger.constants();
    let joined = stray::find(&merger.groups, &merger.kinds);
    merger.join(|at, _| joined.get(&at).copied().unwrap_or(at));
    (merger.groups.iter().map(|group| merger.text(group)).collect(), merger.of)
}

impl Merger {
    fn new(skeletons: &[(&str, u64)]) -> Merger {
        let cut: Vec<Words> = skeletons.iter().map(|(skeleton, _)| Words::of(skeleton)).collect();
        let all: BTreeSet<&str> = cut.iter().flat_map(|words| &words.words).map(String::as_str).chain([HOLE]).collect();
        let number: BTreeMap<&str, u32> = all.iter().zip(0u32..).map(|(word, n)| (*word, n)).collect();
        let groups = cut.iter().zip(skeletons).map(|(words, (_, lines))| Group {
            words: words.words.iter().filter_map(|word| number.get(word.as_str()).copied()).collect(),
            spaced: words.spaced.clone(),
            lines: *lines,
        });
        let mut merger = Merger {
            groups: groups.collect(),
            kinds: all.iter().map(|word| kind(word)).collect(),
            texts: all.iter().map(ToString::to_string).collect(),
            hole: number.get(HOLE).copied().unwrap_or_default(),
            of: (0..skeletons.len()).collect(),
        };
        merger.join(|_, group| group.words.clone());
        merger
    }

    fn text(&self, group: &Group) -> String {
        let words = group.words.iter().filter_map(|word| self.texts.get(*word as usize)).cloned().collect();
        Words { words, spaced: group.spaced.clone() }.text()
    }

    pub(super) fn kind(&self, word: u32) -> Kind {
        self.kinds.get(word as usize).copied().unwrap_or_default()
    }

    /// Makes one group of all with the same key; the one with most lines speaks for them.
    fn join<K: Ord>(&mut self, key: impl Fn(usize, &Group) -> K) {
        let mut places: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (at, group) in self.groups.iter().enumerate() {
            places.entry(key(at, group)).or_default().push(at);
        }
        let mut groups: Vec<(Group, Vec<usize>)> = places
            .into_values()
            .filter_map(|places| {
                let all = || places.iter().filter_map(|at| self.groups.get(*at));
                let lines = all().map(|group| group.lines).sum();
                let speaker = all().max_by(|a, b| a.lines.cmp(&b.lines).then_with(|| b.words.cmp(&a.words)))?;
                Some((Group { lines, ..speaker.clone() }, places))
            })
            .collect();
        groups.sort_by(|(a, _), (b, _)| a.words.cmp(&b.words));
        let mut moved = vec![0; self.groups.len()];
        for (to, (_, places)) in groups.iter().enumerate() {
            places.iter().for_each(|from| moved[*from] = to);
        }
        self.of.iter_mut().for_each(|group| *group = moved[*group]);
        self.groups = groups.into_iter().map(|(group, _)| group).collect();
    }

    /// A group with holes in place of some words; neighbouring holes are one.
    fn blanked(&self, group: &Group, blank: impl Fn(usize) -> bool) -> Group {
        let mut out = Group { words: Vec::new(), spaced: Vec::new(), lines: group.lines };
        for (at, (word, spaced)) in group.words.iter().zip(&group.spaced).enumerate() {
            let word = if blank(at) { self.hole } else { *word };
            if word != self.hole || out.words.last() != Some(&self.hole) {
                out.words.push(word);
                out.spaced.push(*spaced);
            }
        }
        out
    }

    /// Whether the word at a place is the value of `key=value`.
    fn is_value(&self, group: &Group, at: usize) -> bool {
        let word = |at: usize| group.words.get(at).map_or(Kind::default(), |word| self.kind(*word));
        at >= 2 && word(at - 1).equals && (word(at).word || word(at).hole)
    }

    /// Values of `key=value` that vary from line to line are holes, in all places of a line at once.
    fn values(&mut self) {
        let mut forms: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
        for (at, group) in self.groups.iter().enumerate() {
            let mut form = group.words.clone();
            let values: Vec<usize> = (0..form.len()).filter(|at| self.is_value(group, *at)).collect();
            if !values.is_empty() {
                values.iter().for_each(|at| form[*at] = self.hole);
                forms.entry(form).or_default().push(at);
            }
        }
        let mut changed = Vec::new();
        for members in forms.values().filter(|members| members.len() > 1) {
            let Some(first) = members.first().and_then(|at| self.groups.get(*at)) else { continue };
            let varies = |at: usize| {
                let values: BTreeSet<u32> = members.iter().map(|member| self.groups[*member].words[at]).collect();
                let told = values.contains(&self.hole) || values.iter().all(|value| self.kind(*value).literal);
                values.len() >= if told { FEW } else { MANY }
            };
            let places: BTreeSet<usize> =
                (0..first.words.len()).filter(|at| self.is_value(first, *at) && varies(*at)).collect();
            for member in members.iter().filter(|_| !places.is_empty()) {
                changed.push((*member, self.blanked(&self.groups[*member], |at| places.contains(&at))));
            }
        }
        changed.into_iter().for_each(|(at, group)| self.groups[at] = group);
        self.join(|_, group| group.words.clone());
    }

    /// Skeletons that differ in one word become one where that word varies; whether any did.
    fn round(&mut self) -> bool {
        let mut found = self.candidates();
        found.sort_by(|a, b| b.places.len().cmp(&a.places.len()).then_with(|| a.places.cmp(&b.places)));
        let mut step: BTreeMap<usize, usize> = BTreeMap::new();
        for candidate in found {
            for group in candidate.places {
                step.entry(group).or_insert(candidate.at);
            }
        }
        for (group, at) in &step {
            self.groups[*group] = self.blanked(&self.groups[*group], |place| place == *at);
        }
        self.join(|_, group| group.words.clone());
        !step.is_empty()
    }

    /// Places that vary, each with the groups that differ in it alone.
    fn candidates(&self) -> Vec<Candidate> {
        let mut entries: Vec<([u64; 2], usize, usize)> = Vec::new();
        for (index, group) in self.groups.iter().enumerate() {
            let around = around(&group.words);
            let places = (0..group.words.len()).filter(|at| self.kind(group.words[*at]).word);
            entries.extend(places.map(|at| (around[at], at, index)));
        }
        entries.sort_unstable();
        entries
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .filter(|run| run.len() > 1)
            .filter_map(|run| {
                let places = self.varying(run[0].1, run.iter().map(|(.., group)| *group).collect());
                (!places.is_empty()).then_some(Candidate { at: run[0].1, places })
            })
            .collect()
    }

    /// Those of `places`, groups that differ in the word at `at` alone, for which it is one that varies.
    fn varying(&self, at: usize, places: Vec<usize>) -> Vec<usize> {
        let Some(first) = places.first().map(|group| &self.groups[*group]) else { return Vec::new() };
        let kinds = || places.iter().map(|group| self.kind(self.groups[*group].words[at]));
        let rest = |at: usize| first.words.get(at).map_or(Kind::default(), |word| self.kind(*word));
        let names = (0..first.words.len()).filter(|other| *other != at && rest(*other).name).count();
        let announced = at >= 2 && rest(at - 1).announcing && rest(at - 2).before;
        let open = kinds().any(|kind| kind.hole);
        let values = kinds().filter(|kind| !kind.hole).count();
        let verbs = kinds().filter(|kind| kind.verb).count();
        let enough = match at {
            0 => names >= FIRM && (kinds().all(|kind| kind.id || kind.hole) || values >= MANY * MANY),
            _ => names > 0,
        };
        if (announced && places.len() >= FEW) || (enough && places.len() >= MANY && verbs * 2 <= values) {
            return places;
        }
        if !open || !enough {
            return Vec::new();
        }
        let joins = |group: &usize| {
            let kind = self.kind(self.groups[*group].words[at]);
            kind.hole || kind.id
        };
        let joined: Vec<usize> = places.into_iter().filter(joins).collect();
        if joined.len() >= FEW { joined } else { Vec::new() }
    }

    /// Lines that list many keys behind the same words, each once, are one: "environment: a=x", "environment: b=y".
    fn listings(&mut self) {
        let mut lists: BTreeMap<Vec<u32>, BTreeMap<u32, Vec<usize>>> = BTreeMap::new();
        for (index, group) in self.groups.iter().enumerate() {
            let Some(at) = group.words.iter().position(|word| self.kind(*word).equals).filter(|at| *at >= 2) else {
                continue;
            };
            let keys = lists.entry(group.words[..at - 1].to_vec()).or_default();
            keys.entry(group.words[at - 1]).or_default().push(index);
        }
        for (head, keys) in lists {
            let named =
                head.iter().any(|word| self.kind(*word).name) && head.last().is_some_and(|word| !self.kind(*word).word);
            if !named || keys.len() < MANY || keys.values().any(|groups| groups.len() > 1) {
                continue;
            }
            for index in keys.into_values().flatten() {
                let group = &self.groups[index];
                self.groups[index] = self.blanked(group, |at| at >= head.len());
            }
        }
        self.join(|_, group| group.words.clone());
    }

    /// Groups of the same constant words in the same order are one: what is optional may be missing.
    fn constants(&mut self) {
        let kinds = std::mem::take(&mut self.kinds);
        let of = |word: &u32| kinds.get(*word as usize).copied().unwrap_or_default();
        self.join(|_, group| {
            let constants: Vec<u32> = group.words.iter().filter(|word| !of(word).hole).copied().collect();
            let named = constants.iter().filter(|word| of(word).name).count() >= 2;
            if named { constants } else { group.words.clone() }
        });
        self.kinds = kinds;
    }
}

/// A place that varies.
struct Candidate {
    at: usize,
    places: Vec<usize>,
}

/// For each place the hashes of the words before and behind it.
fn around(words: &[u32]) -> Vec<[u64; 2]> {
    let step = |hash: u64, word: u32| {
        let mixed =
            u128::from(hash ^ u64::from(word).wrapping_add(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        (mixed as u64) ^ ((mixed >> 64) as u64)
    };
    let seed = 0x2545_f491_4f6c_dd1d;
    let mut out = Vec::with_capacity(words.len());
    let mut before = seed;
    for word in words {
        out.push([before, 0]);
        before = step(before, *word);
    }
    let mut behind = seed;
    for (place, word) in out.iter_mut().zip(words).rev() {
        place[1] = behind;
        behind = step(behind, *word);
    }
    out
}

fn kind(word: &str) -> Kind {
    let hole = word == HOLE;
    let plain = word.trim_end_matches(['.', '!', '?']);
    let lower = word.to_lowercase();
    Kind {
        hole,
        word: is_word(word),
        name: is_name(word),
        id: is_id(word),
        verb: is_name(plain) && (plain.ends_with("ed") || plain.ends_with("ing")),
        announcing: ANNOUNCING.contains(&lower.as_str()),
        before: BEFORE.contains(&lower.as_str()),
        equals: word == "=",
        literal: hole || LITERALS.contains(&lower.as_str()),
    }
}
