//! Figures for one subject, operation and measure, side by side.

use std::collections::BTreeMap;

use super::side::{self, Key, count, finding, length, names, percent, side, sources};
use crate::model::{AuditFinding, AuditKind, Bound, Claim, Measure, StatedFigure, StatedValue, Verdict};

/// Figures this close, in points, count as one figure at different precision.
const ROUNDING_POINTS: f64 = 1.0;

/// Figures given with "about" may be this far off, in points.
const ABOUT_POINTS: f64 = 2.5;

/// Claims with figures, by key.
fn grouped(claims: &[Claim]) -> BTreeMap<Key, Vec<&Claim>> {
    let mut groups: BTreeMap<Key, Vec<&Claim>> = BTreeMap::new();
    for claim in claims.iter().filter(|c| side::is_figure(c.measure) && c.value.is_some()) {
        groups.entry(side::key(claim)).or_default().push(claim);
    }
    groups
}

/// What the claims state, per subject group, operation and measure, in that order.
pub fn stated_figures(claims: &[Claim]) -> Vec<StatedFigure> {
    let stated = |(key, group): (Key, Vec<&Claim>)| {
        let first = group.first()?;
        let values = group.iter().filter_map(|c| stated_value(c)).collect();
        Some(StatedFigure {
            subjects: first.subjects.clone(),
            operation: first.operation.clone(),
            measure: key.measure,
            values,
            sources: sources(&group),
        })
    };
    grouped(claims).into_iter().filter_map(stated).collect()
}

fn stated_value(claim: &Claim) -> Option<StatedValue> {
    let (value, bound) = side::error_value(claim)?;
    Some(StatedValue {
        value,
        decimals: claim.decimals,
        bound,
        says: side::says(claim),
        quote: claim.quote.clone(),
        citation: side::cite(claim),
    })
}

/// How two figures of one key stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    /// The same, or one within the other's bound.
    Same,
    /// The same at the coarser written precision, or within one point.
    Rounded,
    /// Neither.
    Apart,
}

/// Compares two claims of one key.
pub(super) fn agreement(a: &Claim, b: &Claim) -> Agreement {
    let (Some((va, ba)), Some((vb, bb))) = (side::error_value(a), side::error_value(b)) else {
        return Agreement::Same;
    };
    let lengths = a.measure == Measure::Duration;
    let unit = if lengths { 60.0 } else { 0.01 };
    let apart = (va - vb).abs() / unit;
    let slack = if lengths { (va.max(vb) / unit) * 0.05 } else { ABOUT_POINTS };
    if apart < 1e-9 {
        let loose = |bound| matches!(bound, Bound::Exactly | Bound::About);
        return if ba == bb || loose(ba) && loose(bb) { Agreement::Same } else { Agreement::Rounded };
    }
    let within = |bound: Bound, limit: f64, other: f64| match bound {
        Bound::AtMost => other <= limit,
        Bound::AtLeast => other >= limit,
        _ => false,
    };
    if within(ba, va, vb) || within(bb, vb, va) {
        return if lengths && apart > 2.0 * slack { Agreement::Apart } else { Agreement::Same };
    }
    let about = ba != Bound::Exactly || bb != Bound::Exactly;
    let digits = a.decimals.min(b.decimals);
    let coarse = |v: f64| (v / unit * 10f64.powi(i32::from(digits))).round();
    let rounded = !lengths && (coarse(va) == coarse(vb) || apart <= ROUNDING_POINTS);
    if rounded || (about && apart <= slack) { Agreement::Rounded } else { Agreement::Apart }
}

/// Groups whose figures are not all equal.
pub(super) fn unequal(claims: &[Claim]) -> Vec<AuditFinding> {
    grouped(claims).into_values().filter_map(|group| compare(&group)).collect()
}

