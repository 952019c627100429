//! What many differences between two clocks say together.

use super::zone::{Zone, offset_label, snap};
use crate::model::OffsetVotes;

/// Differences this near to the median are the same difference, s.
const NEAR_S: i64 = 300;
/// A residual beyond this is said as a doubt, s.
const RESIDUAL_S: i64 = 300;
/// A clock that is this far off may be off by an offset's difference too, s.
const SUSPECT_S: i64 = 60;

/// An offset that differences agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The offset that exists nearest to the median, seconds east of UTC.
    pub offset_s: i32,
    /// The median of the differences minus the offset, s.
    pub residual_s: i64,
    /// Half width of the middle half of the differences, s.
    pub spread_s: i64,
    /// Differences heard.
    pub votes: u64,
    /// What speaks against it, where something does.
    pub doubt: Option<String>,
    /// Where the rest stands, when a good part of the differences is one or half an hour off.
    pub second: Option<i32>,
}

/// The offset of `votes`; `None` when there are fewer than `least`, or they do not agree.
pub fn judge(votes: &OffsetVotes, least: u64) -> Option<Judged> {
    let count = votes.count();
    let median = votes.quantile(0.5).filter(|_| count >= least)?;
    let near = |to: i64| -> u64 { votes.seconds.range(to - NEAR_S..=to + NEAR_S).map(|(_, n)| u64::from(*n)).sum() };
    if near(median) * 2 < count {
        return None;
    }
    let offset_s = snap(median);
    let residual_s = median - i64::from(offset_s);
    let spread_s = (votes.quantile(0.75)? - votes.quantile(0.25)?) / 2;
    let shifts = [3600, -3600, 1800, -1800];
    let second = shifts.into_iter().find(|shift| near(median + shift) * 20 >= count);
    let second = second.map(|shift| offset_s + shift as i32);
    Some(Judged { offset_s, residual_s, spread_s, votes: count, doubt: doubt(median, offset_s), second })
}

/// What else a median may mean, when it is not on an offset.
fn doubt(median_s: i64, offset_s: i32) -> Option<String> {
    let residual = median_s - i64::from(offset_s);
    let other = super::zone::existing()
        .filter(|o| *o != offset_s)
        .min_by_key(|o| (i64::from(*o) - median_s).abs())
        .filter(|o| residual.abs() > SUSPECT_S && (i64::from(*o) - median_s).abs() <= 2 * RESIDUAL_S + SUSPECT_S);
    match other {
        Some(other) => Some(format!(
            "{} with a clock {residual} s off may be {} with a clock {} s off",
            offset_label(offset_s),
            offset_label(other),
            median_s - i64::from(other)
        )),
        None => (residual.abs() > RESIDUAL_S)
            .then(|| format!("the clock is {residual} s off besides the offset {}", offset_label(offset_s))),
    }
}

impl Judged {
    /// The zone: the offset, or the zone of the world whose clock was set between the two offsets that
    /// the differences show on these wall clocks.
    pub fn zone(&self, walls_s: (i64, i64)) -> Zone {
        let changed = self.second.and_then(|second| Zone::changing(self.offset_s, second, walls_s));
        changed.unwrap_or(Zone::Fixed(self.offset_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(seconds: &[(i64, u32)]) -> OffsetVotes {
        OffsetVotes { seconds: seconds.iter().copied().collect() }
    }

    #[test]
    fn agreeing_differences_give_an_offset_with_residual_and_spread() {
        let judged = judge(&votes(&[(7_200, 5), (7_201, 9), (7_202, 4)]), 3).unwrap();
        assert_eq!((judged.offset_s, judged.residual_s, judged.votes, judged.doubt), (7_200, 1, 18, None));
        assert_eq!(judge(&votes(&[(7_200, 2)]), 3), None, "two are too few");
        assert_eq!(judge(&votes(&[(0, 3), (5_000, 3), (9_999, 3)]), 3), None, "scattered");
    }

    #[test]
    fn a_clock_far_off_is_doubted() {
        let off = judge(&votes(&[(451, 9)]), 3).unwrap();
        assert_eq!((off.offset_s, off.residual_s), (0, 451));
        assert!(off.doubt.is_some());
        let india = judge(&votes(&[(19_800 + 451, 9)]), 3).unwrap();
        assert!(india.doubt.is_some_and(|d| d.contains("+05:45")));
    }

    #[test]
    fn two_offsets_an_hour_apart_are_a_clock_that_was_set() {
        let judged = judge(&votes(&[(3_600, 10), (7_200, 7)]), 3).unwrap();
        let wall = |text: &str| text.parse::<chrono::NaiveDateTime>().unwrap().and_utc().timestamp();
        let zone = judged.zone((wall("2025-03-30T00:30:00"), wall("2025-03-30T05:00:00")));
        assert_eq!(zone.label(), "Europe/Berlin");
        let zone = judged.zone((wall("2025-06-30T00:30:00"), wall("2025-06-30T05:00:00")));
        assert_eq!(zone, Zone::Fixed(3_600), "nowhere is the clock set in June by night");
    }
}
