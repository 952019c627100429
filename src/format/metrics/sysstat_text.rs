//! sysstat as people read it: what `sar`, `mpstat`, `pidstat` and `iostat -t` print.
//!
//! Sample: `Linux 5.15.0 (edge7)  2025-06-12  _x86_64_  (4 CPU)`, a blank line, titles behind a time, rows.
//! Yields: a sample per number; the first columns of words are labels. `Average:` rows and titles are none.
//! Time: the date of the banner (of the block for iostat) and the time of the row, of no zone; the end of
//! the interval. A time that falls back is of the next day. A date that could be two days is none, and
//! the first report of iostat is left out: it covers the time since the machine came up.
//! Reference: sysstat/sysstat `man/sar.in`, `man/iostat.in`.

use super::json_series::number;
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::bind::order_by_age;
use crate::format::json_elements::Part;
use crate::format::timestamp::{self, DateOrder};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};
use crate::model::{ClockKind, Diagnostic, DiagnosticKind, PointStamp, Precision, RawTime};

/// sysstat's printed reports.
pub struct SysstatText;

impl Format for SysstatText {
    fn name(&self) -> &str {
        "sysstat_text"
    }

    fn title(&self) -> &str {
        "printed reports of sysstat (`sar`, `mpstat`, `pidstat`, `iostat -t`)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "Linux 5.15.0 (edge7) \t2025-06-12 \t_x86_64_\t(4 CPU)\n\n17:50:01        CPU     %user     %idle\n17:51:01        all      3.21     95.58\nAverage:        all      3.21     95.58\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

const HOUR: i64 = 3_600_000_000_000;
const DAY: i64 = 24 * HOUR;

/// Columns of words and numbers that tell rows of one moment apart.
const NAMING: &[&str] = &[
    "cpu",
    "dev",
    "iface",
    "intr",
    "device",
    "filesystem",
    "tty",
    "fan",
    "temp",
    "in",
    "bus",
    "uid",
    "pid",
    "tgid",
    "tid",
    "command",
    "mount",
];

/// The banner above a report: which machine, and the day.
struct Banner<'t> {
    host: &'t str,
    day: Option<&'t str>,
}

/// `Linux 5.15.0 (edge7)  06/12/25  _x86_64_  (4 CPU)`.
fn banner(line: &str) -> Option<Banner<'_>> {
    let rest = line.strip_prefix("Linux ")?;
    let (_, rest) = rest.split_once(" (")?;
    let (host, rest) = rest.split_once(')')?;
    let mut words = rest.split_whitespace();
    let day = words.next()?;
    words.next().is_some_and(|arch| arch.len() > 2 && arch.starts_with('_') && arch.ends_with('_')).then_some(())?;
    Some(Banner { host, day: day.starts_with(|c: char| c.is_ascii_digit()).then_some(day) })
}

impl DocumentFormat for SysstatText {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let first = head.text.lines().find(|line| !line.trim().is_empty())?;
        banner(first.trim())?;
        Claimed::new(96, "the banner of sysstat: kernel, host, date, architecture")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut report = Report::new(document);
        let mut found = Found::default();
        let mut rows = Vec::new();
        for frame in document.lines() {
            match report.line(frame.text, &mut found) {
                Some(values) => {
                    let at = Part { text: frame.text, complete: true };
                    rows.push(Row { at, time: report.time, values });
                }
                None => sink.account(FrameClass::Blank, &frame),
            }
        }
        if rows.is_empty() && report.blocks == 0 && !report.titles.is_empty() {
            return Err(Fault::new("expected a time beside the rows, found none; record with `-t`"));
        }
        if let Some(day) = report.doubtful {
            let message = format!("expected a date that means one day, found {day}: day or month first");
            let hint = "export with S_TIME_FORMAT=ISO, or as `sadf -d`";
            sink.diagnostic(Diagnostic::new(DiagnosticKind::Incomplete, "", message).hint(hint));
        }
        Points::of(document, sink).rows(found.all(), &rows);
        Ok(())
    }
}

/// What the lines above say of the next one.
struct Report<'t> {
    host: &'t str,
    order: Option<DateOrder>,
    /// When the file was last written, in seconds since 1970.
    modified_s: Option<i64>,
    /// The day of the rows; it moves on when their times fall back.
    day: Option<RawTime>,
    last_ns: i64,
    /// The stamp of the rows being read.
    time: Option<RawTime>,
    titles: Vec<&'t str>,
    /// Blocks of a report whose rows have no time of their own.
    blocks: usize,
    doubtful: Option<&'t str>,
}

