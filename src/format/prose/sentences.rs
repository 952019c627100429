//! Where sentences end, and where the parts of a sentence that assert something of their own do.

use std::ops::Range;

use super::{calendar, times, zones};

/// Words whose final period ends no sentence, lower case, without that period.
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "etc", "vs", "approx", "ca", "cf", "mr", "mrs", "ms", "dr", "prof", "st", "inc", "ltd", "co", "corp",
    "u.s", "u.k", "no", "nos", "fig", "sec", "min", "max", "hr", "hrs", "mins", "est", "dept", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "resp", "incl", "excl", "v",
];

/// Those of them that are units of time.
const UNITS: &[&str] = &["min", "mins", "hr", "hrs", "sec"];

/// Sentences of `text` as trimmed ranges.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if matches!(c, '.' | '!' | '?' | '…')
            && let Some(end) = sentence_end(text, at, c)
        {
            push_trimmed(text, start..end, &mut out);
            start = end;
        }
    }
    push_trimmed(text, start..text.len(), &mut out);
    if out.iter().all(|s| s.len() <= LONGEST) { out } else { out.into_iter().flat_map(|s| cut(text, s)).collect() }
}

/// Longest sentence, in bytes: what is longer is no sentence, and is cut at blanks so that work per sentence
/// stays bounded.
pub(super) const LONGEST: usize = 3000;

/// A range in parts of at most [`LONGEST`] bytes, cut at blanks where there are any.
fn cut(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = range.start;
    while range.end - start > LONGEST {
        let mut end = start + LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let blank = text.get(start..end).and_then(|part| part.rfind(char::is_whitespace)).filter(|at| *at > 0);
        let end = blank.map_or(end, |at| start + at);
        push_trimmed(text, start..end, &mut out);
        start = end;
    }
    push_trimmed(text, start..range.end, &mut out);
    out
}

/// Where the sentence ends if the mark at `at` ends one.
fn sentence_end(text: &str, at: usize, mark: char) -> Option<usize> {
    let after = &text[at + mark.len_utf8()..];
    let closers: usize = after
        .chars()
        .take_while(|c| matches!(c, '"' | '\'' | '”' | '’' | ')' | ']' | '»' | '.'))
        .map(char::len_utf8)
        .sum();
    let end = at + mark.len_utf8() + closers;
    let rest = &text[end..];
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let next = rest.trim_start().chars().next()?;
    if next.is_lowercase() {
        return None;
    }
    let word = text[..at].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("").to_lowercase();
    if mark == '.' && closers == 0 {
        // "2 h 48 min. All of it failed": behind a figure a unit may be the last word.
        let unit = UNITS.contains(&word.as_str()) && next.is_uppercase();
        let clock = matches!(word.as_str(), "a.m" | "p.m" | "a" | "p");
        let zone = rest.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
        let initial = word.len() == 1 && word.chars().all(char::is_alphabetic);
        let dated = || zones::begins(rest) || calendar::is_weekday(zone) || times::month(zone).is_some();
        if (clock && ((zone.len() <= 4 && zone.chars().all(|c| c.is_ascii_uppercase())) || dated()))
            || (ABBREVIATIONS.contains(&word.as_str()) && !unit)
            || (initial && !clock)
        {
            return None;
        }
    }
    Some(end)
}

fn push_trimmed(text: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = range.start + part.trim_end().len();
    if start < end {
        out.push(start..end);
    }
}

/// Separators that may part two assertions of one sentence.
const SEPARATORS: &[&str] = &[
    "; ",
    ", ",
    ": ",
    " – ",
    " — ",
    " - ",
    "—",
    " but ",
    " while ",
    " whereas ",
    " although ",
    " though ",
    " and ",
    " before ",
    " until ",
];

/// Beginnings of a part that only goes on with what was said before it.
const SUBORDINATE: &[&str] = &[
    "due to",
    "because",
    "which",
    "who",
    "that",
    "as ",
    "including",
    "affecting",
    "preventing",
    "impacting",
    "leading",
    "causing",
    "meaning",
    "since",
    "so ",
    "such as",
    "like ",
    "thus",
    "resulting",
    "demonstrating",
    "halting",
    "or ",
];

/// Cuts `text` into pieces at every separator, separators left out.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        if !text.is_char_boundary(at) {
            at += 1;
            continue;
        }
        match SEPARATORS.iter().find(|s| text[at..].starts_with(**s)) {
            Some(separator) => {
                push_trimmed(text, start..at, &mut out);
                at += separator.len();
                start = at;
            }
            None => at += 1,
        }
    }
    push_trimmed(text, start..text.len(), &mut out);
    out
}

/// Segments of a sentence, each with at most one predicate: pieces without one go with the piece
/// after them (enumerations before their verb), subordinate and last ones with the piece before.
pub(super) fn segments(text: &str, has_predicate: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for piece in pieces(text) {
        let words = &text[piece.clone()];
        let lower = words.to_lowercase();
        let subordinate = SUBORDINATE.iter().any(|s| lower.starts_with(s)) || !words.chars().any(char::is_alphabetic);
        if subordinate
            && open.is_none()
            && let Some(last) = out.last_mut()
        {
            last.end = piece.end;
            continue;
        }
        // "Uploads were accepted, but 71 % of transcodes failed" says nothing of uploads.
        let contrast = lower.starts_with("but ");
        let whole = open.take().filter(|_| !contrast).map_or(piece.clone(), |o| o.start..piece.end);
        if has_predicate(words) { out.push(whole) } else { open = Some(whole) }
    }
    if let Some(rest) = open {
        match out.last_mut() {
            Some(last) => last.end = rest.end,
            None => out.push(rest),
        }
    }
    out
}

/// One line of at most about `limit` characters, whitespace collapsed, cut at a word.
pub(super) fn one_line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        length += word.chars().count() + 1;
        if length > limit && !out.is_empty() {
            out.push('…');
            return out;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn decimals_abbreviations_and_hours_end_no_sentence() {
        assert_eq!(
            split("It was 88.25% of it, e.g. Reads. Then 5 p.m. ET came. End"),
            ["It was 88.25% of it, e.g. Reads.", "Then 5 p.m. ET came.", "End"]
        );
        assert_eq!(split("It broke at 5 p.m. The team met."), ["It broke at 5 p.m.", "The team met."]);
    }

    #[test]
    fn a_text_without_ends_is_cut_at_blanks() {
        let text = "down at 10:00 ".repeat(2000);
        let parts = sentences(&text);
        assert!(parts.iter().all(|p| p.len() <= LONGEST) && parts.len() >= text.len() / LONGEST);
        let letters = |t: &str| t.chars().filter(|c| !c.is_whitespace()).count();
        assert_eq!(parts.into_iter().map(|p| letters(&text[p])).sum::<usize>(), letters(&text));
    }

    #[test]
    fn an_enumeration_stays_with_its_verb() {
        let text = "Mail, Search, and Maps failed, but Docs failed too";
        let parts: Vec<&str> = segments(text, |p| p.contains("failed")).into_iter().map(|r| &text[r]).collect();
        assert_eq!(parts, ["Mail, Search, and Maps failed", "but Docs failed too"]);
    }
}
