//! InfluxDB 2: annotated CSV, one table after another.
//!
//! Sample: `#datatype,string,long,dateTime:RFC3339,double,string` above `,result,table,_time,_value,_field`.
//! Yields: a sample per number; where a table holds words only, a line per row. Columns of words are
//! labels, truth values are numbers where nothing else is.
//! Time: `_time`, RFC 3339; of a table without it the end of its range, `_stop`.
//! Reference: influxdata/docs `reference/syntax/annotated-csv`.

use super::json_series::number;
use super::points::{Found, Points, Reading, Row, Series};
use super::rows::{Dialect, Row as Cells, rows};
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::{Diagnostic, DiagnosticKind, LogRecord, PointStamp, RawTime};

/// Annotated CSV.
pub struct InfluxCsv;

impl Format for InfluxCsv {
    fn name(&self) -> &str {
        "influx_csv"
    }

    fn title(&self) -> &str {
        "InfluxDB annotated CSV"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "#group,false,false,true,false,false,true\n#datatype,string,long,string,dateTime:RFC3339,double,string\n#default,_result,,,,,\n,result,table,_field,_time,_value,service\n,,0,errors,2025-06-12T17:52:00Z,12,mail\n,,0,errors,2025-06-12T17:53:00Z,40,mail\n",
            ",result,table,_time,_value,_field\n,_result,0,2025-06-12T17:52:00Z,12,errors\n,_result,0,2025-06-12T17:53:00Z,40,errors\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for InfluxCsv {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let first = head.text.trim_start_matches(['\u{feff}', '\r', '\n', ' ']).lines().next()?;
        if ["#datatype,", "#group,", "#default,"].iter().any(|mark| first.starts_with(mark)) {
            return Claimed::new(96, "annotation rows above a header");
        }
        first.starts_with(",result,table,").then_some(())?;
        Claimed::new(95, "header `,result,table,…`")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let Some(dialect) = Dialect::of(document.text) else { return Ok(()) };
        let mut table = Table::default();
        let mut found = Found::default();
        let mut points = Vec::new();
        for row in rows(document.text, &dialect) {
            let frame = document.frame(row.raw);
            match table.take(&row) {
                Taken::Header => sink.account(FrameClass::Blank, &frame),
                Taken::Error => {
                    sink.reject("expected rows, found an error of the query", &frame);
                    let message = format!("expected a complete result, found `{}`", row.cell(1));
                    sink.diagnostic(Diagnostic::new(DiagnosticKind::Incomplete, "", message));
                }
                Taken::Data => {
                    let at = Part { text: row.raw, complete: true };
                    let (time, values) = (table.time(&row), table.values(&row, &mut found));
                    match (time, values.is_empty(), table.words(&row)) {
                        (Some(time), true, Some(words)) => {
                            sink.log(
                                &LogRecord { time: Some(time), body: words.into(), ..LogRecord::default() },
                                &frame,
                            );
                            sink.account(FrameClass::Record, &frame);
                        }
                        _ => points.push(Row { at, time, values }),
                    }
                }
            }
        }
        Points::of(document, sink).rows(found.all(), &points);
        Ok(())
    }
}

/// What a row turned out to be.
enum Taken {
    Header,
    Data,
    Error,
}

/// The columns of the running table.
#[derive(Default)]
struct Table {
    header: Vec<String>,
    types: Vec<String>,
    defaults: Vec<String>,
    open: bool,
}

impl Table {
    fn take(&mut self, row: &Cells<'_>) -> Taken {
        let owned = || row.cells.iter().map(|cell| cell.trim().to_string()).collect::<Vec<_>>();
        if row.is_comment() {
            if self.open {
                *self = Table::default();
            }
            match row.cell(0) {
                "#datatype" => self.types = owned(),
                "#default" => self.defaults = owned(),
                _ => {}
            }
            return Taken::Header;
        }
        let named = |a: &str, b: &str| row.cell(1) == a && row.cell(2) == b;
        if !self.open || named("result", "table") || named("error", "reference") {
            self.header = owned();
            self.open = true;
            return Taken::Header;
        }
        if self.at("error").is_some() && self.at("reference").is_some() { Taken::Error } else { Taken::Data }
    }

