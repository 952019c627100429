//! Values in a diff: pairs of lines that differ in one, and by how much.

use std::collections::BTreeSet;

use super::words::{QUANTITIES, Quantity};

/// A number that is another one after the change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moved {
    /// The line after the change.
    pub(super) line: String,
    /// What the number is of, as written.
    pub(super) what: String,
    /// Before, with its unit.
    pub(super) from: String,
    /// After, with its unit.
    pub(super) to: String,
    /// After divided by before, in one unit.
    pub(super) factor: f64,
}

/// Words and numbers of a line; marks are left out.
pub(super) fn tokens(line: &str) -> Vec<String> {
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    line.split(|c: char| !word(c))
        .map(|w| w.trim_matches(['.', '-']))
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

/// Whether one of `words` begins a word of `line`: at a mark or a hump (`MaxConns` has `conn`,
/// `generate` has no `rate`).
pub(super) fn begins(line: &str, words: &[&str]) -> bool {
    let lower = line.to_ascii_lowercase();
    words.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let before = line.get(..at).and_then(|l| l.chars().next_back());
            let first = line.get(at..).and_then(|l| l.chars().next());
            before.is_none_or(|c| !c.is_alphanumeric())
                || first.is_some_and(|c| c.is_uppercase() && before.is_some_and(char::is_lowercase))
                || !word.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    })
}

/// Which quantity a line speaks of.
pub(super) fn quantity(line: &str) -> Option<&'static Quantity> {
    QUANTITIES.iter().find(|q| begins(line, q.written))
}

/// Removed lines with the added ones that replace them: the same words but for at most two.
pub(super) fn pairs(removed: &[String], added: &[String]) -> Vec<(String, String)> {
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut out = Vec::new();
    for before in removed {
        let mine = tokens(before);
        let best = added
            .iter()
            .enumerate()
            .filter(|(at, _)| !used.contains(at))
            .filter_map(|(at, line)| Some((distance(&mine, &tokens(line))?, at)))
            .min();
        if let Some((_, at)) = best {
            used.insert(at);
            out.push((before.clone(), added[at].clone()));
        }
    }
    out
}

/// In how many places two lines of one length differ; `None` when they are other lines.
fn distance(a: &[String], b: &[String]) -> Option<usize> {
    const MOST: usize = 2;
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let apart = a.iter().zip(b).filter(|(x, y)| x != y).count();
    let number = |w: &String| w.starts_with(|c: char| c.is_ascii_digit());
    let numbers = a.iter().zip(b).filter(|(x, y)| x != y && number(x) && number(y)).count();
    let same = a.len() - apart;
    (apart <= MOST && (same > 0 || numbers == apart)).then_some(apart)
}

/// Numbers that moved between removed and added lines.
pub(super) fn moved(removed: &[String], added: &[String]) -> Vec<Moved> {
    pairs(removed, added).into_iter().filter_map(|(before, after)| one(&before, &after)).collect()
}

fn one(before: &str, after: &str) -> Option<Moved> {
    let (was, is) = (numbers(before), numbers(after));
    if was.len() != is.len() {
        return None;
    }
    let (old, new) = was.iter().zip(&is).find(|(a, b)| a.value != b.value)?;
    if old.value <= 0.0 || new.value < 0.0 {
        return None;
    }
    let what = name_of(after, new.at).unwrap_or_else(|| "a value".to_string());
    let factor = (new.value / old.value).clamp(1e-9, 1e9);
    Some(Moved { line: after.to_string(), what, from: old.written.clone(), to: new.written.clone(), factor })
}

/// The last word before a value: the name it is given to.
fn name_of(line: &str, at: usize) -> Option<String> {
    let words = tokens(line.get(..at)?);
    words.last().filter(|w| w.starts_with(|c: char| c.is_alphabetic())).cloned()
}

struct Number {
    /// In the smallest unit of its kind.
    value: f64,
    written: String,
    at: usize,
}

/// Units by how they are written, with their size.
const UNITS: &[(&str, f64)] = &[
    ("nanosecond", 1e-9),
    ("ns", 1e-9),
    ("microsecond", 1e-6),
    ("us", 1e-6),
    ("millisecond", 1e-3),
    ("millis", 1e-3),
    ("ms", 1e-3),
    ("second", 1.0),
    ("sec", 1.0),
    ("s", 1.0),
    ("minute", 60.0),
    ("min", 60.0),
    ("m", 60.0),
    ("hour", 3600.0),
    ("h", 3600.0),
    ("day", 86_400.0),
    ("d", 86_400.0),
    ("gi", 1_073_741_824.0),
    ("gb", 1e9),
    ("g", 1e9),
    ("mi", 1_048_576.0),
    ("mb", 1e6),
    ("ki", 1024.0),
    ("kb", 1e3),
    ("k", 1e3),
];