fn compare(group: &[&Claim]) -> Option<AuditFinding> {
    let first = group.first()?;
    let sides = distinct(group);
    let mut worst = Agreement::Same;
    for (i, a) in sides.iter().enumerate() {
        for b in sides.iter().skip(i + 1) {
            if let (Some(a), Some(b)) = (a.first(), b.first())
                // Two figures of one sentence are two states of one thing.
                && !(a.source == b.source && a.quote == b.quote)
            {
                worst = worst.max(agreement(a, b));
            }
        }
    }
    let verdict = match worst {
        Agreement::Same => return None,
        Agreement::Rounded => Verdict::Rounding,
        Agreement::Apart => Verdict::Contradiction,
    };
    let listed: Vec<String> =
        sides.iter().filter_map(|s| s.first().map(|c| format!("{} ({})", side::says(c), count(sources(s))))).collect();
    let end = match verdict {
        Verdict::Rounding => "one figure at different precision",
        _ => "they cannot all be right",
    };
    let text = format!("{}: {}; {} apart, {end}", names(first), listed.join(", "), spread(group));
    let sides = sides.iter().map(|s| side(s)).collect();
    Some(finding(verdict, AuditKind::Figure, first.subjects.clone(), text, sides))
}

/// Claims of a group by what they say, most sources first, then in order of value.
fn distinct<'c>(group: &[&'c Claim]) -> Vec<Vec<&'c Claim>> {
    let mut sides: Vec<Vec<&Claim>> = Vec::new();
    for claim in group {
        let same = |s: &Vec<&Claim>| {
            s.first().is_some_and(|c| {
                (c.measure, c.value, c.bound, c.decimals) == (claim.measure, claim.value, claim.bound, claim.decimals)
            })
        };
        match sides.iter_mut().find(|s| same(s)) {
            Some(side) => side.push(claim),
            None => sides.push(vec![claim]),
        }
    }
    let value = |s: &Vec<&Claim>| s.first().and_then(|c| c.value).unwrap_or(0.0);
    sides.sort_by(|a, b| sources(b).cmp(&sources(a)).then(value(a).total_cmp(&value(b))));
    sides
}

/// Distance between the least and the greatest figure, in words.
fn spread(group: &[&Claim]) -> String {
    let values = || group.iter().filter_map(|c| side::error_value(c)).map(|v| v.0);
    let width = values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min);
    let digits = group.iter().map(|c| c.decimals).max().unwrap_or(0);
    if group.iter().any(|c| c.measure == Measure::Duration) {
        length(width)
    } else {
        percent(width, digits).replace(" %", " points")
    }
}

/// Extreme figures that one source alone gives, where several sources speak.
pub(super) fn extremes(claims: &[Claim]) -> Vec<AuditFinding> {
    let all: Vec<&Claim> = claims.iter().collect();
    let telling = sources(&all);
    if telling < 2 {
        return Vec::new();
    }
    let hurts = |c: &&&Claim| {
        matches!(
            c.measure,
            Measure::ErrorRatio
                | Measure::SuccessRatio
                | Measure::Unavailable
                | Measure::Degraded
                | Measure::Unaffected
        )
    };
    let alone = |group: &[&Claim]| {
        let Some(first) = group.first() else { return false };
        let extreme = match (first.measure, side::error_value(first)) {
            (Measure::TrafficChange, Some((v, _))) => v.abs() >= 0.5 && first.operation.is_none(),
            (Measure::ErrorRatio | Measure::SuccessRatio, Some((v, b))) => v >= 0.9 && b != Bound::AtMost,
            _ => false,
        };
        let others = all.iter().filter(hurts).filter(|c| c.source != first.source).any(|c| {
            let unnamed = c.subjects.is_empty() && first.subjects.is_empty();
            let same = side::error_value(c).zip(side::error_value(first)).is_some_and(|(a, b)| a.0 == b.0);
            (unnamed && same) || first.subjects.iter().any(|s| side::speaks_of(c, s))
        });
        extreme && sources(group) == 1 && !others
    };
    grouped(claims)
        .into_values()
        .filter(|group| alone(group))
        .filter_map(|group| {
            let first = group.first()?;
            let text = format!(
                "{}: {} is said by one of {telling} sources; no other source speaks of it",
                names(first),
                side::says(first)
            );
            Some(finding(Verdict::Unsupported, AuditKind::Figure, first.subjects.clone(), text, vec![side(&group)]))
        })
        .collect()
}
