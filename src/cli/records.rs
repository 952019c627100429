//! `recount records` on a terminal.

use super::output::fit;
use crate::model::PlacedRecord;

/// Longest line where nothing else sets a width, in characters.
const LONGEST: usize = 1 << 20;

/// Stamp, level, service and message, then where it was read; on a terminal of `width` columns cut to them,
/// without the place.
pub fn line(record: &PlacedRecord, width: Option<usize>) -> String {
    let level = record.level.map_or("", |l| l.word());
    let message = record.message.lines().next().unwrap_or_default();
    let values: String = record.values.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let (stamp, service) = (record.timestamp.as_deref().unwrap_or("-"), record.service.as_deref().unwrap_or("-"));
    let told = format!("{stamp:24}  {level:5}  {service}  {message}{values}");
    match width {
        Some(width) => fit(&told, width) + "\n",
        None => fit(&format!("{told}  [{}:{}]", record.path, record.line), LONGEST) + "\n",
    }
}