/// Numbers of a line with their units: `15 * time.Minute`, `15m`, `512Mi`, `20`.
fn numbers(line: &str) -> Vec<Number> {
    let bytes = line.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let inside = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || matches!(bytes[at - 1], b'_' | b'$'));
        if !bytes[at].is_ascii_digit() || inside {
            at += 1;
            continue;
        }
        let digits = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'_');
        let len = bytes[at..].iter().take_while(|b| digits(b)).count();
        let written = line.get(at..at + len).unwrap_or("").trim_end_matches('.');
        let rest = line.get(at + len..).unwrap_or("");
        if let Ok(value) = written.replace('_', "").parse::<f64>() {
            let (unit, used) = unit(rest);
            let shown = line.get(at..at + len + used).unwrap_or(written).trim().to_string();
            out.push(Number { value: value * unit, written: shown, at });
        }
        at += len.max(1);
    }
    out
}

/// The unit that follows a number, and how much of the line it takes.
fn unit(rest: &str) -> (f64, usize) {
    let bare = rest.trim_start_matches([' ', '*']);
    let bare = ["time.", "Duration.of", "TimeUnit."].iter().find_map(|p| bare.strip_prefix(p)).unwrap_or(bare);
    let word: String = bare.chars().take_while(|c| c.is_alphabetic()).collect();
    let lower = word.to_lowercase();
    let known =
        UNITS.iter().find(|(name, _)| lower == *name || (name.len() > 2 && lower.trim_end_matches('s') == *name));
    known.map_or((1.0, 0), |(_, size)| (*size, rest.len() - bare.len() + word.len()))
}

/// Whether two lines differ only in an operator, a negation, or a yes that became a no.
pub(super) fn flipped(before: &str, after: &str) -> bool {
    let (b, a) = (tokens(before), tokens(after));
    let yes_no = |x: &str, y: &str| {
        let pairs = [
            ("true", "false"),
            ("yes", "no"),
            ("on", "off"),
            ("enabled", "disabled"),
            ("and", "or"),
            ("allow", "deny"),
        ];
        pairs.iter().any(|(p, q)| (x, y) == (*p, *q) || (x, y) == (*q, *p))
    };
    if a.len() == b.len() {
        let apart: Vec<(&String, &String)> = b.iter().zip(&a).filter(|(x, y)| x != y).collect();
        if let [(x, y)] = apart.as_slice() {
            return yes_no(x, y);
        }
        let marks = |l: &str| l.chars().filter(|c| "!<>=&|+-*/%".contains(*c)).collect::<String>();
        let asks = |l: &str| ["if ", "while ", "&&", "||", "return ", "==", "<", ">"].iter().any(|w| l.contains(w));
        return apart.is_empty() && marks(before) != marks(after) && asks(before);
    }
    false
}

/// Whether two lines differ in a word behind the first, and not only in numbers.
pub(super) fn differs_in_text(before: &str, after: &str) -> bool {
    let number = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
    // The first word is the name that is given a value: calling it otherwise moves nothing.
    tokens(before).iter().zip(&tokens(after)).skip(1).any(|(x, y)| x != y && !(number(x) && number(y)))
}

/// The highest part of a version that moved: 0 major, 1 minor, 2 patch.
pub(super) fn version_steps(removed: &[String], added: &[String]) -> Option<usize> {
    let versions = |line: &str| -> Option<(String, Vec<u64>)> {
        let words = tokens(line);
        let version = words
            .iter()
            .rev()
            .find(|w| w.contains('.') && w.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()))?;
        let parts = version.trim_start_matches('v').split('.').map_while(|p| p.parse().ok()).collect();
        Some((words.iter().filter(|w| *w != version).cloned().collect::<Vec<_>>().join(" "), parts))
    };
    let after: Vec<_> = added.iter().filter_map(|l| versions(l)).collect();
    let steps = removed.iter().filter_map(|l| versions(l)).filter_map(|(name, old)| {
        let (_, new) = after.iter().find(|(n, _)| *n == name)?;
        (0..3).find(|i| old.get(*i) != new.get(*i))
    });
    steps.min()
}
