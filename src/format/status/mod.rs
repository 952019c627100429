//! Public status pages.

pub mod copied_status;
pub mod cstate;
pub mod feed;
mod posts;
pub mod statuspage;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] =
    &[&statuspage::Statuspage, &cstate::Cstate, &feed::Feed, &copied_status::CopiedStatus];
