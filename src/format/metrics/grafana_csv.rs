//! Grafana's panel download: series joined by time.
//!
//! What writes it: "Inspect > Data > Download CSV".
//! Yields: a sample per cell; labels from titles of the form `name {label="value"}`. With formatted
//! values the units stand in the cells (`93.2 %`, `1.2 K`, `450 ms`) and are taken off.
//! Time: `2025-06-12 17:52:00` without a zone (the browser's or dashboard's), or epoch ms.
//! Reference: grafana/grafana `public/app/features/inspector/utils/download.ts`.

use super::cell::Cell;
use super::csv_wide::{no_table, read_wide};
use super::rows::rows;
use super::table::{Column, Layout};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// Grafana's joined series.
pub struct GrafanaCsv;

impl Format for GrafanaCsv {
    fn name(&self) -> &str {
        "grafana_csv"
    }

    fn title(&self) -> &str {
        "Grafana panel download: series joined by time"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "\"Time\",\"kv errors\",\"{service=\"\"kv\"\"}\"\n2025-06-12 17:52:00,93.2 %,1.2 K\n2025-06-12 17:53:00,,1.1 K\n",
            "sep=;\n\"Time\";\"load\"\n1749750720000;0,5\n1749750780000;0,7\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for GrafanaCsv {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let layout = Layout::of(head.text)?;
        let plain = layout.time == 0 && layout.headers.len() == 1 && layout.title(0) == "Time";
        if !plain || layout.of_kind(Column::Number).next().is_none() || layout.of_kind(Column::Text).next().is_some() {
            return None;
        }
        let body = head.text.get(layout.dialect.start..).unwrap_or("").trim_start_matches('\u{feff}');
        let quoted = body.starts_with("\"Time\"");
        let separated = layout.dialect.start > 0;
        let units = rows(head.text, &layout.dialect)
            .skip(1)
            .take(20)
            .any(|row| row.cells.iter().skip(1).any(|cell| matches!(layout.number(cell), Cell::Number(_, Some(_)))));
        match u8::from(quoted) + u8::from(separated) + u8::from(units) {
            0 => None,
            1 => Claimed::new(92, "header begins with `Time`, quoted or with units in the cells"),
            _ => Claimed::new(96, "quoted `Time` with units in the cells or a `sep=` line"),
        }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let layout = Layout::of(document.text).ok_or_else(no_table)?;
        read_wide(&layout, document, sink);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;
    use crate::model::{ClockKind, MetricKind};

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&GrafanaCsv);
    }

    #[test]
    fn units_in_cells_are_taken_off_and_empty_is_missing() {
        let got = collect::read(&GrafanaCsv, GrafanaCsv.samples()[0]);
        assert_eq!(got.values("kv errors"), [93.2]);
        assert_eq!(got.samples[0].kind, MetricKind::Percent);
        assert_eq!(got.samples[0].time.kind, ClockKind::Naive);
        assert_eq!(got.samples[1].labels, [("service".into(), "kv".into())]);
        assert_eq!(got.samples[1].value, 1200.0);
    }

    #[test]
    fn a_sep_line_and_decimal_commas_are_read() {
        let got = collect::read(&GrafanaCsv, GrafanaCsv.samples()[1]);
        assert_eq!(got.values("load"), [0.5, 0.7]);
        assert_eq!((got.lines[0], got.blank, got.records), (3, 2, 2));
    }
}
