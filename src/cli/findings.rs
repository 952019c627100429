//! `recount findings`: what was concluded, for scripts and for a terminal.

use serde::Serialize;

use super::output::{clean, wrap};
use crate::model::{Findings, ImpactWindow, Incident, Precision, ServiceRates, TimeInterval, format_utc};

/// Widest line where nothing else sets a width, in characters.
const WIDTH: usize = 160;

/// Everything that was concluded of an incident.
#[derive(Serialize)]
pub struct Conclusions<'a> {
    /// From the first onset to the last recovery; `null` when nothing was hurt.
    incident: Option<Bounds>,
    /// Services that were hurt, by onset.
    impact: Vec<Impact<'a>>,
    /// Milestones, times between them, cascade, suspects, candidates, unaffected services, and the rest.
    #[serde(flatten)]
    findings: &'a Findings,
}

/// A stretch of time with its doubts, RFC 3339 in UTC.
#[derive(Serialize)]
struct Bounds {
    onset: Moment,
    recovery: Option<Moment>,
}

/// A moment and the interval it lies in.
#[derive(Serialize)]
struct Moment {
    at: String,
    from: String,
    to: String,
}

/// The windows in which a service was hurt during the incident.
#[derive(Serialize)]
struct Impact<'a> {
    service: &'a str,
    onset: Moment,
    windows: &'a [ImpactWindow],
}

fn second(at: i64) -> String {
    format_utc(at.saturating_mul(1_000_000_000), Precision::Second)
}

impl Moment {
    fn of(interval: TimeInterval) -> Moment {
        Moment { at: second(interval.best_s), from: second(interval.from_s), to: second(interval.to_s) }
    }
}

impl<'a> Conclusions<'a> {
    /// Those of `incident`.
    pub fn of(incident: &'a Incident) -> Self {
        let bounds = |(onset, recovery): (TimeInterval, Option<TimeInterval>)| Bounds {
            onset: Moment::of(onset),
            recovery: recovery.map(Moment::of),
        };
        let first = |s: &'a ServiceRates| s.impact.iter().map(|w| w.onset).min_by_key(|o| (o.best_s, o.to_s));
        let mut hurt: Vec<(TimeInterval, &ServiceRates)> =
            incident.rates.services.iter().filter_map(|s| Some((first(s)?, s))).collect();
        hurt.sort_by(|a, b| (a.0.best_s, &a.1.service).cmp(&(b.0.best_s, &b.1.service)));
        let impact = |(onset, s): (TimeInterval, &'a ServiceRates)| Impact {
            service: &s.service,
            onset: Moment::of(onset),
            windows: &s.impact,
        };
        Conclusions {
            incident: incident.rates.incident.map(bounds),
            impact: hurt.into_iter().map(impact).collect(),
            findings: &incident.findings,
        }
    }

    /// For a terminal of `width` columns.
    pub fn text(&self, width: Option<usize>) -> String {
        let mut out = String::new();
        let room = width.unwrap_or(WIDTH).saturating_sub(4).max(20);
        let mut say = |line: &str| {
            // Nothing is cut: what is too wide goes on below, further in.
            let words = line.trim_start();
            let indent = line.len() - words.len();
            for (n, part) in wrap(&clean(words), room).iter().enumerate() {
                out.push_str(&format!("{}{part}\n", " ".repeat(if n == 0 { indent } else { indent + 2 })));
            }
        };
        match &self.incident {
            Some(Bounds { onset, recovery }) => {
                let end = recovery.as_ref().map_or("not over by the end of the evidence", |r| r.at.as_str());
                say(&format!("incident  {} to {end}", onset.at));
            }
            None => say("incident  no impact could be measured"),
        }
        let findings = self.findings;
        section(&mut say, "milestones", findings.milestones.iter().map(|m| m.statement.text().to_string()));
        section(&mut say, "times", findings.intervals.iter().map(|i| format!("{}: {}", i.name, i.formula)));
        let steps = findings.cascade.steps.iter();
        section(
            &mut say,
            "cascade",
            steps.map(|s| format!("{}. {} from {}", s.rank, s.service, second(s.onset.best_s))),
        );
        section(&mut say, "suspects", findings.suspects.iter().map(|s| s.statement.text().to_string()));
        let reasons = |t: &crate::model::TriggerCandidate| format!("{} ({})", t.statement.text(), t.reasons.join("; "));
        section(&mut say, "changes before the onset: candidates, not causes", findings.triggers.iter().map(reasons));
        section(&mut say, "findings", findings.findings.iter().map(|f| f.statement.text().to_string()));
        out
    }
}

/// A heading with its lines; nothing when there are none.
fn section(say: &mut impl FnMut(&str), title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        say("");
        say(title);
        lines.for_each(|line| say(&format!("  {line}")));
    }
}
