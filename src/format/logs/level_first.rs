//! Text logs that begin with the level, the date behind it.
//!
//! Written by Cassandra, Play, glog look-alikes and home-made loggers.
//! Sample: `ERROR [ReadStage-2] 2025-06-12 17:52:03,410 X.java:9 - msg`.
//! Yields one record; stack traces belong to the line above. Time: mostly without zone.

use super::words;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{Level, LogRecord, RawTime};

/// Text with the level before the date.
pub struct LevelFirst;

impl Format for LevelFirst {
    fn name(&self) -> &str {
        "level_first"
    }

    fn title(&self) -> &str {
        "text with the level before the date (Cassandra and home-made loggers)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "ERROR 2025-06-12 17:52:03,410 read failed",
            "[ERROR] 2025-06-12 17:52:03 read failed",
            "ERROR [ReadStage-2] 2025-06-12 17:52:03,410 ReadCallback.java:9 - read failed",
            "WARN: [2025-06-12T17:52:03Z] slow read",
            "[ INFO 2025-06-12 17:52:03 main] lease renewed",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

fn parse(line: &str) -> Option<(Level, RawTime, &str)> {
    let text = line.strip_prefix('[').map_or(line, str::trim_start);
    let len = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let level = words::upper_word(text.get(..len)?)?;
    let rest = text.get(len..)?.trim_start_matches([' ', ']', ':', '|', '\t']);
    let rest = match rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
        Some((inside, after)) if words::dated_prefix(inside).is_none() => after.trim_start(),
        _ => rest.strip_prefix('[').unwrap_or(rest),
    };
    let (time, len) = words::dated_prefix(rest)?;
    Some((level, time, rest.get(len..)?))
}

impl LineFormat for LevelFirst {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (level, time, rest) =
            parse(frame.first_line()).ok_or(Fault::new("expected a level and a date, found a line without"))?;
        let mut record = LogRecord {
            time: Some(time),
            level: Some(level),
            body: words::with_exception(words::message(rest), frame.text),
            ..LogRecord::default()
        };
        words::name_upstream(&mut record);
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        30
    }
}
