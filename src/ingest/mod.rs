//! Ingest: drives formats over a bundle; each source stays on its own raw clock.
//!
//! Files are read in parallel, and big files in segments: cut by the file's own content (a fixed
//! size, then the next record start), folded apart, merged in file order. Neither the number of
//! threads nor the order of files can change the result (law 3), and memory does not grow with
//! the input (law 6).

mod anchors;
mod clock_notes;
mod collect;
mod crew;
mod decode;
mod explain;
mod fingerprint;
mod fold;
mod frames;
mod incomplete;
mod keep;
mod member;
mod messages;
mod open;
mod opened;
mod repeats;
mod segment;
mod service;

use std::collections::BTreeMap;

pub use collect::{CollectedRecord, collect};
pub use explain::{EachExplanation, explain};
pub use service::service_of_path;

use crate::bundle::{Bundle, Entry, Limits, Member};
use crate::config::GlobRules;
use crate::format::Format;
use crate::format::lines::Definition;
use repeats::Watch;

use crate::model::{Diagnostic, DiagnosticKind, KeptRecord, SourceEvidence};

/// What a caller may fix about reading.
#[derive(Default)]
pub struct Options {
    /// Path glob → format name.
    pub formats: GlobRules,
    /// Path glob → service name, for records that name none.
    pub services: GlobRules,
    /// Formats defined by the user, tried before the built-in ones.
    pub definitions: Vec<Definition>,
    /// Limits for archives.
    pub limits: Limits,
    /// What is kept of records ([`SourceEvidence::records`]).
    pub keep: Keeping,
    /// Know copies of files by a quick hash instead of one that others can check.
    pub quick: bool,
    /// Leave records that several files hold in each of them, instead of counting them once.
    pub keep_repeats: bool,
}

/// What is kept of records besides what they add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// Nothing.
    #[default]
    Nothing,
    /// Every record.
    Records,
    /// Of log records, the skeleton of the message in its place; nothing is folded. A text that no log format
    /// knows is read line by line.
    Messages,
}

impl Options {
    /// All formats in the order they are tried: the user's, then the built-in ones.
    pub fn all_formats(&self) -> Vec<&dyn Format> {
        let mut formats: Vec<&dyn Format> = Vec::new();
        for definition in &self.definitions {
            formats.push(definition);
        }
        for format in crate::format::all() {
            formats.push(format);
        }
        formats
    }
}

/// Told how reading goes on; for a progress bar.
pub trait Progress: Sync {
    /// There are `bytes` to read, as far as sizes on disk tell (0 for a stream).
    fn begin(&self, bytes: u64);
    /// `bytes` more of the bundle's size on disk are done.
    fn advance(&self, bytes: u64);
}

