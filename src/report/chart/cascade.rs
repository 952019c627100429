//! Who was hurt when.
use super::Chart;
use crate::model::Incident;
/// Bars from onset to recovery.
pub fn cascade(_incident: &Incident) -> Option<Chart> {
    None
}
