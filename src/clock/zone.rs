//! Zones: what a name or an offset means, and which offsets exist at all.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::labels;

/// Offsets in use anywhere on earth, minutes east of UTC (shared FORMATS catalogue §12).
const EXISTING_MINUTES: &[i32] = &[
    -720, -660, -600, -570, -540, -480, -420, -360, -300, -240, -210, -180, -150, -120, -60, 0, 60, 120, 180, 210, 240,
    270, 300, 330, 345, 360, 390, 420, 480, 525, 540, 570, 600, 630, 660, 720, 765, 780, 825, 840,
];

/// Zones to name first where several have the same clock.
const KNOWN: &[&str] = &[
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Europe/Athens",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// A zone as declared or inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC, all year.
    Fixed(i32),
    /// An IANA zone with its rules.
    Named(Tz),
}

/// What a zone makes of one wall-clock second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallOffset {
    /// One offset.
    One(i32),
    /// The clock was set back: the earlier and the later reading's offsets.
    Twice(i32, i32),
    /// The clock was set forward over this second: it never was. The offset just before the gap.
    Never(i32),
}

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone::Fixed(0);

    /// Reads a zone as a text states it: as [`Zone::parse`], but an abbreviation is never taken for
    /// the IANA zone of that name (`CET` the zone has summer time, `CET` the label has not).
    pub fn stated(text: &str) -> Option<Zone> {
        let text = text.trim();
        labels::region(text).or_else(|| if labels::is_label(text) { None } else { Zone::parse(text) })
    }

    /// Reads `UTC`, `Z`, `GMT`, `+02:00`, `-0700`, `+2`, `UTC+2`, or an IANA name.
    pub fn parse(text: &str) -> Option<Zone> {
        let text = text.trim();
        if matches!(text.to_ascii_uppercase().as_str(), "UTC" | "Z" | "GMT" | "UT" | "ETC/UTC") {
            return Some(Zone::UTC);
        }
        let offset = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
        if let Some(seconds) = parse_offset(offset.trim_start()) {
            return Some(Zone::Fixed(seconds));
        }
        text.parse::<Tz>().ok().map(Zone::Named)
    }

    /// A zone whose clock was set from one of two offsets to the other between two wall clocks: of
    /// several such zones a well-known one, since all of them agree on these hours.
    pub fn changing(a: i32, b: i32, walls_s: (i64, i64)) -> Option<Zone> {
        let at = |zone: Zone, wall| match zone.at_wall(wall) {
            WallOffset::One(offset) | WallOffset::Never(offset) | WallOffset::Twice(offset, _) => offset,
        };
        let known = KNOWN.iter().filter_map(|name| name.parse::<Tz>().ok());
        known.chain(chrono_tz::TZ_VARIANTS).map(Zone::Named).find(|zone| {
            let ends = (at(*zone, walls_s.0), at(*zone, walls_s.1));
            ends == (a, b) || ends == (b, a)
        })
    }

    /// Whether its clock was on `offset_s` at a wall-clock second.
    pub fn is_on(self, offset_s: i32, wall_s: i64) -> bool {
        match self.at_wall(wall_s) {
            WallOffset::One(offset) | WallOffset::Never(offset) => offset == offset_s,
            WallOffset::Twice(early, late) => early == offset_s || late == offset_s,
        }
    }

    /// A name for reports.
    pub fn label(self) -> String {
        match self {
            Zone::Fixed(0) => "UTC".to_string(),
            Zone::Fixed(seconds) => offset_label(seconds),
            Zone::Named(tz) => tz.name().to_string(),
        }
    }

    /// The offset at a wall-clock second.
    pub fn at_wall(self, wall_s: i64) -> WallOffset {
        let tz = match self {
            Zone::Fixed(seconds) => return WallOffset::One(seconds),
            Zone::Named(tz) => tz,
        };
        let Some(naive) = DateTime::from_timestamp(wall_s, 0).map(|at| at.naive_utc()) else {
            return WallOffset::One(0);
        };
        let seconds = |at: DateTime<Tz>| at.offset().fix().local_minus_utc();
        match tz.from_local_datetime(&naive) {
            chrono::LocalResult::Single(at) => WallOffset::One(seconds(at)),
            chrono::LocalResult::Ambiguous(early, late) => WallOffset::Twice(seconds(early), seconds(late)),
            chrono::LocalResult::None => {
                let before = tz.from_local_datetime(&(naive - chrono::TimeDelta::hours(3))).earliest();
                WallOffset::Never(before.map_or(0, seconds))
            }
        }
    }
}

/// `+02:00` for 7200.
pub fn offset_label(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn parse_offset(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = if digits.len() <= 2 { (digits.as_str(), "0") } else { digits.split_at(digits.len() - 2) };
    let total = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    (total <= 14 * 3600).then_some(sign * total)
}

/// The existing offset nearest to a measured difference, in seconds. Whole hours are nearer than half
/// hours, and those nearer than quarters: few clocks are on them, many are minutes wrong.
pub fn snap(difference_s: i64) -> i32 {
    let cost = |offset: &i32| {
        let rare = match (offset / 60).rem_euclid(60) {
            0 => 0,
            30 => 120,
            _ => 300,
        };
        ((i64::from(*offset) - difference_s).abs() + rare, offset.abs())
    };
    existing().min_by_key(cost).unwrap_or(0)
}

/// Every offset in use, seconds east of UTC.
pub fn existing() -> impl Iterator<Item = i32> {
    EXISTING_MINUTES.iter().map(|minutes| minutes * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_in_every_usual_spelling() {
        for (text, seconds) in [("+02:00", 7200), ("-0700", -25200), ("+2", 7200), ("UTC+5:30", 19800), ("Z", 0)] {
            assert_eq!(Zone::parse(text), Some(Zone::Fixed(seconds)), "{text}");
        }
        assert_eq!(Zone::parse("Nowhere/Land"), None);
        assert_eq!(Zone::stated("CET"), None, "a label is not the zone of that name");
        assert_eq!(Zone::stated("EST5EDT").map(Zone::label).as_deref(), Some("America/New_York"));
        assert_eq!(Zone::stated("GMT -3"), Some(Zone::Fixed(-10_800)));
    }

    #[test]
    fn a_difference_snaps_to_an_offset_that_exists() {
        assert_eq!(snap(7_200 - 2), 7_200);
        assert_eq!(snap(451), 0, "no zone is seven and a half minutes off UTC");
        assert_eq!(snap(20_000), 19_800);
        assert_eq!(snap(19_800 + 451), 19_800, "India with a wrong clock is commoner than Nepal");
        assert_eq!(snap(20_700 + 2), 20_700);
    }

    #[test]
    fn a_fold_has_two_offsets_and_a_gap_none() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let wall = |text: &str| text.parse::<chrono::NaiveDateTime>().unwrap().and_utc().timestamp();
        assert_eq!(berlin.at_wall(wall("2025-10-26T02:30:00")), WallOffset::Twice(7200, 3600));
        assert_eq!(berlin.at_wall(wall("2025-03-30T02:30:00")), WallOffset::Never(3600));
        assert_eq!(berlin.at_wall(wall("2025-06-12T12:00:00")), WallOffset::One(7200));
    }
}
