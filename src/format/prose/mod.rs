//! Write-ups: dated sentences and tables become events, figures become claims.

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[];
