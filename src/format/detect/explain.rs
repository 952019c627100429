//! Why a source is read as it is: every format that knows anything of it, with what decided.

use std::borrow::Cow;

use serde::Serialize;

use super::{
    ACCEPT, Asked, CERTAIN, Candidate, Looked, PROBABLE, Plan, Reading, as_envelope, as_lines, look, percent,
    plan_among,
};
use crate::format::{Format, Head};

/// Why a source is read as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Wrappers found around the lines, outermost first.
    pub envelopes: Vec<String>,
    /// Lines looked at, wrappers taken off.
    pub lines: usize,
    /// Those at which a record of some format begins.
    pub starts: usize,
    /// The first line at which none begins, its number in the file and its text cut; `None` when
    /// there is no such line.
    pub first_unclaimed: Option<(usize, String)>,
    /// Every format that knows anything of it, those that read it first.
    pub candidates: Vec<Verdict>,
}

/// What became of one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Registered name.
    pub name: String,
    /// 0 to 100.
    pub score: u8,
    /// Whether it reads the source, or a part of it.
    pub chosen: bool,
    /// What it recognised.
    pub recognised: String,
    /// Why it does not read the source; empty when it does.
    pub lost: String,
}

/// Says of every one of `formats` that knows anything of `head` why it reads it or does not;
/// `forced` names a format the user asked for.
pub fn explain(head: &Head<'_>, formats: &[&dyn Format], forced: Option<&str>) -> Explanation {
    let plan = plan_among(head, formats, forced, Asked::All);
    let Looked { envelopes, lines, owners } = look(head, formats);
    let owners: Vec<Option<&dyn Format>> =
        owners.into_iter().map(|place| place.and_then(|place| formats.get(place).copied())).collect();
    let starts = owners.iter().flatten().count();
    let mut candidates: Vec<Verdict> = plan.candidates.iter().map(|one| verdict(one, &plan, formats)).collect();
    if !plan.forced {
        candidates.extend(outdone(formats, &lines, &owners, &plan));
    }
    let numbered = head.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let unclaimed = owners.iter().zip(numbered).find(|(owner, _)| owner.is_none());
    Explanation {
        envelopes: envelopes.iter().map(|format| format.name().to_string()).collect(),
        lines: lines.len(),
        starts,
        first_unclaimed: unclaimed.map(|(_, (at, line))| (at + 1, line.chars().take(200).collect())),
        candidates,
    }
}

/// A candidate of the plan with the reason it lost.
fn verdict(one: &Candidate, plan: &Plan<'_>, formats: &[&dyn Format]) -> Verdict {
    let format = formats.iter().copied().find(|format| format.name() == one.name);
    let by_lines = format.is_some_and(|format| as_lines(format).is_some() || as_envelope(format).is_some());
    let lost = match (&plan.reading, by_lines) {
        _ if one.chosen => String::new(),
        (Reading::Document(winner), true) => outweighed(winner.name(), one.score, plan),
        (Reading::Document(winner), false) => match score_of(winner.name(), plan) {
            score if score > one.score => format!("{} is surer ({score})", winner.name()),
            _ => format!("{} is as sure and knows more", winner.name()),
        },
        (Reading::Lines(_), false) => {
            format!("its structure is not certain (below {CERTAIN}), and lines explain enough of the file")
        }
        (Reading::Lines(_), true) => "other formats read the lines".to_string(),
        (Reading::Unknown, _) => {
            format!("it explains less than {PROBABLE} % of the lines, too little to trust")
        }
    };
    Verdict { name: one.name.clone(), score: one.score, chosen: one.chosen, recognised: one.reason.clone(), lost }
}

/// Why lines lost against the document `winner`.
fn outweighed(winner: &str, score: u8, plan: &Plan<'_>) -> String {
    match score_of(winner, plan) {
        sure if sure >= CERTAIN => format!("the structure of {winner} is certain ({sure})"),
        sure => format!("lines explain {score} %, below {ACCEPT} and below {winner} ({sure})"),
    }
}

fn score_of(name: &str, plan: &Plan<'_>) -> u8 {
    plan.candidates.iter().find(|one| one.name == name).map_or(0, |one| one.score)
}

/// Line formats that claim lines of which each is known better by another.
fn outdone(
    formats: &[&dyn Format],
    lines: &[Cow<'_, str>],
    owners: &[Option<&dyn Format>],
    plan: &Plan<'_>,
) -> Vec<Verdict> {
    let mut out = Vec::new();
    for format in formats.iter().filter(|f| !plan.candidates.iter().any(|one| one.name == f.name())) {
        let Some(reader) = as_lines(*format) else { continue };
        let mut better: Vec<&str> = Vec::new();
        let mut claimed = 0;
        for (_, owner) in lines.iter().zip(owners).filter(|(line, _)| reader.starts(line)) {
            claimed += 1;
            better.extend(owner.map(|owner| owner.name()).filter(|name| !better.contains(name)));
        }
        if claimed == 0 {
            continue;
        }
        out.push(Verdict {
            name: format.name().to_string(),
            score: percent(claimed, lines.len()),
            chosen: false,
            recognised: format!("could start {claimed} of {} lines sampled", lines.len()),
            lost: format!("each is known better by {}", better.join(", ")),
        });
    }
    out.sort_by_key(|verdict| std::cmp::Reverse(verdict.score));
    out
}
