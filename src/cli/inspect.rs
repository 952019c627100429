//! `recount inspect`: what was read of every file, why, and whether the sums add up.

mod table;

use std::collections::BTreeSet;

use serde::Serialize;

use super::output::{fit, wrap};
use crate::clock::zone::offset_label;
use crate::model::{
    ClockDecision, ClockKind, Diagnostic, Evidence, Precision, Source, SourceId, TimeBasis, format_utc,
};

/// The JSON form: sources with formats, clocks and sums, and everything there is to say.
#[derive(Serialize)]
pub struct Inspection<'a> {
    sources: &'a [Source],
    /// Whether every source's frames and bytes add up.
    adds_up: bool,
    diagnostics: &'a [Diagnostic],
}

impl<'a> Inspection<'a> {
    /// What was read.
    pub fn of(evidence: &'a Evidence) -> Self {
        Inspection {
            sources: &evidence.sources,
            adds_up: evidence.sources.iter().all(|s| s.accounting.adds_up()),
            diagnostics: &evidence.diagnostics,
        }
    }
}

/// Files up to this number are told at length; more are told in a table, with what needs attention behind it.
const FEW: usize = 5;

/// What was read of every file, at most 80 columns wide; `all` tells all of it of many files too.
pub fn text(evidence: &Evidence, all: bool) -> String {
    let mut out = String::new();
    let few = evidence.sources.len() <= FEW;
    if !few {
        table::files(evidence, &mut out);
    }
    if few || all {
        paragraphs(evidence, &mut out);
    } else {
        table::remarks(evidence, &mut out);
    }
    let (files, bytes) = (evidence.sources.len(), evidence.sources.iter().map(|s| s.info.bytes).sum::<u64>());
    let wrong = evidence.sources.iter().filter(|s| !s.accounting.adds_up()).count();
    let sums = if wrong == 0 { "all sums add up".to_string() } else { format!("sums of {wrong} files DO NOT add up") };
    out.push_str(&format!("{files} files, {bytes} bytes, {} remarks; {sums}\n", evidence.diagnostics.len()));
    if !few && !all {
        out.push_str("-v tells formats, zones and sums of every file with their reasons\n");
    }
    out
}

/// A paragraph per source, then what is said of no source.
fn paragraphs(evidence: &Evidence, out: &mut String) {
    let same = evidence.copies();
    for source in &evidence.sources {
        paragraph(source, evidence, same.get(&source.id).copied(), out);
    }
    let read: BTreeSet<&str> = evidence.sources.iter().map(|s| s.info.path.as_str()).collect();
    let around: Vec<&Diagnostic> = evidence.diagnostics.iter().filter(|d| !read.contains(d.path.as_str())).collect();
    for (at, diagnostic) in around.iter().enumerate() {
        if at == 0 || around.get(at - 1).is_some_and(|above| above.path != diagnostic.path) {
            out.push_str(&format!("{}\n", fit(&diagnostic.path, 78)));
        }
        remark(diagnostic, out);
    }
    if !around.is_empty() {
        out.push('\n');
    }
}

fn paragraph(source: &Source, evidence: &Evidence, same: Option<SourceId>, out: &mut String) {
    out.push_str(&format!("{}  ({} bytes)\n", fit(&source.info.path, 62), source.info.bytes));
    if let Some(first) = same.and_then(|first| evidence.sources.get(first.0 as usize)) {
        out.push_str(&format!("  copy     {}\n", fit(&format!("same bytes as {}, counted once", first.info.path), 69)));
    }
    if source.formats.is_empty() {
        out.push_str("  format   not read\n");
    }
    for format in &source.formats {
        out.push_str(&format!("  format   {}\n", fit(&format!("{}: {}", format.name, format.reason), 69)));
    }
    for clock in &source.clocks {
        for line in zone_lines(clock) {
            out.push_str(&format!("  zone     {}\n", fit(&line, 69)));
        }
    }
    if let Some((from, to)) = source.covers_s {
        let at = |s: i64| format_utc(s * 1_000_000_000, Precision::Second);
        out.push_str(&format!("  covers   {} to {}\n", at(from), at(to)));
    }
    let sums = &source.accounting;
    out.push_str(&format!(
        "  frames   {} = {} records + {} continuation + {} blank + {} rejected\n",
        sums.total.frames,
        sums.records.frames,
        sums.continuation.frames,
        sums.blank.frames,
        sums.rejected_frames()
    ));
    for diagnostic in evidence.diagnostics.iter().filter(|d| d.path == source.info.path) {
        remark(diagnostic, out);
    }
    out.push('\n');
}

/// What there is to say and what to do about it.
fn remark(diagnostic: &Diagnostic, out: &mut String) {
    let line = diagnostic.line.map_or(String::new(), |n| format!("line {n}: "));
    let times = if diagnostic.count > 1 { format!(" ({} times)", diagnostic.count) } else { String::new() };
    let hint = if diagnostic.hint.is_empty() { String::new() } else { format!("; {}", diagnostic.hint) };
    for (i, part) in wrap(&format!("{line}{}{times}{hint}", diagnostic.message), 69).into_iter().enumerate() {
        out.push_str(&format!("  {}   {}\n", if i == 0 { "remark" } else { "      " }, fit(&part, 69)));
    }
}

/// Why a zone is what it is, in a word.
fn basis_word(basis: TimeBasis) -> &'static str {
    match basis {
        TimeBasis::Explicit => "written",
        TimeBasis::Declared => "declared",
        TimeBasis::Inferred => "inferred",
        TimeBasis::Assumed => "assumed",
    }
}

fn zone_lines(clock: &ClockDecision) -> Vec<String> {
    if clock.clock == ClockKind::Relative && clock.witnesses.is_empty() {
        return vec!["elapsed time only; not placed".to_string()];
    }
    let basis = basis_word(clock.basis);
    let offset = offset_label(clock.offset_s);
    let named = if clock.zone == offset || clock.zone == "UTC" {
        clock.zone.clone()
    } else {
        format!("{} ({offset})", clock.zone)
    };
    let mut lines = vec![format!("{named}, {basis}")];
    if clock.skew_ms != 0 {
        lines[0].push_str(&format!(", clock {:+.1} s, taken out", clock.skew_ms as f64 / 1000.0));
    }
    for witness in &clock.witnesses {
        lines.extend(
            wrap(&witness.says, 67)
                .into_iter()
                .enumerate()
                .map(|(i, l)| if i == 0 { format!("- {l}") } else { format!("  {l}") }),
        );
    }
    lines
}
