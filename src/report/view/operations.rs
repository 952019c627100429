//! Operations of one service that fared apart: writes that failed while reads went on.

use serde::Serialize;

use super::compare::none;
use crate::model::{Comparison, IncidentSummary, OperationFigures};
use crate::report::text;

/// One operation of a service on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OperationRow {
    /// Name of the service in the first incident (or the second, when only there).
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Its peak in the first, with interval and width; "–" when it was not seen there.
    pub a: String,
    /// In the second.
    pub b: String,
}

/// The operations of every service of which some fared apart on a side, the worst first.
pub(super) fn rows(c: &Comparison) -> Vec<OperationRow> {
    let mut out = Vec::new();
    for service in c.services.iter().filter(|s| s.a.operations_apart() || s.b.operations_apart()) {
        let only_b = |o: &&OperationFigures| !service.a.operations.iter().any(|x| x.operation == o.operation);
        let all = service.a.operations.iter().chain(service.b.operations.iter().filter(only_b));
        out.extend(all.map(|o| OperationRow {
            service: text::line(&service.service),
            operation: text::short(&o.operation, 80),
            a: cell(&service.a, &o.operation),
            b: cell(&service.b, &o.operation),
        }));
    }
    out
}

fn cell(side: &IncidentSummary, operation: &str) -> String {
    let Some(found) = side.operations.iter().find(|o| o.operation == operation) else { return none() };
    let over = found.width_s.map_or_else(|| "all of the incident".to_string(), text::width);
    format!("{} ({}) over {over}", text::ratio(&found.ratio), text::ratio_interval(&found.ratio))
}
