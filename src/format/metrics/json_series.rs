//! What readers of metric exports in JSON share: a format is its witnesses and its walk, the points
//! are weighed, handed on and accounted here.

use super::points::{Points, Reading};
use crate::format::json_elements::{Part, cut_fault, documents, root};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink, timestamp};
use crate::model::RawTime;

/// A metric export in JSON.
pub struct JsonSeries {
    /// Registered name.
    pub(super) name: &'static str,
    /// What writes it.
    pub(super) title: &'static str,
    /// Its own texts.
    pub(super) samples: &'static [&'static str],
    /// Whether a document is of this format, from its first value, which may be cut.
    pub(super) claim: fn(Part<'_>) -> Option<Claimed>,
    /// Reads one top-level value.
    pub(super) read: fn(Part<'_>, &mut Points<'_, '_>),
}

impl Format for JsonSeries {
    fn name(&self) -> &str {
        self.name
    }

    fn title(&self) -> &str {
        self.title
    }

    fn samples(&self) -> Vec<&str> {
        self.samples.to_vec()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for JsonSeries {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        (self.claim)(root(head.text)?)
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut cut = false;
        for part in documents(document.text) {
            (self.read)(part, &mut Points::of(document, &mut *sink));
            cut |= !part.complete;
        }
        if cut { Err(cut_fault()) } else { Ok(()) }
    }
}

/// The number, or the absence of one, that a value states; numbers in quotes are numbers.
pub(super) fn number(part: Part<'_>) -> Reading {
    let text = part.text.trim_matches('"').trim();
    if matches!(text, "" | "null" | "None") {
        return Reading::Missing;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Reading::Number(number),
        Ok(_) => Reading::Missing,
        Err(_) => Reading::Other,
    }
}

/// The stamp that a value states: RFC 3339 and its relatives, or an epoch in any unit and spelling.
pub(super) fn time(part: Part<'_>) -> Option<RawTime> {
    let text = part.text.trim_matches('"');
    let float = || text.contains(['e', 'E']).then(|| timestamp::epoch_f64(text.parse().ok()?)).flatten();
    timestamp::whole(text).or_else(float)
}

/// A string, number or truth value as text.
pub(super) fn scalar(part: Part<'_>) -> Option<String> {
    part.string().or_else(|| {
        let plain = part.complete && !part.text.starts_with(['{', '[', '"']) && part.text != "null";
        plain.then(|| part.text.to_string())
    })
}

/// The fields of an object as labels; what is no scalar is left out.
pub(super) fn labels(object: Part<'_>) -> Vec<(String, String)> {
    object.fields().filter_map(|(key, value)| Some((key.to_string(), scalar(value)?))).collect()
}

/// Labels written `key:value`; a tag without a colon is its own key.
pub(super) fn tag_labels<'t>(tags: impl Iterator<Item = &'t str>) -> Vec<(String, String)> {
    let pair = |tag: &'t str| tag.split_once(':').unwrap_or((tag, ""));
    tags.map(str::trim)
        .filter(|tag| !tag.is_empty() && *tag != "*")
        .map(pair)
        .map(|(k, v)| (k.to_string(), v.to_string()))
        .collect()
}
