//! Aliases of the fields that matter, shared by every key-value format.
//!
//! A format offers its keys and values to [`Fields`]; what is known by one of the aliases is kept,
//! the most trusted key wins, and a [`LogRecord`](crate::model::LogRecord) comes out.

mod aliases;
mod keys;
pub mod learned;
mod levels;
mod record;
#[cfg(test)]
mod tests;
mod values;

pub use keys::{Field, field_of, is_certain, is_parent, is_text, unit_of_key};
pub use levels::level_under;
pub use values::{
    duration_ns, flags_outcome, grpc_outcome, http_status, is_probe, level_of, operation_in, operation_of, path_of,
    refused_by, scaled, side_of, upstream_name,
};

use std::borrow::Cow;

use crate::model::{ClockKind, Level, Outcome, Precision, RawTime};

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
    /// The value without borrowing; a number becomes the text of its digits.
    pub fn into_owned<'b>(self) -> Value<'b> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Number(digits) => Value::Text(Cow::Owned(digits.to_string())),
            Value::Present => Value::Present,
        }
    }

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
    rank: u16,
    unit_ns: Option<u64>,
    value: Value<'a>,
}

/// Collects the fields of one record.
#[derive(Debug)]
pub struct Fields<'a> {
    slots: [Option<Slot<'a>>; Field::COUNT],
    /// Key set of a writer whose bare durations have a known unit, in ns.
    duration_unit_ns: Option<u64>,
    /// What the flags that Envoy writes beside a status say of the request.
    flags: Option<Outcome>,
    /// The record is one of Caddy's access log.
    access: bool,
    /// The record is of the compact format of Serilog, which leaves the level Information away.
    compact: bool,
    /// The record tells of an operation that a cloud ran, and a state under `status` is how it ended.
    managed: bool,
    /// A state under `status` says that something failed.
    failed_state: bool,
    /// The stamp is a request's arrival.
    starts: bool,
    /// The record comes from a writer that puts the program's name under `name`.
    bunyan: bool,
    /// The most trusted value that is a stamp, and what is read as one only where there is no other.
    times: Times,
    /// The most trusted value that is a level.
    level: Option<(u16, Level)>,
}

/// Stamps seen so far.
#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// Date and time.
    full: Option<(u16, RawTime)>,
    /// The same inside a holder.
    inside: Option<(u16, RawTime)>,
    /// The writer's stamps are UTC although they do not say so.
    utc: bool,
    /// A date alone, and a time of day alone: together they are a stamp.
    day: Option<RawTime>,
    clock: Option<RawTime>,
}

impl Default for Fields<'_> {
    fn default() -> Self {
        Fields {
            slots: [const { None }; Field::COUNT],
            duration_unit_ns: None,
            flags: None,
            access: false,
            compact: false,
            managed: false,
            failed_state: false,
            starts: false,
            bunyan: false,
            times: Times::default(),
            level: None,
        }
    }
}

impl<'a> Fields<'a> {
    /// Offers one key (nested ones joined with dots) and its value. Of two keys for one field the
    /// more trusted wins; of the same key twice, the last.
    pub fn offer(&mut self, key: &str, value: Value<'a>) {
        let Some((field, rank)) = field_of(key) else { return };
        let Some(field) = self.sort(field, key, &value) else { return };
        match field {
            Field::Time => return self.offer_time(key, rank, &value),
            Field::Level => return self.offer_level(key, rank, &value),
            _ => {}
        }
        let taken = self.slots[field as usize].as_ref().is_some_and(|slot| slot.rank < rank);
        let error = matches!(field, Field::Error | Field::Partial) && value == Value::Present;
        if !taken && (error || !value.text().trim().is_empty()) {
            self.slots[field as usize] = Some(Slot { rank, unit_ns: unit_of_key(key), value });
        }
    }

