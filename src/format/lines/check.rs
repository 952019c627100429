//! A definition among other formats: who reads its samples, and whose samples it takes away.

use serde::Serialize;

use super::Definition;
use crate::format::detect::{self, Candidate, as_lines};
use crate::format::{Format, Head, LineFormat, bind};

/// Longest sample shown, in characters.
const SHOWN: usize = 60;

/// What became of a definition among other formats.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// Its name.
    pub name: String,
    /// Its own samples, each of which yields what is stated beside it.
    pub samples: usize,
    /// Samples of other formats that it was tried on.
    pub others: usize,
    /// What was found, gravest first; empty when there is nothing to say.
    pub findings: Vec<Finding>,
}

/// One thing to know about a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether files would be read wrongly because of it.
    pub grave: bool,
    /// What is so, and what to do about it.
    pub message: String,
}

/// Tries `definition` on its own samples and on those of every one of `others`.
pub fn trial(definition: &Definition, others: &[&dyn Format]) -> Trial {
    let mut formats: Vec<&dyn Format> = vec![definition];
    formats.extend(others);
    let mut findings: Vec<Finding> =
        definition.samples().into_iter().filter_map(|sample| lost(definition, sample, &formats)).collect();
    let mut tried = 0;
    for other in others {
        let samples = other.samples();
        tried += samples.len();
        findings.extend(taken(definition, *other, &samples, &formats));
    }
    findings.sort_by_key(|finding| !finding.grave);
    Trial { name: definition.name().to_string(), samples: definition.samples().len(), others: tried, findings }
}

/// What is wrong when `sample`, one of its own, is read by another.
fn lost(definition: &Definition, sample: &str, formats: &[&dyn Format]) -> Option<Finding> {
    let chosen = chosen(sample, formats);
    if chosen.iter().any(|candidate| candidate.name == definition.name()) {
        return None;
    }
    let own = definition.specificity();
    let advice = |name: &str| match formats.iter().find(|f| f.name() == name).and_then(|f| as_lines(*f)) {
        Some(lines) if lines.specificity() > own => {
            format!(" of specificity {}; a specificity above that would win", lines.specificity())
        }
        Some(_) => String::new(),
        None => "; `--format GLOB=NAME` forces the definition where it is meant".to_string(),
    };
    let told = match chosen.last() {
        Some(winner) => format!("found it read by {}{}", winner.name, advice(&winner.name)),
        None => "found that nothing reads it".to_string(),
    };
    Some(Finding { grave: true, message: format!("expected to read its sample \"{}\", {told}", shown(sample)) })
}

/// What there is to say when the definition claims lines in the samples of `other`.
fn taken(definition: &Definition, other: &dyn Format, samples: &[&str], formats: &[&dyn Format]) -> Option<Finding> {
    let reads = |sample: &&&str| chosen(sample, formats).iter().any(|candidate| candidate.name == definition.name());
    if let Some(sample) = samples.iter().find(reads) {
        let rank =
            as_lines(other).map_or(String::new(), |lines| format!(" or a specificity below {}", lines.specificity()));
        let message = format!(
            "expected to leave {} its sample \"{}\", found it taken; give the pattern something only its own lines \
             have{rank}",
            other.name(),
            shown(sample)
        );
        return Some(Finding { grave: true, message });
    }
    let starts = samples.iter().flat_map(|sample| sample.lines()).filter(|line| definition.starts(line)).count();
    (starts > 0).then(|| Finding {
        grave: false,
        message: format!(
            "the pattern also matches {starts} {} in the samples of {}, which is preferred there",
            if starts == 1 { "line" } else { "lines" },
            other.name()
        ),
    })
}

/// The formats that would read a file of nothing but `sample`.
fn chosen(sample: &str, formats: &[&dyn Format]) -> Vec<Candidate> {
    let head = Head { path: "sample", text: sample, complete: true, modified_s: None };
    let bound = bind::bind(&head, formats);
    let plan = detect::plan(&head, &bind::with_bound(formats, &bound), None);
    plan.candidates.into_iter().filter(|candidate| candidate.chosen).collect()
}

/// The first line of a sample, cut.
fn shown(sample: &str) -> String {
    let line = sample.lines().next().unwrap_or("");
    let mut cut: String = line.chars().take(SHOWN).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    cut
}
