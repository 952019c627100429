//! Tables with one point per row: time, words that say which series, and a number (or a few).
//!
//! Yields: a sample per number. A column named `metric` (or the like) names the series; other columns
//! of words, and numbers that name rather than measure (`status`, `le`), are labels.
//! Time: whatever the column holds; without a zone it stays without.

use std::collections::BTreeMap;

use super::cell::Cell;
use super::csv_wide::{Missing, borrowed, for_each_row, no_table};
use super::kind::{self, Stats};
use super::rows::{Row, rows};
use super::table::{Column, Layout, RowClass};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};
use crate::model::{MetricKind, PointStamp, Sample};

/// Long tables.
pub struct CsvLong;

/// Titles of the column that names the series.
const NAMES: &[&str] =
    &["metric", "metric_name", "metricname", "__name__", "_field", "measure", "series", "variable", "counter", "field"];
/// Titles of numbers that name something.
const NAMING: &[&str] = &[
    "status",
    "code",
    "status_code",
    "status_class",
    "response_code",
    "http_status",
    "le",
    "quantile",
    "shard",
    "pid",
    "port",
    "id",
    "zone_id",
];
/// Titles that only logs and changes have.
const NOT_METRIC: &[&str] = &[
    "message",
    "msg",
    "log",
    "line",
    "body",
    "raw",
    "_raw",
    "content",
    "responsemessage",
    "threadname",
    "level",
    "loglevel",
    "log_level",
    "severity",
    "request_id",
    "trace_id",
    "client_ip",
    "remote_addr",
    "user_agent",
    "referer",
    "path",
    "url",
    "uri",
    "text",
    "description",
    "author",
    "actor",
    "commit",
    "sha",
    "version",
];

impl Format for CsvLong {
    fn name(&self) -> &str {
        "csv_long"
    }

    fn title(&self) -> &str {
        "metric table: one point per row with its labels"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "timestamp,service,metric,value\n2025-03-02T10:00:00Z,web,error_ratio,0.01\n2025-03-02T10:00:00Z,db,cpu_pct,23.5\n2025-03-02T10:01:00Z,web,error_ratio,0.02\n2025-03-02T10:02:00Z,web,error_ratio,0.4\n",
            "minute,service,requests,errors\n2025-03-02 10:00,web,100,1\n2025-03-02 10:00,db,50,0\n2025-03-02 10:01,web,90,30\n2025-03-02 10:02,web,90,30\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for CsvLong {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let layout = Layout::of(head.text)?;
        let roles = Roles::of(&layout)?;
        // Words that differ from row to row are messages, not labels.
        let limit = (layout.looked_at / 4).max(20);
        if roles.labels.iter().any(|at| layout.distinct.get(*at).is_some_and(|n| *n > limit)) {
            return None;
        }
        let (score, reason) = layout.score();
        Claimed::new(score, format!("{reason}, {} of labels", roles.labels.len() + usize::from(roles.name.is_some())))
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let layout = Layout::of(document.text).ok_or_else(no_table)?;
        let roles =
            Roles::of(&layout).ok_or_else(|| Fault::new("expected columns of labels and of numbers, found none"))?;
        let kinds = roles.kinds(&layout, document.text);
        let mut missing = Missing::default();
        for_each_row(&layout, document, sink, &mut |row, time, frame, sink| {
            let mut found = false;
            for at in &roles.values {
                let cell = layout.number(row.cell(*at));
                let Cell::Number(value, unit) = cell else {
                    missing.add(cell);
                    continue;
                };
                let (name, labels) = roles.series(&layout, row, *at);
                let kind = kinds.get(&(name.clone(), labels.clone())).copied().unwrap_or_default();
                let unit = unit.or_else(|| roles.unit.map(|at| row.cell(at)).filter(|u| !u.is_empty()));
                let labels = borrowed(&labels);
                let (name, unit) = (name.as_str().into(), unit.map(Into::into));
                sink.sample(&Sample { time, name, labels, value, kind, stamp: PointStamp::Instant, unit }, frame);
                found = true;
            }
            found
        });
        missing.report(sink);
        Ok(())
    }
}

/// A series: its name and labels.
type Key = (String, Vec<(String, String)>);

/// Which column does what.
struct Roles {
    name: Option<usize>,
    unit: Option<usize>,
    labels: Vec<usize>,
    values: Vec<usize>,
}

