//! Alerts and pages: alert managers and paging platforms.

pub mod alertmanager;
pub mod generic_alert;
pub mod pagerduty_log_entries;
pub mod timeline_table;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[
    &alertmanager::Alertmanager,
    &pagerduty_log_entries::PagerdutyLogEntries,
    &timeline_table::TimelineTable,
    &generic_alert::GenericAlert,
];