    fn at(&self, title: &str) -> Option<usize> {
        self.header.iter().position(|cell| cell == title)
    }

    fn kind(&self, at: usize) -> &str {
        self.types.get(at).map_or("", String::as_str)
    }

    /// The cell, or what stands for an empty one.
    fn cell<'c>(&'c self, row: &'c Cells<'_>, at: usize) -> &'c str {
        Some(row.cell(at)).filter(|c| !c.is_empty()).or_else(|| self.defaults.get(at).map(String::as_str)).unwrap_or("")
    }

    fn time(&self, row: &Cells<'_>) -> Option<RawTime> {
        let typed = |(at, title): (usize, &String)| {
            self.kind(at).starts_with("dateTime") && !matches!(title.as_str(), "_start" | "_stop")
        };
        let other = || (0..self.header.len()).zip(&self.header).find(|pair| typed(*pair)).map(|(at, _)| at);
        let at = self.at("_time").or_else(other).or_else(|| self.at("time")).or_else(|| self.at("_stop"))?;
        timestamp::whole(self.cell(row, at))
    }

    /// Columns that are neither time nor numbering.
    fn columns(&self) -> impl Iterator<Item = (usize, &str)> {
        let first_table = self.at("table");
        let named = self.header.iter().map(String::as_str).enumerate();
        named.filter(move |(at, title)| {
            let numbering = matches!(*title, "" | "result") || Some(*at) == first_table;
            let timed = matches!(*title, "_time" | "_start" | "_stop") || self.kind(*at).starts_with("dateTime");
            let plain_time = self.types.is_empty() && *title == "time";
            !(numbering || timed || plain_time)
        })
    }

    /// Whether a column holds numbers: by its type, without types by its name.
    fn is_number(&self, at: usize, title: &str) -> bool {
        match self.kind(at) {
            "" => title == "_value",
            kind => matches!(kind, "long" | "unsignedLong" | "double"),
        }
    }

    fn values(&self, row: &Cells<'_>, found: &mut Found) -> Vec<(usize, Reading)> {
        let numbers: Vec<(usize, &str)> = self.columns().filter(|(at, title)| self.is_number(*at, title)).collect();
        let truths = self.columns().filter(|(at, _)| numbers.is_empty() && self.kind(*at) == "boolean");
        let columns: Vec<(usize, &str)> = truths.chain(numbers.iter().copied()).collect();
        let labels: Vec<(String, String)> = self
            .columns()
            .filter(|column| !columns.contains(column))
            .map(|(at, title)| (title.to_string(), self.cell(row, at).to_string()))
            .filter(|(title, value)| !value.is_empty() && title != "_field")
            .collect();
        let field = self.at("_field").map(|at| self.cell(row, at)).filter(|field| !field.is_empty());
        let measurement = || labels.iter().find(|(key, _)| key == "_measurement").map(|(_, value)| value.as_str());
        let series = |title: &str| {
            let name = match title {
                "_value" => field.or_else(measurement).unwrap_or(title),
                _ => title,
            };
            Series { labels: labels.clone(), ..Series::named(name, PointStamp::Instant) }
        };
        let value = |at: usize| match self.cell(row, at) {
            "true" => Reading::Number(1.0),
            "false" => Reading::Number(0.0),
            text => number(Part { text, complete: true }),
        };
        columns.iter().map(|(at, title)| (found.at(series(title)), value(*at))).collect()
    }

    /// What a row says in words; `None` when it says nothing.
    fn words(&self, row: &Cells<'_>) -> Option<String> {
        let said = self.columns().map(|(at, title)| (title, self.cell(row, at))).filter(|(_, cell)| !cell.is_empty());
        let all: Vec<String> = said.map(|(title, cell)| format!("{title}={cell}")).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}
