//! Chat exports.

mod markup;
pub(crate) mod severity;
pub mod slack_export;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&slack_export::SlackExport];
