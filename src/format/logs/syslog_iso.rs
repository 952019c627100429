//! Syslog files with ISO stamps.
//!
//! Written by rsyslog's and syslog-ng's file templates and by `journalctl -o short-iso`.
//! Sample: `2025-06-12T17:52:03+0000 edge7 kvgw[211]: msg`.
//! Yields one record; the tag is the service. Time: with offset.

use super::syslog::{self, Tagged};
use super::words;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{Level, RawTime};

/// Syslog lines with an ISO stamp.
pub struct SyslogIso;

impl Format for SyslogIso {
    fn name(&self) -> &str {
        "syslog_iso"
    }

    fn title(&self) -> &str {
        "syslog with ISO stamps (rsyslog, syslog-ng, journalctl -o short-iso)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "2025-06-12T17:52:03+0000 edge7 kvgw[211]: read failed",
            "<131>2025-06-12T17:52:03.410211Z edge7 kvgw: read failed",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

fn parse(line: &str) -> Option<(Option<Level>, RawTime, Tagged<'_>)> {
    let (level, text) = syslog::priority(line)?;
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (time, len) = words::dated_prefix(text)?;
    let tagged = syslog::tagged(text.get(len..)?.strip_prefix(' ')?)?;
    let bare = tagged.host.is_none() || tagged.tag.is_some_and(|t| words::upper_word(t).is_some());
    (!bare).then_some((level, time, tagged))
}

impl LineFormat for SyslogIso {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (level, time, tagged) =
            parse(frame.first_line()).ok_or(Fault::new("expected a syslog header, found a line without"))?;
        syslog::emit(Some(time), level, &tagged, frame, sink);
        Ok(())
    }

    fn specificity(&self) -> u8 {
        60
    }
}
