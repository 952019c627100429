//! Markdown write-ups.
//!
//! Written by: people, wikis, status generators, article savers.
//! Sample: headings, lists with bold heads, tables, optional YAML front matter.
//! Yields: events for clauses and rows with a clock time, claims for figures and assertions.
//! Time: as written; day and zone from the text itself (headings, table heads, front matter).
//! Reference: CommonMark 0.31 with GitHub tables, through pulldown-cmark.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::block::{Block, BlockKind, Blocks};
use super::{engine, times};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// The format.
pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &str {
        "markdown"
    }

    fn title(&self) -> &str {
        "write-up in Markdown"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "# Mail outage of 2 June 2031\n\nAt 09:05 UTC **alarms** went off for the mail service of Initech.\n\n| Time (UTC) | Event |\n|---|---|\n| 09:05 | Alarms go off |\n| 09:40 | Resolved |\n",
            "## Impact\n\nOn 2 June 2031 several products of Initech were hurt by a full disk.\n\n* **Mail**: 60% of requests failed.\n* **Search**: continued to operate normally.\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for Markdown {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        super::detect::markdown(head)
    }

    fn ceiling(&self) -> u8 {
        40
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        engine::read(document, &blocks(document.text), sink);
        Ok(())
    }
}

/// Blocks of a Markdown text.
pub(super) fn blocks(text: &str) -> Blocks {
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_TASKLISTS;
    let mut walk = Walk::default();
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        walk.step(event, range, text);
    }
    walk.flush();
    walk.out
}

/// State of one walk over the events.
#[derive(Default)]
struct Walk {
    out: Blocks,
    open: Option<Block>,
    /// Nesting of list items.
    items: usize,
    /// Column heads of the running table, and whether its head is being read.
    headers: Vec<String>,
    in_head: bool,
    cell_start: usize,
    cells: Vec<Range<usize>>,
    /// Inside an image, code block or front matter.
    image: usize,
    code: bool,
    meta: bool,
    strong: usize,
}

impl Walk {
    fn step(&mut self, event: Event<'_>, range: Range<usize>, text: &str) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) => self.words(&words, range, text),
            Event::Code(words) => {
                let inner = text.get(range.clone()).and_then(|raw| raw.find(words.as_ref())).unwrap_or(0);
                self.push(&words, range.start + inner);
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(block) = self.open.as_mut() {
                    block.space();
                }
                self.break_at(text.get(range.end..).unwrap_or(""));
            }
            _ => {}
        }
    }

    /// A line that begins with a time, the state of a status post or a label in bold stands by itself, whatever the
    /// paragraph around it.
    fn break_at(&mut self, rest: &str) {
        let line = rest.lines().next().unwrap_or("").trim_start();
        let lead = line.trim_start_matches(['*', '_', '`', '[', '(']);
        let timed = lead.starts_with(|c: char| c.is_ascii_digit())
            && times::clocks(line)
                .first()
                .is_some_and(|t| super::events::is_lead_in(line.get(..t.range.start).unwrap_or("x")));
        let post = super::events::is_status_post(lead);
        if !(timed || post || is_field(line)) || self.open.as_ref().is_none_or(|b| b.kind == BlockKind::Row) {
            return;
        }
        let kind = if timed || post { BlockKind::Item } else { BlockKind::Paragraph };
        self.flush();
        self.open = Some(Block::new(kind));
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.begin(BlockKind::Heading(level_of(level))),
            Tag::Paragraph if self.items > 0 && self.open.as_ref().is_none_or(|b| !b.is_blank()) => {
                self.begin(BlockKind::Item);
            }
            Tag::Paragraph => self.begin(BlockKind::Paragraph),
            Tag::Item => {
                self.begin(BlockKind::Item);
                self.items += 1;
            }
            Tag::Table(_) => {
                self.flush();
                self.headers.clear();
            }
            Tag::TableHead => {
                self.in_head = true;
                self.begin(BlockKind::Row);
            }
            Tag::TableRow => self.begin(BlockKind::Row),
            Tag::TableCell => {
                if let Some(block) = self.open.as_mut() {
                    if !self.cells.is_empty() {
                        block.text.push_str(" | ");
                    }
                    self.cell_start = block.text.len();
                }
            }
            Tag::Strong => self.strong += 1,
            Tag::Image { .. } => self.image += 1,
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = true;
            }
            Tag::MetadataBlock(_) => {
                self.flush();
                self.meta = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph => self.flush(),
            TagEnd::Item => {
                self.flush();
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::TableCell => {
                let end = self.open.as_ref().map_or(0, |b| b.text.len());
                self.cells.push(self.cell_start.min(end)..end);
            }
            TagEnd::TableHead => {
                let row = self.open.take();
                let cells = std::mem::take(&mut self.cells);
                if let Some(mut row) = row {
                    self.headers =
                        cells.iter().map(|c| row.text.get(c.clone()).unwrap_or("").trim().to_string()).collect();
                    row.kind = BlockKind::Heading(6);
                    self.out.add(row);
                }
                self.in_head = false;
            }
            TagEnd::TableRow => {
                if let Some(row) = self.open.as_mut() {
                    row.cells = std::mem::take(&mut self.cells);
                    row.headers.clone_from(&self.headers);
                }
                self.flush();
            }
            TagEnd::Strong => {
                self.strong = self.strong.saturating_sub(1);
                if let Some(block) = self.open.as_mut().filter(|b| b.lead == usize::MAX) {
                    block.lead = block.text.len();
                }
            }
            TagEnd::Image => self.image = self.image.saturating_sub(1),
            TagEnd::CodeBlock => {
                self.flush();
                self.code = false;
            }
            TagEnd::MetadataBlock(_) => self.meta = false,
            _ => {}
        }
    }

    fn words(&mut self, words: &str, range: Range<usize>, text: &str) {
        if self.image > 0 {
            return;
        }
        if self.meta || self.code {
            return self.lines(range, text);
        }
        self.push(words, range.start);
    }

    /// Front matter and code: every line is a block of its own.
    fn lines(&mut self, range: Range<usize>, text: &str) {
        let kind = if self.meta { BlockKind::Meta } else { BlockKind::Item };
        let mut at = range.start;
        for line in text.get(range).unwrap_or("").split_inclusive('\n') {
            let mut block = Block::new(kind);
            block.push(line.trim_end(), at);
            at += line.len();
            self.out.add(block);
        }
    }

    fn push(&mut self, words: &str, source: usize) {
        let strong = self.strong > 0;
        let block = self.open.get_or_insert_with(|| Block::new(BlockKind::Paragraph));
        if strong && block.is_blank() {
            block.lead = usize::MAX;
        }
        block.push(words, source);
    }

    fn begin(&mut self, kind: BlockKind) {
        self.flush();
        self.cells.clear();
        self.open = Some(Block::new(kind));
    }

    fn flush(&mut self) {
        if let Some(mut block) = self.open.take() {
            if block.lead == usize::MAX {
                block.lead = 0;
            }
            self.out.add(block);
        }
    }
}

/// Whether a line is a label in bold and its value: `**Start:** 01:12`.
fn is_field(line: &str) -> bool {
    let Some((label, rest)) = line.strip_prefix("**").and_then(|line| line.split_once("**")) else { return false };
    label.len() <= 40 && (label.trim_end().ends_with(':') || rest.trim_start().starts_with(':'))
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
