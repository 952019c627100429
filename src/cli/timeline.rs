//! `recount timeline` on a terminal.

use super::output::{fit, wrap};
use crate::model::{EventKind, Incident, Precision, Tier, TimelineEntry, format_utc};

/// Columns before a title, and before what continues it on further lines.
const INDENT: usize = 14;
/// Longest title shown, in characters; `--json` holds the whole.
const TITLE: usize = 400;

/// The severity ladder and the merged timeline: one entry a line, broken at blanks where a line
/// would be wider than `width` columns (when there is one).
pub fn text(incident: &Incident, all: bool, width: Option<usize>) -> String {
    let mut out = String::new();
    for step in &incident.timeline.severity.steps {
        let from = step.from.as_ref().map_or("none", |s| s.word.as_str());
        let mut told = format!("{} -> {}  {}", fit(from, 12), fit(&step.to.word, 12), step.at);
        for (at, citation) in &step.conflicts {
            told.push_str(&format!("  (but {at} in {})", fit(&incident.place(citation), 60)));
        }
        folded("severity", &told, width, &mut out);
    }
    if let Some(note) = &incident.timeline.severity.note {
        folded("severity", note, width, &mut out);
    }
    let entries = incident.timeline.shown();
    let shown = |e: &&&TimelineEntry| all || e.tier != Tier::Three;
    let mut day = String::new();
    for entry in entries.iter().filter(shown) {
        let date = format_utc(entry.at.utc_ns, Precision::Day);
        if date != day {
            out.push_str(&format!("\n{date} (UTC)\n"));
            day = date;
        }
        line(incident, entry, width, &mut out);
    }
    let by_hand = incident.timeline.hidden();
    if by_hand > 0 {
        out.push_str(&format!("\n{by_hand} hidden by recount.toml; --json holds them\n"));
    }
    let hidden = entries.iter().filter(|e| !shown(e)).count();
    if hidden > 0 {
        out.push_str(&format!("\n{hidden} less prominent entries; --all shows them\n"));
    }
    out
}

/// Why there is nothing to show; `None` when there is something.
pub fn nothing(incident: &Incident) -> Option<String> {
    let records: u64 = incident.sources.iter().map(|s| s.accounting.records.frames).sum();
    let empty = incident.timeline.shown().is_empty() && incident.timeline.severity.steps.is_empty();
    empty.then(|| format!("no events and no impact in {records} records from {} sources", incident.sources.len()))
}

fn line(incident: &Incident, entry: &TimelineEntry, width: Option<usize>, out: &mut String) {
    let stamp = entry.at.to_string();
    let time = stamp.get(11..).unwrap_or("").trim_end_matches('Z');
    let witnesses = match (entry.kind, entry.witnesses()) {
        (EventKind::Computed, _) => "computed from the data".to_string(),
        (_, 1) => "1 witness".to_string(),
        (_, n) => format!("{n} witnesses"),
    };
    let place = entry.evidence.first().map(|c| incident.place(c)).unwrap_or_default();
    let more = entry.title.chars().count().saturating_sub(TITLE);
    let more = if more > 0 { format!(" ({more} more characters; --json holds them)") } else { String::new() };
    folded(time, &format!("{}{more}  [{witnesses}; {}]", fit(&entry.title, TITLE), fit(&place, 60)), width, out);
    if let Some(read) = &entry.edit.title {
        folded("", &format!("read as: {}", fit(read, TITLE)), width, out);
    }
    if let Some(note) = &entry.edit.note {
        folded("", &format!("note: {}", fit(note, TITLE)), width, out);
    }
}

/// `words` behind `head`, on as many lines of `width` columns as it takes.
fn folded(head: &str, words: &str, width: Option<usize>, out: &mut String) {
    let room = width.map_or(usize::MAX, |w| w.saturating_sub(INDENT).max(20));
    for (i, part) in wrap(words, room).into_iter().enumerate() {
        let head = if i == 0 { head } else { "" };
        out.push_str(&format!("{head:12}  {part}\n"));
    }
}
