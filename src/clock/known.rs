//! What the rest of the bundle tells about clocks: everything that is on UTC already.

use std::collections::BTreeMap;

use super::curve::{self, Curve};
use super::stretch::SourceClock;
use super::zone::Zone;
use crate::model::{ClockKind, Event, Fold, RawTime, SourceEvidence, TimeBasis};

/// Zones in use somewhere, by name: the zone, how many records, one of the files.
pub type InUse = BTreeMap<String, (Zone, u64, String)>;

/// Shortest text that two sources do not share by chance, in letters and digits.
const MIN_TEXT: usize = 24;
/// Names of folders that hold what came from anywhere.
const COLLECTIONS: &[&str] =
    &["log", "logs", "data", "evidence", "export", "exports", "files", "bundle", "apps", "app"];

/// What is known of the sources whose clocks are decided.
#[derive(Default)]
pub struct Known {
    /// First sighting of ids, UTC ns.
    pub ids: BTreeMap<u64, i64>,
    /// Stamps of long texts by their hash, UTC ns.
    pub texts: BTreeMap<u64, i64>,
    /// Zones by host, `folder:` before folders that are hosts, `file:` before files.
    pub places: BTreeMap<String, InUse>,
    /// Zones of neighbours in folders that may be collections, by folder.
    pub neighbours: BTreeMap<String, InUse>,
    /// Every zone in use.
    pub zones: InUse,
    /// The time most zoned sources speak of, UTC ns; of zone-less ones when there are no others.
    pub window: Option<(i64, i64)>,
    /// The same of zoned sources only.
    pub zoned_window: Option<(i64, i64)>,
    /// Errors per minute, UTC.
    pub curves: Vec<Curve>,
}

/// Folder of a path (archives count as folders).
pub fn folder(path: &str) -> &str {
    path.rfind(['/', '!']).map_or("", |at| &path[..at])
}

/// Whether a folder is named for one machine: `hosts/…`, `edge3`, `db-01`, `web.example.org`.
fn is_host(folder: &str) -> bool {
    let mut parts = folder.rsplit(['/', '!']);
    let (name, parent) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let parent_says = matches!(parent, "host" | "hosts" | "node" | "nodes" | "server" | "servers" | "machines" | "vms");
    let dated = name.bytes().filter(u8::is_ascii_digit).count() >= 6;
    let numbered = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.ends_with(|c: char| c.is_ascii_digit());
    let named = numbered && !dated && !COLLECTIONS.contains(&name);
    !name.is_empty() && (parent_says || named)
}

/// Where a source comes from, when that is a place whose clocks run on UTC unless somebody sets them
/// otherwise, and no envelope around the stamps says that somebody did.
pub fn origin(source: &SourceEvidence, kind: ClockKind) -> Option<String> {
    const SAME_CLOCK_S: i64 = 15 * 60;
    let path = source.info.path.as_str();
    let mut parts: Vec<&str> = path.split(['/', '!']).collect();
    let name = parts.pop().unwrap_or("");
    let wrapped = source.formats.iter().find(|f| matches!(f.name.as_str(), "cri" | "docker_json" | "compose"));
    let folder = parts.iter().find(|part| matches!(**part, "pods" | "containers" | "docker" | "kubectl"));
    let from = match (wrapped, folder) {
        (Some(wrapper), _) => format!("the lines are in the envelope of a container ({})", wrapper.name),
        (_, Some(folder)) => format!("the file is in a folder {folder}"),
        _ if name.ends_with("-json.log") => format!("{name} is named like the log of a container"),
        _ => return None,
    };
    let folds = source.folds.iter().filter(|f| f.clock == kind);
    let set = folds.flat_map(|f| f.wrapper.seconds.keys()).any(|seconds| seconds.abs() > SAME_CLOCK_S);
    (!set).then(|| format!("{from}: containers run on UTC unless somebody sets them otherwise"))
}

/// Host names of a fold that speaks of few hosts.
fn hosts(fold: &Fold) -> impl Iterator<Item = &String> {
    fold.hosts.iter().filter(|_| fold.hosts.len() < Fold::MAX_HOSTS)
}

/// Where a source's zones are looked up, the nearest first: its file, its hosts, its folder. A file that
/// several hosts write into through a relay says nothing of a host whose stamps are zone-less throughout.
pub fn places(source: &SourceEvidence, kind: ClockKind) -> Vec<String> {
    let path = source.info.path.as_str();
    let mut out = Vec::new();
    if kind == ClockKind::Zoned || same_writer(source, kind) {
        out.push(format!("file:{path}"));
    }
    out.extend(source.folds.iter().filter(|f| f.clock == kind).flat_map(hosts).map(|h| format!("host:{h}")));
    if is_host(folder(path)) {
        out.push(format!("folder:{}", folder(path)));
    }
    out.dedup();
    out
}

/// Whether the zoned stamps of a source may be of the host that wrote its stamps of `kind`: not when both
/// kinds name their hosts, and no host is in both.
fn same_writer(source: &SourceEvidence, kind: ClockKind) -> bool {
    let of = |kind: ClockKind| source.folds.iter().filter(move |f| f.clock == kind).flat_map(hosts);
    let (mut own, mut zoned) = (of(kind).peekable(), of(ClockKind::Zoned).peekable());
    own.peek().is_none() || zoned.peek().is_none() || own.any(|host| of(ClockKind::Zoned).any(|other| other == host))
}

/// Hashes of what an event says, blanks, case and its own stamp aside: of its line and of its text,
/// each when it is long enough.
pub fn text_keys<T>(event: &Event<T>) -> Vec<u64> {
    let text = event.text.replace(&event.raw_time, "");
    let mut keys: Vec<u64> = [event.title.as_str(), text.as_str()].into_iter().filter_map(text_key).collect();
    keys.dedup();
    keys
}

