//! Chat: exports and copied text.

pub mod chat_page;
pub mod copied_chat;
mod copied_lines;
mod markup;
pub(crate) mod severity;
pub mod slack_export;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&slack_export::SlackExport, &chat_page::ChatPage, &copied_chat::CopiedChat];
