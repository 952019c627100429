//! What `vmstat -t` prints.
//!
//! Sample: `procs ---memory---`, titles ` r  b   swpd …`, rows that end in `2025-06-12 17:52:00`.
//! Yields: a sample per number. The first row of each run is left out: it covers the time since the
//! machine came up.
//! Time: date and time at the end of the row, the end of the interval; newer versions head it with the
//! label of the zone. Without `-t` there is no time, and the file is named as such.
//! Reference: procps-ng `man/vmstat.8`.

use super::json_series::number;
use super::points::{Found, Points, Row, Series};
use crate::format::json_elements::Part;
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink, timestamp};
use crate::model::{PointStamp, RawTime};

/// Rows of vmstat with their stamps.
pub struct Vmstat;

impl Format for Vmstat {
    fn name(&self) -> &str {
        "vmstat"
    }

    fn title(&self) -> &str {
        "printed rows of `vmstat -t`"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "procs -----------memory---------- ---swap-- -----timestamp-----\n r  b   swpd   free   buff  cache   si   so                 UTC\n 1  0      0 812340  10240 402312    0    0 2025-06-12 17:51:00\n 9  2      0  81234  10240 402312    0    0 2025-06-12 17:52:00\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

fn is_banner(line: &str) -> bool {
    line.trim_start().starts_with("procs -") && line.contains("memory-")
}

fn is_titles(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next() == Some("r") && words.next() == Some("b") && words.any(|w| w == "swpd" || w == "free")
}

impl DocumentFormat for Vmstat {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let mut lines = head.text.lines().filter(|line| !line.trim().is_empty());
        (lines.next().is_some_and(is_banner) && lines.next().is_some_and(is_titles)).then_some(())?;
        Claimed::new(96, "the two header lines of vmstat")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let (mut found, mut rows, mut titles, mut label) = (Found::default(), Vec::new(), Vec::new(), None);
        // Titles come again every screenful of the same run.
        let (mut first, mut last_width) = (true, 0);
        for frame in document.lines() {
            let words: Vec<&str> = frame.text.split_whitespace().collect();
            let heading = words.is_empty() || is_banner(frame.text) || is_titles(frame.text);
            if is_titles(frame.text) {
                first |= last_width != frame.text.len();
                last_width = frame.text.len();
                label = words.last().copied().filter(|w| w.len() > 2 && w.bytes().all(|b| b.is_ascii_uppercase()));
                titles = words;
            } else if !heading && !first {
                let stamp = stamped(frame.text, label);
                let numbers = titles.iter().filter(|title| Some(**title) != label).zip(&words);
                let values = numbers.map(|(title, cell)| {
                    let series = Series::named(format!("vmstat.{title}"), PointStamp::End);
                    (found.at(series), number(Part { text: cell, complete: true }))
                });
                let values = values.collect();
                rows.push(Row { at: Part { text: frame.text, complete: true }, time: stamp, values });
                continue;
            } else if !heading {
                first = false;
                if stamped(frame.text, label).is_none() {
                    return Err(Fault::new(
                        "expected a stamp at the end of each row, found none; record with `vmstat -t`",
                    ));
                }
            }
            sink.account(FrameClass::Blank, &frame);
        }
        Points::of(document, sink).rows(found.all(), &rows);
        Ok(())
    }
}

/// The stamp that ends a row, with the label of the zone that heads it.
fn stamped(line: &str, label: Option<&str>) -> Option<RawTime> {
    let line = line.trim_end();
    let clock = line.rfind(' ')?;
    let day = line.get(..clock)?.trim_end().rfind(' ')?;
    let text = line.get(day..)?.trim();
    let labelled = label.and_then(|label| timestamp::whole(&format!("{text} {label}")));
    labelled.or_else(|| timestamp::whole(text)).filter(|_| text.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&Vmstat);
    }

    #[test]
    fn the_first_row_is_of_all_the_time_before_and_rows_without_stamps_are_refused() {
        let got = collect::read(&Vmstat, Vmstat.samples()[0]);
        assert_eq!(got.values("vmstat.free"), [81_234.0]);
        assert_eq!((got.records, got.blank), (1, 3));
        let bare = "procs ---memory---\n r  b   swpd   free\n 1  0      0 812340\n 9  2      0  81234\n";
        assert!(collect::read(&Vmstat, bare).fault.is_some());
    }
}
