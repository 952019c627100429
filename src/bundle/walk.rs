//! Finds the files of the paths given, in byte order of their path inside the bundle.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::archive::zip::SPOOL;
use super::names::{Distinct, clean, folder_not_evidence, not_evidence, without_archive_ending};
use super::notes::Notes;
use super::steering::{Steered, Steering, SteeringText, steers, survey};
use super::visit::reason_left_out;
use super::{Bundle, Entry, Limits, Origin, Spool};
use crate::error::{Error, Result};
use crate::model::{Diagnostic, DiagnosticKind};

/// Name of the path that stands for standard input, as given and as shown.
const STDIN: &str = "-";
const STDIN_NAME: &str = "stdin";

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
pub(super) fn open(paths: &[PathBuf], stdin: &mut dyn Read) -> Result<Bundle> {
    let given = paths.iter().map(|path| Given::look(path)).collect::<Result<Vec<_>>>()?;
    let labels = labels(&given);
    let roots: Vec<PathBuf> =
        given.iter().filter(|one| matches!(one.kind, GivenKind::Folder)).map(|one| one.real.clone()).collect();
    let mut search = Search { roots, ..Search::default() };
    for (one, label) in given.iter().zip(labels) {
        search.given(one, label.as_deref(), stdin)?;
    }
    let mut entries = search.found;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut distinct = Distinct::default();
    for entry in &mut entries {
        entry.path = distinct.name(std::mem::take(&mut entry.path));
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let lone = given.len() == 1;
    let steering = steering(search.steering, &mut entries, lone, &mut search.notes);
    Ok(Bundle { name: name(&given), steering, entries, refused: search.notes.finish() })
}

/// What steers, of all that was found: a folder's before an archive's, since it needs no search.
fn steering(folders: Vec<Steering>, entries: &mut [Entry], lone: bool, notes: &mut Notes) -> Steering {
    let mut folders = folders.into_iter();
    if let Some(first) = folders.next() {
        for text in folders.flat_map(|other| other.texts) {
            notes.push(
                Diagnostic::new(
                    DiagnosticKind::Configuration,
                    text.path,
                    "expected one of the paths given to hold what steers the program, found another; not obeyed",
                )
                .hint("put everything into one recount.toml, and name it with --config"),
            );
        }
        return first;
    }
    for entry in entries.iter_mut().filter(|entry| entry.given) {
        let Some((found, said)) = survey(entry, &Limits::default()) else { continue };
        if !lone && found.texts.is_empty() && said.is_empty() {
            continue;
        }
        entry.steered.read = found.texts.iter().map(|text| text.path.clone()).collect();
        entry.steered.read.extend(said.iter().map(|note| note.path.clone()));
        entry.steered.partly = entry.is_partly_held().then(|| found.prefix.clone());
        said.into_iter().for_each(|note| notes.push(note));
        return found;
    }
    Steering::default()
}

impl Given {
    fn look(path: &Path) -> Result<Given> {
        if path == Path::new(STDIN) {
            return Ok(Given { path: path.to_owned(), real: PathBuf::from(STDIN_NAME), kind: GivenKind::Stdin });
        }
        let data = fs::metadata(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if data.is_file() {
            // what was named must open; a pipe is not tried, since its writer would see it close
            File::open(path).map_err(|source| Error::Open { path: path.to_owned(), source })?;
        }
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

/// What was found so far.
#[derive(Default)]
struct Search {
    /// Folders given, as the disk knows them.
    roots: Vec<PathBuf>,
    /// Files found, as the disk knows them: a file given twice is read once.
    seen: BTreeSet<PathBuf>,
    found: Vec<Entry>,
    /// What steers, by folder that holds any of it, in the order given.
    steering: Vec<Steering>,
    notes: Notes,
}

impl Search {
    fn given(&mut self, one: &Given, label: Option<&str>, stdin: &mut dyn Read) -> Result<()> {
        match one.kind {
            GivenKind::Folder => self.folder(one, label),
            GivenKind::File { size } => {
                let path = label.map_or_else(|| one.last(1), str::to_owned);
                self.file(path, one.path.clone(), &one.real, size, true);
                Ok(())
            }
            GivenKind::Stdin => {
                let path = STDIN_NAME.to_owned();
                if self.seen.insert(one.real.clone()) {
                    let origin = Origin::Stdin(Spool::fill(stdin, SPOOL));
                    self.found.push(Entry { path, size: 0, origin, given: true, steered: Steered::default() });
                } else {
                    self.twice(&path);
                }
                Ok(())
            }
        }
    }

    fn folder(&mut self, one: &Given, label: Option<&str>) -> Result<()> {
        let prefix = label.map_or_else(String::new, |label| format!("{label}/"));
        let mut steering = Steering { prefix, texts: Vec::new() };
        let mut walk = WalkDir::new(&one.path).min_depth(0).sort_by_file_name().into_iter();
        while let Some(next) = walk.next() {
            match next {
                Ok(item) if item.depth() == 0 => {}
                Ok(item) => {
                    let path = inside(&one.path, item.path(), label);
                    if item.file_type().is_file() && steers(steering.inside(&path.path)) {
                        steering.texts.push(steering_text(steering.inside(&path.path), item.path())?);
                    } else if self.item(one, &item, &path.path, path.hostile) == Then::Skip {
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
        if label.is_none() || !steering.texts.is_empty() {
            self.steering.push(steering);
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
        } else {
            if hostile {
                let message = "expected a file name of printable text, found another, shown cleaned";
                self.notes.push(Diagnostic::new(DiagnosticKind::Hostile, path, message));
            }
            let relative = item.path().strip_prefix(&one.path).unwrap_or(item.path());
            let size = item.metadata().map_or(0, |data| data.len());
            self.file(path.to_owned(), item.path().to_owned(), &one.real.join(relative), size, false);
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

    fn file(&mut self, path: String, disk: PathBuf, real: &Path, size: u64, given: bool) {
        if self.seen.insert(real.to_owned()) {
            let origin = Origin::Disk(disk);
            self.found.push(Entry { path, size, origin, given, steered: Steered::default() });
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

/// Reads a file of a folder that steers the program.
fn steering_text(name: &str, disk: &Path) -> Result<SteeringText> {
    let text = fs::read_to_string(disk).map_err(|source| Error::Open { path: disk.to_owned(), source })?;
    Ok(SteeringText { name: name.to_owned(), path: disk.display().to_string(), text })
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
