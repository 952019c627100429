//! `recount records` on a terminal.

use crate::model::PlacedRecord;

/// Stamp, level, service and message, then where it was read.
pub fn line(record: &PlacedRecord) -> String {
    let level = record.level.map_or("", |l| l.word());
    let message = record.message.lines().next().unwrap_or_default();
    let values: String = record.values.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    format!(
        "{:30}  {level:5}  {}  {message}{values}  [{}:{}]\n",
        record.timestamp.as_deref().unwrap_or("-"),
        record.service.as_deref().unwrap_or("-"),
        record.path,
        record.line
    )
}
