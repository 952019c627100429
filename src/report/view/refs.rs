//! Citations as a template shows them, numbered once for the whole report.

use std::cell::RefCell;

use indexmap::IndexMap;
use serde::Serialize;

use crate::model::{Citation, Exemplar, Incident};
use crate::report::text;

/// One cited line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ref {
    /// Number of the line in [`super::ReportView::cited`], from 1.
    pub n: usize,
    /// `path:line`.
    pub place: String,
    /// `file:line` without folders, for narrow places.
    pub short: String,
    /// The raw text; characters that act are visible escapes.
    pub raw: String,
    /// Path inside the bundle.
    pub source: String,
    /// Line, from 1.
    pub line: u64,
}

/// What a statement rests on: some lines, and how many more there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Refs {
    /// At most [`Refs::MOST`] lines, of as many different sources as possible.
    pub shown: Vec<Ref>,
    /// Lines left out here.
    pub more: usize,
    /// Distinct sources among all of them.
    pub sources: usize,
}

impl Refs {
    /// Lines shown beside one statement.
    pub const MOST: usize = 3;
}

/// Numbers citations in the order of their first use.
pub(in crate::report) struct Cites<'a> {
    incident: &'a Incident,
    seen: RefCell<IndexMap<(u32, u64, u64), Ref>>,
}

impl<'a> Cites<'a> {
    /// Nothing cited yet.
    pub(super) fn new(incident: &'a Incident) -> Self {
        Cites { incident, seen: RefCell::new(IndexMap::new()) }
    }

    /// One citation.
    fn one(&self, citation: &Citation) -> Ref {
        let key = (citation.source.0, citation.span.line, citation.span.offset);
        let mut seen = self.seen.borrow_mut();
        let n = seen.len() + 1;
        seen.entry(key)
            .or_insert_with(|| {
                let path = self.incident.sources.get(citation.source.0 as usize).map_or("?", |s| s.info.path.as_str());
                let source = text::line(path);
                let name = source.rsplit(['/', '!']).next().unwrap_or(&source);
                Ref {
                    n,
                    place: format!("{source}:{}", citation.span.line),
                    short: format!("{name}:{}", citation.span.line),
                    raw: excerpt(citation),
                    line: citation.span.line,
                    source,
                }
            })
            .clone()
    }

    /// The lines under one statement: different sources first, each in the order given.
    pub(super) fn of(&self, evidence: &[Citation]) -> Refs {
        let mut first: Vec<&Citation> = Vec::new();
        let mut rest: Vec<&Citation> = Vec::new();
        for citation in evidence {
            if first.iter().chain(&rest).any(|c| c.source == citation.source && c.span == citation.span) {
                continue;
            }
            let known = first.iter().any(|c| c.source == citation.source);
            if known { rest.push(citation) } else { first.push(citation) }
        }
        let sources = first.len();
        first.append(&mut rest);
        let shown: Vec<Ref> = first.iter().take(Refs::MOST).map(|c| self.one(c)).collect();
        Refs { more: first.len() - shown.len(), shown, sources }
    }

    /// Every line cited so far, in number order.
    pub(super) fn all(self) -> Vec<Ref> {
        self.seen.into_inner().into_values().collect()
    }
}
/// The raw text; an ellipsis where the record goes on beyond what was kept of it.
fn excerpt(citation: &Citation) -> String {
    let mut out = text::lines(&citation.text);
    let (kept, whole) = (citation.text.len(), citation.span.len as usize);
    if kept + Exemplar::MAX_WORD >= Exemplar::MAX_TEXT && whole > kept + 2 && !out.ends_with('…') {
        out.push_str(" …");
    }
    out
}
