//! Times between milestones, each with its formula: one incident has several "durations".

use super::text::difference;
use crate::model::{Interval, Milestone, MilestoneKind as Kind};

/// Name, start, end: defined once so that no figure stands without its definition.
const INTERVALS: &[(&str, Kind, Kind)] = &[
    ("time to detect", Kind::Onset, Kind::Detected),
    ("time to acknowledge", Kind::Detected, Kind::Acknowledged),
    ("detection to page", Kind::Detected, Kind::Paged),
    ("page to acknowledgement", Kind::Paged, Kind::Acknowledged),
    ("page to escalation", Kind::Paged, Kind::Escalated),
    ("time to declare", Kind::Detected, Kind::Declared),
    ("time to escalate", Kind::Detected, Kind::Escalated),
    ("declaration to escalation", Kind::Declared, Kind::Escalated),
    ("time to identify the cause", Kind::Detected, Kind::CauseIdentified),
    ("public notice lag", Kind::Onset, Kind::PublicNotice),
    ("detection to public notice", Kind::Detected, Kind::PublicNotice),
    ("time to mitigate", Kind::Detected, Kind::MitigationStarted),
    ("detection to recovery start", Kind::Detected, Kind::RecoveryStarted),
    ("recovery phase", Kind::RecoveryStarted, Kind::Recovered),
    ("impact duration", Kind::Onset, Kind::Recovered),
    ("response duration", Kind::Detected, Kind::Resolved),
    ("onset to resolved", Kind::Onset, Kind::Resolved),
];

/// All intervals whose both ends are known.
pub(super) fn of(milestones: &[Milestone]) -> Vec<Interval> {
    let find = |kind: Kind| milestones.iter().find(|m| m.kind == kind);
    let interval = |(name, from, to): &(&str, Kind, Kind)| {
        let (a, b) = (find(*from)?, find(*to)?);
        let (seconds, formula) = difference(a.at, b.at);
        let ends = [a, b].into_iter().flat_map(|m| m.statement.evidence().iter().take(3).cloned());
        Some(Interval { name: (*name).to_string(), from: *from, to: *to, seconds, formula, evidence: ends.collect() })
    };
    INTERVALS.iter().filter_map(interval).collect()
}
