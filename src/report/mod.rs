//! Report: view model, pages, charts and tables from an [`Incident`].

pub mod chart;
#[cfg(test)]
pub mod fixture;

use crate::model::Incident;

/// Placeholder signature until the report is in.
pub fn render(_incident: &Incident) {}