impl<'t> Report<'t> {
    fn new(document: &Document<'_>) -> Report<'t> {
        // Only people who write the month first write the half of the day beside it.
        let half = document
            .text
            .lines()
            .take(200)
            .any(|l| l.split_whitespace().nth(1).is_some_and(|w| w == "AM" || w == "PM"));
        let order = half.then_some(DateOrder::MonthFirst);
        Report {
            host: "",
            order,
            modified_s: document.modified_s,
            day: None,
            last_ns: 0,
            time: None,
            titles: Vec::new(),
            blocks: 0,
            doubtful: None,
        }
    }

    /// The numbers of a row; `None` for a line that is none.
    fn line(&mut self, line: &'t str, found: &mut Found) -> Option<Vec<(usize, Reading)>> {
        let text = line.trim();
        if let Some(banner) = banner(text) {
            self.host = banner.host;
            self.day = banner.day.and_then(|day| self.day_of(day));
            (self.last_ns, self.time) = (0, None);
            self.titles.clear();
            return None;
        }
        if text.is_empty() || text.starts_with("Average:") || text.contains("RESTART") {
            return None;
        }
        if let Some(time) = self.block(text) {
            (self.time, self.blocks) = (Some(time), self.blocks + 1);
            self.titles.clear();
            return None;
        }
        let (clock, cells) = self.cells(text);
        if !cells.iter().any(|cell| numeric(cell)) {
            self.titles = cells;
            return None;
        }
        if let Some(clock) = clock {
            self.step(clock);
        }
        // The first block of iostat tells of the time since the machine came up.
        if cells.len() != self.titles.len() || (clock.is_none() && self.blocks < 2) {
            return None;
        }
        Some(self.values(&cells, found))
    }

    /// The time of day that begins a line, and the cells behind it; iostat's titles stand first, `avg-cpu:`
    /// above a row that has one cell less.
    fn cells(&self, text: &'t str) -> (Option<RawTime>, Vec<&'t str>) {
        let stamp = timestamp::prefix(text).filter(|(time, _)| time.kind == ClockKind::TimeOnly);
        let (clock, rest) = match stamp {
            Some((time, len)) => (Some(time), text.get(len..).unwrap_or("")),
            None => (None, text.strip_prefix("avg-cpu:").unwrap_or(text)),
        };
        (clock, rest.split_whitespace().map(|cell| cell.trim_end_matches(':')).collect())
    }

    /// The stamp of a whole block, which stands on a line of its own.
    fn block(&mut self, text: &'t str) -> Option<RawTime> {
        let plain = timestamp::whole(text).filter(|t| matches!(t.kind, ClockKind::Naive | ClockKind::Zoned));
        if let Some(time) = plain {
            return (time.precision >= Precision::Second).then_some(time);
        }
        let (day, clock) = text.split_once(' ')?;
        let clock = timestamp::whole(clock).filter(|t| t.kind == ClockKind::TimeOnly)?;
        let day = self.day_of(day)?;
        Some(RawTime::unzoned(ClockKind::Naive, day.wall_ns + clock.wall_ns, clock.precision))
    }

    fn day_of(&mut self, text: &'t str) -> Option<RawTime> {
        let is_day = |t: &RawTime| t.kind == ClockKind::Naive && t.precision == Precision::Day;
        let ways = [DateOrder::MonthFirst, DateOrder::DayFirst];
        let read = |order| timestamp::whole_in_order(text, order).filter(is_day);
        let plain = timestamp::whole(text).filter(is_day);
        let day = plain.or_else(|| self.order.and_then(read)).or_else(|| match ways.map(read) {
            [Some(a), Some(b)] if a != b => {
                // A report is copied out within days of the day it is of.
                let age = |order| Some(read(order)?.wall_ns / 1_000_000_000);
                order_by_age(self.modified_s, age).and_then(read)
            }
            [a, b] => a.or(b),
        });
        if day.is_none() {
            self.doubtful = Some(text);
        }
        day
    }

    /// Goes on to the time of day of a row.
    fn step(&mut self, clock: RawTime) {
        if clock.wall_ns + HOUR < self.last_ns {
            self.day = self.day.map(|day| RawTime { wall_ns: day.wall_ns + DAY, ..day });
        }
        self.last_ns = clock.wall_ns;
        self.time = self.day.map(|day| RawTime::unzoned(day.kind, day.wall_ns + clock.wall_ns, clock.precision));
    }

    fn values(&self, cells: &[&str], found: &mut Found) -> Vec<(usize, Reading)> {
        let names = |title: &str| NAMING.contains(&title.to_ascii_lowercase().as_str());
        let mut labels: Vec<(String, String)> = self
            .titles
            .iter()
            .zip(cells)
            .filter(|(title, _)| names(title))
            .map(|(title, cell)| (title.to_ascii_lowercase(), cell.to_string()))
            .collect();
        labels.push(("host".to_string(), self.host.to_string()));
        let numbers = self.titles.iter().zip(cells).filter(|(title, _)| !names(title));
        numbers
            .map(|(title, cell)| {
                let unit = title.starts_with('%').then(|| "%".to_string());
                let series = Series { labels: labels.clone(), unit, ..Series::named(*title, PointStamp::End) };
                let cell = cell.replace(',', ".");
                (found.at(series), number(Part { text: &cell, complete: true }))
            })
            .collect()
    }
}

/// Whether a cell is a number, with a point or with a comma.
fn numeric(cell: &str) -> bool {
    let digits = cell.trim_start_matches('-');
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&SysstatText);
    }

    #[test]
    fn midnight_is_passed_and_a_date_that_could_be_two_days_is_none() {
        let rows = "\n\n23:59:01 CPU %idle\n23:59:31 all 95,5\n00:00:01 all 94,5\n";
        let read = |day: &str| collect::read(&SysstatText, &format!("Linux 6.1 (a)\t{day}\t_x86_64_\t(2 CPU){rows}"));
        let got = read("13/06/25");
        assert_eq!(got.values("%idle"), [95.5, 94.5]);
        assert_eq!(got.samples[1].time.key_s() - got.samples[0].time.key_s(), 30);
        assert_eq!(got.samples[0].time.wall_ns.div_euclid(DAY), 20_252);
        let doubtful = read("06/12/25");
        assert_eq!((doubtful.samples.len(), doubtful.rejected.len(), doubtful.diagnostics.len()), (0, 2, 1));
    }
}
