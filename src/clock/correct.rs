//! Taking out what a clock is wrong by besides its zone.

use std::collections::BTreeMap;

use super::Options;
use super::skew;
use super::stretch::{SourceClock, Stretch};
use crate::model::{ClockKind, SourceEvidence, TimeBasis, Witness, WitnessKind};

/// Measures clocks against each other on shared ids and takes out what a majority proves wrong.
pub(super) fn correct(sources: &[SourceEvidence], clocks: &mut [SourceClock], options: &Options) {
    let ids: Vec<BTreeMap<u64, i64>> =
        sources.iter().zip(clocks.iter()).map(|(source, clock)| placed_ids(source, clock)).collect();
    for ((source, clock), measured) in sources.iter().zip(clocks).zip(skew::solve(&ids)) {
        let declared = options.declared.get(&source.info.path).and_then(|d| d.skew_ms);
        for stretch in &mut clock.stretches {
            if let Some(ms) = declared {
                stretch.skew_ms = ms;
                stretch.decision.skew_ms = ms;
                stretch.decision.witnesses.push(skew_witness(
                    WitnessKind::User,
                    format!("clock declared {ms} ms ahead"),
                    0,
                ));
            } else if let Some(skew) = &measured {
                apply(stretch, skew);
            }
        }
    }
}

fn skew_witness(kind: WitnessKind, says: String, votes: u64) -> Witness {
    Witness { kind, says, offset_s: None, votes, decisive: true }
}

fn apply(stretch: &mut Stretch, skew: &skew::Skew) {
    let decision = &mut stretch.decision;
    // Within what the differences scatter, nothing is wrong; a queue between two writers scatters too.
    if skew.ahead_ms.abs() <= skew::TOLERANCE_MS.max(2 * skew.spread_ms) {
        return;
    }
    let seconds = skew.ahead_ms as f64 / 1000.0;
    let says = format!(
        "{} shared ids: clock {:.1} s {} of the sources that agree, spread {:.1} s",
        skew.anchors,
        seconds.abs(),
        if seconds > 0.0 { "ahead" } else { "behind" },
        skew.spread_ms as f64 / 1000.0
    );
    if !skew.decided {
        decision.ambiguity = Some(format!("{says}, but no majority says which clock is right; nothing was corrected"));
        return;
    }
    decision.witnesses.push(skew_witness(WitnessKind::SharedIds, says, skew.anchors));
    decision.skew_ms += skew.ahead_ms;
    decision.skew_spread_ms = Some(skew.spread_ms);
    decision.anchors = skew.anchors;
    stretch.skew_ms += skew.ahead_ms;
    if decision.basis == TimeBasis::Explicit {
        decision.basis = TimeBasis::Inferred;
    }
}

/// Ids of a source on the UTC its zones give, ns.
fn placed_ids(source: &SourceEvidence, clock: &SourceClock) -> BTreeMap<u64, i64> {
    let mut ids: BTreeMap<u64, i64> = BTreeMap::new();
    for fold in source.folds.iter().filter(|f| f.clock != ClockKind::Relative) {
        let Some(stretch) = clock.find(fold.clock, fold.lines.0) else { continue };
        for (id, key) in &fold.anchors.seen {
            let at = stretch.utc_ns(*key);
            let first = ids.entry(*id).or_insert(at);
            *first = (*first).min(at);
        }
    }
    ids
}
