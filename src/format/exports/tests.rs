//! Every shipped file holds, and the engine keeps what nested items and tables say.

use super::*;
use crate::format::collect::{claim, read};
use crate::format::{Format, Shape};
use crate::model::{ActorKind, EventKind};

/// A platform's reader.
fn of(name: &str) -> &'static Export {
    builtin().iter().find(|export| export.name() == name).expect("shipped")
}

#[test]
fn every_shipped_file_is_a_definition() {
    for (origin, text) in FILES {
        if let Err(message) = Export::parse(text, origin) {
            panic!("{message}");
        }
    }
    assert_eq!(builtin().len(), FILES.len());
}

#[test]
fn every_sample_is_claimed_and_gives_events_only() {
    for export in builtin() {
        let Shape::Document(reader) = export.shape() else { panic!("a document") };
        for sample in export.samples() {
            assert!(claim(reader, sample).is_some_and(|c| c.score >= 90), "{}: {sample}", export.name());
            let got = read(reader, sample);
            assert!(!got.events.is_empty(), "{}: {sample}", export.name());
            assert!(got.rejected.is_empty() && got.fault.is_none(), "{}: {:?} {sample}", export.name(), got.rejected);
            assert!(got.events.iter().all(|e| !e.title.is_empty()), "{}: {sample}", export.name());
        }
    }
}

#[test]
fn no_cut_sample_makes_the_engine_panic() {
    for export in builtin() {
        for sample in export.samples() {
            for at in (0..sample.len()).step_by(13).filter(|at| sample.is_char_boundary(*at)) {
                let (head, tail) = sample.split_at(at);
                for text in [head.to_string(), format!("{head}]{tail}"), format!("{head}é\"{tail}")] {
                    let _ = claim(export, &text);
                    read(export, &text);
                }
            }
        }
    }
}

#[test]
fn nested_items_keep_their_lines_and_see_the_levels_above() {
    let text = "{\"issues\":[{\"key\":\"INC-7\",\"fields\":{},\n\"changelog\":{\"histories\":[{\"created\":\"2025-06-12T18:21:00.000+0200\",\"author\":{\"displayName\":\"lead\"},\n\"items\":[{\"field\":\"priority\",\"fromString\":\"P1\",\"toString\":\"P0\"},\n{\"field\":\"labels\",\"toString\":\"x\"}]}]}}]}";
    let got = read(of("jira"), text);
    let step = got.of(EventKind::SeverityChange)[0];
    assert_eq!(step.title, "Jira: INC-7 priority from P1 to P0 by lead");
    assert_eq!(step.evidence.span.line, 3);
    assert_eq!(step.severity.as_ref().and_then(|s| s.from.as_ref()).map(|w| w.word.as_str()), Some("P1"));
    assert_eq!(got.of(EventKind::Annotation)[0].evidence.span.line, 4);
    assert_eq!((got.records, step.at.offset_s), (1, 7200));
}

#[test]
fn a_stamp_of_zero_is_none_and_an_element_without_a_time_says_so() {
    let text = r#"{"data":[{"id":"1","type":"incidents","attributes":{"slug":"s","title":"t","started_at":"2025-06-12T17:52:00Z","resolved_at":null,"mitigated_at":"0001-01-01T00:00:00Z"}},
        {"id":"2","type":"incidents","attributes":{"slug":"s","title":"t","started_at":null}}]}"#;
    let got = read(of("rootly"), text);
    assert_eq!(got.events.len(), 1);
    assert_eq!(got.rejected, ["expected a time in attributes.started_at, found none"]);
}

#[test]
fn machines_are_told_from_people() {
    let got = read(of("pagerduty"), &of("pagerduty").samples()[0].replace("user_reference", "service_reference"));
    assert_eq!(got.events[0].actor.as_ref().map(|a| a.kind), Some(ActorKind::Machine));
    assert_eq!(got.events[0].kind, EventKind::Ack);
}

#[test]
fn a_cut_list_gives_what_stands_before_the_cut() {
    let text = r#"{"incident_updates":[{"incident_id":"1","message":"m","created_at":"2025-06-12T18:06:00Z","new_incident_status":{"name":"Fixing"}},{"incident_id":"#;
    let got = read(of("incident_io"), text);
    assert_eq!((got.events.len(), got.fault.is_some()), (1, true));
}
