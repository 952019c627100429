//! Syslog as sent over the wire today.
//!
//! Sample: `<134>1 2025-06-12T17:52:03.410003Z edge7 kvgw 211 rd9 [meta seq="9"] msg`.
//! Yields one record; APP-NAME is the service. Time: with offset, or none (`-`).
//! Reference: RFC 5424; a length before the priority is RFC 6587's framing.

use super::syslog::{self, Tagged};
use super::words;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, fields, timestamp};
use crate::model::{Level, RawTime};

/// IETF syslog lines.
pub struct Rfc5424;

impl Format for Rfc5424 {
    fn name(&self) -> &str {
        "rfc5424"
    }

    fn title(&self) -> &str {
        "syslog, RFC 5424"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"<131>1 2025-06-12T17:52:03.410003Z edge7 kvgw 211 rd9 [meta seq="9"] read failed"#,
            "81 <134>1 2025-06-12T17:52:03Z edge7 kvgw - - - started",
            "<134>1 - edge7 kvgw - - - started",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

fn parse(line: &str) -> Option<(Option<Level>, Option<RawTime>, Tagged<'_>)> {
    let line = match line.split_once(' ') {
        Some((count, rest)) if !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => line,
    };
    if !line.starts_with('<') {
        return None;
    }
    let (level, text) = syslog::priority(line)?;
    let text = text.strip_prefix("1 ")?;
    let (stamp, rest) = text.split_once(' ')?;
    let time = if stamp == "-" { None } else { Some(timestamp::whole(stamp)?) };
    Some((level, time, tail(rest)?))
}

/// `host app procid msgid [data] message`.
fn tail(text: &str) -> Option<Tagged<'_>> {
    let mut words = text.splitn(5, ' ');
    let (host, app, process, _kind) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let rest = words.next()?;
    let said = |word| (word != "-").then_some(word);
    let behind = structured_end(rest)?;
    let level = rest.get(..rest.len() - behind.len()).and_then(data_level);
    let message = behind.trim_start().trim_start_matches('\u{feff}');
    Some(Tagged { host: said(host), tag: said(app), pid: process != "-", level, message })
}

/// The same without priority and version, as some relays write it behind an ISO stamp: structured data
/// must be there, or said to be absent.
pub(super) fn without_version(text: &str) -> Option<Tagged<'_>> {
    let mut parts = text.split(' ');
    let (host, app, process, kind) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let number = process == "-" || (!process.is_empty() && process.bytes().all(|b| b.is_ascii_digit()));
    let data = parts.next()?;
    let shaped = data == "-" || (data.starts_with('[') && text.contains("=\""));
    let named = host != "-" && app != "-" && !app.ends_with(':') && words::upper_word(kind).is_none();
    (number && named && shaped).then(|| tail(text)).flatten()
}

/// The level among structured data: `level="ERROR"`.
fn data_level(data: &str) -> Option<Level> {
    let (_, value) = data.split_once(" level=\"")?;
    fields::level_of(value.split('"').next()?)
}

/// What follows the structured data (`-` or bracketed elements with quoted values).
fn structured_end(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('-') {
        return Some(rest);
    }
    let mut rest = text;
    while let Some(inside) = rest.strip_prefix('[') {
        let mut quoted = false;
        let mut escaped = false;
        let end = inside.bytes().position(|b| {
            let closes = b == b']' && !quoted;
            match b {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = !quoted,
                _ => {}
            }
            closes
        })?;
        rest = inside.get(end + 1..)?;
    }
    (rest.len() < text.len()).then_some(rest)
}

impl LineFormat for Rfc5424 {
    fn starts(&self, line: &str) -> bool {
        parse(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (level, time, tagged) =
            parse(frame.first_line()).ok_or(Fault::new("expected an RFC 5424 header, found a line without"))?;
        syslog::emit(time, level, &tagged, frame, sink);
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

    #[test]
    fn header_and_structured_data_are_taken_off() {
        let line = r#"<131>1 2025-06-12T17:52:03.410003Z edge7 kvgw 211 rd9 [meta seq="9" x="a]\"b"][o] read failed"#;
        let r = &records(&Rfc5424, line)[0];
        assert_eq!((r.service.as_deref(), &*r.body, r.level), (Some("kvgw"), "read failed", Some(Level::Error)));
        assert_eq!(records(&Rfc5424, Rfc5424.samples()[2])[0].time, None);
    }
}
