//! The order in which services began to hurt, as far as it is certain.

use super::context::{Context, Hurt};
use crate::model::{Cascade, CascadeStep, TimeInterval};

/// Hurt services by onset. A rank begins only where everything before it had surely begun
/// (`A.to < B.from`, clocks included): services of one rank cannot be put in order.
pub(super) fn of(context: &Context<'_>) -> Cascade {
    let mut steps: Vec<CascadeStep> = context.hurt.iter().filter_map(|h| step(context, h)).collect();
    // Ties read best with the callee first.
    let depth = |service: &str| context.graph.reach(service, None).len();
    steps.sort_by(|a, b| {
        (a.onset.best_s, a.onset.from_s, depth(&a.service))
            .cmp(&(b.onset.best_s, b.onset.from_s, depth(&b.service)))
            .then_with(|| a.service.cmp(&b.service))
    });
    let earliest_after: Vec<i64> = {
        let mut least = i64::MAX;
        let mut out: Vec<i64> = steps
            .iter()
            .rev()
            .map(|s| {
                least = least.min(s.onset.from_s);
                least
            })
            .collect();
        out.reverse();
        out
    };
    let (mut rank, mut latest) = (0, i64::MIN);
    for (step, earliest) in steps.iter_mut().zip(earliest_after) {
        if latest == i64::MIN || latest < earliest {
            rank += 1;
        }
        latest = latest.max(step.onset.to_s);
        step.rank = rank;
    }
    Cascade { steps, edges: context.graph.edges.clone() }
}

fn step(context: &Context<'_>, hurt: &Hurt<'_>) -> Option<CascadeStep> {
    let lead = hurt.lead()?;
    let first = hurt.windows.iter().filter(|w| w.signal == lead.signal).min_by_key(|w| w.onset.best_s)?;
    let skew = first.evidence.first().map_or(0, |c| context.skew_s(c.source));
    let onset =
        TimeInterval { best_s: first.onset.best_s, from_s: first.onset.from_s - skew, to_s: first.onset.to_s + skew };
    Some(CascadeStep {
        service: hurt.name().to_string(),
        onset,
        recovery: hurt.recovery(),
        rank: 0,
        peak: hurt.peak(),
        evidence: first.evidence.clone(),
    })
}
