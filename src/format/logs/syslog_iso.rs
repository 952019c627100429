//! Syslog files with ISO stamps.
//!
//! Written by rsyslog's and syslog-ng's file templates and by `journalctl -o short-iso`.
//! Sample: `2025-06-12T17:52:03+0000 edge7 kvgw[211]: msg`.
//! Yields one record; the tag is the service. Time: with offset.

use super::syslog::{Tagged, TaggedFile};
use super::words;
use crate::model::RawTime;

/// Syslog lines with an ISO stamp.
pub static SYSLOG_ISO: TaggedFile = TaggedFile {
    name: "syslog_iso",
    title: "syslog with ISO stamps (rsyslog, syslog-ng, journalctl -o short-iso)",
    samples: &[
        "2025-06-12T17:52:03+0000 edge7 kvgw[211]: read failed",
        "<131>2025-06-12T17:52:03.410211Z edge7 kvgw: read failed",
    ],
    stamp,
    certain,
};

/// A date and a time joined by `T`.
fn stamp(text: &str) -> Option<(RawTime, usize)> {
    (text.as_bytes().get(10) == Some(&b'T')).then(|| words::dated_prefix(text)).flatten()
}

/// Many loggers write such stamps: only a sender with a tag that is no level makes it syslog.
fn certain(line: &Tagged<'_>) -> bool {
    line.host.is_some() && line.tag.is_none_or(|tag| words::upper_word(tag).is_none())
}
