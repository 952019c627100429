//! Heads: what a list item, a table row or a section is about.

use super::block::{Block, BlockKind};
use super::cues;
use super::names::{Names, is_capitalised};
use super::times;
use super::words::{LABEL_WORDS, SERVICE_COLUMNS};

/// Longest head, in bytes.
const MAX_HEAD: usize = 90;

/// Small words inside names.
const SMALL: &[&str] = &["for", "of", "and", "the", "to", "on"];

/// Marks that part a head from what is said of it.
const MARKS: &[&str] = &[": ", " – ", " — ", " - ", " | "];

/// The head of a block as written and where its body begins; `None` when it has none.
pub(super) fn split(block: &Block) -> Option<(&str, usize)> {
    let text = block.text.as_str();
    if block.kind == BlockKind::Row {
        return service_cell(block).map(|cell| (cell, 0));
    }
    if !matches!(block.kind, BlockKind::Item | BlockKind::Paragraph) {
        return None;
    }
    if block.lead > 0 {
        let head = text.get(..block.lead)?.trim().trim_end_matches([':', '–', '—', '-', '.']).trim();
        let rest = text.get(block.lead..)?;
        let body = rest.trim_start_matches([' ', ':', '–', '—', '-']);
        return (head.len() <= MAX_HEAD && !body.is_empty()).then_some((head, text.len() - body.len()));
    }
    if block.kind != BlockKind::Item {
        return None;
    }
    let (at, mark) = MARKS.iter().filter_map(|m| text.find(m).map(|at| (at, *m))).min_by_key(|(at, _)| *at)?;
    (at <= MAX_HEAD).then_some((text.get(..at)?.trim(), at + mark.len()))
}

/// The cell of a row that names a service, by its column's head.
fn service_cell(block: &Block) -> Option<&str> {
    let column = block.headers.iter().position(|h| {
        h.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| SERVICE_COLUMNS.contains(&w.trim_end_matches('s')))
    })?;
    block.cells.get(column).and_then(|range| block.text.get(range.clone())).map(str::trim).filter(|t| !t.is_empty())
}

/// The names in a head: "A, B & C/D" is a group.
pub(super) fn members(head: &str) -> Vec<String> {
    let parts =
        head.split([',', '&', '/', ';']).flat_map(|p| p.split(" and ")).map(str::trim).filter(|p| !p.is_empty());
    parts.map(|p| p.trim_start_matches("and ").trim_matches(['*', '_', '`', '"', '“', '”']).to_string()).collect()
}

/// Whether every member of a head looks like a name and none labels a field.
fn are_names(members: &[String], block: &Block) -> bool {
    !members.is_empty() && members.iter().all(|m| is_name(m, block))
}

fn is_name(name: &str, block: &Block) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let lower = name.to_lowercase();
    let label = lower.split_whitespace().any(|w| LABEL_WORDS.contains(&w.trim_matches(['(', ')'])));
    if words.is_empty() || words.len() > 5 || label || !times::clocks(name).is_empty() || !times::dates(name).is_empty()
    {
        return false;
    }
    let code = |w: &str| w.contains(['-', '_', '.']) || w.chars().any(|c| c.is_ascii_digit());
    let capitals = words.iter().all(|w| is_capitalised(w) || SMALL.contains(w))
        && words.first().is_some_and(|w| is_capitalised(w));
    let bold = block.lead > 0 && words.len() <= 3 && words.first().is_some_and(|w| is_capitalised(w));
    let identifier = words.len() == 1 && (code(name) || block.lead > 0 || block.kind != BlockKind::Paragraph);
    name.chars().any(char::is_alphabetic) && (capitals || identifier || bold)
}

/// Names that heads of the document give: the body must assert something that can be measured.
pub(super) fn candidates(blocks: &[Block]) -> Vec<String> {
    let mut out = Vec::new();
    for block in blocks {
        let Some((head, body)) = split(block) else { continue };
        let names = members(head);
        let body = block.text.get(body..).unwrap_or("");
        if are_names(&names, block) && (block.kind == BlockKind::Row || cues::is_predicate(body)) {
            out.extend(names);
        }
    }
    out
}

/// Headings below the title that are names of what the text below speaks of.
pub(super) fn headings(blocks: &[Block], body: &[&Block]) -> Vec<String> {
    let heading = |b: &&Block| matches!(b.kind, BlockKind::Heading(level) if level > 1);
    let names = blocks.iter().filter(heading).map(|b| (b, b.text.trim()));
    let spoken_of = |name: &str| body.iter().any(|b| b.text.contains(name));
    let short = |name: &str| name.split_whitespace().count() <= 3;
    names
        .filter(|(b, name)| short(name) && is_name(name, b) && spoken_of(name))
        .map(|(_, name)| name.to_string())
        .collect()
}

/// The subjects a block's head gives and where its body begins.
pub(super) fn subjects(block: &Block, names: &Names) -> (Vec<String>, usize) {
    match split(block) {
        Some((head, body)) => {
            let members: Vec<String> = members(head).iter().map_while(|m| names.known(m).map(str::to_string)).collect();
            let complete = !members.is_empty() && members.len() == self::members(head).len();
            if complete { (members, body) } else { (Vec::new(), 0) }
        }
        None => (Vec::new(), 0),
    }
}
