//! What the evidence leaves open, and the sections that only people can write.

use serde::Serialize;

use super::edition::{ActionRow, actions};
use super::response::milestone_words;
use super::{Ctx, Refs};
use crate::model::{Audit, Incident, MilestoneKind, TimeBasis, Verdict};
use crate::report::text;

/// One open question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Lines that raise it; none when it is about something absent.
    pub refs: Refs,
}

/// A section for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PeopleSection {
    /// `root_cause`, `contributing_factors`, `went_well`, `went_badly`, `luck`, `action_items`.
    pub key: String,
    /// Heading.
    pub title: String,
    /// What belongs there.
    pub prompt: String,
    /// Paragraphs that people wrote; empty while nobody has.
    pub paragraphs: Vec<String>,
    /// What is to be done; in `action_items` only.
    pub actions: Vec<ActionRow>,
}

/// Key, heading and prompt of the sections for people.
const PEOPLE: [(&str, &str, &str); 6] = [
    ("root_cause", "Root cause", "What made this possible, in the words of those who know the system."),
    ("contributing_factors", "Contributing factors", "What made it worse, longer or harder to see."),
    ("went_well", "What went well", "What limited the harm, and should be kept."),
    ("went_badly", "What went badly", "What slowed detection, response or recovery."),
    ("luck", "Where we were lucky", "What could have made it worse, and did not."),
    ("action_items", "Action items", "Each with an owner, a date, and how it will be known to work."),
];

/// Sections for people, filled from what they wrote by key; sections of their own stand behind.
pub(super) fn people(incident: &Incident) -> Vec<PeopleSection> {
    let narrative = &incident.edition.narrative;
    let paragraphs = |key: &str| {
        let written = narrative.get(key).map_or("", String::as_str);
        written.split("\n\n").map(|p| text::line(p.trim())).filter(|p| !p.is_empty()).collect()
    };
    let known = PEOPLE.into_iter().map(|(key, title, prompt)| PeopleSection {
        key: key.into(),
        title: title.into(),
        prompt: prompt.into(),
        paragraphs: paragraphs(key),
        actions: if key == "action_items" { actions(incident) } else { Vec::new() },
    });
    let own = narrative.keys().filter(|key| !PEOPLE.iter().any(|(known, ..)| known == key));
    let own = own.map(|key| PeopleSection {
        key: format!("own-{}", key.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect::<String>()),
        title: titled(key),
        prompt: String::new(),
        paragraphs: paragraphs(key),
        actions: Vec::new(),
    });
    known.chain(own.filter(|section| !section.paragraphs.is_empty())).collect()
}

/// "Customer contact" of `customer_contact`.
fn titled(key: &str) -> String {
    let words = text::short(&key.replace('_', " "), 80);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Open questions, gravest first.
pub(super) fn open(ctx: &Ctx, audit: &Audit) -> Vec<Question> {
    let mut out = Vec::new();
    from_audit(ctx, audit, &mut out);
    from_conflicts(ctx, &mut out);
    from_absence(ctx, &mut out);
    from_clocks(ctx, &mut out);
    out
}

fn from_audit(ctx: &Ctx, audit: &Audit, out: &mut Vec<Question>) {
    let open = |v| matches!(v, Verdict::Contradiction | Verdict::Tension);
    for finding in audit.findings.iter().filter(|f| open(f.verdict)) {
        let says: Vec<String> = finding.sides.iter().map(|s| text::short(&s.says, 60)).collect();
        let about = if finding.subjects.is_empty() {
            String::new()
        } else {
            format!(" ({})", text::names(&finding.subjects, 3))
        };
        let evidence: Vec<_> = finding.sides.iter().flat_map(|s| s.evidence.clone()).collect();
        let asks = if says.len() > 1 {
            format!("Which is right{about}: {}?", says.join(" or "))
        } else {
            format!("How does this hold{about}: {}?", text::short(&finding.text, 160).trim_end_matches('.'))
        };
        out.push(Question { text: asks, refs: ctx.cites.of(&evidence) });
    }
}

fn from_conflicts(ctx: &Ctx, out: &mut Vec<Question>) {
    for step in ctx.incident.timeline.severity.steps.iter().filter(|s| !s.conflicts.is_empty()) {
        let times: Vec<String> = step.conflicts.iter().map(|(at, _)| ctx.times.at(at).text).collect();
        let mut evidence: Vec<_> = step.conflicts.iter().map(|(_, c)| c.clone()).collect();
        evidence.extend(step.evidence.iter().cloned());
        let (word, at) = (text::line(&step.to.word), ctx.times.at(&step.at).text);
        let text = format!("Was {word} set at {at} or {} UTC?", times.join(" or "));
        out.push(Question { text, refs: ctx.cites.of(&evidence) });
    }
    for m in ctx.incident.findings.milestones.iter().filter(|m| !m.conflicts.is_empty()) {
        let times: Vec<String> = m.conflicts.iter().map(|(at, _)| ctx.times.at(at).text).collect();
        let mut evidence: Vec<_> = m.conflicts.iter().map(|(_, c)| c.clone()).collect();
        evidence.extend(m.statement.evidence().iter().cloned());
        let (name, at) = (milestone_words(m.kind).1.to_lowercase(), ctx.times.at(&m.at).text);
        let text = format!("When was \u{201c}{name}\u{201d}: {at} or {} UTC?", times.join(" or "));
        out.push(Question { text, refs: ctx.cites.of(&evidence) });
    }
}

fn from_absence(ctx: &Ctx, out: &mut Vec<Question>) {
    let findings = &ctx.incident.findings;
    let asks = [
        (MilestoneKind::Detected, "Who or what noticed first? No alert, page or message in the evidence says."),
        (MilestoneKind::Acknowledged, "Who acknowledged, and when? The evidence shows no acknowledgement."),
        (MilestoneKind::CauseIdentified, "When was the cause known, and to whom? The evidence does not say."),
        (MilestoneKind::PublicNotice, "When were customers told? No public notice is in the evidence."),
        (MilestoneKind::Resolved, "When was it called resolved, and by whom? The evidence does not say."),
    ];
    if findings.milestones.is_empty() && ctx.incident.rates.incident.is_none() {
        return;
    }
    for (kind, question) in asks {
        if findings.milestone(kind).is_none() {
            out.push(Question { text: question.into(), refs: Refs::default() });
        }
    }
    for service in ctx.hurt() {
        if let Some(w) = service.impact.iter().find(|w| w.recovery.is_none()) {
            let text = format!("When did {} recover? Its evidence ends before.", text::line(&service.service));
            out.push(Question { text, refs: ctx.cites.of(&w.evidence) });
        }
    }
}

fn from_clocks(ctx: &Ctx, out: &mut Vec<Question>) {
    for source in &ctx.incident.sources {
        let path = text::line(&source.info.path);
        for clock in &source.clocks {
            let zone = text::line(&clock.zone);
            let text = match (&clock.ambiguity, clock.basis) {
                (Some(other), _) => format!("Is the clock of {path} {zone}? {}", text::line(other)),
                (None, TimeBasis::Assumed) => {
                    format!("Which zone are the stamps of {path} in? Nothing says, {zone} was assumed.")
                }
                _ => continue,
            };
            out.push(Question { text, refs: Refs::default() });
        }
    }
}
