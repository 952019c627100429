//! Numbers in figures and in words.

/// A number in figures or in words.
pub(super) const NUMBER: &str = r"\d+(?:\.\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[-\s](?:one|two|three|four|five|six|seven|eight|nine)\b)?|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|one|two|three|four|five|six|seven|eight|nine|an?";

/// A whole number of things, with the scale it is told in: `1,070`, `86.000`, `4.2 mn`, `42 lakh`, `five`.
pub(super) const COUNT: &str = r"(?:\b\d{1,3}(?:[,.\u{a0}\u{202f}\x20]\d{3})+\b|\b\d+(?:[.,]\d+)?)(?:\s?(?:millions?|mn|billions?|bn|thousands?|k|lakhs?|crores?)\b)?|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b";

/// Scales of counts, by the beginning of their word (lower case).
const SCALES: &[(&str, f64)] = &[
    ("million", 1e6),
    ("mn", 1e6),
    ("billion", 1e9),
    ("bn", 1e9),
    ("thousand", 1e3),
    ("k", 1e3),
    ("lakh", 1e5),
    ("crore", 1e7),
];

/// The number that a match of [`COUNT`] writes; marks before three digits part thousands.
pub(super) fn count(text: &str) -> Option<f64> {
    let lower = text.trim().to_lowercase();
    let digits = lower.find(|c: char| c.is_alphabetic()).unwrap_or(lower.len());
    let (figure, scale) = (lower[..digits].trim(), lower[digits..].trim());
    if figure.is_empty() {
        return amount(&lower).map(|n| n.0);
    }
    let factor = match scale {
        "" => 1.0,
        scale => SCALES.iter().find(|(word, _)| scale.starts_with(word))?.1,
    };
    let groups: Vec<&str> = figure.split([',', '.', ' ', '\u{a0}', '\u{202f}']).collect();
    let grouped = groups.len() > 1 && groups.iter().skip(1).all(|g| g.len() == 3) && factor == 1.0;
    let value = if grouped { groups.concat().parse().ok()? } else { number(figure)?.0 };
    Some(value * factor)
}

/// Number words in lower case; of a part of something, what one is divided by.
const NUMBER_WORDS: &[(&str, f64)] = &[
    ("a", 1.0),
    ("an", 1.0),
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
    ("half", 2.0),
    ("third", 3.0),
    ("quarter", 4.0),
    ("fifth", 5.0),
    ("tenth", 10.0),
];

/// A number in figures or words, with its digits after the point.
pub(super) fn amount(text: &str) -> Option<(f64, u8)> {
    let lower = text.to_lowercase();
    let word = |word: &str| NUMBER_WORDS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n);
    let words: Option<f64> = lower.split(['-', ' ']).map(word).sum();
    words.map(|n| (n, 0)).or_else(|| number(&lower))
}

/// A number in figures, with a point or comma before its decimals, and how many those are.
pub(super) fn number(text: &str) -> Option<(f64, u8)> {
    let text = text.replace(',', ".");
    let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
    Some((text.parse().ok()?, decimals.min(9) as u8))
}
