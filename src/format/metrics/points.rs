//! Points of series on their way out of any metric export: weighed, handed on, accounted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::kind::{self, Stats};
use crate::format::json_elements::Part;
use crate::format::{Document, FrameClass, Sink};
use crate::model::{Diagnostic, DiagnosticKind, MetricKind, PointStamp, RawTime, Sample};

/// A series whose points are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    /// Metric name.
    pub(super) name: String,
    /// Labels in file order.
    pub(super) labels: Vec<(String, String)>,
    /// Unit as written.
    pub(super) unit: Option<String>,
    /// What the numbers are, where the format says it; else name, unit and values tell.
    pub(super) kind: Option<MetricKind>,
    /// What a stamp means.
    pub(super) stamp: PointStamp,
}

impl Series {
    /// A series without labels or unit.
    pub(super) fn named(name: impl Into<String>, stamp: PointStamp) -> Series {
        Series { name: name.into(), stamp, ..Series::default() }
    }
}

/// Series in the order they were met.
#[derive(Default)]
pub(super) struct Found {
    series: Vec<Series>,
    places: BTreeMap<(String, Vec<(String, String)>), usize>,
}

impl Found {
    /// The position of `series` among those met, by name and labels.
    pub(super) fn at(&mut self, series: Series) -> usize {
        let next = self.series.len();
        let place = *self.places.entry((series.name.clone(), series.labels.clone())).or_insert(next);
        if place == next {
            self.series.push(series);
        }
        place
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Series] {
        &self.series
    }
}

/// What stands where a value is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    /// A finite number.
    Number(f64),
    /// `null`, `NaN`, infinity: no data, which is not zero.
    Missing,
    /// Something else.
    Other,
}

/// One moment of one or several series.
pub(super) struct Row<'a> {
    /// Its place in the document.
    pub(super) at: Part<'a>,
    /// Its stamp.
    pub(super) time: Option<RawTime>,
    /// Values by position of their series.
    pub(super) values: Vec<(usize, Reading)>,
}

impl<'a> Row<'a> {
    /// A moment of a single series.
    pub(super) fn single(at: Part<'a>, time: Option<RawTime>, value: Reading) -> Row<'a> {
        Row { at, time, values: vec![(0, value)] }
    }
}

/// Where points go.
pub(super) struct Points<'a, 'd> {
    /// The document they stand in.
    pub(super) document: &'a Document<'d>,
    sink: &'a mut dyn Sink,
}

impl<'a, 'd> Points<'a, 'd> {
    /// Points of `document` into `sink`.
    pub(super) fn of(document: &'a Document<'d>, sink: &'a mut dyn Sink) -> Points<'a, 'd> {
        Points { document, sink }
    }

    /// Hands on `rows` of `series`, in file order, and accounts each.
    pub(super) fn rows(&mut self, series: &[Series], rows: &[Row<'_>]) {
        let kinds = kinds(series, rows);
        for row in rows {
            self.row(series, &kinds, row);
        }
    }

    /// What the numbers of a single series are.
    pub(super) fn kind(&self, series: &Series, rows: &[Row<'_>]) -> MetricKind {
        kinds(std::slice::from_ref(series), rows).first().copied().unwrap_or_default()
    }

    /// Hands on the points of one series and accounts each.
    pub(super) fn series(&mut self, series: Series, rows: &[Row<'_>]) {
        self.rows(&[series], rows);
    }

    fn row(&mut self, series: &[Series], kinds: &[MetricKind], row: &Row<'_>) {
        let frame = self.document.frame(row.at.text);
        let Some(time) = row.time else {
            return self.sink.reject("expected a time beside the value, found none", &frame);
        };
        let (mut given, mut missing) = (false, row.values.is_empty());
        for (at, value) in &row.values {
            let Reading::Number(value) = *value else {
                missing |= *value == Reading::Missing;
                continue;
            };
            let (Some(series), Some(kind)) = (series.get(*at), kinds.get(*at)) else { continue };
            let sample = Sample {
                time,
                name: Cow::Borrowed(&series.name),
                labels: super::csv_wide::borrowed(&series.labels),
                value,
                kind: *kind,
                stamp: series.stamp,
                unit: series.unit.as_deref().map(Cow::Borrowed),
            };
            self.sink.sample(&sample, &frame);
            given = true;
        }
        match (given, missing) {
            (true, _) => self.sink.account(FrameClass::Record, &frame),
            (false, true) => self.sink.account(FrameClass::Blank, &frame),
            (false, false) => self.sink.reject("expected a number, found another value", &frame),
        }
    }

    /// Accounts an element that states nothing.
    pub(super) fn blank(&mut self, part: Part<'_>) {
        self.sink.account(FrameClass::Blank, &self.document.frame(part.text));
    }

    /// Accounts an element that could not be read.
    pub(super) fn reject(&mut self, part: Part<'_>, reason: &str) {
        self.sink.reject(reason, &self.document.frame(part.text));
    }

    /// Says that the export does not hold everything.
    pub(super) fn incomplete(&mut self, message: &str, hint: &str) {
        self.sink.diagnostic(Diagnostic::new(DiagnosticKind::Incomplete, "", message).hint(hint));
    }

    /// The file's name without its ending: all that names a series which says no name.
    pub(super) fn stem(&self) -> String {
        let file = self.document.path.rsplit(['/', '!']).next().unwrap_or("");
        file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("value").to_string()
    }
}

/// What the numbers of each series are: as the format says, else by name, unit and values.
fn kinds(series: &[Series], rows: &[Row<'_>]) -> Vec<MetricKind> {
    let mut stats = vec![Stats::default(); series.len()];
    for (at, value) in rows.iter().flat_map(|row| &row.values) {
        if let (Reading::Number(value), Some(stats)) = (value, stats.get_mut(*at)) {
            stats.add(*value);
        }
    }
    let told = |(series, stats): (&Series, &Stats)| {
        series.kind.unwrap_or_else(|| kind::of(&series.name, series.unit.as_deref(), stats))
    };
    series.iter().zip(&stats).map(told).collect()
}
