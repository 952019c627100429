//! Which texts `recount patterns` reads line by line: those of messages that no log format knows, such as the
//! output of a program that prints no stamps.

use std::collections::BTreeSet;

use super::Keeping;
use super::fold::FoldSink;
use super::frames::{Readers, drive};
use super::segment::Segment;
use crate::format::detect::{Plan, Reading, looks_continued, plain_line};
use crate::format::{Fault, Format, Frame, Head, LineFormat, Shape, Sink, prose};
use crate::model::LogRecord;
use crate::patterns::skeleton;

/// Bytes from which it is judged whether lines are records.
const LOOKED_AT: usize = 64 * 1024;
/// Lines that a text must have before repetition says anything.
const FEWEST: usize = 20;

/// The reader that takes every line for a message.
struct EachLine;

impl Format for EachLine {
    fn name(&self) -> &str {
        "lines"
    }

    fn title(&self) -> &str {
        "messages without stamps, one a line"
    }

    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for EachLine {
    fn starts(&self, line: &str) -> bool {
        !line.trim().is_empty()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        sink.log(&LogRecord { body: frame.text.into(), ..LogRecord::default() }, frame);
        Ok(())
    }

    fn specificity(&self) -> u8 {
        0
    }
}

/// What reads every line as a message.
pub(super) fn each_line() -> Readers<'static> {
    Readers::new(Vec::new(), vec![&EachLine], &[], true)
}

/// Whether the lines of a text are messages, as far as its beginning tells: nothing reads it; what reads it finds
/// no stamps; or it is taken for prose although its lines repeat.
pub(super) fn are_lines(plan: &Plan<'_>, head: &Head<'_>, formats: &[&dyn Format]) -> bool {
    let text = head.text.get(..LOOKED_AT).and_then(|text| text.rsplit_once('\n')).map_or(head.text, |(text, _)| text);
    match &plan.reading {
        Reading::Unknown => true,
        _ if plan.forced => false,
        Reading::Document(format) => prose::FORMATS.iter().any(|known| known.name() == format.name()) && repeats(text),
        Reading::Lines(chosen) => {
            let readers = Readers::new(plan.envelopes.clone(), chosen.clone(), formats, plan.forced);
            let mut sink = FoldSink::new("", Keeping::Nothing);
            let segment = Segment { text: text.to_string(), first_line: 1, offset: 0, foreign: 0, plain: false };
            readers.preview(&segment);
            drive(&readers, &segment, &mut sink);
            let untimed = sink.untimed();
            let accounting = sink.accounting();
            let rejected = accounting.rejected_frames();
            (untimed + rejected) * 2 > accounting.records.frames + rejected
        }
    }
}

/// Whether most lines are like others.
fn repeats(text: &str) -> bool {
    let mut kinds = BTreeSet::new();
    let mut lines = 0;
    for line in text.lines().map(plain_line).filter(|line| !line.trim().is_empty() && !looks_continued(line)) {
        let mut kind = Vec::new();
        skeleton(&line, &mut kind);
        kinds.insert(kind);
        lines += 1;
    }
    lines >= FEWEST && kinds.len() * 2 <= lines
}
