//! Aliases of the fields that matter, shared by every key-value format.
//!
//! A format offers its keys and values to [`Fields`]; what is known by one of the aliases is kept,
//! the most trusted key wins, and a [`LogRecord`](crate::model::LogRecord) comes out.

mod keys;
mod record;
#[cfg(test)]
mod tests;
mod values;

pub use keys::{Field, field_of, is_parent, unit_of_key};
pub use values::{
    duration_ns, grpc_outcome, http_status, is_probe, level_of, operation_of, path_of, refused_by, scaled,
    upstream_name,
};

use std::borrow::Cow;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A string, unescaped.
    Text(Cow<'a, str>),
    /// A number's digits.
    Number(&'a str),
    /// Something that is there and neither empty, null nor false (an object, a list, `true`).
    Present,
}

impl Value<'_> {
    /// The value's text; empty for [`Value::Present`].
    pub fn text(&self) -> &str {
        match self {
            Value::Text(text) => text,
            Value::Number(digits) => digits,
            Value::Present => "",
        }
    }
}

/// A kept value with its key's unit and rank.
#[derive(Clone, Debug)]
struct Slot<'a> {
    rank: u8,
    unit_ns: Option<u64>,
    value: Value<'a>,
}

/// Collects the fields of one record.
#[derive(Debug)]
pub struct Fields<'a> {
    slots: [Option<Slot<'a>>; Field::COUNT],
    /// Key set of a writer whose bare durations have a known unit, in ns.
    duration_unit_ns: Option<u64>,
    /// The stamp is a request's arrival.
    starts: bool,
    /// The record comes from a writer that puts the program's name under `name`.
    bunyan: bool,
}

impl Default for Fields<'_> {
    fn default() -> Self {
        Fields { slots: [const { None }; Field::COUNT], duration_unit_ns: None, starts: false, bunyan: false }
    }
}

impl<'a> Fields<'a> {
    /// Offers one key (nested ones joined with dots) and its value. Of two keys for one field the
    /// more trusted wins; of the same key twice, the last.
    pub fn offer(&mut self, key: &str, value: Value<'a>) {
        let Some((field, rank)) = field_of(key) else { return };
        let Some(field) = self.sort(field, key, &value) else { return };
        let taken = self.slots[field as usize].as_ref().is_some_and(|slot| slot.rank < rank);
        let error = field == Field::Error && value == Value::Present;
        if !taken && (error || !value.text().trim().is_empty()) {
            self.slots[field as usize] = Some(Slot { rank, unit_ns: unit_of_key(key), value });
        }
    }

    /// Whether a value under one of the aliases of `field` was seen.
    pub fn has(&self, field: Field) -> bool {
        self.slots[field as usize].is_some()
    }

    /// Text of a field.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.slots[field as usize].as_ref().map(|slot| slot.value.text())
    }

    /// Takes a field's text out.
    fn take(&mut self, field: Field) -> Option<Cow<'a, str>> {
        self.slots[field as usize].take().map(|slot| match slot.value {
            Value::Text(text) => text,
            Value::Number(digits) => Cow::Borrowed(digits),
            Value::Present => Cow::Borrowed(""),
        })
    }

    /// The field a value really belongs to: some keys mean different things by their value.
    fn sort(&mut self, field: Field, key: &str, value: &Value<'a>) -> Option<Field> {
        match (field, key) {
            (Field::Status, "status") if http_status(value.text()).is_none() => {
                level_of(value.text()).filter(|_| matches!(value, Value::Text(_))).map(|_| Field::Level)
            }
            (Field::Level, "priority" | "pri") => {
                let word = matches!(value, Value::Text(_)) && value.text().parse::<u64>().is_err();
                (word && level_of(value.text()).is_some()).then_some(field)
            }
            (Field::Level, "at" | "s") => level_of(value.text()).map(|_| field),
            (Field::Service, _) if duration_ns(value.text()).is_some() => None,
            (Field::Message, "event" | "log") => matches!(value, Value::Text(_)).then_some(field),
            (Field::Time, "StartUTC" | "start_time") => {
                self.starts = true;
                Some(field)
            }
            (Field::Error, _) if matches!(value.text(), "-" | "null" | "nil" | "<nil>" | "none" | "false" | "0") => {
                None
            }
            (Field::Status, "DownstreamStatus") => {
                self.duration_unit_ns = Some(1);
                Some(field)
            }
            (Field::Writer, "response_flags") => {
                self.duration_unit_ns = Some(1_000_000);
                None
            }
            (Field::Writer, "logger") => {
                if value.text().starts_with("http.log.access") {
                    self.duration_unit_ns = Some(1_000_000_000);
                }
                None
            }
            (Field::Writer, _) => {
                self.bunyan |= matches!(value, Value::Number(_));
                None
            }
            _ => Some(field),
        }
    }
}
