//! Time as it was written ([`RawTime`]) and time as it was decided ([`Timestamp`]).

use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// Nanoseconds in one second.
const NANOS: i64 = 1_000_000_000;

/// How finely a stamp was written. Output never shows a digit beyond it (law 4).
///
/// Ordered from coarse to fine, so `a.min(b)` is the precision two stamps share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Only the calendar day is known.
    Day,
    /// Only the hour is known ("11pm-ish").
    Hour,
    /// Hours and minutes.
    Minute,
    /// Whole seconds.
    Second,
    /// Up to three fraction digits.
    Milli,
    /// Up to six fraction digits.
    Micro,
    /// More than six fraction digits.
    Nano,
}

impl Precision {
    /// Width of the last written digit in nanoseconds: the stamp means `[t, t + width)`.
    pub fn width_ns(self) -> i64 {
        match self {
            Precision::Day => 86_400 * NANOS,
            Precision::Hour => 3_600 * NANOS,
            Precision::Minute => 60 * NANOS,
            Precision::Second => NANOS,
            Precision::Milli => 1_000_000,
            Precision::Micro => 1_000,
            Precision::Nano => 1,
        }
    }

    /// The precision of a stamp with `n` fraction digits after the seconds.
    pub fn of_fraction_digits(n: usize) -> Self {
        match n {
            0 => Precision::Second,
            1..=3 => Precision::Milli,
            4..=6 => Precision::Micro,
            _ => Precision::Nano,
        }
    }
}

/// What a written stamp fixes and what it leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// An offset, `Z` or an epoch: an instant by itself.
    Zoned,
    /// Full date and time, no zone.
    Naive,
    /// Month, day and time; no year and no zone. Stored in the leap year 1972.
    YearLess,
    /// Time of day only, no zone. Stored on 1970-01-01.
    TimeOnly,
    /// Time of day with a zone ("17:52 UTC"), no date. Stored on 1970-01-01, already in UTC.
    TimeOnlyZoned,
    /// Elapsed time since an unknown start (uptime, `INFO[0042]`).
    Relative,
}

impl ClockKind {
    /// How many there are.
    pub const COUNT: usize = ClockKind::Relative as usize + 1;
}

/// A stamp as it was written, before any zone, year or date has been decided.
///
/// `wall_ns` is the written wall clock read as if it were UTC, in nanoseconds since 1970. Only
/// the `clock` stage turns a `RawTime` into a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RawTime {
    /// What the stamp fixes.
    pub kind: ClockKind,
    /// Written wall clock as if UTC, ns since 1970-01-01.
    pub wall_ns: i64,
    /// Written offset in seconds east of UTC; 0 unless `kind` is [`ClockKind::Zoned`].
    pub offset_s: i32,
    /// Digits that were written.
    pub precision: Precision,
}

impl RawTime {
    /// A stamp with an explicit offset: the wall clock and the offset east of UTC in seconds.
    pub fn zoned(wall_ns: i64, offset_s: i32, precision: Precision) -> Self {
        RawTime { kind: ClockKind::Zoned, wall_ns, offset_s, precision }
    }

    /// An instant given as ns since the epoch.
    pub fn epoch_ns(utc_ns: i64, precision: Precision) -> Self {
        RawTime::zoned(utc_ns, 0, precision)
    }

    /// A stamp of any other kind.
    pub fn unzoned(kind: ClockKind, wall_ns: i64, precision: Precision) -> Self {
        RawTime { kind, wall_ns, offset_s: 0, precision }
    }

    /// The value folds are keyed by: the UTC instant when zoned, else the wall clock as written.
    pub fn key_ns(self) -> i64 {
        self.wall_ns - i64::from(self.offset_s) * NANOS
    }

    /// [`RawTime::key_ns`] in whole seconds, rounded toward the past.
    pub fn key_s(self) -> i64 {
        self.key_ns().div_euclid(NANOS)
    }

