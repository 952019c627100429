//! Traces: spans of requests through several services.

pub mod spans;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&spans::Spans];
