//! Traditional syslog files.
//!
//! Sample: `Jun 12 17:52:03 edge7 kvgw[211]: msg`, with or without a priority before it.
//! Yields one record; the tag is the service, `message repeated 12 times` weighs 12.
//! Time: the sender's own, without zone and mostly without year.
//! Reference: RFC 3164.

use super::syslog::TaggedFile;
use crate::format::timestamp;
use crate::model::{ClockKind, Precision, RawTime};

/// BSD syslog lines.
pub static RFC3164: TaggedFile = TaggedFile {
    name: "rfc3164",
    title: "syslog, BSD style (also journalctl's default)",
    samples: &[
        "<131>Jun 12 17:52:03 edge7 kvgw[211]: read failed",
        "Jun 12 17:52:03 edge7 kvgw[211]: message repeated 12 times: [ read failed ]",
        "Jan  1 00:00:02 edge7 kernel: clock set",
        "Jun 12 2025 17:52:03.410 edge7 kvgw: read failed",
    ],
    stamp,
    certain: |_| true,
};

/// A month's name first, seconds, no zone.
fn stamp(text: &str) -> Option<(RawTime, usize)> {
    if !text.as_bytes().first()?.is_ascii_uppercase() || text.as_bytes().get(3) != Some(&b' ') {
        return None;
    }
    let (time, len) = timestamp::prefix(text)?;
    let own = matches!(time.kind, ClockKind::YearLess | ClockKind::Naive) && time.precision >= Precision::Second;
    own.then_some((time, len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;
    use crate::format::logs::testing::records;
    use crate::model::Level;

    #[test]
    fn priority_tag_and_repetition_are_read() {
        let r = &records(&RFC3164, RFC3164.samples()[0])[0];
        assert_eq!(
            (r.level, r.service.as_deref(), r.host.as_deref()),
            (Some(Level::Error), Some("kvgw"), Some("edge7"))
        );
        let r = &records(&RFC3164, RFC3164.samples()[1])[0];
        assert_eq!((r.weight_milli, &*r.body), (12_000, "read failed"));
    }

    #[test]
    fn a_json_message_speaks_for_itself() {
        let line = r#"Jun 12 17:52:04 edge7 kvgw[211]: {"time":"2025-06-12T17:52:03Z","level":"error","msg":"x","service":"kv"}"#;
        let r = &records(&RFC3164, line)[0];
        assert_eq!((r.service.as_deref(), r.level, &*r.body), (Some("kv"), Some(Level::Error), "x"));
        assert_eq!(r.observed.map(|t| t.kind), Some(ClockKind::YearLess));
        assert_eq!(r.time.map(|t| t.kind), Some(ClockKind::Zoned));
    }
}
