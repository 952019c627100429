//! Formats that learn something from a source before they read it.
//!
//! A generic format knows no layout by itself: which shape of stamp begins a record, which key or
//! column holds the time. It finds that out from the sampled lines of a source and gives back a
//! format of the same name that is made for this source alone ([`Format::bind`]).

use std::borrow::Cow;

use super::timestamp::DateOrder;
use super::{Format, detect};

/// What a format sees of a source when asked to bind itself to it.
pub struct Sample<'a> {
    /// Path inside the bundle; never evidence by itself.
    pub path: &'a str,
    /// How it begins, wrappers off, blank lines left in unless there were wrappers.
    pub text: Cow<'a, str>,
    /// Sampled lines that are not blank, wrappers off.
    pub lines: Vec<SampleLine<'a>>,
    /// Whether wrappers were taken off: each line then is a record of its own unless it continues one.
    pub wrapped: bool,
    /// When the file was last written, in seconds since 1970.
    pub modified_s: Option<i64>,
}

impl Sample<'_> {
    /// The lines, to be kept.
    pub fn owned_lines(&self) -> Vec<SampleLine<'static>> {
        let owned = |line: &SampleLine<'_>| SampleLine { text: line.text.to_string().into(), claimed: line.claimed };
        self.lines.iter().map(owned).collect()
    }
}

/// Days that may lie between the last record of a sample and the last writing of its file.
const FRESH_S: std::ops::RangeInclusive<i64> = -2 * 86_400..=3 * 86_400;

/// The order of dates under which a source ends when its file was written; `last` tells the last
/// second under an order. Months lie between the two readings of a day, so that one at most fits.
pub(super) fn order_by_age(modified_s: Option<i64>, last: impl Fn(DateOrder) -> Option<i64>) -> Option<DateOrder> {
    let modified_s = modified_s?;
    let fits = |order: &DateOrder| last(*order).is_some_and(|last| FRESH_S.contains(&(modified_s - last)));
    let mut fitting = [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter().filter(fits);
    fitting.next().filter(|_| fitting.next().is_none())
}

/// One sampled line.
pub struct SampleLine<'a> {
    /// Without wrapper and line end.
    pub text: Cow<'a, str>,
    /// Specificity of the format that claims it as it stands, 0 when none does.
    pub claimed: u8,
}

/// Formats of `formats` bound to the source that begins with `head`, in registry order.
pub fn bind(head: &super::Head<'_>, formats: &[&dyn Format]) -> Vec<Box<dyn Format>> {
    bind_looked(head, &detect::look(head, formats), formats)
}

/// The same when the formats have had a look at the source already.
pub fn bind_looked(
    head: &super::Head<'_>,
    looked: &detect::Looked<'_, '_>,
    formats: &[&dyn Format],
) -> Vec<Box<dyn Format>> {
    let wrapped = !looked.envelopes.is_empty();
    let specificity = |place: usize| formats.get(place).and_then(|f| detect::as_lines(*f)).map(|l| l.specificity());
    let text = if wrapped { Cow::Owned(looked.lines.join("\n")) } else { Cow::Borrowed(head.text) };
    let lines = looked.lines.iter().zip(&looked.owners).map(|(text, owner)| SampleLine {
        text: Cow::Borrowed(&**text),
        claimed: owner.and_then(specificity).unwrap_or(0),
    });
    let sample = Sample { path: head.path, text, lines: lines.collect(), wrapped, modified_s: head.modified_s };
    formats.iter().filter_map(|format| format.bind(&sample)).collect()
}

/// `formats` with each bound one in the place of the format it was made from.
pub fn with_bound<'f>(formats: &[&'f dyn Format], bound: &'f [Box<dyn Format>]) -> Vec<&'f dyn Format> {
    let of = |format: &'f dyn Format| bound.iter().find(|b| b.name() == format.name()).map_or(format, |b| b.as_ref());
    formats.iter().map(|format| of(*format)).collect()
}
