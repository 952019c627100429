//! `recount series`: when metrics changed, for people and for scripts.

use std::fmt::Write as _;

use serde::Serialize;

use super::output::fit;
use crate::error::Result;
use crate::model::{LevelChange, Precision, SeriesChanges, format_utc};

/// Longest name of a series that is shown, in characters.
const NAME: usize = 120;

/// The document that `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    series: &'a [SeriesChanges],
}

/// All series as one document.
///
/// # Errors
/// [`crate::error::Error::Internal`] when they cannot be written as JSON.
pub fn json(series: &[SeriesChanges]) -> Result<String> {
    super::json(&Document { series })
}

/// A number with four digits that count.
fn number(value: f64) -> String {
    let size = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    if (-4..15).contains(&size) {
        let text = format!("{value:.*}", usize::try_from(3 - size).unwrap_or(0));
        return if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text };
    }
    format!("{value:.3e}")
}

/// Time of day where it is the day of `near_ns`, else the whole stamp.
fn short(ns: i64, near_ns: i64) -> String {
    let (text, near) = (format_utc(ns, Precision::Second), format_utc(near_ns, Precision::Second));
    match (text.split_once('T'), near.split_once('T')) {
        (Some((day, time)), Some((same, _))) if day == same => time.to_string(),
        _ => text,
    }
}

fn line(what: &str, change: &LevelChange, out: &mut String) {
    let at = format_utc(change.at_ns, Precision::Second);
    let (from, to) = (short(change.from_ns, change.at_ns), short(change.to_ns, change.at_ns));
    let effect = change.effect.map_or(String::new(), |e| format!("  {} spreads", number(e)));
    let (before, after) = (number(change.level_before), number(change.level_after));
    let _ = writeln!(out, "  {what:16} {at}  [{from} .. {to}]  {before} -> {after}{effect}");
}

/// One paragraph for each series that changed, and how many did not.
pub fn text(all: &[SeriesChanges]) -> String {
    let mut out = String::new();
    let mut quiet = 0_usize;
    for series in all {
        if series.onsets.is_empty() && series.recoveries.is_empty() {
            quiet += 1;
            continue;
        }
        let labels: Vec<String> = series.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let name = fit(&format!("{}{labels}", series.name), NAME);
        let service = fit(series.service.as_deref().unwrap_or("-"), NAME);
        let _ = writeln!(out, "{service}  {name}  ({} points, every {} s)", series.points, number(series.step_s));
        let mut changes: Vec<(&str, &LevelChange)> = series.onsets.iter().map(|c| ("onset", c)).collect();
        changes.extend(series.recoveries.iter().map(|c| (if c.partial { "partial recovery" } else { "recovery" }, c)));
        changes.sort_by_key(|(_, c)| c.at_ns);
        changes.iter().for_each(|(what, change)| line(what, change, &mut out));
    }
    let _ = writeln!(out, "{} series, {quiet} without onset or recovery", all.len());
    out
}
