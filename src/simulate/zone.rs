//! Wall clocks of the writers of files.
//!
//! The simulator must not share the `clock` stage's code: an error in it would cancel itself out.

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, TimeZone, Timelike};

/// The zone of one writer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// A zone with rules.
    Named(chrono_tz::Tz),
}

/// A wall clock reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wall {
    /// Date and time of day, whole seconds.
    pub local: NaiveDateTime,
    /// Nanoseconds of the second.
    pub nanos: u32,
    /// Seconds east of UTC.
    pub offset_s: i32,
}

impl Zone {
    /// Reads an IANA name or an offset; UTC when empty.
    pub fn parse(text: &str) -> Option<Zone> {
        match text {
            "" | "UTC" | "Z" => Some(Zone::Fixed(0)),
            _ if text.starts_with(['+', '-']) => parse_offset(text).map(Zone::Fixed),
            _ => text.parse().ok().map(Zone::Named),
        }
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_at(self, utc_s: i64) -> i32 {
        match self {
            Zone::Fixed(offset) => offset,
            Zone::Named(zone) => {
                let at = DateTime::from_timestamp(utc_s, 0).unwrap_or_default().naive_utc();
                zone.offset_from_utc_datetime(&at).fix().local_minus_utc()
            }
        }
    }

    /// The wall clock at an instant.
    pub fn wall(self, utc_ns: i64) -> Wall {
        let second = utc_ns.div_euclid(1_000_000_000);
        let offset_s = self.offset_at(second);
        let local = DateTime::from_timestamp(second + i64::from(offset_s), 0).unwrap_or_default().naive_utc();
        Wall { local, nanos: utc_ns.rem_euclid(1_000_000_000) as u32, offset_s }
    }
}

fn parse_offset(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let hours: i32 = hours.parse().ok().filter(|h| (0..=14).contains(h))?;
    let minutes: i32 = minutes.parse().ok().filter(|m| (0..60).contains(m))?;
    Some(sign * (hours * 3600 + minutes * 60))
}

impl Wall {
    /// `2025-06-12`.
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.local.year(), self.local.month(), self.local.day())
    }

    /// `17:52:03`.
    pub fn time(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.local.hour(), self.local.minute(), self.local.second())
    }

    /// Milliseconds of the second.
    pub fn millis(&self) -> u32 {
        self.nanos / 1_000_000
    }

    /// Microseconds of the second.
    pub fn micros(&self) -> u32 {
        self.nanos / 1000
    }

    /// `+02:00`, or `Z` when `z` is wanted.
    pub fn offset(&self, z: bool) -> String {
        if z {
            return String::from("Z");
        }
        let sign = if self.offset_s < 0 { '-' } else { '+' };
        let minutes = self.offset_s.abs() / 60;
        format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// `12/Jun/2025:17:52:03 +0000`.
    pub fn clf(&self) -> String {
        let offset = self.offset(false).replace(':', "");
        format!(
            "{:02}/{}/{}:{} {offset}",
            self.local.day(),
            month_name(self.local.month()),
            self.local.year(),
            self.time()
        )
    }

    /// `Jun 12 17:52:03`, as old syslog writes it.
    pub fn syslog(&self) -> String {
        format!("{} {:>2} {}", month_name(self.local.month()), self.local.day(), self.time())
    }
}

/// Three letters of a month.
pub(super) fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(month.saturating_sub(1) as usize).copied().unwrap_or("Jan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_zone_follows_summer_time_and_an_offset_does_not() {
        let noon = |month| {
            chrono::NaiveDate::from_ymd_opt(2025, month, 12)
                .unwrap()
                .and_hms_opt(12, 0, 0)
                .unwrap()
                .and_utc()
                .timestamp()
        };
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!((berlin.offset_at(noon(1)), berlin.offset_at(noon(6))), (3600, 7200));
        assert_eq!(Zone::parse("-09:30").unwrap().offset_at(noon(6)), -34_200);
        assert!(Zone::parse("Mars/Base").is_none() && Zone::parse("+2").is_none());
    }

    #[test]
    fn a_stamp_is_written_as_each_kind_of_log_wants_it() {
        let wall = Zone::parse("+05:30").unwrap().wall(1_749_750_723_410_000_000);
        assert_eq!(wall.clf(), "12/Jun/2025:23:22:03 +0530");
        assert_eq!((wall.syslog().as_str(), wall.millis()), ("Jun 12 23:22:03", 410));
    }
}
