//! What a platform's file may say.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::path::{Condition, Path};
use super::template::Template;
use crate::model::EventKind;

/// A platform as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) other: Other,
    pub(super) samples: Vec<String>,
    pub(super) element: Vec<Element>,
}

/// What becomes of elements that no description fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Other {
    /// They are counted as rejected.
    #[default]
    Rejected,
    /// They belong to the export and tell of nothing dated.
    Blank,
}

/// One kind of element.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Element {
    pub(super) what: String,
    pub(super) proof: Vec<Condition>,
    #[serde(default)]
    pub(super) root: Vec<String>,
    #[serde(default)]
    pub(super) lists: Vec<String>,
    #[serde(default = "certain")]
    pub(super) score: u8,
    #[serde(default)]
    pub(super) services: Vec<Path>,
    #[serde(default)]
    pub(super) severity_at_export: Vec<Path>,
    #[serde(default)]
    pub(super) ids: BTreeMap<String, Vec<Path>>,
    #[serde(default)]
    pub(super) machine: Vec<Condition>,
    pub(super) event: Vec<Spec>,
}

/// Two witnesses that no other platform has together.
fn certain() -> u8 {
    95
}

/// Between the pieces of a text.
fn line_end() -> String {
    "\n".to_string()
}

/// One event of an element.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    pub(super) kind: EventKind,
    #[serde(default)]
    pub(super) by: Vec<Path>,
    #[serde(default)]
    pub(super) cases: Vec<(String, EventKind)>,
    #[serde(default)]
    pub(super) each: String,
    #[serde(default)]
    pub(super) when: Vec<Condition>,
    #[serde(default)]
    pub(super) at: Vec<Path>,
    #[serde(default)]
    pub(super) moments: Vec<(String, String)>,
    #[serde(default)]
    pub(super) until: Vec<Path>,
    #[serde(default)]
    pub(super) written: Vec<Path>,
    #[serde(default)]
    pub(super) actor: Vec<Path>,
    #[serde(default)]
    pub(super) status: Vec<Path>,
    #[serde(default)]
    pub(super) services: Vec<Path>,
    #[serde(default)]
    pub(super) severity: Vec<Path>,
    #[serde(default)]
    pub(super) severity_from: Vec<Path>,
    #[serde(default)]
    pub(super) text: Vec<Path>,
    #[serde(default = "line_end")]
    pub(super) joint: String,
    #[serde(default)]
    pub(super) ids: BTreeMap<String, Vec<Path>>,
    #[serde(default)]
    pub(super) markup: Markup,
    #[serde(default)]
    pub(super) step: bool,
    #[serde(default)]
    pub(super) pinned: Vec<Condition>,
    pub(super) title: Template,
}

/// How a text is marked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Markup {
    /// Not at all, or in a way that reads well as it stands.
    #[default]
    Plain,
    /// HTML.
    Html,
}

impl File {
    /// Reads a file and checks what its types cannot.
    pub(super) fn parse(text: &str) -> Result<File, String> {
        let file: File =
            toml::from_str(text).map_err(|e| format!("expected an export definition, found: {}", e.message()))?;
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if file.name.is_empty() || !file.name.bytes().all(lower) {
            return Err(format!("expected a name of lower-case letters, digits and _, found \"{}\"", file.name));
        }
        if file.samples.is_empty() {
            return Err("expected at least one sample, found none".to_string());
        }
        for element in &file.element {
            if element.proof.len() + element.root.len() < 2 {
                return Err(format!("expected two witnesses for \"{}\", found fewer", element.what));
            }
            if element.event.iter().any(|spec| spec.at.is_empty() == spec.moments.is_empty()) {
                return Err(format!("expected either `at` or `moments` in every event of \"{}\"", element.what));
            }
        }
        Ok(file)
    }
}
