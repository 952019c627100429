//! Log records as a delimited table: a header names the columns, one of them is the time.
//!
//! Written by log platforms' exports and by hand.
//! Sample: `timestamp,level,service,message` and rows below it.
//! Yields one record a row; one with an HTTP status is a request.
//! Time: the column that the alias table knows as a time. A bracket in its title (`[UTC]`) or the
//! names of a platform that exports UTC are the zone.

use std::borrow::Cow;

use super::cells::{Delimiter, cells};
use crate::format::bind::{Sample, order_by_age};
use crate::format::fields::{self, Field, Fields, Value};
use crate::format::logs::{inner, object};
use crate::format::timestamp::{self, Count, DateOrder, Written};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};
use crate::model::{ClockKind, Level, Precision, RawTime};

/// Delimited tables of log records.
pub struct CsvLog;

const TITLE: &str = "log records as a CSV or TSV table with a header";

impl Format for CsvLog {
    fn name(&self) -> &str {
        "csv_log"
    }

    fn title(&self) -> &str {
        TITLE
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "timestamp,level,service,message\n2025-06-12T17:52:03.410Z,error,kv,\"read failed, giving up\"\n2025-06-12T17:52:04.002Z,info,kv,ok",
            "TimeGenerated [UTC]\tSeverityLevel\tMessage\n6/12/2025, 5:52:03.410 PM\terror\tread failed\n6/13/2025, 5:52:03.410 PM\terror\tread failed",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }

    fn bind(&self, sample: &Sample<'_>) -> Option<Box<dyn Format>> {
        Table::read(sample).map(|table| Box::new(table) as Box<dyn Format>)
    }
}

impl LineFormat for CsvLog {
    fn starts(&self, _line: &str) -> bool {
        false
    }

    fn decode(&self, _frame: &Frame<'_>, _sink: &mut dyn Sink) -> Result<(), Fault> {
        Err(Fault::new("expected a header line above the rows, found none"))
    }

    fn specificity(&self) -> u8 {
        70
    }
}

/// The table of one source.
struct Table {
    header: String,
    delimiter: Delimiter,
    /// Aliases of the fields the columns hold; empty for the others.
    keys: Vec<String>,
    /// Index of the time column.
    time: usize,
    /// Index of the column with the day of it, where the two stand apart.
    day: Option<usize>,
    written: Written,
    zone: Option<String>,
}

/// The alias a title stands for: as written, in lower case, with underscores, without its bracket.
fn alias(title: &str) -> Option<(Field, String)> {
    let bare = title.split(['[', '(']).next().unwrap_or("").trim();
    let lower = bare.to_ascii_lowercase();
    let under = lower.replace([' ', '-'], "_");
    let known = |key: &str| fields::field_of(key).map(|(field, _)| (field, key.to_string()));
    known(title).or_else(|| known(bare)).or_else(|| known(&lower)).or_else(|| known(&under)).or_else(|| {
        let field = match under.as_str() {
            "timegenerated" | "date_time" | "log_time" | "timestamp_utc" => "timestamp",
            "severitylevel" | "severity_level" | "log_level" | "entrytype" | "leveldisplayname" => "level",
            _ => return None,
        };
        known(field)
    })
}

impl Table {
    fn read(sample: &Sample<'_>) -> Option<Table> {
        let mut lines = sample.lines.iter().map(|line| &*line.text);
        let header = lines.next()?.trim_start_matches('\u{feff}');
        let delimiter = [',', ';', '\t', '|'].into_iter().max_by_key(|mark| header.matches(*mark).count())?;
        let delimiter = Delimiter::Quoted(delimiter);
        let titles: Vec<Cow<'_, str>> = cells(header, delimiter).collect();
        let found: Vec<Option<(Field, String)>> = titles.iter().map(|title| alias(title.trim())).collect();
        let has = |field: Field| found.iter().flatten().any(|(f, _)| *f == field);
        let traced = has(Field::Duration) && (has(Field::Trace) || has(Field::Request));
        let request = has(Field::Status) && (has(Field::Path) || has(Field::Method) || traced);
        if titles.len() < 2 || !(has(Field::Message) || has(Field::Level) || request) {
            return None;
        }
        let rows: Vec<&str> = lines.take(50).collect();
        let (time, day, written) = time_column(&found, &rows, delimiter, sample.modified_s)?;
        let zone = zone_of(titles.get(time)?, &titles);
        let insights = titles.iter().any(|title| title == "operation_Id");
        let key = |title: &str, found: Option<(Field, String)>| match title {
            "name" if insights => "operation".to_string(),
            holder if fields::is_parent(holder) && found.is_none() => holder.to_string(),
            _ => found.map_or(String::new(), |(_, key)| key),
        };
        let leveled = has(Field::Level);
        let mut keys: Vec<String> = titles.iter().zip(found).map(|(title, found)| key(title.trim(), found)).collect();
        if !leveled
            && let Some(at) = (0..keys.len()).find(|at| keys[*at].is_empty() && holds_levels(&rows, *at, delimiter))
        {
            keys[at] = "level".to_string();
        }
        Some(Table { header: header.to_string(), delimiter, keys, time, day, written, zone })
    }

