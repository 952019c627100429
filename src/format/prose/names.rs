//! Names of services, learnt from the write-up itself.
//!
//! Heads of list items and service columns are names; so are capitalised words that recur. The
//! longest exact match wins and a name never matches inside a longer run of capitals: "Gateway" is
//! neither "AI Gateway" nor "API Gateway".

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::block::{Block, BlockKind};
use super::heads;
use super::words::{COMMON, GENERIC_ACRONYMS, RUN_NOUNS};
use super::zones;

/// Longest name, in words.
const MAX_WORDS: usize = 5;

/// A first block of more bytes is no title.
const LONGEST_TITLE: usize = 120;

/// A word of a sentence.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    /// Where, possessive left out.
    pub range: Range<usize>,
    /// The word.
    pub word: &'t str,
    /// Followed by `'s`.
    pub possessive: bool,
    /// Joined to the word before by one blank.
    pub joined: bool,
    /// First word of its sentence.
    pub first: bool,
}

static WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[\p{L}\p{N}](?:[\p{L}\p{N}_.+]|-[\p{L}\p{N}])*").ok());

/// Words of `text`.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let Some(regex) = WORD.as_ref() else { return Vec::new() };
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut end = 0;
    for found in regex.find_iter(text) {
        let word = found.as_str().trim_end_matches(['.', '+', '_']);
        let gap = text.get(end..found.start()).unwrap_or("");
        if matches!(gap, "'" | "’")
            && word.len() <= 2
            && let Some(last) = out.last_mut()
        {
            last.possessive |= word == "s";
            end = found.end();
            continue;
        }
        let ended = gap.contains(['.', '!', '?', ':']);
        let first = ended || out.last().is_none_or(|l| l.first && !l.word.chars().any(char::is_alphabetic));
        let joined = gap == " " && out.last().is_some_and(|l| !l.possessive && l.range.end + 1 == found.start());
        let range = found.start()..found.start() + word.len();
        end = range.end;
        out.push(Token { range, word, possessive: false, joined, first });
    }
    out
}

/// Whether a word could be (part of) a name: it has a capital, or letters with digits.
pub(super) fn is_capitalised(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase) || (word.len() > 1 && word.chars().any(char::is_uppercase))
}

/// Capitals beyond the first letter, or digits: "MailHub", "S7", "CRM".
fn is_odd_case(word: &str) -> bool {
    word.chars().any(char::is_alphabetic)
        && word.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit())
        && !word.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a word is an ordinary one; of "mid-May" the part with the capital is.
fn is_common(word: &str) -> bool {
    let common = |word: &str| COMMON.contains(&word.to_lowercase().as_str());
    let capitals = || word.split('-').filter(|part| is_capitalised(part));
    common(word) || (word.contains('-') && word.starts_with(char::is_lowercase) && capitals().all(common))
}

/// Words behind the name of a place (lower case).
const PLACES: &[&str] = &["region", "regions", "area", "metro", "facility", "campus", "datacenter", "datacentre"];

/// Whether the word at `at` is the name of a place: "the Tokyo region".
fn is_place(words: &[Token<'_>], at: usize) -> bool {
    let is = |at: usize, names: &[&str]| words.get(at).is_some_and(|t| t.joined && names.contains(&t.word));
    is(at + 1, PLACES) || (is(at + 1, &["data"]) && is(at + 2, &["center", "centre", "centers", "centres"]))
}

fn is_generic(word: &str) -> bool {
    GENERIC_ACRONYMS.contains(&word)
}

/// A name found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mention {
    /// Where.
    pub range: Range<usize>,
    /// The name in the document's main spelling.
    pub name: String,
    /// Whether the document uses it as a name elsewhere too.
    pub known: bool,
}

/// The names of one document.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Lower-case words → main spelling.
    known: BTreeMap<Vec<String>, String>,
    /// Keys of names that head an item, a row or a section.
    heads: BTreeSet<Vec<String>>,
    /// Short form → name ("CRM" for "Sales CRM").
    short: BTreeMap<String, String>,
    /// The organisation, which is no service.
    organisation: Option<String>,
    /// The first block: what is named there is what the whole text is about.
    title: String,
    /// Places, which fail no requests.
    places: BTreeSet<String>,
}

