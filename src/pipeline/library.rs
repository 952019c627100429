//! A library: a folder of incidents (bundles, report folders, saved incidents) that one is held against.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{ALIGNMENT_FILE, Request, recount, saved};
use crate::config;
use crate::error::{Error, Result};
use crate::ingest::Progress;
use crate::model::{Incident, LibraryComparison, LibraryOrder};

/// Names looked at inside one folder; more do not tell more.
const NAMES: usize = 500;
/// Depth of folders looked into.
const DEPTH: usize = 4;

/// Whether `other` is a library to hold `one` against, and not one incident itself: what lies in it are saved
/// incidents or folders with a `recount.toml`, or things of the sort that `one` is.
pub fn is_library(one: &Path, other: &Path) -> bool {
    let steered = [config::FILE_NAME, ALIGNMENT_FILE].iter().any(|name| other.join(name).is_file());
    if !other.is_dir() || steered || saved(other).is_some() {
        return false;
    }
    let inside = children(other);
    if inside.iter().any(|path| saved(path).is_some() || path.join(config::FILE_NAME).is_file()) {
        return true;
    }
    let folders: Vec<&PathBuf> = inside.iter().filter(|path| path.is_dir()).collect();
    if folders.is_empty() {
        let kind = |path: &Path| path.extension().map(|e| e.to_ascii_lowercase());
        let alike = inside.iter().filter(|path| kind(path) == kind(one)).count();
        return one.is_file() && alike >= 2 && alike * 3 >= inside.len() * 2;
    }
    let shapes: Vec<BTreeSet<String>> = folders.iter().map(|path| shape(path)).collect();
    let most = |shared: usize| folders.len() >= 2 && shared * 2 >= folders.len();
    if one.is_dir() && saved(one).is_none() {
        let own = shape(one);
        return most(shapes.iter().filter(|other| !own.is_disjoint(other)).count());
    }
    // What a saved incident was made of is not known: things of one sort, then.
    let same = |name: &String| shapes.iter().filter(|other| other.contains(name)).count();
    most(shapes.iter().flatten().map(same).max().unwrap_or(0))
}

/// What lies in a folder and is not hidden, by name.
fn children(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).map(|entries| entries.flatten().map(|e| e.path()).collect());
    let mut all: Vec<PathBuf> = entries.unwrap_or_default();
    all.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    all.sort();
    all
}

/// Names of the files in a folder, from its root, digits as one.
fn shape(dir: &Path) -> BTreeSet<String> {
    let files = walkdir::WalkDir::new(dir).max_depth(DEPTH).sort_by_file_name().into_iter().flatten();
    let names = files.filter(|e| e.file_type().is_file()).take(NAMES).filter_map(|e| {
        let name = e.path().strip_prefix(dir).ok()?.to_string_lossy().replace('\\', "/");
        let mut masked = String::new();
        for c in name.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }) {
            if c != '#' || !masked.ends_with('#') {
                masked.push(c);
            }
        }
        Some(masked)
    });
    names.filter(|name| !name.to_lowercase().contains("readme")).collect()
}

/// Whether something in a library is an incident: folders, archives and saved incidents are, and where there
/// are none of these every file is one.
fn members(dir: &Path) -> Vec<PathBuf> {
    let all = children(dir);
    let archive = |path: &Path| {
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        [".tar", ".tgz", ".zip", ".tar.gz", ".tar.zst", ".tar.bz2", ".tar.xz"].iter().any(|end| name.ends_with(end))
    };
    let whole: Vec<PathBuf> =
        all.iter().filter(|path| path.is_dir() || archive(path) || saved(path).is_some()).cloned().collect();
    let text = |path: &PathBuf| !path.to_string_lossy().to_lowercase().ends_with(".md");
    if whole.is_empty() { all.into_iter().filter(text).collect() } else { whole }
}

/// Holds `one` against every incident in `dir`, most similar first; itself is left out when it lies there.
/// `request` says how to read, with other paths.
///
/// # Errors
/// [`Error::Usage`] when nothing in `dir` is an incident.
pub fn library(
    one: &Incident,
    own: &Path,
    dir: &Path,
    request: &Request,
    by: LibraryOrder,
    progress: &dyn Progress,
) -> Result<LibraryComparison> {
    let place = |path: &Path| path.canonicalize().ok();
    let itself = place(own);
    let others: Vec<PathBuf> =
        members(dir).into_iter().filter(|path| itself.is_none() || place(path) != itself).collect();
    if others.is_empty() {
        let message = format!("expected bundles, report folders or incident.json in {}, found none", dir.display());
        return Err(Error::Usage { option: "LIBRARY".to_string(), message });
    }
    let read = others.into_iter().map(|path| {
        let name = path.strip_prefix(dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let incident = recount(&Request { paths: vec![path], ..request.clone() }, progress).map_err(|e| e.to_string());
        let empty = |incident: &Incident| incident.sources.iter().all(|s| s.accounting.records.frames == 0);
        Ok((
            name,
            incident.and_then(|i| if empty(&i) { Err("nothing in it could be read".to_string()) } else { Ok(i) }),
        ))
    });
    crate::compare::library(one, read, by)
}
