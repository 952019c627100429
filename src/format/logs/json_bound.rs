//! JSON lines with keys of their own: bound to a source, the time is the key that holds one in its
//! records.

use serde_json::Value;

use super::json_log::{self, JsonLog};
use crate::format::bind::Sample;
use crate::format::fields::learned::{Flat, Learned, MAX_RECORDS};
use crate::format::json_elements;
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};

/// Deepest object that keys are learned from.
const MAX_DEPTH: u8 = 4;
/// Score of a source that is read by learned keys alone: below any document known by its own.
const GUESSED: u8 = 50;
/// Score of a source whose lines are the elements of one document: below that document.
const ELEMENTS: u8 = 30;

/// [`JsonLog`] with what a source has shown of its keys.
pub(super) struct JsonBound {
    learned: Learned,
    guess: String,
    certainty: u8,
}

/// The reader of a source's JSON lines; `None` when the known keys read them as well.
pub(super) fn bind(sample: &Sample<'_>) -> Option<Box<dyn Format>> {
    let own = JsonLog.specificity();
    let objects: Vec<_> = sample
        .lines
        .iter()
        .filter(|l| l.text.trim_start().starts_with('{') && l.claimed <= own)
        .take(MAX_RECORDS)
        .collect();
    let known = objects.iter().filter(|l| l.claimed == own).count() * 2 > objects.len();
    let flat: Vec<Flat> = objects
        .iter()
        .filter_map(|l| serde_json::from_str::<Value>(l.text.trim().trim_end_matches(',')).ok())
        .map(|v| flatten(&v))
        .collect();
    let learned = Learned::of(&flat)?;
    let certainty = match sample.lines.first() {
        Some(first) if opens_document(&first.text) => ELEMENTS,
        // Most lines are those of a logger even without what was learned.
        _ if known => 100,
        _ => GUESSED,
    };
    if learned.adds_nothing() && certainty == 100 {
        return None;
    }
    Some(Box::new(JsonBound { guess: learned.describe(), learned, certainty }))
}

/// Whether a line begins a JSON document that goes on below it.
fn opens_document(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('[') || (line.starts_with('{') && json_elements::root(line).is_some_and(|part| !part.complete))
}

/// Scalars of an object by their paths.
pub(super) fn flatten(value: &Value) -> Flat {
    let mut out = Flat::new();
    walk(value, "", 0, &mut out);
    out
}

fn walk(value: &Value, path: &str, depth: u8, out: &mut Flat) {
    match value {
        Value::Object(map) if depth <= MAX_DEPTH => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                walk(value, &path, depth + 1, out);
            }
        }
        Value::String(text) => out.push((path.to_string(), text.clone())),
        Value::Number(number) => out.push((path.to_string(), number.to_string())),
        _ => {}
    }
}

impl Format for JsonBound {
    fn name(&self) -> &str {
        JsonLog.name()
    }

    fn title(&self) -> &str {
        JsonLog.title()
    }

    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for JsonBound {
    fn starts(&self, line: &str) -> bool {
        line.trim_start().starts_with('{') && (JsonLog.starts(line) || self.learned.is_in(line))
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        json_log::decode_object(frame.text.trim(), frame, sink, Some(&self.learned))
    }

    fn specificity(&self) -> u8 {
        JsonLog.specificity()
    }

    fn certainty(&self) -> u8 {
        self.certainty
    }

    fn guess(&self) -> Option<&str> {
        Some(&self.guess)
    }
}
