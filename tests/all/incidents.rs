//! The shipped incidents: their bundles are what the simulator writes, their answers are what was
//! published, and the answers move along when the scenario is moved.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use recount::model::{Citation, Incident, MilestoneKind, format_utc};
use recount::pipeline::{self, Request};
use recount::simulate::{self, Options, Scenario, Truth};
use serde_json::{Value, json};

use crate::support::{contents, expect_file, root};

const SAMPLES: [&str; 2] = ["kv-outage-2025-06-12", "r2-credential-2025-03-21"];

/// Small bundles of another kind, written by hand: `input/` beside their expected answers.
const WRITTEN: [&str; 1] = ["shop-stock-query"];

fn scenario_text(sample: &str) -> String {
    std::fs::read_to_string(root().join("samples").join(format!("{sample}.toml"))).expect("scenario")
}

fn truth(sample: &str) -> Truth {
    let path = root().join("samples").join(format!("{sample}.truth.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("truth")).expect("truth is JSON")
}

fn recount(bundle: &Path) -> Incident {
    let request = Request { paths: vec![bundle.to_path_buf()], ..Request::default() };
    pipeline::recount(&request, &()).expect("recounted")
}

/// Writes a scenario to a folder and recounts it.
fn simulated(text: &str, options: Options) -> (Incident, Truth, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("folder");
    let bundle: PathBuf = dir.path().join("bundle");
    let scenario = Scenario::parse(text, "scenario.toml").expect("scenario");
    let truth = simulate::write(&scenario, options, &bundle).expect("written");
    (recount(&bundle), truth, dir)
}

#[test]
fn the_shipped_bundles_are_what_the_simulator_writes() {
    for sample in SAMPLES {
        let dir = tempfile::tempdir().expect("folder");
        let bundle = dir.path().join(sample);
        let scenario = Scenario::parse(&scenario_text(sample), sample).expect("scenario");
        let written = simulate::write(&scenario, Options::default(), &bundle).expect("written");
        assert!(written == truth(sample), "{sample}: the truth differs from what the simulator writes");
        let (fresh, shipped) = (contents(&bundle), contents(&root().join("samples").join(sample)));
        assert_eq!(fresh.keys().collect::<Vec<_>>(), shipped.keys().collect::<Vec<_>>(), "{sample}");
        for (name, bytes) in &fresh {
            assert!(bytes == &shipped[name], "{sample}/{name} differs from what the simulator writes");
        }
    }
}

#[test]
fn the_shipped_incidents_are_answered_as_reviewed() {
    let mut faults = Vec::new();
    let shipped = SAMPLES.iter().map(|s| (*s, root().join("samples").join(s)));
    let written = WRITTEN.iter().map(|s| (*s, root().join("tests/incidents").join(s).join("input")));
    for (sample, bundle) in shipped.chain(written) {
        let incident = recount(&bundle);
        let text = serde_json::to_string_pretty(&answers(&incident)).expect("json") + "\n";
        let path = root().join("tests/incidents").join(sample).join("expected.json");
        std::fs::create_dir_all(path.parent().expect("parent")).expect("folder");
        faults.extend(expect_file(&path, &text).err());
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn minute(utc_s: i64) -> String {
    format_utc(utc_s * 1_000_000_000, recount::model::Precision::Second)
}

/// Where the first lines of a statement's evidence stand, and how many more there are.
fn places(incident: &Incident, evidence: &[Citation]) -> String {
    let place = |c: &Citation| format!("{}:{}", incident.sources[c.source.0 as usize].info.path, c.span.line);
    let first: Vec<String> = evidence.iter().take(3).map(place).collect();
    let more = evidence.len().saturating_sub(first.len());
    if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") }
}

/// What a reviewer would look up first, in a form that is easy to review.
fn answers(incident: &Incident) -> Value {
    let findings = &incident.findings;
    let services: BTreeMap<&str, Value> = incident
        .rates
        .services
        .iter()
        .filter_map(|s| {
            let worst = s.worst()?;
            Some((
                s.service.as_str(),
                json!({
                    "signal": worst.signal,
                    "peak_percent": worst.peak.as_ref().map(|p| (p.ratio.value * 1000.0).round() / 10.0),
                    "onset": minute(worst.onset.best_s),
                    "recovery": worst.recovery.map(|r| minute(r.best_s)),
                }),
            ))
        })
        .collect();
    let audit = pipeline::audit(incident);
    json!({
        "incident": incident.rates.incident.map(|(o, r)| [Some(minute(o.best_s)), r.map(|r| minute(r.best_s))]),
        "bucket_s": incident.rates.bucket_s,
        "severity": incident.timeline.severity.steps.iter().map(|s| json!({
            "to": s.to.word, "at": s.at.to_string(),
            "conflicts": s.conflicts.iter().map(|c| c.0.to_string()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "milestones": findings.milestones.iter().map(|m| json!([m.kind, m.at.to_string()])).collect::<Vec<_>>(),
        "intervals": findings.intervals.iter().map(|i| format!("{}: {}", i.name, i.formula)).collect::<Vec<_>>(),
        "cascade": findings.cascade.steps.iter().map(|s| format!("{} {}", s.rank, s.service)).collect::<Vec<_>>(),
        "unaffected": findings.unaffected,
        "services": services,
        "findings": findings.findings.iter().map(|f| json!({
            "kind": f.kind,
            "says": f.statement.text(),
            "figure": f.figure.as_ref().map(|g| format!("{:.4} {} = {}", g.value, g.unit, g.formula)),
            "evidence": places(incident, f.statement.evidence()),
        })).collect::<Vec<_>>(),
        "suspects": findings.suspects.iter().map(|s| s.statement.text()).collect::<Vec<_>>(),
        "triggers": findings.triggers.iter().map(|t| json!({
            "says": t.statement.text(),
            "because": t.reasons,
            "evidence": places(incident, t.statement.evidence()),
        })).collect::<Vec<_>>(),
        "audit": audit.findings.iter().map(|f| format!("{}: {}", json!(f.verdict).as_str().unwrap_or(""), f.text)).collect::<Vec<_>>(),
        "clocks": incident.sources.iter().flat_map(|s| s.clocks.iter().map(move |c| {
            format!("{} {} {} skew {} ms", s.info.path, c.offset_s, json!(c.basis).as_str().unwrap_or(""), c.skew_ms)
        })).collect::<Vec<_>>(),
    })
}

/// Everything the truth says, against everything that was found.
fn against_truth(incident: &Incident, truth: &Truth) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, expected) in truth.services.iter().filter(|(_, s)| !s.external) {
        let Some(found) = incident.rates.service(name) else {
            wrong.push(format!("{name} is missing"));
            continue;
        };
        let ratio = found.impact.iter().filter(|w| w.signal == "error_ratio");
        let worst = ratio.max_by(|a, b| {
            let peak = |w: &recount::model::ImpactWindow| w.peak.as_ref().map_or(0.0, |p| p.ratio.value);
            peak(a).total_cmp(&peak(b))
        });
        match (worst, expected.onset_s.filter(|_| expected.peak_ratio >= 0.03)) {
            (Some(window), Some(onset)) => {
                // The stated interval must hold the truth, give or take one bucket of the curve.
                let slack = i64::from(incident.rates.bucket_s);
                if onset < window.onset.from_s - slack || onset > window.onset.to_s + slack {
                    wrong.push(format!("{name}: onset {} instead of {}", minute(window.onset.best_s), minute(onset)));
                }
                if let (Some(found), Some(expected)) = (window.recovery, expected.recovery_s)
                    && (found.best_s - expected).abs() > slack.max(300)
                {
                    wrong.push(format!("{name}: recovery {} instead of {}", minute(found.best_s), minute(expected)));
                }
                let peak = window.peak.as_ref().map_or(0.0, |p| p.ratio.value);
                if (peak - expected.peak_ratio).abs() > 0.05 {
                    wrong.push(format!("{name}: peak {peak:.3} instead of {:.3}", expected.peak_ratio));
                }
            }
            (None, Some(_)) => wrong.push(format!("{name}: impact not found")),
            (Some(window), None) if !expected.affected => {
                wrong.push(format!("{name}: impact claimed at {}", minute(window.onset.best_s)));
            }
            _ => {}
        }
    }
    let steps: Vec<(String, i64)> =
        incident.timeline.severity.steps.iter().map(|s| (s.to.word.clone(), s.at.seconds())).collect();
    for step in &truth.severity {
        if !steps.iter().any(|(to, at)| *to == step.to && (at - step.at_s).abs() <= 60) {
            wrong.push(format!("severity {} at {} is missing in {steps:?}", step.to, minute(step.at_s)));
        }
    }
    wrong.extend(clocks_against_truth(incident, truth));
    wrong
}

fn clocks_against_truth(incident: &Incident, truth: &Truth) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, expected) in &truth.sources {
        // One entry of the truth may stand for several parts of a file.
        let (start, end) = path.split_once("{part}").unwrap_or((path, ""));
        let parts = incident.sources.iter().filter(|s| s.info.path.starts_with(start) && s.info.path.ends_with(end));
        for source in parts {
            for clock in source.clocks.iter().filter(|c| {
                !matches!(c.clock, recount::model::ClockKind::Zoned | recount::model::ClockKind::TimeOnlyZoned)
            }) {
                let assumed = clock.basis == recount::model::TimeBasis::Assumed;
                if clock.offset_s != expected.zone_offset_s && !assumed {
                    wrong.push(format!("{path}: offset {} instead of {}", clock.offset_s, expected.zone_offset_s));
                }
            }
            let skew_s = source.clocks.iter().map(|c| c.skew_ms).max_by_key(|s| s.abs()).unwrap_or(0) as f64 / 1000.0;
            if expected.clock_offset_s.abs() > 60.0 && (skew_s - expected.clock_offset_s).abs() > 3.0 {
                wrong.push(format!("{path}: clock {skew_s} s ahead instead of {}", expected.clock_offset_s));
            }
        }
    }
    wrong
}

#[test]
fn the_shipped_incidents_meet_their_truth() {
    for sample in SAMPLES {
        let wrong = against_truth(&recount(&root().join("samples").join(sample)), &truth(sample));
        assert!(wrong.is_empty(), "{sample}:\n{}", wrong.join("\n"));
    }
}

/// Answers that must move by exactly `by_s` when everything happens `by_s` later.
fn moments(incident: &Incident, by_s: i64) -> Vec<(String, i64)> {
    let milestones = incident.findings.milestones.iter().map(|m| (format!("{:?}", m.kind), m.at.seconds() - by_s));
    let steps = incident.timeline.severity.steps.iter().map(|s| (s.to.word.clone(), s.at.seconds() - by_s));
    let onsets = incident.findings.cascade.steps.iter().map(|s| (s.service.clone(), s.onset.best_s - by_s));
    milestones.chain(steps).chain(onsets).collect()
}

#[test]
fn answers_move_along_when_everything_happens_37_days_later() {
    let text = scenario_text(SAMPLES[0]);
    let (there, _, _dir) = simulated(&text, Options { shift_days: 37, ..Options::default() });
    let here = recount(&root().join("samples").join(SAMPLES[0]));
    assert_eq!(moments(&here, 0), moments(&there, 37 * 86_400));
}

#[test]
fn another_draw_of_the_scenario_meets_its_truth_too() {
    let (incident, truth, _dir) =
        simulated(&scenario_text(SAMPLES[0]), Options { seed: Some(7), ..Options::default() });
    let wrong = against_truth(&incident, &truth);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn renamed_services_get_the_same_answers_under_their_new_names() {
    let renames =
        [("Workers KV", "Quokka Shelf"), ("Turnstile", "Wombat Gate"), ("Gateway", "Numbat"), ("Stream", "Bilby Reel")];
    let mut text = scenario_text(SAMPLES[0]);
    for (old, new) in renames {
        text = text.replace(old, new);
    }
    let (incident, truth, _dir) = simulated(&text, Options::default());
    let wrong = against_truth(&incident, &truth);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(incident.rates.service("Quokka Shelf").is_some());
}

#[test]
fn zones_of_all_logs_may_change_without_changing_the_answers() {
    let mut text = scenario_text(SAMPLES[0]);
    for zone in ["Europe/Berlin", "America/Chicago", "America/Sao_Paulo"] {
        text = text.replace(&format!("\"{zone}\""), "\"Asia/Tokyo\"");
    }
    let (there, truth, _dir) = simulated(&text, Options::default());
    let wrong = against_truth(&there, &truth);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let here = recount(&root().join("samples").join(SAMPLES[0]));
    let onset = |i: &Incident| i.findings.milestone(MilestoneKind::Onset).map(|m| m.at.seconds());
    assert_eq!(onset(&here), onset(&there));
}
