//! Lines of keys and values with keys of their own: bound to a source, the separator is the one that
//! makes pairs of its lines, and the time the key that holds one.
//!
//! Samples: `date=2025-06-12 time=17:52:03 devname="kv-1" action="deny"`,
//! `EventTime: 2025-06-12 17:52:03, Action: Allow, Port: 443`.

use std::borrow::Cow;

use super::logfmt::{self, Logfmt, Pairs};
use crate::format::bind::Sample;
use crate::format::entities::unescaped;
use crate::format::fields::learned::{Flat, Learned, MAX_RECORDS, Seen};
use crate::format::fields::{Fields, Value};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::LogRecord;

/// Pairs a line must begin with.
const MIN_PAIRS: usize = 3;
/// Score of a source that is read by learned keys alone.
const GUESSED: u8 = 45;

/// What separates pairs, and a key from its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dialect {
    between: char,
    assign: char,
}

/// Dialects in the order they are tried; of two that fit equally well the earlier is taken.
const DIALECTS: &[Dialect] = &[
    Dialect { between: ' ', assign: '=' },
    Dialect { between: ',', assign: '=' },
    Dialect { between: '\t', assign: '=' },
    Dialect { between: ';', assign: '=' },
    Dialect { between: '|', assign: '=' },
    Dialect { between: ',', assign: ':' },
    Dialect { between: '\t', assign: ':' },
    Dialect { between: '|', assign: ':' },
    ELEMENT,
];

/// `<entry time="…" level="…" />`: the attributes of an element that begins a line.
const ELEMENT: Dialect = Dialect { between: '<', assign: '=' };

impl Dialect {
    /// Pairs of `line`; `None` when it is no line of pairs.
    fn pairs<'a>(self, line: &'a str) -> Option<Vec<(&'a str, Cow<'a, str>)>> {
        if self == ELEMENT {
            return attributes(line).filter(|pairs| pairs.len() >= MIN_PAIRS);
        }
        let line = without_priority(line);
        let pairs: Vec<_> = if self.between == ' ' {
            Pairs(line).filter_map(|(key, value)| Some((key, value?))).collect()
        } else {
            pieces(line, self.between).filter_map(|piece| self.pair(piece)).collect()
        };
        let first = line.trim_start_matches(['{', '[']).split(self.assign).next()?;
        let begins = logfmt::is_key(first.trim()) && pairs.first().is_some_and(|(key, _)| *key == first.trim());
        let good = pairs.iter().filter(|(key, _)| logfmt::is_key(key)).count();
        (begins && good >= MIN_PAIRS && good * 10 >= pairs.len() * 8).then_some(pairs)
    }

    fn pair(self, piece: &str) -> Option<(&str, Cow<'_, str>)> {
        let (key, value) = piece.trim().split_once(self.assign)?;
        let value = value.trim();
        let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        Some((key.trim().trim_matches('"'), Cow::Borrowed(inner)))
    }
}

/// The attributes of the element that begins `line`.
fn attributes(line: &str) -> Option<Vec<(&str, Cow<'_, str>)>> {
    let text = line.trim_start().strip_prefix('<').filter(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let (_, mut text) = text.split_once(char::is_whitespace)?;
    let mut pairs = Vec::new();
    while let Some((key, rest)) = text.split_once('=') {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, behind) = rest.get(1..)?.split_once(quote)?;
        if !logfmt::is_key(key.trim()) {
            return None;
        }
        pairs.push((key.trim(), unescaped(value)));
        text = behind.trim_start();
        if text.is_empty() || text.starts_with(['>', '/']) {
            break;
        }
    }
    Some(pairs)
}

/// What an element says between its marks, in one line.
fn said(element: &str) -> String {
    let text = element.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim());
    let words: Vec<&str> = text.filter(|text| !text.is_empty()).collect();
    unescaped(&words.join(" ")).into_owned()
}

/// The line behind a syslog priority.
fn without_priority(line: &str) -> &str {
    let rest = line.strip_prefix('<').and_then(|r| r.split_once('>'));
    match rest {
        Some((digits, rest)) if digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) => rest.trim_start(),
        _ => line,
    }
}

/// Pieces of `line` between separators outside quotes.
fn pieces(line: &str, between: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |c: char| {
        quoted ^= c == '"';
        c == between && !quoted
    })
}

/// [`Logfmt`] with what a source has shown of its keys.
struct PairsBound {
    dialect: Dialect,
    learned: Learned,
    guess: String,
}

/// The reader of a source's pairs; `None` when the known keys read them as well.
pub(super) fn bind(sample: &Sample<'_>) -> Option<Box<dyn Format>> {
    let own = Logfmt.specificity();
    let lines: Vec<&str> =
        sample.lines.iter().filter(|l| l.claimed <= own).map(|l| &*l.text).take(MAX_RECORDS).collect();
    let flat = |dialect: Dialect| -> Vec<Flat> {
        let pairs = lines.iter().filter_map(|line| dialect.pairs(line));
        pairs.map(|p| p.into_iter().map(|(k, v)| (k.to_string(), v.into_owned())).collect()).collect()
    };
    let (dialect, records) = DIALECTS.iter().map(|d| (*d, flat(*d))).rev().max_by_key(|(_, records)| records.len())?;
    // Elements inside elements stand on lines of their own.
    if dialect != ELEMENT && records.len() * 2 < lines.len() {
        return None;
    }
    let learned = Learned::of(&records)?;
    let timed = || lines.iter().filter(|line| learned.is_in(line) && dialect.pairs(line).is_some()).count();
    if dialect == ELEMENT && timed() * 2 < records.len() {
        return None;
    }
    if learned.adds_nothing() && sample.lines.iter().any(|l| l.claimed == own) {
        return None;
    }
    Some(Box::new(PairsBound { dialect, guess: learned.describe(), learned }))
}

impl Format for PairsBound {
    fn name(&self) -> &str {
        Logfmt.name()
    }

    fn title(&self) -> &str {
        Logfmt.title()
    }

    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for PairsBound {
    fn starts(&self, line: &str) -> bool {
        Logfmt.starts(line) || (self.learned.is_in(line) && self.dialect.pairs(line).is_some())
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let text = frame.first_line();
        let Some(pairs) = self.dialect.pairs(text) else { return Logfmt.decode(frame, sink) };
        let mut record = record(&self.learned, &pairs, text);
        if self.dialect == ELEMENT
            && let said = said(frame.text)
            && !said.is_empty()
        {
            record.body = said.into();
        }
        sink.log(&record, frame);
        Ok(())
    }

    fn multiline(&self) -> bool {
        self.dialect == ELEMENT
    }

    fn begins_indented(&self, line: &str) -> bool {
        self.dialect == ELEMENT && self.starts(line)
    }

    fn specificity(&self) -> u8 {
        Logfmt.specificity()
    }

    fn certainty(&self) -> u8 {
        GUESSED
    }

    fn guess(&self) -> Option<&str> {
        Some(&self.guess)
    }
}

/// The record that `pairs` of the line `text` make.
fn record<'a>(learned: &Learned, pairs: &'a [(&'a str, Cow<'a, str>)], text: &'a str) -> LogRecord<'a> {
    let mut fields = Fields::default();
    let mut seen = Seen::default();
    for (key, value) in pairs {
        let number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let value = if number { Value::Number(value) } else { Value::Text(Cow::Borrowed(value)) };
        learned.see(&mut seen, key, &value);
        fields.offer(learned.alias(key), value);
    }
    let mut record = fields.into_record();
    record.time = seen.time(record.time);
    if record.body.is_empty() {
        record.body = text.into();
    }
    record
}
