//! Stamps of clock times: the day from the document, the zone, and lists that pass midnight.

use super::block::Block;
use super::engine::Reader;
use super::times::{self, Day, TimeFound};
use super::zones::{self, Zone};
use crate::format::Sink;
use crate::model::{Diagnostic, DiagnosticKind, RawTime};

/// A clock that falls back by more than this within a list has passed midnight, ns.
const MIDNIGHT_FALL_NS: i64 = 6 * 3600 * 1_000_000_000;

impl Reader<'_> {
    /// The stamp of a time, with the day moved on when a list has passed midnight.
    pub(super) fn stamp(
        &mut self,
        block: &Block,
        time: &TimeFound,
        day: Option<Day>,
        written: bool,
        zone: Option<Zone>,
        sink: &mut dyn Sink,
    ) -> RawTime {
        if written {
            self.carry = 0;
            self.last_clock = block.is_sequence().then_some(time.clock_ns);
        } else if block.is_sequence() {
            if self.last_clock.is_some_and(|last| time.clock_ns < last - MIDNIGHT_FALL_NS) {
                self.carry += 1;
            }
            self.last_clock = Some(time.clock_ns);
        }
        let carry = if written { 0 } else { self.carry };
        let of_all = self.calendar.zone.map(|z| z.0);
        // Where the times of a text have several zones, none of them is told to the whole of it.
        let own = zone.filter(|zone| Some(*zone) != of_all).map(|zone| {
            let dated = day.filter(|day| day.date(self.calendar.year).is_some());
            dated.map_or(zone, |day| zone.at(times::stamp(Some(day), self.calendar.year, time, None, carry).wall_ns))
        });
        let zone = own.or(of_all);
        if let Some(region @ Zone::Region(_)) = zone {
            self.note(&region.note(), block, sink);
        }
        if zones::is_ambiguous(&time.label) && self.notes.insert(time.label.clone()) {
            let (_, evidence) = self.place(block, 0..block.text.len());
            let read_as = time.zone.map(Zone::note).unwrap_or_default();
            let message = format!("expected a zone with one meaning, found {}, read as {read_as}", time.label);
            let hint = "say which is meant with --input-tz";
            sink.diagnostic(Diagnostic::new(DiagnosticKind::Clock, "", message).at_line(evidence.span.line).hint(hint));
        }
        times::stamp(day, self.calendar.year, time, zone, carry)
    }

    /// The end of a range that began at `at`: the same day, or the next when the clock falls.
    pub(super) fn until(&self, at: RawTime, time: &TimeFound, until: &TimeFound) -> RawTime {
        let day_ns = 86_400 * 1_000_000_000_i64;
        let mut step = until.clock_ns - time.clock_ns;
        if step < 0 {
            step += day_ns;
        }
        RawTime { precision: until.precision, ..at.moved(step) }
    }
}
