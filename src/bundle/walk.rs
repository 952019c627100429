//! Finds the files of the paths given, in byte order of their path inside the bundle.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::names::{Distinct, clean, folder_not_evidence, not_evidence, without_archive_ending};
use super::notes::Notes;
use super::visit::reason_left_out;
use super::{Bundle, Entry, Origin};
use crate::error::{Error, Result};
use crate::model::{Diagnostic, DiagnosticKind};

/// Name of the path that stands for standard input, as given and as shown.
const STDIN: &str = "-";
const STDIN_NAME: &str = "stdin";

/// Files beside the evidence that steer the program.
const CONFIGURATION: [&str; 2] = ["recount.toml", "alignment.toml"];

/// Folder of user-made format definitions at the root of a bundle.
const DEFINITIONS: &str = "formats";

/// A path from the command line.
struct Given {
    path: PathBuf,
    /// Without links and `..`; as given where the system cannot tell.
    real: PathBuf,
    kind: GivenKind,
}

enum GivenKind {
    Folder,
    File { size: u64 },
    Stdin,
}

/// See [`super::open`].
pub(super) fn open(paths: &[PathBuf]) -> Result<Bundle> {
    let given = paths.iter().map(|path| Given::look(path)).collect::<Result<Vec<_>>>()?;
    let labels = labels(&given);
    let roots: Vec<PathBuf> =
        given.iter().filter(|one| matches!(one.kind, GivenKind::Folder)).map(|one| one.real.clone()).collect();
    let mut search = Search { roots, seen: BTreeSet::new(), found: Vec::new(), notes: Notes::default() };
    for (one, label) in given.iter().zip(labels) {
        search.given(one, label.as_deref())?;
    }
    let mut entries = search.found;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut distinct = Distinct::default();
    for entry in &mut entries {
        entry.path = distinct.name(std::mem::take(&mut entry.path));
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Bundle { name: name(&given), root: root(&given), entries, refused: search.notes.finish() })
}

impl Given {
    fn look(path: &Path) -> Result<Given> {
        if path == Path::new(STDIN) {
            return Ok(Given { path: path.to_owned(), real: PathBuf::from(STDIN_NAME), kind: GivenKind::Stdin });
        }
        let data = fs::metadata(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let kind = if data.is_dir() { GivenKind::Folder } else { GivenKind::File { size: size(&data) } };
        Ok(Given { path: path.to_owned(), real, kind })
    }

    /// The last components of the path, at most `depth` of them: as it was given where that says
    /// something, else as the disk knows it.
    fn last(&self, depth: usize) -> String {
        let path = if self.path.file_name().is_some() { &self.path } else { &self.real };
        let named: Vec<&str> = path
            .components()
            .filter_map(|part| match part {
                std::path::Component::Normal(name) => name.to_str(),
                _ => None,
            })
            .collect();
        let from = named.len().saturating_sub(depth);
        let parts = named.get(from..).unwrap_or_default().join("/");
        if parts.is_empty() { "bundle".to_owned() } else { clean(parts.as_bytes()).path }
    }
}

fn size(data: &fs::Metadata) -> u64 {
    if data.is_file() { data.len() } else { 0 }
}

/// What stands before (folders) or for (files) each path given; `None` for a lone folder. As many
/// components as it takes to tell them apart.
fn labels(given: &[Given]) -> Vec<Option<String>> {
    if let [Given { kind: GivenKind::Folder, .. }] = given {
        return vec![None];
    }
    let deepest = given.iter().map(|one| one.real.components().count()).max().unwrap_or(1);
    given
        .iter()
        .map(|one| {
            let alone =
                |depth: &usize| given.iter().filter(|other| other.last(*depth) == one.last(*depth)).count() == 1;
            Some(one.last((1..=deepest).find(alone).unwrap_or(1)))
        })
        .collect()
}

fn name(given: &[Given]) -> String {
    let Some(first) = given.first() else { return "bundle".to_owned() };
    let last = match first.kind {
        GivenKind::Stdin => STDIN_NAME.to_owned(),
        GivenKind::Folder => first.last(1),
        GivenKind::File { .. } => without_archive_ending(&first.last(1)).to_owned(),
    };
    // the name becomes a folder: one that starts with a dot would be hidden
    let visible = last.trim_start_matches('.');
    if visible.is_empty() { "bundle".to_owned() } else { visible.to_owned() }
}

/// The only folder given, or of several the first that holds a configuration.
fn root(given: &[Given]) -> Option<PathBuf> {
    let mut folders = given.iter().filter(|one| matches!(one.kind, GivenKind::Folder)).map(|one| &one.path);
    let first = folders.next()?;
    let Some(second) = folders.next() else { return Some(first.clone()) };
    let mut all = [first, second].into_iter().chain(folders);
    all.find(|folder| CONFIGURATION.iter().any(|file| folder.join(file).is_file())).cloned()
}

/// What was found so far.
struct Search {
    /// Folders given, as the disk knows them.
    roots: Vec<PathBuf>,
    /// Files found, as the disk knows them: a file given twice is read once.
    seen: BTreeSet<PathBuf>,
    found: Vec<Entry>,
    notes: Notes,
}

impl Search {
    fn given(&mut self, one: &Given, label: Option<&str>) -> Result<()> {
        match one.kind {
            GivenKind::Folder => self.folder(one, label),
            GivenKind::File { size } => {
                let path = label.map_or_else(|| one.last(1), str::to_owned);
                self.file(path, one.path.clone(), &one.real, size);
                Ok(())
            }
            GivenKind::Stdin => {
                let path = STDIN_NAME.to_owned();
                if self.seen.insert(one.real.clone()) {
                    self.found.push(Entry { path, size: 0, origin: Origin::Stdin });
                } else {
                    self.twice(&path);
                }
                Ok(())
            }
        }
    }

