//! Plain text write-ups.
//!
//! Written by: people, and tools that save an article as text.
//! Sample: paragraphs, lines that are headings, bullets (`•`, `-`, `*`, `1.`).
//! Yields: events for clauses with a clock time, claims for figures and assertions.
//! Time: as written; day and zone from the text itself.
//! Reference: shared event catalogue §0 (measured: most reports name no zone).

use super::block::{Block, BlockKind, Blocks};
use super::engine;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// The format.
pub(super) struct PlainText;

impl Format for PlainText {
    fn name(&self) -> &str {
        "plain_text"
    }

    fn title(&self) -> &str {
        "write-up as plain text"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "On 2 June 2031 the mail service of Initech was down for 40 minutes.\n\nAt 09:05 UTC alarms went off. The cause was a full disk, which the team found at 09:20 UTC.\n\n- Mail: 60% of requests failed.\n- Search: continued to operate normally.\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for PlainText {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        super::detect::plain_text(head)
    }

    fn ceiling(&self) -> u8 {
        25
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        engine::read(document, &blocks(document.text), sink);
        Ok(())
    }
}

/// Bullets that open a list item.
const BULLETS: &[&str] = &["- ", "* ", "+ ", "• ", "· ", "‣ ", "▪ ", "– ", "— ", "o "];

/// Length of the bullet that opens a line, 0 for none.
fn bullet(line: &str) -> usize {
    if let Some(b) = BULLETS.iter().find(|b| line.starts_with(**b)) {
        return b.len();
    }
    // "(a) Date of outage: …"
    let numbered = line.strip_prefix('(').and_then(|rest| rest.split_once(") ")).filter(|(number, _)| {
        (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    });
    if let Some((number, _)) = numbered {
        return number.len() + 3;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..).unwrap_or("");
    if (1..=2).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") ")) { digits + 2 } else { 0 }
}

/// Lines as blocks; hard-wrapped lines are joined.
pub(super) fn blocks(text: &str) -> Blocks {
    let longest = text.lines().map(str::len).max().unwrap_or(0);
    let wrap = if longest <= 130 { longest } else { usize::MAX };
    let mut out = Blocks::default();
    let mut open: Option<(Block, usize)> = None;
    let mut offset = 0;
    let bare = text.lines().filter(|line| bare_time(entry(line)).is_some()).count() >= BARE_TIMES;
    for raw in text.split_inclusive('\n') {
        let start = offset;
        offset += raw.len();
        let line = raw.trim();
        let at = start + (raw.len() - raw.trim_start().len());
        if line.is_empty() || line.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | ' ' | '~')) {
            close(&mut open, &mut out);
            continue;
        }
        let mark = bullet(line);
        let goes_on = open.as_ref().is_some_and(|(block, last)| continues(block, *last, line, mark, wrap));
        if goes_on {
            if let Some((block, last)) = open.as_mut() {
                block.space();
                block.push(line, at);
                *last = line.len();
            }
            continue;
        }
        close(&mut open, &mut out);
        let body = line.get(mark..).unwrap_or(line);
        let skipped = mark + (body.len() - body.trim_start().len());
        let mut block = Block::new(kind_of(line, mark));
        match leader(body.trim_start()) {
            None if bare && bare_time(body.trim_start()).is_some() => {
                block.kind = BlockKind::Item;
                let (hours, rest) = body.trim_start().split_at(2);
                block.push(hours, at + skipped);
                block.push(":", at + skipped + hours.len());
                block.push(rest, at + skipped + hours.len());
            }
            Some((label, value)) => {
                block.push(label, at + skipped);
                block.push(": ", at + skipped + label.len());
                block.push(value, at + line.len() - value.len());
            }
            None => block.push(body.trim_start(), at + skipped),
        }
        open = Some((block, line.len()));
    }
    close(&mut open, &mut out);
    out
}

fn close(open: &mut Option<(Block, usize)>, out: &mut Blocks) {
    if let Some((block, _)) = open.take() {
        out.add(block);
    }
}

/// A short line without a sentence's end is a heading when nothing marks it as an item.
fn kind_of(line: &str, mark: usize) -> BlockKind {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    if mark > 0 || begins_with_time(line) || is_field(line) {
        BlockKind::Item
    } else if (1..=6).contains(&hashes) && line.as_bytes().get(hashes) == Some(&b' ') {
        BlockKind::Heading(hashes as u8)
    } else if line.len() < 80
        && !line.ends_with(['.', '!', '?', ';', ',', '”', '"', '…'])
        && line.split_whitespace().count() <= 12
    {
        BlockKind::Heading(2)
    } else {
        BlockKind::Paragraph
    }
}

/// Entries that begin with four digits before these are times: "1629 alarm".
const BARE_TIMES: usize = 3;

/// A line without its bullet.
fn entry(line: &str) -> &str {
    let line = line.trim();
    line.get(bullet(line)..).unwrap_or(line).trim_start()
}

/// The minute of the day with which an entry begins, when its four digits are one and words follow.
fn bare_time(entry: &str) -> Option<u32> {
    let digits = entry.get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
    let (hours, minutes): (u32, u32) = (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?);
    let rest = entry.get(4..)?;
    let words = rest.starts_with([' ', '-', '–']) && rest.contains(|c: char| c.is_alphabetic());
    (words && hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// The label and the value that dots lead to: `Cancelled ........ 241`.
fn leader(line: &str) -> Option<(&str, &str)> {
    let (label, value) = line.split_once(" ...")?;
    let value = value.trim_start_matches(['.', ' ']);
    (!label.is_empty() && !value.is_empty()).then_some((label, value))
}

/// Whether a line is the label and the figure of a field: `Availability during incident: 41%`.
fn is_field(line: &str) -> bool {
    let Some((label, value)) = line.split_once(": ").or_else(|| leader(line)) else { return false };
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '/' | '(' | ')');
    label.split_whitespace().count() <= 6 && label.chars().all(plain) && value.contains(|c: char| c.is_ascii_digit())
}

fn begins_with_time(line: &str) -> bool {
    super::times::clocks(line.get(..line.len().min(40)).unwrap_or(line)).first().is_some_and(|t| {
        super::events::is_lead_in(line.get(..t.range.start).unwrap_or(""))
            && line.starts_with(|c: char| !c.is_alphabetic())
    })
}

/// Whether `line` goes on with the block above: that line was full, or this one begins in lower case.
fn continues(block: &Block, last: usize, line: &str, mark: usize, wrap: usize) -> bool {
    if mark > 0
        || begins_with_time(line)
        || bare_time(line).is_some()
        || matches!(block.kind, BlockKind::Heading(_)) && wrap == usize::MAX
    {
        return false;
    }
    let word = line.split_whitespace().next().map_or(0, str::len);
    let full = wrap != usize::MAX && wrap >= 40 && last + word + 1 > wrap.saturating_sub(12);
    let lower = line.starts_with(char::is_lowercase);
    if matches!(block.kind, BlockKind::Heading(_)) { full && lower } else { full || (lower && wrap != usize::MAX) }
}
