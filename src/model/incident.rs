//! The whole: what `incident.json` holds.

use serde::{Deserialize, Serialize};

use super::{Claim, Diagnostic, Edition, Findings, Rates, Source, Timeline};

/// Version of the JSON form of [`Incident`]; raised when a reader of the old form would misread the new.
pub const INCIDENT_SCHEMA_VERSION: u32 = 1;

/// One incident, recounted. `incident.json` is exactly this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// [`INCIDENT_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Title from `recount.toml`, else from the bundle's name.
    pub title: String,
    /// What was read, with its clocks and sums.
    pub sources: Vec<Source>,
    /// What was measured.
    pub rates: Rates,
    /// What happened, in order.
    pub timeline: Timeline,
    /// What was concluded.
    pub findings: Findings,
    /// What write-ups assert.
    pub claims: Vec<Claim>,
    /// What to know about the input.
    pub diagnostics: Vec<Diagnostic>,
    /// What people added, and what was cut or taken out of this copy.
    #[serde(default)]
    pub edition: Edition,
}

impl Incident {
    /// `path:line` of a citation.
    pub fn place(&self, citation: &super::Citation) -> String {
        let path = self.sources.get(citation.source.0 as usize).map_or("?", |s| s.info.path.as_str());
        format!("{path}:{}", citation.span.line)
    }
}
