//! What the records and the lines around them tell of a source's clock, kept beside the counts.

use chrono::Weekday;

use super::anchors;
use super::open::Open;
use crate::format::{Frame, timestamp};
use crate::model::{
    ClockKind, Diagnostic, DiagnosticKind, Exemplar, Fold, LogRecord, Precision, RawTime, SourceEvidence, Span,
};

const NANOS: i64 = 1_000_000_000;
/// Lines at the beginning of a source whose records are searched for second stamps, …
const FIRST_LINES: u64 = 256;
/// … and of the lines after them, every so many-th. Decided by the number of the line alone, so that
/// the sample does not depend on how the file was cut.
const EVERY: u64 = 61;
/// Distinct names of zones kept per fold; so many mean that the field is not the writer's.
const MAX_FIELDS: usize = 16;
/// Lines above the records that may state a zone or a date.
const HEADER_LINES: usize = 40;

/// Keeps what a record says of the clock of the fold it is counted in: `at` is its stamp, `start` when its work began.
pub(super) fn note(
    open: &mut Open,
    record: &LogRecord<'_>,
    at: RawTime,
    start: RawTime,
    observed: Option<RawTime>,
    frame: &Frame<'_>,
) {
    if at.kind == ClockKind::Zoned {
        open.offset(at.offset_s);
    }
    let fold = &mut open.fold;
    if let Some(outer) = observed.filter(|o| o.kind == ClockKind::Zoned && record.time.is_some()) {
        let utc = outer.key_ns();
        fold.observed = Some(fold.observed.map_or((utc, utc), |(a, b)| (a.min(utc), b.max(utc))));
        fold.wrapper.add(difference_s(at, utc));
    }
    if let Some(host) = &record.host {
        fold.note_host(host);
    }
    if is_sampled(frame) && matches!(at.kind, ClockKind::Naive | ClockKind::YearLess | ClockKind::TimeOnly) {
        beside(fold, at, frame.text);
    }
    if at.kind == ClockKind::Relative && is_sampled(frame) && tells_the_time(frame.text) {
        beside(fold, at, frame.text);
    }
    // One source may stamp the start of a request and another its end: both are compared by the start.
    let start = start.key_ns();
    let mut named = false;
    for id in [&record.request_id, &record.trace_id].into_iter().flatten() {
        open.id(id, start);
        named = true;
    }
    if !named {
        anchors::ids(&record.body, &mut |id| open.id(id, start));
    }
}

/// The zone that is written behind the stamp of a record without zone: an abbreviation with several
/// meanings, a name, or an offset where no year makes it an instant. Of the same sample of records.
pub(super) fn label<'a>(at: RawTime, frame: &Frame<'a>) -> Option<&'a str> {
    let unzoned = matches!(at.kind, ClockKind::Naive | ClockKind::YearLess | ClockKind::TimeOnly);
    if !unzoned || !is_sampled(frame) {
        return None;
    }
    let written = timestamp::locate(frame.text.lines().next()?, at)?;
    timestamp::zone_label(written)
}

/// What to say of a record of the sample whose stamp names a weekday that its date does not have.
pub(super) fn weekday(at: RawTime, frame: &Frame<'_>) -> Option<Diagnostic> {
    let odd = is_sampled(frame).then(|| timestamp::odd_weekday(frame.text, at)).flatten()?;
    let message =
        format!("expected {} for {}, found {}", odd.date.format("%A"), odd.date.format("%-d %B %Y"), full(odd.found));
    let fits =
        odd.fitting_year().map(|year| format!(" ({} is a {} in {year})", odd.date.format("%-d %B"), full(odd.found)));
    let hint = format!(
        "read as the date says; the year may be wrong{}, or the stamp was written by hand: compare with other files",
        fits.unwrap_or_default()
    );
    Some(Diagnostic::new(DiagnosticKind::Clock, "", message).at_line(frame.span.line).hint(hint))
}

/// The whole name of a weekday.
fn full(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// Whether a record is one of the sample.
fn is_sampled(frame: &Frame<'_>) -> bool {
    frame.span.line <= FIRST_LINES || frame.span.line.is_multiple_of(EVERY)
}

/// Wall clock of `at` minus an instant, to the nearest second: an inner stamp two milliseconds older
/// is not a second older. The instant counts as it would have been written with the digits of `at`: whole
/// seconds beside finer ones would seem half a second behind.
fn difference_s(at: RawTime, utc_ns: i64) -> i64 {
    let width_ns = if at.precision == Precision::Second { NANOS } else { 1 };
    let utc_ns = utc_ns.div_euclid(width_ns) * width_ns;
    let difference_ns = at.wall_near(utc_ns) - i64::from(at.offset_s) * NANOS - utc_ns;
    (difference_ns + NANOS / 2).div_euclid(NANOS)
}

/// Whether a line that is stamped with elapsed time speaks of the clock at that moment, and not of when
/// the program was built.
fn tells_the_time(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let clock = ["clock", "boot", "start", "now", "current time", "local time", "date"];
    clock.iter().any(|word| text.contains(word))
        && !["version", "built", "build"].iter().any(|word| text.contains(word))
}

/// Second stamps and zone fields in the text of a record without zone.
fn beside(fold: &mut Fold, at: RawTime, text: &str) {
    fold.sampled += 1;
    for second in timestamp::zoned_stamps(text) {
        fold.beside.add(difference_s(at, second.key_ns()));
    }
    if let Some(zone) = timestamp::zone_field(text) {
        let known = fold.zone_fields.contains_key(zone);
        if known || fold.zone_fields.len() < MAX_FIELDS {
            *fold.zone_fields.entry(zone.to_string()).or_default() += 1;
        }
    }
}

/// Adds what the first lines of a text state for all of it: the zone of its times, a full date.
pub(super) fn header(source: &mut SourceEvidence, text: &str) {
    let mut offset = 0;
    for (number, raw) in (1..).zip(text.split_inclusive('\n').take(HEADER_LINES)) {
        let line = raw.trim_end();
        let len = u32::try_from(raw.len()).unwrap_or(u32::MAX);
        let exemplar = || Exemplar::new(Span { line: number, lines: 1, offset, len }, line);
        if let Some(zone) = timestamp::stated_zone(line)
            && !source.zone_notes.iter().any(|(known, _)| known == zone)
        {
            source.zone_notes.push((zone.to_string(), exemplar()));
        }
        if source.dated_head.is_none() {
            source.dated_head = timestamp::stated_date(line).map(|at| (at, exemplar()));
        }
        offset += raw.len() as u64;
    }
}
