//! What a definition file may say, and the checks it must pass.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::format::timestamp::DateOrder;
use crate::model::{Level, Outcome, StampMeaning};

/// A definition as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) pattern: String,
    #[serde(default)]
    pub(super) find: Vec<String>,
    pub(super) opens: Option<String>,
    pub(super) ends: Option<String>,
    #[serde(default = "family")]
    pub(super) specificity: u8,
    #[serde(default)]
    pub(super) multiline: bool,
    pub(super) stamp: Option<StampMeaning>,
    pub(super) zone: Option<String>,
    pub(super) date_order: Option<DateOrder>,
    pub(super) duration_unit: Option<String>,
    #[serde(default)]
    pub(super) levels: BTreeMap<String, Level>,
    #[serde(default)]
    pub(super) outcomes: BTreeMap<String, Outcome>,
    #[serde(default)]
    pub(super) samples: Vec<Sample>,
}

/// One sample: its text and the fields it must yield.
#[derive(Debug, Deserialize)]
pub(super) struct Sample {
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) expect: BTreeMap<String, toml::Value>,
}

fn family() -> u8 {
    60
}

impl File {
    /// Reads and checks the parts that need no pattern.
    pub(super) fn parse(text: &str) -> Result<File, String> {
        let file: File =
            toml::from_str(text).map_err(|e| format!("expected a format definition, found: {}", e.message()))?;
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if file.name.is_empty() || !file.name.bytes().all(lower) {
            return Err(format!("expected a name of lower-case letters, digits and _, found \"{}\"", file.name));
        }
        if !(1..=90).contains(&file.specificity) {
            return Err(format!("expected a specificity from 1 to 90, found {}", file.specificity));
        }
        if file.samples.is_empty() {
            return Err("expected at least one [[samples]] with a text, found none".to_string());
        }
        if let Some(sample) = file.samples.iter().find(|s| s.expect.is_empty()) {
            return Err(format!(
                "expected fields beside the sample \"{}\" (level, time, ...), found none",
                sample.text
            ));
        }
        Ok(file)
    }
}
