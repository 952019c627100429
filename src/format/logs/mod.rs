//! Log formats with a hand-written reader.

mod cef;
mod clf;
mod clf_tail;
mod cloudflare_events;
mod cloudflare_http;
mod cloudflare_tail;
mod cloudflare_workers;
mod elapsed;
mod grafana_logs;
mod haproxy_events;
pub(crate) mod inner;
mod journald_export;
mod json_bound;
mod json_list;
mod json_log;
mod json_quick;
mod json_records;
mod klog;
mod layout;
mod level_first;
mod level_text;
mod literal;
mod logfmt;
mod loki;
mod nginx_error;
pub(crate) mod object;
mod pairs_bound;
mod rfc3164;
mod rfc5424;
mod stamp_lock;
mod stamp_place;
mod stamped_text;
mod syslog;
mod syslog_iso;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod twice;
mod walk;
pub(crate) mod words;
mod xml_records;
mod yaml_records;

use super::Format;
pub use cef::Cef;
pub use clf::Clf;
pub use cloudflare_events::CloudflareEvents;
pub use cloudflare_http::CloudflareHttp;
pub use cloudflare_tail::CloudflareTail;
pub use cloudflare_workers::CloudflareWorkers;
pub use grafana_logs::GrafanaLogs;
pub use journald_export::JournaldExport;
pub use json_list::JsonList;
pub use json_log::JsonLog;
pub(crate) use json_log::decode_object;
pub use json_records::JsonRecords;
pub use klog::Klog;
pub use level_first::LevelFirst;
pub use level_text::LevelText;
pub use literal::Literal;
pub use logfmt::Logfmt;
pub use loki::Loki;
pub use nginx_error::NginxError;
pub use rfc3164::RFC3164;
pub use rfc5424::Rfc5424;
pub use stamped_text::StampedText;
pub use syslog::TaggedFile;
pub use syslog_iso::SYSLOG_ISO;
pub use xml_records::XmlRecords;
pub use yaml_records::YamlRecords;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[
    &CloudflareHttp,
    &CloudflareWorkers,
    &CloudflareTail,
    &CloudflareEvents,
    &Rfc5424,
    &Cef,
    &JournaldExport,
    &Klog,
    &NginxError,
    &Clf,
    &RFC3164,
    &SYSLOG_ISO,
    &Loki,
    &GrafanaLogs,
    &JsonList,
    &JsonLog,
    &JsonRecords,
    &Literal,
    &YamlRecords,
    &XmlRecords,
    &Logfmt,
    &LevelText,
    &LevelFirst,
    &StampedText,
];
