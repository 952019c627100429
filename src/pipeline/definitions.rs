//! Formats that users define: named on the command line, brought by the bundle, or kept in the
//! user's configuration directory; the nearer to the run, the sooner obeyed.

use std::path::{Path, PathBuf};

use super::Request;
use crate::bundle::Steering;
use crate::clock::zone::Zone;
use crate::error::{Error, Result};
use crate::format::lines::{Broken, Definition, Trial, trial};
use crate::format::{self, Format};
use crate::model::{Diagnostic, DiagnosticKind};

/// The definitions in force, and what is to be said of the others.
#[derive(Default)]
pub(super) struct Definitions {
    pub(super) known: Vec<Definition>,
    origins: Vec<String>,
    pub(super) refused: Vec<Diagnostic>,
}

impl Definitions {
    /// Gathers those of the request, of the bundle and of the user's directory, in this order.
    ///
    /// # Errors
    /// When a file of the request cannot be opened or is no definition.
    pub(super) fn gather(request: &Request, steering: &Steering) -> Result<Definitions> {
        let mut all = Definitions::default();
        for path in &request.format_files {
            let definition = load(path)?;
            if let Some(first) = all.origin_of(definition.name()) {
                let message = format!("expected each format once, found \"{}\" in {first} too", definition.name());
                return Err(Error::Input { path: path.display().to_string(), message });
            }
            all.add(definition, path.display().to_string());
        }
        for own in steering.definitions() {
            all.hear(&own.text, &own.path, DiagnosticKind::Configuration);
        }
        for path in request.format_dir.as_deref().map(files).unwrap_or_default() {
            let shown = path.display().to_string();
            match std::fs::read_to_string(&path) {
                // What stands nearer to the run overrules the directory: that is no fault.
                Ok(text) => all.hear(&text, &shown, DiagnosticKind::Skipped),
                Err(e) => all.refuse(Broken {
                    path: shown,
                    line: None,
                    message: format!("expected a readable format definition, found {e}"),
                }),
            }
        }
        Ok(all)
    }

    /// Adds what `text` defines, or says why not; a name that is already taken is told as `again`.
    fn hear(&mut self, text: &str, path: &str, again: DiagnosticKind) {
        match parse(text, path) {
            Ok(definition) => match self.origin_of(definition.name()) {
                Some(first) => {
                    let name = definition.name();
                    let message = format!("expected each format once, found \"{name}\" again; that of {first} is used");
                    self.refused.push(Diagnostic::new(again, path, message));
                }
                None => self.add(definition, path.to_string()),
            },
            Err(broken) => self.refuse(broken),
        }
    }

    fn refuse(&mut self, broken: Broken) {
        let mut diagnostic = Diagnostic::new(DiagnosticKind::Configuration, broken.path, broken.message)
            .hint("the format is not used; `recount formats check` tests it once it is mended");
        diagnostic.line = broken.line;
        self.refused.push(diagnostic);
    }

    fn add(&mut self, definition: Definition, origin: String) {
        self.known.push(definition);
        self.origins.push(origin);
    }

    fn origin_of(&self, name: &str) -> Option<&str> {
        let at = self.known.iter().position(|definition| definition.name() == name)?;
        self.origins.get(at).map(String::as_str)
    }
}

/// Reads one definition file.
///
/// # Errors
/// [`Error::Open`] when it cannot be read, [`Error::Input`] when it is no definition, or has a name
/// that a built-in format has.
pub(super) fn load(path: &Path) -> Result<Definition> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_path_buf(), source })?;
    parse(&text, &path.display().to_string())
        .map_err(|broken| Error::Input { path: broken.place(), message: broken.message })
}

/// Reads every file of `paths` and tries it among the built-in formats and the others.
///
/// # Errors
/// [`Error::Open`] when a file cannot be read.
pub(super) fn try_all(paths: &[PathBuf]) -> Result<Vec<(String, std::result::Result<Trial, Broken>)>> {
    let mut parsed = Vec::new();
    for path in paths {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| Error::Open { path: path.to_path_buf(), source })?;
        let definition = parse(&text, &shown);
        parsed.push((shown, definition));
    }
    let trials = parsed.iter().map(|(path, definition)| {
        let others = parsed.iter().filter(|(other, _)| other != path).filter_map(|(_, other)| other.as_ref().ok());
        let mut all: Vec<&dyn Format> = Vec::new();
        for other in others {
            all.push(other);
        }
        for builtin in format::all() {
            all.push(builtin);
        }
        let trial = definition.as_ref().map(|definition| trial(definition, &all)).map_err(Broken::clone);
        (path.clone(), trial)
    });
    Ok(trials.collect())
}

/// A definition that may be used: one that holds its samples, under a name and with a zone that can be.
pub(super) fn parse(text: &str, path: &str) -> std::result::Result<Definition, Broken> {
    let definition = Definition::parse(text, path)?;
    let broken = |key: &str, message: String| {
        let line = text.lines().position(|line| line.starts_with(key)).map(|at| at as u64 + 1);
        Err(Broken { path: path.to_string(), line, message })
    };
    let name = definition.name();
    if format::by_name(name).is_some() {
        return broken(
            "name",
            format!(
                "expected a name of its own, found \"{name}\", which a built-in format has; rename it, and say \
                 --format GLOB=NAME for files that it is to read instead"
            ),
        );
    }
    match definition.zone() {
        Some(zone) if Zone::parse(zone).is_none() => {
            broken("zone", format!("expected a zone such as Europe/Berlin, +02:00 or UTC, found \"{zone}\""))
        }
        _ => Ok(definition),
    }
}

/// The definition files of a directory, by name; none when there is no such directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}
