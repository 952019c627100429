//! A write-up whose every figure the reference bundle bears out, and what becomes of it when one figure, time,
//! order, service or polarity is changed: the audit must notice.

use std::collections::BTreeMap;

use recount::model::*;
use recount::pipeline::{self, AuditRequest, Request};

use crate::support::root;

/// The story as the bundle has it, in words of its own.
const STORY: &str = "# Workers KV outage of 12 June 2025

All times are UTC. Impact began at 17:52 UTC and lasted 2 hours and 36 minutes.

## Timeline

| Time (UTC) | What happened |
|---|---|
| 17:52 | WARP registrations fail |
| 18:05 | Severity set to P1 |
| 18:06 | Cause identified: the central store of Workers KV sits with an outside provider |
| 18:21 | Severity raised to P0 |
| 18:43 | Access team starts moving identity state off Workers KV to another backing store |
| 19:32 | Shedding load: background reads of Workers KV are dropped |
| 20:23 | Recovery begins |
| 20:25 | Access and Device Posture are back to normal |
| 20:28 | Incident resolved |

## Impact

- **Workers KV**: 90.22 % of requests failed at the peak.
- **AI Gateway**: 97 % of requests failed at the peak.
- **Workers AI**: 100 % of requests failed at the peak.
- **AutoRAG**: 100 % of requests failed at the peak.
- **Zaraz**: 100 % of requests failed at the peak.
- **Challenges**: 100 % of requests failed at the peak.
- **Gateway**: 55 % of requests failed at the peak.
- **Stream**: 97 % of requests failed at the peak.
- **D1**: 21 % of requests failed at the peak.
- **Workers for Platforms**: 31 % of requests failed at the peak.
- **Pages Builds**: 100 % of builds failed at the peak.
- **Images**: 18 % of requests failed at the peak.
- **DNS**: continued to operate normally.
- **WAF**: continued to operate normally.
- **Magic Transit**: was not affected.
- **DDoS Protection**: was not affected.

## What led to what

Workers KV failed before CDN did. Workers KV failed before D1 did. Zaraz failed before Durable Objects did.

Access depends on Workers KV. AutoRAG depends on Workers AI. Gateway depends on Access. Dashboard depends on Turnstile.
Browser Isolation depends on Gateway. Workers KV depends on Provider object store.
";

/// Services with their peaks in the story, in percent.
const PEAKS: &[(&str, &str)] = &[
    ("Workers KV", "90.22"),
    ("AI Gateway", "97"),
    ("Workers AI", "100"),
    ("AutoRAG", "100"),
    ("Zaraz", "100"),
    ("Challenges", "100"),
    ("Gateway", "55"),
    ("Stream", "97"),
    ("D1", "21"),
    ("Workers for Platforms", "31"),
    ("Images", "18"),
];

const ROWS: &[&str] = &["17:52", "18:05", "18:06", "18:21", "18:43", "19:32", "20:23", "20:25", "20:28"];

/// One changed story, and what kind of change it is.
struct Mutant {
    kind: &'static str,
    change: String,
    text: String,
}

fn mutant(kind: &'static str, from: &str, to: &str) -> Mutant {
    assert!(STORY.contains(from), "the story has {from:?}");
    Mutant { kind, change: format!("{from:?} to {to:?}"), text: STORY.replacen(from, to, 1) }
}

fn figures(out: &mut Vec<Mutant>) {
    for (name, percent) in PEAKS {
        let value: f64 = percent.parse().expect("a figure");
        for off in [-40.0, -25.0, -15.0, -9.0, 12.0, 20.0, 33.0] {
            let other = value + off;
            if (1.0..=100.0).contains(&other) {
                let line = format!("**{name}**: {percent} %");
                out.push(mutant("figure", &line, &format!("**{name}**: {other} %")));
            }
        }
    }
    for other in [
        "1 hour and 36 minutes",
        "2 hours and 6 minutes",
        "2 hours and 28 minutes",
        "3 hours and 36 minutes",
        "4 hours",
    ] {
        out.push(mutant("figure", "2 hours and 36 minutes", other));
    }
}

