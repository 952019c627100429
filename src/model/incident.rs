//! The whole: what `incident.json` holds.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Citation, Claim, Diagnostic, Edition, Findings, Measure, Rates, ServiceCatalog, ServiceNames, Source, SourceId,
    Timeline, TimelineEntry,
};

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

    /// Calls services in events and claims by their declared names.
    fn rename(&mut self, declared: &ServiceCatalog) {
        let names = ServiceNames::collect(declared, []);
        let events = self.timeline.entries.iter_mut().flat_map(|e| &mut e.services);
        for name in events.chain(self.claims.iter_mut().flat_map(|c| &mut c.subjects)) {
            *name = names.of(name).to_string();
        }
        for claim in self.claims.iter_mut().filter(|c| c.measure == Measure::Dependency) {
            claim.object = claim.object.take().map(|name| names.of(&name).to_string());
        }
    }

    /// This incident with the sources, events and claims of write-ups behind its own, and the ids that the
    /// sources of the write-ups got. What was measured and concluded stays; a severity track is taken over
    /// where there is none. What was declared of its services holds for the stories too: they speak of each by the
    /// name that was declared, whatever they call it.
    pub fn with_stories(mut self, mut stories: Incident) -> (Incident, BTreeSet<SourceId>) {
        stories.rename(&self.edition.services);
        let shift = self.sources.len() as u32;
        let moved = |c: &mut Citation| c.source.0 += shift;
        let entry = |mut e: TimelineEntry| {
            e.evidence.iter_mut().for_each(moved);
            e
        };
        let ids = (shift..shift + stories.sources.len() as u32).map(SourceId).collect();
        self.sources.extend(stories.sources);
        self.timeline.entries.extend(stories.timeline.entries.into_iter().map(entry));
        self.timeline.entries.sort_by_key(|e| (e.at.utc_ns, e.evidence.first().map(|c| (c.source, c.span))));
        if self.timeline.severity.steps.is_empty() {
            let mut track = stories.timeline.severity;
            for step in &mut track.steps {
                step.evidence.iter_mut().for_each(moved);
                step.conflicts.iter_mut().for_each(|(_, c)| moved(c));
            }
            self.timeline.severity = track;
        }
        self.timeline.story_ns = self.timeline.story_ns.or(stories.timeline.story_ns);
        self.claims.extend(stories.claims.into_iter().map(|c| Claim { source: SourceId(c.source.0 + shift), ..c }));
        self.diagnostics.extend(stories.diagnostics);
        (self, ids)
    }
}
