//! What happened when a change was undone.

use crate::findings::context::Context;
use crate::findings::text::length;
use crate::model::{EventKind, TimelineEntry};

/// A recovery this long after an undoing belongs to it, seconds.
const EFFECT_S: i64 = 30 * 60;

/// An undoing after the onset.
pub(super) struct Undoing<'a> {
    pub(super) entry: &'a TimelineEntry,
    /// Seconds until what it touches recovered; `None` when it did not in time.
    recovered_after_s: Option<i64>,
}

/// Rollbacks and settings put back after the onset, with what followed.
pub(super) fn all<'a>(context: &Context<'a>, onset_s: i64) -> Vec<Undoing<'a>> {
    let later = context.timeline.entries.iter().filter(|e| e.at.seconds() > onset_s);
    later
        .filter(|e| matches!(e.kind, EventKind::Rollback | EventKind::ConfigChange))
        .map(|entry| {
            let at = entry.at.seconds();
            let touched = context.hurt.iter().filter(|h| entry.services.iter().any(|s| s == h.name()));
            let mut ends: Vec<i64> = touched.filter_map(|h| h.recovery()).map(|r| r.best_s).collect();
            ends.extend(context.rates.incident.and_then(|(_, r)| r).map(|r| r.best_s));
            let after = ends.into_iter().map(|end| end - at).filter(|s| (-60..=EFFECT_S).contains(s)).min();
            Undoing { entry, recovered_after_s: after }
        })
        .collect()
}

impl Undoing<'_> {
    /// Points for the change it undid, with the reason.
    pub(super) fn weigh(&self) -> (i64, String) {
        let clock = crate::findings::text::clock(self.entry.at);
        match self.recovered_after_s {
            Some(s) => (4, format!("was undone at {clock}, and the impact ended {} later", length(s.max(0)))),
            None => (-1, format!("was undone at {clock}, and the impact did not end within {}", length(EFFECT_S))),
        }
    }
}