    fn time_of(&self, line: &str) -> Option<RawTime> {
        let cell = |at: usize| cells(line, self.delimiter).nth(at);
        match self.day {
            Some(day) => stamp(&format!("{} {}", cell(day)?.trim(), cell(self.time)?.trim()), self.written),
            None => stamp(&cell(self.time)?, self.written),
        }
    }
}

/// Whether a column holds level words and nothing else.
fn holds_levels(rows: &[&str], at: usize, delimiter: Delimiter) -> bool {
    let mut cells = rows.iter().filter_map(|row| cells(row, delimiter).nth(at)).filter(|c| !c.is_empty()).peekable();
    cells.peek().is_some() && cells.all(|c| c.len() >= 3 && Level::of_word(&c).is_some())
}

/// Offers a cell, or the keys of the object that is written in it.
fn offer<'c>(fields: &mut Fields<'c>, key: &str, cell: Cow<'c, str>) {
    let holds = cell.starts_with('{') && (fields::is_text(key) || fields::is_parent(key));
    let within = |inner: &str| format!("{key}.{inner}");
    let mut inside = |inner: &str, value: Value<'_>| fields.offer(&within(inner), value.into_owned());
    if !holds || object::read(&cell, |inner| object::known(&within(inner)), &mut inside).is_err() {
        fields.offer(key, Value::Text(cell));
    }
}

/// The stamp in a cell.
fn stamp(cell: &str, written: Written) -> Option<RawTime> {
    written.read(cell).filter(|t| matches!(t.kind, ClockKind::Zoned | ClockKind::Naive))
}

/// The most trusted time column whose first rows hold stamps, the column of its day where that stands
/// apart, and how they are written.
fn time_column(
    found: &[Option<(Field, String)>],
    rows: &[&str],
    delimiter: Delimiter,
    modified_s: Option<i64>,
) -> Option<(usize, Option<usize>, Written)> {
    let timed = |at: usize| found.get(at).is_some_and(|f| f.as_ref().is_some_and(|(f, _)| *f == Field::Time));
    let rank = |at: &usize| found[*at].as_ref().and_then(|(_, key)| fields::field_of(key)).map_or(u16::MAX, |(_, r)| r);
    let mut columns: Vec<usize> = (0..found.len()).filter(|at| timed(*at)).collect();
    columns.sort_by_key(rank);
    let cells_of =
        |at: usize| -> Vec<Cow<'_, str>> { rows.iter().filter_map(|row| cells(row, delimiter).nth(at)).collect() };
    let all = |at: usize, is: fn(RawTime) -> bool| {
        let column = cells_of(at);
        !column.is_empty() && column.iter().all(|c| timestamp::whole(c).is_some_and(is))
    };
    let clocks = |at: &usize| all(*at, |t| t.kind == ClockKind::TimeOnly);
    // Beside days alone, a column of times of day belongs to them whatever its title.
    let days = || columns.iter().all(|at| all(*at, |t| t.precision == Precision::Day) || ordered_days(&cells_of(*at)));
    let clock = columns.iter().copied().find(clocks);
    let clock = clock.or_else(|| (0..found.len()).filter(|_| !columns.is_empty() && days()).find(clocks));
    let joined = clock.and_then(|clock| {
        columns.iter().filter(|day| **day != clock).find_map(|day| {
            let pairs = cells_of(*day).into_iter().zip(cells_of(clock));
            let column: Vec<Cow<'_, str>> =
                pairs.map(|(day, clock)| format!("{} {}", day.trim(), clock.trim()).into()).collect();
            written_in(&column, modified_s).map(|written| (clock, Some(*day), written))
        })
    });
    joined.or_else(|| {
        columns.iter().find_map(|at| written_in(&cells_of(*at), modified_s).map(|written| (*at, None, written)))
    })
}

