//! Blocks of a write-up: readable text without markup, with the way back to the source bytes.

use std::ops::Range;

use chrono::NaiveDate;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    /// A heading, with its level from 1.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// A list item.
    Item,
    /// A table row; its cells are in [`Block::cells`].
    Row,
    /// A line of front matter (`key: value`).
    Meta,
}

/// One block.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// The text a reader sees.
    pub text: String,
    /// Bytes of `text` at its beginning that are set in bold, 0 for none.
    pub lead: usize,
    /// Cells of a row, as ranges of `text`.
    pub cells: Vec<Range<usize>>,
    /// Column heads of the row's table, may be empty.
    pub headers: Vec<String>,
    /// Clean offset → source offset, ascending in the first.
    places: Vec<(usize, usize)>,
}

impl Block {
    /// An empty block to push text to.
    pub fn new(kind: BlockKind) -> Block {
        Block { kind, text: String::new(), lead: 0, cells: Vec::new(), headers: Vec::new(), places: Vec::new() }
    }

    /// Appends text that stands at byte `source`.
    pub fn push(&mut self, text: &str, source: usize) {
        if !text.is_empty() {
            self.places.push((self.text.len(), source));
            self.text.push_str(text);
        }
    }

    /// Appends one blank between words that markup or a line end separates.
    pub fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    /// Whether nothing readable was pushed.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Source byte of clean byte `at`.
    pub fn source(&self, at: usize) -> usize {
        let run = self.places.partition_point(|(clean, _)| *clean <= at);
        match run.checked_sub(1).and_then(|i| self.places.get(i)) {
            Some((clean, source)) => source + (at - clean),
            None => self.places.first().map_or(0, |p| p.1),
        }
    }

    /// Source range of a clean range.
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text.get(range.clone()).unwrap_or("");
        let start = range.start + (text.len() - text.trim_start().len());
        let last = text.trim_end().char_indices().next_back().map_or((0, 0), |(i, c)| (i, c.len_utf8()));
        let from = self.source(start.min(range.end));
        (from)..(self.source(range.start + last.0) + last.1).max(from)
    }

    /// Whether the block belongs to a sequence (list or table), where times run on.
    pub fn is_sequence(&self) -> bool {
        matches!(self.kind, BlockKind::Item | BlockKind::Row)
    }
}

/// A write-up taken apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    /// Blocks in reading order.
    pub blocks: Vec<Block>,
    /// The day the text itself says it was published.
    pub published: Option<NaiveDate>,
}

impl Blocks {
    /// Adds a block unless it is blank.
    pub fn add(&mut self, block: Block) {
        if !block.is_blank() {
            self.blocks.push(block);
        }
    }
}
