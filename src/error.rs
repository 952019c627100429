//! What stops a run. Everything else is a [`crate::model::Diagnostic`].

use std::path::PathBuf;

/// A reason to stop: wrong usage, unreadable input, or an output that cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path given on the command line cannot be opened at all.
    #[error("{path}: expected a readable file or folder, found {source}")]
    Open {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Output cannot be written.
    #[error("{path}: expected to write here, found {source}")]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The output folder exists and was not made by this program, or `--force` is missing.
    #[error(
        "{path}: expected an empty place or a folder that recount wrote, found other files; give -o another folder, or --force"
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// A configuration, scenario or saved incident that cannot be understood.
    #[error("{path}: {message}")]
    Input {
        /// The file (with `:line` where one is known).
        path: String,
        /// `expected X, found Y`, then what to do.
        message: String,
    },
    /// A value of an option that cannot be understood.
    #[error("{option}: {message}")]
    Usage {
        /// The option.
        option: String,
        /// `expected X, found Y`, then what to do.
        message: String,
    },
    /// A template that cannot be rendered.
    #[error("template {name}: {message}")]
    Template {
        /// Template name.
        name: String,
        /// Engine's message with line and what exists.
        message: String,
    },
    /// A step of our own that the libraries under it refused: a defect, reported as such.
    #[error("{step}: {message}; this is a defect of recount, please report it with the input")]
    Internal {
        /// What was being done.
        step: &'static str,
        /// What the library said.
        message: String,
    },
}

/// Result of everything that can stop a run.
pub type Result<T> = std::result::Result<T, Error>;
