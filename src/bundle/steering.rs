//! Files at the root of a bundle that steer the program instead of being evidence: which they are,
//! and how they are found in a folder and in an archive alike.

use std::collections::BTreeSet;
use std::io::Read;

use super::{Entry, Limits, Member};
use crate::model::{Diagnostic, DiagnosticKind};

/// Files beside the evidence that steer the program.
const CONFIGURATION: [&str; 2] = ["recount.toml", "alignment.toml"];

/// Folder of user-made format definitions at the root of a bundle.
const DEFINITIONS: &str = "formats/";

/// Largest steering file of an archive, and of all of them together, in bytes.
const LARGEST: u64 = 1 << 20;
const LARGEST_TOGETHER: usize = 16 << 20;

/// A file at the root of the bundle that steers the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SteeringText {
    /// Path from the root (`recount.toml`, `formats/mine.toml`).
    pub name: String,
    /// Path to show in messages.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// What steers the program, and where its root lies.
#[derive(Clone, Debug, Default)]
pub struct Steering {
    /// What stands before a path of the bundle where its root is not the whole of it:
    /// `x.tgz!folder/` for an archive with one folder around everything, `folder/` for one of
    /// several folders. Globs and declared paths are told without it.
    pub prefix: String,
    /// The files, by name.
    pub texts: Vec<SteeringText>,
}

impl Steering {
    /// The file called `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<&SteeringText> {
        self.texts.iter().find(|text| text.name == name)
    }

    /// Format definitions that the bundle brings, by name.
    pub fn definitions(&self) -> impl Iterator<Item = &SteeringText> {
        self.texts.iter().filter(|text| text.name.starts_with(DEFINITIONS))
    }

    /// `path` as it is from the root: what a folder with the same content would call it.
    pub fn inside<'p>(&self, path: &'p str) -> &'p str {
        path.strip_prefix(self.prefix.as_str()).unwrap_or(path)
    }
}

/// Whether a file of this path from the root steers the program and so is no evidence.
pub(super) fn steers(path: &str) -> bool {
    let definition = |name: &str| name.ends_with(".toml") && !name.contains('/');
    CONFIGURATION.contains(&path) || path.strip_prefix(DEFINITIONS).is_some_and(definition)
}

/// What the visits of an entry are to do with the files that steer.
#[derive(Clone, Debug, Default)]
pub(super) struct Steered {
    /// Paths of members that were read beforehand and are no evidence.
    pub(super) read: BTreeSet<String>,
    /// Root of an archive of which only the beginning could be looked at beforehand.
    pub(super) partly: Option<String>,
}

impl Steered {
    /// Whether the member at `path` is no evidence; what has to be said of it.
    pub(super) fn judge(&self, path: &str) -> (bool, Option<Diagnostic>) {
        if self.read.contains(path) {
            return (true, None);
        }
        let late = self.partly.as_ref().and_then(|root| path.strip_prefix(root.as_str())).is_some_and(steers);
        let says = || {
            let message = "expected what steers the program near the start of a stream, found it too late to obey";
            Diagnostic::new(DiagnosticKind::Configuration, path, message)
                .hint("give the archive as a file, or name the configuration with --config")
        };
        (late, late.then(says))
    }
}

/// What a look into an archive found.
#[derive(Default)]
pub(super) struct Survey {
    /// Files that would steer if nothing stood around them.
    bare: Vec<SteeringText>,
    /// Files that steer if one folder is around everything.
    wrapped: Vec<SteeringText>,
    top: Top,
    size: usize,
    notes: Vec<Diagnostic>,
}

/// What stands at the top of an archive.
#[derive(Default)]
enum Top {
    #[default]
    Nothing,
    Folder(String),
    Several,
}

/// Looks for the files that steer in the archive that `entry` is; `None` when it is no archive.
/// Archives inside it are not opened, and contents of other members are not kept.
pub(super) fn survey(entry: &Entry, limits: &Limits) -> Option<(Steering, Vec<Diagnostic>)> {
    let mut survey = Survey::default();
    let outside = format!("{}!", entry.path);
    entry.look_into(limits, &mut |member| survey.member(&outside, member));
    let (prefix, texts) = match survey.top {
        Top::Nothing => return None,
        Top::Folder(name) => (format!("{outside}{name}/"), survey.wrapped),
        Top::Several => (outside, survey.bare),
    };
    survey.notes.retain(|note| note.path.strip_prefix(prefix.as_str()).is_some_and(steers));
    let mut steering = Steering { prefix, texts };
    steering.texts.sort_by(|a, b| a.name.cmp(&b.name));
    Some((steering, survey.notes))
}

impl Survey {
    fn member(&mut self, outside: &str, member: Member<'_>) {
        let Some(inside) = member.path.strip_prefix(outside) else { return };
        let (folder, rest) = inside.split_once('/').unwrap_or(("", inside));
        self.top = match std::mem::take(&mut self.top) {
            Top::Nothing if !folder.is_empty() => Top::Folder(folder.to_owned()),
            Top::Folder(name) if name == folder => Top::Folder(name),
            _ => Top::Several,
        };
        if matches!(self.top, Top::Several) {
            self.wrapped.clear();
        }
        let wraps = matches!(self.top, Top::Folder(_)) && steers(rest);
        if !wraps && !steers(inside) {
            return;
        }
        let name = if wraps { rest } else { inside }.to_owned();
        match self.text(member.reader) {
            Ok(text) => {
                let found = SteeringText { name, path: member.path.clone(), text };
                if wraps { self.wrapped.push(found) } else { self.bare.push(found) }
            }
            Err(found) => self.notes.push(
                Diagnostic::new(
                    DiagnosticKind::Configuration,
                    member.path.clone(),
                    format!("expected a short text that steers the program, found {found}; not obeyed"),
                )
                .hint("mend it, or name another configuration with --config"),
            ),
        }
    }

    fn text(&mut self, reader: &mut dyn Read) -> Result<String, String> {
        let mut text = String::new();
        let read = reader.take(LARGEST + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
        self.size = self.size.saturating_add(read);
        if read as u64 > LARGEST || self.size > LARGEST_TOGETHER {
            return Err(format!("more than {} MiB", LARGEST >> 20));
        }
        Ok(text)
    }
}
