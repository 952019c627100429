//! Metric exports: query results and tables; and the tables of records that share their layout.

mod cell;
pub mod csv_long;
pub mod csv_wide;
pub mod grafana_csv;
mod kind;
pub mod log_table;
pub mod prometheus;
pub(in crate::format) mod rows;
mod series_name;
mod table;
mod time_column;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] =
    &[&prometheus::Prometheus, &grafana_csv::GrafanaCsv, &csv_long::CsvLong, &csv_wide::CsvWide, &log_table::LogTable];