    /// The written wall clock with its missing year or date filled in so that it lies nearest to
    /// `near_ns` (wall clock of a stamp that has both); stamps that miss neither stay.
    pub fn wall_near(self, near_ns: i64) -> i64 {
        const DAY: i64 = 86_400 * NANOS;
        match self.kind {
            ClockKind::TimeOnly | ClockKind::TimeOnlyZoned => {
                let time = self.wall_ns.rem_euclid(DAY);
                let day = (near_ns - time + DAY / 2).div_euclid(DAY);
                day * DAY + time
            }
            ClockKind::YearLess => {
                // 29 February may be eight years from the next one, around a century without a leap day
                let year = year_of(near_ns);
                (year - 8..=year + 8)
                    .filter_map(|y| self.wall_in_year(y))
                    .min_by_key(|wall| (wall - near_ns).abs())
                    .unwrap_or(self.wall_ns)
            }
            _ => self.wall_ns,
        }
    }

    /// A year-less stamp's wall clock in `year`; `None` for 29 February of a common year.
    pub fn wall_in_year(self, year: i32) -> Option<i64> {
        let at =
            chrono::DateTime::from_timestamp(self.wall_ns.div_euclid(NANOS), self.wall_ns.rem_euclid(NANOS) as u32)?;
        at.with_year(year)?.timestamp_nanos_opt()
    }

    /// The same stamp moved by `ns` (a request's start from its end and duration).
    pub fn moved(self, ns: i64) -> Self {
        RawTime { wall_ns: self.wall_ns.saturating_add(ns), ..self }
    }
}

/// Calendar year of a wall clock (nanoseconds since 1970).
pub fn year_of(wall_ns: i64) -> i32 {
    chrono::DateTime::from_timestamp(wall_ns.div_euclid(NANOS), 0).map_or(1970, |at| at.year())
}

/// Why a UTC instant is believed (law 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeBasis {
    /// The offset was written in the stamp.
    Explicit,
    /// The user said so (`--input-tz`, `recount.toml`, `alignment.toml`), or the format fixes it.
    Declared,
    /// Witnesses in the bundle decided; the clock decision of the source lists them.
    Inferred,
    /// Nothing decided: UTC was assumed and is listed as such.
    Assumed,
}

/// A decided instant in UTC, with the digits that were written and the basis of its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp {
    /// Nanoseconds since 1970-01-01T00:00:00Z; written as RFC 3339 in JSON.
    #[serde(rename = "utc", with = "utc_text")]
    pub utc_ns: i64,
    /// Digits that were written.
    pub precision: Precision,
    /// Why this zone.
    pub basis: TimeBasis,
}

impl Timestamp {
    /// A decided instant.
    pub fn new(utc_ns: i64, precision: Precision, basis: TimeBasis) -> Self {
        Timestamp { utc_ns, precision, basis }
    }

    /// Whole seconds since 1970, rounded toward the past.
    pub fn seconds(self) -> i64 {
        self.utc_ns.div_euclid(NANOS)
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC with only the digits that were written (`2025-06-12T17:52Z` at minute precision).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format_utc(self.utc_ns, self.precision))
    }
}

/// Formats a UTC instant as RFC 3339 with the digits of `precision` and a final `Z`
/// (a day is written without time or zone).
pub fn format_utc(utc_ns: i64, precision: Precision) -> String {
    let Some(at) = chrono::DateTime::from_timestamp(utc_ns.div_euclid(NANOS), utc_ns.rem_euclid(NANOS) as u32) else {
        return String::from("out-of-range");
    };
    let pattern = match precision {
        Precision::Day => "%Y-%m-%d",
        Precision::Hour | Precision::Minute => "%Y-%m-%dT%H:%MZ",
        Precision::Second => "%Y-%m-%dT%H:%M:%SZ",
        Precision::Milli => "%Y-%m-%dT%H:%M:%S%.3fZ",
        Precision::Micro => "%Y-%m-%dT%H:%M:%S%.6fZ",
        Precision::Nano => "%Y-%m-%dT%H:%M:%S%.9fZ",
    };
    at.format(pattern).to_string()
}

/// `i64` nanoseconds as RFC 3339 text, to the nanosecond when needed.
pub(super) mod utc_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(ns: &i64, s: S) -> Result<S::Ok, S::Error> {
        let precision = if ns % 1_000_000_000 == 0 { super::Precision::Second } else { super::Precision::Nano };
        s.serialize_str(&super::format_utc(*ns, precision))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
        let text = String::deserialize(d)?;
        let at = chrono::DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        at.timestamp_nanos_opt().ok_or_else(|| D::Error::custom("time out of the range 1677 to 2262"))
    }
}
