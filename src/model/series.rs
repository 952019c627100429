//! A metric series, as read and as aligned.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Citation, ClockKind, Exemplar, MetricKind, PointStamp, SourceId, Span};

/// One metric series of one source: points in file order, gaps as gaps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Metric name.
    pub name: String,
    /// Labels by name.
    pub labels: BTreeMap<String, String>,
    /// What the numbers are.
    pub kind: MetricKind,
    /// What a point's stamp means.
    pub stamp: PointStamp,
    /// Unit as written.
    pub unit: Option<String>,
    /// Which clock the points are on before alignment; `Zoned` afterwards.
    pub clock: ClockKind,
    /// Points: ns on that clock, value. Sorted by time once aligned.
    pub points: Vec<(i64, f64)>,
    /// Row of each point in [`Rows`], beside `points`: four bytes a point.
    pub rows: Vec<u32>,
    /// The rows of its source, once aligned.
    #[serde(skip)]
    pub lines: Arc<Rows>,
    /// Where the first point was read.
    pub first: Exemplar,
    /// Where the last point was read.
    pub last: Exemplar,
}

impl Series {
    /// What makes two series the same: name, labels and clock.
    pub fn key(&self) -> (&str, &BTreeMap<String, String>, ClockKind) {
        (&self.name, &self.labels, self.clock)
    }

    /// The same series with the points from `from_ns` to `to_ns` only; `None` when there are none.
    /// Points must be sorted, as they are once aligned.
    pub fn between(&self, from_ns: i64, to_ns: i64) -> Option<Series> {
        let (from, to) =
            (self.points.partition_point(|p| p.0 < from_ns), self.points.partition_point(|p| p.0 <= to_ns));
        let points = self.points.get(from..to).filter(|p| !p.is_empty())?.to_vec();
        let rows = self.rows.get(from..to).unwrap_or_default().to_vec();
        Some(Series {
            name: self.name.clone(),
            labels: self.labels.clone(),
            unit: self.unit.clone(),
            first: self.first.clone(),
            last: self.last.clone(),
            lines: Arc::clone(&self.lines),
            points,
            rows,
            ..*self
        })
    }

    /// The line of point `index`, or of the point nearest to it whose line was kept.
    pub fn cite(&self, source: SourceId, index: usize) -> Option<Citation> {
        const NEAR: usize = 64;
        let line = |i: usize| self.lines.kept.get(self.rows.get(i)?);
        let near = (0..NEAR).find_map(|d| line(index + d).or_else(|| line(index.checked_sub(d)?)));
        near.map(|exemplar| exemplar.cite(source))
    }
}

/// The rows of one source that gave points, numbered in file order. Above [`Rows::MOST`] every
/// second one is let go, so that memory stays bounded whatever the size of the export.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Rows seen.
    seen: u32,
    /// Place of the last row.
    last: Span,
    /// Kept rows by number.
    kept: BTreeMap<u32, Exemplar>,
}

impl Rows {
    /// Most rows kept per source.
    const MOST: u32 = 16_384;

    /// Distance of the rows that are kept among `seen`.
    fn stride(seen: u32) -> u32 {
        seen.div_ceil(Self::MOST).max(1).checked_next_power_of_two().unwrap_or(u32::MAX)
    }

    /// Number of the row at `span`, the same as before when it is still the same row.
    pub fn number(&mut self, span: Span, exemplar: impl FnOnce() -> Exemplar) -> u32 {
        if self.seen > 0 && self.last == span {
            return self.seen - 1;
        }
        let number = self.seen;
        (self.seen, self.last) = (self.seen.saturating_add(1), span);
        if number.is_multiple_of(Self::stride(self.seen)) {
            self.kept.insert(number, exemplar());
        }
        self.thin(number);
        number
    }

    /// The line of row `number`, or of the nearest row before it that was kept.
    pub fn line_of(&self, number: u32) -> Option<u64> {
        self.kept.range(..=number).next_back().map(|(_, row)| row.span.line)
    }

    /// Lets go of what a wider stride leaves out.
    fn thin(&mut self, before: u32) {
        let stride = Self::stride(self.seen);
        if stride != Self::stride(before) {
            self.kept.retain(|number, _| number % stride == 0);
        }
    }

    /// Adds the rows of the next piece of the source; its numbers move up by what is returned.
    pub fn append(&mut self, next: Rows) -> u32 {
        let before = self.seen;
        if next.seen > 0 {
            (self.seen, self.last) = (before.saturating_add(next.seen), next.last);
            self.kept.extend(next.kept.into_iter().map(|(number, line)| (number.saturating_add(before), line)));
            let stride = Self::stride(self.seen);
            self.kept.retain(|number, _| number % stride == 0);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_bounded_and_keep_their_numbers() {
        let mut rows = Rows::default();
        for line in 0..100_000_u64 {
            let span = Span { line: line + 1, lines: 1, offset: line, len: 1 };
            assert_eq!(u64::from(rows.number(span, || Exemplar::new(span, "x"))), line);
            assert_eq!(u64::from(rows.number(span, || Exemplar::new(span, "x"))), line);
        }
        assert!(rows.kept.len() <= Rows::MOST as usize && rows.kept.len() >= Rows::MOST as usize / 2);
        assert!(rows.kept.iter().all(|(number, line)| line.span.line == u64::from(*number) + 1));
    }
}
