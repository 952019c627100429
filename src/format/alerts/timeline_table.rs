//! Timelines kept as tables: the CSV that incident tools export, or a copied spreadsheet.
//!
//! What writes it: Netflix Dispatch (`Time (UTC)`, `Description`, `Owner`), other incident tools, people.
//! Yields: one event per row with a time; severity and state where the description changes one.
//! Time: the zone stands in the head of the column; a date may stand alone on its own row, or in a
//! column of its own, and then holds for the times below it.

use crate::format::chat::severity::step;
use crate::format::json_value::{Stamp, actor, event};
use crate::format::metrics::rows::{Dialect, Row, rows};
use crate::format::{
    Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink, timestamp,
};
use crate::model::{ActorKind, ClockKind, EventKind, Precision, RawTime};

/// Timelines as tables.
pub struct TimelineTable;

/// Heads of the column with the times.
const TIME: &[&str] = &["time", "timestamp", "when", "date/time", "datetime", "date time"];
/// Heads of the column with what happened.
const TEXT: &[&str] = &[
    "description",
    "event",
    "what happened",
    "what",
    "entry",
    "action",
    "note",
    "notes",
    "details",
    "activity",
    "update",
];
/// Heads of the column with who did it.
const WHO: &[&str] = &["owner", "who", "actor", "author", "by", "person", "responder"];
/// Heads of other columns that a timeline may have.
const OTHER: &[&str] =
    &["date", "day", "source", "link", "links", "evidence", "type", "category", "phase", "comment", "#"];

impl Format for TimelineTable {
    fn name(&self) -> &str {
        "timeline_table"
    }

    fn title(&self) -> &str {
        "incident timeline as a table: a time, a description, an owner"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "Time (UTC),Description,Owner\n2025-06-12,,\n17:52:40,Incident created,On-call\n18:21:00,changed the incident priority to P0,Commander\n",
            "Date\tTime (PDT)\tWhat happened\n2025-06-12\t10:52\talarms go off\n2025-06-12\t11:05\tP1 declared\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

/// Where the columns are.
#[derive(Debug, Default)]
struct Columns {
    time: usize,
    date: Option<usize>,
    text: usize,
    who: Option<usize>,
    zone: Option<String>,
}

impl Columns {
    /// The columns that a head names; `None` when one is missing or another has a name of its own.
    fn of(head: &Row<'_>) -> Option<Columns> {
        let cells: Vec<String> =
            head.cells.iter().map(|cell| cell.trim().trim_matches('\u{feff}').to_string()).collect();
        let plain: Vec<String> =
            cells.iter().map(|cell| cell.split('(').next().unwrap_or("").trim().to_lowercase()).collect();
        let find = |names: &[&str]| plain.iter().position(|cell| names.contains(&cell.as_str()));
        let all = [TIME, TEXT, WHO, OTHER];
        let known = plain.iter().all(|cell| cell.is_empty() || all.iter().any(|names| names.contains(&cell.as_str())));
        let time = find(TIME).filter(|_| known)?;
        let zone = cells.get(time)?.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(zone, _)| zone);
        Some(Columns {
            time,
            date: find(&["date", "day"]),
            text: find(TEXT)?,
            who: find(WHO),
            zone: zone.map(|z| z.trim().to_string()).filter(|z| !z.is_empty()),
        })
    }
}

impl DocumentFormat for TimelineTable {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let first = head.text.lines().find(|line| !line.trim().is_empty())?;
        if first.len() > 300 || first.starts_with(['{', '[', '<', '#']) {
            return None;
        }
        let dialect = Dialect::of(head.text)?;
        let mut rows = rows(head.text, &dialect);
        let columns = Columns::of(&rows.next()?)?;
        let sample: Vec<Row<'_>> = rows.take(30).collect();
        let timed = sample.iter().filter(|row| timestamp::whole(row.cell(columns.time)).is_some()).count();
        let score = if columns.zone.is_some() || columns.who.is_some() || columns.date.is_some() { 92 } else { 60 };
        (timed > 0 && timed * 2 >= sample.len())
            .then(|| Claimed::new(score, "columns of times and of what happened, timed rows"))?
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let none = || Fault::new("expected a table with a time column, found none");
        let dialect = Dialect::of(document.text).ok_or_else(none)?;
        let mut rows = rows(document.text, &dialect);
        let head = rows.next().ok_or_else(none)?;
        let columns = Columns::of(&head).ok_or_else(none)?;
        let frame = document.frame(head.raw);
        if let Some(zone) = &columns.zone {
            // Both halves of a year: the zone's name stands for both.
            let named = match zone.as_str() {
                "PST/PDT" => "America/Los_Angeles",
                "EST/EDT" => "America/New_York",
                "CST/CDT" => "America/Chicago",
                "MST/MDT" => "America/Denver",
                other => other,
            };
            sink.zone_note(named, &frame);
        }
        sink.account(FrameClass::Blank, &frame);
        let mut day = None;
        for row in rows {
            let frame = document.frame(row.raw);
            match read_row(&row, &columns, &mut day, &frame, sink) {
                Ok(class) => sink.account(class, &frame),
                Err(fault) => sink.reject(&fault.reason, &frame),
            }
        }
        Ok(())
    }
}

