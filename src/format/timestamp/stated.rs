//! What the lines above the records say once for all of them: the zone of all times, a full date.

use std::sync::LazyLock;

use regex::Regex;

use super::prefix;
use crate::model::{ClockKind, RawTime};

const ZONE: &str = r"(?:UTC|GMT)(?:\s?[+-]\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}|[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?|[A-Z]{2,5}";

static STATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r#"(?:(?i:\b(?:time ?stamps?|times?|dates?|time[ _]?zone|log_timezone|tz)\b(?:[^\n.=:]{{0,24}}\b(?:is|are|in|to)|\s{{0,2}}[=:]))\s{{0,2}}(?i:in\s)?["'(\[]?|(?i:\btime(?: ?stamp)?s?)\s?[\[(])(?P<zone>{ZONE})(?:["'\s,;.)\]]|$)"#
    ))
    .ok()
});

static DATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:log file created at|logs? begins?(?: at)?|log (?:opened|started|begun)(?: at| on)?|created on|#\s?date|^date)\s?:?\s{0,2}(?:at |on )?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?").ok()
});

/// The zone that `line` states for all times of its file, as written. The words must say that it is
/// about times; whether the zone exists is for the `clock` stage.
pub fn stated_zone(line: &str) -> Option<&str> {
    // A line with a time of day is a record, and speaks of whatever it is about.
    let timed = line.as_bytes().windows(6).any(|w| w[0] == b':' && w[3] == b':' && w[1].is_ascii_digit());
    if timed {
        return None;
    }
    STATED.as_ref()?.captures(line)?.name("zone").map(|m| m.as_str())
}

/// The full date that a header gives (`Log file created at: …`, `-- Logs begin at …`).
pub fn stated_date(line: &str) -> Option<RawTime> {
    let end = DATED.as_ref()?.find(line)?.end();
    let (time, _) = prefix(line.get(end..)?)?;
    matches!(time.kind, ClockKind::Zoned | ClockKind::Naive).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_said_once_is_found_in_the_usual_words() {
        for (line, zone) in [
            ("# All times are UTC", "UTC"),
            ("; timestamps in Europe/Berlin", "Europe/Berlin"),
            ("Time zone: GMT+8", "GMT+8"),
            ("Times are given in CEST.", "CEST"),
            ("timezone = \"America/New_York\"", "America/New_York"),
            ("time (UTC)  level  message", "UTC"),
            ("Timestamp[+02:00];Level", "+02:00"),
            ("#Fields: all times in GMT", "GMT"),
        ] {
            assert_eq!(stated_zone(line), Some(zone), "{line}");
        }
    }

    #[test]
    fn other_lines_state_no_zone() {
        for line in [
            "the time to recover is long",
            "time: 17:52:03",
            "availability zone: us-east-1",
            "timeout=UTC",
            "",
            "2025-06-12 17:52:03 profile saved, timezone=Asia/Tokyo",
        ] {
            assert_eq!(stated_zone(line), None, "{line}");
        }
    }

    #[test]
    fn a_header_gives_the_date_that_its_records_lack() {
        let date = |line| stated_date(line).map(|t| (t.kind, t.wall_ns / 86_400_000_000_000));
        let day = 20_251;
        assert_eq!(date("Log file created at: 2025/06/12 17:52:03"), Some((ClockKind::Naive, day)));
        assert_eq!(
            date("-- Logs begin at Thu 2025-06-12 17:00:00 UTC, end at Fri 2025-06-13. --"),
            Some((ClockKind::Zoned, day))
        );
        assert_eq!(date("#Date: 2025-06-12 17:52:03"), Some((ClockKind::Naive, day)));
        assert_eq!(date("2025-06-12 17:52:03 INFO up"), None);
        assert_eq!(date("update 2025-06-12 applied"), None);
    }
}
