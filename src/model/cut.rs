//! A part of the evidence: what lies in a stretch of time, or speaks of some services.

use std::collections::BTreeSet;

use super::{Cut, Evidence, Pattern, Series, SourceId, SourceTrack};

/// Nanoseconds in a second.
const NANOS: i64 = 1_000_000_000;

/// Tells the canonical service of a series; `None` where it has none.
pub type OwnerOf<'f> = dyn Fn(&Evidence, SourceId, &Series) -> Option<String> + 'f;

impl Evidence {
    /// Leaves out what `cut` does not ask for, and counts it there. Nothing outside can be in any figure made
    /// afterwards, baselines included. What was read of each file, and write-ups without a date, stay.
    pub fn cut(&mut self, cut: &mut Cut, owner_of: &OwnerOf<'_>) {
        if cut.since_s.is_some() || cut.until_s.is_some() {
            let from = cut.since_s.unwrap_or(i64::MIN);
            let to = cut.until_s.map_or(i64::MAX, |until| until.saturating_sub(1));
            self.between(from, to, cut);
        }
        if !cut.services.is_empty() {
            let services: BTreeSet<String> = cut.services.iter().cloned().collect();
            self.only(&services, cut, owner_of);
        }
    }

    /// Keeps the seconds from `from` to `to`, both included.
    fn between(&mut self, from: i64, to: i64, cut: &mut Cut) {
        let inside = |second: i64| (from..=to).contains(&second);
        let (from_ns, to_ns) = (from.saturating_mul(NANOS), to.saturating_mul(NANOS).saturating_add(NANOS - 1));
        let before = self.weights();
        let track = |t: &SourceTrack| Some(SourceTrack { track: t.track.between(from, to)?, ..t.clone() });
        self.tracks = self.tracks.iter().filter_map(track).collect();
        self.series = self.series.iter().filter_map(|(id, s)| Some((*id, s.between(from_ns, to_ns)?))).collect();
        for (_, pattern) in self.patterns.values_mut() {
            pattern.minutes.retain(|minute, _| inside(minute * 60) || inside(minute * 60 + 59));
        }
        self.patterns.retain(|_, (_, pattern)| !pattern.minutes.is_empty());
        self.events.retain(|event| inside(event.at.seconds()));
        self.claims.retain(|claim| claim.at.is_none_or(|at| inside(at.seconds())));
        for source in &mut self.sources {
            source.covers_s = source.covers_s.map(|(a, b)| (a.max(from), b.min(to))).filter(|(a, b)| a <= b);
        }
        self.left_out(before, cut);
    }

    /// Keeps what speaks of `services`, and events that speak of none.
    fn only(&mut self, services: &BTreeSet<String>, cut: &mut Cut, owner_of: &OwnerOf<'_>) {
        let before = self.weights();
        let names = std::mem::take(&mut self.names);
        let wanted = |raw: &str| services.contains(names.of(raw));
        self.tracks.retain(|t| wanted(&t.key.service));
        self.patterns.retain(|(service, _), _: &mut (SourceId, Pattern)| wanted(service));
        self.events.retain(|e| e.services.is_empty() || e.services.iter().any(|s| wanted(s)));
        self.claims.retain(|c| c.subjects.is_empty() || c.subjects.iter().any(|s| wanted(s)));
        self.calls.retain(|(from, to, ..)| wanted(from) && wanted(to));
        self.names = names.only(services);
        let series = std::mem::take(&mut self.series);
        let kept = series.into_iter().filter(|(id, s)| owner_of(self, *id, s).is_some_and(|o| services.contains(&o)));
        self.series = kept.collect();
        self.left_out(before, cut);
    }

    /// Records, points and events, for telling how many were left out.
    fn weights(&self) -> (u64, u64, u64) {
        let records = |t: &SourceTrack| t.track.cells.values().map(|c| u64::from(c.records)).sum::<u64>();
        let points = self.series.iter().map(|(_, s)| s.points.len() as u64).sum();
        (self.tracks.iter().map(records).sum(), points, self.events.len() as u64)
    }

    fn left_out(&self, before: (u64, u64, u64), cut: &mut Cut) {
        let after = self.weights();
        cut.records += before.0.saturating_sub(after.0);
        cut.points += before.1.saturating_sub(after.1);
        cut.events += before.2.saturating_sub(after.2);
    }
}