/// Whether every cell is a day in one order or another.
fn ordered_days(column: &[Cow<'_, str>]) -> bool {
    let orders = [DateOrder::MonthFirst, DateOrder::DayFirst];
    let day = |cell: &str, order| {
        timestamp::whole_in_order(cell.trim(), order).is_some_and(|t| t.precision == Precision::Day)
    };
    !column.is_empty() && orders.into_iter().any(|order| column.iter().all(|cell| day(cell, order)))
}

/// The order of day and month that numbers above twelve show in some of the cells.
fn shown_order(column: &[Cow<'_, str>]) -> Option<DateOrder> {
    let first_two = |cell: &Cow<'_, str>| -> Option<(u32, u32)> {
        let mut parts = cell.trim().split(['/', '.', '-']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let dates = || column.iter().filter_map(first_two).filter(|(a, b)| (1..=31).contains(a) && (1..=31).contains(b));
    match (dates().any(|(a, _)| a > 12), dates().any(|(_, b)| b > 12)) {
        (true, false) => Some(DateOrder::DayFirst),
        (false, true) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// How a column writes its stamps. An order of dates that neither the rows nor the day the file was
/// written show is not guessed.
fn written_in(column: &[Cow<'_, str>], modified_s: Option<i64>) -> Option<Written> {
    let held = |written: &Written| column.iter().filter(|cell| stamp(cell, *written).is_some()).count();
    let orders = [DateOrder::YearFirst, DateOrder::MonthFirst, DateOrder::DayFirst].map(Written::Ordered);
    let ways = || std::iter::once(Written::Plain).chain(orders);
    let most = ways().map(|way| held(&way)).max().unwrap_or(0);
    if most == 0 {
        return Count::of(column.iter().map(|cell| &**cell)).map(Written::Counted);
    }
    if let Some(way) = shown_order(column).map(Written::Ordered).filter(|way| held(way) == most) {
        return Some(if held(&Written::Plain) == most { Written::Plain } else { way });
    }
    let mut fitting = ways().filter(|way| held(way) == most);
    let written = fitting.next()?;
    if written == Written::Plain || fitting.next().is_none() {
        return Some(written);
    }
    let seconds = |way| column.iter().filter_map(move |cell| stamp(cell, way)).map(|t| t.key_ns() / 1_000_000_000);
    // Exports run either way.
    order_by_age(modified_s, |order| seconds(Written::Ordered(order)).max()).map(Written::Ordered)
}

/// The zone that titles state.
fn zone_of(title: &str, titles: &[Cow<'_, str>]) -> Option<String> {
    let bracket = title.split_once(['[', '(']).map(|(_, rest)| rest.trim_end_matches([']', ')']).trim());
    let insights = title == "@timestamp" && titles.iter().any(|t| matches!(&**t, "@message" | "@ptr" | "@logStream"));
    let utc = insights || title.to_ascii_lowercase().ends_with("utc");
    bracket.filter(|zone| *zone == "UTC" || *zone == "GMT").map(str::to_string).or(utc.then(|| "UTC".to_string()))
}

impl Format for Table {
    fn name(&self) -> &str {
        "csv_log"
    }

    fn title(&self) -> &str {
        TITLE
    }

    fn samples(&self) -> Vec<&str> {
        Vec::new()
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }
}

impl LineFormat for Table {
    fn starts(&self, line: &str) -> bool {
        self.heading(line) || self.time_of(line).is_some()
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let time = self.time_of(frame.text).ok_or(Fault::new("expected a stamp in the time column, found none"))?;
        let mut fields = Fields::default();
        let row = self.keys.iter().zip(cells(frame.text, self.delimiter)).enumerate();
        for (_, (key, cell)) in
            row.filter(|(at, (key, _))| *at != self.time && Some(*at) != self.day && !key.is_empty())
        {
            offer(&mut fields, key, cell);
        }
        let mut record = fields.into_record();
        record.time = Some(time);
        if let Some(zone) = self.zone.as_deref().filter(|_| time.kind == ClockKind::Naive) {
            sink.zone_note(zone, frame);
        }
        inner::hand_on(record, false, frame.text, frame, sink);
        Ok(())
    }

    /// Tables of database shells have a blank before every row.
    fn begins_indented(&self, line: &str) -> bool {
        self.header.starts_with(' ') && self.starts(line)
    }

    fn heading(&self, line: &str) -> bool {
        line == self.header
    }

    /// A quoted cell may hold line ends.
    fn multiline(&self) -> bool {
        true
    }

    fn specificity(&self) -> u8 {
        70
    }
}
