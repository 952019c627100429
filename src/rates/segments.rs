//! Where a row of numbers changes its level: seeded binary segmentation (Kovács, Bühlmann, Li and
//! Munk, "Seeded binary segmentation", Biometrika 2023), thinned by an optimal partition.
//! O(n log n) in time, O(n) in memory, no random numbers.

/// Each further layer of intervals is shorter by this factor.
const DECAY: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Places at which a long stretch is looked over before the best is looked at closely.
const COARSE: usize = 128;

/// Most candidates that the partition chooses among.
const MOST: usize = 256;

/// Sums of a row from its start, so that any stretch is summed at once.
pub(super) struct Sums {
    sum: Vec<f64>,
}

impl Sums {
    pub(super) fn of(values: &[f64]) -> Sums {
        let mut total = 0.0;
        let mut sum = Vec::with_capacity(values.len() + 1);
        sum.push(0.0);
        for value in values {
            total += value;
            sum.push(total);
        }
        Sums { sum }
    }

    /// Mean of `from..to`, which must not be empty.
    pub(super) fn mean(&self, from: usize, to: usize) -> f64 {
        (self.sum[to] - self.sum[from]) / (to - from) as f64
    }

    /// The best split of `from..to` into parts of at least `shortest` points, and what it saves of
    /// squared error. Long stretches are looked over coarsely first: what a split saves changes
    /// little from one point to the next.
    fn best(&self, from: usize, to: usize, shortest: usize) -> Option<(usize, f64)> {
        let (first, end) = (from + shortest, (to + 1).saturating_sub(shortest));
        let stride = end.saturating_sub(first) / COARSE + 1;
        let rough = self.best_of(from, to, (first..end).step_by(stride))?;
        if stride == 1 {
            return Some(rough);
        }
        let (near, far) = (rough.0.saturating_sub(stride).max(first), (rough.0 + stride).min(end));
        self.best_of(from, to, near..far)
    }

    fn best_of(&self, from: usize, to: usize, places: impl Iterator<Item = usize>) -> Option<(usize, f64)> {
        let (start, length) = (self.sum[from], (to - from) as f64);
        let mean = (self.sum[to] - start) / length;
        let mut best: Option<(usize, f64)> = None;
        for at in places {
            let left = (at - from) as f64;
            let surplus = self.sum[at] - start - mean * left;
            let gain = surplus * surplus * length / (left * (length - left));
            if best.is_none_or(|b| gain > b.1) {
                best = Some((at, gain));
            }
        }
        best
    }
}

/// An interval with its best split.
struct Seed {
    from: usize,
    to: usize,
    at: usize,
    gain: f64,
}

/// Intervals of all lengths, each layer half overlapping, with their best split where it is worth `least`.
fn seeds(sums: &Sums, n: usize, shortest: usize, least: f64) -> Vec<Seed> {
    let mut out = Vec::new();
    let mut length = n as f64;
    let mut before = usize::MAX;
    while length >= (2 * shortest) as f64 {
        let size = (length.ceil() as usize).min(n);
        if size != before {
            let count = if size == n { 1 } else { (2.0 * n as f64 / size as f64).ceil() as usize };
            for i in 0..count {
                let from = if count > 1 { i * (n - size) / (count - 1) } else { 0 };
                if let Some((at, gain)) = sums.best(from, from + size, shortest).filter(|b| b.1 >= least) {
                    out.push(Seed { from, to: from + size, at, gain });
                }
            }
        }
        before = size;
        length *= DECAY;
    }
    out
}

/// The splits of the narrowest intervals that are worth it, none inside another's interval.
fn narrowest(mut seeds: Vec<Seed>, n: usize) -> Vec<usize> {
    seeds.sort_by(|a, b| (a.to - a.from).cmp(&(b.to - b.from)).then(b.gain.total_cmp(&a.gain)).then(a.at.cmp(&b.at)));
    let mut taken = vec![false; n + 1];
    let mut out: Vec<(f64, usize)> = Vec::new();
    for seed in seeds {
        if taken[seed.from + 1..seed.to].iter().any(|t| *t) {
            continue;
        }
        taken[seed.at] = true;
        out.push((seed.gain, seed.at));
    }
    out.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    out.truncate(MOST);
    let mut at: Vec<usize> = out.into_iter().map(|o| o.1).collect();
    at.sort_unstable();
    at
}

/// The choice among `candidates` with the least squared error plus `penalty` for each split.
fn partition(sums: &Sums, squares: &Sums, candidates: &[usize], n: usize, penalty: f64) -> Vec<usize> {
    let mut nodes = vec![0];
    nodes.extend(candidates);
    nodes.push(n);
    let cost = |from: usize, to: usize| {
        let sum = sums.sum[to] - sums.sum[from];
        squares.sum[to] - squares.sum[from] - sum * sum / (to - from) as f64
    };
    let mut best = vec![(f64::INFINITY, 0_usize); nodes.len()];
    best[0] = (-penalty, 0);
    for to in 1..nodes.len() {
        for from in 0..to {
            let total = best[from].0 + cost(nodes[from], nodes[to]) + penalty;
            if total < best[to].0 {
                best[to] = (total, from);
            }
        }
    }
    let mut out = Vec::new();
    let mut node = best[nodes.len() - 1].1;
    while node > 0 {
        out.push(nodes[node]);
        node = best[node].1;
    }
    out.reverse();
    out
}

/// Starts of the stretches of one level in `z`, numbers whose noise is one, without the first. A
/// split must save `penalty` of squared error; no stretch is shorter than `shortest`.
pub(super) fn splits(z: &[f64], shortest: usize, penalty: f64) -> Vec<usize> {
    let n = z.len();
    if n < 2 * shortest {
        return Vec::new();
    }
    let sums = Sums::of(z);
    let squares = Sums::of(&z.iter().map(|v| v * v).collect::<Vec<f64>>());
    let mut found = narrowest(seeds(&sums, n, shortest, penalty), n);
    for _ in 0..2 {
        found = partition(&sums, &squares, &found, n, penalty);
        for i in 0..found.len() {
            let from = if i > 0 { found[i - 1] } else { 0 };
            let to = found.get(i + 1).copied().unwrap_or(n);
            if let Some((at, _)) = sums.best(from, to, shortest) {
                found[i] = at;
            }
        }
    }
    found
}
