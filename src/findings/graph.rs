//! Who depends on whom, and how that is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Citation, Edge, EdgeBasis, Evidence, Measure};

/// Dependencies by canonical name.
#[derive(Default)]
pub(super) struct Graph {
    /// Sorted by (from, to, basis).
    pub(super) edges: Vec<Edge>,
    needs: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Declared, observed and stated edges of the evidence.
    pub(super) fn new(evidence: &Evidence) -> Self {
        let mut edges: BTreeMap<(String, String, EdgeBasis), (u64, Vec<Citation>)> = BTreeMap::new();
        let mut add = |from: &str, to: &str, basis: EdgeBasis, calls: u64, citation: Option<Citation>| {
            let (from, to) = (evidence.names.of(from), evidence.names.of(to));
            if from.is_empty() || to.is_empty() || from == to {
                return;
            }
            let edge = edges.entry((from.to_string(), to.to_string(), basis)).or_default();
            edge.0 += calls;
            edge.1.extend(citation);
        };
        for (service, info) in &evidence.names.catalog().services {
            info.depends_on.iter().for_each(|to| add(service, to, EdgeBasis::Declared, 0, None));
        }
        for (caller, callee, calls, citation) in &evidence.calls {
            add(caller, callee, EdgeBasis::Observed, *calls, Some(citation.clone()));
        }
        for claim in evidence.claims.iter().filter(|c| c.measure == Measure::Dependency && c.affirmed) {
            for (subject, object) in claim.subjects.iter().zip(std::iter::repeat(&claim.object)) {
                if let Some(object) = object {
                    add(subject, object, EdgeBasis::Stated, 0, Some(claim.evidence.cite(claim.source)));
                }
            }
        }
        let edges: Vec<Edge> = edges
            .into_iter()
            .map(|((from, to, basis), (calls, evidence))| Edge { from, to, basis, calls, evidence })
            .collect();
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for edge in &edges {
            needs.entry(edge.from.clone()).or_default().insert(edge.to.clone());
        }
        Graph { edges, needs }
    }

    /// Whether any dependency is known.
    pub(super) fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// What `service` needs directly.
    pub(super) fn needs(&self, service: &str) -> impl Iterator<Item = &str> {
        self.needs.get(service).into_iter().flatten().map(String::as_str)
    }

    /// Everything `service` needs, directly or not, without itself; never through `without`.
    pub(super) fn reach<'a>(&'a self, service: &'a str, without: Option<&str>) -> BTreeSet<&'a str> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![service];
        while let Some(at) = open.pop() {
            for next in self.needs(at) {
                if Some(next) != without && next != service && seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen
    }

    /// All names that occur in any edge.
    pub(super) fn nodes(&self) -> BTreeSet<&str> {
        self.edges.iter().flat_map(|e| [e.from.as_str(), e.to.as_str()]).collect()
    }

    /// Lines that show dependencies on `to`.
    pub(super) fn evidence_of(&self, to: &str) -> Vec<Citation> {
        let edges = self.edges.iter().filter(|e| e.to == to);
        edges.flat_map(|e| e.evidence.iter().take(2).cloned()).collect()
    }
}
