//! Table rows: a time column makes an event, the other cells claims under the row's service.

use super::block::Block;
use super::causes;
use super::claims::{self, Quote};
use super::counts;
use super::dependencies;
use super::engine::Reader;
use super::events;
use super::sentences::{LONGEST, one_line, sentences};
use super::times;
use super::words::{ACTOR_COLUMNS, TIME_COLUMNS};
use super::zones::{self, Zone};
use crate::format::Sink;
use crate::model::{Actor, ActorKind, Exemplar};

/// Longest row that is quoted whole, in bytes.
const WIDEST: usize = 800;

impl Reader<'_> {
    /// A row: its time cells, and its other cells as claims under the row's service.
    pub(super) fn row(&mut self, block: &Block, sink: &mut dyn Sink) {
        let (_, evidence) = self.place(block, 0..block.text.len());
        let quote = Quote { text: &block.text, evidence: &evidence };
        let (scope, _) = self.scope(block);
        let month = self.calendar.incident.map(|d| d.month);
        let mut claims = Vec::new();
        let label = label_of(block);
        for (column, range) in block.cells.iter().enumerate() {
            let header = block.headers.get(column).map_or("", String::as_str);
            let header = label.filter(|_| column == 1).unwrap_or(header);
            let cell = block.text.get(range.clone()).unwrap_or("").trim();
            // Of a row too long to quote, the cell speaks for itself.
            let (_, own) = self.place(block, range.clone());
            let own = Quote { text: cell, evidence: &own };
            let quote = if block.text.len() > WIDEST { &own } else { &quote };
            for part in sentences(cell).into_iter().filter_map(|r| cell.get(r)) {
                let mut found = claims::read_cell(&scope, header, part, quote);
                for claim in found.iter_mut().filter(|c| c.subjects.is_empty() && c.value.is_some() && column > 0) {
                    claim.operation = claim.operation.take().or_else(|| row_label(block, header));
                }
                claims.extend(found);
                claims.extend(causes::causes(&scope, &whole(header, part), quote, month));
                claims.extend(dependencies::dependencies(&scope, part, quote));
            }
        }
        drop(scope);
        if let [label, figure] = block.cells.as_slice() {
            let cell = |range: &std::ops::Range<usize>| block.text.get(range.clone()).unwrap_or("").trim();
            let field = format!("{} | {}", cell(label), cell(figure));
            claims.extend(counts::counts(&field, &quote, self.calendar.incident));
        }
        claims.extend(self.action(block));
        for claim in claims {
            self.tell(claim, sink);
        }
        self.date_claim(&block.text, &quote, sink);
        self.row_event(block, &evidence, sink);
    }

    /// The event of a row that has a time column or begins with a time.
    pub(super) fn row_event(&mut self, block: &Block, evidence: &Exemplar, sink: &mut dyn Sink) {
        let cell = |i: usize| block.cells.get(i).and_then(|r| block.text.get(r.clone())).unwrap_or("").trim();
        // Four digits below such a head are a time.
        let clocks = |i: usize| {
            let digits = cell(i).len() == 4 && cell(i).bytes().all(|b| b.is_ascii_digit());
            if digits && has_word(block.headers.get(i), TIME_COLUMNS) {
                times::clocks(&format!("{}:{}", &cell(i)[..2], &cell(i)[2..]))
            } else {
                times::clocks(cell(i))
            }
        };
        let is_time = |i: usize| {
            let found = clocks(i);
            found
                .first()
                .is_some_and(|t| events::is_lead_in(cell(i).get(..t.range.start).unwrap_or("")) && cell(i).len() < 48)
        };
        let columns: Vec<usize> = (0..block.cells.len()).filter(|i| is_time(*i)).collect();
        let Some(first) = columns.first().copied() else { return self.text_of_cells(block, evidence, sink) };
        let header = block.headers.get(first).map_or("", String::as_str);
        let named = has_word(block.headers.get(first), TIME_COLUMNS);
        let actor =
            (0..block.cells.len()).find(|i| has_word(block.headers.get(*i), ACTOR_COLUMNS) && !cell(*i).is_empty());
        let rest: Vec<&str> = (0..block.cells.len())
            .filter(|i| !columns.contains(i) && actor != Some(*i) && !cell(*i).is_empty() && !is_date(cell(*i)))
            .map(cell)
            .collect();
        if rest.is_empty() && !named {
            return;
        }
        let mut found = events::pairs(clocks(first));
        if found.is_empty() {
            return;
        }
        let (time, until) = found.remove(0);
        let near = block.text.get(..block.text.len().min(LONGEST)).unwrap_or(&block.text);
        let (day, written) = self.calendar.day_for(near, &time, self.section.map(|s| s.0));
        let zone = time.zone.or_else(|| header_zone(header));
        let at = self.stamp(block, &time, day, written, zone, sink);
        let words = rest.join(" – ");
        let raw = cell(first).to_string();
        let mut event = self.event((&words, 0), one_line(&words, 180), at, &raw, evidence);
        event.until = until.as_ref().map(|u| self.until(at, &time, u)).or_else(|| {
            let end = columns.get(1).copied().filter(|i| is_end(block.headers.get(*i)))?;
            times::clocks(cell(end)).first().map(|u| self.until(at, &time, u))
        });
        if event.title != words {
            event.text = words.clone();
        }
        event.actor = actor.map(|i| Actor { name: cell(i).to_string(), kind: ActorKind::Human });
        self.severity(&mut event, &words, &mut None, evidence, sink);
        self.gave = true;
        sink.event(event);
    }

    /// Times inside longer cells of a row without a time column.
    pub(super) fn text_of_cells(&mut self, block: &Block, evidence: &Exemplar, sink: &mut dyn Sink) {
        for range in &block.cells {
            let cell = block.text.get(range.clone()).unwrap_or("").to_string();
            for part in sentences(&cell) {
                self.timed(block, cell.get(part).unwrap_or(""), evidence, sink);
            }
        }
    }
}

