//! Compare: two incidents on T+0, service by service and overall.

use crate::model::{Comparison, Incident};

/// Compares two incidents, aligned on the onset of the first hurt service of each.
///
/// Comparing an incident with itself gives exactly zero differences and likeness 1;
/// `compare(a, b)` mirrors `compare(b, a)`.
pub fn compare(_a: &Incident, _b: &Incident) -> Comparison {
    todo!("compare")
}