impl Names {
    /// Learns the names of a document.
    pub fn learn(blocks: &[Block]) -> Names {
        let title = blocks.first().filter(|b| b.text.len() < LONGEST_TITLE).map(|b| b.text.clone()).unwrap_or_default();
        let places = blocks.iter().flat_map(|block| places(&block.text)).collect();
        let mut names = Names { organisation: organisation(blocks), title, places, ..Names::default() };
        let body: Vec<&Block> = blocks.iter().filter(|b| !matches!(b.kind, BlockKind::Heading(_))).collect();
        for name in heads::candidates(blocks) {
            names.heads.insert(folded(&name));
            names.add(&name);
        }
        for name in heads::headings(blocks, &body) {
            names.add(&name);
        }
        let mut runs: BTreeMap<Vec<String>, (usize, String)> = BTreeMap::new();
        for block in &body {
            for run in names.runs(&block.text) {
                let entry = runs.entry(folded(&run)).or_insert((0, run));
                entry.0 += 1;
            }
        }
        let begin = beginnings(&body);
        for (count, run) in runs.into_values() {
            let initials = run.len() == 2 && run.chars().all(|c| c.is_ascii_uppercase());
            let again = count == 1 && !run.contains(' ') && begin.contains(&run);
            if (count >= 2 || again) && !initials {
                names.add(&run);
            }
        }
        names.find_short_forms();
        names
    }

    fn add(&mut self, name: &str) {
        let key = folded(name);
        let is_organisation = self.organisation.as_deref() == Some(name);
        if !key.is_empty() && key.len() <= MAX_WORDS && !is_organisation {
            self.known.entry(key).or_insert_with(|| name.to_string());
        }
    }

