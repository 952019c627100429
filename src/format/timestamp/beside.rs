//! What the text of a record tells of its clock besides its own stamp: a second stamp with a zone,
//! a field that names the zone.

use std::sync::LazyLock;

use regex::Regex;

use super::{epoch_digits, prefix};
use crate::model::{ClockKind, Precision, RawTime};

/// Bytes of a record that are looked at.
const LOOKED_AT: usize = 2048;
/// Stamps of one record that are looked at.
const MOST: usize = 4;
/// Bytes before a stamp that may say what it is.
const LEAD: usize = 28;

/// Beginnings of words before a stamp that is of another moment than its record.
const ELSEWHEN: &[&str] = &[
    "expir",
    "until",
    "valid",
    "next",
    "retry",
    "deadline",
    "not after",
    "not before",
    "notafter",
    "notbefore",
    "renew",
    "schedul",
    "due",
    "since",
    "last",
    "previous",
    "modified",
    "until",
    "through",
    "lease",
    "ttl",
    "eta",
];

static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:^|[^A-Za-z])(?:tz|time_?zone|tz_?offset|log_timezone|user\.timezone)["']?\s{0,2}[=:]\s{0,2}["']?(?P<zone>(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?|[+-]\d{2}(?::?\d{2})?|[A-Za-z]{2,20}(?:/[A-Za-z_]{2,20}){0,2})(?:["',;\s)\]}]|$)"#,
    )
    .ok()
});

/// Stamps in `text` that carry a zone and may be of the record's own moment, in the order written.
/// A stamp that its words place elsewhere (`expires …`, `last seen …`) is left out.
pub fn zoned_stamps(text: &str) -> Vec<RawTime> {
    let text = head(text);
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < MOST {
        if !bytes[at].is_ascii_digit() || inside(bytes, at) {
            at += 1;
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let run = rest.bytes().take_while(u8::is_ascii_digit).count();
        let lead = lead(text, at);
        let read = if matches!(run, 10 | 13 | 16 | 19) { epoch(rest, run, lead) } else { dated(rest) };
        match read {
            Some((time, len)) => {
                if !ELSEWHEN.iter().any(|word| lead.to_ascii_lowercase().contains(word)) {
                    found.push(time);
                }
                at += len.max(1);
            }
            None => at += run.max(1),
        }
    }
    found
}

/// The zone that a field of `text` names (`tz="-0500"`, `"timezone":"Europe/Berlin"`), as written.
pub fn zone_field(text: &str) -> Option<&str> {
    let text = head(text);
    // The pattern is looked for only where its letters are.
    let possible = text.contains("tz") || text.contains("zone") || text.contains("TZ") || text.contains("Zone");
    FIELD.as_ref().filter(|_| possible)?.captures(text)?.name("zone").map(|m| m.as_str())
}

/// Whether what stands before byte `at` makes its digit a part of something longer.
fn inside(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
    match before(1) {
        b':' => before(2).is_ascii_digit(),
        byte => byte.is_ascii_alphanumeric() || b".-/_+".contains(&byte),
    }
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// The words before byte `at`.
fn lead(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(LEAD);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..at).unwrap_or("")
}

/// A stamp with date, seconds and zone.
fn dated(rest: &str) -> Option<(RawTime, usize)> {
    let (time, len) = prefix(rest)?;
    let instant = time.kind == ClockKind::Zoned && time.precision >= Precision::Second;
    // A stamp without zone is stepped over whole, so that no part of it is read as another.
    if instant { Some((time, len)) } else { None }
}

/// An epoch under a key that says so: ten digits alone may be anything.
fn epoch(rest: &str, run: usize, lead: &str) -> Option<(RawTime, usize)> {
    let key = lead.trim_end_matches(['"', '\'', ' ']).strip_suffix(['=', ':'])?.trim_end_matches(['"', '\'', ' ']);
    let start = key.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '@')).map_or(0, |i| i + 1);
    let name = key.get(start..)?.to_ascii_lowercase();
    let timely = ["time", "ts", "epoch", "stamp", "date", "clock"].iter().any(|word| name.contains(word));
    let fraction = rest.get(run..)?.strip_prefix('.').map_or(0, |f| f.bytes().take_while(u8::is_ascii_digit).count());
    let len = run + if fraction > 0 { fraction + 1 } else { 0 };
    epoch_digits(rest.get(..len)?).filter(|t| timely && t.kind == ClockKind::Zoned).map(|t| (t, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_749_750_723_000_000_000;

    #[test]
    fn a_second_stamp_with_a_zone_is_found_in_any_shape() {
        for text in [
            "date=2025-06-12 time=19:52:03 eventtime=1749750723 srcip=192.0.2.7",
            "date=2025-06-12 time=19:52:03 eventtime=1749750723000000000 x",
            "2025-06-12 19:52:03 handled, at=2025-06-12T17:52:03Z",
            "2025-06-12 19:52:03 [12/Jun/2025:19:52:03 +0200] GET /",
            "Date: Thu, 12 Jun 2025 17:52:03 GMT",
            "{\"ts\":\"2025-06-12 19:52:03\",\"epoch_ms\":1749750723000}",
        ] {
            assert_eq!(zoned_stamps(text).iter().map(|t| t.key_ns()).collect::<Vec<_>>(), [T], "{text}");
        }
    }

    #[test]
    fn numbers_and_stamps_of_other_moments_are_left_alone() {
        for text in [
            "2025-06-12 19:52:03 session 1749750723 closed",
            "2025-06-12 19:52:03 token expires 2025-06-12T18:52:03Z",
            "2025-06-12 19:52:03 last seen at 2025-06-12T17:00:00Z",
            "2025-06-12 19:52:03 order_id=1749750723",
            "10.0.0.1 - 2025-06-12 19:52:03",
        ] {
            assert_eq!(zoned_stamps(text), [], "{text}");
        }
    }

    #[test]
    fn a_field_that_names_the_zone_is_read_as_written() {
        for (text, zone) in [
            ("logid=7 tz=\"-0500\" devname=x", Some("-0500")),
            ("{\"timezone\":\"Europe/Berlin\",\"a\":1}", Some("Europe/Berlin")),
            ("timezone=\"CEST\" device=x", Some("CEST")),
            ("user.timezone = Asia/Tokyo", Some("Asia/Tokyo")),
            ("time_zone: UTC+2, x", Some("UTC+2")),
            ("zone=us-east-1a", None),
            ("quartz=5 tz", None),
        ] {
            assert_eq!(zone_field(text), zone, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_scan_panic(text in "\\PC{0,80}") {
            let _ = (zoned_stamps(&text), zone_field(&text));
        }
    }
}
