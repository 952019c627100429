//! A stretch of one source on one clock, and how it becomes UTC.

use super::calendar::{Anchor, Calendar};
use super::witness::ZoneVerdict;
use super::zone::{WallOffset, Zone};
use crate::model::{ClockDecision, ClockKind, Fold, Precision, RawTime, TimeBasis, Timestamp, Witness, WitnessKind};

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

    /// Whether its stamps can be put on UTC: elapsed time only where it is known when the count began.
    pub fn is_placed(&self) -> bool {
        self.decision.clock != ClockKind::Relative || matches!(self.calendar, Calendar::Start(_))
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
        // When a count began is known to the second.
        let finest = if raw.kind == ClockKind::Relative { Precision::Second } else { Precision::Nano };
        Timestamp::new(self.utc_ns(raw.key_ns()), raw.precision.min(finest), self.decision.basis)
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
        let stretch = self.find(raw.kind, line).filter(|stretch| stretch.is_placed())?;
        let wall_s = stretch.calendar.complete(raw.key_ns()).div_euclid(NANOS);
        let offset_s = match raw.kind {
            ClockKind::Zoned | ClockKind::TimeOnlyZoned | ClockKind::Relative => raw.offset_s,
            _ => stretch.offset_s(wall_s),
        };
        Some((stretch.timestamp(raw), offset_s / 60))
    }
}

/// One stretch per fold, joined where nothing differs between neighbours.
pub(super) fn stretches(
    kind: ClockKind,
    folds: &[&Fold],
    calendars: &[Calendar],
    verdict: ZoneVerdict,
    own: &[Option<(Zone, Witness)>],
    anchor: Option<&Anchor>,
) -> Vec<Stretch> {
    let (skew_s, spread_s) = verdict.skew_s.unwrap_or((0, 0));
    let mut out: Vec<Stretch> = Vec::new();
    for (at, calendar) in calendars.iter().enumerate() {
        let own = own.get(at).and_then(Option::as_ref).filter(|(zone, _)| *zone != verdict.zone);
        let zone = own.map_or(verdict.zone, |(zone, _)| *zone);
        let lines = folds.get(at).map_or((0, u64::MAX), |f| f.lines);
        let later = at > 0 && *calendar == calendars[at - 1];
        if let Some(last) = out.last_mut()
            && last.calendar == *calendar
            && last.zone == zone
            && (last.later || !matches!(zone, Zone::Named(_)))
        {
            last.decision.lines.1 = lines.1;
            continue;
        }
        let mut witnesses = verdict.witnesses.clone();
        if let Some((_, witness)) = own {
            witnesses.iter_mut().for_each(|w| w.decisive = false);
            witnesses.insert(0, witness.clone());
        }
        witnesses.extend(calendar_witness(*calendar, anchor));
        let stretch = Stretch {
            zone,
            later,
            calendar: *calendar,
            skew_ms: skew_s * 1000,
            decision: ClockDecision {
                clock: kind,
                lines,
                zone: zone.label(),
                offset_s: 0,
                skew_ms: skew_s * 1000,
                // Differences from an envelope are of whole seconds.
                skew_spread_ms: verdict.skew_s.map(|_| (spread_s * 1000).max(1000)),
                anchors: if skew_s == 0 { 0 } else { verdict.witnesses.first().map_or(0, |w| w.votes) },
                basis: basis(kind, verdict.basis, *calendar, anchor),
                witnesses,
                ambiguity: verdict.ambiguity.clone(),
            },
        };
        out.push(stretch);
    }
    for (stretch, first) in out.iter_mut().zip(folds.iter().map(|f| f.first.key_ns()).chain(std::iter::repeat(0))) {
        let wall_s = stretch.calendar.complete(first).div_euclid(NANOS);
        stretch.decision.offset_s = stretch.offset_s(wall_s);
    }
    out
}

/// A year or day that was filled in makes an explicit zone an inferred time, and one from the file
/// system an assumed one.
fn basis(kind: ClockKind, zone: TimeBasis, calendar: Calendar, anchor: Option<&Anchor>) -> TimeBasis {
    let incomplete = matches!(kind, ClockKind::YearLess | ClockKind::TimeOnly | ClockKind::TimeOnlyZoned);
    match (incomplete, calendar, anchor) {
        (_, Calendar::Start(_), _) => TimeBasis::Inferred,
        (false, ..) => zone,
        (true, Calendar::Complete, _) | (true, _, None) => TimeBasis::Assumed,
        (true, _, Some(anchor)) if anchor.firm => zone.max(TimeBasis::Inferred),
        _ => TimeBasis::Assumed,
    }
}

fn calendar_witness(calendar: Calendar, anchor: Option<&Anchor>) -> Option<Witness> {
    let says = match (calendar, anchor) {
        (Calendar::Start(start_s), _) => {
            let start = crate::model::format_utc(start_s * NANOS, Precision::Second);
            format!("the count began at {start}: records with elapsed time hold a stamp too")
        }
        (Calendar::Complete, _) | (_, None) => return None,
        (Calendar::Year(year), Some(anchor)) => format!("year {year}: {}", anchor.says),
        (Calendar::Day(day), Some(anchor)) => {
            let date = crate::model::format_utc(day * 86_400 * NANOS, crate::model::Precision::Day);
            format!("day {date}: {}", anchor.says)
        }
    };
    Some(Witness { kind: WitnessKind::Calendar, says, offset_s: None, votes: 0, decisive: true })
}
