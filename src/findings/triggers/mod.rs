//! What may have set it off: changes before the onset and what came from outside. Candidates, never
//! causes.
//!
//! A candidate gathers points for when it came, what it touches, what it changes, how that fits
//! the failing lines, and what happened when it was undone. Every point has its reason in words.

mod change;
mod classes;
mod effects;
mod external;
mod shifts;
mod signature;
#[cfg(test)]
mod tests;
mod undone;
mod values;
mod words;

use super::context::Context;
use crate::model::{Citation, Statement, Suspect, TriggerCandidate};
use change::Changes;
use signature::Signature;

/// Candidates kept.
const MOST: usize = 10;

/// Points that what a change does must have before it explains anything.
const EXPLAINS: i64 = 1;

/// A candidate with what the comparison needs to know.
struct Draft {
    candidate: TriggerCandidate,
    /// Points for what it does alone.
    mechanism: i64,
    /// Whether what it does can be seen.
    known: bool,
    /// Whether it shares telling words with the failing lines.
    says: bool,
}

/// Candidates, best first (a change that touches the first of the `suspects` counts for more), and the statement that no change explains the onset, when none does.
pub(super) fn of(context: &Context<'_>, suspects: &[Suspect]) -> (Vec<TriggerCandidate>, Option<Statement>) {
    if context.rates.incident.is_none() {
        return (Vec::new(), None);
    }
    let signature = Signature::new(context);
    let mut drafts = Changes::new(context, &signature, suspects).drafts();
    let changes = drafts.len();
    drafts.extend(external::of(context, &signature));
    drafts.sort_by(|a, b| {
        let (x, y) = (&a.candidate, &b.candidate);
        let better = y.score.cmp(&x.score).then(y.kind.is_external().cmp(&x.kind.is_external()));
        better
            .then(x.lead_s.abs().cmp(&y.lead_s.abs()))
            .then_with(|| (&x.event, x.statement.text()).cmp(&(&y.event, y.statement.text())))
    });
    let unexplained = unexplained(&drafts, changes);
    (drafts.into_iter().take(MOST).map(|d| d.candidate).collect(), unexplained)
}

/// Said when something from outside explains more than any change, or when every change can be seen
/// and none does anything that could have hurt so.
fn unexplained(drafts: &[Draft], changes: usize) -> Option<Statement> {
    let best = drafts.first()?;
    let name = |d: &Draft| {
        let text = d.candidate.statement.text();
        text.split_once(": ").map_or(text, |(_, rest)| rest).trim_end_matches('.').to_string()
    };
    if best.candidate.kind.is_external() {
        let text = format!("No change in evidence explains this better than what came from outside: {}.", name(best));
        return Statement::new(text, best.candidate.statement.evidence().to_vec()).ok();
    }
    let harmless = |d: &Draft| {
        let unseen_flag = !d.known && d.candidate.kind == crate::model::TriggerKind::ConfigChange && !d.says;
        (d.known && d.mechanism < EXPLAINS) || unseen_flag || d.candidate.score < EXPLAINS
    };
    if changes == 0 || !best.known || !drafts.iter().all(harmless) {
        return None;
    }
    let cited: Vec<Citation> =
        drafts.iter().take(4).filter_map(|d| d.candidate.statement.evidence().first().cloned()).collect();
    let text = format!(
        "No change in evidence explains this: what the {changes} changes before the onset do was read, and none takes away or alters what the failing speaks of."
    );
    Statement::new(text, cited).ok()
}
