//! Public status pages.

pub mod statuspage;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&statuspage::Statuspage];
