//! `recount formats`: what is known, whether a definition holds, and why a file is read as it is.

use serde::Serialize;

use super::output::{fit, wrap};
use crate::error::Result;
use crate::format::detect::{Explanation, Verdict};
use crate::format::lines::{Broken, Trial};
use crate::format::{self, Shape};

/// Columns of a line.
const WIDTH: usize = 80;

/// Findings shown of one definition.
const SHOWN: usize = 8;

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    reads: &'static str,
    title: &'a str,
}

/// Every built-in format, one a line or as JSON.
///
/// # Errors
/// When JSON cannot be made of it.
pub fn list(as_json: bool) -> Result<String> {
    let rows: Vec<Row<'_>> = format::all()
        .map(|f| Row {
            name: f.name(),
            reads: match f.shape() {
                Shape::Lines(_) => "lines",
                Shape::Document(_) => "document",
                Shape::Envelope(_) => "envelope",
            },
            title: f.title(),
        })
        .collect();
    if as_json {
        return super::json(&rows);
    }
    let width = rows.iter().map(|r| r.name.len()).max().unwrap_or(0);
    Ok(rows.iter().map(|r| format!("{:width$}  {:8}  {}\n", r.name, r.reads, r.title)).collect())
}

/// Whether nothing is wrong with any of the definitions tried.
pub fn hold(trials: &[(String, std::result::Result<Trial, Broken>)]) -> bool {
    trials.iter().all(|(_, trial)| trial.as_ref().is_ok_and(|t| t.findings.iter().all(|finding| !finding.grave)))
}

/// What came of trying definitions, in words.
pub fn trials(trials: &[(String, std::result::Result<Trial, Broken>)]) -> String {
    let mut out = String::new();
    for (path, trial) in trials {
        out.push_str(&format!("{}\n", fit(path, WIDTH)));
        match trial {
            Err(broken) => {
                let line = broken.line.map_or(String::new(), |n| format!("line {n}: "));
                said("broken", &format!("{line}{}", broken.message), &mut out);
            }
            Ok(trial) => trial_text(trial, &mut out),
        }
    }
    out
}

fn trial_text(trial: &Trial, out: &mut String) {
    let samples = |n: usize| if n == 1 { "1 sample".to_string() } else { format!("{n} samples") };
    said("format", &trial.name, out);
    said("fields", &format!("{} of its own, each gives what is stated beside it", samples(trial.samples)), out);
    for finding in trial.findings.iter().take(SHOWN) {
        said(if finding.grave { "fault" } else { "note" }, &finding.message, out);
    }
    if let Some(more) = trial.findings.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        said("", &format!("and {more} more; --json prints all"), out);
    }
    if trial.findings.iter().all(|finding| !finding.grave) {
        said("holds", &format!("it reads its own, and leaves {} of other formats alone", samples(trial.others)), out);
    }
}

/// Why a file is read as it is, in words.
pub fn explanation(path: &str, explained: &std::result::Result<Explanation, String>) -> String {
    let mut out = format!("{}\n", fit(path, WIDTH));
    match explained {
        Err(reason) => said("left", reason, &mut out),
        Ok(explained) => {
            said("lines", &lines(explained), &mut out);
            if let Some((line, text)) = &explained.first_unclaimed {
                said("", &fit(&format!("the first that begins none is {line}: {text}"), 66), &mut out);
            }
            for verdict in &explained.candidates {
                candidate(verdict, &mut out);
            }
            if !explained.candidates.iter().any(|one| one.chosen) {
                said("left", "no format knows it; --format GLOB=NAME forces one", &mut out);
            }
        }
    }
    out.push('\n');
    out
}

fn lines(explained: &Explanation) -> String {
    let inside = match explained.envelopes.as_slice() {
        [] => String::new(),
        some => format!(", taken out of {}", some.join(" around ")),
    };
    format!("{} of {} sampled begin a record{inside}", explained.starts, explained.lines)
}

fn candidate(one: &Verdict, out: &mut String) {
    let head = if one.chosen { "reads" } else { "not" };
    let lost = if one.lost.is_empty() { String::new() } else { format!("; {}", one.lost) };
    said(head, &format!("{} ({}): {}{lost}", one.name, one.score, one.recognised), out);
}

/// `text` behind `head`, on as many lines as it takes.
fn said(head: &str, text: &str, out: &mut String) {
    for (i, part) in wrap(text, WIDTH - 11).into_iter().enumerate() {
        let head = if i == 0 { head } else { "" };
        out.push_str(&format!("  {head:7}  {}\n", fit(&part, WIDTH - 11)));
    }
}

/// A definition tried, as JSON: `path`, then `name`, `samples`, `others` and `findings`, or `line` and
/// `broken`.
#[derive(Serialize)]
struct TrialRow<'a> {
    path: &'a str,
    holds: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(flatten)]
    trial: Option<&'a Trial>,
}

/// What came of trying definitions, as JSON.
///
/// # Errors
/// When JSON cannot be made of it.
pub fn trials_json(trials: &[(String, std::result::Result<Trial, Broken>)]) -> Result<String> {
    let row = |one: &'_ (String, std::result::Result<Trial, Broken>)| hold(std::slice::from_ref(one));
    let rows: Vec<TrialRow<'_>> = trials
        .iter()
        .map(|one| TrialRow {
            path: &one.0,
            holds: row(one),
            broken: one.1.as_ref().err().map(|broken| broken.message.as_str()),
            line: one.1.as_ref().err().and_then(|broken| broken.line),
            trial: one.1.as_ref().ok(),
        })
        .collect();
    super::json(&rows)
}

/// A file explained, as JSON: `path`, then the fields of [`Explanation`], or `unread` with the reason.
#[derive(Serialize)]
pub struct Explained {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<String>,
    #[serde(flatten)]
    explanation: Option<Explanation>,
}

impl Explained {
    /// Why the file at `path` is read as it is.
    pub fn new(path: &str, explained: std::result::Result<Explanation, String>) -> Explained {
        let (explanation, unread) = match explained {
            Ok(explanation) => (Some(explanation), None),
            Err(reason) => (None, Some(reason)),
        };
        Explained { path: path.to_string(), unread, explanation }
    }
}
