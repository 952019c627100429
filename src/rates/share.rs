//! How many requests stand behind a stated share, where nobody counted them: a share of few requests is
//! a fraction with a small denominator, and what chance makes of few requests is no outage.

/// Distinct shares between 0 and 1 that are needed to say anything.
const FEWEST: usize = 4;

/// Most requests behind one point that are told from "many", whose shares are taken as they are.
const MOST: f64 = 200.0;

/// Shares that may be no small fraction (a point cut by a restart, another rounding).
const UNRESOLVED: f64 = 0.2;

/// Lone failures that make a row sporadic.
const LONE: usize = 3;

/// Requests behind one point of a row of shares in time order, `None` for many or when it cannot be told.
pub(super) fn behind(shares: &[f64]) -> Option<f64> {
    let mut distinct: Vec<f64> = shares.iter().copied().filter(|s| *s > 0.0 && *s < 1.0).collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let mut half_digit = half_digit(&distinct);
    if distinct.len() < FEWEST {
        // Halves and wholes that come and go are single requests; those that stay may be of many.
        if !is_sporadic(shares) {
            return None;
        }
        half_digit = half_digit.min(5e-5);
        distinct.extend(shares.iter().copied().find(|s| *s >= 1.0));
    }
    // Up to here one value in ten would be a fraction by chance alone.
    let most = (0.1 / half_digit).sqrt().min(MOST) as u32;
    let mut found: Vec<u32> = distinct.iter().filter_map(|s| denominator(*s, half_digit, most)).collect();
    if (found.len() as f64) < (1.0 - UNRESOLVED) * distinct.len() as f64 {
        return None;
    }
    found.sort_unstable();
    // Fractions are met in their lowest terms: the greater denominators are the whole ones.
    found.get(found.len() * 9 / 10).or(found.last()).map(|n| f64::from(*n))
}

/// Whether failures stand alone, again and again.
fn is_sporadic(shares: &[f64]) -> bool {
    let runs = shares.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)).filter(|run| run.first().is_some_and(|s| *s > 0.0));
    let (count, points) = runs.fold((0, 0), |(count, points), run| (count + 1, points + run.len()));
    count >= LONE && points < 2 * count
}

/// Half of the last digit that the shares were written with.
fn half_digit(shares: &[f64]) -> f64 {
    let whole = |digits: &i32| {
        let scale = 10_f64.powi(*digits);
        shares.iter().all(|s| (s * scale - (s * scale).round()).abs() < 1e-6)
    };
    (1..=6).find(whole).map_or(5e-8, |digits| 0.5 * 10_f64.powi(-digits))
}

/// Smallest denominator of a fraction that is written as `share`.
fn denominator(share: f64, half_digit: f64, most: u32) -> Option<u32> {
    (1..=most).find(|n| {
        let times = share * f64::from(*n);
        (times - times.round()).abs() <= f64::from(*n) * half_digit * 1.001 && times.round() >= 1.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(share: f64, digits: i32) -> f64 {
        let scale = 10_f64.powi(digits);
        (share * scale).round() / scale
    }

    #[test]
    fn shares_of_few_requests_tell_how_few() {
        let few = [(1, 11), (1, 12), (2, 11), (1, 10), (3, 12), (0, 9)];
        for digits in [4, 6] {
            let shares: Vec<f64> = few.iter().map(|(k, n)| written(f64::from(*k) / f64::from(*n), digits)).collect();
            assert_eq!(behind(&shares), Some(12.0), "{digits} digits");
        }
    }

    #[test]
    fn shares_of_many_or_coarse_ones_tell_nothing() {
        let many: Vec<f64> = (1..40).map(|k| written(f64::from(k) / 4099.0 + 0.313_37, 6)).collect();
        assert_eq!(behind(&many), None);
        assert_eq!(behind(&[0.1, 0.25, 0.9, 0.85, 0.4]), None, "two digits tell no ten requests from many");
        assert_eq!(behind(&[0.0, 0.5, 0.5, 0.5, 1.0]), None);
    }

    #[test]
    fn lone_halves_and_wholes_are_single_requests() {
        assert_eq!(behind(&[0.0, 1.0, 0.0, 0.0, 0.5, 0.0, 1.0, 0.0]), Some(2.0));
        assert_eq!(behind(&[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]), Some(1.0));
        assert_eq!(behind(&[0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]), None, "an outage of nobody knows how many");
    }
}
