//! Clocks that are wrong besides their zone: measured on ids that several sources share.
//!
//! Differences of every pair give relative clocks along the best-supported pairs; the clock most
//! sources agree on is taken as right, and only the others are corrected. Two sources that differ
//! with nobody to decide between them are left as they are, and that is said.

use std::collections::BTreeMap;

/// Shared ids a pair must have.
const MIN_SHARED: usize = 5;
/// Differences up to this are call delay and rounding, not a wrong clock, ms.
pub const TOLERANCE_MS: i64 = 2_000;

/// Differences that scatter by more than this, and by more than a tenth of themselves, are no clock's, ms.
const SCATTER_MS: i64 = 60_000;

/// The least spread of differences between stamps of whole seconds, and between finer ones: what a call
/// takes stands in them, too, ms.
const WHOLE_SECOND_MS: i64 = 1_000;
const CALL_MS: i64 = 100;

/// What shared ids say of one source's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Milliseconds the clock runs ahead of the clock most sources agree on.
    pub ahead_ms: i64,
    /// Half width of the middle half of the differences, never less than the stamps and a call allow, ms.
    pub spread_ms: i64,
    /// Ids it was measured on.
    pub anchors: u64,
    /// Whether a majority says which clock is right.
    pub decided: bool,
}

/// One pair's difference: `a` minus `b`.
struct Pair {
    a: usize,
    b: usize,
    difference_ms: i64,
    spread_ms: i64,
    shared: usize,
}

/// Relative clocks of `sources` (id hash → UTC ns each). `None` for a source that shares too little.
pub fn solve(sources: &[BTreeMap<u64, i64>]) -> Vec<Option<Skew>> {
    let mut pairs = Vec::new();
    for a in 0..sources.len() {
        for b in a + 1..sources.len() {
            pairs.extend(compare(a, b, &sources[a], &sources[b]));
        }
    }
    // Best supported first; ties by place, so that the tree does not depend on anything else.
    pairs.sort_by_key(|p| (std::cmp::Reverse(p.shared), p.a, p.b));
    let placed = place(sources.len(), &pairs);
    let mut out = vec![None; sources.len()];
    for component in components(&placed) {
        settle(&component, &placed, &mut out);
    }
    out
}

fn compare(a: usize, b: usize, left: &BTreeMap<u64, i64>, right: &BTreeMap<u64, i64>) -> Option<Pair> {
    let mut differences: Vec<i64> =
        left.iter().filter_map(|(id, at)| right.get(id).map(|other| (at - other).div_euclid(1_000_000))).collect();
    if differences.len() < MIN_SHARED {
        return None;
    }
    differences.sort_unstable();
    let at = |q: usize| differences[(differences.len() - 1) * q / 4];
    let whole = |side: &BTreeMap<u64, i64>| side.values().all(|at| at % 1_000_000_000 == 0);
    let least = if whole(left) || whole(right) { WHOLE_SECOND_MS } else { CALL_MS };
    let spread_ms = ((at(3) - at(1)) / 2).max(least);
    // Ids of customers or jobs come back hours later: what scatters like this measures no clock.
    (spread_ms <= SCATTER_MS.max(at(2).abs() / 10)).then(|| Pair {
        a,
        b,
        difference_ms: at(2),
        spread_ms,
        shared: differences.len(),
    })
}

/// Position of one source on its component's relative clock.
#[derive(Clone, Copy)]
struct Placed {
    component: usize,
    relative_ms: i64,
    spread_ms: i64,
    anchors: u64,
}

/// Joins sources along the best pairs; each gets its clock relative to its component's first.
fn place(count: usize, pairs: &[Pair]) -> Vec<Option<Placed>> {
    let mut placed: Vec<Option<Placed>> = vec![None; count];
    for pair in pairs {
        let (shared, spread_ms) = (pair.shared as u64, pair.spread_ms);
        let fresh = |component, relative_ms| Placed { component, relative_ms, spread_ms, anchors: shared };
        match (placed[pair.a], placed[pair.b]) {
            (None, None) => {
                placed[pair.a] = Some(fresh(pair.a, pair.difference_ms));
                placed[pair.b] = Some(fresh(pair.a, 0));
            }
            (Some(a), None) => placed[pair.b] = Some(fresh(a.component, a.relative_ms - pair.difference_ms)),
            (None, Some(b)) => placed[pair.a] = Some(fresh(b.component, b.relative_ms + pair.difference_ms)),
            (Some(a), Some(b)) if a.component != b.component => {
                let shift = b.relative_ms + pair.difference_ms - a.relative_ms;
                for other in placed.iter_mut().flatten().filter(|p| p.component == a.component) {
                    other.component = b.component;
                    other.relative_ms += shift;
                }
            }
            _ => {}
        }
    }
    placed
}

fn components(placed: &[Option<Placed>]) -> Vec<Vec<usize>> {
    let mut by_component: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, place) in placed.iter().enumerate() {
        if let Some(place) = place {
            by_component.entry(place.component).or_default().push(at);
        }
    }
    by_component.into_values().collect()
}

/// Finds the clock most members agree on and measures every member against it.
fn settle(members: &[usize], placed: &[Option<Placed>], out: &mut [Option<Skew>]) {
    let relative = |at: &usize| placed[*at].map_or(0, |p| p.relative_ms);
    let agreeing = |with: i64| members.iter().filter(|m| (relative(m) - with).abs() <= TOLERANCE_MS).count();
    let Some(best) =
        members.iter().map(|m| (agreeing(relative(m)), relative(m))).max_by_key(|(n, r)| (*n, -r.abs(), -r))
    else {
        return;
    };
    let mut agreed: Vec<i64> = members.iter().map(relative).filter(|r| (r - best.1).abs() <= TOLERANCE_MS).collect();
    agreed.sort_unstable();
    let right = agreed[agreed.len() / 2];
    let decided = best.0 * 2 > members.len();
    for member in members {
        if let Some(place) = placed[*member] {
            out[*member] = Some(Skew {
                ahead_ms: place.relative_ms - right,
                spread_ms: place.spread_ms,
                anchors: place.anchors,
                decided,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(ids: std::ops::Range<u64>, ahead_s: i64) -> BTreeMap<u64, i64> {
        ids.map(|id| (id, (id as i64 * 10 + ahead_s) * 1_000_000_000)).collect()
    }

    #[test]
    fn the_one_source_that_is_off_is_found_against_the_majority() {
        let skews = solve(&[clock(0..50, 0), clock(10..60, 451), clock(20..70, 0), clock(500..520, 0)]);
        let ahead: Vec<Option<i64>> = skews.iter().map(|s| s.as_ref().map(|s| s.ahead_ms)).collect();
        assert_eq!(ahead, [Some(0), Some(451_000), Some(0), None]);
        assert!(skews[1].as_ref().is_some_and(|s| s.decided && s.anchors >= 40));
    }

    #[test]
    fn two_sources_that_differ_are_not_judged() {
        let skews = solve(&[clock(0..50, 0), clock(0..50, 60)]);
        assert!(skews.iter().flatten().all(|s| !s.decided));
    }

    #[test]
    fn four_shared_ids_are_too_few() {
        assert_eq!(solve(&[clock(0..4, 0), clock(0..4, 60)]), [None, None]);
    }
}
