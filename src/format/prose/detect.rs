//! Telling write-ups from logs, tables and documents of machines.

use std::sync::LazyLock;

use regex::Regex;

use crate::format::ascii::ascii;
use crate::format::{Claimed, Head};

/// Line beginnings of logs: a stamp with seconds, a level in front, an epoch.
static LOG_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(
        r"(?x)^\s*(?:
            [\[<(]?\d{4}[-/]\d\d[-/]\d\d[T\s]\d\d:\d\d:\d\d
          | [\[(]?\d\d:\d\d:\d\d[.,\]\s]
          | [A-Z][a-z]{2}\s+\d{1,2}\s\d\d:\d\d:\d\d
          | \d{10,19}[\s,\]]
          | \[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b
          | [IWEF]\d{4}\s
          | <\d{1,3}>
          | \S+\s\S+\s\S+\s\[\d\d/[A-Z]
          | \w+=\S+\s+\w+=
          | [>!<]{2,}\s
          | [a-z]{2,4}:\s
        )",
    ))
    .ok()
});

/// Beginnings of a told timeline: an optional bullet and date, then a clock time to the minute.
static TIMED_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(
        r"(?x)^\s*(?:[-*+•‣–]\s+|\d{1,2}[.)]\s+)?[\[(*_`]*(?:\d{4}-\d\d-\d\d[\sT])?\d{1,2}:\d\d
        (?:\s|Z|h\b|:\s|[)\],;*_`–—-]|[ap]m\b)",
    ))
    .ok()
});

/// What the lines of a head look like.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    /// Lines with something on them.
    lines: usize,
    /// Lines like those of logs.
    logs: usize,
    /// Words of three letters and more.
    words: usize,
    /// Sentences' ends followed by a blank or a line end.
    ends: usize,
    /// Lines that sound like sentences: six words, mostly letters.
    prose: usize,
    /// Lines that begin with a clock time to the minute and then say something.
    timed: usize,
}

fn looks(text: &str) -> Looks {
    let mut out = Looks::default();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()).take(400) {
        out.lines += 1;
        out.logs += usize::from(LOG_LINE.as_ref().is_some_and(|r| r.is_match(line)));
        let words = line.split_whitespace().filter(|w| is_word(w)).count();
        let letters = line.chars().filter(|c| c.is_alphabetic() || c.is_whitespace()).count();
        let all = line.chars().count().max(1);
        out.words += words;
        out.timed += usize::from(words >= 2 && TIMED_LINE.as_ref().is_some_and(|r| r.is_match(line)));
        out.prose += usize::from(words >= 5 && letters * 100 / all >= 78);
        out.ends += line
            .match_indices(['.', '!', '?'])
            .filter(|(i, m)| {
                line.get(i + m.len()..).is_some_and(|r| r.is_empty() || r.starts_with([' ', '”', '"', ')']))
            })
            .count();
    }
    out
}

impl Looks {
    /// Whether it is a list of moments: people keep them in short lines without sentences.
    fn is_told_timeline(self) -> bool {
        self.timed >= 3 && self.timed * 2 >= self.lines
    }
}

/// A word of a language: letters with ordinary marks around them.
fn is_word(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    core.len() >= 2 && core.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '/'))
}

/// Why `text` is no write-up of any kind, or `None` when it may be one.
fn refusal(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let json = start.starts_with('{')
        || (start.starts_with('[') && start.get(1..).is_some_and(|r| r.trim_start().starts_with(['{', '"', ']', '['])));
    if json || start.starts_with("<?xml") || is_table(text) {
        return true;
    }
    let seen = looks(text);
    seen.lines == 0 || seen.logs * 5 > seen.lines
}

/// Whether most lines have the same number, at least two, of one separator.
fn is_table(text: &str) -> bool {
    let head = text.lines().next().unwrap_or("").trim();
    let names =
        head.split(',').all(|c| !c.is_empty() && c.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '"')));
    if head.contains(',') && names {
        return true;
    }
    [',', ';', '\t'].iter().any(|separator| {
        let counts: Vec<usize> =
            text.lines().filter(|l| !l.trim().is_empty()).take(50).map(|l| l.matches(*separator).count()).collect();
        let first = counts.first().copied().unwrap_or(0);
        let enough = counts.len() >= 2 && first >= if *separator == '\t' { 1 } else { 2 };
        enough && counts.iter().filter(|c| **c == first).count() * 10 >= counts.len() * 9
    })
}

/// Claims text that is mostly sentences.
pub(super) fn plain_text(head: &Head<'_>) -> Option<Claimed> {
    let text = head.text;
    if refusal(text) || text.trim_start().starts_with('<') {
        return None;
    }
    let seen = looks(text);
    let mostly = seen.prose * 2 >= seen.lines
        || (seen.prose * 6 >= seen.lines && seen.words >= 40 && seen.ends * 25 >= seen.words);
    if seen.is_told_timeline() {
        return Claimed::new(15, format!("{} of {} lines begin with a clock time", seen.timed, seen.lines));
    }
    if seen.words < 12 || !mostly || seen.ends == 0 {
        return None;
    }
    let score = if seen.prose * 3 >= seen.lines * 2 { 25 } else { 15 };
    Claimed::new(score, format!("{} of {} lines read like sentences", seen.prose, seen.lines))
}

/// Claims text with Markdown's own marks: headings, front matter, tables, bold, links.
pub(super) fn markdown(head: &Head<'_>) -> Option<Claimed> {
    let text = head.text;
    if refusal(text) || text.trim_start().starts_with("<!") || text.trim_start().starts_with("<html") {
        return None;
    }
    let headings = text.lines().filter(|l| is_heading(l)).count();
    let front = text.starts_with("---\n") && text.get(4..).is_some_and(|r| r.contains("\n---"));
    let tables = text.lines().filter(|l| is_rule(l)).count();
    let bold = text.matches("**").count() / 2;
    let links = text.matches("](").count();
    let seen = looks(text);
    let told = seen.is_told_timeline();
    let witnesses = [headings > 0, front, tables > 0, bold >= 2, links > 0].iter().filter(|w| **w).count();
    let prose = seen.words >= 12 && seen.prose * 20 >= seen.lines;
    if witnesses == 0 || !(prose || told) {
        return None;
    }
    let named =
        head.path.to_ascii_lowercase().ends_with(".md") || head.path.to_ascii_lowercase().ends_with(".markdown");
    let score = if witnesses >= 2 { 38 } else { 30 } + if named { 2 } else { 0 };
    Claimed::new(score, format!("Markdown: {headings} headings, {tables} tables, {bold} bold, {links} links"))
}

fn is_heading(line: &str) -> bool {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    let first = line.get(hashes..).unwrap_or("").split_whitespace().next().unwrap_or("");
    let field = first.ends_with(':') || first.contains('@');
    (1..=6).contains(&hashes) && line.as_bytes().get(hashes) == Some(&b' ') && line.len() > hashes + 2 && !field
}

/// The line under a table's head.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 5
        && line.contains('|')
        && line.contains("--")
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// Claims pages: a document type or an html element near the beginning, and text elements.
pub(super) fn html(head: &Head<'_>) -> Option<Claimed> {
    let start = head.text.trim_start_matches('\u{feff}').trim_start();
    let near: String = start.chars().take(2000).collect::<String>().to_ascii_lowercase();
    let page = near.starts_with("<!doctype html")
        || near.starts_with("<html")
        || near.contains("<body")
        || near.contains("<article");
    let lower = head.text.to_ascii_lowercase();
    let text = ["<p>", "<p ", "<li", "<td", "<h1", "<h2", "<article"].iter().filter(|t| lower.contains(**t)).count();
    if !start.starts_with('<') || text == 0 || near.starts_with("<?xml") && !near.contains("<html") {
        return None;
    }
    if near.contains("<rss") || near.contains("<feed") || near.contains("<svg") && !page {
        return None;
    }
    let score = if page { 40 } else { 25 };
    Claimed::new(score, if page { "HTML page with text elements" } else { "HTML text elements" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head<'_> {
        Head { path: "notes", text, complete: true, modified_s: None }
    }

    #[test]
    fn a_list_of_moments_is_a_write_up() {
        let moments =
            ["17:52 UTC: alarms go off", "18:05 UTC: P1 declared", "18:21 UTC: now P0", "20:28 UTC: all clear"];
        let bullets: String = moments.iter().map(|m| format!("- {m}\n")).collect();
        assert!(markdown(&head(&format!("# Incident 2031-06-02\n\n{bullets}"))).is_some());
        assert!(plain_text(&head(&format!("Incident 2031-06-02\n\n{bullets}"))).is_some());
    }

    #[test]
    fn figures_by_the_clock_are_no_write_up() {
        let rows = "17:52 0.1 12\n17:53 0.2 13\n17:54 0.1 12\n17:55 0.4 11\n";
        assert!(plain_text(&head(rows)).is_none());
        assert!(markdown(&head(&format!("# cpu\n\n{rows}"))).is_none());
        let log = "17:52:01 kv: read failed\n17:52:02 kv: read failed\n17:52:03 kv: read failed\n";
        assert!(plain_text(&head(log)).is_none());
    }
}
