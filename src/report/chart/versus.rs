//! Two incidents.
use super::Chart;
use crate::model::Comparison;
/// Both curves.
pub fn overlay(_comparison: &Comparison) -> Option<Chart> {
    None
}
/// a − b.
pub fn difference(_comparison: &Comparison) -> Option<Chart> {
    None
}
/// Milestones of both.
pub fn milestones(_comparison: &Comparison) -> Option<Chart> {
    None
}