    fn folder(&mut self, one: &Given, label: Option<&str>) -> Result<()> {
        let mut walk = WalkDir::new(&one.path).min_depth(0).sort_by_file_name().into_iter();
        while let Some(next) = walk.next() {
            match next {
                Ok(item) if item.depth() == 0 => {}
                Ok(item) => {
                    let path = inside(&one.path, item.path(), label);
                    if self.item(one, &item, &path.path, path.hostile) == Then::Skip {
                        walk.skip_current_dir();
                    }
                }
                Err(error) if error.depth() == 0 => {
                    let source = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
                    return Err(Error::Open { path: one.path.clone(), source });
                }
                Err(error) => {
                    let path = error.path().map_or_else(String::new, |path| inside(&one.path, path, label).path);
                    let found = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    let message = format!("expected a readable file or folder, found {found}");
                    self.notes.push(Diagnostic::new(DiagnosticKind::NotRead, path, message));
                }
            }
        }
        Ok(())
    }

    fn item(&mut self, one: &Given, item: &DirEntry, path: &str, hostile: bool) -> Then {
        let kind = item.file_type();
        if kind.is_dir() {
            let Some(reason) = item.file_name().to_str().and_then(folder_not_evidence) else { return Then::GoOn };
            self.skipped(path, reason_left_out(reason));
            return Then::Skip;
        }
        if kind.is_symlink() {
            self.link(one, item.path(), path);
        } else if !kind.is_file() {
            let message = "expected a file or folder, found a socket, pipe or device";
            self.notes.push(Diagnostic::new(DiagnosticKind::NotRead, path, message));
        } else if let Some(reason) = not_evidence(path) {
            self.skipped(path, reason_left_out(reason));
        } else if !steers(item) {
            if hostile {
                let message = "expected a file name of printable text, found another, shown cleaned";
                self.notes.push(Diagnostic::new(DiagnosticKind::Hostile, path, message));
            }
            let relative = item.path().strip_prefix(&one.path).unwrap_or(item.path());
            let size = item.metadata().map_or(0, |data| data.len());
            self.file(path.to_owned(), item.path().to_owned(), &one.real.join(relative), size);
        }
        Then::GoOn
    }

    /// Links are not followed: inside the bundle the target is read under its own name, and
    /// counting a log twice would double every figure; outside it is not what was handed over.
    fn link(&mut self, one: &Given, link: &Path, path: &str) {
        let diagnostic = match fs::canonicalize(link) {
            Ok(target) if self.roots.iter().any(|root| target.starts_with(root)) => {
                let shown = target.strip_prefix(&one.real).unwrap_or(&target).display().to_string();
                let message = format!("expected a file, found a link to `{}`", clean(shown.as_bytes()).path);
                Diagnostic::new(DiagnosticKind::Skipped, path, message).hint("its target is read under its own name")
            }
            Ok(_) => Diagnostic::new(DiagnosticKind::NotRead, path, "expected a file, found a link out of the bundle")
                .hint("give the target as a path of its own if it is evidence"),
            Err(_) => {
                Diagnostic::new(DiagnosticKind::NotRead, path, "expected a file, found a link to nothing or to itself")
            }
        };
        self.notes.push(diagnostic);
    }

    fn file(&mut self, path: String, disk: PathBuf, real: &Path, size: u64) {
        if self.seen.insert(real.to_owned()) {
            self.found.push(Entry { path, size, origin: Origin::Disk(disk) });
        } else {
            self.twice(&path);
        }
    }

    fn twice(&mut self, path: &str) {
        let message = "expected each file once, found it given twice; read once";
        self.notes.push(Diagnostic::new(DiagnosticKind::Skipped, path, message));
    }

    fn skipped(&mut self, path: &str, message: &str) {
        self.notes.push(Diagnostic::new(DiagnosticKind::Skipped, path, message));
    }
}

/// Whether a walk goes into what it met.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    Skip,
}

/// Whether a file steers the program and so is no evidence.
fn steers(item: &DirEntry) -> bool {
    let name = item.file_name().to_str().unwrap_or_default();
    match item.depth() {
        1 => CONFIGURATION.contains(&name),
        2 => {
            let parent = item.path().parent().and_then(Path::file_name);
            parent.is_some_and(|parent| parent == DEFINITIONS) && name.ends_with(".toml")
        }
        _ => false,
    }
}

/// The path inside the bundle of something under the folder `root`.
fn inside(root: &Path, path: &Path, label: Option<&str>) -> super::names::Cleaned {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let mut raw = Vec::new();
    for part in relative.components() {
        if !raw.is_empty() {
            raw.push(b'/');
        }
        raw.extend_from_slice(part.as_os_str().as_encoded_bytes());
    }
    let mut cleaned = clean(&raw);
    if let Some(label) = label {
        cleaned.path = format!("{label}/{}", cleaned.path);
    }
    cleaned
}
