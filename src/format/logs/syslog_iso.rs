//! Syslog files with ISO stamps.
//!
//! Written by rsyslog's and syslog-ng's file templates and by `journalctl -o short-iso`.
//! Sample: `2025-06-12T17:52:03+0000 edge7 kvgw[211]: msg`.
//! Yields one record; the tag is the service. Time: with offset.

use super::syslog::{Tagged, TaggedFile};
use super::{rfc5424, words};

/// Syslog lines with an ISO stamp.
pub static SYSLOG_ISO: TaggedFile = TaggedFile {
    name: "syslog_iso",
    title: "syslog with ISO stamps (rsyslog, syslog-ng, journalctl -o short-iso)",
    samples: &[
        "2025-06-12T17:52:03+0000 edge7 kvgw[211]: read failed",
        "<131>2025-06-12T17:52:03.410211Z edge7 kvgw: read failed",
        "2025-06-12T17:52:03Z edge7  %FTD-3-430003: connection blocked",
        "2025-06-12 17:52:03-07 edge7 installer[211]: package failed",
        r#"2025-06-12T17:52:03.410Z edge7 NSX 3106 - [ex@1 comp="kv" level="ERROR"] read failed"#,
    ],
    stamp: words::dated_prefix,
    other: rfc5424::without_version,
    certain,
    headless: false,
};

/// Many loggers write such stamps: only a sender with a tag that is no level makes it syslog, and with
/// a blank between date and time only one with a process.
fn certain(text: &str, line: &Tagged<'_>) -> bool {
    let machine = text.as_bytes().get(10) == Some(&b'T') || line.pid;
    let level = |word: &str| words::any_level_word(word.trim_end_matches(':')).is_some();
    let hosted = line.host.is_some_and(|host| !level(host));
    machine && hosted && line.tag.is_none_or(|tag| words::upper_word(tag).is_none() && (line.pid || !level(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;
    use crate::format::{Format, LineFormat};
    use crate::model::Level;

    #[test]
    fn a_level_may_stand_in_the_message_or_in_structured_data() {
        for at in [2, 4] {
            assert_eq!(records(&SYSLOG_ISO, SYSLOG_ISO.samples()[at])[0].level, Some(Level::Error), "sample {at}");
        }
        let r = &records(&SYSLOG_ISO, SYSLOG_ISO.samples()[4])[0];
        assert_eq!((r.service.as_deref(), &*r.body), (Some("NSX"), "read failed"));
    }

    #[test]
    fn lines_of_programs_are_no_syslog() {
        for line in [
            "2025-06-12 17:52:03 edge7 kvgw: read failed",
            "2025-06-12T17:52:03.410Z ERROR kv: read failed",
            "2025-06-12T17:52:03.410Z read failed",
            "2025-06-12T17:52:03.410Z [error] clientid: kv-1, msg: read failed",
            "2025-06-12T17:52:03.410Z [kv] warn: read failed",
            "2025-06-12T17:52:03.410Z info kvgw[211] read done",
        ] {
            assert!(!SYSLOG_ISO.starts(line), "{line}");
        }
    }
}
