//! What the evidence leaves open.

use serde::Serialize;

use super::response::milestone_words;
use super::{Ctx, Refs};
use crate::model::{Audit, AuditFinding, AuditKind, Milestone, MilestoneKind, SeverityStep, TimeBasis, Verdict};
use crate::report::text;

/// One open question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// The question.
    pub text: String,
    /// Lines that raise it; none when it is about something absent.
    pub refs: Refs,
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
        let says: Vec<String> = finding.sides.iter().map(|s| text::short(&s.says, 100)).collect();
        let evidence: Vec<_> = finding.sides.iter().flat_map(|s| s.evidence.clone()).collect();
        // A step of the severity that is dated twice is asked for below, with all who date it.
        let dated =
            finding.kind == AuditKind::Time && ctx.incident.timeline.severity.steps.iter().any(|s| told(s, finding));
        if dated {
            continue;
        }
        let asks = if says.len() > 1 {
            let about = asked(finding).unwrap_or_else(|| "Which is right".to_string());
            format!("{about}: {}?", says.join(", or "))
        } else {
            format!("How does this hold: {}?", text::short(&finding.text, 160).trim_end_matches('.'))
        };
        out.push(Question { text: asks, refs: ctx.cites.of(&evidence) });
    }
}

/// Whether a severity step asks what a finding does.
fn told(step: &SeverityStep, finding: &AuditFinding) -> bool {
    !step.conflicts.is_empty() && finding.text.starts_with(&step.to.word)
}

/// What two sides of a finding disagree about, as the beginning of a question.
fn asked(finding: &AuditFinding) -> Option<String> {
    let subjects = text::names(&finding.subjects, 3);
    let whose = if finding.subjects.is_empty() { "the incident".to_string() } else { subjects };
    let lasted = finding.text.contains(" stated ") || finding.text.starts_with("the incident: ");
    Some(match finding.kind {
        AuditKind::StatedDuration => format!("How long did {whose} last"),
        AuditKind::Evidence if finding.subjects.is_empty() && lasted => format!("How long did {whose} last"),
        AuditKind::Figure | AuditKind::Scope | AuditKind::Evidence => format!("How hard was {whose} hit"),
        AuditKind::Polarity => "Was anything lost".to_string(),
        AuditKind::Cause => "What was the cause".to_string(),
        AuditKind::Time => format!("When was it {}", finding.text.split('"').nth(1)?),
        AuditKind::Date => "On which day was it".to_string(),
        AuditKind::End => "When was it over".to_string(),
        AuditKind::Dependency => format!("What does {whose} depend on"),
        AuditKind::Order => "What came first".to_string(),
        _ => return None,
    })
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
    // What a step of the severity asked already is not asked again for the milestone it makes.
    let steps = &ctx.incident.timeline.severity.steps;
    let known = |m: &Milestone| steps.iter().any(|s| s.at == m.at && !s.conflicts.is_empty());
    for m in ctx.incident.findings.milestones.iter().filter(|m| !m.conflicts.is_empty() && !known(m)) {
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
