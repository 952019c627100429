//! The order in which services began to hurt, as far as it is certain.

use super::context::{Context, Hurt};
use crate::model::{Cascade, CascadeStep, TimeInterval};

/// Hurt services in layers: a service is one layer below the deepest that had surely begun before
/// it (`A.to < B.from`, clocks included), so services of one rank cannot be put in order, and one
/// onset that is known only roughly does not blur the order of the others.
pub(super) fn of(context: &Context<'_>) -> Cascade {
    let mut steps: Vec<CascadeStep> = context.hurt.iter().filter_map(|h| step(context, h)).collect();
    // Whoever surely began before another has the smaller end, so ranks are known in this order.
    steps.sort_by(|a, b| (a.onset.to_s, &a.service).cmp(&(b.onset.to_s, &b.service)));
    let ends: Vec<i64> = steps.iter().map(|s| s.onset.to_s).collect();
    let mut deepest: Vec<u32> = Vec::new();
    for (at, this) in steps.iter_mut().enumerate() {
        let sure = ends.partition_point(|to| *to < this.onset.from_s).min(at);
        this.rank = 1 + sure.checked_sub(1).and_then(|last| deepest.get(last)).copied().unwrap_or(0);
        deepest.push(deepest.last().copied().unwrap_or(0).max(this.rank));
    }
    // What cannot be put in order stands by where it most likely began: an interval reaches further back than
    // forward. Ties read best with the callee first.
    let depth = |service: &str| context.graph.reach(service, None).len();
    let place = |s: &CascadeStep| (s.rank, s.onset.best_s, depth(&s.service));
    steps.sort_by(|a, b| (place(a), &a.service).cmp(&(place(b), &b.service)));
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
