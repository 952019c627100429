//! Metric exports: query results and tables; and the tables of records that share their layout.

pub mod azure_metrics;
mod cell;
pub mod cloudflare_graphql;
pub mod cloudwatch_metrics;
pub mod csv_long;
pub mod csv_wide;
pub mod datadog_metrics;
pub mod elastic_aggs;
pub mod gcp_timeseries;
pub mod grafana_csv;
pub mod grafana_frames;
pub mod graphite_csv;
pub mod graphite_json;
pub mod graphite_raw;
pub mod influx_csv;
pub mod influx_json;
pub mod influx_lines;
mod json_series;
mod kind;
pub mod log_table;
pub mod newrelic_nrql;
pub mod opentsdb;
mod points;
pub mod prom_text;
pub mod prometheus;
pub mod remote_write;
pub(in crate::format) mod rows;
pub mod sadf_csv;
pub mod sadf_json;
mod series_name;
pub mod statsd;
pub mod sysstat_text;
mod table;
mod time_column;
pub mod vmstat;
pub mod zabbix_history;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[
    &prometheus::FORMAT,
    &remote_write::FORMAT,
    &grafana_frames::FORMAT,
    &datadog_metrics::FORMAT,
    &cloudwatch_metrics::FORMAT,
    &azure_metrics::FORMAT,
    &gcp_timeseries::FORMAT,
    &newrelic_nrql::FORMAT,
    &graphite_json::FORMAT,
    &opentsdb::FORMAT,
    &influx_json::FORMAT,
    &elastic_aggs::FORMAT,
    &cloudflare_graphql::FORMAT,
    &zabbix_history::FORMAT,
    &sadf_json::FORMAT,
    &prom_text::PromText,
    &influx_lines::InfluxLines,
    &graphite_raw::GraphiteRaw,
    &graphite_csv::GraphiteCsv,
    &sadf_csv::SadfCsv,
    &sysstat_text::SysstatText,
    &vmstat::Vmstat,
    &statsd::Statsd,
    &influx_csv::InfluxCsv,
    &grafana_csv::GrafanaCsv,
    &csv_long::CsvLong,
    &csv_wide::CsvWide,
    &log_table::LogTable,
];