/// What a row is about where its cells do not say: its first cell, with the head of the figure's column.
fn row_label(block: &Block, header: &str) -> Option<String> {
    let first = block.text.get(block.cells.first()?.clone())?.trim();
    let plain = first.split_whitespace().count() <= 5 && !first.contains(|c: char| c.is_ascii_digit());
    let told = block.cells.len() > 2 && plain && !first.is_empty();
    told.then(|| {
        format!("{}, {}", first.to_lowercase(), header.to_lowercase()).trim_end_matches([',', ' ']).to_string()
    })
}

/// Heads of a column that holds whatever the cell before it names (lower case).
const VALUE_HEADS: &[&str] =
    &["", "value", "values", "detail", "details", "information", "info", "description", "answer"];

/// The first cell of a row that is a field and its value.
pub(super) fn label_of(block: &Block) -> Option<&str> {
    let head = block.headers.get(1).map_or("", String::as_str).to_lowercase();
    let fits = block.cells.len() == 2 && VALUE_HEADS.contains(&head.trim());
    let label = block.text.get(block.cells.first()?.clone())?.trim();
    (fits && times::clocks(label).is_empty() && label.len() <= 40).then_some(label)
}

/// A cell with its column's head before it.
fn whole(header: &str, cell: &str) -> String {
    if header.is_empty() { cell.to_string() } else { format!("{header}: {cell}") }
}

/// Whether a column's head has one of `words`.
fn has_word(header: Option<&String>, words: &[&str]) -> bool {
    header.is_some_and(|h| h.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| words.contains(&w)))
}

fn is_date(cell: &str) -> bool {
    times::dates(cell).first().is_some_and(|d| d.range.len() + 4 >= cell.len())
}

fn is_end(header: Option<&String>) -> bool {
    header.is_some_and(|h| {
        let lower = h.to_lowercase();
        ["end", "until", "to", "stop", "resolved", "recovered"]
            .iter()
            .any(|w| lower.split_whitespace().any(|h| h.starts_with(w)))
    })
}

/// A zone label in a column's head: "Time (UTC)".
fn header_zone(header: &str) -> Option<Zone> {
    header.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',')).find_map(zones::zone)
}