impl Roles {
    /// The roles of a long table; `None` when it is none.
    fn of(layout: &Layout) -> Option<Roles> {
        let lower = |at: usize| layout.title(at).to_ascii_lowercase();
        let texts: Vec<usize> = layout.of_kind(Column::Text).collect();
        if texts.iter().any(|at| NOT_METRIC.contains(&lower(*at).as_str())) {
            return None;
        }
        let (naming, values): (Vec<usize>, Vec<usize>) =
            layout.of_kind(Column::Number).partition(|at| NAMING.contains(&lower(*at).as_str()));
        let name = texts.iter().copied().find(|at| NAMES.contains(&lower(*at).as_str()));
        let unit = texts.iter().copied().find(|at| matches!(lower(*at).as_str(), "unit" | "units"));
        let labels: Vec<usize> =
            texts.into_iter().chain(naming).filter(|at| Some(*at) != name && Some(*at) != unit).collect();
        let told_apart = name.is_some() || !labels.is_empty();
        (told_apart && !values.is_empty()).then_some(Roles { name, unit, labels, values })
    }

    /// Name and labels of the number in column `at` of a row.
    fn series(&self, layout: &Layout, row: &Row<'_>, at: usize) -> Key {
        let mut labels: Vec<(String, String)> = self
            .labels
            .iter()
            .filter(|label| !row.cell(**label).is_empty())
            .map(|label| (layout.title(*label).to_string(), row.cell(*label).to_string()))
            .collect();
        match self.name.map(|at| row.cell(at)).filter(|name| !name.is_empty()) {
            Some(name) => {
                if self.values.len() > 1 {
                    labels.push(("statistic".to_string(), layout.title(at).to_string()));
                }
                (name.to_string(), labels)
            }
            None => (layout.title(at).to_string(), labels),
        }
    }

    /// The kind of every series, from all its values.
    fn kinds(&self, layout: &Layout, text: &str) -> BTreeMap<Key, MetricKind> {
        let mut stats: BTreeMap<Key, (Stats, Option<String>)> = BTreeMap::new();
        for row in rows(text, &layout.dialect).skip(layout.headers.len()) {
            if !matches!(layout.classify(&row, false), RowClass::Data(_)) {
                continue;
            }
            for at in &self.values {
                let Cell::Number(value, unit) = layout.number(row.cell(*at)) else { continue };
                let unit = unit.or_else(|| self.unit.map(|at| row.cell(at)).filter(|u| !u.is_empty()));
                let entry = stats.entry(self.series(layout, &row, *at)).or_default();
                entry.0.add(value);
                entry.1 = entry.1.take().or_else(|| unit.map(str::to_string));
            }
        }
        stats.into_iter().map(|(key, (stats, unit))| (key.clone(), kind::of(&key.0, unit.as_deref(), &stats))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&CsvLong);
    }

    #[test]
    fn names_and_labels_come_from_their_columns() {
        let got = collect::read(&CsvLong, CsvLong.samples()[0]);
        assert_eq!(got.values("error_ratio"), [0.01, 0.02, 0.4]);
        assert_eq!(got.samples[1].kind, MetricKind::Percent);
        assert_eq!(got.samples[1].labels, [("service".into(), "db".into())]);
        let got = collect::read(&CsvLong, CsvLong.samples()[1]);
        assert_eq!(got.values("errors"), [1.0, 0.0, 30.0, 30.0]);
    }

    #[test]
    fn a_status_code_is_a_label() {
        let text = "time,status,requests\n2025-03-02 10:00:00,200,10\n2025-03-02 10:00:00,503,1\n2025-03-02 10:01:00,200,9\n2025-03-02 10:02:00,503,7\n";
        let got = collect::read(&CsvLong, text);
        assert_eq!(got.samples[1].labels, [("status".into(), "503".into())]);
        assert_eq!(got.values("requests").len(), 4);
    }

    #[test]
    fn a_log_in_csv_is_no_metric() {
        let text = "timestamp,level,message,duration\n2025-03-02 10:00:00,INFO,a,1\n2025-03-02 10:00:01,INFO,b,2\n2025-03-02 10:00:02,INFO,c,2\n";
        assert!(collect::claim(&CsvLong, text).is_none());
    }
}
