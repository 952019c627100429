//! Where a thing was read, and statements that cannot exist without that.

use serde::{Deserialize, Serialize};

/// Index of a source in [`super::Evidence::sources`]; given in path order once all are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(pub u32);

/// A place inside one source (decompressed and decoded to UTF-8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First line, counted from 1.
    pub line: u64,
    /// Number of lines, at least 1.
    pub lines: u32,
    /// Byte offset of the first byte.
    pub offset: u64,
    /// Length in bytes.
    pub len: u32,
}

/// A line of evidence kept with its text, before its source has an id.
///
/// Ordered by place, so that merging keeps the earliest whatever the order of merging.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exemplar {
    /// Where it stands.
    pub span: Span,
    /// The raw text, at most [`Exemplar::MAX_TEXT`] bytes (cut between words where there are any).
    pub text: String,
}

impl Exemplar {
    /// Longest excerpt kept, in bytes.
    pub const MAX_TEXT: usize = 400;
    /// Longest word that is left out whole rather than cut, in bytes.
    pub const MAX_WORD: usize = 60;

    /// Keeps `text` at `span`, cut to [`Exemplar::MAX_TEXT`].
    pub fn new(span: Span, text: &str) -> Self {
        let mut end = text.len().min(Self::MAX_TEXT);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let kept = &text[..end];
        let between =
            kept.rfind([' ', '\t', '\n', ',', ';']).filter(|at| end < text.len() && at + Self::MAX_WORD >= end);
        Exemplar { span, text: between.map_or(kept, |at| kept[..at].trim_end()).to_string() }
    }

    /// The same line as a citation of source `source`.
    pub fn cite(&self, source: SourceId) -> Citation {
        Citation { source, span: self.span, text: self.text.clone() }
    }
}

/// A line of evidence in a known source: what a report shows as `path:line`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// Which source.
    pub source: SourceId,
    /// Where in it.
    pub span: Span,
    /// The raw text, cut like an [`Exemplar`].
    pub text: String,
}

/// A sentence that a report may print: it always carries the evidence it rests on (law 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StatementParts")]
pub struct Statement {
    text: String,
    evidence: Vec<Citation>,
}

/// A [`Statement`] as it arrives from JSON, before the law is checked.
#[derive(Deserialize)]
struct StatementParts {
    text: String,
    evidence: Vec<Citation>,
}

/// The refusal to state something that rests on nothing.
#[derive(Debug, thiserror::Error)]
#[error("expected at least one citation under the statement \"{0}\", found none")]
pub struct EmptyEvidence(String);

impl TryFrom<StatementParts> for Statement {
    type Error = EmptyEvidence;

    fn try_from(parts: StatementParts) -> Result<Self, EmptyEvidence> {
        Statement::new(parts.text, parts.evidence)
    }
}

impl Statement {
    /// States `text` on `evidence`.
    ///
    /// # Errors
    /// [`EmptyEvidence`] when there is no citation: such a sentence is not made.
    pub fn new(text: impl Into<String>, evidence: Vec<Citation>) -> Result<Self, EmptyEvidence> {
        let text = text.into();
        if evidence.is_empty() { Err(EmptyEvidence(text)) } else { Ok(Statement { text, evidence }) }
    }

    /// The sentence.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it rests on, never empty.
    pub fn evidence(&self) -> &[Citation] {
        &self.evidence
    }
}
