//! Bad input as data: counted, shown, never fatal.

use serde::{Deserialize, Serialize};

/// What went wrong with a piece of input. The wording of each kind lives with whoever makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticKind {
    /// A file was not read, with the reason why not.
    NotRead,
    /// A file or member ended early (cut gzip, truncated JSON).
    Truncated,
    /// An export looks capped or sampled.
    Incomplete,
    /// Records that stand in another file too, and are counted once.
    Repeated,
    /// Frames that the format could not decode.
    Rejected,
    /// Text that was not UTF-8 was decoded with replacement or as another encoding.
    Encoding,
    /// A limit of memory or size was reached.
    Capped,
    /// A clock was assumed, is ambiguous, or contradicts its witnesses.
    Clock,
    /// Records out of order, counted.
    Disorder,
    /// Something the configuration names does not exist.
    Configuration,
    /// Content that is suspicious but harmless here (escape codes, markup, secrets).
    Hostile,
    /// Left out by rule because it is no evidence (version control, desktop metadata, links).
    Skipped,
}

impl DiagnosticKind {
    /// Whether `--strict` turns this into exit status 1.
    pub fn fails_strict(self) -> bool {
        matches!(
            self,
            DiagnosticKind::NotRead
                | DiagnosticKind::Truncated
                | DiagnosticKind::Rejected
                | DiagnosticKind::Capped
                | DiagnosticKind::Configuration
        )
    }
}

/// One thing to know about the input, at a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// What kind.
    pub kind: DiagnosticKind,
    /// Path inside the bundle (`archive.tgz!dir/file.log`).
    pub path: String,
    /// Line, where one can be named.
    pub line: Option<u64>,
    /// How often, at least 1.
    pub count: u64,
    /// `expected X, found Y`, lower case, no final period.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Diagnostic {
    /// A diagnostic about a whole file.
    pub fn new(kind: DiagnosticKind, path: impl Into<String>, message: impl Into<String>) -> Self {
        Diagnostic { kind, path: path.into(), line: None, count: 1, message: message.into(), hint: String::new() }
    }

    /// The same at a line.
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same with a remedy.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl std::fmt::Display for Diagnostic {
    /// `path:line: message (count times); hint`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}
