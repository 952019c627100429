//! Which service of one incident is which of the other: by name, by a declared alias, or by its role.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{FindingKind, Incident, ServiceInfo};

use super::folded;

/// Folded name in the second incident → folded name in the first, and how they were matched.
pub(super) type Pairs = BTreeMap<String, (String, &'static str)>;

/// Names of the services of an incident.
fn names(incident: &Incident) -> BTreeSet<String> {
    incident.rates.services.iter().map(|s| folded(&s.service)).collect()
}

/// Pairs of services that have different names. Only what is without doubt is paired: one candidate on each side.
pub(super) fn pairs(a: &Incident, b: &Incident) -> Pairs {
    let (in_a, in_b) = (names(a), names(b));
    let (left, right) = (in_a.difference(&in_b), in_b.difference(&in_a));
    let (mut left, mut right): (BTreeSet<String>, BTreeSet<String>) =
        (left.cloned().collect(), right.cloned().collect());
    let mut out = Pairs::new();
    let (spelled_a, spelled_b) = (spellings(a), spellings(b));
    let alike = |x: &String, y: &String| {
        let (of_x, of_y) = (spelled_a.get(x), spelled_b.get(y));
        of_x.is_some_and(|s| s.contains(y))
            || of_y.is_some_and(|s| s.contains(x))
            || of_x.zip(of_y).is_some_and(|(p, q)| !p.is_disjoint(q))
    };
    for x in left.clone() {
        let found: Vec<String> = right.iter().filter(|y| alike(&x, y)).cloned().collect();
        if let [y] = found.as_slice()
            && left.iter().filter(|other| alike(other, y)).count() == 1
        {
            out.insert(y.clone(), (x.clone(), "alias"));
            left.remove(&x);
            right.remove(y);
        }
    }
    for (role, of) in ROLES {
        let (x, y) = (of(a).map(|s| folded(&s)), of(b).map(|s| folded(&s)));
        if let (Some(x), Some(y)) = (x, y)
            && left.remove(&x)
        {
            if right.remove(&y) {
                out.insert(y, (x, role));
            } else {
                left.insert(x);
            }
        }
    }
    out
}

/// Aliases that were declared, by folded canonical name.
fn spellings(incident: &Incident) -> BTreeMap<String, BTreeSet<String>> {
    let all = |info: &ServiceInfo| info.aliases.iter().map(|alias| folded(alias)).collect();
    incident.edition.services.services.iter().map(|(name, info)| (folded(name), all(info))).collect()
}

/// Finds the one service of an incident that has a role.
type RoleOf = fn(&Incident) -> Option<String>;

/// Roles that at most one service of an incident has.
const ROLES: [(&str, RoleOf); 2] = [
    ("single point of failure", |incident| {
        let mut found = incident.findings.of_kind(FindingKind::SinglePointOfFailure);
        let first = found.next()?;
        first.services.first().filter(|_| found.next().is_none()).cloned()
    }),
    ("first to fail", |incident| {
        let steps = &incident.findings.cascade.steps;
        let least = steps.iter().map(|s| s.rank).min()?;
        let mut first = steps.iter().filter(|s| s.rank == least);
        let service = first.next()?.service.clone();
        first.next().is_none().then_some(service)
    }),
];
