//! What there is to say about a bundle: gathered for `recount init`, from one reading of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Request, align, explain, recount};
use crate::error::Result;
use crate::format::detect::Explanation;
use crate::ingest::Progress;
use crate::model::{ClockKind, Edition, Incident, TimeBasis, TimelineEntry};

/// A format that loses by at most so many points loses narrowly.
const NARROW: u8 = 15;
/// Below this score a format does not come into question.
const POSSIBLE: u8 = 40;

/// A service as the evidence writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundService {
    /// Other spellings of the canonical name.
    pub spellings: BTreeSet<String>,
    /// Services that it was seen to call, or is said to need.
    pub needs: BTreeSet<String>,
}

/// A file whose zone nobody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundZone {
    /// Path inside the bundle.
    pub path: String,
    /// The zone taken.
    pub zone: String,
    /// Whether anything speaks for it.
    pub inferred: bool,
    /// What decided, in words.
    pub because: String,
}

/// A file that another format nearly read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFormat {
    /// Path inside the bundle.
    pub path: String,
    /// What reads it; `None` when nothing does.
    pub chosen: Option<(String, u8)>,
    /// What nearly does.
    pub other: (String, u8),
}

/// Everything found that a person may want to correct.
#[derive(Clone, Debug)]
pub struct Found {
    /// The bundle's name, or its title.
    pub title: String,
    /// Services by canonical name.
    pub services: BTreeMap<String, FoundService>,
    /// Files whose zone was inferred or assumed.
    pub zones: Vec<FoundZone>,
    /// Files that lost a format narrowly.
    pub formats: Vec<FoundFormat>,
    /// Entries of the timeline, in time order.
    pub entries: Vec<TimelineEntry>,
    /// People who act under a name that tells no role, in order of appearance.
    pub people: Vec<String>,
    /// What people said already.
    pub edition: Edition,
}

/// The format of last resort: that it could read a file says nothing.
const LAST_RESORT: &str = "stamped_text";

/// Gathers it.
///
/// # Errors
/// Those of [`align`].
pub fn found(request: &Request, progress: &dyn Progress) -> Result<Found> {
    let aligned = align(request, progress)?;
    let mut services: BTreeMap<String, FoundService> = BTreeMap::new();
    let evidence = &aligned.evidence;
    let tracks = evidence.tracks.iter().map(|t| t.key.service.as_str());
    let events = evidence.events.iter().flat_map(|e| e.services.iter().map(String::as_str));
    for raw in tracks.chain(events).filter(|raw| !raw.is_empty()) {
        let canonical = evidence.names.of(raw).to_string();
        let service = services.entry(canonical.clone()).or_default();
        if raw != canonical {
            service.spellings.insert(raw.to_string());
        }
    }
    for (from, to, ..) in &evidence.calls {
        let [from, to] = [from, to].map(|raw| evidence.names.of(raw).to_string());
        if from != to {
            services.entry(from).or_default().needs.insert(to);
        }
    }
    let mut formats = Vec::new();
    explain(request, &mut |path, explained| {
        formats.extend(explained.ok().and_then(|explained| narrow(path, &explained)));
        Ok(())
    })?;
    drop(aligned);
    let incident = recount(request, &())?;
    for service in &incident.rates.services {
        services.entry(service.service.clone()).or_default();
    }
    Ok(Found {
        services,
        zones: zones(&incident),
        formats,
        entries: incident.timeline.everything().cloned().collect(),
        people: crate::redact::persons(&incident),
        title: incident.title,
        edition: incident.edition,
    })
}

/// The format that nearly read a file.
fn narrow(path: &str, explained: &Explanation) -> Option<FoundFormat> {
    let chosen = explained.candidates.iter().filter(|c| c.chosen).max_by_key(|c| c.score);
    let other = explained.candidates.iter().filter(|c| !c.chosen && c.score >= POSSIBLE);
    let other = other.filter(|c| c.name != LAST_RESORT || chosen.is_none()).max_by_key(|c| c.score)?;
    let near = chosen.is_none_or(|c| c.score.saturating_sub(other.score) <= NARROW);
    near.then(|| FoundFormat {
        path: path.to_string(),
        chosen: chosen.map(|c| (c.name.clone(), c.score)),
        other: (other.name.clone(), other.score),
    })
}

fn zones(incident: &Incident) -> Vec<FoundZone> {
    let mut out = Vec::new();
    for source in &incident.sources {
        let open = |c: &&crate::model::ClockDecision| {
            matches!(c.basis, TimeBasis::Inferred | TimeBasis::Assumed) && c.clock != ClockKind::Relative
        };
        let Some(clock) = source.clocks.iter().find(open) else { continue };
        let because = clock.witnesses.iter().find(|w| w.decisive).or(clock.witnesses.first());
        out.push(FoundZone {
            path: source.info.path.clone(),
            zone: clock.zone.clone(),
            inferred: clock.basis == TimeBasis::Inferred,
            because: because.map(|w| w.says.clone()).unwrap_or_default(),
        });
    }
    out
}
