//! Error ratio and traffic of an operation at any moment.

use super::{CurveShape, Factor, Segment, Shed};

/// Seconds of a surge's decay when a scenario gives none.
const SURGE_S: f64 = 180.0;

/// A failure curve with its baseline and traffic; times in milliseconds of the scenario.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    segments: Vec<Segment>,
    traffic: Vec<Factor>,
    slow: Vec<Factor>,
    shed: Vec<Shed>,
    baseline: f64,
    end_ms: i64,
}

impl Curve {
    /// A curve; `end_ms` closes what is open.
    pub fn new(segments: Vec<Segment>, traffic: Vec<Factor>, baseline: f64, end_ms: i64) -> Curve {
        Curve { segments, traffic, slow: Vec::new(), shed: Vec::new(), baseline, end_ms }
    }

    /// The same with factors on latency, and requests turned away.
    pub fn strained(self, slow: Vec<Factor>, shed: Vec<Shed>) -> Curve {
        Curve { slow, shed, ..self }
    }

    /// Factor on the usual latency at `ms`.
    pub fn slow(&self, ms: i64) -> f64 {
        self.factors(&self.slow, ms).product()
    }

    /// Share of the requests that are turned away at `ms`, with the status they get.
    pub fn shed(&self, ms: i64) -> Option<(f64, u16)> {
        let current = self.shed.iter().rev().find(|s| s.from.ms <= ms && ms < s.to.map_or(self.end_ms, |t| t.ms))?;
        Some((current.share, current.status))
    }

    fn factors<'a>(&self, of: &'a [Factor], ms: i64) -> impl Iterator<Item = f64> + 'a {
        let end_ms = self.end_ms;
        of.iter().filter(move |f| f.from.ms <= ms && ms < f.to.map_or(end_ms, |t| t.ms)).map(|f| f.factor)
    }

    /// Share of requests that fail at `ms`.
    pub fn ratio(&self, ms: i64) -> f64 {
        let current = self.segments.iter().rev().find(|s| s.from.ms <= ms && ms < self.end_of(s));
        current.map_or(self.baseline, |s| self.inside(s, ms)).clamp(0.0, 1.0)
    }

    /// Factor on the usual traffic at `ms`, surges included.
    pub fn traffic(&self, ms: i64) -> f64 {
        let surges = self.segments.iter().filter(|s| s.from.ms <= ms).filter_map(|s| surge(s, ms));
        self.factors(&self.traffic, ms).chain(surges).product::<f64>().max(0.0)
    }

    /// First and last moment with a ratio above the baseline; `None` when it never rises.
    pub fn impact(&self) -> Option<(i64, i64)> {
        let raised = || self.segments.iter().filter(|s| s.ratio > self.baseline);
        let from = raised().map(|s| s.from.ms).min()?;
        let to = raised().map(|s| self.end_of(s)).max()?;
        Some((from, to))
    }

    fn end_of(&self, segment: &Segment) -> i64 {
        segment.to.map_or(self.end_ms, |t| t.ms)
    }

    fn inside(&self, s: &Segment, ms: i64) -> f64 {
        let length = (self.end_of(s) - s.from.ms).max(1) as f64;
        let gone = (ms - s.from.ms) as f64;
        let low = s.from_ratio.unwrap_or(self.baseline);
        match s.shape {
            CurveShape::Step | CurveShape::Plateau => s.ratio,
            CurveShape::Ramp => low + (s.ratio - low) * gone / length,
            CurveShape::Sawtooth => {
                let period = s.period_s.unwrap_or(300.0).max(1.0) * 1000.0;
                low + (s.ratio - low) * (gone % period) / period
            }
            CurveShape::Recovery => s.ratio + (self.baseline - s.ratio) * gone / length,
        }
    }
}

fn surge(segment: &Segment, ms: i64) -> Option<f64> {
    let peak = segment.surge?;
    let seconds = (ms - segment.from.ms) as f64 / 1000.0;
    Some(1.0 + (peak - 1.0) * (-seconds / segment.surge_s.unwrap_or(SURGE_S).max(1.0)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Moment;

    fn segment(from: i64, to: i64, shape: CurveShape, ratio: f64) -> Segment {
        let moment = Moment::of_seconds;
        Segment { from: moment(from), to: Some(moment(to)), shape, ratio, ..Segment::default() }
    }

    #[test]
    fn a_step_holds_until_a_recovery_brings_it_down_with_a_surge() {
        let mut recovery = segment(200, 300, CurveShape::Recovery, 0.9);
        recovery.surge = Some(3.0);
        let curve = Curve::new(vec![segment(100, 200, CurveShape::Step, 0.9), recovery], Vec::new(), 0.1, 1_000_000);
        assert_eq!((curve.ratio(99_999), curve.ratio(100_000), curve.ratio(200_000)), (0.1, 0.9, 0.9));
        assert!((curve.ratio(250_000) - 0.5).abs() < 1e-9);
        assert_eq!(curve.impact(), Some((100_000, 300_000)));
        assert!((curve.traffic(200_000) - 3.0).abs() < 1e-9 && curve.traffic(199_999) == 1.0);
    }

    #[test]
    fn a_sawtooth_rises_again_and_again() {
        let mut teeth = segment(0, 600, CurveShape::Sawtooth, 0.8);
        teeth.period_s = Some(100.0);
        let curve = Curve::new(vec![teeth], Vec::new(), 0.0, 600_000);
        assert!(curve.ratio(0) == 0.0 && (curve.ratio(50_000) - 0.4).abs() < 1e-9 && curve.ratio(100_000) == 0.0);
    }
}
