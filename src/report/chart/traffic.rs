//! Requests.
use super::Chart;
use crate::model::Incident;
/// Requests per second.
pub fn requests(_incident: &Incident) -> Option<Chart> {
    None
}
