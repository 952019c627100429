//! A stretch of one source on one clock, and how it becomes UTC.

use super::calendar::Calendar;
use super::zone::{WallOffset, Zone};
use crate::model::{ClockDecision, ClockKind, RawTime, TimeBasis, Timestamp, Witness, WitnessKind};

const NANOS: i64 = 1_000_000_000;

/// Lines `lines` of a source whose stamps are of one kind, with everything needed to place them.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Zone of its wall clock; UTC for zoned stamps.
    pub zone: Zone,
    /// When the clock was set back in this stretch, its stamps are the later reading.
    pub later: bool,
    /// Year or day to add.
    pub calendar: Calendar,
    /// Milliseconds the clock ran ahead; taken out.
    pub skew_ms: i64,
    /// What is said of it.
    pub decision: ClockDecision,
}

impl Stretch {
    /// Whether its zone is an assumption.
    pub fn is_open(&self) -> bool {
        let zoned = matches!(self.decision.clock, ClockKind::Zoned | ClockKind::TimeOnlyZoned | ClockKind::Relative);
        let assumed = self.decision.witnesses.iter().any(|w| w.kind == WitnessKind::Assumption);
        !zoned && assumed
    }

    /// Gives an open stretch the zone that a late witness tells.
    pub fn settle(&mut self, zone: Zone, kind: WitnessKind, says: String) {
        let offset_s = if let Zone::Fixed(offset) = zone { Some(offset) } else { None };
        self.zone = zone;
        let decision = &mut self.decision;
        decision.zone = zone.label();
        decision.offset_s = offset_s.unwrap_or(decision.offset_s);
        decision.witnesses.retain(|w| w.kind != WitnessKind::Assumption);
        decision.witnesses.insert(0, Witness { kind, says, offset_s, votes: 1, decisive: true });
        // A year or day from the file system stays an assumption.
        if matches!(decision.clock, ClockKind::Naive) || decision.basis < TimeBasis::Assumed {
            decision.basis = TimeBasis::Inferred;
        }
    }

    /// UTC of a key on this stretch's clock, ns.
    pub fn utc_ns(&self, key_ns: i64) -> i64 {
        let wall = self.calendar.complete(key_ns);
        let offset = match self.decision.clock {
            ClockKind::Zoned | ClockKind::TimeOnlyZoned | ClockKind::Relative => 0,
            _ => self.offset_s(wall.div_euclid(NANOS)),
        };
        wall - i64::from(offset) * NANOS - self.skew_ms * 1_000_000
    }

    /// UTC second of a second on this stretch's clock.
    pub fn utc_s(&self, key_s: i64) -> i64 {
        self.utc_ns(key_s.saturating_mul(NANOS)).div_euclid(NANOS)
    }

    /// Offset east of UTC at a wall-clock second.
    pub fn offset_s(&self, wall_s: i64) -> i32 {
        match self.zone.at_wall(wall_s) {
            WallOffset::One(offset) | WallOffset::Never(offset) => offset,
            WallOffset::Twice(early, late) => {
                if self.later {
                    late
                } else {
                    early
                }
            }
        }
    }

    /// A raw stamp as a decided one.
    pub fn timestamp(&self, raw: RawTime) -> Timestamp {
        Timestamp::new(self.utc_ns(raw.key_ns()), raw.precision, self.decision.basis)
    }
}

/// The stretches of one source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceClock {
    /// In file order within a kind of clock.
    pub stretches: Vec<Stretch>,
}

impl SourceClock {
    /// Whether the zone of any of its stretches is an assumption.
    pub fn is_open(&self) -> bool {
        self.stretches.iter().any(Stretch::is_open)
    }

    /// The stretch of a stamp of `kind` on `line`: the last that begins at or before it.
    pub fn find(&self, kind: ClockKind, line: u64) -> Option<&Stretch> {
        let mut of_kind = self.stretches.iter().filter(|s| s.decision.clock == kind);
        let first = of_kind.next()?;
        Some(of_kind.take_while(|s| s.decision.lines.0 <= line).last().unwrap_or(first))
    }

    /// UTC of a stamp on `line` and the minutes east of UTC it was read with; `None` when no clock
    /// was decided for it, or its clock counts from an unknown start.
    pub fn place(&self, raw: RawTime, line: u64) -> Option<(Timestamp, i32)> {
        let stretch = self.find(raw.kind, line).filter(|_| raw.kind != ClockKind::Relative)?;
        let wall_s = stretch.calendar.complete(raw.key_ns()).div_euclid(NANOS);
        let offset_s = match raw.kind {
            ClockKind::Zoned | ClockKind::TimeOnlyZoned => raw.offset_s,
            _ => stretch.offset_s(wall_s),
        };
        Some((stretch.timestamp(raw), offset_s / 60))
    }
}