    fn offer_time(&mut self, key: &str, rank: u16, value: &Value<'a>) {
        let Some(time) = record::time_of(value) else { return };
        self.compact |= key == "@t";
        match (time.precision, time.kind) {
            (Precision::Day, _) => self.times.day = self.times.day.or(Some(time)),
            (_, ClockKind::TimeOnly | ClockKind::TimeOnlyZoned) => self.times.clock = self.times.clock.or(Some(time)),
            _ if keys::is_inside(rank) && self.times.inside.is_none_or(|(best, _)| rank < best) => {
                self.times.inside = Some((rank, time));
                self.times.full = self.times.full.or(self.times.inside);
            }
            _ if self.times.full.is_none_or(|(best, _)| rank <= best) => {
                self.times.full = Some((rank, time));
                // Audit trails of Microsoft's cloud write UTC without a zone.
                self.times.utc = key.ends_with("CreationTime") || key.ends_with("TimeGenerated");
                self.starts = matches!(key, "StartUTC" | "start_time" | "requestReceivedTimestamp");
            }
            _ => {}
        }
    }

    fn offer_level(&mut self, key: &str, rank: u16, value: &Value<'a>) {
        if let Some(level) = levels::level_under(key, value.text())
            && self.level.is_none_or(|(best, _)| rank <= best)
        {
            self.level = Some((rank, level));
        }
    }

    /// Whether a value under one of the aliases of `field` was seen.
    pub fn has(&self, field: Field) -> bool {
        match field {
            Field::Time => self.times.full.is_some() || self.times.day.is_some() || self.times.clock.is_some(),
            Field::Level => self.level.is_some(),
            _ => self.slots[field as usize].is_some(),
        }
    }

    /// Whether the record's stamp is UTC although it does not say so.
    pub fn is_utc(&self) -> bool {
        self.times.utc && self.times.full.is_some_and(|(_, time)| time.kind == ClockKind::Naive)
    }

    /// Whether the level is one that collectors give, not the writer of the record.
    pub fn level_is_weak(&self) -> bool {
        self.level.is_some_and(|(rank, _)| keys::is_last(rank))
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
            // Caddy writes 0 when the client left before there was an answer.
            (Field::Status, "status") if value.text() == "0" && self.access => {
                self.flags = Some(Outcome::Cancelled);
                None
            }
            // A word under `status` may be a level; anything else is no HTTP status and hides none.
            (Field::Status, _) if http_status(value.text()).is_none() => {
                let word = key.ends_with("status") && matches!(value, Value::Text(_));
                self.failed_state |= word && is_failure(value.text());
                level_of(value.text()).filter(|_| word).map(|_| Field::Level)
            }
            // Azure's resource logs put a word here, the HTTP status, or a code of the service.
            (Field::Outcome, _) if http_status(value.text()).is_some() => Some(Field::Status),
            (Field::Action, "operationName" | "OperationName") => {
                self.managed = true;
                Some(field)
            }
            (Field::Error, _) if key.ends_with("errorCode") && is_callers_fault(value.text()) => None,
            (Field::Service, _) if duration_ns(value.text()).is_some() => None,
            (Field::Message, _) => matches!(value, Value::Text(_)).then_some(field),
            (Field::Error, _) if matches!(value.text(), "-" | "null" | "nil" | "<nil>" | "none" | "false" | "0") => {
                None
            }
            (Field::Status, "DownstreamStatus") => {
                self.duration_unit_ns = Some(1);
                Some(field)
            }
            (Field::Writer, "response_flags") => {
                self.duration_unit_ns = Some(1_000_000);
                self.flags = flags_outcome(value.text());
                None
            }
            (Field::Writer, "logger") => {
                if value.text().starts_with("http.log.access") {
                    self.access = true;
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

/// Whether a word for how something ended says that it failed.
fn is_failure(word: &str) -> bool {
    ["failure", "failed"].iter().any(|failed| word.eq_ignore_ascii_case(failed))
}

/// Whether an error's code blames whoever asked: no sign of a failure of the service.
fn is_callers_fault(code: &str) -> bool {
    ["Denied", "Unauthorized", "NotFound", "NoSuch", "Invalid", "Validation", "Exists", "Forbidden", "DryRun"]
        .iter()
        .any(|word| code.contains(word))
}