fn times(out: &mut Vec<Mutant>) {
    for row in ROWS {
        let (hour, minute) = row.split_once(':').expect("a time");
        let of: i32 = hour.parse::<i32>().expect("an hour") * 60 + minute.parse::<i32>().expect("a minute");
        for off in [-47, -26, -12, 11, 19, 38, 71] {
            let at = of + off;
            out.push(mutant("time", &format!("| {row} |"), &format!("| {:02}:{:02} |", at / 60, at % 60)));
        }
    }
}

fn orders(out: &mut Vec<Mutant>) {
    for (a, b) in [("Workers KV", "CDN"), ("Workers KV", "D1"), ("Zaraz", "Durable Objects")] {
        out.push(mutant("order", &format!("{a} failed before {b} did"), &format!("{b} failed before {a} did")));
        out.push(mutant("order", &format!("{a} failed before {b} did"), &format!("{a} failed after {b} did")));
    }
    let edges = [
        ("Access", "Workers KV"),
        ("AutoRAG", "Workers AI"),
        ("Gateway", "Access"),
        ("Dashboard", "Turnstile"),
        ("Browser Isolation", "Gateway"),
        ("Workers KV", "Provider object store"),
    ];
    for (a, b) in edges {
        out.push(mutant("order", &format!("{a} depends on {b}."), &format!("{b} depends on {a}.")));
    }
    let swap = |a: &str, b: &str| {
        let text =
            STORY.replacen(&format!("| {a} |"), "| @ |", 1).replacen(&format!("| {b} |"), &format!("| {a} |"), 1);
        Mutant { kind: "order", change: format!("{a} and {b}"), text: text.replacen("| @ |", &format!("| {b} |"), 1) }
    };
    for (a, b) in [
        ("18:05", "18:21"),
        ("18:06", "18:21"),
        ("18:43", "19:32"),
        ("19:32", "20:23"),
        ("18:21", "20:28"),
        ("17:52", "20:25"),
    ] {
        out.push(swap(a, b));
    }
}

fn services(out: &mut Vec<Mutant>) {
    let other: &[(&str, &[&str])] = &[
        ("Workers KV", &["D1", "CDN", "Images", "WAF"]),
        ("AI Gateway", &["Gateway", "D1", "Pages", "DNS"]),
        ("Workers AI", &["Queues", "Gateway", "CDN", "Static Assets"]),
        ("AutoRAG", &["Images", "Durable Objects", "WAF", "Pages"]),
        ("Zaraz", &["Pages", "D1", "DNS", "Queues"]),
        ("Gateway", &["AutoRAG", "DNS", "CDN", "Zaraz"]),
        ("Stream", &["D1", "Pages", "WAF", "Durable Objects"]),
        ("D1", &["Zaraz", "Workers AI", "DNS", "Stream"]),
        ("Images", &["Zaraz", "AutoRAG", "Magic Transit", "Workers KV"]),
    ];
    for (name, others) in other {
        let percent = PEAKS.iter().find(|p| p.0 == *name).expect("a peak").1;
        for wrong in *others {
            out.push(mutant("service", &format!("**{name}**: {percent} %"), &format!("**{wrong}**: {percent} %")));
        }
    }
    for wrong in ["Workers KV", "Zaraz", "Stream", "Access"] {
        out.push(mutant("service", "**DNS**: continued", &format!("**{wrong}**: continued")));
        out.push(mutant("service", "**Magic Transit**: was not", &format!("**{wrong}**: was not")));
    }
}

