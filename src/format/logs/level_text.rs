//! Text logs that begin with a date and name their level soon after.
//!
//! Written by log4j, logback, Spring Boot, Python's logging, Kafka, Hadoop, tracing, and most
//! home-made loggers.
//! Sample: `2025-06-12 17:52:03,410 ERROR [kv-pool-3] c.ex.Kv - msg`.
//! Yields one record; stack traces belong to the line above. The service is empty unless the layout
//! names the application (Spring Boot 3, Sleuth).
//! Time: the writer's own, mostly without zone.

use std::cell::RefCell;

use super::twice::{Part, Twice};
use super::words;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{Level, LogRecord, RawTime};

/// Dated text with a level word.
pub struct LevelText;

impl Format for LevelText {
    fn name(&self) -> &str {
        "level_text"
    }

    fn title(&self) -> &str {
        "dated text with a level (log4j, logback, Spring Boot, Python logging, Kafka, tracing, ...)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "2025-06-12 17:52:03,410 ERROR [kv-pool-3] c.ex.Kv - read failed",
            "2025-06-12 17:52:03,410 - kv - ERROR - read failed",
            "2025-06-12T17:52:03.410Z ERROR 1 --- [kv] [nio-8080-exec-1] c.ex.Kv : read failed",
            "2025-06-12 17:52:03.410 ERROR 1 --- [nio-8080-exec-1] c.ex.Kv : read failed",
            "[2025-06-12 17:52:03,410] WARN [Broker id=2] shrinking ISR (kafka.server.X)",
            "2025-06-12 17:52:03,410 [myid:1] - WARN [thread:Class@9] - session expired",
            "[2025-06-12T17:52:03,410][WARN ][o.e.c.Master] [node-1] master not discovered",
            "2025-06-12T17:52:03.410211Z ERROR req{id=9}: kv::pool: lease lost k=v",
            "25/06/12 17:52:03 ERROR TaskSetManager: lost task",
            "2025-06-12 17:52:03.410 [error] memory alarm",
            "[2025-06-12 17:52:03 +0000] [9] [ERROR] worker timeout",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// One line taken apart.
struct Line<'a> {
    time: RawTime,
    /// The stamp with all behind it, and the stamp's length.
    stamped: (&'a str, usize),
    level: Level,
    rest: &'a str,
}

/// A [`Line`] by the places of its parts.
type Places = (RawTime, (Part, usize), Level, Part);

thread_local! {
    static LINES: RefCell<Twice<Places>> = RefCell::default();
}

fn parse(line: &str) -> Option<Line<'_>> {
    let found = LINES.with_borrow_mut(|lines| {
        lines.parsed(line, |line| {
            let Line { time, stamped: (stamped, len), level, rest } = parse_anew(line)?;
            Some((time, (Part::of(line, stamped), len), level, Part::of(line, rest)))
        })
    });
    let (time, (stamped, len), level, rest) = found?;
    Some(Line { time, stamped: (stamped.within(line), len), level, rest: rest.within(line) })
}

fn parse_anew(line: &str) -> Option<Line<'_>> {
    let text = line.strip_prefix('[').unwrap_or(line);
    let (time, len) = words::dated_prefix(text)?;
    let behind = text.get(len..)?;
    let behind = behind.strip_prefix(']').unwrap_or(behind);
    if let Some((level, end)) = words::delimited_level(behind) {
        return Some(Line { time, stamped: (text, len), level, rest: behind.get(end..)? });
    }
    let (level, start, end) = words::upper_level(behind)?;
    let own = start > 0 && words::is_layout(behind.get(..start)?);
    own.then(|| Line { time, stamped: (text, len), level, rest: behind.get(end..).unwrap_or("") })
}

/// What Spring's layouts write before the thread.
const SPRING: &str = "--- [";

