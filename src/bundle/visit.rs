//! Peels compressions and archives off a stream until plain files are left.

use std::io::Read;
use std::rc::Rc;

use super::decompress::{Budget, Compression};
use super::names::{Distinct, clean, not_evidence};
use super::notes::Notes;
use super::steering::Steered;
use super::stream::Peeked;
use super::{Limits, Member, archive, refusal};
use crate::model::{Diagnostic, DiagnosticKind};

/// Bytes that tell what a stream is: a tar header and some more.
pub(super) const HEAD: u64 = 1024;

/// Whether a stream that starts with `head` holds other files.
pub(super) fn is_container(head: &[u8]) -> bool {
    Compression::sniff(head).is_some() || archive::is_tar(head) || archive::is_zip(head)
}

/// How deep a visit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// To the innermost files.
    All,
    /// To the members of the entry, as they lie there.
    Members,
}

/// Where a stream lies, and how deep.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Path inside the bundle.
    pub(super) path: String,
    /// Modification time, s since 1970.
    pub(super) modified_s: Option<i64>,
    /// Archives around it, and compressions directly inside compressions.
    depth: u32,
    /// The layer around it is a compression.
    squeezed: bool,
    /// It is a member of an archive.
    member: bool,
}

impl Place {
    /// A whole entry.
    pub(super) fn entry(path: String, modified_s: Option<i64>) -> Self {
        Place { path, modified_s, depth: 0, squeezed: false, member: false }
    }

    /// A member of the archive here.
    pub(super) fn member(&self, name: &str, modified_s: Option<i64>) -> Self {
        let path = format!("{}!{name}", self.path);
        Place { path, modified_s, depth: self.depth.saturating_add(1), squeezed: false, member: true }
    }

    /// What is inside the compression here; it keeps its path.
    fn inside(&self, modified_s: Option<i64>) -> Self {
        Place {
            path: self.path.clone(),
            modified_s: modified_s.or(self.modified_s),
            depth: self.depth.saturating_add(u32::from(self.squeezed)),
            squeezed: true,
            member: self.member,
        }
    }
}

/// One visit of an entry.
pub(super) struct Visit<'v> {
    pub(super) limits: Limits,
    pub(super) budget: Rc<Budget>,
    pub(super) notes: Notes,
    steered: Steered,
    to: Depth,
    visitor: &'v mut dyn FnMut(Member<'_>),
}

impl<'v> Visit<'v> {
    /// A visit that gives members to `visitor`; `size` is what lies on disk, if it does.
    pub(super) fn new(limits: &Limits, size: Option<u64>, visitor: &'v mut dyn FnMut(Member<'_>)) -> Self {
        Visit {
            limits: *limits,
            budget: Budget::new(size, limits.ratio),
            notes: Notes::default(),
            steered: Steered::default(),
            to: Depth::All,
            visitor,
        }
    }

    /// The same to another depth, leaving out what steers the program.
    pub(super) fn going(mut self, to: Depth, steered: &Steered) -> Self {
        self.to = to;
        self.steered = steered.clone();
        self
    }

    /// Reads a stream, whatever it is.
    pub(super) fn stream(&mut self, place: &Place, source: &mut dyn Read) {
        if place.member && self.to == Depth::Members {
            return self.member(place, source);
        }
        let mut peeked = Peeked::new(source, HEAD);
        let head = peeked.head();
        if let Some(compression) = Compression::sniff(head) {
            let inside = place.inside(compression.modified_s(head));
            if self.deep_enough(&inside) {
                let budget = Rc::clone(&self.budget);
                self.stream(&inside, &mut compression.open(&mut peeked, &budget));
            }
        } else if archive::is_tar(head) {
            if self.may_open(place) {
                archive::tar::members(self, place, &mut peeked);
            }
        } else if archive::is_zip(head) && refusal(head).is_none() {
            if self.may_open(place) {
                archive::zip::in_stream(self, place, &mut peeked, archive::zip::SPOOL);
            }
        } else {
            self.member(place, &mut peeked);
        }
    }

    fn member(&mut self, place: &Place, reader: &mut dyn Read) {
        let (left_out, says) = self.steered.judge(&place.path);
        if let Some(diagnostic) = says {
            self.notes.push(diagnostic);
        }
        if left_out {
            return;
        }
        (self.visitor)(Member { path: place.path.clone(), modified_s: place.modified_s, reader });
    }

    /// Whether the archive at `place` may be opened; reported when not.
    pub(super) fn may_open(&mut self, place: &Place) -> bool {
        let inside = Place { depth: place.depth.saturating_add(1), ..place.clone() };
        self.deep_enough(&inside)
    }

    fn deep_enough(&mut self, place: &Place) -> bool {
        let depth = self.limits.depth;
        if place.depth <= depth {
            return true;
        }
        let message = format!("expected at most {depth} archives inside each other, found more; not read");
        self.notes.push(
            Diagnostic::new(DiagnosticKind::Capped, place.path.clone(), message)
                .hint("unpack the outer archives first"),
        );
        false
    }

    /// The name to show for a member, or `None` when it is left out; reported either way.
    pub(super) fn admit(&mut self, place: &Place, raw: &[u8], names: &mut Distinct) -> Option<String> {
        let cleaned = clean(raw);
        if let Some(reason) = not_evidence(&cleaned.path) {
            self.notes.gather(DiagnosticKind::Skipped, &place.path, reason_left_out(reason), &cleaned.path, "");
            return None;
        }
        if cleaned.hostile {
            self.notes.gather(
                DiagnosticKind::Hostile,
                &place.path,
                "expected relative member names of printable text, found others, shown cleaned",
                &cleaned.path,
                "nothing is unpacked to disk, so nothing can be overwritten",
            );
        }
        Some(names.name(cleaned.path))
    }

    /// A member that is no file: a link or a device.
    pub(super) fn leave_out(&mut self, place: &Place, reason: &'static str, raw: &[u8]) {
        self.notes.gather(DiagnosticKind::Skipped, &place.path, reason, &clean(raw).path, "");
    }

    /// Whether the archive at `place` may go on after `members` members; reported when not.
    pub(super) fn may_go_on(&mut self, place: &Place, members: u64) -> bool {
        let message = if self.budget.exhausted() {
            let ratio = self.budget.ratio();
            format!(
                "expected at most {ratio} bytes for each byte of the file given, found more; members after {members} not read"
            )
        } else if members >= self.limits.members {
            format!("expected at most {members} members, found more; the rest was not read")
        } else {
            return true;
        };
        self.notes.push(Diagnostic::new(DiagnosticKind::Capped, place.path.clone(), message));
        false
    }

    /// Reports that the archive at `place` ended early, after `members` members.
    pub(super) fn broken(&mut self, place: &Place, members: u64, mut diagnostic: Diagnostic) {
        diagnostic.path.clone_from(&place.path);
        diagnostic.message.push_str(&format!(", after {members} members"));
        self.notes.push(diagnostic);
    }
}

/// The sentence for a reason of [`not_evidence`].
pub(super) fn reason_left_out(reason: &'static str) -> &'static str {
    match reason {
        "version control data" => "expected evidence, found version control data, left out",
        _ => "expected evidence, found desktop metadata, left out",
    }
}
