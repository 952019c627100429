//! systemd's journal in its export format.
//!
//! Written by `journalctl -o export`: one `KEY=value` a line, entries apart by a blank line.
//! Yields one record an entry, from `__CURSOR=`; fields that hold line ends are a key alone, eight
//! bytes of length, and the value. Time: the sender's clock where it is there, else the journal's.

use crate::format::fields::{Fields, Value};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};

/// Journal entries as exported.
pub struct JournaldExport;

impl Format for JournaldExport {
    fn name(&self) -> &str {
        "journald_export"
    }

    fn title(&self) -> &str {
        "systemd journal, export format (journalctl -o export)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "__CURSOR=s=6f1c;i=77\n__REALTIME_TIMESTAMP=1749750723410211\nPRIORITY=3\nSYSLOG_IDENTIFIER=kvgw\nMESSAGE=read failed",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

const BEGIN: &str = "__CURSOR=";
/// Characters of the length before a value that holds line ends.
const LENGTH: usize = 8;

/// The fields of an entry.
fn entries(text: &str) -> Vec<(&str, &str)> {
    let is_key =
        |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let (mut found, mut alone) = (Vec::new(), None);
    for line in text.lines() {
        if let Some(key) = alone.take() {
            let start = line.char_indices().nth(LENGTH).map_or(line.len(), |(at, _)| at);
            found.push((key, line.get(start..).unwrap_or("")));
        } else if let Some(pair) = line.split_once('=').filter(|(key, _)| is_key(key)) {
            found.push(pair);
        } else if is_key(line) {
            alone = Some(line);
        }
    }
    found
}

impl LineFormat for JournaldExport {
    fn starts(&self, line: &str) -> bool {
        line.starts_with(BEGIN)
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut fields = Fields::default();
        for (key, value) in entries(frame.text) {
            fields.offer(key, Value::Text(value.into()));
        }
        let mut record = fields.into_record();
        if record.time.is_none() {
            return Err(Fault::new("expected a journal entry with a stamp, found one without"));
        }
        // A unit is named like its program otherwise.
        let unit = record.service.as_deref().and_then(|name| name.strip_suffix(".service"));
        if let Some(name) = unit.map(str::to_string) {
            record.service = Some(name.into());
        }
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        90
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;
    use crate::model::Level;

    #[test]
    fn the_senders_clock_wins_and_long_values_are_read() {
        let text = "__CURSOR=s=6f1c\n__REALTIME_TIMESTAMP=1749750723410211\n_SOURCE_REALTIME_TIMESTAMP=1749750723409000\nPRIORITY=3\n_SYSTEMD_UNIT=kvgw.service\nMESSAGE\n\u{11}\0\0\0\0\0\0\0read failed\n  at kv";
        let r = &records(&JournaldExport, text)[0];
        assert_eq!(r.time.map(|t| t.wall_ns), Some(1_749_750_723_409_000_000));
        assert_eq!((r.level, r.service.as_deref(), &*r.body), (Some(Level::Error), Some("kvgw"), "read failed"));
    }
}
