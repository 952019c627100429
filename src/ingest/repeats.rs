//! The same records in several files: rotated copies, exports that overlap, what copytruncate left.
//!
//! While files are read, each keeps a print of every second ([`Prints`]). Two files of one format and
//! service that agree on nearly all seconds they have in common hold the same records there; the later
//! one in path order is then read once more without them, so that they are counted once. Nothing is
//! kept of the lines themselves but hashes of the few seconds in which such files differ: those at
//! which one of them begins or ends.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use crate::model::{ClockKind, Diagnostic, DiagnosticKind, Print, Prints, Second, SourceEvidence};

/// Records that must be the same before two files are taken to overlap.
const FEWEST: u64 = 3;
/// Of the records in the time two files share, percent that must be the same.
const SHARE: u64 = 80;
/// Seconds in which two files differ that are compared line by line.
const MOST_COMPARED: usize = 10_000;

/// What a reading is to do with records that other files may hold too.
#[derive(Clone, Copy, Default)]
pub(super) enum Watch<'w> {
    /// Keep prints.
    #[default]
    Prints,
    /// Keep the hashes of the records of some seconds.
    Lines(&'w BTreeSet<Second>),
    /// Leave out records that an earlier file holds.
    LeaveOut(&'w Repeats),
}

/// Records of a file that earlier files hold.
#[derive(Default)]
pub(super) struct Repeats {
    /// Seconds of which an earlier file holds every record.
    whole: BTreeSet<Second>,
    /// Hashes of the records that earlier files hold in other seconds.
    lines: BTreeSet<(Second, u64)>,
    /// Index of each earlier file, with the seconds in which it differs.
    partners: Vec<(usize, BTreeSet<Second>)>,
}

impl Repeats {
    /// Whether an earlier file holds a record of this second with this hash.
    pub(super) fn hold(&self, second: Second, hash: u64) -> bool {
        self.whole.contains(&second) || self.lines.contains(&(second, hash))
    }
}

/// Finds, by index, the sources whose records stand partly in earlier ones.
pub(super) fn find(sources: &[SourceEvidence]) -> BTreeMap<usize, Repeats> {
    let mut first: FxHashMap<(&str, Second, Print), usize> = FxHashMap::default();
    let mut hashes: BTreeSet<&str> = BTreeSet::new();
    let mut found = BTreeMap::new();
    for (at, source) in sources.iter().enumerate() {
        let Some(format) = source.formats.first().map(|format| format.name.as_str()) else { continue };
        // Copies of whole files are known by their bytes, and counted once as such.
        if source.prints.seconds.is_empty() || !hashes.insert(source.info.sha256.as_str()) {
            continue;
        }
        let mut partners = BTreeSet::new();
        for (second, print) in source.prints.seconds.iter().filter(|((kind, _), _)| *kind != ClockKind::Relative) {
            let holder = *first.entry((format, *second, *print)).or_insert(at);
            if holder != at {
                partners.insert(holder);
            }
        }
        let mut repeats = Repeats::default();
        for partner in partners {
            if let Some(other) = sources.get(partner).filter(|other| share_service(other, source)) {
                repeats.compare(partner, &other.prints, &source.prints);
            }
        }
        if !repeats.partners.is_empty() {
            found.insert(at, repeats);
        }
    }
    found
}

/// Whether records of both speak of the same service.
fn share_service(a: &SourceEvidence, b: &SourceEvidence) -> bool {
    let services = |source: &SourceEvidence| -> BTreeSet<String> {
        let tracks = source.folds.iter().flat_map(|fold| fold.rollup.tracks.keys());
        tracks.map(|key| key.service.clone()).collect()
    };
    !services(a).is_disjoint(&services(b))
}

impl Repeats {
    /// Notes what `mine` has in common with `other`, the prints of source `partner`, when that is nearly
    /// everything in the time both cover.
    fn compare(&mut self, partner: usize, other: &Prints, mine: &Prints) {
        let mut whole = Vec::new();
        let mut differ = BTreeSet::new();
        let (mut same, mut theirs, mut ours) = (0, 0, 0);
        for kind in mine.seconds.keys().map(|(kind, _)| *kind).collect::<BTreeSet<ClockKind>>() {
            let Some((from, to)) = both(kind, other, mine) else { continue };
            theirs += records(other, from, to);
            ours += records(mine, from, to);
            for (second, print) in mine.seconds.range(from..=to) {
                match other.seconds.get(second) {
                    Some(same_second) if same_second == print => {
                        same += u64::from(print.records);
                        whole.push(*second);
                    }
                    Some(_) => {
                        differ.insert(*second);
                    }
                    None => {}
                }
            }
        }
        if same >= FEWEST && same * 100 >= SHARE * theirs.min(ours) {
            self.whole.extend(whole);
            let compared = differ.into_iter().take(MOST_COMPARED).collect();
            self.partners.push((partner, compared));
        }
    }
}

/// The time that both cover on the clock `kind`.
fn both(kind: ClockKind, a: &Prints, b: &Prints) -> Option<(Second, Second)> {
    let span = |prints: &Prints| {
        let mut seconds = prints.seconds.range((kind, i64::MIN)..=(kind, i64::MAX)).map(|(second, _)| *second);
        let first = seconds.next()?;
        Some((first, seconds.next_back().unwrap_or(first)))
    };
    let (a, b) = (span(a)?, span(b)?);
    let (from, to) = (a.0.max(b.0), a.1.min(b.1));
    (from <= to).then_some((from, to))
}

fn records(prints: &Prints, from: Second, to: Second) -> u64 {
    prints.seconds.range(from..=to).map(|(_, print)| u64::from(print.records)).sum()
}

/// Reads the sources again that repeat others, without what they repeat. `again` reads the files of these
/// paths, each as told; a file it cannot read a second time is left out.
pub(super) fn leave_out(
    sources: &mut [SourceEvidence],
    again: &dyn Fn(&BTreeMap<String, Watch<'_>>) -> Vec<SourceEvidence>,
) {
    let mut found = find(sources);
    for source in sources.iter_mut() {
        source.prints = Prints::default();
    }
    if found.is_empty() {
        return;
    }
    hear_lines(sources, &mut found, again);
    let paths: Vec<String> = sources.iter().map(|source| source.info.path.clone()).collect();
    let path = |at: &usize| paths.get(*at).cloned();
    let tasks = found.iter().filter_map(|(at, repeats)| Some((path(at)?, Watch::LeaveOut(repeats)))).collect();
    let mut read: BTreeMap<String, SourceEvidence> =
        again(&tasks).into_iter().map(|source| (source.info.path.clone(), source)).collect();
    for (at, repeats) in &found {
        let names: Vec<String> = repeats.partners.iter().filter_map(|(partner, _)| path(partner)).collect();
        let Some(source) = sources.get_mut(*at) else { continue };
        let (message, count) = match read.remove(&source.info.path) {
            Some(mut anew) => {
                let count = std::mem::take(&mut anew.prints.repeated);
                // What was kept and said of the file as a whole stays.
                anew.records = std::mem::take(&mut source.records);
                anew.diagnostics = std::mem::take(&mut source.diagnostics);
                *source = anew;
                (
                    format!(
                        "expected each record once, found {count} that stand in {} too; counted once",
                        said(&names)
                    ),
                    count,
                )
            }
            None => {
                let why = "counted twice, since standard input cannot be read again; give it as a file";
                (format!("expected each record once, found records that stand in {} too; {why}", said(&names)), 1)
            }
        };
        source.prints = Prints::default();
        if count > 0 {
            let path = source.info.path.clone();
            source.diagnostics.push(Diagnostic::new(DiagnosticKind::Repeated, path, message));
        }
    }
}

/// Reads again, of files that others repeat, the seconds in which the two differ.
fn hear_lines(
    sources: &[SourceEvidence],
    found: &mut BTreeMap<usize, Repeats>,
    again: &dyn Fn(&BTreeMap<String, Watch<'_>>) -> Vec<SourceEvidence>,
) {
    let mut asked: BTreeMap<usize, BTreeSet<Second>> = BTreeMap::new();
    for (partner, seconds) in found.values().flat_map(|repeats| &repeats.partners).filter(|(_, s)| !s.is_empty()) {
        asked.entry(*partner).or_default().extend(seconds);
    }
    let path = |at: &usize| sources.get(*at).map(|source| source.info.path.clone());
    let tasks: BTreeMap<String, Watch<'_>> =
        asked.iter().filter_map(|(at, seconds)| Some((path(at)?, Watch::Lines(seconds)))).collect();
    if tasks.is_empty() {
        return;
    }
    for source in again(&tasks) {
        for repeats in found.values_mut() {
            let of = repeats.partners.iter().find(|(at, _)| path(at).as_ref() == Some(&source.info.path));
            if let Some((_, seconds)) = of {
                repeats.lines.extend(source.prints.lines.iter().filter(|(second, _)| seconds.contains(second)));
            }
        }
    }
}

/// Names in a sentence, a few of them.
fn said(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, rest @ ..] => format!("{one} and {} other files", rest.len()),
    }
}
