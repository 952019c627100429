//! `templates/README.md` against what templates are given: nothing undocumented, nothing that is not there.

use std::collections::BTreeSet;

use super::*;

type Shape = BTreeSet<String>;

/// The objects of the documentation: the second cell of every table row of "What there is" lists fields.
fn documented() -> Vec<(String, Shape)> {
    let text = include_str!("../../../templates/README.md");
    let (_, text) = text.split_once("## What there is").unwrap();
    let mut out = Vec::new();
    for line in text.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| object")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let fields = cells[2].split(',').map(|f| f.trim().trim_matches('`').to_string());
        out.push((cells[1].to_string(), fields.collect()));
    }
    assert!(out.len() > 40, "{out:?}");
    out
}

/// Every object inside `value`, with the path to the first of each shape.
fn shapes(value: &serde_json::Value, path: &str, out: &mut Vec<(String, Shape)>) {
    match value {
        serde_json::Value::Object(fields) => {
            let shape: Shape = fields.keys().cloned().collect();
            if !out.iter().any(|(_, s)| *s == shape) {
                out.push((path.to_string(), shape));
            }
            fields.iter().for_each(|(k, v)| shapes(v, &format!("{path}.{k}"), out));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|v| shapes(v, &format!("{path}[]"), out)),
        _ => {}
    }
}

#[test]
fn every_field_is_documented_and_every_documented_field_exists() {
    let mut incident = full::everything();
    incident.edition.action_items = vec![crate::model::ActionItem { what: "x".into(), ..Default::default() }];
    let (audit, stated) = (full::audit(), full::stated());
    let input = Input::new(&incident, &audit, &stated);
    let mut found = Vec::new();
    shapes(&serde_json::to_value(view::build(&input)).unwrap(), "report", &mut found);
    shapes(&serde_json::to_value(view::comparison(&pair::comparison())).unwrap(), "compare", &mut found);
    let one = crate::model::LibraryMatch {
        path: "a".into(),
        title: "A".into(),
        similarity: 0.5,
        likeness: Default::default(),
        why: vec!["both".into()],
    };
    let library = crate::model::LibraryComparison {
        title: "B".into(),
        by: Default::default(),
        pairs: vec![one],
        left_out: vec![("c".into(), "d".into())],
    };
    shapes(&serde_json::to_value(view::library(&library)).unwrap(), "library", &mut found);
    let documented = documented();
    let of = |all: &[(String, Shape)], shape: &Shape| all.iter().any(|(_, s)| s == shape);
    let missing: Vec<_> = found.iter().filter(|(_, s)| !of(&documented, s)).collect();
    assert!(missing.is_empty(), "not in templates/README.md: {missing:#?}");
    let idle: Vec<_> = documented.iter().filter(|(_, s)| !of(&found, s)).collect();
    assert!(idle.is_empty(), "in templates/README.md and nowhere else: {idle:#?}");
}