fn polarities(out: &mut Vec<Mutant>) {
    for name in ["DNS", "WAF"] {
        let line = format!("**{name}**: continued to operate normally.");
        for wrong in
            ["was completely unavailable.", "suffered elevated errors.", "100 % of requests failed.", "was degraded."]
        {
            out.push(mutant("polarity", &line, &format!("**{name}**: {wrong}")));
        }
    }
    for name in ["Magic Transit", "DDoS Protection"] {
        let line = format!("**{name}**: was not affected.");
        for wrong in ["was completely unavailable.", "experienced increased errors.", "went down."] {
            out.push(mutant("polarity", &line, &format!("**{name}**: {wrong}")));
        }
    }
    for (name, percent) in PEAKS.iter().filter(|p| p.0 != "Images") {
        let line = format!("**{name}**: {percent} % of requests failed at the peak.");
        out.push(mutant("polarity", &line, &format!("**{name}**: continued to operate normally.")));
        if *percent != "55" {
            let turned = format!("**{name}**: {percent} % of requests succeeded at the peak.");
            out.push(mutant("polarity", &line, &turned));
        }
    }
    for (a, b) in [("Access", "Workers KV"), ("AutoRAG", "Workers AI"), ("Gateway", "Access")] {
        out.push(mutant("polarity", &format!("{a} depends on {b}."), &format!("{a} does not depend on {b}.")));
    }
}

/// Findings of the audit of `text` against the data: what contradicts it, and what bears it out.
fn against(evidence: &Incident, text: &str) -> (Vec<String>, usize) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("story.md");
    std::fs::write(&path, text).expect("written");
    let writeups = Request { paths: vec![path], ..Request::default() };
    let request = AuditRequest { writeups, ..AuditRequest::default() };
    let audited = pipeline::audit_against(&request, Some(evidence.clone()), &()).expect("readable");
    let data = || audited.audit.findings.iter().filter(|f| f.kind == AuditKind::Evidence);
    let wrong = data().filter(|f| matches!(f.verdict, Verdict::Contradiction | Verdict::Tension));
    let supported = data().filter(|f| f.verdict == Verdict::Supported).count();
    (wrong.map(|f| f.text.clone()).collect(), supported)
}

/// The mutants to try: all of them in a long run, else evenly many of each kind.
fn chosen(all: Vec<Mutant>) -> Vec<Mutant> {
    let asked = std::env::var("RECOUNT_MUTANTS").ok().and_then(|n| n.parse::<usize>().ok()).unwrap_or(60);
    let step = all.len() as f64 / asked.max(1) as f64;
    let wanted: std::collections::BTreeSet<usize> = (0..asked).map(|i| (i as f64 * step) as usize).collect();
    all.into_iter().enumerate().filter(|(i, _)| step <= 1.0 || wanted.contains(i)).map(|(_, m)| m).collect()
}

#[test]
#[expect(clippy::print_stderr, reason = "figures for the one who changes the rules")]
fn one_wrong_word_in_a_true_story_is_caught_by_the_data() {
    let request = Request { paths: vec![root().join("samples/kv-outage-2025-06-12")], ..Request::default() };
    let evidence = pipeline::recount(&request, &()).expect("the sample");
    let (wrong, supported) = against(&evidence, STORY);
    assert!(wrong.is_empty(), "the true story: {wrong:#?}");
    assert!(supported >= PEAKS.len() + ROWS.len() + 4, "{supported} supported");
    let mut all = Vec::new();
    figures(&mut all);
    times(&mut all);
    orders(&mut all);
    services(&mut all);
    polarities(&mut all);
    assert!(all.len() >= 200, "{} mutants", all.len());
    let chosen = chosen(all);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for mutant in &chosen {
        let (wrong, _) = against(&evidence, &mutant.text);
        let count = counts.entry(mutant.kind).or_default();
        count.1 += 1;
        if wrong.is_empty() {
            eprintln!("MISSED {}: {}", mutant.kind, mutant.change);
        } else {
            count.0 += 1;
        }
    }
    let (caught, tried) = counts.values().fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    eprintln!("caught {caught} of {tried}: {counts:?}");
    assert!(caught * 100 >= tried * 95, "caught {caught} of {tried}: {counts:?}");
}
