//! Parquet and Arrow tables as lines.
//!
//! A row becomes a line of a CSV with a header. A stamp with a zone is written in UTC; one without is
//! somebody's wall clock and is written without a zone. Rows are fetched piece by piece.

use std::io::{Cursor, Read};
use std::sync::Arc;

use polars::prelude::{AnyValue, ArrowDataType, DataFrame, PlSmallStr, PolarsResult, SerReader, Series, TimeUnit};
use polars_arrow::io::ipc::read::{FileReader, StreamReader, StreamState, read_file_metadata, read_stream_metadata};
use polars_io::parquet::read::ParquetReader;

use super::{Closed, Opened, ipc, wrapper};
use crate::model::{Diagnostic, DiagnosticKind, Precision, format_utc};

/// Rows fetched at a time.
const PIECE: usize = 16 * 1024;

/// Opens a Parquet file.
pub(super) fn parquet(path: &str, bytes: Vec<u8>) -> Result<Opened, Closed> {
    let bytes: Arc<[u8]> = bytes.into();
    let broken = |error: String| Closed {
        message: format!("expected a readable Parquet file, found {}", one_line(&error)),
        hint: "export the table as CSV or JSON lines",
    };
    let mut reader = ParquetReader::new(Cursor::new(Arc::clone(&bytes)));
    let schema = reader.schema().map_err(|error| broken(error.to_string()))?;
    let rows = reader.num_rows().map_err(|error| broken(error.to_string()))?;
    let (kept, left): (Vec<_>, Vec<_>) = schema.iter().partition(|(_, field)| is_plain(&field.dtype));
    let columns: Vec<String> = kept.iter().map(|(name, _)| name.to_string()).collect();
    let fetch = {
        let columns = columns.clone();
        move |from: usize| {
            let reader = ParquetReader::new(Cursor::new(Arc::clone(&bytes)));
            reader.with_columns(Some(columns.clone())).with_slice(Some((from, PIECE))).finish()
        }
    };
    let pieces = (0..rows).step_by(PIECE).map(fetch);
    let left = left.iter().map(|(name, _)| name.to_string()).collect();
    let reason = format!("{rows} rows, {} columns; line 1 is their names", columns.len());
    Ok(opened(path, "parquet", reason, &columns, left, Box::new(pieces)))
}

/// Opens an Arrow IPC file or stream.
pub(super) fn arrow(path: &str, bytes: Vec<u8>) -> Result<Opened, Closed> {
    let broken = |error: String| Closed {
        message: format!("expected a readable Arrow file, found {}", one_line(&error)),
        hint: "write it again without compression, or as Parquet, CSV or JSON lines",
    };
    let start = if bytes.starts_with(b"ARROW1") { 8 } else { 0 };
    if ipc::is_compressed(&bytes, start) {
        return Err(broken("compressed columns".to_string()));
    }
    let mut cursor = Cursor::new(bytes);
    if cursor.get_ref().starts_with(b"ARROW1") {
        let metadata = read_file_metadata(&mut cursor).map_err(|error| broken(error.to_string()))?;
        let schema = Arc::clone(&metadata.schema);
        let reader = FileReader::new(cursor, metadata, None, None);
        let batches = reader.map(|batch| batch.map(|batch| batch.into_arrays()));
        return Ok(of_batches(path, "file", &schema, Box::new(batches)));
    }
    let metadata = read_stream_metadata(&mut cursor).map_err(|error| broken(error.to_string()))?;
    let schema = Arc::new(metadata.schema.clone());
    let batches = StreamReader::new(cursor, metadata, None).map_while(|state| match state {
        Ok(StreamState::Some(batch)) => Some(Ok(batch.into_arrays())),
        Ok(StreamState::Waiting) => None,
        Err(error) => Some(Err(error)),
    });
    Ok(of_batches(path, "stream", &schema, Box::new(batches)))
}

/// Columns of one piece as Arrow holds them.
type Arrays = Vec<Box<dyn polars_arrow::array::Array>>;

fn of_batches(
    path: &str,
    shape: &str,
    schema: &polars_arrow::datatypes::ArrowSchema,
    batches: Box<dyn Iterator<Item = PolarsResult<Arrays>>>,
) -> Opened {
    let fields: Vec<(String, bool)> = schema.iter().map(|(n, f)| (n.to_string(), is_plain(&f.dtype))).collect();
    let columns: Vec<String> = fields.iter().filter(|(_, plain)| *plain).map(|(name, _)| name.clone()).collect();
    let left = fields.iter().filter(|(_, plain)| !plain).map(|(name, _)| name.clone()).collect();
    let reason = format!("an Arrow {shape} of {} columns; line 1 is their names", columns.len());
    let frames = batches.map(move |arrays| {
        let arrays = arrays?;
        let height = arrays.first().map_or(0, |array| array.len());
        let plain = fields.iter().zip(arrays).filter(|((_, plain), _)| *plain);
        let columns = plain.map(|((name, _), array)| named(name, array).map(Into::into));
        DataFrame::new(height, columns.collect::<PolarsResult<Vec<_>>>()?)
    });
    opened(path, "arrow", reason, &columns, left, Box::new(frames))
}