/// A date without a time.
fn day_of(cell: &str) -> Option<RawTime> {
    timestamp::whole(cell).filter(|t| t.precision == Precision::Day)
}

fn read_row(
    row: &Row<'_>,
    columns: &Columns,
    day: &mut Option<RawTime>,
    frame: &Frame<'_>,
    sink: &mut dyn Sink,
) -> Result<FrameClass, Fault> {
    if let Some(dated) = columns.date.and_then(|at| day_of(row.cell(at))) {
        *day = Some(dated);
    }
    let (raw, said) = (row.cell(columns.time), row.cell(columns.text));
    if let Some(dated) = day_of(raw).filter(|_| said.is_empty()) {
        *day = Some(dated);
        return Ok(FrameClass::Blank);
    }
    if row.cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(FrameClass::Blank);
    }
    let time = timestamp::whole(raw).ok_or_else(|| Fault::new("expected a time in its column, found none"))?;
    let time = match (time.kind, *day) {
        (ClockKind::TimeOnly, Some(day)) => RawTime::unzoned(day.kind, day.wall_ns + time.wall_ns, time.precision),
        (ClockKind::TimeOnlyZoned, Some(day)) => RawTime::zoned(day.wall_ns + time.wall_ns, 0, time.precision),
        _ => time,
    };
    let found = step(said);
    let who = columns.who.map(|at| row.cell(at)).filter(|who| !who.is_empty());
    let kind = match (&found.severity, found.status, who) {
        (Some(_), ..) => EventKind::SeverityChange,
        (None, Some(_), _) => EventKind::StatusChange,
        (None, None, Some(_)) => EventKind::HumanAction,
        _ => EventKind::Annotation,
    };
    let mut made = event(kind, &Stamp { time, raw: raw.to_string() }, said, frame);
    made.actor = who.and_then(|who| actor(who, ActorKind::Human));
    made.severity = found.severity;
    made.status = found.status.map(str::to_string);
    if made.title != said {
        made.text = said.to_string();
    }
    sink.event(made);
    Ok(FrameClass::Record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&TimelineTable);
    }

    #[test]
    fn a_date_on_its_own_row_holds_for_the_times_below() {
        let got = collect::read(&TimelineTable, TimelineTable.samples()[0]);
        assert_eq!((got.zones, got.blank), (vec!["UTC".to_string()], 2));
        assert_eq!(got.events[0].at.key_s(), 1_749_750_760);
        assert_eq!(got.events[0].at.kind, ClockKind::Naive);
        assert_eq!(got.events[1].severity.as_ref().unwrap().to.word, "P0");
    }

    #[test]
    fn logs_and_metrics_as_tables_are_not_claimed() {
        for text in [
            "time,level,message\n2025-06-12 17:52:00,INFO,a\n",
            "time,description,value\n2025-06-12 17:52:00,x,1\n",
            "timestamp,event,status_code\n2025-06-12 17:52:00,x,500\n",
        ] {
            assert!(collect::claim(&TimelineTable, text).is_none(), "{text}");
        }
    }
}
