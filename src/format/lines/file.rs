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
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sample {
    pub(super) text: String,
    #[serde(flatten)]
    pub(super) expect: BTreeMap<String, toml::Value>,
}

impl Sample {
    /// The line a record begins with.
    pub(super) fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or("")
    }
}

fn family() -> u8 {
    60
}

/// A definition file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The file, as named in messages.
    pub path: String,
    /// The line that is wrong, where one can be named.
    pub line: Option<u64>,
    /// `expected X, found Y`, lower case, no final period.
    pub message: String,
}

impl Broken {
    /// `path:line`, or the path alone.
    pub fn place(&self) -> String {
        self.line.map_or_else(|| self.path.clone(), |line| format!("{}:{line}", self.path))
    }
}

impl std::fmt::Display for Broken {
    /// `path:line: message`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)
    }
}

/// What is wrong with a definition file.
pub(super) struct Flaw {
    message: String,
    /// What stands on the line that is wrong; `None` when it is the whole file.
    near: Option<String>,
    /// Byte at which it is wrong, where the file is not even TOML of the right shape.
    at: Option<usize>,
}

impl Flaw {
    /// A flaw of the line on which `near` stands: a key at its beginning, or any text.
    pub(super) fn near(near: &str, message: String) -> Flaw {
        Flaw { message, near: Some(near.to_string()), at: None }
    }

    /// The flaw with the line it stands on in `text`, the file at `path`.
    pub(super) fn told(self, text: &str, path: &str) -> Broken {
        let holds = |near: &str| {
            let key = text.lines().position(|line| line.starts_with(near));
            key.or_else(|| text.lines().position(|line| line.contains(near))).map(|at| at + 1)
        };
        let byte = |at: usize| text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
        let near = self.near.as_deref().filter(|near| !near.is_empty());
        let line = self.at.map(byte).or_else(|| near.and_then(holds)).map(|line| line as u64);
        Broken { path: path.to_string(), line, message: self.message }
    }
}

impl From<String> for Flaw {
    fn from(message: String) -> Flaw {
        Flaw { message, near: None, at: None }
    }
}

impl File {
    /// Reads and checks the parts that need no pattern.
    pub(super) fn parse(text: &str) -> Result<File, Flaw> {
        let file: File = toml::from_str(text).map_err(|e| Flaw {
            message: format!("expected a format definition, found: {}", e.message()),
            near: None,
            at: e.span().map(|span| span.start),
        })?;
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if file.name.is_empty() || !file.name.bytes().all(lower) {
            return Err(Flaw::near(
                "name",
                format!("expected a name of lower-case letters, digits and _, found \"{}\"", file.name),
            ));
        }
        if !(1..=90).contains(&file.specificity) {
            return Err(Flaw::near(
                "specificity",
                format!("expected a specificity from 1 to 90, found {}", file.specificity),
            ));
        }
        if file.samples.is_empty() {
            return Err("expected at least one [[samples]] with a text, found none".to_string().into());
        }
        if let Some(sample) = file.samples.iter().find(|s| s.expect.is_empty()) {
            let message =
                format!("expected fields beside the sample \"{}\" (level, time, ...), found none", sample.text);
            return Err(Flaw::near(sample.first_line(), message));
        }
        Ok(file)
    }
}
