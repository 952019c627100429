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
        "<134>Jun 12 17:52:03 edge7 Key Store:198.51.100.7 - pat - signed on",
        "Jun 12 17:52:03 <local0.err> 198.51.100.7 appliance restarted",
        "Jun 12 17:52:03 edge7 kvfw[211]: %ASA-4-106023: deny tcp src outside:198.51.100.7/88",
        "Jun 12 17:52:03 edge7 Key Store[211]: read failed",
        "Jun 12 17:52:03 edge7 com.ex.launchd[1] (com.ex.kv): service exited",
        r#"<187>date=2025-06-12 time=19:52:03 tz="+0200" devname="fw1" level="error" msg="link down""#,
        "Jun 12 17:52:05 edge7 CEF:0|Ex|Gate|1.2|88|link down|7|rt=1749750723410 msg=port 1 is down",
    ],
    stamp,
    other: |_| None,
    certain: |_, _| true,
    headless: true,
};

/// A month's name first, and seconds.
fn stamp(text: &str) -> Option<(RawTime, usize)> {
    if !text.as_bytes().first()?.is_ascii_uppercase() || text.as_bytes().get(3) != Some(&b' ') {
        return None;
    }
    let (time, len) = timestamp::prefix(text)?;
    let own = matches!(time.kind, ClockKind::YearLess | ClockKind::Naive | ClockKind::Zoned)
        && time.precision >= Precision::Second;
    own.then_some((time, len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;
    use crate::format::{Format, LineFormat};
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
    fn the_spellings_of_tags_and_levels_are_read() {
        let read = |line: &str| {
            let r = records(&RFC3164, line).remove(0);
            let text = |c: Option<std::borrow::Cow<'static, str>>| c.map(|c| c.to_string()).unwrap_or_default();
            (text(r.host), text(r.service), r.level, r.body.to_string())
        };
        let row = |host: &str, tag: &str, level, body: &str| (host.into(), tag.into(), level, body.to_string());
        let s = RFC3164.samples();
        assert_eq!(read(s[4]), row("edge7", "", Some(Level::Info), "Key Store:198.51.100.7 - pat - signed on"));
        assert_eq!(read(s[5]), row("198.51.100.7", "", Some(Level::Error), "appliance restarted"));
        assert_eq!(read(s[6]).2, Some(Level::Warn));
        assert_eq!(read(s[7]), row("edge7", "Key Store", None, "read failed"));
        assert_eq!(read(s[8]), row("edge7", "com.ex.launchd", None, "service exited"));
        assert_eq!(read("Jun 12 17:52:03 mac kernel[0] <Error>: x"), row("mac", "kernel", Some(Level::Error), "x"));
        assert!(!RFC3164.starts("Jun 12 17:52:03 pat: we are down"), "people quote each other like this");
        assert!(!RFC3164.starts("Jun 12 18:05 UTC - Monitoring - a fix is out"));
    }

    #[test]
    fn pairs_behind_a_priority_bring_their_own_stamp() {
        let r = &records(&RFC3164, RFC3164.samples()[9])[0];
        assert_eq!((r.level, &*r.body), (Some(Level::Error), "link down"));
        let stamp = r.time.map(|t| (t.kind, t.offset_s));
        assert_eq!(stamp, Some((ClockKind::Zoned, 7200)));
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
