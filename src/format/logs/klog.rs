//! Kubernetes components and other users of klog and glog.
//!
//! Sample: `E0612 17:52:03.410211    1 lease.go:330] "lost lease" err="timeout" node="n4"`.
//! Yields one record; the structured tail gives error and ids. Time: no year and no zone, except
//! glog's eight-digit dates and CockroachDB's six-digit ones, which have the year.
//! Reference: kubernetes/klog.

use std::cell::RefCell;

use super::twice::{Part, Twice};
use super::{logfmt, words};
use crate::format::fields::{Fields, Value};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{ClockKind, Level, LogRecord, Precision, RawTime};

/// klog and glog text.
pub struct Klog;

impl Format for Klog {
    fn name(&self) -> &str {
        "klog"
    }

    fn title(&self) -> &str {
        "klog and glog text (Kubernetes components)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"E0612 17:52:03.410211    1 lease.go:330] "lost lease" err="timeout" node="n4""#,
            "W20250612 17:52:03.410211  4711 reader.cc:88] slow read",
            "E250612 17:52:03.410211 88 server/node.go:511 ⋮ [n1,s2] 77  unable to gossip capacity",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

thread_local! {
    static LINES: RefCell<Twice<(Level, RawTime, Part)>> = RefCell::default();
}

/// Level, stamp and message of a line.
fn parse(line: &str) -> Option<(Level, RawTime, &str)> {
    let found = LINES.with_borrow_mut(|lines| {
        lines.parsed(line, |line| parse_anew(line).map(|(level, time, message)| (level, time, Part::of(line, message))))
    });
    found.map(|(level, time, message)| (level, time, message.within(line)))
}

fn parse_anew(line: &str) -> Option<(Level, RawTime, &str)> {
    let level = match line.as_bytes().first()? {
        b'I' => Level::Info,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'F' | b'C' => Level::Fatal,
        _ => return None,
    };
    let text = line.get(1..)?;
    if !text.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    // Date and time alone: what stands behind them is the thread, whatever it looks like.
    let mut blanks = memchr::memchr_iter(b' ', text.as_bytes());
    let (stamp, behind) = text.split_at(blanks.nth(1)?);
    let (time, _) = timestamp::prefix(stamp).filter(|(_, len)| *len == stamp.len())?;
    if time.precision < Precision::Micro {
        return None;
    }
    let (thread, place) = behind.trim_start().split_once(' ')?;
    let (place, message) = place.trim_start().split_once(' ').unwrap_or((place.trim_start(), ""));
    let file = place.strip_suffix(']').or_else(|| is_cockroach(time, message).then_some(place))?;
    let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let known = numeric(thread) && file.rsplit_once(':').is_some_and(|(_, line)| numeric(line));
    known.then_some((level, time, message.strip_prefix("⋮ ").unwrap_or(message)))
}

/// Whether a message behind a place without its bracket begins with CockroachDB's tags.
fn is_cockroach(time: RawTime, message: &str) -> bool {
    let message = message.trim_start().trim_start_matches("⋮ ");
    time.kind != ClockKind::YearLess && message.starts_with(['[', '+', '='])
}

impl LineFormat for Klog {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (level, time, message) =
            parse(frame.first_line()).ok_or(Fault::new("expected a klog header, found a line without"))?;
        let mut record = match quoted(message) {
            Some((said, pairs)) => {
                let mut fields = Fields::default();
                logfmt::offer_pairs(pairs, &mut fields);
                fields.offer("level", Value::Text(level.word().into()));
                fields.offer("message", Value::Text(said.into()));
                fields.into_record()
            }
            None => LogRecord { body: message.into(), ..LogRecord::default() },
        };
        record.time = Some(time);
        record.level = Some(level);
        record.service = None;
        if record.upstream.is_none() {
            words::name_upstream(&mut record);
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

/// The quoted message and the pairs behind it.
fn quoted(message: &str) -> Option<(&str, &str)> {
    let text = message.strip_prefix('"')?;
    let end = super::clf::quote_end(text)?;
    Some((&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;

    #[test]
    fn the_structured_tail_is_read() {
        let r = &records(&Klog, Klog.samples()[0])[0];
        assert_eq!((r.level, &*r.body, r.host.as_deref()), (Some(Level::Error), "lost lease: timeout", Some("n4")));
        assert_eq!(r.time.map(|t| t.kind), Some(ClockKind::YearLess));
        assert_eq!(records(&Klog, Klog.samples()[1])[0].time.map(|t| t.kind), Some(ClockKind::Naive));
    }
}