    /// An acronym that ends exactly one known name, and is none itself, stands for that name.
    fn find_short_forms(&mut self) {
        let mut tails: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, name) in self.known.iter().filter(|(k, _)| k.len() > 1) {
            let tail = name.rsplit(' ').next().unwrap_or("");
            let acronym = tail.len() >= 2 && tail.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
            if acronym && !is_generic(tail) && !key.is_empty() {
                tails.entry(tail.to_string()).or_default().push(name.clone());
            }
        }
        for (tail, names) in tails {
            if let [name] = names.as_slice() {
                self.known.remove(&vec![tail.to_lowercase()]);
                self.short.insert(tail, name.clone());
            }
        }
    }

    /// Whether the text as a whole is about `name`.
    pub fn is_topic(&self, name: &str) -> bool {
        self.title.contains(name)
    }

    /// Whether the title speaks of what `phrase` says in lower case.
    pub fn is_topic_word(&self, phrase: &str) -> bool {
        let title = self.title.to_lowercase();
        phrase.split(' ').any(|word| title.contains(word.trim_end_matches('s')))
    }

    /// Main spelling of `name`, when the document uses it as a name.
    pub fn known(&self, name: &str) -> Option<&str> {
        self.known.get(&folded(name)).or_else(|| self.short.get(name)).map(String::as_str)
    }

    /// The only known name of several words that ends with `word`.
    pub fn ending_with(&self, word: &str) -> Option<String> {
        let mut all = self.known.values().filter(|n| n.rsplit_once(' ').is_some_and(|(_, last)| last == word));
        let first = all.next()?;
        all.next().is_none().then(|| first.clone())
    }

    /// Names in `text`, left to right; `group` holds the names of the list item's head, which also
    /// match in lower case and in the singular.
    pub fn mentions(&self, text: &str, group: &[String]) -> Vec<Mention> {
        let words = tokens(text);
        let mut out = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let (length, mention) = self.mention_at(text, &words, at, group);
            out.extend(mention);
            at += length.max(1);
        }
        out
    }

    fn mention_at(&self, text: &str, words: &[Token<'_>], at: usize, group: &[String]) -> (usize, Option<Mention>) {
        if let Some((length, name)) = self.longest_known(words, at) {
            return self.known_mention(text, words, at, length, name);
        }
        let Some(token) = words.get(at) else { return (1, None) };
        if zones::zone(token.word).is_some() && !token.word.contains(char::is_lowercase) {
            return (1, None);
        }
        if let Some(member) = group.iter().find(|m| is_form_of(token.word, m)) {
            return (1, Some(mention(words, at, 1, member.clone(), true)));
        }
        let elsewhere = self.organisation.as_deref() == Some(token.word) || self.places.contains(token.word);
        if !is_capitalised(token.word) || elsewhere {
            return (1, None);
        }
        if is_common(token.word) && (token.first || !next_in_run(words, at + 1)) {
            return (1, None);
        }
        let plain_start = token.first && !is_odd_case(token.word);
        if plain_start && self.longest_known(words, at + 1).is_some() {
            return (1, None);
        }
        let length = 1 + (at + 1..words.len()).take_while(|i| next_in_run(words, *i)).count();
        let whole = words.get(at).zip(words.get(at + length - 1));
        let name = whole.and_then(|(a, b)| text.get(a.range.start..b.range.end)).unwrap_or(token.word);
        let generic = words.get(at..at + length).is_some_and(|w| w.iter().all(|t| is_generic(t.word)));
        if generic || (length == 1 && plain_start) {
            return (length, None);
        }
        (length, Some(mention(words, at, length, name.to_string(), false)))
    }

    /// A known name takes the capitals that follow it: as its own part when it heads an item
    /// ("Video Live" is Video), as another name when it only recurs ("Mail AI" is not Mail).
    fn known_mention(
        &self,
        text: &str,
        words: &[Token<'_>],
        at: usize,
        length: usize,
        name: String,
    ) -> (usize, Option<Mention>) {
        let more = (at + length..words.len())
            .take_while(|i| next_in_run(words, *i) && self.longest_known(words, *i).is_none())
            .count();
        let mut found = mention(words, at, length, name, true);
        if more > 0 && length == 1 && !self.heads.contains(&folded(&found.name)) {
            let end = words.get(at + length + more - 1).map_or(found.range.end, |t| t.range.end);
            found.range.end = end;
            found.name = text.get(found.range.clone()).unwrap_or("").to_string();
            found.known = false;
        }
        (length + more, Some(found))
    }

    /// The longest known name that begins at word `at`.
    fn longest_known(&self, words: &[Token<'_>], at: usize) -> Option<(usize, String)> {
        (1..=MAX_WORDS).rev().find_map(|length| {
            let part = words.get(at..at + length)?;
            if part.iter().skip(1).any(|t| !t.joined) {
                return None;
            }
            let key: Vec<String> = part.iter().map(|t| t.word.to_lowercase()).collect();
            let first = part.first()?;
            if length == 1
                && let Some(name) = self.short.get(first.word)
            {
                return Some((1, name.clone()));
            }
            let name = self.known.get(&key)?;
            let subject = at == 1 && words.first().is_some_and(|t| t.word == "The") && self.heads.contains(&key);
            if length == 1 && subject && first.joined {
                return Some((1, name.clone()));
            }
            let exact = length > 1 || name == first.word;
            (exact && (length == 1 || part.iter().any(|t| is_capitalised(t.word)) || !is_capitalised(name)))
                .then(|| (length, name.clone()))
        })
    }

    /// Runs of capitals in `text` that could be names.
    fn runs(&self, text: &str) -> Vec<String> {
        self.mentions(text, &[]).into_iter().filter(|m| !m.known && m.name.len() > 1).map(|m| m.name).collect()
    }
}

/// The places that a text names.
fn places(text: &str) -> Vec<String> {
    let words = tokens(text);
    let named = |at: &usize| words.get(*at).is_some_and(|t| is_capitalised(t.word) && !is_common(t.word));
    (0..words.len()).filter(|at| is_place(&words, *at) && named(at)).map(|at| words[at].word.to_string()).collect()
}

/// Words that begin a sentence somewhere: one that is written with a capital inside sentences too is a name
/// there as well.
fn beginnings(blocks: &[&Block]) -> BTreeSet<String> {
    let first = |b: &&Block| -> Vec<String> {
        tokens(&b.text).into_iter().filter(|t| t.first).map(|t| t.word.to_string()).collect()
    };
    blocks.iter().flat_map(first).collect()
}

/// Whether word `at` goes on a run of capitals.
fn next_in_run(words: &[Token<'_>], at: usize) -> bool {
    words.get(at).is_some_and(|t| {
        let noun = RUN_NOUNS.contains(&t.word.to_lowercase().as_str());
        t.joined && is_capitalised(t.word) && (noun || !is_common(t.word))
    })
}

fn mention(words: &[Token<'_>], at: usize, length: usize, name: String, known: bool) -> Mention {
    let start = words.get(at).map_or(0, |t| t.range.start);
    let end = words.get(at + length - 1).map_or(start, |t| t.range.end);
    Mention { range: start..end, name, known }
}

/// "image" and "images" are forms of "Images".
fn is_form_of(word: &str, name: &str) -> bool {
    let (word, name) = (word.to_lowercase(), name.to_lowercase());
    name.len() >= 4 && !name.contains(' ') && (word == name || name.strip_suffix('s') == Some(word.as_str()))
}

fn folded(name: &str) -> Vec<String> {
    tokens(name).iter().map(|t| t.word.to_lowercase()).collect()
}

/// The word used most as an owner ("Initech's"), if it stands alone often enough.
fn organisation(blocks: &[Block]) -> Option<String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for block in blocks {
        for token in tokens(&block.text).into_iter().filter(|t| is_capitalised(t.word) && !is_common(t.word)) {
            let entry = counts.entry(token.word).or_default();
            entry.0 += 1;
            entry.1 += usize::from(token.possessive);
        }
    }
    let heads = heads::candidates(blocks);
    counts
        .into_iter()
        .filter(|(word, (all, owning))| *owning >= 1 && *all >= 3 && !heads.iter().any(|h| h == word))
        .filter(|(word, _)| !is_odd_case(word))
        .max_by(|a, b| a.1.0.cmp(&b.1.0).then(b.0.cmp(a.0)))
        .map(|(word, _)| word.to_string())
}
