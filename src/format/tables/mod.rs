//! Line tables: a header names the columns, rows stream below it.
//!
//! The header stands in a source's beginning, so these formats read only once they are bound to a
//! source ([`Format::bind`]). A header that appears further down holds for the rows below it: which
//! header holds for a row follows from the row's place, so segments can be read apart.

mod cells;
mod csv_log;
mod headed;
mod headers;
mod vpc_flow;
mod w3c;
mod zeek;

pub use csv_log::CsvLog;

use super::Format;
use headed::Headed;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] =
    &[&Headed::<w3c::Columns>::FORMAT, &Headed::<zeek::Columns>::FORMAT, &Headed::<vpc_flow::Columns>::FORMAT, &CsvLog];
