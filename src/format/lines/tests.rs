use super::*;
use crate::format::Format;
use crate::format::logs::testing::{collect, records};

const GOOD: &str = r#"
name = "my_app"
title = "an application"
pattern = '(?P<time>\S+ \S+) \[(?P<level>\w+)\] (?P<service>\w+): (?P<message>.*)'
zone = "Europe/Berlin"
[levels]
X = "FATAL"
[[samples]]
text = "2025-06-12 17:52:03 [X] kv: gone"
level = "FATAL"
service = "kv"
time = "2025-06-12T17:52:03"
"#;

#[test]
fn every_built_in_definition_holds_its_samples() {
    let mut faults = Vec::new();
    for (origin, text) in FILES {
        match Definition::parse(text, origin) {
            Ok(definition) => assert_eq!(format!("{}.toml", definition.name()), *origin),
            Err(fault) => faults.push(fault.to_string()),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(builtin().len(), FILES.len());
}

#[test]
fn a_definition_reads_its_lines_and_states_its_zone() {
    let definition = Definition::parse(GOOD, "x.toml").unwrap();
    let sink = collect(&definition, "2025-06-12 17:52:03 [warn] kv: slow").unwrap();
    assert_eq!((sink.logs[0].service.as_deref(), &*sink.logs[0].body), (Some("kv"), "slow"));
    assert_eq!(sink.zones, ["Europe/Berlin"]);
}

#[test]
fn a_definition_that_contradicts_itself_is_refused_with_a_reason() {
    let with = |from: &str, to: &str| Definition::parse(&GOOD.replace(from, to), "x.toml").unwrap_err();
    for (message, part) in [
        (with("[X] kv", "X kv"), "x.toml:9: expected the pattern to match its sample, found no match in"),
        (with("level = \"FATAL\"", "level = \"WARN\""), "expected level \"WARN\", found \"FATAL\""),
        (with("<service>", "<servce>"), "found \"servce\""),
        (with("(?P<message>.*)", "(?P<message>.*"), "expected a pattern that compiles"),
        (with("my_app", "My App"), "expected a name of lower-case letters"),
        (with("zone =", "zoen ="), "expected a format definition, found: unknown field"),
        (with("2025-06-12 17:52:03 [X]", "yesterday evening [X]"), "expected a stamp in the group time, found none"),
        (with("service = \"kv\"", "sevice = \"kv\""), "found \"sevice\""),
        (Definition::parse("name = \"a\"\ntitle = \"b\"\npattern = 'x'", "y").unwrap_err(), "expected at least one"),
    ] {
        let message = message.to_string();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_parted_duration_is_added_up_and_a_missing_part_leaves_none() {
    let alb = builtin().iter().find(|d| d.name() == "aws_alb").unwrap();
    let line = alb.samples()[0].to_string();
    assert_eq!(records(alb, &line)[0].duration_ns, Some(2_001_000_000));
    let cut = line.replace(" 0.000 2.001 0.000 ", " -1 -1 -1 ");
    assert_ne!(cut, line);
    assert_eq!(records(alb, &cut)[0].duration_ns, None);
}
