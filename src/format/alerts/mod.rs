//! Alerts and pages: alert managers and paging platforms.

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[];
