//! Cells of millions of seconds to buckets: the one place of the pipeline that needs a data frame.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::curve::{Counts, Curve, floor_to};
use crate::model::{Cell, ErrorPolicy, Outcome};

/// Which curve a cell belongs to: service, viewpoint, operation, each by its number.
pub(super) type CurveKey = (u32, u32, u32);

/// Names of the counted columns. Whole numbers, so that no order of adding can change a sum.
const COUNTED: [&str; 8] = ["requests", "failed", "samples", "throttled", "cancelled", "client", "errors", "lines"];

/// Rows handed to one frame: bounds memory whatever the bundle holds.
const CHUNK: usize = 50_000;

/// Collects cells and buckets them chunk by chunk.
pub(super) struct Bucketing {
    width: i64,
    keys: [Vec<u32>; 3],
    seconds: Vec<i64>,
    counted: [Vec<i64>; COUNTED.len()],
    curves: BTreeMap<CurveKey, BTreeMap<i64, [i64; COUNTED.len()]>>,
}

/// The counted columns of one cell; requests in thousandths.
fn counts_of(cell: &Cell, weight_milli: u32, policy: &ErrorPolicy) -> [i64; COUNTED.len()] {
    let weight = i64::from(weight_milli);
    let mut row = [0_i64; COUNTED.len()];
    for outcome in Outcome::ALL {
        let count = i64::from(cell.outcomes.get(outcome));
        if count == 0 || !policy.is_counted(outcome) {
            continue;
        }
        row[0] += count * weight;
        row[1] += if policy.is_error(outcome) { count * weight } else { 0 };
        row[2] += count;
    }
    row[3] = i64::from(cell.outcomes.get(Outcome::Throttled)) * weight;
    row[4] = i64::from(cell.outcomes.get(Outcome::Cancelled)) * weight;
    row[5] = i64::from(cell.outcomes.get(Outcome::ClientError)) * weight;
    row[6] = i64::from(cell.errors);
    row[7] = i64::from(cell.records);
    row
}

impl Bucketing {
    /// Buckets of `width` seconds.
    pub(super) fn new(width: i64) -> Self {
        Bucketing {
            width: width.max(1),
            keys: Default::default(),
            seconds: Vec::new(),
            counted: Default::default(),
            curves: BTreeMap::new(),
        }
    }

    /// Adds one second of one curve.
    pub(super) fn push(&mut self, key: CurveKey, second: i64, cell: &Cell, weight_milli: u32, policy: &ErrorPolicy) {
        for (column, value) in self.keys.iter_mut().zip([key.0, key.1, key.2]) {
            column.push(value);
        }
        self.seconds.push(second);
        for (column, value) in self.counted.iter_mut().zip(counts_of(cell, weight_milli, policy)) {
            column.push(value);
        }
        if self.seconds.len() >= CHUNK {
            self.flush();
        }
    }

    /// Buckets what was collected. Should the engine refuse, the same sums are made by hand.
    fn flush(&mut self) {
        if self.seconds.is_empty() {
            return;
        }
        if self.flush_by_frame().is_err() {
            self.flush_by_hand();
        }
        self.keys.iter_mut().for_each(Vec::clear);
        self.seconds.clear();
        self.counted.iter_mut().for_each(Vec::clear);
    }

