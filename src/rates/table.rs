//! The bare table: what was counted per service and bucket, and nothing made of it.

use super::{Options, views};
use crate::model::{Evidence, FoldRow};

/// Width of the buckets where nobody asks for another, seconds.
const WIDTH_S: u32 = 10;

/// Counts of the logs of `evidence` per service, format and bucket, in this order; buckets without records
/// are absent. Sources of one format add up, formats stay apart: they may have seen the same requests.
pub fn table(evidence: &Evidence, options: &Options) -> Vec<FoldRow> {
    let width = i64::from(options.bucket_s.unwrap_or(WIDTH_S).max(1));
    let mut rows = Vec::new();
    for (service, views) in views::of_logs(evidence, &options.policy, width) {
        for view in &views.views {
            rows.extend(view.curve.iter().map(|(start_s, counts)| FoldRow {
                service: service.clone(),
                start_s: *start_s,
                total: counts.requests,
                failed: counts.failed,
                errors: counts.error_lines,
                records: counts.lines,
                format: view.format.clone(),
            }));
        }
    }
    rows
}
