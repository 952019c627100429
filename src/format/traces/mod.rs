//! Traces: spans of requests through several services.

mod jaeger;
pub mod spans;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&jaeger::Jaeger, &spans::Spans];
