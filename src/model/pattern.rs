//! Templates of log messages as `recount patterns` prints them.

use serde::Serialize;

use super::Level;

/// A template and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateRow {
    /// Follows from the template alone: the same in every bundle.
    pub template_id: String,
    /// Records of it.
    pub count: u64,
    /// Worst level; `None` where no record states one.
    pub level: Option<Level>,
    /// Services that wrote it, in alphabetical order; at most [`TemplateRow::MAX_SERVICES`].
    pub services: Vec<String>,
    /// Path of its first record, in path order.
    pub path: String,
    /// Line of that record, from 1.
    pub line: u64,
    /// The template, `<*>` where it varies.
    pub template: String,
}

impl TemplateRow {
    /// Services kept: more would say only "everybody".
    pub const MAX_SERVICES: usize = 20;
}

/// A record and its template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateLine<'a> {
    /// Path inside the bundle.
    pub path: &'a str,
    /// First line of the record, from 1.
    pub line: u64,
    /// Normalised severity.
    pub level: Option<Level>,
    /// Service as written.
    pub service: &'a str,
    /// [`TemplateRow::template_id`].
    pub template_id: &'a str,
    /// The template.
    pub template: &'a str,
}
