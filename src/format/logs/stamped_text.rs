//! Lines with a machine's stamp and nothing else that is known.
//!
//! Written by build systems and `docker logs -t` around programs that print plain text.
//! Sample: `2025-06-12T17:52:03.410211Z accepted connection`.
//! Yields one record without a level. Time: only stamps no person would type (ISO letter, fraction
//! and offset); nine digits are a container runtime's, which tell when the line was read.

use super::words;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{ClockKind, LogRecord, Precision, RawTime, StampMeaning};

/// Plain text behind an exact stamp.
pub struct StampedText;

impl Format for StampedText {
    fn name(&self) -> &str {
        "stamped_text"
    }

    fn title(&self) -> &str {
        "plain text behind an exact UTC stamp"
    }

    fn samples(&self) -> Vec<&str> {
        vec!["2025-06-12T17:52:03.410211Z accepted connection", "2025-06-12T17:52:03.4102113Z job started"]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

fn parse(line: &str) -> Option<(RawTime, &str)> {
    if line.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (time, len) = words::dated_prefix(line)?;
    let exact = time.kind == ClockKind::Zoned && time.precision >= Precision::Milli;
    let rest = line.get(len..)?.strip_prefix(' ')?;
    (exact && !rest.trim().is_empty()).then_some((time, rest))
}

impl LineFormat for StampedText {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (time, rest) =
            parse(frame.first_line()).ok_or(Fault::new("expected an exact stamp, found a line without"))?;
        let stamp = if time.precision == Precision::Nano { StampMeaning::Observed } else { StampMeaning::Event };
        let record = LogRecord {
            time: Some(time),
            stamp,
            level: words::leading_level(rest),
            body: rest.into(),
            ..LogRecord::default()
        };
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        10
    }
}
