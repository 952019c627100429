//! Error curves.
use super::Chart;
use crate::model::Incident;
/// Error ratio per service.
pub fn error_curves(_incident: &Incident) -> Option<Chart> {
    None
}
