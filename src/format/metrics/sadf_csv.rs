//! sysstat: `sadf -d`, columns under a commented header that may come again.
//!
//! Sample: `# hostname;interval;timestamp;CPU;%user;%idle` above `edge7;60;2025-06-12 17:52:00 UTC;-1;1.2;97.5`.
//! Yields: a sample per number; device columns are labels. Restarts are noted.
//! Time: UTC as written (`-U`: epoch seconds), the end of the interval.
//! Reference: sysstat/sysstat `man/sadf.in`.

use super::json_series::number;
use super::points::{Found, Points, Reading, Row, Series};
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::PointStamp;

/// sysstat for databases.
pub struct SadfCsv;

impl Format for SadfCsv {
    fn name(&self) -> &str {
        "sadf_csv"
    }

    fn title(&self) -> &str {
        "sysstat for databases (`sadf -d`)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "# hostname;interval;timestamp;CPU;%user;%idle\nedge7;60;2025-06-12 17:52:00 UTC;-1;1.25;97.50\nedge7;60;2025-06-12 17:53:00 UTC;-1;61.00;2.00\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

const START: &str = "# hostname;interval;timestamp";
/// Columns that tell rows of one moment apart.
const NAMING: &[&str] =
    &["cpu", "dev", "iface", "intr", "device", "filesystem", "tty", "mount", "fan", "temp", "in", "bus", "hostname"];

impl DocumentFormat for SadfCsv {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        head.text.trim_start().starts_with(START).then_some(())?;
        Claimed::new(98, "`# hostname;interval;timestamp` header")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut header: Vec<&str> = Vec::new();
        let mut found = Found::default();
        let mut rows = Vec::new();
        for frame in document.lines() {
            let text = frame.text.trim();
            if text.starts_with('#') {
                header = text.trim_start_matches(['#', ' ']).split(';').collect();
            }
            // A restart and a comment fill the columns of numbers with one word.
            let noted = text.split(';').nth(3).is_some_and(|w| w.starts_with("LINUX-RESTART") || w.starts_with("COM"));
            if text.is_empty() || text.starts_with('#') || noted {
                sink.account(FrameClass::Blank, &frame);
                continue;
            }
            let cells: Vec<&str> = text.split(';').collect();
            if cells.len() != header.len() {
                sink.reject("expected as many cells as the header has, found another number", &frame);
                continue;
            }
            let at = Part { text: frame.text, complete: true };
            let time = cells.get(2).and_then(|stamp| timestamp::whole(stamp));
            rows.push(Row { at, time, values: values(&header, &cells, &mut found) });
        }
        Points::of(document, sink).rows(found.all(), &rows);
        Ok(())
    }
}

fn values(header: &[&str], cells: &[&str], found: &mut Found) -> Vec<(usize, Reading)> {
    let names = |title: &str| NAMING.contains(&title.to_ascii_lowercase().as_str());
    let columns = || header.iter().zip(cells).filter(|(title, _)| !matches!(**title, "interval" | "timestamp"));
    let labels: Vec<(String, String)> = columns()
        .filter(|(title, _)| names(title))
        .map(|(title, cell)| (if *title == "hostname" { "host" } else { *title }, *cell))
        .map(|(title, cell)| (title.to_string(), cell.to_string()))
        .collect();
    let numbers = columns().filter(|(title, _)| !names(title));
    numbers
        .map(|(title, cell)| {
            let unit = title.starts_with('%').then(|| "%".to_string());
            let series = Series { labels: labels.clone(), unit, ..Series::named(*title, PointStamp::End) };
            (found.at(series), number(Part { text: cell, complete: true }))
        })
        .collect()
}
