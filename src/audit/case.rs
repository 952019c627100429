//! What is checked: stories, the data beside them, and what is told of other incidents.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    AuditFinding, AuditKind, AuditSource, Citation, Claim, Incident, PROSE_FORMATS, Role, SourceId, TimelineEntry,
    Verdict,
};

/// Stories with everything they are checked against; all ids are those of `incident.sources`.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// What the stories assert.
    pub claims: Vec<Claim>,
    /// The data, with the events of the stories in its timeline.
    pub incident: &'a Incident,
    /// The stories.
    pub writeups: BTreeSet<SourceId>,
    /// What is told of other incidents: claims of them, by source.
    pub others: Vec<Claim>,
    /// Every source of prose: none of them measures anything.
    pub(super) prose: BTreeSet<SourceId>,
}

/// Claims of one source under one heading that are compared with others: a text that gives more figures for
/// one thing is no story.
const PER_HEADING: usize = 40;

/// Claims that are compared with each other in one audit; bounds work that grows with their square.
const COMPARED: usize = 1500;

/// The claims that are compared, in order, and how many are not.
pub(super) fn compared(claims: &[Claim]) -> (Vec<Claim>, usize) {
    let mut counts: BTreeMap<(SourceId, super::side::Key), usize> = BTreeMap::new();
    let mut kept: Vec<Claim> = Vec::new();
    for claim in claims {
        let count = counts.entry((claim.source, super::side::key(claim))).or_default();
        *count += 1;
        if *count <= PER_HEADING && kept.len() < COMPARED {
            kept.push(claim.clone());
        }
    }
    let left = claims.len() - kept.len();
    (kept, left)
}

/// Claims in which what one text calls "Initech Mail" and another "Mail" has one name, the shorter: where the
/// words of a claim on "Mail" themselves say "Initech Mail", and "Mail" nowhere else.
fn one_name_each(mut claims: Vec<Claim>, incident: &Incident) -> Vec<Claim> {
    apart_from_operations(&mut claims, incident);
    let names: BTreeSet<&String> = claims.iter().flat_map(|c| &c.subjects).collect();
    let mut short: BTreeMap<String, String> = BTreeMap::new();
    for long in names.iter().filter(|name| name.contains(' ')) {
        let Some((_, rest)) = long.split_once(' ') else { continue };
        let means = |claim: &&Claim| {
            claim.subjects.iter().any(|s| s == rest)
                && holds(&claim.quote, long)
                && !holds(&claim.quote.replace(long.as_str(), ""), rest)
        };
        if names.contains(&rest.to_string()) && claims.iter().find(means).is_some() {
            short.insert(long.to_string(), rest.to_string());
        }
    }
    for name in claims.iter_mut().flat_map(|c| &mut c.subjects) {
        if let Some(known) = short.get(name) {
            name.clone_from(known);
        }
    }
    claims
}

/// "images uploads" are the uploads of Images where something of that name is measured or spoken of.
fn apart_from_operations(claims: &mut [Claim], incident: &Incident) {
    let spoken = claims.iter().flat_map(|c| &c.subjects).filter(|name| !name.contains(' '));
    let measured = incident.rates.services.iter().map(|s| &s.service);
    let names: BTreeMap<String, String> = spoken.chain(measured).map(|n| (n.to_lowercase(), n.clone())).collect();
    for claim in claims.iter_mut().filter(|c| c.operation.is_none()) {
        let [subject] = claim.subjects.as_slice() else { continue };
        let Some((first, rest)) = subject.split_once(' ').filter(|_| !names.contains_key(&subject.to_lowercase()))
        else {
            continue;
        };
        if let Some(name) = names.get(first).filter(|_| *subject == subject.to_lowercase()) {
            claim.operation = Some(rest.to_string());
            claim.subjects = vec![name.clone()];
        }
    }
}

/// Whether `text` holds `name` as words of its own.
fn holds(text: &str, name: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + name.len()..).unwrap_or(""));
        !inside(before.chars().next_back()) && !inside(after.chars().next())
    })
}

/// Sources that prose was read from.
fn prose(incident: &Incident) -> BTreeSet<SourceId> {
    let told = incident.sources.iter().enumerate().filter(|(_, source)| {
        source.formats.first().is_some_and(|format| PROSE_FORMATS.contains(&format.name.as_str()))
    });
    told.map(|(i, _)| SourceId(i as u32)).collect()
}

impl<'a> Case<'a> {
    /// The write-ups of one bundle against its data.
    pub fn of(claims: &[Claim], incident: &'a Incident) -> Case<'a> {
        let prose = prose(incident);
        let mut writeups = prose.clone();
        writeups.extend(claims.iter().map(|c| c.source));
        Case { claims: one_name_each(claims.to_vec(), incident), incident, writeups, others: Vec::new(), prose }
    }

    /// Stories in the first sources, told of other incidents in `others`, evidence in the rest.
    pub fn new(incident: &'a Incident, writeups: BTreeSet<SourceId>, others: &BTreeSet<SourceId>) -> Case<'a> {
        let of = |set: &BTreeSet<SourceId>| {
            incident.claims.iter().filter(|c| set.contains(&c.source)).cloned().collect::<Vec<_>>()
        };
        let claims = one_name_each(of(&writeups), incident);
        Case { claims, others: of(others), incident, writeups, prose: prose(incident) }
    }

    /// Events that a story dates.
    pub(super) fn told(&self) -> impl Iterator<Item = &'a TimelineEntry> + use<'a, '_> {
        self.incident.timeline.entries.iter().filter(|e| e.evidence.iter().any(|c| self.writeups.contains(&c.source)))
    }

    /// What to say when not all claims were compared.
    pub(super) fn left_out(&self, left: usize) -> Option<AuditFinding> {
        let first = self.claims.first().filter(|_| left > 0)?;
        let text = format!("{left} claims were read and not compared with the others: a story does not hold so many");
        let sides = vec![super::side::side(&[first])];
        Some(super::side::finding(Verdict::Unclear, AuditKind::Quarantine, Vec::new(), text, sides))
    }

    /// Lines that are no prose.
    pub(super) fn measured(&self, evidence: &[Citation]) -> Vec<Citation> {
        let told = |c: &Citation| self.writeups.contains(&c.source) || self.prose.contains(&c.source);
        evidence.iter().filter(|c| !told(c)).cloned().collect()
    }

    /// Whether anything but stories is there to check them against.
    pub(super) fn has_data(&self) -> bool {
        !self.incident.rates.services.is_empty()
            || self.incident.timeline.entries.iter().any(|e| !self.measured(&e.evidence).is_empty())
    }

    /// Every source with its part.
    pub(super) fn sources(&self) -> Vec<AuditSource> {
        let others: BTreeSet<SourceId> = self.others.iter().map(|c| c.source).collect();
        let role = |id: SourceId| match () {
            () if self.writeups.contains(&id) => Role::WriteUp,
            () if others.contains(&id) => Role::Other,
            () => Role::Evidence,
        };
        let source = |(i, source): (usize, &crate::model::Source)| {
            let id = SourceId(i as u32);
            AuditSource { id, path: source.info.path.clone(), role: role(id) }
        };
        self.incident.sources.iter().enumerate().map(source).collect()
    }
}
