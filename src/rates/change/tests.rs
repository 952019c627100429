//! Changes of level of series whose truth is known.

use super::*;

/// Numbers between -1 and 1 that look like chance (splitmix64), the same on every run.
struct Chance(u64);

impl Chance {
    fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as f64 / u64::MAX as f64 * 2.0 - 1.0
    }

    /// Nearly of the normal law, deviation one.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() / 2.0
    }

    fn noise(&mut self, n: usize, level: f64, deviation: f64) -> Vec<f64> {
        (0..n).map(|_| level + deviation * self.normal()).collect()
    }
}

fn onsets(values: &[f64]) -> Vec<usize> {
    find(values, 2, Worse::Either, &[]).onsets.iter().map(|o| o.index).collect()
}

#[test]
fn a_fault_of_a_few_minutes_is_found_with_its_end() {
    let mut chance = Chance(1);
    for round in 0..40 {
        let mut values = chance.noise(300, 40.0, 4.0);
        let (from, to) = (100 + round, 104 + round);
        values[from..to].iter_mut().for_each(|v| *v += 60.0);
        let found = find(&values, 2, Worse::Either, &[]);
        assert_eq!(found.onsets.len(), 1, "{found:?}");
        assert_eq!((found.onsets[0].index, found.recoveries[0].index), (from, to));
        assert!(found.onsets[0].between.0 <= from && from <= found.onsets[0].between.1);
    }
}

#[test]
fn pure_noise_of_any_size_claims_nothing() {
    let mut chance = Chance(2);
    let rounds = 300;
    let claims = |chance: &mut Chance, round: usize| {
        let size = 10_f64.powi(round as i32 % 13 - 6);
        let values = chance.noise(60 + round, size * (round % 7) as f64, size);
        !onsets(&values).is_empty()
    };
    let false_alarms = (0..rounds).filter(|round| claims(&mut chance, *round)).count();
    assert!(false_alarms * 100 <= rounds * 3, "{false_alarms} of {rounds}");
}

#[test]
fn what_moves_all_the_time_claims_nothing() {
    let mut chance = Chance(3);
    let mut at = 0.0;
    let walk: Vec<f64> = (0..400)
        .map(|_| {
            at += chance.normal();
            100.0 + at
        })
        .collect();
    let day = |k: usize| (k as f64 / 60.0).sin();
    let season: Vec<f64> = (0..900).map(|k| 100.0 + 40.0 * day(k) + 3.0 * chance.normal()).collect();
    let teeth: Vec<f64> = (0..600).map(|k| 10.0 + (k % 30) as f64 + 0.3 * chance.normal()).collect();
    let trend: Vec<f64> = (0..500).map(|k| 10.0 + 0.1 * k as f64 + 0.5 * chance.normal()).collect();
    let spikes: Vec<f64> = (0..500).map(|k| 10.0 + chance.normal() + if k % 83 == 40 { 90.0 } else { 0.0 }).collect();
    for (name, row) in [("walk", walk), ("season", season), ("teeth", teeth), ("trend", trend), ("spikes", spikes)] {
        assert_eq!(onsets(&row), Vec::<usize>::new(), "{name}");
    }
    assert_eq!(find(&[5.0; 100], 2, Worse::Either, &[]), Found::default());
    assert_eq!(find(&[1.0, 9.0, 9.0], 2, Worse::Either, &[]), Found::default());
}

#[test]
fn a_scale_and_a_longer_wait_before_change_no_place() {
    let mut chance = Chance(4);
    let mut values = chance.noise(200, 50.0, 2.0);
    values[120..160].iter_mut().for_each(|v| *v += 30.0);
    let plain = onsets(&values);
    assert_eq!(plain, [120]);
    for factor in [0.001_f64, 0.125, 1024.0] {
        let scaled: Vec<f64> = values.iter().map(|v| v * factor).collect();
        assert_eq!(onsets(&scaled), plain);
    }
    let later: Vec<f64> = chance.noise(57, 50.0, 2.0).into_iter().chain(values).collect();
    assert_eq!(onsets(&later), [177]);
}

#[test]
fn a_ramp_a_second_dip_and_a_partial_recovery_are_told() {
    let mut chance = Chance(5);
    let mut ramp = chance.noise(150, 20.0, 1.0);
    (100..150).for_each(|k| ramp[k] += 5.0 * (k - 99) as f64);
    assert!(onsets(&ramp).first().is_some_and(|at| (100..=102).contains(at)), "{:?}", onsets(&ramp));
    let mut dips = chance.noise(300, 20.0, 1.0);
    dips[100..120].iter_mut().for_each(|v| *v += 50.0);
    dips[150..170].iter_mut().for_each(|v| *v += 50.0);
    assert_eq!(onsets(&dips), [100, 150]);
    let mut halves = chance.noise(300, 20.0, 1.0);
    halves[100..130].iter_mut().for_each(|v| *v += 50.0);
    halves[130..160].iter_mut().for_each(|v| *v += 15.0);
    let found = find(&halves, 2, Worse::Either, &[]);
    let back: Vec<(usize, bool)> = found.recoveries.iter().map(|r| (r.index, r.partial)).collect();
    assert_eq!((found.onsets.len(), back), (1, vec![(130, true), (160, false)]));
}

#[test]
fn what_was_bad_from_the_start_recovers_without_an_onset() {
    let mut chance = Chance(6);
    let mut values = chance.noise(200, 0.5, 0.02);
    values[60..].iter_mut().for_each(|v| *v -= 0.4);
    let found = find(&values, 2, Worse::Up, &[]);
    assert_eq!((found.onsets.len(), found.recoveries.len()), (0, 1));
    assert_eq!(found.recoveries[0].index, 60);
    assert_eq!(onsets(&values), [60], "which way is bad is not known");
}

#[test]
fn an_alert_makes_a_small_change_believable() {
    let mut chance = Chance(8);
    let mut values = chance.noise(200, 100.0, 3.0);
    values[150..152].iter_mut().for_each(|v| *v += 10.0);
    assert_eq!(onsets(&values), Vec::<usize>::new());
    let told = find(&values, 2, Worse::Either, &[151]);
    assert_eq!(told.onsets.iter().map(|o| o.index).collect::<Vec<_>>(), [150]);
}
