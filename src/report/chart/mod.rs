//! Charts as SVG text: inlined in the HTML report, written as files beside the Markdown one; as PNG on demand.
//!
//! Every drawing scales with its container, works alone and in a page, follows light and dark
//! (`prefers-color-scheme`, or `data-theme="light|dark"` on an element around it), and says nothing
//! by colour alone. A page may override a colour with a rule such as
//! `html:root .recount-chart { --chart-ink: … }`; the names are in `theme.rs`.

mod axis;
mod canvas;
mod cascade;
mod coverage;
mod curves;
mod heat;
mod lanes;
mod latency;
mod milestones;
mod panel;
mod phases;
mod readings;
mod response;
mod spark;
mod story;
mod text;
mod theme;
mod together;
mod traffic;
mod versus;

#[cfg(test)]
mod tests;

pub use canvas::Drawing;
pub use cascade::cascade;
pub use coverage::coverage;
pub use curves::error_curves;
pub use heat::heat;
pub use latency::latency;
pub use milestones::milestones;
pub use readings::readings;
pub use response::response;
pub use spark::{spark_text, sparkline};
pub use together::error_overlay;
pub use traffic::requests;
pub use versus::{difference, overlay};

/// One drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// File stem (`error-curves`), unique among the charts of a report.
    pub name: &'static str,
    /// Heading.
    pub title: String,
    /// What it shows with its main figures, in words: the text alternative.
    pub description: String,
    /// The drawing itself.
    pub drawing: Drawing,
}
