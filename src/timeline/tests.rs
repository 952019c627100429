//! Merging and the severity track on hand-built events.

use super::*;
use crate::model::{
    Exemplar, Precision, SeverityChange, SeverityWord, SourceId, Span, TimeBasis, Timestamp, Vocabulary,
};

/// 2025-03-01T18:00:00Z.
const T0: i64 = 1_740_852_000;

fn at(minutes: i64, precision: Precision) -> Timestamp {
    Timestamp::new((T0 + minutes * 60) * 1_000_000_000, precision, TimeBasis::Explicit)
}

fn event(source: u32, line: u64, kind: EventKind, minutes: i64, title: &str) -> Event {
    let span = Span { line, lines: 1, offset: 0, len: 1 };
    let mut event = Event::new(kind, at(minutes, Precision::Minute), "raw", title, Exemplar::new(span, title));
    event.source = SourceId(source);
    event.id = format!("{source}-{line}");
    event
}

fn severity(source: u32, line: u64, minutes: i64, from: Option<&str>, to: &str) -> Event {
    let mut event = event(source, line, EventKind::SeverityChange, minutes, &format!("severity to {to}"));
    event.severity =
        Some(SeverityChange { from: from.and_then(SeverityWord::parse), to: SeverityWord::parse(to).unwrap() });
    event
}

fn timeline(events: Vec<Event>) -> Timeline {
    build(&Evidence { events, ..Evidence::default() }, None)
}

fn minute(t: Timestamp) -> i64 {
    (t.seconds() - T0) / 60
}

#[test]
fn a_step_told_by_several_is_one_entry_and_the_odd_time_is_a_conflict() {
    let mut resolved = event(0, 9, EventKind::StatusChange, 148, "resolved");
    resolved.status = Some("resolved".to_string());
    let built = timeline(vec![
        severity(0, 1, 5, None, "P1"),
        severity(1, 1, 5, None, "p1"),
        severity(2, 1, 6, None, "P1"),
        severity(0, 2, 21, Some("P1"), "P0"),
        resolved,
    ]);
    let track = &built.severity;
    let steps: Vec<(&str, i64, Option<bool>, usize, usize)> = track
        .steps
        .iter()
        .map(|s| (s.to.word.as_str(), minute(s.at), s.escalation, s.evidence.len(), s.conflicts.len()))
        .collect();
    assert_eq!(steps, [("P1", 5, None, 2, 1), ("P0", 21, Some(true), 1, 0)]);
    assert_eq!(track.steps[1].from.as_ref().map(|f| f.word.as_str()), Some("P1"));
    assert_eq!(minute(track.steps[0].conflicts[0].0), 6);
    let spent: Vec<(&str, i64)> = track.time_at.iter().map(|t| (t.severity.word.as_str(), t.seconds / 60)).collect();
    assert_eq!(spent, [("P1", 16), ("P0", 127)]);
    assert_eq!(track.ends_at.map(minute), Some(148));
    assert_eq!(track.note, None);
    assert_eq!(built.entries.len(), 3);
    assert_eq!(built.entries[0].witnesses(), 3);
}

#[test]
fn a_ladder_without_a_level_0_says_what_is_assumed() {
    let built = timeline(vec![severity(0, 1, 5, None, "SEV2"), severity(0, 2, 9, None, "SEV1")]);
    assert_eq!(built.severity.steps[1].escalation, Some(true));
    assert!(built.severity.note.unwrap().contains("ladder start assumed 1"));
    assert_eq!(built.severity.ends_at, None);
}

#[test]
fn the_label_of_an_alert_is_no_severity_of_the_incident() {
    let mut alert = event(0, 1, EventKind::AlertFired, 1, "error ratio high");
    alert.severity = Some(SeverityChange { from: None, to: SeverityWord::parse("P1").unwrap() });
    assert!(timeline(vec![alert]).severity.steps.is_empty());
}

#[test]
fn a_message_that_names_a_severity_is_no_step_unless_it_changes_it() {
    let chat = |line, minutes, text: &str| {
        let mut e = event(3, line, EventKind::Chat, minutes, text);
        e.severity = Some(SeverityChange { from: None, to: SeverityWord::parse("P1").unwrap() });
        e
    };
    let built = timeline(vec![
        severity(0, 1, 5, None, "P1"),
        severity(0, 2, 21, None, "P0"),
        chat(1, 40, "remember when this was only a P1"),
    ]);
    assert_eq!(built.severity.steps.len(), 2);
    let built = timeline(vec![severity(0, 2, 21, None, "P0"), chat(1, 140, "lowering to P1")]);
    assert_eq!(built.severity.steps[1].escalation, Some(false));
}

#[test]
fn the_same_alert_from_two_exports_is_one_entry() {
    let mut a = event(0, 1, EventKind::AlertFired, 2, "HighErrors");
    let mut b = event(1, 7, EventKind::AlertFired, 2, "[FIRING:1] errors of the store are high");
    for e in [&mut a, &mut b] {
        e.ids.push(("alert".to_string(), "f00d".to_string()));
    }
    b.at = Timestamp::new(b.at.utc_ns + 31_000_000_000, Precision::Second, TimeBasis::Explicit);
    let built = timeline(vec![a.clone(), b]);
    assert_eq!(built.entries.len(), 1);
    assert_eq!(built.entries[0].at.precision, Precision::Second, "the most precise witness speaks");
    let mut later = event(1, 8, EventKind::AlertFired, 30, "HighErrors");
    later.ids = a.ids.clone();
    assert_eq!(timeline(vec![a, later]).entries.len(), 2, "firing again is another event");
}

#[test]
fn two_messages_of_one_minute_stay_two() {
    let built = timeline(vec![
        event(0, 1, EventKind::Chat, 2, "looking"),
        event(0, 2, EventKind::Chat, 2, "store is refusing writes"),
    ]);
    assert_eq!(built.entries.len(), 2);
}

#[test]
fn what_was_written_down_later_says_how_much_later() {
    let mut post = event(0, 1, EventKind::PublicUpdate, 19, "Investigating");
    post.written_at = Some(at(25, Precision::Minute));
    let built = timeline(vec![post]);
    assert_eq!((built.entries[0].lag_s, built.entries[0].tier), (Some(360), Tier::One));
}

#[test]
fn prose_alone_gives_a_timeline_of_first_rank() {
    let built =
        timeline(vec![event(0, 3, EventKind::Prose, 0, "Errors begin"), event(0, 2, EventKind::Prose, 5, "Paged")]);
    assert!(built.entries.iter().all(|e| e.tier == Tier::One));
    assert_eq!(built.entries[0].title, "Errors begin");
    assert!(built.severity.steps.is_empty());
}

#[test]
fn words_of_another_ladder_are_named_not_ranked() {
    let mut impact = severity(4, 1, 30, None, "P2");
    impact.severity = Some(SeverityChange {
        from: None,
        to: SeverityWord { vocabulary: Vocabulary::Word, rank: 1, word: "major".to_string() },
    });
    let built = timeline(vec![severity(0, 1, 5, None, "P0"), impact]);
    assert_eq!(built.severity.steps.len(), 1);
    assert!(built.severity.note.unwrap().contains("major"));
}
