//! The timeline: events in order, duplicates merged, and the severity track.

use crate::model::{Evidence, Timeline};

/// Orders and merges the events of `evidence`.
pub fn build(_evidence: &Evidence) -> Timeline {
    Timeline::default()
}