fn text_key(text: &str) -> Option<u64> {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut count = 0;
    for c in letters {
        hash = (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3);
        count += 1;
    }
    (count >= MIN_TEXT).then_some(hash)
}

impl Known {
    /// Gathers what zoned stamps tell, and the stamps of `clocks` that are decided.
    pub fn gather(sources: &[SourceEvidence], clocks: &[SourceClock]) -> Known {
        let zoned_window = window(sources, false);
        let window = zoned_window.or_else(|| window(sources, true));
        let mut known = Known { window, zoned_window, ..Known::default() };
        for (at, source) in sources.iter().enumerate() {
            known.add(source, clocks.get(at));
        }
        known
    }

    fn add(&mut self, source: &SourceEvidence, clock: Option<&SourceClock>) {
        for fold in &source.folds {
            let place = |key: i64| -> Option<i64> {
                match (fold.clock, clock) {
                    (ClockKind::Zoned, None) => Some(key),
                    (_, clock) => clock?.decided(fold.clock, fold.lines.0).map(|s| s.utc_ns(key)),
                }
            };
            if place(fold.first.key_ns()).is_none() {
                continue;
            }
            for (id, key) in &fold.anchors.seen {
                let utc = place(*key).unwrap_or(*key);
                let first = self.ids.entry(*id).or_insert(utc);
                *first = (*first).min(utc);
            }
            self.note_zones(source, fold, clock);
            self.curves.extend(curve::of_fold(fold, &source.info.path, &|key| place(key).unwrap_or(key)));
        }
        for event in &source.events {
            let placed = match (event.at.kind, clock) {
                (ClockKind::Zoned, None) => Some(event.at.key_ns()),
                (kind, Some(clock)) => {
                    clock.decided(kind, event.evidence.span.line).map(|s| s.utc_ns(event.at.key_ns()))
                }
                _ => None,
            };
            for (key, utc) in text_keys(event).into_iter().filter_map(|key| Some((key, placed?))) {
                let first = self.texts.entry(key).or_insert(utc);
                *first = (*first).min(utc);
            }
            for (id, utc) in event_ids(event).filter_map(|id| Some((id, placed?))) {
                let first = self.ids.entry(id).or_insert(utc);
                *first = (*first).min(utc);
            }
        }
    }

    /// Files the zones of a fold under its places.
    fn note_zones(&mut self, source: &SourceEvidence, fold: &Fold, clock: Option<&SourceClock>) {
        let path = source.info.path.as_str();
        let mut zones: Vec<(Zone, u64)> = Vec::new();
        if fold.clock == ClockKind::Zoned {
            zones.extend(fold.offsets.iter().filter(|(o, _)| **o != 0).map(|(o, n)| (Zone::Fixed(*o), *n)));
        } else if let Some(stretch) = clock.and_then(|c| c.decided(fold.clock, fold.lines.0)) {
            zones.push((stretch.zone, fold.records));
        }
        for (zone, votes) in zones {
            let file = |into: &mut InUse| {
                into.entry(zone.label()).or_insert_with(|| (zone, 0, path.to_string())).1 += votes;
            };
            file(&mut self.zones);
            for place in places(source, fold.clock) {
                file(self.places.entry(place).or_default());
            }
            if !is_host(folder(path)) {
                file(self.neighbours.entry(folder(path).to_string()).or_default());
            }
        }
    }
}

/// Hashes of an event's ids that are long enough to be nobody else's.
pub fn event_ids<T>(event: &Event<T>) -> impl Iterator<Item = u64> {
    let long = |id: &&(String, String)| id.1.len() >= 6 && id.1.bytes().any(|b| b.is_ascii_digit());
    event.ids.iter().filter(long).map(|(_, id)| crate::model::IdAnchors::key_of(id))
}

/// The time most sources speak of, ns: median begin and median end, of zoned ones or of naive logs.
/// `None` without any.
fn window(sources: &[SourceEvidence], naive: bool) -> Option<(i64, i64)> {
    let clock = if naive { ClockKind::Naive } else { ClockKind::Zoned };
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for source in sources {
        ranges.extend(source.folds.iter().filter(|f| f.clock == clock).map(|f| f.range));
        if naive {
            continue;
        }
        let events = source.events.iter().map(|e| e.at).filter(|t| t.kind == clock);
        let keys: Vec<i64> = events.map(RawTime::key_ns).collect();
        ranges.extend(keys.iter().min().copied().zip(keys.iter().max().copied()));
        let series = source.series.iter().filter(|s| s.clock == clock);
        ranges.extend(series.filter_map(|s| Some((s.points.first()?.0, s.points.last()?.0))));
    }
    let middle = |mut values: Vec<i64>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    Some((middle(ranges.iter().map(|r| r.0).collect())?, middle(ranges.iter().map(|r| r.1).collect())?))
}

impl SourceClock {
    /// The stretch of a stamp, when its zone is decided by more than assumption.
    fn decided(&self, kind: ClockKind, line: u64) -> Option<&super::stretch::Stretch> {
        let stretch = self.find(kind, line)?;
        let sure = stretch.is_placed() && stretch.decision.basis != TimeBasis::Assumed;
        sure.then_some(stretch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_named_for_a_machine_is_told_from_a_collection() {
        for host in ["hosts/edge", "logs/edge3", "nodes/a", "web-01", "x.tar!db2"] {
            assert!(is_host(host), "{host}");
        }
        for other in ["", "logs", "web", "incident-2025-06-12", "apps/kv", "20250612"] {
            assert!(!is_host(other), "{other}");
        }
    }
}