fn named(name: &str, array: Box<dyn polars_arrow::array::Array>) -> PolarsResult<Series> {
    Series::try_from((PlSmallStr::from_str(name), array))
}

fn opened(
    path: &str,
    name: &str,
    reason: String,
    columns: &[String],
    left: Vec<String>,
    pieces: Box<dyn Iterator<Item = PolarsResult<DataFrame>>>,
) -> Opened {
    let message =
        format!("expected columns of plain numbers, words or times, found others: {}; left out", left.join(", "));
    let diagnostics = match left.is_empty() {
        true => Vec::new(),
        false => {
            vec![
                Diagnostic::new(DiagnosticKind::Incomplete, path, message)
                    .hint("flatten or cast them before the export"),
            ]
        }
    };
    let mut pending = Vec::new();
    write_row(&mut pending, columns.iter().map(String::as_str));
    let text = Box::new(Lines { pieces, pending, served: 0 });
    Opened { text, format: None, wrapper: wrapper(name, reason), diagnostics }
}

/// Whether values of a type can be written in a cell.
fn is_plain(kind: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    let number = matches!(
        kind,
        A::Boolean | A::Int8 | A::Int16 | A::Int32 | A::Int64 | A::UInt32 | A::UInt64 | A::Float32 | A::Float64
    );
    let text = matches!(kind, A::Utf8 | A::LargeUtf8 | A::Utf8View);
    let time = matches!(kind, A::Timestamp(..) | A::Date32 | A::Date64 | A::Time32(_) | A::Time64(_) | A::Duration(_));
    number || text || time
}

/// The text of a table, made as it is read.
struct Lines {
    pieces: Box<dyn Iterator<Item = PolarsResult<DataFrame>>>,
    pending: Vec<u8>,
    served: usize,
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.served == self.pending.len() {
            self.pending.clear();
            self.served = 0;
            let Some(piece) = self.pieces.next() else { return Ok(0) };
            let frame = piece.map_err(|error| std::io::Error::other(one_line(&error.to_string())))?;
            for row in 0..frame.height() {
                let cells: Vec<String> =
                    frame.columns().iter().map(|column| column.get(row).map(cell).unwrap_or_default()).collect();
                write_row(&mut self.pending, cells.iter().map(String::as_str));
            }
        }
        let rest = self.pending.get(self.served..).unwrap_or_default();
        let taken = rest.len().min(out.len());
        if let (Some(into), Some(from)) = (out.get_mut(..taken), rest.get(..taken)) {
            into.copy_from_slice(from);
        }
        self.served += taken;
        Ok(taken)
    }
}

/// Appends one line of cells. Line ends inside a cell become blanks: a row is a line.
fn write_row<'c>(out: &mut Vec<u8>, cells: impl Iterator<Item = &'c str>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let plain = cell.replace(['\n', '\r'], " ");
        if plain.contains([',', '"', ';']) {
            out.extend(format!("\"{}\"", plain.replace('"', "\"\"")).bytes());
        } else {
            out.extend(plain.bytes());
        }
    }
    out.push(b'\n');
}

/// A value as text; nothing for none.
fn cell(value: AnyValue<'_>) -> String {
    match value {
        AnyValue::Null => String::new(),
        AnyValue::String(text) => text.to_string(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Datetime(at, unit, zone) => stamp(at, unit, zone.is_some()),
        AnyValue::DatetimeOwned(at, unit, zone) => stamp(at, unit, zone.is_some()),
        AnyValue::Date(day) => format_utc(i64::from(day).saturating_mul(86_400_000_000_000), Precision::Day),
        AnyValue::Duration(length, unit) => length.saturating_mul(scale(unit)).to_string(),
        AnyValue::Float64(number) => number.to_string(),
        AnyValue::Float32(number) => number.to_string(),
        other => other.to_string(),
    }
}

/// Nanoseconds of one unit.
fn scale(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Milliseconds => 1_000_000,
        TimeUnit::Microseconds => 1_000,
        TimeUnit::Nanoseconds => 1,
    }
}

/// A stamp in the digits of its unit, with `Z` when it is an instant.
fn stamp(at: i64, unit: TimeUnit, zoned: bool) -> String {
    let precision = match unit {
        TimeUnit::Milliseconds => Precision::Milli,
        TimeUnit::Microseconds => Precision::Micro,
        TimeUnit::Nanoseconds => Precision::Nano,
    };
    let text = format_utc(at.saturating_mul(scale(unit)), precision);
    if zoned { text } else { text.trim_end_matches('Z').to_string() }
}

/// The first line of an error.
fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or("").trim().to_string()
}
