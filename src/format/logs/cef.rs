//! Events of security appliances: ArcSight's CEF and IBM's LEEF.
//!
//! Sample: `CEF:0|Ex|Gate|1.2|88|link down|7|rt=1749750723410 msg=port 1 is down`.
//! Yields one record; the product is the service. Time: `rt`, `start`, `end` or `devTime`, in any unit
//! or shape. Level: the severity from 0 to 10 (low to 3, medium to 6, high to 8, very high above).

use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink, timestamp};
use crate::model::{Level, LogRecord};

/// CEF and LEEF events without a syslog header.
pub struct Cef;

impl Format for Cef {
    fn name(&self) -> &str {
        "cef"
    }

    fn title(&self) -> &str {
        "CEF and LEEF events of security appliances"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "CEF:0|Ex|Gate|1.2|88|link down|7|rt=1749750723410 dvchost=edge7 msg=port 1 is down cnt=2",
            "LEEF:1.0|Ex|Gate|1.2|link-down|devTime=Jun 12 2025 17:52:03\tsev=9\tsrc=198.51.100.7",
            "LEEF:2.0|Ex|Gate|1.2|link-down|^|devTime=1749750723^sev=2^src=198.51.100.7",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

/// Whether `text` begins like an event.
pub(super) fn is_event(text: &str) -> bool {
    ["CEF:0|", "CEF:1|", "CEF: 0|", "LEEF:1.0|", "LEEF:2.0|"].iter().any(|head| text.starts_with(head))
}

/// The parts of a header, `|` escaped by a backslash inside them, and what follows the last.
fn header(text: &str, parts: usize) -> Option<(Vec<&str>, &str)> {
    let (mut found, mut start, mut escaped) = (Vec::with_capacity(parts), 0, false);
    for (at, b) in text.bytes().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'|' => {
                found.push(text.get(start..at)?);
                start = at + 1;
                if found.len() == parts {
                    return Some((found, text.get(start..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// Pairs whose values hold blanks: a value ends where the next key begins.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let is_key = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'[' | b']' | b'-');
    let key_before = |equals: usize| {
        let before = text.get(..equals)?;
        let start = before.bytes().rposition(|b| !is_key(&b)).map_or(0, |p| p + 1);
        (start < equals && (start == 0 || before.get(..start)?.ends_with([' ', '\t']))).then_some((start, equals))
    };
    let keys: Vec<(usize, usize)> = text.match_indices('=').filter_map(|(at, _)| key_before(at)).collect();
    let ends = keys.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    keys.iter()
        .zip(ends)
        .filter_map(|((start, equals), end)| Some((text.get(*start..*equals)?, text.get(equals + 1..end)?.trim())))
        .collect()
}

/// The delimiter between the pairs of a LEEF event: a tab, or what the second version names.
fn delimited<'a>(version: &str, text: &'a str) -> (char, &'a str) {
    let Some((named, rest)) = text.split_once('|').filter(|(named, _)| version == "2.0" && named.len() <= 4) else {
        return ('\t', text);
    };
    let hex = named.trim_start_matches("0x").trim_start_matches('x');
    let code = u32::from_str_radix(hex, 16).ok().filter(|_| named.len() > 1).and_then(char::from_u32);
    (code.or(named.chars().next()).unwrap_or('\t'), rest)
}

/// An event taken apart.
struct Event<'a> {
    product: &'a str,
    name: &'a str,
    severity: Option<&'a str>,
    pairs: Vec<(&'a str, &'a str)>,
}

fn event(text: &str) -> Option<Event<'_>> {
    if !is_event(text) {
        return None;
    }
    if text.starts_with("CEF") {
        let (parts, rest) = header(text, 7)?;
        let [_, _, product, _, _, name, severity] = parts.as_slice() else { return None };
        return Some(Event { product, name, severity: Some(severity), pairs: pairs(rest) });
    }
    let (parts, rest) = header(text, 5)?;
    let [version, _, product, _, name] = parts.as_slice() else { return None };
    let (delimiter, rest) = delimited(version.trim_start_matches("LEEF:"), rest);
    let pairs = rest.split(delimiter).filter_map(|pair| pair.split_once('=')).collect();
    Some(Event { product, name, severity: None, pairs })
}

/// Level of a severity from 0 to 10 or its word.
fn level_of(severity: &str) -> Option<Level> {
    match severity.trim().to_ascii_lowercase().as_str() {
        "0" | "1" | "2" | "3" | "low" => Some(Level::Info),
        "4" | "5" | "6" | "medium" => Some(Level::Warn),
        "7" | "8" | "high" => Some(Level::Error),
        "9" | "10" | "very-high" => Some(Level::Fatal),
        _ => None,
    }
}

/// The record of an event; `None` when `text` is none.
pub(super) fn record(text: &str) -> Option<LogRecord<'_>> {
    let event = event(text)?;
    let get = |wanted: &str| event.pairs.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.trim());
    let said = |keys: &[&str]| keys.iter().find_map(|key| get(key)).filter(|text| !text.is_empty());
    Some(LogRecord {
        time: ["rt", "devTime", "start", "end"].iter().find_map(|key| get(key).and_then(timestamp::whole)),
        level: event.severity.or_else(|| get("sev")).and_then(level_of),
        service: Some(event.product).filter(|product| !product.is_empty()).map(Into::into),
        host: said(&["dvchost", "dvc", "identHostName"]).map(Into::into),
        body: said(&["msg"]).unwrap_or(event.name).into(),
        ..LogRecord::default()
    })
}

impl LineFormat for Cef {
    fn starts(&self, line: &str) -> bool {
        event(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let record =
            record(frame.first_line()).ok_or(Fault::new("expected a CEF or LEEF event, found a cut header"))?;
        sink.log(&record, frame);
        Ok(())
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
    fn stamps_of_any_unit_and_values_with_blanks_are_read() {
        let s = Cef.samples();
        let r = &records(&Cef, s[0])[0];
        assert_eq!((&*r.body, r.host.as_deref(), r.level), ("port 1 is down", Some("edge7"), Some(Level::Error)));
        assert_eq!(r.time.map(|t| t.wall_ns), Some(1_749_750_723_410_000_000));
        assert_eq!(records(&Cef, s[1])[0].level, Some(Level::Fatal));
        let second = &records(&Cef, s[2])[0];
        assert_eq!(second.time.map(|t| t.wall_ns), Some(1_749_750_723_000_000_000));
        assert_eq!((&*second.body, second.level), ("link-down", Some(Level::Info)));
    }

    #[test]
    fn a_bar_may_be_escaped_in_the_header() {
        let r = &records(&Cef, r"CEF:0|Ex|Gate|1|88|a \| b|Unknown|src=198.51.100.7")[0];
        assert_eq!((&*r.body, r.level, r.time), (r"a \| b", None, None));
    }
}
