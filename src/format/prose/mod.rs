//! Write-ups: dated sentences and tables become events, figures and assertions become claims.
//!
//! Three readers take a document apart into blocks ([`markdown`], [`html`], [`plain_text`]); one
//! engine reads the blocks. It learns the names of services from the text, the day and zone from
//! what the text states, and turns each clause with a clock time into an event and each figure or
//! plain assertion into a claim with its exact words.

mod aftermath;
mod block;
mod calendar;
mod causes;
mod claims;
mod counts;
mod cues;
mod dependencies;
mod detect;
mod elsewhere;
mod engine;
mod events;
mod figures;
mod heads;
mod html;
mod lengths;
mod markdown;
mod names;
mod numbers;
mod operations;
mod permalinks;
mod plain_text;
mod relations;
mod rows;
mod sentences;
mod source_map;
mod stamps;
mod subjects;
mod times;
mod words;
mod zones;

#[cfg(test)]
mod tests;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&html::Html, &markdown::Markdown, &plain_text::PlainText];