/// No progress shown.
impl Progress for () {
    fn begin(&self, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
}

/// Reads every file of `bundle`. Sources come back in path order, whatever the threads did.
pub fn read(bundle: &Bundle, options: &Options, progress: &dyn Progress) -> Vec<SourceEvidence> {
    let formats = options.all_formats();
    progress.begin(bundle.entries.iter().map(|entry| entry.size).sum());
    let read = |entry: &Entry| {
        let sources = read_entry(entry, bundle, options, &formats);
        progress.advance(entry.size);
        sources
    };
    let mut sources: Vec<SourceEvidence> = crew::share(&bundle.entries, &read).into_iter().flatten().collect();
    sources.sort_by(|a, b| a.info.path.cmp(&b.info.path));
    if !options.keep_repeats {
        repeats::leave_out(&mut sources, &|tasks| read_again(tasks, bundle, options, &formats));
    }
    remark(&mut sources, bundle.refused.iter().cloned());
    sources.sort_by(|a, b| a.info.path.cmp(&b.info.path));
    sources
}

/// Told of the records of each source, by its path, in file order.
pub type EachRecords<'f, E> = dyn FnMut(&str, Vec<KeptRecord>) -> Result<(), E> + 'f;

/// Reads every file of `bundle` and hands on its records with its path, in path order and file order, as
/// soon as they are read: memory holds those of a few megabytes, or of one document. `options` must ask to
/// keep them. Returns what was said of the files.
///
/// # Errors
/// What `each` returns ends the reading.
pub fn read_records<E>(
    bundle: &Bundle,
    options: &Options,
    progress: &dyn Progress,
    each: &mut EachRecords<'_, E>,
) -> Result<Vec<Diagnostic>, E> {
    let formats = options.all_formats();
    let mut diagnostics = Vec::new();
    for entry in &bundle.entries {
        let mut outcome = Ok(());
        let damage = entry.visit(&options.limits, &mut |member| {
            if outcome.is_err() {
                return;
            }
            let path = member.path.clone();
            let inside = bundle.steering.inside(&path).to_string();
            let mut hand_on = |records: Vec<KeptRecord>| {
                if outcome.is_ok() {
                    outcome = each(&path, records);
                }
            };
            let source = member::read(member, &inside, options, &formats, Watch::Prints, Some(&mut hand_on));
            hand_on(source.records);
            diagnostics.extend(source.diagnostics);
        });
        outcome?;
        diagnostics.extend(damage);
        progress.advance(entry.size);
    }
    Ok(diagnostics)
}

/// Reads the files that `tasks` names once more, as it says, without keeping their records. What cannot be
/// read twice is left out.
fn read_again(
    tasks: &BTreeMap<String, Watch<'_>>,
    bundle: &Bundle,
    options: &Options,
    formats: &[&dyn Format],
) -> Vec<SourceEvidence> {
    let concerns = |entry: &&Entry| {
        let within = |path: &String| {
            path.strip_prefix(entry.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
        };
        entry.again() && tasks.keys().any(within)
    };
    let entries: Vec<&Entry> = bundle.entries.iter().filter(concerns).collect();
    let options = Options {
        formats: options.formats.clone(),
        services: options.services.clone(),
        limits: options.limits,
        quick: options.quick,
        ..Options::default()
    };
    let read = |entry: &&Entry| {
        let mut sources = Vec::new();
        entry.visit(&options.limits, &mut |member| {
            if let Some(watch) = tasks.get(&member.path) {
                let inside = bundle.steering.inside(&member.path).to_string();
                sources.push(member::read(member, &inside, &options, formats, *watch, None));
            }
        });
        sources
    };
    crew::share(&entries, &|entry: &&Entry| read(entry)).into_iter().flatten().collect()
}

/// Reads one file from memory, as if it were a bundle of its own.
pub fn read_bytes(path: &str, bytes: &[u8], options: &Options) -> SourceEvidence {
    let mut reader = bytes;
    let member = Member { path: path.to_string(), modified_s: None, reader: &mut reader };
    member::read(member, path, options, &options.all_formats(), Watch::Prints, None)
}

/// Reads every member of one entry; damage of the container itself becomes a source of its own.
fn read_entry(entry: &Entry, bundle: &Bundle, options: &Options, formats: &[&dyn Format]) -> Vec<SourceEvidence> {
    let mut sources = Vec::new();
    let damage = entry.visit(&options.limits, &mut |member| {
        let inside = bundle.steering.inside(&member.path).to_string();
        sources.push(member::read(member, &inside, options, formats, Watch::Prints, None));
    });
    remark(&mut sources, damage);
    sources
}

/// Gives each diagnostic to the source it is about, or to the first member of the archive it is about,
/// so that no file is counted twice; what belongs to nothing that was read becomes a source of its own.
fn remark(sources: &mut Vec<SourceEvidence>, diagnostics: impl IntoIterator<Item = Diagnostic>) {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (at, source) in sources.iter().enumerate() {
        let path = source.info.path.as_str();
        let around = path.match_indices('!').filter_map(|(end, _)| path.get(..end));
        for name in std::iter::once(path).chain(around) {
            first.entry(name.to_string()).or_insert(at);
        }
    }
    for diagnostic in diagnostics {
        match first.get(&diagnostic.path).and_then(|at| sources.get_mut(*at)) {
            Some(source) => source.diagnostics.push(diagnostic),
            None => {
                first.insert(diagnostic.path.clone(), sources.len());
                sources.push(named_only(diagnostic));
            }
        }
    }
}

/// A source that exists only as something to say: nothing of it could be opened.
fn named_only(diagnostic: Diagnostic) -> SourceEvidence {
    let mut source = SourceEvidence::default();
    source.info.path = diagnostic.path.clone();
    source.diagnostics.push(diagnostic);
    source
}

/// A diagnostic that a file was left alone.
fn not_read(path: &str, message: impl Into<String>, hint: impl Into<String>) -> Diagnostic {
    Diagnostic::new(DiagnosticKind::NotRead, path, message).hint(hint)
}