/// Application and trace id where Spring's layouts name them: `--- [app] [thread]` and
/// `[app,trace,span] 1 --- [thread]`.
fn spring(rest: &str) -> (Option<&str>, Option<&str>) {
    let Some((before, after)) = words::split_at_mark(rest, SPRING) else { return (None, None) };
    let sleuth = before.trim().strip_prefix('[').and_then(|b| b.split_once(']')).map(|(inside, _)| inside);
    let group = match (sleuth, after.split_once("] [")) {
        (Some(inside), _) if inside.contains(',') => inside,
        (_, Some((inside, _))) if !inside.contains(']') => inside,
        _ => return (None, None),
    };
    let mut parts = group.split(',').map(str::trim).filter(|p| !p.is_empty());
    (parts.next(), parts.next())
}

/// The message of the first line; Spring's fields before ` : ` say nothing about what happened.
fn body(rest: &str) -> &str {
    match words::split_at_mark(rest, SPRING) {
        Some((_, after)) => after.split_once(" : ").map_or(after, |(_, message)| message),
        None => words::message(rest),
    }
}

impl LineFormat for LevelText {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let line =
            parse(frame.first_line()).ok_or(Fault::new("expected a dated line with a level, found one without"))?;
        let (service, trace) = spring(line.rest);
        let body = words::with_exception(body(line.rest), frame.text);
        let mut record = LogRecord {
            time: Some(line.time),
            level: Some(line.level),
            service: service.map(Into::into),
            trace_id: trace.map(Into::into),
            body,
            ..LogRecord::default()
        };
        words::name_upstream(&mut record);
        words::note_zone(line.stamped.0, line.time, line.stamped.1, sink, frame);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::{collect, records};
    use crate::model::ClockKind;

    #[test]
    fn a_comma_fraction_is_milliseconds() {
        let r = &records(&LevelText, "2025-06-12 17:52:03,123 ERROR x")[0];
        assert_eq!(r.time.map(|t| (t.kind, t.wall_ns % 1_000_000_000)), Some((ClockKind::Naive, 123_000_000)));
    }

    #[test]
    fn only_the_layouts_of_spring_name_a_service() {
        let samples = LevelText.samples();
        assert_eq!(records(&LevelText, samples[2])[0].service.as_deref(), Some("kv"));
        assert_eq!(records(&LevelText, samples[3])[0].service, None);
        assert_eq!(records(&LevelText, samples[0])[0].service, None);
        let sleuth = "2025-06-12 17:52:03.410 WARN [kv,6f1c2d,9a] 1 --- [exec-1] c.ex.Kv : slow";
        let r = &records(&LevelText, sleuth)[0];
        assert_eq!((r.service.as_deref(), r.trace_id.as_deref(), &*r.body), (Some("kv"), Some("6f1c2d"), "slow"));
    }

    #[test]
    fn the_exception_of_a_stack_trace_joins_the_message() {
        let r =
            &records(&LevelText, "2025-06-12 17:52:03,410 ERROR\njava.io.IOException: gone\n\tat a.B.c(B.java:1)")[0];
        assert_eq!(&*r.body, "java.io.IOException: gone");
        let python = "2025-06-12 17:52:03,410 ERROR kv: read failed\nTraceback (most recent call last):\n  File \"kv.py\", line 8\nTimeoutError: deadline";
        assert_eq!(&*records(&LevelText, python)[0].body, "kv: read failed: TimeoutError: deadline");
        let wrapped = "2025-06-12 17:52:03,410 ERROR kv: read failed\nand more text";
        assert_eq!(&*records(&LevelText, wrapped)[0].body, "kv: read failed");
    }

    #[test]
    fn a_refused_dependency_is_named() {
        let r = &records(&LevelText, "2025-06-12 17:52:03,410 ERROR [p] connection refused to kv-store:8443")[0];
        assert_eq!(r.upstream.as_deref(), Some("kv-store"));
    }

    #[test]
    fn an_ambiguous_abbreviation_is_passed_on() {
        let sink = collect(&LevelText, "2025-06-12 13:52:03 EST ERROR x").unwrap();
        assert_eq!(sink.zones, ["EST"]);
    }
}
