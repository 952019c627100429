//! How many, as different texts count them, and shares that do not fit their counts.

use std::collections::BTreeMap;

use super::side::{self, Key, count, finding, side, sources};
use crate::model::{AuditFinding, AuditKind, Bound, Claim, Measure, SourceId, Verdict};

/// Counts given with "about" may be this far off, as a share of the larger.
const ABOUT: f64 = 0.1;

/// Counts of one thing that texts give differently. A text that counts one thing twice speaks of parts of it and is
/// not compared.
pub(super) fn differing(claims: &[Claim]) -> Vec<AuditFinding> {
    let mut groups: BTreeMap<Key, Vec<&Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|c| c.measure == Measure::Count && c.value.is_some()) {
        groups.entry(side::key(claim)).or_default().push(claim);
    }
    groups.into_values().filter_map(|group| compared(&group)).collect()
}

fn compared(group: &[&Claim]) -> Option<AuditFinding> {
    let mut by_source: BTreeMap<SourceId, Vec<&Claim>> = BTreeMap::new();
    for claim in group {
        by_source.entry(claim.source).or_default().push(claim);
    }
    by_source.retain(|_, claims| claims.iter().all(|c| claims.iter().all(|d| agree(c, d))));
    let told: Vec<&Claim> = by_source.values().filter_map(|claims| claims.first().copied()).collect();
    let first = told.first()?;
    let mut sides: Vec<Vec<&Claim>> = Vec::new();
    for claim in &told {
        match sides.iter_mut().find(|s| s.iter().all(|other| agree(other, claim))) {
            Some(side) => side.push(claim),
            None => sides.push(vec![claim]),
        }
    }
    if sides.len() < 2 {
        return None;
    }
    sides.sort_by_key(|s| std::cmp::Reverse(sources(s)));
    let listed: Vec<String> =
        sides.iter().filter_map(|s| Some(format!("{} ({})", s.first()?.object.clone()?, count(sources(s))))).collect();
    let what = first.operation.as_deref().unwrap_or("");
    let text = format!("{what}: {}; they cannot all be right", listed.join(", "));
    let sides = sides.iter().map(|s| side(s)).collect();
    Some(finding(Verdict::Contradiction, AuditKind::Figure, Vec::new(), text, sides))
}

/// Whether two counts may be one, each as exactly as it was written.
fn agree(a: &Claim, b: &Claim) -> bool {
    let (Some(x), Some(y)) = (a.value, b.value) else { return true };
    let within = |claim: &Claim, other: f64| match claim.bound {
        Bound::AtMost => other <= claim.value.unwrap_or(0.0),
        Bound::AtLeast => other >= claim.value.unwrap_or(0.0),
        _ => false,
    };
    let about = a.bound != Bound::Exactly || b.bound != Bound::Exactly;
    let slack = if about { ABOUT * x.max(y) } else { 0.5 * unit(a).max(unit(b)) };
    (x - y).abs() <= slack.max(1e-9) || within(a, y) || within(b, x)
}

/// The last place that was written, when it was rounded: 100 of 1,200; 1 of 214.
fn unit(claim: &Claim) -> f64 {
    let value = claim.value.unwrap_or(0.0);
    let places = [1e7, 1e6, 1e5, 1e4, 1e3, 100.0, 10.0];
    places.into_iter().find(|place| value >= *place && value % place == 0.0).unwrap_or(1.0)
}

/// Shares that are not what the counts beside them make.
pub(super) fn shares(claims: &[Claim]) -> Vec<AuditFinding> {
    let wrong = claims.iter().filter(|c| c.measure == Measure::Share && !c.affirmed);
    let told = |claim: &Claim| {
        let text = claim.object.clone().unwrap_or_default();
        finding(Verdict::Contradiction, AuditKind::Figure, Vec::new(), text, vec![side(&[claim])])
    };
    wrong.map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Exemplar, Span};

    fn told(source: u32, value: f64, written: &str, bound: Bound) -> Claim {
        let evidence = Exemplar::new(Span::default(), written);
        let mut claim: Claim = Claim::new(Measure::Count, Vec::new(), written, evidence);
        claim.source = SourceId(source);
        claim.operation = Some("cancelled flights".into());
        claim.value = Some(value);
        claim.bound = bound;
        claim.object = Some(written.into());
        claim
    }

    #[test]
    fn counts_that_differ_beyond_rounding_are_a_contradiction() {
        let exact = told(0, 1184.0, "1,184", Bound::Exactly);
        let found = |other: Claim| differing(&[exact.clone(), other]).len();
        assert_eq!(found(told(1, 1200.0, "1,200", Bound::Exactly)), 0, "rounded to the hundred");
        assert_eq!(found(told(1, 1100.0, "about 1,100", Bound::About)), 0);
        assert_eq!(found(told(1, 1000.0, "more than 1,000", Bound::AtLeast)), 0);
        assert_eq!(found(told(1, 1214.0, "1,214", Bound::Exactly)), 1);
        assert_eq!(found(told(1, 2000.0, "about 2,000", Bound::About)), 1);
        assert_eq!(found(told(0, 2000.0, "2,000", Bound::Exactly)), 0, "parts of one text");
    }
}
