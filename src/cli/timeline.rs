//! `recount timeline` on a terminal.

use super::output::fit;
use crate::model::{Incident, Precision, Tier, TimelineEntry, format_utc};

/// Longest title on a line of 80 columns beside time, kind and witnesses.
const TITLE: usize = 96;

/// The severity ladder and the merged timeline, one entry a line.
pub fn text(incident: &Incident, all: bool) -> String {
    let mut out = String::new();
    for step in &incident.timeline.severity.steps {
        let from = step.from.as_ref().map_or("none", |s| s.word.as_str());
        out.push_str(&format!("severity  {from} -> {}  {}", fit(&step.to.word, 12), step.at));
        for (at, citation) in &step.conflicts {
            out.push_str(&format!("  (but {at} in {})", fit(&incident.place(citation), 60)));
        }
        out.push('\n');
    }
    if let Some(note) = &incident.timeline.severity.note {
        out.push_str(&format!("severity  {note}\n"));
    }
    let shown = |e: &&TimelineEntry| all || e.tier != Tier::Three;
    let mut day = String::new();
    for entry in incident.timeline.entries.iter().filter(shown) {
        let date = format_utc(entry.at.utc_ns, Precision::Day);
        if date != day {
            out.push_str(&format!("\n{date} (UTC)\n"));
            day = date;
        }
        out.push_str(&line(incident, entry));
    }
    let hidden = incident.timeline.entries.iter().filter(|e| !shown(e)).count();
    if hidden > 0 {
        out.push_str(&format!("\n{hidden} less prominent entries; --all shows them\n"));
    }
    out
}

fn line(incident: &Incident, entry: &TimelineEntry) -> String {
    let stamp = entry.at.to_string();
    let time = stamp.get(11..).unwrap_or("").trim_end_matches('Z');
    let witnesses = match entry.witnesses() {
        1 => "1 witness".to_string(),
        n => format!("{n} witnesses"),
    };
    let place = entry.evidence.first().map(|c| incident.place(c)).unwrap_or_default();
    format!("{time:12}  {}  [{witnesses}; {}]\n", fit(&entry.title, TITLE), fit(&place, 60))
}
