//! Formats that learn something from a source before they read it.
//!
//! A generic format knows no layout by itself: which shape of stamp begins a record, which key or
//! column holds the time. It finds that out from the sampled lines of a source and gives back a
//! format of the same name that is made for this source alone ([`Format::bind`]).

use std::borrow::Cow;

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
    let (wrapped, lines) = detect::peeled_lines(head, formats);
    let claimed =
        |text: &str| detect::owner(formats, text).and_then(detect::as_lines).map_or(0, super::LineFormat::specificity);
    let text = if wrapped { Cow::Owned(lines.join("\n")) } else { Cow::Borrowed(head.text) };
    let lines = lines.into_iter().map(|text| SampleLine { claimed: claimed(&text), text }).collect();
    let sample = Sample { path: head.path, text, lines, wrapped };
    formats.iter().filter_map(|format| format.bind(&sample)).collect()
}

/// `formats` with each bound one in the place of the format it was made from.
pub fn with_bound<'f>(formats: &[&'f dyn Format], bound: &'f [Box<dyn Format>]) -> Vec<&'f dyn Format> {
    let of = |format: &'f dyn Format| bound.iter().find(|b| b.name() == format.name()).map_or(format, |b| b.as_ref());
    formats.iter().map(|format| of(*format)).collect()
}
