//! The output folder: written beside its place and renamed into it, never over foreign files.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Everything recount writes at the top of an output folder.
const OURS: [&str; 16] = [
    "report.html",
    "report.md",
    "charts",
    "incident.json",
    "timeline.jsonl",
    "data",
    "alignment.toml",
    "compare.html",
    "compare.md",
    "comparison.json",
    "library.html",
    "library.md",
    "library.json",
    "audit.html",
    "audit.md",
    "audit.json",
];

/// What a folder holds, and how one is known to be ours: the page and the data beside it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A report.
    Report,
    /// A comparison.
    Comparison,
    /// One incident against many.
    Library,
    /// An audit.
    Audit,
}

impl Kind {
    /// Files that every finished folder of this kind has.
    fn marks(self) -> [&'static str; 2] {
        match self {
            Kind::Report => ["report.html", "incident.json"],
            Kind::Comparison => ["compare.html", "comparison.json"],
            Kind::Library => ["library.html", "library.json"],
            Kind::Audit => ["audit.html", "audit.json"],
        }
    }
}

/// A folder being written.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where it will be.
    place: PathBuf,
    /// Where it is until [`Folder::commit`].
    draft: PathBuf,
    /// Whether foreign files are there and stay.
    shared: bool,
}

impl Folder {
    /// Prepares to write `dir`.
    ///
    /// # Errors
    /// [`Error::Occupied`] when `dir` holds anything but a folder of this `kind` and `force` is off; [`Error::Write`].
    pub(super) fn create(dir: &Path, kind: Kind, force: bool) -> Result<Folder> {
        let failed = |source| Error::Write { path: dir.to_path_buf(), source };
        // A link or `.` is resolved, so that the sibling is beside the real folder.
        let place = if dir.exists() { dir.canonicalize().map_err(failed)? } else { dir.to_path_buf() };
        let shared = match contents(&place) {
            None => false,
            Some(names) if names.is_empty() => false,
            Some(names) => {
                let known = names.iter().all(|n| OURS.iter().any(|o| n.as_os_str() == *o));
                !(known && kind.marks().iter().all(|mark| place.join(mark).is_file()))
            }
        };
        if shared && !force {
            return Err(Error::Occupied { path: dir.to_path_buf() });
        }
        let draft = sibling(&place, "part").ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        if let Some(parent) = place.parent().filter(|p| !p.as_os_str().is_empty()) {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(failed)?;
        }
        fs::create_dir_all(&draft).map_err(failed)?;
        Ok(Folder { place, draft, shared })
    }

    /// Writes one file; `name` is relative, with `/`.
    pub(super) fn file(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.draft.join(name);
        let failed = |source| Error::Write { path: self.place.join(name), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, content).map_err(failed)
    }

    /// Puts the folder in its place.
    pub(super) fn commit(self) -> Result<()> {
        let failed = |source| Error::Write { path: self.place.clone(), source };
        if self.shared {
            move_into(&self.draft, &self.place).map_err(failed)?;
            return fs::remove_dir_all(&self.draft).map_err(failed);
        }
        if !self.place.exists() {
            return fs::rename(&self.draft, &self.place).map_err(failed);
        }
        let old = sibling(&self.place, "old").ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
        if old.exists() {
            fs::remove_dir_all(&old).map_err(failed)?;
        }
        fs::rename(&self.place, &old).map_err(failed)?;
        if let Err(source) = fs::rename(&self.draft, &self.place) {
            // The old report is worth more than the new one's error message.
            let _ = fs::rename(&old, &self.place);
            return Err(failed(source));
        }
        fs::remove_dir_all(&old).map_err(failed)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Only a draft that was not committed is still there.
        let _ = fs::remove_dir_all(&self.draft);
    }
}

/// Names in a folder; `None` when it does not exist.
fn contents(dir: &Path) -> Option<BTreeSet<OsString>> {
    match fs::read_dir(dir) {
        Ok(entries) => Some(entries.filter_map(|e| e.ok().map(|e| e.file_name())).collect()),
        // A file in that place is foreign too.
        Err(_) if dir.exists() => Some(BTreeSet::from([OsString::from("?")])),
        Err(_) => None,
    }
}

/// A hidden name beside `place`.
fn sibling(place: &Path, suffix: &str) -> Option<PathBuf> {
    let name = place.file_name()?.to_string_lossy().into_owned();
    Some(place.with_file_name(format!(".{name}.recount-{suffix}")))
}

/// Moves every file of `from` to the same place under `to`, replacing files and keeping others.
fn move_into(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        if path.is_dir() {
            move_into(&path, &target)?;
        } else {
            fs::rename(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, text: &str, force: bool) -> Result<()> {
        let mut folder = Folder::create(dir, Kind::Report, force)?;
        folder.file("report.html", text.as_bytes())?;
        folder.file("incident.json", b"{}")?;
        folder.file("charts/a.svg", b"<svg/>")?;
        folder.commit()
    }

    #[test]
    fn a_report_replaces_a_report_and_nothing_stays_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("out/one");
        write(&dir, "first", false).unwrap();
        write(&dir, "second", false).unwrap();
        assert_eq!(fs::read_to_string(dir.join("report.html")).unwrap(), "second");
        assert_eq!(fs::read_dir(home.path().join("out")).unwrap().count(), 1);
    }

    #[test]
    fn foreign_files_are_refused_and_survive_force() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("mine");
        fs::create_dir_all(dir.join("data")).unwrap();
        fs::write(dir.join("data/thesis.txt"), "years").unwrap();
        assert!(matches!(write(&dir, "x", false), Err(Error::Occupied { .. })));
        write(&dir, "x", true).unwrap();
        assert_eq!(fs::read_to_string(dir.join("data/thesis.txt")).unwrap(), "years");
        assert_eq!(fs::read_to_string(dir.join("report.html")).unwrap(), "x");
    }

    #[test]
    fn a_comparison_does_not_replace_a_report() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("one");
        write(&dir, "first", false).unwrap();
        assert!(matches!(Folder::create(&dir, Kind::Comparison, false), Err(Error::Occupied { .. })));
    }

    #[test]
    fn a_run_that_stops_leaves_the_old_report() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("one");
        write(&dir, "first", false).unwrap();
        let mut folder = Folder::create(&dir, Kind::Report, false).unwrap();
        folder.file("report.html", b"half").unwrap();
        drop(folder);
        assert_eq!(fs::read_to_string(dir.join("report.html")).unwrap(), "first");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