    fn flush_by_frame(&mut self) -> PolarsResult<()> {
        let by = ["service", "view", "operation"];
        let mut columns: Vec<Column> = by.iter().zip(&self.keys).map(|(n, v)| Column::new((*n).into(), v)).collect();
        columns.push(Column::new("second".into(), &self.seconds));
        columns.extend(COUNTED.iter().zip(&self.counted).map(|(n, v)| Column::new((*n).into(), v)));
        let frame = DataFrame::new(self.seconds.len(), columns)?;
        let bucket = (col("second") - col("second") % lit(self.width)).alias("bucket");
        let order = ["service", "view", "operation", "bucket"];
        let grouped = frame
            .lazy()
            .with_column(bucket)
            .group_by(order.map(col))
            .agg(COUNTED.iter().map(|n| col(*n).sum()).collect::<Vec<_>>())
            .sort(order, SortMultipleOptions::default())
            .collect()?;
        let key =
            |name: &str| -> PolarsResult<Vec<u32>> { Ok(grouped.column(name)?.u32()?.iter().flatten().collect()) };
        let value =
            |name: &str| -> PolarsResult<Vec<i64>> { Ok(grouped.column(name)?.i64()?.iter().flatten().collect()) };
        let (services, views, operations) = (key(by[0])?, key(by[1])?, key(by[2])?);
        let buckets = value("bucket")?;
        let counted = COUNTED.iter().map(|n| value(n)).collect::<PolarsResult<Vec<_>>>()?;
        for (i, bucket) in buckets.iter().enumerate() {
            let key = (services[i], views[i], operations[i]);
            let sums = self.curves.entry(key).or_default().entry(*bucket).or_default();
            for (sum, column) in sums.iter_mut().zip(&counted) {
                *sum += column[i];
            }
        }
        Ok(())
    }

    fn flush_by_hand(&mut self) {
        for (i, second) in self.seconds.iter().enumerate() {
            let key = (self.keys[0][i], self.keys[1][i], self.keys[2][i]);
            let bucket = floor_to(*second, self.width);
            let sums = self.curves.entry(key).or_default().entry(bucket).or_default();
            for (sum, column) in sums.iter_mut().zip(&self.counted) {
                *sum += column[i];
            }
        }
    }

    /// All curves by key.
    pub(super) fn finish(mut self) -> BTreeMap<CurveKey, Curve> {
        self.flush();
        let milli = |n: i64| n as f64 / 1000.0;
        let counts = |row: &[i64; COUNTED.len()]| Counts {
            counted: row[2] > 0,
            requests: milli(row[0]),
            failed: milli(row[1]),
            samples: row[2] as f64,
            throttled: milli(row[3]),
            cancelled: milli(row[4]),
            client_errors: milli(row[5]),
            error_lines: row[6] as f64,
            lines: row[7] as f64,
            stated: (0.0, 0.0),
        };
        let curve = |buckets: &BTreeMap<i64, _>| buckets.iter().map(|(start, row)| (*start, counts(row))).collect();
        self.curves.iter().map(|(key, buckets)| (*key, curve(buckets))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcomes;

    fn cell(ok: u32, failed: u32) -> Cell {
        let mut outcomes = Outcomes::default();
        outcomes.0[Outcome::Ok as usize] = ok;
        outcomes.0[Outcome::ServerError as usize] = failed;
        Cell { records: ok + failed, outcomes, ..Cell::default() }
    }

    #[test]
    fn the_frame_and_the_hand_give_the_same_sums() {
        let policy = ErrorPolicy::default();
        let fill = || {
            let mut b = Bucketing::new(60);
            for s in 0..600 {
                b.push((s % 3, 0, s % 2), i64::from(s) - 30, &cell(s, s / 2), 1000 + s % 2 * 500, &policy);
            }
            b
        };
        let (mut framed, mut by_hand) = (fill(), fill());
        // Seconds before 1970 do not occur after alignment; the hand floors them, the frame truncates.
        framed.seconds.iter_mut().for_each(|s| *s += 1_000);
        by_hand.seconds.iter_mut().for_each(|s| *s += 1_000);
        framed.flush_by_frame().unwrap();
        by_hand.flush_by_hand();
        assert!(!framed.curves.is_empty());
        assert_eq!(framed.curves, by_hand.curves);
    }

    #[test]
    fn a_sampled_record_counts_for_the_requests_it_stands_for() {
        let mut b = Bucketing::new(60);
        b.push((0, 0, 0), 61, &cell(9, 1), 10_000, &ErrorPolicy::default());
        let curves = b.finish();
        let (start, counts) = curves[&(0, 0, 0)][0];
        assert_eq!(start, 60);
        assert_eq!((counts.requests, counts.failed, counts.samples), (100.0, 10.0, 10.0));
        let ratio = counts.ratio().unwrap();
        assert_eq!(ratio.value, 0.1);
        assert!(ratio.high > 0.35, "ten records allow no narrow interval");
    }
}
